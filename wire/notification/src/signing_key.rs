use crate::{SignatureVersion, StringToSign};
use base64::{Engine, engine::general_purpose::STANDARD};
use getrandom::SysRng;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use std::fmt;

/// The length of new keys, and the least that is accepted.
const KEY_BITS: usize = 2048;
/// The length up to which keys are accepted: time and size of a signature grow with it.
const MAXIMUM_KEY_BITS: usize = 4096;

/// The RSA key that signs a server's messages.
///
/// `ring` signs with SHA-256. It neither makes RSA keys nor signs with SHA-1: that the `rsa` crate does, which takes
/// four times as long. Up to its version 0.9 that crate was open to the timing attack of RUSTSEC-2023-0071 (Marvin). Since
/// 0.10 it works in constant time and blinds what it raises to the secret power, so that not even somebody who publishes
/// chosen messages, and takes the time of their delivery, learns about the key.
pub struct SigningKey {
    key: PrivateKey,
    ring_key: RsaKeyPair,
}

/// Why a key can't be made, read, or used.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The text is no private key in PKCS #8.
    #[error("the signing key can't be read: {0}")]
    Unreadable(String),
    /// The key is too short to be safe, or too long to be quick.
    #[error("the signing key has {0} bits: {KEY_BITS} to {MAXIMUM_KEY_BITS} are allowed")]
    Length(usize),
    /// The operating system has no random numbers, or the arithmetic went wrong.
    #[error("the signing key failed: {0}")]
    Failed(String),
    /// The key can't be written.
    #[error("the signing key can't be written: {0}")]
    Unwritable(String),
    /// The certificate can't be made, for example since the server's name is not ASCII.
    #[error("the certificate of the signing key can't be made: {0}")]
    Certificate(String),
}

impl SigningKey {
    /// Makes a key of 2048 bits. That takes some tenths of a second, and is done once in a server's life.
    ///
    /// # Errors
    /// [`SigningKeyError::Failed`] if the operating system has no random numbers.
    pub fn generate() -> Result<Self, SigningKeyError> {
        let key = PrivateKey::new(&mut SysRng, KEY_BITS)
            .map_err(|error| SigningKeyError::Failed(error.to_string()))?;
        Self::new(key)
    }

    /// Reads a key as [`to_pem`](Self::to_pem) writes it.
    ///
    /// # Errors
    /// [`SigningKeyError::Unreadable`] and [`SigningKeyError::Length`].
    pub fn from_pem(pem: &str) -> Result<Self, SigningKeyError> {
        let key = PrivateKey::from_pkcs8_pem(pem)
            .map_err(|error| SigningKeyError::Unreadable(error.to_string()))?;
        let bits = key.size() * 8;
        match bits {
            KEY_BITS..=MAXIMUM_KEY_BITS => Self::new(key),
            _ => Err(SigningKeyError::Length(bits)),
        }
    }

    fn new(key: PrivateKey) -> Result<Self, SigningKeyError> {
        let document = key
            .to_pkcs8_der()
            .map_err(|error| SigningKeyError::Unwritable(error.to_string()))?;
        let ring_key = RsaKeyPair::from_pkcs8(document.as_bytes())
            .map_err(|error| SigningKeyError::Unreadable(error.to_string()))?;
        Ok(Self { key, ring_key })
    }

    /// The key in PKCS #8, as PEM, not encrypted.
    ///
    /// # Errors
    /// [`SigningKeyError::Unwritable`], which no key of this length should meet.
    pub fn to_pem(&self) -> Result<String, SigningKeyError> {
        let pem = self
            .key
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| SigningKeyError::Unwritable(error.to_string()))?;
        Ok(pem.as_str().to_owned())
    }

    /// The signature of a text in Base64: RSASSA-PKCS1-v1_5 (RFC 8017), with the hash of the version.
    ///
    /// It takes about 0.7 ms of processor time for version 2, and 2.7 ms for version 1.
    ///
    /// # Errors
    /// [`SigningKeyError::Failed`] if the operating system has no random numbers.
    pub fn sign(&self, version: SignatureVersion, text: &StringToSign) -> Result<String, SigningKeyError> {
        let text = text.as_str().as_bytes();
        let signature = match version {
            SignatureVersion::One => self
                .key
                .pkcs1v15_sign::<Sha1>(text)
                .map_err(|error| SigningKeyError::Failed(error.to_string()))?,
            SignatureVersion::Two => self.sign_with_sha256(text)?,
        };
        Ok(STANDARD.encode(signature))
    }

    fn sign_with_sha256(&self, text: &[u8]) -> Result<Vec<u8>, SigningKeyError> {
        let mut signature = vec![0; self.ring_key.public().modulus_len()];
        self.ring_key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
            .map_err(|error| SigningKeyError::Failed(error.to_string()))?;
        Ok(signature)
    }

    /// The key in PKCS #8, as DER.
    pub(crate) fn to_der(&self) -> Result<Vec<u8>, SigningKeyError> {
        let document = self
            .key
            .to_pkcs8_der()
            .map_err(|error| SigningKeyError::Unwritable(error.to_string()))?;
        Ok(document.as_bytes().to_vec())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKey").finish_non_exhaustive()
    }
}
