//! Records and blocks to send, built by name from a category's table.

use crate::bits::{mask, sign_extend};
use crate::block::HEADER_LEN;
use crate::element::icao_code;
use crate::encode::{encode_item, presence_octets};
use crate::error::EncodeError;
use crate::record::Record;
use crate::spec::{Category, Field, Kind, SLOTS_MAX, Shape, Slot};
use crate::value::Value;

/// A record under construction: values set by path, then written.
///
/// A path is the short item name, then the names of sub-items and fields: `"040/RHO"`,
/// `"120/CAL/D"`, or `"140"` where the item is one element. Setting a field of an item makes the
/// whole item present, its other fields zero.
///
/// ```
/// use parapet_asterix::{CAT048, RecordBuilder};
/// let mut record = RecordBuilder::new(&CAT048);
/// record.raw("010/SAC", 25)?.raw("010/SIC", 201)?;
/// record.quantity("040/RHO", 48.65)?.quantity("040/THETA", 261.85)?;
/// record.text("070/MODE3A", "4004")?;
/// let mut octets = Vec::new();
/// record.encode(&mut octets)?;
/// assert_eq!(octets, [0x98, 25, 201, 0x30, 0xA6, 0xBA, 0x34, 0x08, 0x04]);
/// # Ok::<(), parapet_asterix::EncodeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct RecordBuilder {
    category: &'static Category,
    items: Vec<Option<Value>>,
}

impl RecordBuilder {
    /// A record without items.
    #[must_use]
    pub fn new(category: &'static Category) -> Self {
        let slots = category.uap.len().min(SLOTS_MAX);
        Self { category, items: vec![None; slots] }
    }

    /// A record with the values of one that was decoded.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Self {
        let mut builder = Self::new(record.category());
        for (slot, entry) in builder.items.iter_mut().enumerate() {
            *entry = record.at(slot).map(|v| Value::from_node(&v.node(), &v.item().shape));
        }
        builder
    }

    /// Sets raw bits.
    ///
    /// # Errors
    /// No such field, or more bits than it has.
    pub fn raw(&mut self, path: &str, raw: u64) -> Result<&mut Self, EncodeError> {
        let (field, entry) = self.field(path)?;
        if raw > mask(usize::from(field.bits)) {
            return Err(out_of_range(path, raw as f64, field, 1.0));
        }
        *entry = Some(Value::Raw(raw));
        Ok(self)
    }

    /// Sets a physical value in the unit of the table, rounded to the nearest step.
    ///
    /// # Errors
    /// No such quantity, or a value (NaN too) that its bits cannot hold.
    pub fn quantity(&mut self, path: &str, value: f64) -> Result<&mut Self, EncodeError> {
        let category = self.category.number;
        let (field, entry) = self.field(path)?;
        let Kind::Quantity { signed, lsb, .. } = field.kind else {
            return Err(EncodeError::NoSuchField { category, path: path.to_owned() });
        };
        let raw = to_raw(value / lsb, field.bits, signed).ok_or_else(|| out_of_range(path, value, field, lsb))?;
        *entry = Some(Value::Raw(raw));
        Ok(self)
    }

    /// Sets a code in octal digits (all of them), or a text in six-bit or eight-bit characters
    /// (filled up with blanks).
    ///
    /// # Errors
    /// No such text field, a character outside the alphabet, or too many of them.
    pub fn text(&mut self, path: &str, text: &str) -> Result<&mut Self, EncodeError> {
        let (field, entry) = self.field(path)?;
        let raw = match field.kind {
            Kind::Octal => octal_bits(text, field.bits),
            Kind::Icao => icao_bits(text, field.bits),
            Kind::Ascii => ascii_bits(text, field.bits),
            _ => None,
        };
        let raw = raw.ok_or_else(|| EncodeError::Text { path: path.into(), text: text.into() })?;
        *entry = Some(Value::Raw(raw));
        Ok(self)
    }

    /// Sets a whole item or sub-item: a list of repetitions, octets, or any other structure.
    ///
    /// # Errors
    /// No such item or sub-item. A structure that does not fit shows when the record is encoded.
    pub fn set(&mut self, path: &str, value: Value) -> Result<&mut Self, EncodeError> {
        *self.entry(path)?.1 = Some(value);
        Ok(self)
    }

    /// Appends the record: FSPEC, then the items in UAP order.
    ///
    /// # Errors
    /// No item at all, or a value that does not have its item's structure.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let mut present = 0;
        let mut body = Vec::with_capacity(64);
        for (slot, entry) in self.items.iter().enumerate() {
            if let (Some(value), Some(item)) = (entry, self.category.item_at(slot)) {
                present |= 1 << slot;
                encode_item(item, value, &mut body)?;
            }
        }
        if present == 0 {
            return Err(EncodeError::EmptyRecord);
        }
        out.extend(presence_octets(present));
        out.append(&mut body);
        Ok(())
    }

    /// The values by slot, `None` for items that the record does not have.
    #[must_use]
    pub fn values(&self) -> &[Option<Value>] {
        &self.items
    }

    fn field(&mut self, path: &str) -> Result<(&'static Field, &mut Option<Value>), EncodeError> {
        let category = self.category.number;
        match self.entry(path)? {
            (Place::Field(field), entry) => Ok((field, entry)),
            (Place::Item, _) => Err(EncodeError::NoSuchField { category, path: path.to_owned() }),
        }
    }

    fn entry(&mut self, path: &str) -> Result<(Place, &mut Option<Value>), EncodeError> {
        let category = self.category.number;
        let missing = || EncodeError::NoSuchField { category, path: path.to_owned() };
        let (name, rest) = path.split_once('/').unwrap_or((path, ""));
        let slot = self.category.slot_of(name).ok_or_else(missing)?;
        let item = self.category.item_at(slot).ok_or_else(missing)?;
        let entry = self.items.get_mut(slot).ok_or_else(missing)?;
        descend(&item.shape, rest, entry).ok_or_else(missing)
    }
}

