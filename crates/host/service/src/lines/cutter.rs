//! Whole lines out of a stream, whatever the pieces that it comes in. Holds one line at most.

use parapet_lines::LINE_BYTES_MAX;

/// What is left of a line that has not ended yet.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    rest: Vec<u8>,
    /// The line is too long already: the rest of it is thrown away.
    skipping: bool,
}

impl Cutter {
    /// Takes a piece of the stream; returns the lines that are whole now, empty where none is.
    ///
    /// Of a line that is too long its beginning is returned, so that whoever reads it refuses it for that.
    pub(super) fn take(&mut self, mut piece: &[u8]) -> Vec<u8> {
        if self.skipping {
            let Some(end) = piece.iter().position(|byte| *byte == b'\n') else { return Vec::new() };
            (piece, self.skipping) = (&piece[end + 1..], false);
        }
        let mut lines = core::mem::take(&mut self.rest);
        lines.extend_from_slice(piece);
        let whole = lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        self.rest = lines.split_off(whole);
        if self.rest.len() > LINE_BYTES_MAX {
            self.rest.truncate(LINE_BYTES_MAX + 1);
            lines.append(&mut self.rest);
            lines.push(b'\n');
            self.skipping = true;
        }
        lines
    }

    /// What is left at the end of the stream.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_from_any_pieces() {
        let text = b"one\ntwo two\n\nthree";
        for size in 1..text.len() {
            let mut cutter = Cutter::default();
            let mut all: Vec<u8> = text.chunks(size).flat_map(|piece| cutter.take(piece)).collect();
            assert!(all.is_empty() || all.ends_with(b"\n"), "{size}");
            all.extend(cutter.finish());
            assert_eq!(all, text, "{size}");
        }
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut cutter = Cutter::default();
        let told: usize = (0..1_000).map(|_| cutter.take(&[b'x'; 1_000]).len()).sum();
        assert_eq!(told, LINE_BYTES_MAX + 2, "its beginning, once");
        assert!(cutter.rest.capacity() <= 2 * LINE_BYTES_MAX, "{}", cutter.rest.capacity());
        assert_eq!(cutter.take(b"xx\nnext\n"), b"next\n");
    }
}
