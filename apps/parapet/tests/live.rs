//! The whole chain, live: a bomb falls, the clinic is warned, and everything about it can be explained afterwards.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use parapet_recording::{Entry, Recording};
use serde_json::Value;
use support::{Ground, Server, bombard, get, json_lines, wait_for, watch};

#[test]
fn a_bomb_falls_and_the_clinic_is_warned() {
    let ground = Ground::new();
    let server = ground.serve();
    let site = server.json("/api/site");
    assert_eq!((site["mode"].as_str(), site["name"].as_str()), (Some("exercise"), Some("Test range")));
    assert_eq!(site["zones"]["features"][0]["properties"]["people"], 120);
    assert_eq!(server.get("/api/outlines").0, 404);
    assert!(server.get("/").1.contains("content-security-policy: default-src 'none'"));

    let page = watch(server.http);
    bombard(ground.port);
    wait_for("the all-clear", || {
        let alarms = server.json("/api/alarms");
        let last = alarms.as_array()?.last()?.clone();
        (last["stage"] == "all_clear").then_some(())
    });
    let (_, head, metrics) = server.get("/metrics");
    assert!(head.contains("openmetrics-text"), "{head}");
    assert!(metrics.contains("parapet_alarms_raised_total 1") && metrics.ends_with("# EOF\n"), "{metrics}");
    assert_eq!(server.get("/healthz").0, 200);
    check_feed(&server);

    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 raised") && said.contains("over 1 alarms") && said.contains("0 dropped"), "{said}");

    let live = page.join().unwrap();
    check_page(&live);
    let id = check_alarm_file(&ground);
    check_cap(&ground);
    check_replay(&ground);
    check_why(&ground, &id);
    check_cut(&ground);
}

/// The alarm is over: its entry is a grave, from which a link leads to the message that ended it.
fn check_feed(server: &Server) {
    let feed = wait_for("the grave in the feed", || {
        let (status, head, feed) = server.get("/cap/feed.atom");
        assert!(status == 200 && head.contains("application/atom+xml"), "{head}");
        (feed.contains("at:deleted-entry") && !feed.contains("<entry>")).then_some(feed)
    });
    let link = feed.rsplit(&format!("http://{}", server.http)).next().and_then(|rest| rest.split('"').next()).unwrap();
    let (status, head, message) = server.get(link);
    assert!(
        status == 200 && head.contains("application/cap+xml") && message.contains("AllClear"),
        "{link}: {head}{message}"
    );
    assert_eq!(server.get("/cap/another.xml").0, 404);
}

fn check_page(live: &str) {
    assert!(live.trim_end().ends_with("event: end\ndata: {}"), "{}", &live[live.len().saturating_sub(200)..]);
    let pictures = live.lines().filter_map(|line| line.strip_prefix("data: "));
    let pictures: Vec<Value> =
        pictures.filter(|data| *data != "{}").map(|data| serde_json::from_str(data).unwrap()).collect();
    let stage = |stage: &str| pictures.iter().filter(|picture| picture["alarms"][0]["stage"] == stage).count();
    assert!(stage("take_cover") > 0 && stage("hold") > 0 && stage("all_clear") > 0, "stages are missing");
    let alarmed = pictures.iter().find(|picture| picture["alarms"][0]["stage"] == "take_cover").unwrap();
    assert_eq!(alarmed["alarms"][0]["zone_name"], "Clinic");
    assert!(alarmed["threats"][0]["impact"]["ellipse"]["semi_major_m"].as_f64().unwrap() > 0.0, "{alarmed}");
    let track = &alarmed["tracks"][0];
    assert!(track["threat"] == true && track["speed_mps"].as_f64().unwrap() > 100.0, "{track}");
    assert_eq!(
        (alarmed["sensors"][0]["state"].as_str(), alarmed["counts"]["recording"].as_str()),
        (Some("ok"), Some("ok"))
    );
}

/// Gives the alarm's id.
fn check_alarm_file(ground: &Ground) -> String {
    let lines = json_lines(&std::fs::read_to_string(ground.path("out/alarms/alarms.jsonl")).unwrap());
    let id = lines[0]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("clinic-"), "{id}");
    assert!(lines.iter().all(|line| line["id"] == id.as_str() && line["zone"] == "clinic"), "{lines:?}");
    assert_eq!(lines[0]["stage"], "take_cover");
    assert!(lines[0]["threats"][0]["impact"]["lat_deg"].is_number());
    id
}

fn check_cap(ground: &Ground) {
    let entries = std::fs::read_dir(ground.path("out/alarms")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "xml")).collect();
    files.sort();
    assert!(files.len() >= 3, "take cover, hold, all clear: {files:?}");
    let first = std::fs::read_to_string(&files[0]).unwrap();
    assert!(first.contains("<status>Exercise</status>") && first.contains("<msgType>Alert</msgType>"), "{first}");
    let last = std::fs::read_to_string(files.last().unwrap()).unwrap();
    assert!(last.contains("<references>"), "{last}");
}

