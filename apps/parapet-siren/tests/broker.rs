//! The program's channels, a real broker and a real siren: what people hear, and what nobody must be able to make them hear.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::fs;

use parapet_service::ChannelRig;
use parapet_siren::{Command, Receipt, Secret, SirenStage, Verdict, World};
use parapet_warn::Stage;
use support::listener::Listener;
use support::{Broker, DEPOT, Siren, acknowledged, alarm, connected, plain, program_key, site, status, until};

struct Scene {
    _folder: tempfile::TempDir,
    broker: Broker,
    siren: Siren,
    rig: ChannelRig,
}

fn scene() -> Option<Scene> {
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(folder.path(), "")?;
    let address = format!("127.0.0.1:{}", broker.port);
    let siren = Siren::start(folder.path(), &["--broker", &address, "--zone", "depot"]);
    siren.says("connected");
    let rig = ChannelRig::start(&site(&plain(broker.port), &siren.udp, "", &[])).unwrap();
    connected(&rig);
    Some(Scene { _folder: folder, broker, siren, rig })
}

#[test]
fn an_alarm_sounds_is_acknowledged_and_ends() {
    let Some(Scene { siren, rig, broker, _folder }) = scene() else { return };
    siren.says("contact");
    rig.tell(vec![alarm(&rig, 0, Stage::TakeCover), alarm(&rig, 1, Stage::TakeCover)]);
    let said = siren.says("sounds take_cover");
    assert!(said.contains("Exercise") && said.contains("depot"), "{said}");
    acknowledged(&rig, "gate", "take_cover");
    acknowledged(&rig, "", "take_cover");
    rig.tell(vec![alarm(&rig, 0, Stage::AllClear)]);
    siren.says("sounds all_clear");
    acknowledged(&rig, "gate", "all_clear");
    for delivery in rig.deliveries(DEPOT) {
        let (sent, acknowledged) = (delivery.sent_s.unwrap(), delivery.acknowledged_s.unwrap());
        assert!(0.0 <= delivery.queued_s && delivery.queued_s <= sent && sent <= acknowledged, "{delivery:?}");
    }
    // Nothing of a command is kept; what is kept says so of the exercise only.
    let kept = Listener::new(broker.port, "late").kept();
    let topics: Vec<&str> = kept.iter().map(|(topic, ..)| topic.as_str()).collect();
    assert!(topics.iter().all(|topic| !topic.contains("/siren/") && !topic.contains("/heartbeat")), "{topics:?}");
    assert!(topics.contains(&"parapet/exercise/range-b/status"), "{topics:?}");
    assert!(topics.contains(&"parapet/exercise/range-b/state/depot"), "{topics:?}");
    assert!(topics.iter().any(|topic| topic.starts_with("homeassistant-exercise/sensor/")), "{topics:?}");
    assert!(topics.iter().all(|topic| !topic.contains("/live/")), "{topics:?}");
}

#[test]
fn what_is_forged_altered_replayed_expired_or_kept_makes_no_sound() {
    let Some(Scene { siren, rig, broker, _folder }) = scene() else { return };
    let other = Listener::new(broker.port, "other");
    other.hears("/heartbeat");
    rig.tell(vec![alarm(&rig, 0, Stage::TakeCover)]);
    let (topic, command, _) = other.hears("/siren/zone/depot");
    acknowledged(&rig, "gate", "take_cover");
    rig.tell(vec![alarm(&rig, 0, Stage::Withdrawn)]);
    acknowledged(&rig, "gate", "withdrawn");
    siren.says("sounds withdrawn");
    siren.take();
    other.says(&topic, false, &command);
    siren.says("refused replayed (1)");
    let altered = String::from_utf8(command.clone()).unwrap().replace("\"depot\"", "\"camps\"");
    other.says(&topic, false, altered.as_bytes());
    siren.says("refused altered (1)");
    let now_ms = rig.now().millis();
    let forged = |key: &Secret, issued_ms: i64| {
        let (sequence, nonce) = (u64::MAX, "0".repeat(32));
        let (alarm, zone, site) = ("x-1".to_owned(), "depot".to_owned(), "range-b".to_owned());
        let (expires_ms, stage, world) = (issued_ms + 60_000, SirenStage::TakeCover, World::Exercise);
        let command = Command {
            v: 1,
            world,
            site,
            sequence,
            nonce,
            issued_ms,
            expires_ms,
            alarm,
            revision: 1,
            zone,
            stage,
            seconds_left: None,
        };
        command.seal(key)
    };
    other.says(&topic, false, &forged(&Secret::new(World::Exercise, &[66; 32]), now_ms));
    siren.says("refused forged (1)");
    other.says(&topic, false, &forged(&program_key(), now_ms - 61_000));
    siren.says("refused expired (1)");
    let heard = siren.take();
    assert!(!heard.iter().any(|line| line.contains("sounds take_cover")), "{heard:?}");
    // The program sees that somebody else speaks on its topics.
    until("the program counts foreign commands", || {
        (status(&rig, "mqtt").refused.get("foreign_command").copied() >= Some(3)).then_some(())
    });
}

