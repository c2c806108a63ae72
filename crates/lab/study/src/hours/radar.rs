//! A simulated radar that looks at recorded flights: it turns once a second, sees nine of ten, and errs as radars do.

use core::f64::consts::{PI, TAU};

use nalgebra::Vector3;
use parapet_frame::{GeodesyError, Geodetic, HeardAt, MeasuredAt, SiteFrame, Time};
use parapet_track::{Elevation, Plot, Scan, SensorModel, Trust};
use parapet_world::Stream;

use super::{Flights, RADAR};

/// Standard deviation of elevation, radians (0.17 degrees).
const SIGMA_ELEVATION_RAD: f64 = 2.967e-3;
/// Between a measurement and its arrival, seconds.
const DELAY_S: f64 = 0.05;
/// Highest elevation of false plots, radians, and fastest, m/s.
const CLUTTER_RAD: f64 = 0.4;
const CLUTTER_MPS: f64 = 300.0;

/// The radar.
#[derive(Debug)]
pub(crate) struct Radar {
    model: SensorModel,
    seed: u64,
}

impl Radar {
    pub(crate) fn at(frame: &SiteFrame, place: Geodetic, seed: u64) -> Result<Self, GeodesyError> {
        let model = SensorModel {
            name: "radar".to_owned(),
            pose: frame.sensor_pose(place)?,
            range_min_m: 400.0,
            range_max_m: 60_000.0,
            elevation_min_rad: 0.5_f64.to_radians(),
            elevation_max_rad: 80.0_f64.to_radians(),
            scan: Scan::Rotating,
            scan_period_s: 1.0,
            sigma_range_m: 15.0,
            sigma_azimuth_rad: 2.967e-3,
            sigma_range_rate_mps: 2.0,
            detection_probability: 0.9,
            clutter_per_scan: 3.0,
            silent_after_s: 5.0,
            blanked: Vec::new(),
            trust: Trust::default(),
        };
        Ok(Radar { model, seed })
    }

    pub(crate) fn model(&self) -> &SensorModel {
        &self.model
    }

    pub(crate) fn period_s(&self) -> f64 {
        self.model.scan_period_s
    }

    /// What a scan gives, each with the time of its arrival.
    pub(crate) fn scan(&self, flights: &Flights, frame: &SiteFrame, scan: u64, sink: &mut dyn FnMut(Time, Plot)) {
        let begins_s = scan as f64 * self.period_s();
        let mut draw = Stream::new(self.seed, "radar", "scan", scan);
        let mut sequence = scan << 16;
        let mut send = |seconds: f64, polar: [f64; 3], rate_mps: f64| {
            let at = flights.at(seconds);
            let heard_at = at.plus_seconds(DELAY_S);
            sequence += 1;
            let plot = Plot {
                sensor: RADAR,
                sequence,
                measured_at: MeasuredAt(at),
                heard_at: HeardAt(heard_at),
                range_m: polar[0],
                azimuth_rad: polar[1],
                elevation: Some(Elevation { rad: polar[2], sigma_rad: SIGMA_ELEVATION_RAD }),
                range_rate_mps: Some(rate_mps),
                identity: None,
                accuracy: None,
                simulated: false,
            };
            sink(heard_at, plot);
        };
        for way in flights.aloft(begins_s) {
            // The beam passes when it points there; a thing hardly moves on meanwhile.
            let Some(seconds) = self.meet(flights, frame, way, begins_s) else { continue };
            let Some((place, velocity)) = motion(flights, frame, way, seconds) else { continue };
            let polar = self.model.pose.polar_from_site(place);
            let sees = (self.model.range_min_m..self.model.range_max_m).contains(&polar.range_m)
                && (self.model.elevation_min_rad..self.model.elevation_max_rad).contains(&polar.elevation_rad);
            let sight = (place - self.model.pose.origin()) / polar.range_m.max(1.0);
            let noisy = [
                polar.range_m + draw.normal(self.model.sigma_range_m),
                polar.azimuth_rad + draw.normal(self.model.sigma_azimuth_rad),
                polar.elevation_rad + draw.normal(SIGMA_ELEVATION_RAD),
            ];
            let rate_mps = sight.dot(&velocity) + draw.normal(self.model.sigma_range_rate_mps);
            if sees && draw.chance(self.model.detection_probability) {
                send(seconds, noisy, rate_mps);
            }
        }
        for _ in 0..draw.poisson(self.model.clutter_per_scan) {
            let azimuth_rad = draw.uniform(-PI, PI);
            let polar = [draw.uniform(500.0, 59_000.0), azimuth_rad, draw.uniform(0.01, CLUTTER_RAD)];
            let seconds = begins_s + azimuth_rad.rem_euclid(TAU) / TAU * self.period_s();
            send(seconds, polar, draw.uniform(-CLUTTER_MPS, CLUTTER_MPS));
        }
    }

    /// When the beam meets an aircraft in the turn that begins at a second.
    fn meet(&self, flights: &Flights, frame: &SiteFrame, way: usize, begins_s: f64) -> Option<f64> {
        let place = at(flights, frame, way, begins_s)?;
        let azimuth_rad = self.model.pose.polar_from_site(place).azimuth_rad;
        Some(begins_s + azimuth_rad.rem_euclid(TAU) / TAU * self.period_s())
    }
}

fn at(flights: &Flights, frame: &SiteFrame, way: usize, seconds: f64) -> Option<Vector3<f64>> {
    Some(frame.site_from_geodetic(flights.place(way, seconds)?).ok()?.to_vector())
}

/// Place and velocity, by the place a little later.
pub(super) fn motion(
    flights: &Flights,
    frame: &SiteFrame,
    way: usize,
    seconds: f64,
) -> Option<(Vector3<f64>, Vector3<f64>)> {
    const LATER_S: f64 = 0.1;
    let here = at(flights, frame, way, seconds)?;
    let there = at(flights, frame, way, seconds + LATER_S)?;
    Some((here, (there - here) / LATER_S))
}
