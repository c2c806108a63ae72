//! The routes below `/api/setup`. They read and change what only supervisors may, for the site file holds the tokens of doors; `access` sees to
//! that before anything here runs.

#![expect(clippy::result_large_err, reason = "a refusal is the answer itself, once for each request")]

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::Deserialize;
use serde_json::Value as Json;

use super::edits::Edit;
use super::room::{Refusal, Setup};
use crate::access::{Caller, answer, no};

/// Longest body, octets: the edits of a draft, or a file to import.
const BODY_MAX: usize = 8 * 1024 * 1024;
/// Heights at which coverage is worked out, metres above the ground.
const HEIGHT_MAX_M: f64 = 20_000.0;
/// Longest title of a draft, characters.
const TITLE_MAX: usize = 100;

/// The routes below `/api/setup`.
pub(crate) fn routes(setup: Setup) -> Router {
    Router::new()
        .route("/api/setup", get(status))
        .route("/api/setup/drafts", post(begin))
        .route("/api/setup/drafts/{draft}", get(view).put(edit))
        .route("/api/setup/drafts/{draft}/discard", post(discard))
        .route("/api/setup/drafts/{draft}/rebase", post(rebase))
        .route("/api/setup/drafts/{draft}/coverage", get(coverage))
        .route("/api/setup/drafts/{draft}/heights", get(heights))
        .route("/api/setup/drafts/{draft}/import", post(import))
        .route("/api/setup/drafts/{draft}/propose", post(propose))
        .route("/api/setup/confirm", post(confirm))
        .route("/api/setup/reject", post(reject))
        .route("/api/setup/drill", post(drill))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(setup)
}

fn read<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Response> {
    serde_json::from_str(body).map_err(|error| {
        no(StatusCode::BAD_REQUEST, &format!("this cannot be read: {error}"), "see docs/http.md for what is asked here")
    })
}

fn said(refusal: Refusal) -> Response {
    match refusal {
        Refusal::NotFound(what, remedy) => no(StatusCode::NOT_FOUND, &what, remedy),
        Refusal::Unfit(what, remedy) => no(StatusCode::UNPROCESSABLE_ENTITY, &what, &remedy),
        Refusal::Conflict(what, remedy) => no(StatusCode::CONFLICT, &what, remedy),
        Refusal::Forbidden(what, remedy) => no(StatusCode::FORBIDDEN, &what, remedy),
        Refusal::Gone(what, remedy) => no(StatusCode::GONE, &what, remedy),
        Refusal::Full(what, remedy) => no(StatusCode::TOO_MANY_REQUESTS, &what, remedy),
        Refusal::Disk(what, remedy) => no(StatusCode::INSUFFICIENT_STORAGE, &what, remedy),
    }
}

/// Runs what waits for the disk or reckons for long in a thread of its own, one at a time.
async fn work(setup: &Setup, with: impl FnOnce(&Setup) -> Result<Json, Refusal> + Send + 'static) -> Response {
    let Ok(turn) = setup.turn().acquire_owned().await else { return busy() };
    let setup = setup.clone();
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        with(&setup)
    });
    match done.await {
        Ok(Ok(json)) => answer(StatusCode::OK, &json),
        Ok(Err(refusal)) => said(refusal),
        Err(_) => busy(),
    }
}

fn busy() -> Response {
    no(StatusCode::SERVICE_UNAVAILABLE, "this could not be done", "try again, and report this")
}

async fn status(State(setup): State<Setup>) -> Response {
    work(&setup, Setup::status).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    #[serde(default)]
    title: String,
}

fn title(title: &str) -> String {
    title.chars().filter(|c| !c.is_control()).take(TITLE_MAX).collect()
}

async fn begin(State(setup): State<Setup>, Extension(caller): Extension<Caller>, body: String) -> Response {
    let asked = read::<Title>(&body);
    match asked {
        Ok(asked) => work(&setup, move |setup| setup.begin(&caller.who.name, &title(&asked.title))).await,
        Err(refusal) => refusal,
    }
}

async fn view(State(setup): State<Setup>, Path(draft): Path<u64>) -> Response {
    work(&setup, move |setup| setup.view(&setup.draft(draft)?)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edits {
    revision: u64,
    edits: Vec<Edit>,
    title: Option<String>,
}

async fn edit(State(setup): State<Setup>, Path(draft): Path<u64>, body: String) -> Response {
    match read::<Edits>(&body) {
        Ok(Edits { revision, edits, title: new }) => {
            work(&setup, move |setup| setup.edit(draft, revision, edits, new.as_deref().map(title))).await
        }
        Err(refusal) => refusal,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revision {
    revision: u64,
}

async fn rebase(State(setup): State<Setup>, Path(draft): Path<u64>, body: String) -> Response {
    match read::<Revision>(&body) {
        Ok(asked) => work(&setup, move |setup| setup.rebase(draft, asked.revision)).await,
        Err(refusal) => refusal,
    }
}

async fn discard(State(setup): State<Setup>, Path(draft): Path<u64>) -> Response {
    work(&setup, move |setup| setup.discard(draft)).await
}

#[derive(Deserialize)]
struct Height {
    height_m: f64,
}

async fn coverage(State(setup): State<Setup>, Path(draft): Path<u64>, Query(asked): Query<Height>) -> Response {
    let height_m = asked.height_m;
    if !(0.0..=HEIGHT_MAX_M).contains(&height_m) {
        return no(StatusCode::BAD_REQUEST, "no such height", "ask for height_m from 0 to 20000");
    }
    work(&setup, move |setup| setup.coverage(draft, height_m)).await
}

async fn heights(State(setup): State<Setup>, Path(draft): Path<u64>) -> Response {
    work(&setup, move |setup| setup.heights(draft)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    text: String,
}

async fn import(State(setup): State<Setup>, Path(draft): Path<u64>, body: String) -> Response {
    match read::<File>(&body) {
        Ok(file) => work(&setup, move |setup| setup.import(draft, &file.text)).await,
        Err(refusal) => refusal,
    }
}

async fn propose(
    State(setup): State<Setup>,
    Path(draft): Path<u64>,
    Extension(caller): Extension<Caller>,
    body: String,
) -> Response {
    let asked = read::<Revision>(&body);
    match asked {
        Ok(asked) => work(&setup, move |setup| setup.propose(draft, asked.revision, &caller.who.name)).await,
        Err(refusal) => refusal,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    proposal: u64,
    /// Of what was on the screen of whoever confirms.
    digest: String,
}

async fn confirm(State(setup): State<Setup>, Extension(caller): Extension<Caller>, body: String) -> Response {
    let asked = read::<Confirmed>(&body);
    match asked {
        Ok(asked) => work(&setup, move |setup| setup.confirm(asked.proposal, &asked.digest, &caller.who.name)).await,
        Err(refusal) => refusal,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rejected {
    proposal: u64,
}

async fn reject(State(setup): State<Setup>, body: String) -> Response {
    match read::<Rejected>(&body) {
        Ok(asked) => work(&setup, move |setup| setup.reject(asked.proposal)).await,
        Err(refusal) => refusal,
    }
}

async fn drill(State(setup): State<Setup>) -> Response {
    work(&setup, Setup::drill).await
}
