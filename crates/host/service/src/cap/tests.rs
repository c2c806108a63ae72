//! Signatures by an independent verifier, the feed in the life of an alarm, and a folder that cannot be written.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_site::Site;
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};

use super::press::Press;
use super::{Board, Setting, verify_cap};
use crate::Clock;
use crate::atlas::Atlas;
use crate::channel::{ChannelStatus, Channels, Plan, QUEUE_MAX};
use crate::fanout::Step;
use crate::shared::Shared;
use crate::watchman::Watchman;

const PATIENCE: Duration = Duration::from_secs(30);

const SITE: &str = r#"
[site]
name = "Range <B>"
mode = "live"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
[output]
cap_sender = "range-b@site.example"
[[sensor]]
id = "radar-north"
position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
asterix = { sac = 25, sic = 201 }
links = ["udp://127.0.0.1:8600"]
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
[[zone]]
id = "depot"
name = "Depot & \"Gate\""
circle = { lat_deg = 33.302, lon_deg = 44.390, radius_m = 120.0 }
[[zone]]
id = "school"
circle = { lat_deg = 33.306, lon_deg = 44.390, radius_m = 120.0 }
[cap]
languages = ["en-US", "ar"]
names.ar = { depot = "المستودع" }
"#;

/// A certificate and its key, as PEM.
fn pair(algorithm: &'static rcgen::SignatureAlgorithm) -> [String; 2] {
    let key = KeyPair::generate_for(algorithm).expect("a key");
    let certificate = CertificateParams::new(vec!["site.example".to_owned()]).expect("a name").self_signed(&key);
    [certificate.expect("a certificate").pem(), key.serialize_pem()]
}

fn site(more: &str, [certificate, key]: &[String; 2]) -> Site {
    let mut load = |name: &str| match name {
        "cert.pem" => Ok(certificate.clone()),
        "key.pem" => Ok(key.clone()),
        _ => Err("no such file".to_owned()),
    };
    Site::parse("site.toml", &format!("{SITE}\n{more}"), &mut load).unwrap_or_else(|error| panic!("{error}"))
}

const SIGN: &str = "sign = { certificate = \"cert.pem\", key = \"key.pem\" }";

fn press(site: &Site) -> Result<Press, String> {
    Press::new(site, Arc::new(Atlas::new(site.frame, site.config.clone())))
}

fn alarm(zone: u16, stage: Stage, at: Time) -> Alarm {
    let id = AlarmId { zone: ZoneId(zone), cause: Time::from_seconds(1_605_609_000.0), again: 0 };
    Alarm {
        probability: 0.4,
        impact_at: Some(at.plus_seconds(15.0)),
        ..Alarm::plain(id, at, stage, Reason::ImpactPredicted)
    }
}

/// A life in signed messages, written into a folder.
fn signed_life(folder: &Path, pair: &[String; 2]) -> Vec<PathBuf> {
    let mut press = press(&site(SIGN, pair)).expect("a signer");
    let at = |seconds: f64| Time::from_seconds(1_605_609_000.0).plus_seconds(seconds);
    let stages = [(Stage::Prepare, 0.0), (Stage::TakeCover, 2.0), (Stage::Hold, 20.0), (Stage::AllClear, 50.0)];
    let write = |(stage, seconds): (Stage, f64)| {
        let issue = press.alarm(&alarm(0, stage, at(seconds)), None, at(seconds)).expect("news");
        let file = folder.join(format!("{}.xml", issue.message.identifier));
        std::fs::write(&file, &issue.message.xml).expect("a file");
        file
    };
    stages.into_iter().map(write).collect()
}

