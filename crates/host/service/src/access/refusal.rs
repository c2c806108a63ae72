//! Answers as JSON, above all those that say no: what, and what to do.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An answer that says no.
pub(crate) fn no(status: StatusCode, what: &str, remedy: &str) -> Response {
    answer(status, &json!({ "error": what, "remedy": remedy }))
}

/// Any answer.
pub(crate) fn answer(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// No, not yet.
pub(crate) fn later(status: StatusCode, what: &str, remedy: &str, wait_s: f64) -> Response {
    let mut response = no(status, what, remedy);
    let seconds = wait_s.max(1.0).ceil() as u64;
    response.headers_mut().insert(axum::http::header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
