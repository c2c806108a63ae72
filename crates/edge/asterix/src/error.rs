//! What can be wrong with bytes that came from outside, and with values that are to be sent.

use core::fmt;
use core::ops::Range;

/// Bytes that could not be decoded: which, where, and why.
///
/// Offsets count from the first octet of the datagram (or of the recording) that was decoded, and
/// never exceed its length; an offset equal to the length names the octet after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Category octet of the data block, once it could be read.
    pub category: Option<u8>,
    /// Number of the record in its data block, the first is 0; `None` for a fault of the block.
    pub record: Option<usize>,
    /// Offset of the fault, in octets.
    pub offset: usize,
    /// Item in which the fault lies, for example `"I048/130"`; `None` outside any item.
    pub item: Option<&'static str>,
    /// What is wrong.
    pub fault: Fault,
    /// The octets that are given up because of it (decoding continues after them). Together with
    /// block headers and decoded records these account for every octet of the input.
    pub refused: Range<usize>,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(category) = self.category {
            write!(f, "CAT{category:03} ")?;
        }
        if let Some(record) = self.record {
            write!(f, "record {record} ")?;
        }
        if let Some(item) = self.item {
            write!(f, "item {item} ")?;
        }
        write!(f, "at octet {}: {}", self.offset, self.fault)?;
        if !self.refused.is_empty() {
            write!(f, " (octets {} to {} refused)", self.refused.start, self.refused.end - 1)?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

/// What is wrong with a block, a record or an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No table for this category; the block is skipped by its length.
    #[error("no table for this category, block of {length} octets skipped")]
    UnknownCategory {
        /// Length of the block in octets.
        length: usize,
    },
    /// One or two octets after the last block: too few for a block header.
    #[error("{count} trailing octets are too few for a block header")]
    TrailingOctets {
        /// How many.
        count: usize,
    },
    /// The block's length field is below 3, its own header.
    #[error("block length {declared} is below the 3 octets of the header")]
    BlockLengthTooShort {
        /// The length field.
        declared: usize,
    },
    /// The block's length field points beyond the datagram.
    #[error("block length {declared} but only {available} octets are left in the datagram")]
    BlockBeyondDatagram {
        /// The length field.
        declared: usize,
        /// Octets left, from the category octet on.
        available: usize,
    },
    /// A block with a header and no record.
    #[error("block without a record")]
    EmptyBlock,
    /// A record whose FSPEC announces no item at all.
    #[error("record of no item (zero-length record)")]
    EmptyRecord,
    /// The FSPEC ends in a set FX bit: at the end of the block or of the UAP.
    #[error("FSPEC without an end")]
    FspecWithoutEnd,
    /// The FSPEC announces an item beyond the end of the UAP.
    #[error("FSPEC announces FRN {frn}, beyond the UAP")]
    FspecBeyondUap {
        /// Field reference number, the first is 1.
        frn: usize,
    },
    /// The FSPEC announces an item where the UAP has a spare.
    #[error("FSPEC announces FRN {frn}, a spare of the UAP")]
    SpareSlot {
        /// Field reference number, the first is 1.
        frn: usize,
    },
    /// The FSPEC announces random field sequencing, which is not read.
    #[error("FSPEC announces FRN {frn}, random field sequencing, which is not read")]
    RandomFields {
        /// Field reference number, the first is 1.
        frn: usize,
    },
    /// A record of a category with two UAPs that lacks the item which says which of them it follows.
    #[error("no item {0}, which says how the rest of the record is laid out")]
    UapUnknown(&'static str),
    /// The item needs more octets than its block has left.
    #[error("truncated: {needed} octets needed, {available} left in the block")]
    Truncated {
        /// Octets needed.
        needed: usize,
        /// Octets left.
        available: usize,
    },
    /// The extension bit announces a part that this edition does not define.
    #[error("extension beyond the {defined} parts that this edition defines")]
    UndefinedExtension {
        /// Parts that the table knows.
        defined: usize,
    },
    /// A compound item announces a sub-item that this edition does not define.
    #[error("announces sub-item {position}, which this edition does not define")]
    UndefinedSubitem {
        /// Position of the sub-item, the first is 1.
        position: usize,
    },
    /// The presence octets of a compound item do not end with the last that this edition defines.
    #[error("presence octets of a compound item without an end")]
    PresenceWithoutEnd,
    /// An explicit item of length 0: its length octet counts itself.
    #[error("explicit length 0, the length octet counts itself")]
    ExplicitLengthZero,
    /// An explicit item whose length points beyond its block.
    #[error("explicit length {declared} but only {available} octets are left in the block")]
    ExplicitBeyondBlock {
        /// The length octet.
        declared: usize,
        /// Octets left, from the length octet on.
        available: usize,
    },
    /// A repetitive item whose count points beyond its block.
    #[error("{count} repetitions need {needed} octets but only {available} are left in the block")]
    RepetitionsBeyondBlock {
        /// The repetition count.
        count: usize,
        /// Octets needed.
        needed: usize,
        /// Octets left after the count.
        available: usize,
    },
    /// Contents of an explicit item that go on after the last sub-item that they announce.
    #[error("{count} octets follow the contents of an explicit item")]
    TrailingContents {
        /// How many.
        count: usize,
    },
}

impl Fault {
    /// A short fixed name, for counting refusals by kind.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnknownCategory { .. } => "unknown_category",
            Self::TrailingOctets { .. } => "trailing_octets",
            Self::BlockLengthTooShort { .. } => "block_length_too_short",
            Self::BlockBeyondDatagram { .. } => "block_beyond_datagram",
            Self::EmptyBlock => "empty_block",
            Self::EmptyRecord => "empty_record",
            Self::FspecWithoutEnd => "fspec_without_end",
            Self::FspecBeyondUap { .. } => "fspec_beyond_uap",
            Self::SpareSlot { .. } => "spare_slot",
            Self::RandomFields { .. } => "random_fields",
            Self::UapUnknown(_) => "uap_unknown",
            Self::Truncated { .. } => "truncated",
            Self::UndefinedExtension { .. } => "undefined_extension",
            Self::UndefinedSubitem { .. } => "undefined_subitem",
            Self::PresenceWithoutEnd => "presence_without_end",
            Self::ExplicitLengthZero => "explicit_length_zero",
            Self::ExplicitBeyondBlock { .. } => "explicit_beyond_block",
            Self::RepetitionsBeyondBlock { .. } => "repetitions_beyond_block",
            Self::TrailingContents { .. } => "trailing_contents",
        }
    }
}

/// Values that cannot be sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The category has no such item, sub-item or field.
    #[error("CAT{category:03} has no {path:?}")]
    NoSuchField {
        /// Category number.
        category: u8,
        /// The path that was asked for.
        path: String,
    },
    /// The value does not fit into its bits.
    #[error("{path}: {value} does not fit into {bits} bits (last bit {lsb})")]
    OutOfRange {
        /// Path of the field.
        path: String,
        /// The value.
        value: f64,
        /// Width of the field.
        bits: u16,
        /// Weight of the last bit.
        lsb: f64,
    },
    /// The field holds no text, or the text has characters or a length that it cannot hold.
    #[error("{path}: cannot hold the text {text:?}")]
    Text {
        /// Path of the field.
        path: String,
        /// The text.
        text: String,
    },
    /// The value has another structure than the item.
    #[error("{item}: the value does not have the item's structure")]
    Structure {
        /// Name of the item or sub-item.
        item: &'static str,
    },
    /// More repetitions or octets than a one-octet count can tell, or a block above 65,535 octets.
    #[error("{what}: {count} is more than {max}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// How long it is.
        count: usize,
        /// The most there may be.
        max: usize,
    },
    /// A record without any item.
    #[error("a record needs at least one item")]
    EmptyRecord,
}
