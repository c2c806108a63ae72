//! The program is killed in the middle of an alarm, or stopped, and started again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;
use std::time::Instant;

use serde_json::Value;
use support::{Ground, Server, bombard, json_lines, wait_for};

/// The lines of `alarms.jsonl`.
fn told(ground: &Ground) -> Vec<Value> {
    json_lines(&std::fs::read_to_string(ground.path("out/alarms/alarms.jsonl")).unwrap_or_default())
}

fn wait_for_cover(ground: &Ground) -> Value {
    wait_for("the alarm", || told(ground).into_iter().find(|line| line["stage"] == "take_cover"))
}

/// The next words about an alarm after so many lines.
fn wait_for_more(ground: &Ground, lines: usize) -> Value {
    wait_for("the alarm anew", || told(ground).get(lines).cloned())
}

fn wait_for_end(ground: &Ground) -> Value {
    wait_for("its end", || {
        told(ground).into_iter().find(|line| line["stage"] == "all_clear" || line["stage"] == "withdrawn")
    })
}

fn ids(lines: &[Value]) -> BTreeSet<String> {
    lines.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect()
}

/// The CAP messages of an alarm in the order of their numbers.
fn messages(ground: &Ground, id: &str) -> Vec<String> {
    let entries = std::fs::read_dir(ground.path("out/alarms")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<(u64, String)> = entries
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_prefix(id)?.strip_suffix(".xml")?.to_owned();
            Some((name.rsplit('.').next()?.parse().ok()?, std::fs::read_to_string(&path).ok()?))
        })
        .collect();
    files.sort();
    files.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn after_a_kill_the_alarm_is_told_anew_under_its_name_and_ends() {
    let ground = Ground::new();
    let server = ground.serve();
    let port = ground.port;
    let radar = std::thread::spawn(move || bombard(port));
    let alarm = wait_for_cover(&ground);
    let id = alarm["id"].as_str().unwrap().to_owned();
    wait_for("its CAP message", || (!messages(&ground, &id).is_empty()).then_some(()));
    server.kill();
    let (lines, letters) = (told(&ground).len(), messages(&ground, &id).len());

    let begun = Instant::now();
    let server = ground.serve();
    let again = wait_for_more(&ground, lines);
    println!("told anew {:.0} ms after the start of the program", 1e3 * begun.elapsed().as_secs_f64());
    assert_eq!((&again["id"], &again["raised_at"]), (&alarm["id"], &alarm["raised_at"]));
    assert!(["take_cover", "hold"].contains(&again["stage"].as_str().unwrap()), "nobody leaves cover for it: {again}");
    assert_eq!(server.json("/api/alarms")[0]["id"], alarm["id"]);
    let end = wait_for_end(&ground);
    assert_eq!(end["id"], alarm["id"]);
    radar.join().unwrap();
    let lines = told(&ground);
    assert_eq!(ids(&lines).len(), 1, "the same round warns of nothing else: {lines:?}");
    assert_eq!(lines.last().unwrap()["id"], alarm["id"]);

    wait_for("the CAP message of its end", || (messages(&ground, &id).len() > letters + 1).then_some(()));
    let later = &messages(&ground, &id)[letters..];
    assert!(!later.is_empty() && later.iter().all(|text| text.contains("<references>")), "{later:?}");
    assert!(later.iter().all(|text| !text.contains("<msgType>Alert<")), "it is no new alert: {later:?}");
    check_recordings(&ground, server);
}

/// Both recordings can be run again, each as far as it goes, and the second says where it went on.
fn check_recordings(ground: &Ground, server: Server) {
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
    let runs = ground.recordings();
    assert_eq!(runs.len(), 2);
    let first = ground.run(&["replay", runs[0].to_str().unwrap(), "--verify"]);
    assert!(first.code == Some(0) && first.out.contains("ends early"), "{first:?}");
    let second = ground.run(&["replay", runs[1].to_str().unwrap(), "--verify"]);
    assert!(second.code == Some(0) && second.out.contains("identical, byte for byte"), "{second:?}");
    assert!(second.out.contains("resumed at"), "{second:?}");
    for run in &runs {
        let verdict = ground.run(&["recording", "verify", run.to_str().unwrap()]);
        assert!(verdict.code == Some(0) && verdict.out.contains("the key that was asked for"), "{verdict:?}");
    }
}

