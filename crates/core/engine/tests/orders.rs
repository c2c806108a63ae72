//! What people on duty order, and what a large world keeps of the promises that `crates/core/warn/src/proof.rs` checks on a small one.

mod scene;

use std::collections::BTreeMap;

use parapet_engine::{Engine, Event, Outbox, Output};
use parapet_frame::Time;
use parapet_warn::{Alarm, AlarmId, Command, OperatorCommand, OperatorRefusal, Reason, Stage, ZoneId};
use proptest::prelude::*;
use scene::{Round, alarms, at, config, events, run, square};

fn order(who: &str, seconded_by: Option<&str>, command: Command) -> Event {
    Event::Operator(OperatorCommand { who: who.to_owned(), seconded_by: seconded_by.map(str::to_owned), command })
}

/// The alarms and the refusals that orders give rise to.
fn ordered(engine: &mut Engine, when: Time, event: Event) -> (Vec<Alarm>, Option<OperatorRefusal>) {
    let mut out = Outbox::default();
    engine.step(when, event, &mut out);
    let refused =
        out.outputs.iter().find_map(|o| if let Output::Operator(report) = o { Some(report.refused) } else { None });
    (alarms(&out.outputs), refused.expect("every order is answered"))
}

#[test]
fn an_alarm_of_people_needs_two_and_can_be_taken_back() {
    let mut engine = Engine::new(config(vec![square("one", 0.0, 0.0, 100.0), square("two", 900.0, 0.0, 100.0)]));
    let raise = |second| order("ann", second, Command::Raise { zones: vec![ZoneId(0), ZoneId(1)] });
    for (second, refusal) in [(None, OperatorRefusal::NeedsTwo), (Some("ann"), OperatorRefusal::NeedsTwo)] {
        assert_eq!(ordered(&mut engine, at(1.0), raise(second)), (vec![], Some(refusal)));
    }
    let nameless = order(" ", None, Command::StopAll);
    assert_eq!(ordered(&mut engine, at(1.0), nameless).1, Some(OperatorRefusal::Nameless));
    let nowhere = order("ann", Some("bob"), Command::Raise { zones: vec![ZoneId(9)] });
    assert_eq!(ordered(&mut engine, at(1.0), nowhere).1, Some(OperatorRefusal::NoSuchZone));

    let (told, refused) = ordered(&mut engine, at(2.0), raise(Some("bob")));
    assert_eq!(refused, None);
    assert_eq!(
        told.iter().map(|a| (a.id.zone.0, a.stage)).collect::<Vec<_>>(),
        [(0, Stage::TakeCover), (1, Stage::TakeCover)]
    );
    assert_eq!((told[0].reason, told[0].by.as_deref()), (Reason::OperatorRaised, Some("ann, bob")));

    let seen = order("cid", None, Command::Acknowledge { alarm: told[0].id });
    let (acknowledged, _) = ordered(&mut engine, at(3.0), seen.clone());
    assert_eq!(acknowledged[0].acknowledged_by.as_deref(), Some("cid"));
    assert_eq!(ordered(&mut engine, at(3.0), seen).1, Some(OperatorRefusal::AlreadySo));

    let (ended, _) = ordered(&mut engine, at(4.0), order("cid", None, Command::Cancel { alarm: told[0].id }));
    assert_eq!((ended.len(), ended[0].stage, ended[0].reason), (1, Stage::Withdrawn, Reason::OperatorCancelled));
    assert_eq!(ended[0].acknowledged_by.as_deref(), Some("cid"));
    let again = order("cid", None, Command::Cancel { alarm: told[0].id });
    assert_eq!(ordered(&mut engine, at(4.0), again).1, Some(OperatorRefusal::NoSuchAlarm));
    let (stopped, _) = ordered(&mut engine, at(5.0), order("cid", None, Command::StopAll));
    assert_eq!(stopped.iter().map(|a| a.id.zone.0).collect::<Vec<_>>(), [1]);
}

/// A comment is on record with who made it, and nothing follows from it: two engines of which one heard it say the same ever after.
#[test]
fn a_comment_is_answered_and_changes_nothing() {
    let mut engine = Engine::new(config(vec![square("one", 0.0, 0.0, 100.0)]));
    let untouched = engine.clone();
    let say = |who: &str, text: String| order(who, None, Command::Comment { text, alarm: None });
    let heard = ordered(&mut engine, at(1.0), say("ann", "two craters at the gate".to_owned()));
    assert_eq!(heard, (vec![], None));
    for text in [" ".to_owned(), "x".repeat(parapet_warn::COMMENT_MAX + 1)] {
        assert_eq!(ordered(&mut engine, at(1.0), say("ann", text)).1, Some(OperatorRefusal::NoComment));
    }
    assert_eq!(ordered(&mut engine, at(1.0), say("", "who said this?".to_owned())).1, Some(OperatorRefusal::Nameless));
    let mut silent = untouched;
    silent.step(at(1.0), Event::Tick, &mut Outbox::default());
    assert_eq!(engine.digest(), silent.digest());
}

