/// Why a data protection policy was refused. The texts are for people; a door puts its own code around them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataProtectionError {
    /// More text than a policy may have.
    #[error("the data protection policy has {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// The size of the policy.
        bytes: usize,
        /// The largest size allowed.
        limit: usize,
    },
    /// Not JSON, or JSON that has not the shape of a data protection policy.
    #[error("{0}")]
    Syntax(String),
    /// The policy has no name.
    #[error("the data protection policy has an empty Name")]
    EmptyName,
    /// Another version of the language than the one there is.
    #[error("the policy version '{0}' is not supported: it must be '2021-06-01'")]
    Version(String),
    /// The policy says nothing.
    #[error("the data protection policy has no statement")]
    NoStatement,
    /// A statement whose elements have invalid values or do not fit each other.
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
    /// More than one statement audits.
    #[error("only one audit statement is allowed per data protection policy")]
    SecondAudit,
    /// More custom data identifiers than a policy may define.
    #[error("{count} custom data identifiers are defined, more than the {limit} allowed")]
    TooManyCustomIdentifiers {
        /// How many are defined.
        count: usize,
        /// How many may be.
        limit: usize,
    },
    /// A custom data identifier with an invalid name or regular expression.
    #[error("custom data identifier '{name}': {reason}")]
    CustomIdentifier {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Data identifiers that neither AWS nor the policy defines.
    #[error("unknown data identifiers: {}", .0.join(", "))]
    UnknownIdentifiers(Vec<String>),
    /// Managed data identifiers that AWS has, and whose data can't be told by its form. A policy with them would
    /// protect less than it says.
    #[error("data identifiers that can't be detected reliably by this server: {}", .0.join(", "))]
    UndetectableIdentifiers(Vec<String>),
}
