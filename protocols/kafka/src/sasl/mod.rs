//! What clients say to be authenticated, within `SaslAuthenticate`.
//!
//! Reading and answering only: whether a password is right, a token is good, or a signature verifies is for the caller to say,
//! but for SCRAM, whose proof is part of the dialogue.

pub mod msk_iam;
pub mod oauthbearer;
pub mod plain;
pub mod scram;

use scram::ScramHash;

/// A mechanism, as `SaslHandshake` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// A user and a password as they are (RFC 4616).
    Plain,
    /// A proof of knowing the password (RFC 5802, RFC 7677).
    Scram(ScramHash),
    /// A token (RFC 7628, KIP-255); also how most clients carry a signed URL to MSK.
    OauthBearer,
    /// A signed request, as MSK's library for Java sends it.
    AwsMskIam,
}

impl Mechanism {
    /// Every mechanism.
    pub const ALL: [Mechanism; 5] = [
        Mechanism::Plain,
        Mechanism::Scram(ScramHash::Sha256),
        Mechanism::Scram(ScramHash::Sha512),
        Mechanism::OauthBearer,
        Mechanism::AwsMskIam,
    ];

    /// What the wire calls it.
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::Scram(ScramHash::Sha256) => "SCRAM-SHA-256",
            Mechanism::Scram(ScramHash::Sha512) => "SCRAM-SHA-512",
            Mechanism::OauthBearer => "OAUTHBEARER",
            Mechanism::AwsMskIam => "AWS_MSK_IAM",
        }
    }

    /// The mechanism of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Mechanism::ALL
            .into_iter()
            .find(|mechanism| mechanism.name() == name)
    }
}

/// A name in which `=2C` stands for a comma and `=3D` for an equals sign (RFC 5801, section 4).
fn saslname(text: &str) -> Option<String> {
    let mut pieces = text.split('=');
    let mut name = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (character, rest) = match (piece.strip_prefix("2C"), piece.strip_prefix("3D")) {
            (Some(rest), _) => (',', rest),
            (_, Some(rest)) => ('=', rest),
            _ => return None,
        };
        name.push(character);
        name.push_str(rest);
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanisms_are_found_by_name() {
        for mechanism in Mechanism::ALL {
            assert_eq!(Mechanism::from_name(mechanism.name()), Some(mechanism));
        }
        assert_eq!(Mechanism::from_name("plain"), None);
        assert_eq!(Mechanism::from_name("GSSAPI"), None);
    }
}
