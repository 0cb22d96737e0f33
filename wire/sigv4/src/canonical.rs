//! The canonical request: the one form of a request that both sides sign.
//!
//! Follows [Create a signed AWS API request](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).

use crate::{ALGORITHM, RequestView, S3, SigningTime};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The unreserved characters and the slash stay as they are.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The query parameter that a presigned request carries its signature in, which can't cover itself.
pub(crate) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";

/// How a path is brought into its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathRule {
    /// Dot segments and repeated slashes removed, then encoded once more than on the wire.
    NormalizedAndEncodedTwice,
    /// Encoded as on the wire, nothing removed: an S3 object's key may contain `//` and `..`.
    EncodedOnce,
}

impl PathRule {
    pub(crate) fn of_service(signing_name: &str) -> Self {
        if signing_name == S3 {
            Self::EncodedOnce
        } else {
            Self::NormalizedAndEncodedTwice
        }
    }
}

/// What goes into a canonical request besides the request itself.
pub(crate) struct CanonicalParts<'a> {
    /// Lower-case names in ascending order, separated by semicolons.
    pub(crate) signed_headers: &'a str,
    /// The host as the client signed it.
    pub(crate) host: &'a [u8],
    /// The payload's SHA-256 in hex, or `UNSIGNED-PAYLOAD`.
    pub(crate) payload_hash: &'a str,
    pub(crate) path_rule: PathRule,
}

/// Builds the canonical request. `None` if a signed header is not in the request.
pub(crate) fn canonical_request(request: &RequestView<'_>, parts: &CanonicalParts<'_>) -> Option<Vec<u8>> {
    let mut canonical = Vec::with_capacity(1024);
    canonical.extend_from_slice(request.method.as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(canonical_path(request.path, parts.path_rule).as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(canonical_query(request.query.unwrap_or_default()).as_bytes());
    canonical.push(b'\n');
    for name in parts.signed_headers.split(';') {
        canonical.extend_from_slice(name.as_bytes());
        canonical.push(b':');
        let value = if name == "host" {
            Cow::Borrowed(parts.host)
        } else {
            request.header(name)?
        };
        push_collapsed(&mut canonical, &value);
        canonical.push(b'\n');
    }
    canonical.push(b'\n');
    canonical.extend_from_slice(parts.signed_headers.as_bytes());
    canonical.push(b'\n');
    canonical.extend_from_slice(parts.payload_hash.as_bytes());
    Some(canonical)
}

/// What is signed: the algorithm, the time, the scope (without the access key id), and the canonical request's hash.
pub(crate) fn string_to_sign(signed_at: SigningTime, scope: &str, canonical_request: &[u8]) -> String {
    format!(
        "{ALGORITHM}\n{signed_at}\n{scope}\n{}",
        hex(&Sha256::digest(canonical_request))
    )
}

fn canonical_path(path: &str, rule: PathRule) -> String {
    match rule {
        PathRule::NormalizedAndEncodedTwice => {
            percent_encode(normalize_path(path).as_bytes(), RESERVED_IN_PATH).to_string()
        }
        PathRule::EncodedOnce if path.is_empty() => "/".to_owned(),
        PathRule::EncodedOnce => {
            let decoded: Cow<'_, [u8]> = percent_decode(path.as_bytes()).into();
            percent_encode(&decoded, RESERVED_IN_PATH).to_string()
        }
    }
}

/// Removes empty and dot segments. A slash at the end stays.
fn normalize_path(path: &str) -> Cow<'_, str> {
    if path == "/" || path.is_empty() {
        return Cow::Borrowed("/");
    }
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let mut normalized = String::with_capacity(path.len() + 1);
    for segment in &segments {
        normalized.push('/');
        normalized.push_str(segment);
    }
    if segments.is_empty() || path.ends_with('/') {
        normalized.push('/');
    }
    Cow::Owned(normalized)
}

/// Encodes every name and value in the one way, and sorts the pairs by their encoded bytes.
///
/// A `+` is a space, as it is for those who read the query afterwards: if it were signed as a plus sign,
/// a signature for `%2B` would also cover a query that means a space.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| *name != SIGNATURE_PARAMETER)
        .map(|(name, value)| (encode_again(name), encode_again(value)))
        .collect();
    pairs.sort_unstable();
    let mut canonical = String::with_capacity(query.len());
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            canonical.push('&');
        }
        canonical.push_str(name);
        canonical.push('=');
        canonical.push_str(value);
    }
    canonical
}

