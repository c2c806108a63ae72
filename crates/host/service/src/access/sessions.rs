//! Who is in, until when. A value; time arrives as an argument.
//!
//! A session is found by the SHA-256 of its token, so that neither the time of a search nor a picture of the memory tells one.

use std::collections::BTreeMap;
use std::net::IpAddr;

use parapet_frame::Time;
use parapet_site::OperatorRole;
use sha2::{Digest as _, Sha256};

/// Sessions of one person at once; the one unused for longest ends when one more begins.
const OF_ONE_MAX: usize = 16;
/// Octets of a token.
const TOKEN_OCTETS: usize = 32;

/// Somebody who has shown who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Somebody {
    pub(crate) name: String,
    pub(crate) role: OperatorRole,
}

/// How somebody showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum How {
    Password,
    Passkey,
    Openid,
    /// A program's key, with each request.
    Key,
}

/// The name of a session: the hash of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId([u8; 32]);

impl SessionId {
    fn of(token: &str) -> Self {
        SessionId(Sha256::digest(token.as_bytes()).into())
    }
}

/// One session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Session {
    pub(crate) who: Somebody,
    pub(crate) how: How,
    pub(crate) whence: IpAddr,
    pub(crate) begun: Time,
    pub(crate) used: Time,
}

/// How long sessions last, seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    /// ... that nobody uses.
    pub(crate) idle_s: f64,
    /// ... however much they are used.
    pub(crate) whole_s: f64,
}

/// Everybody who is in.
#[derive(Debug)]
pub(crate) struct Sessions {
    limits: Limits,
    table: BTreeMap<SessionId, Session>,
}

impl Sessions {
    pub(crate) fn new(limits: Limits) -> Self {
        Sessions { limits, table: BTreeMap::new() }
    }

    /// Begins a session, and gives its token; always a new one, so that nobody can plant it beforehand. `None` when the system gives
    /// no randomness.
    pub(crate) fn begin(&mut self, who: Somebody, how: How, whence: IpAddr, now: Time) -> Option<String> {
        let token = secret()?;
        self.forget(now);
        let own = || self.table.iter().filter(|(_, session)| session.who.name == who.name);
        if own().count() >= OF_ONE_MAX {
            let idlest = own().min_by_key(|(_, session)| session.used).map(|(id, _)| *id);
            idlest.map(|id| self.table.remove(&id));
        }
        self.table.insert(SessionId::of(&token), Session { who, how, whence, begun: now, used: now });
        Some(token)
    }

    /// Whose session this is; it counts as used.
    pub(crate) fn find(&mut self, token: &str, now: Time) -> Option<(SessionId, Session)> {
        // What no token can be is not hashed.
        if token.len() != 2 * TOKEN_OCTETS {
            return None;
        }
        let id = SessionId::of(token);
        if !self.stands(id, now) {
            self.table.remove(&id);
            return None;
        }
        let session = self.table.get_mut(&id)?;
        session.used = session.used.max(now);
        Some((id, session.clone()))
    }

    /// Whether a session still stands; this is no use of it.
    pub(crate) fn stands(&self, id: SessionId, now: Time) -> bool {
        let Limits { idle_s, whole_s } = self.limits;
        self.table.get(&id).is_some_and(|session| {
            now.seconds_since(session.begun) < whole_s && now.seconds_since(session.used) < idle_s
        })
    }

    /// Keeps a session from being idle: a page that is open is somebody who looks.
    pub(crate) fn used(&mut self, id: SessionId, now: Time) {
        if let Some(session) = self.table.get_mut(&id) {
            session.used = session.used.max(now);
        }
    }

    /// A session by its name.
    pub(crate) fn get(&self, id: SessionId) -> Option<&Session> {
        self.table.get(&id)
    }

    /// When a session ends at the latest.
    pub(crate) fn ends_at(&self, session: &Session) -> Time {
        session.begun.plus_seconds(self.limits.whole_s)
    }

    pub(crate) fn end(&mut self, id: SessionId) {
        self.table.remove(&id);
    }

    /// Ends the session of a token, whoever it is of.
    pub(crate) fn end_token(&mut self, token: &str) {
        self.table.remove(&SessionId::of(token));
    }