#[test]
fn signed_messages_are_verified_by_xmlsec1_and_by_us() {
    let folder = tempfile::tempdir().expect("a folder");
    let pair = pair(&PKCS_ECDSA_P256_SHA256);
    let files = signed_life(folder.path(), &pair);
    for file in &files {
        let xml = std::fs::read_to_string(file).expect("a file");
        let plain = verify_cap(&xml, &pair[0]).unwrap_or_else(|error| panic!("{error}"));
        assert!(!plain.contains("Signature") && parapet_cap::read(xml.as_bytes()).is_ok());
        let changed =
            xml.replace("<severity>Extreme", "<severity>Minor").replace("<severity>Severe", "<severity>Minor");
        if changed != xml {
            assert_eq!(verify_cap(&changed, &pair[0]), Err("the message was changed after it was signed".to_owned()));
        }
    }
    let other = self::pair(&PKCS_ECDSA_P256_SHA256);
    let first = std::fs::read_to_string(&files[0]).expect("a file");
    assert_eq!(verify_cap(&first, &other[0]), Err("the signature is not of this certificate's key".to_owned()));

    if Command::new("xmlsec1").arg("--version").output().is_err() {
        println!("SKIPPED: xmlsec1 is not installed");
        return;
    }
    let certificate = folder.path().join("cert.pem");
    std::fs::write(&certificate, &pair[0]).expect("a file");
    let verdict = |file: &Path| {
        let mut command = Command::new("xmlsec1");
        command.arg("--verify").arg("--trusted-pem").arg(&certificate).arg(file);
        let output = command.output().expect("xmlsec1 runs");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for file in &files {
        let (right, said) = verdict(file);
        println!(
            "xmlsec1 {}: {}",
            file.file_name().unwrap_or_default().display(),
            said.lines().next().unwrap_or_default()
        );
        assert!(right, "{said}");
    }
    let changed = folder.path().join("changed.xml");
    std::fs::write(&changed, first.replace("Severe", "Minor")).expect("a file");
    assert!(!verdict(&changed).0, "a changed message is refused");
    schema_verdict(&files);
}

/// A signature is allowed by the schema of CAP, at the end.
fn schema_verdict(files: &[PathBuf]) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/cap/cap12.xsd");
    if !schema.is_file() || Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("SKIPPED: the CAP 1.2 schema or xmllint is not here");
        return;
    }
    let lint = Command::new("xmllint").arg("--noout").arg("--schema").arg(schema).args(files).output();
    let lint = lint.expect("xmllint runs");
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stderr));
}

#[test]
fn a_key_that_cannot_sign_is_refused_before_anything_starts() {
    let [certificate, key] = pair(&PKCS_ECDSA_P256_SHA256);
    let [other, _] = pair(&PKCS_ECDSA_P256_SHA256);
    let [_, wrong] = pair(&PKCS_ED25519);
    let fault = |certificate: &String, key: &String| {
        press(&site(SIGN, &[certificate.clone(), key.clone()])).err().unwrap_or_default()
    };
    assert_eq!(fault(&certificate, &key), "");
    assert_eq!(fault(&other, &key), "the key does not belong to the certificate");
    assert!(fault(&certificate, &wrong).contains("none of ECDSA over P-256"));
    assert!(fault(&key, &key).contains("certificate"));
    assert!(fault(&certificate, &certificate).contains("no PKCS #8"));
}

struct Rig {
    steps: SyncSender<Arc<Step>>,
    channels: Channels,
    board: Arc<Board>,
    shared: Arc<Shared>,
    clock: Arc<Clock>,
}

impl Rig {
    fn start(folder: &Path, more: &str) -> Rig {
        Rig::start_with(folder, more, "")
    }

    /// With a file of this text.
    fn start_with(folder: &Path, more: &str, text: &str) -> Rig {
        let site = site(more, &[text.to_owned(), String::new()]);
        let atlas = Arc::new(Atlas::new(site.frame, site.config.clone()));
        let (shared, clock) = (Arc::new(Shared::default()), Arc::new(Clock::new()));
        let http = "127.0.0.1:8080".parse().expect("an address");
        let setting = Setting {
            atlas: atlas.clone(),
            shared: shared.clone(),
            folder: folder.to_owned(),
            http,
            now: clock.now(),
            resumed: vec![],
        };
        let mut plan = Plan::default();
        let board = super::plan(&mut plan, &site, setting).expect("a folder");
        let (steps, queued) = sync_channel(QUEUE_MAX);
        let (watchman, _death) = Watchman::new();
        let channels = plan.start(atlas, clock.clone(), queued, &watchman).expect("threads");
        Rig { steps, channels, board, shared, clock }
    }

    fn alarm(&self, zone: u16, stage: Stage) {
        let at = self.clock.now();
        let outputs = vec![Output::Alarm(alarm(zone, stage, at))];
        self.steps.send(Arc::new(Step { at, heard: None, command: None, outputs })).expect("the dispatcher runs");
    }

    fn status(&self, name: &str) -> ChannelStatus {
        let mut statuses = self.channels.books.statuses().into_iter();
        statuses.find(|status| status.name == name).expect("a channel")
    }

    fn feed(&self) -> String {
        self.board.feed(self.clock.now())
    }

