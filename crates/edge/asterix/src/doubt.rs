//! Whether a record that could be cut into items also makes sense.
//!
//! The layouts of two editions may both fit the same octets, and then only the values tell that the wrong one was used.
//! So what the table knows of values is held against each record: which items every record has, which bits are spare,
//! and between which values a quantity lies.

use core::fmt;

use crate::bits;
use crate::element::Element;
use crate::node::{self, Member, Node};
use crate::record::{Record, Slots};
use crate::spec::{Item, Kind, Limits, Presence, Shape, Slot};
use crate::walk;

/// Something in a record that its edition does not allow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doubt {
    /// An item that every record has is missing.
    Missing {
        /// Name of the item.
        item: &'static str,
    },
    /// A value that cannot exist.
    Impossible {
        /// Name of the item.
        item: &'static str,
        /// Name of the field, empty where the item is one element.
        field: &'static str,
        /// The value.
        value: f64,
        /// Its unit.
        unit: &'static str,
    },
    /// A value beyond the range that the specification gives.
    OutOfRange {
        /// Name of the item.
        item: &'static str,
        /// Name of the field, empty where the item is one element.
        field: &'static str,
        /// The value.
        value: f64,
        /// Its unit.
        unit: &'static str,
    },
    /// Spare bits that are set: a later edition may have given them a meaning.
    SpareBits {
        /// Name of the item.
        item: &'static str,
        /// Position of the first of the spare bits in the item or sub-item, counted from 0.
        first_bit: usize,
        /// The bits.
        raw: u64,
    },
}

impl Doubt {
    /// Whether the record cannot be believed at all: it is of another edition, or broken.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Impossible { .. })
    }

    /// A short fixed name, for counting.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "item_missing",
            Self::Impossible { .. } => "impossible_value",
            Self::OutOfRange { .. } => "value_out_of_range",
            Self::SpareBits { .. } => "spare_bits",
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = |item: &'static str, field: &'static str| (item, if field.is_empty() { "" } else { "/" }, field);
        match *self {
            Self::Missing { item } => write!(f, "no {item}, which every record of this edition has"),
            Self::Impossible { item, field, value, unit } => {
                let (item, slash, field) = path(item, field);
                write!(f, "{item}{slash}{field} is {value} {unit}, which cannot be: another edition, or broken")
            }
            Self::OutOfRange { item, field, value, unit } => {
                let (item, slash, field) = path(item, field);
                write!(f, "{item}{slash}{field} is {value} {unit}, beyond what the specification allows")
            }
            Self::SpareBits { item, first_bit, raw } => {
                write!(f, "{item} has spare bits set (from bit {first_bit}: {raw:#x})")
            }
        }
    }
}

/// What is doubtful in a record, told to `each` in the order of its items. Allocates nothing.
///
/// ```
/// use parapet_asterix::{doubts, records};
/// // A system track (CAT062) of source 25/100 with a latitude of 0x7FFFFFFF steps, and nothing else.
/// let datagram = [62, 0, 14, 0x88, 25, 100, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];
/// let mut told = Vec::new();
/// for record in records(&datagram).filter_map(Result::ok) {
///     doubts(&record, &mut |doubt| told.push(doubt.to_string()));
/// }
/// assert_eq!(told[0], "no I062/070, which every record of this edition has");
/// assert!(told[3].starts_with("I062/105/LAT is 11519.99"));
/// ```
pub fn doubts(record: &Record<'_>, each: &mut dyn FnMut(Doubt)) {
    let category = record.category();
    for slot in Slots(category.required_slots() & !record.present()) {
        let item = category.item_at(slot).map_or("", |item| item.name);
        each(Doubt::Missing { item });
    }
    for slot in Slots(category.doubtful() & record.present()) {
        if let Some(item) = category.item_at(slot) {
            of_item(item, record.octets(slot), each);
        }
    }
}

/// The first doubt for which a record cannot be believed, and how many others there are.
pub(crate) fn fatal(record: &Record<'_>) -> (Option<Doubt>, u64) {
    let (mut first, mut others) = (None, 0);
    doubts(record, &mut |doubt| match doubt.is_fatal() {
        true => first = first.or(Some(doubt)),
        false => others += 1,
    });
    (first, others)
}

/// Most items have spare bits at the most, and those are zero: that is seen at one glance.
#[inline]
fn of_item(item: &'static Item, octets: &[u8], each: &mut dyn FnMut(Doubt)) {
    if item.spares != 0 {
        if bits::window(octets) & item.spares != 0 {
            of_node(item, node::read(&item.shape, octets), 0, each);
        }
        return;
    }
    match item.shape {
        Shape::Compound(presence, slots) => of_subitems(presence, slots, octets, each),
        Shape::Fixed([only]) => {
            let raw = bits::extract(octets, 0, usize::from(only.bits));
            raw.into_iter().for_each(|raw| of_element(item, &Element { field: only, raw }, 0, each));
        }
        _ => of_node(item, node::read(&item.shape, octets), 0, each),
    }
}

fn of_subitems(presence: Presence, slots: &'static [Slot], octets: &[u8], each: &mut dyn FnMut(Doubt)) {
    let mut start = walk::presence_end(presence, octets);
    for position in Slots(walk::all_announced(presence, octets)) {
        let Some(Slot::Item(sub)) = slots.get(position) else { return };
        // The item was walked before: its sub-items end inside it.
        let rest = octets.get(start..).unwrap_or_default();
        let Ok(length) = walk::item(sub, rest) else { return };
        if sub.can_be_doubted {
            of_item(sub, &rest[..length], each);
        }
        start += length;
    }
}

fn of_node(item: &'static Item, node: Node<'_>, first_bit: usize, each: &mut dyn FnMut(Doubt)) {
    match node {
        Node::Element(element) => of_element(item, &element, first_bit, each),
        Node::Group(members) => {
            for Member { first_bit, node, .. } in members {
                of_node(item, node, first_bit, each);
            }
        }
        Node::List(list) => {
            for one in list {
                of_node(item, one, 0, each);
            }
        }
        Node::Bytes(_) | Node::Unreadable(..) => {}
    }
}

fn of_element(item: &'static Item, element: &Element, first_bit: usize, each: &mut dyn FnMut(Doubt)) {
    let Element { field, raw } = *element;
    if matches!(field.kind, Kind::Spare) {
        if raw != 0 {
            each(Doubt::SpareBits { item: item.name, first_bit, raw });
        }
        return;
    }
    let (Some(Limits { low, high, absolute }), Some(value)) = (field.limits, element.quantity()) else { return };
    if (low..=high).contains(&value) {
        return;
    }
    let (item, field, unit) = (item.name, field.name, element.unit().unwrap_or_default());
    each(match absolute {
        true => Doubt::Impossible { item, field, value, unit },
        false => Doubt::OutOfRange { item, field, value, unit },
    });
}
