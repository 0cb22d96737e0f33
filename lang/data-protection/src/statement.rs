use crate::audit::Audit;
use crate::deidentify::Replacement;
use crate::document::{Direction, OperationDocument};
use crate::principal::PrincipalSet;

/// A statement, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) sid: Option<String>,
    direction: Direction,
    principals: PrincipalSet,
    /// Positions in the policy's list of identifiers.
    pub(crate) identifiers: Vec<usize>,
    pub(crate) operation: Operation,
}

/// What happens to messages in which a statement finds data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    Audit(Audit),
    Deidentify(Replacement),
    Deny,
}

impl Statement {
    pub(crate) fn new(
        sid: Option<String>,
        direction: Direction,
        principals: &[String],
        identifiers: Vec<usize>,
        operation: OperationDocument,
    ) -> Result<Self, String> {
        if identifiers.is_empty() {
            return Err("DataIdentifier is empty".to_owned());
        }
        Ok(Self {
            sid,
            direction,
            principals: PrincipalSet::parse(principals)?,
            identifiers,
            operation: Operation::compile(operation, direction)?,
        })
    }

    /// Whether the statement is about messages that go this way, published or received by this principal.
    pub(crate) fn applies(&self, direction: Direction, principal: &str) -> bool {
        self.direction == direction && self.principals.contains(principal)
    }
}

impl Operation {
    /// Auditing and de-identifying are for messages on their way in: the [page on operations] says so of both.
    ///
    /// [page on operations]: https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-operations.html
    fn compile(document: OperationDocument, direction: Direction) -> Result<Self, String> {
        let operation = match document {
            OperationDocument::Audit(audit) => Self::Audit(Audit::compile(audit)?),
            OperationDocument::Deidentify(deidentify) => Self::Deidentify(Replacement::compile(deidentify)?),
            OperationDocument::Deny(_) => Self::Deny,
        };
        match (&operation, direction) {
            (Self::Audit(_), Direction::Outbound) => {
                Err("Audit is available for inbound messages only".to_owned())
            }
            (Self::Deidentify(_), Direction::Outbound) => {
                Err("Deidentify is available for inbound messages only".to_owned())
            }
            _ => Ok(operation),
        }
    }
}
