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
        // The configuration lets in known editions only, see the test below.
        editions: source.editions.iter().filter_map(|edition| edition.parse().ok()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use parapet_asterix::{Edition, TABLES};
    use parapet_site::ASTERIX_EDITIONS;

    #[test]
    fn the_configuration_knows_the_editions_that_there_are_tables_for() {
        for edition in ASTERIX_EDITIONS {
            assert!(edition.parse::<Edition>().is_ok(), "{edition}");
        }
        for table in TABLES {
            for edition in [&[table.edition], table.also].concat() {
                let text = format!("{:03} {edition}", table.number);
                assert!(ASTERIX_EDITIONS.contains(&text.as_str()), "{text}");
            }
        }
    }
}
