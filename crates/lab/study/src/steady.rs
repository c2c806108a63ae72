//! A steady picture for measuring cost: so many rounds and drones in the air at all times, at one density.
//!
//! It is for load, not for accuracy: rounds fly by the engine's own physics over a flat world, and every round that comes down is
//! replaced by another. The mixture is that of the tracking bench's dense scenes (55 % mortars, 35 % rockets after burnout, 10 %
//! drones; 2.5 objects per square kilometre), with 10 % of false plots.

use nalgebra::Vector3;
use parapet_engine::{Config, Event, Limits, Mode};
use parapet_flight::{Body, Environment, advance};
use parapet_frame::{HeardAt, MeasuredAt, SensorPose, SitePoint, Time, maths};
use parapet_track::{Elevation, Plot, Scan, SensorId, SensorModel};
use parapet_warn::Policy;
use parapet_world::Stream;

/// Seconds between two scans.
pub const SCAN_PERIOD_S: f64 = 1.0;
/// Objects per square metre: a thousand on 20 by 20 km.
const DENSITY_PER_M2: f64 = 1_000.0 / (20_000.0 * 20_000.0);
/// False plots for each object.
const FALSE_SHARE: f64 = 0.1;
/// Probability that an object gives a plot.
const DETECTION: f64 = 0.9;
const SIGMA_RANGE_M: f64 = 20.0;
const SIGMA_RANGE_RATE_MPS: f64 = 2.0;
/// Cross-range error in the middle of each half of the picture, metres; as 3 mrad at 7 km. Angles are finer in a wider picture, so that
/// neighbours are as hard to tell apart in each.
const SIGMA_CROSS_M: f64 = 20.0;
/// Different flights; each object flies one of them, turned and moved.
const FLIGHTS: u64 = 64;

/// One flight, scan by scan from its launch: places and velocities towards the north from the origin.
type Flight = Vec<(Vector3<f64>, Vector3<f64>)>;

/// Something in the air.
#[derive(Clone, Copy, Debug)]
struct Object {
    /// Which flight; `None` for a drone.
    flight: Option<usize>,
    begun: usize,
    origin_m: Vector3<f64>,
    /// Sine and cosine of the azimuth.
    towards: (f64, f64),
}

/// The picture; it goes on for ever.
#[derive(Clone, Debug)]
pub struct Picture {
    half_m: f64,
    sigma_rad: f64,
    flights: Vec<Flight>,
    objects: Vec<Object>,
    draws: Stream,
    scan: usize,
    sequence: u64,
}

impl Picture {
    /// With so many objects, each somewhere in its flight.
    #[must_use]
    pub fn new(objects: u32, seed: u64) -> Self {
        let half_m = 0.5 * (f64::from(objects) / DENSITY_PER_M2).sqrt();
        let flights: Vec<Flight> =
            (0..FLIGHTS).map(|i| flight(&mut Stream::new(seed, "flight", "shape", i), i)).collect();
        let mut picture = Picture {
            half_m,
            sigma_rad: SIGMA_CROSS_M / (0.7 * half_m),
            flights,
            objects: Vec::new(),
            draws: Stream::new(seed, "picture", "draws", 0),
            scan: 1_000,
            sequence: 0,
        };
        for i in 0..objects {
            let mut object = picture.launched(i % 10 == 9);
            let length = object.flight.map_or(1, |flight| picture.flights[flight].len());
            object.begun -= picture.draws.uniform(0.0, length as f64) as usize;
            picture.objects.push(object);
        }
        picture
    }