/// What a path leads to.
enum Place {
    Field(&'static Field),
    Item,
}

/// Follows a path into an item, making the groups on the way.
fn descend<'v>(
    shape: &'static Shape,
    path: &str,
    entry: &'v mut Option<Value>,
) -> Option<(Place, &'v mut Option<Value>)> {
    match shape {
        Shape::Fixed([only]) if path.is_empty() && only.name.is_empty() => Some((Place::Field(only), entry)),
        _ if path.is_empty() => Some((Place::Item, entry)),
        Shape::Fixed(fields) => descend_fields(fields.iter(), fields.len(), path, entry),
        Shape::Extended(parts) => {
            let count = parts.iter().map(|part| part.len()).sum();
            descend_fields(parts.iter().flat_map(|part| part.iter()), count, path, entry)
        }
        Shape::Compound(_, slots) => {
            let (name, rest) = path.split_once('/').unwrap_or((path, ""));
            let position = crate::spec::slot_of(slots, name)?;
            let Slot::Item(sub) = &slots[position] else {
                return None;
            };
            descend(&sub.shape, rest, member(entry, slots.len(), position)?)
        }
        Shape::Explicit(Some(contents)) => descend(contents, path, entry),
        Shape::Explicit(None) | Shape::Repetitive(_) | Shape::RepetitiveFx(_) => None,
    }
}

fn descend_fields<'v>(
    mut fields: impl Iterator<Item = &'static Field>,
    count: usize,
    path: &str,
    entry: &'v mut Option<Value>,
) -> Option<(Place, &'v mut Option<Value>)> {
    let (name, rest) = path.split_once('/').unwrap_or((path, ""));
    let mut position = 0;
    let field = fields.find(|field| {
        position += 1;
        !field.is_spare() && field.name == name
    })?;
    let entry = member(entry, count, position - 1)?;
    match field.kind {
        Kind::Group(inner) => descend_fields(inner.iter(), inner.len(), rest, entry),
        _ if rest.is_empty() => Some((Place::Field(field), entry)),
        _ => None,
    }
}

