//! Where an element lies in its item, worked out from the table while the crate is compiled.
//!
//! The typed views read through these constants: no name is compared at run time, and a name that
//! the table does not have stops the build.

use crate::bits;
use crate::element::scaled;
use crate::spec::{Category, Field, Item, Kind, Shape, Slot, same, slot_of};

/// The place and the weight of one element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    bit: usize,
    bits: u16,
    signed: bool,
    lsb: f64,
}

impl Spot {
    /// The raw bits; `None` when the item's octets end before (an extension that was not sent).
    #[inline]
    pub(crate) fn raw(&self, bytes: &[u8]) -> Option<u64> {
        bits::extract(bytes, self.bit, usize::from(self.bits))
    }

    /// The physical value in the unit of the table.
    #[inline]
    pub(crate) fn value(&self, bytes: &[u8]) -> Option<f64> {
        Some(scaled(self.raw(bytes)?, self.bits, self.signed, self.lsb))
    }

    /// A one-bit element; `false` also when it was not sent.
    #[inline]
    pub(crate) fn is_set(&self, bytes: &[u8]) -> bool {
        self.raw(bytes) == Some(1)
    }
}

/// The slot of an item. Stops the build when the UAP has no such item.
pub(crate) const fn slot(category: &'static Category, short: &str) -> usize {
    match category.slot_of(short) {
        Some(slot) => slot,
        None => panic!("no such item in the UAP"),
    }
}

/// The place of an element of an item. Stops the build when there is none.
pub(crate) const fn spot(category: &'static Category, short: &str, name: &str) -> Spot {
    match category.item_at(slot(category, short)) {
        Some(item) => spot_in(&item.shape, name),
        None => panic!("no such item in the UAP"),
    }
}

/// The position of a sub-item in a compound item. Stops the build when there is none.
pub(crate) const fn position(item: &'static Item, name: &str) -> usize {
    if let Shape::Compound(_, slots) = &item.shape
        && let Some(position) = slot_of(slots, name)
    {
        return position;
    }
    panic!("no such sub-item")
}

/// The table entry of an item. Stops the build when there is none.
pub(crate) const fn item(category: &'static Category, short: &str) -> &'static Item {
    match category.item_at(slot(category, short)) {
        Some(item) => item,
        None => panic!("no such item in the UAP"),
    }
}

/// The place of an element of a sub-item. Stops the build when there is none.
pub(crate) const fn spot_of_sub(item: &'static Item, sub: &str, name: &str) -> Spot {
    if let Shape::Compound(_, slots) = &item.shape
        && let Slot::Item(found) = &slots[position(item, sub)]
    {
        return spot_in(&found.shape, name);
    }
    panic!("no such sub-item")
}

/// The place of an element from the first octet of its shape (of one repetition, if repetitive).
pub(crate) const fn spot_in(shape: &'static Shape, name: &str) -> Spot {
    let found = match shape {
        Shape::Fixed(fields) | Shape::Repetitive(fields) | Shape::RepetitiveFx(fields) => in_fields(fields, 0, name),
        Shape::Extended(parts) => in_parts(parts, name),
        Shape::Compound(..) | Shape::Explicit(_) => None,
    };
    match found {
        Some(spot) => spot,
        None => panic!("no such element"),
    }
}

const fn in_parts(parts: &'static [&'static [Field]], name: &str) -> Option<Spot> {
    let (mut i, mut bit) = (0, 0);
    while i < parts.len() {
        let found = in_fields(parts[i], bit, name);
        if found.is_some() {
            return found;
        }
        bit += crate::spec::bits_of(parts[i]) + 1;
        i += 1;
    }
    None
}

const fn in_fields(fields: &'static [Field], mut bit: usize, name: &str) -> Option<Spot> {
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        if !field.is_spare() && same(field.name, name) {
            let (signed, lsb) = match field.kind {
                Kind::Quantity { signed, lsb, .. } => (signed, lsb),
                _ => (false, 1.0),
            };
            return Some(Spot { bit, bits: field.bits, signed, lsb });
        }
        bit += field.bits as usize;
        i += 1;
    }
    None
}
