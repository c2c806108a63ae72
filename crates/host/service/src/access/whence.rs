//! Who asks from where, and whether anybody on the way can listen. A proxy's word is taken only where the site names the proxy.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use parapet_site::HttpSettings;

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whence {
    /// The address of whoever asks, behind the proxies that the site names.
    pub(crate) address: IpAddr,
    /// Whether browsers see the page by `https`.
    pub(crate) secure: bool,
    /// Whether a secret can be told: it is encrypted, or does not leave this machine.
    pub(crate) safe: bool,
}

impl Whence {
    pub(crate) fn of(peer: SocketAddr, headers: &HeaderMap, http: &HttpSettings) -> Self {
        let peer = peer.ip().to_canonical();
        let tls = http.tls.is_some();
        let forwarded = texts(headers, "x-forwarded-for");
        if !http.proxies.contains(&peer) || forwarded.is_empty() {
            return Whence { address: peer, secure: tls, safe: tls || peer.is_loopback() };
        }
        // Each proxy adds whom it heard at the end; what stands before the last that nobody vouches for is made up.
        let hops = forwarded.iter().flat_map(|line| line.split(',')).map(|hop| hop.trim().parse::<IpAddr>());
        let mut address = peer;
        for hop in hops.rev() {
            let Ok(hop) = hop else { break };
            address = hop.to_canonical();
            if !http.proxies.contains(&address) {
                break;
            }
        }
        let secure = texts(headers, "x-forwarded-proto").last().is_some_and(|scheme| scheme.trim() == "https");
        Whence { address, secure, safe: secure }
    }
}

fn texts<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(tls: bool, proxies: &[&str]) -> HttpSettings {
        let pem = || parapet_site::Pem(String::new());
        HttpSettings {
            tls: tls.then(|| (pem(), pem())),
            origin: None,
            proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
            connections_per_address: 1,
            requests_per_s: 1.0,
        }
    }

    fn whence(peer: &str, forwarded: &[&str], scheme: Option<&str>, http: &HttpSettings) -> (String, bool, bool) {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        if let Some(scheme) = scheme {
            headers.append("x-forwarded-proto", scheme.parse().unwrap());
        }
        let Whence { address, secure, safe } = Whence::of(peer.parse().unwrap(), &headers, http);
        (address.to_string(), secure, safe)
    }

    fn is(address: &str, secure: bool, safe: bool) -> (String, bool, bool) {
        (address.to_owned(), secure, safe)
    }

    #[test]
    fn without_a_proxy_nobody_is_believed() {
        let plain = http(false, &[]);
        assert_eq!(whence("127.0.0.1:9", &[], None, &plain), is("127.0.0.1", false, true));
        assert_eq!(whence("192.0.2.9:9", &[], None, &plain), is("192.0.2.9", false, false));
        assert_eq!(whence("192.0.2.9:9", &["127.0.0.1"], Some("https"), &plain), is("192.0.2.9", false, false));
        assert_eq!(whence("192.0.2.9:9", &[], None, &http(true, &[])), is("192.0.2.9", true, true));
    }

    #[test]
    fn a_named_proxy_says_who_asks_and_only_the_end_of_what_it_says_counts() {
        let http = http(false, &["192.0.2.7", "192.0.2.8"]);
        assert_eq!(whence("192.0.2.7:9", &["203.0.113.5"], Some("https"), &http), is("203.0.113.5", true, true));
        assert_eq!(whence("192.0.2.7:9", &["203.0.113.5"], Some("http"), &http), is("203.0.113.5", false, false));
        let made_up = &["10.0.0.1, 203.0.113.5", "192.0.2.8"];
        assert_eq!(whence("192.0.2.7:9", made_up, Some("https"), &http), is("203.0.113.5", true, true));
        assert_eq!(whence("192.0.2.7:9", &["nonsense"], Some("https"), &http), is("192.0.2.7", true, true));
        assert_eq!(whence("203.0.113.5:9", &["127.0.0.1"], Some("https"), &http), is("203.0.113.5", false, false));
    }

    #[test]
    fn a_proxy_on_this_machine_does_not_make_everybody_local() {
        let http = http(false, &["127.0.0.1"]);
        assert_eq!(whence("127.0.0.1:9", &["203.0.113.5"], None, &http), is("203.0.113.5", false, false));
        assert_eq!(whence("127.0.0.1:9", &[], None, &http), is("127.0.0.1", false, true));
    }
}
