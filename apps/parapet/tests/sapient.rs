//! SAPIENT through the whole program: a node sees a bomb fall, the clinic is warned, a fusion node further up hears of it, and
//! the recording replays.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parapet_frame::{SensorPose, SitePoint, Time};
use parapet_sapient::schema::registration::NodeType;
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::schema::{DetectionReport, RangeBearing, detection_report};
use parapet_sapient::{EdgePolicy, FusionPolicy, Limits, Profile, Ulid, read};
use parapet_sapient_link::{Arrival, Door, Doors, EdgeSettings, FusionSettings, Outside, Role, Say};
use support::{Ground, ORIGIN, environment, fall, mortar, site_text, wait_for};

const PARAPET: &str = "212befa0-2004-48a2-af6b-9e3e58138f44";
const PARAPET_ABOVE: &str = "3cb25de3-ff0f-4c75-ad70-9f2d23554cb7";
const ABOVE: &str = "5913c0f4-9f89-4c01-ab90-939099797c4f";
const RADAR: &str = "ac3d032e-40a8-4616-9485-28203450b1f4";

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_nanos(i64::try_from(since.as_nanos()).unwrap())
}

/// A peer of the program, its doors open.
struct Peer {
    doors: Doors,
    heard: Receiver<Arrival>,
    stop: Arc<AtomicBool>,
}

impl Peer {
    fn open(id: &str, address: SocketAddr, role: Role) -> Self {
        let (engine, heard) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let outside =
            Outside::new(now, move |arrival| engine.send(arrival).map_err(|error| error.0), |_| {}, stop.clone());
        let door = Door { id: id.parse().unwrap(), address, identity: None, link: 0, role };
        Peer { doors: Doors::open(vec![door], 1, &outside).unwrap(), heard, stop }
    }

    fn close(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.doors.into_thread().join().unwrap();
    }
}

/// The test range with a radar that speaks SAPIENT, and a fusion node above.
fn site(own: SocketAddr, above: SocketAddr) -> String {
    let asterix = "asterix = { sac = 25, sic = 201 }\nlinks = [\"udp://127.0.0.1:1\"]\nsenders = [\"127.0.0.1\"]\n";
    let text = site_text(1);
    assert!(text.contains(asterix));
    let doors = format!(
        "[[sapient]]\nrole = \"fusion\"\nid = \"{PARAPET}\"\naddress = \"{own}\"\ntrust = \"plain\"\n\
         [[sapient]]\nrole = \"edge\"\nid = \"{PARAPET_ABOVE}\"\naddress = \"{above}\"\ntrust = \"plain\"\n"
    );
    text.replace(asterix, &format!("sapient = {{ node = \"{RADAR}\" }}\n")) + &doors
}

/// The radar's report of the bomb after so many seconds.
fn seen(after_s: f64) -> DetectionReport {
    let pose = SensorPose::parallel(SitePoint::default(), ORIGIN.height_m);
    let polar = pose.polar_from_site(parapet_flight::advance(&environment(), &mortar(), after_s).position_m);
    let place = RangeBearing {
        range: Some(polar.range_m),
        azimuth: Some(polar.azimuth_rad.to_degrees()),
        elevation: Some(polar.elevation_rad.to_degrees()),
        elevation_error: Some(0.1),
        coordinate_system: Some(1),
        datum: Some(1),
        ..RangeBearing::default()
    };
    let info = detection_report::TrackObjectInfo {
        r#type: Some("simulated".to_owned()),
        value: Some("true".to_owned()),
        error: None,
    };
    DetectionReport {
        object_id: Some(Ulid::new(Time::default(), 7).to_string()),
        location_oneof: Some(detection_report::LocationOneof::RangeBearing(place)),
        object_info: vec![info],
        ..DetectionReport::default()
    }
}

fn radar(address: SocketAddr) -> Peer {
    let profile = Profile {
        node_type: NodeType::Radar,
        name: "Radar".to_owned(),
        mode: "watch".to_owned(),
        heartbeat_s: 0.5,
        is_range_bearing: true,
        version: "1".to_owned(),
    };
    let policy = EdgePolicy { heartbeat_s: 0.5, detection_gap_s: 0.0, ..EdgePolicy::default() };
    let (registration, server_name) = (profile.registration(), String::new());
    Peer::open(RADAR, address, Role::Edge(Box::new(EdgeSettings { registration, location: None, policy, server_name })))
}

#[test]
fn a_node_sees_a_bomb_and_a_fusion_node_above_hears_of_it() {
    let above = FusionSettings { policy: FusionPolicy::default(), connections_max: 4 };
    let above = Peer::open(ABOVE, "127.0.0.1:0".parse().unwrap(), Role::Fusion(above));
    let own = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ground = Ground::new();
    ground.write("site.toml", site(own, above.doors.addresses()[0]).as_bytes());
    assert!(ground.run(&["check", "site.toml"]).out.contains("unauthenticated"));
    let server = ground.serve();
    let radar = radar(own);
    let door = |server: &support::Server, at: usize| server.json("/api/sapient")[at].clone();
    wait_for("both have registered", || (0..2).all(|at| door(&server, at)["registered"] == 1).then_some(()));

    let begun = Instant::now();
    let speaker = radar.doors.speaker();
    for n in 0..(fall().after_s * 10.0) as u32 {
        std::thread::sleep(Duration::from_millis(100 * u64::from(n)).saturating_sub(begun.elapsed()));
        speaker.say(&Say::Detection(Box::new(seen(begun.elapsed().as_secs_f64()))));
    }
    let alert = wait_for("the alert above", || {
        loop {
            let arrival = above.heard.try_recv().ok()?;
            if let Some(Content::Alert(alert)) = read(&arrival.bytes, &Limits::DEFAULT).unwrap().content {
                break Some(alert);
            }
        }
    });
    assert!(alert.description().starts_with("EXERCISE") && alert.description().contains("Clinic"), "{alert:?}");
    let alarms = server.json("/api/alarms");
    assert_eq!((alarms[0]["zone"].as_str(), alarms[0]["stage"].as_str()), (Some("clinic"), Some("take_cover")));
    let own_door = door(&server, 0);
    assert_eq!(
        (own_door["trust"].as_str(), own_door["refused"].as_object().map(|o| o.len())),
        (Some("unauthenticated"), Some(0))
    );
    assert!(server.get("/metrics").2.contains("parapet_sapient_messages_total{door="));

    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    let recording = ground.recording();
    let replay = ground.run(&["replay", recording.to_str().unwrap(), "--verify"]);
    assert!(replay.out.contains("identical, byte for byte"), "{replay:?}");
    [radar, above].into_iter().for_each(Peer::close);
}
