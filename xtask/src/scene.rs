//! The scenario's folder, with UDP ports that nobody else on this machine uses.
//!
//! Two demonstrations at once must not hear each other's radars: a multicast group is shared without anybody's noticing.

use std::net::UdpSocket;
use std::path::{Path, PathBuf};

use crate::say::say;
use crate::trouble::Trouble;

/// Which ports the simulated radars use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ports {
    /// Those of the scenario, unless one is in use.
    OfTheScenario,
    /// Ports of our own.
    Own,
}

/// The folder to play: the scenario's own, or a copy below `out` with other ports.
pub(crate) fn folder(scenario: &Path, out: &Path, ports: Ports) -> Result<PathBuf, Trouble> {
    let site = scenario.join("site.toml");
    let text = std::fs::read_to_string(&site).map_err(|error| Trouble::unusable(&site, &error))?;
    let written = ports_of(&text);
    let taken: Vec<u16> = written.iter().copied().filter(|port| UdpSocket::bind(("0.0.0.0", *port)).is_err()).collect();
    if ports == Ports::OfTheScenario && taken.is_empty() {
        return Ok(scenario.to_owned());
    }
    if ports == Ports::OfTheScenario {
        say(&format!("UDP port {} is in use; the simulated radars take others", taken[0]));
    }
    let own = own_ports(&written)?;
    let copy = out.join("scene");
    copy_with(scenario, &copy, &own).map_err(|error| Trouble::unusable(&copy, &error))?;
    Ok(copy)
}

/// The ports of the links that a site file names, each once.
fn ports_of(site: &str) -> Vec<u16> {
    let links =
        site.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(|line| line.split("\"udp://").skip(1));
    let addresses = links.filter_map(|link| link.split(['"', '?']).next());
    let mut ports: Vec<u16> = addresses.filter_map(|address| address.rsplit(':').next()?.parse().ok()).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// For each port one that the operating system has free.
fn own_ports(written: &[u16]) -> Result<Vec<(u16, u16)>, Trouble> {
    let refused = |error: std::io::Error| Trouble::Missing(format!("no UDP port is free on this machine: {error}"));
    // All held until all are known, so that none is given twice.
    let sockets =
        written.iter().map(|_| UdpSocket::bind("0.0.0.0:0")).collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let free = sockets.iter().map(|socket| socket.local_addr().map(|address| address.port()));
    let free = free.collect::<Result<Vec<_>, _>>().map_err(refused)?;
    Ok(written.iter().copied().zip(free).collect())
}

/// Copies the files of a folder, with other ports in those that are TOML.
fn copy_with(from: &Path, to: &Path, ports: &[(u16, u16)]) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name().filter(|_| path.is_file()) else { continue };
        if path.extension().is_some_and(|ending| ending == "toml") {
            std::fs::write(to.join(name), with_ports(&std::fs::read_to_string(&path)?, ports))?;
        } else {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

/// A text with other ports in its addresses, which end in a quote or a question mark.
fn with_ports(text: &str, ports: &[(u16, u16)]) -> String {
    let mut text = text.to_owned();
    for end in ['"', '?'] {
        for (old, new) in ports {
            // Marked until all are done, so that none is replaced twice.
            text = text.replace(&format!(":{old}{end}"), &format!(":\u{1}{new}{end}"));
        }
    }
    text.replace('\u{1}', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_found_and_replaced() {
        let site = "# links = [\"udp://127.0.0.1:1\"]\nlinks = [\"udp://127.0.0.1:8600\", \"udp://239.255.48.1:8610?interface=127.0.0.1\"]\n";
        assert_eq!(ports_of(site), [8600, 8610]);
        let replaced = with_ports(site, &[(8600, 8610), (8610, 8600)]);
        assert_eq!(ports_of(&replaced), [8600, 8610]);
        assert!(
            replaced.contains("127.0.0.1:8610\"") && replaced.contains("48.1:8600?interface=127.0.0.1"),
            "{replaced}"
        );
        let scenario =
            "send_to = [{ udp = \"127.0.0.1:8600\" }, { udp = \"239.255.48.1:8610\", interface = \"127.0.0.1\" }]";
        assert!(with_ports(scenario, &[(8600, 9000), (8610, 9001)]).contains(".1:9001\", interface"));
    }

    #[test]
    fn own_ports_differ() {
        let own = own_ports(&[1, 2, 3]).unwrap();
        assert!(own[0].1 != own[1].1 && own[1].1 != own[2].1 && own[0].1 != own[2].1, "{own:?}");
    }
}
