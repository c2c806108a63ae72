//! The fusion node's side: who is let in, what is answered, and what never grows.

use std::collections::BTreeSet;

use crate::talk::{FUSION, OTHER, Peer, RADAR, content, hears, node, sent, start};
use parapet_frame::Time;
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::schema::status_report::System;
use parapet_sapient::schema::{Alert, Error, Task, TaskAck, alert_ack, task, task_ack};
use parapet_sapient::{Action, FusionNode, FusionPolicy, Limits, NodeEvent, Reason, Trust};

fn fusion(policy: FusionPolicy) -> FusionNode {
    FusionNode::new(node(FUSION), policy, Limits::DEFAULT, 7)
}

/// A fusion node with one registered radar on connection 1.
fn with_radar(policy: FusionPolicy) -> (FusionNode, Peer) {
    let (mut fusion, peer) = (fusion(policy), Peer::new(RADAR));
    fusion.opened(start(), 1, Trust::Certified(vec![node(RADAR)])).unwrap();
    let (heard, out) = hears(&mut fusion, start(), 1, &peer.registers(start()));
    heard.expect("it may register");
    assert!(matches!(content(&sent(&out)[0]), Content::RegistrationAck(ack) if ack.acceptance()));
    (fusion, peer)
}

#[track_caller]
fn refused(fusion: &mut FusionNode, at: Time, from: u64, bytes: &[u8], reason: Reason) -> Vec<Action> {
    let (heard, out) = hears(fusion, at, from, bytes);
    assert_eq!(heard.expect_err("it must not be taken").reason, reason);
    assert_eq!(fusion.tally().messages, fusion.tally().taken + fusion.tally().refused.values().sum::<u64>());
    out
}

#[test]
fn a_registered_radar_is_heard() {
    let (mut fusion, mut radar) = with_radar(FusionPolicy::default());
    for message in [radar.status(start(), System::Ok), radar.sees(start(), 5_000.0, 90.0, 20.0)] {
        hears(&mut fusion, start(), 1, &message).0.expect("it is taken");
    }
    let (id, known) = fusion.nodes().next().unwrap();
    assert_eq!((id, known.name.as_str(), known.interval_s), (node(RADAR), "Radar East", 1.0));
    assert_eq!(fusion.tally().taken, 3);
}

#[test]
fn nobody_speaks_before_registering() {
    let (mut fusion, mut radar) = (fusion(FusionPolicy::default()), Peer::new(RADAR));
    fusion.opened(start(), 1, Trust::Unauthenticated).unwrap();
    let detection = radar.sees(start(), 5_000.0, 90.0, 20.0);
    let out = refused(&mut fusion, start(), 1, &detection, Reason::NotRegistered);
    // The answer is an error message with the packet in it.
    assert!(matches!(content(&sent(&out)[0]), Content::Error(error) if error.packet() == detection));
    let mut out = Vec::new();
    fusion.tick(start().plus_seconds(11.0), &mut out);
    assert!(matches!(&out[..], [Action::Close { connection: 1, why }] if why.contains("register")), "{out:?}");
}

#[test]
fn a_certificate_speaks_for_its_own_node_only() {
    let (mut fusion, radar) = (fusion(FusionPolicy::default()), Peer::new(RADAR));
    fusion.opened(start(), 1, Trust::Certified(vec![node(OTHER)])).unwrap();
    let out = refused(&mut fusion, start(), 1, &radar.registers(start()), Reason::WrongCertificate);
    let Content::RegistrationAck(ack) = content(&sent(&out)[0]).clone() else { panic!("a registration is answered") };
    assert!(!ack.acceptance() && ack.ack_response_reason[0].contains(OTHER), "{ack:?}");
    assert!(matches!(out.last(), Some(Action::Close { connection: 1, .. })));
}

#[test]
fn a_node_cannot_speak_for_another() {
    let (mut fusion, _) = with_radar(FusionPolicy::default());
    let mut liar = Peer::new(OTHER);
    let detection = liar.sees(start(), 5_000.0, 90.0, 20.0);
    let out = refused(&mut fusion, start(), 1, &detection, Reason::OtherNode);
    assert!(matches!(content(&sent(&out)[0]), Content::Error(error) if error.error_message[0].contains(OTHER)));
    refused(&mut fusion, start(), 1, &liar.registers(start()), Reason::WrongCertificate);
}

#[test]
fn an_unknown_node_is_not_let_in() {
    let known = Some(BTreeSet::from([node(OTHER)]));
    let (mut fusion, radar) = (fusion(FusionPolicy { known, ..FusionPolicy::default() }), Peer::new(RADAR));
    fusion.opened(start(), 1, Trust::Unauthenticated).unwrap();
    refused(&mut fusion, start(), 1, &radar.registers(start()), Reason::UnknownNode);
}

