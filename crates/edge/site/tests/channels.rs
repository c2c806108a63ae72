//! Sirens, webhooks and people on duty in the site file: what is understood, and what is said where it is wrong.

use parapet_site::{ClientTrust, OperatorRole, Site};

const GOOD: &str = r#"[site]
name = "Range B"
mode = "exercise"
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
id = "depot"
circle = { lat_deg = 33.302, lon_deg = 44.390, radius_m = 120.0 }
[mqtt]
address = "broker.example:8883"
authorities = "ca.pem"
certificate = "own.pem"
certificate_key = "own.key"
key_file = "sirens.secret"
user = "parapet"
password_file = "password"
[[siren]]
id = "gate"
key = "parapet-siren-exercise-public-1:8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
zones = ["depot"]
udp = "192.0.2.7:7701"
[[webhook]]
id = "duty"
url = "https://duty.example/parapet?a=b"
secret_file = "secret"
authorities = "ca.pem"
[[operator]]
name = "ann"
role = "supervisor"
password_file = "ann.argon2"
"#;

fn parse(text: &str) -> Result<Site, String> {
    let mut load = |file: &str| match file {
        "ca.pem" | "own.pem" | "own.key" => Ok("-----BEGIN SOMETHING-----".to_owned()),
        "sirens.secret" => Ok(format!("parapet-siren-exercise-secret-1:{}\n", "07".repeat(32))),
        "live.secret" => Ok(format!("parapet-siren-live-secret-1:{}\n", "07".repeat(32))),
        "password" | "secret" => Ok("sixteen octets and more\n".to_owned()),
        "short" => Ok("short\n".to_owned()),
        "empty" => Ok("\n".to_owned()),
        "ann.argon2" => Ok("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA\n".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    Site::parse("site.toml", text, &mut load).map_err(|error| error.to_string())
}

#[test]
fn all_of_it_is_understood_and_no_secret_is_shown() {
    let site = parse(GOOD).unwrap_or_else(|error| panic!("{error}"));
    let mqtt = site.mqtt.as_ref().expect("a broker");
    assert_eq!((mqtt.host.as_str(), mqtt.port, mqtt.site.as_str()), ("broker.example", 8883, "range-b"));
    assert_eq!((mqtt.stands_s, mqtt.heartbeat_s, mqtt.discovery.as_ref()), (30.0, 2.0, None));
    assert!(matches!(&mqtt.trust, ClientTrust::Tls { identity: Some(_), .. }));
    assert_eq!(mqtt.sirens[0].udp.map(|udp| udp.port()), Some(7701));
    assert_eq!(site.webhooks[0].url.to_string(), "https://duty.example:443/parapet?a=b");
    assert_eq!(site.operators[0].role, OperatorRole::Supervisor);
    let shown = format!("{site:?}");
    let secrets = ["0707", "sixteen octets", "argon2id", "BEGIN"];
    assert!(!secrets.iter().any(|secret| shown.contains(secret)), "a secret is shown");
    let summary = site.summary();
    assert!(summary.contains("broker.example:8883 (tls): 1 sirens, 1 with a second path"), "{summary}");
    assert_eq!(site.warnings, [""; 0]);
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_remedy() {
    let wrong = |from: &str, to: &str, part: &str| {
        assert!(GOOD.contains(from), "{from}");
        let error = parse(&GOOD.replacen(from, to, 1)).expect_err("it is wrong");
        assert!(error.contains(part), "{error}\nshould contain\n{part}");
    };
    wrong(
        "broker.example:8883",
        "broker.example",
        "site.toml:19:11: mqtt address: \"broker.example\" is no name or address with a port",
    );
    wrong("sirens.secret", "live.secret", "mqtt key_file: this is a key for live, and the site is exercise");
    wrong(
        "sirens.secret",
        "password",
        "mqtt key_file: this is no secret key of a siren; `parapet-siren keys --world exercise`",
    );
    wrong("sirens.secret", "away", "mqtt key_file: the file \"away\" cannot be read: no such file");
    wrong("own.key", "password", "mqtt certificate_key: the file is no PEM");
    wrong("certificate_key = \"own.key\"\n", "", "mqtt certificate_key: `certificate_key` is missing");
    wrong(
        "address = \"broker.example:8883\"\n",
        "address = \"broker.example:8883\"\ntrust = \"plain\"\n",
        "`authorities` makes no sense where nobody proves who they are",
    );
    wrong("password_file = \"password\"\n", "", "mqtt password_file: `password_file` is missing");
    wrong("password_file = \"password\"", "password_file = \"empty\"", "the file \"empty\" is empty");
    wrong("user = \"parapet\"", "user = \"parapet\"\nstands_s = 121.0", "mqtt stands_s: 121 is out of range");
    wrong("8a88e3dd", "8A88e3dd", "siren \"gate\" key: this is no public key of a siren");
    wrong("siren-exercise-public", "siren-live-public", "siren \"gate\" key: this is a key for live");
    wrong("[\"depot\"]", "[\"depto\"]", "siren \"gate\" zones: the site has no zone \"depto\"");
    wrong("192.0.2.7:7701", "gate.example:7701", "names are not looked up");
    wrong("[[webhook]]", "[[siren]]\nid = \"gate\"\nkey = \"x\"\n[[webhook]]", "siren \"gate\" id: \"gate\" is taken");
    wrong("https://duty.example/parapet?a=b", "https://ann:x@duty.example/", "webhook \"duty\" url: ");
    wrong(
        "secret_file = \"secret\"",
        "secret_file = \"short\"",
        "webhook \"duty\" secret_file: the secret has 5 octets",
    );
    wrong(
        "secret_file = \"secret\"\nauthorities = \"ca.pem\"",
        "secret_file = \"secret\"",
        "webhook \"duty\" authorities: `authorities` is missing",
    );
    wrong(
        "\"supervisor\"",
        "\"superviser\"",
        "operator \"ann\" role: \"superviser\" is not known; did you mean `supervisor`?",
    );
    wrong(
        "ann.argon2",
        "password",
        "operator \"ann\" password_file: this is no Argon2 hash; name a file with the password's hash; `parapet operator hash`",
    );
    wrong("role = \"supervisor\"", "role = \"supervisor\"\nmode = \"live\"", "operator \"ann\": unknown key `mode`");
}

#[test]
fn sirens_need_a_broker_and_plain_lines_are_warned_of() {
    let start = GOOD.find("[mqtt]").expect("a broker");
    let end = GOOD.find("[[siren]]").expect("a siren");
    let without = format!("{}{}", &GOOD[..start], &GOOD[end..]);
    let error = parse(&without).expect_err("no broker");
    assert!(error.contains("there are sirens, and no broker to tell them by; add a table `[mqtt]`"), "{error}");
    let plain = GOOD.replacen(
        "authorities = \"ca.pem\"\ncertificate = \"own.pem\"\ncertificate_key = \"own.key\"",
        "trust = \"plain\"",
        1,
    );
    let plain = plain.replacen("https://duty.example/parapet?a=b", "http://duty.example/", 1);
    let warnings = parse(&plain).unwrap_or_else(|error| panic!("{error}")).warnings;
    assert!(warnings.iter().any(|warning| warning.contains("mqtt broker.example:8883: plain TCP")), "{warnings:?}");
    assert!(
        warnings.iter().any(|warning| warning.contains("webhook duty: http://duty.example:80/ is not encrypted")),
        "{warnings:?}"
    );
}
