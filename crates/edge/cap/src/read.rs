//! Reading CAP messages, ours and others': enough to know who says what about which earlier messages, and until when.

use jiff::Timestamp;
use parapet_frame::Time;
use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use crate::alert::NAMESPACE;

/// Longest message that is read, bytes. Real ones with every county of a state have less than half of it.
pub const LENGTH_MAX: usize = 1024 * 1024;
/// Most elements inside one another; the standard needs five, a signature a few more.
const DEPTH_MAX: usize = 16;
/// Most `info` blocks that are read.
const INFOS_MAX: usize = 100;
/// Namespaces of earlier editions.
const EARLIER: [(&str, &str); 2] =
    [("urn:oasis:names:tc:emergency:cap:1.1", "1.1"), ("http://www.incident.com/cap/1.0", "1.0")];

/// Why a text is no CAP 1.2 message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapError {
    /// Too long.
    #[error("{0} bytes; at most {LENGTH_MAX} are read")]
    TooLong(usize),
    /// Not well-formed XML, or not UTF-8.
    #[error("not well-formed XML: {0}")]
    Xml(String),
    /// A document type or an entity: it could name files of ours, or grow without end.
    #[error("{0} is refused: CAP needs none")]
    Forbidden(&'static str),
    /// An earlier edition, whose words mean other things.
    #[error("CAP {0}, not 1.2")]
    Edition(&'static str),
    /// No CAP at all.
    #[error("no CAP message")]
    NotCap,
    /// Deeper or longer than any message is.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// What the standard demands.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A value that the standard does not have.
    #[error("`{name}` cannot be {value:?}")]
    Bad {
        /// Of what.
        name: &'static str,
        /// As it was written, shortened.
        value: String,
    },
}

/// The head of a message, and of each `info`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapHead {
    /// `identifier`.
    pub identifier: String,
    /// `sender`.
    pub sender: String,
    /// `sent`.
    pub sent: Time,
    /// `status`: `Actual`, `Exercise`, `System`, `Test` or `Draft`.
    pub status: String,
    /// `msgType`: `Alert`, `Update`, `Cancel`, `Ack` or `Error`.
    pub kind: String,
    /// `scope`: `Public`, `Restricted` or `Private`.
    pub scope: String,
    /// `references`, each as `sender,identifier,sent`.
    pub references: Vec<String>,
    /// Every `info`, in order.
    pub infos: Vec<CapInfo>,
}

/// The head of one `info`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapInfo {
    /// `language`; the standard's own default where it is not said.
    pub language: String,
    /// `event`.
    pub event: String,
    /// `urgency`, `severity` and `certainty`.
    pub grading: [String; 3],
    /// `expires`.
    pub expires: Option<Time>,
    /// `headline`.
    pub headline: String,
    /// How many polygons and circles its areas have.
    pub shapes: usize,
}

/// Reads a message. What it does not know it leaves out; a signature is not looked at, see [`unseal`](crate::seal::unseal).
///
/// # Errors
/// Anything but one CAP 1.2 message with all that the standard demands of its head and of each `info`.
pub fn read(bytes: &[u8]) -> Result<CapHead, CapError> {
    if bytes.len() > LENGTH_MAX {
        return Err(CapError::TooLong(bytes.len()));
    }
    let text = core::str::from_utf8(bytes).map_err(|error| CapError::Xml(error.to_string()))?;
    let mut reader = NsReader::from_str(text);
    let mut page = Reading::default();
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|error| CapError::Xml(error.to_string()))?;
        match event {
            Event::Start(start) => page.begin(&namespace, start.local_name().as_ref())?,
            Event::Empty(start) => {
                page.begin(&namespace, start.local_name().as_ref())?;
                page.end()?;
            }
            Event::End(_) => page.end()?,
            Event::Text(text) => page.text.push_str(&text.xml10_content()),
            Event::CData(text) => page.text.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().map_err(|error| CapError::Xml(error.to_string()))?;
                match (character, resolve_predefined_entity(&name.xml10_content())) {
                    (Some(character), _) => page.text.push(character),
                    (None, Some(text)) => page.text.push_str(text),
                    (None, None) => return Err(CapError::Forbidden("an entity")),
                }
            }
            Event::DocType(_) => return Err(CapError::Forbidden("a document type")),
            Event::PI(_) | Event::Comment(_) | Event::Decl(_) => {}
            Event::Eof => break,
        }
    }
    page.finish()
}

#[derive(Default)]
struct Reading {
    /// Names of the elements that are open; those of other namespaces as nothing.
    path: Vec<String>,
    text: String,
    head: CapHead,
    sent: Option<Time>,
    whole: bool,
}

