//! The OpenAPI document and the server, held against each other: every route is in the document and the other way round, and every
//! answer is as its schema says, with no key that the schema does not name.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::client::{ask, cookie, hash, login, post};
use support::{Ground, PATIENCE, bombard, site_text, wait_for};

fn document() -> &'static Value {
    parapet_service::openapi()
}

/// Method and path of everything that the document tells.
fn told() -> BTreeSet<(String, String)> {
    let paths = document()["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        methods.into_iter().map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().unwrap() != "tests" {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && path.file_stem().unwrap() != "tests" {
            found.push(path);
        }
    }
}

/// Every `.route("path", get(...).post(...))` of the server's program, with its file: a router cannot be asked for its routes.
fn routed() -> Vec<(String, String, PathBuf)> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/host/service/src"), &mut files);
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for call in program.split(".route(").skip(1) {
            let (path, rest) = match call.trim_start().strip_prefix('"').and_then(|call| call.split_once('"')) {
                Some(parts) => parts,
                None => panic!("{}: write the path of a route as a text, so that it can be found", file.display()),
            };
            // The first page of a server of its own: the phones' address, and an analyst's replay.
            if path == "/" {
                continue;
            }
            for method in methods(rest) {
                found.push((method, path.to_owned(), file.clone()));
            }
        }
    }
    found
}