/// One entry of a group of `count`, which is made when the value is absent.
fn member(entry: &mut Option<Value>, count: usize, position: usize) -> Option<&mut Option<Value>> {
    match entry.get_or_insert_with(|| Value::Group(Vec::new())) {
        Value::Group(entries) => {
            if entries.len() < count {
                entries.resize(count, None);
            }
            entries.get_mut(position)
        }
        _ => None,
    }
}

fn out_of_range(path: &str, value: f64, field: &Field, lsb: f64) -> EncodeError {
    EncodeError::OutOfRange { path: path.to_owned(), value, bits: field.bits, lsb }
}

/// The raw bits nearest to a number of steps, `None` beyond the range.
fn to_raw(steps: f64, bits: u16, signed: bool) -> Option<u64> {
    let width = usize::from(bits);
    let (least, most) =
        if signed { (-((mask(width - 1) + 1) as f64), mask(width - 1) as f64) } else { (0.0, mask(width) as f64) };
    let rounded = steps.round();
    (least..=most).contains(&rounded).then(|| {
        let raw = rounded as i128 as u64 & mask(width);
        debug_assert!(!signed || sign_extend(raw, width) as f64 == rounded);
        raw
    })
}

fn octal_bits(text: &str, bits: u16) -> Option<u64> {
    let right_length = text.len() == usize::from(bits / 3);
    let digits = text.bytes().all(|c| c.is_ascii_digit());
    (right_length && digits).then(|| u64::from_str_radix(text, 8).ok()).flatten()
}

fn icao_bits(text: &str, bits: u16) -> Option<u64> {
    let count = usize::from(bits / 6);
    if text.len() > count {
        return None;
    }
    let padded = text.bytes().chain(core::iter::repeat(b' ')).take(count);
    padded.map(icao_code).try_fold(0, |all, code| Some(all << 6 | u64::from(code?)))
}

fn ascii_bits(text: &str, bits: u16) -> Option<u64> {
    let count = usize::from(bits / 8);
    let printable = text.bytes().all(|c| (b' '..=b'~').contains(&c));
    if !printable || text.len() > count {
        return None;
    }
    let padded = text.bytes().chain(core::iter::repeat(b' ')).take(count);
    Some(padded.fold(0, |all, code| all << 8 | u64::from(code)))
}

/// A data block under construction.
///
/// ```
/// use parapet_asterix::{BlockBuilder, CAT034};
/// let mut block = BlockBuilder::new(&CAT034);
/// block.record().raw("000", 1)?.quantity("030", 33_499.5)?;
/// assert_eq!(block.finish()?, [34, 0, 8, 0x60, 1, 0x41, 0x6D, 0xC0]);
/// # Ok::<(), parapet_asterix::EncodeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct BlockBuilder {
    category: &'static Category,
    records: Vec<RecordBuilder>,
    octets: Vec<u8>,
}

impl BlockBuilder {
    /// A block without records.
    #[must_use]
    pub fn new(category: &'static Category) -> Self {
        Self { category, records: Vec::new(), octets: Vec::new() }
    }

    /// Begins another record and gives it to be filled.
    pub fn record(&mut self) -> &mut RecordBuilder {
        let last = self.records.len();
        self.records.push(RecordBuilder::new(self.category));
        &mut self.records[last]
    }

    /// Adds a record that is built already.
    pub fn push(&mut self, record: RecordBuilder) {
        self.records.push(record);
    }

    /// The block's octets: header, then the records in the order in which they were begun.
    ///
    /// # Errors
    /// As [`RecordBuilder::encode`]; and a block of more than 65,535 octets.
    pub fn finish(mut self) -> Result<Vec<u8>, EncodeError> {
        for record in &self.records {
            record.encode(&mut self.octets)?;
        }
        block(self.category, &self.octets)
    }
}

/// A data block around records that are encoded already.
///
/// # Errors
/// A block of more than 65,535 octets.
pub fn block(category: &Category, records: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let count = records.len() + HEADER_LEN;
    let length = u16::try_from(count).map_err(|_| EncodeError::TooLong { what: "data block", count, max: 65_535 })?;
    let mut octets = Vec::with_capacity(count);
    octets.push(category.number);
    octets.extend_from_slice(&length.to_be_bytes());
    octets.extend_from_slice(records);
    Ok(octets)
}
