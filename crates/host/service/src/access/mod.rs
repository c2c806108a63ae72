//! Who may do what: people, sessions and roles over every route of the server.
//!
//! [`gate`] stands before all handlers and asks the [`table`]: what is not listed there is refused. Whoever is behind a request is known
//! by a cookie (browsers), a session's token or a program's key (`authorization: Bearer`); all three open the same roles.

mod audit;
mod cookie;
mod gate;
mod keep;
mod openapi;
mod openid;
mod passkey;
mod people;
mod refusal;
mod routes;
mod sessions;
mod table;
#[cfg(test)]
mod tests;
mod throttle;
mod tls;
mod whence;

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use parapet_site::{AccessSettings, HttpSettings, OperatorRole, Site};
use serde_json::{Value, json};

pub(crate) use gate::{forbidden, gate};
pub use openapi::openapi;
pub use people::{password_hash, program_key};
pub(crate) use refusal::{answer, no};
pub(crate) use routes::{Login, routes};
pub(crate) use sessions::Somebody;
pub(crate) use whence::Whence;

use self::audit::{Audit, quoted};
use self::keep::Keep;
use self::openid::OpenId;
use self::passkey::{Challenges, Party};
use self::people::{Denied, People};
use self::sessions::{How, Limits, SessionId, Sessions};
use self::throttle::Flow;
use crate::Clock;
use crate::error::ServiceError;

/// Everything that decides who may do what.
#[derive(Debug)]
pub(crate) struct Access {
    settings: AccessSettings,
    http: HttpSettings,
    people: People,
    keep: Arc<Keep>,
    sessions: Mutex<Sessions>,
    flow: Mutex<Flow>,
    challenges: Mutex<Challenges>,
    openid: Option<OpenId>,
    audit: Audit,
    clock: Arc<Clock>,
}

/// Whoever is behind a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) who: Somebody,
    how: How,
    /// `None` for a program, which shows its key each time.
    session: Option<SessionId>,
}

