//! A recorded session with Apex 4.2.0 (the authors' own middleware), frame by frame: what our fusion node answers to the same
//! frames, and what our edge node makes of Apex's answers.
//!
//! `cargo test -p parapet-sapient --test machine apex -- --nocapture` prints the comparison.

use std::collections::BTreeMap;
use std::path::Path;

use parapet_frame::Time;
use parapet_sapient::schema::SapientMessage;
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::{
    EdgeAction, EdgeEvent, EdgeNode, EdgePolicy, EdgeState, FrameReader, FusionNode, FusionPolicy, Limits, Trust,
    check, time_of,
};
use prost::Message as _;

use crate::support::{data, files};
use crate::talk::{FUSION, Peer, RADAR, content, node, sent, unframed};

/// A frame of the session.
struct Recorded {
    /// Its number and name.
    name: String,
    /// Its message.
    bytes: Vec<u8>,
}

fn session() -> Option<Vec<Recorded>> {
    let folder = data("apex_session")?;
    Some(files(&folder, "bin").iter().map(|path| recorded(path)).collect())
}

fn recorded(path: &Path) -> Recorded {
    let mut reader = FrameReader::new(&Limits::DEFAULT);
    reader.take(&std::fs::read(path).unwrap());
    let bytes = reader.message().unwrap().expect("one whole message").to_vec();
    Recorded { name: path.file_stem().unwrap().to_string_lossy().into_owned(), bytes }
}

/// What kind of message it is, for a table.
fn kind(message: &SapientMessage) -> &'static str {
    match content(message) {
        Content::Registration(_) => "registration",
        Content::RegistrationAck(ack) if ack.acceptance() => "accepted",
        Content::RegistrationAck(_) => "rejected",
        Content::StatusReport(_) => "status",
        Content::DetectionReport(_) => "detection",
        Content::Task(_) => "task",
        Content::TaskAck(_) => "task ack",
        Content::Alert(_) => "alert",
        Content::AlertAck(_) => "alert ack",
        Content::Error(_) => "error",
    }
}

/// Where we answer otherwise than Apex, and why that is right.
const DIFFERENCES: [(&str, &str, &str); 6] = [
    (
        "22-child-tx-alert",
        "alert ack",
        "Apex passes alerts on; a fusion node is whom they are for, and acknowledges them",
    ),
    ("25-peer-tx-alert", "alert ack", "the same"),
    ("27-peer-tx-task", "error", "Apex passes tasks on to other nodes; we pass nothing on"),
    ("29-child-tx-task-ack", "error", "the task came through Apex; we have asked for nothing"),
    ("45-childv1-tx-status", "error", "edition 1.0, which Apex drops without a word and we refuse with one"),
    ("46-childv1-tx-detection", "error", "the same"),
];

#[test]
fn our_fusion_node_answers_as_apex_does() {
    let Some(session) = session() else { return };
    let policy = FusionPolicy { detection_gap_s: 0.08, ..FusionPolicy::default() };
    let mut fusion = FusionNode::new(node(FUSION), policy, Limits::DEFAULT, 1);
    let lines = BTreeMap::from([("peer", 1), ("child", 2), ("childv1", 3)]);
    for line in lines.values() {
        fusion.opened(Time::default(), *line, Trust::Unauthenticated).unwrap();
    }
    let mut now = Time::default();
    for (at, frame) in session.iter().enumerate() {
        let Some((who, _)) = frame.name[3..].split_once("-tx-") else { continue };
        now = heard_at(now, frame);
        let mut out = Vec::new();
        let heard = fusion.message(now, lines[who], &frame.bytes, &mut out);
        let ours = sent(&out).first().map_or("nothing", |message| kind(message));
        let theirs = answer_of_apex(&session[at + 1..], who);
        let difference = DIFFERENCES.iter().find(|(name, _, _)| *name == frame.name);
        let why = heard.as_ref().err().map(ToString::to_string).unwrap_or_default();
        println!("{:32} Apex: {:9} ours: {ours:9} {why} {}", frame.name, theirs.0, difference.map_or("", |d| d.2));
        assert_eq!(ours, difference.map_or(theirs.0, |(_, ours, _)| *ours), "{}", frame.name);
        // An error holds the very packet, as Apex's does.
        if let Some(Content::Error(error)) = sent(&out).first().map(content) {
            assert_eq!(error.packet(), frame.bytes, "{}", frame.name);
            assert!(theirs.1.is_none_or(|packet| packet == frame.bytes));
        }
    }
}

