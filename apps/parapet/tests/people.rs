//! What people's phones are given: enough to decide for themselves, the same for everybody, and nothing that is nobody's business.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use parapet_frame::SitePoint;
use serde_json::Value;
use support::{Ground, Server, bombard, fall, frame, get, site_text, wait_for};

/// More than look at the picture of the people on duty at most.
const PHONES: usize = 600;

/// A site with a shelter, a door for phones, and a sensor away from the site's origin.
fn ground() -> Ground {
    let ground = Ground::new();
    let more = "\n[output]\npublic = \"127.0.0.1:0\"\n[cap]\nlanguages = [\"ar\", \"en-US\"]\nnames.ar = { clinic = \"العيادة\" }\n\
        [[shelter]]\nid = \"cellar\"\nname = \"School cellar\"\nposition = { lat_deg = 33.301, lon_deg = 44.41 }\n";
    ground.write("site.toml", format!("{}{more}", site_text(ground.port)).as_bytes());
    ground
}

fn phones_door(server: &Server) -> SocketAddr {
    let said = server.said();
    let line = said.lines().find(|line| line.starts_with("people ")).expect("the address for phones");
    line.split("http://").nth(1).unwrap().trim_end_matches("/me").parse().unwrap()
}

fn json(address: SocketAddr, path: &str) -> Value {
    let (status, _, body) = get(address, path);
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// A stream that is read as far as it has come.
struct Phone {
    stream: TcpStream,
    heard: String,
}

impl Phone {
    fn look(address: SocketAddr) -> Phone {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /api/public/live HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        stream.set_nonblocking(true).unwrap();
        Phone { stream, heard: String::new() }
    }

    fn has(&mut self, text: &str) -> bool {
        let mut buffer = [0; 16_384];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) if self.heard.contains("event: end") => return self.heard.contains(text),
                Ok(0) => panic!("a phone was hung up on after {:?}", self.heard),
                Ok(count) => self.heard.push_str(&String::from_utf8_lossy(&buffer[..count])),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return self.heard.contains(text),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// What was told of an alarm before it was over, as a program reads it.
fn alarmed(heard: &str) -> Value {
    // A picture comes in a chunk of its own, so that the line it is on may begin with it.
    let lines = heard.lines().map(|line| line.trim_start_matches("data: "));
    let mut pictures = lines.filter_map(|data| serde_json::from_str::<Value>(data).ok());
    pictures.find(|picture| picture["zones"][0]["stage"] == "take_cover" && picture["rounds"][0].is_array()).unwrap()
}

#[test]
fn six_hundred_phones_are_told_and_none_learns_who_looks_where() {
    let ground = ground();
    let server = ground.serve();
    let door = phones_door(&server);
    check_site(door);
    check_words(door);

    let mut phones: Vec<Phone> = (0..PHONES).map(|_| Phone::look(door)).collect();
    wait_for("every phone's first picture", || phones.iter_mut().all(|phone| phone.has("\"zones\":[]")).then_some(()));
    let metrics = get(server.http, "/metrics").2;
    assert!(metrics.contains(&format!("parapet_phones {PHONES}.0")), "{metrics}");
    // Whoever is on duty is served meanwhile, at another address.
    assert_eq!(json(server.http, "/api/public")["eyes"], "none");

    bombard(ground.port);
    wait_for("every phone's alarm", || {
        phones.iter_mut().all(|phone| phone.has("\"stage\":\"take_cover\"")).then_some(())
    });
    wait_for("the all clear", || phones[0].has("\"stage\":\"all_clear\"").then_some(()));
    check_picture(&alarmed(&phones[0].heard));

    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    wait_for("the goodbye", || phones[0].has("event: end").then_some(()));
}

fn check_site(door: SocketAddr) {
    let (status, head, body) = get(door, "/api/public/site");
    assert!(status == 200 && head.contains("etag: \""), "{head}");
    let site: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((site["name"].as_str(), site["mode"].as_str()), (Some("Test range"), Some("exercise")));
    let clinic = &site["zones"]["features"][0]["properties"];
    assert_eq!((clinic["name"].as_str(), clinic["names"]["ar"].as_str()), (Some("Clinic"), Some("العيادة")));
    assert_eq!(
        (site["shelters"][0]["name"].as_str(), site["shelters"][0]["lat_deg"].as_f64()),
        (Some("School cellar"), Some(33.301))
    );
    for secret in ["radar", "people", "120", "origin"] {
        assert!(!body.contains(secret), "{secret} is in\n{body}");
    }
}

/// Only an exercise's words, in the order of the site's languages.
fn check_words(door: SocketAddr) {
    let words = json(door, "/api/words");
    assert_eq!((words["mode"].as_str(), words["languages"][0]["code"].as_str()), (Some("exercise"), Some("ar")));
    assert_eq!(words["languages"][0]["right_to_left"], true);
    assert_eq!(words["languages"][1]["words"]["answer_down"], "EXERCISE: practise lying down");
    assert!(!words.to_string().to_lowercase().contains("take cover"));
}

fn check_picture(picture: &Value) {
    assert_eq!((picture["mode"].as_str(), picture["eyes"].as_str()), (Some("exercise"), Some("ok")));
    let zone = &picture["zones"][0];
    assert_eq!((zone["zone"].as_str(), zone["advice"].as_str()), (Some("clinic"), Some("down_now")));
    assert_eq!(zone["tell"], serde_json::json!(["exercise_description_take_cover", "exercise_go"]));
    let left_ms = zone["impact_ms"].as_i64().unwrap() - picture["now_ms"].as_i64().unwrap();
    assert!((1..20_000).contains(&left_ms), "{left_ms} ms to an impact {} s after the first plot", fall().after_s);
    // A round is shown by the middle of its square kilometre, and by nothing else.
    for round in picture["rounds"].as_array().unwrap() {
        let [lon_deg, lat_deg] = [0, 1].map(|n| round[n].as_f64().unwrap());
        let place = parapet_frame::Geodetic { lat_deg, lon_deg, height_m: 34.0 };
        let SitePoint { east_m, north_m, .. } = frame().site_from_geodetic(place).unwrap();
        let astray_m = [east_m, north_m].map(|m| (m.rem_euclid(1_000.0) - 500.0).abs());
        assert!(astray_m.iter().all(|m| *m < 100.0), "{round}: {astray_m:?} m from the middle");
    }
    let keys: Vec<&String> = picture.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["eyes", "heard_ms", "mode", "now_ms", "rounds", "zones"], "nothing else is told");
}

/// The door for phones leads to the page for phones, and to nothing of the people on duty.
#[test]
fn the_door_for_phones_leads_nowhere_else() {
    let server = ground().serve();
    let door = phones_door(&server);
    let (status, head, _) = get(door, "/");
    assert!(status == 307 && head.contains("location: /me"), "{head}");
    for closed in [
        "/api/site",
        "/api/live",
        "/api/alarms",
        "/api/operator",
        "/api/channels",
        "/metrics",
        "/index.html",
        "/cap/feed.atom",
    ] {
        assert_eq!(get(door, closed).0, 404, "{closed}");
    }
    assert!(get(door, "/api/public").1.contains("content-security-policy: default-src 'none'"));
    for open in ["/api/public", "/api/public/site", "/api/words"] {
        assert_eq!((get(door, open).0, get(server.http, open).0), (200, 200), "{open}");
    }
    // What a phone has already it does not take again.
    let (_, head, _) = get(door, "/api/words");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let mut stream = TcpStream::connect(door).unwrap();
    write!(stream, "GET /api/words HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 304"), "{answer}");
}

/// At the address of the page, phones have a few places, and leave the others to the people on duty.
#[test]
fn phones_do_not_crowd_out_the_people_on_duty() {
    let ground = ground();
    let server = ground.serve();
    let mut phones: Vec<Phone> = (0..200).map(|_| Phone::look(server.http)).collect();
    wait_for("every phone's first picture", || phones.iter_mut().all(|phone| phone.has("\"zones\":[]")).then_some(()));
    let (status, head, words) = get(server.http, "/api/public/live");
    assert!(status == 503 && head.contains("retry-after") && words.contains("200 phones"), "{head}\n{words}");
    assert_eq!(server.get("/healthz").0, 200);
    phones.pop();
    wait_for("the place that was given back", || {
        let mut phone = Phone::look(server.http);
        wait_for("an answer", || (phone.has("HTTP/1.1 200") || phone.has("HTTP/1.1 503")).then_some(()));
        phone.heard.contains("HTTP/1.1 200").then_some(())
    });
}
