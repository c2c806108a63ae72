//! Nodes to talk with.

use parapet_frame::Time;
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::schema::{
    DetectionReport, RangeBearing, RangeBearingCoordinateSystem, RangeBearingDatum, SapientMessage, StatusReport,
    detection_report, registration::NodeType, status_report,
};
use parapet_sapient::{
    Action, ConnectionId, FrameReader, FusionNode, Limits, NodeId, Profile, Refusal, Ulid, UlidMint, read, timestamp,
    write,
};

pub(crate) const FUSION: &str = "5913c0f4-9f89-4c01-ab90-939099797c4f";
pub(crate) const RADAR: &str = "ac3d032e-40a8-4616-9485-28203450b1f4";
pub(crate) const OTHER: &str = "212befa0-2004-48a2-af6b-9e3e58138f44";

pub(crate) fn node(text: &str) -> NodeId {
    text.parse().unwrap()
}

pub(crate) fn start() -> Time {
    Time::from_seconds(1_795_353_370.0)
}

/// A peer that says whatever it is told to.
pub(crate) struct Peer {
    pub(crate) id: String,
    mint: UlidMint,
}

impl Peer {
    pub(crate) fn new(id: &str) -> Self {
        Peer { id: id.to_owned(), mint: UlidMint::new(1) }
    }

    pub(crate) fn profile() -> Profile {
        Profile {
            node_type: NodeType::Radar,
            name: "Radar East".to_owned(),
            mode: "watch".to_owned(),
            heartbeat_s: 1.0,
            is_range_bearing: true,
            version: "1".to_owned(),
        }
    }

    pub(crate) fn says(&self, at: Time, content: Content) -> Vec<u8> {
        write(&SapientMessage {
            timestamp: Some(timestamp(at)),
            node_id: Some(self.id.clone()),
            content: Some(content),
            ..SapientMessage::default()
        })
    }

    pub(crate) fn registers(&self, at: Time) -> Vec<u8> {
        self.says(at, Content::Registration(Peer::profile().registration()))
    }

    pub(crate) fn ulid(&mut self, at: Time) -> Ulid {
        self.mint.next(at)
    }

    pub(crate) fn status(&mut self, at: Time, system: status_report::System) -> Vec<u8> {
        let report = StatusReport {
            report_id: Some(self.ulid(at).to_string()),
            system: Some(system as i32),
            info: Some(status_report::Info::New as i32),
            mode: Some("watch".to_owned()),
            ..StatusReport::default()
        };
        self.says(at, Content::StatusReport(report))
    }

    pub(crate) fn sees(&mut self, at: Time, range_m: f64, azimuth_deg: f64, elevation_deg: f64) -> Vec<u8> {
        let place = RangeBearing {
            range: Some(range_m),
            azimuth: Some(azimuth_deg),
            elevation: Some(elevation_deg),
            elevation_error: Some(0.2),
            coordinate_system: Some(RangeBearingCoordinateSystem::DegreesM as i32),
            datum: Some(RangeBearingDatum::True as i32),
            ..RangeBearing::default()
        };
        let report = DetectionReport {
            report_id: Some(self.ulid(at).to_string()),
            object_id: Some(self.ulid(at).to_string()),
            location_oneof: Some(detection_report::LocationOneof::RangeBearing(place)),
            ..DetectionReport::default()
        };
        self.says(at, Content::DetectionReport(report))
    }
}

/// What a fusion node does about a message.
pub(crate) fn hears(
    fusion: &mut FusionNode,
    at: Time,
    from: ConnectionId,
    bytes: &[u8],
) -> (Result<SapientMessage, Refusal>, Vec<Action>) {
    let mut out = Vec::new();
    let heard = fusion.message(at, from, bytes, &mut out);
    (heard, out)
}

/// The messages among actions; each must itself keep the standard's rules.
pub(crate) fn sent(actions: &[Action]) -> Vec<SapientMessage> {
    let frames = actions.iter().filter_map(|action| match action {
        Action::Send { frame, .. } => Some(frame),
        _ => None,
    });
    frames.map(|frame| unframed(frame)).collect()
}

pub(crate) fn unframed(frame: &[u8]) -> SapientMessage {
    let mut reader = FrameReader::new(&Limits::DEFAULT);
    reader.take(frame);
    let message = reader.message().unwrap().expect("one whole message").to_vec();
    read(&message, &Limits::DEFAULT).unwrap_or_else(|findings| panic!("we say what is against the rules: {findings:?}"))
}

pub(crate) fn content(message: &SapientMessage) -> &Content {
    message.content.as_ref().expect("a message says something")
}
