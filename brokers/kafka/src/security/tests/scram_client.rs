//! The client's side of SCRAM-SHA-512 (RFC 5802).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha512};

pub(super) const FIRST_BARE: &str = "n=alice,r=fyko";

fn mac(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let keyed = <Hmac<Sha512> as KeyInit>::new_from_slice(key).unwrap();
    keyed.chain_update(bytes).finalize().into_bytes().to_vec()
}

/// What a client with a password answers to what the server has asked, and what the server has to answer to that.
pub(super) fn answer(password: &str, server_first: &str) -> (String, String) {
    let mut parts = server_first.split(',').map(|part| &part[2..]);
    let (nonce, salt, iterations) = (
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap().parse::<u32>().unwrap(),
    );
    let salt = STANDARD.decode(salt).unwrap();
    let mut block = mac(password.as_bytes(), &[&salt[..], &[0, 0, 0, 1]].concat());
    let mut salted = block.clone();
    for _ in 1..iterations {
        block = mac(password.as_bytes(), &block);
        salted
            .iter_mut()
            .zip(&block)
            .for_each(|(left, right)| *left ^= right);
    }
    let client_key = mac(&salted, b"Client Key");
    let without_proof = format!("c=biws,r={nonce}");
    let said = format!("{FIRST_BARE},{server_first},{without_proof}");
    let signature = mac(&Sha512::digest(&client_key), said.as_bytes());
    let proof: Vec<u8> = client_key
        .iter()
        .zip(&signature)
        .map(|(left, right)| left ^ right)
        .collect();
    let server_signature = mac(&mac(&salted, b"Server Key"), said.as_bytes());
    (
        format!("{without_proof},p={}", STANDARD.encode(proof)),
        format!("v={}", STANDARD.encode(server_signature)),
    )
}
