//! Where an item ends: lengths found by walking the octets, without reading any value.

use crate::error::Fault;
use crate::spec::{Field, Item, Presence, Shape, Slot, bits_of};

/// A fault at an offset from the first octet that was walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FaultAt {
    pub(crate) offset: usize,
    pub(crate) fault: Fault,
}

impl FaultAt {
    const fn new(offset: usize, fault: Fault) -> Self {
        Self { offset, fault }
    }

    const fn later(self, by: usize) -> Self {
        Self { offset: self.offset + by, fault: self.fault }
    }
}

/// Octets that an item takes at the front of `bytes`. Most are of a fixed length, which the table knows beforehand.
#[inline]
pub(crate) fn item(item: &Item, bytes: &[u8]) -> Result<usize, FaultAt> {
    match &item.shape {
        Shape::Fixed(_) => need(item.octets, bytes),
        Shape::Extended(parts) if item.stride == 1 => octets_with_fx(parts.len(), bytes),
        Shape::Repetitive(_) => counted(item.stride, bytes),
        shape => length(shape, bytes),
    }
}

/// An extended item whose parts are one octet each.
#[inline]
fn octets_with_fx(parts: usize, bytes: &[u8]) -> Result<usize, FaultAt> {
    for end in 1..=parts {
        let Some(octet) = bytes.get(end - 1) else {
            return Err(FaultAt::new(end - 1, Fault::Truncated { needed: 1, available: 0 }));
        };
        if octet & 1 == 0 {
            return Ok(end);
        }
    }
    Err(FaultAt::new(parts - 1, Fault::UndefinedExtension { defined: parts }))
}

/// Octets that an item of this shape takes at the front of `bytes`.
pub(crate) fn length(shape: &Shape, bytes: &[u8]) -> Result<usize, FaultAt> {
    match *shape {
        Shape::Fixed(fields) => need(bits_of(fields) / 8, bytes),
        Shape::Extended(parts) => extended(parts, bytes),
        Shape::Repetitive(fields) => counted(bits_of(fields) / 8, bytes),
        Shape::RepetitiveFx(fields) => repetitive_fx(fields, bytes),
        Shape::Compound(presence, slots) => compound(presence, slots, bytes),
        Shape::Explicit(_) => explicit(bytes),
    }
}

/// As [`length`], and the octets must end there: the contents of an explicit item.
pub(crate) fn exactly(shape: &Shape, bytes: &[u8]) -> Result<(), FaultAt> {
    let end = length(shape, bytes)?;
    if end < bytes.len() {
        return Err(FaultAt::new(end, Fault::TrailingContents { count: bytes.len() - end }));
    }
    Ok(())
}

fn need(needed: usize, bytes: &[u8]) -> Result<usize, FaultAt> {
    if bytes.len() < needed {
        return Err(FaultAt::new(0, Fault::Truncated { needed, available: bytes.len() }));
    }
    Ok(needed)
}

fn extended(parts: &[&[Field]], bytes: &[u8]) -> Result<usize, FaultAt> {
    let mut end = 0;
    for part in parts {
        end += need(bits_of(part).div_ceil(8), &bytes[end..]).map_err(|e| e.later(end))?;
        let has_fx = !bits_of(part).is_multiple_of(8);
        if !has_fx || bytes[end - 1] & 1 == 0 {
            return Ok(end);
        }
    }
    Err(FaultAt::new(end - 1, Fault::UndefinedExtension { defined: parts.len() }))
}

/// A count, then that many repetitions of so many octets.
#[inline]
fn counted(stride: usize, bytes: &[u8]) -> Result<usize, FaultAt> {
    need(1, bytes)?;
    let count = usize::from(bytes[0]);
    let needed = count * stride;
    let available = bytes.len() - 1;
    if needed > available {
        return Err(FaultAt::new(0, Fault::RepetitionsBeyondBlock { count, needed, available }));
    }
    Ok(1 + needed)
}

