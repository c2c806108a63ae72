//! Events as TAK protocol version 1: protobuf, whose layout the TAK Product Center published with ATAK-CIV
//! (`takmessage.proto`, `cotevent.proto`, `detail.proto` and the messages in it). The structures are declared here, field by field.

use prost::Message;

use crate::element::Element;
use crate::error::CotError;
use crate::event::{CotEvent, Point};
use crate::time;
use crate::xml::{LENGTH_MAX, fragment, read_fragment, rounded};

/// `TakMessage`. What controls versions (field 1) we neither need nor send.
#[derive(Clone, PartialEq, Message)]
struct TakMessage {
    #[prost(message, optional, tag = "2")]
    cot_event: Option<EventMessage>,
}

/// `CotEvent`. Times are milliseconds since 1970.
#[derive(Clone, PartialEq, Message)]
struct EventMessage {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(string, tag = "3")]
    qos: String,
    #[prost(string, tag = "4")]
    opex: String,
    #[prost(string, tag = "5")]
    uid: String,
    #[prost(uint64, tag = "6")]
    send_ms: u64,
    #[prost(uint64, tag = "7")]
    start_ms: u64,
    #[prost(uint64, tag = "8")]
    stale_ms: u64,
    #[prost(string, tag = "9")]
    how: String,
    #[prost(double, tag = "10")]
    lat_deg: f64,
    #[prost(double, tag = "11")]
    lon_deg: f64,
    #[prost(double, tag = "12")]
    hae_m: f64,
    #[prost(double, tag = "13")]
    ce_m: f64,
    #[prost(double, tag = "14")]
    le_m: f64,
    #[prost(message, optional, tag = "15")]
    detail: Option<DetailMessage>,
}

/// `Detail`: six elements have messages of their own, the rest is XML.
#[derive(Clone, PartialEq, Message)]
struct DetailMessage {
    #[prost(string, tag = "1")]
    xml: String,
    #[prost(message, optional, tag = "2")]
    contact: Option<ContactMessage>,
    #[prost(message, optional, tag = "3")]
    group: Option<GroupMessage>,
    #[prost(message, optional, tag = "4")]
    precision: Option<PrecisionMessage>,
    #[prost(message, optional, tag = "5")]
    status: Option<StatusMessage>,
    #[prost(message, optional, tag = "6")]
    takv: Option<TakvMessage>,
    #[prost(message, optional, tag = "7")]
    track: Option<TrackMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct ContactMessage {
    #[prost(string, tag = "1")]
    endpoint: String,
    #[prost(string, tag = "2")]
    callsign: String,
}

#[derive(Clone, PartialEq, Message)]
struct GroupMessage {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    role: String,
}

#[derive(Clone, PartialEq, Message)]
struct PrecisionMessage {
    #[prost(string, tag = "1")]
    geopointsrc: String,
    #[prost(string, tag = "2")]
    altsrc: String,
}

#[derive(Clone, PartialEq, Message)]
struct StatusMessage {
    #[prost(uint32, tag = "1")]
    battery: u32,
}

#[derive(Clone, PartialEq, Message)]
struct TakvMessage {
    #[prost(string, tag = "1")]
    device: String,
    #[prost(string, tag = "2")]
    platform: String,
    #[prost(string, tag = "3")]
    os: String,
    #[prost(string, tag = "4")]
    version: String,
}

#[derive(Clone, PartialEq, Message)]
struct TrackMessage {
    #[prost(double, tag = "1")]
    speed_mps: f64,
    #[prost(double, tag = "2")]
    course_deg: f64,
}

impl CotEvent {
    /// The event as TAK protobuf, without a frame.
    #[must_use]
    pub fn to_protobuf(&self) -> Vec<u8> {
        let message = EventMessage {
            kind: self.kind.clone(),
            qos: self.qos.clone().unwrap_or_default(),
            opex: self.opex.clone().unwrap_or_default(),
            uid: self.uid.clone(),
            send_ms: time::millis(self.time),
            start_ms: time::millis(self.start),
            stale_ms: time::millis(self.stale),
            how: self.how.clone(),
            lat_deg: self.point.lat_deg(),
            lon_deg: self.point.lon_deg(),
            hae_m: self.point.hae_m(),
            ce_m: self.point.ce_m(),
            le_m: self.point.le_m(),
            detail: Some(detail_message(&self.detail)),
        };
        TakMessage { cot_event: Some(message) }.encode_to_vec()
    }

