//! The address for phones: a thread, connections and files of its own.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread::JoinHandle;

use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::{Lobby, routes};
use crate::doorman::Rules;
use crate::error::ServiceError;
use crate::http::{guard, host, not_here, page_file};

/// Phones that may look at once at the address of the page, which they share with the people on duty.
pub(crate) const PHONES_AT_HTTP_MAX: usize = 200;
/// Phones that may look at once at an address of their own.
const PHONES_MAX: usize = 10_000;
/// Files that are left for everything else: sockets of sensors, the recording, alarms, channels, and the page's 800 connections.
const FILES_KEPT: u64 = 2_048;
/// Connections beyond those that look: a phone loads its page before it does.
const COMING: usize = 200;
/// Even a system that allows few files has room for as many.
const PHONES_MIN: u64 = 64;

/// How many phones the operating system leaves room for; it is asked for more first, as much as it gives without being told to by
/// its administrator.
pub(crate) fn phones_max() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = PHONES_MAX as u64 + COMING as u64 + FILES_KEPT;
    let most = limit.maximum.unwrap_or(u64::MAX).min(wanted);
    let has = limit.current.unwrap_or(u64::MAX);
    let raised = has >= most || setrlimit(Resource::Nofile, Rlimit { current: Some(most), ..limit }).is_ok();
    let files = if raised { most.max(has) } else { has };
    let room = files.saturating_sub(FILES_KEPT + COMING as u64).max(PHONES_MIN);
    room.min(PHONES_MAX as u64) as usize
}

/// Begins to serve phones in a thread of its own, `phones` at most; ends soon after the live picture has ended.
///
/// # Errors
/// When the operating system gives no thread or no event queue.
pub(crate) fn start(
    listener: TcpListener,
    lobby: Lobby,
    taken: Arc<AtomicUsize>,
    phones: usize,
    rules: &Rules,
) -> Result<JoinHandle<()>, ServiceError> {
    let live = lobby.live.clone();
    let app = Router::new()
        .route("/", get(async || Redirect::temporary("/me")))
        .fallback(file_for_phones)
        .merge(routes(lobby, taken, phones))
        .layer(map_response(guard));
    host("phones", listener, app, live, Rules { tls: rules.tls.clone(), ..Rules::many(phones + COMING) })
}

/// Only what the page for phones is made of.
async fn file_for_phones(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("me") || path.starts_with("assets/") || path == "theme.js" {
        return page_file(method, uri).await.into_response();
    }
    not_here()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_phones_and_for_everything_else() {
        let phones = phones_max() as u64;
        assert!((PHONES_MIN..=PHONES_MAX as u64).contains(&phones));
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        assert!(phones == PHONES_MIN || files >= phones + FILES_KEPT, "{phones} phones with {files} files");
    }
}
