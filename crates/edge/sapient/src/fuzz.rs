//! What a fuzzer runs: arbitrary bytes as the stream of a peer, through everything that listens to peers.

use parapet_frame::{HeardAt, Time};
use parapet_track::SensorId;
use prost::Message as _;

use crate::check::check;
use crate::earth::EarthPlace;
use crate::edge::{EdgeNode, EdgePolicy};
use crate::frame::FrameReader;
use crate::fusion::{FusionNode, FusionPolicy, Trust};
use crate::id::NodeId;
use crate::intake::{SapientIntake, SapientSource};
use crate::limits::Limits;
use crate::message::schema::SapientMessage;
use crate::message::schema::registration::NodeType;
use crate::message::{read, time_of, write};
use crate::profile::Profile;

/// Two nodes of the corpus.
const NODES: [u128; 2] = [0x5913_c0f4_9f89_4c01_ab90_9390_9979_7c4f, 0xac3d_032e_40a8_4616_9485_2820_3450_b1f4];

/// Takes bytes as a peer's stream: cuts them into messages, judges each, and lets both roles and the intake hear it.
///
/// # Panics
/// When what the checker lets through is no message, or would not be let through when written again, or when the counts do not
/// add up: faults of ours that a fuzzer is to find.
pub fn fuzz_one(stream: &[u8]) {
    let limits = Limits::DEFAULT;
    let mut peers = Peers::new(limits);
    let mut reader = FrameReader::new(&limits);
    reader.take(stream);
    let mut messages = 0;
    while let Ok(Some(message)) = reader.message() {
        messages += 1;
        assert_eq!(check(message, &limits).is_empty(), read(message, &limits).is_ok());
        if let Ok(sound) = read(message, &limits) {
            assert!(check(&write(&sound), &limits).is_empty());
        }
        peers.hear(message);
    }
    let tally = peers.fusion.tally();
    assert_eq!(tally.messages, messages);
    assert_eq!(tally.messages, tally.taken + tally.refused.values().sum::<u64>());
}

struct Peers {
    fusion: FusionNode,
    edge: EdgeNode,
    intake: SapientIntake,
    now: Time,
}

impl Peers {
    fn new(limits: Limits) -> Self {
        let [us, radar]: [NodeId; 2] = NODES.map(NodeId);
        let profile = Profile {
            node_type: NodeType::FusionNode,
            name: "fuzz".to_owned(),
            mode: "fuzz".to_owned(),
            heartbeat_s: 1.0,
            is_range_bearing: false,
            version: String::new(),
        };
        let mut fusion = FusionNode::new(us, FusionPolicy::default(), limits, 1);
        let mut edge = EdgeNode::new(radar, profile.registration(), EdgePolicy::default(), limits, 1);
        let now = Time::default();
        let _ = fusion.opened(now, 1, Trust::Unauthenticated);
        edge.connected(now, &mut Vec::new());
        let source = SapientSource {
            sensor: SensorId(0),
            node: radar,
            links: Vec::new(),
            place: EarthPlace::default(),
            north_rad: Some(0.1),
            geoid_m: 1.0,
            sigma_elevation_rad: Some(0.01),
        };
        Peers { fusion, edge, intake: SapientIntake::new(vec![source]), now }
    }

    /// At the time that the message names itself, so that it is not refused for its age alone.
    fn hear(&mut self, message: &[u8]) {
        let told = SapientMessage::decode(message).ok().and_then(|message| message.timestamp);
        self.now = told.map_or(self.now, |told| time_of(&told)).max(self.now);
        let (mut actions, mut edge_actions) = (Vec::new(), Vec::new());
        let _ = self.fusion.message(self.now, 1, message, &mut actions);
        self.fusion.tick(self.now, &mut actions);
        let _ = self.edge.message(self.now, message, &mut edge_actions);
        self.edge.tick(self.now, &mut edge_actions);
        self.intake.message(HeardAt(self.now), 0, message, &mut |_| {});
    }
}
