//! Records drawn from a table: valid by their layout, arbitrary in their values. For fuzzing and for tests, the same
//! table thus is the grammar of what can be sent.

use crate::builder::RecordBuilder;
use crate::spec::{Category, Field, Kind, Shape, Slot};
use crate::value::Value;

/// The most repetitions that are drawn of an item; the format allows 255.
const REPETITIONS_MAX: u64 = 4;

/// Numbers drawn from octets, such as a fuzzer gives; zeros when these are used up.
#[derive(Debug, Clone)]
pub struct Dice<'a>(&'a [u8]);

impl<'a> Dice<'a> {
    /// Dice that fall as the octets say.
    #[must_use]
    pub fn new(entropy: &'a [u8]) -> Self {
        Self(entropy)
    }

    /// Whether the octets are used up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A number below `limit` (0 for a limit of 0).
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit <= 1 {
            return 0;
        }
        let octets = (64 - (limit - 1).leading_zeros() as usize).div_ceil(8);
        self.bits(8 * octets) % limit
    }

    fn bits(&mut self, bits: usize) -> u64 {
        let count = bits.div_ceil(8).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        self.0 = later;
        let all = now.iter().fold(0, |all, octet| all << 8 | u64::from(*octet));
        all & crate::bits::mask(bits)
    }
}

/// A record with at least one item. Its values are as decoding gives them: encoding and decoding change nothing.
///
/// ```
/// use parapet_asterix::{CAT062, BlockBuilder, examine, grammar};
/// let record = grammar::record(&CAT062, &mut grammar::Dice::new(&[7; 200]));
/// let mut block = BlockBuilder::new(&CAT062);
/// block.push(record);
/// assert_eq!(examine(&block.finish()?).records, 1);
/// # Ok::<(), parapet_asterix::EncodeError>(())
/// ```
#[must_use]
pub fn record(category: &'static Category, dice: &mut Dice<'_>) -> RecordBuilder {
    let mut record = RecordBuilder::new(category);
    // About a third of the items, so that long UAPs do not make every record long; none when the octets are used up.
    for (slot, entry) in category.uap.iter().enumerate() {
        let Slot::Item(item) = entry else { continue };
        let twin = category.twin.filter(|_| slot == 1);
        if slot != 0 && twin.is_none() && dice.below(3) != 1 {
            continue;
        }
        let mut value = fitting(&item.shape, value(&item.shape, dice));
        if let (Some(twin), Value::Group(entries)) = (twin, &mut value)
            && let Some(first) = entries.first_mut()
        {
            *first = Some(Value::Raw(twin.bit.into()));
        }
        // The item is of this very table, so that it can be set.
        let _ = record.set(item.short(), value);
    }
    record
}

/// An expansion field may come out longer than its length octet can say: then a short one instead.
fn fitting(shape: &Shape, value: Value) -> Value {
    /// Octets that the longest explicit item has, less room for presence octets and for values of a few bits.
    const VALUES_MAX: usize = 60;
    match shape {
        Shape::Explicit(_) if count(&value) > VALUES_MAX => Value::Bytes(vec![0xFF]),
        _ => value,
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Raw(_) => 1,
        Value::Group(entries) => entries.iter().flatten().map(count).sum(),
        Value::List(list) => list.iter().map(count).sum(),
        Value::Bytes(bytes) => bytes.len(),
    }
}

fn value(shape: &Shape, dice: &mut Dice<'_>) -> Value {
    match shape {
        Shape::Fixed(fields) => of_fields(fields, dice),
        Shape::Extended(parts) => {
            let sent = 1 + dice.below(parts.len() as u64) as usize;
            let fields = parts[..sent].iter().flat_map(|part| part.iter());
            Value::Group(fields.map(|field| of_field(field, dice)).collect())
        }
        Shape::Repetitive(fields) | Shape::RepetitiveFx(fields) => {
            let repetitions = 1 + dice.below(REPETITIONS_MAX);
            Value::List((0..repetitions).map(|_| of_fields(fields, dice)).collect())
        }
        Shape::Compound(_, slots) => Value::Group(slots.iter().map(|slot| of_slot(slot, dice)).collect()),
        Shape::Explicit(Some(contents)) => value(contents, dice),
        Shape::Explicit(None) => {
            let length = dice.below(8);
            Value::Bytes((0..length).map(|_| dice.below(256) as u8).collect())
        }
    }
}

fn of_slot(slot: &Slot, dice: &mut Dice<'_>) -> Option<Value> {
    match slot {
        Slot::Item(sub) if dice.below(3) == 1 => Some(value(&sub.shape, dice)),
        _ => None,
    }
}

fn of_fields(fields: &[Field], dice: &mut Dice<'_>) -> Value {
    match fields {
        [only] => of_field(only, dice).unwrap_or(Value::Raw(0)),
        _ => Value::Group(fields.iter().map(|field| of_field(field, dice)).collect()),
    }
}

fn of_field(field: &Field, dice: &mut Dice<'_>) -> Option<Value> {
    match field.kind {
        Kind::Spare => None,
        Kind::Group(inner) => Some(Value::Group(inner.iter().map(|field| of_field(field, dice)).collect())),
        _ => Some(Value::Raw(dice.bits(usize::from(field.bits)))),
    }
}
