//! A GeoTIFF file: what it says of itself.

use core::fmt;
use std::io::{Read, Seek};

use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;

use crate::georeference::{Georeference, Tags};
use crate::keys::Keys;
use crate::pixels::{CHUNK_BYTES_MAX, Pixels};
use crate::{ElevationError, VerticalDatum};

/// Most octets of one value of the file's directory: the places of four million chunks.
const TAG_BYTES_MAX: usize = 32 * 1024 * 1024;
/// GDAL's own metadata, in XML.
const GDAL_METADATA: Tag = Tag::Unknown(42_112);

/// A digital elevation model in a GeoTIFF file.
pub struct ElevationModel<R: Read + Seek> {
    pub(crate) pixels: Pixels<R>,
    pub(crate) reference: Georeference,
    vertical: VerticalDatum,
}

/// What a file covers: two of its corners, in its own coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Its first corner, north-west as a rule, in words.
    pub from: String,
    /// The opposite one.
    pub to: String,
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

impl<R: Read + Seek> ElevationModel<R> {
    /// Reads what a file says of itself; its heights are read later, as far as they are asked for.
    ///
    /// # Errors
    /// When it is no GeoTIFF that is read here; [`ElevationError::remedy`] says what to do.
    pub fn open(file: R) -> Result<Self, ElevationError> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = CHUNK_BYTES_MAX as usize * 2;
        limits.intermediate_buffer_size = CHUNK_BYTES_MAX as usize * 2;
        limits.ifd_value_size = TAG_BYTES_MAX;
        let mut decoder = Decoder::new(file)?.with_limits(limits);
        let bands = decoder.find_tag_unsigned::<u16>(Tag::SamplesPerPixel)?.unwrap_or(1);
        if bands != 1 {
            return Err(ElevationError::Bands(bands));
        }
        let keys = keys(&mut decoder)?;
        let tags = Tags {
            scale: numbers(&mut decoder, Tag::ModelPixelScaleTag)?,
            tiepoints: numbers(&mut decoder, Tag::ModelTiepointTag)?,
            transformation: numbers(&mut decoder, Tag::ModelTransformationTag)?,
        };
        let reference = Georeference::new(&tags, &keys)?;
        let metadata = text(&mut decoder, GDAL_METADATA)?.unwrap_or_default();
        if metadata.contains("role=\"scale\"") || metadata.contains("role=\"offset\"") {
            return Err(ElevationError::Scaled);
        }
        let nothing = text(&mut decoder, Tag::GdalNodata)?.and_then(|text| text.trim().parse().ok());
        let pixels = Pixels::new(decoder, nothing)?;
        Ok(ElevationModel { pixels, reference, vertical: keys.vertical })
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        (self.pixels.columns, self.pixels.rows)
    }

    /// What its heights are counted from.
    #[must_use]
    pub fn vertical(&self) -> VerticalDatum {
        self.vertical
    }

    /// What it covers, from the middle of its first pixel to that of its last.
    #[must_use]
    pub fn extent(&self) -> Extent {
        let (columns, rows) = self.size();
        let to = self.reference.shown(f64::from(columns - 1), f64::from(rows - 1));
        Extent { from: self.reference.shown(0.0, 0.0), to }
    }

    /// How far its heights lie apart at a latitude, metres: the shorter of both ways.
    #[must_use]
    pub fn spacing_m(&self, lat_deg: f64) -> f64 {
        let (across_m, down_m) = self.reference.pixel_m(lat_deg);
        across_m.min(down_m)
    }
}

fn keys<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<Keys, ElevationError> {
    let directory = decoder.find_tag(Tag::GeoKeyDirectoryTag)?.ok_or(ElevationError::Nowhere)?;
    Keys::read(&directory.into_u16_vec()?)
}

fn numbers<R: Read + Seek>(decoder: &mut Decoder<R>, tag: Tag) -> Result<Vec<f64>, ElevationError> {
    Ok(decoder.find_tag(tag)?.map_or_else(|| Ok(Vec::new()), tiff::decoder::ifd::Value::into_f64_vec)?)
}

fn text<R: Read + Seek>(decoder: &mut Decoder<R>, tag: Tag) -> Result<Option<String>, ElevationError> {
    Ok(decoder.find_tag(tag)?.map(tiff::decoder::ifd::Value::into_string).transpose()?)
}
