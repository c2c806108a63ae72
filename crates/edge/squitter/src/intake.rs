//! From the octets of a connection to the engine's events.

use parapet_engine::{Event, Undecodable};
use parapet_frame::{HeardAt, MeasuredAt};
use parapet_track::{ContactSource, SensorId};
use serde::{Deserialize, Serialize};

use crate::aircraft::Fleet;
use crate::frame::{Format, Framer};
use crate::message::{Squitter, parity};

/// A receiver whose words are taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SquitterSource {
    /// The sensor in the engine's configuration.
    pub sensor: SensorId,
    /// The line that it speaks on.
    pub link: u16,
    /// How it writes what it hears.
    pub format: Format,
    /// Its own latitude and longitude, degrees, where it hears nobody from beyond 180 nautical miles: then a single message tells
    /// where an aircraft is.
    pub near_deg: Option<[f64; 2]>,
    /// How its words are brought into the site.
    pub contact: ContactSource,
}

/// What came in so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SquitterCounts {
    /// Mode S messages.
    pub messages: u64,
    /// ... that are extended squitters of aircraft.
    pub squitters: u64,
    /// ... that told where an aircraft is.
    pub contacts: u64,
    /// Extended squitters whose parity does not fit.
    pub damaged: u64,
    /// Pieces that are no message.
    pub broken: u64,
}

/// Turns octets into events. The same octets in the same pieces give the same events.
#[derive(Clone, Debug)]
pub struct SquitterIntake {
    lines: Vec<Line>,
    counts: SquitterCounts,
}

#[derive(Clone, Debug)]
struct Line {
    source: SquitterSource,
    framer: Framer,
    fleet: Fleet,
}

impl SquitterIntake {
    /// An intake for some receivers.
    #[must_use]
    pub fn new(sources: Vec<SquitterSource>) -> Self {
        let line =
            |source: SquitterSource| Line { framer: Framer::new(source.format), fleet: Fleet::default(), source };
        SquitterIntake { lines: sources.into_iter().map(line).collect(), counts: SquitterCounts::default() }
    }

    /// Whether a receiver speaks on this line.
    #[must_use]
    pub fn hears(&self, link: u16) -> bool {
        self.lines.iter().any(|line| line.source.link == link)
    }

    /// What came in so far.
    #[must_use]
    pub fn counts(&self) -> &SquitterCounts {
        &self.counts
    }

    /// Takes the octets that were heard on a line. There is at least one event for each call, so that the receiver counts as alive.
    pub fn octets(&mut self, heard_at: HeardAt, link: u16, octets: &[u8], sink: &mut dyn FnMut(Event)) {
        let Some(line) = self.lines.iter_mut().find(|line| line.source.link == link) else {
            let detail = format!("link {link}: no receiver of squitters is configured here");
            return sink(Event::Undecodable(Undecodable { sensor: None, detail }));
        };
        let Line { source, framer, fleet } = line;
        let counts = &mut self.counts;
        let (damaged, broken) = (counts.damaged, framer.broken());
        framer.feed(octets, &mut |message| {
            counts.messages += 1;
            // Other formats than 17 and 18 hold the address in their parity and no place; they are not for us.
            if !(message.len() == 14 && [17, 18].contains(&(message[0] >> 3))) {
                return;
            }
            if parity(message) != Some(0) {
                counts.damaged += 1;
                return;
            }
            let Some(squitter) = Squitter::of(message) else { return };
            counts.squitters += 1;
            let told = fleet.hear(heard_at, &squitter, source.near_deg);
            if let Some(report) = told.and_then(|told| source.contact.report(&told)) {
                counts.contacts += 1;
                sink(Event::Contact(Box::new(report)));
            }
        });
        counts.broken += framer.broken() - broken;
        let (damaged, broken) = (counts.damaged - damaged, framer.broken() - broken);
        if damaged + broken > 0 {
            let detail =
                format!("link {link}: {damaged} squitters of wrong parity, {broken} pieces that are no message");
            sink(Event::Undecodable(Undecodable { sensor: Some(source.sensor), detail }));
        }
        sink(Event::Alive { sensor: source.sensor, measured_at: MeasuredAt(heard_at.0) });
    }
}