fn repetitive_fx(fields: &[Field], bytes: &[u8]) -> Result<usize, FaultAt> {
    let octets = bits_of(fields).div_ceil(8);
    let mut end = 0;
    loop {
        end += need(octets, &bytes[end..]).map_err(|e| e.later(end))?;
        if bytes[end - 1] & 1 == 0 {
            return Ok(end);
        }
    }
}

fn explicit(bytes: &[u8]) -> Result<usize, FaultAt> {
    need(1, bytes)?;
    let declared = usize::from(bytes[0]);
    if declared == 0 {
        return Err(FaultAt::new(0, Fault::ExplicitLengthZero));
    }
    if declared > bytes.len() {
        let available = bytes.len();
        return Err(FaultAt::new(0, Fault::ExplicitBeyondBlock { declared, available }));
    }
    Ok(declared)
}

fn compound(presence: Presence, slots: &[Slot], bytes: &[u8]) -> Result<usize, FaultAt> {
    let octets = presence_octets(presence, slots.len(), bytes)?;
    let mut end = octets;
    for position in 0..octets * presence.slots_per_octet() {
        if !announced(presence, bytes, position) {
            continue;
        }
        let Some(Slot::Item(sub)) = slots.get(position) else {
            let octet = position / presence.slots_per_octet();
            return Err(FaultAt::new(octet, Fault::UndefinedSubitem { position: position + 1 }));
        };
        end += item(sub, &bytes[end..]).map_err(|e| e.later(end))?;
    }
    Ok(end)
}

/// How many presence octets there are; at most as many as the slots need.
fn presence_octets(presence: Presence, slots: usize, bytes: &[u8]) -> Result<usize, FaultAt> {
    if let Presence::Octets(octets) = presence {
        return need(usize::from(octets), bytes);
    }
    let most = slots.div_ceil(7);
    for octet in 0..most {
        need(1, &bytes[octet..]).map_err(|e| e.later(octet))?;
        if bytes[octet] & 1 == 0 {
            return Ok(octet + 1);
        }
    }
    Err(FaultAt::new(most - 1, Fault::PresenceWithoutEnd))
}

/// Whether the presence octets at the front of `bytes` announce a position (counted from 0).
pub(crate) fn announced(presence: Presence, bytes: &[u8], position: usize) -> bool {
    let per_octet = presence.slots_per_octet();
    let bit = 7 - position % per_octet;
    bytes.get(position / per_octet).is_some_and(|octet| octet >> bit & 1 == 1)
}

/// The positions that the presence octets of a compound item announce, one bit each.
#[inline]
pub(crate) fn all_announced(presence: Presence, bytes: &[u8]) -> u64 {
    let (octets, per_octet) = (presence_end(presence, bytes), presence.slots_per_octet());
    let announced = |octet: u8| match presence {
        Presence::Chained => u64::from((octet & 0xFE).reverse_bits()),
        Presence::Octets(_) => u64::from(octet.reverse_bits()),
    };
    let in_reach = bytes.iter().take(octets.min(64 / per_octet));
    in_reach.enumerate().fold(0, |all, (number, octet)| all | announced(*octet) << (per_octet * number))
}