#[test]
fn a_stop_in_order_loses_no_alarm_either() {
    let ground = Ground::new();
    let server = ground.serve();
    let port = ground.port;
    let radar = std::thread::spawn(move || bombard(port));
    let alarm = wait_for_cover(&ground);
    assert_eq!(server.stop().0, Some(0));
    let lines = told(&ground).len();
    let server = ground.serve();
    assert_eq!(wait_for_more(&ground, lines)["id"], alarm["id"]);
    assert_eq!(wait_for_end(&ground)["id"], alarm["id"]);
    radar.join().unwrap();
    assert_eq!(ids(&told(&ground)).len(), 1);
    drop(server);
}

/// What was told of other zones by another policy is not told in the words of this one.
#[test]
fn another_configuration_takes_nothing_up() {
    let ground = Ground::new();
    let server = ground.serve();
    let port = ground.port;
    let radar = std::thread::spawn(move || bombard(port));
    wait_for_cover(&ground);
    server.kill();
    radar.join().unwrap();
    let text = std::fs::read_to_string(ground.path("site.toml")).unwrap();
    ground.write("site.toml", text.replace("hold_s = 3.0", "hold_s = 4.0").as_bytes());
    let server = ground.serve();
    assert_eq!(server.json("/api/alarms"), serde_json::json!([]));
    let status = wait_for("a group on the disk", || {
        let status = server.json("/api/recording");
        (status["segment"] == 1).then_some(status)
    });
    assert_eq!(status["state"], "ok", "{status}");
}

/// Altered, repaired, exported: each says what it did, and the original stays as it was.
#[test]
fn a_recording_is_verified_repaired_and_exported() {
    let ground = Ground::new();
    let server = ground.serve();
    bombard(ground.port);
    assert_eq!(server.stop().0, Some(0));
    let run = ground.recording();
    let name = run.to_str().unwrap();
    let sound = ground.run(&["recording", "verify", name, "--json"]);
    let sound: Value = serde_json::from_str(&sound.out).unwrap();
    assert_eq!(
        (&sound["sound"], &sound["closed"], &sound["findings"]),
        (&true.into(), &true.into(), &Value::Array(vec![]))
    );

    let segment = run.join("00001.mcap");
    let whole = std::fs::read(&segment).unwrap();
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 4;
    std::fs::write(&segment, &altered).unwrap();
    let verdict = ground.run(&["recording", "verify", name]);
    assert_eq!(verdict.code, Some(1), "{verdict:?}");
    assert!(verdict.out.contains("damaged 00001.mcap: at byte") && verdict.out.contains("NOT SOUND"), "{verdict:?}");

    let repaired = ground.run(&["recording", "repair", name, "--to", "repaired.mcap"]);
    assert_eq!(repaired.code, Some(0), "{repaired:?}");
    assert_eq!(std::fs::read(&segment).unwrap(), altered, "the original is as it was");
    let report = std::fs::read_to_string(ground.path("repaired.mcap.report.txt")).unwrap();
    assert!(report.contains("kept") && report.contains("missing   00001.mcap: at byte"), "{report}");
    let again = ground.run(&["recording", "repair", name, "--to", "repaired.mcap"]);
    assert!(again.code == Some(3) && again.err.contains("nothing is ever overwritten"), "{again:?}");
    let replay = ground.run(&["replay", "repaired.mcap", "--verify"]);
    assert!(replay.out.contains("identical up to"), "{replay:?}");

    std::fs::write(&segment, &whole).unwrap();
    let export = ground.run(&["recording", "export", name, "--to", "one.mcap"]);
    assert_eq!(export.code, Some(0), "{export:?}");
    let replay = ground.run(&["replay", "one.mcap", "--verify"]);
    assert!(replay.code == Some(0) && replay.out.contains("identical, byte for byte"), "{replay:?}");
    let lines = ground.run(&["recording", "export", name, "--to", "-", "--topic", "/output/alarm"]);
    assert!(json_lines(&lines.out).iter().any(|line| line["data"]["stage"] == "take_cover"), "{lines:?}");
}