/// The methods in what follows a path, up to the end of the call.
fn methods(rest: &str) -> Vec<String> {
    let mut depth = 1;
    let end = rest.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        depth == 0
    });
    let call = &rest[..end.unwrap().0];
    let names = ["get", "post", "put", "delete", "patch", "any", "head", "options"];
    let is = |name: &&&str| {
        call.match_indices(&format!("{name}("))
            .any(|(at, _)| !call[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    names.iter().filter(is).map(|name| name.to_uppercase()).collect()
}

#[test]
fn every_route_is_in_the_document_and_the_other_way_round() {
    let (told, routed) = (told(), routed());
    assert!(routed.len() > 25, "{} routes were found; is this how routes are written?", routed.len());
    let missing = routed.iter().filter(|(method, path, _)| !told.contains(&(method.clone(), path.clone())));
    let mut faults: Vec<String> = missing
        .map(|(method, path, file)| {
            let file = file.file_name().unwrap().to_string_lossy();
            format!("{method} {path} ({file}) is in no line of crates/host/service/src/access/table.rs, so nobody may ask it")
        })
        .collect();
    let there: BTreeSet<(String, String)> = routed.into_iter().map(|(method, path, _)| (method, path)).collect();
    let idle = told.iter().filter(|route| !there.contains(*route));
    faults.extend(idle.map(|(method, path)| format!("{method} {path} is in the table, and no router has it")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_document_in_the_repository_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let wanted = format!("{:#}\n", document());
    if std::env::var_os("PARAPET_WRITE_OPENAPI").is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    let remedy = "run: PARAPET_WRITE_OPENAPI=1 cargo test -p parapet --test openapi";
    assert!(there == wanted, "docs/openapi.json is not what the table of routes makes; {remedy}");
}

/// Fails with each thing in a value that is not as the schema says, or that it does not name.
#[track_caller]
fn hold(what: &str, value: &Value, schema: &Value) {
    let mut whole = schema.clone();
    if let Some(name) = schema["$ref"].as_str() {
        whole = json!({ "$ref": name });
    }
    whole["components"] = document()["components"].clone();
    let judge = jsonschema::validator_for(&whole).unwrap();
    let faults: Vec<String> =
        judge.iter_errors(value).map(|error| format!("{what}{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let mut unnamed = BTreeSet::new();
    look_for_unnamed(what, value, schema, &mut unnamed);
    assert!(unnamed.is_empty(), "the schema does not name {unnamed:?}");
}

fn look_for_unnamed(at: &str, value: &Value, schema: &Value, unnamed: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return look_for_unnamed(at, value, &document()["components"]["schemas"][name], unnamed);
    }
    match (value, schema["properties"].as_object()) {
        (Value::Array(items), _) => {
            items.iter().for_each(|item| look_for_unnamed(&format!("{at}[]"), item, &schema["items"], unnamed));
        }
        (Value::Object(entries), Some(properties)) if schema["additionalProperties"] != true => {
            for (key, value) in entries {
                match properties.get(key) {
                    Some(schema) => look_for_unnamed(&format!("{at}.{key}"), value, schema, unnamed),
                    None => {
                        unnamed.insert(format!("{at}.{key}"));
                    }
                }
            }
        }
        _ => {}
    }
}

fn schema_of(method: &str, path: &str) -> Value {
    let content = &document()["paths"][path][method]["responses"]["200"]["content"];
    content.as_object().unwrap().values().next().unwrap()["schema"].clone()
}

fn by_name(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

const TABLES: &str = r#"
[access]
[[webhook]]
id = "duty"
url = "http://127.0.0.1:9/nobody"
secret_file = "secret"
[[lines]]
url = "http"
[[sensor]]
id = "ear"
position = { lat_deg = 33.3, lon_deg = 44.39, height_m = 34.0 }
lines = { senders = ["127.0.0.1"] }
scan_period_s = 1.0
range_m = [200.0, 20000.0]
elevation_deg = [-5.0, 85.0]
accuracy = { range_m = 10.0, azimuth_deg = 0.1, elevation_deg = 0.1 }
[[sapient]]
role = "fusion"
id = "212befa0-2004-48a2-af6b-9e3e58138f44"
address = "127.0.0.1:0"
trust = "plain"
[[operator]]
name = "sue"
role = "supervisor"
password_file = "password.argon2"
[[operator]]
name = "sam"
role = "supervisor"
password_file = "password.argon2"
"#;

/// Answers that are not held here, by how their paths begin, and why.
const NOT_ASKED: [(&str, &str); 8] = [
    ("/api/live", "a stream; it has been looked at"),
    ("/api/public/live", "a stream"),
    ("/api/access/openid", "it needs a provider"),
    ("/api/basemap.pmtiles", "it needs a file"),
    ("/api/recordings/", "it needs a recording that has been looked through; the tests of replay hold it"),
    ("/api/why", "the same"),
    ("/api/report", "the same"),
    ("/api/setup/drafts", "it needs a draft; the tests of setup hold it"),
];

#[test]
fn every_answer_is_as_the_document_says() {
    let ground = Ground::new();
    ground.write("password.argon2", hash("correct horse").as_bytes());
    ground.write("secret", b"sixteen octets and more");
    ground.write("outlines.geojson", br#"{"type":"FeatureCollection","features":[]}"#);
    let text = site_text(ground.port).replace("[[sensor]]", "outlines = \"outlines.geojson\"\n\n[[sensor]]");
    ground.write("site.toml", format!("{text}\n{TABLES}").as_bytes());
    let program = ground.serve();
    let page = program.http;
    let (port, page_of_stream) = (ground.port, page);
    let attack = std::thread::spawn(move || bombard(port));

    // Logging in, by cookie and by token.
    let answer = login(page, "sue", "correct horse");
    hold("login", &answer.json(), &by_name("Known"));
    let cookie = cookie(&answer);
    let told = post(page, "/api/operator/login", "", &json!({ "name": "sam", "password": "correct horse" }));
    hold("token", &told.json(), &by_name("Token"));
    let bearer = format!("authorization: Bearer {}\r\n", told.json()["token"].as_str().unwrap());
    hold("refusal", &login(page, "sue", "wrong horse").json(), &by_name("Refusal"));

    // The picture, with a round in it.
    let picture = picture_with_a_round(page_of_stream, &cookie);
    hold("picture", &picture, &by_name("Picture"));

    // An alarm that two people raise, so that everything has something to tell.
    let raise = json!({ "order": "raise", "zones": ["village"] });
    let asked = post(page, "/api/operator/order", &cookie, &raise);
    hold("asked", &asked.json(), &by_name("Done"));
    let watch = ask(page, "GET", "/api/operator", &cookie, "");
    hold("watch", &watch.json(), &schema_of("get", "/api/operator"));
    assert_eq!(watch.json()["requests"][0]["who"], "sue");
    let second = json!({ "request": asked.json()["request"] });
    let done = post(page, "/api/operator/second", &bearer, &second);
    hold("done", &done.json(), &by_name("Done"));
    let alarm = done.json()["alarms"][0].as_str().unwrap().to_owned();
    let deliveries = format!("/api/alarms/{alarm}/deliveries");
    wait_for("a delivery", || (ask(page, "GET", &deliveries, &cookie, "").json() != json!([])).then_some(()));
    let feed = wait_for("the feed", || {
        let feed = ask(page, "GET", "/cap/feed.atom", &cookie, "").body;
        feed.contains("/cap/").then_some(feed)
    });
    let file = feed.split("/cap/").filter_map(|rest| rest.split('"').next()).find(|file| file.ends_with(".xml"));
    let file = file.unwrap_or_else(|| panic!("{feed}")).to_owned();
    let coverage = || ask(page, "GET", "/api/coverage", &cookie, "").status;
    wait_for("the coverages", || (coverage() == 200).then_some(()));

    // Every GET of the document.
    let mut held = 0;
    for (path, item) in document()["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else { continue };
        if NOT_ASKED.iter().any(|(start, _)| path.starts_with(start)) {
            continue;
        }
        let answer = ask(page, "GET", &path.replace("{id}", &alarm).replace("{file}", &file), &cookie, "");
        assert_eq!(answer.status, 200, "GET {path}: {answer:?}");
        let content = operation["responses"]["200"]["content"].as_object().unwrap();
        let (media, told) = content.iter().next().unwrap();
        let kind = answer.header("content-type");
        assert!(kind.is_some_and(|kind| kind.starts_with(media)), "GET {path}: {kind:?} is not {media}");
        if !told["schema"].is_null() {
            hold(path, &answer.json(), &told["schema"]);
        }
        held += 1;
    }
    assert!(held > 15, "{held}");
    let served = ask(page, "GET", "/api/openapi.json", "", "");
    assert_eq!(&served.json(), document());

    // Bodies: what the examples of the document of the interface show.
    for order in [raise, json!({ "order": "stop_all" }), json!({ "order": "posture", "posture": "heightened" })] {
        hold("order", &order, &by_name("Order"));
    }
    for (path, body, schema) in [
        ("/api/operator/order", json!({ "order": "stop_all" }), "Done"),
        ("/api/access/passkeys/remove", json!({ "id": "AAAA" }), "Refusal"),
        ("/api/access/logout_all", json!({ "name": "sam" }), "Ended"),
        ("/api/access/logout", json!({}), "Nothing"),
    ] {
        hold(path, &post(page, path, &cookie, &body).json(), &by_name(schema));
    }
    attack.join().unwrap();
}

/// Watches the stream until a picture shows a threat.
fn picture_with_a_round(page: std::net::SocketAddr, cookie: &str) -> Value {
    let mut stream = TcpStream::connect(page).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET /api/live HTTP/1.1\r\nhost: {page}\r\n{cookie}\r\n").unwrap();
    // A picture comes in a chunk of its own: whatever line is an object is one.
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let pictures = lines.filter_map(|line| serde_json::from_str::<Value>(line.trim_start_matches("data: ")).ok());
    let pictures = pictures.filter(|value| value["now_ms"].is_i64());
    let shown = |picture: &Value| {
        ["tracks", "threats", "alarms"].iter().all(|part| picture[*part].as_array().is_some_and(|all| !all.is_empty()))
    };
    pictures.take(500).find(shown).unwrap()
}
