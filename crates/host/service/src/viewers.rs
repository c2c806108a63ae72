//! Pages that look at a picture again and again, each with a place that it gives back when it goes.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::sse::Event;
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;

use crate::picture::Live;

/// One of the places for connected pages; given back when the page goes.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Place {
    /// A place, unless `most` are taken.
    pub(crate) fn take(taken: &Arc<AtomicUsize>, most: usize) -> Option<Place> {
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

/// The pictures for one page. A page that is slow gets the latest when it is ready and misses those between.
pub(crate) fn pictures(
    live: watch::Receiver<Live>,
    place: Place,
) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
    struct Viewer {
        live: watch::Receiver<Live>,
        first: bool,
        ended: bool,
        _place: Place,
    }
    let viewer = Viewer { live, first: true, ended: false, _place: place };
    unfold(viewer, |mut viewer| async {
        if viewer.ended || (!viewer.first && viewer.live.changed().await.is_err()) {
            return None;
        }
        viewer.first = false;
        let latest = viewer.live.borrow_and_update().clone();
        let event = match latest {
            Live::Picture(json) => Event::default().event("picture").data(json),
            Live::End => {
                viewer.ended = true;
                Event::default().event("end").data("{}")
            }
        };
        Some((Ok(event), viewer))
    })
}
