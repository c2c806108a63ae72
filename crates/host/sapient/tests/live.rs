//! Both doors over real sockets on loopback, with certificates made for the occasion.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parapet_frame::Time;
use parapet_sapient::schema::registration::NodeType;
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::schema::{
    Alert, DetectionReport, RangeBearing, SapientMessage, StatusReport, detection_report, status_report,
};
use parapet_sapient::{
    EdgePolicy, FrameReader, FusionPolicy, Limits, NodeId, Profile, Ulid, UlidMint, framed, read, timestamp, write,
};
use parapet_sapient_link::{
    Arrival, Door, DoorStatus, Doors, EdgeSettings, FusionSettings, Identity, Outside, Role, Say,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

const FUSION: &str = "5913c0f4-9f89-4c01-ab90-939099797c4f";
const RADAR: &str = "ac3d032e-40a8-4616-9485-28203450b1f4";
const OTHER: &str = "212befa0-2004-48a2-af6b-9e3e58138f44";
/// Nothing here takes a second; a loaded machine may.
const PATIENCE: Duration = Duration::from_secs(20);

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_nanos(i64::try_from(since.as_nanos()).unwrap())
}

fn node(text: &str) -> NodeId {
    text.parse().unwrap()
}

/// An authority that makes certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "an authority for tests");
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate whose common name is one thing and whose alternative name is another.
    fn identity(&self, common: &str, alternative: &str) -> Identity {
        let mut params = CertificateParams::new(vec![alternative.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, common);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity { certificate: certificate.pem(), key: key.serialize_pem(), authorities: self.0.pem() }
    }
}

