//! `SCRAM-SHA-256` and `SCRAM-SHA-512`, the server's side ([RFC 5802](https://www.rfc-editor.org/rfc/rfc5802),
//! [RFC 7677](https://www.rfc-editor.org/rfc/rfc7677), KIP-84).
//!
//! A dialogue is [`ClientFirst::parse`], [`ClientFirst::challenge`], [`Challenge::verify`]; each step takes the one before, so none
//! can be left out or repeated. There is no channel binding, and no delegation token (`tokenauth`).

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::saslname;

/// How often a password may be hashed: Kafka's brokers take no other number.
pub const ITERATIONS: RangeInclusive<u32> = 4_096..=16_384;

/// The hash function of a mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScramHash {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// Why a dialogue ends without a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScramError {
    /// A message does not follow the grammar.
    #[error("the message is malformed: {0}")]
    Malformed(&'static str),
    /// A client wants the authentication bound to its connection.
    #[error("channel binding is not supported")]
    ChannelBinding,
    /// A client wants to act as someone else.
    #[error("the authorization id is not the user name")]
    OtherAuthorizationId,
    /// A client demands an extension, or brings a delegation token.
    #[error("the extension {0} is not supported")]
    Extension(&'static str),
    /// The nonce is not the one that was given out.
    #[error("the nonce is another one")]
    OtherNonce,
    /// The proof is wrong: so is the password.
    #[error("the proof is wrong")]
    WrongProof,
}

/// What is stored of a password: enough to verify a proof, not enough to give one.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramCredential {
    /// Which hash function it is for.
    pub hash: ScramHash,
    /// What the password was hashed with.
    pub salt: Vec<u8>,
    /// How often.
    pub iterations: u32,
    /// The hash of the client's key.
    pub stored_key: Vec<u8>,
    /// What the server proves itself with.
    pub server_key: Vec<u8>,
}

impl ScramCredential {
    /// Makes the credential of a password. As in Kafka, its bytes are taken as they are, without SASLprep.
    pub fn from_password(hash: ScramHash, password: &str, salt: &[u8], iterations: u32) -> Self {
        let salted = hash.salted(password.as_bytes(), salt, iterations);
        ScramCredential::from_salted_password(hash, &salted, salt, iterations)
    }

    /// Makes the credential of a password that was salted and hashed, as `AlterUserScramCredentials` brings it.
    pub fn from_salted_password(
        hash: ScramHash,
        salted_password: &[u8],
        salt: &[u8],
        iterations: u32,
    ) -> Self {
        let client_key = hash.mac(salted_password, b"Client Key");
        ScramCredential {
            hash,
            salt: salt.to_vec(),
            iterations,
            stored_key: hash.digest(&client_key),
            server_key: hash.mac(salted_password, b"Server Key"),
        }
    }
}

impl fmt::Debug for ScramCredential {
    /// Leaves the keys out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ScramCredential({:?}, …)", self.hash)
    }
}

/// The server's part of a nonce: never the same twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerNonce(String);

