//! `GET /api/report`: the report of the recording that is being written, or of one beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::read::report_of;
use crate::recorder::{extent, read_recording};

/// Larger recordings are reported on by `parapet report`, which has a machine's memory to itself, bytes.
const BYTES_MAX: u64 = 512 * 1024 * 1024;

/// What reports are made from. One is made at a time, in a thread of its own: the alarm path shares nothing with it.
#[derive(Clone, Debug)]
pub(crate) struct Reporter {
    current: Arc<Path>,
    made_by: Arc<str>,
    busy: Arc<AtomicBool>,
}

impl Reporter {
    /// Of the recording that is being written, and of those in its folder.
    pub(crate) fn new(current: PathBuf, version: &str) -> Self {
        Reporter { current: current.into(), made_by: format!("parapet {version}").into(), busy: Arc::default() }
    }
}

/// The routes of reports.
pub(crate) fn routes(reporter: Reporter) -> Router {
    Router::new().route("/api/report", get(report)).with_state(reporter)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Name of a file in the folder of recordings; the recording that is being written where it is left out.
    recording: Option<String>,
    #[serde(default)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Html,
    Json,
}

/// An answer that says no: what, and what to do.
fn no(status: StatusCode, what: &str, remedy: &str) -> Response {
    let body = json!({ "error": what, "remedy": remedy }).to_string();
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// Gives the turn back whatever becomes of the work.
struct Turn(Arc<AtomicBool>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

async fn report(State(reporter): State<Reporter>, Query(asked): Query<Asked>) -> Response {
    if reporter.busy.swap(true, Ordering::Acquire) {
        let refusal = no(StatusCode::SERVICE_UNAVAILABLE, "another report is being made", "try again in a few seconds");
        return ([(RETRY_AFTER, "5")], refusal).into_response();
    }
    let turn = Turn(reporter.busy.clone());
    let made = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        make(&reporter, &asked)
    });
    made.await.unwrap_or_else(|_| {
        no(StatusCode::INTERNAL_SERVER_ERROR, "the report could not be made", "run `parapet report` on the recording")
    })
}

fn make(reporter: &Reporter, asked: &Asked) -> Response {
    let path = match asked.recording.as_deref().map(|name| beside(&reporter.current, name)) {
        None => reporter.current.to_path_buf(),
        Some(Some(path)) => path,
        Some(None) => {
            let remedy = "name a file of the folder of recordings, without its folder: 2026-11-22T16-13-49Z.mcap";
            return no(StatusCode::BAD_REQUEST, "this is no name of a recording", remedy);
        }
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = match extent(&path, true) {
        Some((length, _)) if length > BYTES_MAX => {
            let what = format!("{name} has {length} bytes, more than {BYTES_MAX}");
            return no(StatusCode::PAYLOAD_TOO_LARGE, &what, "run `parapet report` on it");
        }
        _ => read_recording(&path),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let what = format!("{name} cannot be read: {error}");
            return no(StatusCode::NOT_FOUND, &what, "look at the folder of recordings for its names");
        }
    };
    let written_on = path == *reporter.current;
    match report_of(&name, &bytes, &reporter.made_by, None, written_on) {
        Ok((report, _)) if asked.format == Format::Json => {
            let json = serde_json::to_string_pretty(&report).unwrap_or_default();
            ([(CONTENT_TYPE, "application/json")], json).into_response()
        }
        Ok((report, scenery)) => {
            let stem = name.strip_suffix(".mcap").unwrap_or(&name);
            let headers = [
                (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                (CONTENT_SECURITY_POLICY, policy()),
                (CONTENT_DISPOSITION, format!("inline; filename=\"report-{stem}.html\"")),
            ];
            (headers, parapet_report::html(&report, &scenery)).into_response()
        }
        Err(error) => no(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string(), "name another recording"),
    }
}

/// A file in the same folder; `None` for what is no plain name.
fn beside(current: &Path, name: &str) -> Option<PathBuf> {
    let plain = name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet));
    let is_recording = plain && !name.starts_with('.') && name.ends_with(".mcap");
    is_recording.then(|| current.with_file_name(name))
}

/// Nothing but the page itself, and the one style sheet in it, by its hash.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(parapet_report::STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_of_a_recording_is_opened() {
        let current = Path::new("/records/2026-11-22T16-13-49Z.mcap");
        assert_eq!(beside(current, "night-2.mcap"), Some("/records/night-2.mcap".into()));
        for name in ["", ".mcap", "../x.mcap", "/etc/passwd", "a/b.mcap", "..mcap", "x.mcap\0", "site.toml", "a b.mcap"]
        {
            assert_eq!(beside(current, name), None, "{name:?}");
        }
    }
}
