//! A site, a mortar round over it, and the program as its user has it.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part")]

pub mod client;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nalgebra::Vector3;
use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{CalculatedDoppler, Detection, Polar, TargetReport};
use parapet_asterix::{BlockBuilder, CAT034, CAT048, Source, TimeOfDay};
use parapet_flight::{Body, Environment, advance, to_ground};
use parapet_frame::{Geodetic, SensorPose, SiteFrame, SitePoint};

pub const ORIGIN: Geodetic = Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 };
pub const SOURCE: Source = Source { sac: 25, sic: 201 };

/// How long the tests wait for what must come; far longer than it takes.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub fn frame() -> SiteFrame {
    SiteFrame::at(ORIGIN).unwrap()
}

pub fn environment() -> Environment {
    Environment::sphere(ORIGIN.lat_deg, ORIGIN.height_m, ORIGIN.height_m)
}

/// An 81 mm bomb on its way down, seconds before it falls about 2 km east of the radar.
pub fn mortar() -> Body {
    Body {
        position_m: Vector3::new(3_200.0, 600.0, 900.0),
        velocity_mps: Vector3::new(-150.0, -30.0, -20.0),
        ln_beta: 4_000f64.ln(),
    }
}

pub struct Fall {
    pub after_s: f64,
    pub place: Geodetic,
}

/// Where and when the bomb falls.
pub fn fall() -> Fall {
    let landing = to_ground(&environment(), &mortar(), 120.0).unwrap();
    let place = frame().geodetic_from_site(SitePoint::from_vector(landing.position_m));
    Fall { after_s: landing.after_s, place }
}

/// A site whose radar stands at the origin, with a clinic where the bomb falls and a far village where it does not.
pub fn site_text(port: u16) -> String {
    let Geodetic { lat_deg, lon_deg, .. } = fall().place;
    format!(
        r#"
[site]
name = "Test range"
mode = "exercise"
origin = {{ lat_deg = 33.3, lon_deg = 44.39, height_m = 34.0 }}

[[sensor]]
id = "radar"
position = {{ lat_deg = 33.3, lon_deg = 44.39, height_m = 34.0 }}
asterix = {{ sac = 25, sic = 201 }}
links = ["udp://127.0.0.1:{port}"]
senders = ["127.0.0.1"]
scan = "staring"
scan_period_s = 0.1
range_m = [200.0, 20000.0]
elevation_deg = [-5.0, 85.0]
clutter_per_scan = 0.1
silent_after_s = 1.0
accuracy = {{ range_m = 10.0, azimuth_deg = 0.1, elevation_deg = 0.1, range_rate_mps = 2.0 }}

[[zone]]
id = "clinic"
name = "Clinic"
kind = "hospital"
people = 120
circle = {{ lat_deg = {lat_deg}, lon_deg = {lon_deg}, radius_m = 150.0 }}

[[zone]]
id = "village"
name = "Far village"
people = 900
circle = {{ lat_deg = 33.35, lon_deg = 44.33, radius_m = 300.0 }}

[policy]
hold_s = 3.0
# The radar of this test says no word after the fall.
sight_lost_max_s = 4.0
"#
    )
}

/// A radar's report of a body at `ns_of_day` after midnight.
pub fn plot(body: &Body, ns_of_day: i64) -> Vec<u8> {
    let pose = SensorPose::parallel(SitePoint::default(), ORIGIN.height_m);
    let polar = pose.polar_from_site(body.position_m);
    let report = TargetReport {
        source: Some(SOURCE),
        time_of_day: TimeOfDay::from_ns(ns_of_day),
        detection: Some(Detection::Primary),
        polar: Some(Polar {
            range_m: polar.range_m,
            azimuth_rad: polar.azimuth_rad.rem_euclid(core::f64::consts::TAU),
        }),
        height_3d_ft: Some((pose.height_of_polar(polar) / 0.3048 / 25.0).round() * 25.0),
        doppler: Some(CalculatedDoppler {
            speed_mps: body.position_m.dot(&body.velocity_mps) / polar.range_m,
            doubtful: false,
        }),
        ..TargetReport::default()
    };
    let mut block = BlockBuilder::new(&CAT048);
    block.push(report.to_record().unwrap());
    block.finish().unwrap()
}

/// A radar's sign of life.
pub fn north_marker(ns_of_day: i64) -> Vec<u8> {
    let message = ServiceMessage {
        source: Some(SOURCE),
        message_type: Some(MessageType::NorthMarker),
        time_of_day: TimeOfDay::from_ns(ns_of_day),
        ..ServiceMessage::default()
    };
    let mut block = BlockBuilder::new(&CAT034);
    block.push(message.to_record().unwrap());
    block.finish().unwrap()
}

