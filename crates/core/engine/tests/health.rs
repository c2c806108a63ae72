//! A sensor that speaks and cannot be believed, or no longer sees: found, said, and over when it is over.

mod scene;

use core::f64::consts::TAU;

use nalgebra::Vector3;
use parapet_engine::{Config, Engine, Event, Outbox, Output, RefusalReason, SensorHealth, Trouble, TroubleReport};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time};
use parapet_track::{Bias, BiasKind, Identity, Plot, Scan, SensorId, SensorModel};
use scene::{Noise, Round, alarms, at, config, events, plot, radar, square};

/// An engine and everything it has said.
struct Heard {
    engine: Engine,
    out: Outbox,
    sequence: u64,
}

impl Heard {
    fn of(config: Config) -> Self {
        Heard { engine: Engine::new(config), out: Outbox::default(), sequence: 0 }
    }

    fn plot(&mut self, heard_s: f64, mut plot: Plot) {
        plot.sequence = self.sequence;
        plot.heard_at = HeardAt(at(heard_s));
        self.sequence += 1;
        self.engine.step(at(heard_s), Event::Plot(plot), &mut self.out);
    }

    fn swept(&mut self, seconds: f64, antenna_rad: f64) {
        let event = Event::Swept { sensor: SensorId(0), measured_at: MeasuredAt(at(seconds)), antenna_rad };
        self.engine.step(at(seconds), event, &mut self.out);
    }

    fn alive(&mut self, heard_s: f64, stamp_s: f64) {
        let event = Event::Alive { sensor: SensorId(0), measured_at: MeasuredAt(at(stamp_s)) };
        self.engine.step(at(heard_s), event, &mut self.out);
    }

    fn tick(&mut self, seconds: f64) {
        self.engine.step(at(seconds), Event::Tick, &mut self.out);
    }

    fn of_kind(&self, trouble: Trouble) -> Vec<&TroubleReport> {
        let reports = self.out.outputs.iter().filter_map(|o| if let Output::Trouble(r) = o { Some(r) } else { None });
        reports.filter(|report| report.trouble == trouble).collect()
    }

    /// When a trouble was first said, as a second of the scene.
    fn first_s(&self, trouble: Trouble) -> Option<f64> {
        self.of_kind(trouble).first().map(|report| report.at.seconds_since(at(0.0)))
    }

    fn troubles(&self) -> Vec<Trouble> {
        self.out
            .outputs
            .iter()
            .filter_map(|o| if let Output::Trouble(r) = o { Some(r.trouble) } else { None })
            .collect()
    }

    fn refused(&self, reason: RefusalReason) -> u64 {
        self.engine.counts().refused.get(&reason).copied().unwrap_or(0)
    }
}

/// A radar that turns once in four seconds and tells each of 32 sectors.
fn turning() -> SensorModel {
    SensorModel { scan: Scan::Rotating, scan_period_s: 4.0, silent_after_s: 10.0, ..radar() }
}

fn of(sensors: Vec<SensorModel>) -> Config {
    Config { sensors, ..config(vec![square("home", 0.0, 0.0, 200.0)]) }
}

/// Lets the antenna turn for some seconds, with an echo now and then; `tells` decides of each sector whether it is told.
fn turn(heard: &mut Heard, from_s: f64, to_s: f64, noise: &mut Noise, tells: impl Fn(f64, u32) -> bool) {
    let first = (from_s / 0.125).round() as u32;
    let last = (to_s / 0.125).round() as u32;
    for crossing in first..last {
        let (seconds, sector) = (f64::from(crossing) * 0.125, crossing % 32);
        if tells(seconds, sector) {
            heard.swept(seconds, f64::from(sector) / 32.0 * TAU);
        }
        if crossing % 2 == 0 {
            let (range_m, azimuth_rad) = (2_000.0 + 9_000.0 * noise.uniform(), f64::from(sector) / 32.0 * TAU);
            heard.plot(seconds + 0.05, plot(seconds, range_m, azimuth_rad, 0.2 + 0.1 * noise.uniform(), 0.0));
        }
    }
}

