//! From an alarm to the last of 1,000 sirens, over a real broker on loopback; and what each way out costs beside it.
//!
//! `cargo bench -p parapet-service --bench sirens`; needs Mosquitto (`apt install mosquitto`). The tables of
//! `studies/14-channels/README.md` are what it prints. Sirens are simulated in this process: each has its own connection, its own
//! judge and its own key, and answers with a signed receipt.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and ends where it cannot go on")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parapet_frame::Time;
use parapet_service::{ChannelRig, Latencies};
use parapet_siren::{Guard, Post, Secret, Topics, World};
use parapet_site::Site;
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Filter, Packet};
use rumqttc::v5::{AsyncClient, Event, MqttOptions};

const SIRENS: usize = 1_000;
const ALARMS: usize = 40;
const SITE: &str = "range-b";

fn main() {
    let Some(broker) = Broker::start() else {
        println!("SKIPPED: there is no Mosquitto here; `apt install mosquitto` (Debian) and run the bench again");
        return;
    };
    let sirens = Sirens::start(broker.port);
    let (endpoint, hanging) = (endpoint(false), endpoint(true));
    println!("{SIRENS} sirens on one zone, {ALARMS} alarms of one zone, one after the other\n");
    println!(
        "| channels beside | heard by the last siren p50 | p99 | judged by the last p50 | p99 | all receipts p50 | p99 |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    measure("none", &broker, &sirens, &[]);
    measure("a webhook that answers", &broker, &sirens, &[("works", endpoint)]);
    measure("the same and a webhook that hangs", &broker, &sirens, &[("works", endpoint), ("hangs", hanging)]);
}

/// Alarms one after the other: each raised, waited for by every siren and every receipt, and taken back.
fn measure(beside: &str, broker: &Broker, sirens: &Sirens, webhooks: &[(&str, u16)]) {
    let rig = ChannelRig::start(&site(broker.port, webhooks)).unwrap();
    while !rig.statuses().iter().any(|status| status.kind == "mqtt" && status.connected) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let [mut heard, mut judged, mut receipts] = [(); 3].map(|()| Latencies::default());
    let mut webhook = Latencies::default();
    for number in 0..ALARMS {
        let cause = Time::from_seconds(number as f64);
        let id = AlarmId { zone: ZoneId(0), cause, again: 0 };
        sirens.forget();
        let alarm = Alarm::plain(id, rig.now(), Stage::TakeCover, Reason::ImpactPredicted);
        let decided_at = alarm.at;
        rig.tell(vec![alarm]);
        sirens.all_heard();
        let (last_heard, last_judged) = sirens.last();
        heard.add(last_heard.seconds_since(decided_at));
        judged.add(last_judged.seconds_since(decided_at));
        let name = format!("depot-{}", cause.millis());
        let deliveries = settled(&rig, &name);
        let acknowledged = deliveries.iter().filter(|d| d.channel == "mqtt").filter_map(|d| d.acknowledged_s);
        receipts.add(acknowledged.fold(0.0, f64::max));
        let told = deliveries.iter().filter(|d| d.channel == "webhook-works").filter_map(|d| d.acknowledged_s);
        told.for_each(|s| webhook.add(s));
        sirens.forget();
        rig.tell(vec![Alarm::plain(id, rig.now(), Stage::Withdrawn, Reason::ImpactElsewhere)]);
        sirens.all_heard();
        settled(&rig, &name);
    }
    let (heard, judged, receipts) = (heard.report(), judged.report(), receipts.report());
    println!(
        "| {beside} | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms |",
        heard.median_ms, heard.p99_ms, judged.median_ms, judged.p99_ms, receipts.median_ms, receipts.p99_ms
    );
    let webhook = webhook.report();
    if webhook.count > 0 {
        println!(
            "| webhook beside 1,000 sirens, alarm to its answer | | {:.1} ms | {:.1} ms | {:.1} ms | | |",
            webhook.median_ms, webhook.p99_ms, webhook.worst_ms
        );
    }
    rig.stop();
}

/// The deliveries of an alarm once every siren has acknowledged its newest message.
fn settled(rig: &ChannelRig, name: &str) -> Vec<parapet_service::Delivery> {
    loop {
        let deliveries = rig.deliveries(name);
        let newest = deliveries.iter().map(|d| d.revision).max().unwrap_or(0);
        let of_newest = deliveries.iter().filter(|d| d.channel == "mqtt" && d.revision == newest);
        if of_newest.filter(|d| d.acknowledged_s.is_some()).count() > SIRENS {
            return deliveries;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

struct Broker {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Broker {
    fn start() -> Option<Broker> {
        let program = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"].map(PathBuf::from);
        let program = program.iter().find(|program| Path::exists(program))?;
        let folder = tempfile::tempdir().unwrap();
        // Below the ports that the system gives to whoever connects.
        let port = (27_000..28_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap();
        let config = folder.path().join("mosquitto.conf");
        let text = format!("user root\nlistener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n");
        std::fs::write(&config, text).unwrap();
        let child = Command::new(program).arg("-c").arg(config).stderr(Stdio::null()).spawn().unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Broker { child, port, _folder: folder })
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An endpoint that answers at once, or takes connections and never answers.
fn endpoint(hangs: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut held = std::collections::VecDeque::new();
        for mut stream in listener.incoming().flatten() {
            if !hangs {
                let mut octets = [0; 16_384];
                let _ = stream.read(&mut octets);
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
                continue;
            }
            held.push_back(stream);
            if held.len() > 64 {
                held.pop_front();
            }
        }
    });
    port
}

fn key(number: usize) -> Secret {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(number as u64 + 1).to_le_bytes());
    Secret::new(World::Exercise, &seed)
}

fn program_key() -> Secret {
    Secret::new(World::Exercise, &[7; 32])
}

fn site(port: u16, webhooks: &[(&str, u16)]) -> Site {
    let sirens = (0..SIRENS).map(|n| format!("[[siren]]\nid = \"s{n}\"\nkey = \"{}\"\n", key(n).public().text()));
    let webhooks = webhooks.iter().map(|(id, port)| {
        format!("[[webhook]]\nid = \"{id}\"\nurl = \"http://127.0.0.1:{port}/\"\nsecret_file = \"secret\"\n")
    });
    let text = format!(
        r#"
[site]
name = "Range B"
mode = "exercise"
origin = {{ lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }}
[[sensor]]
id = "radar-north"
position = {{ lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }}
asterix = {{ sac = 25, sic = 201 }}
links = ["udp://127.0.0.1:8600"]
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = {{ range_m = 15.0, azimuth_deg = 0.17 }}
[[zone]]
id = "depot"
circle = {{ lat_deg = 33.302, lon_deg = 44.390, radius_m = 120.0 }}
[mqtt]
address = "127.0.0.1:{port}"
trust = "plain"
key_file = "key"
udp = "127.0.0.1:0"
{}{}"#,
        sirens.collect::<String>(),
        webhooks.collect::<String>()
    );
    let mut load =
        |name: &str| Ok(if name == "key" { program_key().text() } else { "a secret of the bench".to_owned() });
    Site::parse("site.toml", &text, &mut load).unwrap_or_else(|error| panic!("{error}"))
}

/// When a siren heard a command, and when it had judged it.
type Obeyed = Arc<Mutex<Vec<(Time, Time)>>>;

/// A thousand sirens, and when each obeyed.
struct Sirens {
    obeyed_at: Obeyed,
    /// The sirens' own thread; it ends with the process.
    _thread: std::thread::JoinHandle<()>,
}

impl Sirens {
    fn start(port: u16) -> Self {
        let obeyed_at = Obeyed::default();
        let ready = Arc::new(AtomicUsize::new(0));
        let (heard, up) = (obeyed_at.clone(), ready.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                for number in 0..SIRENS {
                    tokio::spawn(siren(number, port, heard.clone(), up.clone()));
                    // A listening socket's backlog is short.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                std::future::pending::<()>().await;
            });
        });
        let begun = Instant::now();
        while ready.load(Ordering::Relaxed) < SIRENS {
            assert!(begun.elapsed() < Duration::from_secs(120), "{} sirens are up", ready.load(Ordering::Relaxed));
            std::thread::sleep(Duration::from_millis(20));
        }
        Sirens { obeyed_at, _thread: thread }
    }

    fn forget(&self) {
        self.obeyed_at.lock().unwrap().clear();
    }

    fn all_heard(&self) {
        let begun = Instant::now();
        while self.obeyed_at.lock().unwrap().len() < SIRENS {
            assert!(begun.elapsed() < Duration::from_secs(60), "{} obeyed", self.obeyed_at.lock().unwrap().len());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// When the last of them heard the command, and when the last had judged it.
    fn last(&self) -> (Time, Time) {
        let obeyed = self.obeyed_at.lock().unwrap();
        let last = |of: fn(&(Time, Time)) -> Time| obeyed.iter().map(of).max().unwrap_or_default();
        (last(|times| times.0), last(|times| times.1))
    }
}

async fn siren(number: usize, port: u16, heard: Obeyed, up: Arc<AtomicUsize>) {
    let topics = Topics::new(World::Exercise, SITE);
    let (name, own) = (format!("s{number}"), key(number));
    let post = Post { siren: name.clone(), site: SITE.to_owned(), zones: vec![], key: program_key().public() };
    let mut guard = Guard::new(post, 0);
    let mut options = MqttOptions::new(format!("bench-{number}"), "127.0.0.1", port);
    options.set_keep_alive(Duration::from_secs(300)).set_connection_timeout(60);
    // The library makes room for as many messages as may be under way: 13 MiB for each client without a bound.
    options.set_outgoing_inflight_upper_limit(16);
    let (client, mut events) = AsyncClient::new(options, 16);
    let filters = [topics.zones(), topics.siren(&name)].map(|topic| Filter::new(topic, QoS::AtLeastOnce));
    client.try_subscribe_many(filters).unwrap();
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::SubAck(_))) => drop(up.fetch_add(1, Ordering::Relaxed)),
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                let at = now();
                // A thousand sirens share this thread, and none of them waits for another's judgement.
                tokio::task::yield_now().await;
                let Ok(receipt) = guard.command(&publish.payload, publish.retain, at.millis()) else { continue };
                if receipt.verdict == parapet_siren::Verdict::Obeyed {
                    heard.lock().unwrap().push((at, now()));
                }
                let _ = client.try_publish(topics.receipt(&name), QoS::AtLeastOnce, false, receipt.seal(&own));
            }
            Ok(_) => {}
            Err(error) => {
                eprintln!("siren {number}: {error}");
                return;
            }
        }
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_nanos(i64::try_from(since.as_nanos()).unwrap())
}
