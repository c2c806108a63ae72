//! What is heard, through the whole engine: an earlier alarm, a verdict on the impact, and never an alarm by itself.

mod scene;

use nalgebra::Vector3;
use parapet_engine::{Engine, Event, Mode, Output, RefusalReason};
use parapet_frame::{HeardAt, MeasuredAt, Time};
use parapet_track::{Ear, Sound, SoundKind, SoundReport};
use parapet_warn::{Stage, Verdict};
use scene::{Noise, Round, alarms, at, config, events, run, square};

/// Speed of sound 50 m up in the standard atmosphere, m/s.
const SOUND_MPS: f64 = 340.1;

/// Six nodes around a place, and what they tell of a sound that is made there.
fn heard(kind: SoundKind, around: [f64; 2], source: [f64; 2], seconds: f64, noise: &mut Noise) -> Vec<(Time, Event)> {
    const OFF: [[f64; 2]; 6] =
        [[400.0, 300.0], [-500.0, 200.0], [100.0, -600.0], [700.0, -200.0], [-300.0, 700.0], [-600.0, -500.0]];
    let first = if kind == SoundKind::Launch { 0 } else { 100 };
    let one = |(number, [east, north]): (u32, [f64; 2])| {
        let place_m = [around[0] + east, around[1] + north, 0.0];
        let way_m = Vector3::from(place_m) - Vector3::new(source[0], source[1], 0.0);
        let arrives_s = seconds + way_m.norm() / SOUND_MPS + 0.005 * noise.normal();
        let sound = Some(Sound { kind, sigma_time_s: 0.005, bearing: None });
        // A node thinks for a tenth of a second before it tells.
        let heard_at = at(arrives_s + 0.1);
        let report = SoundReport {
            ear: Ear::Node(first + number),
            place_m,
            sigma_place_m: 2.0,
            measured_at: MeasuredAt(at(arrives_s)),
            heard_at: HeardAt(heard_at),
            sound,
            simulated: true,
        };
        (heard_at, Event::Sound(report))
    };
    (0..).zip(OFF).map(one).collect()
}

fn merged(mut all: Vec<(Time, Event)>) -> Vec<(Time, Event)> {
    all.sort_by_key(|(at, _)| *at);
    all
}

fn first_alarm_s(outputs: &[Output], launched_s: f64) -> Option<f64> {
    let told = alarms(outputs);
    told.iter().find(|alarm| alarm.stage == Stage::TakeCover).map(|alarm| alarm.at.seconds_since(at(launched_s)))
}

/// A slow radar that sees a round some seconds after its launch only, over a hill: looks of every other second, from 6 s on.
fn over_the_hill(round: Round, seed: u64) -> Vec<(Time, Event)> {
    let is_looked = |when: &Time| {
        let seconds = when.seconds_since(at(0.0));
        (seconds / 2.0 - (seconds / 2.0).round()).abs() < 1e-3 && seconds >= round.launched_s + 6.0
    };
    events(&[round], 60.0, seed).into_iter().filter(|(when, _)| is_looked(when)).collect()
}

/// The same rounds, the same plots: with six nodes near the launches the first alarm comes sooner on average, and never later by more
/// than a look.
#[test]
fn nodes_near_the_launch_shorten_the_first_alarm() {
    let (mut gains, mut lines) = (Vec::new(), Vec::new());
    for seed in 1..=12 {
        let round = Round::northward(5.0, 230.0);
        let [east_m, north_m] = round.impact().1;
        let zones = || vec![square("hit", east_m, north_m, 100.0)];
        let plots = over_the_hill(round, seed);
        let slow = |zones| {
            let mut slow = config(zones);
            (slow.sensors[0].scan_period_s, slow.sensors[0].silent_after_s) = (2.0, 6.0);
            slow
        };
        let launch = heard(SoundKind::Launch, [0.0, -5_000.0], [0.0, -5_000.0], 5.0, &mut Noise(seed * 31 + 7));
        let alone = first_alarm_s(&run(&mut Engine::new(slow(zones())), &plots, 60.0), 5.0).expect("alarmed");
        let with = merged([plots, launch].concat());
        let with = first_alarm_s(&run(&mut Engine::new(slow(zones())), &with, 60.0), 5.0).expect("alarmed");
        lines.push(format!("seed {seed}: {alone:.2} s after the launch alone, {with:.2} s with nodes"));
        gains.push(alone - with);
    }
    let mean_s = gains.iter().sum::<f64>() / gains.len() as f64;
    println!("{}\nmean gain {mean_s:.2} s", lines.join("\n"));
    assert!(mean_s > 0.25, "{lines:?}");
    assert!(gains.iter().all(|gain| *gain > -2.01), "{lines:?}");
}

