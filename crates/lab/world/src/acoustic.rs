//! Microphones: when the sound of a launch or an impact reaches each, and what it tells of it, as lines of the plain door.

use nalgebra::{Vector2, Vector3};
use parapet_frame::{Geodetic, Time};
use serde_json::json;

use crate::scenario::{Microphone, Scenario};
use crate::scene::Scene;
use crate::stream::Stream;

/// Seconds between two signs of life.
const ALIVE_PERIOD_S: f64 = 5.0;
/// Height above the ground whose air carries the sound, metres.
const PATH_HEIGHT_M: f64 = 50.0;
/// An echo comes by a detour of up to this many metres.
const DETOUR_MAX_M: f64 = 600.0;
/// Chance of an echo that is loud enough to be told.
const ECHO: f64 = 0.2;

/// What a microphone tells at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundLine {
    /// When it leaves the microphone, seconds since the start of the scenario.
    pub send_s: f64,
    /// Which microphone, in the order of the scenario.
    pub microphone: usize,
    /// The sound: its kind, the microphone's own stamp in seconds since the start, and where it came from, degrees, where it can tell;
    /// `None` for a sign of life.
    pub sound: Option<(&'static str, f64, Option<f64>)>,
}

impl SoundLine {
    /// The line as it is sent; `start` is the instant of the scenario's second 0.
    #[must_use]
    pub fn text(&self, microphone: &Microphone, start: Time) -> String {
        let stamp = |seconds: f64| start.plus_seconds(seconds).nanos() as f64 / 1e9;
        let mut line = match self.sound {
            None => json!({"type": "alive", "sensor": microphone.name, "simulated": true}),
            Some((heard, stamp_s, azimuth_deg)) => {
                let mut line = json!({
                    "type": "sound", "node": microphone.name, "heard": heard, "time_unix_s": stamp(stamp_s),
                    "sigma_time_s": microphone.sigma_time_s.max(1e-6), "simulated": true,
                });
                if let (Some(deg), Some(sigma)) = (azimuth_deg, microphone.sigma_azimuth_deg) {
                    (line["azimuth_deg"], line["sigma_azimuth_deg"]) = (deg.into(), sigma.into());
                }
                line
            }
        }
        .to_string();
        line.push('\n');
        line
    }
}

/// Everything that the microphones tell, in the order of sending.
#[must_use]
pub fn sounds(scenario: &Scenario, scene: &Scene) -> Vec<SoundLine> {
    let air = Air::of(scenario, scene);
    let bangs = bangs(scene);
    let mut told = Vec::new();
    for (number, microphone) in scenario.microphone.iter().enumerate() {
        let Some(place_m) = place(microphone, scene) else { continue };
        let ear = Ear { number, microphone, place_m, air: &air, scene };
        bangs.iter().for_each(|bang| ear.hear(bang, &mut told));
        ear.mishear(&mut told);
        ear.live(&mut told);
    }
    told.sort_by(|a, b| a.send_s.total_cmp(&b.send_s).then(a.microphone.cmp(&b.microphone)));
    told
}

/// Something that is heard.
struct Bang {
    name: String,
    kind: &'static str,
    at_s: f64,
    place_m: Vector3<f64>,
}

fn bangs(scene: &Scene) -> Vec<Bang> {
    let mut bangs = Vec::new();
    for object in scene.objects.iter().filter(|object| object.round.is_some()) {
        if let Some(first) = object.path.moments().first() {
            let (name, at_s) = (object.name.clone(), first.time_s);
            bangs.push(Bang { name, kind: "launch", at_s, place_m: first.position_m });
        }
        if let Some(round) = object.round {
            let (name, at_s) = (object.name.clone(), round.impact.time_s);
            bangs.push(Bang { name, kind: "impact", at_s, place_m: round.impact.position_m });
        }
    }
    bangs
}

/// The air as it truly is that day.
struct Air {
    sound_mps: f64,
    wind_mps: Vector2<f64>,
}

impl Air {
    fn of(scenario: &Scenario, scene: &Scene) -> Self {
        let environment = &scene.world.environment;
        let mut draws = Stream::new(scene.seed, "air", "sound", 0);
        let believed_mps = environment.sound_mps(environment.ground_height_m + PATH_HEIGHT_M);
        Air {
            sound_mps: believed_mps + draws.normal(scenario.sound_sigma_mps),
            wind_mps: Vector2::new(scenario.wind.east_mps, scenario.wind.north_mps),
        }
    }

