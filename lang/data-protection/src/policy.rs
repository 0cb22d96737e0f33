use crate::custom::CustomIdentifier;
use crate::document::{ConfigurationDocument, Document, StatementDocument};
use crate::error::DataProtectionError;
use crate::identifier::DataIdentifier;
use crate::managed::{Lookup, look_up};
use crate::statement::{Operation, Statement};

/// The longest text of a data protection policy, from the API reference of `PutDataProtectionPolicy`.
pub const MAXIMUM_POLICY_BYTES: usize = 30_720;
/// How many custom data identifiers a policy may define, from the page on [custom data identifiers].
///
/// [custom data identifiers]: https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-custom-data-identifiers.html
pub const MAXIMUM_CUSTOM_IDENTIFIERS: usize = 10;
const VERSION: &str = "2021-06-01";

/// A valid data protection policy, ready to inspect messages.
#[derive(Debug, Clone)]
pub struct DataProtectionPolicy {
    name: String,
    description: Option<String>,
    /// Each that a statement names, once.
    identifiers: Vec<DataIdentifier>,
    /// In the order of the document. At most one audits.
    statements: Vec<Statement>,
}

impl DataProtectionPolicy {
    /// Reads a policy.
    ///
    /// Strict: unknown elements, doubled statement ids, unknown data identifiers, and values out of their range are
    /// errors. So are `Audit` and `Deidentify` for outbound messages, and data identifiers that can't be detected.
    ///
    /// # Errors
    /// See [`DataProtectionError`].
    pub fn parse(json: &str) -> Result<Self, DataProtectionError> {
        if json.len() > MAXIMUM_POLICY_BYTES {
            return Err(DataProtectionError::TooLarge {
                bytes: json.len(),
                limit: MAXIMUM_POLICY_BYTES,
            });
        }
        let document: Document =
            serde_json::from_str(json).map_err(|error| DataProtectionError::Syntax(error.to_string()))?;
        check_head(&document)?;
        let mut identifiers = Identifiers::new(document.configuration)?;
        let statements = document
            .statement
            .into_iter()
            .enumerate()
            .map(|(index, statement)| compile(statement, index + 1, &mut identifiers))
            .collect::<Result<Vec<_>, _>>()?;
        identifiers.check()?;
        check_audits(&statements)?;
        Ok(Self {
            name: document.name,
            description: document.description,
            identifiers: identifiers.used,
            statements,
        })
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the policy says it is for.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    pub(crate) fn identifiers(&self) -> &[DataIdentifier] {
        &self.identifiers
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

fn check_head(document: &Document) -> Result<(), DataProtectionError> {
    if document.name.is_empty() {
        return Err(DataProtectionError::EmptyName);
    }
    if document.version != VERSION {
        return Err(DataProtectionError::Version(document.version.clone()));
    }
    if document.statement.is_empty() {
        return Err(DataProtectionError::NoStatement);
    }
    let mut sids: Vec<&str> = document
        .statement
        .iter()
        .filter_map(|statement| statement.sid.as_deref())
        .collect();
    sids.sort_unstable();
    match sids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(DataProtectionError::DuplicateSid(pair[0].to_owned())),
        None => Ok(()),
    }
}

fn check_audits(statements: &[Statement]) -> Result<(), DataProtectionError> {
    let audits = statements
        .iter()
        .filter(|statement| matches!(statement.operation, Operation::Audit(_)))
        .count();
    match audits {
        0 | 1 => Ok(()),
        _ => Err(DataProtectionError::SecondAudit),
    }
}

fn compile(
    document: StatementDocument,
    number: usize,
    identifiers: &mut Identifiers,
) -> Result<Statement, DataProtectionError> {
    let mut positions: Vec<usize> = document
        .data_identifier
        .iter()
        .filter_map(|name| identifiers.resolve(name))
        .collect();
    positions.sort_unstable();
    positions.dedup();
    if positions.is_empty() {
        // Nothing that is known is named: say what is named rather than that nothing is.
        identifiers.check()?;
    }
    Statement::new(
        document.sid,
        document.data_direction,
        &document.principal,
        positions,
        document.operation,
    )
    .map_err(|reason| DataProtectionError::Statement { number, reason })
}

/// The identifiers that a policy defines and names.
struct Identifiers {
    custom: Vec<CustomIdentifier>,
    used: Vec<DataIdentifier>,
    undetectable: Vec<String>,
    unknown: Vec<String>,
}

impl Identifiers {
    fn new(configuration: Option<ConfigurationDocument>) -> Result<Self, DataProtectionError> {
        let defined =
            configuration.map_or_else(Vec::new, |configuration| configuration.custom_data_identifier);
        if defined.len() > MAXIMUM_CUSTOM_IDENTIFIERS {
            return Err(DataProtectionError::TooManyCustomIdentifiers {
                count: defined.len(),
                limit: MAXIMUM_CUSTOM_IDENTIFIERS,
            });
        }
        let mut custom: Vec<CustomIdentifier> = Vec::with_capacity(defined.len());
        for definition in defined {
            let identifier = match custom.iter().any(|other| other.name() == definition.name) {
                true => Err("the name is used more than once".to_owned()),
                false => CustomIdentifier::compile(&definition.name, &definition.regex),
            };
            custom.push(
                identifier.map_err(|reason| DataProtectionError::CustomIdentifier {
                    name: definition.name,
                    reason,
                })?,
            );
        }
        Ok(Self {
            custom,
            used: Vec::new(),
            undetectable: Vec::new(),
            unknown: Vec::new(),
        })
    }

    /// The position of an identifier, given by its ARN or by the name of a custom one, in `used`.
    fn resolve(&mut self, text: &str) -> Option<usize> {
        let Some(name) = managed_name(text) else {
            return match self.custom.iter().find(|custom| custom.name() == text) {
                Some(custom) => Some(self.position(DataIdentifier::Custom(custom.clone()))),
                None => {
                    self.unknown.push(text.to_owned());
                    None
                }
            };
        };
        match look_up(name) {
            Lookup::Detectable(managed) => Some(self.position(DataIdentifier::Managed(managed))),
            Lookup::Undetectable => {
                self.undetectable.push(name.to_owned());
                None
            }
            Lookup::Unknown => {
                self.unknown.push(text.to_owned());
                None
            }
        }
    }

    fn position(&mut self, identifier: DataIdentifier) -> usize {
        let known = self.used.iter().position(|used| used.name() == identifier.name());
        known.unwrap_or_else(|| {
            self.used.push(identifier);
            self.used.len() - 1
        })
    }

    /// Fails if identifiers were named that can't be looked for; with all of them.
    fn check(&self) -> Result<(), DataProtectionError> {
        if !self.unknown.is_empty() {
            return Err(DataProtectionError::UnknownIdentifiers(sorted(&self.unknown)));
        }
        if !self.undetectable.is_empty() {
            return Err(DataProtectionError::UndetectableIdentifiers(sorted(
                &self.undetectable,
            )));
        }
        Ok(())
    }
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names.dedup();
    names
}

/// `NAME` of `arn:aws:dataprotection::aws:data-identifier/NAME`.
fn managed_name(text: &str) -> Option<&str> {
    let (partition, rest) = text.strip_prefix("arn:aws")?.split_once(':')?;
    let name = rest.strip_prefix("dataprotection::aws:data-identifier/")?;
    (partition.is_empty() || partition.starts_with('-')).then_some(name)
}
