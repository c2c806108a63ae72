//! Notices the death of a thread without which nobody is warned.
//!
//! Nothing that comes in can kill a thread; a fault of the program can. Then it is better to end, loudly, and to be started
//! again than to look alive.

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::watch;

use crate::error::ServiceError;

/// The name of the first vital thread that died.
pub(crate) type Death = watch::Receiver<Option<Arc<str>>>;

/// Starts vital threads and hears of their death.
#[derive(Clone, Debug)]
pub(crate) struct Watchman {
    bell: watch::Sender<Option<Arc<str>>>,
}

impl Watchman {
    pub(crate) fn new() -> (Self, Death) {
        let (bell, death) = watch::channel(None);
        (Watchman { bell }, death)
    }

    /// Starts a vital thread.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub(crate) fn spawn(
        &self,
        name: String,
        run: impl FnOnce() + Send + 'static,
    ) -> Result<JoinHandle<()>, ServiceError> {
        let canary = Canary { name: name.as_str().into(), bell: self.bell.clone() };
        let watched = move || {
            let _canary = canary;
            run();
        };
        std::thread::Builder::new().name(name).spawn(watched).map_err(ServiceError::thread)
    }
}

struct Canary {
    name: Arc<str>,
    bell: watch::Sender<Option<Arc<str>>>,
}

impl Drop for Canary {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.bell.send_if_modified(|dead| {
                let first = dead.is_none();
                dead.get_or_insert_with(|| self.name.clone());
                first
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_death_is_heard_of_and_an_end_is_not() {
        let (watchman, death) = Watchman::new();
        watchman.spawn("fine".to_owned(), || ()).unwrap().join().unwrap();
        assert!(death.borrow().is_none());
        watchman.spawn("engine".to_owned(), || panic!("a planted fault")).unwrap().join().unwrap_err();
        assert_eq!(death.borrow().as_deref(), Some("engine"));
    }
}
