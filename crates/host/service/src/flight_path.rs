//! The way of each threat through the air to the ground, as the page draws it.
//!
//! Worked out in the picture's thread, from what the engine has already said: no alarm waits for it.

use std::collections::BTreeMap;

use nalgebra::Vector3;
use parapet_flight::{Body, advance};
use parapet_frame::{SitePoint, Time};
use parapet_track::{TrackId, TrackReport};
use parapet_warn::Threat;

use crate::atlas::Atlas;
use crate::tables::Tables;

/// Steps from where a round is to where it falls: enough for an arc that looks round at any size.
const STEPS: u32 = 16;
/// Paths in one picture. Nobody can tell more apart, and each costs about 600 octets for every page.
const PATHS_MAX: usize = 500;

/// Longitude and latitude in degrees and height in metres above mean sea level, as GeoJSON writes a place.
pub(crate) type PathPoint = [f64; 3];

/// From what a path was worked out: it stays as it is until either changes.
type Cause = (Time, Time);

/// The paths of all threats, each worked out anew only when its track or its prediction has changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlightPaths {
    known: BTreeMap<TrackId, (Cause, Vec<PathPoint>)>,
}

impl FlightPaths {
    /// Takes in what is believed now.
    pub(crate) fn update(&mut self, atlas: &Atlas, tables: &Tables) {
        self.known.retain(|track, _| tables.threats.contains_key(track));
        for (id, threat) in tables.threats.iter().take(PATHS_MAX) {
            let Some(track) = tables.tracks.get(id) else { continue };
            let cause = (track.at, threat.at);
            if self.known.get(id).is_none_or(|(known, _)| *known != cause) {
                self.known.insert(*id, (cause, path(atlas, track, threat)));
            }
        }
    }

    /// The path of a threat from its track's last known place to its impact; empty where there is none to draw.
    pub(crate) fn of(&self, track: TrackId) -> &[PathPoint] {
        self.known.get(&track).map_or(&[], |(_, path)| path)
    }
}

/// The body flown on as the engine believes it to be. It is one of several explanations, of which the impact is the mean; so that the
/// path ends where people are told that it will, the difference is spread over the way.
fn path(atlas: &Atlas, track: &TrackReport, threat: &Threat) -> Vec<PathPoint> {
    let left_s = threat.impact.at.seconds_since(track.at);
    let flies =
        track.position_m.iter().chain(&track.velocity_mps).chain(&track.ln_beta).all(|number| number.is_finite());
    if left_s <= 0.0 || !flies {
        return Vec::new();
    }
    let step_s = left_s / f64::from(STEPS);
    let mut body = Body {
        position_m: track.position_m.into(),
        velocity_mps: track.velocity_mps.into(),
        ln_beta: track.ln_beta[0],
    };
    let mut places = vec![body.position_m];
    for _ in 0..STEPS {
        body = advance(&atlas.config().environment, &body, step_s);
        places.push(body.position_m);
    }
    let SitePoint { east_m, north_m, up_m } = threat.impact.place;
    let miss = Vector3::new(east_m, north_m, up_m) - body.position_m;
    let shown =
        places.iter().enumerate().map(|(step, place)| point(atlas, place + miss * (step as f64 / f64::from(STEPS))));
    // One place that is nowhere near the site makes the whole path a fancy.
    shown.collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn point(atlas: &Atlas, place: Vector3<f64>) -> Option<PathPoint> {
    let place = atlas.geodetic(SitePoint { east_m: place.x, north_m: place.y, up_m: place.z })?;
    Some([rounded(place.lon_deg, 1e6), rounded(place.lat_deg, 1e6), rounded(place.height_m, 10.0)])
}

/// A tenth of a metre is as much as a line on a map can show, and a third of the octets.
fn rounded(number: f64, per_unit: f64) -> f64 {
    (number * per_unit).round() / per_unit
}
