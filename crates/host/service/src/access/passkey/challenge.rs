//! Challenges: each is good once, for two minutes, and for what it was made for. A value; time arrives as an argument.

use std::collections::BTreeMap;
use std::net::IpAddr;

use parapet_frame::Time;

use super::super::throttle::network;

/// How long somebody may take, seconds.
pub(crate) const STANDS_S: f64 = 120.0;
/// Challenges at once, and of one address: whoever asks for many pushes out their own.
const WAITING_MAX: usize = 4_096;
const OF_ONE_MAX: usize = 32;

/// What a challenge was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Whoever has a passkey.
    Login,
    /// A new passkey of somebody, who is logged in.
    Registration(String),
}

#[derive(Clone, Debug)]
struct Waiting {
    purpose: Purpose,
    whence: IpAddr,
    made: Time,
}

/// The challenges that wait.
#[derive(Debug, Default)]
pub(crate) struct Challenges {
    waiting: BTreeMap<Vec<u8>, Waiting>,
}

impl Challenges {
    /// A new one; `None` when the system gives no randomness.
    pub(crate) fn make(&mut self, purpose: Purpose, whence: IpAddr, now: Time) -> Option<[u8; 32]> {
        let mut challenge = [0; 32];
        getrandom::fill(&mut challenge).ok()?;
        self.waiting.retain(|_, waiting| now.seconds_since(waiting.made) < STANDS_S);
        let whence = network(whence);
        if self.waiting.values().filter(|waiting| waiting.whence == whence).count() >= OF_ONE_MAX {
            self.drop_oldest(|waiting| waiting.whence == whence);
        } else if self.waiting.len() >= WAITING_MAX {
            self.drop_oldest(|_| true);
        }
        self.waiting.insert(challenge.to_vec(), Waiting { purpose, whence, made: now });
        Some(challenge)
    }

    fn drop_oldest(&mut self, among: impl Fn(&Waiting) -> bool) {
        let those = self.waiting.iter().filter(|(_, waiting)| among(waiting));
        let oldest = those.min_by_key(|(_, waiting)| waiting.made).map(|(challenge, _)| challenge.clone());
        oldest.map(|challenge| self.waiting.remove(&challenge));
    }

    /// Takes a challenge back; it is gone whatever comes of it.
    pub(crate) fn take(&mut self, challenge: &[u8], now: Time) -> Option<Purpose> {
        let waiting = self.waiting.remove(challenge)?;
        (now.seconds_since(waiting.made) < STANDS_S).then_some(waiting.purpose)
    }
}
