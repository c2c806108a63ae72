//! Ctrl-C, SIGTERM, and SIGHUP of a terminal that is closed.

use tokio::runtime::Runtime;

use crate::error::ServiceError;
use crate::service::Service;
use crate::watchman::{Death, Watchman};

/// Waits until somebody asks the program to end.
pub struct StopSignal {
    runtime: Runtime,
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
}

impl StopSignal {
    /// Takes the signals over; from now on they no longer end the program by themselves.
    ///
    /// # Errors
    /// When the operating system does not allow it.
    pub fn take() -> Result<Self, ServiceError> {
        let system = |error| ServiceError::System { what: "a signal handler", error };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system)?;
        #[cfg(unix)]
        let signals = {
            use tokio::signal::unix::{SignalKind, signal};
            let _inside = runtime.enter();
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal)
        };
        #[cfg(unix)]
        let [interrupt, terminate, hangup] = signals;
        Ok(StopSignal {
            runtime,
            #[cfg(unix)]
            signals: [interrupt.map_err(system)?, terminate.map_err(system)?, hangup.map_err(system)?],
        })
    }

    /// Blocks until a signal comes, or until a part of the service has died without which nobody is warned.
    #[must_use]
    pub fn wait(self, service: &Service) -> Why {
        self.wait_or(service.death())
    }

    /// Blocks until a signal comes, where nothing runs that anybody's safety hangs on.
    pub fn wait_alone(self) {
        let (_watchman, death) = Watchman::new();
        self.wait_or(death);
    }

    fn wait_or(self, mut death: Death) -> Why {
        #[cfg(unix)]
        let [mut interrupt, mut terminate, mut hangup] = self.signals;
        self.runtime.block_on(async {
            let died = async {
                let died = death.wait_for(Option::is_some).await;
                match died.ok().and_then(|name| name.clone()) {
                    Some(name) => name.to_string(),
                    // Every thread has ended in order, which happens only while the service stops.
                    None => std::future::pending().await,
                }
            };
            #[cfg(unix)]
            tokio::select! {
                _ = interrupt.recv() => Why::Asked,
                _ = terminate.recv() => Why::Asked,
                _ = hangup.recv() => Why::Asked,
                name = died => Why::Died(name),
            }
            #[cfg(not(unix))]
            tokio::select! {
                // An error means that there is no Ctrl-C to wait for; ending is the safe answer.
                _ = tokio::signal::ctrl_c() => Why::Asked,
                name = died => Why::Died(name),
            }
        })
    }
}

/// Why a service ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody asked for it.
    Asked,
    /// The thread of this name died: a fault of the program.
    Died(String),
}
