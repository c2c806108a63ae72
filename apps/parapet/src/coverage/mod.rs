//! `parapet coverage`.

mod approach;
mod svg;

use std::path::{Path, PathBuf};

use clap::Args;
use parapet_service::{Atlas, Lookers, SeenArea, coverage_geojson};
use parapet_site::Site;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;
use approach::Approach;

/// Show what the sensors of a site can see, and where nobody sees anything
///
/// For a height above the ground: what each sensor sees, and for each zone how much of its surroundings one sensor and two sensors see,
/// with the blind bearings, along which more than a third of the way is unseen. The ground is the site's elevation model, or level where there is none;
/// beyond it things go down by the curvature of the Earth with standard refraction.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet coverage site.toml\n  \
    parapet coverage site.toml --height 100 --svg coverage.svg --geojson coverage.geojson\n  \
    parapet coverage site.toml --radius 20000 --height 2000")]
pub(crate) struct ShowCoverage {
    /// The site configuration
    config: PathBuf,
    /// Height above the ground, metres, 0 to 20000
    #[arg(long, value_name = "METRES", default_value_t = 500.0, value_parser = height)]
    height: f64,
    /// How far the surroundings of a zone reach, metres, 500 to 100000
    #[arg(long, value_name = "METRES", default_value_t = 10_000.0, value_parser = radius)]
    radius: f64,
    /// Draw a picture here
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write what each sensor sees here, as GeoJSON
    #[arg(long, value_name = "FILE")]
    geojson: Option<PathBuf>,
}

impl ShowCoverage {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let site = files::site(&self.config)?;
        let lookers = Lookers::new(&site.config);
        let areas: Vec<SeenArea> =
            (0..site.config.sensors.len()).filter_map(|sensor| lookers.area(sensor, self.height)).collect();
        let zones = site.config.zones.iter();
        let approaches: Vec<Approach> =
            zones.map(|zone| Approach::of(zone, &lookers, self.height, self.radius)).collect();
        let mut out = Out::new();
        self.tell(&site, &areas, &approaches, &mut out)?;
        if let Some(path) = &self.svg {
            write(path, &svg::draw(&site, &lookers, &areas, self.height, self.radius))?;
        }
        if let Some(path) = &self.geojson {
            let atlas = Atlas::new(site.frame, site.config.clone());
            write(path, &coverage_geojson(&atlas, &lookers, self.height).to_string())?;
        }
        out.done()?;
        Ok(Exit::Fine)
    }

    fn tell(&self, site: &Site, areas: &[SeenArea], approaches: &[Approach], out: &mut Out) -> Result<(), Failure> {
        let ground = match &site.terrain {
            Some(terrain) => format!("over the ground of {}", terrain.file),
            None => "over level ground; name an elevation model in [terrain] for what ridges hide".to_owned(),
        };
        out.line(format_args!("{}: what is seen {} m above the ground, {ground}\n", site.name, self.height))?;
        out.line(format_args!("{:<20} {:>12} {:>22}", "sensor", "sees km2", "of what it could reach"))?;
        for area in areas {
            let sensor = &site.config.sensors[area.sensor];
            let reach_m2 = std::f64::consts::PI
                * (sensor.range_max_m * sensor.range_max_m - sensor.range_min_m * sensor.range_min_m);
            let share = 100.0 * area.area_m2 / reach_m2;
            out.line(format_args!("{:<20} {:>12.1} {:>20.1} %", sensor.name, area.area_m2 / 1e6, share))?;
        }
        out.line(format_args!("\nwithin {:.1} km of each zone", self.radius / 1e3))?;
        out.line(format_args!(
            "{:<20} {:>10} {:>10} {:>12}  blind bearings",
            "zone", "by one", "by two", "unseen km2"
        ))?;
        for approach in approaches {
            out.line(format_args!(
                "{:<20} {:>8.1} % {:>8.1} % {:>12.2}  {}",
                approach.zone,
                100.0 * approach.by_one,
                100.0 * approach.by_two,
                approach.unseen_m2 / 1e6,
                approach.blind_words()
            ))?;
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::Surroundings(format!(
            "{} cannot be written: {error}; check the folder and its permissions",
            path.display()
        ))
    };
    std::fs::write(path, text).map_err(failed)
}

fn height(text: &str) -> Result<f64, String> {
    within(text, 0.0, 20_000.0)
}

fn radius(text: &str) -> Result<f64, String> {
    within(text, 500.0, 100_000.0)
}

fn within(text: &str, low: f64, high: f64) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "write a number of metres")?;
    if (low..=high).contains(&value) { Ok(value) } else { Err(format!("write a number from {low} to {high}")) }
}
