//! Receipt handles: the engine's receipts as opaque text that nobody can make up.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ninefold_protocol::ServiceError;
use ninefold_queue::{Position, Receipt};
use ninefold_time::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::errors;

/// The layout of a handle.
const FORMAT: u8 = 1;
/// Format, queue number, vesting time, sequence, lease.
const RECEIPT_BYTES: usize = 1 + 8 + 8 + 8 + 4;
/// What of the keyed hash is kept.
const SEAL_BYTES: usize = 8;

/// Makes and opens receipt handles.
pub(crate) struct ReceiptSealer {
    keyed: Hmac<Sha256>,
}

impl ReceiptSealer {
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        ReceiptSealer {
            keyed: Hmac::new_from_slice(&secret).expect("a key may have any length"),
        }
    }

    /// The handle of a receipt.
    pub(crate) fn seal(&self, receipt: &Receipt) -> String {
        let mut bytes = [0; RECEIPT_BYTES + SEAL_BYTES];
        bytes[0] = FORMAT;
        bytes[1..9].copy_from_slice(&receipt.queue.to_be_bytes());
        bytes[9..17].copy_from_slice(&receipt.position.vesting.as_millis().to_be_bytes());
        bytes[17..25].copy_from_slice(&receipt.position.sequence.to_be_bytes());
        bytes[25..29].copy_from_slice(&receipt.lease.to_be_bytes());
        let (content, seal) = bytes.split_at_mut(RECEIPT_BYTES);
        seal.copy_from_slice(&self.seal_of(content));
        STANDARD.encode(bytes)
    }

    /// The receipt of a handle that was given out for this queue.
    pub(crate) fn open(&self, handle: &str, queue: u64) -> Result<Receipt, ServiceError> {
        self.read(handle)
            .filter(|receipt| receipt.queue == queue)
            .ok_or_else(|| errors::receipt_handle_is_invalid(handle))
    }

    fn read(&self, handle: &str) -> Option<Receipt> {
        let mut bytes = [0; RECEIPT_BYTES + SEAL_BYTES];
        let length = STANDARD.decode_slice(handle, &mut bytes).ok()?;
        let (content, seal) = bytes.split_at(RECEIPT_BYTES);
        let is_ours = bool::from(self.seal_of(content).ct_eq(seal));
        if length != bytes.len() || content[0] != FORMAT || !is_ours {
            return None;
        }
        let number = |from: usize| Some(u64::from_be_bytes(content[from..from + 8].try_into().ok()?));
        Some(Receipt {
            queue: number(1)?,
            position: Position {
                vesting: Timestamp::from_millis(number(9)?),
                sequence: number(17)?,
            },
            lease: u32::from_be_bytes(content[25..29].try_into().ok()?),
        })
    }

    fn seal_of(&self, content: &[u8]) -> [u8; SEAL_BYTES] {
        let mut keyed = self.keyed.clone();
        keyed.update(content);
        let mut seal = [0; SEAL_BYTES];
        seal.copy_from_slice(&keyed.finalize().into_bytes()[..SEAL_BYTES]);
        seal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIPT: Receipt = Receipt {
        queue: 7,
        position: Position {
            vesting: Timestamp::from_millis(1_700_000_000_000),
            sequence: 42,
        },
        lease: 3,
    };

    #[test]
    fn a_handle_opens_for_its_queue_alone() {
        let sealer = ReceiptSealer::new([1; 32]);
        let handle = sealer.seal(&RECEIPT);
        assert_eq!(sealer.open(&handle, 7).unwrap(), RECEIPT);
        assert!(sealer.open(&handle, 8).is_err());
        assert!(ReceiptSealer::new([2; 32]).open(&handle, 7).is_err());
    }

    #[test]
    fn a_changed_handle_is_refused() {
        let sealer = ReceiptSealer::new([1; 32]);
        let bytes = STANDARD.decode(sealer.seal(&RECEIPT)).unwrap();
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            assert!(sealer.open(&STANDARD.encode(changed), 7).is_err());
        }
        for handle in [
            "",
            "x",
            "AAAA",
            &STANDARD.encode([0; 100]),
            &STANDARD.encode(&bytes[..20]),
        ] {
            assert!(sealer.open(handle, 7).is_err(), "{handle}");
        }
    }
}
