//! One record: its items found, their values not yet read.

use crate::element::Element;
use crate::error::Fault;
use crate::node::{self, Node};
use crate::spec::{Category, Item, SLOTS_MAX, Shape, Slot, Twin};
use crate::walk::{self, FaultAt};

/// One record of a data block. Borrows the datagram; reading allocates nothing.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    category: &'static Category,
    number: usize,
    offset: usize,
    bytes: &'a [u8],
    /// Bit `slot` is set when the item of that slot is present.
    present: u64,
    /// Where each present item starts in `bytes`.
    starts: [u16; SLOTS_MAX],
}

impl<'a> Record<'a> {
    /// Finds the items of the record at the front of `rest`.
    pub(crate) fn walk(
        category: &'static Category,
        rest: &'a [u8],
        number: usize,
        offset: usize,
    ) -> Result<Self, (FaultAt, Option<&'static str>)> {
        let category = match category.twin {
            Some(twin) => of_two(category, twin, rest).map_err(|e| (e, None))?,
            None => category,
        };
        let (octets, present) = fspec(category, rest).map_err(|e| (e, None))?;
        let mut starts = [0; SLOTS_MAX];
        let mut end = octets;
        for slot in Slots(present) {
            let Some(item) = category.item_at(slot) else {
                continue;
            };
            starts[slot] = end as u16;
            end += walk::item(item, &rest[end..])
                .map_err(|e| (FaultAt { offset: e.offset + end, ..e }, Some(item.name)))?;
        }
        Ok(Self { category, number, offset, bytes: &rest[..end], present, starts })
    }

    /// The table that the record was read by.
    #[must_use]
    pub fn category(&self) -> &'static Category {
        self.category
    }

    /// Number of the record in its block; the first is 0.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// Offset of the record's first octet in the datagram.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The record's octets, FSPEC first.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The items that are present, in UAP order.
    pub fn items(&self) -> impl Iterator<Item = ItemView<'a>> + use<'a> {
        let record = *self;
        Slots(self.present).filter_map(move |slot| record.at(slot))
    }

    /// An item by the short form of its name (`"040"`), if the record has it.
    #[must_use]
    pub fn item(&self, short: &str) -> Option<ItemView<'a>> {
        self.at(self.category.slot_of(short)?)
    }

    /// The item in a slot (FRN minus one), if the record has it.
    #[must_use]
    #[inline]
    pub fn at(&self, slot: usize) -> Option<ItemView<'a>> {
        if slot >= SLOTS_MAX || self.present >> slot & 1 == 0 {
            return None;
        }
        let item = self.category.item_at(slot)?;
        let range = self.range(slot);
        Some(ItemView { item, offset: self.offset + range.start, bytes: &self.bytes[range] })
    }

    /// An element by the short form of its item's name and its path inside, for example `"130/LAT"` (or `"080"` for an
    /// item that is one element). `None` when the record does not carry it.
    #[must_use]
    pub fn element(&self, path: &str) -> Option<Element> {
        let (short, rest) = path.split_once('/').unwrap_or((path, ""));
        self.item(short)?.node().find(rest)?.element()
    }

    /// The raw bits of an element; paths as for [`element`](Self::element).
    #[must_use]
    pub fn raw(&self, path: &str) -> Option<u64> {
        Some(self.element(path)?.raw)
    }

    /// The physical value of an element in its unit; paths as for [`element`](Self::element).
    #[must_use]
    pub fn value(&self, path: &str) -> Option<f64> {
        self.element(path)?.quantity()
    }

    /// Whether a one-bit element is there and set.
    #[must_use]
    pub fn is_set(&self, path: &str) -> bool {
        self.raw(path) == Some(1)
    }

    /// The octets of the item in a slot; empty when the record does not have it.
    #[inline]
    pub(crate) fn octets(&self, slot: usize) -> &'a [u8] {
        if slot >= SLOTS_MAX || self.present >> slot & 1 == 0 {
            return &[];
        }
        self.bytes.get(self.range(slot)).unwrap_or_default()
    }

    /// Where an item that is present lies in the record: up to the next one.
    #[inline]
    fn range(&self, slot: usize) -> core::ops::Range<usize> {
        let later = self.present >> slot >> 1;
        let end = match later {
            0 => self.bytes.len(),
            _ => usize::from(self.starts[slot + 1 + later.trailing_zeros() as usize]),
        };
        usize::from(self.starts[slot])..end
    }

    /// The slots of the items that are present, one bit each.
    pub(crate) fn present(&self) -> u64 {
        self.present
    }
}

