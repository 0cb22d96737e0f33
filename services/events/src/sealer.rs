//! How secrets are kept at rest.

/// Seals secrets before they are stored, so that nobody who reads the store reads them.
pub trait Sealer: Send + Sync {
    /// Seals a text for one owner; `None` if the operating system has no randomness.
    fn seal(&self, owner: &str, text: &str) -> Option<String>;

    /// The text that was sealed for this owner; `None` if it was changed, or sealed for somebody else or with another key.
    fn open(&self, owner: &str, sealed: &str) -> Option<String>;
}
