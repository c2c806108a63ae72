//! What a siren believes and sounds: a value, fed with octets and the time.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::command::{Command, EVERY_ALARM, Heartbeat, Receipt, STANDS_MAX_MS, SirenStage, VERSION, Verdict};
use crate::envelope::Broken;
use crate::key::{Public, World};

/// How far the program's clock may run ahead of the siren's, milliseconds.
const AHEAD_MAX_MS: i64 = 5_000;
/// Alarms that a siren holds at once: one for each zone that a site may have.
const ALARMS_MAX: usize = 4_096;
/// For how long an end is sounded, milliseconds.
const END_SOUNDS_MS: i64 = 20_000;

/// Why a message was not obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It is no message of this format and version.
    Malformed,
    /// It is signed with another key; a key of the other world is one.
    Forged,
    /// It names the right key, and the signature does not fit.
    Altered,
    /// The broker had kept it: nobody says that it is true now.
    Retained,
    /// It is for another site.
    OtherSite,
    /// It is for another zone.
    OtherZone,
    /// Its time is over.
    Expired,
    /// It comes from the future, or would stand for too long.
    Impossible,
    /// It is older than what was obeyed last.
    Replayed,
    /// More alarms than a site can have.
    TooMany,
}

impl Refusal {
    /// The word that counts and prints use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Refusal::Malformed => "malformed",
            Refusal::Forged => "forged",
            Refusal::Altered => "altered",
            Refusal::Retained => "retained",
            Refusal::OtherSite => "other_site",
            Refusal::OtherZone => "other_zone",
            Refusal::Expired => "expired",
            Refusal::Impossible => "impossible",
            Refusal::Replayed => "replayed",
            Refusal::TooMany => "too_many",
        }
    }
}

impl From<Broken> for Refusal {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Malformed => Refusal::Malformed,
            Broken::Forged => Refusal::Forged,
            Broken::Altered => Refusal::Altered,
        }
    }
}

/// What a siren is told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its own name.
    pub siren: String,
    /// The site whose program it obeys.
    pub site: String,
    /// The zones that it is heard in; empty for all.
    pub zones: Vec<String>,
    /// The program's key; it decides between live and exercise.
    pub key: Public,
}

/// What is sounded now.
#[derive(Clone, Debug, PartialEq)]
pub struct Sounding {
    /// Which pattern.
    pub stage: SirenStage,
    /// For which zone; empty for an end of everything.
    pub zone: String,
    /// The earliest predicted impact, milliseconds since 1970, while one is to come.
    pub impact_ms: Option<i64>,
}

/// Whether the program is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Contact {
    /// It is.
    Contact,
    /// It is not: show "no contact", sound nothing for it.
    NoContact,
}

#[derive(Clone, Debug, PartialEq)]
struct Standing {
    sequence: u64,
    nonce: String,
    stage: SirenStage,
    zone: String,
    impact_ms: Option<i64>,
    /// From then on it is not sounded.
    sounds_until_ms: i64,
    /// From then on a copy of it would be refused as expired, so that it need not be remembered.
    kept_until_ms: i64,
}

/// Judges what a siren hears.
#[derive(Clone, Debug)]
pub struct Guard {
    post: Post,
    alarms: BTreeMap<String, Standing>,
    /// No command at or below is obeyed: what was obeyed before a restart, and what an end of everything has ended.
    floor: u64,
    highest: u64,
    contact_until_ms: Option<i64>,
    heartbeat: u64,
    refused: BTreeMap<Refusal, u64>,
    obeyed: u64,
}

impl Guard {
    /// A silent siren. `floor` is what [`Guard::highest`] said before a restart, or 0.
    #[must_use]
    pub fn new(post: Post, floor: u64) -> Self {
        Guard {
            post,
            alarms: BTreeMap::new(),
            floor,
            highest: floor,
            contact_until_ms: None,
            heartbeat: 0,
            refused: BTreeMap::new(),
            obeyed: 0,
        }
    }

