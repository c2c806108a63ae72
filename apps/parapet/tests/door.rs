//! The plain door through the whole program: lines by UDP, TCP, HTTP and MQTT, from the documented examples, from strangers, from
//! connections that say nothing, and from ten thousand nodes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parapet_frame::{Geodetic, SensorPose, SitePoint};
use serde_json::Value;
use support::{
    Ground, ORIGIN, PATIENCE, Server, environment, fall, free_udp_port, json_lines, mortar, site_text, wait_for,
};

const TOKEN: &str = "a-token-of-these-tests";

fn free_tcp_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The test range with a radar that speaks lines, six microphones, and these doors.
struct Range {
    ground: Ground,
    udp: u16,
    tcp: u16,
}

impl Range {
    fn new(more: &str) -> Self {
        let (ground, udp, tcp) = (Ground::new(), free_udp_port(), free_tcp_port());
        let asterix = "asterix = { sac = 25, sic = 201 }\nlinks = [\"udp://127.0.0.1:1\"]\nsenders = [\"127.0.0.1\"]\n";
        let text = site_text(1);
        assert!(text.contains(asterix));
        let mut text = text.replace(asterix, "lines = { senders = [\"127.0.0.1\"] }\n");
        text += &format!(
            "[[lines]]\nurl = \"udp://127.0.0.1:{udp}\"\n[[lines]]\nurl = \"tcp://127.0.0.1:{tcp}\"\nconnections_max = 3\n\
             idle_s = 1.0\n[[lines]]\nurl = \"http\"\ntoken = \"{TOKEN}\"\n{more}"
        );
        for (number, [lat_deg, lon_deg]) in (1..).zip(microphones()) {
            let position = format!("{{ lat_deg = {lat_deg}, lon_deg = {lon_deg} }}");
            text += &format!("[[acoustic.node]]\nid = \"m{number}\"\nposition = {position}\n");
        }
        ground.write("site.toml", text.as_bytes());
        Range { ground, udp, tcp }
    }
}

/// Around the place where the bomb falls.
fn microphones() -> [[f64; 2]; 6] {
    let Geodetic { lat_deg, lon_deg, .. } = fall().place;
    [[0.004, 0.001], [-0.003, 0.004], [0.001, -0.005], [-0.005, -0.002], [0.003, 0.006], [0.006, -0.004]]
        .map(|[north, east]| [lat_deg + north, lon_deg + east])
}

fn unix_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples").join(name)
}

fn deliveries(server: &Server, kind: &str) -> u64 {
    let doors = server.json("/api/lines");
    let door =
        doors.as_array().unwrap().iter().find(|door| door["kind"] == format!("JSON Lines, {kind}")).unwrap().clone();
    door["deliveries"].as_u64().unwrap()
}

fn post(server: &Server, token: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(server.http).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "POST /api/lines HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
        server.http,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// The bomb as a radar sees it that speaks lines; then its impact as six microphones hear it. The clinic is warned, the impact is
/// confirmed, and all of it replays.
#[test]
fn a_bomb_told_by_lines_warns_and_its_impact_is_heard() {
    let range = Range::new("");
    let server = range.ground.serve();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let send = |line: &str| {
        socket.send_to(line.as_bytes(), ("127.0.0.1", range.udp)).unwrap();
    };
    for number in 1..=6 {
        send(&format!("{{\"type\":\"alive\",\"sensor\":\"m{number}\",\"simulated\":true}}\n"));
    }
    let pose = SensorPose::parallel(SitePoint::default(), ORIGIN.height_m);
    let (begun, start_s) = (Instant::now(), unix_s());
    let count = (fall().after_s * 10.0) as u32;
    for n in 0..count {
        let after_s = f64::from(n) / 10.0;
        std::thread::sleep(Duration::from_secs_f64(after_s).saturating_sub(begun.elapsed()));
        let body = parapet_flight::advance(&environment(), &mortar(), after_s);
        let polar = pose.polar_from_site(body.position_m);
        let rate = body.position_m.dot(&body.velocity_mps) / polar.range_m;
        send(&format!(
            "{{\"type\":\"plot\",\"sensor\":\"radar\",\"time_unix_s\":{},\"range_m\":{},\"azimuth_deg\":{},\"elevation_deg\":{},\
             \"range_rate_mps\":{rate},\"simulated\":true}}",
            start_s + after_s,
            polar.range_m,
            polar.azimuth_rad.to_degrees(),
            polar.elevation_rad.to_degrees(),
        ));
    }
    let impact_s = start_s + fall().after_s;
    let frame = support::frame();
    let place = frame.site_from_geodetic(fall().place).unwrap().to_vector();
    let arrivals = microphones().map(|[lat_deg, lon_deg]| {
        let node = frame.site_from_geodetic(Geodetic { lat_deg, lon_deg, ..ORIGIN }).unwrap().to_vector();
        impact_s + (node - place).norm() / environment().sound_mps(ORIGIN.height_m + 50.0)
    });
    let latest = arrivals.iter().copied().fold(0.0, f64::max);
    std::thread::sleep(Duration::from_secs_f64((latest - unix_s()).max(0.0)));
    for (number, at) in (1..).zip(arrivals) {
        let line = format!(
            "{{\"type\":\"sound\",\"node\":\"m{number}\",\"heard\":\"impact\",\"time_unix_s\":{at},\"simulated\":true}}\n"
        );
        send(&line);
    }
    wait_for("the all-clear", || {
        // Nobody is told that it is over while the radar cannot see.
        send("{\"type\":\"alive\",\"sensor\":\"radar\",\"simulated\":true}\n");
        let alarms = server.json("/api/alarms");
        (alarms.as_array()?.last()?["stage"] == "all_clear").then_some(())
    });
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 raised"), "{said}");
    let recording = range.ground.recording();
    let recording = recording.to_str().unwrap();
    let verified = range.ground.run(&["replay", recording, "--verify"]);
    assert!(verified.out.contains("identical, byte for byte"), "{verified:?}");
    let lines = json_lines(&range.ground.run(&["replay", recording]).out);
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).cloned().collect::<Vec<Value>>();
    assert!(of("sound").last().is_some_and(|sound| sound["sound"] == "impact"), "{:?}", of("sound"));
    let falls = of("fall");
    assert!(falls.len() == 1 && falls[0]["verdict"] == "confirmed" && falls[0]["listening"] == 6, "{falls:?}");
}

