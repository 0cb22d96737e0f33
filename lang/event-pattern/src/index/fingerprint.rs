//! Fingerprints: what is filed under a value is filed under a number that stands for it, so that looking it up touches little memory,
//! and a value of an event is read once however often it is looked up. Different values may have the same fingerprint: then what is
//! found is a bit more than what matches.

use crate::scalar::Scalar;
use hashbrown::{DefaultHashBuilder, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

/// Stands for a value.
pub(super) type Fingerprint = u64;

/// A map by fingerprints.
pub(super) type ByFingerprint<T> = HashMap<Fingerprint, T, BuildHasherDefault<Unchanged>>;

/// Makes fingerprints, which are those of one index: nobody can choose values that have the same.
#[derive(Debug, Default, Clone)]
pub(super) struct Fingerprints(DefaultHashBuilder);

impl Fingerprints {
    /// Of a scalar: values that are equal have the same.
    pub(super) fn of_scalar(&self, scalar: &Scalar<'_>) -> Fingerprint {
        match scalar {
            Scalar::String(text) => self.of_bytes(text.as_bytes()),
            Scalar::Number(number) => self.0.hash_one(number),
            Scalar::Bool(value) => self.0.hash_one(value),
            Scalar::Null => self.0.hash_one(()),
        }
    }

    pub(super) fn of_bytes(&self, bytes: &[u8]) -> Fingerprint {
        self.0.hash_one(bytes)
    }
}

/// Takes a fingerprint, which is evenly distributed already, for its own hash.
#[derive(Debug, Default)]
pub(super) struct Unchanged(u64);

impl Hasher for Unchanged {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_the_same_fingerprint() {
        let fingerprints = Fingerprints::default();
        let of = |json: &str| {
            let elements = Scalar::elements_of(json).unwrap();
            elements
                .iter()
                .map(|scalar| fingerprints.of_scalar(scalar))
                .collect::<Vec<_>>()
        };
        let same = of(r#"[1, 1.0, 10e-1]"#);
        assert!(same.iter().all(|other| *other == same[0]), "{same:?}");
        assert_eq!(of(r#"["a", "\u0061"]"#), [fingerprints.of_bytes(b"a"); 2]);
        let mut different = of(r#"["", "1", 1, 2, true, false, null, "null", 123456789012, 123456789012.0]"#);
        let count = different.len();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), count);
    }
}
