//! The edge node's side: it registers, keeps alive, says what matters first, and repeats what nobody answered.

use parapet_frame::Time;
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::schema::status_report::System;
use parapet_sapient::schema::{
    Alert, AlertAck, DetectionReport, Error, RegistrationAck, SapientMessage, Task, alert_ack, task, task_ack,
};
use parapet_sapient::schema::{RangeBearing, detection_report};
use parapet_sapient::{EdgeAction, EdgeEvent, EdgeNode, EdgePolicy, EdgeState, Limits, Ulid};

use crate::talk::{FUSION, OTHER, Peer, RADAR, content, node, start, unframed};

fn edge() -> EdgeNode {
    let policy = EdgePolicy { heartbeat_s: 1.0, ..EdgePolicy::default() };
    EdgeNode::new(node(RADAR), Peer::profile().registration(), policy, Limits::DEFAULT, 3)
}

fn answer(content: Content) -> Vec<u8> {
    let mut message = Peer::new(FUSION).says(start(), content);
    let destination = SapientMessage { destination_id: Some(RADAR.to_owned()), ..SapientMessage::default() };
    message.extend(parapet_sapient::write(&destination));
    message
}

fn acceptance(acceptance: bool) -> Vec<u8> {
    let ack_response_reason = vec!["because".to_owned()];
    answer(Content::RegistrationAck(RegistrationAck { acceptance: Some(acceptance), ack_response_reason }))
}

/// A node that the fusion node has accepted.
fn registered() -> EdgeNode {
    let mut edge = edge();
    let mut out = Vec::new();
    edge.connected(start(), &mut out);
    assert!(matches!(content(&said(&out)[0]), Content::Registration(_)));
    let mut out = Vec::new();
    edge.message(start(), &acceptance(true), &mut out).unwrap();
    assert_eq!((edge.state(), &out[0]), (EdgeState::Registered, &EdgeAction::Told(EdgeEvent::Accepted)));
    assert!(matches!(content(&said(&out)[0]), Content::StatusReport(status) if status.system() == System::Ok));
    edge
}

fn said(actions: &[EdgeAction]) -> Vec<SapientMessage> {
    let frames = actions.iter().filter_map(|action| match action {
        EdgeAction::Send(frame) => Some(frame),
        _ => None,
    });
    frames.map(|frame| unframed(frame)).collect()
}

fn tick(edge: &mut EdgeNode, at: Time) -> Vec<EdgeAction> {
    let mut out = Vec::new();
    edge.tick(at, &mut out);
    out
}

fn detection(object: u128) -> DetectionReport {
    let place =
        RangeBearing { range: Some(1.0), coordinate_system: Some(1), datum: Some(1), ..RangeBearing::default() };
    DetectionReport {
        object_id: Some(Ulid::new(start(), object).to_string()),
        location_oneof: Some(detection_report::LocationOneof::RangeBearing(place)),
        ..DetectionReport::default()
    }
}

#[test]
fn it_keeps_alive() {
    let mut edge = registered();
    assert_eq!(edge.next_wake(), start().plus_seconds(1.0));
    assert_eq!(tick(&mut edge, start().plus_seconds(0.9)), []);
    let out = tick(&mut edge, start().plus_seconds(1.0));
    assert!(matches!(content(&said(&out)[0]), Content::StatusReport(_)));
}

#[test]
fn a_refused_registration_ends_the_connection() {
    let mut edge = edge();
    edge.connected(start(), &mut Vec::new());
    let mut out = Vec::new();
    edge.message(start(), &acceptance(false), &mut out).unwrap();
    assert!(matches!(&out[..], [EdgeAction::Told(EdgeEvent::Rejected(why)), EdgeAction::Close(_)] if why == "because"));
    edge.connected(start(), &mut Vec::new());
    let late = edge.next_wake();
    let out = tick(&mut edge, late);
    assert!(matches!(&out[..], [EdgeAction::Close(why)] if why.contains("did not answer")), "{out:?}");
}

#[test]
fn detections_keep_their_distance_and_the_newest_of_an_object_wins() {
    let mut edge = registered();
    let mut out = Vec::new();
    for object in [1, 2, 3, 2, 2] {
        edge.detection(start(), detection(object), &mut out);
    }
    assert_eq!(said(&out).len(), 1, "the first goes at once");
    assert_eq!(edge.tally().detections_replaced, 2);
    let mut times = Vec::new();
    while edge.tally().detections_sent < 3 {
        let at = edge.next_wake();
        times.extend(said(&tick(&mut edge, at)).iter().map(|_| at.seconds_since(start())));
    }
    assert_eq!(times, [0.085, 0.17]);
}

