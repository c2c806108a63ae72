//! Hours of recorded air traffic, played to the engine: as plots of a simulated radar alone, and again with what each aircraft said of
//! itself, as CAT021 octets through encoder, intake and engine. Nothing of it is a round, so nobody may be warned.

mod adsb;
mod flights;
mod radar;
mod story;
mod way;

use std::path::{Path, PathBuf};

use parapet_engine::{Config, Engine, Event, Limits, Mode, Outbox, Output};
use parapet_flight::Environment;
use parapet_frame::{Geodetic, HeardAt, SiteFrame, Time};
use parapet_track::SensorId;
use parapet_warn::{Policy, Zone};

use self::adsb::Station;
pub use self::flights::Flights;
use self::radar::Radar;
use self::story::Stories;
use crate::runs;

/// Sensors of the site.
const RADAR: SensorId = SensorId(0);
const STATION: SensorId = SensorId(1);
/// Zones: on a grid of this step about the radar, so many each way, of this radius, metres. An impact predicted anywhere near warns.
const ZONE_STEP_M: f64 = 4_000.0;
const ZONES_EACH_WAY: i32 = 4;
const ZONE_RADIUS_M: f64 = 2_000.0;
/// A low threshold, so that little is needed for a false alarm.
const ALARM_PROBABILITY: f64 = 0.05;
/// After the last plot, so that what is due is said, seconds.
const AFTERMATH_S: f64 = 120.0;

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The radar's plots alone.
    Plots,
    /// These, and CAT021 of every report.
    PlotsAndReports,
}

/// What came of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The file's name.
    pub name: String,
    /// Aircraft, and hours of recording.
    pub aircraft: usize,
    /// See `aircraft`.
    pub hours: f64,
    /// Hours flown in stretches of which the way is known, and hours left out between reports without silence.
    pub flown_hours: [f64; 2],
    /// Plots that the radar gave.
    pub plots: u64,
    /// Tracks that a person would be shown, and updates of these.
    pub tracks: u64,
    /// See `tracks`.
    pub updates: u64,
    /// Updates of tracks that are recognised as a contact.
    pub recognised: u64,
    /// Reports of contacts that came out of the octets; those that were refused as impossible or contradictory.
    pub reports: u64,
    /// See `reports`.
    pub refused: u64,
    /// Contacts that were suspected, by drift, fall and jumps.
    pub suspected: [u64; 3],
    /// Tracks that were believed to be rounds at any time.
    pub believed: u64,
    /// Alarms that were raised.
    pub alarms: u64,
}

/// Plays the first seconds of a file, or all of it, to a radar that errs by the first seed.
///
/// # Errors
/// When the file cannot be read: what and where.
pub fn play(file: &Path, heard: Heard, seconds_max: f64) -> Result<Outcome, String> {
    played(file, heard, 1, seconds_max, &mut |_, _| ())
}

/// Plays a whole file to a radar that errs by a seed, and tells of every track that was believed a round what was held of it and what flew there.
///
/// # Errors
/// As [`play()`].
pub fn stories(file: &Path, heard: Heard, seed: u64) -> Result<String, String> {
    let mut stories = Stories::default();
    played(file, heard, seed, f64::INFINITY, &mut |seconds, output| stories.note(seconds, output))?;
    let flights = Flights::read(file, f64::INFINITY)?;
    let frame = frame(file, &flights)?;
    Ok(stories.text(&flights, &frame))
}

fn frame(file: &Path, flights: &Flights) -> Result<SiteFrame, String> {
    let origin = flights.middle().ok_or_else(|| format!("{}: nobody flies in it", file.display()))?;
    SiteFrame::at(origin).map_err(|error| format!("{}: {error}", file.display()))
}

fn played(
    file: &Path,
    heard: Heard,
    seed: u64,
    seconds_max: f64,
    listen: &mut dyn FnMut(f64, &Output),
) -> Result<Outcome, String> {
    let flights = Flights::read(file, seconds_max)?;
    let origin = flights.middle().ok_or_else(|| format!("{}: nobody flies in it", file.display()))?;
    let frame = frame(file, &flights)?;
    let radar = Radar::at(&frame, origin, seed).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut station = Station::at(&frame);
    let mut run = Run::new(engine(&radar, &station));
    let mut next_report = 0;
    for scan in 0..(flights.duration_s() / radar.period_s()) as u64 {
        let begins_s = scan as f64 * radar.period_s();
        let mut events: Vec<(Time, Event)> = Vec::new();
        if heard == Heard::PlotsAndReports {
            let due = flights.reports()[next_report..].iter().take_while(|r| r.time_s < begins_s + radar.period_s());
            for report in due {
                next_report += 1;
                let at = flights.at(report.time_s).plus_seconds(0.2);
                station.hear(report, flights.at(report.time_s), HeardAt(at), &mut |event| events.push((at, event)));
            }
        }
        radar.scan(&flights, &frame, scan, &mut |at, plot| events.push((at, Event::Plot(plot))));
        events.sort_by_key(|(at, _)| *at);
        for (at, event) in events {
            run.step(at, event, &mut |output| listen(flights.seconds(at), output));
        }
    }
    run.step(flights.at(flights.duration_s() + AFTERMATH_S), Event::Tick, &mut |_| ());
    let name = file.file_name().unwrap_or_default().to_string_lossy().replace(".csv.gz", "");
    let (aircraft, hours) = (flights.aircraft(), flights.duration_s() / 3_600.0);
    Ok(Outcome { name, aircraft, hours, flown_hours: flights.flown_hours(), ..run.outcome })
}