/// The whole fall as seen ten times per second, from `start_ns` of the day on: time since the start and datagram.
pub fn bombardment(start_ns: i64) -> Vec<Vec<u8>> {
    let count = (fall().after_s * 10.0) as i64;
    let seen = |n: i64| {
        let body = advance(&environment(), &mortar(), n as f64 / 10.0);
        plot(&body, start_ns + n * 100_000_000)
    };
    (0..count).map(seen).collect()
}

pub fn ns_of_day_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    (since.as_nanos() % 86_400_000_000_000) as i64
}

/// Sends the fall in real time; returns when the bomb is down.
pub fn bombard(port: u16) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let begun = Instant::now();
    let start_ns = ns_of_day_now();
    for (n, datagram) in (0..).zip(bombardment(start_ns)) {
        let due = Duration::from_millis(100 * n);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        socket.send_to(&datagram, ("127.0.0.1", port)).unwrap();
        if n % 5 == 0 {
            socket.send_to(&north_marker(ns_of_day_now()), ("127.0.0.1", port)).unwrap();
        }
    }
}

pub fn free_udp_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A folder with a site in it.
pub struct Ground {
    pub folder: tempfile::TempDir,
    pub port: u16,
}

impl Ground {
    pub fn new() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_udp_port());
        std::fs::write(folder.path().join("site.toml"), site_text(port)).unwrap();
        Ground { folder, port }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The folder of the latest recording.
    pub fn recording(&self) -> PathBuf {
        self.recordings().pop().unwrap()
    }

    /// The folders of all recordings, the oldest first.
    pub fn recordings(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path("out/recordings")).unwrap();
        let mut runs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
        runs.sort();
        runs
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = program(self.folder.path()).args(arguments).output().unwrap();
        Run::of(output)
    }

    pub fn serve(&self) -> Server {
        Server::start(self)
    }
}

pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parapet"));
    command.current_dir(folder);
    command
}

/// What a finished program said.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// `parapet serve`, running.
pub struct Server {
    child: Option<Child>,
    pub http: SocketAddr,
    out: Arc<Mutex<String>>,
}

impl Server {
    fn start(ground: &Ground) -> Self {
        Server::of(ground, "site.toml", "out")
    }

    /// The program with another site file in the same folder.
    pub fn of(ground: &Ground, config: &str, out: &str) -> Self {
        let mut command = program(ground.folder.path());
        command.args(["serve", "--config", config, "--http", "127.0.0.1:0", "--out", out]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let out = Arc::new(Mutex::new(String::new()));
        let (mut pipe, filled) = (child.stdout.take().unwrap(), out.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                filled.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        let mut server = Server { child: Some(child), http: ([127, 0, 0, 1], 0).into(), out };
        let line = wait_for("the page's address", || {
            let said = server.said();
            said.contains("recording ").then(|| said.lines().find(|line| line.starts_with("page ")).unwrap().to_owned())
        });
        server.http = line.split("://").nth(1).unwrap().trim_end_matches('/').parse().unwrap();
        server
    }

    pub fn said(&self) -> String {
        self.out.lock().unwrap().clone()
    }

    pub fn get(&self, path: &str) -> (u16, String, String) {
        get(self.http, path)
    }

    pub fn json(&self, path: &str) -> serde_json::Value {
        let (status, _, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Stops it as an operator does, and gives its exit code and what it said.
    pub fn stop(mut self) -> (Option<i32>, String) {
        let mut child = self.child.take().unwrap();
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        let code = child.wait().unwrap().code();
        // The reader ends with the pipe; what was said before the end is there within moments.
        wait_for("the summary", || self.said().contains("latency ").then_some(()));
        (code, self.said())
    }

    /// Kills it as a power cut does.
    pub fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// One request on a connection of its own: status, head, body.
pub fn get(address: SocketAddr, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = if head.to_lowercase().contains("transfer-encoding: chunked") { dechunk(body) } else { body.to_owned() };
    (status, head.to_lowercase(), body)
}

fn dechunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
        if length == 0 {
            break;
        }
        whole.push_str(&rest[..length]);
        body = rest.get(length + 2..).unwrap_or_default();
    }
    whole
}

/// Everything that `/api/live` says until it ends.
pub fn watch(address: SocketAddr) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || get(address, "/api/live").2)
}

/// Asks again and again, and gives up loudly.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The lines of a JSON Lines text.
pub fn json_lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
