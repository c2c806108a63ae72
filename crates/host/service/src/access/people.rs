//! The people whom the site knows, and whether a password is theirs.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use parapet_frame::Time;
use parapet_site::Operator;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::keep::{Keep, Rehashed};
use super::sessions::{Somebody, secret};
use super::throttle::Tries;

/// Shortest password, characters (NIST SP 800-63B, 5.1.1.1: "at least 8 characters").
const PASSWORD_MIN: usize = 8;
/// Longest password that is looked at, octets: hashing a megabyte helps nobody but who wants to keep us busy.
const PASSWORD_MAX: usize = 1_024;
/// Passwords that wait for their turn; hashing is dear on purpose, and one is hashed at a time.
const WAITING_MAX: usize = 16;

/// Why nobody is let in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Denied {
    /// The name or the password is wrong.
    Wrong,
    /// Too many wrong ones: in so many seconds again.
    Later(f64),
    /// Too many at once.
    Busy,
}

/// The people that the site knows.
#[derive(Debug)]
pub(crate) struct People {
    known: BTreeMap<String, Operator>,
    /// A hash of nobody's password, as dear as the dearest known, so that an unknown name takes as long as a wrong password.
    nobody: String,
    tries: Mutex<Tries>,
    places: Semaphore,
    turn: Semaphore,
}

impl People {
    pub(crate) fn new(known: &[Operator]) -> Self {
        let hashes = known.iter().filter_map(|operator| operator.password.as_ref());
        let dearest = hashes.filter_map(|hash| costs(&hash.0)).fold(costs_today(), Ord::max);
        People {
            known: known.iter().map(|operator| (operator.name.clone(), operator.clone())).collect(),
            nobody: secret().and_then(|secret| hash_at(dearest, &secret).ok()).unwrap_or_default(),
            tries: Mutex::default(),
            places: Semaphore::new(WAITING_MAX),
            turn: Semaphore::new(1),
        }
    }

    /// Whether the site knows anybody.
    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Somebody by the name of the site file.
    pub(crate) fn of(&self, name: &str) -> Option<Somebody> {
        self.known.get(name).map(somebody)
    }

    /// Somebody by the name that the OpenID Connect provider gives them.
    pub(crate) fn of_openid(&self, name: &str) -> Option<Somebody> {
        self.known.values().find(|operator| operator.openid.as_deref() == Some(name)).map(somebody)
    }

    /// The program whose key this is. Hashes are compared, so that the time tells nothing of a key.
    pub(crate) fn of_key(&self, key: &str) -> Option<Somebody> {
        let digest = hex(&Sha256::digest(key.as_bytes()));
        self.known.values().find(|operator| operator.key.as_ref().is_some_and(|key| key.0 == digest)).map(somebody)
    }

    fn tries(&self) -> MutexGuard<'_, Tries> {
        // Its tables are whole after each call.
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a password is somebody's.
    ///
    /// # Errors
    /// When name and password do not fit, or too many were tried.
    pub(crate) async fn enter(
        &self,
        name: &str,
        password: String,
        whence: IpAddr,
        now: Time,
        keep: &Keep,
    ) -> Result<Somebody, Denied> {
        self.may_try(name, whence, now)?;
        let Ok(_place) = self.places.try_acquire() else { return Err(Denied::Busy) };
        let Ok(_turn) = self.turn.acquire().await else { return Err(Denied::Busy) };
        // Whoever tries many at once is judged one by one.
        self.may_try(name, whence, now)?;
        let known = self.known.get(name);
        let written = known.and_then(|operator| operator.password.as_ref()).map(|hash| hash.0.clone());
        let hash = written.as_deref().map_or_else(|| self.nobody.clone(), |written| in_force(keep, name, written));
        let outcome = tokio::task::spawn_blocking(move || {
            let fits = password.len() <= PASSWORD_MAX && fits(&hash, &password);
            let anew = (fits && costs(&hash) < Some(costs_today())).then(|| hash_at(costs_today(), &password).ok());
            (fits, anew.flatten())
        });
        let (fits, anew) = outcome.await.unwrap_or((false, None));
        let (Some(operator), Some(written), true) = (known, written, fits) else {
            self.tries().wrong(name, whence, now);
            return Err(Denied::Wrong);
        };
        self.tries().right(name, whence);
        if let Some(hash) = anew {
            let rehashed = Rehashed { of: hex(&Sha256::digest(written.as_bytes())), hash };
            // Without it the old hash does as before.
            let _ = keep.change(|kept| kept.rehashed.insert(name.to_owned(), rehashed));
        }
        Ok(somebody(operator))
    }

