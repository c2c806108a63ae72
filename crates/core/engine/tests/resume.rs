//! An engine that ends in the middle of everything, and another that goes on where it stood.

mod scene;

use std::collections::BTreeSet;

use parapet_engine::{Engine, EngineState, Event, Outbox};
use parapet_frame::Time;
use parapet_warn::{Alarm, AlarmId, Command, OperatorCommand, Reason, Stage, ZoneId};
use scene::{Round, alarms, at, config, events, square};

/// Nobody runs an engine for so long, seconds: it was killed and is started again.
const GONE_S: f64 = 1.5;
/// By then everything is over.
const END_S: f64 = 140.0;

fn world() -> (Engine, Vec<(Time, Event)>) {
    let rounds = [Round::northward(5.0, 230.0), Round::northward(12.0, 231.0)];
    let [east_m, north_m] = rounds[0].impact().1;
    let zones = vec![square("hit", east_m, north_m, 150.0), square("far", 4_000.0, 4_000.0, 150.0)];
    (Engine::new(config(zones)), events(&rounds, 120.0, 11))
}

/// The state as a recording holds it: whole from time to time, in between of the zones that were told something.
fn keep(kept: &mut EngineState, engine: &Engine, told: &[Alarm], n: usize) {
    let zones: Vec<ZoneId> = told.iter().map(|alarm| alarm.id.zone).collect();
    if n.is_multiple_of(40) {
        kept.take(engine.state(None));
    } else if !zones.is_empty() {
        kept.take(engine.state(Some(&zones)));
    }
}

/// Runs the scene up to its `cut`-th event, and from [`GONE_S`] later on with another engine: what was told before and after.
fn cut_at(cut: usize) -> (Vec<Alarm>, Vec<Alarm>) {
    let (mut engine, events) = world();
    let resting = engine.clone();
    let mut kept = engine.state(None);
    let mut before = Vec::new();
    for (n, (time, event)) in events[..cut].iter().enumerate() {
        let mut out = Outbox::default();
        engine.step(*time, event.clone(), &mut out);
        let told = alarms(&out.outputs);
        keep(&mut kept, &engine, &told, n);
        before.extend(told);
    }
    let text = serde_json::to_string(&kept).expect("a state is data");
    let read: EngineState = serde_json::from_str(&text).expect("what was written can be read");
    assert_eq!(read, kept, "to the last bit");
    let back_at = events[cut].0.plus_seconds(GONE_S);
    let (mut engine, mut out) = (resting, Outbox::default());
    engine.step(back_at, Event::Resumed(Box::new(read)), &mut out);
    let last = before.last().filter(|alarm| !alarm.stage.is_ended());
    let again = alarms(&out.outputs);
    assert_eq!(again.first().map(|alarm| alarm.id), last.map(|alarm| alarm.id), "told anew at once, under its name");
    assert!(again.iter().all(|alarm| alarm.at == back_at && !alarm.stage.is_ended()), "{again:?}");
    for (time, event) in events[cut..].iter().filter(|(time, _)| *time > back_at) {
        engine.step(*time, event.clone(), &mut out);
    }
    engine.step(at(END_S), Event::Tick, &mut out);
    (before, alarms(&out.outputs))
}