/// A moment after it was sent; what cannot be read, or lies about its time, comes a moment after the frame before it.
fn heard_at(before: Time, frame: &Recorded) -> Time {
    let told = SapientMessage::decode(frame.bytes.as_slice()).ok().and_then(|message| message.timestamp);
    let told = told.map(|told| time_of(&told)).filter(|told| told.seconds_since(before) > -1.0);
    told.unwrap_or(before).plus_seconds(0.001).max(before)
}

/// What Apex sent back to the same peer before anything else was sent: its kind, and the packet where it is an error.
fn answer_of_apex(rest: &[Recorded], who: &str) -> (&'static str, Option<Vec<u8>>) {
    let until_next = rest.iter().take_while(|frame| !frame.name.contains("-tx-"));
    let mut to_the_same = until_next.filter(|frame| frame.name[3..].starts_with(&format!("{who}-rx-")));
    let Some(answer) = to_the_same.next() else { return ("nothing", None) };
    // Decoded without the rules, which Apex's errors of edition 1.0 do not keep.
    let message = SapientMessage::decode(answer.bytes.as_slice()).unwrap();
    let packet = match content(&message) {
        Content::Error(error) => Some(error.packet().to_vec()),
        _ => None,
    };
    (kind(&message), packet)
}

#[test]
fn what_apex_sends_keeps_the_rules() {
    let Some(session) = session() else { return };
    let mut against = Vec::new();
    for frame in session.iter().filter(|frame| frame.name.contains("-rx-")) {
        let findings = check(&frame.bytes, &Limits::DEFAULT);
        against.extend(findings.iter().map(|finding| format!("{}: {finding}", frame.name)));
    }
    // To a peer of edition 1.0 Apex sends errors of edition 1.0, whose text is field 2; everything else keeps the rules.
    let of_edition_1 = |name: &str| {
        let faults = [
            "error: the standard has no field with the number 2 here",
            "error.error_message: mandatory, but there is none",
        ];
        faults.map(|fault| format!("{name}: {fault}"))
    };
    let expected = ["44-childv1-rx-registration-back", "48-childv1-rx-alert-back"].map(of_edition_1).concat();
    assert_eq!(against, expected);
}

#[test]
fn our_edge_node_understands_apex() {
    let Some(session) = session() else { return };
    let policy = EdgePolicy::default();
    let mut edge = EdgeNode::new(node(RADAR), Peer::profile().registration(), policy, Limits::DEFAULT, 1);
    let now = Time::from_seconds(1_795_353_370.0);
    edge.connected(now, &mut Vec::new());
    let mut told = Vec::new();
    for frame in session.iter().filter(|frame| frame.name[3..].starts_with("child-rx-")) {
        let mut out = Vec::new();
        edge.message(now, &frame.bytes, &mut out).unwrap_or_else(|why| panic!("{}: {why}", frame.name));
        for action in out {
            match action {
                EdgeAction::Told(event) => told.push(event),
                EdgeAction::Send(bytes) => println!("{}: answered by {}", frame.name, kind(&unframed(&bytes))),
                EdgeAction::Close(why) => panic!("{}: {why}", frame.name),
            }
        }
    }
    assert_eq!(edge.state(), EdgeState::Registered);
    assert!(matches!(
        told[..],
        [EdgeEvent::Accepted, EdgeEvent::Complained(_), EdgeEvent::Tasked { accepted: false, .. }, ..]
    ));
    let complaints = told.iter().filter(|event| matches!(event, EdgeEvent::Complained(_))).count();
    assert_eq!(complaints, 5, "too fast, wrong node, old, no mode, garbage: {told:?}");
}
