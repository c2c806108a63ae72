//! Target reports into plots.

use parapet_frame::{HeardAt, MeasuredAt, maths};
use parapet_track::{Elevation, Identity, Plot};

use super::source::IntakeSource;
use crate::cat015::SurveillanceReport;
use crate::cat048::{Polar, TargetReport};
use crate::units::FT_M;

/// Standard deviation of a height that is sent in steps of 25 ft (I048/110, I048/090): a step over the square root of
/// 12, metres.
const SIGMA_HEIGHT_STEP_M: f64 = 25.0 * FT_M / 3.464_101_615_137_754_6;
/// Smallest cosine of elevation in the step from height to angle: overhead a height says nothing of the angle, and the
/// true cosine would call it certain.
const COSINE_MIN: f64 = 0.05;

/// A plot of a target report (CAT048, CAT001) that has a place.
#[inline]
pub(super) fn of_report(
    source: &IntakeSource,
    sequence: u64,
    heard_at: HeardAt,
    measured_at: MeasuredAt,
    report: &TargetReport,
    polar: Polar,
) -> Plot {
    Plot {
        sensor: source.sensor,
        sequence,
        measured_at,
        heard_at,
        range_m: polar.range_m,
        azimuth_rad: maths::wrap_pi(polar.azimuth_rad),
        elevation: elevation(source, polar.range_m, report),
        range_rate_mps: range_rate_mps(report),
        identity: identity(report),
        simulated: report.simulated || report.test,
        accuracy: None,
    }
}

/// A plot of a CAT015 report that has range and azimuth from one place.
pub(super) fn of_surveillance(
    source: &IntakeSource,
    sequence: u64,
    heard_at: HeardAt,
    measured_at: MeasuredAt,
    report: &SurveillanceReport,
    [range_m, azimuth_rad]: [f64; 2],
) -> Plot {
    // What the sensor says of its own error is used before what the site says of it.
    let sigma_rad = report.sigma_elevation_rad.filter(|sigma| *sigma > 0.0).or(source.sigma_elevation_rad);
    Plot {
        sensor: source.sensor,
        sequence,
        measured_at,
        heard_at,
        range_m,
        azimuth_rad: maths::wrap_pi(azimuth_rad),
        elevation: report.elevation_rad.zip(sigma_rad).map(|(rad, sigma_rad)| Elevation { rad, sigma_rad }),
        range_rate_mps: report.doppler_mps.or(report.range_rate_mps),
        identity: None,
        simulated: report.is_artificial,
        accuracy: None,
    }
}

/// The measured place; of an old radar that sends none the one that its tracker calculated in its own plane (I001/042).
pub(super) fn place(report: &TargetReport) -> Option<Polar> {
    report.polar.or_else(|| {
        let cartesian = report.cartesian?;
        let (x_m, y_m) = (cartesian.x_m, cartesian.y_m);
        Some(Polar { range_m: norm(x_m, y_m), azimuth_rad: maths::atan2(x_m, y_m) })
    })
}

/// The elevation of a measured 3-D height; else of the transponder's height; else nothing.
fn elevation(source: &IntakeSource, range_m: f64, report: &TargetReport) -> Option<Elevation> {
    let measured = || {
        let sigma_rad = source.sigma_elevation_rad?;
        elevation_of(source, range_m, report.height_3d_ft? * FT_M, sigma_rad, SIGMA_HEIGHT_STEP_M)
    };
    let barometric = || {
        let level = report.flight_level.filter(|level| !level.not_validated && !level.garbled)?;
        let sigma_m = norm(source.sigma_barometric_height_m, SIGMA_HEIGHT_STEP_M);
        elevation_of(source, range_m, level.altitude_ft * FT_M, 0.0, sigma_m)
    };
    measured().or_else(barometric)
}

fn elevation_of(
    source: &IntakeSource,
    range_m: f64,
    height_m: f64,
    sigma_rad: f64,
    sigma_height_m: f64,
) -> Option<Elevation> {
    let rad = source.pose.elevation_of_height(range_m, height_m)?;
    // d(height) = range cos(elevation) d(elevation), but for the curvature over one standard deviation.
    let across_m = range_m * maths::cos(rad).max(COSINE_MIN);
    Some(Elevation { rad, sigma_rad: norm(sigma_rad, sigma_height_m / across_m) })
}

fn norm(a: f64, b: f64) -> f64 {
    (a * a + b * b).sqrt()
}

/// I048/120 CAL unless the radar doubts it. The specification (note to I048/120) recommends positive for a target that
/// moves away, which is the core's sign too, and leaves the last word to the radar's interface document: a radar that
/// does the opposite must be turned around before it comes here. Raw Doppler is ambiguous and not used.
fn range_rate_mps(report: &TargetReport) -> Option<f64> {
    report.doppler.filter(|doppler| !doppler.doubtful).map(|doppler| doppler.speed_mps)
}

/// What the target says of itself; codes that are garbled or not validated are left out.
fn identity(report: &TargetReport) -> Option<Identity> {
    let identity = Identity {
        address: report.aircraft_address,
        mode_3a: report.mode_3a.filter(|code| !code.not_validated && !code.garbled).map(|code| code.code),
        callsign: report.callsign.and_then(|text| callsign(text.as_str())),
    };
    (identity != Identity::default()).then_some(identity)
}

/// Eight characters, padded with blanks; `None` when there is none but blanks.
pub(super) fn callsign(text: &str) -> Option<[u8; 8]> {
    let mut padded = [b' '; 8];
    for (place, character) in padded.iter_mut().zip(text.bytes()) {
        *place = character;
    }
    (padded != [b' '; 8]).then_some(padded)
}
