//! Stands before every handler: who asks, from where, how often, from which page, and whether they may.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, HOST, LOCATION, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use parapet_site::OperatorRole;

use super::passkey::Party;
use super::refusal::{later, no};
use super::table::{self, Least, Route};
use super::{Access, Caller, Whence, cookie, word};
use crate::doorman::Peer;

/// How long a body may take to come.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Longest body of somebody whom we do not know, octets: a name and a password, or a passkey.
const STRANGER_BODY_MAX: usize = 64 * 1024;

/// The gate.
pub(crate) async fn gate(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    match admit(&access, request).await {
        Ok((request, watched)) => {
            let response = next.run(request).await;
            match watched {
                Some(watched) => watched.after(&access, response),
                None => response,
            }
        }
        Err(refusal) => *refusal,
    }
}

/// What is looked at when the answer is there.
struct Watched {
    caller: Caller,
    whence: Whence,
    /// What was asked for, where it may change something.
    asked: Option<String>,
}

type Refused = Box<Response>;

async fn admit(access: &Access, mut request: Request) -> Result<(Request, Option<Watched>), Refused> {
    // The server puts it there for every connection.
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|info| info.0.0);
    let Some(peer) = peer else {
        return Err(Box::new(no(StatusCode::FORBIDDEN, "nobody knows who asks", "please report this as a fault")));
    };
    let whence = Whence::of(peer, request.headers(), &access.http);
    judge_flow(access, whence)?;
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let Some(path) = path else {
        let caller = access.caller(request.headers(), whence);
        judge_page(access, request.uri().path(), caller.as_ref())?;
        return Ok((request, None));
    };
    let route = listed(request.method(), &path)?;
    let changes = route.method != "GET";
    if changes && route.least != Least::Door {
        judge_site(access, request.headers(), whence).map_err(|refusal| refused(access, whence, route, refusal))?;
    }
    let caller = if route.least == Least::Door { None } else { access.caller(request.headers(), whence) };
    judge_secrecy(route, whence)?;
    if let Err(refusal) = judge_role(access, route, caller.as_ref(), request.headers(), whence) {
        return Err(if changes { refused(access, whence, route, refusal) } else { refusal });
    }
    if changes && route.least != Least::Door {
        request = with_body(request, route, caller.is_some()).await?;
    }
    request.extensions_mut().insert(whence);
    let watched = caller.map(|caller| {
        request.extensions_mut().insert(caller.clone());
        let asked = changes.then(|| format!("{} {}", route.method, request.uri().path()));
        Watched { caller, whence, asked }
    });
    Ok((request, watched))
}

/// Machines of this site's own ask as often as they like; so do proxies, which speak for many.
fn judge_flow(access: &Access, whence: Whence) -> Result<(), Refused> {
    let ours = whence.address.is_loopback() || access.http.proxies.contains(&whence.address);
    let mut flow = access.flow.lock().unwrap_or_else(PoisonError::into_inner);
    if ours || flow.takes(whence.address, access.clock.now()) {
        return Ok(());
    }
    Err(Box::new(later(StatusCode::TOO_MANY_REQUESTS, "too many requests from this address", "ask less often", 1.0)))
}

/// A route's line in the table; what has none is refused, whatever handler it has.
fn listed(method: &Method, path: &str) -> Result<&'static Route, Refused> {
    if let Some(route) = table::route(method, path) {
        return Ok(route);
    }
    let methods = table::methods(path).join(", ");
    if methods.is_empty() {
        return Err(Box::new(no(StatusCode::FORBIDDEN, "nobody may ask this", "the route is in no table of roles")));
    }
    let remedy = format!("this takes {methods}");
    let mut response = no(StatusCode::METHOD_NOT_ALLOWED, "this is not how it is asked", &remedy);
    if let Ok(value) = HeaderValue::from_str(&methods) {
        response.headers_mut().insert(ALLOW, value);
    }
    Err(Box::new(response))
}

/// What came from a foreign page is refused before it is read: a form cannot send JSON, and a script of another page says which.
fn judge_site(access: &Access, headers: &HeaderMap, whence: Whence) -> Result<(), Refused> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let json = text(CONTENT_TYPE.as_str()).is_some_and(|kind| kind.split(';').next() == Some("application/json"));
    if !json {
        let remedy = "send `content-type: application/json`";
        return Err(Box::new(no(StatusCode::UNSUPPORTED_MEDIA_TYPE, "orders are JSON", remedy)));
    }
    let foreign =
        || Box::new(no(StatusCode::FORBIDDEN, "this comes from another page", "open the page of this program"));
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(foreign());
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().map_err(|_| foreign())?;
    let scheme = if whence.secure { "https" } else { "http" };
    let asked = text(HOST.as_str()).map(|host| format!("{scheme}://{host}"));
    let configured = access.http.origin.as_ref().and_then(|url| Party::of(Some(url), None));
    let own = asked.as_deref() == Some(origin) || configured.is_some_and(|party| party.origin == origin);
    if own { Ok(()) } else { Err(foreign()) }
}

