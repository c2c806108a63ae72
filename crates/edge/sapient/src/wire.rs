//! Protobuf's wire format, read in place: nothing is allocated, and no length from outside is believed before the bytes are
//! there.

/// Why bytes are no protobuf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The bytes end inside a value.
    #[error("the bytes end inside a value")]
    Cut,
    /// A number of more than 64 bits.
    #[error("a number has more than 64 bits")]
    LongNumber,
    /// Field number 0, or beyond 29 bits.
    #[error("a field has an impossible number")]
    FieldNumber,
    /// A group or an unknown wire type; this schema has neither.
    #[error("a field has a wire type that the standard does not use")]
    WireType,
}

/// One value as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wire<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Fixed32([u8; 4]),
    Block(&'a [u8]),
}

/// Cuts bytes into fields.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Fields { rest: bytes }
    }

    /// The next field's number and value; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Wire<'a>)>, WireError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number));
        let number = number.ok_or(WireError::FieldNumber)?;
        let value = match tag & 7 {
            0 => Wire::Varint(self.varint()?),
            1 => Wire::Fixed64(self.array()?),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| WireError::Cut)?;
                let (block, rest) = self.rest.split_at_checked(length).ok_or(WireError::Cut)?;
                self.rest = rest;
                Wire::Block(block)
            }
            5 => Wire::Fixed32(self.array()?),
            _ => return Err(WireError::WireType),
        };
        Ok(Some((number, value)))
    }

    /// The next number of a packed list; `None` at its end.
    pub(crate) fn next_packed(&mut self) -> Result<Option<u64>, WireError> {
        if self.rest.is_empty() { Ok(None) } else { self.varint().map(Some) }
    }

    fn varint(&mut self) -> Result<u64, WireError> {
        let mut value = 0;
        for place in 0..10 {
            let (&byte, rest) = self.rest.split_first().ok_or(WireError::Cut)?;
            self.rest = rest;
            // The tenth byte has room for one bit.
            if place == 9 && byte > 1 {
                return Err(WireError::LongNumber);
            }
            value |= u64::from(byte & 0x7F) << (7 * place);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(WireError::LongNumber)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(WireError::Cut)?;
        self.rest = rest;
        Ok(*bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(bytes: &[u8]) -> Result<Option<(u32, Wire<'_>)>, WireError> {
        Fields::of(bytes).next()
    }

    #[test]
    fn values_of_each_kind() {
        assert_eq!(first(&[]), Ok(None));
        assert_eq!(first(&[0x08, 0x96, 0x01]), Ok(Some((1, Wire::Varint(150)))));
        assert_eq!(first(&[0x12, 2, b'o', b'k']), Ok(Some((2, Wire::Block(b"ok")))));
        assert_eq!(first(&[0x1D, 0, 0, 0x80, 0x3F]), Ok(Some((3, Wire::Fixed32([0, 0, 0x80, 0x3F])))));
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(first(&[0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]), Err(WireError::Cut));
        assert_eq!(first(&[0x08; 1]), Err(WireError::Cut));
        assert_eq!(first(&[0x00, 0x00]), Err(WireError::FieldNumber));
        assert_eq!(first(&[0x0B]), Err(WireError::WireType));
        assert_eq!(first(&[0xFF; 11]), Err(WireError::LongNumber));
    }
}
