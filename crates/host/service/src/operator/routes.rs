//! What people on duty order. Who they are, and that no foreign page speaks for them, is seen to by `access` before anything here runs.

#![expect(clippy::result_large_err, reason = "a refusal is the answer itself, once for each request")]

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use parapet_warn::{AlarmId, Command, OperatorCommand, OperatorRefusal};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::requests::{Request, Requests, Unseconded};
use super::words::Words;
use super::{Answer, Order};
use crate::Clock;
use crate::access::{self, Access, Caller, Login, Somebody, Whence, answer, no};
use crate::atlas::{Atlas, word};
use crate::channel::Books;

/// How long the engine may take to answer an order.
const ENGINE_PATIENCE: Duration = Duration::from_secs(2);
/// How long the end of an alarm may take to reach everybody before those are named whom it did not reach.
const REACH_PATIENCE: Duration = Duration::from_secs(5);
const REACH_LOOK: Duration = Duration::from_millis(20);

/// What the answers to people on duty are made from.
#[derive(Clone)]
pub(crate) struct Duty {
    pub(crate) access: Arc<Access>,
    pub(crate) requests: Arc<Mutex<Requests>>,
    pub(crate) orders: SyncSender<Order>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) atlas: Arc<Atlas>,
    pub(crate) books: Arc<Books>,
}

impl Duty {
    pub(crate) fn new(
        access: Arc<Access>,
        orders: SyncSender<Order>,
        clock: Arc<Clock>,
        atlas: Arc<Atlas>,
        books: Arc<Books>,
    ) -> Self {
        Duty { access, requests: Arc::default(), orders, clock, atlas, books }
    }