    /// Takes a command; `retained` says that the broker had kept it. `now_ms` is milliseconds since 1970.
    ///
    /// # Errors
    /// When it is not obeyed, with the reason, which is counted too.
    pub fn command(&mut self, bytes: &[u8], retained: bool, now_ms: i64) -> Result<Receipt, Refusal> {
        let judged = self.judge(bytes, retained, now_ms);
        match &judged {
            Ok(_) => self.obeyed += 1,
            Err(refusal) => *self.refused.entry(*refusal).or_default() += 1,
        }
        judged
    }

    fn judge(&mut self, bytes: &[u8], retained: bool, now_ms: i64) -> Result<Receipt, Refusal> {
        if retained {
            return Err(Refusal::Retained);
        }
        let command = Command::open(bytes, &self.post.key)?;
        self.check(&command, now_ms)?;
        self.lapse(now_ms);
        let before = self.alarms.get(&command.alarm);
        let verdict = match before {
            Some(before) if before.sequence == command.sequence && before.nonce == command.nonce => Verdict::Repeated,
            Some(before) if before.sequence >= command.sequence => return Err(Refusal::Replayed),
            _ if command.sequence <= self.floor => return Err(Refusal::Replayed),
            None if self.alarms.len() >= ALARMS_MAX => return Err(Refusal::TooMany),
            _ => Verdict::Obeyed,
        };
        if verdict == Verdict::Obeyed {
            self.obey(&command, now_ms);
        }
        Ok(self.receipt(command, verdict, now_ms))
    }

    fn check(&self, command: &Command, now_ms: i64) -> Result<(), Refusal> {
        let Command { v, world, site, zone, nonce, issued_ms, expires_ms, alarm, stage, .. } = command;
        if *v != VERSION || *world != self.post.key.world() || nonce.len() != 32 {
            return Err(Refusal::Malformed);
        }
        if alarm == EVERY_ALARM && !stage.is_end() {
            return Err(Refusal::Malformed);
        }
        if *site != self.post.site {
            return Err(Refusal::OtherSite);
        }
        if alarm != EVERY_ALARM && !self.post.zones.is_empty() && !self.post.zones.contains(zone) {
            return Err(Refusal::OtherZone);
        }
        let stands_ms = expires_ms.checked_sub(*issued_ms).ok_or(Refusal::Impossible)?;
        if !(0..=STANDS_MAX_MS).contains(&stands_ms) || *issued_ms > now_ms.saturating_add(AHEAD_MAX_MS) {
            return Err(Refusal::Impossible);
        }
        if *expires_ms <= now_ms { Err(Refusal::Expired) } else { Ok(()) }
    }

    fn obey(&mut self, command: &Command, now_ms: i64) {
        if command.alarm == EVERY_ALARM {
            // What was told after it and came before it is not its to end.
            self.alarms.retain(|_, standing| standing.sequence > command.sequence);
            self.floor = self.floor.max(command.sequence);
        }
        self.highest = self.highest.max(command.sequence);
        let sounds_ms = if command.stage.is_end() { END_SOUNDS_MS } else { STANDS_MAX_MS };
        let left_ms = command.seconds_left.filter(|left| left.is_finite()).map(|left| (left * 1e3) as i64);
        let standing = Standing {
            sequence: command.sequence,
            nonce: command.nonce.clone(),
            stage: command.stage,
            zone: command.zone.clone(),
            impact_ms: left_ms.map(|left_ms| command.issued_ms.saturating_add(left_ms)),
            sounds_until_ms: command.expires_ms.min(now_ms.saturating_add(sounds_ms)),
            // Older commands of the same alarm expire by then too.
            kept_until_ms: command.issued_ms.saturating_add(STANDS_MAX_MS + AHEAD_MAX_MS),
        };
        self.alarms.insert(command.alarm.clone(), standing);
    }

    fn receipt(&self, command: Command, verdict: Verdict, now_ms: i64) -> Receipt {
        Receipt {
            v: VERSION,
            world: self.post.key.world(),
            site: command.site,
            siren: self.post.siren.clone(),
            alarm: command.alarm,
            revision: command.revision,
            sequence: command.sequence,
            nonce: command.nonce,
            verdict,
            sounding: self.sounding(now_ms).map(|sounding| sounding.stage),
            at_ms: now_ms,
        }
    }