/// The round that people cancelled alarms no more; one that comes after it does.
#[test]
fn a_cancelled_round_stays_cancelled_and_the_next_is_warned_of() {
    let rounds = [Round::northward(5.0, 230.0), Round::northward(45.0, 230.0)];
    let [east_m, north_m] = rounds[0].impact().1;
    let mut engine = Engine::new(config(vec![square("hit", east_m, north_m, 150.0)]));
    let all = events(&rounds, 160.0, 11);
    let mut out = Outbox::default();
    let mut cancelled_at = None;
    for (time, event) in all {
        engine.step(time, event, &mut out);
        let standing = alarms(&out.outputs).last().map(|alarm| alarm.id);
        if let (None, Some(alarm)) = (cancelled_at, standing) {
            engine.step(time, order("ann", None, Command::Cancel { alarm }), &mut out);
            cancelled_at = Some(time);
        }
    }
    let told = alarms(&out.outputs);
    let cancelled_at = cancelled_at.expect("an alarm was raised");
    let after: Vec<&Alarm> = told.iter().filter(|alarm| alarm.at > cancelled_at).collect();
    assert!(after.iter().all(|alarm| alarm.at > at(45.0)), "nothing more of the first round: {after:?}");
    assert!(after.iter().any(|alarm| alarm.stage == Stage::TakeCover), "the second round is warned of: {after:?}");
}

#[test]
fn an_unprotected_zone_is_warned_of_no_round() {
    let round = Round::northward(5.0, 230.0);
    let [east_m, north_m] = round.impact().1;
    let mut engine = Engine::new(config(vec![square("hit", east_m, north_m, 150.0)]));
    let unprotect = |second| order("ann", second, Command::Unprotect { zone: ZoneId(0) });
    assert_eq!(ordered(&mut engine, at(0.0), unprotect(None)).1, Some(OperatorRefusal::NeedsTwo));
    assert_eq!(ordered(&mut engine, at(0.0), unprotect(Some("bob"))).1, None);
    assert!(alarms(&run(&mut engine, &events(&[round], 90.0, 7), 90.0)).is_empty());
    assert_eq!(ordered(&mut engine, at(91.0), order("ann", None, Command::Protect { zone: ZoneId(0) })).1, None);
}

/// What is in the air and what people order, drawn at random.
#[derive(Clone, Debug)]
struct Story {
    rounds: Vec<(f64, f64)>,
    orders: Vec<(f64, u8)>,
    silent: Option<(f64, f64)>,
    seed: u64,
}

fn story() -> impl Strategy<Value = Story> {
    let rounds = prop::collection::vec((5.0..60.0_f64, 200.0..250.0_f64), 0..5);
    let orders = prop::collection::vec((5.0..110.0_f64, 0..5_u8), 0..4);
    let silent = prop::option::of((10.0..60.0_f64, 3.0..40.0_f64));
    (rounds, orders, silent, 1..u64::MAX).prop_map(|(rounds, orders, silent, seed)| Story {
        rounds,
        orders,
        silent,
        seed,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Many zones, rounds, orders and a radar that fails: stages follow each other as drawn, every alarm ends, and ends once, no name is
    /// given twice, and an engine that hears the same says the same.
    #[test]
    fn alarms_keep_their_promises_in_a_large_world(story in story()) {
        let rounds: Vec<Round> = story.rounds.iter().map(|(at_s, mps)| Round::northward(*at_s, *mps)).collect();
        let zones = (0..40).map(|n| square(&format!("z{n}"), f64::from(n % 8) * 250.0 - 900.0, f64::from(n / 8) * 350.0 - 1_500.0, 100.0));
        let site = config(zones.collect());
        let mut all = events(&rounds, 140.0, story.seed);
        if let Some((from_s, for_s)) = story.silent {
            all.retain(|(time, _)| !(at(from_s)..at(from_s + for_s)).contains(time));
        }
        for (at_s, what) in &story.orders {
            let command = match what {
                0 => Command::StopAll,
                1 => Command::Hold,
                2 => Command::Release,
                3 => Command::Raise { zones: vec![ZoneId(3), ZoneId(17)] },
                _ => Command::SetPosture { posture: parapet_warn::Posture::Heightened },
            };
            all.push((at(*at_s), order("ann", Some("bob"), command)));
        }
        all.sort_by_key(|(time, _)| *time);
        let mut engine = Engine::new(site.clone());
        let outputs = run(&mut engine, &all, 3_000.0);
        let mut stages: BTreeMap<AlarmId, Vec<Stage>> = BTreeMap::new();
        for alarm in alarms(&outputs) {
            stages.entry(alarm.id).or_default().push(alarm.stage);
        }
        for (id, stages) in &stages {
            prop_assert!(stages.last().is_some_and(|stage| stage.is_ended()), "{id:?} never ended: {stages:?}");
            prop_assert_eq!(stages.iter().filter(|stage| stage.is_ended()).count(), 1, "{:?} ended twice: {:?}", id, stages);
            for pair in stages.windows(2) {
                prop_assert!(pair[1] != Stage::Prepare || pair[0] == Stage::Prepare, "{id:?}: {stages:?}");
                prop_assert!(pair[1] != Stage::AllClear || pair[0] == Stage::Hold, "{id:?}: {stages:?}");
            }
        }
        let mut second = Engine::new(site);
        prop_assert_eq!(run(&mut second, &all, 3_000.0), outputs);
        prop_assert_eq!(second.digest(), engine.digest());
    }
}