#[test]
fn a_sound_alone_alarms_nobody() {
    let mut noise = Noise(5);
    let launches = (0..8)
        .flat_map(|n| heard(SoundKind::Launch, [0.0, -5_000.0], [0.0, -5_000.0], 5.0 + 4.0 * f64::from(n), &mut noise));
    let launches: Vec<_> = launches.collect();
    let clutter = events(&[], 120.0, 3);
    let mut engine = Engine::new(config(vec![square("here", 0.0, 0.0, 6_000.0)]));
    let outputs = run(&mut engine, &merged([launches, clutter].concat()), 120.0);
    let located = outputs.iter().filter(|output| matches!(output, Output::Sound(_))).count();
    assert!(located >= 8, "{located}");
    assert!(alarms(&outputs).is_empty(), "{:?}", alarms(&outputs));
}

#[test]
fn the_impact_is_confirmed_or_contradicted() {
    let round = Round::northward(5.0, 230.0);
    let (impact_s, place) = round.impact();
    for sounds in [true, false] {
        let mut noise = Noise(11);
        let mut all = events(&[round], 90.0, 7);
        // Nodes near the impact listen; whether there is something to hear is what differs.
        for second in 0..9 {
            let alive = heard(SoundKind::Impact, place, place, 10.0 * f64::from(second), &mut noise);
            all.extend(alive.into_iter().map(|(at, event)| (at, silent(event))));
        }
        if sounds {
            all.extend(heard(SoundKind::Impact, place, place, impact_s, &mut noise));
        }
        let outputs =
            run(&mut Engine::new(config(vec![square("hit", place[0], place[1], 100.0)])), &merged(all), 120.0);
        let falls: Vec<_> =
            outputs.iter().filter_map(|o| if let Output::Fall(fall) = o { Some(fall) } else { None }).collect();
        let [fall] = falls.as_slice() else { panic!("{falls:?}") };
        assert_eq!(fall.verdict, if sounds { Verdict::Confirmed } else { Verdict::NotHeard }, "{fall:?}");
        assert_eq!(fall.listening, 6);
        assert!(fall.off_m.is_none_or(|off_m| off_m < 150.0), "{fall:?}");
    }
}

fn silent(event: Event) -> Event {
    match event {
        Event::Sound(report) => Event::Sound(SoundReport { sound: None, ..report }),
        other => other,
    }
}

#[test]
fn what_a_node_cannot_mean_is_refused_with_its_name() {
    let mut noise = Noise(3);
    let (when, event) = heard(SoundKind::Launch, [0.0, 0.0], [0.0, 0.0], 5.0, &mut noise).remove(0);
    let Event::Sound(good) = event else { unreachable!() };
    let wrong = [
        (SoundReport { place_m: [f64::NAN, 0.0, 0.0], ..good }, RefusalReason::Impossible),
        (SoundReport { measured_at: MeasuredAt(when.plus_seconds(-60.0)), ..good }, RefusalReason::TooOld),
        (SoundReport { measured_at: MeasuredAt(when.plus_seconds(5.0)), ..good }, RefusalReason::FromTheFuture),
    ];
    let mut engine = Engine::new(config(vec![]));
    for (report, reason) in wrong {
        let outputs = run(&mut engine, &[(when, Event::Sound(report))], 6.0);
        let refused = outputs.iter().find_map(|o| if let Output::Refused(r) = o { Some(r) } else { None });
        let refused = refused.expect("refused");
        assert_eq!(refused.reason, reason);
        assert!(refused.detail.contains("acoustic node 0"), "{refused:?}");
    }
    let mut live = config(vec![]);
    live.mode = Mode::Live;
    let outputs = run(&mut Engine::new(live), &[(when, Event::Sound(good))], 6.0);
    assert!(outputs.iter().any(|o| matches!(o, Output::Refused(r) if r.reason == RefusalReason::Simulated)));
}
