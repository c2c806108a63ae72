//! People on duty and the whole program: who may do what, what takes two, and what reaches whom.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::{Ground, site_text, wait_for};

/// Hashes a password with the program's own tool.
fn hash(password: &str) -> String {
    let program = env!("CARGO_BIN_EXE_parapet");
    let mut child =
        Command::new(program).args(["operator", "hash"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// One request; the status and the answer.
fn ask(page: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(page).unwrap();
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {page}\r\nconnection: close\r\ncontent-length: {length}\r\n");
    stream.write_all(format!("{head}{headers}\r\n{body}").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let json = body.lines().find(|line| line.starts_with(['{', '['])).unwrap_or("null");
    (status, serde_json::from_str(json).unwrap())
}

const JSON: &str = "content-type: application/json\r\n";

fn post(page: SocketAddr, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let headers = format!("{JSON}authorization: Bearer {token}\r\n");
    ask(page, "POST", path, &headers, &body.to_string())
}

fn login(page: SocketAddr, name: &str, password: &str) -> (u16, Value) {
    post(page, "/api/operator/login", "", &json!({ "name": name, "password": password }))
}

fn token(page: SocketAddr, name: &str) -> String {
    let (status, answer) = login(page, name, "correct horse");
    assert_eq!(status, 200, "{answer}");
    answer["token"].as_str().unwrap().to_owned()
}

#[test]
fn people_on_duty_do_what_they_may_and_no_more() {
    let ground = Ground::new();
    ground.write("password.argon2", hash("correct horse").as_bytes());
    let people = [("vic", "viewer"), ("ann", "operator"), ("sue", "supervisor"), ("sam", "supervisor")];
    let tables = people.map(|(name, role)| {
        format!("[[operator]]\nname = \"{name}\"\nrole = \"{role}\"\npassword_file = \"password.argon2\"\n")
    });
    ground.write("site.toml", format!("{}\n{}", site_text(ground.port), tables.concat()).as_bytes());
    let program = ground.serve();
    let page = program.http;

    let (status, answer) = login(page, "ann", "wrong horse");
    assert_eq!((status, &answer["error"]), (401, &json!("name and password do not fit")));
    assert_eq!(login(page, "nobody", "correct horse").0, 401);
    let [vic, ann, sue, sam] = ["vic", "ann", "sue", "sam"].map(|name| token(page, name));

    // A form of a foreign page can send no JSON, and a script of one says where it comes from.
    let order = json!({ "order": "stop_all" });
    let bearer = format!("authorization: Bearer {ann}\r\n");
    let form = ask(page, "POST", "/api/operator/order", &bearer, &order.to_string());
    assert_eq!(form.0, 415);
    let foreign = format!("{JSON}{bearer}origin: http://evil.example\r\n");
    assert_eq!(ask(page, "POST", "/api/operator/order", &foreign, &order.to_string()).0, 403);
    let own = format!("{JSON}{bearer}origin: http://{page}\r\n");
    assert_eq!(ask(page, "POST", "/api/operator/order", &own, &order.to_string()).0, 200);
    assert_eq!(post(page, "/api/operator/order", "0123", &order).0, 401);
    assert_eq!(post(page, "/api/operator/order", &vic, &order).0, 403);

    // Nothing changes live to exercise, and nothing unknown is taken for something else.
    for wrong in [json!({ "order": "mode", "mode": "live" }), json!({ "order": "hold", "mode": "live" }), json!([])] {
        assert_eq!(post(page, "/api/operator/order", &sue, &wrong).0, 400, "{wrong}");
    }
    let (status, answer) = post(page, "/api/operator/order", &ann, &json!({ "order": "cancel", "alarm": "clinic-1" }));
    assert_eq!((status, &answer["error"]), (404, &json!("there is no alarm \"clinic-1\"")));
    assert_eq!(post(page, "/api/operator/order", &ann, &json!({ "order": "protect", "zone": "clinic" })).0, 403);

    // A manual alarm takes two: one who asks, and another who may second.
    let raise = json!({ "order": "raise", "zones": ["clinic", "village"] });
    let (status, asked) = post(page, "/api/operator/order", &sue, &raise);
    assert_eq!(status, 202, "{asked}");
    let second = json!({ "request": asked["request"] });
    let (status, answer) = post(page, "/api/operator/second", &sue, &second);
    assert_eq!((status, &answer["error"]), (403, &json!("the same person cannot second")));
    assert_eq!(post(page, "/api/operator/second", &ann, &second).0, 403, "it takes a supervisor");
    let (_, waiting) = ask(page, "GET", "/api/operator", &format!("authorization: Bearer {sam}\r\n"), "");
    assert_eq!(waiting["requests"][0]["who"], "sue");
    let (status, done) = post(page, "/api/operator/second", &sam, &second);
    assert_eq!(status, 200, "{done}");
    assert_eq!(post(page, "/api/operator/second", &sam, &second).0, 410, "once only");
    let raised = wait_for("both zones are warned", || {
        let (_, alarms) = ask(page, "GET", "/api/alarms", "", "");
        let raised =
            |zone: &str| alarms.as_array()?.iter().find(|a| a["zone"] == zone && a["stage"] == "take_cover").cloned();
        Some((raised("clinic")?, raised("village")?))
    });
    assert_eq!(raised.0["by"], "sue, sam");

    // One is taken back, then all; nobody is named, for the site has no channel that could be missed.
    let cancel = json!({ "order": "cancel", "alarm": raised.0["id"] });
    let (status, done) = post(page, "/api/operator/order", &ann, &cancel);
    assert_eq!((status, &done["unreached"]), (200, &json!([])), "{done}");
    assert_eq!(done["alarms"], json!([raised.0["id"]]));
    let (status, done) = post(page, "/api/operator/order", &ann, &order);
    assert_eq!((status, &done["alarms"]), (200, &json!([raised.1["id"]])), "{done}");

    // Who leaves is out.
    assert_eq!(post(page, "/api/operator/logout", &ann, &json!({})).0, 200);
    assert_eq!(post(page, "/api/operator/order", &ann, &order).0, 401);

    // What was ordered is in the recording, and replay obeys it too.
    let (code, _) = program.stop();
    assert_eq!(code, Some(0));
    let recording = ground.recording();
    let replayed = ground.run(&["replay", "--verify", recording.to_str().unwrap()]);
    assert_eq!(replayed.code, Some(0), "{replayed:?}");
}
