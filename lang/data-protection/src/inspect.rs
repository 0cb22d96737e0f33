use crate::audit::AuditOrder;
use crate::deidentify::{Replacement, replace};
use crate::document::Direction;
use crate::identifier::DataIdentifier;
use crate::keyword::KeywordHits;
use crate::policy::DataProtectionPolicy;
use crate::statement::{Operation, Statement};
use std::ops::Range;

/// What a policy says about a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection<'policy> {
    /// Whether and how the message goes on.
    pub verdict: Verdict<'policy>,
    /// What was found in the message as it was given, by the identifiers of all statements that apply, by where it
    /// starts.
    pub findings: Vec<Finding<'policy>>,
    /// What is to be written to the audit log.
    pub audit: Option<AuditOrder<'policy>>,
}

/// Whether and how a message goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'policy> {
    /// As it is.
    Allowed,
    /// Not at all: a publisher gets `AuthorizationError`, a delivery fails with status 403.
    Denied {
        /// The id of the statement that decided, if it has one.
        sid: Option<&'policy str>,
        /// Why.
        reason: DenyReason,
    },
    /// With this text.
    Changed(String),
}

/// Why a message was denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenyReason {
    /// A `Deny` statement found data.
    SensitiveData,
    /// Redaction left nothing of the message. The page on operations: "receives the following invalid parameter error
    /// when the entire message is sensitive".
    EntirelySensitive,
}

/// Sensitive data in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'policy> {
    /// The name of the identifier that found it, as in `CreditCardNumber`, `Ssn-US`, or a custom name.
    pub identifier: &'policy str,
    /// Where it is: bytes, on character boundaries.
    pub range: Range<usize>,
}

impl DataProtectionPolicy {
    /// Inspects a message.
    ///
    /// `principal` is the ARN of the one who publishes it, or of the one who subscribed. For the session of a role that
    /// is the ARN which policies are expected to name; the door decides whether to give the role's.
    ///
    /// `sample` is a random number in `[0, 1)`: it decides whether the message is one of those that the audit samples.
    ///
    /// All statements see the message as it was given: first the audit is made, then a `Deny` statement that finds
    /// something denies, else what the `Deidentify` statements find is replaced.
    pub fn inspect(
        &self,
        direction: Direction,
        principal: &str,
        message: &str,
        sample: f64,
    ) -> Inspection<'_> {
        let statements: Vec<&Statement> = self
            .statements()
            .iter()
            .filter(|statement| statement.applies(direction, principal))
            .filter(|statement| match &statement.operation {
                Operation::Audit(audit) => audit.samples(sample),
                Operation::Deidentify(_) | Operation::Deny => true,
            })
            .collect();
        let search = Search::run(self.identifiers(), &statements, message);
        Inspection {
            verdict: search.verdict(&statements, message),
            findings: search.findings(0..self.identifiers().len()),
            audit: statements
                .iter()
                .find_map(|statement| match &statement.operation {
                    Operation::Audit(audit) => {
                        audit.order(search.findings(statement.identifiers.iter().copied()))
                    }
                    Operation::Deidentify(_) | Operation::Deny => None,
                }),
        }
    }
}

/// What was found: one list of ranges for each of the policy's identifiers.
struct Search<'policy> {
    identifiers: &'policy [DataIdentifier],
    found: Vec<Vec<Range<usize>>>,
}

impl<'policy> Search<'policy> {
    /// Looks for what any of the statements wants to know of, once.
    fn run(identifiers: &'policy [DataIdentifier], statements: &[&Statement], message: &str) -> Self {
        let mut wanted = vec![false; identifiers.len()];
        for position in statements.iter().flat_map(|statement| &statement.identifiers) {
            wanted[*position] = true;
        }
        let wanted_identifiers = || {
            identifiers
                .iter()
                .zip(&wanted)
                .filter_map(|(identifier, wanted)| wanted.then_some(identifier))
        };
        let hits = KeywordHits::find(
            message,
            wanted_identifiers().filter_map(|identifier| match identifier {
                DataIdentifier::Managed(identifier) => Some(*identifier),
                DataIdentifier::Custom(_) => None,
            }),
        );
        let found = identifiers
            .iter()
            .zip(&wanted)
            .map(|(identifier, wanted)| match wanted {
                true => identifier.find(message, &hits),
                false => Vec::new(),
            })
            .collect();
        Self { identifiers, found }
    }

    fn findings(&self, positions: impl IntoIterator<Item = usize>) -> Vec<Finding<'policy>> {
        let identifiers: &'policy [DataIdentifier] = self.identifiers;
        let mut findings: Vec<Finding<'policy>> = positions
            .into_iter()
            .flat_map(|position| {
                self.found[position].iter().map(move |range| Finding {
                    identifier: identifiers[position].name(),
                    range: range.clone(),
                })
            })
            .collect();
        findings.sort_by_key(|finding| (finding.range.start, finding.range.end));
        findings
    }

    fn verdict(&self, statements: &[&'policy Statement], message: &str) -> Verdict<'policy> {
        let mut replaced: Vec<(Range<usize>, Replacement)> = Vec::new();
        let mut decisive_sid = None;
        for statement in statements {
            let ranges = || {
                statement
                    .identifiers
                    .iter()
                    .flat_map(|position| &self.found[*position])
            };
            match statement.operation {
                Operation::Deny if ranges().next().is_some() => {
                    return Verdict::Denied {
                        sid: statement.sid.as_deref(),
                        reason: DenyReason::SensitiveData,
                    };
                }
                Operation::Deidentify(replacement) if ranges().next().is_some() => {
                    replaced.extend(ranges().map(|range| (range.clone(), replacement)));
                    decisive_sid = decisive_sid.or(Some(statement.sid.as_deref()));
                }
                Operation::Audit(_) | Operation::Deidentify(_) | Operation::Deny => {}
            }
        }
        let Some(sid) = decisive_sid else {
            return Verdict::Allowed;
        };
        match replace(message, replaced) {
            empty if empty.is_empty() => Verdict::Denied {
                sid,
                reason: DenyReason::EntirelySensitive,
            },
            changed => Verdict::Changed(changed),
        }
    }
}