    fn may_try(&self, name: &str, whence: IpAddr, now: Time) -> Result<(), Denied> {
        let wait_s = self.tries().wait_s(name, whence, now);
        if wait_s > 0.0 { Err(Denied::Later(wait_s)) } else { Ok(()) }
    }
}

fn somebody(operator: &Operator) -> Somebody {
    Somebody { name: operator.name.clone(), role: operator.role }
}

/// The hash that counts: the site file's, or the better one that was made of the same password.
fn in_force(keep: &Keep, name: &str, written: &str) -> String {
    let of = hex(&Sha256::digest(written.as_bytes()));
    let rehashed = keep.look(|kept| kept.rehashed.get(name).filter(|rehashed| rehashed.of == of).cloned());
    rehashed.map_or_else(|| written.to_owned(), |rehashed| rehashed.hash)
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What a hash costs: the variant, memory in KiB, passes. Order is that of strength, near enough.
type Costs = (bool, u32, u32, u32);

fn costs_today() -> Costs {
    (true, Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST)
}

fn costs(hash: &str) -> Option<Costs> {
    let (id, rest) = hash.strip_prefix('$')?.split_once('$')?;
    let costs = rest.split('$').find(|part| part.contains("m="))?;
    let cost = |key: &str| {
        let mut pairs = costs.split(',').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key)?.1.parse().ok()
    };
    Some((id == "argon2id", cost("m")?, cost("t")?, cost("p")?))
}

