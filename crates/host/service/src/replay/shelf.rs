//! Which recordings there are. A name is one of those in the folder, and nothing else: no path is ever made of what comes over the
//! network before it was found there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use parapet_recording::Stream;
use serde_json::{Value, json};

use super::tape::{mode, reader};
use crate::recorder::{extent, totals_of};
use crate::site_view::SiteNote;

/// Recordings that are listed: the newest by their names, which begin with the time.
const LISTED_MAX: usize = 1_000;
/// Entries of a folder that are looked at.
const ENTRIES_MAX: usize = 20_000;
/// A name longer than this is none of ours.
const NAME_MAX: usize = 128;

/// Where recordings come from.
#[derive(Debug)]
pub(crate) struct Shelf {
    place: Place,
    /// What is known of files that have not changed since.
    known: Mutex<BTreeMap<String, (u64, SystemTime, Value)>>,
}

#[derive(Debug)]
enum Place {
    /// The recordings of a folder.
    Folder(PathBuf),
    /// One recording: a file, or the folder of a run.
    File(PathBuf),
}

impl Shelf {
    /// The recordings of a folder.
    pub(crate) fn folder(folder: &Path) -> Self {
        Shelf { place: Place::Folder(folder.to_owned()), known: Mutex::default() }
    }

    /// One recording.
    pub(crate) fn file(file: &Path) -> Self {
        Shelf { place: Place::File(file.to_owned()), known: Mutex::default() }
    }

    /// The file of this name; `None` where there is no such recording.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        if !is_name(name) {
            return None;
        }
        let path = match &self.place {
            Place::Folder(folder) => folder.join(name),
            Place::File(file) => file.file_name().is_some_and(|own| own == name).then(|| file.clone())?,
        };
        extent(&path, matches!(self.place, Place::File(_))).map(|_| path)
    }

    /// Every recording, newest first.
    pub(crate) fn list(&self) -> Value {
        let mut names = self.names();
        names.sort_by(|a, b| b.cmp(a));
        let left_out = names.len().saturating_sub(LISTED_MAX);
        names.truncate(LISTED_MAX);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|name, _| names.contains(name));
        let mut recordings = Vec::new();
        for name in names {
            let Some(path) = self.find(&name) else { continue };
            let Some((octets, changed)) = extent(&path, true) else { continue };
            let same = known.get(&name).filter(|(length, at, _)| *length == octets && *at == changed);
            let found = match same {
                Some((_, _, value)) => value.clone(),
                None => describe(&name, &path, octets, changed),
            };
            known.insert(name, (octets, changed, found.clone()));
            recordings.push(found);
        }
        json!({ "recordings": recordings, "left_out": left_out })
    }

    fn names(&self) -> Vec<String> {
        match &self.place {
            Place::File(file) => file.file_name().map(|name| name.to_string_lossy().into_owned()).into_iter().collect(),
            Place::Folder(folder) => {
                let entries = std::fs::read_dir(folder).into_iter().flatten().take(ENTRIES_MAX);
                let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
                names.filter(|name| is_name(name)).collect()
            }
        }
    }
}

/// Letters, digits, dots and dashes, with the ending of a recording: nothing that means anything to a file system.
fn is_name(name: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    name.len() <= NAME_MAX && name.ends_with(".mcap") && !name.starts_with('.') && name.bytes().all(fine)
}

fn describe(name: &str, path: &Path, octets: u64, changed: SystemTime) -> Value {
    let opened = reader(path).map_err(|error| error.to_string());
    let opened = opened.and_then(|file| Stream::open(file).map_err(|error| error.to_string()));
    let stream = match opened {
        Ok(stream) => stream,
        Err(what) => return json!({ "name": name, "bytes": octets, "unreadable": what }),
    };
    let header = stream.header();
    let site = serde_json::from_value::<SiteNote>(header.site.clone()).map(|site| site.name).unwrap_or_default();
    let totals = totals_of(path);
    // What has no end yet lasts until it was written to last.
    let written_s = changed.duration_since(UNIX_EPOCH).ok().map(|at| at.as_secs_f64());
    let started_s = header.started_at.millis() as f64 / 1e3;
    let length_s = match &totals {
        Some(totals) => totals.ended_at.seconds_since(header.started_at),
        None => written_s.map_or(0.0, |at| at - started_s),
    };
    json!({
        "name": name,
        "bytes": octets,
        "site": site,
        "mode": mode(header),
        "started_ms": header.started_at.millis(),
        "length_s": length_s.max(0.0),
        "closed": totals.is_some(),
        "alarm_messages": totals.map(|totals| totals.alarm_messages),
        "program": format!("{} {}", header.program, header.version),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_names() {
        for name in ["2026-11-22T16-13-49Z.mcap", "2026-11-22T16-13-49Z-2.mcap", "a_b.mcap"] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "",
            ".mcap",
            "..mcap",
            "../a.mcap",
            "a/b.mcap",
            "a\\b.mcap",
            "a.mcap\0",
            "a b.mcap",
            "a.toml",
            "ä.mcap",
            "C:a.mcap",
        ] {
            assert!(!is_name(name), "{name}");
        }
        assert!(!is_name(&format!("{}.mcap", "a".repeat(NAME_MAX))));
    }

    #[test]
    fn what_lies_elsewhere_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, outside) = (folder.path().join("recordings"), folder.path().join("secret.mcap"));
        std::fs::create_dir_all(inside.join("folder.mcap")).unwrap();
        std::fs::write(&outside, "secret").unwrap();
        std::fs::write(inside.join("a.mcap"), "no recording").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&outside, inside.join("link.mcap")).unwrap();
        let shelf = Shelf::folder(&inside);
        assert!(shelf.find("a.mcap").is_some());
        for name in ["../secret.mcap", "..%2fsecret.mcap", "link.mcap", "folder.mcap", "b.mcap", "/etc/passwd"] {
            assert!(shelf.find(name).is_none(), "{name}");
        }
        let one = Shelf::file(&outside);
        assert!(one.find("secret.mcap").is_some() && one.find("a.mcap").is_none());
    }

    #[test]
    fn a_file_that_is_no_recording_is_listed_with_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.mcap"), "GIF89a").unwrap();
        let list = Shelf::folder(folder.path()).list();
        assert!(list["recordings"][0]["unreadable"].as_str().unwrap().contains("not an MCAP file"), "{list}");
    }
}
