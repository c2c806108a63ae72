//! Programs elsewhere, told by HTTP: CloudEvents 1.0, signed as Standard Webhooks say.
//!
//! Each alarm is told in its newest state until the endpoint takes it: at once, then again with growing pauses that differ
//! from ours to others', and by the second address when the first is silent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use parapet_siren::World;
use parapet_site::Webhook;
use parapet_warn::AlarmId;
use rustls::ClientConfig;
use serde_json::json;
use sha2::Sha256;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::bulletin::Bulletin;
use super::desk::Desk;
use super::dispatch::{Receivers, Spec};
use super::post::{Letter, post};
use super::queue::{Inbox, Item, Way};
use super::tls;
use crate::atlas::rfc3339;

/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Requests that are under way at once to one endpoint.
const AT_ONCE_MAX: usize = 8;
/// First and longest pause before an alarm is posted again, before jitter, seconds.
const PAUSE_S: [f64; 2] = [0.5, 15.0];
/// An alarm that was not taken for this long is given up: its message has expired.
const GIVEN_UP: Duration = Duration::from_secs(120);

/// What the channel is made with.
pub(super) struct Setting {
    webhook: Webhook,
    source: String,
    world: World,
    tls: Option<Arc<ClientConfig>>,
    secret: Vec<u8>,
}

impl Setting {
    /// Reads the certificates of an endpoint.
    ///
    /// # Errors
    /// What is wrong with them, for people.
    pub(super) fn new(webhook: &Webhook, world: World, site: &str) -> Result<Self, String> {
        let tls = webhook.authorities.as_ref().map(|pem| tls::configured(pem, None)).transpose()?;
        let source = format!("/parapet/{}/{}", world.word(), parapet_siren::level(site));
        Ok(Setting { secret: key(&webhook.secret.0), webhook: webhook.clone(), source, world, tls })
    }

    pub(super) fn spec(&self) -> Spec {
        let name = format!("webhook-{}", self.webhook.id);
        Spec { name, kind: "webhook", tracks: false, receivers: Receivers::Channel }
    }

    fn letter(&self, bulletin: &Bulletin, way: Way, now_s: i64) -> Letter {
        let what = match (bulletin.revision, bulletin.is_end()) {
            (_, true) => "ended",
            (1, false) => "raised",
            _ => "updated",
        };
        let id = format!("{}.{}", bulletin.record.id, bulletin.revision);
        let event = json!({
            "specversion": "1.0",
            "id": id,
            "source": self.source,
            "type": format!("parapet.{}.alarm.{what}", self.world.word()),
            "subject": bulletin.record.zone,
            "time": rfc3339(bulletin.alarm.at),
            "datacontenttype": "application/json",
            "data": bulletin.record,
        });
        self.signed(&id, event.to_string().into_bytes(), way, now_s)
    }

    fn heartbeat(&self, now: parapet_frame::Time) -> Letter {
        let id = format!("heartbeat.{}", now.millis());
        let event = json!({
            "specversion": "1.0",
            "id": id,
            "source": self.source,
            "type": format!("parapet.{}.heartbeat", self.world.word()),
            "time": rfc3339(now),
            "datacontenttype": "application/json",
            "data": { "next_within_s": 3.0 * self.webhook.heartbeat_s },
        });
        self.signed(&id, event.to_string().into_bytes(), Way::Again, now.millis() / 1_000)
    }

    fn signed(&self, id: &str, body: Vec<u8>, way: Way, now_s: i64) -> Letter {
        let second = self.webhook.second.as_ref().filter(|_| way == Way::Second);
        let headers = vec![
            ("content-type", "application/cloudevents+json; charset=utf-8".to_owned()),
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", now_s.to_string()),
            ("webhook-signature", signature(&self.secret, id, now_s, &body)),
        ];
        Letter { url: second.unwrap_or(&self.webhook.url).clone(), headers, body }
    }
}

/// The key in a secret: what stands behind `whsec_` in base 64, as Standard Webhooks write it, or else the text itself.
fn key(secret: &str) -> Vec<u8> {
    let standard = secret.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
    standard.unwrap_or_else(|| secret.as_bytes().to_vec())
}

/// Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, in base 64, behind `v1,`.
fn signature(key: &[u8], id: &str, timestamp_s: i64, body: &[u8]) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(format!("{id}.{timestamp_s}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// An alarm on its way to the endpoint.
struct Job {
    bulletin: Arc<Bulletin>,
    way: Way,
    tries: u32,
    due: Instant,
    since: Instant,
    under_way: bool,
}

type Outcome = (Option<AlarmId>, u32, Result<u16, String>);

/// Runs the channel until the service ends.
pub(super) async fn run(setting: Setting, mut inbox: Inbox, desk: Desk) {
    let mut channel = Channel { setting, desk, jobs: BTreeMap::new(), posts: JoinSet::new() };
    let mut beat_at = Instant::now();
    let period_s = channel.setting.webhook.heartbeat_s;
    loop {
        channel.start_due();
        let due = channel.next_due();
        tokio::select! {
            biased;
            item = inbox.next() => match item {
                Some(item) => channel.item(item),
                None => break,
            },
            Some(outcome) = channel.posts.join_next(), if !channel.posts.is_empty() => channel.over(outcome.ok()),
            () = tokio::time::sleep_until(due) => {}
            () = tokio::time::sleep_until(beat_at), if period_s > 0.0 => {
                beat_at += Duration::from_secs_f64(period_s);
                let letter = channel.setting.heartbeat(channel.desk.now());
                channel.post(None, 0, letter);
            }
        }
    }
    channel.start_due();
    let last_words = async { while channel.posts.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(PATIENCE / 2, last_words).await;
}

struct Channel {
    setting: Setting,
    desk: Desk,
    jobs: BTreeMap<AlarmId, Job>,
    posts: JoinSet<Outcome>,
}

impl Channel {
    fn item(&mut self, item: Item) {
        let now = Instant::now();
        match item {
            Item::Alarm(bulletin) => {
                let under_way = self.jobs.get(&bulletin.alarm.id).is_some_and(|job| job.under_way);
                let job = Job { bulletin, way: Way::Again, tries: 0, due: now, since: now, under_way };
                self.jobs.insert(job.bulletin.alarm.id, job);
            }
            Item::Reminder(reminder) => {
                // Another attempt at the first address follows by itself; the second address is asked at once.
                if let Some(job) = self.jobs.get_mut(&reminder.bulletin.alarm.id)
                    && reminder.path == Way::Second
                    && job.way == Way::Again
                    && self.setting.webhook.second.is_some()
                {
                    (job.way, job.due, job.under_way) = (Way::Second, now, false);
                }
            }
            Item::StopAll | Item::Track(_) => {}
        }
    }

    fn next_due(&self) -> Instant {
        let waiting = self.jobs.values().filter(|job| !job.under_way).map(|job| job.due);
        let far = Instant::now() + Duration::from_secs(3_600);
        // With every place taken the next outcome wakes us.
        if self.posts.len() >= AT_ONCE_MAX { far } else { waiting.min().unwrap_or(far) }
    }

    fn start_due(&mut self) {
        let now = Instant::now();
        self.jobs.retain(|_, job| now.duration_since(job.since) < GIVEN_UP);
        let due: Vec<AlarmId> = self
            .jobs
            .iter()
            .filter(|(_, job)| !job.under_way && job.due <= now)
            .map(|(id, _)| *id)
            .take(AT_ONCE_MAX.saturating_sub(self.posts.len()))
            .collect();
        let now_s = self.desk.now().millis() / 1_000;
        for id in due {
            let Some(job) = self.jobs.get_mut(&id) else { continue };
            job.under_way = true;
            job.tries += 1;
            let (bulletin, way) = (job.bulletin.clone(), job.way);
            let letter = self.setting.letter(&bulletin, way, now_s);
            self.post(Some(id), bulletin.revision, letter);
            self.desk.sent(&bulletin);
        }
    }

    fn post(&mut self, id: Option<AlarmId>, revision: u32, letter: Letter) {
        let tls = self.setting.tls.clone();
        self.posts.spawn(async move { (id, revision, post(letter, tls, PATIENCE).await) });
    }

    fn over(&mut self, outcome: Option<Outcome>) {
        let Some((id, revision, outcome)) = outcome else { return };
        let taken = matches!(outcome, Ok(200..=299));
        match &outcome {
            Ok(200..=299) => self.desk.connected(true),
            Ok(status) => self.desk.failed(format!("{} answers {status}", self.setting.webhook.url)),
            Err(what) => {
                self.desk.connected(false);
                self.desk.failed(format!("{}: {what}", self.setting.webhook.url));
            }
        }
        let Some(job) = id.and_then(|id| self.jobs.get_mut(&id)) else { return };
        if job.bulletin.revision != revision {
            // A newer state waited for this one, so that the endpoint hears them in order.
            job.under_way = false;
        } else if taken {
            self.desk.acknowledged("", &job.bulletin);
            let id = job.bulletin.alarm.id;
            self.jobs.remove(&id);
        } else {
            job.under_way = false;
            job.due = Instant::now() + pause(job.tries);
        }
    }
}

/// Grows with every try, and is stretched or shortened by up to a half.
fn pause(tries: u32) -> Duration {
    let mut octets = [0; 2];
    // Without randomness many programs would ask at the same instant, which is no fault of this one.
    let _ = getrandom::fill(&mut octets);
    let jitter = 0.5 + f64::from(u16::from_le_bytes(octets)) / f64::from(u16::MAX);
    let grown_s = PAUSE_S[0] * 2_f64.powi(tries.saturating_sub(1).min(10) as i32);
    Duration::from_secs_f64(jitter * grown_s.min(PAUSE_S[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn signs_as_standard_webhooks_say() {
        let key = key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn pauses_grow_and_are_bounded() {
        for tries in 1..40 {
            let least_s = (PAUSE_S[0] * 2_f64.powi(tries - 1)).min(PAUSE_S[1]) / 2.0;
            let pause_s = pause(tries as u32).as_secs_f64();
            assert!((least_s..=3.0 * least_s).contains(&pause_s), "{tries}: {pause_s}");
        }
    }
}
