//! Between the network, the judge and the loudspeaker.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parapet_siren::{
    Contact, Guard, MESSAGE_MAX, Post, Receipt, Refusal, Secret, Sounding, Topics, Verdict, World, phrase,
};
use rumqttc::v5::mqttbytes::QoS;
use tokio::net::UdpSocket;

use crate::arguments::Run;
use crate::broker::{self, Broker, News};
use crate::files;
use crate::lines::Lines;
use crate::sound::{Audio, Loudspeaker};

/// How often the siren looks at its clock when nothing comes.
const LOOK: Duration = Duration::from_millis(100);

/// Runs until the program is stopped.
pub(crate) fn run(arguments: &Run) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(listen(arguments))
}

async fn listen(arguments: &Run) -> Result<(), String> {
    let world = World::from(arguments.world);
    let audio = Audio::read(&arguments.audio)?;
    let lines = if audio == Audio::Stdout { Lines::Error } else { Lines::Out };
    let key = files::public(&arguments.program_key, world)?;
    let (siren, site, zones) = (arguments.id.clone(), arguments.site.clone(), arguments.zones.clone());
    let floor = files::floor(arguments.state.as_deref())?;
    let topics = Topics::new(world, &site);
    let udp = match arguments.udp {
        Some(address) => Some(UdpSocket::bind(address).await.map_err(|error| format!("--udp {address}: {error}"))?),
        None => None,
    };
    let broker = broker::connect(arguments, world, &topics)?;
    let mut siren = Siren {
        guard: Guard::new(Post { siren, site, zones, key }, floor),
        own: files::secret(&arguments.own_key, world)?,
        receipts: topics.receipt(&arguments.id),
        heartbeat: topics.heartbeat(),
        lines,
        loudspeaker: Loudspeaker::start(audio, world)?,
        state: arguments.state.clone(),
        text: arguments.text.clone(),
        sounding: None,
        contact: None,
    };
    let udp_words = udp.as_ref().and_then(|udp| udp.local_addr().ok()).map(|address| format!(", udp {address}"));
    lines.say(&format!("ready {}{}", world.word(), udp_words.unwrap_or_default()));
    siren.serve(broker, udp).await
}

struct Siren {
    guard: Guard,
    own: Secret,
    receipts: String,
    heartbeat: String,
    lines: Lines,
    loudspeaker: Loudspeaker,
    state: Option<PathBuf>,
    text: Option<PathBuf>,
    sounding: Option<Sounding>,
    contact: Option<Contact>,
}

impl Siren {
    async fn serve(&mut self, mut broker: Option<Broker>, udp: Option<UdpSocket>) -> Result<(), String> {
        let mut datagram = [0; MESSAGE_MAX + 1];
        loop {
            self.show();
            tokio::select! {
                news = next(&mut broker) => self.news(news, &broker),
                (length, from) = heard(udp.as_ref(), &mut datagram) => {
                    if let Some(receipt) = self.take(&datagram[..length], false, "udp")
                        && let Some(udp) = &udp
                    {
                        // A receipt that is lost is asked for again.
                        let _ = udp.try_send_to(&receipt, from);
                    }
                }
                () = tokio::time::sleep(LOOK) => {}
                ended = tokio::signal::ctrl_c() => return ended.map_err(|error| error.to_string()),
            }
        }
    }

    fn news(&mut self, news: News, broker: &Option<Broker>) {
        match news {
            News::Up => self.lines.say("connected"),
            News::Down(why) => self.lines.say(&format!("disconnected: {why}")),
            News::Message { topic, payload, retained } if topic == self.heartbeat => {
                self.beat(&payload, retained, &topic);
            }
            // An empty message is a broker's way to forget what it kept.
            News::Message { payload, .. } if payload.is_empty() => {}
            News::Message { topic, payload, retained } => {
                if let (Some(receipt), Some(broker)) = (self.command(&payload, retained, &topic), broker) {
                    // A receipt that finds no room is asked for again.
                    let _ = broker.client.try_publish(self.receipts.as_str(), QoS::AtLeastOnce, false, receipt);
                }
            }
        }
    }