    fn until(&self, what: &str, mut stands: impl FnMut(&Rig) -> bool) {
        let began = Instant::now();
        while !stands(self) {
            assert!(began.elapsed() < PATIENCE, "not {what}: {:?}\n{}", self.channels.books.statuses(), self.feed());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops, and waits until everything is written.
    fn end(self) {
        drop(self.steps);
        self.channels.thread.join().expect("the dispatcher ends");
    }
}

#[test]
fn the_feed_holds_alarms_while_they_stand_and_their_graves_after() {
    let folder = tempfile::tempdir().expect("a folder");
    let rig = Rig::start(folder.path(), "");
    assert!(!rig.feed().contains("<entry>"));
    rig.alarm(0, Stage::TakeCover);
    rig.alarm(1, Stage::TakeCover);
    rig.until("told", |rig| rig.feed().matches("<entry>").count() == 2);
    let feed = rig.feed();
    assert!(feed.contains("<title>TAKE COVER NOW: incoming fire, Depot &amp; \"Gate\"</title>"), "{feed}");
    let link = |feed: &str, nth: usize| {
        let mut links = feed.split("href=\"http://127.0.0.1:8080/cap/").skip(2);
        links.nth(nth).and_then(|rest| rest.split('"').next()).expect("a link").to_owned()
    };
    let first = link(&feed, 0);
    let message = rig.board.message(&first, rig.clock.now()).expect("the message that the feed links to");
    assert_eq!(parapet_cap::read(message.as_bytes()).expect("a message").kind, "Alert");
    assert!(rig.board.message("../../etc/passwd", rig.clock.now()).is_none());
    // What has expired is gone even if nobody takes it back.
    let later = rig.clock.now().plus_seconds(1_000.0);
    assert!(!rig.board.feed(rig.clock.now()).contains("deleted-entry"));
    rig.alarm(0, Stage::AllClear);
    rig.until("over", |rig| rig.feed().matches("<entry>").count() == 1);
    let feed = rig.feed();
    assert!(
        feed.contains("<at:deleted-entry ref=\"tag:parapet,2026:range-b@site.example:depot-1605609000000\""),
        "{feed}"
    );
    assert!(rig.board.message(&first, rig.clock.now()).is_none(), "what was superseded is gone");
    let last = rig.board.message(&link(&feed, 1), rig.clock.now()).expect("the message that ended it");
    assert_eq!(parapet_cap::read(last.as_bytes()).expect("a message").references.len(), 1);
    rig.until("written", |rig| rig.status("cap").sent == 3);
    let board = rig.board.clone();
    rig.end();
    let after = board.feed(later);
    assert!(!after.contains("<entry>") && !after.contains("deleted-entry"), "{after}");
    let files = std::fs::read_dir(folder.path()).expect("a folder").map(|file| file.expect("a file").file_name());
    let files: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    assert!(files.len() == 3 && files.iter().all(|file| file.ends_with(".xml")), "{files:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_the_feed_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let inside = folder.path().join("cap");
    let rig = Rig::start(&inside, "");
    std::fs::remove_dir(&inside).expect("it is empty");
    std::fs::write(&inside, "a file where the folder was").expect("a file");
    rig.alarm(0, Stage::TakeCover);
    rig.until("said", |rig| rig.shared.alarm_output().contains("failed") && rig.feed().contains("<entry>"));
    assert!(rig.status("cap").last_error.as_ref().is_some_and(|error| error.contains("depot")));
    std::fs::remove_file(&inside).expect("the file");
    std::fs::create_dir(&inside).expect("the folder again");
    rig.alarm(1, Stage::TakeCover);
    rig.until("well again", |rig| rig.shared.alarm_output() == "ok");
    rig.end();
}

/// An endpoint that answers as it is told: each request takes the next answer, the last one for ever. `None` never answers.
struct Server {
    address: SocketAddr,
    heard: Receiver<(String, String)>,
}

fn serve(answers: Vec<Option<&'static str>>) -> Server {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let (said, heard) = channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for (number, connection) in listener.incoming().enumerate() {
            let connection = connection.expect("a connection");
            match answers.get(number).or(answers.last()).expect("an answer") {
                Some(answer) => take(connection, answer, &said),
                None => open.push(connection),
            }
        }
    });
    Server { address, heard }
}

