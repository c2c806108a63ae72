//! What a category table is made of.
//!
//! A [`Category`] is a constant: the user application profile (UAP) with one [`Item`] per slot, each
//! item with its clause and its [`Shape`], each shape made of [`Field`]s. The decoder, the encoder,
//! the JSON view and the Markdown page of a category all walk the same constant, so there is nothing
//! else to keep in step with the specification. A new category is a new table, not new code.

/// The most slots that a UAP may have: nine FSPEC octets of seven slots.
pub const SLOTS_MAX: usize = 63;

/// One ASTERIX category in one edition.
pub struct Category {
    /// Category number, the first octet of a data block.
    pub number: u8,
    /// Edition of the specification that the table follows, for example `"1.32"`.
    pub edition: &'static str,
    /// Title of the category.
    pub title: &'static str,
    /// Reference of the specification.
    pub document: &'static str,
    /// The user application profile, in FRN order (slot 0 is FRN 1). At most [`SLOTS_MAX`] slots.
    pub uap: &'static [Slot],
}

impl Category {
    /// The slot (FRN minus one) of an item by the short form of its name, for example `"040"`.
    #[must_use]
    pub const fn slot_of(&self, short: &str) -> Option<usize> {
        slot_of(self.uap, short)
    }

    /// The item in a slot, `None` for a spare slot or one beyond the UAP.
    #[must_use]
    pub const fn item_at(&self, slot: usize) -> Option<&'static Item> {
        if slot >= self.uap.len() {
            return None;
        }
        match &self.uap[slot] {
            Slot::Item(item) => Some(item),
            Slot::Spare => None,
        }
    }
}

impl core::fmt::Debug for Category {
    /// Number and edition; the whole table would bury every message that it is part of.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CAT{:03} {}", self.number, self.edition)
    }
}

/// One position of a UAP or of a compound item.
#[derive(Debug, Clone, Copy)]
pub enum Slot {
    /// The item or sub-item that the presence bit announces.
    Item(Item),
    /// No item is defined here; a presence bit that is set is an error.
    Spare,
}

/// One data item, or one sub-item of a compound item.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Name as the specification writes it: `"I048/040"`, or `"COM"` for a sub-item.
    pub name: &'static str,
    /// Clause of the specification, empty for a sub-item (its item's clause holds).
    pub clause: &'static str,
    /// Title.
    pub title: &'static str,
    /// How its octets are laid out.
    pub shape: Shape,
}

impl Item {
    /// The short form of the name: `"040"` of `"I048/040"`; a sub-item's name is short already.
    #[must_use]
    pub const fn short(&self) -> &'static str {
        let name = self.name.as_bytes();
        if name.len() > 5 && name[4] == b'/' { self.name.split_at(5).1 } else { self.name }
    }
}

/// The layout of an item's octets (EUROCONTROL-SPEC-0149-1, "data field formats").
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Fixed length: the fields one after another, a whole number of octets together.
    Fixed(&'static [Field]),
    /// Variable length: parts, each followed by an FX bit that announces the next.
    Extended(&'static [&'static [Field]]),
    /// One octet with a count, then that many repetitions of the fields.
    Repetitive(&'static [Field]),
    /// Repetitions of the fields, each followed by an FX bit that announces another.
    RepetitiveFx(&'static [Field]),
    /// Presence octets, then the sub-items that they announce.
    Compound(Presence, &'static [Slot]),
    /// One octet with the length (counting itself), then that many octets less one. Where a table of
    /// the contents is known they can be read by it; the length alone decides where the item ends.
    Explicit(Option<&'static Shape>),
}

/// How the presence octets of a compound item are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Seven slots an octet, the eighth bit announces another octet.
    Chained,
    /// This many octets of eight slots, no extension bit (the contents of a reserved expansion field).
    Octets(u8),
}

impl Presence {
    /// Slots that one presence octet announces.
    #[must_use]
    pub const fn slots_per_octet(self) -> usize {
        match self {
            Self::Chained => 7,
            Self::Octets(_) => 8,
        }
    }
}

/// Values of an enumerated field with their texts.
pub type Texts = &'static [(u64, &'static str)];

/// One element of an item: some bits with a meaning.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name as the specification writes it; empty when the whole item is one element.
    pub name: &'static str,
    /// Title.
    pub title: &'static str,
    /// Width in bits, 1 to 64 (a group: the sum of its members).
    pub bits: u16,
    /// What the bits mean.
    pub kind: Kind,
}

/// What the bits of a field mean.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// No meaning; sent as zero. A spare that is not zero is kept and shown, not hidden.
    Spare,
    /// A bare number, identifier or bit pattern.
    Raw,
    /// An unsigned count.
    Integer,
    /// A physical quantity: value = raw (two's complement where signed) times `lsb`, in `unit`.
    Quantity {
        /// Whether the raw bits are two's complement.
        signed: bool,
        /// Weight of the last bit, in `unit`.
        lsb: f64,
        /// Unit as the specification writes it.
        unit: &'static str,
    },
    /// A one-bit choice: the text of 0 and of 1.
    Flag(&'static str, &'static str),
    /// An enumeration. Values without a text are legal and shown as bare numbers.
    Choice(Texts),
    /// Octal digits of three bits each (Mode 1, 2 and 3/A codes).
    Octal,
    /// Characters of six bits each in the alphabet of ICAO Annex 10, volume IV, 3.1.2.9.1.2.
    Icao,
    /// Fields inside a field, for example a value with its "populated" bit.
    Group(&'static [Field]),
}

