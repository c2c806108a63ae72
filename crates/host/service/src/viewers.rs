//! The stream of pictures to everybody who looks.
//!
//! A picture is made once and lent to all: however many look, and however slowly, nothing is made or copied for each of them, and
//! nobody who does not read holds more of us than the one picture that was on its way to him.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;

use crate::picture::Live;

/// The stream as an answer, unless `most` look already; `taken` says how many do, and `whose` what they are called.
pub(crate) fn answer(live: watch::Receiver<Live>, taken: &Arc<AtomicUsize>, most: usize, whose: &str) -> Response {
    let Some(place) = Place::take(taken, most) else {
        let words = format!("{most} {whose} are connected already; try again later\n");
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "10")], words).into_response();
    };
    let head = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-cache")];
    (head, Body::from_stream(pieces(live, place))).into_response()
}

/// What a stream of server-sent events is put together from.
enum Next {
    /// Waits for another picture than the last one; the first is there already.
    Picture {
        first: bool,
    },
    /// The picture itself, after its name.
    Data(Arc<str>),
    /// The empty line that ends an event.
    Close,
    End,
}

/// The pieces of the stream for one page. A page that is slow gets the latest picture when it is ready and misses those between.
fn pieces(live: watch::Receiver<Live>, place: Place) -> impl Stream<Item = Result<Bytes, Infallible>> {
    unfold((live, Next::Picture { first: true }, place), |(mut live, next, place)| async {
        let (piece, next) = match next {
            Next::Picture { first } => {
                if !first && live.changed().await.is_err() {
                    return None;
                }
                let latest = live.borrow_and_update().clone();
                match latest {
                    // JSON as we write it holds no line break.
                    Live::Picture(json) => (Bytes::from_static(b"event: picture\ndata: "), Next::Data(json)),
                    Live::End => (Bytes::from_static(b"event: end\ndata: {}\n\n"), Next::End),
                }
            }
            Next::Data(json) => (Bytes::from_owner(Octets(json)), Next::Close),
            Next::Close => (Bytes::from_static(b"\n\n"), Next::Picture { first: false }),
            Next::End => return None,
        };
        Some((Ok(piece), (live, next, place)))
    })
}

/// A picture as the octets that everybody is lent.
struct Octets(Arc<str>);

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// One of the places for connected pages; given back when the page goes.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(taken: &Arc<AtomicUsize>, most: usize) -> Option<Place> {
        let free = |taken: usize| (taken < most).then_some(taken + 1);
        taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).ok()?;
        Some(Place(taken.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
