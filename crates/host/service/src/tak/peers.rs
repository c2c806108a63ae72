//! Real TAK servers: what they make of our events. `cargo xtask peers` installs them and runs this; without them each test says that
//! it was skipped.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use parapet_cot::CotEvent;
use parapet_warn::Stage;

use super::tests::{Rig, line, site};

/// A server in Python on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of the server: says who it is, and keeps all that it is told.
struct Client {
    name: &'static str,
    heard: Arc<Mutex<Vec<String>>>,
    /// Kept open.
    _connection: TcpStream,
}

impl Client {
    fn connect(name: &'static str, server: SocketAddr) -> Client {
        let mut connection = TcpStream::connect(server).expect("the server takes clients");
        let now = jiff::Timestamp::now();
        let stale = now + jiff::SignedDuration::from_secs(120);
        let presence = format!(
            "<event version=\"2.0\" uid=\"{name}\" type=\"a-f-G-U-C\" how=\"m-g\" time=\"{now:.3}\" start=\"{now:.3}\" \
             stale=\"{stale:.3}\"><point lat=\"33.305\" lon=\"44.39\" hae=\"34\" ce=\"10\" le=\"10\"/><detail><takv os=\"0\" \
             version=\"0.1\" device=\"test\" platform=\"test\"/><contact callsign=\"{name}\" endpoint=\"*:-1:stcp\"/><__group \
             name=\"Cyan\" role=\"Team Member\"/></detail></event>"
        );
        connection.write_all(presence.as_bytes()).expect("the server reads");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (mut reader, kept) = (connection.try_clone().expect("a second handle"), heard.clone());
        std::thread::spawn(move || {
            let (mut waiting, mut octets) = (String::new(), [0; 16_384]);
            while let Ok(count @ 1..) = reader.read(&mut octets) {
                waiting.push_str(&String::from_utf8_lossy(&octets[..count]));
                while let Some(end) = waiting.find("</event>") {
                    let event: String = waiting.drain(..end + "</event>".len()).collect();
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(event.trim().to_owned());
                }
            }
        });
        Client { name, heard, _connection: connection }
    }

    fn events(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Events about things of ours, the site itself and questions of the line apart.
    fn ours(&self) -> Vec<String> {
        let ours = |event: &&String| {
            ["alarm", "zone", "track", "impact"].iter().any(|what| event.contains(&format!("\"PARAPET.{what}.")))
        };
        self.events().iter().filter(ours).cloned().collect()
    }

    /// Waits for an event that holds all these words, and tells how long it took.
    fn hears(&self, what: &str, words: &[&str], since: Instant) -> String {
        loop {
            if let Some(event) = self.events().into_iter().find(|event| words.iter().all(|word| event.contains(word))) {
                println!("{:>9}  {} after {:.0} ms", self.name, what, since.elapsed().as_secs_f64() * 1e3);
                return event;
            }
            assert!(since.elapsed() < PATIENCE, "{} does not hear of {what}: {:#?}", self.name, self.events());
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Two clients get every event, who comes late gets what stands, and nothing survives its end.
fn play(server: SocketAddr) {
    let (a, b) = (Client::connect("CLIENT-A", server), Client::connect("CLIENT-B", server));
    let rig = Rig::start(&site(&line("server", server), &[]));
    rig.until("server", "connected", |status| status.connected);
    let began = Instant::now();
    rig.round(7);
    for client in [&a, &b] {
        let track = client.hears("the round", &["PARAPET.track.", "Mortar bomb 7"], began);
        let impact = client.hears("its impact", &["PARAPET.impact.", "ellipse"], began);
        assert!(CotEvent::from_xml(track.as_bytes()).is_ok() && CotEvent::from_xml(impact.as_bytes()).is_ok());
    }

    let began = Instant::now();
    rig.alarm(0, Stage::TakeCover);
    for client in [&a, &b] {
        let alarm = client.hears("the alarm", &["PARAPET.alarm.", "TAKE COVER NOW", "Lie down"], began);
        client.hears("the warned zone", &["PARAPET.zone.", "point=\"33."], began);
        if client.name == a.name {
            println!("   it came as {alarm}");
        }
    }

    let began = Instant::now();
    let late = Client::connect("CLIENT-LATE", server);
    late.hears("the alarm that stands", &["PARAPET.alarm.", "TAKE COVER NOW"], began);
    late.hears("the warned zone", &["PARAPET.zone."], began);

    rig.round_ended(7);
    let began = Instant::now();
    rig.alarm(0, Stage::AllClear);
    for client in [&a, &b, &late] {
        let end = client.hears("the end of the alarm", &["PARAPET.alarm.", "ALL CLEAR"], began);
        client.hears("the end of the zone", &["PARAPET.zone.", "t-x-d-d"], began);
        if client.name == a.name {
            println!("   it came as {end}");
        }
    }
    rig.until("server", "done", |status| status.sent == 2);

    // Longer than the last event of anything stands, and than the server takes to notice.
    std::thread::sleep(Duration::from_secs(8));
    let after = Client::connect("CLIENT-AFTER", server);
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(after.ours(), Vec::<String>::new(), "nothing survives its end");
    println!("{:>9}  nothing else in 12 s", after.name);
}

/// The folder that `cargo xtask peers` installs into.
fn installed() -> PathBuf {
    let made = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../target/peers");
    std::env::var_os("PARAPET_PEERS").map_or(made, PathBuf::from)
}

fn wait_for_port(server: SocketAddr, child: &mut Child) {
    let began = Instant::now();
    while TcpStream::connect(server).is_err() {
        assert!(began.elapsed() < PATIENCE, "no server listens at {server}");
        assert!(child.try_wait().expect("its state").is_none(), "the server ended at once");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn taky_tells_everybody_and_keeps_nothing() {
    let program = installed().join("taky/bin/taky");
    if !program.exists() {
        println!("SKIPPED: taky is not in {}; `cargo xtask peers` installs it", program.display());
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port").local_addr().expect("an address");
    let config = folder.path().join("taky.conf");
    let text = format!(
        "[taky]\nhostname = test\nbind_ip = 127.0.0.1\nroot_dir = {0}\n[cot_server]\nport = {1}\n[dp_server]\nupload_path = \
         {0}/up\n[ssl]\nenabled = false\n",
        folder.path().display(),
        free.port()
    );
    std::fs::write(&config, text).expect("a file");
    let mut command = Command::new(&program);
    command.arg("-c").arg(&config).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut server = Server(command.spawn().expect("taky starts"));
    wait_for_port(free, &mut server.0);
    println!("taky 0.10");
    play(free);
}

#[test]
fn freetakserver_tells_everybody_and_keeps_nothing() {
    // It listens on every interface, so that it runs in a network of its own, which a test cannot make for itself.
    let Some(port) = std::env::var("PARAPET_FTS_PORT").ok().and_then(|port| port.parse().ok()) else {
        println!("SKIPPED: FreeTAKServer runs in a network of its own only; `cargo xtask peers` makes one");
        return;
    };
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let began = Instant::now();
    while TcpStream::connect(server).is_err() {
        assert!(began.elapsed() < PATIENCE, "no FreeTAKServer listens at {server}");
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("FreeTAKServer 2.2.1");
    play(server);
}