#[test]
fn a_broker_that_comes_back_with_stale_commands_sounds_nothing_and_loses_them() {
    let folder = tempfile::tempdir().unwrap();
    let Some(broker) = Broker::start(folder.path(), "") else { return };
    let other = Listener::new(broker.port, "other");
    let topic = "parapet/exercise/range-b/siren/zone/depot";
    other.says(topic, true, b"an old command");
    other.hears("siren/zone/depot");
    let siren = Siren::start(folder.path(), &["--broker", &format!("127.0.0.1:{}", broker.port)]);
    siren.says("refused retained (1)");
    let rig = ChannelRig::start(&site(&plain(broker.port), &siren.udp, "", &[])).unwrap();
    until("the program takes it away", || status(&rig, "mqtt").refused.contains_key("retained_command").then_some(()));
    until("the broker has forgotten it", || {
        let kept = Listener::new(broker.port, "late").kept();
        kept.iter().all(|(kept, ..)| kept != topic).then_some(())
    });
}

#[test]
fn a_broker_that_dies_is_gone_round_and_told_again_when_it_is_back() {
    let Some(Scene { siren, rig, mut broker, _folder }) = scene() else { return };
    broker.kill();
    until("the program notices", || (!status(&rig, "mqtt").connected).then_some(()));
    rig.tell(vec![alarm(&rig, 0, Stage::TakeCover)]);
    let line = siren.says("obeyed");
    assert!(line.ends_with("by udp"), "{line}");
    acknowledged(&rig, "gate", "take_cover");
    // The broker itself is named as not reached.
    until("the broker is named", || status(&rig, "mqtt").unacknowledged.contains_key("mqtt").then_some(()));
    siren.take();
    broker.restart();
    acknowledged(&rig, "", "take_cover");
    let line = siren.says("/siren/zone/depot");
    assert!(line.starts_with("obeyed"), "a broker that came back empty is told what stands: {line}");
    rig.tell(vec![alarm(&rig, 0, Stage::Withdrawn)]);
    siren.says("sounds withdrawn");
}

#[test]
fn a_forged_or_replayed_receipt_acknowledges_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let Some(broker) = Broker::start(folder.path(), "") else { return };
    // The siren itself is away: nobody but the forger answers.
    let rig = ChannelRig::start(&site(&plain(broker.port), "127.0.0.1:9", "", &[])).unwrap();
    connected(&rig);
    let other = Listener::new(broker.port, "other");
    other.hears("/heartbeat");
    rig.tell(vec![alarm(&rig, 0, Stage::TakeCover)]);
    other.hears("/siren/zone/depot");
    let receipt = Receipt {
        v: 1,
        world: World::Exercise,
        site: "range-b".into(),
        siren: "gate".into(),
        alarm: DEPOT.into(),
        revision: 1,
        sequence: 1,
        nonce: "0".repeat(32),
        verdict: Verdict::Obeyed,
        sounding: Some(SirenStage::TakeCover),
        at_ms: 0,
    };
    let topic = "parapet/exercise/range-b/receipt/gate";
    other.says(topic, false, &receipt.seal(&Secret::new(World::Exercise, &[66; 32])));
    other.says(topic, false, &receipt.seal(&support::siren_key()));
    other.says(topic, false, b"nonsense");
    until("each is counted", || {
        let refused = status(&rig, "mqtt").refused;
        ["forged", "replayed", "malformed"].iter().all(|reason| refused.contains_key(*reason)).then_some(())
    });
    until("the siren is named", || status(&rig, "mqtt").unacknowledged.contains_key("gate").then_some(()));
    assert!(rig.deliveries(DEPOT).iter().any(|d| d.receiver == "gate" && d.acknowledged_s.is_none() && d.resent >= 2));
}