impl Access {
    /// What the site file says, what the folder holds, and where words for the recording come out.
    ///
    /// # Errors
    /// When a file that the site names cannot be used.
    pub(crate) fn new(
        site: &Site,
        folder: &Path,
        clock: Arc<Clock>,
    ) -> Result<(Arc<Self>, Receiver<String>), ServiceError> {
        let (audit, words) = Audit::new();
        let settings = site.access.clone();
        let openid = settings.openid.as_ref().map(OpenId::new).transpose();
        let openid = openid.map_err(|what| ServiceError::Channel { table: "[access.openid]".to_owned(), what })?;
        let limits = Limits { idle_s: settings.idle_s, whole_s: settings.session_s };
        let access = Access {
            people: People::new(&site.operators),
            keep: Arc::new(Keep::open(folder)),
            sessions: Mutex::new(Sessions::new(limits)),
            flow: Mutex::new(Flow::new(site.http.requests_per_s)),
            challenges: Mutex::default(),
            http: site.http.clone(),
            settings,
            openid,
            audit,
            clock,
        };
        Ok((Arc::new(access), words))
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        // Its table is whole after each call.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn challenges(&self) -> MutexGuard<'_, Challenges> {
        self.challenges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is behind a request, as far as it says. What was shown where anybody may listen is worth nothing.
    fn caller(&self, headers: &HeaderMap, whence: Whence) -> Option<Caller> {
        if !whence.safe {
            return None;
        }
        let now = self.clock.now();
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = match header {
            Some(header) => header.strip_prefix("Bearer ")?,
            None => cookie::read(headers, cookie::Purpose::Session, whence.secure)?,
        };
        if let Some((id, session)) = self.sessions().find(token, now) {
            // A role that the site file has changed since is the one that counts.
            let who = self.people.of(&session.who.name)?;
            return Some(Caller { who, how: session.how, session: Some(id) });
        }
        let who = header.and_then(|_| self.people.of_key(token))?;
        Some(Caller { who, how: How::Key, session: None })
    }

    /// Whether a password is somebody's; begins a session and gives its token.
    async fn enter(&self, name: &str, password: String, whence: Whence) -> Result<(Somebody, String), Box<Response>> {
        if self.people.is_empty() {
            let remedy = "add a table [[operator]] to the site file";
            return Err(Box::new(no(StatusCode::NOT_FOUND, "this site knows nobody on duty", remedy)));
        }
        let now = self.clock.now();
        let outcome = self.people.enter(name, password, whence.address, now, &self.keep).await;
        let who = outcome.map_err(|denied| {
            let words = format!("login of {} from {}: {denied:?}", quoted(name), whence.address);
            self.audit.refused(whence.address, now, &words);
            Box::new(match denied {
                Denied::Wrong => {
                    let remedy = "try again, or ask who keeps the site file";
                    no(StatusCode::UNAUTHORIZED, "name and password do not fit", remedy)
                }
                Denied::Later(wait_s) => {
                    let remedy = format!("wait {} s", wait_s.max(1.0).ceil());
                    refusal::later(StatusCode::TOO_MANY_REQUESTS, "too many wrong passwords", &remedy, wait_s)
                }
                Denied::Busy => {
                    let remedy = "try again in a moment";
                    refusal::later(StatusCode::SERVICE_UNAVAILABLE, "too many people log in at once", remedy, 1.0)
                }
            })
        })?;
        self.begin(who, How::Password, whence)
    }

    /// Begins a session for somebody who has shown who they are.
    fn begin(&self, who: Somebody, how: How, whence: Whence) -> Result<(Somebody, String), Box<Response>> {
        let token = self.sessions().begin(who.clone(), how, whence.address, self.clock.now());
        let token = token.ok_or_else(|| {
            let remedy = "try again; the system gives no randomness";
            Box::new(no(StatusCode::SERVICE_UNAVAILABLE, "no session can be made", remedy))
        })?;
        let Somebody { name, role } = &who;
        self.audit.done(&format!("login of {name} ({}) by {how:?} from {}", word(*role), whence.address));
        Ok((who, token))
    }

    /// Puts a new session into the browser's cookie; the one it had before ends.
    fn seat(&self, mut response: Response, token: &str, headers: &HeaderMap, whence: Whence) -> Response {
        if let Some(before) = cookie::read(headers, cookie::Purpose::Session, whence.secure) {
            self.sessions().end_token(before);
        }
        set_cookie(&mut response, &cookie::set(cookie::Purpose::Session, whence.secure, token));
        response
    }

    /// For whom passkeys are here, as this browser sees the page.
    fn party(&self, headers: &HeaderMap) -> Option<Party> {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        Party::of(self.http.origin.as_ref(), host)
    }
}

/// Begins a session with a password, for programs: the token goes into `authorization: Bearer`.
pub(crate) async fn token_login(access: &Access, name: &str, password: String, whence: Whence) -> Response {
    match access.enter(name, password, whence).await {
        Ok((who, token)) => {
            let value = json!({ "token": token, "name": who.name, "role": word(who.role) });
            answer(StatusCode::OK, &value)
        }
        Err(refusal) => *refusal,
    }
}

/// Ends the session behind a request.
pub(crate) fn leave(access: &Access, caller: &Caller) {
    if let Some(session) = caller.session {
        access.sessions().end(session);
    }
}

fn set_cookie(response: &mut Response, text: &str) {
    // Made of our own words and hexadecimal digits.
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

/// What is told of somebody.
fn known(who: &Somebody) -> Value {
    json!({ "name": who.name, "role": word(who.role) })
}

/// The word for a role.
pub(crate) fn word(role: OperatorRole) -> &'static str {
    match role {
        OperatorRole::Viewer => "viewer",
        OperatorRole::Operator => "operator",
        OperatorRole::Supervisor => "supervisor",
    }
}

/// TLS of the page, where the site file has a certificate.
///
/// # Errors
/// When certificate and key cannot be used.
pub(crate) fn page_tls(http: &HttpSettings) -> Result<Option<Arc<rustls::ServerConfig>>, ServiceError> {
    tls::server(http).map_err(|what| ServiceError::Channel { table: "[http]".to_owned(), what })
}
