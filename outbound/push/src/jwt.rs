//! JSON Web Tokens (RFC 7519), signed with RS256 or ES256 (RFC 7518, sections 3.3 and 3.4).
//!
//! Two header fields, two signatures and a dot between base64 texts: `ring`, which TLS needs anyway, does it all.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::error::Unspecified;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use serde::Serialize;

use crate::CredentialsError;

/// A private key that signs tokens.
pub(crate) enum SigningKey {
    Rs256(Box<RsaKeyPair>),
    Es256(Box<EcdsaKeyPair>),
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

impl SigningKey {
    /// An RSA key of at least 2,048 bits, as PEM text with PKCS#8.
    pub(crate) fn rsa_from_pem(text: &str) -> Result<Self, CredentialsError> {
        let der = pkcs8(text)?;
        let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(unusable)?;
        Ok(SigningKey::Rs256(Box::new(key)))
    }

    /// A key on the curve P-256, as PEM text with PKCS#8.
    pub(crate) fn p256_from_pem(text: &str) -> Result<Self, CredentialsError> {
        let der = pkcs8(text)?;
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der(), &random)
            .map_err(unusable)?;
        Ok(SigningKey::Es256(Box::new(key)))
    }

    /// A token with the given claims. Fails only for a lack of random numbers.
    pub(crate) fn sign(&self, key_id: &str, claims: &impl Serialize) -> Result<String, Unspecified> {
        let header = Header {
            alg: match self {
                SigningKey::Rs256(_) => "RS256",
                SigningKey::Es256(_) => "ES256",
            },
            typ: "JWT",
            kid: key_id,
        };
        let mut token = format!("{}.{}", part(&header), part(claims));
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        match self {
            SigningKey::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                Ok(signature)
            }
            SigningKey::Es256(key) => Ok(key.sign(&random, message)?.as_ref().to_vec()),
        }
    }
}

fn pkcs8(text: &str) -> Result<PrivatePkcs8KeyDer<'static>, CredentialsError> {
    PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).map_err(unusable)
}

fn unusable(error: impl std::fmt::Display) -> CredentialsError {
    CredentialsError::PrivateKey {
        reason: error.to_string(),
    }
}

fn part(value: &impl Serialize) -> String {
    let json = serde_json::to_vec(value).expect("strings and numbers can be written as JSON");
    URL_SAFE_NO_PAD.encode(json)
}