    /// Ends every session of one person, and says how many there were.
    pub(crate) fn end_all(&mut self, name: &str) -> usize {
        let before = self.table.len();
        self.table.retain(|_, session| session.who.name != name);
        before - self.table.len()
    }

    /// Everybody who is in, the longest first.
    pub(crate) fn all(&mut self, now: Time) -> Vec<Session> {
        self.forget(now);
        let mut all: Vec<Session> = self.table.values().cloned().collect();
        all.sort_by_key(|session| session.begun);
        all
    }

    fn forget(&mut self, now: Time) {
        let ended: Vec<SessionId> = self.table.keys().filter(|id| !self.stands(**id, now)).copied().collect();
        ended.iter().for_each(|id| self.end(*id));
    }
}

/// 256 bits that nobody can guess, in hexadecimal; `None` when the system gives no randomness.
pub(crate) fn secret() -> Option<String> {
    let mut octets = [0_u8; TOKEN_OCTETS];
    getrandom::fill(&mut octets).ok()?;
    Some(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    fn ann() -> Somebody {
        Somebody { name: "ann".to_owned(), role: OperatorRole::Operator }
    }

    fn sessions() -> Sessions {
        Sessions::new(Limits { idle_s: 600.0, whole_s: 3_600.0 })
    }

    #[test]
    fn a_session_ends_when_it_is_idle_when_it_is_old_and_when_it_is_ended() {
        let mut sessions = sessions();
        let token = sessions.begin(ann(), How::Password, HERE, at(0.0)).unwrap();
        let (id, session) = sessions.find(&token, at(599.0)).unwrap();
        assert_eq!(session.who.name, "ann");
        assert!(sessions.stands(id, at(1_198.0)), "it was used at 599 s");
        assert!(sessions.find(&token, at(1_199.0)).is_none(), "idle");
        let token = sessions.begin(ann(), How::Password, HERE, at(0.0)).unwrap();
        assert!((1..7).all(|n| sessions.find(&token, at(f64::from(n) * 599.0)).is_some()));
        assert!(sessions.find(&token, at(3_600.0)).is_none(), "old, however much it was used");
        let token = sessions.begin(ann(), How::Password, HERE, at(0.0)).unwrap();
        sessions.end_token(&token);
        assert!(sessions.find(&token, at(1.0)).is_none());
    }

    #[test]
    fn tokens_are_new_each_time_and_no_other_opens() {
        let mut sessions = sessions();
        let tokens: Vec<String> =
            (0..3).map(|_| sessions.begin(ann(), How::Password, HERE, at(0.0)).unwrap()).collect();
        assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2]);
        let mut forged = tokens[0].clone();
        let last = forged.pop().unwrap();
        forged.push(if last == '0' { '1' } else { '0' });
        for wrong in [forged.as_str(), "", "0000", &tokens[0].to_uppercase(), &format!("{} ", tokens[0])] {
            assert!(sessions.find(wrong, at(1.0)).is_none() || wrong == tokens[0], "{wrong}");
        }
        assert_eq!(sessions.end_all("ann"), 3);
        assert!(tokens.iter().all(|token| sessions.find(token, at(1.0)).is_none()));
    }

    #[test]
    fn one_person_cannot_use_up_the_places_of_others() {
        let mut sessions = sessions();
        let bob = Somebody { name: "bob".to_owned(), role: OperatorRole::Viewer };
        let of_bob = sessions.begin(bob, How::Password, HERE, at(0.0)).unwrap();
        for n in 0..100 {
            sessions.begin(ann(), How::Password, HERE, at(f64::from(n))).unwrap();
        }
        assert_eq!(sessions.all(at(100.0)).len(), OF_ONE_MAX + 1);
        assert!(sessions.find(&of_bob, at(100.0)).is_some());
    }

    #[test]
    fn a_clock_that_jumps_forward_ends_sessions_and_one_that_stands_still_does_not_prolong_the_whole() {
        let mut sessions = sessions();
        let token = sessions.begin(ann(), How::Password, HERE, at(0.0)).unwrap();
        // Time never goes back in this program; an earlier instant changes nothing.
        assert!(sessions.find(&token, at(-50.0)).is_some());
        let (_, session) = sessions.find(&token, at(10.0)).unwrap();
        assert_eq!((session.begun, session.used), (at(0.0), at(10.0)));
        assert!(sessions.find(&token, at(86_400.0)).is_none());
    }
}