/// The FSPEC at the front of a record: how many octets, and which slots it announces.
#[inline]
fn fspec(category: &Category, bytes: &[u8]) -> Result<(usize, u64), FaultAt> {
    let most = category.uap.len().div_ceil(7);
    let (mut present, mut octets) = (0, 0);
    loop {
        let without_end = FaultAt { offset: octets.max(1) - 1, fault: Fault::FspecWithoutEnd };
        let Some(&bits) = bytes.get(octets).filter(|_| octets < most) else {
            return Err(without_end);
        };
        present |= u64::from((bits & 0xFE).reverse_bits()) << (7 * octets);
        octets += 1;
        if bits & 1 == 0 {
            break;
        }
    }
    let undefined = present & !category.defined();
    if undefined != 0 {
        let slot = undefined.trailing_zeros() as usize;
        return Err(FaultAt { offset: slot / 7, fault: no_item(category, slot) });
    }
    if present == 0 {
        return Err(FaultAt { offset: 0, fault: Fault::EmptyRecord });
    }
    Ok((octets, present))
}

/// Why a slot has no item.
fn no_item(category: &Category, slot: usize) -> Fault {
    let frn = slot + 1;
    match category.uap.get(slot) {
        Some(Slot::Random) => Fault::RandomFields { frn },
        Some(_) => Fault::SpareSlot { frn },
        None => Fault::FspecBeyondUap { frn },
    }
}

/// The table of a record in a category with two UAPs. Both begin with the data source and the item whose first bit
/// decides.
fn of_two(category: &'static Category, twin: Twin, bytes: &[u8]) -> Result<&'static Category, FaultAt> {
    let octets = bytes.iter().take_while(|octet| *octet & 1 == 1).count() + 1;
    let [first, ..] = *bytes else { return Ok(category) };
    if first & 0x40 == 0 {
        // Nothing but a source: an empty record, or one cut short, is for the FSPEC to refuse.
        let rest = first & 0x3F != 0;
        let decides = category.item_at(1).map_or("", |item| item.name);
        return if rest { Err(FaultAt { offset: 0, fault: Fault::UapUnknown(decides) }) } else { Ok(category) };
    }
    let source = if first & 0x80 == 0 { 0 } else { category.item_at(0).map_or(0, |item| item.octets) };
    let bit = bytes.get(octets + source).is_some_and(|octet| octet & 0x80 != 0);
    Ok(if bit == twin.bit { category } else { twin.other })
}

/// The set bits of a presence mask, lowest first.
pub(crate) struct Slots(pub(crate) u64);

impl Iterator for Slots {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let slot = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(slot)
    }
}

/// One item of a record: its table entry and its octets.
#[derive(Debug, Clone, Copy)]
pub struct ItemView<'a> {
    item: &'static Item,
    offset: usize,
    bytes: &'a [u8],
}

impl<'a> ItemView<'a> {
    /// The item's table entry.
    #[must_use]
    pub fn item(&self) -> &'static Item {
        self.item
    }

    /// Offset of the item's first octet in the datagram.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The item's octets.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The item's values.
    #[must_use]
    pub fn node(&self) -> Node<'a> {
        node::read(&self.item.shape, self.bytes)
    }

    /// The raw bits of an element by its path inside the item, for example `"RHO"` or `"COM/NOGO"`
    /// (and `""` for an item that is one element). `None` when the item has no such element, or does
    /// not carry it here.
    #[must_use]
    pub fn raw(&self, path: &str) -> Option<u64> {
        self.node().find(path)?.element().map(|element| element.raw)
    }

    /// As [`raw`](Self::raw), as a physical value in the element's unit; `None` also for elements
    /// that are not quantities.
    #[must_use]
    pub fn value(&self, path: &str) -> Option<f64> {
        self.node().find(path)?.element()?.quantity()
    }

    /// What is wrong with the contents of an explicit item that has a table for them, with the
    /// offset in the datagram. The record around it is whole all the same.
    #[must_use]
    pub fn contents_fault(&self) -> Option<(usize, Fault)> {
        let Shape::Explicit(Some(contents)) = self.item.shape else {
            return None;
        };
        let e = walk::exactly(contents, self.bytes.get(1..)?).err()?;
        Some((self.offset + 1 + e.offset, e.fault))
    }
}
