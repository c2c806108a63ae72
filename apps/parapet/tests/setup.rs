//! Set-up and the whole program: who may change the site, what takes two, and what a restart then reads.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::{Ground, Server, bombard, site_text, wait_for};

const PASSWORD: &str = "correct horse";

/// A site with an operator and three supervisors.
fn ground() -> Ground {
    let ground = Ground::new();
    let program = env!("CARGO_BIN_EXE_parapet");
    let mut child =
        Command::new(program).args(["operator", "hash"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    ground.write("password.argon2", &child.wait_with_output().unwrap().stdout);
    let people = [("ann", "operator"), ("sue", "supervisor"), ("sam", "supervisor")].map(|(name, role)| {
        format!("[[operator]]\nname = \"{name}\"\nrole = \"{role}\"\npassword_file = \"password.argon2\"\n")
    });
    ground.write("site.toml", format!("{}\n{}", site_text(ground.port), people.concat()).as_bytes());
    ground
}

/// One request, with further header lines; the status, the head and the body.
fn raw(page: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(page).unwrap();
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {page}\r\nconnection: close\r\ncontent-length: {length}\r\n");
    stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).unwrap();
    let mut octets = Vec::new();
    stream.read_to_end(&mut octets).unwrap();
    let split = octets.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(octets[..split].to_vec()).unwrap().to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, octets.split_off(split + 4))
}

/// Somebody who is logged in.
struct Person {
    page: SocketAddr,
    token: String,
}

impl Person {
    fn enter(page: SocketAddr, name: &str) -> Person {
        let nobody = Person { page, token: String::new() };
        let (status, answer) = nobody.post("/api/operator/login", &json!({ "name": name, "password": PASSWORD }));
        assert_eq!(status, 200, "{answer}");
        Person { page, token: answer["token"].as_str().unwrap().to_owned() }
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let headers = format!("content-type: application/json\r\nauthorization: Bearer {}\r\n", self.token);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let (status, _, octets) = raw(self.page, method, path, &headers, &text);
        (status, serde_json::from_slice(&octets).unwrap_or_default())
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, &Value::Null)
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", path, body)
    }

    /// A draft with these edits: its number and revision.
    fn draft(&self, edits: &Value) -> (u64, u64) {
        let (status, begun) = self.post("/api/setup/drafts", &json!({ "title": "Test" }));
        assert_eq!(status, 200, "{begun}");
        let number = begun["draft"].as_u64().unwrap();
        let (status, changed) = self.edit(number, 1, edits);
        assert_eq!(status, 200, "{changed}");
        (number, changed["revision"].as_u64().unwrap())
    }

    fn edit(&self, draft: u64, revision: u64, edits: &Value) -> (u16, Value) {
        self.ask("PUT", &format!("/api/setup/drafts/{draft}"), &json!({ "revision": revision, "edits": edits }))
    }

    fn propose(&self, (draft, revision): (u64, u64)) -> (u16, Value) {
        self.post(&format!("/api/setup/drafts/{draft}/propose"), &json!({ "revision": revision }))
    }

    fn confirm(&self, proposal: &Value) -> (u16, Value) {
        let body = json!({ "proposal": proposal["proposal"], "digest": proposal["digest"] });
        self.post("/api/setup/confirm", &body)
    }
}

fn hold(seconds: u32) -> Value {
    json!([{ "edit": "set", "table": "policy", "set": { "hold_s": seconds } }])
}

