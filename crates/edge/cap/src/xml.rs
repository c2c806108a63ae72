//! Writing XML 1.0 elements, whatever the text.

use quick_xml::Writer;
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
        let mut start = BytesStart::new(name);
        if let Some(namespace) = namespace {
            start.push_attribute(("xmlns", namespace));
        }
        self.write(Event::Start(start));
        inner(self);
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element that holds text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        let text = printable(text);
        self.write(Event::Start(BytesStart::new(name)));
        self.write(Event::Text(BytesText::new(&text)));
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
