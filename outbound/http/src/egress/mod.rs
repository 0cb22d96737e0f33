//! Which addresses a client may connect to.
//!
//! The ranges are those of IANA's special-purpose registries
//! ([IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry/),
//! [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry/)) and what RFC 6890 says of them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Which addresses a client may connect to.
#[derive(Clone, Debug)]
pub struct EgressRules(Rules);

#[derive(Clone, Debug)]
enum Rules {
    Everything,
    Guarded { allowed: Vec<IpNet> },
}

/// The kind of address that guarded rules refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EgressRule {
    /// This machine: 127.0.0.0/8, `::1`.
    Loopback,
    /// Private networks: RFC 1918, unique local IPv6 addresses, and the old site-local ones.
    Private,
    /// The link: 169.254.0.0/16, where clouds serve their metadata, and fe80::/10.
    LinkLocal,
    /// What carriers share behind their translators: 100.64.0.0/10.
    Shared,
    /// Many hosts at once: 224.0.0.0/4, ff00::/8.
    Multicast,
    /// All hosts of the link: 255.255.255.255.
    Broadcast,
    /// No address, which means this machine to most systems: 0.0.0.0/8, `::`.
    Unspecified,
    /// Set aside for examples.
    Documentation,
    /// Set aside for protocols, for tests, or for later.
    Reserved,
}

impl fmt::Display for EgressRule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            EgressRule::Loopback => "a loopback address",
            EgressRule::Private => "an address of a private network",
            EgressRule::LinkLocal => "a link-local address",
            EgressRule::Shared => "an address of the shared address space",
            EgressRule::Multicast => "a multicast address",
            EgressRule::Broadcast => "the broadcast address",
            EgressRule::Unspecified => "an unspecified address",
            EgressRule::Documentation => "an address for documentation",
            EgressRule::Reserved => "a reserved address",
        })
    }
}

impl EgressRules {
    /// Every address may be connected to. For those who name all URLs themselves.
    pub fn everything() -> Self {
        EgressRules(Rules::Everything)
    }

    /// Only addresses of the public internet may be connected to, and those in `allowed`.
    ///
    /// An IPv6 address that stands for an IPv4 address (mapped, compatible, translated, NAT64, 6to4) is judged by
    /// the latter, which may also be what `allowed` contains.
    pub fn guarded(allowed: Vec<IpNet>) -> Self {
        EgressRules(Rules::Guarded { allowed })
    }

    /// Whether an address may be connected to; if not, what kind of address it is.
    pub fn check(&self, address: IpAddr) -> Result<(), EgressRule> {
        let Rules::Guarded { allowed } = &self.0 else {
            return Ok(());
        };
        let Some(rule) = special_purpose(address) else {
            return Ok(());
        };
        let embedded = match address {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => embedded(address).map(IpAddr::V4),
        };
        let is_allowed = |address| allowed.iter().any(|network| network.contains(&address));
        if is_allowed(address) || embedded.is_some_and(is_allowed) {
            return Ok(());
        }
        Err(rule)
    }
}

const fn v4(address: [u8; 4], prefix_length: u8) -> Ipv4Net {
    let [a, b, c, d] = address;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix_length)
}

const fn v6(first: u16, second: u16, third: u16, prefix_length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), prefix_length)
}

const SPECIAL_V4: &[(Ipv4Net, EgressRule)] = &[
    (v4([0, 0, 0, 0], 8), EgressRule::Unspecified),
    (v4([10, 0, 0, 0], 8), EgressRule::Private),
    (v4([100, 64, 0, 0], 10), EgressRule::Shared),
    (v4([127, 0, 0, 0], 8), EgressRule::Loopback),
    (v4([169, 254, 0, 0], 16), EgressRule::LinkLocal),
    (v4([172, 16, 0, 0], 12), EgressRule::Private),
    (v4([192, 0, 0, 0], 24), EgressRule::Reserved),
    (v4([192, 0, 2, 0], 24), EgressRule::Documentation),
    (v4([192, 88, 99, 0], 24), EgressRule::Reserved),
    (v4([192, 168, 0, 0], 16), EgressRule::Private),
    (v4([198, 18, 0, 0], 15), EgressRule::Reserved),
    (v4([198, 51, 100, 0], 24), EgressRule::Documentation),
    (v4([203, 0, 113, 0], 24), EgressRule::Documentation),
    (v4([224, 0, 0, 0], 4), EgressRule::Multicast),
    (v4([255, 255, 255, 255], 32), EgressRule::Broadcast),
    (v4([240, 0, 0, 0], 4), EgressRule::Reserved),
];

const SPECIAL_V6: &[(Ipv6Net, EgressRule)] = &[
    // Protocol assignments, among them Teredo, whose addresses hide IPv4 addresses.
    (v6(0x2001, 0, 0, 23), EgressRule::Reserved),
    (v6(0x2001, 0xdb8, 0, 32), EgressRule::Documentation),
    (v6(0x3fff, 0, 0, 20), EgressRule::Documentation),
    (v6(0xfc00, 0, 0, 7), EgressRule::Private),
    (v6(0xfe80, 0, 0, 10), EgressRule::LinkLocal),
    (v6(0xfec0, 0, 0, 10), EgressRule::Private),
    (v6(0xff00, 0, 0, 8), EgressRule::Multicast),
];

/// The only part of IPv6 from which addresses of the public internet are given out (RFC 4291, section 2.4).
const GLOBAL_UNICAST: Ipv6Net = v6(0x2000, 0, 0, 3);

/// The kind of a special-purpose address; none for an address of the public internet.
fn special_purpose(address: IpAddr) -> Option<EgressRule> {
    match address {
        IpAddr::V4(address) => special_purpose_v4(address),
        IpAddr::V6(address) => special_purpose_v6(address),
    }
}

fn special_purpose_v4(address: Ipv4Addr) -> Option<EgressRule> {
    SPECIAL_V4
        .iter()
        .find(|(network, _)| network.contains(&address))
        .map(|(_, rule)| *rule)
}

fn special_purpose_v6(address: Ipv6Addr) -> Option<EgressRule> {
    if address == Ipv6Addr::UNSPECIFIED {
        return Some(EgressRule::Unspecified);
    }
    if address == Ipv6Addr::LOCALHOST {
        return Some(EgressRule::Loopback);
    }
    if let Some(embedded) = embedded(address) {
        return special_purpose_v4(embedded);
    }
    let special = SPECIAL_V6.iter().find(|(network, _)| network.contains(&address));
    match special {
        Some((_, rule)) => Some(*rule),
        None if GLOBAL_UNICAST.contains(&address) => None,
        None => Some(EgressRule::Reserved),
    }
}

/// The IPv4 address that an IPv6 address stands for, where the way of standing for it is fixed.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let [.., high, low] = segments;
    match segments {
        // Compatible (RFC 4291, 2.5.5.1), mapped (2.5.5.2), translated (RFC 2765), NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0, ..]
        | [0, 0, 0, 0, 0, 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(from_segments(high, low)),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => Some(from_segments(high, low)),
        _ => None,
    }
}

fn from_segments(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests;