    fn requests<T>(&self, with: impl FnOnce(&mut Requests) -> T) -> T {
        with(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The routes below `/api/operator`.
pub(crate) fn routes(duty: Duty) -> Router {
    Router::new()
        .route("/api/operator", get(watch))
        .route("/api/operator/login", post(login))
        .route("/api/operator/logout", post(logout))
        .route("/api/operator/order", post(order))
        .route("/api/operator/second", post(second))
        .with_state(duty)
}

fn read<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Response> {
    serde_json::from_str(body).map_err(|error| {
        no(StatusCode::BAD_REQUEST, &format!("this is no order: {error}"), "see docs/http.md for what can be ordered")
    })
}

async fn login(State(duty): State<Duty>, Extension(whence): Extension<Whence>, body: String) -> Response {
    match read::<Login>(&body) {
        Ok(Login { name, password }) => access::token_login(&duty.access, &name, password, whence).await,
        Err(refusal) => refusal,
    }
}

async fn logout(State(duty): State<Duty>, Extension(caller): Extension<Caller>) -> Response {
    access::leave(&duty.access, &caller);
    answer(StatusCode::OK, &json!({}))
}

/// Who is asked for, and what waits for a second person.
async fn watch(State(duty): State<Duty>, Extension(caller): Extension<Caller>) -> Response {
    let somebody = caller.who;
    let now = duty.clock.now();
    let shown = |(number, request): (&u64, &Request)| {
        json!({
            "request": number, "who": request.who, "command": request.command, "ends_ms": request.ends_at.millis(),
        })
    };
    let waiting: Vec<Value> = duty.requests(|requests| requests.waiting(now).map(shown).collect());
    answer(StatusCode::OK, &json!({ "name": somebody.name, "role": access::word(somebody.role), "requests": waiting }))
}

async fn order(State(duty): State<Duty>, Extension(caller): Extension<Caller>, body: String) -> Response {
    take_order(&duty, caller.who, &body).await.unwrap_or_else(|refusal| refusal)
}

/// An order as the engine reads it. Who is quicker than the channels may speak of an alarm that they have not heard of yet: that is
/// waited for a little.
async fn understood(duty: &Duty, words: Words) -> Result<Command, String> {
    const TRIES: u32 = 20;
    const PAUSE: Duration = Duration::from_millis(25);
    for _ in 1..TRIES {
        if let Ok(command) = words.clone().command(&duty.atlas, &duty.books.names()) {
            return Ok(command);
        }
        tokio::time::sleep(PAUSE).await;
    }
    words.command(&duty.atlas, &duty.books.names())
}

async fn take_order(duty: &Duty, somebody: Somebody, body: &str) -> Result<Response, Response> {
    let words: Words = read(body)?;
    if somebody.role < words.least() {
        return Err(access::forbidden(words.least()));
    }
    let command = understood(duty, words).await;
    let command = command.map_err(|what| no(StatusCode::NOT_FOUND, &what, "look at /api/site and /api/alarms"))?;
    if !command.needs_two() {
        return Ok(obey(duty, OperatorCommand { who: somebody.name, seconded_by: None, command }).await);
    }
    let now = duty.clock.now();
    let number = duty.requests(|requests| requests.ask(&somebody.name, command, now));
    let number = number.ok_or_else(|| {
        no(StatusCode::TOO_MANY_REQUESTS, "too many requests wait for a second person", "wait a minute")
    })?;
    let ends_ms = now.plus_seconds(super::requests::WAITS_S).millis();
    Ok(answer(StatusCode::ACCEPTED, &json!({ "request": number, "needs": "a second person", "ends_ms": ends_ms })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seconding {
    request: u64,
}

async fn second(State(duty): State<Duty>, Extension(caller): Extension<Caller>, body: String) -> Response {
    take_second(&duty, caller.who, &body).await.unwrap_or_else(|refusal| refusal)
}

async fn take_second(duty: &Duty, somebody: Somebody, body: &str) -> Result<Response, Response> {
    let Seconding { request } = read(body)?;
    let now = duty.clock.now();
    let seconded = duty.requests(|requests| requests.second(request, &somebody.name, now));
    let asked = seconded.map_err(|why| match why {
        Unseconded::Gone => {
            no(StatusCode::GONE, "there is no such request any more", "ask again; a request waits for a minute")
        }
        Unseconded::SamePerson => {
            no(StatusCode::FORBIDDEN, "the same person cannot second", "let somebody else confirm")
        }
    })?;
    let command = OperatorCommand { who: asked.who, seconded_by: Some(somebody.name), command: asked.command };
    Ok(obey(duty, command).await)
}

/// Hands an order to the engine, and waits for what becomes of it.
async fn obey(duty: &Duty, command: OperatorCommand) -> Response {
    let ends = matches!(command.command, Command::Cancel { .. } | Command::StopAll);
    let (tell, answered) = oneshot::channel();
    if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
        duty.orders.try_send(Order { command, answer: tell })
    {
        return no(StatusCode::SERVICE_UNAVAILABLE, "the engine takes no orders now", "try again at once");
    }
    let Ok(Ok(Answer { refused, alarms })) = tokio::time::timeout(ENGINE_PATIENCE, answered).await else {
        return no(StatusCode::GATEWAY_TIMEOUT, "the engine has not answered", "look at the picture, then try again");
    };
    if let Some(refusal) = refused {
        let remedy = match refusal {
            OperatorRefusal::Nameless | OperatorRefusal::NeedsTwo => "let a second person confirm",
            OperatorRefusal::NoSuchAlarm | OperatorRefusal::NoSuchZone => "look at the picture: it may have ended",
            OperatorRefusal::AlreadySo => "nothing is to be done",
            OperatorRefusal::NoComment => "say something, in 4,096 octets at most",
        };
        return answer(StatusCode::CONFLICT, &json!({ "refused": word(refusal), "remedy": remedy }));
    }
    let unreached = if ends { reach(duty, &alarms).await } else { Vec::new() };
    let alarms: Vec<String> = alarms.into_iter().map(|id| duty.atlas.alarm_id(id)).collect();
    answer(StatusCode::OK, &json!({ "done": true, "alarms": alarms, "unreached": unreached }))
}

/// Waits until everybody has the end of these alarms, and names those who have not after five seconds.
async fn reach(duty: &Duty, alarms: &[AlarmId]) -> Vec<Value> {
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < REACH_PATIENCE && !duty.books.have_ended(alarms) {
        tokio::time::sleep(REACH_LOOK).await;
    }
    let unreached = duty.books.unreached(alarms);
    unreached.into_iter().map(|d| json!({ "alarm": d.alarm, "channel": d.channel, "receiver": d.receiver })).collect()
}