#[test]
fn a_healthy_antenna_is_left_alone() {
    let mut heard = Heard::of(of(vec![turning()]));
    turn(&mut heard, 0.0, 20.0, &mut Noise(1), |_, _| true);
    assert_eq!(heard.troubles(), []);
}

#[test]
fn an_antenna_that_stops_is_said_within_two_seconds() {
    let mut heard = Heard::of(of(vec![turning()]));
    let mut noise = Noise(2);
    turn(&mut heard, 0.0, 12.0, &mut noise, |_, _| true);
    turn(&mut heard, 12.0, 16.0, &mut noise, |_, _| false);
    let said_s = heard.first_s(Trouble::RotationStopped).expect("said");
    assert!((12.0..14.0).contains(&said_s), "{said_s}");
    turn(&mut heard, 16.0, 20.0, &mut noise, |_, _| true);
    assert!(!heard.of_kind(Trouble::RotationStopped).last().unwrap().stands, "over when it turns again");
}

/// A radar may tell where its antenna is although it stands still.
#[test]
fn an_antenna_that_points_one_way_has_stopped() {
    let mut heard = Heard::of(of(vec![turning()]));
    turn(&mut heard, 0.0, 8.0, &mut Noise(3), |_, _| true);
    (0..20).for_each(|i| heard.swept(8.0 + 0.125 * f64::from(i), 0.0));
    let said_s = heard.first_s(Trouble::RotationStopped).expect("said");
    assert!((8.0..10.0).contains(&said_s), "{said_s}");
}

#[test]
fn sectors_that_are_no_longer_told_are_said_in_the_first_turn() {
    let mut heard = Heard::of(of(vec![turning()]));
    let mut noise = Noise(4);
    turn(&mut heard, 0.0, 8.0, &mut noise, |_, _| true);
    turn(&mut heard, 8.0, 16.0, &mut noise, |_, sector| !(8..12).contains(&sector));
    let reports = heard.of_kind(Trouble::SectorBlanked);
    assert!(reports[0].detail.contains("between 79 and 135 degrees"), "{reports:?}");
    // The antenna is at sector 8 a second into the turn and out of the gap half a second later.
    let said_s = heard.first_s(Trouble::SectorBlanked).unwrap();
    assert!(said_s <= 8.0 + 1.0 + 0.5 + 0.01, "{said_s}");
    turn(&mut heard, 16.0, 24.0, &mut noise, |_, _| true);
    assert!(!heard.of_kind(Trouble::SectorBlanked).last().unwrap().stands);
}

#[test]
fn one_lost_crossing_is_no_blanked_sector() {
    let mut heard = Heard::of(of(vec![turning()]));
    turn(&mut heard, 0.0, 24.0, &mut Noise(5), |seconds, _| (seconds - 9.0).abs() > 0.01);
    assert_eq!(heard.troubles(), []);
}

/// Its scan allows ten seconds of silence; its sectors do not.
/// A crossing that is lost elsewhere does not make a blanked sector be forgotten, which is told again later.
#[test]
fn a_sector_that_is_told_again_is_over_though_a_crossing_was_lost_meanwhile() {
    let (mut heard, mut noise) = (Heard::of(of(vec![turning()])), Noise(6));
    turn(&mut heard, 0.0, 8.0, &mut noise, |_, _| true);
    turn(&mut heard, 8.0, 12.0, &mut noise, |_, sector| !(5..9).contains(&sector) && sector != 20);
    turn(&mut heard, 12.0, 24.0, &mut noise, |_, _| true);
    let told: Vec<bool> = heard.of_kind(Trouble::SectorBlanked).iter().map(|report| report.stands).collect();
    assert_eq!(told, [true, false]);
}

