//! The heights of a file, chunk by chunk as they are asked for.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use tiff::decoder::{Decoder, DecodingResult};

use crate::ElevationError;

/// Largest chunk, and most that is kept of all chunks, octets.
pub(crate) const CHUNK_BYTES_MAX: u64 = 64 * 1024 * 1024;
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// What a height on the Earth can be, metres; everything else is none.
const HEIGHT_M: (f32, f32) = (-500.0, 9_000.0);

/// The heights of a file.
pub(crate) struct Pixels<R: Read + Seek> {
    decoder: Decoder<R>,
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    chunk_columns: u32,
    chunk_rows: u32,
    chunks_across: u32,
    nothing: Option<f64>,
    kept: BTreeMap<u32, Chunk>,
    kept_bytes: usize,
    clock: u64,
    /// Chunks that were read.
    pub(crate) chunks_read: u64,
}

struct Chunk {
    used: u64,
    columns: u32,
    /// Not a number where there is no height.
    heights_m: Vec<f32>,
}

impl<R: Read + Seek> Pixels<R> {
    /// `nothing` is the value that stands for no height.
    pub(crate) fn new(mut decoder: Decoder<R>, nothing: Option<f64>) -> Result<Self, ElevationError> {
        let (columns, rows) = decoder.dimensions()?;
        let (chunk_columns, chunk_rows) = decoder.chunk_dimensions();
        // A strip is as high as it says, however low the image is.
        let (chunk_columns, chunk_rows) = (chunk_columns.min(columns.max(1)), chunk_rows.min(rows.max(1)));
        if columns == 0 || rows == 0 || chunk_columns == 0 || chunk_rows == 0 {
            return Err(ElevationError::Unreadable("it has no pixels".into()));
        }
        let octets = u64::from(chunk_columns) * u64::from(chunk_rows) * 4;
        if octets > CHUNK_BYTES_MAX {
            return Err(ElevationError::Chunk(octets));
        }
        Ok(Pixels {
            decoder,
            columns,
            rows,
            chunk_columns,
            chunk_rows,
            chunks_across: columns.div_ceil(chunk_columns),
            nothing,
            kept: BTreeMap::new(),
            kept_bytes: 0,
            clock: 0,
            chunks_read: 0,
        })
    }

    /// The height of a pixel, metres; `None` outside the file and where it knows none.
    ///
    /// # Errors
    /// When its chunk cannot be read.
    pub(crate) fn height_m(&mut self, column: i64, row: i64) -> Result<Option<f32>, ElevationError> {
        let (Ok(column), Ok(row)) = (u32::try_from(column), u32::try_from(row)) else { return Ok(None) };
        if column >= self.columns || row >= self.rows {
            return Ok(None);
        }
        let number = (row / self.chunk_rows) * self.chunks_across + column / self.chunk_columns;
        self.clock += 1;
        if !self.kept.contains_key(&number) {
            self.read(number)?;
        }
        let Some(chunk) = self.kept.get_mut(&number) else { return Ok(None) };
        chunk.used = self.clock;
        let (column, row) = (column % self.chunk_columns, row % self.chunk_rows);
        let place = row as usize * chunk.columns as usize + column as usize;
        let height_m = chunk.heights_m.get(place).copied().filter(|_| column < chunk.columns);
        Ok(height_m.filter(|height_m| !height_m.is_nan()))
    }

    fn read(&mut self, number: u32) -> Result<(), ElevationError> {
        let (columns, _) = self.decoder.chunk_data_dimensions(number);
        let nothing = self.nothing;
        let heights_m = heights_m(self.decoder.read_chunk(number)?, nothing)?;
        self.chunks_read += 1;
        self.kept_bytes += heights_m.len() * 4;
        self.kept.insert(number, Chunk { used: self.clock, columns, heights_m });
        while self.kept_bytes > KEPT_BYTES_MAX && self.kept.len() > 1 {
            let Some(oldest) = self.kept.iter().min_by_key(|(_, chunk)| chunk.used).map(|(number, _)| *number) else {
                break;
            };
            let gone = self.kept.remove(&oldest).map_or(0, |chunk| chunk.heights_m.len() * 4);
            self.kept_bytes -= gone;
        }
        Ok(())
    }
}

/// The values of a chunk as heights.
fn heights_m(values: DecodingResult, nothing: Option<f64>) -> Result<Vec<f32>, ElevationError> {
    match values {
        DecodingResult::I16(values) => Ok(known(values, nothing)),
        DecodingResult::F32(values) => Ok(known(values, nothing)),
        DecodingResult::U16(values) => Ok(known(values, nothing)),
        DecodingResult::U8(values) => Ok(known(values, nothing)),
        DecodingResult::I8(values) => Ok(known(values, nothing)),
        DecodingResult::I32(values) => Ok(known(values, nothing)),
        DecodingResult::U32(values) => Ok(known(values, nothing)),
        DecodingResult::F64(values) => Ok(known(values, nothing)),
        _ => Err(ElevationError::Unsupported("its values are of a kind that heights are not written in".into())),
    }
}

fn known<T: Into<f64>>(values: Vec<T>, nothing: Option<f64>) -> Vec<f32> {
    let height_m = |value: T| {
        let value: f64 = value.into();
        // The tag holds a decimal text, of which a single-precision value keeps seven digits.
        let is_nothing = nothing.is_some_and(|nothing| value == nothing || value as f32 == nothing as f32);
        let height_m = value as f32;
        if is_nothing || !(HEIGHT_M.0..=HEIGHT_M.1).contains(&height_m) { f32::NAN } else { height_m }
    };
    values.into_iter().map(height_m).collect()
}
