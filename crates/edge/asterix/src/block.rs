//! Data blocks of a datagram and records of a block.

use crate::editions::{Editions, LATEST, source_of};
use crate::error::{DecodeError, Fault};
use crate::record::Record;
use crate::spec::Category;

/// Octets of a block header: category and length.
pub const HEADER_LEN: usize = 3;

/// One data block whose category has a table.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    category: &'static Category,
    editions: &'a Editions,
    offset: usize,
    bytes: &'a [u8],
}

impl<'a> Block<'a> {
    /// The table of the block's category, of the edition that sources without a choice of their own send.
    #[must_use]
    pub fn category(&self) -> &'static Category {
        self.category
    }

    /// The table that reads the record at the front of `rest`.
    fn table_of(&self, rest: &[u8]) -> &'static Category {
        if !self.editions.is_by_source() {
            return self.category;
        }
        self.editions.table(self.category.number, source_of(rest)).unwrap_or(self.category)
    }

    /// Offset of the category octet in the datagram.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The whole block with its header.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The records, in order. After the first error there are no more: where the next record would
    /// begin is not known.
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        Records { block: *self, position: HEADER_LEN, number: 0 }
    }
}

/// Iterator over the data blocks of a datagram or of a recording of concatenated blocks.
///
/// A block of a category without a table is reported as [`Fault::UnknownCategory`] and skipped by
/// its length. A block length that cannot be right ends the iteration after its error.
#[derive(Debug, Clone)]
pub struct Blocks<'a> {
    datagram: &'a [u8],
    position: usize,
    editions: &'a Editions,
}

impl<'a> Blocks<'a> {
    /// Blocks of the categories that this crate has tables for, by the latest edition of each
    /// ([`crate::CATEGORIES`]).
    #[must_use]
    pub fn new(datagram: &'a [u8]) -> Self {
        Self::by(datagram, &LATEST)
    }

    /// As [`new`](Self::new), by the editions that were chosen.
    #[must_use]
    pub fn by(datagram: &'a [u8], editions: &'a Editions) -> Self {
        Self { datagram, position: 0, editions }
    }

    fn header(&self) -> Result<usize, Fault> {
        let rest = &self.datagram[self.position..];
        if rest.len() < HEADER_LEN {
            return Err(Fault::TrailingOctets { count: rest.len() });
        }
        let declared = usize::from(u16::from_be_bytes([rest[1], rest[2]]));
        if declared < HEADER_LEN {
            return Err(Fault::BlockLengthTooShort { declared });
        }
        if declared > rest.len() {
            return Err(Fault::BlockBeyondDatagram { declared, available: rest.len() });
        }
        Ok(declared)
    }

    /// An error about the octets from the current position to `end`, which are given up.
    fn refuse(&mut self, fault: Fault, end: usize) -> DecodeError {
        let start = self.position;
        self.position = end;
        let complete = self.datagram.len() - start >= HEADER_LEN;
        DecodeError {
            category: complete.then(|| self.datagram[start]),
            record: None,
            offset: start,
            item: None,
            fault,
            refused: start..end,
        }
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.position >= self.datagram.len() {
            return None;
        }
        let length = match self.header() {
            Ok(length) => length,
            Err(fault) => return Some(Err(self.refuse(fault, self.datagram.len()))),
        };
        let (offset, end) = (self.position, self.position + length);
        let number = self.datagram[offset];
        let Some(category) = self.editions.usual(number) else {
            return Some(Err(self.refuse(Fault::UnknownCategory { length }, end)));
        };
        if length == HEADER_LEN {
            return Some(Err(self.refuse(Fault::EmptyBlock, end)));
        }
        self.position = end;
        Some(Ok(Block { category, editions: self.editions, offset, bytes: &self.datagram[offset..end] }))
    }
}

/// Iterator over the records of one block.
#[derive(Debug, Clone)]
pub struct Records<'a> {
    block: Block<'a>,
    position: usize,
    number: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = &self.block;
        if self.position >= block.bytes.len() {
            return None;
        }
        let offset = block.offset + self.position;
        let rest = &block.bytes[self.position..];
        match Record::walk(block.table_of(rest), rest, self.number, offset) {
            Ok(record) => {
                self.position += record.bytes().len();
                self.number += 1;
                Some(Ok(record))
            }
            Err((at, item)) => {
                self.position = block.bytes.len();
                Some(Err(DecodeError {
                    category: Some(block.category.number),
                    record: Some(self.number),
                    offset: offset + at.offset,
                    item,
                    fault: at.fault,
                    refused: offset..block.offset + block.bytes.len(),
                }))
            }
        }
    }
}

/// Iterator over all records of a datagram, with every error on the way; see [`records`].
#[derive(Debug, Clone)]
pub struct AllRecords<'a> {
    blocks: Blocks<'a>,
    records: Option<Records<'a>>,
}