/// A direction that a line has broken lies close behind another once; the sectors are as wide as before.
#[test]
fn one_broken_direction_blanks_no_sector() {
    let (mut heard, mut noise) = (Heard::of(of(vec![turning()])), Noise(7));
    turn(&mut heard, 0.0, 8.0, &mut noise, |_, _| true);
    heard.swept(7.9, (31.0 / 32.0) * TAU + 0.025);
    turn(&mut heard, 8.0, 20.0, &mut noise, |_, _| true);
    let stands = heard.of_kind(Trouble::SectorBlanked).last().is_some_and(|report| report.stands);
    assert!(!stands, "{:?}", heard.of_kind(Trouble::SectorBlanked));
}

#[test]
fn a_sensor_that_tells_sectors_is_silent_after_two_seconds() {
    let mut heard = Heard::of(of(vec![turning()]));
    turn(&mut heard, 0.0, 12.0, &mut Noise(6), |_, _| true);
    heard.tick(30.0);
    let silent = heard.out.outputs.iter().find_map(|output| match output {
        Output::Sensor(report) if report.health == SensorHealth::Silent => Some(report.at),
        _ => None,
    });
    let after_s = silent.expect("said").seconds_since(at(12.0));
    assert!((1.5..2.0).contains(&after_s), "{after_s}");
}

#[test]
fn stamps_that_stand_still_are_said_within_two_seconds() {
    let mut heard = Heard::of(of(vec![radar()]));
    (0..10).for_each(|i| heard.alive(0.5 * f64::from(i), 0.5 * f64::from(i)));
    (10..20).for_each(|i| heard.alive(0.5 * f64::from(i), 4.5));
    let said_s = heard.first_s(Trouble::Frozen).expect("said");
    assert!(said_s - 4.5 <= 2.0, "{said_s}");
    (20..24).for_each(|i| heard.alive(0.5 * f64::from(i), 0.5 * f64::from(i)));
    assert!(!heard.of_kind(Trouble::Frozen).last().unwrap().stands);
}

/// The same picture again and again, under new stamps.
/// One broken datagram must not blind a sensor for as long as its stamp lies ahead.
#[test]
fn one_stamp_far_ahead_is_no_standstill() {
    let mut heard = Heard::of(of(vec![radar()]));
    (0..20).for_each(|i| heard.alive(0.5 * f64::from(i), 0.5 * f64::from(i)));
    heard.alive(10.1, 10_000.0);
    (0..40).for_each(|i| heard.alive(10.5 + 0.5 * f64::from(i), 10.5 + 0.5 * f64::from(i)));
    let stands = heard.of_kind(Trouble::Frozen).last().is_some_and(|report| report.stands);
    assert!(!stands, "{:?}", heard.of_kind(Trouble::Frozen));
}

/// A clock that was ahead and is set right goes on from there.
#[test]
fn a_clock_that_is_set_back_by_an_hour_does_not_stand_still() {
    let mut heard = Heard::of(of(vec![radar()]));
    (0..20).for_each(|i| heard.alive(0.5 * f64::from(i), 3_600.0 + 0.5 * f64::from(i)));
    (20..60).for_each(|i| heard.alive(0.5 * f64::from(i), 0.5 * f64::from(i)));
    let stands = heard.of_kind(Trouble::Frozen).last().is_some_and(|report| report.stands);
    assert!(!stands, "{:?}", heard.of_kind(Trouble::Frozen));
}

/// Two messages that are told in turn, again and again, are no clock that goes on.
#[test]
fn stamps_that_repeat_in_turn_stand_still() {
    let mut heard = Heard::of(of(vec![radar()]));
    (0..20).for_each(|i| heard.alive(0.5 * f64::from(i), 0.5 * f64::from(i)));
    (20..40).for_each(|i| heard.alive(0.5 * f64::from(i), if i % 2 == 0 { 9.0 } else { 9.5 }));
    assert!(heard.of_kind(Trouble::Frozen).last().is_some_and(|report| report.stands));
}

