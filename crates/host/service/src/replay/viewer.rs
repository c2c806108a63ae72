//! The replay page on an analyst's computer, without a live service.

use std::net::SocketAddr;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Redirect;
use axum::routing::get;
use tokio::sync::watch;

use super::desk::Desk;
use super::routes::routes;
use super::shelf::Shelf;
use crate::doorman::{self, Rules};
use crate::error::ServiceError;
use crate::http;

/// Connections at once: an analyst has a few windows open.
const CONNECTIONS_MAX: usize = 64;

/// Serves the replay page.
#[derive(Debug)]
pub struct Viewer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Viewer {
    /// Begins to serve a recording, or the recordings of a folder, at an address.
    ///
    /// # Errors
    /// When the address cannot be used, or the operating system gives no thread.
    pub fn start(recording: &Path, address: SocketAddr) -> Result<Viewer, ServiceError> {
        let many = recording.is_dir() && !crate::recorder::is_run(recording);
        let shelf = if many { Shelf::folder(recording) } else { Shelf::file(recording) };
        let first = match recording.file_name().filter(|_| !many) {
            Some(name) => format!("/replay?recording={}", name.to_string_lossy()),
            None => "/replay".to_owned(),
        };
        let listener = http::bind(address)?;
        let address = listener.local_addr().unwrap_or(address);
        let system = |error| ServiceError::System { what: "an event queue", error };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system)?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(system)?
        };
        let (stop, mut stopped) = watch::channel(false);
        let app = Router::new()
            .route("/", get(move || core::future::ready(Redirect::temporary(&first))))
            .merge(routes(Desk::new(shelf), None))
            .fallback(http::page_file)
            .layer(map_response(http::guard));
        let run = move || {
            runtime.block_on(async {
                let serving = doorman::serve(listener, app, Rules::many(CONNECTIONS_MAX), stopped.clone());
                tokio::select! {
                    () = serving => {}
                    _ = stopped.wait_for(|stop| *stop) => {}
                }
            });
            runtime.shutdown_timeout(Duration::ZERO);
        };
        let thread = std::thread::Builder::new().name("replay".to_owned()).spawn(run).map_err(ServiceError::thread)?;
        Ok(Viewer { address, stop, thread })
    }

    /// Where it is served.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it.
    pub fn stop(self) {
        self.stop.send_replace(true);
        // It serves files; if it died, there is nothing left to save.
        let _ = self.thread.join();
    }
}
