//! Managed data identifiers: the kinds of data that AWS knows by name.

mod checksum;
mod credentials;
mod detector;
mod devices;
mod financial;
mod health;
mod passport;
mod personal;
mod phone;
mod undetectable;

pub(crate) use detector::ManagedIdentifier;

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What there is under a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lookup {
    /// An identifier whose data is found.
    Detectable(&'static ManagedIdentifier),
    /// An identifier that AWS has, and whose data can't be told by its form.
    Undetectable,
    /// Nothing.
    Unknown,
}

static CATALOG: LazyLock<Vec<ManagedIdentifier>> = LazyLock::new(|| {
    let categories = [
        credentials::identifiers(),
        devices::identifiers(),
        financial::identifiers(),
        health::identifiers(),
        passport::identifiers(),
        personal::identifiers(),
        phone::identifiers(),
    ];
    categories.into_iter().flatten().collect()
});

static BY_NAME: LazyLock<BTreeMap<&'static str, &'static ManagedIdentifier>> = LazyLock::new(|| {
    catalog()
        .iter()
        .map(|identifier| (identifier.name(), identifier))
        .collect()
});

/// All identifiers whose data is found.
pub(crate) fn catalog() -> &'static [ManagedIdentifier] {
    &CATALOG
}

/// The identifier with a name such as `EmailAddress` or `Ssn-US`.
pub(crate) fn look_up(name: &str) -> Lookup {
    match BY_NAME.get(name) {
        Some(identifier) => Lookup::Detectable(identifier),
        None if undetectable::is_undetectable(name) => Lookup::Undetectable,
        None => Lookup::Unknown,
    }
}

/// The names of the managed data identifiers that a policy may use, in alphabetical order: what stands after
/// `arn:aws:dataprotection::aws:data-identifier/`.
pub fn detectable_identifiers() -> impl Iterator<Item = &'static str> {
    BY_NAME.keys().copied()
}
