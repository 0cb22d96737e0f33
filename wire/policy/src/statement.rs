use crate::condition::{self, Condition};
use crate::context::Keys;
use crate::document::{Effect, OneOrMany, StatementDocument, Version};
use crate::pattern::{Glyph, Pattern, Syntax, matches};
use crate::policy::PolicyKind;
use crate::principal_element::PrincipalElement;

/// A statement, compiled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    /// In policies of resources only.
    pub(crate) principals: Option<PrincipalElement>,
    actions: Selection<Vec<Glyph>>,
    resources: Selection<Pattern>,
    conditions: Vec<Condition>,
}

/// What an element and its `Not…` twin select.
#[derive(Debug, Clone, PartialEq)]
enum Selection<T> {
    AnyOf(Vec<T>),
    AllBut(Vec<T>),
}

/// The longest `Sid`.
const MAXIMUM_SID_CHARACTERS: usize = 128;

impl Statement {
    /// Compiles a statement.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn compile(
        document: &StatementDocument,
        kind: PolicyKind,
        version: Version,
    ) -> Result<Self, String> {
        let resource_syntax = Syntax {
            wildcards: true,
            variables: version == Version::V2012,
        };
        let conditions = document
            .condition
            .as_ref()
            .map(|block| condition::compile(block, version));
        Ok(Self {
            sid: compile_sid(document.sid.as_deref(), kind)?,
            effect: document.effect,
            principals: compile_principals(document, kind)?,
            actions: Selection::compile("Action", &document.action, &document.not_action, compile_action)?,
            resources: Selection::compile("Resource", &document.resource, &document.not_resource, |text| {
                compile_resource(text, resource_syntax)
            })?,
            conditions: conditions.transpose()?.unwrap_or_default(),
        })
    }

    /// Whether the statement is about an action on a resource. The action is in lower case.
    pub(crate) fn applies(&self, action: &str, resource: &str, keys: &Keys<'_>) -> bool {
        self.selects_action(action)
            && self.selects_resource(resource, keys)
            && self
                .conditions
                .iter()
                .all(|condition| condition.holds(keys, self.effect))
    }

    fn selects_action(&self, action: &str) -> bool {
        match &self.actions {
            Selection::AnyOf(patterns) => patterns.iter().any(|pattern| matches(pattern, action)),
            Selection::AllBut(patterns) => !patterns.iter().any(|pattern| matches(pattern, action)),
        }
    }

    /// A pattern with a variable that has no value selects nothing. As an exception it is unknown, and what is
    /// unknown opens nothing: a grant then selects nothing either.
    fn selects_resource(&self, resource: &str, keys: &Keys<'_>) -> bool {
        let fits = |pattern: &Pattern| pattern.resolve(keys).map(|glyphs| matches(&glyphs, resource));
        match &self.resources {
            Selection::AnyOf(patterns) => patterns.iter().any(|pattern| fits(pattern) == Some(true)),
            Selection::AllBut(patterns) => !patterns
                .iter()
                .any(|pattern| fits(pattern).unwrap_or(self.effect == Effect::Allow)),
        }
    }
}

impl<T> Selection<T> {
    fn compile(
        name: &str,
        listed: &Option<OneOrMany<String>>,
        excepted: &Option<OneOrMany<String>>,
        compile: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Self, String> {
        let compile_all = |texts: &OneOrMany<String>| -> Result<Vec<T>, String> {
            match texts.as_slice() {
                [] => Err(format!("{name} and Not{name} must not be empty")),
                texts => texts.iter().map(|text| compile(text)).collect(),
            }
        };
        match (listed, excepted) {
            (Some(texts), None) => compile_all(texts).map(Self::AnyOf),
            (None, Some(texts)) => compile_all(texts).map(Self::AllBut),
            _ => Err(format!("exactly one of {name} and Not{name} is required")),
        }
    }
}

/// An empty `Sid` is as good as none. Those of identity policies are alphanumeric.
fn compile_sid(sid: Option<&str>, kind: PolicyKind) -> Result<Option<String>, String> {
    let Some(sid) = sid.filter(|sid| !sid.is_empty()) else {
        return Ok(None);
    };
    if kind == PolicyKind::Identity && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(format!("the statement id '{sid}' must be alphanumeric"));
    }
    if sid.chars().count() > MAXIMUM_SID_CHARACTERS {
        return Err(format!(
            "a statement id must have at most {MAXIMUM_SID_CHARACTERS} characters"
        ));
    }
    Ok(Some(sid.to_owned()))
}

fn compile_principals(
    document: &StatementDocument,
    kind: PolicyKind,
) -> Result<Option<PrincipalElement>, String> {
    match kind {
        PolicyKind::Resource => PrincipalElement::compile(document).map(Some),
        PolicyKind::Identity if document.principal.is_some() || document.not_principal.is_some() => {
            Err("Principal and NotPrincipal are not allowed in a policy of an identity".to_owned())
        }
        PolicyKind::Identity => Ok(None),
    }
}

/// `*`, or the prefix of a service and the name of an operation, which may have wildcards. In lower case.
fn compile_action(text: &str) -> Result<Vec<Glyph>, String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_valid = text == "*"
        || text.split_once(':').is_some_and(|(prefix, name)| {
            !prefix.is_empty()
                && prefix.bytes().all(is_name)
                && !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| is_name(byte) || matches!(byte, b'*' | b'?'))
        });
    if !is_valid {
        return Err(format!("'{text}' is not an action"));
    }
    let syntax = Syntax {
        wildcards: true,
        variables: false,
    };
    match Pattern::parse(&text.to_ascii_lowercase(), syntax)? {
        Pattern::Fixed(glyphs) => Ok(glyphs),
        Pattern::WithVariables(_) => unreachable!("without their syntax there are no variables"),
    }
}

/// `*`, or an ARN, which may have wildcards and variables.
fn compile_resource(text: &str, syntax: Syntax) -> Result<Pattern, String> {
    let is_arn = text.starts_with("arn:") && text.split(':').count() >= 6;
    if text != "*" && !is_arn {
        return Err(format!("'{text}' is neither an ARN nor '*'"));
    }
    Pattern::parse(text, syntax)
}
