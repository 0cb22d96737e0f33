//! Which of the records of all clusters are one's own.

/// What the keys of a cluster's records begin with.
#[derive(Debug, Clone)]
pub(crate) struct Namespace(String);

impl Namespace {
    pub(crate) fn new(name: &str) -> Self {
        Namespace(name.to_owned())
    }

    /// What all keys begin with.
    pub(crate) fn prefix(&self) -> Vec<u8> {
        // Ended, so that it is no prefix of another one.
        [self.0.as_bytes(), &[0]].concat()
    }

    /// The key of a name.
    pub(crate) fn key(&self, name: &str) -> Vec<u8> {
        [self.0.as_bytes(), name.as_bytes()].join(&0)
    }

    /// Whom what is sealed for a name is sealed for.
    pub(crate) fn owner(&self, name: &str) -> String {
        format!("{}/{name}", self.0)
    }
}
