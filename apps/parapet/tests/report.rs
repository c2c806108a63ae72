//! The report of a bomb that fell, from the program as its user has it: by the tool, by the service, of what is broken, of many.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{Ground, Server, bombard, program, site_text, wait_for};

const HOSTILE: &str = "Clinic <script>alert(1)</script>";

/// A site with somebody on duty and a name that means no good, a bomb on it, and a comment.
fn attacked() -> (Ground, Server) {
    let ground = Ground::new();
    let mut child = program(ground.folder.path())
        .args(["operator", "hash"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse").unwrap();
    ground.write("password.argon2", &child.wait_with_output().unwrap().stdout);
    let ann = "[[operator]]\nname = \"ann\"\nrole = \"operator\"\npassword_file = \"password.argon2\"\n";
    let site = site_text(ground.port).replace("name = \"Clinic\"", &format!("name = \"{HOSTILE}\""));
    ground.write("site.toml", format!("{site}\n{ann}").as_bytes());
    let server = ground.serve();
    bombard(ground.port);
    wait_for("the all-clear", || {
        let alarms = server.json("/api/alarms");
        (alarms.as_array()?.last()?["stage"] == "all_clear").then_some(())
    });
    (ground, server)
}

fn post(server: &Server, path: &str, token: &str, body: &Value) -> Value {
    use std::io::Read;
    let body = body.to_string();
    let mut stream = std::net::TcpStream::connect(server.http).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         authorization: Bearer {token}\r\n\r\n",
        server.http,
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_bomb_is_reported_on() {
    let (ground, server) = attacked();
    let login = post(&server, "/api/operator/login", "", &json!({ "name": "ann", "password": "correct horse" }));
    let comment = json!({ "order": "comment", "text": "one crater at <the gate>" });
    post(&server, "/api/operator/order", login["token"].as_str().unwrap(), &comment);
    check_service(&server);
    assert_eq!(server.stop().0, Some(0));

    let recording = ground.recording();
    let path = recording.to_str().unwrap();
    let verified = ground.run(&["replay", "--verify", path]);
    assert_eq!(verified.code, Some(0), "a comment is replayed like any order: {verified:?}");
    let run = ground.run(&["report", path, "--out", "reports"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("one round came down at or near Test range") && !run.out.contains("NOT WHOLE"), "{run:?}");
    let stem = recording.file_stem().unwrap().to_string_lossy().into_owned();
    let html = std::fs::read_to_string(ground.path(&format!("reports/report-{stem}.html"))).unwrap();
    let json = std::fs::read_to_string(ground.path(&format!("reports/report-{stem}.json"))).unwrap();
    assert!(html.contains("Clinic &lt;script&gt;alert(1)&lt;/script&gt;") && !html.contains("<script"));
    assert!(html.contains("one crater at &lt;the gate&gt;"));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((report["rounds"].as_array().unwrap().len(), &report["zones"][0]["verdict"]), (1, &json!("warned")));
    assert_eq!(
        (&report["comments"][0]["by"], &report["comments"][0]["text"]),
        (&json!("ann"), &json!("one crater at <the gate>"))
    );
    check_fall(&report);
    check_broken(&ground, &recording);
    check_many(&ground);
}

/// What is being written is reported on while it is written, and says so.
fn check_service(server: &Server) {
    let (status, head, page) = wait_for("the comment on disk", || {
        let (status, head, page) = server.get("/api/report");
        page.contains("one crater at").then_some((status, head, page))
    });
    assert!(status == 200 && head.contains("content-type: text/html"), "{head}");
    assert!(head.contains("default-src 'none'; style-src 'sha256-") && !head.contains("script-src"), "{head}");
    assert!(page.contains("still being written") && !page.contains("<script"));
    let report = server.json("/api/report?format=json");
    assert_eq!(report["rounds"].as_array().unwrap().len(), 1);
    let name = report["recording"]["file"].as_str().unwrap();
    assert_eq!(server.json(&format!("/api/report?format=json&recording={name}"))["site"]["name"], "Test range");
    for (path, status) in [
        ("/api/report?recording=../site.toml", 400),
        ("/api/report?recording=none.mcap", 404),
        ("/api/report?format=pdf", 400),
        ("/api/report?colour=red", 400),
    ] {
        assert_eq!(server.get(path).0, status, "{path}");
    }
}

/// The impact is known to tens of metres; the radar's residuals are those of its accuracy.
fn check_fall(report: &Value) {
    let truth = support::fall().place;
    let place = &report["rounds"][0]["impact"]["place"];
    let off = |key: &str, truth: f64| (place[key].as_f64().unwrap() - truth).abs() * 111_000.0;
    assert!(off("lat_deg", truth.lat_deg) < 60.0 && off("lon_deg", truth.lon_deg) < 60.0, "{place}");
    let evidence = &report["rounds"][0]["evidence"][0];
    assert_eq!(evidence["sensor"], "radar");
    assert!(evidence["compared"].as_u64().unwrap() > 10, "{evidence}");
    assert!(evidence["range_rms_m"].as_f64().unwrap() < 30.0, "{evidence}");
}

/// Exact words for what cannot be read, and a report on what can.
fn check_broken(ground: &Ground, recording: &Path) {
    let whole = std::fs::read(recording.join("00001.mcap")).unwrap();
    let report = |name: &str, bytes: &[u8]| {
        let path = ground.write(name, bytes);
        ground.run(&["report", path.to_str().unwrap(), "--out", "broken"])
    };
    let run = report("torn.mcap", &whole[..whole.len() * 2 / 3]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains("NOT WHOLE: the recording cannot be read to its end: at byte "), "{run:?}");
    assert!(
        std::fs::read_to_string(ground.path("broken/report-torn.html")).unwrap().contains("cannot be read to its end")
    );

    let run = report("empty.mcap", b"");
    assert!(run.code == Some(1) && run.err.contains("empty.mcap: at byte 0: not an MCAP file"), "{run:?}");
    // The same length, so that the container stays whole; the chunk's checksum tells.
    let mut other = whole.clone();
    let place = whole.windows(10).position(|bytes| bytes == b"\"format\":2").unwrap();
    other[place + 9] = b'7';
    let run = report("other.mcap", &other);
    assert!(run.code == Some(1) && run.err.contains("other.mcap: at byte "), "{run:?}");
    let run = ground.run(&["report", "nowhere.mcap"]);
    assert!(run.code == Some(3) && run.err.contains("nowhere.mcap cannot be read"), "{run:?}");
    let run = ground.run(&["report", "torn.mcap", "other.mcap"]);
    assert!(run.code == Some(2) && run.err.contains("`--all` takes several"), "{run:?}");
}

fn check_many(ground: &Ground) {
    let run = ground.run(&["report", "--all", "out/recordings", "torn.mcap", "empty.mcap", "--out", "many"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.out.contains("NOT READ: empty.mcap: at byte 0") && run.out.contains("NOT READ: torn.mcap: "),
        "{run:?}"
    );
    let pattern: Value =
        serde_json::from_str(&std::fs::read_to_string(ground.path("many/pattern.json")).unwrap()).unwrap();
    assert_eq!((&pattern["incidents"]["count"], &pattern["zones"][0]["zone"]), (&json!(1), &json!(HOSTILE)));
    assert!(!std::fs::read_to_string(ground.path("many/pattern.html")).unwrap().contains("<script"));

    ground
        .write("alerts.csv", b"at,zones\n2021-05-11T20:00:00,\"a, b\"\n2021-05-11T20:10:00,a\n2021-06-01T03:00:00,b\n");
    let run = ground.run(&["report", "--all", "alerts.csv", "--json"]);
    let pattern: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&pattern["source"]["rows"], &pattern["incidents"]["count"]), (&json!(3), &json!(2)));
    assert_eq!(pattern["incidents"]["rate_by_bouts"]["low"], Value::Null, "two bouts are too few");
    ground.write("wrong.csv", b"at,zones\nsoon,a\n");
    let run = ground.run(&["report", "--all", "wrong.csv"]);
    assert!(run.code == Some(1) && run.err.contains("wrong.csv: line 2: \"soon\" is no instant"), "{run:?}");
    let run = ground.run(&["report", "--all", "alerts.csv", "torn.mcap"]);
    assert!(run.code == Some(2) && run.err.contains("one kind at a time"), "{run:?}");
    let run = ground.run(&["report", "--all", "alerts.csv", "--time-zone", "Nowhere/Land"]);
    assert!(run.code == Some(2) && run.err.contains("Nowhere/Land"), "{run:?}");
}
