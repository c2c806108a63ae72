//! When the program itself falls silent, whoever listens at the broker knows.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use support::{Ground, site_text, wait_for};

struct Broker(Child);

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The message that the broker has kept on a topic.
fn kept(port: u16, topic: &str) -> Option<String> {
    let arguments = ["-V", "5", "-h", "127.0.0.1", "-p", &port.to_string(), "-t", topic, "-C", "1", "-W", "2"];
    let heard = Command::new("mosquitto_sub").args(arguments).output().ok()?;
    Some(String::from_utf8_lossy(&heard.stdout).trim().to_owned())
}

#[test]
fn the_last_will_says_that_the_program_is_gone() {
    let has = |program: &str| Command::new(program).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if has("mosquitto_sub").is_err() || has("/usr/sbin/mosquitto").is_err() {
        eprintln!("SKIPPED: `apt install mosquitto mosquitto-clients` (Debian) and run the test again");
        return;
    }
    let ground = Ground::new();
    // Below the ports that the system gives to whoever connects.
    let port = (31_000..32_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap();
    let text = format!("user root\nlistener {port} 127.0.0.1\nallow_anonymous true\n");
    let config = ground.write("mosquitto.conf", text.as_bytes());
    let broker = Command::new("/usr/sbin/mosquitto").arg("-c").arg(config).stderr(Stdio::null()).spawn().unwrap();
    let _broker = Broker(broker);
    wait_for("the broker", || TcpStream::connect(("127.0.0.1", port)).ok());
    ground.write("sirens.secret", format!("parapet-siren-exercise-secret-1:{}", "07".repeat(32)).as_bytes());
    let table = format!("[mqtt]\naddress = \"127.0.0.1:{port}\"\ntrust = \"plain\"\nkey_file = \"sirens.secret\"\n");
    ground.write("site.toml", format!("{}\n{table}", site_text(ground.port)).as_bytes());
    let program = ground.serve();
    let topic = "parapet/exercise/test-range/status";
    wait_for("it is there", || kept(port, topic).filter(|word| word == "online"));
    program.kill();
    wait_for("it is gone", || kept(port, topic).filter(|word| word == "offline"));
}
