//! Where logs go that AWS keeps in log groups.

use crate::BoxFuture;

/// Takes lines for log groups.
pub trait LogGroups: Send + Sync {
    /// Appends a line, JSON without line breaks, to the log of that name. It never waits: what can't be taken is dropped, and
    /// that is told to the operator.
    fn append(&self, group: &str, line: String);

    /// Appends a line that must not be lost; it is durable when this returns.
    ///
    /// # Errors
    ///
    /// Why it could not be appended, for people.
    fn keep<'a>(&'a self, group: &'a str, line: String) -> BoxFuture<'a, Result<(), String>>;
}