#[test]
fn plots_that_repeat_bit_for_bit_are_said() {
    let mut heard = Heard::of(of(vec![radar()]));
    let mut noise = Noise(7);
    let picture: Vec<Plot> = (0..4)
        .map(|i| plot(0.0, 3_000.0 + 1_000.0 * noise.uniform(), f64::from(i) + noise.uniform(), 0.2, 5.0))
        .collect();
    for scan in 0..6 {
        let seconds = 0.5 * f64::from(scan);
        for told in &picture {
            heard.plot(seconds, Plot { measured_at: MeasuredAt(at(seconds)), ..*told });
        }
    }
    let said_s = heard.first_s(Trouble::Frozen).expect("said");
    assert!(said_s <= 2.0, "{said_s}");
}

#[test]
fn a_flood_is_said_at_once_and_ends() {
    let mut heard = Heard::of(of(vec![radar()]));
    let mut noise = Noise(8);
    for scan in 0..60 {
        let seconds = 0.5 * f64::from(scan);
        let flooded = (20..30).contains(&scan);
        for _ in 0..if flooded { 300 } else { 5 } {
            let azimuth_rad = TAU * (noise.uniform() - 0.5);
            heard.plot(
                seconds,
                plot(seconds, 500.0 + 15_000.0 * noise.uniform(), azimuth_rad, 0.3, 300.0 * noise.uniform()),
            );
        }
    }
    let said_s = heard.first_s(Trouble::Flood).expect("said");
    assert!((10.0..10.6).contains(&said_s), "{said_s}");
    assert!(!heard.of_kind(Trouble::Flood).last().unwrap().stands);
    assert_eq!(heard.of_kind(Trouble::Flood).len(), 2);
}

#[test]
fn an_aircraft_that_leaps_is_impossible() {
    let mut heard = Heard::of(of(vec![radar()]));
    for scan in 0..12 {
        let seconds = f64::from(scan);
        let identity = Some(Identity { address: Some(0x34_65_8A), ..Identity::default() });
        let azimuth_rad = if scan % 2 == 0 { 0.3 } else { 1.2 };
        heard.plot(seconds, Plot { identity, ..plot(seconds, 9_000.0, azimuth_rad, 0.1, 0.0) });
    }
    let reports = heard.of_kind(Trouble::ImpossibleMotion);
    assert!(reports.first().is_some_and(|r| r.detail.contains("34658A")), "{reports:?}");
}

#[test]
fn numbers_that_cannot_be_are_refused_counted_and_said() {
    let mut heard = Heard::of(of(vec![radar()]));
    for scan in 0..5 {
        let seconds = f64::from(scan);
        heard.plot(seconds, plot(seconds, 900_000.0, 0.1 * seconds, 0.1, 0.0));
    }
    assert_eq!(heard.refused(RefusalReason::Impossible), 5);
    assert_eq!(heard.of_kind(Trouble::ImpossibleMotion).len(), 1);
}

/// As when a leap second is taken late, or an operator sets the clock.
#[test]
fn a_clock_that_is_set_is_said_with_the_step() {
    let mut heard = Heard::of(of(vec![radar()]));
    let mut noise = Noise(9);
    for message in 0..60 {
        let seconds = 0.5 * f64::from(message);
        let step_s = if message >= 30 { -1.0 } else { 0.0 };
        heard.alive(seconds + 0.03 * noise.uniform(), seconds - 0.1 + step_s);
    }
    let reports = heard.of_kind(Trouble::ClockStepped);
    assert!(
        reports.first().is_some_and(|r| r.detail.starts_with("by 1.0") || r.detail.starts_with("by 0.9")),
        "{reports:?}"
    );
    let said_s = heard.first_s(Trouble::ClockStepped).unwrap();
    assert!((15.0..19.0).contains(&said_s), "{said_s}");
}

