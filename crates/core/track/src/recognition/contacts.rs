//! What contacts say, one after the other: what cannot be is refused, and what moves as no aircraft does is remembered.

use core::fmt;
use std::collections::{BTreeMap, VecDeque};

use nalgebra::{Matrix3, Vector3};
use parapet_frame::Time;

use super::{Suspected, Suspicion};
use crate::{ContactName, ContactReport, Identity, SensorId, TrackId};

/// Nothing that tells where it is flies faster, m/s: twice the speed of sound and some wind.
const SPEED_MAX_MPS: f64 = 700.0;
/// ... or climbs or descends faster, m/s: 24,000 feet a minute.
const CLIMB_MAX_MPS: f64 = 120.0;
/// ... or is higher above the site's plane, or lower, metres; the Earth falls away by 16 km over 450.
const HEIGHT_M: core::ops::RangeInclusive<f64> = -20_000.0..=30_000.0;
/// Standard deviations by which a contact may be off where it said that it would be.
const JUMP_SIGMAS: f64 = 5.0;
/// Acceleration that it may have meanwhile, m/s^2: two g.
const JUMP_MPS2: f64 = 20.0;
/// What a place may be off by for the steps that it is told in, metres.
const JUMP_STEP_M: f64 = 50.0;
/// Contradictions in a row after which what was said before is given up, and the contact begins anew.
const JUMPS_MAX: u8 = 3;
/// Seconds without a word after which a contact is forgotten.
const FORGOTTEN_S: f64 = 60.0;
/// How often the forgotten are looked for, seconds.
const TIDY_S: f64 = 5.0;
/// Seconds and reports for which a contact must have been heard without a contradiction before it is believed.
const EARNED_S: f64 = 5.0;
const EARNED_REPORTS: u32 = 4;
/// Heights that are remembered: for so many seconds, so many at most, at least so far apart.
const HEIGHTS_S: f64 = 10.0;
const HEIGHTS_MAX: usize = 20;
const HEIGHTS_APART_S: f64 = 0.4;
/// A downward acceleration that is kept up for [`FALL_S`] and makes a contact suspect, m/s^2: gravity is 9.8, and no aircraft flies so
/// with its passengers in their seats.
const FALL_MPS2: f64 = 5.0;
const FALL_S: f64 = 3.0;
/// ... where it is known this well, m/s^2.
const FALL_SIGMA_MPS2: f64 = 1.5;
/// Standard deviation of a told height for this, metres: a step of 25 ft over the square root of 12, with some noise.
const HEIGHT_STEP_SIGMA_M: f64 = 3.0;

/// Which sensor's contact, and which one.
pub(crate) type ContactKey = (SensorId, ContactName);

/// Why what a contact says is not taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ContactFault {
    /// A number that is none.
    NotANumber,
    /// A speed that nothing has which tells where it is, m/s.
    Speed(f64),
    /// A rate of climb that nothing has which tells where it is, m/s.
    Climb(f64),
    /// A height that nothing has which tells where it is, metres above the site's plane.
    Height(f64),
    /// It is nowhere near where it said that it would be.
    Jump {
        /// How far it is off, metres.
        off_m: f64,
        /// How long after it last said so, seconds.
        seconds: f64,
    },
    /// It is no newer than what is known.
    Known,
    /// As many contacts as are kept were heard lately.
    TableFull,
}

impl fmt::Display for ContactFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContactFault::NotANumber => write!(f, "not a finite number"),
            ContactFault::Speed(mps) => write!(f, "a speed of {mps:.0} m/s is impossible"),
            ContactFault::Climb(mps) => write!(f, "a climb of {mps:.0} m/s is impossible"),
            ContactFault::Height(m) => write!(f, "a height of {m:.0} m is impossible"),
            ContactFault::Jump { off_m, seconds } => {
                write!(f, "{off_m:.0} m from where it said {seconds:.1} s before that it was going")
            }
            ContactFault::Known => write!(f, "no newer than what is known"),
            ContactFault::TableFull => write!(f, "as many contacts as are kept were heard lately"),
        }
    }
}