impl ServerNonce {
    /// Makes one of random bytes.
    pub fn from_random(bytes: [u8; 24]) -> Self {
        ServerNonce(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// The first message of a client: who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFirst {
    username: String,
    nonce: String,
    /// Binding flag and authorization id, which come back in the final message.
    gs2_header: String,
    bare: String,
}

impl ClientFirst {
    /// Reads `n,[a=authzid],n=user,r=nonce[,extensions]`.
    pub fn parse(message: &[u8]) -> Result<Self, ScramError> {
        let text = text_of(message)?;
        let mut parts = text.splitn(3, ',');
        let (Some(flag), Some(authorization_id), Some(bare)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(ScramError::Malformed("client-first-message"));
        };
        match flag {
            "n" | "y" => {}
            _ if flag.starts_with("p=") => return Err(ScramError::ChannelBinding),
            _ => return Err(ScramError::Malformed("gs2-cbind-flag")),
        }
        let mut attributes = bare.split(',');
        let first = attributes.next().unwrap_or_default();
        if first.starts_with("m=") {
            return Err(ScramError::Extension("m"));
        }
        let username = name_of(attribute(first, "n=", "username")?)?;
        let nonce = nonce_of(attribute(attributes.next().unwrap_or_default(), "r=", "nonce")?)?;
        // Other extensions are for servers that know them (RFC 5802, section 5.1).
        if attributes.any(|extension| extension.starts_with("tokenauth=")) {
            return Err(ScramError::Extension("tokenauth"));
        }
        if !authorization_id.is_empty() && name_of(attribute(authorization_id, "a=", "authzid")?)? != username
        {
            return Err(ScramError::OtherAuthorizationId);
        }
        Ok(ClientFirst {
            username,
            nonce: nonce.to_owned(),
            gs2_header: format!("{flag},{authorization_id},"),
            bare: bare.to_owned(),
        })
    }

    /// The user that the client says it is.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Asks for the proof that the client knows the password behind a credential.
    pub fn challenge(self, credential: ScramCredential, nonce: &ServerNonce) -> Challenge {
        let nonce = format!("{}{}", self.nonce, nonce.0);
        let salt = STANDARD.encode(&credential.salt);
        let server_first = format!("r={nonce},s={salt},i={}", credential.iterations);
        Challenge {
            first: self,
            credential,
            nonce,
            server_first,
        }
    }
}

/// What a client was asked for.
#[derive(Clone, Debug)]
pub struct Challenge {
    first: ClientFirst,
    credential: ScramCredential,
    nonce: String,
    server_first: String,
}

impl Challenge {
    /// The message that asks: `r=nonce,s=salt,i=iterations`.
    pub fn message(&self) -> &str {
        &self.server_first
    }

    /// Reads `c=binding,r=nonce[,extensions],p=proof` and verifies the proof. Returns the last message, `v=signature`, with which the
    /// server proves itself.
    pub fn verify(self, message: &[u8]) -> Result<String, ScramError> {
        let text = text_of(message)?;
        let (without_proof, proof) = text
            .rsplit_once(",p=")
            .ok_or(ScramError::Malformed("client-final-message"))?;
        let mut attributes = without_proof.split(',');
        let binding = attribute(attributes.next().unwrap_or_default(), "c=", "channel-binding")?;
        let nonce = attribute(attributes.next().unwrap_or_default(), "r=", "nonce")?;
        if decoded(binding, "channel-binding")? != self.first.gs2_header.as_bytes() {
            return Err(ScramError::ChannelBinding);
        }
        // librdkafka puts its own nonce before the whole one again, up to 2.6.0; like Kafka 3.9, let it: all of the nonce is there.
        if !nonce.ends_with(&self.nonce) {
            return Err(ScramError::OtherNonce);
        }
        let said = format!("{},{},{without_proof}", self.first.bare, self.server_first);
        self.verify_proof(&decoded(proof, "proof")?, said.as_bytes())?;
        let hash = self.credential.hash;
        let signature = hash.mac(&self.credential.server_key, said.as_bytes());
        Ok(format!("v={}", STANDARD.encode(signature)))
    }

    /// The proof is the client's key under a signature that the stored key makes too.
    fn verify_proof(&self, proof: &[u8], said: &[u8]) -> Result<(), ScramError> {
        let ScramCredential { hash, stored_key, .. } = &self.credential;
        let signature = hash.mac(stored_key, said);
        if proof.len() != signature.len() {
            return Err(ScramError::WrongProof);
        }
        let client_key: Vec<u8> = proof
            .iter()
            .zip(&signature)
            .map(|(left, right)| left ^ right)
            .collect();
        match bool::from(hash.digest(&client_key).ct_eq(stored_key)) {
            true => Ok(()),
            false => Err(ScramError::WrongProof),
        }
    }
}

impl ScramHash {
    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            ScramHash::Sha256 => Sha256::digest(bytes).to_vec(),
            ScramHash::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn mac(self, key: &[u8], bytes: &[u8]) -> Vec<u8> {
        match self {
            ScramHash::Sha256 => keyed::<Hmac<Sha256>>(key)
                .chain_update(bytes)
                .finalize()
                .into_bytes()
                .to_vec(),
            ScramHash::Sha512 => keyed::<Hmac<Sha512>>(key)
                .chain_update(bytes)
                .finalize()
                .into_bytes()
                .to_vec(),
        }
    }

    /// `Hi` of RFC 5802: PBKDF2 with one block of output.
    fn salted(self, password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
        match self {
            ScramHash::Sha256 => salted(keyed::<Hmac<Sha256>>(password), salt, iterations),
            ScramHash::Sha512 => salted(keyed::<Hmac<Sha512>>(password), salt, iterations),
        }
    }
}

fn keyed<M: Mac + KeyInit>(key: &[u8]) -> M {
    <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn salted<M: Mac + Clone>(keyed: M, salt: &[u8], iterations: u32) -> Vec<u8> {
    let mut block = keyed
        .clone()
        .chain_update(salt)
        .chain_update([0, 0, 0, 1])
        .finalize()
        .into_bytes();
    let mut result = block.to_vec();
    for _ in 1..iterations {
        block = keyed.clone().chain_update(&block).finalize().into_bytes();
        result
            .iter_mut()
            .zip(&block)
            .for_each(|(left, right)| *left ^= right);
    }
    result
}

fn text_of(message: &[u8]) -> Result<&str, ScramError> {
    std::str::from_utf8(message).map_err(|_| ScramError::Malformed("not UTF-8"))
}

/// The value of an attribute that has to be the one named.
fn attribute<'a>(text: &'a str, name: &str, what: &'static str) -> Result<&'a str, ScramError> {
    match text.strip_prefix(name) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(ScramError::Malformed(what)),
    }
}

fn decoded(text: &str, what: &'static str) -> Result<Vec<u8>, ScramError> {
    STANDARD.decode(text).map_err(|_| ScramError::Malformed(what))
}

/// A nonce is printable ASCII without a comma, which has ended it.
fn nonce_of(text: &str) -> Result<&str, ScramError> {
    match text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text),
        false => Err(ScramError::Malformed("nonce")),
    }
}

