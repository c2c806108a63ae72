//! What sirens are told and have answered: commands as they stand, renewed before they lapse, and receipts held against them.
//!
//! A value: it makes octets and judges octets; the broker's session carries them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use parapet_frame::Time;
use parapet_siren::{Command, EVERY_ALARM, Heartbeat, Public, Receipt, Secret, SirenStage, Topics, phrase};
use parapet_warn::AlarmId;
use serde_json::json;

use super::bulletin::Bulletin;

/// Commands of one alarm whose receipts are still believed: the last, and one whose receipt may be on its way.
const REMEMBERED: usize = 2;
/// For how long an end is told, seconds; the receipts of an end are awaited for as long.
const END_STANDS_S: f64 = 30.0;
/// A heartbeat holds for this many of its periods.
const HEARTBEAT_HOLDS: f64 = 4.0;

/// A siren as the program knows it.
#[derive(Clone, Debug)]
pub(super) struct KnownSiren {
    pub(super) key: Public,
    pub(super) zones: Vec<String>,
    pub(super) udp: Option<SocketAddr>,
}

/// One alarm as sirens are told it.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) bulletin: Arc<Bulletin>,
    /// The signed command.
    pub(super) bytes: Vec<u8>,
    /// Sequence and nonce of the last commands.
    names: Vec<(u64, String)>,
    renew_at: Time,
    expires_at: Time,
}

/// All orders of a site.
#[derive(Debug)]
pub(super) struct Orders {
    pub(super) topics: Topics,
    pub(super) sirens: BTreeMap<Arc<str>, KnownSiren>,
    secret: Secret,
    site: String,
    stands_s: f64,
    sequence: u64,
    standing: BTreeMap<String, Order>,
}

impl Orders {
    pub(super) fn new(secret: Secret, site: String, stands_s: f64, sirens: BTreeMap<Arc<str>, KnownSiren>) -> Self {
        let topics = Topics::new(secret.world(), &site);
        Orders { topics, sirens, secret, site, stands_s, sequence: 0, standing: BTreeMap::new() }
    }

    /// Never repeats, also over a restart, as long as the clock goes on.
    fn next_sequence(&mut self, now: Time) -> u64 {
        let micros = u64::try_from(now.nanos() / 1_000).unwrap_or(0);
        self.sequence = micros.max(self.sequence + 1);
        self.sequence
    }

    /// The command for a new state of an alarm.
    pub(super) fn tell(&mut self, bulletin: &Arc<Bulletin>, now: Time) -> Order {
        let stands_s = if bulletin.is_end() { END_STANDS_S } else { self.stands_s };
        let (sequence, nonce) = (self.next_sequence(now), nonce());
        let record = &bulletin.record;
        let expires_at = now.plus_seconds(stands_s);
        let command = Command {
            v: 1,
            world: self.secret.world(),
            site: self.site.clone(),
            sequence,
            nonce: nonce.clone(),
            issued_ms: now.millis(),
            expires_ms: expires_at.millis(),
            alarm: record.id.clone(),
            revision: bulletin.revision,
            zone: record.zone.clone(),
            stage: SirenStage::from(bulletin.alarm.stage),
            seconds_left: bulletin.alarm.impact_at.map(|at| at.seconds_since(now)).filter(|left| *left > 0.0),
        };
        let before = self.standing.remove(&record.id);
        let mut names = before.map(|order| order.names).unwrap_or_default();
        names.push((sequence, nonce));
        names.drain(..names.len().saturating_sub(REMEMBERED));
        let bytes = command.seal(&self.secret);
        let renew_at = now.plus_seconds(stands_s / 3.0);
        let order = Order { bulletin: bulletin.clone(), bytes, names, renew_at, expires_at };
        self.standing.insert(record.id.clone(), order.clone());
        order
    }

    /// The command that ends everything.
    pub(super) fn stop_all(&mut self, now: Time) -> Vec<u8> {
        let command = Command {
            v: 1,
            world: self.secret.world(),
            site: self.site.clone(),
            sequence: self.next_sequence(now),
            nonce: nonce(),
            issued_ms: now.millis(),
            expires_ms: now.plus_seconds(END_STANDS_S).millis(),
            alarm: EVERY_ALARM.to_owned(),
            revision: 0,
            zone: String::new(),
            stage: SirenStage::Withdrawn,
            seconds_left: None,
        };
        command.seal(&self.secret)
    }

