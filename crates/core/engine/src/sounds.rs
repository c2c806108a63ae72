//! What is heard: admitted, located, and handed on to the tracker as a hint and to the incident record.

use parapet_frame::Time;
use parapet_track::{SoundReport, Unheard};

use crate::admission::timely;
use crate::engine::next_on_grid;
use crate::{Engine, Mode, Outbox, Output, RefusalReason};

/// Nothing farther from the site's origin belongs to it, metres.
const PLACE_MAX_M: f64 = 150_000.0;
/// A time of arrival that is known no better than this says nothing, seconds.
const SIGMA_TIME_MAX_S: f64 = 10.0;

impl Engine {
    pub(crate) fn hear_sound(&mut self, report: &SoundReport, out: &mut Outbox) {
        self.counts.heard += 1;
        if let Err((reason, detail)) = self.admit_sound(report) {
            return self.refuse(None, None, reason, format!("{}: {detail}", report.ear), out);
        }
        let hearing = match self.listener.hear(report, self.now, &self.config.environment) {
            Ok(hearing) => hearing,
            Err(why) => {
                let reason = match why {
                    Unheard::Duplicate => RefusalReason::Duplicate,
                    Unheard::TooManyEars => RefusalReason::TableFull,
                };
                return self.refuse(None, None, reason, report.ear.to_string(), out);
            }
        };
        self.counts.used += 1;
        self.sweep_at.get_or_insert(next_on_grid(self.now));
        out.outputs.extend(hearing.news.map(Output::Ear));
        if let Some(ear) = hearing.gave_way {
            // It was counted as used when it came, and has been of no use.
            self.counts.used -= 1;
            let detail = format!("the oldest sound that waited, of {ear}, gave way");
            self.refuse(None, None, RefusalReason::TableFull, detail, out);
        }
        if let Some(source) = hearing.source {
            self.tracker.hear(&source);
            self.falls.hear(&source);
            out.outputs.push(Output::Sound(source));
        }
    }

    fn admit_sound(&self, report: &SoundReport) -> Result<(), (RefusalReason, String)> {
        let impossible = |what: &str| Err((RefusalReason::Impossible, what.to_owned()));
        if report.place_m.iter().any(|m| !m.is_finite() || m.abs() > PLACE_MAX_M) {
            return impossible("its place is not within 150 km of the site");
        }
        if !(0.0..=1_000.0).contains(&report.sigma_place_m) {
            return impossible("the error of its place is not between 0 and 1000 m");
        }
        if let Some(sound) = report.sound {
            if !(sound.sigma_time_s > 0.0 && sound.sigma_time_s <= SIGMA_TIME_MAX_S) {
                return impossible("the error of its time is not above 0 and at most 10 s");
            }
            let fits = |rad: f64| rad.is_finite() && rad.abs() <= 10.0;
            if sound.bearing.is_some_and(|b| !(fits(b.azimuth_rad) && b.sigma_rad > 0.0 && b.sigma_rad <= 3.2)) {
                return impossible("its bearing, or the error of that, is no angle");
            }
        }
        if report.simulated && self.config.mode == Mode::Live {
            return Err((RefusalReason::Simulated, String::new()));
        }
        let sigma_clock_s = report.sound.map_or(0.0, |sound| sound.sigma_time_s);
        timely(report.measured_at.0, report.heard_at.0, sigma_clock_s, &self.config.limits)
    }

    /// What time alone changes: who fell silent, and which predicted impacts were not heard.
    pub(crate) fn sweep_sounds(&mut self, due: Time, out: &mut Outbox) {
        out.outputs.extend(self.listener.expire(due).into_iter().map(Output::Ear));
        let listener = &self.listener;
        let falls = self.falls.decide(due, |place_m, distance_m| listener.listening_within(place_m, distance_m));
        out.outputs.extend(falls.into_iter().map(Output::Fall));
    }
}