#[test]
fn a_change_of_the_site_takes_two_and_the_next_start_reads_it() {
    let ground = ground();
    let before = std::fs::read_to_string(ground.path("site.toml")).unwrap();
    let program = ground.serve();
    let page = program.http;
    let [ann, sue, sam] = ["ann", "sue", "sam"].map(|name| Person::enter(page, name));

    // Nobody but supervisors, and nothing from foreign pages.
    assert_eq!(raw(page, "GET", "/api/setup", "", "").0, 401);
    assert_eq!(ann.get("/api/setup").0, 403);
    assert_eq!(ann.post("/api/setup/drafts", &json!({})).0, 403);
    let foreign = format!(
        "content-type: application/json\r\nauthorization: Bearer {}\r\norigin: http://evil.example\r\n",
        sue.token
    );
    assert_eq!(raw(page, "POST", "/api/setup/drafts", &foreign, "{}").0, 403);
    let form = format!("authorization: Bearer {}\r\n", sue.token);
    assert_eq!(raw(page, "POST", "/api/setup/drafts", &form, "{}").0, 415);

    let (_, status) = sue.get("/api/setup");
    assert_eq!(
        (&status["mode"], &status["pending"], &status["read_only"]),
        (&json!("exercise"), &json!(false), &Value::Null)
    );

    // What cannot be read is told with its place, and goes no further.
    let wrong = json!([{ "edit": "put", "table": "zone", "id": "village", "set": { "people": -1 } }]);
    let bad = sue.draft(&wrong);
    let (_, shown) = sue.get(&format!("/api/setup/drafts/{}", bad.0));
    assert_eq!(shown["problems"][0]["key"], "zone \"village\" people");
    assert!(shown["problems"][0]["line"].as_u64().unwrap() > 20, "{shown}");
    assert_eq!(sue.propose(bad).0, 422);
    assert_eq!(sue.edit(bad.0, bad.1, &json!([{ "edit": "remove", "table": "zone", "id": "x" }])).0, 422);
    assert_eq!(sue.edit(bad.0, 1, &json!([])).0, 409, "somebody else was quicker");
    assert_eq!(sue.edit(99, 1, &json!([])).0, 404);
    assert_eq!(sue.edit(bad.0, bad.1, &json!([{ "edit": "chmod" }])).0, 400);
    let passwd = json!([{ "edit": "text", "file": "../../etc/passwd", "text": "" }]);
    assert_eq!(sue.edit(bad.0, bad.1, &passwd).0, 422);
    assert_eq!(sue.post(&format!("/api/setup/drafts/{}/discard", bad.0), &json!({})).0, 200);

    // One asks, another confirms what was shown.
    let depot = json!({ "name": "Depot", "people": 30, "alarm_probability": 0.02,
        "circle": { "lat_deg": 33.31, "lon_deg": 44.40, "radius_m": 120 } });
    let draft = sue.draft(&json!([{ "edit": "put", "table": "zone", "id": "depot", "set": depot }]));
    let (_, covered) = sue.get(&format!("/api/setup/drafts/{}/coverage?height_m=300", draft.0));
    assert_eq!(covered["features"][0]["properties"]["sensor"], "radar");
    let rival = sam.draft(&hold(60));
    assert_eq!(sue.propose((draft.0, 1)).0, 409, "an old revision");
    let (status, proposal) = sue.propose(draft);
    assert_eq!(status, 200, "{proposal}");
    assert!(proposal["difference"].as_str().unwrap().contains("+id = \"depot\""), "{proposal}");
    assert_eq!(sue.confirm(&proposal).0, 403, "the same person");
    assert_eq!(ann.confirm(&proposal).0, 403, "it takes a supervisor");
    let mut unseen = proposal.clone();
    unseen["digest"] = json!("0000");
    assert_eq!(sam.confirm(&unseen).0, 409, "not what was proposed");
    assert_eq!(std::fs::read_to_string(ground.path("site.toml")).unwrap(), before, "nothing is written yet");
    let (status, written) = sam.confirm(&proposal);
    assert_eq!(status, 200, "{written}");
    assert_eq!(sam.confirm(&proposal).0, 410, "once only");
    let backup = ground.path(written["backup"].as_str().unwrap());
    assert_eq!(std::fs::read_to_string(backup.join("site.toml")).unwrap(), before);
    let note: Value = serde_json::from_slice(&std::fs::read(backup.join("change.json")).unwrap()).unwrap();
    assert_eq!((&note["proposed_by"], &note["confirmed_by"]), (&json!("sue"), &json!("sam")));
    // What runs goes on as it was started, and says so.
    assert_eq!(sue.get("/api/setup").1["pending"], true);
    assert_eq!(program.json("/api/site")["zones"]["features"].as_array().unwrap().len(), 2);

    // The draft that began before is refused until it has been brought up to date.
    let (_, stale) = sam.get(&format!("/api/setup/drafts/{}", rival.0));
    assert_eq!(stale["stale"], json!(["site.toml"]));
    assert_eq!(sam.propose(rival).0, 409);
    let (status, fresh) = sam.post(&format!("/api/setup/drafts/{}/rebase", rival.0), &json!({ "revision": rival.1 }));
    assert_eq!((status, &fresh["stale"]), (200, &json!([])), "{fresh}");
    let (_, proposal) = sam.propose((rival.0, fresh["revision"].as_u64().unwrap()));
    // By hand, in between: what was confirmed is no longer what would be written over.
    let by_hand = format!("{}# by hand\n", std::fs::read_to_string(ground.path("site.toml")).unwrap());
    ground.write("site.toml", by_hand.as_bytes());
    assert_eq!(sue.confirm(&proposal).0, 409);
    assert_eq!(std::fs::read_to_string(ground.path("site.toml")).unwrap(), by_hand);

    assert_eq!(program.stop().0, Some(0));
    let check = ground.run(&["check", "site.toml"]);
    assert_eq!(check.code, Some(0), "{check:?}");
    let program = ground.serve();
    let zones = program.json("/api/site")["zones"]["features"].clone();
    assert_eq!(zones[2]["properties"]["name"], "Depot");
    let sue = Person::enter(program.http, "sue");
    let (_, status) = sue.get("/api/setup");
    assert_eq!(
        (&status["pending"], status["drafts"].as_array().unwrap().len()),
        (&json!(false), 1),
        "drafts outlive it"
    );
}

