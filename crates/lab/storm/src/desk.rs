//! The host's way out to sirens, by its contract: who is told, told again, told by the second path, named to people, and
//! renewed before it lapses. The signatures and what they cover are the real ones.
//!
//! The live program's own dispatcher, ledger and orders are threads around values that live in the host, of which the laboratory
//! knows nothing; the times below are theirs.

use std::collections::BTreeMap;

use parapet_frame::Time;
use parapet_siren::{Command, EVERY_ALARM, Public, Receipt, Secret, SirenStage};
use parapet_warn::{Alarm, AlarmId};

use crate::canary::Canary;
use crate::fact::{Made, Path};
use crate::site::Site;

/// The name of the site in commands.
pub(crate) const SITE: &str = "storm";
/// Told again after so long without a receipt, by the second path after so long, then so often; people are told after so long,
/// and it is given up after so long: seconds.
const AGAIN_S: f64 = 0.4;
const SECOND_S: f64 = 0.85;
const PERSIST_S: f64 = 2.0;
const NAMED_S: f64 = 1.5;
const GIVEN_UP_S: f64 = 120.0;
/// A command stands for so long, and one that ends an alarm for so long, seconds.
const STANDS_S: f64 = 60.0;
const END_STANDS_S: f64 = 30.0;
/// Commands of an alarm whose receipts are believed.
const REMEMBERED: usize = 2;

#[derive(Clone, Debug)]
struct Order {
    alarm: Alarm,
    revision: u32,
    bytes: Vec<u8>,
    names: Vec<(u64, String)>,
    renew_at: Time,
    expires_at: Time,
}

#[derive(Clone, Debug)]
struct Open {
    revision: u32,
    told_at: Time,
    again_at: Time,
    level: u8,
    named: bool,
}

/// Something that the desk does.
#[derive(Debug)]
pub(crate) enum Act {
    Send { siren: usize, bytes: Vec<u8>, path: Path },
    Made(Made),
    Told { alarm: Box<Alarm>, revision: u32, sirens: Vec<usize> },
    Named { siren: usize, id: AlarmId, revision: u32 },
}

/// The desk of a site.
#[derive(Debug)]
pub(crate) struct Desk {
    secret: Secret,
    zones: Vec<String>,
    /// Name, zones and key of each siren.
    sirens: Vec<(String, Vec<usize>, Public)>,
    sequence: u64,
    nonces: u64,
    standing: BTreeMap<AlarmId, Order>,
    open: BTreeMap<(AlarmId, usize), Open>,
    canary: Option<Canary>,
}

impl Desk {
    /// A desk that has told nobody anything; `start` keeps its nonces apart from those of an earlier one.
    pub(crate) fn new(site: &Site, canary: Option<Canary>, start: u64) -> Self {
        let secret = if canary == Some(Canary::SignsWithTheOtherKey) { &site.other_key } else { &site.key };
        Desk {
            secret: secret.clone(),
            zones: (0..site.config.zones.len()).map(|zone| site.zone_key(zone).to_owned()).collect(),
            sirens: site.sirens.iter().map(|s| (s.name.clone(), s.zones.clone(), s.secret.public())).collect(),
            sequence: 0,
            nonces: start << 32,
            standing: BTreeMap::new(),
            open: BTreeMap::new(),
            canary,
        }
    }

    /// The alarm of the lowest name that has not ended, for people who want to do something about one.
    pub(crate) fn first_standing(&self) -> Option<AlarmId> {
        self.standing.values().find(|order| !order.alarm.stage.is_ended()).map(|order| order.alarm.id)
    }

