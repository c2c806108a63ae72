//! Lines on TCP connections: so many at once, each hung up on when it says nothing for too long.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parapet_site::LinesTransport;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Gate;
use super::cutter::Cutter;

/// Bytes that are read at once.
const PIECE_BYTES: usize = 16 * 1024;
/// How long to wait after the operating system refused a connection, which it does when files run out.
const BREATH: Duration = Duration::from_millis(100);

pub(super) async fn serve(listener: std::net::TcpListener, door: usize, gate: Arc<Gate>) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let LinesTransport::Tcp { connections_max, idle_s, .. } = gate.doors[door].door.transport else { return };
    let idle = Duration::from_secs_f64(idle_s);
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, peer)) if connections.len() < connections_max as usize => {
                connections.spawn(converse(stream, peer, door, gate.clone(), idle));
            }
            Ok((stream, _)) => {
                gate.doors[door].turned_away.fetch_add(1, Ordering::Relaxed);
                let words = format!("{}\n", json!({"refused": "too many connections; close one, or try again later"}));
                let _ = stream.try_write(words.as_bytes());
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

/// Counts a connection while it lasts.
struct Counted(Arc<Gate>, usize);

impl Counted {
    fn new(gate: &Arc<Gate>, door: usize) -> Self {
        gate.doors[door].connections.fetch_add(1, Ordering::Relaxed);
        Counted(gate.clone(), door)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.doors[self.1].connections.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn converse(mut stream: TcpStream, peer: SocketAddr, door: usize, gate: Arc<Gate>, idle: Duration) {
    let _counted = Counted::new(&gate, door);
    let sender = peer.ip().to_canonical();
    let mut cutter = Cutter::default();
    let mut piece = vec![0; PIECE_BYTES];
    let mut lines_before = 0;
    loop {
        let length = match timeout(idle, stream.read(&mut piece)).await {
            Ok(Ok(0)) | Ok(Err(_)) => break,
            Ok(Ok(length)) => length,
            Err(_) => {
                let words = json!({"refused": format!("nothing came for {} s; goodbye", idle.as_secs_f64())});
                let _ = stream.try_write(format!("{words}\n").as_bytes());
                return;
            }
        };
        let lines = cutter.take(&piece[..length]);
        hand_on(&stream, sender, door, &gate, lines, &mut lines_before);
    }
    hand_on(&stream, sender, door, &gate, cutter.finish(), &mut lines_before);
}

/// Gives whole lines to the engine, and tells the peer what is wrong with them. A peer that does not listen is not waited for.
fn hand_on(stream: &TcpStream, sender: IpAddr, door: usize, gate: &Gate, lines: Vec<u8>, before: &mut u64) {
    if lines.is_empty() {
        return;
    }
    for (number, why) in gate.faults(door, Some(sender), &lines) {
        let words = json!({"line": *before + number, "refused": why});
        let _ = stream.try_write(format!("{words}\n").as_bytes());
    }
    *before += lines.iter().filter(|byte| **byte == b'\n').count() as u64;
    gate.take(door, Some(sender), lines);
}