/// Somebody who says where he is.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) latest: ContactReport,
    /// Since when it speaks without contradiction, and how often it did.
    since: Time,
    reports: u32,
    jumps: u8,
    heights: VecDeque<(Time, f64)>,
    falls: bool,
    /// It was found to drift away from what is seen.
    pub(crate) drifts: bool,
}

impl Contact {
    fn begun(report: &ContactReport) -> Self {
        let heights = VecDeque::from([(report.measured_at.0, report.place.up_m)]);
        let since = report.measured_at.0;
        Contact { latest: *report, since, reports: 1, jumps: 0, heights, falls: false, drifts: false }
    }

    pub(crate) fn key(&self) -> ContactKey {
        (self.latest.sensor, self.latest.name)
    }

    /// Seconds since the time that its latest report is told for.
    pub(crate) fn age_s(&self, at: Time) -> f64 {
        at.seconds_since(self.latest.measured_at.0)
    }

    /// Whether what it says may count in a track's favour: see the head of [`super`].
    pub(crate) fn is_believed(&self) -> bool {
        let doubts = self.latest.doubts;
        let is_doubted = doubts.simulated || doubts.suspect || doubts.silent || doubts.coasted;
        let has_earned = self.reports >= EARNED_REPORTS && self.age_of_word_s() >= EARNED_S;
        has_earned && !is_doubted && !self.falls && !self.drifts
    }

    fn age_of_word_s(&self) -> f64 {
        self.latest.measured_at.0.seconds_since(self.since)
    }

    /// Whether a thing that says this of itself may be this contact.
    pub(crate) fn may_be(&self, told: Option<Identity>) -> bool {
        told.is_none_or(|told| told.likeness(&self.latest.identity) > 0.0)
    }

    pub(crate) fn suspicion(&self, at: Time, track: Option<TrackId>, why: Suspected) -> Suspicion {
        let ContactReport { sensor, name, identity, .. } = self.latest;
        Suspicion { at, sensor, name, identity, track, why }
    }

    /// How far a report lies from where it was going, and how far it may.
    fn off(&self, report: &ContactReport) -> (f64, f64) {
        let seconds = report.measured_at.0.seconds_since(self.latest.measured_at.0);
        let velocity = match (self.latest.velocity_mps, report.velocity_mps) {
            (Some(before), Some(after)) => 0.5 * (Vector3::from(before) + Vector3::from(after)),
            _ => self.latest.velocity() + report.velocity(),
        };
        let told = self.latest.velocity_mps.or(report.velocity_mps).is_some();
        let free_m = if told { 0.5 * JUMP_MPS2 * seconds * seconds } else { SPEED_MAX_MPS * seconds };
        // Beyond a minute of turning nothing is a jump.
        let free_m = free_m.min(SPEED_MAX_MPS * seconds);
        let off = (report.place.to_vector() - self.latest.place.to_vector() - velocity * seconds).xy();
        let plane = |report: &ContactReport| report.covariance[0][0] + report.covariance[1][1];
        let sigma_m = (plane(&self.latest) + plane(report)).sqrt();
        (off.norm(), JUMP_SIGMAS * sigma_m + free_m + JUMP_STEP_M)
    }

    /// Takes the next report; says so where it begins to move as a round falls.
    fn take(&mut self, report: &ContactReport) -> Option<Suspicion> {
        (self.latest, self.jumps) = (*report, 0);
        self.reports = self.reports.saturating_add(1);
        let at = report.measured_at.0;
        if report.tells_height && self.heights.back().is_none_or(|(last, _)| at.seconds_since(*last) >= HEIGHTS_APART_S)
        {
            self.heights.push_back((at, report.place.up_m));
        }
        while self.heights.len() > HEIGHTS_MAX
            || self.heights.front().is_some_and(|(first, _)| at.seconds_since(*first) > HEIGHTS_S)
        {
            self.heights.pop_front();
        }
        let down_mps2 = fall_mps2(&self.heights).filter(|down_mps2| *down_mps2 >= FALL_MPS2 && !self.falls)?;
        self.falls = true;
        Some(self.suspicion(report.heard_at.0, None, Suspected::Falls { down_mps2 }))
    }
}

