//! From the configuration's sources to the intakes': the crates know nothing of each other.

use parapet_asterix::IntakeSource;
use parapet_engine::Config;
use parapet_frame::EarthAxes;
use parapet_lines::{LineSensor, LineSources, SoundNode};
use parapet_sapient::{EarthPlace, SapientSource};
use parapet_site::{ContactSensor, Feed, SapientSensor, SensorSource, Site};
use parapet_squitter::SquitterSource;
use parapet_track::ContactSource;
use serde::{Deserialize, Serialize};

/// Who speaks for every sensor, in each of the languages. It stands in a recording's header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Sources {
    /// Those who speak ASTERIX.
    pub asterix: Vec<IntakeSource>,
    /// Those who speak SAPIENT.
    pub sapient: Vec<SapientSource>,
    /// The links on which SAPIENT is spoken; ASTERIX is on all others, except where squitters are.
    pub sapient_links: Vec<u16>,
    /// Those who tell of contacts, in whatever language.
    pub contacts: Vec<ContactSource>,
    /// Receivers that give squitters, each on a link of its own.
    pub squitters: Vec<SquitterSource>,
    /// Those who speak JSON Lines.
    pub lines: Option<LineSources>,
    /// The links on which JSON Lines are spoken.
    pub lines_links: Vec<u16>,
}

/// Sources as they are written: a site without SAPIENT writes the list that it always wrote.
#[allow(clippy::large_enum_variant, reason = "it lives for the length of one call")]
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Asterix(Vec<IntakeSource>),
    All {
        asterix: Vec<IntakeSource>,
        sapient: Vec<SapientSource>,
        sapient_links: Vec<u16>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        contacts: Vec<ContactSource>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        squitters: Vec<SquitterSource>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lines: Option<LineSources>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines_links: Vec<u16>,
    },
}

impl From<Stored> for Sources {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Asterix(asterix) => asterix.into(),
            Stored::All { asterix, sapient, sapient_links, contacts, squitters, lines, lines_links } => {
                Sources { asterix, sapient, sapient_links, contacts, squitters, lines, lines_links }
            }
        }
    }
}

impl From<Sources> for Stored {
    fn from(sources: Sources) -> Self {
        let Sources { asterix, sapient, sapient_links, contacts, squitters, lines, lines_links } = sources;
        match sapient_links.is_empty() && contacts.is_empty() && lines_links.is_empty() {
            true => Stored::Asterix(asterix),
            false => Stored::All { asterix, sapient, sapient_links, contacts, squitters, lines, lines_links },
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
        contacts: site.contacts.iter().map(|contact| contact_source(site, contact)).collect(),
        squitters: site.feeds().filter_map(|feed| squitter_source(site, feed)).collect(),
        lines: line_sources(site),
        lines_links: (site.links.len() + site.doors.len()..).zip(&site.lines).map(|(link, _)| link as u16).collect(),
    }
}

fn contact_source(site: &Site, contact: &ContactSensor) -> ContactSource {
    ContactSource {
        sensor: contact.sensor,
        earth: EarthAxes::of(&site.frame),
        geoid_m: contact.geoid_m,
        place_sigma_m: contact.place_sigma_m,
        pressure_sigma_m: contact.pressure_sigma_m,
        delay_sigma_s: contact.delay_sigma_s,
    }
}

/// `None` for a format that is none, which the configuration never gives.
fn squitter_source(site: &Site, (link, contact, feed): (u16, &ContactSensor, &Feed)) -> Option<SquitterSource> {
    Some(SquitterSource {
        sensor: contact.sensor,
        link,
        format: feed.format.parse().ok()?,
        near_deg: contact.near_deg,
        contact: contact_source(site, contact),
    })
}

/// Who speaks JSON Lines; `None` where nobody can.
#[must_use]
pub(crate) fn line_sources(site: &Site) -> Option<LineSources> {
    let sensor = |speaker: &parapet_site::LinesSensor| LineSensor {
        name: speaker.name.clone(),
        sensor: speaker.sensor,
        pose: speaker.pose,
        sigma_elevation_rad: speaker.sigma_elevation_rad,
        senders: speaker.senders.clone(),
    };
    let node = |ear: &parapet_site::AcousticNode| SoundNode {
        name: ear.name.clone(),
        pose: ear.pose,
        sigma_place_m: ear.sigma_place_m,
        sigma_time_s: ear.sigma_time_s,
    };
    (!site.lines.is_empty()).then(|| LineSources {
        axes: EarthAxes::of(&site.frame),
        sensors: site.line_sensors.iter().map(sensor).collect(),
        nodes: site.ears.iter().map(node).collect(),
    })
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
