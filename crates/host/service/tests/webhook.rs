//! Webhooks to endpoints that work, refuse, hang, lie and are not there; each beside one that works.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use parapet_frame::Time;
use parapet_service::{ChannelRig, ChannelStatus, Delivery};
use parapet_site::Site;
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};

const PATIENCE: Duration = Duration::from_secs(30);
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn rig(webhooks: &[(&str, String)]) -> ChannelRig {
    let tables =
        webhooks.iter().map(|(id, keys)| format!("[[webhook]]\nid = \"{id}\"\nsecret_file = \"secret\"\n{keys}\n"));
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
{}"#,
        tables.collect::<String>()
    );
    let site =
        Site::parse("site.toml", &text, &mut |_| Ok(SECRET.to_owned())).unwrap_or_else(|error| panic!("{error}"));
    ChannelRig::start(&site).expect("the channels start")
}

fn tell(rig: &ChannelRig, stage: Stage) {
    let id = AlarmId { zone: ZoneId(0), cause: Time::from_seconds(990.0), again: 0 };
    rig.tell(vec![Alarm::plain(id, rig.now(), stage, Reason::ImpactPredicted)]);
}

fn status(rig: &ChannelRig, id: &str) -> ChannelStatus {
    let name = format!("webhook-{id}");
    rig.statuses().into_iter().find(|status| status.name == name).expect("a channel of this name")
}

/// Waits until an endpoint has acknowledged this stage of the alarm.
fn acknowledged(rig: &ChannelRig, id: &str, stage: &str) {
    let channel = format!("webhook-{id}");
    let fits = |d: &Delivery| d.channel == channel && d.stage == stage && d.acknowledged_s.is_some();
    until(&format!("{id} acknowledges {stage}"), || rig.deliveries("depot-990000").iter().any(fits).then_some(()));
}

/// The example receiver of the documents; it checks signatures by itself. `None` after saying that the test is skipped.
struct Example {
    child: Child,
    lines: Receiver<String>,
    port: u16,
}

impl Example {
    fn start(folder: &Path) -> Option<Example> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/examples/webhook_receiver.py");
        let secret = folder.join("secret");
        std::fs::write(&secret, SECRET).expect("a file");
        let mut python = Command::new("python3");
        python.arg(script).args(["--port", "0", "--secret-file"]).arg(secret).stdout(Stdio::piped());
        let Ok(mut child) = python.spawn() else {
            eprintln!("SKIPPED: there is no python3 here, and the example receiver needs it");
            return None;
        };
        let (tell, lines) = channel();
        let out = child.stdout.take().expect("a pipe");
        std::thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| tell.send(line))
        });
        let ready = lines.recv_timeout(PATIENCE).expect("the example says that it is ready");
        let port = ready.split(' ').nth(1).and_then(|port| port.parse().ok()).expect("a port");
        Some(Example { child, lines, port })
    }

    fn says(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the example says something")
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn url(port: u16) -> String {
    format!("url = \"http://127.0.0.1:{port}/parapet\"")
}

#[test]
fn an_alarm_is_raised_updated_and_ended_once_each_and_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(example) = Example::start(folder.path()) else { return };
    let rig = rig(&[("duty", format!("{}\nheartbeat_s = 3600.0", url(example.port)))]);
    assert!(example.says().starts_with("accepted parapet.exercise.heartbeat - heartbeat."));
    for (stage, expected) in [
        (Stage::TakeCover, "accepted parapet.exercise.alarm.raised depot depot-990000.1 take_cover"),
        (Stage::Hold, "accepted parapet.exercise.alarm.updated depot depot-990000.2 hold"),
        (Stage::AllClear, "accepted parapet.exercise.alarm.ended depot depot-990000.3 all_clear"),
    ] {
        tell(&rig, stage);
        assert_eq!(example.says(), expected);
    }
    acknowledged(&rig, "duty", "all_clear");
    let status = status(&rig, "duty");
    assert!(status.connected && status.last_error.is_none() && status.unacknowledged.is_empty(), "{status:?}");
}