/// Plays all files of a folder whole, both ways, in the order of their names, to a radar that errs by a seed.
///
/// # Errors
/// As [`play()`].
pub fn play_all(folder: &Path, seed: u64, workers: usize) -> Result<Vec<[Outcome; 2]>, String> {
    let files = files(folder)?;
    let played = runs::all("files", 2 * files.len(), workers, |number| {
        let heard = if number % 2 == 0 { Heard::Plots } else { Heard::PlotsAndReports };
        played(&files[number / 2], heard, seed, f64::INFINITY, &mut |_, _| ())
    })?;
    Ok(played.chunks_exact(2).map(|both| [both[0].clone(), both[1].clone()]).collect())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".csv.gz"));
    files.sort();
    Ok(files)
}

/// The table of a study.
#[must_use]
pub fn markdown(played: &[[Outcome; 2]]) -> String {
    let mut text = String::from(
        "| recording | aircraft | hours | flown hours known, left out | plots | tracks shown | believed rounds, alarms: plots alone | reports taken, refused \
         | updates recognised | suspected: drift, fall, jumps | believed rounds, alarms: with reports |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for [alone, with] in played {
        let Outcome { name, aircraft, hours, plots, .. } = alone;
        let recognised = 100.0 * with.recognised as f64 / (with.updates.max(1)) as f64;
        let [known, left_out] = alone.flown_hours;
        let [drift, fall, jumps] = with.suspected;
        text += &format!(
            "| {name} | {aircraft} | {hours:.2} | {known:.2}, {left_out:.2} | {plots} | {} | {}, {} | {}, {} | {recognised:.1} % | {drift}, {fall}, {jumps} \
             | {}, {} |\n",
            alone.tracks, alone.believed, alone.alarms, with.reports, with.refused, with.believed, with.alarms
        );
    }
    text
}

fn engine(radar: &Radar, station: &Station) -> Engine {
    Engine::new(Config {
        mode: Mode::Live,
        environment: Environment::flat(),
        sensors: vec![radar.model().clone(), station.model().clone()],
        zones: zones(),
        policy: Policy::default(),
        limits: Limits::default(),
    })
}

fn zones() -> Vec<Zone> {
    let each_way = || -ZONES_EACH_WAY..=ZONES_EACH_WAY;
    let places = each_way().flat_map(|east| each_way().map(move |north| (east, north)));
    let zone = |(east, north): (i32, i32)| {
        let centre = [f64::from(east) * ZONE_STEP_M, f64::from(north) * ZONE_STEP_M];
        let corner = |[e, n]: [f64; 2]| [centre[0] + e * ZONE_RADIUS_M, centre[1] + n * ZONE_RADIUS_M];
        Zone {
            key: format!("zone{east}_{north}"),
            name: String::new(),
            kind: "test".to_owned(),
            people: 0,
            rings: vec![[[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(corner).to_vec()],
            alarm_probability: ALARM_PROBABILITY,
            shelter_s: None,
        }
    };
    places.map(zone).collect()
}

/// The engine, and what it said so far.
struct Run {
    engine: Engine,
    out: Outbox,
    outcome: Outcome,
    shown: std::collections::BTreeSet<parapet_track::TrackId>,
    believed: std::collections::BTreeSet<parapet_track::TrackId>,
    alarms: std::collections::BTreeSet<parapet_warn::AlarmId>,
}

impl Run {
    fn new(engine: Engine) -> Self {
        let (shown, believed, alarms) = Default::default();
        Run { engine, out: Outbox::default(), outcome: Outcome::default(), shown, believed, alarms }
    }

    fn step(&mut self, at: Time, event: Event, listen: &mut dyn FnMut(&Output)) {
        match event {
            Event::Plot(_) => self.outcome.plots += 1,
            Event::Contact(_) => self.outcome.reports += 1,
            _ => {}
        }
        self.engine.step(at, event, &mut self.out);
        for output in self.out.outputs.drain(..) {
            listen(&output);
            self.outcome.note(&output, &mut self.shown, &mut self.believed, &mut self.alarms);
        }
        self.outcome.tracks = self.shown.len() as u64;
        self.outcome.believed = self.believed.len() as u64;
        self.outcome.alarms = self.alarms.len() as u64;
    }
}

impl Outcome {
    fn note(
        &mut self,
        output: &Output,
        shown: &mut std::collections::BTreeSet<parapet_track::TrackId>,
        believed: &mut std::collections::BTreeSet<parapet_track::TrackId>,
        alarms: &mut std::collections::BTreeSet<parapet_warn::AlarmId>,
    ) {
        use parapet_engine::RefusalReason::{Contradiction, Impossible};
        use parapet_track::Suspected::{Drift, Falls, Jumps};
        match output {
            Output::Track(track) => {
                shown.insert(track.id);
                self.updates += 1;
                self.recognised += u64::from(track.contact.is_some());
            }
            Output::Threat(threat) if threat.believed => drop(believed.insert(threat.track)),
            Output::Alarm(alarm) => drop(alarms.insert(alarm.id)),
            Output::Refused(refusal)
                if refusal.sensor == Some(STATION) && [Contradiction, Impossible].contains(&refusal.reason) =>
            {
                self.refused += 1;
            }
            Output::Suspicion(suspicion) => {
                let which = match suspicion.why {
                    Drift { .. } => 0,
                    Falls { .. } => 1,
                    Jumps { .. } => 2,
                };
                self.suspected[which] += 1;
            }
            _ => {}
        }
    }
}

/// Where a site stands in a recording, at the height of the sea.
fn at_sea_level(lat_deg: f64, lon_deg: f64) -> Geodetic {
    Geodetic { lat_deg, lon_deg, height_m: 0.0 }
}
