//! Keyed hashes (RFC 2104), and how they are written.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::Secret;

/// The hash function under an HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Digest {
    /// SHA-1, for services that offer nothing else. As an HMAC it is not broken.
    Sha1,
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How the bytes of a signature are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal, in either case.
    #[default]
    Hex,
    /// Base64 with the standard alphabet, with or without padding.
    Base64,
}

/// Whether a text is the signature of the parts, one after the other. Takes the same time for every wrong text of a
/// length.
pub(crate) fn is_signature(
    claimed: &str,
    digest: Digest,
    encoding: Encoding,
    secret: &Secret,
    parts: [&[u8]; 2],
) -> bool {
    let signature = match digest {
        Digest::Sha1 => mac::<Hmac<Sha1>>(secret, parts),
        Digest::Sha256 => mac::<Hmac<Sha256>>(secret, parts),
        Digest::Sha512 => mac::<Hmac<Sha512>>(secret, parts),
    };
    let (expected, claimed) = match encoding {
        Encoding::Hex => (hexadecimal(&signature), claimed.to_ascii_lowercase()),
        Encoding::Base64 => (
            STANDARD_NO_PAD.encode(&signature),
            claimed.trim_end_matches('=').to_owned(),
        ),
    };
    expected.as_bytes().ct_eq(claimed.as_bytes()).into()
}

fn mac<M: Mac + KeyInit>(secret: &Secret, parts: [&[u8]; 2]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The well-known values of HMAC("key", "The quick brown fox jumps over the lazy dog").
    #[test]
    fn signatures_are_known_in_every_form() {
        let secret = Secret::parse("key").unwrap();
        let parts: [&[u8]; 2] = [b"The quick brown fox ", b"jumps over the lazy dog"];
        for (digest, encoding, signature) in [
            (
                Digest::Sha1,
                Encoding::Hex,
                "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9",
            ),
            (Digest::Sha1, Encoding::Base64, "3nybhbi3iqa8ino29wqQcBydtNk="),
            (
                Digest::Sha256,
                Encoding::Hex,
                "F7BC83F430538424B13298E6AA6FB143EF4D59A14946175997479DBC2D1A3CD8",
            ),
            (
                Digest::Sha256,
                Encoding::Base64,
                "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg",
            ),
            (
                Digest::Sha512,
                Encoding::Base64,
                "tCrwkFe6weLUFwjkipAuCbX/fxKrQopP6GZTxz3SSPuC+UilSfe3kaW0GRXuTR7Dk1NX5OIxclDQNyr6Lr7rOg==",
            ),
        ] {
            assert!(
                is_signature(signature, digest, encoding, &secret, parts),
                "{signature}"
            );
            for wrong in [&signature[1..], &signature[..signature.len() - 3], "", "="] {
                assert!(!is_signature(wrong, digest, encoding, &secret, parts), "{wrong}");
            }
        }
    }
}
