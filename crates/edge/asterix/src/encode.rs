//! Values to octets, by the same tables.

use crate::bits::{BitWriter, mask};
use crate::error::EncodeError;
use crate::spec::{Field, Item, Kind, Presence, Shape, Slot, bits_of};
use crate::value::Value;

/// Appends an item with the given values.
///
/// # Errors
/// When the value does not have the item's structure or a number does not fit into its bits.
pub fn encode_item(item: &'static Item, value: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    encode_shape(item, &item.shape, value, out)
}

fn encode_shape(item: &'static Item, shape: &Shape, value: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match (shape, value) {
        (Shape::Fixed(fields), value) => {
            let mut bits = BitWriter::default();
            encode_fields(item, fields, value, &mut bits)?;
            out.extend_from_slice(bits.octets());
            Ok(())
        }
        (Shape::Extended(parts), Value::Group(entries)) => extended(item, parts, entries, out),
        (Shape::Repetitive(fields), Value::List(list)) => repetitive(item, fields, list, out),
        (Shape::RepetitiveFx(fields), Value::List(list)) => repetitive_fx(item, fields, list, out),
        (Shape::Compound(presence, slots), Value::Group(entries)) => compound(item, *presence, slots, entries, out),
        (Shape::Explicit(contents), value) => explicit(item, *contents, value, out),
        _ => Err(EncodeError::Structure { item: item.name }),
    }
}

/// Fields one after another; a lone nameless field takes the value itself.
fn encode_fields(
    item: &'static Item,
    fields: &[Field],
    value: &Value,
    bits: &mut BitWriter,
) -> Result<(), EncodeError> {
    match value {
        Value::Raw(_) if fields.len() == 1 => encode_field(item, &fields[0], Some(value), bits),
        Value::Group(entries) if entries.len() <= fields.len() => {
            for (i, field) in fields.iter().enumerate() {
                encode_field(item, field, entries.get(i).and_then(Option::as_ref), bits)?;
            }
            Ok(())
        }
        _ => Err(EncodeError::Structure { item: item.name }),
    }
}

fn encode_field(
    item: &'static Item,
    field: &Field,
    value: Option<&Value>,
    bits: &mut BitWriter,
) -> Result<(), EncodeError> {
    let width = usize::from(field.bits);
    match (field.kind, value) {
        (_, None) => bits.push(0, width),
        (Kind::Group(fields), Some(group @ Value::Group(_))) => {
            encode_fields(item, fields, group, bits)?;
        }
        (Kind::Group(_), _) => return Err(EncodeError::Structure { item: item.name }),
        (_, Some(Value::Raw(raw))) => {
            if *raw > mask(width) {
                return Err(EncodeError::OutOfRange {
                    path: format!("{}/{}", item.name, field.name),
                    value: *raw as f64,
                    bits: field.bits,
                    lsb: 1.0,
                });
            }
            bits.push(*raw, width);
        }
        _ => return Err(EncodeError::Structure { item: item.name }),
    }
    Ok(())
}

fn extended(
    item: &'static Item,
    parts: &[&[Field]],
    entries: &[Option<Value>],
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let used = entries.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let mut first = 0;
    for (number, part) in parts.iter().enumerate() {
        let end = first + part.len();
        let here = entries.get(first..end.min(entries.len())).unwrap_or_default();
        let mut bits = BitWriter::default();
        for (i, field) in part.iter().enumerate() {
            encode_field(item, field, here.get(i).and_then(Option::as_ref), &mut bits)?;
        }
        let more = used > end && number + 1 < parts.len();
        if !bits_of(part).is_multiple_of(8) {
            bits.push(u64::from(more), 1);
        }
        out.extend_from_slice(bits.octets());
        if !more {
            break;
        }
        first = end;
    }
    let defined: usize = parts.iter().map(|part| part.len()).sum();
    if used > defined { Err(EncodeError::Structure { item: item.name }) } else { Ok(()) }
}

fn repetitive(item: &'static Item, fields: &[Field], list: &[Value], out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let count =
        u8::try_from(list.len()).map_err(|_| EncodeError::TooLong { what: item.name, count: list.len(), max: 255 })?;
    out.push(count);
    let mut bits = BitWriter::default();
    for value in list {
        encode_fields(item, fields, value, &mut bits)?;
    }
    out.extend_from_slice(bits.octets());
    Ok(())
}

fn repetitive_fx(item: &'static Item, fields: &[Field], list: &[Value], out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if list.is_empty() {
        return Err(EncodeError::Structure { item: item.name });
    }
    let mut bits = BitWriter::default();
    for (i, value) in list.iter().enumerate() {
        encode_fields(item, fields, value, &mut bits)?;
        bits.push(u64::from(i + 1 < list.len()), 1);
    }
    out.extend_from_slice(bits.octets());
    Ok(())
}

fn compound(
    item: &'static Item,
    presence: Presence,
    slots: &'static [Slot],
    entries: &[Option<Value>],
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut present = 0;
    let mut contents = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let Some(value) = entry else { continue };
        let Some(Slot::Item(sub)) = slots.get(position) else {
            return Err(EncodeError::Structure { item: item.name });
        };
        present |= 1 << position;
        encode_item(sub, value, &mut contents)?;
    }
    match presence {
        Presence::Chained => out.extend(presence_octets(present)),
        Presence::Octets(octets) => {
            for octet in 0..usize::from(octets) {
                out.push(((present >> (8 * octet)) as u8).reverse_bits());
            }
        }
    }
    out.append(&mut contents);
    Ok(())
}

fn explicit(
    item: &'static Item,
    contents: Option<&'static Shape>,
    value: &Value,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut octets = Vec::new();
    match (contents, value) {
        (_, Value::Bytes(bytes)) => octets.extend_from_slice(bytes),
        (Some(shape), value) => encode_shape(item, shape, value, &mut octets)?,
        (None, _) => return Err(EncodeError::Structure { item: item.name }),
    }
    let length = octets.len() + 1;
    let octet = u8::try_from(length).map_err(|_| EncodeError::TooLong { what: item.name, count: length, max: 255 })?;
    out.push(octet);
    out.append(&mut octets);
    Ok(())
}

/// Presence bits as octets of seven slots, the eighth bit set in all but the last: the FSPEC of a
/// record, or the presence octets of a chained compound. No octet follows the last one needed.
pub(crate) fn presence_octets(present: u64) -> impl Iterator<Item = u8> {
    let highest = 64 - present.leading_zeros() as usize;
    let octets = highest.div_ceil(7).max(1);
    (0..octets).map(move |octet| {
        let seven = (present >> (7 * octet)) as u8 & 0x7F;
        seven.reverse_bits() | u8::from(octet + 1 < octets)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presence_bits_become_as_few_octets_as_they_need() {
        let octets = |present| presence_octets(present).collect::<Vec<_>>();
        assert_eq!(octets(0b1), [0x80]);
        assert_eq!(octets(0b1000000), [0x02]);
        assert_eq!(octets(0b1000_0000), [0x01, 0x80]);
        assert_eq!(octets(1 << 27 | 1), [0x81, 0x01, 0x01, 0x02]);
        assert_eq!(octets(0), [0x00]);
    }
}