/// All records of a datagram (or of a recording of concatenated blocks) in order.
///
/// Every octet of the input is a block header, part of a record that is returned, or part of the
/// [`DecodeError::refused`] range of an error that is returned.
///
/// ```
/// let datagram = [0x30, 0x00, 0x06, 0x80, 25, 201, 0x13, 0x00, 0x04, 0xFF];
/// let mut records = parapet_asterix::records(&datagram);
/// let record = records.next().unwrap().unwrap();
/// assert_eq!(record.item("010").unwrap().raw("SIC"), Some(201));
/// let refusal = records.next().unwrap().unwrap_err();
/// assert_eq!(refusal.to_string(),
///     "CAT019 at octet 6: no table for this category, block of 4 octets skipped (octets 6 to 9 refused)");
/// assert!(records.next().is_none());
/// ```
#[must_use]
pub fn records(datagram: &[u8]) -> AllRecords<'_> {
    records_by(datagram, &LATEST)
}

/// As [`records`], by the editions that were chosen.
///
/// ```
/// use parapet_asterix::{Editions, records_by};
/// // Category 021, edition 0.26: a position of 32-bit angles in the place where later editions have a track number.
/// let datagram = [21, 0, 14, 0x90, 5, 1, 0x01, 0x1D, 0xB4, 0x05, 0x00, 0x42, 0xAA, 0xAB];
/// let mut editions = Editions::default();
/// editions.choose(None, "021 0.26".parse()?);
/// let record = records_by(&datagram, &editions).next().unwrap().unwrap();
/// assert!((record.item("130").unwrap().value("LAT").unwrap() - 100.45).abs() < 0.01);
/// # Ok::<(), parapet_asterix::EditionError>(())
/// ```
#[must_use]
pub fn records_by<'a>(datagram: &'a [u8], editions: &'a Editions) -> AllRecords<'a> {
    AllRecords { blocks: Blocks::by(datagram, editions), records: None }
}

impl<'a> Iterator for AllRecords<'a> {
    type Item = Result<Record<'a>, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.records.as_mut().and_then(Iterator::next) {
                return Some(item);
            }
            match self.blocks.next()? {
                Ok(block) => self.records = Some(block.records()),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(datagram: &[u8]) -> Vec<(usize, Fault)> {
        records(datagram).filter_map(Result::err).map(|e| (e.offset, e.fault)).collect()
    }

    #[test]
    fn block_lengths_that_cannot_be_right_end_the_datagram() {
        assert_eq!(faults(&[48, 0]), [(0, Fault::TrailingOctets { count: 2 })]);
        let short = Fault::BlockLengthTooShort { declared: 2 };
        assert_eq!(faults(&[48, 0, 2, 48, 0, 3]), [(0, short)]);
        let beyond = Fault::BlockBeyondDatagram { declared: 9, available: 4 };
        assert_eq!(faults(&[48, 0, 9, 0]), [(0, beyond)]);
        assert_eq!(faults(&[48, 0, 3]), [(0, Fault::EmptyBlock)]);
        assert_eq!(faults(&[]), []);
    }

    #[test]
    fn the_block_after_an_unknown_or_a_broken_one_is_still_read() {
        let datagram = [99, 0, 4, 1, 48, 0, 4, 0x00, 48, 0, 6, 0x80, 1, 2];
        let all: Vec<_> = records(&datagram).collect();
        assert_eq!(all.len(), 3);
        let unknown = all[0].as_ref().unwrap_err();
        assert_eq!((unknown.category, unknown.refused.clone()), (Some(99), 0..4));
        let broken = all[1].as_ref().unwrap_err();
        assert_eq!((broken.offset, broken.fault), (7, Fault::EmptyRecord));
        assert_eq!(broken.refused, 7..8);
        assert_eq!(all[2].as_ref().unwrap().offset(), 11);
    }

    #[test]
    fn fspec_faults_are_told_apart() {
        assert_eq!(faults(&[48, 0, 4, 0x01]), [(3, Fault::FspecWithoutEnd)]);
        assert_eq!(faults(&[48, 0, 8, 1, 1, 1, 1, 0]), [(6, Fault::FspecWithoutEnd)]);
        assert_eq!(faults(&[34, 0, 6, 1, 1, 0x80]), [(4, Fault::FspecWithoutEnd)]);
    }

    #[test]
    fn item_faults_name_the_item_and_the_record() {
        let datagram = [48, 0, 11, 0x80, 1, 2, 0x81, 0x40, 1, 2, 3];
        let error = records(&datagram).find_map(Result::err).unwrap();
        assert_eq!(error.record, Some(1));
        assert_eq!(error.item, Some("I048/240"));
        assert_eq!(error.offset, 10);
        assert_eq!(error.refused, 6..11);
    }
}
