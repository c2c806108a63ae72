//! The page and its interface. Only what people on duty order changes anything, and lines that are posted where the site has a door
//! for them. See `docs/http.md`.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream::{Stream, unfold};
use parapet_cap::atom::{ATOM_TYPE, CAP_TYPE};
use tokio::sync::watch;

use crate::Clock;
use crate::access;
use crate::cap::Board;
use crate::channel::Books;
use crate::coverage::{Coverages, HEIGHTS_M, Shown};
use crate::doorman::{self, Peer, Rules};
use crate::error::{ServiceError, bind_remedy};
use crate::lines;
use crate::operator::{self, Duty};
use crate::page;
use crate::picture::Live;
use crate::shared::Shared;

/// Pages that may be connected at once.
const VIEWERS_MAX: usize = 500;
/// How long open connections may take to end when the service stops.
const PARTING: Duration = Duration::from_secs(2);
/// MapLibre makes its worker from a file of ours and its images from data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
    worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the answers are made from.
#[derive(Clone)]
pub(crate) struct Pages {
    pub(crate) site: Arc<str>,
    pub(crate) outlines: Option<Arc<str>>,
    pub(crate) sensors: Arc<[String]>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) sapient: parapet_sapient_link::Watch,
    pub(crate) channels: Arc<Books>,
    pub(crate) cap: Arc<Board>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) lines: Arc<lines::Gate>,
    pub(crate) coverages: Coverages,
    pub(crate) live: watch::Receiver<Live>,
}

/// Takes the address, so that it is known to be free before anything else starts.
///
/// # Errors
/// When it cannot be taken.
pub(crate) fn bind(address: SocketAddr) -> Result<TcpListener, ServiceError> {
    let taken = TcpListener::bind(address).and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    taken.map_err(|error| ServiceError::Http { address, what: error.to_string(), remedy: bind_remedy(&error) })
}

/// Begins to serve in a thread of its own; ends soon after the live picture has ended.
///
/// # Errors
/// When the operating system gives no thread or no event queue.
pub(crate) fn start(
    listener: TcpListener,
    pages: Pages,
    duty: Duty,
    rules: Rules,
) -> Result<JoinHandle<()>, ServiceError> {
    let system = |error| ServiceError::System { what: "an event queue", error };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system)?;
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener).map_err(system)?
    };
    let run = move || {
        runtime.block_on(serve(listener, pages, duty, rules));
        runtime.shutdown_timeout(Duration::ZERO);
    };
    std::thread::Builder::new().name("http".to_owned()).spawn(run).map_err(ServiceError::thread)
}

async fn serve(listener: tokio::net::TcpListener, pages: Pages, duty: Duty, rules: Rules) {
    let live = pages.live.clone();
    let (over, ending) = watch::channel(false);
    let mut serving = pin!(doorman::serve(listener, guarded(pages, duty), rules, ending));
    tokio::select! {
        () = serving.as_mut() => return,
        () = ended(live) => {}
    }
    let _ = over.send(true);
    let _ = tokio::time::timeout(PARTING, serving).await;
}

async fn ended(mut live: watch::Receiver<Live>) {
    // An error means that the painter is gone, which is an end too.
    let _ = live.wait_for(|live| matches!(live, Live::End)).await;
}

/// Everything behind the gate.
fn guarded(pages: Pages, duty: Duty) -> Router {
    let access = duty.access.clone();
    router(pages, duty).layer(from_fn_with_state(access, access::gate)).layer(map_response(guard))
}

/// Every route; who may ask for it stands in the table of `access`.
fn router(pages: Pages, duty: Duty) -> Router {
    Router::new()
        .route("/api/site", get(site))
        .route("/api/outlines", get(outlines))
        .route("/api/coverage", get(coverage))
        .route("/api/live", get(live))
        .route("/api/alarms", get(alarms))
        .route("/api/sapient", get(sapient))
        .route("/api/channels", get(channels))
        .route("/api/alarms/{id}/deliveries", get(deliveries))
        .route("/cap/feed.atom", get(feed))
        .route("/cap/{file}", get(cap_message))
        .route("/api/lines", get(line_doors).post(take_lines))
        .route("/metrics", get(metrics))
        .route("/healthz", get(health))
        .fallback(page_file)
        .with_state(pages)
        .merge(access::routes(duty.access.clone()))
        .merge(operator::routes(duty))
}

/// The headers that every answer carries.
async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // No other page may draw, open or read what is ours.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn site(State(pages): State<Pages>) -> Response {
    json(pages.site.to_string())
}