/// The downward acceleration of these heights, m/s^2, where they tell it well enough: a parabola through them.
fn fall_mps2(heights: &VecDeque<(Time, f64)>) -> Option<f64> {
    let ((first, from_m), (last, _)) = (heights.front()?, heights.back()?);
    let span_s = last.seconds_since(*first);
    if span_s < FALL_S || heights.len() < 4 {
        return None;
    }
    let (mut normal, mut right) = (Matrix3::zeros(), Vector3::zeros());
    for (at, height_m) in heights {
        let t = at.seconds_since(*first) - 0.5 * span_s;
        let row = Vector3::new(1.0, t, 0.5 * t * t);
        normal += row * row.transpose();
        right += row * (height_m - from_m);
    }
    let inverse = normal.try_inverse()?;
    let sigma_mps2 = HEIGHT_STEP_SIGMA_M * inverse[(2, 2)].max(0.0).sqrt();
    (sigma_mps2 <= FALL_SIGMA_MPS2).then(|| -(inverse * right).z)
}

/// Everybody who is heard.
#[derive(Clone, Debug)]
pub(crate) struct Contacts {
    table: BTreeMap<ContactKey, Contact>,
    room: usize,
    tidied_at: Time,
}

impl Contacts {
    pub(crate) fn with_room(room: usize) -> Self {
        Contacts { table: BTreeMap::new(), room, tidied_at: Time::from_nanos(i64::MIN) }
    }

    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    pub(crate) fn get(&self, key: ContactKey) -> Option<&Contact> {
        self.table.get(&key)
    }

    pub(crate) fn get_mut(&mut self, key: ContactKey) -> Option<&mut Contact> {
        self.table.get_mut(&key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Contact> {
        self.table.values()
    }

    /// Takes a report or says why not, and whether the contact is suspected from now on.
    pub(crate) fn hear(&mut self, report: &ContactReport) -> (Result<(), ContactFault>, Option<Suspicion>) {
        if let Err(fault) = possible(report) {
            return (Err(fault), None);
        }
        self.tidy(report.heard_at.0);
        let Some(contact) = self.table.get_mut(&(report.sensor, report.name)) else {
            if self.table.len() >= self.room {
                return (Err(ContactFault::TableFull), None);
            }
            self.table.insert((report.sensor, report.name), Contact::begun(report));
            return (Ok(()), None);
        };
        let seconds = report.measured_at.0.seconds_since(contact.latest.measured_at.0);
        if seconds <= 0.0 {
            return (Err(ContactFault::Known), None);
        }
        let (off_m, free_m) = contact.off(report);
        if off_m <= free_m {
            return (Ok(()), contact.take(report));
        }
        contact.jumps += 1;
        let mut suspicion = None;
        if contact.jumps >= JUMPS_MAX {
            suspicion = Some(contact.suspicion(report.heard_at.0, None, Suspected::Jumps { off_m }));
            *contact = Contact::begun(report);
        }
        (Err(ContactFault::Jump { off_m, seconds }), suspicion)
    }

    fn tidy(&mut self, now: Time) {
        if now.seconds_since(self.tidied_at) >= TIDY_S {
            self.tidied_at = now;
            self.table.retain(|_, contact| now.seconds_since(contact.latest.heard_at.0) < FORGOTTEN_S);
        }
    }
}

/// Whether anything can be as a report says.
fn possible(report: &ContactReport) -> Result<(), ContactFault> {
    let velocity = report.velocity();
    let place = report.place.to_vector();
    let numbers = place.iter().chain(&velocity).chain(report.covariance.iter().flatten());
    if !numbers.into_iter().all(|number| number.is_finite()) {
        return Err(ContactFault::NotANumber);
    }
    if velocity.xy().norm() > SPEED_MAX_MPS {
        return Err(ContactFault::Speed(velocity.xy().norm()));
    }
    if velocity.z.abs() > CLIMB_MAX_MPS {
        return Err(ContactFault::Climb(velocity.z));
    }
    if !HEIGHT_M.contains(&place.z) {
        return Err(ContactFault::Height(place.z));
    }
    Ok(())
}