impl Reading {
    fn begin(&mut self, namespace: &ResolveResult<'_>, name: &str) -> Result<(), CapError> {
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.as_ref(),
            _ => "",
        };
        if self.path.is_empty() {
            self.root(namespace, name)?;
        }
        if self.path.len() >= DEPTH_MAX {
            return Err(CapError::TooMany("elements inside one another"));
        }
        self.path.push(if namespace == NAMESPACE { name.to_owned() } else { String::new() });
        if self.is_at(&["alert", "info"]) {
            if self.head.infos.len() >= INFOS_MAX {
                return Err(CapError::TooMany("info blocks"));
            }
            self.head.infos.push(CapInfo { language: "en-US".to_owned(), ..CapInfo::default() });
        }
        self.text.clear();
        Ok(())
    }

    fn root(&self, namespace: &str, name: &str) -> Result<(), CapError> {
        if self.whole {
            return Err(CapError::Xml("something follows its end".to_owned()));
        }
        if let Some((_, edition)) = EARLIER.iter().find(|(earlier, _)| *earlier == namespace) {
            return Err(CapError::Edition(edition));
        }
        if namespace == NAMESPACE && name == "alert" { Ok(()) } else { Err(CapError::NotCap) }
    }

    fn is_at(&self, path: &[&str]) -> bool {
        self.path.iter().map(String::as_str).eq(path.iter().copied())
    }

    fn end(&mut self) -> Result<(), CapError> {
        let text = self.text.trim().to_owned();
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match (path.as_slice(), self.head.infos.last_mut()) {
            (["alert", name], _) => {
                let name = (*name).to_owned();
                self.head_value(&name, text)?;
            }
            (["alert", "info", name], Some(info)) => info.value(name, text)?,
            (["alert", "info", "area", "polygon" | "circle"], Some(info)) => info.shapes += 1,
            _ => {}
        }
        self.text.clear();
        self.path.pop();
        self.whole = self.path.is_empty();
        Ok(())
    }

    fn head_value(&mut self, name: &str, text: String) -> Result<(), CapError> {
        let head = &mut self.head;
        match name {
            "identifier" => head.identifier = text,
            "sender" => head.sender = text,
            "sent" => self.sent = Some(date_time("sent", &text)?),
            "status" => head.status = word("status", text, &["Actual", "Exercise", "System", "Test", "Draft"])?,
            "msgType" => head.kind = word("msgType", text, &["Alert", "Update", "Cancel", "Ack", "Error"])?,
            "scope" => head.scope = word("scope", text, &["Public", "Restricted", "Private"])?,
            "references" => head.references = text.split_whitespace().map(str::to_owned).collect(),
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<CapHead, CapError> {
        if !self.whole {
            return Err(CapError::Xml("it ends too early".to_owned()));
        }
        self.head.sent = self.sent.ok_or(CapError::Missing("sent"))?;
        let head = &self.head;
        let demanded = [
            ("identifier", &head.identifier),
            ("sender", &head.sender),
            ("status", &head.status),
            ("msgType", &head.kind),
            ("scope", &head.scope),
        ];
        let infos = head.infos.iter().flat_map(|info| {
            let [urgency, severity, certainty] = &info.grading;
            [("event", &info.event), ("urgency", urgency), ("severity", severity), ("certainty", certainty)]
        });
        let missing = demanded.into_iter().chain(infos).find(|(_, value)| value.is_empty()).map(|(name, _)| name);
        missing.map_or(Ok(self.head), |name| Err(CapError::Missing(name)))
    }
}

impl CapInfo {
    fn value(&mut self, name: &str, text: String) -> Result<(), CapError> {
        let [urgency, severity, certainty] = &mut self.grading;
        match name {
            "language" => self.language = text,
            "event" => self.event = text,
            "urgency" => *urgency = word("urgency", text, &["Immediate", "Expected", "Future", "Past", "Unknown"])?,
            "severity" => *severity = word("severity", text, &["Extreme", "Severe", "Moderate", "Minor", "Unknown"])?,
            "certainty" => {
                *certainty = word("certainty", text, &["Observed", "Likely", "Possible", "Unlikely", "Unknown"])?
            }
            "expires" => self.expires = Some(date_time("expires", &text)?),
            "headline" => self.headline = text,
            _ => {}
        }
        Ok(())
    }
}

fn word(name: &'static str, text: String, words: &[&str]) -> Result<String, CapError> {
    if words.contains(&text.as_str()) { Ok(text) } else { Err(bad(name, &text)) }
}

fn bad(name: &'static str, text: &str) -> CapError {
    CapError::Bad { name, value: text.chars().take(40).collect() }
}

/// CAP 3.3.2: with seconds and an offset; `Z` is forbidden.
fn date_time(name: &'static str, text: &str) -> Result<Time, CapError> {
    let fault = || bad(name, text);
    if text.ends_with(['Z', 'z']) {
        return Err(fault());
    }
    let timestamp: Timestamp = text.parse().map_err(|_| fault())?;
    Ok(Time::from_nanos(i64::try_from(timestamp.as_nanosecond()).map_err(|_| fault())?))
}
