//! What truly happened, as JSON Lines: first the run, then each object, then states.

use std::io::{self, Write};

use parapet_frame::{SitePoint, Time};
use parapet_warn::Zone;
use serde::{Deserialize, Serialize};

use crate::message::{Message, MessageKind};
use crate::path::Moment;
use crate::scene::{Object, ObjectClass, Scene};

/// Seconds between the states of a round, and of anything else.
const STATE_EVERY_S: (f64, f64) = (0.25, 1.0);

/// One line of a truth file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TruthLine {
    /// The run; always the first line.
    Run(RunTruth),
    /// An object.
    Object(ObjectTruth),
    /// Where an object was at a time.
    State(StateTruth),
}

/// The run as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunTruth {
    /// Name of the scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// The instant of second 0.
    pub start: Time,
    /// How long it played, seconds.
    pub duration_s: f64,
    /// The site origin: latitude and longitude in degrees, height above mean sea level in metres.
    pub origin: parapet_frame::Geodetic,
    /// The zones of the site, in site ENU; empty where the scenario names no site file.
    #[serde(default)]
    pub zones: Vec<Zone>,
    /// The site's effect radius, metres.
    #[serde(default)]
    pub effect_radius_m: f64,
}

/// A place on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroundTruth {
    /// Seconds since the start of the scenario.
    pub time_s: f64,
    /// Latitude.
    pub lat_deg: f64,
    /// Longitude.
    pub lon_deg: f64,
    /// East in site ENU.
    pub east_m: f64,
    /// North in site ENU.
    pub north_m: f64,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectTruth {
    /// Its name.
    pub object: String,
    /// What it is.
    pub class: ObjectClass,
    /// Whether it is a round.
    pub is_round: bool,
    /// Where and when it left; rounds only.
    pub launch: Option<GroundTruth>,
    /// When its motor went out (launch time where there is none), seconds; rounds only.
    pub burnout_s: Option<f64>,
    /// Its ballistic coefficient; rounds only.
    pub beta_kg_m2: Option<f64>,
    /// Where and when it came down; rounds only, also where that is after the end of the run.
    pub impact: Option<GroundTruth>,
    /// When it was first measured by any radar, seconds.
    pub first_plot_s: Option<f64>,
    /// How many plots of it were made.
    pub plots: u32,
}

/// Where an object was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateTruth {
    /// Which one.
    pub object: String,
    /// When, seconds since the start of the scenario.
    pub time_s: f64,
    /// Place in site ENU, metres.
    pub position_m: [f64; 3],
    /// Velocity in site ENU, m/s.
    pub velocity_mps: [f64; 3],
}

/// Everything that truly happened in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// The run.
    pub run: RunTruth,
    /// The objects, in the order of the scenario.
    pub objects: Vec<ObjectTruth>,
    /// Their states, object by object, in the order of time.
    pub states: Vec<StateTruth>,
}

impl Truth {
    /// What happened in a scene that its radars saw so.
    #[must_use]
    pub fn of(scene: &Scene, messages: &[Message], run: RunTruth) -> Self {
        let seen = seen(scene, messages);
        let objects = scene.objects.iter().zip(&seen);
        Truth {
            objects: objects.map(|(object, seen)| object_truth(scene, object, *seen)).collect(),
            states: scene.objects.iter().flat_map(|object| states(scene, object)).collect(),
            run,
        }
    }

    /// Writes it as JSON Lines.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let run = std::iter::once(TruthLine::Run(self.run.clone()));
        let objects = self.objects.iter().cloned().map(TruthLine::Object);
        let states = self.states.iter().cloned().map(TruthLine::State);
        for line in run.chain(objects).chain(states) {
            serde_json::to_writer(&mut *to, &line)?;
            to.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// For every object its first measurement and the number of its plots.
fn seen(scene: &Scene, messages: &[Message]) -> Vec<(Option<f64>, u32)> {
    let mut seen: Vec<(Option<f64>, u32)> = vec![(None, 0); scene.objects.len()];
    for message in messages {
        let MessageKind::Plots(plots) = &message.kind else { continue };
        for plot in plots {
            let Some(entry) = plot.object.and_then(|object| seen.get_mut(object)) else { continue };
            entry.0 = Some(entry.0.map_or(plot.measured_s, |first| first.min(plot.measured_s)));
            entry.1 += 1;
        }
    }
    seen
}

fn object_truth(scene: &Scene, object: &Object, (first_plot_s, plots): (Option<f64>, u32)) -> ObjectTruth {
    let round = object.round.as_ref();
    let launch = object.path.moments().first().filter(|_| round.is_some());
    ObjectTruth {
        object: object.name.clone(),
        class: object.class,
        is_round: round.is_some(),
        launch: launch.map(|m| ground_truth(scene, m)),
        burnout_s: round.map(|r| r.burnout_s),
        beta_kg_m2: round.map(|r| r.beta_kg_m2),
        impact: round.map(|r| ground_truth(scene, &r.impact)),
        first_plot_s,
        plots,
    }
}

fn ground_truth(scene: &Scene, moment: &Moment) -> GroundTruth {
    let place = scene.frame.geodetic_from_site(SitePoint::from_vector(moment.position_m));
    GroundTruth {
        time_s: moment.time_s,
        lat_deg: place.lat_deg,
        lon_deg: place.lon_deg,
        east_m: moment.position_m.x,
        north_m: moment.position_m.y,
    }
}

fn states(scene: &Scene, object: &Object) -> Vec<StateTruth> {
    let every_s = if object.round.is_some() { STATE_EVERY_S.0 } else { STATE_EVERY_S.1 };
    let count = (scene.duration_s / every_s) as u32;
    let times = (0..=count).map(|i| f64::from(i) * every_s);
    let moments = times.filter_map(|time_s| object.path.at(time_s));
    let state = |m: Moment| StateTruth {
        object: object.name.clone(),
        time_s: m.time_s,
        position_m: m.position_m.into(),
        velocity_mps: m.velocity_mps.into(),
    };
    moments.map(state).collect()
}