#[test]
fn what_was_sent_long_ago_is_a_replay() {
    let (mut fusion, mut radar) = with_radar(FusionPolicy::default());
    let year_s = 365.0 * 86_400.0;
    let edges = [(-year_s, Reason::TooOld), (-0.91, Reason::TooOld), (0.11, Reason::FromTheFuture)];
    for (ahead_s, reason) in edges {
        let message = radar.sees(start().plus_seconds(ahead_s), 5_000.0, 90.0, 20.0);
        refused(&mut fusion, start(), 1, &message, reason);
    }
    for ahead_s in [-0.89, 0.09] {
        let message = radar.sees(start().plus_seconds(ahead_s), 5_000.0, 90.0, 20.0);
        hears(&mut fusion, start(), 1, &message).0.expect("it lies in the window");
    }
}

#[test]
fn the_same_report_counts_once() {
    let (mut fusion, mut radar) = with_radar(FusionPolicy::default());
    let detection = radar.sees(start(), 5_000.0, 90.0, 20.0);
    hears(&mut fusion, start(), 1, &detection).0.expect("it is new");
    refused(&mut fusion, start().plus_seconds(0.2), 1, &detection, Reason::Repeated);
}

#[test]
fn the_gap_between_detections_is_the_owners_choice() {
    let apex = FusionPolicy { detection_gap_s: 0.08, ..FusionPolicy::default() };
    for (policy, taken) in [(apex, [true, false, true]), (FusionPolicy::default(), [true; 3])] {
        let (mut fusion, mut radar) = with_radar(policy);
        let heard = [0.0, 0.02, 0.08].map(|after_s| {
            let at = start().plus_seconds(after_s);
            let message = radar.sees(at, 5_000.0, 90.0, 20.0);
            hears(&mut fusion, at, 1, &message).0.is_ok()
        });
        assert_eq!(heard, taken);
    }
}

#[test]
fn a_missed_heartbeat_is_noticed_and_a_dead_line_closed() {
    let (mut fusion, mut radar) = with_radar(FusionPolicy::default());
    let tick = |fusion: &mut FusionNode, after_s: f64| {
        let mut out = Vec::new();
        fusion.tick(start().plus_seconds(after_s), &mut out);
        out
    };
    assert_eq!(tick(&mut fusion, 2.9), []);
    assert_eq!(tick(&mut fusion, 3.1), [Action::Told(NodeEvent::Silent(node(RADAR)))]);
    assert_eq!(tick(&mut fusion, 3.3), [], "said once");
    let at = start().plus_seconds(3.5);
    let status = radar.status(at, System::Ok);
    assert_eq!(hears(&mut fusion, at, 1, &status).1, [Action::Told(NodeEvent::Speaking(node(RADAR)))]);
    let out = tick(&mut fusion, 10.0);
    assert!(out.iter().any(|action| matches!(action, Action::Close { connection: 1, .. })), "{out:?}");
    assert!(fusion.nodes().all(|(_, known)| known.connection.is_none()));
}

#[test]
fn goodbye_ends_it() {
    let (mut fusion, mut radar) = with_radar(FusionPolicy::default());
    let (heard, out) = hears(&mut fusion, start(), 1, &radar.status(start(), System::Goodbye));
    heard.expect("a goodbye is taken");
    assert!(matches!(&out[..], [Action::Told(NodeEvent::Left { .. }), Action::Close { connection: 1, .. }]), "{out:?}");
}

#[test]
fn a_node_that_comes_back_takes_its_place_if_it_can_prove_who_it_is() {
    let (mut fusion, radar) = with_radar(FusionPolicy::default());
    fusion.opened(start(), 2, Trust::Unauthenticated).unwrap();
    refused(&mut fusion, start(), 2, &radar.registers(start()), Reason::AlreadyConnected);
    fusion.opened(start(), 3, Trust::Certified(vec![node(RADAR)])).unwrap();
    let (heard, out) = hears(&mut fusion, start(), 3, &radar.registers(start()));
    heard.expect("the certificate proves it");
    assert!(out.iter().any(|action| matches!(action, Action::Close { connection: 1, .. })), "{out:?}");
    assert_eq!(fusion.nodes().next().unwrap().1.connection, Some(3));
}

#[test]
fn alerts_are_acknowledged_and_errors_are_not() {
    let (mut fusion, mut radar) = with_radar(FusionPolicy::default());
    let alert_id = Some(radar.ulid(start()).to_string());
    let alert = radar.says(start(), Content::Alert(Alert { alert_id: alert_id.clone(), ..Alert::default() }));
    let (_, out) = hears(&mut fusion, start(), 1, &alert);
    let Content::AlertAck(ack) = content(&sent(&out)[0]).clone() else { panic!("an alert is acknowledged") };
    assert_eq!((ack.alert_id.clone(), ack.alert_ack_status()), (alert_id, alert_ack::AlertAckStatus::Accepted));
    // An error without its text is against the rules; answering it with an error would begin a loop.
    let bad = radar.says(start(), Content::Error(Error { packet: Some(vec![1]), error_message: Vec::new() }));
    assert_eq!(refused(&mut fusion, start(), 1, &bad, Reason::AgainstTheRules), []);
    let words = vec!["no\nthanks".to_owned()];
    let good = radar.says(start(), Content::Error(Error { packet: Some(vec![1]), error_message: words }));
    let (_, out) = hears(&mut fusion, start(), 1, &good);
    assert_eq!(out, [Action::Told(NodeEvent::Complained { node: node(RADAR), words: "no thanks".to_owned() })]);
}