/// Between two plots, wherever that is: no alarm is lost, none is named twice, none ends because of the restart, each ends.
#[test]
fn wherever_it_ends_the_next_goes_on_under_the_same_names() {
    let count = world().1.len();
    let hold_s = config(vec![]).policy.hold_s;
    let down_s = Round::northward(12.0, 231.0).impact().0;
    let (mut standing, mut ended_later) = (0, 0);
    for cut in (0..count - 60).step_by(7) {
        let (before, after) = cut_at(cut);
        let stood = before.last().filter(|alarm| !alarm.stage.is_ended());
        let ended: BTreeSet<AlarmId> = before.iter().filter(|alarm| alarm.stage.is_ended()).map(|a| a.id).collect();
        assert!(after.iter().all(|alarm| !ended.contains(&alarm.id)), "no name is given twice: cut {cut}");
        if let Some(stood) = stood {
            standing += 1;
            let of_it: Vec<&Alarm> = after.iter().filter(|alarm| alarm.id == stood.id).collect();
            assert!(of_it.iter().all(|alarm| alarm.raised_at == stood.raised_at));
            let end = of_it.last().expect("it was told anew");
            assert!(end.stage.is_ended(), "cut {cut}: it never ends: {end:?}");
            if stood.stage == Stage::TakeCover {
                assert!(end.at > at(down_s), "cut {cut}: nobody leaves cover before the last round is down: {end:?}");
                assert!(end.at.seconds_since(at(down_s)) > 0.5 * hold_s, "cut {cut}: {end:?}");
                ended_later += 1;
            }
        }
        let open = after.iter().fold(BTreeSet::new(), |mut open, alarm| {
            if alarm.stage.is_ended() {
                open.remove(&alarm.id)
            } else {
                open.insert(alarm.id)
            };
            open
        });
        assert!(open.is_empty(), "cut {cut}: {open:?} never ends");
    }
    assert!(standing > 20 && ended_later > 10, "{standing} alarms stood, {ended_later} of them in cover");
}

/// Both runs are engines: the same events again give the same words and the same state.
#[test]
fn what_goes_on_can_be_run_again() {
    let (engine, events) = world();
    let run = |engine: &Engine| {
        let (mut engine, mut out) = (engine.clone(), Outbox::default());
        events[..300].iter().for_each(|(time, event)| engine.step(*time, event.clone(), &mut out));
        let state = Event::Resumed(Box::new(engine.state(None)));
        let mut next = world().0;
        next.step(events[300].0, state, &mut out);
        events[300..500].iter().for_each(|(time, event)| next.step(*time, event.clone(), &mut out));
        (next.digest(), out)
    };
    assert_eq!(run(&engine), run(&engine));
}

fn order(command: Command) -> Event {
    Event::Operator(OperatorCommand { who: "ann".into(), seconded_by: Some("bob".into()), command })
}

/// What people on duty ordered stands after a restart as before it; only that a zone is not to be warned does not.
#[test]
fn orders_outlive_the_program_and_every_zone_is_protected_again() {
    let mut first = world().0;
    let mut out = Outbox::default();
    first.step(at(1.0), order(Command::Raise { zones: vec![ZoneId(1)] }), &mut out);
    first.step(at(1.0), order(Command::Unprotect { zone: ZoneId(0) }), &mut out);
    let raised = alarms(&out.outputs)[0].clone();
    let (mut second, mut out) = (world().0, Outbox::default());
    second.step(at(30.0), Event::Resumed(Box::new(first.state(None))), &mut out);
    second.step(at(4_000.0), Event::Tick, &mut out);
    let told = alarms(&out.outputs);
    assert_eq!((told[0].id, told[0].reason), (raised.id, Reason::OperatorRaised));
    assert!(told.last().is_some_and(|end| end.id == raised.id && end.stage.is_ended()), "and it ends by itself");
    let (mut third, events) = (world().0, world().1);
    let mut out = Outbox::default();
    third.step(at(4.0), Event::Resumed(Box::new(first.state(None))), &mut out);
    events
        .iter()
        .filter(|(time, _)| *time > at(4.0))
        .for_each(|(time, event)| third.step(*time, event.clone(), &mut out));
    assert!(alarms(&out.outputs).iter().any(|alarm| alarm.id.zone == ZoneId(0)), "its zone is warned again");
}

/// An alarm of long ago is not told anew; its name stays taken.
#[test]
fn an_alarm_of_long_ago_is_let_go() {
    let mut first = world().0;
    let mut out = Outbox::default();
    first.step(at(1.0), order(Command::Raise { zones: vec![ZoneId(1)] }), &mut out);
    let old = first.state(None).without_alarms();
    assert_eq!(old.warner.standing().count(), 0);
    let (mut second, mut out) = (world().0, Outbox::default());
    second.step(at(90_000.0), Event::Resumed(Box::new(old)), &mut out);
    assert!(out.outputs.is_empty());
}
