//! What takes two people: the first asks, a second confirms within a minute. A value; time arrives as an argument.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_warn::Command;

/// How long a request waits for its second person, seconds.
pub(crate) const WAITS_S: f64 = 60.0;
/// Requests that wait at once.
const REQUESTS_MAX: usize = 32;

/// Somebody asks for something that takes two: an order to the engine, or whatever else a room has that does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request<C = Command> {
    pub(crate) who: String,
    pub(crate) command: C,
    pub(crate) ends_at: Time,
}

/// Why a request was not seconded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unseconded {
    /// There is none of this number, or its minute is over.
    Gone,
    /// The same person asked.
    SamePerson,
}

/// The requests that wait.
#[derive(Clone, Debug)]
pub(crate) struct Requests<C = Command> {
    waiting: BTreeMap<u64, Request<C>>,
    last: u64,
    waits_s: f64,
}

impl<C> Default for Requests<C> {
    fn default() -> Self {
        Requests::waiting_for(WAITS_S)
    }
}

impl<C> Requests<C> {
    /// Requests that wait so long for their second person, seconds.
    pub(crate) fn waiting_for(waits_s: f64) -> Self {
        Requests { waiting: BTreeMap::new(), last: 0, waits_s }
    }

    /// Somebody asks; `None` when too much waits already.
    pub(crate) fn ask(&mut self, who: &str, command: C, now: Time) -> Option<u64> {
        self.lapse(now);
        if self.waiting.len() >= REQUESTS_MAX {
            return None;
        }
        self.last += 1;
        let ends_at = now.plus_seconds(self.waits_s);
        self.waiting.insert(self.last, Request { who: who.to_owned(), command, ends_at });
        Some(self.last)
    }

    /// A second person stands by a request; it is handed out once.
    ///
    /// # Errors
    /// When it is gone, or the same person asked.
    pub(crate) fn second(&mut self, number: u64, who: &str, now: Time) -> Result<Request<C>, Unseconded> {
        self.lapse(now);
        let request = self.waiting.get(&number).ok_or(Unseconded::Gone)?;
        if request.who == who {
            return Err(Unseconded::SamePerson);
        }
        self.waiting.remove(&number).ok_or(Unseconded::Gone)
    }

    /// What waits.
    pub(crate) fn waiting(&mut self, now: Time) -> impl Iterator<Item = (&u64, &Request<C>)> {
        self.lapse(now);
        self.waiting.iter()
    }

    /// Takes requests back.
    pub(crate) fn withdraw(&mut self, is_meant: impl Fn(u64, &Request<C>) -> bool) {
        self.waiting.retain(|number, request| !is_meant(*number, request));
    }

    fn lapse(&mut self, now: Time) {
        self.waiting.retain(|_, request| request.ends_at > now);
    }
}

#[cfg(test)]
mod tests {
    use parapet_warn::ZoneId;

    use super::*;

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    #[test]
    fn two_different_people_within_a_minute_and_once() {
        let mut requests = Requests::default();
        let unprotect = Command::Unprotect { zone: ZoneId(0) };
        let first = requests.ask("ann", unprotect.clone(), at(0.0)).unwrap();
        assert_eq!(requests.second(first, "ann", at(1.0)), Err(Unseconded::SamePerson));
        assert_eq!(requests.second(first, "bob", at(59.9)).unwrap().command, unprotect);
        assert_eq!(requests.second(first, "bob", at(59.9)), Err(Unseconded::Gone));
        let late = requests.ask("ann", unprotect, at(100.0)).unwrap();
        assert_eq!(requests.second(late, "bob", at(160.0)), Err(Unseconded::Gone));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut requests = Requests::default();
        let asked = (0..100).filter_map(|_| requests.ask("ann", Command::Hold, at(0.0))).count();
        assert_eq!((asked, requests.waiting(at(1.0)).count()), (32, 32));
        assert!(requests.ask("ann", Command::Hold, at(61.0)).is_some());
    }
}
