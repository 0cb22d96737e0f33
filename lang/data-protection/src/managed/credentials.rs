//! Credentials: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-sensitive-data-types-credentials.html>.

use super::detector::{Candidate, ManagedIdentifier};
use memchr::memmem;
use std::ops::Range;

pub(super) fn identifiers() -> Vec<ManagedIdentifier> {
    vec![
        ManagedIdentifier::new(
            "AwsSecretKey",
            &[
                "aws_secret_access_key",
                "credentials",
                "secret access key",
                "secret key",
                "set-awscredential",
            ],
        )
        .near_keyword("[0-9A-Za-z/+]{40}", is_secret_key),
        ManagedIdentifier::new("OpenSshPrivateKey", &[]).scanned(open_ssh),
        ManagedIdentifier::new("PgpPrivateKey", &[]).scanned(pgp),
        ManagedIdentifier::new("PkcsPrivateKey", &[]).scanned(pkcs),
        ManagedIdentifier::new("PuttyPrivateKey", &[]).scanned(putty),
    ]
}

/// Forty characters of Base64 that belong to nothing longer. Forty random ones have letters of both cases (all but one
/// in a billion); forty hex digits, such as a hash, have not.
fn is_secret_key(candidate: &Candidate<'_>) -> bool {
    let text = candidate.text();
    let goes_on = |byte: &u8| matches!(byte, b'/' | b'+');
    text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && !candidate.before().last().is_some_and(goes_on)
        && !candidate
            .after()
            .first()
            .is_some_and(|byte| goes_on(byte) || *byte == b'=')
}

/// The markers of a block that is a private key.
struct Armour {
    begin: &'static str,
    end: &'static str,
}

fn open_ssh(message: &str) -> Vec<Range<usize>> {
    blocks(
        message,
        &[Armour {
            begin: "-----BEGIN OPENSSH PRIVATE KEY-----",
            end: "-----END OPENSSH PRIVATE KEY-----",
        }],
    )
}

/// RFC 4880, section 6.2.
fn pgp(message: &str) -> Vec<Range<usize>> {
    blocks(
        message,
        &[Armour {
            begin: "-----BEGIN PGP PRIVATE KEY BLOCK-----",
            end: "-----END PGP PRIVATE KEY BLOCK-----",
        }],
    )
}

/// RFC 7468 (PKCS #8, plain and encrypted), and what OpenSSL writes around PKCS #1 and the like.
fn pkcs(message: &str) -> Vec<Range<usize>> {
    blocks(
        message,
        &[
            Armour {
                begin: "-----BEGIN PRIVATE KEY-----",
                end: "-----END PRIVATE KEY-----",
            },
            Armour {
                begin: "-----BEGIN ENCRYPTED PRIVATE KEY-----",
                end: "-----END ENCRYPTED PRIVATE KEY-----",
            },
            Armour {
                begin: "-----BEGIN RSA PRIVATE KEY-----",
                end: "-----END RSA PRIVATE KEY-----",
            },
            Armour {
                begin: "-----BEGIN EC PRIVATE KEY-----",
                end: "-----END EC PRIVATE KEY-----",
            },
            Armour {
                begin: "-----BEGIN DSA PRIVATE KEY-----",
                end: "-----END DSA PRIVATE KEY-----",
            },
        ],
    )
}

/// Everything from a marker that begins a key to the one that ends it; to the end of the message if there is none, since
/// half of a key is sensitive too.
fn blocks(message: &str, armours: &[Armour]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = armours
        .iter()
        .flat_map(|armour| {
            between(message, armour.begin, |rest| {
                let end = memmem::find(rest.as_bytes(), armour.end.as_bytes())?;
                Some(end + armour.end.len())
            })
        })
        .collect();
    found.sort_by_key(|range| range.start);
    let mut covered = 0;
    found.retain(|range| {
        let is_new = range.start >= covered;
        covered = covered.max(range.end);
        is_new
    });
    found
}

/// A key file of PuTTY: from its first line to the value of its last, the `Private-MAC` (`Private-Hash` before 0.52).
fn putty(message: &str) -> Vec<Range<usize>> {
    between(message, "PuTTY-User-Key-File-", |rest| {
        let rest = rest.as_bytes();
        let value = memmem::find_iter(rest, "Private-").find_map(|position| {
            let line = &rest[position..];
            ["Private-MAC: ", "Private-Hash: "]
                .iter()
                .find(|name| line.starts_with(name.as_bytes()))
                .map(|name| position + name.len())
        })?;
        let value_bytes = rest[value..]
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        Some(value + value_bytes)
    })
}

/// The parts of a message that start with `begin`, and go on as far as `length` says of what follows it.
fn between(message: &str, begin: &str, length: impl Fn(&str) -> Option<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(offset) = memmem::find(&message.as_bytes()[position..], begin.as_bytes()) {
        let start = position + offset;
        let rest = &message[start + begin.len()..];
        let end = length(rest).map_or(message.len(), |length| start + begin.len() + length);
        found.push(start..end);
        position = end;
    }
    found
}
