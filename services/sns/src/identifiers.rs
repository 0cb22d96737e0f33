//! Random identifiers.

/// The bits of a version 4 UUID.
pub(crate) fn random_uuid() -> u128 {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes())
        .into_uuid()
        .as_u128()
}
