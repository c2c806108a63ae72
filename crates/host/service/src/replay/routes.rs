//! What is answered about recordings; see `docs/http.md`. Nothing here changes anything.

use std::path::PathBuf;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::{Desk, Job, Refused};
use super::tape::{Reel, Tape, TapeError};
use crate::channel::Books;
use crate::why::{self, Card, WhyError};

/// A recording is looked through in pieces of this length, so that nobody waits long for his turn.
const LOOK: Duration = Duration::from_millis(400);

/// What the running service adds: which recording is of now, and what the channels know.
#[derive(Clone, Debug)]
pub(crate) struct Present {
    pub(crate) recording: PathBuf,
    pub(crate) channels: Arc<Books>,
}

#[derive(Clone)]
struct Room {
    desk: Desk,
    present: Option<Present>,
}

/// Every address about recordings; without `present` those about now are not there.
pub(crate) fn routes(desk: Desk, present: Option<Present>) -> Router {
    Router::new()
        .route("/api/recordings", get(list))
        .route("/api/recordings/{name}", get(facts))
        .route("/api/recordings/{name}/site", get(site))
        .route("/api/recordings/{name}/rounds", get(rounds))
        .route("/api/recordings/{name}/pictures/{number}", get(pictures))
        .route("/api/recordings/{name}/why", get(why_then))
        .route("/api/why", get(why_now))
        .with_state(Room { desk, present })
}

/// Why there is no answer.
enum Trouble {
    Unknown(String),
    Unusable(TapeError),
    NotYet,
    Asked(&'static str),
    Why(WhyError),
    Desk(Refused),
}

impl From<TapeError> for Trouble {
    fn from(error: TapeError) -> Self {
        Trouble::Unusable(error)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let (status, error, remedy) = match self {
            Trouble::Unknown(name) => {
                (StatusCode::NOT_FOUND, format!("there is no recording {name:?}"), "GET /api/recordings lists them")
            }
            Trouble::Unusable(error @ TapeError::File { .. }) => {
                (StatusCode::NOT_FOUND, error.to_string(), "check the file and who may read it")
            }
            Trouble::Unusable(error) => {
                let remedy = "replay it with the version of the program that wrote it, if it is a recording at all";
                (StatusCode::UNPROCESSABLE_ENTITY, error.to_string(), remedy)
            }
            Trouble::NotYet => {
                let error = "the recording has not been looked through so far yet".to_owned();
                (StatusCode::CONFLICT, error, "ask for the recording itself until its progress is there")
            }
            Trouble::Asked(what) => (StatusCode::BAD_REQUEST, what.to_owned(), "ask for `alarm` or for `zone`"),
            Trouble::Why(error) => {
                let (status, remedy) = match &error {
                    WhyError::UnknownAlarm { .. } | WhyError::UnknownZone { .. } => {
                        (StatusCode::NOT_FOUND, "choose one of those, or another recording")
                    }
                    WhyError::Unusable(_) => {
                        (StatusCode::UNPROCESSABLE_ENTITY, "replay it with the program that wrote it")
                    }
                    WhyError::TooLong { .. } => {
                        (StatusCode::UNPROCESSABLE_ENTITY, "ask `parapet why` with the file, which takes its time")
                    }
                };
                (status, error.to_string(), remedy)
            }
            Trouble::Desk(Refused::Busy) => {
                let error = "too many are looking at recordings".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, error, "try again in a moment")
            }
            Trouble::Desk(Refused::Died) => {
                let error = "the work on this recording failed: a fault of the program".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, error, "report it with the recording")
            }
        };
        let body = json!({ "error": error, "remedy": remedy }).to_string();
        let mut response = (status, [(CONTENT_TYPE, "application/json")], body).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, axum::http::HeaderValue::from_static("1"));
        }
        response
    }
}

