//! What a user would notice: who is warned, when, and until when.

mod scene;

use parapet_engine::{Engine, Event, Mode, Outbox, Output, RefusalReason, SensorHealth};
use parapet_track::SensorId;
use parapet_warn::Stage;
use scene::{Round, alarms, at, config, events, run, square};

#[test]
fn the_zone_under_a_mortar_is_warned_and_no_other() {
    let round = Round::northward(5.0, 230.0);
    let (impact_s, [east_m, north_m]) = round.impact();
    let zones = vec![square("hit", east_m, north_m, 100.0), square("far", east_m + 2_000.0, north_m, 100.0)];
    let mut engine = Engine::new(config(zones));
    let told = alarms(&run(&mut engine, &events(&[round], 120.0, 7), 120.0));

    assert!(told.iter().all(|alarm| alarm.id.zone.0 == 0), "only the zone that is hit: {told:?}");
    assert_eq!(told[0].stage, Stage::TakeCover);
    let lead_s = at(impact_s).seconds_since(told[0].at);
    assert!(lead_s > 0.75 * (impact_s - 5.0), "warned {lead_s:.1} s before the impact at {impact_s:.1} s");
    let last = told.last().unwrap();
    assert_eq!(last.stage, Stage::AllClear);
    assert!(last.at.seconds_since(at(impact_s)) >= 30.0);
}

/// One record of the round, after its track has ended, that knows where it came down and when.
#[test]
fn a_round_is_put_on_record_once() {
    let round = Round::northward(5.0, 230.0);
    let (impact_s, [east_m, north_m]) = round.impact();
    let mut engine = Engine::new(config(vec![square("hit", east_m, north_m, 100.0)]));
    let outputs = run(&mut engine, &events(&[round], 120.0, 7), 120.0);
    let records: Vec<_> =
        outputs.iter().filter_map(|o| if let Output::Record(r) = o { Some(r) } else { None }).collect();
    let [record] = records.as_slice() else { panic!("{records:?}") };
    assert!(outputs.iter().any(|o| matches!(o, Output::TrackEnded { track, .. } if *track == record.arc.track)));
    assert!(record.arc.agrees && record.origin.is_some(), "{record:?}");
    let impact = record.impact.expect("it came down");
    let (east_off_m, north_off_m) = (impact.place.east_m - east_m, impact.place.north_m - north_m);
    let c = impact.covariance;
    assert!(
        (east_off_m * east_off_m + north_off_m * north_off_m).sqrt() < 4.0 * (c.east_east_m2 + c.north_north_m2).sqrt(),
        "{impact:?}"
    );
    assert!(impact.at.seconds_since(at(impact_s)).abs() < 4.0 * impact.sigma_time_s.max(0.05), "{impact:?}");
}

#[test]
fn a_salvo_is_one_alarm_without_a_gap() {
    let rounds = [Round::northward(5.0, 230.0), Round::northward(25.0, 230.0), Round::northward(45.0, 230.0)];
    let [east_m, north_m] = rounds[0].impact().1;
    let mut engine = Engine::new(config(vec![square("hit", east_m, north_m, 150.0)]));
    let told = alarms(&run(&mut engine, &events(&rounds, 160.0, 11), 160.0));

    let last_impact = at(rounds[2].impact().0);
    assert!(told.iter().all(|alarm| alarm.id == told[0].id), "one alarm: {told:?}");
    let ended: Vec<_> = told.iter().filter(|alarm| alarm.stage.is_ended()).collect();
    assert_eq!(ended.len(), 1, "it ends once: {told:?}");
    assert!(ended[0].at > last_impact);
}