fn name_of(text: &str) -> Result<String, ScramError> {
    saslname(text).ok_or(ScramError::Malformed("saslname"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &str = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const CLIENT_FIRST: &[u8] = b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    const SERVER_FIRST: &str =
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    const WITHOUT_PROOF: &str = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    fn challenge(hash: ScramHash, client_first: &[u8]) -> Result<Challenge, ScramError> {
        let salt = STANDARD.decode(SALT).unwrap();
        let credential = ScramCredential::from_password(hash, "pencil", &salt, 4096);
        let nonce = ServerNonce("%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0".to_owned());
        Ok(ClientFirst::parse(client_first)?.challenge(credential, &nonce))
    }

    /// The dialogue of RFC 7677, section 3; and the same with SHA-512, computed by Python's `hashlib` and `hmac`.
    #[test]
    fn dialogues_are_as_in_the_specification() {
        let cases = [
            (
                ScramHash::Sha256,
                "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            ),
            (
                ScramHash::Sha512,
                "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
                "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==",
            ),
        ];
        for (hash, proof, server_final) in cases {
            let challenge = challenge(hash, CLIENT_FIRST).unwrap();
            assert_eq!(challenge.message(), SERVER_FIRST);
            let client_final = format!("{WITHOUT_PROOF},p={proof}");
            assert_eq!(
                challenge.clone().verify(client_final.as_bytes()).as_deref(),
                Ok(server_final)
            );
            let wrong = client_final.replace(&proof[..4], "AAAA");
            assert_eq!(challenge.verify(wrong.as_bytes()), Err(ScramError::WrongProof));
        }
    }

    #[test]
    fn a_salted_password_gives_the_credential_of_the_password() {
        let hash = ScramHash::Sha256;
        let salted = hash.salted(b"pencil", b"salt", 4096);
        assert_eq!(
            ScramCredential::from_salted_password(hash, &salted, b"salt", 4096),
            ScramCredential::from_password(hash, "pencil", b"salt", 4096)
        );
    }

    #[test]
    fn a_client_may_say_its_nonce_twice() {
        let challenge = challenge(ScramHash::Sha256, CLIENT_FIRST).unwrap();
        let without_proof = WITHOUT_PROOF.replace("r=", "r=rOprNGfwEbeRWgbNEkqO");
        let said = format!("{},{SERVER_FIRST},{without_proof}", challenge.first.bare);
        let hash = ScramHash::Sha256;
        let salt = STANDARD.decode(SALT).unwrap();
        let client_key = hash.mac(&hash.salted(b"pencil", &salt, 4096), b"Client Key");
        let signature = hash.mac(&hash.digest(&client_key), said.as_bytes());
        let proof: Vec<u8> = client_key
            .iter()
            .zip(&signature)
            .map(|(left, right)| left ^ right)
            .collect();
        let client_final = format!("{without_proof},p={}", STANDARD.encode(proof));
        assert!(challenge.verify(client_final.as_bytes()).is_ok());
    }

    #[test]
    fn final_messages_have_to_fit_what_went_before() {
        let proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        let cases = [
            (format!("{WITHOUT_PROOF}x,p={proof}"), ScramError::OtherNonce),
            (
                WITHOUT_PROOF.replace("biws", "eSws") + ",p=" + proof,
                ScramError::ChannelBinding,
            ),
            (format!("{WITHOUT_PROOF},p=AAAA"), ScramError::WrongProof),
            (
                format!("{WITHOUT_PROOF},p={}", &proof[1..]),
                ScramError::Malformed("proof"),
            ),
            (
                WITHOUT_PROOF.to_owned(),
                ScramError::Malformed("client-final-message"),
            ),
            (
                format!("r=abc,p={proof}"),
                ScramError::Malformed("channel-binding"),
            ),
        ];
        for (client_final, error) in cases {
            let challenge = challenge(ScramHash::Sha256, CLIENT_FIRST).unwrap();
            assert_eq!(
                challenge.verify(client_final.as_bytes()),
                Err(error),
                "{client_final}"
            );
        }
    }

    #[test]
    fn first_messages_are_read() {
        let first = ClientFirst::parse(b"y,a=a=2Cb=3D,n=a=2Cb=3D,r=abc,ext=1").unwrap();
        assert_eq!((first.username(), &*first.nonce), ("a,b=", "abc"));
        assert_eq!(
            (&*first.gs2_header, &*first.bare),
            ("y,a=a=2Cb=3D,", "n=a=2Cb=3D,r=abc,ext=1")
        );
        let cases: [(&[u8], ScramError); 11] = [
            (b"p=tls-unique,,n=user,r=abc", ScramError::ChannelBinding),
            (b"x,,n=user,r=abc", ScramError::Malformed("gs2-cbind-flag")),
            (b"n,a=other,n=user,r=abc", ScramError::OtherAuthorizationId),
            (b"n,,m=1,n=user,r=abc", ScramError::Extension("m")),
            (
                b"n,,n=user,r=abc,tokenauth=true",
                ScramError::Extension("tokenauth"),
            ),
            (b"n,,n=us=er,r=abc", ScramError::Malformed("saslname")),
            (b"n,,n=,r=abc", ScramError::Malformed("username")),
            (b"n,,n=user", ScramError::Malformed("nonce")),
            (b"n,,n=user,r=a b", ScramError::Malformed("nonce")),
            (b"n,", ScramError::Malformed("client-first-message")),
            (b"n,,n=\xff,r=abc", ScramError::Malformed("not UTF-8")),
        ];
        for (message, error) in cases {
            assert_eq!(ClientFirst::parse(message), Err(error), "{message:?}");
        }
    }

    #[test]
    fn nonces_can_stand_in_a_message() {
        let nonce = ServerNonce::from_random([0xff; 24]);
        assert_eq!(nonce_of(&nonce.0), Ok(&*nonce.0));
        assert!(!nonce.0.contains(','));
    }
}
