//! The programs' behaviour as its users see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use parapet_asterix::cat048::TargetReport;
use parapet_asterix::records;
use parapet_capture::Capture;

const SMALL: &str = r#"
name = "small"
seed = 5
duration_s = 12.0
site = { lat_deg = 33.3, lon_deg = 44.4, height_m = 34.0, ground_height_m = 34.0 }
[[radar]]
name = "r1"
sac = 25
sic = 9
lat_deg = 33.3
lon_deg = 44.4
height_m = 44.0
scan_period_s = 1.0
range_min_m = 400.0
range_max_m = 25000.0
elevation_min_deg = 0.5
elevation_max_deg = 80.0
detection_probability = 0.9
sigma_range_m = 15.0
sigma_azimuth_deg = 0.17
sigma_elevation_deg = 0.17
clutter_per_scan = 5.0
send_to = [{ udp = "192.0.2.5:8600" }, { udp = "239.255.48.9:8610", interface = "127.0.0.1" }]
[[launch]]
id = "m1"
class = "mortar"
at_s = 1.0
lat_deg = 33.32
lon_deg = 44.4
target = { lat_deg = 33.305, lon_deg = 44.4 }
"#;

fn lab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parapet-lab")).args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn small(folder: &Path) -> PathBuf {
    let path = folder.join("scenario.toml");
    std::fs::write(&path, SMALL).unwrap();
    path
}

#[test]
fn simulate_writes_the_same_files_twice_and_others_with_another_seed() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = small(folder.path());
    let run = |name: &str, seed: &str| {
        let out = folder.path().join(name);
        let done = lab(&["simulate", "--scenario", text(&scenario), "--out", text(&out), "--seed", seed]);
        assert!(done.status.success(), "{done:?}");
        ["truth.jsonl", "plots.jsonl", "asterix.pcap", "asterix.ast"].map(|f| std::fs::read(out.join(f)).unwrap())
    };
    let (one, again, other) = (run("one", "5"), run("again", "5"), run("other", "6"));
    assert_eq!(one, again);
    assert_ne!(one[1], other[1]);
}

#[test]
fn the_capture_holds_every_line_and_every_plot_says_that_it_is_simulated() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = small(folder.path());
    let done = lab(&["simulate", "--scenario", text(&scenario), "--out", text(folder.path())]);
    assert!(done.status.success(), "{done:?}");
    let plots = std::fs::read_to_string(folder.path().join("plots.jsonl")).unwrap().lines().count();
    let plain = std::fs::read(folder.path().join("asterix.ast")).unwrap();
    assert_eq!(simulated_plots(&plain), plots);
    let capture = std::fs::read(folder.path().join("asterix.pcap")).unwrap();
    let datagrams: Vec<_> = Capture::open(&capture).unwrap().map(|d| d.unwrap()).collect();
    let seen: usize = datagrams.iter().map(|d| simulated_plots(d.payload)).sum();
    assert_eq!(seen, 2 * plots);
}

/// How many target reports there are; each must say that it is simulated.
fn simulated_plots(octets: &[u8]) -> usize {
    let reports = records(octets).filter_map(|record| TargetReport::from_record(&record.unwrap()));
    reports.inspect(|report| assert!(report.simulated)).count()
}

#[test]
fn feed_sends_what_simulate_writes_where_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = small(folder.path());
    let truth = folder.path().join("truth.jsonl");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let to = format!("r1={}", socket.local_addr().unwrap());
    let listener = std::thread::spawn(move || {
        let mut heard = Vec::new();
        let mut buffer = [0; 2_000];
        let mut silent = 0;
        while silent < 6 {
            match socket.recv(&mut buffer) {
                Ok(length) => heard.push(buffer[..length].to_vec()),
                Err(_) if heard.is_empty() => silent += 1,
                Err(_) => break,
            }
        }
        heard
    });
    let arguments = ["--to", &to, "--speed", "20", "--start-in", "100ms", "--truth", text(&truth)];
    let done = lab(&[&["feed", "--scenario", text(&scenario)][..], &arguments].concat());
    assert!(done.status.success(), "{done:?}");
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(said.contains("m1 launched (mortar)") && said.contains("the end"), "{said}");
    let heard: usize = listener.join().unwrap().iter().map(|d| simulated_plots(d)).sum();
    assert!(heard > 30, "{heard}");
    assert!(std::fs::read_to_string(&truth).unwrap().starts_with(r#"{"type":"run""#));
}

#[test]
fn mistakes_say_what_and_where_and_exit_with_their_code() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = small(folder.path());
    let bad = folder.path().join("bad.toml");
    std::fs::write(&bad, SMALL.replace("sigma_range_m", "sigma_rage_m")).unwrap();
    let out = folder.path().join("out");
    let cases: [(&[&str], i32, &str); 5] = [
        (&["simulate", "--scenario", text(&bad), "--out", text(&out)], 3, "bad.toml:19:1"),
        (&["simulate", "--scenario", "/nowhere.toml", "--out", text(&out)], 3, "/nowhere.toml"),
        (&["feed", "--scenario", text(&scenario), "--to", "r9=127.0.0.1:1"], 3, "no radar \"r9\"; it has r1"),
        (&["feed", "--scenario", text(&scenario), "--speed", "0"], 2, "from 0.01"),
        (&["score", "--truth", "/nowhere", "--alarms", "/nowhere"], 3, "/nowhere"),
    ];
    for (arguments, code, said) in cases {
        let done = lab(arguments);
        let message = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(code), "{arguments:?} {message}");
        assert!(message.contains(said), "{arguments:?} {message}");
    }
}

#[test]
fn score_tells_missed_hits_by_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = repository().join("scenarios/single-mortar/scenario.toml");
    let done = lab(&["simulate", "--scenario", text(&scenario), "--out", text(folder.path())]);
    assert!(done.status.success(), "{done:?}");
    let (truth, alarms) = (folder.path().join("truth.jsonl"), folder.path().join("alarms.jsonl"));
    let summary = folder.path().join("summary.json");
    let arguments = ["score", "--truth", text(&truth), "--alarms", text(&alarms), "--summary", text(&summary)];
    std::fs::write(&alarms, "").unwrap();
    assert_eq!(lab(&arguments).status.code(), Some(1));
    let alarm = r#"{"id":"hospital-1","stage":"take_cover","zone":"hospital","at":"2020-01-01T12:00:20.000Z","raised_at":"2020-01-01T12:00:20.000Z","threats":[]}"#;
    std::fs::write(&alarms, alarm).unwrap();
    let done = lab(&arguments);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let summary: serde_json::Value = serde_json::from_slice(&std::fs::read(&summary).unwrap()).unwrap();
    assert_eq!(summary["rounds"][0]["alarmed_rightly"][0], "hospital");
    assert!(summary["rounds"][0]["warning_s"].as_f64().unwrap() > 20.0);
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
