//! Whether a sensor that speaks can be believed: one watch for each, over what comes from it.
//!
//! Everything here is found by what is heard, and when; nothing that is found refuses a plot, but for the
//! bound on how many may come.

mod antenna;
mod clock;
mod flow;
mod frozen;
mod motion;
mod sectors;
mod trouble;

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_track::{Plot, Scan, SensorModel};

use self::antenna::Antenna;
use self::clock::Clock;
use self::flow::{Bucket, Flow};
use self::frozen::Frozen;
use self::motion::Motion;
pub(crate) use self::sectors::Missed;
use self::sectors::Sectors;
pub use self::trouble::{Trouble, TroubleReport};

/// Seconds for which what happens in a moment counts as trouble.
const MOMENTARY_S: f64 = 60.0;

/// A trouble that begins, with details, or is over.
type Change = (Trouble, bool, String);

/// The watch over one sensor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    frozen: Frozen,
    antenna: Antenna,
    flow: Flow,
    bucket: Bucket,
    motion: Motion,
    clock: Clock,
    sectors: Sectors,
    /// What stands, and since when.
    standing: BTreeMap<Trouble, Time>,
    changes: Vec<Change>,
}

impl Watch {
    /// A plot has come, whatever becomes of it.
    pub(crate) fn hear_plot(&mut self, plot: &Plot, model: &SensorModel, now: Time) {
        self.hear_stamp(plot.measured_at.0, model, now);
        let repeats = self.frozen.repeats(plot);
        self.note(Trouble::Frozen, repeats, now);
        let flood = self.flow.hear(now, model);
        self.note(Trouble::Flood, flood, now);
        let jump = self.motion.hear(plot, model);
        self.note(Trouble::ImpossibleMotion, jump, now);
    }

    /// Something came that was stamped so.
    pub(crate) fn hear_stamp(&mut self, stamp: Time, model: &SensorModel, now: Time) {
        let still = self.frozen.hear_stamp(stamp, now);
        self.note(Trouble::Frozen, still, now);
        let step = self.clock.hear(stamp, now, model.scan_period_s);
        self.note(Trouble::ClockStepped, step, now);
        if model.scan == Scan::Rotating {
            let stopped = self.antenna.has_stopped(now, model.scan_period_s);
            self.note(Trouble::RotationStopped, stopped, now);
        }
        for momentary in [Trouble::ClockStepped, Trouble::Drifting, Trouble::ImpossibleMotion] {
            if self.standing.get(&momentary).is_some_and(|since| now.seconds_since(*since) >= MOMENTARY_S) {
                self.change(momentary, false, String::new(), now);
            }
        }
    }

    /// The antenna points there, radians clockwise from north.
    pub(crate) fn hear_antenna(&mut self, antenna_rad: f64, model: &SensorModel, now: Time) {
        if model.scan != Scan::Rotating {
            return;
        }
        let found = self.antenna.hear(antenna_rad, now);
        self.note(Trouble::RotationStopped, found.stopped, now);
        self.note(Trouble::SectorBlanked, found.missing, now);
    }

    /// Whether the sensor tells its sectors, so often that silence is known soon.
    pub(crate) fn tells_sectors(&self) -> bool {
        self.antenna.tells_sectors()
    }

    /// A look of the sensor is done.
    pub(crate) fn hear_look(&mut self, plots: &[Plot], missed: &[Missed], model: &SensorModel, now: Time) {
        let blanked = self.sectors.hear(plots, missed, model);
        self.note(Trouble::SectorBlanked, blanked, now);
    }

    /// Something that cannot be was told.
    pub(crate) fn hear_impossible(&mut self, detail: &str, now: Time) {
        let found = self.motion.impossible(now, detail);
        self.note(Trouble::ImpossibleMotion, found, now);
    }

    /// Whether one plot more is within what the sensor may send; `is_needed` tells whether a round's track waits for it.
    pub(crate) fn may_send(&mut self, model: &SensorModel, now: Time, is_needed: impl FnOnce() -> bool) -> bool {
        let Some(per_s) = model.trust.plots_per_s_max else { return true };
        let fits = self.bucket.take(now, per_s, model.scan_period_s);
        let verdict = if fits {
            self.bucket.has_recovered()
        } else {
            Some(Verdict::begins(format!("more than {per_s} plots/s")))
        };
        self.note(Trouble::OverRate, verdict, now);
        fits || is_needed()
    }

    /// Its places run away.
    pub(crate) fn hear_drift(&mut self, detail: String, now: Time) {
        self.note(Trouble::Drifting, Some(Verdict::begins(detail)), now);
    }

    /// How many things the sensor is expected to see, for knowing what is too much.
    pub(crate) fn expect(&mut self, things: usize) {
        self.flow.expect(things);
    }

    /// By how many seconds the clock was found to have been set forward, since it was last asked, and how surely.
    pub(crate) fn stepped(&mut self) -> Option<(f64, f64)> {
        self.clock.stepped()
    }

    /// Whether the sensor sees nothing any more, though it speaks.
    pub(crate) fn is_blind(&self) -> bool {
        [Trouble::Frozen, Trouble::RotationStopped].iter().any(|trouble| self.standing.contains_key(trouble))
    }

    /// What has changed since it was last asked.
    pub(crate) fn changes(&mut self) -> impl Iterator<Item = Change> + '_ {
        self.changes.drain(..)
    }

    fn note(&mut self, trouble: Trouble, verdict: Option<Verdict>, now: Time) {
        match verdict {
            Some(Verdict { stands: true, detail }) if !self.standing.contains_key(&trouble) => {
                self.change(trouble, true, detail, now);
            }
            // What is found again lasts.
            Some(Verdict { stands: true, .. }) => _ = self.standing.insert(trouble, now),
            Some(Verdict { stands: false, detail }) if self.standing.contains_key(&trouble) => {
                self.change(trouble, false, detail, now);
            }
            _ => {}
        }
    }

    fn change(&mut self, trouble: Trouble, stands: bool, detail: String, now: Time) {
        if stands {
            self.standing.insert(trouble, now);
        } else {
            self.standing.remove(&trouble);
        }
        self.changes.push((trouble, stands, detail));
    }
}

/// What a watch found.
#[derive(Clone, Debug, PartialEq)]
struct Verdict {
    /// Trouble; otherwise there is none any more.
    stands: bool,
    detail: String,
}

impl Verdict {
    fn begins(detail: String) -> Self {
        Verdict { stands: true, detail }
    }

    fn over() -> Self {
        Verdict { stands: false, detail: String::new() }
    }
}
