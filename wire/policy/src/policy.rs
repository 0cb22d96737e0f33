use crate::PolicyError;
use crate::document::{Document, OneOrMany, StatementDocument, Version};
use crate::statement::Statement;

/// The longest text of any policy. It is the largest that AWS takes (SNS topics); doors have smaller limits.
pub const MAXIMUM_POLICY_BYTES: usize = 30_720;

/// What a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// A user, a group, or a role. The policy says what those may do, and names no principals.
    Identity,
    /// A queue, a topic, and so on. The policy says who may do what with it: every statement names principals.
    Resource,
}

/// A valid policy: as it was written, and compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    kind: PolicyKind,
    document: Document,
    /// In the order of the document.
    statements: Vec<Statement>,
}

impl Policy {
    /// A policy without statements, which allows nothing.
    pub fn new(kind: PolicyKind, version: Version, id: Option<String>) -> Self {
        let document = Document {
            version: Some(version),
            id,
            statement: OneOrMany::Many(Vec::new()),
        };
        Self {
            kind,
            document,
            statements: Vec::new(),
        }
    }

    /// Reads a policy.
    ///
    /// Strict: unknown elements, doubled keys and statement ids, elements that exclude each other, unknown operators,
    /// and values of the wrong type are all errors. What names no valid action, resource, or principal too.
    ///
    /// # Errors
    /// See [`PolicyError`]. The texts are for people; a door puts its own code and words around them.
    pub fn parse(json: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        check_size(json.len())?;
        let document: Document =
            serde_json::from_str(json).map_err(|error| PolicyError::Syntax(error.to_string()))?;
        let mut policy = Self {
            kind,
            statements: Vec::new(),
            document,
        };
        for statement in policy.document.statement.as_slice() {
            let compiled = policy.compile(statement)?;
            policy.statements.push(compiled);
        }
        Ok(policy)
    }

    /// What the policy may be attached to.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The version of the language it is written in.
    pub fn version(&self) -> Version {
        self.document.version.unwrap_or(Version::V2008)
    }

    /// The policy as JSON: compact, in the order of the IAM grammar, otherwise as it was written.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.document).expect("a policy has nothing that JSON can't say")
    }

    /// The ids of the statements that have one.
    pub fn statement_ids(&self) -> impl Iterator<Item = &str> {
        self.statements
            .iter()
            .filter_map(|statement| statement.sid.as_deref())
    }

    /// The number of statements.
    pub fn statement_count(&self) -> usize {
        self.statements.len()
    }

    /// Every `Action` and `NotAction`, as written, for doors that take only their own.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.texts(|statement| [&statement.action, &statement.not_action])
    }

    /// Every `Resource` and `NotResource`, as written.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.texts(|statement| [&statement.resource, &statement.not_resource])
    }

    fn texts(
        &self,
        elements: impl Fn(&StatementDocument) -> [&Option<OneOrMany<String>>; 2],
    ) -> impl Iterator<Item = &str> {
        self.document
            .statement
            .as_slice()
            .iter()
            .flat_map(elements)
            .flatten()
            .flat_map(OneOrMany::as_slice)
            .map(String::as_str)
    }

    /// Adds a statement, given as the JSON object that would stand in the list.
    ///
    /// # Errors
    /// As for [`parse`](Policy::parse); [`PolicyError::DuplicateSid`] if its `Sid` is taken, and
    /// [`PolicyError::TooLarge`] if the policy would outgrow the limit. The policy is then as before.
    pub fn add_statement(&mut self, statement: serde_json::Value) -> Result<(), PolicyError> {
        let statement: StatementDocument =
            serde_json::from_value(statement).map_err(|error| PolicyError::Syntax(error.to_string()))?;
        let compiled = self.compile(&statement)?;
        let mut document = self.document.clone();
        document.statement.push(statement);
        let grown = Self {
            kind: self.kind,
            document,
            statements: Vec::new(),
        };
        check_size(grown.to_json().len())?;
        self.document = grown.document;
        self.statements.push(compiled);
        Ok(())
    }

    /// Removes the statement with an id. Whether there was one.
    pub fn remove_statement(&mut self, sid: &str) -> bool {
        let Some(index) = self
            .statements
            .iter()
            .position(|statement| statement.sid.as_deref() == Some(sid))
        else {
            return false;
        };
        self.statements.remove(index);
        self.document.statement.remove(index);
        true
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Compiles what is to be the next statement.
    fn compile(&self, statement: &StatementDocument) -> Result<Statement, PolicyError> {
        let compiled = Statement::compile(statement, self.kind, self.version()).map_err(|reason| {
            PolicyError::Statement {
                number: self.statements.len() + 1,
                reason,
            }
        })?;
        match &compiled.sid {
            Some(sid) if self.statement_ids().any(|taken| taken == sid) => {
                Err(PolicyError::DuplicateSid(sid.clone()))
            }
            _ => Ok(compiled),
        }
    }
}

fn check_size(bytes: usize) -> Result<(), PolicyError> {
    if bytes <= MAXIMUM_POLICY_BYTES {
        return Ok(());
    }
    Err(PolicyError::TooLarge {
        bytes,
        limit: MAXIMUM_POLICY_BYTES,
    })
}