#[test]
fn the_example_refuses_what_is_forged_altered_or_old() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(example) = Example::start(folder.path()) else { return };
    let now_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
    for (stamp_s, expected) in [(now_s, "refused forged or altered"), (now_s - 301, "refused not fresh")] {
        let mut stream = TcpStream::connect(("127.0.0.1", example.port)).expect("the example listens");
        let head = format!("webhook-id: a.1\r\nwebhook-timestamp: {stamp_s}\r\nwebhook-signature: v1,AAAA\r\n");
        write!(stream, "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n{head}\r\n{{}}").expect("it takes it");
        assert_eq!(example.says(), expected);
    }
}

/// An endpoint of which a test decides what it does with each connection; what it read goes to the test.
fn endpoint(behave: impl Fn(usize, &mut TcpStream, &Sender<String>) + Send + 'static) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            if let Ok(mut stream) = stream {
                behave(number, &mut stream, &tell);
            }
        }
    });
    (port, told)
}

fn read(stream: &mut TcpStream) -> String {
    let mut octets = [0; 16_384];
    let length = stream.read(&mut octets).unwrap_or(0);
    String::from_utf8_lossy(&octets[..length]).into_owned()
}

fn answer(stream: &mut TcpStream, status: &str) {
    let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
}

#[test]
fn an_endpoint_that_refuses_is_asked_again_until_it_takes_it() {
    let (port, told) = endpoint(|number, stream, tell| {
        let request = read(stream);
        answer(stream, if number < 2 { "503 Service Unavailable" } else { "200 OK" });
        let _ = tell.send(request);
    });
    let rig = rig(&[("slow", url(port))]);
    tell(&rig, Stage::TakeCover);
    let ids: Vec<String> = (0..3)
        .map(|_| {
            let request = told.recv_timeout(PATIENCE).expect("it is asked again");
            request.lines().find(|line| line.starts_with("webhook-id")).unwrap_or_default().to_owned()
        })
        .collect();
    assert_eq!(ids, ["webhook-id: depot-990000.1"; 3], "the same event each time, so that it is taken once");
    acknowledged(&rig, "slow", "take_cover");
    assert!(status(&rig, "slow").last_error.is_some_and(|error| error.contains("503")));
}

#[test]
fn endpoints_that_hang_lie_or_are_not_there_hold_no_other_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(example) = Example::start(folder.path()) else { return };
    let (hangs, _held) = endpoint(|_, stream, tell| {
        // The connection is kept by the test's end of the channel only as long as the clone lives.
        let kept = stream.try_clone();
        std::mem::forget(kept);
        let _ = tell.send(String::new());
    });
    let (lies, _) = endpoint(|_, stream, _| {
        read(stream);
        let _ = stream.write_all(&[0xff; 4_096]);
    });
    let (endless, _) = endpoint(|_, stream, _| {
        read(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let rig = rig(&[
        ("hangs", url(hangs)),
        ("lies", url(lies)),
        ("endless", url(endless)),
        ("nobody", url(nobody)),
        ("works", url(example.port)),
    ]);
    tell(&rig, Stage::TakeCover);
    assert!(example.says().contains("alarm.raised"));
    // Who had not begun to tell of it would not tell of its end either, and would be right.
    for id in ["hangs", "lies", "endless", "nobody"] {
        until(&format!("{id} takes the alarm"), || (status(&rig, id).queued == 0).then_some(()));
    }
    tell(&rig, Stage::Withdrawn);
    assert!(example.says().contains("alarm.ended"));
    acknowledged(&rig, "works", "withdrawn");
    for id in ["hangs", "lies", "endless", "nobody"] {
        until(&format!("{id} is named with its fault"), || {
            let status = status(&rig, id);
            (status.last_error.is_some() && status.unacknowledged.len() == 1 && status.acknowledged == 0).then_some(())
        });
    }
    assert!(status(&rig, "works").last_error.is_none());
}

#[test]
fn the_second_address_is_asked_when_the_first_is_silent() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(example) = Example::start(folder.path()) else { return };
    let (hangs, _held) = endpoint(|_, stream, _| std::mem::forget(stream.try_clone()));
    let second = format!("{}\nsecond_url = \"http://127.0.0.1:{}/second\"", url(hangs), example.port);
    let rig = rig(&[("duty", second)]);
    tell(&rig, Stage::TakeCover);
    assert!(example.says().contains("alarm.raised"));
    acknowledged(&rig, "duty", "take_cover");
}
