//! How often somebody may try. Values; time arrives as an argument.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

use parapet_frame::Time;
use sha2::{Digest as _, Sha256};

/// Wrong passwords for one name before it has to wait.
const OF_NAME: u32 = 5;
/// ... and from one address, behind which several people may be.
const FROM_ADDRESS: u32 = 20;
/// The first pause, seconds; each wrong password after it doubles the next.
const PAUSE_S: f64 = 60.0;
/// The longest, seconds.
const PAUSE_MAX_S: f64 = 900.0;
/// Wrong passwords are forgotten after this long without another, seconds.
const FORGET_S: f64 = 3_600.0;
/// Names and addresses that are remembered; those tried longest ago go first.
const KNOWN_MAX: usize = 4_096;
/// Requests that may come at once: so many seconds of the rate.
const BURST_S: f64 = 10.0;

/// What a wrong password is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// A name, whether or not anybody has it, from anywhere.
    Name([u8; 32]),
    /// A name from an address from which its owner came in before: whoever guesses elsewhere cannot lock them out.
    Familiar([u8; 32], IpAddr),
    Address(IpAddr),
}

impl Key {
    fn free(self) -> u32 {
        if matches!(self, Key::Address(_)) { FROM_ADDRESS } else { OF_NAME }
    }
}

#[derive(Clone, Copy, Debug)]
struct Wrong {
    count: u32,
    last: Time,
}

impl Wrong {
    /// How long the next try has to wait, seconds.
    fn pause_s(self, free: u32) -> f64 {
        match self.count.checked_sub(free) {
            None => 0.0,
            Some(more) => (PAUSE_S * f64::from(2_u32.saturating_pow(more.min(16)))).min(PAUSE_MAX_S),
        }
    }
}

/// Wrong passwords.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    wrong: BTreeMap<Key, Wrong>,
    familiar: BTreeSet<([u8; 32], IpAddr)>,
}

impl Tries {
    fn keys(&self, name: &str, whence: IpAddr) -> [Key; 2] {
        let (name, address) = (Sha256::digest(name.as_bytes()).into(), network(whence));
        let of_name =
            if self.familiar.contains(&(name, address)) { Key::Familiar(name, address) } else { Key::Name(name) };
        [of_name, Key::Address(address)]
    }

    /// How many seconds this has to wait; 0 when it may try.
    pub(crate) fn wait_s(&self, name: &str, whence: IpAddr, now: Time) -> f64 {
        let wait_s = |key: &Key| {
            let wrong = self.wrong.get(key)?;
            Some(wrong.pause_s(key.free()) - now.seconds_since(wrong.last))
        };
        self.keys(name, whence).iter().filter_map(wait_s).fold(0.0, f64::max)
    }

    /// A password was wrong. Unknown names count as known ones do: who has to wait must not tell who exists.
    pub(crate) fn wrong(&mut self, name: &str, whence: IpAddr, now: Time) {
        for key in self.keys(name, whence) {
            let wrong = self.wrong.entry(key).or_insert(Wrong { count: 0, last: now });
            let forgotten = now.seconds_since(wrong.last) >= FORGET_S;
            *wrong = Wrong { count: if forgotten { 1 } else { wrong.count.saturating_add(1) }, last: now };
        }
        while self.wrong.len() > KNOWN_MAX {
            let oldest = self.wrong.iter().min_by_key(|(_, wrong)| wrong.last).map(|(key, _)| *key);
            oldest.map(|key| self.wrong.remove(&key));
        }
    }

    /// A password was right: what was wrong before is forgiven to the name, not to the address, or one account would buy guesses at
    /// others.
    pub(crate) fn right(&mut self, name: &str, whence: IpAddr) {
        let [of_name, _] = self.keys(name, whence);
        self.wrong.remove(&of_name);
        if self.familiar.len() < KNOWN_MAX {
            self.familiar.insert((Sha256::digest(name.as_bytes()).into(), network(whence)));
        }
    }
}

/// Requests by address.
#[derive(Debug)]
pub(crate) struct Flow {
    rate_hz: f64,
    buckets: BTreeMap<IpAddr, (f64, Time)>,
}

impl Flow {
    pub(crate) fn new(rate_hz: f64) -> Self {
        Flow { rate_hz, buckets: BTreeMap::new() }
    }