impl Room {
    /// Does something with a recording, in a job.
    async fn with<T: Send + 'static>(
        &self,
        name: &str,
        job: impl FnOnce(&mut Tape) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let (desk, name) = (self.desk.clone(), name.to_owned());
        let work = move || {
            let path = desk.shelf().find(&name).ok_or(Trouble::Unknown(name))?;
            let tape = desk.tape(path)?;
            job(&mut locked(&tape))
        };
        self.desk.work(Job::Look, work).await.map_err(Trouble::Desk)?
    }
}

/// A job that died while it held a recording has left whole tables: each entry is taken in by itself.
fn locked(tape: &std::sync::Mutex<Tape>) -> MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn list(State(room): State<Room>) -> Result<Response, Trouble> {
    let shelf = room.desk.shelf().clone();
    let list = room.desk.work(Job::Look, move || shelf.list()).await.map_err(Trouble::Desk)?;
    Ok(json_text(list.to_string()))
}

async fn facts(State(room): State<Room>, Path(name): Path<String>) -> Result<Response, Trouble> {
    let file = name.clone();
    let facts = room.with(&name, move |tape| {
        tape.advance(LOOK)?;
        Ok(tape.facts(&file))
    });
    Ok(json_text(facts.await?.to_string()))
}

async fn site(State(room): State<Room>, Path(name): Path<String>) -> Result<Response, Trouble> {
    let site = room.with(&name, |tape| Ok(tape.site())).await?;
    Ok(json_text(site.to_string()))
}

async fn rounds(State(room): State<Room>, Path(name): Path<String>) -> Result<Response, Trouble> {
    Ok(json_text(room.with(&name, |tape| Ok(tape.truth())).await?))
}

async fn pictures(State(room): State<Room>, Path((name, number)): Path<(String, u32)>) -> Result<Response, Trouble> {
    let window = room.with(&name, move |tape| tape.window(number)?.ok_or(Trouble::NotYet));
    Ok(json_text(window.await?))
}

/// What is asked of `why`.
#[derive(Clone, Debug, Deserialize)]
struct Question {
    alarm: Option<String>,
    zone: Option<String>,
    /// `without`: only what would have come of it without each sensor, which takes longest.
    part: Option<String>,
}

async fn why_then(
    State(room): State<Room>,
    Path(name): Path<String>,
    Query(question): Query<Question>,
) -> Result<Response, Trouble> {
    let reel = room.with(&name, |tape| Ok(tape.reel())).await?;
    let answer = room.desk.work(Job::Run, move || explain(&reel, &question, None)).await.map_err(Trouble::Desk)?;
    Ok(json_text(answer?.to_string()))
}

/// Of the recording that is being written now.
async fn why_now(State(room): State<Room>, Query(question): Query<Question>) -> Result<Response, Trouble> {
    let Some(Present { recording, channels }) = room.present.clone() else {
        return Err(Trouble::Unknown("of now".to_owned()));
    };
    let desk = room.desk.clone();
    let work = move || {
        let reel = locked(&*desk.tape(recording)?).reel();
        explain(&reel, &question, Some(&channels))
    };
    let answer = room.desk.work(Job::Run, work).await.map_err(Trouble::Desk)?;
    Ok(json_text(answer?.to_string()))
}

fn explain(source: &Reel, question: &Question, channels: Option<&Books>) -> Result<Value, Trouble> {
    match question {
        Question { alarm: Some(id), zone: None, part } => {
            let explained = why::alarm(source, id).map_err(Trouble::Why)?;
            if part.as_deref() == Some("without") {
                let without = why::without_each(source, &explained.decision, &explained.seen_by());
                return Ok(json!({ "without": without.map_err(Trouble::Why)? }));
            }
            // While it is recorded, the channels know more than the file.
            let told = channels.map(|books| books.deliveries(id)).unwrap_or_default();
            let told = told.iter().filter_map(|delivery| serde_json::to_value(delivery).ok()).collect();
            Ok(json!(Card::new(&explained, None).told(told)))
        }
        Question { alarm: None, zone: Some(key), .. } => {
            let (card, _) = why::zone(source, key).map_err(Trouble::Why)?;
            Ok(json!(card))
        }
        _ => Err(Trouble::Asked("one alarm or one zone can be explained at a time")),
    }
}

fn json_text(text: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}
