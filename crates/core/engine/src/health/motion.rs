//! What cannot be: things that are in two places, or faster than anything.

use std::collections::{BTreeMap, VecDeque};

use nalgebra::Vector3;
use parapet_frame::{Polar, Time};
use parapet_track::{Plot, SensorModel};

use super::Verdict;

/// No aircraft that answers is faster, m/s.
const AIRCRAFT_MAX_MPS: f64 = 1_200.0;
/// Standard deviations of measurement that are allowed for at both ends.
const SIGMAS: f64 = 6.0;
/// Times between two plots that are compared, seconds.
const BETWEEN_S: core::ops::Range<f64> = 0.2..30.0;
/// Addresses that are remembered.
const ADDRESSES_MAX: usize = 1_024;
/// So many impossible things within so many seconds are trouble.
const TIMES: usize = 3;
const WITHIN_S: f64 = 10.0;

/// Remembers where what answers was.
#[derive(Clone, Debug, Default)]
pub(super) struct Motion {
    seen: BTreeMap<u32, (Time, Vector3<f64>)>,
    impossible: VecDeque<Time>,
}

impl Motion {
    /// Whether what answers with an address can have come here from where it was.
    pub(super) fn hear(&mut self, plot: &Plot, model: &SensorModel) -> Option<Verdict> {
        let address = plot.identity?.address?;
        let elevation_rad = plot.elevation.map_or(0.0, |elevation| elevation.rad);
        let polar = Polar { range_m: plot.range_m, azimuth_rad: plot.azimuth_rad, elevation_rad };
        let place_m = model.pose.site_from_polar(polar);
        if !place_m.iter().all(|number| number.is_finite()) {
            return None;
        }
        let now = plot.measured_at.0;
        if self.seen.len() >= ADDRESSES_MAX && !self.seen.contains_key(&address) {
            self.seen.pop_first();
        }
        let (then, before_m) = self.seen.insert(address, (now, place_m))?;
        let seconds = now.seconds_since(then);
        // A height that is told now and was not before is no jump: only the way along the ground counts.
        let way_m = (place_m - before_m).xy().norm();
        let error_m = SIGMAS * (model.sigma_range_m + plot.range_m * model.sigma_azimuth_rad);
        if !BETWEEN_S.contains(&seconds) || way_m <= AIRCRAFT_MAX_MPS * seconds + error_m {
            return None;
        }
        self.impossible(now, &format!("address {address:06X} moved {way_m:.0} m in {seconds:.1} s"))
    }

    /// Something impossible was told.
    pub(super) fn impossible(&mut self, now: Time, detail: &str) -> Option<Verdict> {
        self.impossible.push_back(now);
        if self.impossible.len() > TIMES {
            self.impossible.pop_front();
        }
        let first = *self.impossible.front()?;
        let is_often = self.impossible.len() == TIMES && now.seconds_since(first).abs() <= WITHIN_S;
        is_often.then(|| Verdict::begins(detail.to_owned()))
    }
}
