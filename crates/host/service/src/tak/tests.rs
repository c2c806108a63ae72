//! Servers and meshes on loopback that behave in every way, and what reaches them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::Duration;

use parapet_cot::{CotEvent, Cutter, Due, Wire, read_datagram};
use parapet_engine::Output;
use parapet_frame::{PlaneCovariance, SitePoint, Time};
use parapet_sapient_link::Identity;
use parapet_site::Site;
use parapet_track::{TrackEnd, TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, Impact, Reason, Stage, Threat, ZoneId};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

use super::outgoing::Outgoing;
use crate::Clock;
use crate::atlas::Atlas;
use crate::channel::{Channels, Plan, QUEUE_MAX};
use crate::fanout::Step;
use crate::watchman::Watchman;

/// Longer than anything here takes on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);

const SITE: &str = r#"
[site]
name = "Range B"
mode = "live"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
[cap]
languages = ["en-US", "ar"]
names.ar = { depot = "المستودع" }
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
name = "Depot"
circle = { lat_deg = 33.302, lon_deg = 44.390, radius_m = 120.0 }
[[zone]]
id = "school"
circle = { lat_deg = 33.306, lon_deg = 44.390, radius_m = 120.0 }
"#;

pub(super) fn site(lines: &str, files: &[(&str, String)]) -> Site {
    let mut load = |name: &str| {
        let found = files.iter().find(|(file, _)| *file == name);
        found.map(|(_, text)| text.clone()).ok_or_else(|| "no such file".to_owned())
    };
    Site::parse("site.toml", &format!("{SITE}\n{lines}"), &mut load).unwrap_or_else(|error| panic!("{error}"))
}

/// The channels of a site, and a way to say to them what an engine says.
pub(super) struct Rig {
    steps: std::sync::mpsc::SyncSender<Arc<Step>>,
    channels: Channels,
}

impl Rig {
    pub(super) fn start(site: &Site) -> Rig {
        let atlas = Arc::new(Atlas::new(site.frame, site.config.clone()));
        let mut plan = Plan::default();
        super::plan(&mut plan, site, &atlas).expect("lines that can be opened");
        let (steps, queued) = sync_channel(QUEUE_MAX);
        let (watchman, _death) = Watchman::new();
        let channels = plan.start(atlas, Arc::new(Clock::new()), queued, &watchman).expect("threads");
        Rig { steps, channels }
    }

    pub(super) fn alarm(&self, zone: u16, stage: Stage) {
        let at = Clock::new().now();
        let id = AlarmId { zone: ZoneId(zone), cause: Time::from_seconds(1_605_609_000.0), again: 0 };
        let alarm = Alarm { probability: 0.6, ..Alarm::plain(id, at, stage, Reason::ImpactPredicted) };
        self.say(vec![Output::Alarm(alarm)]);
    }

    pub(super) fn say(&self, outputs: Vec<Output>) {
        let step = Step { at: Clock::new().now(), heard: None, command: None, outputs };
        self.steps.send(Arc::new(step)).expect("the dispatcher runs");
    }

    /// A believed round of a number, as the engine says it.
    pub(super) fn round(&self, number: u64) {
        let at = Clock::new().now();
        let impact = Impact {
            at: at.plus_seconds(20.0),
            sigma_time_s: 0.4,
            place: SitePoint { east_m: 450.0, north_m: -300.0, up_m: 0.0 },
            covariance: PlaneCovariance { east_east_m2: 2_500.0, east_north_m2: 400.0, north_north_m2: 900.0 },
            speed_mps: 180.0,
        };
        let (first_plot_at, probability) = (at.plus_seconds(-3.0), 0.97);
        let threat = Threat { track: TrackId(number), at, first_plot_at, probability, believed: true, impact };
        let report = serde_json::json!({
            "id": number, "at": at, "position_m": [-900.0, 3_500.0, 1_100.0], "velocity_mps": [60.0, -180.0, 20.0],
            "covariance": [100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 100.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 4.0, 0.0, 4.0],
            "ln_beta": [8.3, 0.2], "existence": 0.99,
            "odds": { "ballistic": 1.0, "boosting": 0.0, "coasting": 0.0, "level": 0.0 },
            "classes": {
                "mortar": 0.97, "artillery": 0.0, "rocket": 0.0, "aircraft": 0.0, "drone": 0.0, "bird": 0.0, "unknown": 0.03
            },
            "class": "mortar", "plots": 6, "first_plot_at": first_plot_at, "last_plot_at": at, "evidence": []
        });
        let report: TrackReport = serde_json::from_value(report).expect("a report");
        self.say(vec![Output::Track(report), Output::Threat(threat)]);
    }

