//! How the recording stands, over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};

use super::RecordingStatus;
use crate::shared::Shared;

/// `GET /api/recording`: for everybody; it names a folder of this machine and nothing secret.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new().route("/api/recording", get(status)).with_state(shared)
}

async fn status(State(shared): State<Arc<Shared>>) -> Json<RecordingStatus> {
    Json(shared.recorder.status())
}
