//! Frames: four bytes of length, little-endian, then the message (BSI Flex 335 v2, as its reference implementation frames it).

use crate::limits::Limits;

/// Bytes of the length in front of a message.
const HEAD: usize = 4;

/// A length that no message may have. What follows it cannot be told apart, so the connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {length} bytes, and at most {max} are taken")]
pub struct TooLong {
    /// The length that was announced.
    pub length: u32,
    /// The longest that is taken.
    pub max: u32,
}

/// A message with its length in front.
#[must_use]
pub fn framed(message: &[u8]) -> Vec<u8> {
    // Whatever is longer than 4 GiB is refused by every peer; ours are a few hundred bytes.
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes(), message].concat()
}

/// Cuts a stream of bytes into messages. Holds at most one message, and no more of it than has come.
#[derive(Clone, Debug)]
pub struct FrameReader {
    max: u32,
    held: Vec<u8>,
    /// Where what has not been given out begins.
    start: usize,
}

impl FrameReader {
    /// A reader at the beginning of a stream.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        FrameReader { max: limits.frame_bytes_max, held: Vec::new(), start: 0 }
    }

    /// From now on takes messages up to these limits.
    pub fn allow(&mut self, limits: &Limits) {
        self.max = limits.frame_bytes_max;
    }

    /// Takes bytes as they come. Ask for messages until there is none before more is given.
    pub fn take(&mut self, bytes: &[u8]) {
        self.held.drain(..self.start);
        self.start = 0;
        self.held.extend_from_slice(bytes);
    }

    /// The next whole message; `None` until more bytes come.
    ///
    /// # Errors
    /// When the next one is too long, and then for good.
    pub fn message(&mut self) -> Result<Option<&[u8]>, TooLong> {
        let waiting = self.held.get(self.start..).unwrap_or_default();
        let Some((head, rest)) = waiting.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*head);
        if length > self.max {
            return Err(TooLong { length, max: self.max });
        }
        let Some(message) = rest.get(..length as usize) else {
            return Ok(None);
        };
        self.start += HEAD + message.len();
        Ok(Some(message))
    }

    /// Whether a message has begun and not ended: what a deadline is for.
    #[must_use]
    pub fn is_amid(&self) -> bool {
        self.start < self.held.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_anywhere_the_messages_are_the_same() {
        let stream = [framed(b"one"), framed(b""), framed(b"three")].concat();
        for cut in 0..=stream.len() {
            let mut reader = FrameReader::new(&Limits::DEFAULT);
            let mut found = Vec::new();
            for part in [&stream[..cut], &stream[cut..]] {
                reader.take(part);
                while let Some(message) = reader.message().unwrap() {
                    found.push(message.to_vec());
                }
            }
            assert_eq!(found, [b"one".to_vec(), Vec::new(), b"three".to_vec()], "cut at {cut}");
            assert!(!reader.is_amid());
        }
    }

    #[test]
    fn a_length_is_not_believed() {
        let mut reader = FrameReader::new(&Limits::DEFAULT);
        reader.take(&[0, 0, 0, 0x80]);
        assert_eq!(reader.message(), Err(TooLong { length: 1 << 31, max: 1 << 20 }));
        let mut reader = FrameReader::new(&Limits::DEFAULT);
        reader.take(&[0xFF, 0xFF, 0x0F, 0]);
        assert_eq!(reader.message(), Ok(None));
        assert!(reader.is_amid());
        assert!(reader.held.capacity() < 100, "a length alone must not take memory");
    }
}
