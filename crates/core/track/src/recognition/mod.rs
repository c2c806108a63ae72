//! Recognition: which track is which contact, and whether what a contact says of itself may be believed.
//!
//! What is recognised as a cooperative aircraft is less probably a round, and by no more than that: the odds beforehand are
//! those of a thing that answers (`priors::COOPERATIVE_ROUND`), and the plots of our own sensors may overrule them. A contact
//! must earn even this: it must have been heard for a while without a contradiction, must not move as no aircraft does, and must
//! agree with the track in place and velocity, look after look. So whoever paints a contact onto a round gains nothing.
//!
//! The mathematics, with its sources, is in `docs/sensors.md`.

mod contacts;
mod drift;
mod pairing;

use nalgebra::Vector3;
use parapet_frame::{SitePoint, Time};
use serde::{Deserialize, Serialize};

pub use self::contacts::ContactFault;
use self::contacts::{Contact, ContactKey, Contacts};
use self::drift::Residual;
pub(crate) use self::pairing::Pairing;
use self::pairing::{Verdict, agreement};
use crate::{
    CommonTarget, ContactName, ContactReport, Identity, Look, Plot, ReferencePosition, ReferenceSource, SensorId,
    Teller, Track, TrackId, Tracker,
};

/// A contact is held against what is seen as long as it was told for a time no farther away than this, seconds.
const FRESH_S: f64 = 15.0;
/// ... and used as a reference only this near, seconds: beyond, turns matter.
const REFERENCE_S: f64 = 3.0;
/// Accelerations of what says where it is, m/s^2: a standard turn at 200 m/s has 10, most are gentler.
const TURN_MPS2: f64 = 4.0;
/// Farthest that a contact may lie from the track that it is held against, along east, metres; beyond this nothing is recognised.
const REACH_M: f64 = 5_000.0;

/// Whom a track is recognised as.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recognition {
    /// The sensor that tells of the contact.
    pub sensor: SensorId,
    /// Who says it.
    pub teller: Teller,
    /// Which one of that sensor's contacts.
    pub name: ContactName,
    /// What is known of who it is.
    pub identity: Identity,
    /// Since when contact and track agree.
    pub since: Time,
    /// The contact has earned belief: that it is a round is held less probable beforehand. Our own plots still overrule it.
    pub believed: bool,
}

/// Why a contact is suspected of saying what is not so.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspected {
    /// The place that it tells moves away from what our sensors see: by this velocity, m/s, known this well along an axis.
    Drift {
        /// To the east.
        east_mps: f64,
        /// To the north.
        north_mps: f64,
        /// Standard deviation along the worse axis.
        sigma_mps: f64,
    },
    /// It moves as a round falls: by this downward acceleration, m/s^2. No aircraft does so for seconds.
    Falls {
        /// Downwards.
        down_mps2: f64,
    },
    /// It jumped: what it says now contradicts what it said before, again and again.
    Jumps {
        /// By how much the last time, metres.
        off_m: f64,
    },
}

/// A contact is suspected. Nothing that it says counts in anybody's favour from now on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspicion {
    /// When that was found.
    pub at: Time,
    /// The sensor that tells of the contact.
    pub sensor: SensorId,
    /// Which one of that sensor's contacts.
    pub name: ContactName,
    /// Who it says that it is.
    pub identity: Identity,
    /// The track that it was held against, where it was.
    pub track: Option<TrackId>,
    /// Why.
    pub why: Suspected,
}

/// What a look brought to light.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Contacts that do not say what is so.
    pub suspicions: Vec<Suspicion>,
    /// What the sensor measured of things that say where they are, to calibrate it by.
    pub common_targets: Vec<CommonTarget>,
}

/// The contacts that are heard, held against the tracks.
#[derive(Clone, Debug)]
pub struct Recogniser {
    contacts: Contacts,
    /// Fresh contacts by how far east they are: filled anew for each look, kept so that no memory is taken anew.
    by_east: Vec<(f64, ContactKey)>,
}

impl Recogniser {
    /// Nobody is heard yet; so many contacts are kept at most.
    #[must_use]
    pub fn new(contacts_max: usize) -> Self {
        Recogniser { contacts: Contacts::with_room(contacts_max), by_east: Vec::new() }
    }

