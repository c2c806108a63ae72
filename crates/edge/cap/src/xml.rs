//! Writing XML 1.0 elements, whatever the text.
//!
//! A CAP document is in canonical form (Exclusive XML Canonicalization 1.0) as it is written, from `<alert` to `</alert>`: one
//! namespace and no other attribute, no empty-element tags, no comments, `&`, `<` and `>` escaped in text and nothing else.

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document being written.
pub(crate) struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub(crate) fn new() -> Self {
        let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 2));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// An element that holds others.
    pub(crate) fn nest(&mut self, name: &str, namespace: Option<&str>, inner: impl FnOnce(&mut Xml)) {
        let attributes = namespace.map(|namespace| ("xmlns", namespace));
        self.nest_with(name, attributes.as_slice(), inner);
    }

    /// An element with attributes that holds others.
    pub(crate) fn nest_with(&mut self, name: &str, attributes: &[(&str, &str)], inner: impl FnOnce(&mut Xml)) {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.write(Event::Start(start));
        inner(self);
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element with attributes that holds nothing.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())));
    }

    /// An element that holds text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        let text = printable(text);
        self.write(Event::Start(BytesStart::new(name)));
        self.write(Event::Text(BytesText::from_escaped(partial_escape(text))));
        self.write(Event::End(BytesEnd::new(name)));
    }

    fn write(&mut self, event: Event<'_>) {
        // Writing to memory cannot fail.
        let _ = self.0.write_event(event);
    }

    pub(crate) fn finish(self) -> String {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The text with every character that XML 1.0 forbids (section 2.2), and every control character, replaced by U+FFFD.
pub(crate) fn printable(text: &str) -> String {
    let fine = |c: char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().map(|c| if fine(c) { c } else { '\u{FFFD}' }).collect()
}

/// A name as CAP 3.2.1 allows it in `identifier` and `sender`: no spaces, commas, `<` or `&`; anything but plain letters,
/// digits and a few marks becomes `-`. Never empty.
pub(crate) fn token(text: &str) -> String {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_.@:/".contains(c);
    let token: String = text.chars().map(|c| if fine(c) { c } else { '-' }).collect();
    if token.is_empty() { "-".to_owned() } else { token }
}