    pub(super) fn round_ended(&self, number: u64) {
        let at = Clock::new().now();
        self.say(vec![Output::TrackEnded { track: TrackId(number), at, why: TrackEnd::Landed }]);
    }

    pub(super) fn status(&self, name: &str) -> crate::channel::ChannelStatus {
        let mut statuses = self.channels.books.statuses().into_iter();
        statuses.find(|status| status.name == name).expect("a channel")
    }

    /// Waits until a channel stands so.
    pub(super) fn until(&self, name: &str, what: &str, stands: impl Fn(&crate::channel::ChannelStatus) -> bool) {
        let began = std::time::Instant::now();
        while !stands(&self.status(name)) {
            assert!(began.elapsed() < PATIENCE, "{name} is not {what}: {:?}", self.status(name));
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A port for a server that is not there yet.
fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

pub(super) fn line(name: &str, address: SocketAddr) -> String {
    format!("[[tak]]\nname = \"{name}\"\nto = \"tcp://{address}\"\n")
}

/// Reads events off a connection into a channel until it ends.
fn read_events(mut connection: impl Read + Send + 'static, heard: Sender<CotEvent>) {
    std::thread::spawn(move || {
        let (mut cutter, mut octets) = (Cutter::default(), [0; 4_096]);
        while let Ok(count @ 1..) = connection.read(&mut octets) {
            for event in cutter.take(&octets[..count]) {
                let _ = heard.send(event.expect("we write events only"));
            }
        }
    });
}

/// Takes one connection and hears it.
fn serve(listener: &TcpListener) -> (TcpStream, Receiver<CotEvent>) {
    let (connection, _) = listener.accept().expect("a connection");
    let (heard, hears) = channel();
    read_events(connection.try_clone().expect("a second handle"), heard);
    (connection, hears)
}

/// The next event of a kind and name; others pass.
fn next(hears: &Receiver<CotEvent>, kind: &str, name: &str) -> CotEvent {
    loop {
        let event = hears.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {kind} about {name} came"));
        if event.kind == kind && event.uid.contains(name) {
            return event;
        }
    }
}

const CLIENT: &str = "<event version=\"2.0\" uid=\"ANDROID-7\" type=\"a-f-G-U-C\" how=\"m-g\" time=\"2026-11-22T13:25:12Z\" \
    start=\"2026-11-22T13:25:12Z\" stale=\"2026-11-22T13:26:12Z\"><point lat=\"33.3\" lon=\"44.4\" hae=\"34\" ce=\"10\" le=\"10\"/>\
    <detail><takv os=\"0\"/><contact callsign=\"B\" endpoint=\"*:-1:stcp\"/></detail></event>";

#[test]
fn an_alarm_is_told_in_every_language_and_its_end_ends_it() {
    let (listener, address) = listen();
    let rig = Rig::start(&site(&line("post", address), &[]));
    let (_connection, hears) = serve(&listener);
    assert_eq!(next(&hears, "a-f-G-U-C", "site").callsign(), Some("PARAPET Range B"));
    rig.alarm(0, Stage::TakeCover);
    let alarm = next(&hears, "b-a-o-tbl", "depot-1605609000000");
    assert_eq!(alarm.callsign(), Some("TAKE COVER NOW: incoming fire, Depot"));
    let remarks = alarm.remarks().expect("remarks");
    assert!(remarks.contains("Lie down") && remarks.contains("المستودع"), "{remarks}");
    let shape = next(&hears, "u-d-f", "depot");
    for event in [&alarm, &shape] {
        assert!(event.to_xml().len() < 1_400, "{} octets do not fit into one segment", event.to_xml().len());
    }
    assert!(shape.detail.iter().filter(|element| element.name == "link").count() >= 4);
    rig.until("post", "done", |status| status.connected && status.sent == 1);
    rig.alarm(0, Stage::AllClear);
    let cancel = next(&hears, "b-a-o-can", "depot");
    assert_eq!((cancel.uid, cancel.detail[0].attribute("callsign")), (alarm.uid, Some("ALL CLEAR: Depot")));
    assert_eq!(next(&hears, "t-x-d-d", "zone").uid, shape.uid);
    rig.until("post", "done", |status| status.sent == 2);
}

#[test]
fn a_round_and_its_impact_are_told_until_it_is_down() {
    let (listener, address) = listen();
    let rig = Rig::start(&site(&line("post", address), &[]));
    let (_connection, hears) = serve(&listener);
    rig.round(7);
    assert_eq!(next(&hears, "a-h-A-W-M-S", "track").callsign(), Some("Mortar bomb 7"));
    let impact = next(&hears, "u-d-c-e", "impact");
    assert!(impact.detail("shape").is_some_and(|shape| shape.child("ellipse").is_some()));
    rig.round_ended(7);
    next(&hears, "t-x-d-d", "track");
    assert_eq!(next(&hears, "t-x-d-d", "impact").uid, impact.uid);
}

#[test]
fn a_server_that_refuses_and_one_that_never_reads_hold_no_other_up() {
    let (closed, refusing) = listen();
    drop(closed);
    let (listener, deaf) = listen();
    let (good, works) = listen();
    let lines = [line("refuses", refusing), line("deaf", deaf), line("works", works)].concat();
    let rig = Rig::start(&site(&lines, &[]));
    let (_deaf, _) = listener.accept().expect("a connection that nobody reads");
    let (_connection, hears) = serve(&good);
    for round in 0..3 {
        rig.alarm(0, Stage::TakeCover);
        next(&hears, "b-a-o-tbl", "depot");
        rig.alarm(0, Stage::Withdrawn);
        next(&hears, "b-a-o-can", "depot");
        assert!(round == 0 || rig.status("works").sent >= 2);
    }
    rig.until("refuses", "named", |status| status.last_error.as_ref().is_some_and(|error| error.contains("refused")));
    assert!(!rig.status("refuses").connected && rig.status("refuses").sent == 0);
    assert!(rig.status("works").connected && rig.status("works").last_error.is_none());
}

#[test]
fn a_server_that_died_is_told_what_stands_and_what_has_ended() {
    let (listener, address) = listen();
    let rig = Rig::start(&site(&line("post", address), &[]));
    let (connection, hears) = serve(&listener);
    rig.alarm(0, Stage::TakeCover);
    rig.alarm(1, Stage::TakeCover);
    next(&hears, "b-a-o-tbl", "school");
    // It dies, and refuses for a while.
    drop(listener);
    connection.shutdown(std::net::Shutdown::Both).expect("a connection");
    drop(connection);
    rig.until("post", "down", |status| !status.connected && status.last_error.is_some());
    rig.alarm(0, Stage::AllClear);
    let listener = TcpListener::bind(address).expect("the same port again");
    let (_connection, hears) = serve(&listener);
    let (mut standing, mut ended) = (None, None);
    while standing.is_none() || ended.is_none() {
        let event = hears.recv_timeout(PATIENCE).expect("what stands and what has ended");
        match event.kind.as_str() {
            "b-a-o-tbl" => standing = Some(event.uid),
            "b-a-o-can" => ended = Some(event.uid),
            _ => {}
        }
    }
    assert!(standing.is_some_and(|uid| uid.contains("school")) && ended.is_some_and(|uid| uid.contains("depot")));
    rig.until("post", "up", |status| status.connected && status.sent == 3);
}

#[test]
fn who_joins_is_told_what_stands() {
    let (listener, address) = listen();
    let rig = Rig::start(&site(&line("post", address), &[]));
    let (mut connection, hears) = serve(&listener);
    rig.alarm(0, Stage::TakeCover);
    let first = next(&hears, "b-a-o-tbl", "depot");
    next(&hears, "u-d-f", "depot");
    connection.write_all(CLIENT.as_bytes()).expect("it reads");
    let again = next(&hears, "b-a-o-tbl", "depot");
    assert_eq!(again.uid, first.uid);
    assert!(again.time.seconds_since(first.time) < 5.0, "before it would be renewed anyway");
}

#[test]
fn a_server_that_answers_nonsense_is_counted_and_still_told() {
    let (listener, address) = listen();
    let rig = Rig::start(&site(&line("post", address), &[]));
    let (mut connection, hears) = serve(&listener);
    connection
        .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n<event><!DOCTYPE x></event>\xbf\xff\xff\xff")
        .expect("it reads");
    rig.until("post", "counting", |status| status.refused.values().sum::<u64>() >= 2);
    rig.alarm(0, Stage::TakeCover);
    next(&hears, "b-a-o-tbl", "depot");
    // Nothing but nonsense ends the line, and it is tried again.
    connection.write_all("<event/>".repeat(200).as_bytes()).expect("it reads");
    rig.until("post", "down", |status| status.last_error.as_ref().is_some_and(|error| error.contains("nonsense")));
    let (_connection, hears) = serve(&listener);
    next(&hears, "b-a-o-tbl", "depot");
}

#[test]
fn protobuf_is_spoken_where_the_server_agrees_and_xml_where_not() {
    let control = |kind: &str, inside: &str| {
        CLIENT.replace("a-f-G-U-C", kind).replace("<takv os=\"0\"/>", &format!("<TakControl>{inside}</TakControl>"))
    };
    for (answer, wire) in [("true", Wire::Protobuf), ("false", Wire::Xml)] {
        let (listener, address) = listen();
        let rig = Rig::start(&site(&format!("{}protocol = \"protobuf\"\n", line("post", address)), &[]));
        rig.alarm(0, Stage::TakeCover);
        let (mut connection, _) = listener.accept().expect("a connection");
        let offer = control("t-x-takp-v", "<TakProtocolSupport version=\"1\"/>");
        connection.write_all(offer.as_bytes()).expect("it reads");
        let (heard, hears) = channel();
        read_events(connection.try_clone().expect("a second handle"), heard);
        next(&hears, "t-x-takp-q", "protocol");
        let consent = control("t-x-takp-r", &format!("<TakResponse status=\"{answer}\"/>"));
        connection.write_all(consent.as_bytes()).expect("it reads");
        let alarm = next(&hears, "b-a-o-tbl", "depot");
        assert!(alarm.callsign().is_some_and(|callsign| callsign.contains("Depot")));
        let refused = rig.status("post").last_error.is_some_and(|error| error.contains("refused TAK protobuf"));
        assert_eq!(refused, wire == Wire::Xml);
    }
}

/// An authority, and an identity of it.
fn identity(authority: &Issuer<'_, KeyPair>, authorities: &str, name: &str) -> Identity {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    Identity { certificate: certificate.pem(), key: key.serialize_pem(), authorities: authorities.to_owned() }
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&key).expect("a certificate").pem();
    (Issuer::new(params, key), pem)
}

#[test]
fn over_tls_both_prove_who_they_are() {
    let (ours, ours_pem) = authority("ours");
    let (foreign, foreign_pem) = authority("foreign");
    let server = identity(&ours, &ours_pem, "takserver");
    let files = |client: &Identity| {
        [("c.pem", client.certificate.clone()), ("k.pem", client.key.clone()), ("a.pem", client.authorities.clone())]
    };
    let text = |name: &str, address| {
        format!(
            "[[tak]]\nname = \"post\"\nto = \"tls://{address}\"\nserver_name = \"{name}\"\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n\
             authorities = \"a.pem\"\n"
        )
    };
    let cases = [
        (identity(&ours, &ours_pem, "parapet"), "takserver", None),
        (identity(&foreign, &ours_pem, "parapet"), "takserver", Some("fatal alert")),
        (identity(&ours, &foreign_pem, "parapet"), "takserver", Some("UnknownIssuer")),
        (identity(&ours, &ours_pem, "parapet"), "elsewhere", Some("not valid for name")),
    ];
    for (client, name, fault) in cases {
        let (listener, address) = listen();
        let rig = Rig::start(&site(&text(name, address), &files(&client)));
        rig.alarm(0, Stage::TakeCover);
        let (heard, hears) = channel();
        let config = server.server().expect("an identity");
        std::thread::spawn(move || {
            while let Ok((connection, _)) = listener.accept() {
                let session = rustls::ServerConnection::new(config.clone()).expect("a session");
                read_events(rustls::StreamOwned::new(session, connection), heard.clone());
            }
        });
        match fault {
            None => drop(next(&hears, "b-a-o-tbl", "depot")),
            Some(fault) => {
                rig.until("post", fault, |status| status.last_error.as_ref().is_some_and(|e| e.contains(fault)));
                assert!(!hears.try_iter().any(|event| event.kind == "b-a-o-tbl"), "and nothing is told");
            }
        }
    }
}

#[test]
fn a_mesh_hears_each_alarm_more_than_once_and_late_joiners_hear_what_stands() {
    let group = Ipv4Addr::new(239, 255, 77, 3);
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((group, 0)).into()).expect("a port");
    socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST).expect("the loopback takes part");
    let socket: UdpSocket = socket.into();
    socket.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    let port = socket.local_addr().expect("an address").port();
    let text = format!("[[tak]]\nname = \"mesh\"\nto = \"udp://{group}:{port}?interface=127.0.0.1\"\n");
    let rig = Rig::start(&site(&text, &[]));
    let mut octets = [0; 4_096];
    let mut hear = |kind: &str| loop {
        let count = socket.recv(&mut octets).expect("a datagram");
        assert_eq!(octets[..3], [0xbf, 1, 0xbf], "protobuf unless the site says otherwise");
        let event = read_datagram(&octets[..count]).expect("we write events only");
        if event.kind == kind {
            return event;
        }
    };
    rig.alarm(0, Stage::TakeCover);
    let [first, second, third] = [hear("b-a-o-tbl"), hear("b-a-o-tbl"), hear("b-a-o-tbl")];
    assert!(first == second && second == third, "the same, three times");
    let renewed = hear("b-a-o-tbl");
    assert!((1.0..10.0).contains(&renewed.time.seconds_since(first.time)), "and then again and again");
    rig.alarm(0, Stage::Withdrawn);
    hear("b-a-o-can");
    hear("t-x-d-d");
    rig.until("mesh", "done", |status| status.connected && status.sent == 2);
}