    /// Reads TAK protobuf without its frame.
    ///
    /// # Errors
    /// As [`from_xml`](Self::from_xml), and when it is no protobuf or carries no event.
    pub fn from_protobuf(bytes: &[u8]) -> Result<CotEvent, CotError> {
        if bytes.len() > LENGTH_MAX {
            return Err(CotError::TooLong { bytes: bytes.len() as u64, max: LENGTH_MAX });
        }
        let message = TakMessage::decode(bytes).map_err(|error| CotError::Protobuf(error.to_string()))?;
        let event = message.cot_event.ok_or(CotError::Missing("cotEvent"))?;
        let some = |text: String| (!text.is_empty()).then_some(text);
        let numbers = [("hae", event.hae_m), ("ce", event.ce_m), ("le", event.le_m)];
        if let Some((name, value)) = numbers.iter().find(|(_, value)| !value.is_finite()) {
            return Err(CotError::bad(name, &value.to_string()));
        }
        let read = CotEvent {
            uid: event.uid,
            kind: event.kind,
            how: event.how,
            qos: some(event.qos),
            opex: some(event.opex),
            time: time::from_millis("time", event.send_ms)?,
            start: time::from_millis("start", event.start_ms)?,
            stale: time::from_millis("stale", event.stale_ms)?,
            point: Point::new(event.lat_deg, event.lon_deg, event.hae_m, event.ce_m, event.le_m)?,
            detail: event.detail.map_or(Ok(Vec::new()), elements)?,
        };
        read.checked()
    }
}

/// Puts what has a message of its own there, if nothing of it would be lost, and the rest into XML.
fn detail_message(detail: &[Element]) -> DetailMessage {
    let mut message = DetailMessage::default();
    let mut rest = Vec::new();
    for element in detail {
        if !place(&mut message, element) {
            rest.push(element);
        }
    }
    message.xml = fragment(rest.into_iter());
    message
}

fn place(message: &mut DetailMessage, element: &Element) -> bool {
    let text = |name: &str| element.attribute(name).unwrap_or_default().to_owned();
    match element.name.as_str() {
        "contact" if message.contact.is_none() && has_only(element, &["endpoint", "callsign"]) => {
            message.contact = Some(ContactMessage { endpoint: text("endpoint"), callsign: text("callsign") });
            true
        }
        "__group" if message.group.is_none() && has_only(element, &["name", "role"]) => {
            message.group = Some(GroupMessage { name: text("name"), role: text("role") });
            true
        }
        "takv" if message.takv.is_none() && has_only(element, &["device", "platform", "os", "version"]) => {
            let [device, platform, os, version] = ["device", "platform", "os", "version"].map(text);
            message.takv = Some(TakvMessage { device, platform, os, version });
            true
        }
        "track" if message.track.is_none() && has_only(element, &["speed", "course"]) => {
            let number = |name: &str| element.attribute(name).and_then(|text| text.parse::<f64>().ok());
            message.track = number("speed")
                .zip(number("course"))
                .map(|(speed_mps, course_deg)| TrackMessage { speed_mps, course_deg });
            message.track.is_some()
        }
        _ => false,
    }
}

fn has_only(element: &Element, names: &[&str]) -> bool {
    let known = element.attributes.iter().all(|(name, _)| names.contains(&name.as_str()));
    known && element.text.is_empty() && element.children.is_empty()
}

/// The elements again; those that were messages come first.
fn elements(message: DetailMessage) -> Result<Vec<Element>, CotError> {
    let mut elements = Vec::new();
    let mut add = |name: &str, attributes: &[(&str, &str)]| {
        let told = attributes.iter().filter(|(_, value)| !value.is_empty());
        elements.push(told.fold(Element::new(name), |element, (name, value)| element.with(name, value)));
    };
    if let Some(contact) = &message.contact {
        add("contact", &[("callsign", &contact.callsign), ("endpoint", &contact.endpoint)]);
    }
    if let Some(group) = &message.group {
        add("__group", &[("name", &group.name), ("role", &group.role)]);
    }
    if let Some(precision) = &message.precision {
        add("precisionlocation", &[("geopointsrc", &precision.geopointsrc), ("altsrc", &precision.altsrc)]);
    }
    if let Some(status) = &message.status {
        add("status", &[("battery", &status.battery.to_string())]);
    }
    if let Some(takv) = &message.takv {
        let TakvMessage { device, platform, os, version } = takv;
        add("takv", &[("device", device), ("platform", platform), ("os", os), ("version", version)]);
    }
    if let Some(track) = &message.track {
        if !track.speed_mps.is_finite() || !track.course_deg.is_finite() {
            return Err(CotError::bad("track", "not a number"));
        }
        let (speed, course) = (rounded(track.speed_mps, 1e3), rounded(track.course_deg, 1e3));
        add("track", &[("speed", &speed), ("course", &course)]);
    }
    elements.extend(read_fragment(&message.xml)?);
    Ok(elements)
}