fn take(mut connection: TcpStream, answer: &str, said: &Sender<(String, String)>) {
    let mut reader = BufReader::new(connection.try_clone().expect("a second handle"));
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
        head.push_str(&lower);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let _ = said.send((head, String::from_utf8(body).expect("a message is UTF-8")));
    let _ = connection.write_all(answer.as_bytes());
}

const TAKEN: &str = "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";

fn endpoint(name: &str, address: SocketAddr) -> String {
    format!("[[cap.endpoint]]\nname = \"{name}\"\nurl = \"http://{address}/alerts?x=1\"\n")
}

#[test]
fn an_endpoint_takes_every_message_in_its_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = serve(vec![Some(TAKEN)]);
    let more = format!("{}token_file = \"cert.pem\"\n", endpoint("city", server.address));
    let rig = Rig::start_with(folder.path(), &more, "secret-word");
    for (taken, stage) in (1..).zip([Stage::TakeCover, Stage::Hold, Stage::AllClear]) {
        rig.alarm(0, stage);
        let (head, body) = server.heard.recv_timeout(PATIENCE).expect("a message");
        assert!(
            head.starts_with("post /alerts?x=1 http/1.1") && head.contains("content-type: application/cap+xml"),
            "{head}"
        );
        assert!(head.contains("authorization: bearer secret-word"), "{head}");
        let told = parapet_cap::read(body.as_bytes()).expect("a message");
        let file = folder.path().join(format!("{}.xml", told.identifier));
        rig.until("written", |_| std::fs::read_to_string(&file).is_ok_and(|text| text == body));
        // A newer message may overtake the receipt of an older one, whose receipt is then not counted by itself.
        rig.until("acknowledged", |rig| rig.status("city").acknowledged == taken);
    }
    assert!(rig.status("city").unacknowledged.is_empty());
    rig.end();
}

#[test]
fn endpoints_that_are_busy_dead_deaf_or_mad_are_named_and_tried_again_and_hold_no_other_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let (busy, deaf) = (serve(vec![Some(BUSY), Some(BUSY), Some(BUSY), Some(TAKEN)]), serve(vec![None]));
    let (mad, good) = (serve(vec![Some("\u{bf}\u{1}nonsense\r\n\r\n")]), serve(vec![Some(TAKEN)]));
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let dead = closed.local_addr().expect("an address");
    drop(closed);
    let named =
        [("busy", busy.address), ("deaf", deaf.address), ("mad", mad.address), ("dead", dead), ("good", good.address)];
    let more: String = named.iter().map(|(name, address)| endpoint(name, *address)).collect();
    let rig = Rig::start(folder.path(), &more);
    rig.alarm(0, Stage::TakeCover);
    let (_, body) = good.heard.recv_timeout(PATIENCE).expect("the good one is told");
    rig.until("named", |rig| ["deaf", "mad", "dead"].iter().all(|name| !rig.status(name).unacknowledged.is_empty()));
    rig.until("told at last", |rig| rig.status("busy").acknowledged == 1);
    let tries: Vec<String> = busy.heard.try_iter().map(|(_, body)| body).collect();
    assert!(tries.len() == 4 && tries.iter().all(|one| *one == body), "the same message, until it is taken");
    let fault = |name: &str| rig.status(name).last_error.unwrap_or_default();
    assert!(fault("busy").contains("it answered 503") && fault("dead").contains("refused"), "{}", fault("dead"));
    rig.until("given up on", |rig| {
        rig.status("deaf").last_error.is_some_and(|error| error.contains("no answer within"))
    });
    assert!(!fault("mad").is_empty() && !rig.status("mad").connected);
    assert_eq!((rig.status("good").acknowledged, rig.status("good").failed), (1, 0));
    // The newest word takes the place of what a dead endpoint has missed.
    let listener = TcpListener::bind(dead).expect("the same port");
    rig.alarm(0, Stage::Hold);
    rig.alarm(0, Stage::AllClear);
    let (said, heard) = channel();
    std::thread::spawn(move || listener.incoming().for_each(|one| take(one.expect("a connection"), TAKEN, &said)));
    let last = loop {
        let (_, body) = heard.recv_timeout(PATIENCE).expect("it is told when it is back");
        if body.contains("AllClear") {
            break body;
        }
    };
    assert!(parapet_cap::read(last.as_bytes()).is_ok_and(|head| !head.references.is_empty()));
    rig.until("up to date", |rig| rig.status("dead").unacknowledged.is_empty() && rig.status("dead").connected);
}