#[test]
fn a_siren_shows_that_the_program_is_silent_and_a_restarted_one_obeys_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let Some(broker) = Broker::start(folder.path(), "") else { return };
    let (address, state) = (format!("127.0.0.1:{}", broker.port), folder.path().join("gate.state"));
    let arguments = ["--broker", &address, "--state", state.to_str().unwrap()];
    let siren = Siren::start(folder.path(), &arguments);
    siren.says("connected");
    let other = Listener::new(broker.port, "other");
    let rig = ChannelRig::start(&site(&plain(broker.port), "127.0.0.1:9", "", &[])).unwrap();
    connected(&rig);
    siren.says("contact");
    rig.tell(vec![alarm(&rig, 0, Stage::TakeCover)]);
    let (topic, command, _) = other.hears("/siren/zone/depot");
    siren.says("sounds take_cover");
    acknowledged(&rig, "gate", "take_cover");
    rig.stop();
    siren.take();
    siren.says("no contact");
    drop(siren);
    let siren = Siren::start(folder.path(), &arguments);
    siren.says("connected");
    other.says(&topic, false, &command);
    siren.says("refused replayed (1)");
    assert!(!siren.take().iter().any(|line| line.starts_with("sounds")));
}

#[test]
fn a_broker_wants_a_password_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let passwords = folder.path().join("passwords");
    let mut maker = std::process::Command::new("mosquitto_passwd");
    let made = maker.args(["-b", "-c"]).arg(&passwords).args(["parapet", "right"]).status();
    let config = format!("allow_anonymous false\npassword_file {}", passwords.display());
    if !made.is_ok_and(|status| status.success()) {
        eprintln!(
            "SKIPPED: there is no mosquitto_passwd here; `apt install mosquitto` (Debian) and run the test again"
        );
        return;
    }
    let Some(broker) = Broker::start(folder.path(), &config) else { return };
    let table = format!("{}\nuser = \"parapet\"\npassword_file = \"password\"", plain(broker.port));
    let rig = ChannelRig::start(&site(&table, "127.0.0.1:9", "", &[("password", "wrong\n")])).unwrap();
    let error = until("the refusal is told", || status(&rig, "mqtt").last_error);
    assert!(error.contains("NotAuthorized") || error.contains("BadUserNamePassword"), "{error}");
    assert!(!status(&rig, "mqtt").connected);
    let rig = ChannelRig::start(&site(&table, "127.0.0.1:9", "", &[("password", "right\n")])).unwrap();
    connected(&rig);
}

#[test]
fn both_sides_prove_who_they_are_by_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(vec![]).unwrap();
    authority.distinguished_name.push(rcgen::DnType::CommonName, "an authority");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let issue = |name: &str| {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    };
    let (server, client) = (issue("localhost"), issue("parapet"));
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let files = [write("ca.pem", &authority_pem), write("server.pem", &server.0), write("server.key", &server.1)];
    let config = format!("cafile {}\ncertfile {}\nkeyfile {}\nrequire_certificate true", files[0], files[1], files[2]);
    let Some(broker) = Broker::start(folder.path(), &config) else { return };
    let table = |more: &str| format!("address = \"localhost:{}\"\nauthorities = \"ca.pem\"\n{more}", broker.port);
    let known = [("ca.pem", authority_pem.as_str()), ("own.pem", &client.0), ("own.key", &client.1)];
    let nobody = ChannelRig::start(&site(&table(""), "127.0.0.1:9", "", &known)).unwrap();
    until("the broker refuses who shows no certificate", || status(&nobody, "mqtt").last_error);
    assert!(!status(&nobody, "mqtt").connected);
    nobody.stop();
    let own = table("certificate = \"own.pem\"\ncertificate_key = \"own.key\"");
    let rig = ChannelRig::start(&site(&own, "127.0.0.1:9", "", &known)).unwrap();
    connected(&rig);
    let (client_pem, client_key) = (write("own.pem", &client.0), write("own.key", &client.1));
    let address = format!("localhost:{}", broker.port);
    let tls = ["--authorities", &files[0], "--certificate", &client_pem, "--certificate-key", &client_key];
    let siren = Siren::start(folder.path(), &[&["--broker", &address], &tls[..]].concat());
    siren.says("connected");
    rig.tell(vec![alarm(&rig, 0, Stage::TakeCover)]);
    acknowledged(&rig, "gate", "take_cover");
}
