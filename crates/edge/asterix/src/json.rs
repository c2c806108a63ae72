//! Records as JSON, items in UAP order, written without an intermediate tree.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::element::Element;
use crate::node::{Member, Members, Node};
use crate::record::Record;
use crate::spec::Kind;

/// Width above which a raw number may lose digits in readers that keep numbers as doubles.
const EXACT_BITS: u16 = 53;

/// A record serialises as one object: `category`, `edition`, `uap` (for a category of two: `plot` or
/// `track`), `offset` (octets from the start of the datagram), `length` (octets) and `items`. An element
/// has `raw` (the bits as an unsigned number) and, by its kind, `value` with `unit`, `value` alone
/// (counts, texts of codes) or `text` (of an enumeration). Elements wider than 53 bits have `hex` too.
/// Spare bits are shown only when they are not zero, as `spare_at_bit_N`.
///
/// ```
/// let datagram = [48, 0, 10, 0x90, 25, 201, 0x30, 0xA7, 0xBA, 0x34];
/// let record = parapet_asterix::records(&datagram).next().unwrap().unwrap();
/// let json = serde_json::to_string(&record).unwrap();
/// assert_eq!(json, concat!(
///     r#"{"category":48,"edition":"1.32","offset":3,"length":7,"items":{"#,
///     r#""I048/010":{"SAC":{"raw":25},"SIC":{"raw":201}},"#,
///     r#""I048/040":{"RHO":{"raw":12455,"value":48.65234375,"unit":"NM"},"#,
///     r#""THETA":{"raw":47668,"value":261.84814453125,"unit":"°"}}}}"#));
/// ```
impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("category", &self.category().number)?;
        map.serialize_entry("edition", self.category().edition)?;
        if let Some(twin) = self.category().twin {
            map.serialize_entry("uap", twin.name)?;
        }
        map.serialize_entry("offset", &self.offset())?;
        map.serialize_entry("length", &self.bytes().len())?;
        map.serialize_entry("items", &Items(self))?;
        map.end()
    }
}

struct Items<'r, 'a>(&'r Record<'a>);

impl Serialize for Items<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.items().map(|view| (view.item().name, view.node())))
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Element(element) => element.serialize(serializer),
            Self::Group(members) => serialize_members(members, serializer),
            Self::List(list) => serializer.collect_seq(list),
            Self::Bytes(bytes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("hex", &Hex(bytes))?;
                map.end()
            }
            Self::Unreadable(bytes, fault) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("hex", &Hex(bytes))?;
                map.serialize_entry("fault", &fault.to_string())?;
                map.end()
            }
        }
    }
}

fn serialize_members<S: Serializer>(members: Members<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for Member { name, first_bit, node } in members {
        match node {
            Node::Element(Element { field, raw }) if field.is_spare() => {
                if raw != 0 {
                    map.serialize_entry(&format!("spare_at_bit_{first_bit}"), &raw)?;
                }
            }
            _ => map.serialize_entry(name, &node)?,
        }
    }
    map.end()
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("raw", &self.raw)?;
        if self.field.bits > EXACT_BITS {
            let digits = usize::from(self.field.bits).div_ceil(4);
            map.serialize_entry("hex", &format!("{:0digits$x}", self.raw))?;
        }
        match self.field.kind {
            Kind::Quantity { unit, .. } => {
                map.serialize_entry("value", &self.quantity())?;
                map.serialize_entry("unit", unit)?;
            }
            Kind::Octal | Kind::Icao | Kind::Ascii => {
                map.serialize_entry("value", self.string().unwrap_or_default().as_str())?;
            }
            Kind::Flag(..) | Kind::Choice(_) => {
                if let Some(text) = self.text() {
                    map.serialize_entry("text", text)?;
                }
            }
            Kind::Integer => map.serialize_entry("value", &self.raw)?,
            Kind::Spare | Kind::Raw | Kind::Group(_) | Kind::Either(_) => {}
        }
        map.end()
    }
}

/// Octets as hexadecimal digits.
struct Hex<'a>(&'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text: String = self.0.iter().map(|octet| format!("{octet:02x}")).collect();
        serializer.serialize_str(&text)
    }
}
