//! Events as XML.

use parapet_frame::Time;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use crate::element::Element;
use crate::error::CotError;
use crate::event::{CotEvent, Point};
use crate::time;

/// Longest event that is read, bytes. Ours have less than 3,000.
pub const LENGTH_MAX: usize = 64 * 1024;
/// Most elements of an event that is read.
const ELEMENTS_MAX: usize = 2_000;
/// Most attributes of one element that is read.
const ATTRIBUTES_MAX: usize = 64;
/// Most elements inside one another.
const DEPTH_MAX: usize = 16;

impl CotEvent {
    /// The event as XML on one line, without a declaration: servers cut the stream at its end, and it goes out in one write.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut out = String::with_capacity(1_024);
        out.push_str("<event version=\"2.0\"");
        attribute(&mut out, "uid", &self.uid);
        attribute(&mut out, "type", &self.kind);
        attribute(&mut out, "how", &self.how);
        for (name, value) in [("qos", &self.qos), ("opex", &self.opex)] {
            if let Some(value) = value {
                attribute(&mut out, name, value);
            }
        }
        for (name, at) in [("time", self.time), ("start", self.start), ("stale", self.stale)] {
            attribute(&mut out, name, &time::text(at));
        }
        out.push('>');
        write_point(&mut out, &self.point);
        out.push_str("<detail>");
        self.detail.iter().for_each(|element| write_element(&mut out, element));
        out.push_str("</detail></event>");
        out
    }

    /// Reads an event.
    ///
    /// # Errors
    /// Anything but one whole event: no UTF-8 or XML, too long, too deep, a document type, an entity of its own, a missing or
    /// impossible attribute, something after its end.
    pub fn from_xml(bytes: &[u8]) -> Result<CotEvent, CotError> {
        if bytes.len() > LENGTH_MAX {
            return Err(CotError::TooLong { bytes: bytes.len() as u64, max: LENGTH_MAX });
        }
        let text = core::str::from_utf8(bytes).map_err(|error| CotError::Xml(error.to_string()))?;
        event(tree(text)?)
    }
}

fn write_point(out: &mut String, point: &Point) {
    out.push_str("<point");
    // A hundredth of a second of arc in the last digit is 0.01 m.
    for (name, value) in [("lat", point.lat_deg()), ("lon", point.lon_deg())] {
        attribute(out, name, &rounded(value, 1e7));
    }
    for (name, value) in [("hae", point.hae_m()), ("ce", point.ce_m()), ("le", point.le_m())] {
        attribute(out, name, &rounded(value, 10.0));
    }
    out.push_str("/>");
}

/// A decimal number without exponent and without a minus before zero.
pub(crate) fn rounded(value: f64, scale: f64) -> String {
    let value = (value * scale).round() / scale;
    (if value == 0.0 { 0.0 } else { value }).to_string()
}

/// The elements, one after another, without line breaks.
pub(crate) fn fragment<'a>(elements: impl Iterator<Item = &'a Element>) -> String {
    let mut out = String::new();
    elements.for_each(|element| write_element(&mut out, element));
    out
}

fn write_element(out: &mut String, element: &Element) {
    let name = if is_name(&element.name) { element.name.as_str() } else { "_" };
    out.push('<');
    out.push_str(name);
    for (name, value) in element.attributes.iter().filter(|(name, _)| is_name(name)) {
        attribute(out, name, value);
    }
    if element.text.is_empty() && element.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    escape(out, &element.text);
    element.children.iter().for_each(|child| write_element(out, child));
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(out, value);
    out.push('"');
}

/// Text and values alike. What XML 1.0 forbids (section 2.2) and control characters other than a line's end become U+FFFD, and what
/// turns the direction of writing around beyond the text that it stands in is left out.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{202A}'..='\u{202E}' => {}
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

/// A plain XML name: what events use, and nothing that could end a tag.
fn is_name(name: &str) -> bool {
    let first = |c: char| c.is_alphabetic() || c == '_';
    let rest = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
    name.chars().next().is_some_and(first) && name.chars().all(rest)
}