    /// Number of contacts that are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.contacts.len()
    }

    /// Whether nobody is heard.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes what a contact says, unless it cannot be or contradicts what the contact said before; and says whether the contact is
    /// suspected from now on.
    pub fn hear(&mut self, report: &ContactReport) -> (Result<(), ContactFault>, Option<Suspicion>) {
        self.contacts.hear(report)
    }

    /// Holds the contacts against the tracks that a look moved.
    pub fn look(&mut self, look: &Look<'_>, tracker: &mut Tracker) -> Findings {
        let mut findings = Findings::default();
        if self.is_empty() || look.plots.is_empty() {
            return findings;
        }
        self.sort_by_east(look.at);
        let (environment, sensors, tracks) = tracker.parts();
        let Some(sensor) = sensors.get(usize::from(look.sensor.0)) else { return findings };
        tracks.change_touched(|track| {
            if track.evidence.is_empty() || track.plots < 3 {
                return;
            }
            let estimate = track.beliefs.leading(environment, 0.0);
            let at = track.at;
            let fits = |contact: &Contact| agreement(&estimate, at, &contact.latest, sensor);
            if track.pairing.is_none() {
                let identity = track.identity;
                let best = self.near(estimate.body().position_m).filter(|contact| contact.may_be(identity));
                let best = best.filter_map(|contact| Some((fits(contact)?, contact)));
                let best = best.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, contact)| contact.key());
                track.pairing = best.map(|key| Box::new(Pairing::begun(key, at)));
            } else if let Some(pairing) = &mut track.pairing {
                let verdict = match self.contacts.get(pairing.contact) {
                    Some(contact) if fits(contact).is_some() && contact.may_be(track.identity) => Verdict::Agrees,
                    _ => Verdict::Disagrees,
                };
                if pairing.judge(verdict, at) {
                    track.pairing = None;
                }
            }
            self.examine(look, track, sensor, &mut findings);
            track.recognition = self.recognition(track);
        });
        findings
    }

    /// The plots that moved a recognised track, against where its contact says that it was.
    fn examine(&mut self, look: &Look<'_>, track: &mut Track, sensor: &crate::SensorModel, findings: &mut Findings) {
        let Some(pairing) = track.pairing.as_mut().filter(|pairing| pairing.is_recognised()) else { return };
        let Some(contact) = self.contacts.get_mut(pairing.contact) else { return };
        if contact.latest.teller == Teller::System {
            return;
        }
        let moved =
            |plot: &&Plot| track.evidence.iter().any(|e| e.sensor == plot.sensor && e.sequence == plot.sequence);
        for plot in look.plots.iter().filter(moved) {
            let Some(reference) = reference(contact, plot.measured_at.0) else { continue };
            let residual = Residual::of(plot, &reference, sensor);
            let drift = pairing.drift.hear(plot.sensor, plot.measured_at.0, &residual);
            if let Some(why) = drift.filter(|_| !contact.drifts) {
                contact.drifts = true;
                findings.suspicions.push(contact.suspicion(look.at, Some(track.id), why));
            }
            if contact.is_believed() && contact.latest.tells_error {
                findings.common_targets.push(CommonTarget { plot: *plot, reference });
            }
        }
    }

    fn recognition(&self, track: &Track) -> Option<Recognition> {
        let pairing = track.pairing.as_ref().filter(|pairing| pairing.is_recognised())?;
        let contact = self.contacts.get(pairing.contact)?;
        let ContactReport { sensor, teller, name, identity, .. } = contact.latest;
        Some(Recognition { sensor, teller, name, identity, since: pairing.since, believed: contact.is_believed() })
    }

    fn sort_by_east(&mut self, at: Time) {
        self.by_east.clear();
        let fresh = self.contacts.iter().filter(|contact| contact.age_s(at).abs() <= FRESH_S);
        self.by_east.extend(fresh.map(|contact| (contact.latest.at(at, 0.0).0.x, contact.key())));
        self.by_east.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }

    fn near(&self, place: Vector3<f64>) -> impl Iterator<Item = &Contact> {
        let from = self.by_east.partition_point(|(east_m, _)| *east_m < place.x - REACH_M);
        let to = self.by_east.partition_point(|(east_m, _)| *east_m <= place.x + REACH_M);
        self.by_east[from..to.max(from)].iter().filter_map(|(_, key)| self.contacts.get(*key))
    }
}

/// Where a contact says that it was at an instant; `None` where it said so too long before or after.
fn reference(contact: &Contact, at: Time) -> Option<ReferencePosition> {
    let ContactReport { sensor, teller, name, velocity_mps, .. } = contact.latest;
    if contact.age_s(at).abs() > REFERENCE_S || velocity_mps.is_none() {
        return None;
    }
    let (place, spread) = contact.latest.at(at, TURN_MPS2);
    Some(ReferencePosition {
        at: parapet_frame::MeasuredAt(at),
        place: SitePoint::from_vector(place),
        covariance: crate::contact::rows(&spread),
        velocity_mps,
        source: ReferenceSource { sensor, teller, name },
    })
}