    /// Tells the sirens of the zone.
    pub(crate) fn tell(&mut self, alarm: &Alarm, now: Time) -> Vec<Act> {
        let id = alarm.id;
        let revision = self.standing.get(&id).map_or(0, |order| order.revision) + 1;
        let zone = usize::from(id.zone.0);
        let hears = |zones: &[usize]| zones.is_empty() || zones.contains(&zone);
        let sirens: Vec<usize> = (0..self.sirens.len()).filter(|siren| hears(&self.sirens[*siren].1)).collect();
        let is_cancel = alarm.reason == parapet_warn::Reason::OperatorCancelled;
        if is_cancel && self.canary == Some(Canary::CancelStaysAtTheDesk) {
            return vec![Act::Told { alarm: Box::new(alarm.clone()), revision, sirens }];
        }
        let made = self.make(alarm, revision, now);
        let mut acts = vec![Act::Told { alarm: Box::new(alarm.clone()), revision, sirens: sirens.clone() }];
        for siren in sirens {
            let again_at = now.plus_seconds(AGAIN_S);
            self.open.insert((id, siren), Open { revision, told_at: now, again_at, level: 0, named: false });
            acts.push(Act::Send { siren, bytes: made.bytes.clone(), path: Path::Broker });
        }
        acts.insert(1, Act::Made(made));
        acts
    }

    fn next_sequence(&mut self, now: Time) -> u64 {
        let micros = u64::try_from(now.nanos() / 1_000).unwrap_or(0);
        self.sequence = micros.max(self.sequence + 1);
        self.sequence
    }

    fn make(&mut self, alarm: &Alarm, revision: u32, now: Time) -> Made {
        let is_end = alarm.stage.is_ended();
        let stands_s = if is_end { END_STANDS_S } else { STANDS_S };
        let sequence = self.next_sequence(now);
        self.nonces += 1;
        let nonce = format!("{:032x}", self.nonces);
        let zone = self.zones.get(usize::from(alarm.id.zone.0)).cloned().unwrap_or_default();
        let expires_at = now.plus_seconds(stands_s);
        let command = Command {
            v: 1,
            world: self.secret.world(),
            site: SITE.to_owned(),
            sequence,
            nonce: nonce.clone(),
            issued_ms: now.millis(),
            expires_ms: expires_at.millis(),
            alarm: alarm.id.label(&zone),
            revision,
            zone,
            stage: SirenStage::from(alarm.stage),
            seconds_left: alarm.impact_at.map(|at| at.seconds_since(now)).filter(|left| *left > 0.0),
        };
        let bytes = command.seal(&self.secret);
        let mut names = self.standing.remove(&alarm.id).map(|order| order.names).unwrap_or_default();
        names.push((sequence, nonce));
        names.drain(..names.len().saturating_sub(REMEMBERED));
        let renew_at = now.plus_seconds(stands_s / 3.0);
        let order = Order { alarm: alarm.clone(), revision, bytes: bytes.clone(), names, renew_at, expires_at };
        self.standing.insert(alarm.id, order);
        Made { bytes, alarm: command.alarm, revision, sequence, expires_ms: command.expires_ms, is_end }
    }

    /// The end of everything, to every siren.
    pub(crate) fn stop_all(&mut self, now: Time) -> Vec<Act> {
        let sequence = self.next_sequence(now);
        self.nonces += 1;
        let command = Command {
            v: 1,
            world: self.secret.world(),
            site: SITE.to_owned(),
            sequence,
            nonce: format!("{:032x}", self.nonces),
            issued_ms: now.millis(),
            expires_ms: now.plus_seconds(END_STANDS_S).millis(),
            alarm: EVERY_ALARM.to_owned(),
            revision: 0,
            zone: String::new(),
            stage: SirenStage::Withdrawn,
            seconds_left: None,
        };
        let bytes = command.seal(&self.secret);
        let (alarm, expires_ms) = (command.alarm, command.expires_ms);
        let made = Made { bytes: bytes.clone(), alarm, revision: 0, sequence, expires_ms, is_end: true };
        let send = |siren| Act::Send { siren, bytes: bytes.clone(), path: Path::Broker };
        core::iter::once(Act::Made(made)).chain((0..self.sirens.len()).map(send)).collect()
    }