#[test]
fn a_slow_line_that_jitters_is_no_step() {
    let mut heard = Heard::of(of(vec![radar()]));
    let mut noise = Noise(10);
    for message in 0..200 {
        let seconds = 0.5 * f64::from(message);
        heard.alive(seconds + 0.2 * noise.uniform(), seconds - 0.3);
    }
    assert_eq!(heard.troubles(), []);
}

/// A source that sends a hundred times what it may; what belongs to the round is let in all the same.
#[test]
fn a_rate_is_held_and_a_rounds_plots_are_let_in() {
    let round = Round::northward(1.0, 260.0);
    let mut site = config(vec![square("home", round.impact().1[0], round.impact().1[1], 150.0)]);
    site.sensors[0].trust.plots_per_s_max = Some(20.0);
    let mut heard = Heard::of(site);
    let mut noise = Noise(11);
    let until_s = round.impact().0 - 3.0;
    for (time, event) in events(&[round], until_s, 12) {
        let seconds = time.seconds_since(at(0.0));
        if let Event::Plot(told) = event {
            // What no round's track waits for comes first and takes what may be sent.
            for _ in 0..if seconds > 15.0 { 300 } else { 0 } {
                let azimuth_rad = TAU * (noise.uniform() - 0.5);
                heard.plot(seconds, plot(seconds, 9_000.0 + 9_000.0 * noise.uniform(), azimuth_rad, 0.3, 0.0));
            }
            heard.plot(seconds, told);
        } else {
            heard.engine.step(time, event, &mut heard.out);
        }
    }
    assert!(heard.refused(RefusalReason::OverRate) > 1_000);
    assert_eq!(heard.of_kind(Trouble::OverRate).first().map(|r| r.stands), Some(true));
    assert!(!alarms(&heard.out.outputs).is_empty());
    let report = heard.out.outputs.iter().rev().find_map(|output| match output {
        Output::Track(report) if report.odds.falling() > 0.9 => Some(report),
        _ => None,
    });
    let last_s = report.expect("the round is tracked").last_plot_at.seconds_since(at(0.0));
    assert!(last_s > until_s - 2.0, "its plots are let in through the flood: the last at {last_s} of {until_s}");
    let counts = heard.engine.counts();
    assert_eq!(counts.heard, counts.used + counts.waiting + counts.refused.values().sum::<u64>());
}

/// Aircraft in a sector from which nothing comes any more, and one elsewhere that is seen all the time.
#[test]
fn a_sector_where_tracks_are_missed_is_said() {
    let mut heard = Heard::of(of(vec![radar()]));
    let mut noise = Noise(13);
    for scan in 0..80 {
        let seconds = 0.5 * f64::from(scan);
        for (thing, azimuth_rad) in [(0.0, 0.50), (1.0, 0.62), (2.0, 3.0)] {
            if seconds >= 20.0 && azimuth_rad < 1.0 {
                continue;
            }
            let range_m = 9_000.0 - 60.0 * seconds + 1_500.0 * thing + 10.0 * noise.normal();
            heard.plot(
                seconds,
                plot(seconds, range_m, azimuth_rad + 2e-3 * noise.normal(), 0.1 + 2e-3 * noise.normal(), -60.0),
            );
        }
        heard.alive(seconds, seconds);
    }
    let reports = heard.of_kind(Trouble::SectorBlanked);
    assert!(reports.first().is_some_and(|r| r.detail.contains("between 22 and 44 degrees")), "{reports:?}");
    let said_s = heard.first_s(Trouble::SectorBlanked).unwrap();
    assert!((20.0..22.1).contains(&said_s), "{said_s}");
}

