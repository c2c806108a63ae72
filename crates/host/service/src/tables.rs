//! What the picture shows, kept up to date from the engine's outputs.

use std::collections::BTreeMap;

use parapet_engine::{Output, SensorReport};
use parapet_frame::Time;
use parapet_track::{TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, Threat};

use crate::salvo::Salvo;

/// Ended alarms stay this long.
const ENDED_KEPT_S: f64 = 60.0;
/// A track without a plot for this long is taken off even if its end was never heard of.
const TRACK_KEPT_S: f64 = 120.0;
/// A prediction that nothing has renewed for this long is taken off.
const THREAT_KEPT_S: f64 = 15.0;
/// A prediction stays on the map this long after the impact.
const IMPACT_KEPT_S: f64 = 5.0;

/// The tables behind the picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) tracks: BTreeMap<TrackId, TrackReport>,
    pub(crate) threats: BTreeMap<TrackId, Threat>,
    pub(crate) alarms: BTreeMap<AlarmId, Alarm>,
    pub(crate) health: BTreeMap<u16, SensorReport>,
    pub(crate) salvo: Salvo,
}

impl Tables {
    pub(crate) fn output(&mut self, output: &Output) {
        match output {
            Output::Track(report) => drop(self.tracks.insert(report.id, report.clone())),
            Output::TrackEnded { track, .. } => {
                self.tracks.remove(track);
                self.threats.remove(track);
            }
            Output::Threat(threat) => self.threat(threat),
            Output::Alarm(alarm) => drop(self.alarms.insert(alarm.id, alarm.clone())),
            Output::Sensor(report) => drop(self.health.insert(report.sensor.0, *report)),
            // An origin is for the record, not for the page.
            Output::Origin(_) | Output::Record(_) | Output::Refused(_) | Output::Operator(_) => {}
            // What is wrong with a sensor is in the status.
            Output::Registration(_) | Output::Trouble(_) => {}
            Output::Sound(_) | Output::Fall(_) | Output::Ear(_) | Output::Suspicion(_) => {}
        }
    }

    /// What the owner's policy does not believe is no threat to anybody who looks at the page.
    fn threat(&mut self, threat: &Threat) {
        self.salvo.threat(threat);
        if threat.believed {
            self.threats.insert(threat.track, *threat);
        } else {
            self.threats.remove(&threat.track);
        }
    }

    /// Takes off what is over.
    pub(crate) fn age(&mut self, now: Time) {
        self.tracks.retain(|_, track| now.seconds_since(track.last_plot_at) < TRACK_KEPT_S);
        self.threats.retain(|_, threat| {
            now.seconds_since(threat.at) < THREAT_KEPT_S && now.seconds_since(threat.impact.at) < IMPACT_KEPT_S
        });
        self.salvo.age(now);
        self.alarms.retain(|_, alarm| !alarm.stage.is_ended() || now.seconds_since(alarm.at) < ENDED_KEPT_S);
    }
}
