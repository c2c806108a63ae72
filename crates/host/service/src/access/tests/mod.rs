//! The gate and what lies behind it, asked in process: who may do what, from where, and what is refused.

mod authenticator;
mod openid;
mod passkeys;
mod roles;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::SET_COOKIE;
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn_with_state;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use parapet_site::Site;
use serde_json::Value;

use super::*;
use crate::doorman::Peer;

const SITE: &str = r#"[site]
name = "Range B"
mode = "exercise"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
[[sensor]]
id = "north"
position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
asterix = { sac = 25, sic = 201 }
links = ["udp://127.0.0.1:8600"]
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
[[operator]]
name = "vic"
role = "viewer"
password_file = "password"
openid = "subject-of-vic"
[[operator]]
name = "ann"
role = "operator"
password_file = "password"
[[operator]]
name = "sue"
role = "supervisor"
password_file = "password"
[[operator]]
name = "prometheus"
role = "viewer"
key_file = "key"
"#;

const PASSWORD: &str = "correct horse";
const KEY: &str = "parapet-a-key-of-a-program";

/// A desk of this machine, and somebody elsewhere.
const LOCAL: &str = "127.0.0.1:40000";
const REMOTE: &str = "203.0.113.5:40000";

/// The server's access, its routes behind its gate, and a runtime.
struct House {
    access: Arc<Access>,
    app: TowerToHyperService<Router>,
    words: Receiver<String>,
    runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Answered {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{:?}", self.bytes))
    }

    /// Name and value of the cookie that was set.
    fn cookie(&self) -> String {
        self.cookies().into_iter().next().unwrap_or_else(|| panic!("no cookie: {self:?}"))
    }

    fn cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all(SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
    }
}

impl House {
    /// With the tables of the site file beside those of every test, and more routes.
    fn with(tables: &str, more: Router) -> Self {
        let hash = super::people::password_hash(PASSWORD).unwrap();
        let key = super::people::hex(&<sha2::Sha256 as sha2::Digest>::digest(KEY));
        let mut load = |file: &str| match file {
            "password" => Ok(hash.clone()),
            "key" => Ok(format!("sha256:{key}\n")),
            _ => Err("no such file".to_owned()),
        };
        let site = Site::parse("site.toml", &format!("{SITE}{tables}"), &mut load).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (access, words) = Access::new(&site, folder.path(), Arc::new(Clock::new())).unwrap();
        let app = routes(access.clone()).merge(more).layer(from_fn_with_state(access.clone(), gate));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        House { access, app: TowerToHyperService::new(app), words, runtime, _folder: folder }
    }

    fn of(tables: &str) -> Self {
        House::with(tables, Router::new())
    }