impl Field {
    /// Whether the field is spare bits.
    #[must_use]
    pub const fn is_spare(&self) -> bool {
        matches!(self.kind, Kind::Spare)
    }
}

/// The total width of some fields in bits.
#[must_use]
pub const fn bits_of(fields: &[Field]) -> usize {
    let mut total = 0;
    let mut i = 0;
    while i < fields.len() {
        total += fields[i].bits as usize;
        i += 1;
    }
    total
}

/// The slot of the item whose short name is given.
#[must_use]
pub(crate) const fn slot_of(slots: &'static [Slot], short: &str) -> Option<usize> {
    let mut i = 0;
    while i < slots.len() {
        if let Slot::Item(item) = &slots[i]
            && same(item.short(), short)
        {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// String equality that works while the tables are compiled.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The short words in which the tables are written.
pub(crate) mod words {
    use super::{Field, Item, Kind, Presence, Shape, Slot, Texts, bits_of};

    pub(crate) const fn item(name: &'static str, clause: &'static str, title: &'static str, shape: Shape) -> Item {
        Item { name, clause, title, shape }
    }

    pub(crate) const fn subitem(name: &'static str, title: &'static str, shape: Shape) -> Slot {
        Slot::Item(Item { name, clause: "", title, shape })
    }

    pub(crate) const fn fixed(fields: &'static [Field]) -> Shape {
        assert!(bits_of(fields).is_multiple_of(8), "a fixed item is whole octets");
        Shape::Fixed(fields)
    }

    pub(crate) const fn extended(parts: &'static [&'static [Field]]) -> Shape {
        let mut i = 0;
        while i < parts.len() {
            assert!(bits_of(parts[i]) % 8 == 7, "a part and its FX bit are whole octets");
            i += 1;
        }
        Shape::Extended(parts)
    }

    pub(crate) const fn repetitive(fields: &'static [Field]) -> Shape {
        assert!(bits_of(fields).is_multiple_of(8), "a repetition is whole octets");
        Shape::Repetitive(fields)
    }

    pub(crate) const fn repetitive_fx(fields: &'static [Field]) -> Shape {
        assert!(bits_of(fields) % 8 == 7, "a repetition and its FX bit are whole octets");
        Shape::RepetitiveFx(fields)
    }

    pub(crate) const fn compound(slots: &'static [Slot]) -> Shape {
        Shape::Compound(Presence::Chained, slots)
    }

    pub(crate) const fn explicit(contents: Option<&'static Shape>) -> Shape {
        Shape::Explicit(contents)
    }

    const fn field(name: &'static str, title: &'static str, bits: u16, kind: Kind) -> Field {
        assert!(bits > 0 && bits <= 64, "an element is 1 to 64 bits");
        Field { name, title, bits, kind }
    }

    pub(crate) const fn spare(bits: u16) -> Field {
        field("", "Spare", bits, Kind::Spare)
    }

    pub(crate) const fn raw(name: &'static str, title: &'static str, bits: u16) -> Field {
        field(name, title, bits, Kind::Raw)
    }

    pub(crate) const fn integer(name: &'static str, title: &'static str, bits: u16) -> Field {
        field(name, title, bits, Kind::Integer)
    }

    pub(crate) const fn unsigned(
        name: &'static str,
        title: &'static str,
        bits: u16,
        lsb: f64,
        unit: &'static str,
    ) -> Field {
        field(name, title, bits, Kind::Quantity { signed: false, lsb, unit })
    }

    pub(crate) const fn signed(
        name: &'static str,
        title: &'static str,
        bits: u16,
        lsb: f64,
        unit: &'static str,
    ) -> Field {
        field(name, title, bits, Kind::Quantity { signed: true, lsb, unit })
    }

    pub(crate) const fn flag(name: &'static str, title: &'static str, clear: &'static str, set: &'static str) -> Field {
        field(name, title, 1, Kind::Flag(clear, set))
    }

    pub(crate) const fn choice(name: &'static str, title: &'static str, bits: u16, texts: Texts) -> Field {
        field(name, title, bits, Kind::Choice(texts))
    }

    pub(crate) const fn octal(name: &'static str, title: &'static str, bits: u16) -> Field {
        field(name, title, bits, Kind::Octal)
    }

    pub(crate) const fn icao(name: &'static str, title: &'static str, bits: u16) -> Field {
        field(name, title, bits, Kind::Icao)
    }

    pub(crate) const fn group(name: &'static str, title: &'static str, fields: &'static [Field]) -> Field {
        field(name, title, bits_of(fields) as u16, Kind::Group(fields))
    }
}
