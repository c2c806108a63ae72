//! From the configuration's sources to the intake's: the two crates know nothing of each other.

use parapet_asterix::IntakeSource;
use parapet_engine::Config;
use parapet_site::{SensorSource, Site};

/// The intake's sources of a site, in the order of its sensors.
#[must_use]
pub fn intake_sources(site: &Site) -> Vec<IntakeSource> {
    site.sources.iter().filter_map(|source| intake_source(&site.config, source)).collect()
}

/// `None` for a source of a sensor that does not exist, which the configuration never gives.
fn intake_source(config: &Config, source: &SensorSource) -> Option<IntakeSource> {
    Some(IntakeSource {
        sensor: source.sensor,
        sac: source.sac,
        sic: source.sic,
        pose: config.sensors.get(usize::from(source.sensor.0))?.pose,
        sigma_elevation_rad: source.sigma_elevation_rad,
        sigma_barometric_height_m: source.sigma_barometric_height_m,
        links: source.links.clone(),
        senders: source.senders.clone(),
    })
}
