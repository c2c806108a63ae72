//! The map under the picture: one PMTiles file of this machine, of which a page asks for pieces.

use std::fs::File;
use std::io::{Read as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, RANGE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::unfold;
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// Length of the header, and where in it things stand (PMTiles version 3, section 3).
const HEADER: usize = 127;
const VERSION_AT: usize = 7;
const COMPRESSION_AT: usize = 98;
const KIND_AT: usize = 99;
const ZOOM_MAX_AT: usize = 101;
/// What is read and sent at once, octets.
const PIECE: u64 = 64 * 1024;
const TYPE: &str = "application/vnd.pmtiles";

/// A file of tiles that has been looked at.
#[derive(Clone, Debug)]
pub(crate) struct Basemap {
    path: Arc<PathBuf>,
    pub(crate) about: About,
}

/// What a page must know to draw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct About {
    kind: Kind,
    zoom_max: u8,
}

/// What its tiles hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Vector,
    Raster,
}

impl Basemap {
    /// # Errors
    /// When the file cannot be read, or is not what pages can draw.
    pub(crate) fn open(path: &Path) -> Result<Basemap, String> {
        let mut header = [0; HEADER];
        let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
        read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let about = about(&header).map_err(|what| format!("{}: {what}", path.display()))?;
        Ok(Basemap { path: Arc::new(path.to_owned()), about })
    }
}

fn about(header: &[u8; HEADER]) -> Result<About, String> {
    if !header.starts_with(b"PMTiles") || header[VERSION_AT] != 3 {
        return Err("this is no PMTiles file of version 3; convert it with `pmtiles convert`".to_owned());
    }
    // 0 is unknown, 1 none, 2 gzip; a browser opens no other by itself.
    if header[COMPRESSION_AT] > 2 {
        return Err(
            "its tiles are compressed with brotli or zstd, which pages cannot open; write it with gzip".to_owned()
        );
    }
    let kind = match header[KIND_AT] {
        1 => Kind::Vector,
        2..=5 => Kind::Raster,
        other => return Err(format!("its tiles are of a kind that is not known ({other})")),
    };
    Ok(About { kind, zoom_max: header[ZOOM_MAX_AT] })
}

/// The route of the basemap.
pub(crate) fn routes(basemap: Option<Basemap>) -> Router {
    Router::new().route("/api/basemap.pmtiles", get(piece)).with_state(basemap)
}

async fn piece(State(basemap): State<Option<Basemap>>, method: Method, headers: HeaderMap) -> Response {
    let Some(basemap) = basemap else {
        return (StatusCode::NOT_FOUND, "this site has no basemap: see [map] in the site file\n").into_response();
    };
    let Ok((file, metadata)) = opened(&basemap.path).await else {
        return (StatusCode::NOT_FOUND, "the basemap cannot be read any more\n").into_response();
    };
    let length = metadata.len();
    let changed = metadata.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let etag = format!("\"{length:x}-{:x}\"", changed.map_or(0, |since| since.as_millis()));
    let range = headers.get(RANGE).map(|range| range.to_str().ok().and_then(|range| span(range, length)));
    let (status, (first, last)) = match range {
        None => (StatusCode::OK, (0, length.saturating_sub(1))),
        Some(Some(span)) => (StatusCode::PARTIAL_CONTENT, span),
        Some(None) => {
            let whole = format!("bytes */{length}");
            return (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, whole)]).into_response();
        }
    };
    let count = if length == 0 { 0 } else { last - first + 1 };
    let body = if method == Method::HEAD { Body::empty() } else { Body::from_stream(pieces(file, first, count)) };
    let mut response = (
        status,
        [
            (CONTENT_TYPE, TYPE.to_owned()),
            (ACCEPT_RANGES, "bytes".to_owned()),
            (CONTENT_LENGTH, count.to_string()),
            (ETAG, etag),
            (CACHE_CONTROL, "no-cache".to_owned()),
        ],
        body,
    )
        .into_response();
    if let Ok(range) = format!("bytes {first}-{last}/{length}").parse()
        && status == StatusCode::PARTIAL_CONTENT
    {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    response
}

/// First and last octet of the one span that is asked for (RFC 9110, 14.1.2); `None` when there is none such.
fn span(range: &str, length: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1)?;
    let (first, last) = match (first.is_empty(), last.is_empty()) {
        (true, false) => {
            let count: u64 = last.trim().parse().ok()?;
            (length.saturating_sub(count), if count == 0 { return None } else { end })
        }
        (false, true) => (first.trim().parse().ok()?, end),
        (false, false) => (first.trim().parse().ok()?, last.trim().parse::<u64>().ok()?.min(end)),
        (true, true) => return None,
    };
    (first <= last).then_some((first, last))
}

/// A file of any length goes out piece by piece.
fn pieces(
    file: tokio::fs::File,
    first: u64,
    count: u64,
) -> impl futures_util::Stream<Item = std::io::Result<Vec<u8>>> + Send {
    unfold((file, Some(first), count), |(mut file, seek, left)| async move {
        if left == 0 {
            return None;
        }
        let read = async {
            if let Some(first) = seek {
                file.seek(SeekFrom::Start(first)).await?;
            }
            let mut octets = vec![0; left.min(PIECE) as usize];
            file.read_exact(&mut octets).await?;
            Ok(octets)
        };
        let read: std::io::Result<Vec<u8>> = read.await;
        let left = read.as_ref().map_or(0, |octets| left - octets.len() as u64);
        Some((read, (file, None, left)))
    })
}

async fn opened(path: &Path) -> std::io::Result<(tokio::fs::File, std::fs::Metadata)> {
    let file = tokio::fs::File::open(path).await?;
    let metadata = file.metadata().await?;
    Ok((file, metadata))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_those_of_the_standard() {
        for (range, found) in [
            ("bytes=0-9", Some((0, 9))),
            ("bytes=90-", Some((90, 99))),
            ("bytes=-10", Some((90, 99))),
            ("bytes=95-200", Some((95, 99))),
            ("bytes=-500", Some((0, 99))),
            ("bytes=100-", None),
            ("bytes=9-8", None),
            ("bytes=-0", None),
            ("bytes=-", None),
            ("lines=0-9", None),
            ("bytes=0-1,5-6", None),
        ] {
            assert_eq!(span(range, 100), found, "{range}");
        }
        assert_eq!(span("bytes=0-0", 0), None);
    }

    #[test]
    fn only_files_that_a_page_can_draw_are_taken() {
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(b"PMTiles\x03");
        header[KIND_AT] = 1;
        header[ZOOM_MAX_AT] = 14;
        assert_eq!(about(&header), Ok(About { kind: Kind::Vector, zoom_max: 14 }));
        header[KIND_AT] = 9;
        assert!(about(&header).unwrap_err().contains("not known"));
        header[KIND_AT] = 2;
        header[COMPRESSION_AT] = 3;
        assert!(about(&header).unwrap_err().contains("brotli"));
        header[VERSION_AT] = 2;
        assert!(about(&header).unwrap_err().contains("version 3"));
        assert!(Basemap::open(Path::new("/nowhere.pmtiles")).unwrap_err().contains("cannot be read"));
    }
}