    /// One request from somewhere.
    fn ask(&self, peer: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "localhost:8080");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(ConnectInfo(Peer(peer.parse::<SocketAddr>().unwrap())));
        self.runtime.block_on(async {
            let response = self.app.call(request).await.unwrap();
            let (parts, body) = response.into_parts();
            Answered { status: parts.status, headers: parts.headers, bytes: to_bytes(body, 1 << 20).await.unwrap() }
        })
    }

    fn get(&self, path: &str, cookie: &str) -> Answered {
        self.ask(LOCAL, "GET", path, &[("cookie", cookie)], "")
    }

    fn post(&self, path: &str, cookie: &str, body: &Value) -> Answered {
        self.ask(LOCAL, "POST", path, &[("cookie", cookie), ("content-type", "application/json")], &body.to_string())
    }

    fn login(&self, name: &str, password: &str) -> Answered {
        self.post("/api/access/login", "", &json!({ "name": name, "password": password }))
    }

    /// The cookie of somebody who has logged in.
    fn cookie_of(&self, name: &str) -> String {
        let answered = self.login(name, PASSWORD);
        assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
        answered.cookie()
    }

    /// Who is behind a cookie.
    fn who(&self, cookie: &str) -> Value {
        self.get("/api/access", cookie).json()["name"].clone()
    }

    fn audited(&self) -> String {
        self.words.try_iter().collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn a_login_sets_a_cookie_that_scripts_cannot_read_and_logout_ends_it() {
    let house = House::of("[access]\n");
    let answered = house.login("ann", PASSWORD);
    let line = answered.headers[SET_COOKIE].to_str().unwrap();
    assert!(line.starts_with("parapet=") && line.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{line}");
    assert_eq!(answered.json(), json!({ "name": "ann", "role": "operator" }));
    let cookie = answered.cookie();
    assert_eq!(house.who(&cookie), "ann");
    let left = house.post("/api/access/logout", &cookie, &json!({}));
    assert_eq!((left.status, left.cookie().as_str()), (StatusCode::OK, "parapet="));
    assert_eq!(house.who(&cookie), Value::Null, "a cookie that is played again opens nothing");
    assert!(house.audited().contains("login of ann (operator) by Password from 127.0.0.1"));
}

#[test]
fn a_planted_session_does_not_become_somebody_elses() {
    let house = House::of("[access]\n");
    let planted = house.cookie_of("vic");
    let body = json!({ "name": "sue", "password": PASSWORD });
    let answered = house.post("/api/access/login", &planted, &body);
    assert_ne!(answered.cookie(), planted);
    assert_eq!(house.who(&answered.cookie()), "sue");
    assert_eq!(house.who(&planted), Value::Null, "who planted it has neither the old session nor the new one");
    for forged in ["parapet=", "parapet=0", &format!("parapet={}", "0".repeat(64)), "parapet=sue"] {
        assert_eq!(house.who(forged), Value::Null, "{forged}");
    }
}

#[test]
fn everybody_ends_their_own_sessions_and_supervisors_those_of_others() {
    let house = House::of("[access]\n");
    let [ann, second, sue] = ["ann", "ann", "sue"].map(|name| house.cookie_of(name));
    let refused = house.post("/api/access/logout_all", &ann, &json!({ "name": "sue" }));
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let listed = house.get("/api/access/sessions", &sue).json();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert_eq!(house.get("/api/access/sessions", &ann).status, StatusCode::FORBIDDEN);
    assert_eq!(house.post("/api/access/logout_all", &sue, &json!({ "name": "ann" })).json()["ended"], 2);
    assert_eq!([house.who(&ann), house.who(&second), house.who(&sue)], [Value::Null, Value::Null, json!("sue")]);
    assert_eq!(house.post("/api/access/logout_all", &sue, &json!({})).json()["ended"], 1);
}

#[test]
fn guessing_waits_longer_and_longer_and_answers_are_the_same_for_every_name() {
    let house = House::of("[access]\n");
    let wrong = |name: &str| {
        let answered = house.login(name, "wrong horse");
        (answered.status.as_u16(), answered.json()["error"].as_str().unwrap().to_owned())
    };
    for _ in 0..5 {
        assert_eq!(wrong("ann"), wrong("nobody"));
    }
    assert_eq!(wrong("ann").0, 429);
    assert_eq!(wrong("ann"), wrong("nobody"));
    let waits = house.login("ann", PASSWORD);
    assert_eq!(waits.headers["retry-after"], "60");
    assert!(house.audited().contains("refused: login of \"nobody\" from 127.0.0.1: Wrong"));
}

#[test]
fn a_foreign_page_cannot_log_in_or_order() {
    let house = House::of("[access]\n");
    let cookie = house.cookie_of("ann");
    let ask = |more: &[(&str, &str)]| {
        let headers = [&[("cookie", cookie.as_str())], more].concat();
        house.ask(LOCAL, "POST", "/api/access/logout", &headers, "{}").status.as_u16()
    };
    assert_eq!(ask(&[]), 415, "no kind");
    assert_eq!(ask(&[("content-type", "text/plain")]), 415);
    assert_eq!(ask(&[("content-type", "application/x-www-form-urlencoded")]), 415);
    let json = ("content-type", "application/json");
    assert_eq!(ask(&[json, ("origin", "http://evil.example")]), 403);
    assert_eq!(ask(&[json, ("origin", "null")]), 403);
    assert_eq!(ask(&[json, ("origin", "https://localhost:8080")]), 403, "another scheme is another page");
    assert_eq!(ask(&[json, ("sec-fetch-site", "same-site")]), 403, "a neighbour is not us");
    assert_eq!(ask(&[json, ("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")]), 403);
    assert_eq!(house.who(&cookie), "ann", "nothing of that had an effect");
    assert_eq!(ask(&[json, ("sec-fetch-site", "same-origin"), ("origin", "http://localhost:8080")]), 200);
    assert!(house.audited().contains("refused: POST /api/access/logout from 127.0.0.1: 403"));
}

#[test]
fn nobody_logs_in_where_anybody_may_listen() {
    let house = House::of("[access]\n");
    let cookie = house.cookie_of("ann");
    let body = json!({ "name": "ann", "password": PASSWORD }).to_string();
    let json = ("content-type", "application/json");
    let refused = house.ask(REMOTE, "POST", "/api/access/login", &[json], &body);
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.json()["error"].as_str().unwrap().starts_with("nothing encrypts this connection"));
    let shown = house.ask(REMOTE, "GET", "/api/access", &[("cookie", &cookie)], "");
    assert_eq!((&shown.json()["name"], &shown.json()["safe"]), (&Value::Null, &json!(false)), "a stolen cookie");

    // Behind a proxy that says https it is another matter, and the cookie is bound to this host.
    let house = House::of("[access]\n[http]\nproxies = [\"192.0.2.7\"]\n");
    let https = [json, ("x-forwarded-for", "203.0.113.5"), ("x-forwarded-proto", "https")];
    let answered = house.ask("192.0.2.7:9", "POST", "/api/access/login", &https, &body);
    let line = answered.headers[SET_COOKIE].to_str().unwrap();
    assert!(line.starts_with("__Host-parapet=") && line.ends_with("; SameSite=Strict; Secure"), "{line}");
    let plain = [json, ("x-forwarded-for", "203.0.113.5"), ("x-forwarded-proto", "http")];
    assert_eq!(house.ask("192.0.2.7:9", "POST", "/api/access/login", &plain, &body).status, StatusCode::FORBIDDEN);
    let lying = house.ask(REMOTE, "POST", "/api/access/login", &https, &body);
    assert_eq!(lying.status, StatusCode::FORBIDDEN, "anybody can say that they are a proxy");
}

#[test]
fn requests_of_one_address_are_bounded_and_those_of_this_machine_are_not() {
    let house = House::of("[http]\nrequests_per_s = 1.0\n");
    let asked = |peer: &str| house.ask(peer, "GET", "/api/access", &[], "").status.as_u16();
    let statuses: Vec<u16> = (0..15).map(|_| asked(REMOTE)).collect();
    assert!(statuses[..10].iter().all(|status| *status == 200) && statuses[14] == 429, "{statuses:?}");
    assert!((0..15).all(|_| asked(LOCAL) == 200));
    assert_eq!(asked("203.0.113.6:1"), 200);
}

#[test]
fn long_bodies_are_refused_before_anybody_reads_them() {
    let house = House::of("[access]\n");
    let long = json!({ "name": "ann", "password": "x".repeat(70_000) });
    assert_eq!(house.post("/api/access/login", "", &long).status, StatusCode::PAYLOAD_TOO_LARGE);
    let cookie = house.cookie_of("ann");
    let longer = json!({ "name": "x".repeat(600_000) });
    assert_eq!(house.post("/api/access/logout_all", &cookie, &longer).status, StatusCode::PAYLOAD_TOO_LARGE);
}