/// The one element of a document, or of a piece of one.
fn tree(text: &str) -> Result<Element, CotError> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut count = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| CotError::Xml(error.to_string()))?;
        match event {
            Event::Start(start) => {
                open.push(begin(&start, &mut count, &root)?);
                if open.len() > DEPTH_MAX {
                    return Err(CotError::TooMany { what: "elements inside one another", max: DEPTH_MAX });
                }
            }
            Event::Empty(start) => close(begin(&start, &mut count, &root)?, &mut open, &mut root),
            Event::End(_) => match open.pop() {
                Some(element) => close(element, &mut open, &mut root),
                None => return Err(CotError::Xml("an end without a beginning".to_owned())),
            },
            Event::Text(text) => say(&mut open, &text.xml10_content())?,
            Event::CData(text) => say(&mut open, &text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| CotError::Xml(error.to_string()))?;
                match (character, resolve_predefined_entity(&reference.xml10_content())) {
                    (Some(character), _) => say(&mut open, character.encode_utf8(&mut [0; 4]))?,
                    (None, Some(text)) => say(&mut open, text)?,
                    (None, None) => return Err(CotError::Forbidden("an entity")),
                }
            }
            Event::DocType(_) => return Err(CotError::Forbidden("a document type")),
            Event::PI(_) => return Err(CotError::Forbidden("a processing instruction")),
            Event::Comment(_) | Event::Decl(_) => {}
            Event::Eof => break,
        }
    }
    match (root, open.is_empty()) {
        (Some(root), true) => Ok(root),
        (_, false) => Err(CotError::Xml("it ends too early".to_owned())),
        (None, true) => Err(CotError::Xml("there is no element".to_owned())),
    }
}

fn begin(start: &BytesStart<'_>, count: &mut usize, root: &Option<Element>) -> Result<Element, CotError> {
    if root.is_some() {
        return Err(CotError::Xml("something follows its end".to_owned()));
    }
    *count += 1;
    if *count > ELEMENTS_MAX {
        return Err(CotError::TooMany { what: "elements", max: ELEMENTS_MAX });
    }
    let mut element = Element::new(start.name().as_ref());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| CotError::Xml(error.to_string()))?;
        let value =
            attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| CotError::Xml(error.to_string()))?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        if element.attributes.len() > ATTRIBUTES_MAX {
            return Err(CotError::TooMany { what: "attributes", max: ATTRIBUTES_MAX });
        }
    }
    Ok(element)
}

fn close(mut element: Element, open: &mut [Element], root: &mut Option<Element>) {
    if element.text.chars().all(char::is_whitespace) {
        element.text.clear();
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

fn say(open: &mut [Element], text: &str) -> Result<(), CotError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.chars().all(char::is_whitespace) => {}
        None => return Err(CotError::Xml("text outside the event".to_owned())),
    }
    Ok(())
}

fn event(root: Element) -> Result<CotEvent, CotError> {
    if root.name != "event" {
        return Err(CotError::NotAnEvent(root.name.chars().take(40).collect()));
    }
    let own = |name: &'static str| root.attribute(name).ok_or(CotError::Missing(name));
    let at = |name: &'static str| -> Result<Time, CotError> { time::read(name, own(name)?) };
    let point = one(&root, "point")?.ok_or(CotError::Missing("point"))?;
    let read = CotEvent {
        uid: own("uid")?.to_owned(),
        kind: own("type")?.to_owned(),
        how: own("how")?.to_owned(),
        qos: root.attribute("qos").map(str::to_owned),
        opex: root.attribute("opex").map(str::to_owned),
        time: at("time")?,
        start: at("start")?,
        stale: at("stale")?,
        point: read_point(point)?,
        detail: one(&root, "detail")?.map(|detail| detail.children.clone()).unwrap_or_default(),
    };
    read.checked()
}

/// The element of a name that may stand once.
fn one<'a>(root: &'a Element, name: &'static str) -> Result<Option<&'a Element>, CotError> {
    let mut found = root.children.iter().filter(|child| child.name == name);
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(CotError::bad(name, "there twice")),
        (first, None) => Ok(first),
    }
}

fn read_point(element: &Element) -> Result<Point, CotError> {
    let number = |name: &'static str| -> Result<f64, CotError> {
        let text = element.attribute(name).ok_or(CotError::Missing(name))?;
        let value: f64 = text.trim().parse().map_err(|_| CotError::bad(name, text))?;
        if value.is_finite() { Ok(value) } else { Err(CotError::bad(name, text)) }
    };
    Point::new(number("lat")?, number("lon")?, number("hae")?, number("ce")?, number("le")?)
}

/// The elements of a piece of XML such as `<a/><b/>`, as protobuf carries the rest of `<detail>`.
pub(crate) fn read_fragment(text: &str) -> Result<Vec<Element>, CotError> {
    if text.len() > LENGTH_MAX {
        return Err(CotError::TooLong { bytes: text.len() as u64, max: LENGTH_MAX });
    }
    Ok(tree(&format!("<detail>{text}</detail>"))?.children)
}
