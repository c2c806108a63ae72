//! `[http]`, `[access]` and people who come in otherwise than by a password.

use parapet_site::Site;

const GOOD: &str = r#"[site]
name = "Range B"
mode = "live"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
[[sensor]]
id = "north"
position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
asterix = { sac = 25, sic = 201 }
links = ["udp://127.0.0.1:8600"]
senders = ["127.0.0.1"]
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
[[zone]]
id = "camp"
circle = { lat_deg = 33.30, lon_deg = 44.39, radius_m = 100.0 }
[output]
http = "0.0.0.0:8443"
[http]
certificate = "page.pem"
key = "page.key"
origin = "https://parapet.example"
proxies = ["192.0.2.7"]
connections_per_address = 64
requests_per_s = 50.0
[access]
public = true
idle_min = 30.0
session_h = 12.0
folder = "state"
[access.openid]
name = "Duty login"
issuer = "https://login.example/realm"
client = "parapet"
secret_file = "secret"
authorities = "ca.pem"
claim = "email"
[[operator]]
name = "ann"
role = "operator"
password_file = "ann.argon2"
openid = "ann@example.org"
[[operator]]
name = "bob"
role = "supervisor"
openid = "bob@example.org"
[[operator]]
name = "prometheus"
role = "viewer"
key_file = "prometheus.sha256"
"#;

fn parse(text: &str) -> Result<Site, String> {
    let mut load = |file: &str| match file {
        "page.pem" | "page.key" | "ca.pem" => Ok("-----BEGIN SOMETHING-----".to_owned()),
        "secret" => Ok("sixteen octets and more\n".to_owned()),
        "ann.argon2" => Ok("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA\n".to_owned()),
        "prometheus.sha256" => Ok(format!("sha256:{}\n", "0A".repeat(32))),
        _ => Err("no such file".to_owned()),
    };
    Site::parse("site.toml", text, &mut load).map_err(|error| error.to_string())
}

#[track_caller]
fn site(text: &str) -> Site {
    parse(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn all_of_it_is_understood_and_no_secret_is_shown() {
    let site = site(GOOD);
    assert!(site.http.tls.is_some());
    assert_eq!(site.http.origin.as_ref().map(ToString::to_string).as_deref(), Some("https://parapet.example:443/"));
    assert_eq!((site.http.connections_per_address, site.http.requests_per_s), (64, 50.0));
    let access = &site.access;
    assert_eq!((access.closed, access.public, access.idle_s, access.session_s), (true, true, 1_800.0, 43_200.0));
    let openid = access.openid.as_ref().expect("a provider");
    assert_eq!((openid.issuer.as_str(), openid.claim.as_str()), ("https://login.example/realm", "email"));
    assert_eq!(site.operators[2].key.as_ref().map(|key| key.0.clone()), Some("0a".repeat(32)));
    assert_eq!(site.warnings, Vec::<String>::new(), "everything is as it should be");
    let summary = site.summary();
    let words = "https://0.0.0.0:8443, for people who log in by password, passkey and Duty login, the public view open; \
                 people on duty order";
    assert!(summary.contains(words), "{summary}");
    let shown = format!("{site:?}");
    assert!(!shown.contains("sixteen") && !shown.contains("BEGIN") && !shown.contains("0a0a"), "{shown}");
}

#[test]
fn without_the_tables_it_is_as_before() {
    let start = GOOD.find("[http]").expect("a table");
    let plain = site(&GOOD[..start].replace("0.0.0.0:8443", "127.0.0.1:8080"));
    assert!(!plain.access.closed && plain.http.tls.is_none() && plain.warnings.is_empty());
    assert!(plain.summary().contains("open to whoever reaches it; nobody orders (no table [access])"));
}

#[test]
fn who_is_reached_without_encryption_is_told() {
    let people = "[[operator]]\nname = \"ann\"\nrole = \"operator\"\npassword_file = \"ann.argon2\"\n";
    let start = GOOD.find("[http]").expect("a table");
    let open = site(&format!("{}{people}", &GOOD[..start]));
    let words = open.warnings.join("\n");
    assert!(words.contains("everybody who reaches 0.0.0.0:8443 sees the page"), "{words}");
    assert!(words.contains("nobody can log in or order at 0.0.0.0:8443 except from this machine"), "{words}");
    assert_eq!(open.reach(([127, 0, 0, 1], 8080).into()), Vec::<String>::new());
    let nobody = site(&format!("{}[access]\n", &GOOD[..start]));
    assert!(nobody.warnings.iter().any(|words| words.contains("the site is closed and knows nobody")));
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    let wrong = |from: &str, to: &str, words: &str| {
        assert!(GOOD.contains(from), "{from:?} is in the good configuration");
        let error = parse(&GOOD.replacen(from, to, 1)).expect_err("the configuration is bad");
        assert!(error.contains(words), "{words:?} is missing in\n{error}");
    };
    wrong("key = \"page.key\"\n", "", "http key: `key` is missing");
    wrong("\"https://parapet.example\"", "\"http://parapet.example\"", "has no encryption: browsers give it neither");
    wrong("\"https://parapet.example\"", "\"https://parapet.example/page\"", "is no scheme, host and port alone");
    wrong("\"192.0.2.7\"", "\"proxy\"", "http proxies: \"proxy\" is no address; write for example [\"192.0.2.7\"]");
    wrong("public = true", "public = 1", "access public: expected true or false, found an integer");
    wrong("idle_min = 30.0", "idle_min = 0.0", "access idle_min");
    wrong("issuer = \"https", "issuer = \"http", "is no address with https");
    wrong("authorities = \"ca.pem\"\n", "", "access openid authorities: `authorities` is missing");
    wrong(
        "openid = \"bob@",
        "openid = \"ann@",
        "the provider's name is that of \"ann\" already; everybody has their own",
    );
    wrong("openid = \"bob@example.org\"\n", "", "operator \"bob\" password_file: `password_file` is missing");
    wrong("role = \"viewer\"", "role = \"operator\"", "a program with a key only looks; write `role = \"viewer\"`");
    wrong(
        "\"prometheus.sha256\"",
        "\"secret\"",
        "this is no hash of a key; name a file that `parapet operator key` made",
    );
}