#[test]
fn tasks_wait_for_their_answer_and_not_for_ever() {
    let (mut fusion, radar) = with_radar(FusionPolicy::default());
    let command =
        task::Command { command: Some(task::command::Command::Request("Status".to_owned())), ..Default::default() };
    let task = Task { control: Some(task::Control::Start as i32), command: Some(command), ..Task::default() };
    let mut out = Vec::new();
    let asked = fusion.task(start(), node(RADAR), task.clone(), &mut out).unwrap();
    let message = &sent(&out)[0];
    assert_eq!(message.destination_id(), RADAR);
    let ack = |id: String| TaskAck {
        task_id: Some(id),
        task_status: Some(task_ack::TaskStatus::Accepted as i32),
        ..TaskAck::default()
    };
    let answer = radar.says(start(), Content::TaskAck(ack(asked.to_string())));
    hears(&mut fusion, start(), 1, &answer).0.expect("it was asked");
    refused(&mut fusion, start(), 1, &answer, Reason::Unasked);
    let late = fusion.task(start(), node(RADAR), task.clone(), &mut Vec::new()).unwrap();
    let mut out = Vec::new();
    fusion.tick(start().plus_seconds(10.1), &mut out);
    assert!(out.contains(&Action::Told(NodeEvent::DidNotAnswer { node: node(RADAR), task: late })), "{out:?}");
    fusion.task(start(), node(OTHER), task, &mut Vec::new()).expect_err("nobody is there");
}

#[test]
fn what_only_a_fusion_node_says_is_refused() {
    let (mut fusion, mut radar) = with_radar(FusionPolicy::default());
    let task_id = Some(radar.ulid(start()).to_string());
    let task = Task { task_id, control: Some(task::Control::Start as i32), ..Task::default() };
    refused(&mut fusion, start(), 1, &radar.says(start(), Content::Task(task)), Reason::WrongRole);
}

#[test]
fn a_flood_is_cut_and_not_thrown_back() {
    let policy = FusionPolicy { rate_per_s: 100.0, burst: 50.0, ..FusionPolicy::default() };
    let (mut fusion, mut radar) = with_radar(policy);
    let mut errors = 0;
    for n in 0..10_000 {
        let at = start().plus_seconds(f64::from(n) * 1e-4);
        let message = radar.sees(at, 5_000.0, 90.0, 20.0);
        errors += sent(&hears(&mut fusion, at, 1, &message).1).len();
    }
    let tally = fusion.tally();
    assert!((140..=152).contains(&tally.taken), "a second at the rate, and the burst: {tally:?}");
    assert_eq!(tally.refused[&Reason::Flood], 10_001 - tally.taken);
    assert!(errors < 25, "{errors} errors were sent");
    assert_eq!(tally.errors_withheld + errors as u64, tally.refused[&Reason::Flood]);
}

#[test]
fn names_without_end_fill_no_memory() {
    let limits = Limits { connections_max: 64, nodes_max: 100, ..Limits::DEFAULT };
    let mut fusion = FusionNode::new(node(FUSION), FusionPolicy::default(), limits, 7);
    let mut out = Vec::new();
    for n in 0..5_000 {
        let peer = Peer::new(&format!("{n:08x}-0000-4000-8000-000000000000"));
        fusion.opened(start(), n, Trust::Unauthenticated).unwrap();
        fusion.message(start(), n, &peer.registers(start()), &mut out).expect("there is room for one that is there");
        fusion.closed(start(), n, "it went", &mut out);
        out.clear();
    }
    assert_eq!(fusion.nodes().count(), 100);
    // And one that stays for each of a million connections.
    for n in 5_000..1_005_000 {
        let opened = fusion.opened(start(), n, Trust::Unauthenticated);
        assert_eq!(opened.is_ok(), n < 5_064);
        assert!(fusion.message(start(), n, b"", &mut out).is_err());
        out.clear();
    }
    assert_eq!(fusion.tally().connections_refused, 1_000_000 - 64);
}

#[test]
fn the_table_of_nodes_is_not_taken_from_those_who_are_there() {
    let limits = Limits { nodes_max: 1, ..Limits::DEFAULT };
    let mut fusion = FusionNode::new(node(FUSION), FusionPolicy::default(), limits, 7);
    for (connection, id) in [(1, RADAR), (2, OTHER)] {
        fusion.opened(start(), connection, Trust::Unauthenticated).unwrap();
        let (heard, _) = hears(&mut fusion, start(), connection, &Peer::new(id).registers(start()));
        assert_eq!(heard.err().map(|refusal| refusal.reason), (id == OTHER).then_some(Reason::TooManyNodes));
    }
    assert_eq!(fusion.nodes().next().unwrap().0, node(RADAR));
}
