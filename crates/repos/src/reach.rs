//! Which addresses a look may go to. A name is judged by what it resolves to, each time that it is resolved.
//!
//! Link-local addresses are nobody's git host, and where clouds hand out credentials (169.254.169.254, fd00:ec2::254); they are refused
//! everywhere. This machine's own addresses are where the runtime of a function listens; they are refused unless the home is one machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What a look may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Other machines alone.
    Outside,
    /// Other machines, and servers on this one.
    Loopback,
    /// Other machines, servers on this one, and its folders.
    Machine,
}

/// A name that leads only to addresses that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("{host} has only addresses that must not be reached from here ({address})")]
pub(crate) struct Unreachable {
    host: String,
    address: IpAddr,
}

impl Reach {
    /// Whether folders may be read.
    pub(crate) fn folders(self) -> bool {
        self == Self::Machine
    }

    /// Whether a proxy may be in between: it would resolve names by itself.
    pub(crate) fn proxies(self) -> bool {
        self != Self::Outside
    }

    /// Whether this address may be reached.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        let embedded = match address {
            IpAddr::V4(v4) => Some(v4),
            IpAddr::V6(v6) => embedded_v4(v6),
        };
        if let Some(v4) = embedded {
            return self.allows_v4(v4);
        }
        let IpAddr::V6(v6) = address else { return false };
        let first = v6.segments()[0];
        let metadata = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0).segments()[..3] == v6.segments()[..3];
        let local = (first & 0xffc0) == 0xfe80 || metadata || v6.is_multicast();
        let own = v6.is_loopback() || v6.is_unspecified();
        !local && (!own || self != Self::Outside)
    }

    fn allows_v4(self, v4: Ipv4Addr) -> bool {
        let own = v4.is_loopback() || v4.octets()[0] == 0;
        !v4.is_link_local() && !v4.is_multicast() && !v4.is_broadcast() && (!own || self != Self::Outside)
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped (RFC 4291), by NAT64 (RFC 6052) or by 6to4 (RFC 3056).
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, high, low] = v6.segments();
    let of = |high: u16, low: u16| {
        let ([first, second], [third, fourth]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(first, second, third, fourth)
    };
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => Some(of(high, low)),
        [0x2002, ..] => Some(of(b, c)),
        _ => None,
    }
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let (allowed, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(|address| reach.allows(address.ip()));
            match (allowed.is_empty(), refused.first()) {
                (true, Some(address)) => Err(Unreachable { host: name.as_str().to_owned(), address: address.ip() }.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests;
