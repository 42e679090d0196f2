//! Which addresses may be told anything. Who writes a stage chooses the address of a webhook; some addresses answer with secrets.
//!
//! Link-local addresses are nobody's far side, and where clouds hand out credentials (169.254.169.254, fd00:ec2::254); they are refused
//! everywhere: a machine of one's own may stand in a cloud.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses may be told anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Other machines, and this one: on a machine of one's own.
    Anywhere,
    /// None of the function's own machine and of its cloud's services for it.
    Outside,
}

/// An address that may not be told anything.
#[derive(Debug)]
pub(super) struct OutOfReach;

impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the address is one of this machine or of its cloud, and is never called")
    }
}

impl Error for OutOfReach {}

impl Reach {
    /// Whether that address may be told anything.
    pub fn covers(self, address: IpAddr) -> bool {
        let address = match address {
            IpAddr::V6(v6) => embedded(v6).map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        if is_nobodys(address) {
            return false;
        }
        match (self, address) {
            (Self::Anywhere, _) => true,
            (Self::Outside, IpAddr::V4(v4)) => {
                !v4.is_loopback()
                    // RFC 791 and RFC 6598: "this network" and what carriers (and Alibaba's metadata) use.
                    && v4.octets()[0] != 0
                    && !(v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]))
            }
            (Self::Outside, IpAddr::V6(v6)) => !(v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local()),
        }
    }
}

/// Whether no far side can have this address, wherever one asks from.
fn is_nobodys(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_multicast() || v4.is_broadcast(),
        // fd00:ec2::254 and fd00:ec2::23 answer with the credentials of the machine and its functions.
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_multicast() || v6.segments()[..3] == [0xfd00, 0xec2, 0],
    }
}

/// The IPv4 address that an IPv6 address leads to: mapped (RFC 4291), translated (RFC 6052) or by 6to4 (RFC 3056).
fn embedded(v6: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    let segments = v6.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        std::net::Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

/// Looks names up, and gives only addresses within reach: also where the answer changes between two looks.
pub(super) struct WithinReach(pub(super) Reach);

impl Resolve for WithinReach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within: Vec<SocketAddr> = found.filter(|address| reach.covers(address.ip())).collect();
            if within.is_empty() {
                return Err(Box::new(OutOfReach) as Box<dyn Error + Send + Sync>);
            }
            Ok(Box::new(within.into_iter()) as Addrs)
        })
    }
}

/// The resolver for a client.
pub(super) fn resolver(reach: Reach) -> Arc<WithinReach> {
    Arc::new(WithinReach(reach))
}

#[cfg(test)]
mod tests;