    /// The order for an alarm, if it still means something.
    pub(super) fn of(&self, bulletin: &Bulletin, now: Time) -> Option<Order> {
        let order = self.standing.get(&bulletin.record.id)?;
        (order.bulletin.revision == bulletin.revision && order.expires_at > now).then(|| order.clone())
    }

    /// Commands of alarms that stand, made anew because a part of their time is over, or all of them with `anyway`. What has
    /// ended and expired is forgotten.
    pub(super) fn renewed(&mut self, anyway: bool, now: Time) -> Vec<Order> {
        self.standing.retain(|_, order| !order.bulletin.is_end() || order.expires_at > now);
        let due = |order: &&Order| anyway || !order.bulletin.is_end() && order.renew_at <= now;
        let due: Vec<Arc<Bulletin>> = self.standing.values().filter(due).map(|order| order.bulletin.clone()).collect();
        due.iter().map(|bulletin| self.tell(bulletin, now)).collect()
    }

    /// When the first command has to be renewed.
    pub(super) fn renew_at(&self) -> Option<Time> {
        self.standing.values().filter(|order| !order.bulletin.is_end()).map(|order| order.renew_at).min()
    }

    pub(super) fn heartbeat(&mut self, period_s: f64, now: Time) -> Vec<u8> {
        let beat = Heartbeat {
            v: 1,
            world: self.secret.world(),
            site: self.site.clone(),
            sequence: self.next_sequence(now),
            issued_ms: now.millis(),
            expires_ms: now.plus_seconds((HEARTBEAT_HOLDS * period_s).min(120.0)).millis(),
        };
        beat.seal(&self.secret)
    }

    /// Who has what, by a receipt.
    ///
    /// # Errors
    /// Why the receipt is not believed.
    pub(super) fn receipt(&self, bytes: &[u8]) -> Result<(Arc<str>, AlarmId, u32), &'static str> {
        let claimed = Receipt::claimed_by(bytes).ok_or("malformed")?;
        let (siren, known) = self.sirens.get_key_value(claimed.as_str()).ok_or("unknown_siren")?;
        let receipt = Receipt::open(bytes, &known.key)?;
        if receipt.site != self.site {
            return Err("other_site");
        }
        let order = self.standing.get(&receipt.alarm).ok_or("replayed")?;
        let named =
            order.names.iter().any(|(sequence, nonce)| (*sequence, nonce) == (receipt.sequence, &receipt.nonce));
        if !named {
            return Err("replayed");
        }
        Ok((siren.clone(), order.bulletin.alarm.id, receipt.revision))
    }

    /// What displays are told of a zone, and for how many seconds it holds; `None` for as long as nobody says otherwise.
    pub(super) fn state(&self, zone: &str, zone_name: &str, now: Time) -> (Vec<u8>, Option<u32>) {
        let of_zone = self.standing.values().filter(|order| order.bulletin.record.zone == zone);
        let first = of_zone.max_by_key(|order| (!order.bulletin.is_end(), order.bulletin.alarm.at));
        let world = self.secret.world();
        let Some(order) = first else {
            let text = json!({ "world": world.word(), "zone": zone, "zone_name": zone_name, "stage": "quiet" });
            return (text.to_string().into_bytes(), None);
        };
        let record = &order.bulletin.record;
        let stage = SirenStage::from(order.bulletin.alarm.stage);
        let left_s = order.bulletin.alarm.impact_at.map(|at| at.seconds_since(now)).filter(|left| *left > 0.0);
        let text = json!({
            "world": world.word(), "zone": zone, "zone_name": zone_name, "stage": stage.word(), "alarm": record.id,
            "revision": order.bulletin.revision, "reason": record.reason, "at": record.at,
            "impact_at": record.impact_at, "text": phrase(world, stage, zone_name, left_s),
        });
        let holds_s = if order.bulletin.is_end() { None } else { Some(self.stands_s.ceil() as u32) };
        (text.to_string().into_bytes(), holds_s)
    }
}

/// 32 digits that were never used before.
fn nonce() -> String {
    let mut octets = [0_u8; 16];
    // Without the system's randomness the sequence number alone keeps commands apart; receipts then can be told apart too.
    let _ = getrandom::fill(&mut octets);
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
