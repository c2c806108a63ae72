//! A recording is shown again: while it is written, by the live program, and afterwards on an analyst's computer.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;
use support::{Ground, bombard, get, json_lines, program, wait_for, watch};

/// `parapet view`, running.
struct Viewer {
    child: Child,
    http: SocketAddr,
}

impl Viewer {
    fn start(folder: &Path, recording: &str) -> Self {
        let mut command = program(folder);
        command.args(["view", recording, "--http", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        Viewer { http: address.parse().unwrap_or_else(|_| panic!("{line}")), child }
    }

    fn json(&self, path: &str) -> Value {
        let (status, _, body) = get(self.http, path);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The facts of a recording when it has been looked through.
    fn facts(&self, name: &str) -> Value {
        wait_for("the end of the recording", || {
            let facts = self.json(&format!("/api/recordings/{name}"));
            (facts["looked_through"] == true).then_some(facts)
        })
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_recording_is_shown_while_it_is_written_and_afterwards() {
    let ground = Ground::new();
    let server = ground.serve();
    let name = ground.recording().file_name().unwrap().to_str().unwrap().to_owned();
    let page = watch(server.http);
    bombard(ground.port);
    let alarm = wait_for("the all-clear", || {
        let alarms = server.json("/api/alarms");
        let last = alarms.as_array()?.last()?.clone();
        (last["stage"] == "all_clear").then(|| last["id"].as_str().unwrap().to_owned())
    });

    // The file that is being written is listed, and read up to what is on disk.
    let listed = server.json("/api/recordings");
    assert_eq!(listed["recordings"][0]["name"], name.as_str());
    assert_eq!(
        (&listed["recordings"][0]["closed"], &listed["recordings"][0]["mode"]),
        (&false.into(), &"exercise".into())
    );
    wait_for("the alarm in the recording", || {
        let facts = server.json(&format!("/api/recordings/{name}"));
        (facts["growing"] == true && marks(&facts, "all_clear") == 1).then_some(())
    });
    check_now(&server, &alarm);
    check_refusals(server.http);
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    let live = page.join().unwrap();

    let viewer = Viewer::start(ground.folder.path(), &format!("out/recordings/{name}"));
    let facts = viewer.facts(&name);
    assert_eq!((&facts["ending"], &facts["not_understood"]), (&"closed".into(), &0.into()));
    for (kind, count) in [("detection", 1), ("take_cover", 1), ("impact", 1), ("hold", 1), ("all_clear", 1)] {
        assert_eq!(marks(&facts, kind), count, "{kind}: {facts}");
    }
    check_pictures(&viewer, &facts, &name, &live);
    check_truth(&viewer, &name);
    check_then(&ground, &viewer, &name, &alarm);
    assert_eq!(viewer.json(&format!("/api/recordings/{name}/site"))["mode"], "replay");
    let (status, head, _) = get(viewer.http, "/");
    assert!(status == 307 && head.contains(&format!("location: /replay?recording={}", name.to_lowercase())), "{head}");
    assert_eq!(get(viewer.http, "/api/live").0, 404, "a replay has nothing live");
    assert_eq!(get(viewer.http, "/api/why?alarm=x").0, 404);
    check_refusals(viewer.http);
}

fn marks(facts: &Value, kind: &str) -> usize {
    facts["marks"].as_array().unwrap().iter().filter(|mark| mark["kind"] == kind).count()
}

/// Why, answered by the live program from the recording that it is writing.
fn check_now(server: &support::Server, alarm: &str) {
    let card = server.json(&format!("/api/why?alarm={alarm}"));
    assert!(card["tracks"][0]["plots"].as_array().unwrap().len() >= 4, "{card}");
    assert!(
        card["hazard"].as_array().unwrap().len() > 4 && card["probability"].as_f64() >= card["threshold"].as_f64(),
        "the card's curve or odds"
    );
    let timeline = &card["timeline"];
    let instants = ["measured_ms", "heard_ms", "decided_ms"].map(|key| timeline[key].as_i64().unwrap());
    // ASTERIX tells times in steps of 8 ms.
    assert!(instants[1] - instants[0] > -8 && instants[2] >= instants[1], "{timeline}");
    assert_eq!(card["deliveries"], server.json(&format!("/api/alarms/{alarm}/deliveries")));
    assert_eq!(card["tracks"][0].get("came_from"), None, "where a round came from is not for the live page");
    assert_eq!(card["without"], Value::Null);
    let without = server.json(&format!("/api/why?alarm={alarm}&part=without"));
    assert_eq!(without["without"][0]["later_s"], Value::Null, "the only radar: {without}");
    let quiet = server.json("/api/why?zone=village");
    assert_eq!((quiet["alarms"].as_array().unwrap().len(), &quiet["zone_name"]), (0, &"Far village".into()));
    assert!(quiet["nearest"][0]["away_m"].as_f64().unwrap() > 1_000.0, "{quiet}");
    let (status, _, body) = server.get("/api/why?alarm=clinic-1");
    assert!(status == 404 && body.contains(alarm) && body.contains("remedy"), "{body}");
    assert_eq!(server.get("/api/why?zone=nowhere").0, 404);
    assert_eq!(server.get("/api/why").0, 400);
    assert_eq!(server.get("/api/why?zone=clinic&alarm=x").0, 400);
}

/// Names that are no names of recordings lead nowhere.
fn check_refusals(http: SocketAddr) {
    for name in [
        "nothing.mcap",
        "..%2F..%2Fsite.toml",
        "%2e%2e%2fsite.toml",
        "..%5csite.toml",
        "site.toml",
        "%00.mcap",
        "a%2Fb.mcap",
    ] {
        let (status, _, body) = get(http, &format!("/api/recordings/{name}"));
        assert!(status == 404 && body.contains("there is no recording"), "{name}: {status} {body}");
        assert_eq!(get(http, &format!("/api/recordings/{name}/pictures/0")).0, 404, "{name}");
        assert_eq!(get(http, &format!("/api/recordings/{name}/why?zone=clinic")).0, 404, "{name}");
    }
}

/// When a stage was shown first, the page showed the same tracks, threats and alarm as the replay does.
fn check_pictures(viewer: &Viewer, facts: &Value, name: &str, live: &str) {
    let seen: Vec<Value> = live
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let length_ms = facts["to_ms"].as_i64().unwrap() - facts["from_ms"].as_i64().unwrap();
    let windows = length_ms / facts["window_ms"].as_i64().unwrap();
    let shown: Vec<Value> = (0..=windows).flat_map(|number| window(viewer, name, number)).collect();
    for stage in ["take_cover", "hold", "all_clear"] {
        let first = |pictures: &[Value], whose: &str| {
            let found = pictures.iter().find(|picture| picture["alarms"][0]["stage"] == stage);
            found.unwrap_or_else(|| panic!("no {stage} in {} pictures of the {whose} page", pictures.len())).clone()
        };
        let (then, again) = (first(&seen, "live"), first(&shown, "replay"));
        assert_eq!(then["tracks"], again["tracks"], "{stage}");
        assert_eq!(then["threats"], again["threats"], "{stage}");
        assert_eq!(without_words(&then["alarms"][0]), without_words(&again["alarms"][0]), "{stage}");
        assert_eq!(then["sensors"][0]["state"], again["sensors"][0]["state"], "{stage}");
    }
    let (end, last) = (seen[seen.len() - 2].clone(), shown.last().unwrap());
    assert_eq!(end["counts"]["heard"], last["counts"]["heard"]);
    assert_eq!(end["sensors"][0]["plots"], last["sensors"][0]["plots"]);
    assert_eq!(end["counts"]["refused"], last["counts"]["refused"]);
}

/// The sentence to be spoken counts seconds down to the instant at which the picture was made.
fn without_words(alarm: &Value) -> Value {
    let mut alarm = alarm.clone();
    alarm.as_object_mut().unwrap().remove("say");
    alarm
}

/// The pictures of a window, put together as the page does.
fn window(viewer: &Viewer, name: &str, number: i64) -> Vec<Value> {
    let window = viewer.json(&format!("/api/recordings/{name}/pictures/{number}"));
    let mut pictures = vec![window["first"].clone()];
    for change in window["then"].as_array().unwrap() {
        let mut next = pictures[pictures.len() - 1].clone();
        for (key, value) in change["set"].as_object().unwrap() {
            next[key] = value.clone();
        }
        for (key, items) in change["lists"].as_object().unwrap() {
            let name_of = |item: &Value| item.get("id").or_else(|| item.get("track")).cloned().unwrap();
            let put = items["put"].as_array().unwrap();
            let gone: Vec<Value> =
                items["gone"].as_array().unwrap().iter().cloned().chain(put.iter().map(name_of)).collect();
            let list = next[key].as_array_mut().unwrap();
            list.retain(|item| !gone.contains(&name_of(item)));
            list.extend(put.iter().cloned());
        }
        pictures.push(next);
    }
    pictures
}

/// The record of the whole arc is there beside every prediction, and the last of these was near it.
fn check_truth(viewer: &Viewer, name: &str) {
    let truth = viewer.json(&format!("/api/recordings/{name}/rounds"));
    let round = &truth["rounds"][0];
    let fall = support::fall().place;
    let came_down = &round["came_down"];
    assert!((came_down["lat_deg"].as_f64().unwrap() - fall.lat_deg).abs() < 5e-4, "{came_down}");
    assert!(
        round["predictions"].as_array().unwrap().len() > 10 && round["arc"].as_array().unwrap().len() > 10,
        "{round}"
    );
    let words = truth["alarms"][0]["words"].as_array().unwrap();
    let told = words.iter().find(|word| word["stage"] == "take_cover").unwrap();
    let told_s = (told["impact_ms"].as_i64().unwrap() - told["at_ms"].as_i64().unwrap()) as f64 / 1e3;
    let real_s = (came_down["at_ms"].as_i64().unwrap() - told["at_ms"].as_i64().unwrap()) as f64 / 1e3;
    assert!((told_s - real_s).abs() < 2.0, "told {told_s}, real {real_s}");
}

/// The page and the terminal say the same.
fn check_then(ground: &Ground, viewer: &Viewer, name: &str, alarm: &str) {
    let run = ground.run(&["why", &format!("out/recordings/{name}"), alarm, "--json"]);
    let mut card = json_lines(&run.out).remove(0);
    let mut shown = viewer.json(&format!("/api/recordings/{name}/why?alarm={alarm}"));
    shown["without"] =
        viewer.json(&format!("/api/recordings/{name}/why?alarm={alarm}&part=without"))["without"].clone();
    for card in [&mut card, &mut shown] {
        assert!(
            card["tracks"][0]["came_down"].is_object() && card["tracks"][0]["off_m"].as_f64().unwrap() < 500.0,
            "{card}"
        );
    }
    assert_eq!(card, shown);
}

#[test]
fn what_cannot_be_shown_is_refused_before_a_page_is_served() {
    let ground = Ground::new();
    ground.write("rubbish.mcap", b"GIF89a");
    let run = ground.run(&["view", "rubbish.mcap", "--http", "127.0.0.1:0"]);
    assert!(run.code == Some(1) && run.err.contains("not an MCAP file"), "{run:?}");
    let run = ground.run(&["view", "nothing.mcap"]);
    assert!(run.code == Some(3) && run.err.contains("cannot be read"), "{run:?}");
}

#[test]
fn a_torn_recording_is_shown_as_far_as_it_goes() {
    let ground = Ground::new();
    let server = ground.serve();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    wait_for("something on disk", || {
        socket.send_to(&support::north_marker(support::ns_of_day_now()), ("127.0.0.1", ground.port)).unwrap();
        let name = ground.recording().file_name().unwrap().to_str().unwrap().to_owned();
        let facts = server.json(&format!("/api/recordings/{name}"));
        (facts["to_ms"].as_i64() > facts["from_ms"].as_i64()).then_some(())
    });
    server.kill();
    let whole = std::fs::read(ground.recording().join("00001.mcap")).unwrap();
    std::fs::create_dir(ground.path("torn")).unwrap();
    ground.write("torn/a.mcap", &whole[..whole.len() - 20]);
    let viewer = Viewer::start(ground.folder.path(), "torn");
    let facts = viewer.facts("a.mcap");
    assert!(facts["growing"] == true && facts["ending"].as_str().unwrap().contains("killed"), "{facts}");
    assert_eq!(viewer.json("/api/recordings/a.mcap/pictures/0")["first"]["tracks"], Value::Array(vec![]));
}
