//! Reads and verifies JSON Web Tokens with the public halves of the tests' keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value;

pub(crate) const SERVICE_ACCOUNT: &str = include_str!("service_account.json");

/// In the form that Apple gives out: with the curve's parameters in the key itself, and no newline at the end.
pub(crate) const APNS_KEY: &str = include_str!("AuthKey_ABC123DEFG.p8");

/// The header and the claims of a token, if its signature is right.
pub(crate) fn verified(token: &str) -> (Value, Value) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let json = |part| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (header, claims) = (json(header), json(claims));
    match header["alg"].as_str().unwrap() {
        "RS256" => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, service_account_public_key())
            .verify(message.as_bytes(), &signature)
            .unwrap(),
        "ES256" => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, apns_public_key())
            .verify(message.as_bytes(), &signature)
            .unwrap(),
        other => panic!("{other} is not an algorithm of the providers"),
    }
    (header, claims)
}

fn service_account_public_key() -> Vec<u8> {
    let account: Value = serde_json::from_str(SERVICE_ACCOUNT).unwrap();
    let der = der(account["private_key"].as_str().unwrap());
    let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    key.public_key().as_ref().to_vec()
}

fn apns_public_key() -> Vec<u8> {
    let der = der(APNS_KEY);
    let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let key = EcdsaKeyPair::from_pkcs8(algorithm, der.secret_pkcs8_der(), &random).unwrap();
    key.public_key().as_ref().to_vec()
}

fn der(pem: &str) -> PrivatePkcs8KeyDer<'static> {
    PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).unwrap()
}