#[test]
fn alarms_are_written_before_rounds_and_of_rounds_the_newest() {
    let event = |uid: &str, kind: &str| {
        let xml = CLIENT.replace("ANDROID-7", uid).replace("a-f-G-U-C", kind);
        CotEvent::from_xml(xml.as_bytes()).expect("an event")
    };
    let outgoing = Outgoing::default();
    let picture =
        |number: usize| Due { alarms: vec![], picture: vec![event(&format!("track-{}", number % 5_000), "a-h-A")] };
    (0..20_000).for_each(|number| outgoing.put(&picture(number), Wire::Xml, vec![]));
    outgoing.put(&Due { alarms: vec![event("alarm", "b-a-o-tbl")], picture: vec![] }, Wire::Xml, vec![]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let first = runtime.block_on(outgoing.next());
    assert!(String::from_utf8_lossy(&first.octets).contains("b-a-o-tbl"));
    let mut left = 0;
    while !outgoing.is_empty() {
        runtime.block_on(outgoing.next());
        left += 1;
    }
    assert_eq!(left, 2_000, "the rest gave way");
    assert!(!outgoing.is_too_slow());
    let alarms = Due { alarms: vec![event("alarm", "b-a-o-tbl"); 20_001], picture: vec![] };
    outgoing.put(&alarms, Wire::Xml, vec![]);
    assert!(outgoing.is_too_slow(), "so far behind nobody is told in time");
}
