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
    /// Other editions whose octets this table reads in the same way.
    pub also: &'static [&'static str],
    /// Title of the category.
    pub title: &'static str,
    /// Reference of the specification.
    pub document: &'static str,
    /// The user application profile, in FRN order (slot 0 is FRN 1). At most [`SLOTS_MAX`] slots.
    pub uap: &'static [Slot],
    /// Short names of the items that every record has, by the specification's encoding rules.
    pub required: &'static [&'static str],
    /// The other UAP of a category that has two.
    pub twin: Option<Twin>,
    /// The slots that hold an item, one bit each.
    defined: u64,
    /// Those of them whose items can be doubted.
    doubtful: u64,
    /// The slots of the required items.
    required_slots: u64,
}

/// The second UAP of category 001: both begin with the same two items, and the first bit of the second (I001/020 TYP)
/// says which of them a record follows.
#[derive(Clone, Copy)]
pub struct Twin {
    /// What records of the table at hand are called, for example `"plot"`.
    pub name: &'static str,
    /// What that bit is in them.
    pub bit: bool,
    /// The table of the records with the opposite bit.
    pub other: &'static Category,
}

impl Twin {
    /// What records of the other table are called.
    #[must_use]
    pub const fn other_name(&self) -> &'static str {
        match self.other.twin {
            Some(other) => other.name,
            None => "",
        }
    }
}

impl Category {
    pub(crate) const fn new(
        number: u8,
        edition: &'static str,
        title: &'static str,
        document: &'static str,
        uap: &'static [Slot],
    ) -> Self {
        assert!(uap.len() <= SLOTS_MAX, "a UAP has at most nine octets of seven slots");
        let (mut defined, mut doubtful, mut slot) = (0, 0, 0);
        while slot < uap.len() {
            if let Slot::Item(item) = &uap[slot] {
                defined |= 1 << slot;
                doubtful |= (item.can_be_doubted as u64) << slot;
            }
            slot += 1;
        }
        let (also, required, twin, required_slots): (_, _, _, u64) = (&[], &[], None, 0);
        Self { number, edition, also, title, document, uap, required, twin, defined, doubtful, required_slots }
    }

    pub(crate) const fn also(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }

    /// The items that must be there; stops the build where the UAP has no such item.
    pub(crate) const fn requires(self, required: &'static [&'static str]) -> Self {
        let (mut required_slots, mut i) = (0, 0);
        while i < required.len() {
            match self.slot_of(required[i]) {
                Some(slot) => required_slots |= 1 << slot,
                None => panic!("a required item is in the UAP"),
            }
            i += 1;
        }
        Self { required, required_slots, ..self }
    }

    pub(crate) const fn with_twin(self, name: &'static str, bit: bool, other: &'static Category) -> Self {
        Self { twin: Some(Twin { name, bit, other }), ..self }
    }

    /// The slots that hold an item, one bit each.
    pub(crate) const fn defined(&self) -> u64 {
        self.defined
    }

    /// The slots whose items can be doubted, one bit each.
    pub(crate) const fn doubtful(&self) -> u64 {
        self.doubtful
    }

    /// The slots of the required items, one bit each.
    pub(crate) const fn required_slots(&self) -> u64 {
        self.required_slots
    }

    /// Whether the table reads records of an edition: its own, or one whose octets are the same.
    #[must_use]
    pub fn is_edition(&self, edition: &str) -> bool {
        self.edition == edition || self.also.contains(&edition)
    }

    /// The slot (FRN minus one) of an item by the short form of its name, for example `"040"`.
    #[must_use]
    pub const fn slot_of(&self, short: &str) -> Option<usize> {
        slot_of(self.uap, short)
    }

    /// The item in a slot, `None` for a slot without one or beyond the UAP.
    #[must_use]
    pub const fn item_at(&self, slot: usize) -> Option<&'static Item> {
        if slot >= self.uap.len() {
            return None;
        }
        match &self.uap[slot] {
            Slot::Item(item) => Some(item),
            Slot::Spare | Slot::Random => None,
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
    /// Random field sequencing (a list of FRNs with their items), which categories 001 and 002 may carry. It is not
    /// read: a presence bit that is set is an error of its own.
    Random,
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
    /// Octets of a fixed item; 0 for one of another shape.
    pub(crate) octets: usize,
    /// Octets of one repetition, or of each part of an extended item where all are alike; 0 where they are not.
    pub(crate) stride: usize,
    /// Whether a value in it can be impossible: spare bits, or fields with limits.
    pub(crate) can_be_doubted: bool,
    /// The spare bits of an item without limits that is at most eight octets long, first octet in the highest bits; 0
    /// for any other. Where an item has none of these bits set there is nothing to doubt.
    pub(crate) spares: u64,
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
    /// Variable length: parts, each followed by an FX bit that announces the next (but for a last part of whole
    /// octets).
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
    /// Between which values a quantity makes sense.
    pub limits: Option<Limits>,
}

