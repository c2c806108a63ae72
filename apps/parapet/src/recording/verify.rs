//! `parapet recording verify`.

use std::path::{Path, PathBuf};

use clap::Args;
use parapet_recording::{Examination, Public, examine};
use parapet_service::rfc3339;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;

/// Say whether a recording is as it was written: every octet, every group, every signature
///
/// Ends with code 0 when everything that is there can be believed, also when it ends early because the program was killed: that is
/// said. Ends with code 1 when anything was altered, is missing, or was signed by another key. Each finding says the file, the byte
/// and what.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet recording verify out/recordings/2026-11-22T16-13-49Z.mcap\n  \
    parapet recording verify 2026-11-22T16-13-49Z.mcap --key recording-live.pub\n  \
    parapet recording verify 2026-11-22T16-13-49Z.mcap --json | jq .findings\n\n\
    Without --key a key called recording-live.pub or recording-exercise.pub beside the folder is used. Keep a copy of it \
    elsewhere: whoever can alter the recording could also put another key beside it.")]
pub(crate) struct Verify {
    /// The recording: the folder of a run, or one file
    recording: PathBuf,
    /// The public key that must have signed it: a file that holds it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let volume = files::recording(&self.recording)?;
        let mut seen = examine(&volume, None)
            .map_err(|error| Failure::Failed(format!("{}: {error}", self.recording.display())))?;
        let key = self.key(&seen)?;
        if let Some(key) = &key {
            seen = examine(&volume, Some(key)).map_err(|error| Failure::Failed(error.to_string()))?;
        }
        let mut out = Out::new();
        if self.json {
            out.json(&document(&seen, key.as_ref()))?;
        } else {
            say(&seen, key.as_ref(), &mut out)?;
        }
        out.done()?;
        Ok(Exit::fine_if(seen.is_sound()))
    }

    /// The key that was named, or the one that lies beside the recording.
    fn key(&self, seen: &Examination) -> Result<Option<Public>, Failure> {
        if let Some(path) = &self.key {
            return read_key(path).map(Some);
        }
        let folder = std::path::absolute(&self.recording).ok();
        let beside = folder.as_deref().and_then(Path::parent).zip(seen.key).map(|(above, key)| {
            above.join(match key.mode() {
                parapet_engine::Mode::Live => "recording-live.pub",
                parapet_engine::Mode::Exercise => "recording-exercise.pub",
            })
        });
        beside.filter(|path| path.exists()).map(|path| read_key(&path)).transpose()
    }
}

fn read_key(path: &Path) -> Result<Public, Failure> {
    let text = String::from_utf8_lossy(&files::read(path)?).into_owned();
    Public::parse(&text).map_err(|error| Failure::Configuration(format!("{}: {error}", path.display())))
}

/// What people read; also the report of a repair.
pub(super) fn say(seen: &Examination, key: Option<&Public>, out: &mut Out) -> Result<(), Failure> {
    lines(seen, key).into_iter().try_for_each(|line| out.line(line))
}

pub(super) fn lines(seen: &Examination, key: Option<&Public>) -> Vec<String> {
    let Examination { findings, segments, groups, messages, span, closed, key: signed_by } = seen;
    let mut lines = vec![format!("segments  {segments}, {groups} groups, {messages} messages")];
    lines.extend(span.map(|(first, last)| format!("span      {} to {}", rfc3339(first), rfc3339(last))));
    let trust = match (signed_by, key) {
        (None, _) => "nobody".to_owned(),
        (Some(by), Some(key)) if by == key => format!("{by}, the key that was asked for"),
        (Some(by), Some(_)) => format!("{by}, NOT the key that was asked for"),
        (Some(by), None) => format!("{by}; no key was named to hold it against"),
    };
    lines.push(format!("signed by {trust}"));
    lines.push(format!("end       {}", if *closed { "closed in order" } else { "ends early" }));
    lines.extend(findings.iter().map(ToString::to_string));
    let damaged = findings.iter().filter(|finding| finding.kind.is_damage()).count();
    lines.push(match damaged {
        0 => "sound: everything that is there can be believed".to_owned(),
        count => format!("NOT SOUND: {count} findings; what could be believed is given by `parapet recording repair`"),
    });
    lines
}

fn document(seen: &Examination, key: Option<&Public>) -> serde_json::Value {
    let findings: Vec<_> = seen
        .findings
        .iter()
        .map(|finding| {
            json!({
                "kind": finding.kind.word(), "damage": finding.kind.is_damage(), "segment": finding.segment,
                "offset": finding.offset, "what": finding.what,
            })
        })
        .collect();
    json!({
        "sound": seen.is_sound(), "closed": seen.closed, "segments": seen.segments, "groups": seen.groups,
        "messages": seen.messages, "first": seen.span.map(|(first, _)| rfc3339(first)),
        "last": seen.span.map(|(_, last)| rfc3339(last)), "signed_by": seen.key.map(|key| key.to_string()),
        "key": key.map(ToString::to_string), "findings": findings,
    })
}