    /// How long sound takes along a way in this air, seconds: by stepping along a front that grows and drifts.
    fn travel_s(&self, way_m: &Vector3<f64>) -> f64 {
        let mut travel_s = way_m.norm() / self.sound_mps;
        for _ in 0..20 {
            let drift = Vector3::new(self.wind_mps.x, self.wind_mps.y, 0.0) * travel_s;
            travel_s = (way_m - drift).norm() / self.sound_mps;
        }
        travel_s
    }
}

fn place(microphone: &Microphone, scene: &Scene) -> Option<Vector3<f64>> {
    let environment = &scene.world.environment;
    let height_m = microphone.height_m.unwrap_or(environment.ground_height_m);
    let geodetic = Geodetic { lat_deg: microphone.lat_deg, lon_deg: microphone.lon_deg, height_m };
    let mut draws = Stream::new(scene.seed, &microphone.name, "survey", 0);
    let off = Vector3::new(draws.normal(1.0), draws.normal(1.0), 0.0) * microphone.sigma_position_m;
    Some(scene.frame.site_from_geodetic(geodetic).ok()?.to_vector() + off)
}

struct Ear<'a> {
    number: usize,
    microphone: &'a Microphone,
    /// Where it truly stands: not quite where it was surveyed.
    place_m: Vector3<f64>,
    air: &'a Air,
    scene: &'a Scene,
}

impl Ear<'_> {
    fn hear(&self, bang: &Bang, told: &mut Vec<SoundLine>) {
        let spec = self.microphone;
        let way_m = self.place_m - bang.place_m;
        let mut draws = Stream::new(self.scene.seed, &format!("{}\u{1}{}", spec.name, bang.name), bang.kind, 0);
        let is_loud = way_m.norm() <= spec.earshot_m;
        if !is_loud || !draws.chance(spec.detection_probability) {
            return;
        }
        let travel_s = self.air.travel_s(&way_m);
        let arrival_s = bang.at_s + travel_s + draws.normal(spec.sigma_time_s);
        let drift = self.air.wind_mps * travel_s;
        let from = drift - way_m.xy();
        let azimuth_deg = spec.sigma_azimuth_deg.map(|sigma| from.x.atan2(from.y).to_degrees() + draws.normal(sigma));
        self.tell(bang.kind, arrival_s, azimuth_deg, told);
        if draws.chance(ECHO) {
            let later_s = draws.uniform(0.05, DETOUR_MAX_M / self.air.sound_mps);
            self.tell(
                bang.kind,
                arrival_s + later_s,
                spec.sigma_azimuth_deg.map(|_| draws.uniform(-180.0, 180.0)),
                told,
            );
        }
    }

    /// Doors, lorries, thunder.
    fn mishear(&self, told: &mut Vec<SoundLine>) {
        let mut draws = Stream::new(self.scene.seed, &self.microphone.name, "false sounds", 0);
        let count = draws.poisson(self.microphone.false_per_minute * self.scene.duration_s / 60.0);
        for _ in 0..count {
            let kind = if draws.chance(0.5) { "launch" } else { "impact" };
            let at_s = draws.uniform(0.0, self.scene.duration_s);
            let azimuth_deg = self.microphone.sigma_azimuth_deg.map(|_| draws.uniform(-180.0, 180.0));
            self.tell(kind, at_s, azimuth_deg, told);
        }
    }

    fn live(&self, told: &mut Vec<SoundLine>) {
        // Each begins at a moment of its own, so that they do not all speak at once.
        let mut send_s = Stream::new(self.scene.seed, &self.microphone.name, "alive", 0).uniform(0.0, 1.0);
        while send_s < self.scene.duration_s {
            told.push(SoundLine { send_s, microphone: self.number, sound: None });
            send_s += ALIVE_PERIOD_S;
        }
    }

    fn tell(&self, kind: &'static str, arrival_s: f64, azimuth_deg: Option<f64>, told: &mut Vec<SoundLine>) {
        let stamp_s = arrival_s + self.microphone.clock_error_s;
        let send_s = arrival_s + self.microphone.delay_s;
        told.push(SoundLine { send_s, microphone: self.number, sound: Some((kind, stamp_s, azimuth_deg)) });
    }
}