fn encode_again(text: &str) -> String {
    encode(&decode_query_text(text))
}

/// The bytes that a name or value in a query stands for.
pub(crate) fn decode_query_text(text: &str) -> Vec<u8> {
    let spaced: Cow<'_, str> = if text.contains('+') {
        Cow::Owned(text.replace('+', " "))
    } else {
        Cow::Borrowed(text)
    };
    percent_decode(spaced.as_bytes()).collect()
}

/// Encodes all but the unreserved characters.
pub(crate) fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// Appends a header's value, trimmed, each run of blanks inside as one space.
fn push_collapsed(canonical: &mut Vec<u8>, value: &[u8]) {
    let words = value
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            canonical.push(b' ');
        }
        canonical.extend_from_slice(word);
    }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The payload hash of a body.
pub(crate) fn payload_hash(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalized_and_encoded_once_more() {
        for (path, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/..", "/"),
            ("/../../a", "/a"),
            ("/example/..", "/"),
            ("/example1/example2/../..", "/"),
            ("/./example", "/example"),
            ("//example//", "/example/"),
            ("/a/b/../c/", "/a/c/"),
            ("/example space/", "/example%20space/"),
            ("/example%20space/", "/example%2520space/"),
            ("/%2F", "/%252F"),
            ("/ሴ", "/%E1%88%B4"),
            ("/a:b@c~d_e.f-g", "/a%3Ab%40c~d_e.f-g"),
            ("/123456789012/queue.fifo", "/123456789012/queue.fifo"),
        ] {
            assert_eq!(
                canonical_path(path, PathRule::NormalizedAndEncodedTwice),
                canonical,
                "{path}"
            );
        }
    }

    #[test]
    fn object_keys_keep_their_slashes_and_their_encoding() {
        for (path, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("//", "//"),
            ("/a/../b", "/a/../b"),
            ("/a//b/", "/a//b/"),
            ("/my%20object", "/my%20object"),
            ("/my object", "/my%20object"),
            ("/%41", "/A"),
            ("/a%2fb", "/a/b"),
        ] {
            assert_eq!(canonical_path(path, PathRule::EncodedOnce), canonical, "{path}");
        }
    }

    #[test]
    fn queries_are_encoded_and_sorted() {
        for (query, canonical) in [
            ("", ""),
            ("a", "a="),
            ("a=", "a="),
            ("&a=1&&b=2&", "a=1&b=2"),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1", "a=1&a=2"),
            ("a-b=1&a=2", "a=2&a-b=1"),
            ("b=1&B=2", "B=2&b=1"),
            ("a=1=2", "a=1%3D2"),
            ("a=x+y", "a=x%20y"),
            ("a=x%2By", "a=x%2By"),
            ("a=%zz", "a=%25zz"),
            ("a=%e1%88%b4", "a=%E1%88%B4"),
            ("ሴ=bar", "%E1%88%B4=bar"),
            ("%5A=1&A=2", "A=2&Z=1"),
            ("a=1&X-Amz-Signature=abc", "a=1"),
        ] {
            assert_eq!(canonical_query(query), canonical, "{query}");
        }
    }

    #[test]
    fn header_values_lose_their_blanks() {
        for (value, canonical) in [
            ("", ""),
            ("   ", ""),
            ("a", "a"),
            (" a   b \t c ", "a b c"),
            ("\"a   b\"", "\"a b\""),
            ("a,  b", "a, b"),
        ] {
            let mut collapsed = Vec::new();
            push_collapsed(&mut collapsed, value.as_bytes());
            assert_eq!(String::from_utf8(collapsed).unwrap(), canonical, "{value}");
        }
    }
}
