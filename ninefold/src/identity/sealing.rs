use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use crate::secret_file::SECRET_BYTES;

/// Seals secrets with AES-256-GCM: those of access keys have to be read again to check signatures, so a hash will not
/// do; nor will it for what is sent to others.
pub(crate) struct SealingKey(LessSafeKey);

/// The sealed text was changed, or sealed with another key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotSealedHere;

impl SealingKey {
    pub(crate) fn new(bytes: &[u8; SECRET_BYTES]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("the key has the algorithm's length");
        SealingKey(LessSafeKey::new(key))
    }

    /// Seals a text for one owner, in Base64: a nonce, then the ciphertext with its tag. `None` if the operating
    /// system has no randomness.
    pub(crate) fn seal(&self, owner: &str, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut ciphertext = text.as_bytes().to_vec();
        let aad = Aad::from(owner.as_bytes());
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut ciphertext)
            .ok()?;
        Some(STANDARD.encode([&nonce[..], &ciphertext].concat()))
    }

    /// The text that was sealed for this owner.
    pub(crate) fn open(&self, owner: &str, sealed: &str) -> Result<String, NotSealedHere> {
        let mut bytes = STANDARD.decode(sealed).map_err(|_| NotSealedHere)?;
        let (nonce, ciphertext) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(NotSealedHere)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotSealedHere)?;
        let text = self
            .0
            .open_in_place(nonce, Aad::from(owner.as_bytes()), ciphertext)
            .map_err(|_| NotSealedHere)?;
        String::from_utf8(text.to_vec()).map_err(|_| NotSealedHere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone() {
        let key = SealingKey::new(&[7; SECRET_BYTES]);
        let sealed = key.seal("AKIA1", "secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_ne!(sealed, key.seal("AKIA1", "secret").unwrap());
        assert_eq!(key.open("AKIA1", &sealed).as_deref(), Ok("secret"));
        assert_eq!(key.open("AKIA2", &sealed), Err(NotSealedHere));
        let other = SealingKey::new(&[8; SECRET_BYTES]);
        assert_eq!(other.open("AKIA1", &sealed), Err(NotSealedHere));
        for damaged in ["", "AAAA", "not base64!", &sealed[4..]] {
            assert_eq!(key.open("AKIA1", damaged), Err(NotSealedHere), "{damaged:?}");
        }
    }
}
