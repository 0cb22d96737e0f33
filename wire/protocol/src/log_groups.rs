//! Where logs go that AWS keeps in log groups.

/// Takes lines for log groups.
pub trait LogGroups: Send + Sync {
    /// Appends a line, JSON without line breaks, to the log of that name. It never waits: what can't be taken is dropped, and
    /// that is told to the operator.
    fn append(&self, group: &str, line: String);
}
