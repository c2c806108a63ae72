//! Lines by HTTP: POST to `/api/lines` on the page's address.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use parapet_site::LinesTransport;
use serde_json::json;
use tokio::time::timeout;

use super::Gate;
use crate::doorman::Peer;

/// Longest body, bytes.
const POST_BYTES_MAX: usize = 256 * 1024;
/// A body that takes longer is given up.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Faults that are told in one answer.
const FAULTS_MAX: usize = 20;
/// Bytes that go to the engine together.
const BATCH_BYTES: usize = 60_000;

/// Takes the lines of a request.
pub(crate) async fn answer(gate: &Gate, peer: Peer, headers: &HeaderMap, body: Body) -> Response {
    let is_http = |transport: &LinesTransport| matches!(transport, LinesTransport::Http { .. });
    let Some(door) = gate.doors.iter().position(|tally| is_http(&tally.door.transport)) else {
        let words = "this site takes no lines by HTTP; add `[[lines]]` with `url = \"http\"` to its file\n";
        return (StatusCode::NOT_FOUND, words).into_response();
    };
    let tally = &gate.doors[door];
    if !may_speak(&tally.door.transport, headers) {
        tally.turned_away.fetch_add(1, Ordering::Relaxed);
        let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
        return (StatusCode::UNAUTHORIZED, challenge, "send `Authorization: Bearer` and the token of this door\n")
            .into_response();
    }
    let bytes = match timeout(BODY_TIME, to_bytes(body, POST_BYTES_MAX)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            let words = format!("at most {POST_BYTES_MAX} bytes at once; send the lines in several requests\n");
            return (StatusCode::PAYLOAD_TOO_LARGE, words).into_response();
        }
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "the lines took too long to come\n").into_response(),
    };
    let sender = peer.0.ip().to_canonical();
    let faults = gate.faults(door, Some(sender), &bytes);
    if !batches(&bytes).all(|batch| gate.take(door, Some(sender), batch.to_vec())) {
        return (StatusCode::SERVICE_UNAVAILABLE, "the engine is too busy; send again later\n").into_response();
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    let told = faults.iter().take(FAULTS_MAX).map(|(line, why)| json!({"line": line, "refused": why}));
    let words = json!({"taken": lines - faults.len(), "refused": faults.len(), "why": told.collect::<Vec<_>>()});
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    (status, [(CONTENT_TYPE, "application/json")], format!("{words}\n")).into_response()
}

fn may_speak(transport: &LinesTransport, headers: &HeaderMap) -> bool {
    let LinesTransport::Http { token: Some(token) } = transport else { return true };
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    shown.is_some_and(|shown| is_same(shown, token.0.as_bytes()))
}

/// Whether two texts are the same, in a time that does not tell how much of them is.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

/// Whole lines, so many at a time.
fn batches(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let reach = rest.len().min(BATCH_BYTES);
        let whole = rest[..reach].iter().rposition(|byte| *byte == b'\n').map_or(reach, |end| end + 1);
        let whole = if reach == rest.len() { reach } else { whole };
        let (batch, later) = rest.split_at(whole);
        rest = later;
        Some(batch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_between_lines() {
        let line = [b"x".repeat(4_000), b"\n".to_vec()].concat();
        let body = line.repeat(40);
        let cut: Vec<&[u8]> = batches(&body).collect();
        assert!(cut.len() > 2 && cut.iter().all(|batch| batch.len() <= BATCH_BYTES && batch.ends_with(b"\n")));
        assert_eq!(cut.concat(), body);
        assert_eq!(batches(b"a\nb").collect::<Vec<_>>(), [b"a\nb"]);
    }

    #[test]
    fn a_token_is_all_of_it() {
        assert!(is_same(b"secret", b"secret"));
        assert!(!is_same(b"secre", b"secret") && !is_same(b"secreT", b"secret") && !is_same(b"", b"secret"));
    }
}
