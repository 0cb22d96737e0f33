//! `cidr`: a network of addresses. The service tells no place of what is wrong with one.

use super::refuse_at;
use crate::error::{Place, Refusal};
use ipnet::IpNet;
use std::net::IpAddr;

/// Reads a network. A mask may not cover the whole address.
pub(super) fn network(text: &str) -> Result<IpNet, Refusal> {
    let parts = text.split('/').collect::<Vec<_>>();
    let [address, mask] = *parts else {
        return refuse("Malformed CIDR, one '/' required");
    };
    let Ok(mask) = mask.parse::<i32>() else {
        return refuse("Malformed CIDR, mask bits must be an integer");
    };
    if mask < 0 {
        return refuse("Malformed CIDR, mask bits must not be negative");
    }
    let parsed = match address.parse::<IpAddr>() {
        Ok(parsed) => parsed,
        Err(_) if looks_like_address(address) => return refuse(format!("Invalid IP address: {address}")),
        Err(_) => return refuse(format!("Nonstandard IP address: {address}")),
    };
    let (bits, reason) = match parsed {
        IpAddr::V4(_) => (32, "IPv4 mask bits must be < 32"),
        IpAddr::V6(_) => (128, "IPv6 mask bits must be < 128"),
    };
    let mask = u8::try_from(mask).ok().filter(|mask| *mask < bits);
    match mask.and_then(|mask| IpNet::new(parsed, mask).ok()) {
        Some(network) => Ok(network.trunc()),
        None => refuse(reason),
    }
}

/// Whether a text has the characters of an address, of either version.
fn looks_like_address(text: &str) -> bool {
    let numbers = text.split('.').collect::<Vec<_>>();
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let version_4 = numbers.len() == 4 && numbers.iter().all(is_number);
    let hexadecimal = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    version_4 || (text.contains(':') && text.bytes().all(hexadecimal))
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refusal> {
    refuse_at(Place::Unsaid, reason)
}
