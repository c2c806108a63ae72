//! The engine on the files of an open tracking bench ("ram-bench-1").
//!
//! One build and one configuration for every file: a flat, windless world unless the file's own weather report says
//! otherwise, the sensors as the file describes them, no zones. A track is *alarmed* when the engine calls it a threat in
//! that scan. The engine is driven as a live site would drive it: a sign of life and the plots at the time of the scan,
//! then a tick just after the gathering time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use parapet_engine::{Config, Engine, Event, Limits, Mode, Outbox, Output};
use parapet_flight::Environment;
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time};
use parapet_track::{Elevation, Plot, Scan, SensorId, SensorModel, TrackId, TrackReport};
use parapet_warn::{Policy, Threat};
use serde::{Deserialize, Serialize};

use crate::LineError;
use crate::lines::for_each_line;

/// How long after the gathering time the tick comes, nanoseconds.
const TICK_AFTER_GATHER_NS: i64 = 1_000_000;

/// Why the yard-stick could not be run.
#[derive(Debug, thiserror::Error)]
pub enum YardstickError {
    /// The description of the file could not be read.
    #[error("{path}: {what}; the meta file must be of the format \"ram-bench-1\"", path = path.display())]
    Meta {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The detections could not be read.
    #[error(transparent)]
    Detections(#[from] LineError),
    /// The output could not be written.
    #[error("{path}: cannot write: {source}; check that the folder exists and has room", path = path.display())]
    Output {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What was done, for a line on the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Scans read.
    pub scans: u64,
    /// Detections read.
    pub detections: u64,
    /// Lines written: tracks times scans.
    pub lines: u64,
    /// Wall time inside the engine.
    pub engine_time: Duration,
    /// The scan that took longest inside the engine.
    pub worst_scan: Duration,
}

/// Runs the engine over one detection file.
///
/// # Errors
/// When a file cannot be read or written, or is not of the bench's format.
pub fn run(meta: &Path, detections: &Path, out: &Path) -> Result<Summary, YardstickError> {
    let config = configuration(&read_meta(meta)?);
    let write_error = |source| YardstickError::Output { path: out.to_owned(), source };
    let writer = BufWriter::with_capacity(1 << 20, File::create(out).map_err(write_error)?);
    let mut bench = Bench::new(config, writer);
    for_each_line(detections, |_, text| bench.line(text))?;
    bench.finish().map_err(write_error)
}

/// The bench's description of a file: what a tracker may know.
#[derive(Clone, Debug, Deserialize)]
struct Meta {
    scan_period_s: f64,
    sensors: Vec<MetaSensor>,
    #[serde(default)]
    met: Met,
    #[serde(default)]
    ground_z_m: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct MetaSensor {
    sensor_id: String,
    pos_enu_m: [f64; 3],
    range_min_m: f64,
    range_max_m: f64,
    el_min_rad: f64,
    el_max_rad: f64,
    pd: f64,
    sigma_range_m: f64,
    sigma_azimuth_rad: f64,
    sigma_range_rate_mps: Option<f64>,
    clutter_per_scan: f64,
}

/// The weather report: where the air is thought to move to.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Met {
    #[serde(rename = "wind_E_mps")]
    wind_east_mps: f64,
    #[serde(rename = "wind_N_mps")]
    wind_north_mps: f64,
    /// Standard deviation of each.
    #[serde(default)]
    sigma_mps: f64,
}

fn read_meta(path: &Path) -> Result<Meta, YardstickError> {
    let error = |what: String| YardstickError::Meta { path: path.to_owned(), what };
    let text = std::fs::read_to_string(path).map_err(|e| error(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| error(e.to_string()))
}

fn configuration(meta: &Meta) -> Config {
    let mut environment = Environment::flat();
    environment.ground_height_m = meta.ground_z_m;
    environment.wind_mps = [meta.met.wind_east_mps, meta.met.wind_north_mps];
    environment.wind_sigma_mps = meta.met.sigma_mps;
    Config {
        mode: Mode::Live,
        environment,
        sensors: meta.sensors.iter().map(|s| sensor_model(s, meta.scan_period_s)).collect(),
        zones: Vec::new(),
        policy: Policy::default(),
        limits: Limits::default(),
    }
}

fn sensor_model(sensor: &MetaSensor, scan_period_s: f64) -> SensorModel {
    let [east_m, north_m, up_m] = sensor.pos_enu_m;
    SensorModel {
        name: sensor.sensor_id.clone(),
        pose: SensorPose::parallel(SitePoint { east_m, north_m, up_m }, up_m),
        range_min_m: sensor.range_min_m,
        range_max_m: sensor.range_max_m,
        elevation_min_rad: sensor.el_min_rad,
        elevation_max_rad: sensor.el_max_rad,
        scan: Scan::Staring,
        scan_period_s,
        sigma_range_m: sensor.sigma_range_m,
        sigma_azimuth_rad: sensor.sigma_azimuth_rad,
        sigma_range_rate_mps: sensor.sigma_range_rate_mps.unwrap_or(2.0),
        detection_probability: sensor.pd,
        clutter_per_scan: sensor.clutter_per_scan,
        silent_after_s: 5.0 * scan_period_s,
        blanked: Vec::new(),
        trust: parapet_track::Trust::default(),
    }
}

/// One line of the detection file; a scan's own line lacks the measured values.
#[derive(Debug, Deserialize)]
struct Line<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    time_s: f64,
    #[serde(borrow)]
    sensor_id: std::borrow::Cow<'a, str>,
    range_m: Option<f64>,
    azimuth_rad: Option<f64>,
    elevation_rad: Option<f64>,
    range_rate_mps: Option<f64>,
    sigma_elevation_rad: Option<f64>,
}

/// One reported track in one scan, as the bench wants it.
#[derive(Debug, Serialize)]
struct Reported {
    time_s: f64,
    track_id: u64,
    pos: [f64; 3],
    vel: [f64; 3],
    cov: Vec<f64>,
    impact: Option<ReportedImpact>,
    alarm: bool,
}

#[derive(Debug, Serialize)]
struct ReportedImpact {
    time_s: f64,
    pos: [f64; 2],
    cov: [f64; 4],
    sigma_time_s: f64,
}

/// The engine between the two files.
struct Bench<W> {
    engine: Engine,
    outbox: Outbox,
    sequence: Vec<u64>,
    /// The scan whose plots are being read.
    scan_s: Option<f64>,
    /// Time in the engine since that scan began.
    scan_time: Duration,
    writer: W,
    write_error: Option<std::io::Error>,
    summary: Summary,
}

impl<W: Write> Bench<W> {
    fn new(config: Config, writer: W) -> Self {
        let sequence = vec![0; config.sensors.len()];
        Bench {
            engine: Engine::new(config),
            outbox: Outbox::default(),
            sequence,
            scan_s: None,
            scan_time: Duration::ZERO,
            writer,
            write_error: None,
            summary: Summary::default(),
        }
    }

    fn line(&mut self, text: &str) -> Result<(), String> {
        let line: Line<'_> = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let sensor = self.sensor(&line.sensor_id)?;
        match line.kind.as_ref() {
            "scan" => self.begin_scan(line.time_s, sensor),
            "det" => return self.plot(&line, sensor),
            other => return Err(format!("type \"{other}\" is neither \"scan\" nor \"det\"")),
        }
        Ok(())
    }

    fn sensor(&self, name: &str) -> Result<SensorId, String> {
        let found = self.engine.config().sensors.iter().position(|s| s.name == name);
        let index = found.and_then(|i| u16::try_from(i).ok());
        index.map(SensorId).ok_or_else(|| format!("sensor \"{name}\" is not in the meta file; add it there"))
    }

    /// Several sensors may share a scan time; their plots are then reported together.
    fn begin_scan(&mut self, time_s: f64, sensor: SensorId) {
        if self.scan_s.is_some_and(|s| s != time_s) {
            self.end_scan();
        }
        self.scan_s = Some(time_s);
        self.summary.scans += 1;
        let at = Time::from_seconds(time_s);
        self.step(at, Event::Alive { sensor, measured_at: MeasuredAt(at) });
    }

    fn plot(&mut self, line: &Line<'_>, sensor: SensorId) -> Result<(), String> {
        let missing = |key: &str| format!("a detection needs \"{key}\"; add it");
        let at = Time::from_seconds(line.time_s);
        let sequence = self.sequence[usize::from(sensor.0)];
        self.sequence[usize::from(sensor.0)] += 1;
        self.summary.detections += 1;
        let plot = Plot {
            sensor,
            sequence,
            measured_at: MeasuredAt(at),
            heard_at: HeardAt(at),
            range_m: line.range_m.ok_or_else(|| missing("range_m"))?,
            azimuth_rad: line.azimuth_rad.ok_or_else(|| missing("azimuth_rad"))?,
            elevation: Some(Elevation {
                rad: line.elevation_rad.ok_or_else(|| missing("elevation_rad"))?,
                sigma_rad: line.sigma_elevation_rad.ok_or_else(|| missing("sigma_elevation_rad"))?,
            }),
            range_rate_mps: line.range_rate_mps,
            identity: None,
            simulated: false,
            accuracy: None,
        };
        self.step(at, Event::Plot(plot));
        Ok(())
    }

    fn step(&mut self, at: Time, event: Event) {
        let start = Instant::now();
        self.engine.step(at, event, &mut self.outbox);
        self.scan_time += start.elapsed();
    }

    fn end_scan(&mut self) {
        let Some(scan_s) = self.scan_s.take() else { return };
        let at = Time::from_seconds(scan_s);
        let gather_ns = i64::from(self.engine.config().limits.gather_ms) * 1_000_000;
        self.step(at.plus_nanos(gather_ns + TICK_AFTER_GATHER_NS), Event::Tick);
        self.summary.engine_time += self.scan_time;
        self.summary.worst_scan = self.summary.worst_scan.max(self.scan_time);
        self.scan_time = Duration::ZERO;
        for (report, threat) in latest(&mut self.outbox).into_values() {
            self.write(&reported(scan_s, at, &report, threat.as_ref()));
        }
    }

    /// Errors are kept for the end, so that reading a line speaks of that line only.
    fn write(&mut self, reported: &Reported) {
        self.summary.lines += 1;
        let written = serde_json::to_writer(&mut self.writer, reported)
            .map_err(std::io::Error::from)
            .and_then(|()| self.writer.write_all(b"\n"));
        if let Err(e) = written {
            self.write_error.get_or_insert(e);
        }
    }

    fn finish(mut self) -> std::io::Result<Summary> {
        self.end_scan();
        self.writer.flush()?;
        self.write_error.map_or(Ok(self.summary), Err)
    }
}

/// The last word on every track since the box was last emptied.
fn latest(outbox: &mut Outbox) -> BTreeMap<TrackId, (TrackReport, Option<Threat>)> {
    let mut tracks = BTreeMap::new();
    let mut threats = BTreeMap::new();
    for output in outbox.outputs.drain(..) {
        match output {
            Output::Track(report) => {
                tracks.insert(report.id, (report, None));
            }
            Output::TrackEnded { track, .. } => {
                tracks.remove(&track);
            }
            Output::Threat(threat) => {
                threats.insert(threat.track, threat);
            }
            Output::Origin(_)
            | Output::Record(_)
            | Output::Alarm(_)
            | Output::Sensor(_)
            | Output::Refused(_)
            | Output::Operator(_)
            | Output::Registration(_)
            | Output::Trouble(_) => {}
            Output::Sound(_) | Output::Fall(_) | Output::Ear(_) | Output::Suspicion(_) => {}
        }
    }
    for (track, threat) in threats {
        if let Some((_, place)) = tracks.get_mut(&track) {
            *place = Some(threat);
        }
    }
    tracks
}

fn reported(scan_s: f64, scan: Time, report: &TrackReport, threat: Option<&Threat>) -> Reported {
    // The bench wants the state at the time of the scan; the report's own time is that, or milliseconds beside it.
    let lead_s = scan.seconds_since(report.at);
    Reported {
        time_s: scan_s,
        track_id: report.id.0,
        pos: core::array::from_fn(|i| report.position_m[i] + report.velocity_mps[i] * lead_s),
        vel: report.velocity_mps,
        cov: full(&report.covariance),
        impact: threat.map(|t| {
            let c = t.impact.covariance;
            ReportedImpact {
                time_s: t.impact.at.seconds_since(Time::default()),
                pos: [t.impact.place.east_m, t.impact.place.north_m],
                cov: [c.east_east_m2, c.east_north_m2, c.east_north_m2, c.north_north_m2],
                sigma_time_s: t.impact.sigma_time_s,
            }
        }),
        alarm: threat.is_some_and(|threat| threat.believed),
    }
}

/// The full 6x6 matrix, row by row, of its upper triangle.
fn full(upper: &[f64; 21]) -> Vec<f64> {
    let mut matrix = vec![0.0; 36];
    let mut next = upper.iter();
    for row in 0..6 {
        for column in row..6 {
            let value = next.next().copied().unwrap_or_default();
            matrix[row * 6 + column] = value;
            matrix[column * 6 + row] = value;
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    const META: &str = r#"{"format":"ram-bench-1","scan_period_s":0.5,"n_scans":1,"sensors":[{"sensor_id":"R1",
        "pos_enu_m":[0,0,10],"range_min_m":400,"range_max_m":20000,"el_min_rad":0.02,"el_max_rad":1.4,"pd":0.9,
        "sigma_range_m":15,"sigma_azimuth_rad":0.003,"sigma_elevation_rad":0.003,"sigma_range_rate_mps":null,
        "clutter_per_scan":10}],"met":{"wind_E_mps":1.0,"wind_N_mps":-2.0,"sigma_mps":3.0},"ground_z_m":0.0}"#;

    fn bench() -> Bench<Vec<u8>> {
        Bench::new(configuration(&serde_json::from_str(META).unwrap()), Vec::new())
    }

    #[test]
    fn the_triangle_unfolds_symmetrically() {
        let upper: [f64; 21] = core::array::from_fn(|i| i as f64);
        let m = full(&upper);
        assert_eq!((m[1], m[6], m[7], m[35]), (1.0, 1.0, 6.0, 20.0));
        assert!((0..6).all(|r| (0..6).all(|c| m[r * 6 + c] == m[c * 6 + r])));
    }

    #[test]
    fn lines_become_events_and_mistakes_are_named() {
        let mut b = bench();
        b.line(r#"{"type":"scan","scan_id":0,"time_s":0.5,"sensor_id":"R1","n":1}"#).unwrap();
        b.line(r#"{"type":"det","scan_id":0,"time_s":0.5,"sensor_id":"R1","det_id":0,"range_m":5000.0,"azimuth_rad":0.1,"elevation_rad":0.2,"sigma_range_m":15.0,"sigma_azimuth_rad":0.003,"sigma_elevation_rad":0.003}"#).unwrap();
        assert!(b.line(r#"{"type":"det","time_s":0.5,"sensor_id":"R1"}"#).unwrap_err().contains("range_m"));
        assert!(b.line(r#"{"type":"scan","time_s":0.5,"sensor_id":"R2"}"#).unwrap_err().contains("R2"));
        assert!(b.line(r#"{"type":"x","time_s":0.5,"sensor_id":"R1"}"#).unwrap_err().contains("neither"));
        assert!(b.line("[").is_err());
        let summary = b.finish().unwrap();
        assert_eq!(summary.scans, 1);
    }

    #[test]
    fn the_weather_report_is_used() {
        let config = configuration(&serde_json::from_str(META).unwrap());
        assert_eq!(config.environment.wind_mps, [1.0, -2.0]);
        assert_eq!(config.environment.wind_sigma_mps, 3.0);
    }
}
