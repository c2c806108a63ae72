//! As many viewers as there may be, most of whom are a nuisance, and an alarm that none of them holds up.
//!
//! The seconds are printed, not asserted: `cargo test --release -p parapet --test viewers -- --nocapture`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use support::{Ground, Server, bombard, json_lines, wait_for};

/// As many as the program serves.
const VIEWERS: usize = 500;

/// What a viewer does with what it is sent.
#[derive(Clone, Copy)]
enum Manner {
    /// Reads all of it.
    Reads,
    /// Reads a few octets now and then.
    Dawdles,
    /// Has asked, and never reads.
    Ignores,
}

/// The viewers: those who read are read for by one thread, as one browser would read for one page.
struct Crowd {
    over: Arc<AtomicBool>,
    alarmed: Arc<AtomicUsize>,
    readers: Vec<std::thread::JoinHandle<()>>,
    _ignoring: Vec<TcpStream>,
}

impl Crowd {
    fn gather(server: &Server) -> Crowd {
        let (over, alarmed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut crowd = Crowd { over, alarmed, readers: Vec::new(), _ignoring: Vec::new() };
        for viewer in 0..VIEWERS {
            let stream = ask(server.http);
            match [Manner::Reads, Manner::Ignores, Manner::Dawdles, Manner::Ignores][viewer % 4] {
                Manner::Ignores => crowd._ignoring.push(stream),
                manner => crowd.read(stream, manner),
            }
        }
        wait_for(&format!("{VIEWERS} viewers, not {}", viewers(server)), || (viewers(server) == VIEWERS).then_some(()));
        crowd
    }

    fn read(&mut self, mut stream: TcpStream, manner: Manner) {
        let (over, alarmed) = (self.over.clone(), self.alarmed.clone());
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let (room, pause) = match manner {
            Manner::Reads => (64 * 1024, Duration::ZERO),
            Manner::Dawdles | Manner::Ignores => (64, Duration::from_millis(50)),
        };
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        let run = move || {
            let (mut octets, mut seen, mut told) = (vec![0; room], String::new(), false);
            while !over.load(Ordering::Relaxed) {
                let Ok(count) = stream.read(&mut octets) else { continue };
                if count == 0 {
                    return;
                }
                seen.push_str(&String::from_utf8_lossy(&octets[..count]));
                if !told && seen.contains("\"stage\":\"take_cover\"") {
                    told = true;
                    alarmed.fetch_add(1, Ordering::Relaxed);
                }
                // What is looked for may lie across two pieces, and no further back.
                let keep = seen.len().saturating_sub(64);
                seen = seen.split_off((keep..=seen.len()).find(|place| seen.is_char_boundary(*place)).unwrap());
                std::thread::sleep(pause);
            }
        };
        self.readers.push(thread.spawn(run).unwrap());
    }

    fn leave(self) {
        self.over.store(true, Ordering::Relaxed);
        self.readers.into_iter().for_each(|reader| reader.join().unwrap());
    }
}

/// How many the program counts.
fn viewers(server: &Server) -> usize {
    let (_, _, metrics) = server.get("/metrics");
    let line = metrics.lines().find_map(|line| line.strip_prefix("parapet_viewers ")).unwrap();
    // A gauge is a real number.
    line.parse::<f64>().unwrap() as usize
}

fn ask(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /api/live HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    stream
}

/// What the program says of its own haste, from hearing the plot that completed the case to the alarm in its writers' hands.
fn latency(server: &Server) -> String {
    let (_, _, metrics) = server.get("/metrics");
    let lines = metrics.lines().filter(|line| line.starts_with("parapet_alarm_latency_seconds{"));
    lines.map(|line| line.trim_start_matches("parapet_alarm_latency_seconds")).collect::<Vec<_>>().join("  ")
}

/// One bomb on the clinic; gives the stages of its alarm, and what the program says of its haste.
fn attack(ground: &Ground, server: &Server) -> (Vec<String>, String) {
    bombard(ground.port);
    wait_for("the alarm", || {
        server.json("/api/alarms").as_array().is_some_and(|alarms| !alarms.is_empty()).then_some(())
    });
    let written = std::fs::read_to_string(ground.path("out/alarms/alarms.jsonl")).unwrap();
    let stages = json_lines(&written).iter().map(|line| line["stage"].as_str().unwrap().to_owned()).collect();
    (stages, latency(server))
}

#[test]
fn viewers_who_never_read_hold_up_neither_the_alarm_nor_those_who_do() {
    let (quiet, crowded) = (Ground::new(), Ground::new());
    let alone = quiet.serve();
    let (stages, haste) = attack(&quiet, &alone);
    println!("nobody looks:  {haste}");
    assert_eq!(stages.first().map(String::as_str), Some("take_cover"));
    alone.kill();

    let server = crowded.serve();
    let crowd = Crowd::gather(&server);
    let (stages, haste) = attack(&crowded, &server);
    println!("{VIEWERS} look:      {haste}");
    assert_eq!(stages.first().map(String::as_str), Some("take_cover"), "the alarm is written whoever looks");
    wait_for("the alarm with all who read", || (crowd.alarmed.load(Ordering::Relaxed) >= VIEWERS / 4).then_some(()));
    let (_, _, metrics) = server.get("/metrics");
    for none in ["parapet_datagrams_dropped_total 0\n", "parapet_alarms_raised_total 1\n"] {
        assert!(metrics.contains(none), "{none} is missing in\n{metrics}");
    }
    assert_eq!(viewers(&server), VIEWERS, "nobody was thrown out either");
    crowd.leave();
    server.kill();
}
