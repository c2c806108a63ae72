//! Recorded ADS-B as tables: what each aircraft said, and the way that it flew by it.
//!
//! The recorded places are stamped with the second and held where none was heard, so that from one to the next an airliner seems to
//! stand still or to fly at twice the speed of sound. Nothing flies so, and a radar would not see it: the way flown is what is told
//! of the velocity, added up, and corrected by the places over some seconds.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use parapet_frame::{Geodetic, Time};

use super::at_sea_level;

/// Metres in a foot; metres per second in a knot and in a foot a minute.
const FT_M: f64 = 0.3048;
const KT_MPS: f64 = 1_852.0 / 3_600.0;
const FT_MIN_MPS: f64 = FT_M / 60.0;
/// Where an aircraft was not heard for so long nobody knows how it flew, seconds: a glider circles in twenty.
const GAP_MAX_S: f64 = 10.0;
/// Two places farther apart than this speed takes one are not both true, m/s and metres: the recordings have outliers.
const SPEED_MAX_MPS: f64 = 400.0;
const APART_M: f64 = 600.0;
/// Metres in a degree of latitude.
const DEGREE_M: f64 = 111_195.0;
/// What is told of a place is off by up to two seconds of flight, one way and the other, so it is taken over a while: half of it,
/// seconds. Heights are told in steps of 25 ft.
const PLACES_S: f64 = 12.0;
const HEIGHTS_S: f64 = 5.0;

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
        let ways = ways(&reports);
        Ok(Flights { begins_s, reports, ways })
    }

    /// A second of the recording as an instant.
    pub(crate) fn at(&self, seconds: f64) -> Time {
        Time::from_seconds(self.begins_s).plus_seconds(seconds)
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

/// A stretch of an aircraft's way.
#[derive(Debug)]
struct Way {
    first_s: f64,
    last_s: f64,
    /// Seconds, latitude, longitude, metres.
    points: Vec<[f64; 4]>,
}

impl Way {
    /// `None` for a stretch that is too short to tell how it is flown.
    fn of(told: &[&Report]) -> Option<Self> {
        let (first, last) = (told.first()?, told.last()?);
        if told.len() < 4 || last.time_s - first.time_s < 2.0 * PLACES_S {
            return None;
        }
        // By velocity alone, from the first place on.
        let mut reckoned = [first.lat_deg, first.lon_deg];
        let mut points: Vec<[f64; 4]> = Vec::with_capacity(told.len());
        let mut before: Option<&Report> = None;
        for report in told {
            if let Some(before) = before {
                let seconds = report.time_s - before.time_s;
                let [from, to] = [before, report].map(|r| r.velocity_mps.unwrap_or_default());
                let per_lon_m = DEGREE_M * report.lat_deg.to_radians().cos();
                reckoned[0] += 0.5 * (from[1] + to[1]) * seconds / DEGREE_M;
                reckoned[1] += 0.5 * (from[0] + to[0]) * seconds / per_lon_m;
            }
            points.push([report.time_s, reckoned[0], reckoned[1], report.height_m.unwrap_or_default()]);
            before = Some(report);
        }
        let off = |of: fn(&Report) -> f64, axis: usize| -> Vec<[f64; 2]> {
            told.iter().zip(&points).map(|(report, point)| [report.time_s, of(report) - point[axis]]).collect()
        };
        let corrections = [smooth(&off(|r| r.lat_deg, 1), PLACES_S), smooth(&off(|r| r.lon_deg, 2), PLACES_S)];
        let heights: Vec<[f64; 2]> = points.iter().map(|point| [point[0], point[3]]).collect();
        let heights = smooth(&heights, HEIGHTS_S);
        for (number, point) in points.iter_mut().enumerate() {
            point[1] += corrections[0][number];
            point[2] += corrections[1][number];
            point[3] = heights[number];
        }
        Some(Way { first_s: first.time_s, last_s: last.time_s, points })
    }

    /// On a curve through the points that has no corners (Catmull and Rom 1974, for points that are not evenly spaced).
    fn place(&self, seconds: f64) -> Option<Geodetic> {
        let after = self.points.partition_point(|point| point[0] <= seconds);
        let before = after.checked_sub(1)?;
        let (from, to) = (self.points.get(before)?, self.points.get(after)?);
        let span_s = to[0] - from[0];
        let part = (seconds - from[0]) / span_s;
        let slope = |at: usize, axis: usize| {
            let (left, right) = (&self.points[at.saturating_sub(1)], &self.points[(at + 1).min(self.points.len() - 1)]);
            (right[axis] - left[axis]) / (right[0] - left[0])
        };
        let between = |axis: usize| {
            let (p, p2, p3) = (part, part * part, part * part * part);
            (2.0 * p3 - 3.0 * p2 + 1.0) * from[axis]
                + (p3 - 2.0 * p2 + p) * span_s * slope(before, axis)
                + (3.0 * p2 - 2.0 * p3) * to[axis]
                + (p3 - p2) * span_s * slope(after, axis)
        };
        Some(Geodetic { lat_deg: between(1), lon_deg: between(2), height_m: between(3).max(-400.0) })
    }
}

/// Values over seconds, each as the mean of those within half a width about it, weighted to nothing at its ends; outliers, which lie
/// farther off their neighbours' median than nine in ten do, are left out.
fn smooth(values: &[[f64; 2]], half_s: f64) -> Vec<f64> {
    let window = |at: f64| {
        let from = values.partition_point(|value| value[0] < at - half_s);
        let to = values.partition_point(|value| value[0] <= at + half_s);
        &values[from..to]
    };
    let smoothed = values.iter().map(|[at, own]| {
        let near = window(*at);
        let mut sorted: Vec<f64> = near.iter().map(|value| value[1]).collect();
        sorted.sort_by(f64::total_cmp);
        let median = sorted[sorted.len() / 2];
        let mut off: Vec<f64> = sorted.iter().map(|value| (value - median).abs()).collect();
        off.sort_by(f64::total_cmp);
        let limit = off[off.len() * 9 / 10];
        let weight = |value: &[f64; 2]| {
            let is_near = (value[1] - median).abs() <= limit;
            if is_near { (1.0 - ((value[0] - at) / half_s).powi(2)).max(1e-6) } else { 0.0 }
        };
        let total: f64 = near.iter().map(weight).sum();
        if total > 0.0 { near.iter().map(|value| weight(value) * value[1]).sum::<f64>() / total } else { *own }
    });
    smoothed.collect()
}

/// The way of each aircraft in stretches.
fn ways(reports: &[Report]) -> Vec<Way> {
    let mut open: BTreeMap<u32, Vec<&Report>> = BTreeMap::new();
    let mut closed = Vec::new();
    for report in reports.iter().filter(|report| !report.on_ground && report.height_m.is_some()) {
        let way = open.entry(report.address).or_default();
        if let Some(last) = way.last() {
            let seconds = report.time_s - last.time_s;
            if seconds <= 0.0 {
                continue;
            }
            if seconds > GAP_MAX_S || distance_m(last, report) > SPEED_MAX_MPS * seconds + APART_M {
                closed.push(core::mem::take(way));
            }
        }
        way.push(report);
    }
    closed.extend(open.into_values());
    closed.iter().filter_map(|told| Way::of(told)).collect()
}

/// Near enough for outliers.
fn distance_m(a: &Report, b: &Report) -> f64 {
    let north_m = (b.lat_deg - a.lat_deg) * DEGREE_M;
    let east_m = (b.lon_deg - a.lon_deg) * DEGREE_M * a.lat_deg.to_radians().cos();
    let up_m = b.height_m.unwrap_or_default() - a.height_m.unwrap_or_default();
    (north_m * north_m + east_m * east_m + up_m * up_m).sqrt()
}
