//! What the node of a cluster was started with: its `server.properties`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::topic::TopicConfigs;
use super::{Configurable, Definition, Source};

/// Keys of topics that follow from a property in a longer unit, and its milliseconds. The first property that is set counts.
const LONGER_UNITS: [(&str, &str, i64); 4] = [
    ("retention.ms", "log.retention.minutes", 60_000),
    ("retention.ms", "log.retention.hours", 3_600_000),
    ("segment.ms", "log.roll.hours", 3_600_000),
    ("segment.jitter.ms", "log.roll.jitter.hours", 3_600_000),
];

/// Properties by name; what is not among them is as Kafka has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NodeProperties(BTreeMap<String, String>);

impl NodeProperties {
    pub(crate) fn new(properties: BTreeMap<String, String>) -> Self {
        NodeProperties(properties)
    }

    /// The value of a property, if it is set.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The names of those that are set.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What topics get that say nothing of a key, and where that comes from. As in Kafka, what follows from a longer unit is told
    /// as if it was a default.
    pub(crate) fn topic_default(&self, definition: &'static Definition) -> (Cow<'_, str>, Source) {
        let is_valid = |value: &str| definition.check(value).is_ok();
        let set = definition.node_name.and_then(|name| self.get(name));
        if let Some(value) = set.filter(|value| is_valid(value)) {
            return (value.into(), Source::StaticNode);
        }
        let longer = LONGER_UNITS
            .iter()
            .filter(|(name, ..)| *name == definition.name)
            .find_map(|(_, property, milliseconds)| {
                let amount: i64 = self.get(property)?.parse().ok()?;
                let is_limit = amount >= 0;
                Some(if is_limit {
                    amount.saturating_mul(*milliseconds)
                } else {
                    -1
                })
            });
        let longer = longer.map(|milliseconds| milliseconds.to_string());
        match longer.filter(|value| is_valid(value)) {
            Some(value) => (value.into(), Source::Default),
            None => (definition.default.into(), Source::Default),
        }
    }

    /// All of what a topic has: what was configured of it, and the defaults for the rest.
    pub(crate) fn complete(&self, configs: &TopicConfigs) -> TopicConfigs {
        let defaults = TopicConfigs::KEYS.iter().map(|definition| {
            let (value, _) = self.topic_default(definition);
            (definition.name.to_owned(), value.into_owned())
        });
        let configured = configs.configured().clone().into_iter();
        TopicConfigs::kept(defaults.chain(configured).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(pairs: &[(&str, &str)]) -> NodeProperties {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        NodeProperties::new(pairs.collect())
    }

    fn default_of(properties: &NodeProperties, name: &str) -> (String, Source) {
        let definition = TopicConfigs::definition(name).unwrap();
        let (value, source) = properties.topic_default(definition);
        (value.into_owned(), source)
    }

    #[test]
    fn properties_are_the_defaults_of_topics() {
        let set = properties(&[
            ("message.max.bytes", "2000"),
            ("log.retention.hours", "100"),
            ("log.cleanup.policy", "shred"),
        ]);
        let of = |name| default_of(&set, name);
        assert_eq!(of("max.message.bytes"), ("2000".to_owned(), Source::StaticNode));
        assert_eq!(of("retention.ms"), ("360000000".to_owned(), Source::Default));
        assert_eq!(of("cleanup.policy"), ("delete".to_owned(), Source::Default));
        assert_eq!(of("segment.ms"), ("604800000".to_owned(), Source::Default));
        let mut configs = TopicConfigs::default();
        configs.set("max.message.bytes", "1000").unwrap();
        let settings = set.complete(&configs).settings();
        assert_eq!(
            (settings.batch_bytes, settings.retention_milliseconds),
            (1_000, Some(360_000_000))
        );
    }

    #[test]
    fn the_shortest_unit_counts() {
        let both = [("log.retention.minutes", "3"), ("log.retention.hours", "1")];
        let set = properties(&both);
        assert_eq!(
            default_of(&set, "retention.ms"),
            ("180000".to_owned(), Source::Default)
        );
        let all = properties(&[both[0], both[1], ("log.retention.ms", "5")]);
        assert_eq!(
            default_of(&all, "retention.ms"),
            ("5".to_owned(), Source::StaticNode)
        );
        let forever = properties(&[("log.retention.hours", "-1")]);
        assert_eq!(
            default_of(&forever, "retention.ms"),
            ("-1".to_owned(), Source::Default)
        );
    }
}
