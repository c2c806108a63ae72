//! From datagrams to events: every intake of a site as one value. In front of the engine it makes a [`Chain`](crate::Chain); a recording
//! that is merely shown needs it to count what each sensor said.

use std::net::IpAddr;

use parapet_asterix::Intake;
use parapet_engine::{Config, Event};
use parapet_frame::HeardAt;
use parapet_lines::{LinesIntake, Taken};
use parapet_sapient::{Intaken, NodeId, SapientIntake};
use parapet_squitter::SquitterIntake;
use parapet_track::SensorId;

use crate::sapient_sounds::heard;
use crate::sources::Sources;

/// The intakes of a site.
#[derive(Clone, Debug)]
pub(crate) struct Ears {
    asterix: Intake,
    sapient: SapientIntake,
    sapient_links: Vec<u16>,
    squitters: SquitterIntake,
    /// The sensor of each SAPIENT node, for what its detections hold beyond plots.
    nodes: Vec<(NodeId, SensorId)>,
    lines: Option<LinesIntake>,
    lines_links: Vec<u16>,
}

impl Ears {
    /// Ears that have heard nothing yet.
    pub(crate) fn new(sources: Sources) -> Self {
        let Sources { asterix, sapient, sapient_links, contacts, squitters, lines, lines_links } = sources;
        let nodes = sapient.iter().map(|source| (source.node, source.sensor)).collect();
        let (asterix, sapient) = (Intake::new(asterix).with_contacts(contacts), SapientIntake::new(sapient));
        let squitters = SquitterIntake::new(squitters);
        let lines = lines.map(LinesIntake::new);
        Ears { asterix, sapient, sapient_links, squitters, nodes, lines, lines_links }
    }

    /// Puts the events of a datagram into `events`, in the order in which they stand in it, in place of what is there.
    pub(crate) fn hear(
        &mut self,
        config: &Config,
        heard_at: HeardAt,
        link: u16,
        sender: Option<IpAddr>,
        bytes: &[u8],
        events: &mut Vec<Event>,
    ) {
        let Ears { asterix, sapient, sapient_links, squitters, nodes, lines, lines_links } = self;
        events.clear();
        if sapient_links.contains(&link) {
            let sensors = &config.sensors;
            sapient.message(heard_at, link, bytes, &mut |what| match what {
                Intaken::Event(event) => events.push(event),
                // Of what no plot can hold, sounds have a place; the intake counts the rest, and its sensor is alive.
                Intaken::Detection(detection) => {
                    let of = nodes.iter().find(|(node, _)| *node == detection.node).map(|(_, sensor)| *sensor);
                    let pose = of.and_then(|sensor| Some((sensor, &sensors.get(usize::from(sensor.0))?.pose)));
                    let sound = pose.and_then(|(sensor, pose)| heard(&detection, sensor, pose, heard_at));
                    events.extend(sound.map(Event::Sound));
                }
            });
        } else if let Some(lines) = lines.as_mut().filter(|_| lines_links.contains(&link)) {
            // A bearing without a sound has nowhere to go yet; the intake counts it, and its sensor is alive.
            lines.bytes(heard_at, link, sender, bytes, &mut |what| {
                if let Taken::Event(event) = what {
                    events.push(event);
                }
            });
        } else if squitters.hears(link) {
            squitters.octets(heard_at, link, bytes, &mut |event| events.push(event));
        } else {
            asterix.datagram(heard_at, link, sender, bytes, &mut |event| events.push(event));
        }
    }
}
