//! Which addresses may be told anything. Who writes a stage chooses the address of a webhook; inside of a cloud function some addresses answer
//! with secrets.

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
    /// Any that the network leads to: on a machine of one's own.
    Anywhere,
    /// None of the function's own machine and of its cloud's services for it: loopback, link-local, metadata.
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
        match (self, address) {
            (Self::Anywhere, _) => true,
            (Self::Outside, IpAddr::V4(v4)) => {
                !(v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast())
                    // RFC 791 and RFC 6598: "this network" and what carriers (and Alibaba's metadata) use.
                    && v4.octets()[0] != 0
                    && !(v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]))
            }
            (Self::Outside, IpAddr::V6(v6)) => match embedded(v6) {
                Some(v4) => self.covers(IpAddr::V4(v4)),
                None => {
                    !(v6.is_loopback()
                        || v6.is_unspecified()
                        || v6.is_multicast()
                        || v6.is_unicast_link_local()
                        // fd00:ec2::254 and fd00:ec2::23 answer with the function's credentials.
                        || v6.is_unique_local())
                }
            },
        }
    }
}

/// The IPv4 address that an IPv6 address leads to: mapped (RFC 4291), or translated (RFC 6052).
fn embedded(v6: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    let segments = v6.segments();
    let last = || {
        let [.., a, b] = segments;
        let ([a, b], [c, d]) = (a.to_be_bytes(), b.to_be_bytes());
        std::net::Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(last()),
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