    /// The engine's configuration for it: one staring radar in the middle, no zones.
    #[must_use]
    pub fn config(&self) -> Config {
        let sensor = SensorModel {
            name: "radar".to_owned(),
            pose: SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0),
            range_min_m: 100.0,
            range_max_m: self.range_max_m(),
            elevation_min_rad: 0.0,
            elevation_max_rad: 80f64.to_radians(),
            scan: Scan::Staring,
            scan_period_s: SCAN_PERIOD_S,
            sigma_range_m: SIGMA_RANGE_M,
            sigma_azimuth_rad: self.sigma_rad,
            sigma_range_rate_mps: SIGMA_RANGE_RATE_MPS,
            detection_probability: DETECTION,
            clutter_per_scan: self.clutter_per_scan(),
            silent_after_s: 5.0 * SCAN_PERIOD_S,
            blanked: Vec::new(),
            trust: parapet_track::Trust::default(),
        };
        let limits = Limits { tracks_max: 50_000, pending_plots_max: 50_000, ..Limits::default() };
        Config {
            mode: Mode::Live,
            environment: Environment::flat(),
            sensors: vec![sensor],
            zones: Vec::new(),
            policy: Policy::default(),
            limits,
        }
    }

    /// Half of its side, metres.
    #[must_use]
    pub fn half_m(&self) -> f64 {
        self.half_m
    }

    fn range_max_m(&self) -> f64 {
        1.5 * self.half_m + 10_000.0
    }

    fn clutter_per_scan(&self) -> f64 {
        FALSE_SHARE * self.objects.len() as f64
    }

    /// The next scan as events: the radar's sign of life, the plots, and a tick after the gathering time.
    pub fn scan(&mut self) -> Vec<(Time, Event)> {
        let at = Time::from_seconds(self.scan as f64 * SCAN_PERIOD_S);
        let mut events = vec![(at, Event::Alive { sensor: SensorId(0), measured_at: MeasuredAt(at) })];
        for i in 0..self.objects.len() {
            let (place_m, velocity_mps) = self.fly(i);
            if place_m.z > 10.0 && self.draws.chance(DETECTION) {
                let plot = self.plot(at, place_m, velocity_mps);
                events.push((at, Event::Plot(plot)));
            }
        }
        for _ in 0..self.draws.poisson(self.clutter_per_scan()) {
            let mut coordinate = |low, high| self.draws.uniform(low, high);
            let place_m = Vector3::new(
                coordinate(-self.half_m, self.half_m),
                coordinate(-self.half_m, self.half_m),
                coordinate(50.0, 3_000.0),
            );
            let velocity_mps = Vector3::from_fn(|_, _| self.draws.normal(50.0));
            let plot = self.plot(at, place_m, velocity_mps);
            events.push((at, Event::Plot(plot)));
        }
        self.scan += 1;
        // The gathering time of the default limits, and a millisecond.
        events.push((at.plus_nanos(6_000_000), Event::Tick));
        events
    }

    /// Where an object is in this scan; one that has come down is replaced first.
    fn fly(&mut self, index: usize) -> (Vector3<f64>, Vector3<f64>) {
        let object = self.objects[index];
        let age = self.scan - object.begun;
        let Some(flight) = object.flight else {
            // A drone circles, once in two minutes.
            let (sin, cos) = maths::sin_cos(age as f64 * SCAN_PERIOD_S * core::f64::consts::TAU / 120.0);
            return (object.origin_m + Vector3::new(sin, cos, 0.0) * 700.0, Vector3::new(cos, -sin, 0.0) * 36.0);
        };
        let Some((place_m, velocity_mps)) = self.flights[flight].get(age) else {
            self.objects[index] = self.launched(false);
            return self.fly(index);
        };
        let (sin, cos) = object.towards;
        let turned = |v: &Vector3<f64>| Vector3::new(sin * v.y + cos * v.x, cos * v.y - sin * v.x, v.z);
        (object.origin_m + turned(place_m), turned(velocity_mps))
    }

    /// Something new; a flight lies with its middle in the picture, so that the density is the same everywhere.
    fn launched(&mut self, is_drone: bool) -> Object {
        let draws = &mut self.draws;
        let towards = maths::sin_cos(draws.uniform(0.0, core::f64::consts::TAU));
        let mut middle_m =
            Vector3::new(draws.uniform(-self.half_m, self.half_m), draws.uniform(-self.half_m, self.half_m), 0.0);
        if is_drone {
            middle_m.z = draws.uniform(100.0, 500.0);
            return Object { flight: None, begun: self.scan, origin_m: middle_m, towards };
        }
        let flight = draws.uniform(0.0, self.flights.len() as f64) as usize;
        let range_m = self.flights[flight].last().map_or(0.0, |(place, _)| place.y);
        let back_m = Vector3::new(towards.0, towards.1, 0.0) * (0.5 * range_m);
        Object { flight: Some(flight), begun: self.scan, origin_m: middle_m - back_m, towards }
    }

    fn plot(&mut self, at: Time, place_m: Vector3<f64>, velocity_mps: Vector3<f64>) -> Plot {
        let pose = SensorPose::parallel(SitePoint { east_m: 0.0, north_m: 0.0, up_m: 10.0 }, 10.0);
        let polar = pose.polar_from_site(place_m);
        let rate_mps = velocity_mps.dot(&(place_m - pose.origin())) / polar.range_m;
        self.sequence += 1;
        Plot {
            sensor: SensorId(0),
            sequence: self.sequence,
            measured_at: MeasuredAt(at),
            heard_at: HeardAt(at),
            range_m: polar.range_m + self.draws.normal(SIGMA_RANGE_M),
            azimuth_rad: maths::wrap_pi(polar.azimuth_rad + self.draws.normal(self.sigma_rad)),
            elevation: Some(Elevation {
                rad: polar.elevation_rad + self.draws.normal(self.sigma_rad),
                sigma_rad: self.sigma_rad,
            }),
            range_rate_mps: Some(rate_mps + self.draws.normal(SIGMA_RANGE_RATE_MPS)),
            identity: None,
            simulated: false,
            accuracy: None,
        }
    }
}

/// A mortar's or a rocket's flight after burnout, in the proportion of the dense scenes (55 to 35).
fn flight(draws: &mut Stream, number: u64) -> Flight {
    let is_mortar = number % 18 < 11;
    let (speed_mps, elevation_deg, ln_beta) = if is_mortar {
        (draws.uniform(150.0, 320.0), draws.uniform(45.0, 80.0), maths::ln(5_000.0) + draws.normal(0.3))
    } else {
        (draws.uniform(370.0, 600.0), draws.uniform(25.0, 60.0), maths::ln(9_000.0) + draws.normal(0.25))
    };
    let (sin, cos) = maths::sin_cos(elevation_deg.to_radians());
    let mut body = Body {
        position_m: Vector3::new(0.0, 0.0, 20.0),
        velocity_mps: Vector3::new(0.0, cos, sin) * speed_mps,
        ln_beta,
    };
    let mut flight = Vec::new();
    while body.position_m.z > 0.0 {
        flight.push((body.position_m, body.velocity_mps));
        body = advance(&Environment::flat(), &body, SCAN_PERIOD_S);
    }
    flight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_stays_full_and_repeats() {
        let (mut a, mut b) = (Picture::new(200, 3), Picture::new(200, 3));
        for _ in 0..40 {
            let scan = a.scan();
            assert_eq!(scan, b.scan());
            let plots = scan.len() - 2;
            assert!((140..=240).contains(&plots), "{plots}");
        }
    }
}
