//! Subscriptions by regular expression.

use std::collections::BTreeSet;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use crate::GroupError;
use crate::config::PATTERN_BYTES;
use crate::topics::Topics;

/// The most memory that a compiled expression may take.
const COMPILED_BYTES: usize = 1 << 20;
/// How deep groups may be nested.
const NESTING: u32 = 32;

/// A regular expression that members are subscribed to, and the topics it stands for. Kafka takes RE2's syntax, which is
/// this one's too: both match in linear time and know no look-around.
#[derive(Debug)]
pub(crate) struct Pattern {
    expression: Regex,
    pub(crate) topics: BTreeSet<Arc<str>>,
}

impl Pattern {
    pub(crate) fn compile(source: &str, topics: &Topics) -> Result<Self, GroupError> {
        if source.len() > PATTERN_BYTES {
            return Err(GroupError::InvalidRegularExpression("it is too long".to_owned()));
        }
        let invalid = |error: regex::Error| GroupError::InvalidRegularExpression(error.to_string());
        // By itself first, so that it can't get out of the group around it.
        build(source).map_err(invalid)?;
        let mut pattern = Pattern {
            expression: build(&format!(r"\A(?:{source})\z")).map_err(invalid)?,
            topics: BTreeSet::new(),
        };
        pattern.resolve(topics);
        Ok(pattern)
    }

    /// Matches all topics, by their whole names.
    pub(crate) fn resolve(&mut self, topics: &Topics) {
        let names = topics.names();
        let matching = names.filter(|name| self.expression.is_match(name));
        self.topics = matching.cloned().collect();
    }
}

fn build(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source)
        .size_limit(COMPILED_BYTES)
        .dfa_size_limit(COMPILED_BYTES)
        .nest_limit(NESTING)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Topic, TopicId};

    fn topics() -> Topics {
        let topic = |(id, name): (u128, &str)| Topic {
            id: TopicId(id),
            name: name.into(),
            partitions: 1,
        };
        Topics::new(
            1,
            [(1, "orders"), (2, "orders-eu"), (3, "audit")]
                .map(topic)
                .to_vec(),
        )
    }

    #[test]
    fn whole_names_match() {
        let matched = |source| {
            let pattern = Pattern::compile(source, &topics()).unwrap();
            pattern
                .topics
                .iter()
                .map(|name| name.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(matched("orders"), ["orders"]);
        assert_eq!(matched("orders.*"), ["orders", "orders-eu"]);
        assert_eq!(matched("audit|orders"), ["audit", "orders"]);
        assert_eq!(matched("(?i)AUDIT"), ["audit"]);
        assert_eq!(matched("rders"), [""; 0]);
    }

    #[test]
    fn what_is_no_expression_or_too_much_is_refused() {
        let long = "a".repeat(PATTERN_BYTES + 1);
        for source in ["(", "a)(b", "(?=a)", r"(a)\1", r"\w{1000}{1000}", &long] {
            let refused = Pattern::compile(source, &topics());
            assert!(
                matches!(refused, Err(GroupError::InvalidRegularExpression(_))),
                "{source}"
            );
        }
    }
}