fn check_replay(ground: &Ground) {
    let recording = ground.recording();
    let run = ground.run(&["replay", recording.to_str().unwrap(), "--verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("identical, byte for byte"), "{run:?}");
    let run = ground.run(&["replay", recording.to_str().unwrap()]);
    assert!(json_lines(&run.out).iter().any(|line| line["kind"] == "alarm"), "{run:?}");
}

fn check_why(ground: &Ground, id: &str) {
    let recording = ground.recording();
    let recording = recording.to_str().unwrap();
    let list = ground.run(&["why", recording]);
    assert!(list.out.starts_with(id) && list.out.contains("take_cover > hold > all_clear"), "{list:?}");
    let why = ground.run(&["why", recording, id]);
    assert_eq!(why.code, Some(0), "{why:?}");
    for word in [
        "Clinic (hospital, 120 people)",
        "threshold",
        "95 % ellipse",
        "ballistic",
        "plot radar #",
        "in datagram",
        "from 127.0.0.1",
        "seconds left at the decision",
        "with a threshold of",
        "without radar: no alarm",
    ] {
        assert!(why.out.contains(word), "{word} is missing in\n{}", why.out);
    }
    assert!(why.out.matches("plot radar #").count() >= 4, "{}", why.out);
    let card = ground.run(&["why", recording, id, "--json"]);
    let card: serde_json::Value = serde_json::from_str(&card.out).unwrap();
    assert_eq!(card["without"][0]["later_s"], serde_json::Value::Null, "{card}");
    assert!(card["tracks"][0]["sensors"]["radar"].as_u64().unwrap() >= 4, "{card}");
    let zone = ground.run(&["why", recording, "--zone", "clinic"]);
    assert!(zone.out.contains("was warned") && zone.out.contains("greatest probability"), "{zone:?}");
    assert!(ground.run(&["why", recording, "--zone", "nowhere"]).err.contains("clinic"));
    let unknown = ground.run(&["why", recording, "clinic-1"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains(id), "{unknown:?}");
}

fn check_cut(ground: &Ground) {
    let whole = std::fs::read(ground.recording().join("00001.mcap")).unwrap();
    ground.write("cut.mcap", &whole[..whole.len() / 2]);
    let run = ground.run(&["replay", "cut.mcap", "--verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("identical up to") && run.out.contains("at byte"), "{run:?}");

    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    ground.write("flipped.mcap", &flipped);
    let run = ground.run(&["replay", "flipped.mcap", "--verify"]);
    assert_eq!(run.code, Some(1), "{run:?}");

    ground.write("altered.mcap", &with_another_output(&whole));
    let run = ground.run(&["replay", "altered.mcap", "--verify"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.out.contains("DIFFERENT") && run.out.contains("recorded") && run.out.contains("now"), "{run:?}");
}

/// The same recording, sound in itself, in which an alarm was raised with another probability.
fn with_another_output(whole: &[u8]) -> Vec<u8> {
    let recording = Recording::open(whole).unwrap();
    let mut recorder =
        parapet_recording::Recorder::start(std::io::Cursor::new(Vec::new()), recording.header()).unwrap();
    for entry in recording.entries() {
        match entry.unwrap() {
            Entry::Output(at, encoded) => {
                let kind = encoded.topic.strip_prefix("/output/").unwrap();
                let text = format!("{{\"{kind}\":{}}}", String::from_utf8(encoded.json).unwrap());
                let mut output = serde_json::from_str(&text).unwrap();
                if let parapet_engine::Output::Alarm(alarm) = &mut output {
                    alarm.probability *= 0.5;
                }
                recorder.output(at, &output).unwrap();
            }
            other => recorder.entry(&other).unwrap(),
        }
    }
    recorder.finish().unwrap().into_inner()
}

#[test]
fn a_silent_sensor_is_said_on_the_page() {
    let ground = Ground::new();
    let server = ground.serve();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(&support::north_marker(support::ns_of_day_now()), ("127.0.0.1", ground.port)).unwrap();
    let page = watch(server.http);
    std::thread::sleep(Duration::from_secs(3));
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
    let live = page.join().unwrap();
    let ok = live.find("\"state\":\"ok\"").unwrap();
    let silent = live.find("\"state\":\"silent\"").unwrap();
    assert!(ok < silent);
}

#[test]
fn a_killed_program_leaves_a_recording_that_can_be_verified() {
    let ground = Ground::new();
    let server = ground.serve();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..25 {
        socket.send_to(&support::north_marker(support::ns_of_day_now()), ("127.0.0.1", ground.port)).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    server.kill();
    let volume = parapet_service::read_recording(&ground.recording()).unwrap();
    let recording = Recording::open(&volume).unwrap();
    let inputs = recording.entries().filter(|entry| matches!(entry, Ok(Entry::Input(_)))).count();
    assert!((10..=25).contains(&inputs), "{inputs} of 25 datagrams are left");
    let run = ground.run(&["replay", ground.recording().to_str().unwrap(), "--verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("ends early"), "{run:?}");
}

#[test]
fn only_so_many_pages_are_served() {
    let ground = Ground::new();
    let server = ground.serve();
    let pages: Vec<_> = (0..500).map(|_| open_page(server.http)).collect();
    wait_for("500 viewers", || server.get("/metrics").2.contains("parapet_viewers 500").then_some(()));
    let (status, head, _) = get(server.http, "/api/live");
    assert_eq!(status, 503);
    assert!(head.contains("retry-after"), "{head}");
    drop(pages);
    wait_for("room", || server.get("/metrics").2.contains("parapet_viewers 0").then_some(()));
}

fn open_page(address: std::net::SocketAddr) -> std::net::TcpStream {
    use std::io::Write as _;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET /api/live HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    stream
}