fn fits(hash: &str, password: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn hash_at((_, memory_kib, passes, lanes): Costs, password: &str) -> Result<String, String> {
    let params = Params::new(memory_kib, passes, lanes, None).map_err(|error| error.to_string())?;
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(password.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

/// The Argon2id hash of a password with a salt of its own, in the PHC format.
///
/// # Errors
/// When the password is too short to be one, or too long, or the system gives no randomness.
pub fn password_hash(password: &str) -> Result<String, String> {
    if password.chars().count() < PASSWORD_MIN {
        return Err(format!("a password has at least {PASSWORD_MIN} characters"));
    }
    if password.len() > PASSWORD_MAX {
        return Err(format!("a password has at most {PASSWORD_MAX} octets"));
    }
    hash_at(costs_today(), password)
}

/// A new key for a program, and what the site file keeps of it.
///
/// # Errors
/// When the system gives no randomness.
pub fn program_key() -> Result<(String, String), String> {
    let key = format!("parapet-{}", secret().ok_or("the system gives no randomness")?);
    let kept = format!("sha256:{}", hex(&Sha256::digest(key.as_bytes())));
    Ok((key, kept))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use parapet_site::{Hidden, OperatorRole};

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    fn ann(password: &str) -> Operator {
        let password = Some(Hidden(password.to_owned()));
        Operator { name: "ann".to_owned(), role: OperatorRole::Operator, password, openid: None, key: None }
    }

    fn nothing_kept() -> Keep {
        Keep::open(std::path::Path::new("/nonexistent"))
    }

    fn enter(people: &People, keep: &Keep, name: &str, password: &str, now: Time) -> Result<Somebody, Denied> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(people.enter(name, password.to_owned(), HERE, now, keep))
    }

    #[test]
    fn guessing_is_slow_and_names_are_not_told_apart() {
        let (people, keep) = (People::new(&[ann(&password_hash("correct horse").unwrap())]), nothing_kept());
        for name in ["ann", "nobody"] {
            for _ in 0..5 {
                assert_eq!(enter(&people, &keep, name, "wrong horse", at(0.0)), Err(Denied::Wrong));
            }
            assert_eq!(enter(&people, &keep, name, "correct horse", at(1.0)), Err(Denied::Later(59.0)));
        }
        assert_eq!(enter(&people, &keep, "ann", "correct horse", at(60.0)).unwrap().name, "ann");
        assert_eq!(enter(&people, &keep, "nobody", "correct horse", at(60.0)), Err(Denied::Wrong));
    }

    #[test]
    fn an_unknown_name_costs_what_the_dearest_known_one_costs() {
        let dear = hash_at((true, 32_768, 3, 1), "correct horse").unwrap();
        let people = People::new(&[ann(&dear)]);
        assert_eq!(costs(&people.nobody), Some((true, 32_768, 3, 1)));
        assert_eq!(costs(&People::new(&[]).nobody), Some(costs_today()));
    }

    #[test]
    fn many_guesses_at_once_are_judged_one_by_one() {
        let (people, keep) = (People::new(&[ann(&password_hash("correct horse").unwrap())]), nothing_kept());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let outcomes = runtime.block_on(async {
            let guess = |n: u32| people.enter("ann", format!("wrong horse {n}"), HERE, at(0.0), &keep);
            let [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(guess);
            let (a, b, c, d, e, f, g, h) = tokio::join!(a, b, c, d, e, f, g, h);
            [a, b, c, d, e, f, g, h]
        });
        let wrong = outcomes.iter().filter(|outcome| **outcome == Err(Denied::Wrong)).count();
        assert_eq!(wrong, 5, "{outcomes:?}");
    }

    #[test]
    fn a_weak_hash_is_made_anew_until_the_owner_writes_another() {
        let folder = tempfile::tempdir().unwrap();
        let keep = Keep::open(folder.path());
        let weak = hash_at((true, 8, 1, 1), "correct horse").unwrap();
        let people = People::new(&[ann(&weak)]);
        assert_eq!(enter(&people, &keep, "ann", "wrong horse", at(0.0)), Err(Denied::Wrong));
        assert!(keep.look(|kept| kept.rehashed.is_empty()), "a wrong password changes nothing");
        assert!(enter(&people, &keep, "ann", "correct horse", at(1.0)).is_ok());
        let anew = in_force(&Keep::open(folder.path()), "ann", &weak);
        assert_eq!(costs(&anew), Some(costs_today()));
        assert!(fits(&anew, "correct horse") && !fits(&anew, "wrong horse"));
        assert!(enter(&people, &keep, "ann", "correct horse", at(2.0)).is_ok());
        let changed = People::new(&[ann(&hash_at((true, 8, 1, 1), "another horse").unwrap())]);
        assert_eq!(enter(&changed, &keep, "ann", "correct horse", at(3.0)), Err(Denied::Wrong));
        assert!(enter(&changed, &keep, "ann", "another horse", at(4.0)).is_ok());
    }

    #[test]
    fn a_password_is_never_kept_as_it_is() {
        let hash = password_hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$") && !hash.contains("horse"));
        assert_ne!(hash, password_hash("correct horse").unwrap(), "each has a salt of its own");
        assert!(password_hash("short").is_err() && password_hash(&"x".repeat(1_025)).is_err());
    }

    #[test]
    fn a_program_is_known_by_its_key_alone() {
        let (key, kept) = program_key().unwrap();
        let digest = kept.strip_prefix("sha256:").unwrap().to_owned();
        let program = Operator {
            name: "prometheus".to_owned(),
            role: OperatorRole::Viewer,
            password: None,
            openid: None,
            key: Some(Hidden(digest.clone())),
        };
        let (people, keep) = (People::new(&[program]), nothing_kept());
        assert_eq!(people.of_key(&key).unwrap().name, "prometheus");
        assert!([digest.as_str(), "", &key[1..]].iter().all(|wrong| people.of_key(wrong).is_none()));
        assert_eq!(enter(&people, &keep, "prometheus", "", at(0.0)), Err(Denied::Wrong));
    }
}
