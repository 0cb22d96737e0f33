/// Why a policy was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// More text than any policy may have.
    #[error("the policy has {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// The size of the policy.
        bytes: usize,
        /// The largest size allowed.
        limit: usize,
    },
    /// Not JSON, or JSON that has not the shape of a policy.
    #[error("{0}")]
    Syntax(String),
    /// A statement whose elements do not fit each other or the kind of policy, or have invalid values.
    #[error("statement {number}: {reason}")]
    Statement {
        /// Which one, counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Two statements have the same `Sid`.
    #[error("the statement id '{0}' is used more than once")]
    DuplicateSid(String),
}
