//! What anybody may see, phones above all: where the zones are, how each stands, and the words for it. Nothing of who looks where:
//! no sensor's place, no track but the square kilometre that a round is in, no number of people.
//!
//! A page decides for itself what concerns the place where somebody is, so that the place never leaves the phone. What is sent is
//! the same for everybody, small, and made once. Phones ask at the address of the page, a few, or at one of their own (`door`),
//! thousands, which has a thread, connections and files of its own: however many come, whoever is on duty is served.

mod door;
mod site;
mod view;
mod words;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::atlas::Atlas;
use crate::picture::Live;
use crate::picture_view::Views;
use crate::viewers;

pub(crate) use door::{PHONES_AT_HTTP_MAX, phones_max, start};

/// A picture is sent this often where nothing presses; a page calls silence of 2.5 s a lost contact. Somewhat less than the second
/// in which the picture is made at least once, so that none is left out.
const PERIOD: Duration = Duration::from_millis(900);

/// Makes the public picture of the whole one and shows it to everybody.
#[derive(Debug)]
pub(crate) struct Board {
    /// The sensors that could see a round.
    eyes: Vec<usize>,
    live: watch::Sender<Live>,
    shown: Option<Instant>,
}

impl Board {
    /// A board, and where it is looked at. `eyes` are the numbers of the sensors that could see a round.
    pub(crate) fn new(eyes: Vec<usize>) -> (Board, watch::Receiver<Live>) {
        let (live, watching) = watch::channel(Live::Picture("{}".into()));
        (Board { eyes, live, shown: None }, watching)
    }

    /// Shows what is public of a picture: at once when it presses, otherwise when the last one is old enough.
    pub(crate) fn show(&mut self, views: &Views<'_>, presses: bool) {
        if !presses && self.shown.is_some_and(|shown| shown.elapsed() < PERIOD) {
            return;
        }
        self.live.send_replace(Live::Picture(view::json(views, &self.eyes).into()));
        self.shown = Some(Instant::now());
    }

    /// Tells everybody that the service has ended in order.
    pub(crate) fn end(&self) {
        self.live.send_replace(Live::End);
    }
}

/// What the public answers are made from.
#[derive(Clone)]
pub(crate) struct Lobby {
    site: Tagged,
    words: Tagged,
    live: watch::Receiver<Live>,
}

impl Lobby {
    /// What is public of a site. `version` is the program's.
    pub(crate) fn new(site: &parapet_site::Site, version: &str, atlas: &Atlas, live: watch::Receiver<Live>) -> Lobby {
        let speech = crate::speech::Speech::of(site);
        let words = words::json(site.mode(), speech.languages()).to_string();
        let site = site::json(site, version, atlas, &speech).to_string();
        Lobby { site: Tagged::new(site), words: Tagged::new(words), live }
    }
}

/// A text that does not change, with a name for its content, so that a phone that comes back need not take it again.
#[derive(Clone)]
struct Tagged {
    text: Arc<str>,
    tag: Arc<str>,
}

impl Tagged {
    fn new(text: String) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        let tag = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
        Tagged { text: text.into(), tag: format!("\"{tag}\"").into() }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get(IF_NONE_MATCH).is_some_and(|tags| tags.as_bytes() == self.tag.as_bytes());
        let headers = [(ETAG, self.tag.as_ref()), (CACHE_CONTROL, "no-cache"), (CONTENT_TYPE, "application/json")];
        if known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, self.text.to_string()).into_response()
    }
}

/// The public part of the interface; `phones` at most look at once, of whom `taken` says how many do.
pub(crate) fn routes(lobby: Lobby, taken: Arc<AtomicUsize>, phones: usize) -> Router {
    let streamed =
        move |State(lobby): State<Lobby>| async move { viewers::answer(lobby.live, &taken, phones, "phones") };
    Router::new()
        .route("/api/words", get(async |State(lobby): State<Lobby>, asked: HeaderMap| lobby.words.answer(&asked)))
        .route("/api/public/site", get(async |State(lobby): State<Lobby>, asked: HeaderMap| lobby.site.answer(&asked)))
        .route("/api/public", get(once))
        .route("/api/public/live", get(streamed))
        .with_state(lobby)
}

/// The latest picture, for programs that ask now and then.
async fn once(State(lobby): State<Lobby>) -> Response {
    let latest = lobby.live.borrow().clone();
    match latest {
        Live::Picture(json) => ([(CONTENT_TYPE, "application/json")], json.to_string()).into_response(),
        Live::End => (StatusCode::SERVICE_UNAVAILABLE, "the service has ended\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_phone_has_it_does_not_take_again() {
        let (one, other) = (Tagged::new("one".to_owned()), Tagged::new("other".to_owned()));
        let mut asked = HeaderMap::new();
        assert_eq!(one.answer(&asked).status(), StatusCode::OK);
        asked.insert(IF_NONE_MATCH, one.tag.parse().expect("a header"));
        assert_eq!(one.answer(&asked).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(other.answer(&asked).status(), StatusCode::OK);
    }
}