/// Open doors and what came through them.
struct House {
    doors: Doors,
    arrivals: Receiver<Arrival>,
    said: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl House {
    fn open(doors: Vec<Door>) -> Self {
        let (engine, arrivals) = channel();
        let (said, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let people = said.clone();
        let outside = Outside::new(
            now,
            move |arrival| engine.send(arrival).map_err(|error| error.0),
            move |words| people.lock().unwrap().push(words.to_owned()),
            stop.clone(),
        );
        House { doors: Doors::open(doors, 1, &outside).unwrap(), arrivals, said, stop }
    }

    fn fusion(identity: Option<Identity>, policy: FusionPolicy) -> Self {
        let role = Role::Fusion(FusionSettings { policy, connections_max: 4 });
        let address = "127.0.0.1:0".parse().unwrap();
        House::open(vec![Door { id: node(FUSION), address, identity, link: 5, role }])
    }

    fn edge(id: &str, address: SocketAddr, identity: Option<Identity>) -> Self {
        let policy = EdgePolicy { heartbeat_s: 0.2, ..EdgePolicy::default() };
        let (registration, server_name) = (profile(0.2).registration(), "fusion.test".to_owned());
        let role = Role::Edge(Box::new(EdgeSettings { registration, location: None, policy, server_name }));
        House::open(vec![Door { id: node(id), address, identity, link: 0, role }])
    }

    fn address(&self) -> SocketAddr {
        self.doors.addresses()[0]
    }

    fn status(&self) -> DoorStatus {
        self.doors.watch().doors().remove(0)
    }

    /// Waits until the status is as it should be.
    #[track_caller]
    fn until(&self, what: &str, is_so: impl Fn(&DoorStatus) -> bool) -> DoorStatus {
        let since = Instant::now();
        loop {
            let status = self.status();
            if is_so(&status) {
                return status;
            }
            assert!(since.elapsed() < PATIENCE, "{what}: {status:#?} {:?}", self.said.lock().unwrap());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn close(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.doors.into_thread().join().unwrap();
    }
}

fn profile(heartbeat_s: f64) -> Profile {
    Profile {
        node_type: NodeType::Radar,
        name: "Radar East".to_owned(),
        mode: "watch".to_owned(),
        heartbeat_s,
        is_range_bearing: true,
        version: "1".to_owned(),
    }
}

fn detection(object: u128) -> DetectionReport {
    let place = RangeBearing {
        range: Some(5_000.0),
        azimuth: Some(90.0),
        coordinate_system: Some(1),
        datum: Some(1),
        ..RangeBearing::default()
    };
    DetectionReport {
        object_id: Some(Ulid::new(now(), object).to_string()),
        location_oneof: Some(detection_report::LocationOneof::RangeBearing(place)),
        ..DetectionReport::default()
    }
}

/// A peer over plain TCP that says what it is told to.
struct Plain {
    stream: TcpStream,
    reader: FrameReader,
    mint: UlidMint,
}

impl Plain {
    fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Plain { stream, reader: FrameReader::new(&Limits::DEFAULT), mint: UlidMint::new(9) }
    }

    fn registered(address: SocketAddr) -> Self {
        let mut peer = Plain::connect(address);
        peer.says(now(), Content::Registration(profile(3_600.0).registration()));
        assert!(matches!(peer.hears(), Some(Content::RegistrationAck(ack)) if ack.acceptance()));
        peer
    }

    fn says(&mut self, at: Time, content: Content) {
        let message = SapientMessage {
            timestamp: Some(timestamp(at)),
            node_id: Some(RADAR.to_owned()),
            content: Some(content),
            ..SapientMessage::default()
        };
        // The other side may have closed already; what it did is in its answers.
        let _ = self.stream.write_all(&framed(&write(&message)));
    }

    fn sees(&mut self, at: Time) {
        let report_id = Some(self.mint.next(at).to_string());
        self.says(at, Content::DetectionReport(DetectionReport { report_id, ..detection(1) }));
    }

    /// The next message; nothing when the other side has closed.
    fn hears(&mut self) -> Option<Content> {
        loop {
            if let Some(message) = self.reader.message().unwrap() {
                return read(message, &Limits::DEFAULT).expect("it keeps the rules").content;
            }
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(count) if count > 0 => self.reader.take(&buffer[..count]),
                Ok(_) => return None,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("nothing came: {error}"),
            }
        }
    }
}

#[test]
fn a_node_with_its_own_certificate_is_heard() {
    let authority = Authority::new();
    let fusion = House::fusion(Some(authority.identity("fusion", "fusion.test")), FusionPolicy::default());
    // The node is named by the alternative name here, and by the common name below.
    for identity in [authority.identity("radar", RADAR), authority.identity(RADAR, "radar.test")] {
        let radar = House::edge(RADAR, fusion.address(), Some(identity));
        radar.until("it registers", |status| status.registered == 1);
        let speaker = radar.doors.speaker();
        speaker.say(&Say::Detection(Box::new(detection(1))));
        let id = Ulid::new(now(), 7);
        speaker.say(&Say::Alert(id, Box::new(Alert { description: Some("a test".to_owned()), ..Alert::default() })));
        let mut kinds = Vec::new();
        while !(kinds.contains(&"detection") && kinds.contains(&"alert")) {
            let arrival = fusion.arrivals.recv_timeout(PATIENCE).expect("it comes through");
            assert_eq!((arrival.link, arrival.sender), (5, Some("127.0.0.1".parse().unwrap())));
            kinds.push(match read(&arrival.bytes, &Limits::DEFAULT).unwrap().content {
                Some(Content::DetectionReport(_)) => "detection",
                Some(Content::Alert(_)) => "alert",
                _ => "other",
            });
        }
        let status = fusion.until("it is shown", |status| status.registered == 1);
        assert_eq!((status.trust, status.role, status.nodes[0].state), ("tls", "fusion", "speaking"));
        assert_eq!(status.refused.len(), 0, "{status:?}");
        radar.close();
        // It says goodbye rather than falling silent.
        fusion.until("it has left", |status| status.registered == 0 && status.connections == 0);
    }
    assert!(fusion.said.lock().unwrap().iter().any(|words| words.contains("said goodbye")));
    fusion.close();
}

#[test]
fn a_certificate_for_another_node_is_refused_and_said() {
    let authority = Authority::new();
    let fusion = House::fusion(Some(authority.identity("fusion", "fusion.test")), FusionPolicy::default());
    for identity in [authority.identity(OTHER, OTHER), authority.identity("radar", "radar.test")] {
        let radar = House::edge(RADAR, fusion.address(), Some(identity));
        let refusals = || fusion.status().refused.get("wrong_certificate").copied().unwrap_or_default();
        let before = refusals();
        fusion.until("it is counted", |_| refusals() > before);
        radar.until("it is told", |status| status.news.contains("trying again") || status.news.contains("refused"));
        assert!(radar.said.lock().unwrap().iter().any(|words| words.contains("the certificate is for node")));
        assert_eq!(fusion.status().registered, 0);
        radar.close();
    }
    assert!(fusion.arrivals.try_recv().is_err(), "nothing of it reaches the engine");
    fusion.close();
}

#[test]
fn strangers_do_not_pass_the_handshake() {
    let (authority, foreign) = (Authority::new(), Authority::new());
    let fusion = House::fusion(Some(authority.identity("fusion", "fusion.test")), FusionPolicy::default());
    // A certificate of another authority; it trusts the right one, so that only its own is at fault.
    let identity = Identity { authorities: authority.0.pem(), ..foreign.identity(RADAR, RADAR) };
    let radar = House::edge(RADAR, fusion.address(), Some(identity));
    fusion.until("it is counted", |status| status.refused.contains_key("connection_handshake"));
    radar.close();
    // No TLS at all.
    let before = fusion.status().refused["connection_handshake"];
    let mut plain = Plain::connect(fusion.address());
    plain.says(now(), Content::Registration(profile(1.0).registration()));
    fusion.until("it is counted too", |status| status.refused["connection_handshake"] > before);
    // And a fusion node that is not the one we want to talk to.
    let elsewhere = House::fusion(Some(foreign.identity("fusion", "fusion.test")), FusionPolicy::default());
    let radar = House::edge(RADAR, elsewhere.address(), Some(authority.identity(RADAR, RADAR)));
    radar.until("it does not believe it", |status| status.news.contains("TLS"));
    [fusion, radar, elsewhere].into_iter().for_each(House::close);
}

#[test]
fn plain_lines_are_shown_as_unauthenticated() {
    let fusion = House::fusion(None, FusionPolicy::default());
    let mut radar = Plain::registered(fusion.address());
    radar.sees(now());
    fusion.arrivals.recv_timeout(PATIENCE).expect("a detection comes through");
    let status = fusion.until("it is counted", |status| status.taken == 2);
    assert_eq!(status.trust, "unauthenticated");
    fusion.close();
}

#[test]
fn a_message_of_last_year_is_answered_with_an_error() {
    let fusion = House::fusion(None, FusionPolicy::default());
    let mut radar = Plain::registered(fusion.address());
    radar.sees(now().plus_seconds(-365.0 * 86_400.0));
    assert!(
        matches!(radar.hears(), Some(Content::Error(error)) if error.error_message[0].contains("before it was heard"))
    );
    assert!(fusion.arrivals.try_recv().is_err());
    fusion.until("it is counted", |status| status.refused.get("too_old") == Some(&1));
    fusion.close();
}

#[test]
fn a_flood_is_counted_and_the_door_stays_open() {
    let policy = FusionPolicy { rate_per_s: 50.0, burst: 50.0, ..FusionPolicy::default() };
    let fusion = House::fusion(None, policy);
    let mut radar = Plain::registered(fusion.address());
    for _ in 0..2_000 {
        radar.sees(now());
    }
    let status = fusion.until("all are counted", |status| status.messages == 2_001);
    assert!(status.refused["flood"] > 1_000, "{status:?}");
    assert_eq!(status.taken + status.refused.values().sum::<u64>(), 2_001);
    drop(radar);
    fusion.until("it has gone", |status| status.connections == 0);
    Plain::registered(fusion.address());
    fusion.close();
}

#[test]
fn there_is_room_for_so_many_and_it_is_given_back() {
    let fusion = House::fusion(None, FusionPolicy::default());
    let held: Vec<Plain> = (0..4).map(|_| Plain::connect(fusion.address())).collect();
    fusion.until("four are there", |status| status.connections == 4);
    assert!(Plain::connect(fusion.address()).hears().is_none(), "the fifth is turned away");
    fusion.until("it is counted", |status| status.refused.get("connection_too_many") == Some(&1));
    drop(held);
    fusion.until("they have gone", |status| status.connections == 0);
    Plain::registered(fusion.address());
    fusion.close();
}

#[test]
fn a_node_that_vanishes_is_missed() {
    let fusion = House::fusion(None, FusionPolicy::default());
    let mut radar = Plain::connect(fusion.address());
    // It registers with five heartbeats a second, and then its cable is cut: the line stays open and nothing comes.
    radar.says(now(), Content::Registration(profile(0.2).registration()));
    assert!(radar.hears().is_some());
    let report_id = Some(radar.mint.next(now()).to_string());
    let (system, info) = (Some(status_report::System::Ok as i32), Some(status_report::Info::New as i32));
    let report = StatusReport { report_id, system, info, mode: Some("watch".to_owned()), ..StatusReport::default() };
    radar.says(now(), Content::StatusReport(report));
    assert!(radar.hears().is_none(), "the dead line is closed");
    let said = fusion.said.lock().unwrap().join("\n");
    assert!(said.contains("is silent") && said.contains("silent for too long"), "{said}");
    fusion.close();
}

#[test]
fn a_full_engine_makes_peers_wait_and_loses_nothing_in_silence() {
    let stop = Arc::new(AtomicBool::new(false));
    let outside = Outside::new(now, Err, |_| {}, stop.clone());
    let role = Role::Fusion(FusionSettings { policy: FusionPolicy::default(), connections_max: 4 });
    let address = "127.0.0.1:0".parse().unwrap();
    let door = Door { id: node(FUSION), address, identity: None, link: 5, role };
    let doors = Doors::open(vec![door], 1, &outside).unwrap();
    let mut radar = Plain::registered(doors.addresses()[0]);
    for _ in 0..3 {
        radar.sees(now());
    }
    let watch = doors.watch();
    let since = Instant::now();
    while watch.doors()[0].dropped < 3 {
        assert!(since.elapsed() < PATIENCE, "{:?}", watch.doors());
        std::thread::sleep(Duration::from_millis(5));
    }
    stop.store(true, Ordering::Relaxed);
    doors.into_thread().join().unwrap();
}

#[test]
fn who_connects_and_says_nothing_is_sent_away() {
    let authority = Authority::new();
    let fusion = House::fusion(Some(authority.identity("fusion", "fusion.test")), FusionPolicy::default());
    assert!(Plain::connect(fusion.address()).hears().is_none());
    fusion.until("it is counted", |status| status.refused.contains_key("connection_handshake_slow"));
    fusion.close();
}
