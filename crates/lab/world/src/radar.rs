//! Radars looking at the scene.

use core::f64::consts::{PI, TAU};

use parapet_frame::{Polar, maths::wrap_pi};

use crate::message::{Answer, Message, MessageKind, Sighting};
use crate::path::Moment;
use crate::scenario::{Antenna, Radar};
use crate::scene::{Object, Patch, PlacedRadar, Scene};
use crate::stream::{Stream, name};

/// Sectors of a turn, as most radars send them.
pub(crate) const SECTORS: u32 = 32;
/// Half of the false plots move slowly, with this standard deviation of range rate, m/s; the others are uniform up to
/// [`CLUTTER_FAST_MPS`].
const CLUTTER_SLOW_MPS: f64 = 3.0;
/// See [`CLUTTER_SLOW_MPS`].
const CLUTTER_FAST_MPS: f64 = 500.0;

/// Everything that all radars say, in the order of sending.
#[must_use]
pub fn listen(scene: &Scene) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for (index, radar) in scene.radars.iter().enumerate() {
        Looker { scene, index, radar }.look(&mut messages);
    }
    // Stable: messages of one moment stay in the order of the radars and of their making.
    messages.sort_by(|a, b| a.send_s.total_cmp(&b.send_s));
    messages
}

struct Looker<'s> {
    scene: &'s Scene,
    index: usize,
    radar: &'s PlacedRadar,
}

