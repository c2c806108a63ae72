//! What happens in an attack, told line by line while it is played: launches from the truth, alarms as they are written.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::say::say;

/// Follows one attack.
#[derive(Debug)]
pub(crate) struct Story {
    truth: PathBuf,
    /// Length of the truth at the last look: it is read when it has stopped growing.
    truth_bytes: u64,
    script: Option<Script>,
    alarms: AlarmFile,
}

/// What is going to happen, from the truth.
#[derive(Debug, PartialEq, Eq)]
struct Script {
    /// The instant of second 0, since 1970.
    start: Duration,
    /// Instants since 1970 with words, latest first.
    coming: Vec<(Duration, String)>,
}

impl Story {
    /// An attack that begins now, whose truth will be written to a file and whose alarms follow the others in a file.
    pub(crate) fn new(truth: &Path, alarms: &Path) -> Self {
        Story { truth: truth.to_owned(), truth_bytes: 0, script: None, alarms: AlarmFile::at_its_end(alarms) }
    }

    /// Tells what has happened since the last call.
    pub(crate) fn tell(&mut self) {
        self.look_for_the_truth();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let news = self.alarms.news();
        let Some(script) = &mut self.script else { return news.iter().for_each(|line| say(line)) };
        let seconds = |at: Duration| format!("t+{:5.1} s", at.as_secs_f64() - script.start.as_secs_f64());
        while let Some((at, words)) = script.coming.pop_if(|(at, _)| *at <= now) {
            say(&format!("{}  {words}", seconds(at)));
        }
        for line in news {
            say(&format!("{}  {line}", seconds(now)));
        }
    }

    /// Whether every alarm of the attack has ended.
    pub(crate) fn is_quiet(&self) -> bool {
        self.alarms.open.is_empty()
    }

    /// The lines of the attack's alarms, as they were written.
    pub(crate) fn alarm_lines(&self) -> &str {
        &self.alarms.text
    }

    fn look_for_the_truth(&mut self) {
        let bytes = self.truth.metadata().map_or(0, |metadata| metadata.len());
        if self.script.is_none() && bytes > 0 && bytes == self.truth_bytes {
            self.script = std::fs::read_to_string(&self.truth).ok().and_then(|text| script(&text));
        }
        self.truth_bytes = bytes;
    }
}

/// Launches and impacts.
fn script(truth: &str) -> Option<Script> {
    let lines: Vec<Value> = truth.lines().map_while(|line| serde_json::from_str(line).ok()).collect();
    let start = lines.iter().find(|line| line["type"] == "run")?["start"].as_u64().map(Duration::from_nanos)?;
    let at = |place: &Value| Some(start + Duration::try_from_secs_f64(place["time_s"].as_f64()?).ok()?);
    let mut coming = Vec::new();
    for object in lines.iter().filter(|line| line["type"] == "object" && line["is_round"] == true) {
        let name = object["object"].as_str().unwrap_or("a round");
        coming.extend(at(&object["launch"]).map(|at| (at, format!("{name} is launched"))));
        coming.extend(at(&object["impact"]).map(|at| (at, format!("{name} comes down"))));
    }
    coming.sort_by(|a, b| b.cmp(a));
    Some(Script { start, coming })
}

/// The file of alarms, followed while it grows.
#[derive(Debug)]
struct AlarmFile {
    path: PathBuf,
    /// How far it has been read.
    read: u64,
    /// What has been read.
    text: String,
    /// The end of it that is no whole line yet.
    rest: Vec<u8>,
    open: BTreeSet<String>,
    /// (alarm, stage) that have been told: predictions that get better are not news here.
    told: BTreeSet<(String, String)>,
}

impl AlarmFile {
    fn at_its_end(path: &Path) -> Self {
        let read = path.metadata().map_or(0, |metadata| metadata.len());
        let (text, rest, open, told) = Default::default();
        AlarmFile { path: path.to_owned(), read, text, rest, open, told }
    }

    /// New stages of alarms, in words.
    fn news(&mut self) -> Vec<String> {
        let mut bytes = Vec::new();
        if let Ok(mut file) = File::open(&self.path)
            && file.seek(SeekFrom::Start(self.read)).is_ok()
        {
            // What could not be read now is read next time.
            self.read += file.read_to_end(&mut bytes).unwrap_or(0) as u64;
        }
        self.rest.append(&mut bytes);
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines = String::from_utf8_lossy(&self.rest.drain(..whole).collect::<Vec<u8>>()).into_owned();
        self.text.push_str(&lines);
        lines.lines().filter_map(|line| self.alarm(&serde_json::from_str(line).ok()?)).collect()
    }

    fn alarm(&mut self, line: &Value) -> Option<String> {
        let text = |key: &str| line[key].as_str().unwrap_or("?").to_owned();
        let (id, stage) = (text("id"), text("stage"));
        match stage.as_str() {
            "all_clear" | "withdrawn" => self.open.remove(&id),
            _ => self.open.insert(id.clone()),
        };
        if !self.told.insert((id, stage.clone())) {
            return None;
        }
        let zone = format!("{} ({} people)", text("zone_name"), line["people"]);
        // A demonstration is an exercise, and an exercise does not speak as a live site does.
        Some(match (stage.as_str(), line["seconds_left"].as_f64()) {
            ("take_cover", Some(seconds)) => format!("ALARM      {zone}: {seconds:.1} s left"),
            ("take_cover", None) => format!("ALARM      {zone}"),
            ("hold", _) => format!("held       {zone}"),
            ("all_clear", _) => format!("ended      {zone}"),
            ("withdrawn", _) => format!("withdrawn  {zone}: {}", text("reason").replace('_', " ")),
            (other, _) => format!("{other:<10} {zone}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("parapet-xtask-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn alarms_are_told_once_for_each_stage() {
        let folder = folder("alarms");
        let path = folder.join("alarms.jsonl");
        std::fs::write(&path, "{\"id\":\"older\",\"stage\":\"take_cover\"}\n").unwrap();
        let mut file = AlarmFile::at_its_end(&path);
        let line = r#"{"id":"a","stage":"take_cover","zone_name":"Hospital","people":30,"seconds_left":9.25}"#;
        std::fs::write(
            &path,
            format!("{{\"id\":\"older\",\"stage\":\"take_cover\"}}\n{line}\n{line}\n{{\"id\":\"a\","),
        )
        .unwrap();
        assert_eq!(file.news(), ["ALARM      Hospital (30 people): 9.2 s left"]);
        assert!(!file.open.is_empty());
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("\"stage\":\"all_clear\",\"zone_name\":\"Hospital\",\"people\":30}\n");
        std::fs::write(&path, text).unwrap();
        assert_eq!(file.news(), ["ended      Hospital (30 people)"]);
        assert!(file.open.is_empty() && file.text.lines().count() == 3);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn launches_come_from_the_truth() {
        assert_eq!(script(""), None);
        let run = r#"{"type":"run","start":1000000000000}"#;
        let round =
            r#"{"type":"object","object":"r1","is_round":true,"launch":{"time_s":4.0},"impact":{"time_s":30.0}}"#;
        let bird = r#"{"type":"object","object":"bird","is_round":false,"launch":null,"impact":null}"#;
        let coming = [(Duration::from_secs(1_030), "r1 comes down"), (Duration::from_secs(1_004), "r1 is launched")];
        let coming = coming.map(|(at, words)| (at, words.to_owned())).to_vec();
        let expected = Script { start: Duration::from_secs(1_000), coming };
        assert_eq!(script(&format!("{run}\n{round}\n{bird}\n")), Some(expected));
    }
}
