//! Whether a track and a contact are one thing: place and velocity, look after look.

use nalgebra::{Matrix3, Vector3};
use parapet_frame::Time;

use super::contacts::ContactKey;
use super::drift::Drift;
use super::{FRESH_S, TURN_MPS2};
use crate::filter::Estimate;
use crate::{ContactReport, SensorModel};

/// Squared Mahalanobis distance that one in a thousand of the true ones exceeds, with three degrees of freedom.
const GATE3: f64 = 16.27;
/// Looks, and seconds, over which a track and a contact agree before they are held to be one.
const LOOKS: u16 = 3;
const SECONDS: f64 = 1.5;
/// Looks in a row that must disagree before they are held to be two.
const DISAGREES_MAX: u8 = 3;

/// What an unsurveyed radar may be off by, as standard deviations: its range ...
const SURVEY_RANGE_M: f64 = 50.0;
/// ... its azimuth and elevation (0.3 degrees) ...
const SURVEY_ANGLE_RAD: f64 = 5.236e-3;
/// ... and its clock, seconds.
const SURVEY_CLOCK_S: f64 = 0.3;
/// What a velocity may be off by for turns that a filter follows late, m/s.
const LAG_MPS: f64 = 10.0;

/// What a look says of a pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Agrees,
    Disagrees,
}

/// A track's contact, so far as they agree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pairing {
    pub(crate) contact: ContactKey,
    pub(crate) since: Time,
    latest: Time,
    agreed: u16,
    disagreed: u8,
    pub(crate) drift: Drift,
}

impl Pairing {
    pub(crate) fn begun(contact: ContactKey, at: Time) -> Self {
        Pairing { contact, since: at, latest: at, agreed: 1, disagreed: 0, drift: Drift::default() }
    }

    /// They have agreed often and long enough, and do not disagree now.
    pub(crate) fn is_recognised(&self) -> bool {
        self.agreed >= LOOKS && self.latest.seconds_since(self.since) >= SECONDS && self.disagreed < 2
    }

    /// Takes a verdict; `true` where the two are no longer held to be one.
    pub(crate) fn judge(&mut self, verdict: Verdict, at: Time) -> bool {
        match verdict {
            Verdict::Agrees => {
                self.agreed = self.agreed.saturating_add(1);
                (self.disagreed, self.latest) = (0, at.max(self.latest));
            }
            Verdict::Disagrees => self.disagreed += 1,
        }
        // What has hardly agreed yet is given up at once.
        self.disagreed >= if self.agreed < LOOKS { 1 } else { DISAGREES_MAX }
    }
}

/// The squared Mahalanobis distance of place and velocity between what is believed of a track and what a contact says, where both
/// lie within their gates; `None` where they do not.
pub(crate) fn agreement(estimate: &Estimate, at: Time, contact: &ContactReport, sensor: &SensorModel) -> Option<f64> {
    let age_s = at.seconds_since(contact.measured_at.0);
    if age_s.abs() > FRESH_S {
        return None;
    }
    let (told, told_spread) = contact.at(at, TURN_MPS2);
    let body = estimate.body();
    let block = |from: usize| estimate.covariance.fixed_view::<3, 3>(from, from).into_owned();
    let spread = block(0) + told_spread + survey(&body.position_m, &body.velocity_mps, sensor);
    let place2 = distance2(&spread, &(body.position_m - told)).filter(|d2| *d2 < GATE3)?;
    if contact.velocity_mps.is_none() {
        return Some(place2);
    }
    let [level, up] = contact.sigma_velocity_mps;
    let turned_mps = TURN_MPS2 * age_s;
    let own = Vector3::new(level, level, up).map(|mps| mps * mps + LAG_MPS * LAG_MPS + turned_mps * turned_mps);
    let velocity_spread = block(3) + Matrix3::from_diagonal(&own);
    let velocity2 = distance2(&velocity_spread, &(body.velocity_mps - contact.velocity()));
    velocity2.filter(|d2| *d2 < GATE3).map(|velocity2| place2 + velocity2)
}

/// What the sensor's own survey and clock may put a thing off by, as a covariance in site ENU, square metres.
fn survey(place: &Vector3<f64>, velocity: &Vector3<f64>, sensor: &SensorModel) -> Matrix3<f64> {
    let off = place - sensor.pose.origin();
    let range_m = off.norm().max(1.0);
    let along = off / range_m;
    let across_m = SURVEY_ANGLE_RAD * range_m;
    let along2 = along * along.transpose();
    let clock = velocity * SURVEY_CLOCK_S;
    along2 * (SURVEY_RANGE_M * SURVEY_RANGE_M)
        + (Matrix3::identity() - along2) * (across_m * across_m)
        + clock * clock.transpose()
}

fn distance2(spread: &Matrix3<f64>, off: &Vector3<f64>) -> Option<f64> {
    Some(off.dot(&spread.cholesky()?.solve(off)))
}
