//! The engine is a value: what it says depends on its events and on nothing else.

mod scene;

use parapet_engine::{Engine, Event, Outbox};
use parapet_frame::{HeardAt, MeasuredAt, Time};
use parapet_track::{Elevation, Plot, SensorId};
use proptest::prelude::*;
use scene::{Round, at, config, events, run, square};

fn world() -> (Engine, Vec<(Time, Event)>) {
    let rounds = [Round::northward(2.0, 230.0), Round::northward(3.0, 228.0)];
    let [east_m, north_m] = rounds[0].impact().1;
    (Engine::new(config(vec![square("hit", east_m, north_m, 150.0)])), events(&rounds, 45.0, 5))
}

#[test]
fn equal_events_equal_words_and_digests() {
    let (engine, events) = world();
    let (mut a, mut b) = (engine.clone(), engine.clone());
    assert_eq!(a.digest(), b.digest());
    assert_eq!(run(&mut a, &events, 80.0), run(&mut b, &events, 80.0));
    assert_eq!(a.digest(), b.digest());
    assert_ne!(a.digest(), engine.digest());
}

#[test]
fn a_copy_goes_on_as_the_original_would() {
    let (mut engine, events) = world();
    let (early, late) = events.split_at(events.len() / 2);
    run(&mut engine, early, 0.0);
    let mut copy = engine.clone();
    assert_eq!(run(&mut engine, late, 80.0), run(&mut copy, late, 80.0));
}

#[test]
fn the_order_of_hearing_within_a_look_does_not_matter() {
    let (engine, events) = world();
    let mut shuffled = events.clone();
    for group in shuffled.chunk_by_mut(|a, b| a.0 == b.0) {
        group.reverse();
    }
    let plain = run(&mut engine.clone(), &events, 80.0);
    let other = run(&mut engine.clone(), &shuffled, 80.0);
    assert_eq!(plain, other);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn extra_ticks_change_nothing(ticks in prop::collection::vec(0.0_f64..80.0, 0..60)) {
        let (engine, events) = world();
        let mut ticked: Vec<(Time, Event)> = events.clone();
        ticked.extend(ticks.into_iter().map(|s| (at(s), Event::Tick)));
        ticked.sort_by_key(|(time, _)| *time);
        prop_assert_eq!(run(&mut engine.clone(), &events, 80.0), run(&mut engine.clone(), &ticked, 80.0));
    }

    /// Waking exactly when asked to says the same as not waking at all until the next event.
    #[test]
    fn waking_on_time_says_the_same(until_s in 10.0_f64..80.0) {
        let (engine, events) = world();
        let mut woken = engine.clone();
        let mut out = Outbox::default();
        for (time, event) in events.iter().filter(|(time, _)| *time <= at(until_s)) {
            while woken.next_wake() < *time {
                let wake = woken.next_wake();
                woken.step(wake, Event::Tick, &mut out);
            }
            woken.step(*time, event.clone(), &mut out);
        }
        woken.step(at(until_s), Event::Tick, &mut out);
        let heard: Vec<_> = events.into_iter().filter(|(time, _)| *time <= at(until_s)).collect();
        prop_assert_eq!(out.outputs, run(&mut engine.clone(), &heard, until_s));
    }
}

/// Any number that a confused or hostile sensor may send.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -1e5_f64..1e5,
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MIN_POSITIVE, f64::MAX, 1e-300]),
    ]
}

fn any_plot() -> impl Strategy<Value = Plot> {
    let elevation = prop::option::of((number(), number()).prop_map(|(rad, sigma_rad)| Elevation { rad, sigma_rad }));
    let times = (any::<i64>(), -20.0_f64..20.0, any::<bool>());
    (0u16..3, any::<u64>(), times, (number(), number(), elevation, prop::option::of(number())), any::<bool>()).prop_map(
        |(sensor, sequence, (wild, near_s, is_wild), (range_m, azimuth_rad, elevation, range_rate_mps), simulated)| {
            Plot {
                sensor: SensorId(sensor),
                sequence,
                measured_at: MeasuredAt(if is_wild { Time::from_nanos(wild) } else { at(near_s) }),
                heard_at: HeardAt(at(0.0)),
                range_m,
                azimuth_rad,
                elevation,
                range_rate_mps,
                identity: None,
                simulated,
                accuracy: None,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// No input stops the engine, and every plot is accounted for.
    #[test]
    fn heard_is_used_and_waiting_and_refused(plots in prop::collection::vec((any_plot(), -5.0_f64..30.0), 0..80)) {
        let mut engine = Engine::new(config(vec![square("here", 0.0, 0.0, 300.0)]));
        let mut out = Outbox::default();
        for (plot, seconds) in plots {
            engine.step(at(seconds), Event::Plot(plot), &mut out);
            let counts = engine.counts();
            prop_assert_eq!(counts.heard, counts.used + counts.waiting + counts.refused.values().sum::<u64>());
        }
        engine.step(at(100.0), Event::Tick, &mut out);
        prop_assert_eq!(engine.counts().waiting, 0);
        prop_assert_eq!(engine.next_wake(), Time::NEVER);
    }
}
