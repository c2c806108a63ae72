//! A feed of the alarms that stand (RFC 4287), and of those that ended lately (RFC 6721, deleted entries).

use parapet_frame::Time;

use crate::alert::date_time;
use crate::xml::{Xml, printable};

const ATOM: &str = "http://www.w3.org/2005/Atom";
const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";
/// What a link to a CAP message says of it (registered with IANA).
pub const CAP_TYPE: &str = "application/cap+xml";
/// What the feed is (RFC 4287).
pub const ATOM_TYPE: &str = "application/atom+xml; charset=utf-8";

/// The feed as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Feed {
    /// Names the feed, for good: CAP `sender`.
    pub sender: String,
    /// The site, for people; of an exercise it begins with the word.
    pub title: String,
    /// Where the feed is, and below it each message: `/cap/` of the service.
    pub base: String,
    /// When anything last changed.
    pub updated: Time,
    /// One for each alarm that stands.
    pub entries: Vec<Entry>,
    /// Those that are over.
    pub ended: Vec<Ended>,
}

/// An alarm that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The alarm's name, the same through its life.
    pub alarm: String,
    /// The latest message's identifier, which is also its file.
    pub identifier: String,
    /// Its headline.
    pub headline: String,
    /// What happens and what to do.
    pub summary: String,
    /// When the alarm was first told.
    pub published: Time,
    /// When the latest message was sent.
    pub updated: Time,
}

/// An alarm that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The alarm's name.
    pub alarm: String,
    /// The message that ended it.
    pub identifier: String,
    /// Its headline.
    pub headline: String,
    /// When.
    pub at: Time,
}

/// The feed as an XML document.
#[must_use]
pub fn feed_xml(feed: &Feed) -> String {
    let mut xml = Xml::new();
    xml.nest_with("feed", &[("xmlns", ATOM), ("xmlns:at", TOMBSTONES)], |xml| {
        xml.text("id", &urn(&feed.sender, "feed"));
        xml.text("title", &feed.title);
        xml.text("updated", &date_time(feed.updated));
        xml.nest("author", None, |xml| xml.text("name", &feed.title));
        xml.empty(
            "link",
            &[("rel", "self"), ("type", "application/atom+xml"), ("href", &format!("{}feed.atom", feed.base))],
        );
        feed.entries.iter().for_each(|entry| write_entry(xml, feed, entry));
        feed.ended.iter().for_each(|ended| write_ended(xml, feed, ended));
    });
    xml.finish()
}

fn write_entry(xml: &mut Xml, feed: &Feed, entry: &Entry) {
    xml.nest("entry", None, |xml| {
        xml.text("id", &urn(&feed.sender, &entry.alarm));
        xml.text("title", &entry.headline);
        xml.text("updated", &date_time(entry.updated));
        xml.text("published", &date_time(entry.published));
        xml.text("summary", &entry.summary);
        xml.empty("link", &[("rel", "alternate"), ("type", CAP_TYPE), ("href", &message(feed, &entry.identifier))]);
    });
}

/// The alarm's entry is gone; where the message that ended it is, stands in the grave.
fn write_ended(xml: &mut Xml, feed: &Feed, ended: &Ended) {
    let (id, when) = (urn(&feed.sender, &ended.alarm), date_time(ended.at));
    xml.nest_with("at:deleted-entry", &[("ref", &id), ("when", &when)], |xml| {
        xml.text("at:comment", &ended.headline);
        xml.empty("link", &[("rel", "via"), ("type", CAP_TYPE), ("href", &message(feed, &ended.identifier))]);
    });
}

fn message(feed: &Feed, identifier: &str) -> String {
    format!("{}{identifier}.xml", feed.base)
}

/// A name that is a URI and never changes: only characters that a URI takes as they are.
fn urn(sender: &str, name: &str) -> String {
    let fine = |c: char| if c.is_ascii_alphanumeric() || "-_.:@".contains(c) { c } else { '-' };
    let plain = |text: &str| printable(text).chars().map(fine).collect::<String>();
    format!("tag:parapet,2026:{}:{}", plain(sender), plain(name))
}