impl Looker<'_> {
    fn spec(&self) -> &Radar {
        &self.radar.spec
    }

    fn look(&self, messages: &mut Vec<Message>) {
        for scan in 0..u32::MAX {
            let start_s = self.spec().first_scan_s + f64::from(scan) * self.spec().scan_period_s;
            if start_s >= self.scene.duration_s {
                break;
            }
            match self.spec().antenna {
                Antenna::Rotating => self.turn(scan, start_s, messages),
                Antenna::Staring => self.stare(scan, start_s, messages),
            }
        }
    }

    fn stare(&self, scan: u32, start_s: f64, messages: &mut Vec<Message>) {
        let mut delay = self.delay(scan);
        let north = MessageKind::North { stamp_s: start_s + self.spec().stamp_error_s };
        messages.push(self.message(start_s + delay(), north));
        let plots = self.sightings(scan, start_s);
        if !plots.is_empty() {
            messages.push(self.message(start_s + delay(), MessageKind::Plots(plots)));
        }
    }

    fn turn(&self, scan: u32, start_s: f64, messages: &mut Vec<Message>) {
        let sector_s = self.spec().scan_period_s / f64::from(SECTORS);
        let mut delay = self.delay(scan);
        let mut sectors: Vec<Vec<Sighting>> = vec![Vec::new(); SECTORS as usize];
        for sighting in self.sightings(scan, start_s) {
            let sector = ((sighting.measured_s - start_s) / sector_s) as usize;
            sectors[sector.min(SECTORS as usize - 1)].push(sighting);
        }
        for (number, mut plots) in (0..SECTORS).zip(sectors) {
            let begin_s = start_s + f64::from(number) * sector_s;
            let stamp_s = begin_s + self.spec().stamp_error_s;
            if number == 0 {
                messages.push(self.message(begin_s + delay(), MessageKind::North { stamp_s }));
            }
            let azimuth_rad = TAU * f64::from(number) / f64::from(SECTORS);
            messages.push(self.message(begin_s + delay(), MessageKind::Sector { stamp_s, azimuth_rad }));
            if !plots.is_empty() {
                plots.sort_by(|a, b| a.measured_s.total_cmp(&b.measured_s));
                messages.push(self.message(begin_s + sector_s + delay(), MessageKind::Plots(plots)));
            }
        }
    }

    fn message(&self, send_s: f64, kind: MessageKind) -> Message {
        Message { send_s, radar: self.index, kind }
    }

    /// Draws the delay of one message after the other.
    fn delay(&self, scan: u32) -> impl FnMut() -> f64 {
        let (fixed_s, jitter_s) = (self.spec().delay_s, self.spec().delay_jitter_s);
        let mut stream = self.stream("", "delay", scan);
        move || fixed_s + stream.uniform(0.0, jitter_s)
    }

    fn stream(&self, object: &str, purpose: &str, scan: u32) -> Stream {
        let who = format!("{}\u{1}{object}", self.spec().name);
        Stream::new(self.scene.seed, &who, purpose, u64::from(scan))
    }

    fn sightings(&self, scan: u32, start_s: f64) -> Vec<Sighting> {
        let objects = self.scene.objects.iter().enumerate();
        let mut all: Vec<Sighting> = objects.filter_map(|(i, o)| self.sight(i, o, scan, start_s)).collect();
        all.extend(self.clutter(scan, start_s));
        for patch in &self.scene.patches {
            all.extend(self.patch(patch, scan, start_s));
        }
        all.retain(|s| self.covers(s.polar));
        all
    }

    /// When this scan's look falls on an object, and where it is then.
    fn meet(&self, object: &Object, start_s: f64) -> Option<(Moment, Polar)> {
        let period_s = self.spec().scan_period_s;
        let mut time_s = start_s;
        if self.spec().antenna == Antenna::Rotating {
            // The object moves little in a turn: each round brings the time of its azimuth closer by orders.
            time_s += 0.5 * period_s;
            for _ in 0..4 {
                let now = object.path.at(time_s).or_else(|| self.nearest(object, time_s))?;
                let azimuth_rad = self.radar.pose.polar_from_site(now.position_m).azimuth_rad;
                time_s = start_s + period_s * azimuth_rad.rem_euclid(TAU) / TAU;
            }
        }
        let now = object.path.at(time_s)?;
        Some((now, self.radar.pose.polar_from_site(now.position_m)))
    }

    /// The end of a path that begins or ends within this scan.
    fn nearest(&self, object: &Object, time_s: f64) -> Option<Moment> {
        let moments = object.path.moments();
        let end = if moments.first()?.time_s > time_s { moments.first() } else { moments.last() };
        end.copied().filter(|m| (m.time_s - time_s).abs() <= self.spec().scan_period_s)
    }

    fn sight(&self, index: usize, object: &Object, scan: u32, start_s: f64) -> Option<Sighting> {
        let (truth, polar) = self.meet(object, start_s)?;
        let spec = self.spec();
        let mut draws = self.stream(&object.name, "plot", scan);
        if !self.covers(polar) || !draws.chance(spec.detection_probability) {
            return None;
        }
        let away = (truth.position_m - self.radar.pose.origin()) / polar.range_m;
        let range_rate_mps = truth.velocity_mps.dot(&away);
        let measured = Polar {
            range_m: polar.range_m + spec.bias_range_m + draws.normal(spec.sigma_range_m),
            azimuth_rad: wrap_pi(
                polar.azimuth_rad + (spec.bias_azimuth_deg + draws.normal(spec.sigma_azimuth_deg)).to_radians(),
            ),
            elevation_rad: polar.elevation_rad
                + (spec.bias_elevation_deg + draws.normal(spec.sigma_elevation_deg)).to_radians(),
        };
        Some(Sighting {
            object: Some(index),
            measured_s: truth.time_s,
            stamp_s: truth.time_s + spec.stamp_error_s,
            polar: measured,
            range_rate_mps: spec.sigma_range_rate_mps.map(|sigma| range_rate_mps + draws.normal(sigma)),
            answer: object.transponder.clone().map(|transponder| Answer {
                transponder,
                altitude_m: self.scene.world.environment.height_m(&truth.position_m),
                // Twelve bits of the name: the same in every run, whatever else flies.
                track_number: (name(&object.name, "track number", 0) & 0xFFF) as u16,
            }),
        })
    }

    fn clutter(&self, scan: u32, start_s: f64) -> Vec<Sighting> {
        let spec = self.spec();
        let mut draws = self.stream("", "clutter", scan);
        let ceiling_deg = spec.clutter_elevation_max_deg.min(spec.elevation_max_deg);
        let count = draws.poisson(spec.clutter_per_scan);
        let one = |_| {
            let polar = Polar {
                range_m: draws.uniform(spec.range_min_m, spec.range_max_m),
                azimuth_rad: draws.uniform(-PI, PI),
                elevation_rad: draws.uniform(spec.elevation_min_deg, ceiling_deg).to_radians(),
            };
            let slow = draws.chance(0.5);
            let (walk, dash) = (draws.normal(CLUTTER_SLOW_MPS), draws.uniform(-CLUTTER_FAST_MPS, CLUTTER_FAST_MPS));
            self.false_plot(polar, if slow { walk } else { dash }, start_s)
        };
        (0..count).map(one).collect()
    }

    fn patch(&self, patch: &Patch, scan: u32, start_s: f64) -> Vec<Sighting> {
        let mut draws = self.stream(&patch.id, "patch", scan);
        let count = draws.poisson(patch.plots_per_scan);
        let one = |_| {
            let off = nalgebra::Vector3::from_fn(|_, _| draws.normal(patch.spread_m));
            let polar = self.radar.pose.polar_from_site(patch.middle_m + off);
            self.false_plot(polar, draws.normal(CLUTTER_SLOW_MPS), start_s)
        };
        (0..count).map(one).collect()
    }

    fn false_plot(&self, polar: Polar, range_rate_mps: f64, start_s: f64) -> Sighting {
        let spec = self.spec();
        let measured_s = match spec.antenna {
            Antenna::Rotating => start_s + spec.scan_period_s * polar.azimuth_rad.rem_euclid(TAU) / TAU,
            Antenna::Staring => start_s,
        };
        Sighting {
            object: None,
            measured_s,
            stamp_s: measured_s + spec.stamp_error_s,
            polar,
            range_rate_mps: spec.sigma_range_rate_mps.map(|_| range_rate_mps),
            answer: None,
        }
    }

    fn covers(&self, polar: Polar) -> bool {
        let spec = self.spec();
        let elevation_deg = polar.elevation_rad.to_degrees();
        (spec.range_min_m..=spec.range_max_m).contains(&polar.range_m)
            && (spec.elevation_min_deg..=spec.elevation_max_deg).contains(&elevation_deg)
    }
}