/// Between which values a quantity makes sense, in its unit, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
    /// Whether a value beyond cannot exist at all (a latitude of 4330 degrees, an hour of the day after the last). Else
    /// it is only outside the range that the specification gives.
    pub absolute: bool,
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
    /// Characters of eight bits each, ASCII.
    Ascii,
    /// One of two meanings of the same bits, by the bit just before them (an air speed as IAS or as Mach number).
    Either(&'static [Field; 2]),
    /// Fields inside a field, for example a value with its "populated" bit.
    Group(&'static [Field]),
}

impl Field {
    /// Whether the field is spare bits.
    #[must_use]
    pub const fn is_spare(&self) -> bool {
        matches!(self.kind, Kind::Spare)
    }

    /// The same field with the range that the specification gives for its values.
    pub(crate) const fn within(self, low: f64, high: f64) -> Self {
        Self { limits: Some(Limits { low, high, absolute: false }), ..self }
    }

    /// The same field with the only values that can exist.
    pub(crate) const fn possible(self, low: f64, high: f64) -> Self {
        Self { limits: Some(Limits { low, high, absolute: true }), ..self }
    }
}

/// Whether some field of a list is spare or has limits.
const fn any_doubtful(fields: &[Field]) -> bool {
    let mut i = 0;
    while i < fields.len() {
        let inner = match fields[i].kind {
            Kind::Spare => true,
            Kind::Group(inner) => any_doubtful(inner),
            Kind::Either(both) => any_doubtful(both),
            _ => false,
        };
        if inner || fields[i].limits.is_some() {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether some value of a shape can be doubted.
const fn can_be_doubted(shape: &Shape) -> bool {
    match shape {
        Shape::Fixed(fields) | Shape::Repetitive(fields) | Shape::RepetitiveFx(fields) => any_doubtful(fields),
        Shape::Extended(parts) => {
            let mut i = 0;
            while i < parts.len() {
                if any_doubtful(parts[i]) {
                    return true;
                }
                i += 1;
            }
            false
        }
        Shape::Compound(_, slots) => {
            let mut i = 0;
            while i < slots.len() {
                if let Slot::Item(sub) = &slots[i]
                    && sub.can_be_doubted
                {
                    return true;
                }
                i += 1;
            }
            false
        }
        // What a maker puts into it is his; a table of the contents is a reading aid.
        Shape::Explicit(_) => false,
    }
}

/// The spare bits of a fixed or extended shape without limits; 0 where that does not fit into 64 bits.
const fn spares(shape: &Shape) -> u64 {
    match shape {
        Shape::Fixed(fields) => match spares_of(fields, 0) {
            Some((spares, _)) => spares,
            None => 0,
        },
        Shape::Extended(parts) => {
            let (mut all, mut bit, mut i) = (0, 0, 0);
            while i < parts.len() {
                let Some((spares, end)) = spares_of(parts[i], bit) else { return 0 };
                all |= spares;
                // The FX bit.
                bit = end + 1;
                i += 1;
            }
            all
        }
        _ => 0,
    }
}

/// The spare bits of fields from a bit on, and the bit after them; `None` with limits, groups that hold such, or beyond
/// 64 bits.
const fn spares_of(fields: &[Field], mut bit: usize) -> Option<(u64, usize)> {
    let (mut all, mut i) = (0, 0);
    while i < fields.len() {
        let field = &fields[i];
        let end = bit + field.bits as usize;
        if field.limits.is_some() || end > 64 {
            return None;
        }
        match field.kind {
            Kind::Spare => all |= crate::bits::mask(field.bits as usize) << (64 - end),
            Kind::Group(inner) if any_doubtful(inner) => return None,
            Kind::Either(both) if any_doubtful(both) => return None,
            _ => {}
        }
        bit = end;
        i += 1;
    }
    Some((all, bit))
}

/// Octets of one repetition, or of each part of an extended shape that has an FX bit after each, all alike; else 0.
const fn stride(shape: &Shape) -> usize {
    match shape {
        Shape::Repetitive(fields) => bits_of(fields) / 8,
        Shape::RepetitiveFx(fields) => bits_of(fields).div_ceil(8),
        Shape::Extended(parts) => {
            let (first, mut i) = (bits_of(parts[0]), 0);
            while i < parts.len() {
                if bits_of(parts[i]) != first || first % 8 != 7 {
                    return 0;
                }
                i += 1;
            }
            first.div_ceil(8)
        }
        _ => 0,
    }
}

/// Octets of a fixed shape, 0 for any other.
const fn fixed_octets(shape: &Shape) -> usize {
    match shape {
        Shape::Fixed(fields) => bits_of(fields) / 8,
        _ => 0,
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
    use super::{
        Field, Item, Kind, Presence, Shape, Slot, Texts, bits_of, can_be_doubted, fixed_octets, spares, stride,
    };

    /// Seconds of the longest day, which ends with a leap second: what a time of day cannot exceed.
    pub(crate) const DAY_S: f64 = 86_401.0;

    pub(crate) const fn item(name: &'static str, clause: &'static str, title: &'static str, shape: Shape) -> Item {
        let (octets, stride) = (fixed_octets(&shape), stride(&shape));
        let (can_be_doubted, spares) = (can_be_doubted(&shape), spares(&shape));
        Item { name, clause, title, shape, octets, stride, can_be_doubted, spares }
    }

    pub(crate) const fn subitem(name: &'static str, title: &'static str, shape: Shape) -> Slot {
        Slot::Item(item(name, "", title, shape))
    }

    pub(crate) const fn fixed(fields: &'static [Field]) -> Shape {
        assert!(bits_of(fields).is_multiple_of(8), "a fixed item is whole octets");
        Shape::Fixed(fields)
    }

    pub(crate) const fn extended(parts: &'static [&'static [Field]]) -> Shape {
        let mut i = 0;
        while i < parts.len() {
            // The last part may fill its octets where the specification has no FX bit after it.
            let ends = i + 1 == parts.len() && bits_of(parts[i]).is_multiple_of(8);
            assert!(ends || bits_of(parts[i]) % 8 == 7, "a part and its FX bit are whole octets");
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
        Field { name, title, bits, kind, limits: None }
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

    pub(crate) const fn ascii(name: &'static str, title: &'static str, bits: u16) -> Field {
        field(name, title, bits, Kind::Ascii)
    }

    pub(crate) const fn either(name: &'static str, title: &'static str, both: &'static [Field; 2]) -> Field {
        assert!(both[0].bits == both[1].bits, "both meanings are of the same bits");
        field(name, title, both[0].bits, Kind::Either(both))
    }

    /// One Mode S register: 56 bits of message and the number of the register (ICAO Doc 9871).
    pub(crate) const BDS_REGISTER: &[Field] = &[
        raw("MBDATA", "Mode S Comm B Message Data", 56),
        raw("BDS1", "Comm B Data Buffer Store 1 Address", 4),
        raw("BDS2", "Comm B Data Buffer Store 2 Address", 4),
    ];

    pub(crate) const fn group(name: &'static str, title: &'static str, fields: &'static [Field]) -> Field {
        field(name, title, bits_of(fields) as u16, Kind::Group(fields))
    }
}