    /// Takes a heartbeat of the program.
    ///
    /// # Errors
    /// When it is not believed; counted like a command's.
    pub fn heartbeat(&mut self, bytes: &[u8], retained: bool, now_ms: i64) -> Result<(), Refusal> {
        let judged = self.judge_heartbeat(bytes, retained, now_ms);
        if let Err(refusal) = judged {
            *self.refused.entry(refusal).or_default() += 1;
        }
        judged
    }

    fn judge_heartbeat(&mut self, bytes: &[u8], retained: bool, now_ms: i64) -> Result<(), Refusal> {
        if retained {
            return Err(Refusal::Retained);
        }
        let Heartbeat { v, world, site, sequence, issued_ms, expires_ms } = Heartbeat::open(bytes, &self.post.key)?;
        if v != VERSION || world != self.post.key.world() {
            return Err(Refusal::Malformed);
        }
        if site != self.post.site {
            return Err(Refusal::OtherSite);
        }
        let stands_ms = expires_ms.checked_sub(issued_ms).ok_or(Refusal::Impossible)?;
        if !(0..=STANDS_MAX_MS).contains(&stands_ms) || issued_ms > now_ms.saturating_add(AHEAD_MAX_MS) {
            return Err(Refusal::Impossible);
        }
        if expires_ms <= now_ms {
            return Err(Refusal::Expired);
        }
        // The same heartbeat comes by every path, and says nothing new.
        if sequence < self.heartbeat {
            return Err(Refusal::Replayed);
        }
        self.heartbeat = sequence;
        self.contact_until_ms = Some(expires_ms);
        Ok(())
    }

    /// What is to be sounded: the most urgent of what stands. Nothing outlives its own time.
    #[must_use]
    pub fn sounding(&self, now_ms: i64) -> Option<Sounding> {
        let rank = |stage: SirenStage| match stage {
            SirenStage::TakeCover => 4,
            SirenStage::Hold => 3,
            SirenStage::Prepare => 2,
            SirenStage::AllClear => 1,
            SirenStage::Withdrawn => 0,
        };
        let standing = self.alarms.values().filter(|standing| standing.sounds_until_ms > now_ms);
        let soonest = |standing: &&Standing| core::cmp::Reverse(standing.impact_ms.unwrap_or(i64::MAX));
        let first = standing.max_by_key(|standing| (rank(standing.stage), soonest(standing)))?;
        Some(Sounding { stage: first.stage, zone: first.zone.clone(), impact_ms: first.impact_ms })
    }

    /// When what is sounded changes by time alone next, milliseconds since 1970.
    #[must_use]
    pub fn changes_at_ms(&self, now_ms: i64) -> Option<i64> {
        let ends = self.alarms.values().map(|standing| standing.sounds_until_ms);
        ends.chain(self.contact_until_ms).filter(|end| *end > now_ms).min()
    }

    /// Whether the program is heard.
    #[must_use]
    pub fn contact(&self, now_ms: i64) -> Contact {
        match self.contact_until_ms {
            Some(until_ms) if until_ms > now_ms => Contact::Contact,
            _ => Contact::NoContact,
        }
    }

    /// Forgets what is over for so long that a copy of it would be refused as expired.
    fn lapse(&mut self, now_ms: i64) {
        self.alarms.retain(|_, standing| standing.kept_until_ms > now_ms);
    }

    /// The highest sequence number that was obeyed; to be kept over a restart.
    #[must_use]
    pub fn highest(&self) -> u64 {
        self.highest
    }

    /// How many messages were not obeyed, by reason.
    #[must_use]
    pub fn refused(&self) -> &BTreeMap<Refusal, u64> {
        &self.refused
    }

    /// How many commands were obeyed, repeated ones included.
    #[must_use]
    pub fn obeyed(&self) -> u64 {
        self.obeyed
    }

    /// The world that it lives in.
    #[must_use]
    pub fn world(&self) -> World {
        self.post.key.world()
    }
}