async fn outlines(State(pages): State<Pages>) -> Response {
    match pages.outlines {
        Some(outlines) => json(outlines.to_string()),
        None => (StatusCode::NOT_FOUND, "this site has no outlines\n").into_response(),
    }
}

/// What is asked of `/api/coverage`.
#[derive(serde::Deserialize)]
struct CoverageAsked {
    height_m: Option<u32>,
}

async fn coverage(State(pages): State<Pages>, Query(asked): Query<CoverageAsked>) -> Response {
    let [low_m, middle_m, high_m] = HEIGHTS_M;
    match pages.coverages.at(asked.height_m.unwrap_or(middle_m)) {
        Shown::There(text) => ([(CONTENT_TYPE, "application/geo+json")], text.to_string()).into_response(),
        Shown::NotYet => {
            let words = "coverages are being worked out; try again in a moment\n";
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], words).into_response()
        }
        Shown::Never => {
            let words = format!("coverages are shown for height_m={low_m}, {middle_m} and {high_m}\n");
            (StatusCode::NOT_FOUND, words).into_response()
        }
    }
}

async fn alarms(State(pages): State<Pages>) -> Response {
    json(serde_json::to_string(&pages.shared.alarms()).unwrap_or_default())
}

async fn sapient(State(pages): State<Pages>) -> Response {
    json(serde_json::to_string(&pages.sapient.doors()).unwrap_or_default())
}

async fn channels(State(pages): State<Pages>) -> Response {
    json(serde_json::to_string(&pages.channels.statuses()).unwrap_or_default())
}

async fn deliveries(State(pages): State<Pages>, Path(id): Path<String>) -> Response {
    json(serde_json::to_string(&pages.channels.deliveries(&id)).unwrap_or_default())
}

async fn feed(State(pages): State<Pages>) -> Response {
    ([(CONTENT_TYPE, ATOM_TYPE)], pages.cap.feed(pages.clock.now())).into_response()
}

async fn cap_message(State(pages): State<Pages>, Path(file): Path<String>) -> Response {
    match pages.cap.message(&file, pages.clock.now()) {
        Some(xml) => ([(CONTENT_TYPE, CAP_TYPE)], xml.to_string()).into_response(),
        None => (StatusCode::NOT_FOUND, "there is no such message, or it has expired\n").into_response(),
    }
}

async fn line_doors(State(pages): State<Pages>) -> Response {
    json(serde_json::to_string(&pages.lines.view()).unwrap_or_default())
}

async fn take_lines(
    State(pages): State<Pages>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    lines::answer(&pages.lines, peer, &headers, body).await
}

async fn metrics(State(pages): State<Pages>) -> Response {
    let text = crate::metrics::text(&pages.shared, &pages.sensors, &pages.sapient.doors(), &pages.channels.statuses());
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, content_type)], text).into_response()
}

/// 200 while alarms and the recording can be written, 503 with the reason otherwise.
async fn health(State(pages): State<Pages>) -> Response {
    let (recording, alarms) = (pages.shared.recording(), pages.shared.alarm_output());
    let fine = recording == "ok" && alarms == "ok";
    let status = if fine { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, format!("recording {recording}\nalarms {alarms}\n")).into_response()
}

async fn page_file(method: Method, uri: Uri) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let Some(file) = page::file(uri.path()) else {
        return (StatusCode::NOT_FOUND, "there is nothing here\n").into_response();
    };
    let caching = if file.hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(CONTENT_TYPE, file.content_type), (CACHE_CONTROL, caching)], Body::from(file.bytes)).into_response()
}

fn json(text: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

async fn live(State(pages): State<Pages>) -> Response {
    let Some(place) = Place::take(&pages.shared) else {
        let words = format!("{VIEWERS_MAX} pages are connected already; try again later\n");
        return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "10")], words).into_response();
    };
    Sse::new(pictures(pages.live, place)).into_response()
}

/// The pictures for one page. A page that is slow gets the latest when it is ready and misses those between.
fn pictures(live: watch::Receiver<Live>, place: Place) -> impl Stream<Item = Result<Event, Infallible>> {
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

/// One of the places for connected pages; given back when the page goes.
struct Place(Arc<Shared>);

impl Place {
    fn take(shared: &Arc<Shared>) -> Option<Place> {
        let free = |taken: usize| (taken < VIEWERS_MAX).then_some(taken + 1);
        shared.viewers.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).ok()?;
        Some(Place(shared.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}
