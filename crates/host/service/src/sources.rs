//! From the configuration's sources to the intakes': the crates know nothing of each other.

use parapet_asterix::IntakeSource;
use parapet_engine::Config;
use parapet_sapient::{EarthPlace, SapientSource};
use parapet_site::{SapientSensor, SensorSource, Site};
use serde::{Deserialize, Serialize};

/// Who speaks for every sensor, in each of the languages. It stands in a recording's header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Sources {
    /// Those who speak ASTERIX.
    pub asterix: Vec<IntakeSource>,
    /// Those who speak SAPIENT.
    pub sapient: Vec<SapientSource>,
    /// The links on which SAPIENT is spoken; ASTERIX is on all others.
    pub sapient_links: Vec<u16>,
}

/// Sources as they are written: a site without SAPIENT writes the list that it always wrote.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Asterix(Vec<IntakeSource>),
    All { asterix: Vec<IntakeSource>, sapient: Vec<SapientSource>, sapient_links: Vec<u16> },
}

impl From<Stored> for Sources {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Asterix(asterix) => asterix.into(),
            Stored::All { asterix, sapient, sapient_links } => Sources { asterix, sapient, sapient_links },
        }
    }
}

impl From<Sources> for Stored {
    fn from(sources: Sources) -> Self {
        let Sources { asterix, sapient, sapient_links } = sources;
        match sapient_links.is_empty() {
            true => Stored::Asterix(asterix),
            false => Stored::All { asterix, sapient, sapient_links },
        }
    }
}

impl From<Vec<IntakeSource>> for Sources {
    fn from(asterix: Vec<IntakeSource>) -> Self {
        Sources { asterix, ..Sources::default() }
    }
}

/// The sources of a site.
#[must_use]
pub fn sources(site: &Site) -> Sources {
    Sources {
        asterix: intake_sources(site),
        sapient: site.nodes.iter().filter_map(sapient_source).collect(),
        sapient_links: (site.links.len()..).zip(&site.doors).map(|(link, _)| link as u16).collect(),
    }
}

/// `None` for a node that is none, which the configuration never gives.
fn sapient_source(node: &SapientSensor) -> Option<SapientSource> {
    let place = EarthPlace {
        lat_rad: node.place.lat_deg.to_radians(),
        lon_rad: node.place.lon_deg.to_radians(),
        height_m: node.place.height_m,
    };
    Some(SapientSource {
        sensor: node.sensor,
        node: node.node.parse().ok()?,
        links: Vec::new(),
        place,
        north_rad: node.north_rad,
        geoid_m: node.geoid_m,
        sigma_elevation_rad: node.sigma_elevation_rad,
    })
}

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