    /// A datagram holds a command or a heartbeat.
    fn take(&mut self, bytes: &[u8], retained: bool, by: &str) -> Option<Vec<u8>> {
        if self.is_heartbeat(bytes) {
            self.beat(bytes, retained, by);
            return None;
        }
        self.command(bytes, retained, by)
    }

    /// Commands name an alarm, heartbeats do not; which it really is, its signature says.
    fn is_heartbeat(&self, bytes: &[u8]) -> bool {
        !bytes.windows(8).any(|window| window == b"\"alarm\":")
    }

    fn beat(&mut self, bytes: &[u8], retained: bool, by: &str) {
        if let Err(refusal) = self.guard.heartbeat(bytes, retained, now_ms()) {
            self.refused(refusal, by);
        }
    }

    fn command(&mut self, bytes: &[u8], retained: bool, by: &str) -> Option<Vec<u8>> {
        match self.guard.command(bytes, retained, now_ms()) {
            Ok(receipt) => {
                self.obeyed(&receipt, by);
                Some(receipt.seal(&self.own))
            }
            Err(refusal) => {
                self.refused(refusal, by);
                None
            }
        }
    }

    fn obeyed(&mut self, receipt: &Receipt, by: &str) {
        let word = match receipt.verdict {
            Verdict::Obeyed => "obeyed",
            Verdict::Repeated => "repeated",
        };
        self.lines.say(&format!("{word} {} revision {} by {by}", receipt.alarm, receipt.revision));
        if let Some(path) = &self.state
            && let Err(what) = files::replace(path, &format!("{}\n", self.guard.highest()))
        {
            self.lines.say(&format!("state not kept: {what}"));
        }
    }

    fn refused(&self, refusal: Refusal, by: &str) {
        let count = self.guard.refused().get(&refusal).copied().unwrap_or(0);
        self.lines.say(&format!("refused {} ({count}) by {by}", refusal.word()));
    }

    /// Sounds and shows what has changed, by a command or by time.
    fn show(&mut self) {
        let now_ms = now_ms();
        let contact = self.guard.contact(now_ms);
        if self.contact != Some(contact) {
            self.contact = Some(contact);
            let words = if contact == Contact::Contact { "contact" } else { "no contact" };
            self.lines.say(words);
        }
        let sounding = self.guard.sounding(now_ms);
        if sounding != self.sounding {
            self.sound(sounding.as_ref(), now_ms);
            self.sounding = sounding;
        }
    }

    fn sound(&self, sounding: Option<&Sounding>, now_ms: i64) {
        let stage = sounding.map(|sounding| sounding.stage);
        if stage != self.sounding.as_ref().map(|before| before.stage) {
            self.loudspeaker.sound(stage);
        }
        let left_s = sounding.and_then(|s| s.impact_ms).map(|at_ms| (at_ms - now_ms) as f64 / 1e3);
        let text = sounding.map(|s| phrase(self.guard.world(), s.stage, &s.zone, left_s)).unwrap_or_default();
        match stage {
            Some(stage) => self.lines.say(&format!("sounds {}: {text}", stage.word())),
            None => self.lines.say("silent"),
        }
        if let Some(path) = &self.text
            && let Err(what) = files::replace(path, &text)
        {
            self.lines.say(&format!("text not written: {what}"));
        }
    }
}

async fn next(broker: &mut Option<Broker>) -> News {
    match broker {
        Some(broker) => match broker.news.recv().await {
            Some(news) => news,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

async fn heard(udp: Option<&UdpSocket>, into: &mut [u8]) -> (usize, SocketAddr) {
    let Some(udp) = udp else { return std::future::pending().await };
    loop {
        if let Ok(heard) = udp.recv_from(into).await {
            return heard;
        }
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
