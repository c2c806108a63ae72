//! A disk that is full: said everywhere, and nothing else stops.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use support::{Ground, bombard, wait_for};

/// Every write to this device fails with "no space left on device".
#[cfg(target_os = "linux")]
const FULL: &str = "/dev/full";

#[cfg(target_os = "linux")]
#[test]
fn an_alarm_that_cannot_be_written_is_said_and_still_shown() {
    let ground = Ground::new();
    std::fs::create_dir_all(ground.path("out/alarms")).unwrap();
    std::os::unix::fs::symlink(FULL, ground.path("out/alarms/alarms.jsonl")).unwrap();
    let server = ground.serve();
    assert_eq!(server.get("/healthz").0, 200);
    bombard(ground.port);
    let words = wait_for("the complaint", || {
        let (status, _, words) = server.get("/healthz");
        (status == 503).then_some(words)
    });
    assert!(words.contains("alarms.jsonl") && words.contains("No space left"), "{words}");
    assert!(server.get("/metrics").2.contains("parapet_alarm_output_ok 0"));
    // The page and the CAP folder do not need that file.
    assert_eq!(server.json("/api/alarms")[0]["zone"], "clinic");
    let entries = std::fs::read_dir(ground.path("out/alarms")).unwrap();
    assert!(entries.map(|entry| entry.unwrap().path()).any(|path| path.extension().is_some_and(|end| end == "xml")));
    let (code, said) = server.stop();
    assert_eq!(code, Some(0));
    assert!(said.contains("writing them: failed"), "{said}");
}
