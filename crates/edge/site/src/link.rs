//! Where a sensor's datagrams arrive: `udp://host:port`, `udp://group:port?interface=address`.

use core::fmt;
use core::str::FromStr;
use std::net::{IpAddr, Ipv4Addr};

use crate::nearest::nearest;

/// One line on which datagrams arrive. Plain UDP: nothing on it is authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// As it stands in the configuration.
    pub url: String,
    /// One receiver or many.
    pub cast: Cast,
    /// UDP port, 1 to 65535.
    pub port: u16,
}

/// How datagrams are addressed to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cast {
    /// To an address of this machine (or the unspecified address: to any of them).
    Unicast {
        /// The address to bind.
        local: IpAddr,
    },
    /// To a group that this machine joins.
    Multicast {
        /// The group.
        group: Ipv4Addr,
        /// The address of the network interface on which to join; `None` leaves the choice to the operating system.
        interface: Option<Ipv4Addr>,
    },
}

/// Why a text is no link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It does not begin with `udp://`.
    Scheme,
    /// The host is not a numeric address.
    Host(String),
    /// The port is missing or not from 1 to 65535.
    Port(String),
    /// An IPv6 multicast group.
    GroupV6(String),
    /// A parameter other than `interface`.
    Parameter(String),
    /// `interface` is not an IPv4 address of this machine.
    Interface(String),
    /// `interface` on a link that is not multicast.
    InterfaceOnUnicast,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Scheme => write!(f, "the address does not begin with `udp://`"),
            LinkError::Host(host) => write!(f, "{host:?} is not a numeric IP address"),
            LinkError::Port(port) => write!(f, "{port:?} is not a port from 1 to 65535"),
            LinkError::GroupV6(host) => write!(f, "{host} is an IPv6 multicast group, which is not supported"),
            LinkError::Parameter(name) => write!(f, "unknown parameter {name:?}"),
            LinkError::Interface(value) => {
                write!(f, "interface {value:?} is not a unicast IPv4 address")
            }
            LinkError::InterfaceOnUnicast => {
                write!(f, "`interface` makes sense for a multicast group only")
            }
        }
    }
}

impl std::error::Error for LinkError {}

impl LinkError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            LinkError::Scheme | LinkError::Port(_) => "write for example `udp://127.0.0.1:8600`".to_owned(),
            LinkError::Host(_) => {
                "write this machine's address (`udp://192.0.2.10:8600`), `0.0.0.0` for all of its addresses, or a multicast group; \
                 names are not looked up"
                    .to_owned()
            }
            LinkError::GroupV6(_) => "use an IPv4 group, 224.0.0.0 to 239.255.255.255".to_owned(),
            LinkError::Parameter(name) if nearest(name, ["interface"]).is_some() => "did you mean `interface`?".to_owned(),
            LinkError::Parameter(_) => "the only parameter is `interface`".to_owned(),
            LinkError::Interface(_) => {
                "write the IPv4 address that this machine has on that network, for example `?interface=192.0.2.10`".to_owned()
            }
            LinkError::InterfaceOnUnicast => "remove it; the host part already says where to listen".to_owned(),
        }
    }
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(url: &str) -> Result<Self, LinkError> {
        let rest = url.strip_prefix("udp://").ok_or(LinkError::Scheme)?;
        let (place, parameters) = rest.split_once('?').map_or((rest, None), |(place, p)| (place, Some(p)));
        let (host, port) = place.rsplit_once(':').ok_or_else(|| LinkError::Port(String::new()))?;
        let port = port_of(port)?;
        let host = host_of(host)?;
        let interface = parameters.map(interface_of).transpose()?;
        Ok(Link { url: url.to_owned(), cast: cast_of(host, interface)?, port })
    }
}

fn port_of(text: &str) -> Result<u16, LinkError> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|&port| digits && port != 0).ok_or_else(|| LinkError::Port(text.to_owned()))
}

fn host_of(text: &str) -> Result<IpAddr, LinkError> {
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let address = match bare {
        Some(v6) => v6.parse().ok().map(IpAddr::V6),
        None => text.parse().ok().map(IpAddr::V4),
    };
    address.ok_or_else(|| LinkError::Host(text.to_owned()))
}

fn interface_of(parameters: &str) -> Result<Ipv4Addr, LinkError> {
    let (name, value) = parameters.split_once('=').unwrap_or((parameters, ""));
    if name != "interface" {
        return Err(LinkError::Parameter(name.to_owned()));
    }
    let address: Option<Ipv4Addr> = value.parse().ok();
    let fine = |a: &Ipv4Addr| !a.is_multicast() && !a.is_unspecified() && !a.is_broadcast();
    address.filter(fine).ok_or_else(|| LinkError::Interface(value.to_owned()))
}

fn cast_of(host: IpAddr, interface: Option<Ipv4Addr>) -> Result<Cast, LinkError> {
    match (host, interface) {
        (IpAddr::V4(group), interface) if group.is_multicast() => Ok(Cast::Multicast { group, interface }),
        (host, _) if host.is_multicast() => Err(LinkError::GroupV6(host.to_string())),
        (_, Some(_)) => Err(LinkError::InterfaceOnUnicast),
        (local, None) => Ok(Cast::Unicast { local }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds() {
        let one: Link = "udp://127.0.0.1:8600".parse().unwrap();
        assert_eq!((one.cast, one.port), (Cast::Unicast { local: Ipv4Addr::LOCALHOST.into() }, 8600));
        let six: Link = "udp://[::1]:8600".parse().unwrap();
        assert_eq!(six.cast, Cast::Unicast { local: "::1".parse().unwrap() });
        let many: Link = "udp://239.255.48.1:8610?interface=127.0.0.1".parse().unwrap();
        let group = Ipv4Addr::new(239, 255, 48, 1);
        assert_eq!(many.cast, Cast::Multicast { group, interface: Some(Ipv4Addr::LOCALHOST) });
        let free: Link = "udp://239.255.48.1:8610".parse().unwrap();
        assert_eq!(free.cast, Cast::Multicast { group, interface: None });
    }

    #[test]
    fn says_what_is_wrong() {
        let wrong = |url: &str| url.parse::<Link>().unwrap_err();
        assert_eq!(wrong("tcp://127.0.0.1:8600"), LinkError::Scheme);
        assert_eq!(wrong("udp://radar.example:8600"), LinkError::Host("radar.example".into()));
        assert_eq!(wrong("udp://127.0.0.1"), LinkError::Port(String::new()));
        assert_eq!(wrong("udp://127.0.0.1:0"), LinkError::Port("0".into()));
        assert_eq!(wrong("udp://127.0.0.1:+86"), LinkError::Port("+86".into()));
        assert_eq!(wrong("udp://127.0.0.1:70000"), LinkError::Port("70000".into()));
        assert_eq!(wrong("udp://[ff02::1]:8600"), LinkError::GroupV6("ff02::1".into()));
        assert_eq!(wrong("udp://239.0.0.1:1?iface=1.2.3.4"), LinkError::Parameter("iface".into()));
        assert_eq!(wrong("udp://239.0.0.1:1?interface=eth0"), LinkError::Interface("eth0".into()));
        assert_eq!(wrong("udp://127.0.0.1:1?interface=127.0.0.1"), LinkError::InterfaceOnUnicast);
        assert_eq!(wrong("udp://239.0.0.1:1?interfaces=1.2.3.4").remedy(), "did you mean `interface`?");
    }
}