    /// Whether one more request may come from an address now.
    pub(crate) fn takes(&mut self, whence: IpAddr, now: Time) -> bool {
        let (rate_hz, full) = (self.rate_hz, self.rate_hz * BURST_S);
        let address = network(whence);
        if self.buckets.len() >= KNOWN_MAX && !self.buckets.contains_key(&address) {
            // An address whose bucket is full again is as one that never asked.
            self.buckets.retain(|_, (left, last)| *left + now.seconds_since(*last) * rate_hz < full);
            if self.buckets.len() >= KNOWN_MAX {
                let oldest = self.buckets.iter().min_by_key(|(_, (_, last))| *last).map(|(address, _)| *address);
                oldest.map(|address| self.buckets.remove(&address));
            }
        }
        let (left, last) = self.buckets.entry(address).or_insert((full, now));
        let filled = (*left + now.seconds_since(*last).max(0.0) * rate_hz).min(full);
        let takes = filled >= 1.0;
        (*left, *last) = (if takes { filled - 1.0 } else { filled }, now);
        takes
    }
}

/// An address as far as one household has it: an IPv6 host chooses freely within its /64.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    fn from(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn pauses_grow_and_are_forgotten() {
        let (mut tries, here) = (Tries::default(), from("192.0.2.1"));
        for _ in 0..4 {
            tries.wrong("ann", here, at(0.0));
            assert_eq!(tries.wait_s("ann", here, at(0.0)), 0.0);
        }
        for (again, pause_s) in [60.0, 120.0, 240.0, 480.0, 900.0, 900.0].into_iter().enumerate() {
            let now = at(1_000.0 * again as f64);
            tries.wrong("ann", here, now);
            assert_eq!(tries.wait_s("ann", here, now), pause_s);
            assert_eq!(tries.wait_s("ann", from("198.51.100.9"), now), pause_s, "from elsewhere too");
        }
        assert_eq!(tries.wait_s("bob", here, at(5_000.0)), 0.0, "somebody else beside them may");
        tries.wrong("ann", here, at(20_000.0));
        assert_eq!(tries.wait_s("ann", here, at(20_000.0)), 0.0, "an hour later it begins anew");
    }

    #[test]
    fn names_that_nobody_has_wait_as_well() {
        let (mut tries, here) = (Tries::default(), from("192.0.2.1"));
        (0..5).for_each(|_| tries.wrong("nobody", here, at(0.0)));
        assert_eq!(tries.wait_s("nobody", here, at(1.0)), 59.0);
    }

    #[test]
    fn trying_many_names_from_one_address_waits_and_a_network_is_one_address() {
        let mut tries = Tries::default();
        for n in 0..20 {
            tries.wrong(&format!("name {n}"), from(&format!("2001:db8:0:7::{n:x}")), at(0.0));
        }
        assert_eq!(tries.wait_s("ann", from("2001:db8:0:7::ffff"), at(0.0)), 60.0);
        assert_eq!(tries.wait_s("ann", from("2001:db8:0:8::1"), at(0.0)), 0.0);
        tries.right("name 1", from("2001:db8:0:7::1"));
        assert_eq!(tries.wait_s("ann", from("2001:db8:0:7::1"), at(0.0)), 60.0, "one's own account buys no guesses");
    }

    #[test]
    fn who_guesses_elsewhere_does_not_lock_out_who_was_here_before() {
        let (mut tries, desk, enemy) = (Tries::default(), from("192.0.2.1"), from("203.0.113.5"));
        tries.right("ann", desk);
        (0..50).for_each(|_| tries.wrong("ann", enemy, at(0.0)));
        assert!(tries.wait_s("ann", enemy, at(1.0)) > 0.0);
        assert_eq!(tries.wait_s("ann", desk, at(1.0)), 0.0);
        (0..5).for_each(|_| tries.wrong("ann", desk, at(1.0)));
        assert!(tries.wait_s("ann", desk, at(1.0)) > 0.0, "the desk may not guess for ever either");
    }

    #[test]
    fn the_tables_are_bounded() {
        let (mut tries, mut flow) = (Tries::default(), Flow::new(10.0));
        for n in 0..10_000_u32 {
            let address = IpAddr::from(n.to_be_bytes());
            tries.wrong(&n.to_string(), address, at(f64::from(n) * 1e-3));
            assert!(flow.takes(address, at(f64::from(n) * 1e-3)));
        }
        assert_eq!((tries.wrong.len(), flow.buckets.len() <= KNOWN_MAX), (KNOWN_MAX, true));
    }

    #[test]
    fn requests_come_at_a_rate_with_a_burst() {
        let (mut flow, here) = (Flow::new(10.0), from("192.0.2.1"));
        let taken = (0..1_000).filter(|_| flow.takes(here, at(0.0))).count();
        assert_eq!(taken, 100);
        assert!(flow.takes(from("192.0.2.2"), at(0.0)), "another address has its own");
        assert!(flow.takes(here, at(0.2)) && flow.takes(here, at(0.2)) && !flow.takes(here, at(0.2)));
    }
}
