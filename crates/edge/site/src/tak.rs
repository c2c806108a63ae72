//! `[[tak]]`: servers and meshes that speak Cursor on Target.

use std::net::{Ipv4Addr, SocketAddr};

use crate::file::pem;
use crate::link::{Cast, Link};
use crate::problem::{Notes, Page};
use crate::sapient::Pem;
use crate::site::Load;
use crate::table::Table;

/// Most lines of a site.
const LINKS_MAX: usize = 16;
const EXAMPLE: &str = "\"tls://192.0.2.10:8089\"";
const REMEDY: &str = "write `tcp://192.0.2.10:8087`, `tls://192.0.2.10:8089` or `udp://239.2.3.1:6969?interface=192.0.2.20`; names are \
                      not looked up";

/// A server or a mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct TakLink {
    /// Identifier for status and metrics, unique.
    pub name: String,
    /// Whom we speak to.
    pub target: TakTarget,
    /// TAK protocol version 1 instead of XML.
    pub protobuf: bool,
    /// Whether rounds and impacts are told beside alarms.
    pub rounds: bool,
}

/// Whom we speak to.
#[derive(Clone, Debug, PartialEq)]
pub enum TakTarget {
    /// A server, without any proof of who it is or who we are.
    Tcp(SocketAddr),
    /// A server, each proving who they are.
    Tls {
        /// Where.
        address: SocketAddr,
        /// The name in its certificate.
        server_name: String,
        /// Our certificate.
        certificate: Pem,
        /// Its private key.
        key: Pem,
        /// The authorities that the server's certificate comes from.
        authorities: Pem,
    },
    /// Everybody who has joined a group; nobody proves anything.
    Mesh {
        /// The group.
        group: Ipv4Addr,
        /// Its port.
        port: u16,
        /// The address of the network interface on which to send; `None` leaves the choice to the operating system.
        interface: Option<Ipv4Addr>,
    },
}

impl TakTarget {
    /// The target as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            TakTarget::Tcp(address) => format!("tcp://{address}"),
            TakTarget::Tls { address, .. } => format!("tls://{address}"),
            TakTarget::Mesh { group, port, .. } => format!("udp://{group}:{port}"),
        }
    }
}

/// Reads every `[[tak]]`.
pub(crate) fn links(page: &Page, mut tables: Vec<Table<'_>>, load: &mut Load<'_>, notes: &mut Notes) -> Vec<TakLink> {
    if let Some(table) = tables.get(LINKS_MAX) {
        let what = format!("{} TAK lines", tables.len());
        notes.problems.push(page.problem(table.span(), "tak", what, format!("at most {LINKS_MAX} are opened")));
        tables.truncate(LINKS_MAX);
    }
    let mut links: Vec<TakLink> = Vec::new();
    for (number, mut table) in tables.into_iter().enumerate() {
        let name = table.identifier("name", notes).unwrap_or_else(|| format!("tak-{}", number + 1));
        if links.iter().any(|link| link.name == name) {
            let what = format!("{name:?} is another line already");
            notes.problems.push(table.problem("name", what, "give each line a name of its own"));
        }
        links.extend(link(table, name, load, notes));
    }
    links
}

fn link(mut table: Table<'_>, name: String, load: &mut Load<'_>, notes: &mut Notes) -> Option<TakLink> {
    table.require("to", EXAMPLE, notes);
    let target = target(&mut table, load, notes);
    let protocol = table.word("protocol", &[("xml", false), ("protobuf", true)], notes);
    let rounds = table.word("rounds", &[("tell", true), ("keep", false)], notes).unwrap_or(true);
    table.close(notes);
    let target = target?;
    match &target {
        TakTarget::Tcp(address) if !address.ip().is_loopback() => {
            notes.warn(format!("tak {name}: plain TCP; anybody on the way can read, forge and cancel alarms there"));
        }
        TakTarget::Mesh { .. } => {
            notes.warn(format!("tak {name}: a mesh; anybody who reaches it can forge and cancel alarms there"));
        }
        _ => {}
    }
    // Every client reads protobuf on a mesh, where it must fit into one datagram; on a stream a server has to agree.
    let protobuf = protocol.unwrap_or(matches!(target, TakTarget::Mesh { .. }));
    Some(TakLink { name, target, protobuf, rounds })
}

fn target(table: &mut Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Option<TakTarget> {
    let url = table.text("to", notes)?;
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let address: Option<SocketAddr> = rest.parse().ok().filter(|address: &SocketAddr| address.port() != 0);
    if scheme != "tls" {
        for key in ["server_name", "certificate", "key", "authorities"] {
            if table.has(key) {
                let what = format!("`{key}` makes no sense where nobody proves who they are");
                notes.problems.push(table.problem(key, what, "remove it, or write `to = \"tls://...\"`"));
            }
            let _ = table.text(key, notes);
        }
    }
    let found = match (scheme, address) {
        ("tcp", Some(address)) => Some(TakTarget::Tcp(address)),
        ("tls", Some(address)) => return tls(table, address, load, notes),
        ("udp", _) => mesh(url),
        _ => None,
    };
    if found.is_none() {
        notes.problems.push(table.problem("to", format!("{url:?} is no TAK server or mesh"), REMEDY));
    }
    found
}

fn tls(table: &mut Table<'_>, address: SocketAddr, load: &mut Load<'_>, notes: &mut Notes) -> Option<TakTarget> {
    for (key, example) in [
        ("server_name", "\"takserver\""),
        ("certificate", "\"pki/parapet.pem\""),
        ("key", "\"pki/parapet-key.pem\""),
        ("authorities", "\"pki/tak-ca.pem\""),
    ] {
        table.require(key, example, notes);
    }
    let server_name = table.text("server_name", notes).map(str::to_owned);
    let [certificate, key, authorities] = ["certificate", "key", "authorities"].map(|key| pem(table, key, load, notes));
    let (certificate, key, authorities) = (certificate?, key?, authorities?);
    Some(TakTarget::Tls { address, server_name: server_name?, certificate, key, authorities })
}

fn mesh(url: &str) -> Option<TakTarget> {
    let link: Link = url.parse().ok()?;
    match link.cast {
        Cast::Multicast { group, interface } => Some(TakTarget::Mesh { group, port: link.port, interface }),
        Cast::Unicast { .. } => None,
    }
}