#[test]
fn the_documented_examples_are_taken() {
    let range = Range::new("");
    let server = range.ground.serve();
    let plot = r#"{"type":"plot","range_m":5200.0,"azimuth_deg":91.5,"elevation_deg":12.0,"simulated":true}"#;
    let sound = r#"{"type":"sound","heard":"launch","simulated":true}"#;
    let (udp, tcp, http) =
        (format!("127.0.0.1:{}", range.udp), format!("127.0.0.1:{}", range.tcp), server.http.to_string());
    let python = |arguments: &[&str]| {
        let output = Command::new("python3").arg(example("lines_sensor.py")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(python(&["udp", &udp, "radar", plot]), "sent\n");
    assert_eq!(python(&["tcp", &tcp, "m1", sound]), "sent\n");
    let posted = python(&["http", &http, "radar", plot, TOKEN]);
    assert!(posted.starts_with("200 ") && posted.contains("\"taken\":2"), "{posted}");
    let wrong = python(&["tcp", &tcp, "radar", r#"{"type":"plot","range_m":5200.0,"azimuth_deg":915}"#]);
    assert_eq!(
        wrong.trim(),
        r#"{"line":2,"refused":"key azimuth_deg: 915 is not from -360 to 360; write degrees clockwise from true north"}"#
    );
    let shell = |arguments: &[&str]| {
        let output = Command::new("sh").arg(example("lines_sensor.sh")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    shell(&["udp", &udp, r#"{"type":"alive","sensor":"m1"}"#]);
    assert!(shell(&["http", &http, r#"{"type":"alive","sensor":"m1"}"#, TOKEN]).contains("\"taken\":1"));
    wait_for("the engine", || {
        server.get("/metrics").2.contains("parapet_sensor_plots_total{sensor=\"radar\"} 2").then_some(())
    });
    assert_eq!((deliveries(&server, "TCP"), deliveries(&server, "HTTP POST")), (2, 2));
    let doors = server.json("/api/lines");
    let trusts: Vec<&str> = doors.as_array().unwrap().iter().map(|door| door["trust"].as_str().unwrap()).collect();
    assert_eq!(trusts, ["unauthenticated", "unauthenticated", "token"]);
}

#[test]
fn strangers_and_the_silent_are_turned_away() {
    let range = Range::new("");
    let server = range.ground.serve();
    let alive = b"{\"type\":\"alive\",\"sensor\":\"m1\"}\n";
    assert_eq!(post(&server, "wrong", alive).0, 401);
    assert_eq!(post(&server, TOKEN, alive).0, 200);
    let (status, said) = post(&server, TOKEN, b"{\"type\":\"alive\",\"sensor\":\"m9\"}\nnonsense\n");
    assert!(
        status == 400 && said.contains("\"line\":1") && said.contains("m9") && said.contains("\"line\":2"),
        "{said}"
    );
    let long = "x".repeat(300 * 1024);
    let mut stream = TcpStream::connect(server.http).unwrap();
    let head = format!(
        "POST /api/lines HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {}\r\n\r\n",
        long.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(long.as_bytes());
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status).unwrap();
    assert!(status.contains("413"), "{status}");

    // Three connections are let in; they say nothing, and the fourth finds no place until they are hung up on.
    let silent: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(("127.0.0.1", range.tcp)).unwrap()).collect();
    wait_for("three connections", || (server.json("/api/lines")[1]["connections"] == 3).then_some(()));
    let read = |mut stream: &TcpStream| {
        let mut said = String::new();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ = stream.read_to_string(&mut said);
        said
    };
    assert!(read(&TcpStream::connect(("127.0.0.1", range.tcp)).unwrap()).contains("too many connections"));
    assert!(silent.iter().all(|stream| read(stream).contains("nothing came for 1 s")));
    wait_for("their places", || (server.json("/api/lines")[1]["connections"] == 0).then_some(()));
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
}

/// Ten thousand microphones say that they listen, and a launch is heard by those around it.
#[test]
fn ten_thousand_nodes_are_heard() {
    const NODES: usize = 10_000;
    let range = Range::new("[acoustic]\nfile = \"nodes.geojson\"\n");
    let place = |n: usize| [44.34 + 0.001 * (n % 100) as f64, 33.25 + 0.001 * (n / 100) as f64];
    let feature = |n: usize| {
        let [lon_deg, lat_deg] = place(n);
        let geometry = format!("{{\"type\":\"Point\",\"coordinates\":[{lon_deg},{lat_deg}]}}");
        format!("{{\"type\":\"Feature\",\"geometry\":{geometry},\"properties\":{{\"id\":\"n{n}\"}}}}")
    };
    let features: Vec<String> = (0..NODES).map(feature).collect();
    let file = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(","));
    range.ground.write("nodes.geojson", file.as_bytes());
    let server = range.ground.serve();
    let sockets: Vec<UdpSocket> = (0..50).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let heard = || {
        let (_, _, metrics) = server.get("/metrics");
        let line = metrics.lines().find(|line| line.starts_with("parapet_heard_total ")).unwrap();
        line.split(' ').nth(1).unwrap().parse::<usize>().unwrap()
    };
    for n in 0..NODES {
        let line = format!("{{\"type\":\"alive\",\"sensor\":\"n{n}\"}}");
        sockets[n % sockets.len()].send_to(line.as_bytes(), ("127.0.0.1", range.udp)).unwrap();
        // No faster than the receiver: loopback drops what does not fit into the buffer.
        if n % 500 == 499 {
            wait_for("the nodes so far", || (heard() > n).then_some(()));
        }
    }
    let frame = support::frame();
    let site = |[lon_deg, lat_deg]: [f64; 2]| {
        frame.site_from_geodetic(Geodetic { lat_deg, lon_deg, ..ORIGIN }).unwrap().to_vector()
    };
    let source = site([44.3905, 33.3005]);
    let mut near: Vec<(f64, usize)> = (0..NODES).map(|n| ((site(place(n)) - source).norm(), n)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let launched_s = unix_s() - 2.0;
    for (distance_m, n) in &near[..40] {
        let at = launched_s + distance_m / environment().sound_mps(ORIGIN.height_m + 50.0);
        let line = format!(
            "{{\"type\":\"sound\",\"node\":\"n{n}\",\"heard\":\"launch\",\"time_unix_s\":{at},\"simulated\":true}}"
        );
        sockets[n % sockets.len()].send_to(line.as_bytes(), ("127.0.0.1", range.udp)).unwrap();
    }
    wait_for("the launch", || (heard() >= NODES + 40).then_some(()));
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("0 dropped"), "{said}");
    let recording = range.ground.recording();
    let lines = json_lines(&range.ground.run(&["replay", recording.to_str().unwrap()]).out);
    let last = lines.iter().rfind(|line| line["kind"] == "sound").expect("located");
    let off = site([last["lon_deg"].as_f64().unwrap(), last["lat_deg"].as_f64().unwrap()]) - source;
    assert!(off.xy().norm() < 30.0, "{last}");
}

/// Lines by way of a broker of one's own; skipped loudly where none is installed.
#[test]
fn lines_come_through_a_broker() {
    let found = ["mosquitto", "mosquitto_pub"].map(|name| Command::new(name).arg("--help").output().is_ok());
    if found != [true, true] {
        println!("SKIPPED: mosquitto and mosquitto-clients are not installed; nothing was tried about MQTT");
        return;
    }
    let port = free_tcp_port();
    let range = Range::new(&format!("[[lines]]\nurl = \"mqtt://127.0.0.1:{port}/parapet/lines/#\"\n"));
    // The program begins before the broker, and finds it.
    let server = range.ground.serve();
    let config =
        range.ground.write("broker.conf", format!("listener {port} 127.0.0.1\nallow_anonymous true\n").as_bytes());
    let mut broker = Command::new("mosquitto").arg("-c").arg(config).stderr(Stdio::null()).spawn().unwrap();
    wait_for("the broker", || (server.json("/api/lines")[3]["connections"] == 1).then_some(()));
    let publish = |line: &str| {
        let arguments = ["-h", "127.0.0.1", "-p", &port.to_string(), "-t", "parapet/lines/m1", "-q", "1", "-m", line];
        Command::new("mosquitto_pub").args(arguments).status().unwrap().success()
    };
    // Connected is not yet subscribed: the first messages may come to nobody.
    wait_for("a message", || {
        assert!(publish(r#"{"type":"alive","sensor":"m1"}"#));
        (deliveries(&server, "MQTT") > 0).then_some(())
    });
    assert!(publish("nonsense"));
    wait_for("the refusal", || (server.json("/api/lines")[3]["refused"] == 1).then_some(()));
    let _ = broker.kill();
    let _ = broker.wait();
    wait_for("the loss", || (server.json("/api/lines")[3]["connections"] == 0).then_some(()));
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
}
