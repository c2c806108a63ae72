//! The picture: when the page is sent what, in a thread of its own.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::Clock;
use crate::atlas::Atlas;
use crate::error::ServiceError;
use crate::fanout::Step;
use crate::flight_path::FlightPaths;
use crate::picture_view::{self, Views};
use crate::public::Board;
use crate::shared::Shared;
use crate::tables::Tables;

/// Steps that wait for the picture.
pub(crate) const QUEUE_MAX: usize = 4_096;
/// A picture follows another no sooner than this, unless an alarm changed.
const PERIOD_MIN: Duration = Duration::from_millis(200);
/// A picture is shown at least this often, so that a page knows that we are alive.
const PERIOD_MAX: Duration = Duration::from_secs(1);

/// What the pages are sent.
#[derive(Clone, Debug)]
pub(crate) enum Live {
    /// The picture as JSON.
    Picture(Arc<str>),
    /// The service has ended in order.
    End,
}

/// Begins the picture's thread.
///
/// # Errors
/// When the operating system gives no thread.
pub(crate) fn start(
    atlas: Arc<Atlas>,
    clock: Arc<Clock>,
    shared: Arc<Shared>,
    steps: Receiver<Arc<Step>>,
    live: watch::Sender<Live>,
    public: Board,
) -> Result<JoinHandle<()>, ServiceError> {
    let (tables, paths, shown) = (Tables::default(), FlightPaths::default(), Instant::now());
    let painter = Painter { atlas, clock, shared, live, public, tables, paths, shown, stale: true };
    std::thread::Builder::new()
        .name("picture".to_owned())
        .spawn(move || painter.run(&steps))
        .map_err(ServiceError::thread)
}

struct Painter {
    atlas: Arc<Atlas>,
    clock: Arc<Clock>,
    shared: Arc<Shared>,
    live: watch::Sender<Live>,
    public: Board,
    tables: Tables,
    paths: FlightPaths,
    shown: Instant,
    stale: bool,
}

impl Painter {
    fn run(mut self, steps: &Receiver<Arc<Step>>) {
        self.show(true);
        loop {
            match steps.recv_timeout(self.patience()) {
                Ok(step) => self.take(&step),
                Err(RecvTimeoutError::Timeout) => self.show(false),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.patience().is_zero() {
                self.show(false);
            }
        }
        self.show(true);
        self.live.send_replace(Live::End);
        self.public.end();
    }

    fn take(&mut self, step: &Step) {
        step.outputs.iter().for_each(|output| self.tables.output(output));
        self.stale |= !step.outputs.is_empty();
        if step.has_alarm() {
            self.show(true);
        }
    }

    /// How long until the next picture is due.
    fn patience(&self) -> Duration {
        let period = if self.stale { PERIOD_MIN } else { PERIOD_MAX };
        period.saturating_sub(self.shown.elapsed())
    }

    /// `presses` where an alarm changed.
    fn show(&mut self, presses: bool) {
        let (now, status) = (self.clock.now(), self.shared.status());
        self.tables.age(now);
        self.paths.update(&self.atlas, &self.tables);
        let views = Views {
            now,
            atlas: &self.atlas,
            tables: &self.tables,
            paths: &self.paths,
            status: &status,
            recording: self.shared.recording(),
            alarm_output: self.shared.alarm_output(),
        };
        self.live.send_replace(Live::Picture(picture_view::json(&views).into()));
        self.public.show(&views, presses);
        self.shown = Instant::now();
        self.stale = false;
    }
}

#[cfg(test)]
mod tests {
    use parapet_engine::{Mode, Output};
    use parapet_frame::{Geodetic, PlaneCovariance, SitePoint, Time};
    use parapet_track::{Class, ClassOdds, MotionOdds, TrackId, TrackReport};
    use parapet_warn::{Alarm, AlarmId, Impact, Reason, Stage, Threat, Zone, ZoneId};