/// Secrets and orders go where nobody listens.
fn judge_secrecy(route: &Route, whence: Whence) -> Result<(), Refused> {
    let secret = route.least.role(false, true).is_some() || (route.least == Least::Open && route.takes.is_some());
    if whence.safe || !secret {
        return Ok(());
    }
    let remedy =
        "open the page by https, or on the machine itself; see docs/access.md for [http] certificate and proxies";
    Err(Box::new(no(
        StatusCode::FORBIDDEN,
        "nothing encrypts this connection, so nobody can log in or order here",
        remedy,
    )))
}

fn judge_role(
    access: &Access,
    route: &Route,
    caller: Option<&Caller>,
    headers: &HeaderMap,
    whence: Whence,
) -> Result<(), Refused> {
    let Some(least) = route.least.role(access.settings.closed, access.settings.public) else { return Ok(()) };
    let Some(caller) = caller else {
        let shown = headers.contains_key("authorization")
            || cookie::read(headers, cookie::Purpose::Session, whence.secure).is_some();
        let what = if shown { "nobody is logged in with this token" } else { "this takes somebody who is logged in" };
        let remedy = "open /login, or POST /api/operator/login for a token";
        return Err(Box::new(no(StatusCode::UNAUTHORIZED, what, remedy)));
    };
    if caller.who.role < least {
        return Err(Box::new(forbidden(least)));
    }
    // A key stands in some program's configuration; it opens no more than a look.
    if caller.session.is_none() && route.least.role(false, true).is_some() {
        return Err(Box::new(no(StatusCode::FORBIDDEN, "a program's key only looks", "log in as a person")));
    }
    Ok(())
}

/// The answer to somebody whose role is too small.
pub(crate) fn forbidden(least: OperatorRole) -> Response {
    let what = format!("this takes the role {}", word(least));
    no(StatusCode::FORBIDDEN, &what, "ask somebody who has it")
}

fn refused(access: &Access, whence: Whence, route: &Route, refusal: Refused) -> Refused {
    let words = format!("{} {} from {}: {}", route.method, route.path, whence.address, refusal.status());
    access.audit.refused(whence.address, access.clock.now(), &words);
    refusal
}

/// Whoever may not see a page is led to the login.
fn judge_page(access: &Access, path: &str, caller: Option<&Caller>) -> Result<(), Refused> {
    let least = table::page(path);
    if least.role(access.settings.closed, access.settings.public).is_none() || caller.is_some() {
        return Ok(());
    }
    // Relative, for a proxy may have put the page below a path of its own.
    let page = path.trim_start_matches('/');
    let plain = !page.is_empty() && page.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let to = if plain { format!("login?next={page}") } else { "login".to_owned() };
    Err(Box::new((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()))
}

/// The request with its whole body: one that is too long or too slow reaches no handler.
async fn with_body(request: Request, route: &Route, known: bool) -> Result<Request, Refused> {
    let most = if known { route.body_max } else { route.body_max.min(STRANGER_BODY_MAX) };
    let (parts, body) = request.into_parts();
    match tokio::time::timeout(BODY_TIME, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(parts, Body::from(bytes))),
        Ok(Err(_)) => {
            let remedy = format!("at most {most} octets");
            Err(Box::new(no(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long, or was cut off", &remedy)))
        }
        Err(_) => Err(Box::new(no(StatusCode::REQUEST_TIMEOUT, "the body took too long to come", "send it at once"))),
    }
}

impl Watched {
    /// Writes what was done, and ends a stream with its session.
    fn after(self, access: &Arc<Access>, response: Response) -> Response {
        if let Some(asked) = self.asked {
            let (who, status) = (&self.caller.who, response.status().as_u16());
            let words = format!("{} ({}) from {}: {asked}: {status}", who.name, word(who.role), self.whence.address);
            access.audit.done(&words);
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let streams = kind.is_some_and(|kind| kind.starts_with("text/event-stream"));
        let Some(session) = self.caller.session.filter(|_| streams) else { return response };
        let access = access.clone();
        let (parts, body) = response.into_parts();
        let stands = move || {
            let now = access.clock.now();
            let mut sessions = access.sessions();
            let stands = sessions.stands(session, now);
            if stands {
                sessions.used(session, now);
            }
            stands
        };
        let pieces = body.into_data_stream().take_while(move |_| std::future::ready(stands()));
        Response::from_parts(parts, Body::from_stream(pieces))
    }
}