/// Where the presence octets of a compound item that was walked before end.
pub(crate) fn presence_end(presence: Presence, bytes: &[u8]) -> usize {
    match presence {
        Presence::Octets(octets) => usize::from(octets),
        Presence::Chained => {
            let continued = bytes.iter().take_while(|octet| *octet & 1 == 1).count();
            (continued + 1).min(bytes.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::words::{compound as chained, extended, fixed, raw, repetitive, repetitive_fx};
    use crate::spec::words::{explicit, subitem};

    const OCTET: &[Field] = &[raw("A", "", 8)];
    const SEVEN: &[Field] = &[raw("A", "", 7)];

    fn fault(shape: &Shape, bytes: &[u8]) -> (usize, Fault) {
        let e = length(shape, bytes).unwrap_err();
        (e.offset, e.fault)
    }

    #[test]
    fn fixed_takes_its_octets_or_is_truncated() {
        const SHAPE: Shape = fixed(&[raw("A", "", 12), raw("B", "", 4)]);
        assert_eq!(length(&SHAPE, &[1, 2, 3]), Ok(2));
        assert_eq!(fault(&SHAPE, &[1]), (0, Fault::Truncated { needed: 2, available: 1 }));
    }

    #[test]
    fn extended_follows_fx_to_its_last_defined_part() {
        const SHAPE: Shape = extended(&[SEVEN, &[raw("B", "", 15)]]);
        assert_eq!(length(&SHAPE, &[0xFE, 9]), Ok(1));
        assert_eq!(length(&SHAPE, &[0x01, 0x01, 0x00]), Ok(3), "FX is the last bit of a part");
        assert_eq!(fault(&SHAPE, &[1, 0]), (1, Fault::Truncated { needed: 2, available: 1 }));
        assert_eq!(fault(&SHAPE, &[1, 0, 1]), (2, Fault::UndefinedExtension { defined: 2 }));
        const WHOLE_END: Shape = extended(&[SEVEN, OCTET]);
        assert_eq!(length(&WHOLE_END, &[1, 0xFF, 9]), Ok(2), "the last bit of a last part of whole octets is no FX");
    }

    #[test]
    fn repetitions_are_counted_or_chained() {
        assert_eq!(length(&repetitive(OCTET), &[2, 7, 7, 7]), Ok(3));
        assert_eq!(length(&repetitive(OCTET), &[0, 7]), Ok(1));
        let beyond = Fault::RepetitionsBeyondBlock { count: 3, needed: 3, available: 2 };
        assert_eq!(fault(&repetitive(OCTET), &[3, 7, 7]), (0, beyond));
        assert_eq!(length(&repetitive_fx(SEVEN), &[3, 5, 4, 9]), Ok(3));
        let cut = Fault::Truncated { needed: 1, available: 0 };
        assert_eq!(fault(&repetitive_fx(SEVEN), &[3, 5]), (2, cut));
    }

    #[test]
    fn compounds_take_the_subitems_that_they_announce() {
        const SHAPE: Shape = chained(&[subitem("A", "", fixed(OCTET)), Slot::Spare]);
        assert_eq!(length(&SHAPE, &[0x80, 7]), Ok(2));
        assert_eq!(length(&SHAPE, &[0x00, 7]), Ok(1));
        assert_eq!(fault(&SHAPE, &[0x80]), (1, Fault::Truncated { needed: 1, available: 0 }));
        assert_eq!(fault(&SHAPE, &[0x40]), (0, Fault::UndefinedSubitem { position: 2 }));
        assert_eq!(fault(&SHAPE, &[0x02]), (0, Fault::UndefinedSubitem { position: 7 }));
        assert_eq!(fault(&SHAPE, &[0x01, 0x00]), (0, Fault::PresenceWithoutEnd));
    }

    #[test]
    fn explicit_lengths_count_themselves() {
        assert_eq!(length(&explicit(None), &[3, 1, 2, 9]), Ok(3));
        assert_eq!(length(&explicit(None), &[1]), Ok(1));
        assert_eq!(fault(&explicit(None), &[0, 1]), (0, Fault::ExplicitLengthZero));
        let beyond = Fault::ExplicitBeyondBlock { declared: 4, available: 3 };
        assert_eq!(fault(&explicit(None), &[4, 1, 2]), (0, beyond));
        assert_eq!(fault(&explicit(None), &[]), (0, Fault::Truncated { needed: 1, available: 0 }));
    }

    #[test]
    fn contents_must_end_where_their_length_says() {
        assert_eq!(exactly(&fixed(OCTET), &[1]), Ok(()));
        let e = exactly(&fixed(OCTET), &[1, 2]).unwrap_err();
        assert_eq!((e.offset, e.fault), (1, Fault::TrailingContents { count: 1 }));
    }
}
