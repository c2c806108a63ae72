//! Recorded ADS-B as tables: what each aircraft said, in stretches of which it is known how they were flown.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use nalgebra::Vector3;
use parapet_frame::{Geodetic, Time};

use super::at_sea_level;
use super::way::{self, DEGREE_M, Way};

/// Metres in a foot; metres per second in a knot and in a foot a minute.
const FT_M: f64 = 0.3048;
const KT_MPS: f64 = 1_852.0 / 3_600.0;
const FT_MIN_MPS: f64 = FT_M / 60.0;
/// In so short a silence nothing turns by more than a quarter (a glider circles in twenty seconds); in so long a one nobody knows how an
/// aircraft flew, seconds.
const GAP_SHORT_S: f64 = 5.0;
const GAP_MAX_S: f64 = 60.0;
/// Between these it is known where what was told at both ends agrees with flying on: it turned by no more than this (cosine of 60
/// degrees), and came as far as its speed and climb say, but for this part of the way, m/s of climb and metres.
const TURN_MIN_COS: f64 = 0.5;
const WAY_OFF_PART: f64 = 0.25;
const CLIMB_OFF_MPS: f64 = 5.0;
const OFF_M: f64 = 100.0;
/// Two places farther apart than this speed takes one are not both true, m/s and metres: the recordings have outliers.
const SPEED_MAX_MPS: f64 = 400.0;
const APART_M: f64 = 600.0;
/// One line of a recording.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// Seconds since the recording began.
    pub(crate) time_s: f64,
    pub(crate) address: u32,
    pub(crate) callsign: String,
    pub(crate) lat_deg: f64,
    pub(crate) lon_deg: f64,
    /// Height by air pressure, metres.
    pub(crate) height_m: Option<f64>,
    /// To the east, to the north and upwards, m/s.
    pub(crate) velocity_mps: Option<[f64; 3]>,
    pub(crate) on_ground: bool,
}

/// A recording.
#[derive(Debug)]
pub struct Flights {
    begins_s: f64,
    reports: Vec<Report>,
    /// The way of each aircraft, in stretches without gaps or outliers.
    ways: Vec<Way>,
    /// Seconds of reports of which no way was made.
    unknown_s: f64,
}

impl Flights {
    /// Reads the first seconds of a recording.
    ///
    /// # Errors
    /// When it is no gzipped table with these columns: what and where.
    pub fn read(file: &Path, seconds_max: f64) -> Result<Self, String> {
        let failed = |what: &dyn core::fmt::Display| format!("{}: {what}", file.display());
        let mut text = String::new();
        let opened = std::fs::File::open(file).map_err(|error| failed(&error))?;
        GzDecoder::new(opened).read_to_string(&mut text).map_err(|error| failed(&error))?;
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let column = |name: &str| header.iter().position(|found| *found == name);
        let columns = Columns {
            time: column("t_unix").ok_or_else(|| failed(&"no column t_unix"))?,
            address: column("icao24").ok_or_else(|| failed(&"no column icao24"))?,
            lat: column("lat").ok_or_else(|| failed(&"no column lat"))?,
            lon: column("lon").ok_or_else(|| failed(&"no column lon"))?,
            callsign: column("callsign"),
            height: column("alt_baro_ft"),
            speed: column("gs_kt"),
            track: column("track_deg"),
            climb: column("vrate_fpm"),
            ground: column("onground"),
        };
        let mut reports: Vec<Report> = lines.filter_map(|line| columns.report(line)).collect();
        reports.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        let begins_s = reports.first().map_or(0.0, |first| first.time_s);
        reports.iter_mut().for_each(|report| report.time_s -= begins_s);
        reports.retain(|report| report.time_s <= seconds_max);
        let (ways, unknown_s) = ways(&reports);
        Ok(Flights { begins_s, reports, ways, unknown_s })
    }

    /// A second of the recording as an instant.
    pub(crate) fn at(&self, seconds: f64) -> Time {
        Time::from_seconds(self.begins_s).plus_seconds(seconds)
    }

    /// An instant as a second of the recording.
    pub(crate) fn seconds(&self, at: Time) -> f64 {
        at.seconds_since(Time::from_seconds(self.begins_s))
    }

    /// Hours of flight that are known, and hours of reports that contradict themselves, or that are too short, and were left out.
    pub(crate) fn flown_hours(&self) -> [f64; 2] {
        let known_s: f64 = self.ways.iter().map(|way| way.last_s - way.first_s).sum();
        [known_s, self.unknown_s].map(|seconds| seconds / 3_600.0)
    }

    pub(crate) fn duration_s(&self) -> f64 {
        self.reports.last().map_or(0.0, |last| last.time_s)
    }

