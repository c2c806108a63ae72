//! Who is at the other end: passwords against hashes, and sessions that end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use parapet_frame::Time;
use parapet_site::{Operator, OperatorRole};
use tokio::sync::Semaphore;

/// How long a session lasts, seconds: a watch.
const SESSION_S: f64 = 8.0 * 3_600.0;
/// Sessions at once; the oldest ends when one more begins.
const SESSIONS_MAX: usize = 256;
/// Wrong passwords for one name before it has to wait.
const WRONG_MAX: u32 = 5;
/// ... for this long, seconds.
const WAIT_S: f64 = 60.0;
/// Shortest password, characters (NIST SP 800-63B, 5.1.1.1: "at least 8 characters").
const PASSWORD_MIN: usize = 8;
/// A hash of nobody's password, so that an unknown name takes as long as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$S7AMIQUBS6RkFRKNQnHhmcHbDJRGdPUJKQ0QfVNgXQ4";

/// Somebody who has shown who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Somebody {
    pub(crate) name: String,
    pub(crate) role: OperatorRole,
}

/// Why nobody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// The name or the password is wrong.
    Wrong,
    /// Too many wrong passwords, or too many people at once: later.
    Later,
}

#[derive(Debug, Default)]
struct State {
    sessions: BTreeMap<String, (Somebody, Time)>,
    wrong: BTreeMap<String, (u32, Time)>,
}

/// The people that the site knows, and those who are in.
#[derive(Debug)]
pub(crate) struct People {
    known: BTreeMap<String, Operator>,
    state: Mutex<State>,
    /// Hashing is dear on purpose: one at a time.
    counter: Semaphore,
}

impl People {
    pub(crate) fn new(known: &[Operator]) -> Self {
        let known = known.iter().map(|operator| (operator.name.clone(), operator.clone())).collect();
        People { known, state: Mutex::default(), counter: Semaphore::new(1) }
    }

    /// Whether the site knows anybody.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Its tables are whole after each call.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody in, and gives the token of the session.
    ///
    /// # Errors
    /// When name and password do not fit, or too many were tried.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        name: &str,
        password: String,
        now: Time,
    ) -> Result<(String, Somebody), Denied> {
        if self.must_wait(name, now) {
            return Err(Denied::Later);
        }
        let Ok(_turn) = self.counter.acquire().await else { return Err(Denied::Later) };
        let known = self.known.get(name).cloned();
        let hash = known.as_ref().map_or(NOBODY.to_owned(), |operator| operator.password.0.clone());
        let fits = tokio::task::spawn_blocking(move || fits(&hash, &password)).await.unwrap_or(false);
        let Some(operator) = known.filter(|_| fits) else {
            self.note_wrong(name, now);
            return Err(Denied::Wrong);
        };
        self.state().wrong.remove(name);
        let somebody = Somebody { name: operator.name, role: operator.role };
        let token = token().ok_or(Denied::Later)?;
        let mut state = self.state();
        state.sessions.retain(|_, (_, ends_at)| *ends_at > now);
        if state.sessions.len() >= SESSIONS_MAX {
            let oldest = state.sessions.iter().min_by_key(|(_, (_, ends_at))| *ends_at).map(|(token, _)| token.clone());
            oldest.map(|token| state.sessions.remove(&token));
        }
        state.sessions.insert(token.clone(), (somebody.clone(), now.plus_seconds(SESSION_S)));
        Ok((token, somebody))
    }

    fn must_wait(&self, name: &str, now: Time) -> bool {
        let state = self.state();
        state.wrong.get(name).is_some_and(|(count, last)| *count >= WRONG_MAX && now.seconds_since(*last) < WAIT_S)
    }

    /// Only names that the site knows are counted, so that the table is bounded.
    fn note_wrong(&self, name: &str, now: Time) {
        if self.known.contains_key(name) {
            let mut state = self.state();
            let (count, last) = state.wrong.entry(name.to_owned()).or_insert((0, now));
            let forgotten = now.seconds_since(*last) >= WAIT_S;
            (*count, *last) = (if forgotten { 1 } else { *count + 1 }, now);
        }
    }

    /// Whose session this is.
    pub(crate) fn of(&self, token: &str, now: Time) -> Option<Somebody> {
        let state = self.state();
        let (somebody, ends_at) = state.sessions.get(token)?;
        (*ends_at > now).then(|| somebody.clone())
    }

    /// Ends a session.
    pub(crate) fn leave(&self, token: &str) {
        self.state().sessions.remove(token);
    }
}

fn fits(hash: &str, password: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// The Argon2id hash of a password with a salt of its own, in the PHC format.
///
/// # Errors
/// When the password is too short to be one, or the system gives no randomness.
pub fn password_hash(password: &str) -> Result<String, String> {
    if password.chars().count() < PASSWORD_MIN {
        return Err(format!("a password has at least {PASSWORD_MIN} characters"));
    }
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

/// 256 bits that nobody can guess.
fn token() -> Option<String> {
    let mut octets = [0_u8; 32];
    getrandom::fill(&mut octets).ok()?;
    Some(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use parapet_site::Hidden;

    use super::*;

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    fn people() -> Arc<People> {
        let password = Hidden(password_hash("correct horse").unwrap());
        Arc::new(People::new(&[Operator { name: "ann".to_owned(), role: OperatorRole::Operator, password }]))
    }

    fn enter(people: &Arc<People>, name: &str, password: &str, now: Time) -> Result<String, Denied> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(people.enter(name, password.to_owned(), now)).map(|(token, _)| token)
    }

    #[test]
    fn who_shows_the_password_is_in_until_the_watch_is_over() {
        let people = people();
        let token = enter(&people, "ann", "correct horse", at(0.0)).unwrap();
        assert_eq!(people.of(&token, at(10.0)).unwrap().name, "ann");
        assert_eq!(people.of("0000", at(10.0)), None);
        assert_eq!(people.of(&token, at(SESSION_S)), None);
        people.leave(&token);
        assert_eq!(people.of(&token, at(10.0)), None);
    }

    #[test]
    fn guessing_is_slow_and_names_are_not_told_apart() {
        let people = people();
        assert_eq!(enter(&people, "nobody", "correct horse", at(0.0)), Err(Denied::Wrong));
        for _ in 0..WRONG_MAX {
            assert_eq!(enter(&people, "ann", "wrong horse", at(0.0)), Err(Denied::Wrong));
        }
        assert_eq!(enter(&people, "ann", "correct horse", at(1.0)), Err(Denied::Later));
        assert!(enter(&people, "ann", "correct horse", at(WAIT_S)).is_ok());
        assert!(PasswordHash::new(NOBODY).is_ok(), "an unknown name takes as long as a known one");
    }

    #[test]
    fn a_password_is_never_kept_as_it_is() {
        let hash = password_hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$") && !hash.contains("horse"));
        assert_ne!(hash, password_hash("correct horse").unwrap(), "each has a salt of its own");
        assert!(password_hash("short").is_err());
    }
}
