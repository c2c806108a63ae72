//! Counts what the operating system dropped before we could take it: a full receive buffer loses datagrams silently.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::error::ServiceError;

/// How often the operating system's counters are read.
const PERIOD: Duration = Duration::from_secs(1);
/// How often the lookout looks whether the service stops.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// Begins to watch the links' sockets; does nothing where the operating system does not tell.
///
/// # Errors
/// When the operating system gives no thread.
pub(crate) fn start<'a>(
    sockets: impl Iterator<Item = &'a UdpSocket>,
    dropped: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
) -> Result<JoinHandle<()>, ServiceError> {
    let inodes: BTreeSet<u64> = sockets.filter_map(inode).collect();
    let run = move || {
        let mut looked = Instant::now();
        while !stop.load(Ordering::Relaxed) && !inodes.is_empty() {
            std::thread::sleep(STOP_CHECK);
            if looked.elapsed() >= PERIOD {
                looked = Instant::now();
                dropped.store(drops(&inodes), Ordering::Relaxed);
            }
        }
    };
    std::thread::Builder::new().name("lookout".to_owned()).spawn(run).map_err(ServiceError::thread)
}

/// Linux names a socket by its inode in `/proc/net/udp`.
#[cfg(target_os = "linux")]
fn inode(socket: &UdpSocket) -> Option<u64> {
    use std::os::fd::AsRawFd as _;
    let name = std::fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).ok()?;
    name.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn inode(_: &UdpSocket) -> Option<u64> {
    None
}

fn drops(inodes: &BTreeSet<u64>) -> u64 {
    let tables = ["/proc/net/udp", "/proc/net/udp6"].map(|table| std::fs::read_to_string(table).unwrap_or_default());
    tables.iter().map(|table| drops_in(table, inodes)).sum()
}

/// Sums the last column of the lines of these sockets (`proc(5)`: `... uid timeout inode ref pointer drops`).
fn drops_in(table: &str, inodes: &BTreeSet<u64>) -> u64 {
    let of_line = |line: &str| {
        let columns: Vec<&str> = line.split_ascii_whitespace().collect();
        let inode: u64 = columns.get(9)?.parse().ok()?;
        inodes.contains(&inode).then(|| columns.last()?.parse::<u64>().ok())?
    };
    table.lines().skip(1).filter_map(of_line).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_table_of_the_kernel() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n \
            1234: 0100007F:2198 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 55501 2 0000000000000000 17\n \
            1235: 0100007F:2199 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 55502 2 0000000000000000 4\n";
        assert_eq!(drops_in(table, &BTreeSet::from([55_501])), 17);
        assert_eq!(drops_in(table, &BTreeSet::from([55_501, 55_502])), 21);
        assert_eq!(drops_in("nonsense\nmore nonsense", &BTreeSet::from([55_501])), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_buffer_is_noticed() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = socket.local_addr().unwrap();
        let inodes = BTreeSet::from([inode(&socket).unwrap()]);
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for _ in 0..2_000 {
            sender.send_to(&[0; 1_400], to).unwrap();
        }
        assert!(drops(&inodes) > 0);
    }
}
