//! Devices and mailboxes: what is told by a character that it must have.

use super::detector::ManagedIdentifier;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// The longest text of an IPv6 address: eight groups, the last two of them written as an IPv4 address.
const MAXIMUM_ADDRESS_BYTES: usize = 45;
/// RFC 5321, section 4.5.3.1.
const MAXIMUM_LOCAL_PART_BYTES: usize = 64;
const MAXIMUM_DOMAIN_BYTES: usize = 255;
/// RFC 1035, section 2.3.4.
const MAXIMUM_LABEL_BYTES: usize = 63;

pub(super) fn identifiers() -> Vec<ManagedIdentifier> {
    vec![
        ManagedIdentifier::new("EmailAddress", &[]).scanned(email_addresses),
        ManagedIdentifier::new("IpAddress", &[]).scanned(ip_addresses),
    ]
}

/// Mailboxes of RFC 5321 with a local part of letters, digits, and `._%+-` (not quoted), and a domain of at least two
/// labels whose last is one of letters.
fn email_addresses(message: &str) -> Vec<Range<usize>> {
    let bytes = message.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in memchr::memchr_iter(b'@', bytes) {
        let earliest = found.last().map_or(0, |last| last.end);
        let local_part = local_part_bytes(&bytes[earliest..at]);
        let domain = domain_bytes(&bytes[at + 1..]);
        if let (Some(local_part), Some(domain)) = (local_part, domain) {
            found.push(at - local_part..at + 1 + domain);
        }
    }
    found
}

/// How much of the end of a text is a local part.
fn local_part_bytes(text: &[u8]) -> Option<usize> {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let longest = text
        .iter()
        .rev()
        .take(MAXIMUM_LOCAL_PART_BYTES)
        .take_while(|byte| is_plain(byte))
        .count();
    let local_part = &text[text.len() - longest..];
    let dots = local_part.iter().take_while(|byte| **byte == b'.').count();
    let local_part = &local_part[dots..];
    let is_valid = !local_part.is_empty()
        && !local_part.ends_with(b".")
        && !local_part.windows(2).any(|pair| pair == b"..");
    is_valid.then_some(local_part.len())
}

/// How much of the start of a text is a domain.
fn domain_bytes(text: &[u8]) -> Option<usize> {
    let longest = text
        .iter()
        .take(MAXIMUM_DOMAIN_BYTES)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        .count();
    let mut length = 0;
    let mut end = 0;
    for (number, label) in text[..longest].split(|byte| *byte == b'.').enumerate() {
        let label_bytes = label
            .iter()
            .rposition(|byte| *byte != b'-')
            .map_or(0, |last| last + 1);
        if label_bytes == 0 || label_bytes > MAXIMUM_LABEL_BYTES || label.starts_with(b"-") {
            break;
        }
        end += label_bytes;
        if number > 0 && is_top_level(&label[..label_bytes]) {
            length = end;
        }
        if label_bytes < label.len() {
            break;
        }
        end += 1;
    }
    (length > 0).then_some(length)
}

fn is_top_level(label: &[u8]) -> bool {
    label.len() >= 2
        && (label.iter().all(u8::is_ascii_alphabetic) || label.to_ascii_lowercase().starts_with(b"xn--"))
}

/// IPv4 addresses of four decimal numbers, and IPv6 addresses of RFC 4291, section 2.2 (but for `::` itself). Ports and
/// prefix lengths are not part of them.
fn ip_addresses(message: &str) -> Vec<Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let bytes = message.as_bytes();
    let mut found = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let length = bytes[start..].iter().take_while(|byte| is_part(byte)).count();
        if length > 0 {
            let run = start..start + length;
            let is_joined = |neighbour: Option<&u8>| {
                neighbour.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            };
            let joined = (
                is_joined(bytes[..run.start].last()),
                is_joined(bytes.get(run.end)),
            );
            addresses_of_run(&message[run.clone()], joined, |range| {
                found.push(run.start + range.start..run.start + range.end);
            });
        }
        start += length.max(1);
    }
    found
}

/// The addresses in a run of hex digits, dots and colons, which may be joined with letters before and after.
fn addresses_of_run(run: &str, joined: (bool, bool), mut add: impl FnMut(Range<usize>)) {
    if let Some(range) = ipv6(run)
        && !(joined.0 && range.start == 0)
        && !(joined.1 && range.end == run.len())
    {
        return add(range);
    }
    let mut start = 0;
    for piece in run.split(':') {
        let dots = piece.bytes().take_while(|byte| *byte == b'.').count();
        let address = piece.trim_matches('.');
        let range = start + dots..start + dots + address.len();
        let is_joined = joined.0 && range.start == 0 || joined.1 && range.end == run.len();
        if !is_joined && address.parse::<Ipv4Addr>().is_ok() {
            add(range);
        }
        start += piece.len() + 1;
    }
}

/// The IPv6 address that a run is, without a colon or dots of the text around it.
fn ipv6(run: &str) -> Option<Range<usize>> {
    let end = run.trim_end_matches('.');
    let end = match end.strip_suffix(':') {
        Some(stripped) if !stripped.ends_with(':') => stripped,
        _ => end,
    };
    let address = match end.strip_prefix(':') {
        Some(stripped) if !stripped.starts_with(':') => stripped,
        _ => end,
    };
    let start = end.len() - address.len();
    let is_address = address.len() <= MAXIMUM_ADDRESS_BYTES
        && address != "::"
        && address.contains(':')
        && address.parse::<Ipv6Addr>().is_ok();
    is_address.then_some(start..end.len())
}