/// Two sensors of one group are one voice; a third of its own makes two.
#[test]
fn an_alarm_may_need_independent_groups() {
    let round = Round::northward(1.0, 260.0);
    let zone = square("home", round.impact().1[0], round.impact().1[1], 150.0);
    let told = |groups: [Option<&str>; 2]| {
        let mut site = config(vec![zone.clone()]);
        site.policy.corroboration = 2;
        site.sensors.push(SensorModel { name: "second".into(), ..radar() });
        for (sensor, group) in site.sensors.iter_mut().zip(groups) {
            sensor.trust.group = group.map(str::to_owned);
        }
        let mut all: Vec<(Time, Event)> = events(&[round], round.impact().0, 14);
        all.extend(events(&[round], round.impact().0, 15).into_iter().map(|(time, mut event)| {
            match &mut event {
                Event::Plot(plot) => plot.sensor = SensorId(1),
                Event::Alive { sensor, .. } => *sensor = SensorId(1),
                _ => {}
            }
            (time, event)
        }));
        all.sort_by_key(|(time, _)| *time);
        let mut heard = Heard::of(site);
        all.into_iter().for_each(|(time, event)| heard.engine.step(time, event, &mut heard.out));
        alarms(&heard.out.outputs).len()
    };
    assert_eq!(told([Some("maker"), Some("maker")]), 0);
    assert!(told([Some("maker"), None]) > 0);
    assert!(told([None, None]) > 0);
}

/// Through the whole engine: three aircraft, two radars, one with a clock that is 700 ms ahead.
#[test]
fn a_clock_that_is_700_ms_ahead_is_found_said_and_used_corrected() {
    let sigma = Bias { range_m: 30.0, azimuth_rad: 5e-3, elevation_rad: 5e-3, time_s: 0.4 };
    let mut site = of(vec![radar(), radar()]);
    site.sensors[1].pose = SensorPose::parallel(SitePoint { east_m: 9_000.0, north_m: 1_000.0, up_m: 10.0 }, 10.0);
    site.sensors[1].trust.bias_sigma = sigma;
    let models = site.sensors.clone();
    let mut heard = Heard::of(site);
    let mut noise = Noise(16);
    for scan in 0..160 {
        let seconds = 0.5 * f64::from(scan);
        for (sensor, model) in models.iter().enumerate() {
            let ahead_s = if sensor == 1 { 0.7 } else { 0.0 };
            for thing in 0..3 {
                let along = f64::from(thing) - 1.0;
                let velocity = Vector3::new(80.0 + 20.0 * along, 90.0 * along, 0.0);
                let place = Vector3::new(-1_000.0, 6_000.0 - 2_000.0 * along, 1_200.0) + velocity * seconds;
                let polar = model.pose.polar_from_site(place);
                let sight = (place - model.pose.origin()) / polar.range_m;
                let told = plot(
                    seconds + ahead_s,
                    polar.range_m + 10.0 * noise.normal(),
                    polar.azimuth_rad + 2e-3 * noise.normal(),
                    polar.elevation_rad + 2e-3 * noise.normal(),
                    sight.dot(&velocity) + noise.normal(),
                );
                heard.plot(seconds + 0.05, Plot { sensor: SensorId(sensor as u16), ..told });
            }
        }
    }
    let reports: Vec<_> = heard
        .out
        .outputs
        .iter()
        .filter_map(|o| if let Output::Registration(r) = o { Some(r) } else { None })
        .filter(|r| r.sensor == SensorId(1))
        .collect();
    let found = reports.iter().find(|r| r.stands_out.contains(&BiasKind::Time)).expect("said");
    assert!(found.is_used && found.at.seconds_since(at(0.0)) < 40.0, "{found:?}");
    let last = reports.last().unwrap();
    assert!((last.bias.time_s - 0.7).abs() < 0.08, "{last:?}");
    assert_eq!(heard.refused(RefusalReason::FromTheFuture), 0, "its plots are used");
    let shown = heard.engine.tracks().iter().filter(|track| track.is_shown()).count();
    assert_eq!(shown, 3, "one track for each");
}
