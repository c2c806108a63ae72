//! The page and its interface. Only what people on duty order changes anything, and lines that are posted where the site has a door
//! for them. See `docs/http.md`.

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
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
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use parapet_cap::atom::{ATOM_TYPE, CAP_TYPE};
use tokio::sync::watch;

use crate::Clock;
use crate::access;
use crate::basemap::{self, Basemap};
use crate::cap::Board;
use crate::channel::Books;
use crate::coverage::{Coverages, HEIGHTS_M, Shown};
use crate::doorman::{self, Peer, Rules};
use crate::error::{ServiceError, bind_remedy};
use crate::lines;
use crate::operator::{self, Duty};
use crate::page;
use crate::picture::Live;
use crate::public::{self, Lobby, PHONES_AT_HTTP_MAX};
use crate::recorder;
use crate::replay;
use crate::report::{self, Reporter};
use crate::setup::{self, Setup};
use crate::shared::Shared;
use crate::viewers;

/// Pages that may be connected at once.
const VIEWERS_MAX: usize = 500;
/// Connections at once. Below the 1,024 files that systems allow a program by default.
pub(crate) const CONNECTIONS_MAX: usize = 800;
/// How long open connections may take to end when the service stops.
const PARTING: Duration = Duration::from_secs(2);
/// MapLibre makes its worker from a file of ours and its images from data; a phone installs the page by its manifest.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
    worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
    pub(crate) recordings: replay::Desk,
    /// Which of them is of now.
    pub(crate) present: replay::Present,
    pub(crate) live: watch::Receiver<Live>,
    pub(crate) public: Lobby,
}

/// The rooms that have routes of their own.
pub(crate) struct Rooms {
    pub(crate) duty: Duty,
    pub(crate) setup: Setup,
    pub(crate) reporter: Reporter,
    pub(crate) basemap: Option<Basemap>,
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
    rooms: Rooms,
    rules: Rules,
) -> Result<JoinHandle<()>, ServiceError> {
    let live = pages.live.clone();
    host("http", listener, guarded(pages, rooms), live, rules)
}

/// Serves an application by these rules, in a thread of that name; ends soon after the live picture has ended.
///
/// # Errors
/// When the operating system gives no thread or no event queue.
pub(crate) fn host(
    name: &str,
    listener: TcpListener,
    app: Router,
    live: watch::Receiver<Live>,
    rules: Rules,
) -> Result<JoinHandle<()>, ServiceError> {
    let system = |error| ServiceError::System { what: "an event queue", error };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system)?;
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener).map_err(system)?
    };
    let run = move || {
        runtime.block_on(serve(listener, app, live, rules));
        runtime.shutdown_timeout(Duration::ZERO);
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(ServiceError::thread)
}

async fn serve(listener: tokio::net::TcpListener, app: Router, live: watch::Receiver<Live>, rules: Rules) {
    let (over, ending) = watch::channel(false);
    let mut serving = pin!(doorman::serve(listener, app, rules, ending));
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
fn guarded(pages: Pages, rooms: Rooms) -> Router {
    let access = rooms.duty.access.clone();
    router(pages, rooms).layer(from_fn_with_state(access, access::gate)).layer(map_response(guard))
}

/// Every route; who may ask for it stands in the table of `access`.
fn router(pages: Pages, rooms: Rooms) -> Router {
    let public = public::routes(pages.public.clone(), pages.shared.phones[0].clone(), PHONES_AT_HTTP_MAX);
    let recordings = replay::routes(pages.recordings.clone(), Some(pages.present.clone()));
    let recording = recorder::routes(pages.shared.clone());
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
        .merge(access::routes(rooms.duty.access.clone()))
        .merge(operator::routes(rooms.duty))
        .merge(public)
        .merge(recordings)
        .merge(setup::routes(rooms.setup))
        .merge(basemap::routes(rooms.basemap))
        .merge(report::routes(rooms.reporter))
        .merge(recording)
}

/// The headers that every answer carries.
pub(crate) async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
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

/// A file of the page.
pub(crate) async fn page_file(method: Method, uri: Uri) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let Some(file) = page::file(uri.path()) else {
        return not_here();
    };
    let caching = if file.hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(CONTENT_TYPE, file.content_type), (CACHE_CONTROL, caching)], Body::from(file.bytes)).into_response()
}

/// The answer where there is nothing.
pub(crate) fn not_here() -> Response {
    (StatusCode::NOT_FOUND, "there is nothing here\n").into_response()
}

fn json(text: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

async fn live(State(pages): State<Pages>) -> Response {
    viewers::answer(pages.live, &pages.shared.viewers, VIEWERS_MAX, "pages")
}