#[test]
fn a_standing_alarm_is_named_wherever_a_restart_would_be_thought_of() {
    let ground = ground();
    let program = ground.serve();
    let sue = Person::enter(program.http, "sue");
    assert_eq!(sue.get("/api/setup").1["alarms"], json!([]));
    bombard(ground.port);
    let named = wait_for("the alarm", || {
        let (_, status) = sue.get("/api/setup");
        status["alarms"].as_array().filter(|alarms| !alarms.is_empty()).cloned()
    });
    assert!(named[0].as_str().unwrap().starts_with("clinic-"));
}

#[test]
fn a_drill_is_another_program_and_an_exercise() {
    let ground = ground();
    let program = ground.serve();
    let sue = Person::enter(program.http, "sue");
    let (status, made) = sue.post("/api/setup/drill", &json!({}));
    assert_eq!((status, &made["file"]), (200, &json!("drill/site.toml")), "{made}");
    let by_page = std::fs::read_to_string(ground.path("drill/site.toml")).unwrap();
    let by_hand = ground.run(&["drill", "site.toml"]);
    assert_eq!(by_hand.code, Some(0), "{by_hand:?}");
    assert_eq!(std::fs::read_to_string(ground.path("drill/site.toml")).unwrap(), by_page);
    let check = ground.run(&["check", "drill/site.toml"]);
    assert_eq!(check.code, Some(0), "{check:?}");
    assert!(check.out.contains("exercise: every message says so"), "{}", check.out);
    // Both run side by side; the drill hears nothing on the live program's line.
    let drill = Server::of(&ground, "drill/site.toml", "drill/out");
    assert_eq!(drill.json("/api/site")["mode"], "exercise");
    assert_eq!(drill.json("/api/site")["name"], "Test range (drill)");
    bombard(ground.port);
    wait_for("the alarm of the site", || (program.json("/api/alarms") != json!([])).then_some(()));
    assert_eq!(drill.json("/api/alarms"), json!([]));
}

#[test]
fn the_basemap_is_served_in_pieces() {
    let ground = ground();
    let mut file = vec![0_u8; 200_000];
    file[..8].copy_from_slice(b"PMTiles\x03");
    (file[98], file[99], file[101]) = (2, 1, 14);
    (8..).zip(&mut file[127..]).for_each(|(n, octet): (usize, &mut u8)| *octet = n as u8);
    ground.write("region.pmtiles", &file);
    let text = std::fs::read_to_string(ground.path("site.toml")).unwrap();
    ground.write("site.toml", format!("{text}\n[map]\npmtiles = \"region.pmtiles\"\n").as_bytes());
    let program = ground.serve();
    assert_eq!(program.json("/api/site")["basemap"], json!({ "kind": "vector", "zoom_max": 14 }));
    let piece = |range: &str| raw(program.http, "GET", "/api/basemap.pmtiles", &format!("range: {range}\r\n"), "");
    let (status, head, octets) = piece("bytes=100-139999");
    assert_eq!((status, octets.as_slice()), (206, &file[100..140_000]));
    assert!(head.contains("content-range: bytes 100-139999/200000") && head.contains("etag: "), "{head}");
    assert_eq!(piece("bytes=-10").2, &file[199_990..]);
    assert_eq!(piece("bytes=200000-").0, 416);
    let (status, head, octets) = raw(program.http, "HEAD", "/api/basemap.pmtiles", "", "");
    assert_eq!((status, octets.len()), (200, 0));
    assert!(head.contains("content-length: 200000") && head.contains("accept-ranges: bytes"), "{head}");
    assert_eq!(raw(program.http, "GET", "/api/basemap.pmtiles", "", "").2, file);
}

#[test]
fn a_site_without_a_basemap_says_so() {
    let ground = ground();
    let text = std::fs::read_to_string(ground.path("site.toml")).unwrap();
    ground.write("site.toml", format!("{text}\n[map]\npmtiles = \"absent.pmtiles\"\n").as_bytes());
    let program = ground.serve();
    assert_eq!(
        program.json("/api/site")["basemap"],
        Value::Null,
        "a map that is missing stops nobody from being warned"
    );
    assert_eq!(raw(program.http, "GET", "/api/basemap.pmtiles", "", "").0, 404);
}