#[test]
fn nothing_falls_nobody_is_warned() {
    let mut engine = Engine::new(config(vec![square("here", 0.0, 0.0, 500.0)]));
    let told = alarms(&run(&mut engine, &events(&[], 300.0, 3), 300.0));
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_live_site_refuses_what_calls_itself_simulated() {
    let round = Round::northward(5.0, 230.0);
    let mut live = config(vec![square("hit", round.impact().1[0], round.impact().1[1], 100.0)]);
    live.mode = Mode::Live;
    let mut engine = Engine::new(live);
    let outputs = run(&mut engine, &events(&[round], 60.0, 7), 60.0);
    assert!(alarms(&outputs).is_empty());
    let counts = engine.counts();
    assert_eq!(counts.refused[&RefusalReason::Simulated], counts.heard);
}

#[test]
fn silence_is_announced_once_and_so_is_the_return() {
    let mut engine = Engine::new(config(vec![]));
    let mut out = Outbox::default();
    let alive =
        |seconds: f64| Event::Alive { sensor: SensorId(0), measured_at: parapet_frame::MeasuredAt(at(seconds)) };
    engine.step(at(0.0), alive(0.0), &mut out);
    assert_eq!(engine.next_wake(), at(0.0).plus_nanos(5_000_000), "the scan that the sensor says it has made");
    engine.step(at(60.0), Event::Tick, &mut out);
    engine.step(at(61.0), alive(61.0), &mut out);
    let health: Vec<_> = out
        .outputs
        .iter()
        .filter_map(|o| if let Output::Sensor(s) = o { Some((s.at, s.health)) } else { None })
        .collect();
    let expected =
        [(at(0.0), SensorHealth::Speaking), (at(2.0), SensorHealth::Silent), (at(61.0), SensorHealth::Speaking)];
    assert_eq!(health, expected);
}

#[test]
fn duplicates_and_wrong_clocks_are_refused_with_their_reason() {
    let mut engine = Engine::new(config(vec![]));
    let mut out = Outbox::default();
    let good = scene::plot(10.0, 5_000.0, 0.3, 0.2, 10.0);
    let mut late = good;
    late.measured_at = parapet_frame::MeasuredAt(at(-5.0));
    let mut early = good;
    early.measured_at = parapet_frame::MeasuredAt(at(11.0));
    let mut elsewhere = good;
    elsewhere.sensor = SensorId(9);
    let mut far = good;
    far.range_m = 1e9;
    for plot in [good, good, late, early, elsewhere, far] {
        engine.step(at(10.0), Event::Plot(plot), &mut out);
    }
    let refused: Vec<RefusalReason> =
        out.outputs.iter().filter_map(|o| if let Output::Refused(r) = o { Some(r.reason) } else { None }).collect();
    use RefusalReason::{Duplicate, FromTheFuture, Impossible, TooOld, UnknownSensor};
    assert_eq!(refused, [Duplicate, TooOld, FromTheFuture, UnknownSensor, Impossible]);
    assert_eq!((engine.counts().heard, engine.counts().waiting), (6, 1));
}

#[test]
fn a_scan_mark_from_a_wrong_clock_moves_no_track() {
    let round = Round::northward(5.0, 230.0);
    let mut engine = Engine::new(config(vec![]));
    run(&mut engine, &events(&[round], 20.0, 7), 20.0);
    let mut out = Outbox::default();
    let measured_at = parapet_frame::MeasuredAt(at(20.0 + 7.0 * 3_600.0));
    engine.step(at(20.1), Event::Alive { sensor: SensorId(0), measured_at }, &mut out);
    engine.step(at(21.0), Event::Tick, &mut out);
    assert!(matches!(&out.outputs[0], Output::Refused(r) if r.reason == RefusalReason::FromTheFuture), "{out:?}");
    assert!(!out.outputs.iter().any(|o| matches!(o, Output::Track(_))), "{out:?}");
}

#[test]
fn a_full_table_keeps_the_threat() {
    let round = Round::northward(5.0, 230.0);
    let [east_m, north_m] = round.impact().1;
    let mut small = config(vec![square("hit", east_m, north_m, 100.0)]);
    small.limits.tracks_max = 3;
    let told = alarms(&run(&mut Engine::new(small), &events(&[round], 60.0, 7), 60.0));
    assert!(!told.is_empty() && told[0].stage == Stage::TakeCover);
    assert!(told.iter().all(|alarm| alarm.stage != Stage::Withdrawn), "{told:?}");
}

/// A second radar whose plots are heard 0.6 s late, after the first has already looked again: used where they belong in time,
/// they serve as well as if they had been heard at once.
#[test]
fn plots_that_go_back_in_time_are_used_where_they_belong() {
    let round = Round::northward(5.0, 230.0);
    let [east_m, north_m] = round.impact().1;
    let mut site = config(vec![square("hit", east_m, north_m, 100.0)]);
    let mut second = scene::radar();
    second.name = "second".into();
    for radar in [&mut site.sensors[0], &mut second] {
        // Neither stares, so that only plots move tracks.
        radar.scan = parapet_track::Scan::Rotating;
    }
    site.sensors.push(second);
    let last_track = |lag_s: f64| {
        let mut heard: Vec<(parapet_frame::Time, Event)> = Vec::new();
        for (sensor, seed, lag_s) in [(0, 7, 0.0), (1, 8, lag_s)] {
            for (time, event) in events(&[round], 30.0, seed) {
                let Event::Plot(mut plot) = event else { continue };
                plot.sensor = SensorId(sensor);
                plot.measured_at.0 = time;
                plot.heard_at.0 = time.plus_seconds(lag_s);
                heard.push((plot.heard_at.0, Event::Plot(plot)));
            }
        }
        heard.sort_by_key(|(time, _)| *time);
        let outputs = run(&mut Engine::new(site.clone()), &heard, 31.0);
        let mut tracks = outputs.into_iter().filter_map(|o| if let Output::Track(t) = o { Some(t) } else { None });
        tracks.rfind(|t| t.plots > 20).expect("the round is tracked")
    };
    let (prompt, late) = (last_track(0.0), last_track(0.6));
    let sigma_m = prompt.covariance[0].sqrt();
    for axis in 0..3 {
        let off_m = (prompt.position_m[axis] - late.position_m[axis]).abs();
        assert!(off_m < 0.5 * sigma_m, "axis {axis}: {off_m} m of {sigma_m} m");
    }
}