#[test]
fn an_alert_goes_first_and_is_repeated_until_it_is_answered() {
    let mut edge = registered();
    let id = Ulid::new(start(), 9);
    let mut out = Vec::new();
    edge.alert(start(), id, Alert::default(), &mut out);
    assert!(matches!(content(&said(&out)[0]), Content::Alert(alert) if alert.alert_id() == id.to_string()));
    let again = start().plus_seconds(2.0);
    assert!(said(&tick(&mut edge, again)).iter().any(|message| matches!(content(message), Content::Alert(_))));
    let ack = AlertAck {
        alert_id: Some(id.to_string()),
        alert_ack_status: Some(alert_ack::AlertAckStatus::Accepted as i32),
        reason: Vec::new(),
    };
    let mut out = Vec::new();
    edge.message(again, &answer(Content::AlertAck(ack)), &mut out).unwrap();
    assert_eq!(out, [EdgeAction::Told(EdgeEvent::AlertAnswered { alert: id, accepted: true })]);
    assert!(!said(&tick(&mut edge, again.plus_seconds(9.0))).iter().any(|m| matches!(content(m), Content::Alert(_))));
}

#[test]
fn an_alert_that_nobody_answers_is_said_to_be_so() {
    let mut edge = registered();
    let id = Ulid::new(start(), 9);
    edge.alert(start(), id, Alert::default(), &mut Vec::new());
    let told: Vec<EdgeAction> =
        (1..5).flat_map(|n| tick(&mut edge, start().plus_seconds(2.0 * f64::from(n)))).collect();
    assert_eq!(edge.tally().alerts_sent, 3);
    assert!(told.contains(&EdgeAction::Told(EdgeEvent::AlertUnanswered(id))), "{told:?}");
}

#[test]
fn an_alert_survives_a_lost_connection() {
    let mut edge = registered();
    edge.alert(start(), Ulid::new(start(), 9), Alert::default(), &mut Vec::new());
    edge.disconnected();
    assert_eq!(edge.next_wake(), Time::NEVER);
    let later = start().plus_seconds(60.0);
    edge.connected(later, &mut Vec::new());
    let mut out = Vec::new();
    edge.message(later, &acceptance(true), &mut out).unwrap();
    assert!(said(&out).iter().any(|message| matches!(content(message), Content::Alert(_))));
}

#[test]
fn it_answers_who_it_is_and_takes_no_orders() {
    for (asked, accepted) in [("Status", true), ("Registration", true), ("Stop", false)] {
        let mut edge = registered();
        let command =
            task::Command { command: Some(task::command::Command::Request(asked.to_owned())), ..Default::default() };
        let task_id = Some(Ulid::new(start(), 5).to_string());
        let task = Task { task_id: task_id.clone(), control: Some(1), command: Some(command), ..Task::default() };
        let mut out = Vec::new();
        edge.message(start(), &answer(Content::Task(task)), &mut out).unwrap();
        let Content::TaskAck(ack) = content(&said(&out)[0]).clone() else { panic!("a task is answered") };
        assert_eq!((ack.task_id.clone(), ack.task_status() == task_ack::TaskStatus::Accepted), (task_id, accepted));
        assert_eq!(said(&out).len(), 1 + usize::from(accepted), "what was asked for follows");
    }
}

#[test]
fn errors_are_heard_and_strangers_are_not() {
    let mut edge = registered();
    let mut out = Vec::new();
    let error = Error { packet: Some(vec![1]), error_message: vec!["too\tfast".to_owned()] };
    edge.message(start(), &answer(Content::Error(error.clone())), &mut out).unwrap();
    assert_eq!(out, [EdgeAction::Told(EdgeEvent::Complained("too fast".to_owned()))]);
    let mut elsewhere = Peer::new(FUSION).says(start(), Content::Error(error));
    elsewhere.extend(parapet_sapient::write(&SapientMessage {
        destination_id: Some(OTHER.to_owned()),
        ..SapientMessage::default()
    }));
    edge.message(start(), &elsewhere, &mut Vec::new()).expect_err("it is for another node");
    edge.message(start(), &[0xFF], &mut Vec::new()).expect_err("it is no message");
    assert_eq!(edge.tally().refused, 2);
}
