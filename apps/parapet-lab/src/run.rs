//! A scenario made ready to be written or played.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use parapet_frame::{Geodetic, Time};
use parapet_site::Site;
use parapet_warn::Zone;
use parapet_world::{Message, RunTruth, Scenario, Scene, SoundLine, Truth, listen, sounds};

use crate::arguments::Chosen;

/// The two origins may differ by this much, degrees and metres.
const ORIGIN_CLOSE: f64 = 1e-9;

/// A scenario, its scene, and what its radars say.
pub(crate) struct Run {
    pub(crate) scenario: Scenario,
    pub(crate) scene: Scene,
    pub(crate) messages: Vec<Message>,
    pub(crate) sounds: Vec<SoundLine>,
    zones: Vec<Zone>,
    effect_radius_m: f64,
}

impl Run {
    /// Reads a scenario and simulates it.
    pub(crate) fn prepare(chosen: &Chosen) -> Result<Self, String> {
        let shown = |problem: parapet_world::Problem| format!("{:?}", miette::Report::new(problem));
        let scenario = Scenario::read(&chosen.scenario).map_err(shown)?;
        let scene = Scene::build(&scenario, chosen.seed.unwrap_or(scenario.seed)).map_err(shown)?;
        let (zones, effect_radius_m) = zones(&scenario)?;
        let messages = listen(&scene);
        let sounds = sounds(&scenario, &scene);
        Ok(Run { scenario, scene, messages, sounds, zones, effect_radius_m })
    }

    /// What truly happens when second 0 is at `start`.
    pub(crate) fn truth(&self, start: Time) -> Truth {
        let run = RunTruth {
            scenario: self.scenario.name.clone(),
            seed: self.scene.seed,
            start,
            duration_s: self.scene.duration_s,
            origin: self.scene.frame.origin(),
            zones: self.zones.clone(),
            effect_radius_m: self.effect_radius_m,
        };
        Truth::of(&self.scene, &self.messages, run)
    }

    /// Writes the truth as a file.
    pub(crate) fn write_truth(&self, path: &Path, start: Time) -> Result<(), String> {
        write_file(path, |file| self.truth(start).write(file))
    }

    /// The datagrams of a message when second 0 is at `start`.
    pub(crate) fn datagrams(&self, message: &Message, start: Time) -> Result<Vec<Vec<u8>>, String> {
        let radar = &self.scene.radars[message.radar];
        parapet_world::datagrams(radar, message, start).map_err(|e| {
            format!("radar {}: a plot does not fit into ASTERIX: {e}; lower its range_max_m", radar.spec.name)
        })
    }
}

/// Makes a file, and its folder where that is missing.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<(), String> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| File::create(path));
    let written = made.and_then(|file| {
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.flush()
    });
    written.map_err(|e| format!("{}: cannot write: {e}; check the folder and its permissions", path.display()))
}

/// The zones and the effect radius of the site that the scenario is played to.
fn zones(scenario: &Scenario) -> Result<(Vec<Zone>, f64), String> {
    let site = site_of(scenario)?;
    Ok(site.map_or((Vec::new(), 0.0), |site| (site.config.zones, site.config.policy.effect_radius_m)))
}

/// The site that the scenario is played to, where it names one.
pub(crate) fn site_of(scenario: &Scenario) -> Result<Option<Site>, String> {
    let Some(file) = &scenario.site_file else { return Ok(None) };
    let path = scenario.beside(file);
    let text = std::fs::read_to_string(&path)
        .map_err(|e| format!("{}: {e}; `site_file` is relative to the scenario file", path.display()))?;
    let mut load = |name: &str| {
        let beside = path.parent().map_or_else(|| name.into(), |folder| folder.join(name));
        std::fs::read_to_string(&beside).map_err(|e| format!("{}: {e}", beside.display()))
    };
    let site = Site::parse(&path.display().to_string(), &text, &mut load).map_err(|e| e.to_string())?;
    let ours = scenario.site;
    let ours = Geodetic { lat_deg: ours.lat_deg, lon_deg: ours.lon_deg, height_m: ours.height_m };
    if !same_place(ours, site.frame.origin()) {
        let theirs = site.frame.origin();
        return Err(format!(
            "{}: its origin {theirs:?} is not the scenario's {ours:?}; make them equal",
            path.display()
        ));
    }
    Ok(Some(site))
}

fn same_place(a: Geodetic, b: Geodetic) -> bool {
    let off = [a.lat_deg - b.lat_deg, a.lon_deg - b.lon_deg, a.height_m - b.height_m];
    off.iter().all(|o| o.abs() <= ORIGIN_CLOSE)
}
