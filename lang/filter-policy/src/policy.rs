use crate::attribute::{Attribute, fields};
use crate::complexity::{MAXIMUM_COMBINATIONS, MAXIMUM_POLICY_BYTES, check, is_nested};
use crate::error::FilterPolicyError;
use ninefold_event_pattern::{Event, EventPattern, Limits};

/// What a filter policy is about: the subscription's attribute `FilterPolicyScope`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FilterScope {
    /// The attributes of a message.
    #[default]
    MessageAttributes,
    /// The body of a message, which then has to be JSON.
    MessageBody,
}

/// A valid filter policy.
#[derive(Debug, Clone)]
pub struct FilterPolicy {
    scope: FilterScope,
    /// `None` if everything matches.
    pattern: Option<EventPattern>,
}

impl FilterPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// What is wrong with it, in the words of SNS.
    pub fn parse(json: &str, scope: FilterScope) -> Result<Self, FilterPolicyError> {
        if is_empty_object(json) {
            return Ok(Self { scope, pattern: None });
        }
        if json.len() > MAXIMUM_POLICY_BYTES {
            return Err(FilterPolicyError::TooLarge);
        }
        let limits = Limits {
            characters: MAXIMUM_POLICY_BYTES,
            // A field with values that may be absent too has two values, so it counts as two here as well.
            combinations: MAXIMUM_COMBINATIONS,
        };
        let pattern = EventPattern::parse_within(json, limits)?;
        if scope == FilterScope::MessageAttributes && is_nested(pattern.tree()) {
            return Err(FilterPolicyError::Nested);
        }
        check(pattern.tree())?;
        Ok(Self {
            scope,
            pattern: Some(pattern),
        })
    }

    /// What the policy is about.
    pub fn scope(&self) -> FilterScope {
        self.scope
    }

    /// Whether a message with these attributes matches. If the policy is about the body, and not empty, none does.
    pub fn matches_attributes(&self, attributes: &[Attribute<'_>]) -> bool {
        match &self.pattern {
            None => true,
            Some(pattern) => {
                self.scope == FilterScope::MessageAttributes
                    && !attributes.is_empty()
                    && pattern.matches(&Event::from_fields(fields(attributes)))
            }
        }
    }

    /// Whether a message with this body matches. If the policy is about attributes, and not empty, none does.
    pub fn matches_body(&self, body: &str) -> bool {
        match &self.pattern {
            None => true,
            Some(pattern) => {
                self.scope == FilterScope::MessageBody
                    && Event::parse(body.as_bytes()).is_ok_and(|event| pattern.matches(&event))
            }
        }
    }

    pub(crate) fn pattern(&self) -> Option<&EventPattern> {
        self.pattern.as_ref()
    }
}

fn is_empty_object(json: &str) -> bool {
    let inside = json
        .trim_ascii()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    inside.is_some_and(|inside| inside.trim_ascii().is_empty())
}
