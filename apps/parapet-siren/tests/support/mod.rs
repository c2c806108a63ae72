//! A real broker, a real siren, and the program's channels, all on loopback.

#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod listener;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use parapet_frame::Time;
use parapet_service::{ChannelRig, ChannelStatus};
use parapet_siren::{Secret, World};
use parapet_site::Site;
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where Debian puts the broker; `None` after saying that the test is skipped.
pub(crate) fn mosquitto() -> Option<PathBuf> {
    let places = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"];
    let found = places.iter().map(PathBuf::from).find(|place| place.exists());
    if found.is_none() {
        eprintln!("SKIPPED: there is no Mosquitto here; `apt install mosquitto` (Debian) and run the test again");
    }
    found
}

/// Waits until something is so, and says what it waited for otherwise.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A free port below those that the system gives to whoever connects: a client that tries again and again to reach a broker that
/// is away would otherwise reach itself in the end.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let own = (std::process::id() % 100) as u16 * 100;
        let port = 20_000 + (own + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A running broker.
pub(crate) struct Broker {
    pub(crate) port: u16,
    program: PathBuf,
    config: PathBuf,
    child: Child,
}

impl Broker {
    /// Starts a broker that lets everybody in; `more` is added to its configuration.
    pub(crate) fn start(folder: &Path, more: &str) -> Option<Broker> {
        let program = mosquitto()?;
        let (port, config) = (free_port(), folder.join("mosquitto.conf"));
        let open = if more.contains("allow_anonymous") { "" } else { "allow_anonymous true\n" };
        fs::write(&config, format!("user root\nlistener {port} 127.0.0.1\n{open}{more}\n")).unwrap();
        let child = spawn(&program, &config, port);
        Some(Broker { port, program, config, child })
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same port, empty.
    pub(crate) fn restart(&mut self) {
        self.child = spawn(&self.program, &self.config, self.port);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(program: &Path, config: &Path, port: u16) -> Child {
    let child =
        Command::new(program).arg("-c").arg(config).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the broker listens", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
    child
}

/// The keys of these tests.
pub(crate) fn program_key() -> Secret {
    Secret::new(World::Exercise, &[7; 32])
}

pub(crate) fn siren_key() -> Secret {
    Secret::new(World::Exercise, &[1; 32])
}

/// A running reference siren, and what it has said.
pub(crate) struct Siren {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    pub(crate) udp: String,
}

impl Siren {
    pub(crate) fn start(folder: &Path, more: &[&str]) -> Siren {
        let (program, own) = (folder.join("program.public"), folder.join("gate.secret"));
        fs::write(&program, program_key().public().text()).unwrap();
        fs::write(&own, siren_key().text()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_parapet-siren"))
            .args(["run", "--world", "exercise", "--site", "range-b", "--id", "gate", "--udp", "127.0.0.1:0"])
            .args(["--program-key".as_ref(), program.as_os_str(), "--own-key".as_ref(), own.as_os_str()])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let (out, heard) = (child.stdout.take().unwrap(), lines.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                heard.lock().unwrap().push(line);
            }
        });
        let mut siren = Siren { child, lines, udp: String::new() };
        let ready = siren.says("ready");
        siren.udp = ready.rsplit(' ').next().unwrap().to_owned();
        siren
    }

    /// Waits for a line that holds this, and gives it.
    pub(crate) fn says(&self, words: &str) -> String {
        let begun = Instant::now();
        loop {
            let said = self.lines.lock().unwrap().clone();
            if let Some(line) = said.iter().find(|line| line.contains(words)) {
                return line.clone();
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {words:?}; the siren said {said:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything that it has said since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap())
    }
}

impl Drop for Siren {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A site with two zones, one siren and this table `[mqtt]`.
pub(crate) fn site(mqtt: &str, siren_udp: &str, more: &str, files: &[(&str, &str)]) -> Site {
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
name = "Depot"
circle = {{ lat_deg = 33.302, lon_deg = 44.390, radius_m = 120.0 }}
[[zone]]
id = "school"
name = "School"
circle = {{ lat_deg = 33.306, lon_deg = 44.390, radius_m = 120.0 }}
[mqtt]
key_file = "sirens.secret"
heartbeat_s = 0.5
discovery = "homeassistant-exercise"
udp = "127.0.0.1:0"
{mqtt}
[[siren]]
id = "gate"
key = "{key}"
zones = ["depot"]
udp = "{siren_udp}"
{more}
"#,
        key = siren_key().public().text(),
    );
    let secret = program_key().text();
    let mut load = |name: &str| {
        let own = [("sirens.secret", secret.as_str())];
        let found = own.iter().chain(files).find(|(known, _)| *known == name);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
    };
    Site::parse("site.toml", &text, &mut load).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn plain(port: u16) -> String {
    format!("address = \"127.0.0.1:{port}\"\ntrust = \"plain\"")
}

/// An alarm whose impact is 20 s away.
pub(crate) fn alarm(rig: &ChannelRig, zone: u16, stage: Stage) -> Alarm {
    let now = rig.now();
    let id = AlarmId { zone: ZoneId(zone), cause: Time::from_seconds(990.0), again: 0 };
    let impact_at = (!stage.is_ended()).then(|| now.plus_seconds(20.0));
    Alarm { probability: 0.5, threshold: 0.1, impact_at, ..Alarm::plain(id, now, stage, Reason::ImpactPredicted) }
}

/// The status of the one channel of this kind.
pub(crate) fn status(rig: &ChannelRig, kind: &str) -> ChannelStatus {
    rig.statuses().into_iter().find(|status| status.kind == kind).unwrap()
}

pub(crate) fn connected(rig: &ChannelRig) {
    until("the channel is connected", || status(rig, "mqtt").connected.then_some(()));
}

/// The label of the alarm of the first zone.
pub(crate) const DEPOT: &str = "depot-990000";

/// Waits until a receiver has acknowledged the alarm of the depot at this stage.
pub(crate) fn acknowledged(rig: &ChannelRig, receiver: &str, stage: &str) {
    until(&format!("{receiver:?} acknowledges {stage}"), || {
        let deliveries = rig.deliveries(DEPOT).into_iter();
        let mut fitting = deliveries.filter(|d| d.receiver == receiver && d.stage == stage);
        fitting.any(|delivery| delivery.acknowledged_s.is_some()).then_some(())
    });
}
