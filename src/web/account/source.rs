//! Where on the network a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

/// What stands for the network that a request comes from, for counting attempts: an IPv4 address, or the /64 that one subscriber has of
/// IPv6.
///
/// It is the peer of the connection. `X-Forwarded-For` is believed only from the machine itself, where a reverse proxy runs, and only its
/// last entry, which the proxy adds: the earlier ones are whatever the visitor wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSource(pub String);

impl<S: Send + Sync> FromRequestParts<S> for NetworkSource {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
        Ok(Self(network_of(peer, forwarded)))
    }
}

fn network_of(peer: Option<IpAddr>, forwarded: Option<&str>) -> String {
    let last = || forwarded?.rsplit(',').next()?.trim().parse::<IpAddr>().ok();
    let address = match peer {
        Some(peer) if peer.is_loopback() => last().or(Some(peer)),
        other => other,
    };
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: Option<&str>) -> String {
        network_of(Some(peer.parse().expect("an address")), forwarded)
    }

    #[test]
    fn only_a_proxy_on_the_machine_itself_is_believed() {
        assert_eq!(of("192.0.2.7", Some("198.51.100.1")), "192.0.2.7");
        assert_eq!(of("127.0.0.1", Some("10.0.0.1, 198.51.100.1")), "198.51.100.1");
        assert_eq!(of("127.0.0.1", Some("nonsense")), "127.0.0.1");
        assert_eq!(of("::1", None), "::/64");
        assert_eq!(of("2001:db8:1:2:3:4:5:6", None), "2001:db8:1:2::/64");
        assert_eq!(of("::ffff:192.0.2.7", None), "192.0.2.7");
        assert_eq!(network_of(None, Some("192.0.2.7")), "unknown");
    }
}