    use super::*;
    use crate::shared::{SensorTally, Status};

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_700_000_000.0 + seconds)
    }

    fn track(id: u64, seconds: f64) -> TrackReport {
        TrackReport {
            id: TrackId(id),
            at: at(seconds),
            position_m: [1_000.0, 0.0, 500.0],
            velocity_mps: [0.0, -30.0, -40.0],
            covariance: [1.0; 21],
            ln_beta: [8.0, 0.5],
            existence: 0.99,
            odds: MotionOdds { ballistic: 1.0, boosting: 0.0, coasting: 0.0, level: 0.0 },
            class: Class::Ballistic,
            classes: ClassOdds {
                mortar: 0.5,
                artillery: 0.25,
                rocket: 0.25,
                aircraft: 0.0,
                drone: 0.0,
                bird: 0.0,
                unknown: 0.0,
            },
            plots: 5,
            first_plot_at: at(0.0),
            last_plot_at: at(seconds),
            smoothed: None,
            contact: None,
            identity: None,
            evidence: Default::default(),
        }
    }

    fn threat(track: u64, seconds: f64) -> Threat {
        let covariance = PlaneCovariance { east_east_m2: 4.0, east_north_m2: 0.0, north_north_m2: 100.0 };
        let place = SitePoint { east_m: 0.0, north_m: 1_000.0, up_m: 0.0 };
        let impact = Impact { at: at(seconds + 10.0), sigma_time_s: 0.1, place, covariance, speed_mps: 150.0 };
        let (first_plot_at, probability) = (at(0.0), 0.97);
        Threat { track: TrackId(track), at: at(seconds), first_plot_at, probability, believed: true, impact }
    }

    fn alarm(stage: Stage, seconds: f64) -> Alarm {
        let id = AlarmId { zone: ZoneId(0), cause: at(0.0), again: 0 };
        Alarm {
            raised_at: at(1.0),
            probability: 0.5,
            threshold: 0.1,
            impact_at: Some(at(11.0)),
            threats: vec![TrackId(1)],
            ..Alarm::plain(id, at(seconds), stage, Reason::ImpactPredicted)
        }
    }

    fn atlas() -> Atlas {
        let policy = parapet_warn::Policy {
            effect_radius_m: 100.0,
            ballistic_probability: 0.9,
            existence_probability: 0.9,
            plots_min: 4,
            corroboration: 1,
            hold_s: 30.0,
            withdraw_after_s: 6.0,
            ..parapet_warn::Policy::default()
        };
        let zone = Zone {
            key: "clinic".to_owned(),
            name: "Clinic".to_owned(),
            kind: "hospital".to_owned(),
            people: 12,
            rings: vec![vec![[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]],
            alarm_probability: 0.1,
            shelter_s: None,
        };
        let config = parapet_engine::Config {
            mode: Mode::Exercise,
            environment: parapet_flight::Environment::sphere(33.3, 34.0, 34.0),
            sensors: vec![],
            zones: vec![zone],
            policy,
            limits: parapet_engine::Limits::default(),
        };
        Atlas::at(Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 }, config).unwrap()
    }

    fn tables(outputs: &[Output]) -> Tables {
        let mut tables = Tables::default();
        outputs.iter().for_each(|output| tables.output(output));
        tables
    }

    fn shown(tables: &Tables, seconds: f64) -> serde_json::Value {
        let status = Status { sensors: vec![SensorTally::default()], ..Status::default() };
        let (atlas, mut paths) = (atlas(), FlightPaths::default());
        paths.update(&atlas, tables);
        let ok = || "ok".to_owned();
        let (recording, alarm_output) = (ok(), ok());
        let views =
            Views { now: at(seconds), atlas: &atlas, tables, paths: &paths, status: &status, recording, alarm_output };
        serde_json::from_str(&picture_view::json(&views)).unwrap()
    }

    #[test]
    fn a_round_is_shown_as_the_contract_says() {
        let tables = tables(&[
            Output::Track(track(1, 1.0)),
            Output::Threat(threat(1, 1.0)),
            Output::Alarm(alarm(Stage::TakeCover, 1.0)),
        ]);
        let picture = shown(&tables, 1.5);
        let track = &picture["tracks"][0];
        assert_eq!((track["speed_mps"].as_f64(), track["course_deg"].as_f64()), (Some(50.0), Some(180.0)));
        assert_eq!((track["class"].as_str(), track["threat"].as_bool()), (Some("ballistic"), Some(true)));
        assert!((track["lon_deg"].as_f64().unwrap() - 44.4007).abs() < 1e-3, "{track}");
        let ellipse = &picture["threats"][0]["impact"]["ellipse"];
        assert!((ellipse["semi_major_m"].as_f64().unwrap() - 24.477).abs() < 0.01, "{ellipse}");
        let alarm = &picture["alarms"][0];
        assert_eq!(alarm["id"], "clinic-1700000000000");
        assert_eq!((alarm["impact_ms"].as_i64(), alarm["threats"][0].as_i64()), (Some(1_700_000_011_000), Some(1)));
    }

    #[test]
    fn a_round_is_shown_its_way_to_where_people_are_told_that_it_falls() {
        let tables = tables(&[Output::Track(track(1, 1.0)), Output::Threat(threat(1, 1.0))]);
        let picture = shown(&tables, 1.5);
        let (way, impact) = (&picture["threats"][0]["path"], &picture["threats"][0]["impact"]);
        let way: Vec<[f64; 3]> = serde_json::from_value(way.clone()).unwrap();
        let here = &picture["tracks"][0];
        let near = |shown: f64, told: &serde_json::Value, by: f64| (shown - told.as_f64().unwrap()).abs() < by;
        let [first, last] = [way[0], way[way.len() - 1]];
        assert!(near(first[0], &here["lon_deg"], 1e-5) && near(first[2], &here["height_m"], 0.1), "{first:?} {here}");
        assert!(
            near(last[0], &impact["lon_deg"], 1e-5) && near(last[1], &impact["lat_deg"], 1e-5),
            "{last:?} {impact}"
        );
        assert!((last[2] - 34.0).abs() < 1.0, "it ends on the ground, not at {} m", last[2]);
        let straight = |k: usize| first[2] + (last[2] - first[2]) * k as f64 / (way.len() - 1) as f64;
        assert!(way[8][2] > straight(8) + 30.0, "what falls freely flies in an arc: {way:?}");
    }

    #[test]
    fn no_origin_is_ever_shown_live() {
        let tables = tables(&[Output::Track(track(1, 1.0)), Output::Threat(threat(1, 1.0))]);
        let text = shown(&tables, 1.5).to_string();
        assert!(!text.contains("origin") && !text.contains("launch"), "{text}");
    }

    #[test]
    fn rounds_are_counted_over_one_attack_and_a_thing_that_was_none_is_taken_out() {
        let rounds =
            |picture: &serde_json::Value| (picture["salvo"]["rounds"].as_u64(), picture["salvo"]["in_air"].as_u64());
        let mut tables = tables(&[1, 2, 3].map(|id| Output::Threat(threat(id, f64::from(id as u32)))));
        assert_eq!(rounds(&shown(&tables, 4.0)), (Some(3), Some(3)));
        tables.output(&Output::Threat(Threat { believed: false, ..threat(2, 4.5) }));
        assert_eq!(rounds(&shown(&tables, 11.5)), (Some(2), Some(1)), "one has fallen, one was none");
        tables.age(at(72.0));
        assert_eq!(rounds(&shown(&tables, 72.0)), (Some(2), Some(0)), "a pause within an attack is not its end");
        tables.age(at(73.5));
        assert_eq!(shown(&tables, 73.5)["salvo"], serde_json::Value::Null);
    }

    #[test]
    fn a_threat_that_is_no_longer_believed_is_taken_off() {
        let mut tables = tables(&[Output::Track(track(1, 1.0)), Output::Threat(threat(1, 1.0))]);
        tables.output(&Output::Threat(Threat { believed: false, ..threat(1, 1.1) }));
        assert_eq!(shown(&tables, 1.5)["tracks"][0]["threat"], false);
    }

    #[test]
    fn guesses_and_numbers_gone_astray_are_not_shown() {
        let guess = TrackReport { existence: 0.4, ..track(1, 1.0) };
        let young = TrackReport { plots: 2, ..track(2, 1.0) };
        let astray = TrackReport { position_m: [1e36, 0.0, 0.0], ..track(3, 1.0) };
        let no_number = TrackReport { position_m: [f64::NAN, 0.0, 0.0], ..track(4, 1.0) };
        let outputs = [guess, young, astray, no_number].map(Output::Track);
        assert_eq!(shown(&tables(&outputs), 1.5)["tracks"], serde_json::json!([]));
    }

    #[test]
    fn what_is_over_is_taken_off() {
        let mut tables = tables(&[
            Output::Track(track(1, 0.0)),
            Output::Threat(threat(1, 0.0)),
            Output::Alarm(alarm(Stage::TakeCover, 1.0)),
        ]);
        tables.age(at(14.0));
        assert_eq!((tables.tracks.len(), tables.threats.len(), tables.alarms.len()), (1, 1, 1));
        tables.age(at(16.0));
        assert!(tables.threats.is_empty(), "the impact is over");
        tables.age(at(130.0));
        assert_eq!((tables.tracks.len(), tables.alarms.len()), (0, 1), "an alarm stays until it has ended");
        tables.output(&Output::Alarm(alarm(Stage::AllClear, 140.0)));
        tables.age(at(199.0));
        assert_eq!(tables.alarms.len(), 1);
        tables.age(at(201.0));
        assert!(tables.alarms.is_empty());
    }
}
