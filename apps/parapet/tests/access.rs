//! The door of the whole program: TLS, sessions over real connections, and what dawdles, floods or was thrown out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use serde_json::json;
use support::client::{Answer, ask, cookie, hash, login, post, request};
use support::{Ground, PATIENCE, site_text};

const PEOPLE: &str = r#"
[[operator]]
name = "vic"
role = "viewer"
password_file = "password.argon2"
[[operator]]
name = "ann"
role = "operator"
password_file = "password.argon2"
"#;

fn ground(tables: &str) -> Ground {
    let ground = Ground::new();
    ground.write("password.argon2", hash("correct horse").as_bytes());
    ground.write("site.toml", format!("{}\n{PEOPLE}\n{tables}", site_text(ground.port)).as_bytes());
    ground
}

#[test]
fn a_closed_site_shows_itself_to_people_who_log_in_and_the_recording_says_who_did_what() {
    let ground = ground("[access]\n");
    let told = ground.run(&["check", "site.toml"]);
    assert!(told.out.contains("for people who log in by password, passkey; people on duty order"), "{}", told.out);
    let program = ground.serve();
    let page = program.http;
    assert_eq!(ask(page, "GET", "/", "", "").status, 303);
    assert_eq!(ask(page, "GET", "/api/site", "", "").status, 401);
    assert_eq!(ask(page, "GET", "/healthz", "", "").status, 200);
    assert_ne!(ask(page, "GET", "/login", "", "").status, 303, "who is led to the login arrives there");
    let vic = cookie(&login(page, "vic", "correct horse"));
    let ann = cookie(&login(page, "ann", "correct horse"));
    assert_eq!(ask(page, "GET", "/api/site", &vic, "").status, 200);
    let order = json!({ "order": "stop_all" });
    assert_eq!(post(page, "/api/operator/order", &vic, &order).status, 403);
    assert_eq!(post(page, "/api/operator/order", &ann, &order).status, 200);
    let foreign = format!("{ann}origin: http://evil.example\r\n");
    assert_eq!(post(page, "/api/operator/order", &foreign, &order).status, 403);
    assert_eq!(login(page, "ann", "wrong horse").status, 401);

    // A page that is open when its session ends hears no more.
    let mut stream = TcpStream::connect(page).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET /api/live HTTP/1.1\r\nhost: {page}\r\n{vic}\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines();
    lines.find(|line| line.as_ref().unwrap().starts_with("data: ")).unwrap().unwrap();
    assert_eq!(post(page, "/api/access/logout", &vic, &json!({})).status, 200);
    assert!(lines.map_while(Result::ok).count() < 100, "the stream ends");
    assert_eq!(ask(page, "GET", "/api/site", &vic, "").status, 401);

    assert_eq!(program.stop().0, Some(0));
    let segments =
        std::fs::read_dir(ground.recording()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let recorded: String = segments.map(|segment| String::from_utf8_lossy(&segment).into_owned()).collect();
    for words in [
        "access: login of ann (operator) by Password from 127.0.0.1",
        "access: vic (viewer) from 127.0.0.1: POST /api/access/logout: 200",
        "access: ann (operator) from 127.0.0.1: POST /api/operator/order: 200",
        "access: refused: POST /api/operator/order from 127.0.0.1: 403",
        "access: refused: login of \\\"ann\\\" from 127.0.0.1: Wrong",
    ] {
        assert!(recorded.contains(words), "the recording does not say {words:?}");
    }
    assert!(!recorded.contains("correct horse") && !recorded.contains("wrong horse"));
}

#[test]
fn a_site_without_the_table_is_open_as_before_and_says_so() {
    let ground = ground("");
    let told = ground.run(&["check", "site.toml"]);
    assert!(told.out.contains("open to whoever reaches it; people on duty order (no table [access])"), "{}", told.out);
    let program = ground.serve();
    assert_eq!(
        [ask(program.http, "GET", "/api/site", "", "").status, ask(program.http, "GET", "/", "", "").status],
        [200; 2]
    );
    assert_eq!(post(program.http, "/api/operator/order", "", &json!({ "order": "hold" })).status, 401);
}

#[test]
fn a_key_of_a_program_is_made_once_and_reads() {
    let ground =
        ground("[access]\n[[operator]]\nname = \"prometheus\"\nrole = \"viewer\"\nkey_file = \"prometheus.sha256\"\n");
    let made = ground.run(&["operator", "key", "--out", "prometheus.sha256"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let again = ground.run(&["operator", "key", "--out", "prometheus.sha256"]);
    assert_eq!(again.code, Some(1), "one that is there is not written over");
    let program = ground.serve();
    let bearer = format!("authorization: Bearer {}\r\n", made.out.trim());
    assert_eq!(ask(program.http, "GET", "/metrics", &bearer, "").status, 200);
    assert_eq!(ask(program.http, "GET", "/metrics", "", "").status, 401);
}

/// One request over TLS of one version.
fn over_tls(
    page: SocketAddr,
    authority: &CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
    request: &str,
) -> std::io::Result<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let session = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let stream = TcpStream::connect(page)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut stream = StreamOwned::new(session, stream);
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    // A server that is done may close without a word more.
    let _ = stream.read_to_end(&mut bytes);
    Ok(Answer::of(&bytes))
}

#[test]
fn the_page_itself_speaks_tls_and_cookies_are_bound_to_it() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let ground = ground("[access]\n[http]\ncertificate = \"page.pem\"\nkey = \"page-key.pem\"\n");
    ground.write("page.pem", certificate.pem().as_bytes());
    ground.write("page-key.pem", key.serialize_pem().as_bytes());
    let program = ground.serve();
    assert!(program.said().contains("page      https://"), "{}", program.said());
    let page = program.http;
    let authority = CertificateDer::from(certificate.der().to_vec());
    let body = json!({ "name": "ann", "password": "correct horse" }).to_string();
    let json = "content-type: application/json\r\norigin: https://localhost:1\r\n";
    let ask = |method: &str, path: &str, headers: &str, body: &str| {
        over_tls(page, &authority, &rustls::version::TLS13, &request("localhost:1", method, path, headers, body))
            .unwrap()
    };
    let answer = ask("POST", "/api/access/login", json, &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let set = answer.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-parapet=") && set.contains("; Secure"), "{set}");
    assert_eq!(ask("GET", "/api/access", &cookie(&answer), "").json()["name"], "ann");
    // The same token under the name that plain connections use was put there by somebody else.
    let plain = cookie(&answer).replace("__Host-", "");
    assert_eq!(ask("GET", "/api/access", &plain, "").json()["name"], json!(null));
    let old = over_tls(page, &authority, &rustls::version::TLS12, &request("localhost:1", "GET", "/healthz", "", ""));
    assert!(old.is_err(), "an older version is not spoken");
    let mut stream = TcpStream::connect(page).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request("localhost:1", "GET", "/healthz", "", "").as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    assert!(!String::from_utf8_lossy(&bytes).contains("recording"), "nothing is told in the clear");
}

#[test]
fn a_certificate_that_does_not_fit_its_key_is_told_before_anything_starts() {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let ground = ground("[http]\ncertificate = \"page.pem\"\nkey = \"page-key.pem\"\n");
    ground.write("page.pem", certificate.pem().as_bytes());
    ground.write("page-key.pem", KeyPair::generate().unwrap().serialize_pem().as_bytes());
    let refused = ground.run(&["serve", "--config", "site.toml", "--http", "127.0.0.1:0", "--out", "out"]);
    assert_eq!(refused.code, Some(3));
    assert!(refused.err.contains("[http]: certificate and key do not fit"), "{}", refused.err);
}

#[test]
fn who_floods_or_dawdles_is_sent_away_and_others_are_served_meanwhile() {
    let ground = ground("[access]\n");
    let program = ground.serve();
    let page = program.http;
    let many = (0..200).map(|n| format!("x-{n}: y\r\n")).collect::<String>();
    assert_eq!(ask(page, "GET", "/healthz", &many, "").status, 431);
    assert_eq!(ask(page, "GET", "/healthz", &format!("x: {}\r\n", "y".repeat(400_000)), "").status, 431);

    let open = |text: &str| {
        let mut stream = TcpStream::connect(page).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    // Heads that never end, and a body that never comes: each holds a place until its time is over.
    let heads: Vec<TcpStream> = (0..50).map(|_| open("GET / HTTP/1.1\r\nhost: x\r\nx: ")).collect();
    let head = format!("POST /api/access/login HTTP/1.1\r\nhost: {page}\r\ncontent-type: application/json\r\n");
    let mut body = open(&format!("{head}content-length: 100\r\n\r\n{{\"name\""));
    assert_eq!(login(page, "vic", "correct horse").status, 200, "others are served");
    let mut told = String::new();
    let _ = body.read_to_string(&mut told);
    assert!(told.starts_with("HTTP/1.1 408"), "{told}");
    for mut head in heads {
        let mut bytes = Vec::new();
        let ended = head.read_to_end(&mut bytes);
        let timed_out = ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!timed_out, "a head that never ends is given up");
    }
    // A length that is a lie.
    let lie = open(&format!("{head}content-length: 99999999999\r\n\r\n"));
    let line = BufReader::new(lie).lines().next().unwrap().unwrap();
    assert!(line.starts_with("HTTP/1.1 4"), "{line}");
}
