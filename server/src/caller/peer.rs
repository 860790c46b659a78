//! Which address a request comes from, behind proxies or not.

use std::net::IpAddr;

use crate::settings::Network;

/// The address that a request comes from: the last one that no trusted proxy has.
///
/// `forwarded` are the values of its `X-Forwarded-For` headers, in their order. Each proxy adds, at
/// the end, whom it heard; what stands before the first that is not trusted, anybody can make up.
#[must_use]
pub fn peer<'f>(
    connection: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'f str>,
    trusted: &[Network],
) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut hops = forwarded.rev().flat_map(|value| value.rsplit(','));
    let mut peer = connection.to_canonical();
    while is_trusted(peer) {
        match hops.next().and_then(address) {
            Some(hop) => peer = hop,
            None => break,
        }
    }
    peer
}

/// An address, as proxies write it: with a port or without, IPv6 with a port in brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let address: Option<IpAddr> = hop.parse().ok();
    let with_port = || hop.parse().ok().map(|it: std::net::SocketAddr| it.ip());
    address.or_else(with_port).map(|it| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(connection: &str, forwarded: &[&str]) -> String {
        let trusted: Vec<Network> = ["10.0.0.0/8", "::1"].map(|it| it.parse().unwrap()).into();
        let forwarded = forwarded.iter().copied();
        peer(connection.parse().unwrap(), forwarded, &trusted).to_string()
    }

    #[test]
    fn whoever_is_not_a_trusted_proxy_is_the_peer_whatever_it_says() {
        assert_eq!(of("203.0.113.9", &["192.0.2.1"]), "203.0.113.9");
        assert_eq!(of("203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn behind_trusted_proxies_the_last_other_address_counts() {
        assert_eq!(of("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(
            of("10.0.0.1", &["192.0.2.1, 198.51.100.7, 10.0.0.2"]),
            "198.51.100.7"
        );
        assert_eq!(
            of("10.0.0.1", &["192.0.2.1", "198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(of("::ffff:10.0.0.1", &["192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(of("::1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn without_a_readable_address_the_last_proxy_is_the_peer() {
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            of("10.0.0.1", &["192.0.2.1, unknown, 10.0.0.2"]),
            "10.0.0.2"
        );
    }
}
