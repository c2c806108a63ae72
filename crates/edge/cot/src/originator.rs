//! Who speaks, and whether in earnest: what every event of ours has in common.

use parapet_engine::Mode;
use parapet_frame::{Geodetic, Time};

use crate::element::Element;
use crate::error::CotError;
use crate::event::{CotEvent, Point};

/// How long our own place stands on maps when nothing renews it, seconds.
const PRESENCE_STALE_S: f64 = 90.0;
/// How long a question of the line itself stands, seconds.
const LINE_STALE_S: f64 = 20.0;

/// Who speaks. Chosen when the program starts, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Originator {
    /// Unique in the world, and the same for every instance of one site: characters other than letters, digits, `-`, `_` and `.`
    /// become `-` in names of events.
    pub sender: String,
    /// The site, for people.
    pub site_name: String,
    /// Live or exercise.
    pub mode: Mode,
}

impl Originator {
    /// What the names of all our events begin with. Neither is the beginning of the other, so that a filter on one never meets the
    /// other, and an exercise never overwrites a live event.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        match self.mode {
            Mode::Live => "PARAPET.",
            Mode::Exercise => "EXERCISE.PARAPET.",
        }
    }

    /// The name of an event about one thing.
    #[must_use]
    pub fn uid(&self, what: &str, name: &str) -> String {
        format!("{}{what}.{}.{}", self.prefix(), plain(&self.sender), plain(name))
    }

    /// Whether an event that came in is one of ours, or of another instance of our site.
    #[must_use]
    pub fn is_ours(&self, event: &CotEvent) -> bool {
        let rest = event.uid.strip_prefix(self.prefix()).and_then(|rest| rest.split_once('.')).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.starts_with(&plain(&self.sender)))
    }

    /// Where this site stands, as every client says of itself. Servers give what is live only to who has said this.
    ///
    /// # Errors
    /// When the place is none.
    pub fn presence(&self, place: Geodetic, now: Time) -> Result<CotEvent, CotError> {
        let point = Point::new(place.lat_deg, place.lon_deg, place.height_m, 10.0, 10.0)?;
        let callsign = match self.mode {
            Mode::Live => format!("PARAPET {}", self.site_name),
            Mode::Exercise => format!("EXERCISE PARAPET {}", self.site_name),
        };
        let takv = Element::new("takv").with("device", "server").with("platform", "Parapet").with("os", "-");
        let detail = vec![
            takv.with("version", env!("CARGO_PKG_VERSION")),
            // Without an endpoint some servers take it for a mark on the map; this one says: by the stream that this came on.
            Element::new("contact").with("callsign", callsign).with("endpoint", "*:-1:stcp"),
            Element::new("__group").with("name", "Cyan").with("role", "HQ"),
        ];
        Ok(self.event(self.uid("site", "self"), "a-f-G-U-C", point, now, PRESENCE_STALE_S, detail))
    }

    /// A question that a server answers if it is there.
    ///
    /// # Errors
    /// Never with the constants that it is made of.
    pub fn ping(&self, now: Time) -> Result<CotEvent, CotError> {
        self.line_event("ping", "t-x-c-t", now, Vec::new())
    }

    /// Asks a server that offered it to go over to TAK protocol version 1.
    ///
    /// # Errors
    /// Never with the constants that it is made of.
    pub fn protobuf_request(&self, now: Time) -> Result<CotEvent, CotError> {
        let request = Element::new("TakControl").holding(Element::new("TakRequest").with("version", "1"));
        self.line_event("protocol", "t-x-takp-q", now, vec![request])
    }

    fn line_event(&self, what: &str, kind: &str, now: Time, detail: Vec<Element>) -> Result<CotEvent, CotError> {
        let point = Point::new(0.0, 0.0, 0.0, f64::INFINITY, f64::INFINITY)?;
        Ok(self.event(self.uid(what, "line"), kind, point, now, LINE_STALE_S, detail))
    }

    /// An event of ours that counts from now on.
    pub(crate) fn event(
        &self,
        uid: String,
        kind: &str,
        point: Point,
        now: Time,
        stale_s: f64,
        detail: Vec<Element>,
    ) -> CotEvent {
        // Predicted by a machine, or simulated.
        let how = match self.mode {
            Mode::Live => "m-p",
            Mode::Exercise => "m-s",
        };
        CotEvent {
            uid,
            kind: kind.to_owned(),
            how: how.to_owned(),
            qos: None,
            opex: None,
            time: now,
            start: now,
            stale: now.plus_seconds(stale_s),
            point,
            detail,
        }
    }
}

/// Whether a server offers TAK protocol version 1.
#[must_use]
pub fn offers_protobuf(event: &CotEvent) -> bool {
    let control = event.detail("TakControl").filter(|_| event.kind == "t-x-takp-v");
    let offers = |child: &Element| child.name == "TakProtocolSupport" && child.attribute("version") == Some("1");
    control.is_some_and(|control| control.children.iter().any(offers))
}

/// What a server answers to [`Originator::protobuf_request`]; `None` where the event is no such answer.
#[must_use]
pub fn grants_protobuf(event: &CotEvent) -> Option<bool> {
    let control = event.detail("TakControl").filter(|_| event.kind == "t-x-takp-r")?;
    Some(control.child("TakResponse")?.attribute("status") == Some("true"))
}

/// Whether somebody says where they are: a client, who may have come just now.
#[must_use]
pub fn is_presence(event: &CotEvent) -> bool {
    let says_who =
        event.detail("takv").is_some() || event.detail("contact").is_some_and(|c| c.attribute("endpoint").is_some());
    event.kind.starts_with("a-f-") && says_who
}

/// Letters, digits and a few marks; never empty.
pub(crate) fn plain(text: &str) -> String {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let plain: String = text.chars().map(|c| if fine(c) { c } else { '-' }).collect();
    if plain.is_empty() { "-".to_owned() } else { plain }
}
