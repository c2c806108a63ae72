//! What the world may do wrong: each gets a clear, counted word, and the program goes on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::net::{TcpListener, UdpSocket};

use support::{Ground, bombardment, north_marker, ns_of_day_now, wait_for};

/// Small, and the same at every run (Numerical Recipes' linear congruence).
struct Dice(u32);

impl Dice {
    fn roll(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 24) as u8
    }
}

fn send_all(port: u16, datagrams: &[Vec<u8>]) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for (n, datagram) in datagrams.iter().enumerate() {
        socket.send_to(datagram, ("127.0.0.1", port)).unwrap();
        if n % 50 == 0 {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

fn rubbish() -> Vec<Vec<u8>> {
    let mut dice = Dice(1);
    let mut all: Vec<Vec<u8>> = (0..200).map(|_| (0..dice.roll()).map(|_| dice.roll()).collect()).collect();
    let good = bombardment(ns_of_day_now())[0].clone();
    // Truncated, bit-flipped, of a wrong category.
    all.extend((0..good.len()).map(|length| good[..length].to_vec()));
    all.extend((0..8 * good.len()).map(|bit| {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    }));
    all.extend((0..=255).map(|category| {
        let mut other = good.clone();
        other[0] = category;
        other
    }));
    // Times that jump: every hour of the day.
    all.extend((0..24).map(|hour| bombardment(hour * 3_600_000_000_000)[0].clone()));
    all.extend((0..24).map(|hour| north_marker(hour * 3_600_000_000_000)));
    all.push(vec![0x30; 65_507]);
    all
}

#[test]
fn rubbish_is_counted_and_the_program_goes_on() {
    let ground = Ground::new();
    let server = ground.serve();
    let rubbish = rubbish();
    send_all(ground.port, &rubbish);
    let taken = format!("parapet_datagrams_total {}", rubbish.len());
    wait_for("every datagram", || server.get("/metrics").2.contains(&taken).then_some(()));
    // A sensor that speaks properly is still heard.
    send_all(ground.port, &[north_marker(ns_of_day_now())]);
    let metrics = wait_for("the next datagram", || {
        let metrics = server.get("/metrics").2;
        metrics.contains(&format!("parapet_datagrams_total {}", rubbish.len() + 1)).then_some(metrics)
    });
    assert!(metrics.contains("reason=\"undecodable\""), "{metrics}");
    let (code, said) = server.stop();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("(ok)"), "{said}");
    let run = ground.run(&["replay", ground.recording().to_str().unwrap(), "--verify"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.out.contains(&format!("after {} datagrams", rubbish.len() + 1)), "{run:?}");
}

/// A time of day tells no date, so that a capture of last year is told by its hour: beyond the age that a plot may have, nothing of it
/// is used.
#[test]
fn a_capture_of_last_year_is_refused_and_warns_nobody() {
    let ground = Ground::new();
    let server = ground.serve();
    let hours_ago = (ns_of_day_now() - 5 * 3_600_000_000_000).rem_euclid(86_400_000_000_000);
    let capture = bombardment(hours_ago);
    send_all(ground.port, &capture);
    let refused = format!("parapet_refused_total{{reason=\"too_old\"}} {}", capture.len());
    wait_for("every plot's refusal", || server.get("/metrics").2.contains(&refused).then_some(()));
    assert!(server.get("/metrics").2.contains("parapet_alarms_raised_total 0"));
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_port_in_use_is_said_with_code_3() {
    let ground = Ground::new();
    let _taken = UdpSocket::bind(("127.0.0.1", ground.port)).unwrap();
    let run = ground.run(&["serve", "--config", "site.toml", "--http", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.err.contains(&format!("udp://127.0.0.1:{}", ground.port)) && run.err.contains("another program"),
        "{run:?}"
    );
}

#[test]
fn a_page_address_in_use_is_said_with_code_3() {
    let ground = Ground::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = ground.run(&["serve", "--config", "site.toml", "--http", &address]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.err.contains(&address) && run.err.contains("another port"), "{run:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_said_with_code_3() {
    let ground = Ground::new();
    ground.write("file", b"in the way");
    let run = ground.run(&["serve", "--config", "site.toml", "--http", "127.0.0.1:0", "--out", "file/out"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.err.contains("file/out") && run.err.contains("--out"), "{run:?}");
    ground.write("radar.ast", &north_marker(0));
    let run = ground.run(&["track", "--config", "site.toml", "--out", "file/out", "radar.ast"]);
    assert_eq!(run.code, Some(3), "{run:?}");
}

#[test]
fn an_interface_that_is_not_ours_is_said_with_code_3() {
    let ground = Ground::new();
    let url = format!("udp://127.0.0.1:{}", ground.port);
    let text = support::site_text(ground.port).replace(&url, "udp://239.255.48.1:8600?interface=192.0.2.7");
    ground.write("site.toml", text.as_bytes());
    let run = ground.run(&["serve", "--config", "site.toml", "--http", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.err.contains("192.0.2.7"), "{run:?}");
}

#[test]
fn what_is_no_recording_is_refused() {
    let ground = Ground::new();
    ground.write("no.mcap", b"GIF89a");
    for arguments in [&["replay", "no.mcap", "--verify"][..], &["why", "no.mcap"]] {
        let run = ground.run(arguments);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.err.contains("no.mcap: at byte 0: not an MCAP file"), "{run:?}");
    }
}

#[test]
fn a_capture_cut_in_the_middle_is_tracked_as_far_as_it_goes() {
    let ground = Ground::new();
    let mut file = bombardment(0).concat();
    file.truncate(file.len() * 2 / 3 + 1);
    ground.write("cut.ast", &file);
    let run = ground.run(&["track", "--config", "site.toml", "cut.ast"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.err.contains("cut.ast") && run.err.contains("octet"), "{}", run.err);
}
