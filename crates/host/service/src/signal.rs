//! Ctrl-C and SIGTERM.

use tokio::runtime::Runtime;

use crate::error::ServiceError;

/// Waits until somebody asks the program to end.
pub struct StopSignal {
    runtime: Runtime,
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
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
            [signal(SignalKind::interrupt()).map_err(system)?, signal(SignalKind::terminate()).map_err(system)?]
        };
        Ok(StopSignal {
            runtime,
            #[cfg(unix)]
            signals,
        })
    }

    /// Blocks until a signal comes.
    pub fn wait(self) {
        #[cfg(unix)]
        {
            let [mut interrupt, mut terminate] = self.signals;
            self.runtime.block_on(async {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            });
        }
        #[cfg(not(unix))]
        {
            // An error means that there is no Ctrl-C to wait for; ending is the safe answer.
            let _ = self.runtime.block_on(tokio::signal::ctrl_c());
        }
    }
}