    pub(crate) fn aircraft(&self) -> usize {
        let mut addresses: Vec<u32> = self.reports.iter().map(|report| report.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses.len()
    }

    pub(crate) fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// Where most of it is: the median of latitudes and longitudes.
    pub(crate) fn middle(&self) -> Option<Geodetic> {
        let median = |of: fn(&Report) -> f64| {
            let mut all: Vec<f64> = self.reports.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied()
        };
        Some(at_sea_level(median(|report| report.lat_deg)?, median(|report| report.lon_deg)?))
    }

    /// The ways that are flown at a second of the recording.
    pub(crate) fn aloft(&self, seconds: f64) -> impl Iterator<Item = usize> {
        let is_flown = move |way: &Way| way.first_s <= seconds && seconds <= way.last_s;
        self.ways.iter().enumerate().filter(move |(_, way)| is_flown(way)).map(|(number, _)| number)
    }

    /// Whose way it is.
    pub(crate) fn address(&self, way: usize) -> u32 {
        self.ways.get(way).map_or(0, |way| way.address)
    }

    /// Where a way is at a second; `None` before and after it.
    pub(crate) fn place(&self, way: usize, seconds: f64) -> Option<Geodetic> {
        self.ways.get(way)?.place(seconds)
    }
}

/// Which column holds what.
struct Columns {
    time: usize,
    address: usize,
    lat: usize,
    lon: usize,
    callsign: Option<usize>,
    height: Option<usize>,
    speed: Option<usize>,
    track: Option<usize>,
    climb: Option<usize>,
    ground: Option<usize>,
}

impl Columns {
    /// `None` for a line without time, address or place.
    fn report(&self, line: &str) -> Option<Report> {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |column: usize| cells.get(column)?.parse::<f64>().ok().filter(|number| number.is_finite());
        let wanted = |column: Option<usize>| column.and_then(number);
        // One recording has addresses that were taken for numbers.
        let address = cells.get(self.address)?.trim_end_matches(".0");
        let address = u32::from_str_radix(address, 16).ok()? & 0xFF_FFFF;
        let level = wanted(self.speed).zip(wanted(self.track)).map(|(speed_kt, track_deg)| {
            let (sin, cos) = track_deg.to_radians().sin_cos();
            [speed_kt * KT_MPS * sin, speed_kt * KT_MPS * cos]
        });
        let climb_mps = wanted(self.climb).unwrap_or(0.0) * FT_MIN_MPS;
        Some(Report {
            time_s: number(self.time)?,
            address,
            callsign: self.callsign.and_then(|column| cells.get(column)).unwrap_or(&"").to_string(),
            lat_deg: number(self.lat)?,
            lon_deg: number(self.lon)?,
            height_m: wanted(self.height).map(|ft| ft * FT_M),
            velocity_mps: level.map(|[east, north]| [east, north, climb_mps]),
            on_ground: self.ground.and_then(|column| cells.get(column)).is_some_and(|text| *text == "True"),
        })
    }
}

/// The ways of all aircraft, and the seconds of reports without silences of which no way was made.
fn ways(reports: &[Report]) -> (Vec<Way>, f64) {
    let mut open: BTreeMap<u32, Vec<&Report>> = BTreeMap::new();
    let mut closed = Vec::new();
    let mut unknown_s = 0.0;
    for report in reports.iter().filter(|report| !report.on_ground && report.height_m.is_some()) {
        let stretch = open.entry(report.address).or_default();
        if let Some(last) = stretch.last() {
            let seconds = report.time_s - last.time_s;
            if seconds <= 0.0 {
                continue;
            }
            if !flew_on(last, report, seconds) {
                closed.push(core::mem::take(stretch));
            }
        }
        stretch.push(report);
    }
    closed.extend(open.into_values());
    let mut all = Vec::new();
    for told in &closed {
        let (known, left_out_s) = way::ways(told);
        all.extend(known);
        unknown_s += left_out_s;
    }
    (all, unknown_s)
}

/// Whether it is known how an aircraft flew from one report to the next.
fn flew_on(from: &Report, to: &Report, seconds: f64) -> bool {
    let went = went_m(from, to);
    if went.norm() > SPEED_MAX_MPS * seconds + APART_M || seconds > GAP_MAX_S {
        return false;
    }
    if seconds <= GAP_SHORT_S {
        return true;
    }
    let (Some(before), Some(after)) = (from.velocity_mps, to.velocity_mps) else { return false };
    let [before, after] = [before, after].map(Vector3::from);
    let mean = 0.5 * (before + after);
    let off = went - mean * seconds;
    before.xy().dot(&after.xy()) >= TURN_MIN_COS * before.xy().norm() * after.xy().norm()
        && off.xy().norm() <= WAY_OFF_PART * mean.xy().norm() * seconds + OFF_M
        && off.z.abs() <= CLIMB_OFF_MPS * seconds + OFF_M
}

/// From one place to another, near enough for outliers: metres to the east, to the north and upwards.
fn went_m(from: &Report, to: &Report) -> Vector3<f64> {
    let up_m = to.height_m.unwrap_or_default() - from.height_m.unwrap_or_default();
    let east_m = (to.lon_deg - from.lon_deg) * DEGREE_M * from.lat_deg.to_radians().cos();
    Vector3::new(east_m, (to.lat_deg - from.lat_deg) * DEGREE_M, up_m)
}