    /// Does what is due.
    pub(crate) fn turn(&mut self, now: Time) -> Vec<Act> {
        let mut acts = Vec::new();
        self.open.retain(|_, open| now.seconds_since(open.told_at) <= GIVEN_UP_S);
        for ((id, siren), open) in &mut self.open {
            let waited_s = now.seconds_since(open.told_at);
            if waited_s >= NAMED_S && !open.named && self.canary != Some(Canary::SilentSirensAreNotNamed) {
                open.named = true;
                acts.push(Act::Named { siren: *siren, id: *id, revision: open.revision });
            }
            if now < open.again_at {
                continue;
            }
            open.level = open.level.saturating_add(1);
            open.again_at = match open.level {
                1 => open.told_at.plus_seconds(SECOND_S),
                _ => now.plus_seconds(PERSIST_S),
            };
            let path = if open.level == 1 { Path::Broker } else { Path::Straight };
            if let Some(order) = self.standing.get(id).filter(|order| order.expires_at > now) {
                acts.push(Act::Send { siren: *siren, bytes: order.bytes.clone(), path });
            }
        }
        self.renew(now, &mut acts);
        acts
    }

    fn renew(&mut self, now: Time, acts: &mut Vec<Act>) {
        let renews_ended = self.canary == Some(Canary::EndedAlarmsAreRenewed);
        if !renews_ended {
            self.standing.retain(|_, order| !order.alarm.stage.is_ended() || order.expires_at > now);
        }
        let due = |order: &&Order| order.renew_at <= now && !order.alarm.stage.is_ended();
        let mut due: Vec<(Alarm, u32)> =
            self.standing.values().filter(due).map(|order| (order.alarm.clone(), order.revision)).collect();
        if renews_ended {
            let ended = self.standing.values_mut().filter(|order| order.renew_at <= now);
            due.extend(ended.map(|order| {
                order.alarm.stage = parapet_warn::Stage::TakeCover;
                (order.alarm.clone(), order.revision)
            }));
        }
        for (alarm, revision) in due {
            let made = self.make(&alarm, revision, now);
            let zone = usize::from(alarm.id.zone.0);
            for (siren, (_, zones, _)) in self.sirens.iter().enumerate() {
                if zones.is_empty() || zones.contains(&zone) {
                    acts.push(Act::Send { siren, bytes: made.bytes.clone(), path: Path::Broker });
                }
            }
            acts.push(Act::Made(made));
        }
    }

    /// When [`turn`](Self::turn) has something to do next.
    pub(crate) fn due(&self) -> Option<Time> {
        let opens = self
            .open
            .values()
            .map(|open| if open.named { open.again_at } else { open.again_at.min(open.told_at.plus_seconds(NAMED_S)) });
        let is_due =
            |order: &&Order| !order.alarm.stage.is_ended() || self.canary == Some(Canary::EndedAlarmsAreRenewed);
        opens.chain(self.standing.values().filter(is_due).map(|order| order.renew_at)).min()
    }

    /// Judges a receipt: which siren has which state of which alarm.
    pub(crate) fn receipt(&mut self, bytes: &[u8]) -> Option<(usize, AlarmId, u32)> {
        let claimed = Receipt::claimed_by(bytes)?;
        let siren = self.sirens.iter().position(|(name, ..)| *name == claimed)?;
        let (alarm, revision, sequence, nonce) = if self.canary == Some(Canary::ReceiptsAreNotProved) {
            let (id, order) = self.standing.iter().next_back()?;
            let (sequence, nonce) = order.names.last()?.clone();
            (id.label(self.zones.get(usize::from(id.zone.0))?), order.revision, sequence, nonce)
        } else {
            let receipt = Receipt::open(bytes, &self.sirens[siren].2).ok().filter(|receipt| receipt.site == SITE)?;
            (receipt.alarm, receipt.revision, receipt.sequence, receipt.nonce)
        };
        let of = |id: &AlarmId| self.zones.get(usize::from(id.zone.0)).is_some_and(|zone| id.label(zone) == alarm);
        let (id, order) = self.standing.iter().find(|(id, _)| of(id))?;
        if !order.names.iter().any(|name| *name == (sequence, nonce.clone())) {
            return None;
        }
        let key = (*id, siren);
        if self.open.get(&key).is_none_or(|open| open.revision != revision) {
            return None;
        }
        self.open.remove(&key);
        Some((siren, key.0, revision))
    }
}
