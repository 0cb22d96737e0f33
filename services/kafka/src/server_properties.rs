//! `server.properties`: how it is written, which keys a configuration can set, and which values they take.
//!
//! Sources: [Custom configurations](https://docs.aws.amazon.com/msk/latest/developerguide/msk-configuration-properties.html),
//! [default configuration](https://docs.aws.amazon.com/msk/latest/developerguide/msk-default-configuration.html), and
//! [the format](https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)).

use std::collections::BTreeMap;

use crate::versions;

/// Properties by their keys.
pub(crate) type Properties = BTreeMap<String, String>;

/// What a property takes.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Boolean,
    /// A whole number from this on, up to that.
    Whole(i64, i64),
    /// A number from 0 to 1.
    Ratio,
    /// One of these.
    Word(&'static [&'static str]),
    /// Some of these, with commas between them.
    Words(&'static [&'static str]),
    Text,
}

const INT: i64 = i32::MAX as i64;
const LONG: i64 = i64::MAX;
const COMPRESSION: &[&str] = &["gzip", "snappy", "lz4", "zstd", "uncompressed", "producer"];

/// The keys that a configuration can set, in order.
const KEYS: &[(&str, Kind)] = &[
    ("allow.everyone.if.no.acl.found", Kind::Boolean),
    ("auto.create.topics.enable", Kind::Boolean),
    ("compression.type", Kind::Word(COMPRESSION)),
    ("connections.max.idle.ms", Kind::Whole(-1, LONG)),
    ("default.replication.factor", Kind::Whole(1, INT)),
    ("delete.topic.enable", Kind::Boolean),
    ("group.initial.rebalance.delay.ms", Kind::Whole(0, INT)),
    ("group.max.session.timeout.ms", Kind::Whole(0, INT)),
    ("group.min.session.timeout.ms", Kind::Whole(0, INT)),
    ("leader.imbalance.per.broker.percentage", Kind::Whole(0, INT)),
    ("log.cleaner.delete.retention.ms", Kind::Whole(0, LONG)),
    ("log.cleaner.min.cleanable.ratio", Kind::Ratio),
    ("log.cleanup.policy", Kind::Words(&["delete", "compact"])),
    ("log.flush.interval.messages", Kind::Whole(1, LONG)),
    ("log.flush.interval.ms", Kind::Whole(0, LONG)),
    ("log.local.retention.bytes", Kind::Whole(-2, LONG)),
    ("log.local.retention.ms", Kind::Whole(-2, LONG)),
    ("log.message.timestamp.difference.max.ms", Kind::Whole(0, LONG)),
    (
        "log.message.timestamp.type",
        Kind::Word(&["CreateTime", "LogAppendTime"]),
    ),
    ("log.retention.bytes", Kind::Whole(-1, LONG)),
    ("log.retention.hours", Kind::Whole(-1, INT)),
    ("log.retention.minutes", Kind::Whole(-1, INT)),
    ("log.retention.ms", Kind::Whole(-1, LONG)),
    ("log.roll.ms", Kind::Whole(1, LONG)),
    ("log.segment.bytes", Kind::Whole(14, INT)),
    ("max.incremental.fetch.session.cache.slots", Kind::Whole(0, INT)),
    ("message.max.bytes", Kind::Whole(0, INT)),
    ("min.insync.replicas", Kind::Whole(1, INT)),
    ("num.io.threads", Kind::Whole(1, INT)),
    ("num.network.threads", Kind::Whole(1, INT)),
    ("num.partitions", Kind::Whole(1, INT)),
    ("num.recovery.threads.per.data.dir", Kind::Whole(1, INT)),
    ("num.replica.fetchers", Kind::Whole(1, INT)),
    ("offsets.retention.minutes", Kind::Whole(1, INT)),
    ("offsets.topic.replication.factor", Kind::Whole(1, INT)),
    ("replica.fetch.max.bytes", Kind::Whole(0, INT)),
    ("replica.fetch.response.max.bytes", Kind::Whole(0, INT)),
    ("replica.lag.time.max.ms", Kind::Whole(10_000, 30_000)),
    ("replica.selector.class", Kind::Text),
    ("replica.socket.receive.buffer.bytes", Kind::Whole(-1, INT)),
    ("socket.receive.buffer.bytes", Kind::Whole(-1, INT)),
    ("socket.request.max.bytes", Kind::Whole(1, INT)),
    ("socket.send.buffer.bytes", Kind::Whole(-1, INT)),
    ("transaction.max.timeout.ms", Kind::Whole(1, INT)),
    ("transaction.state.log.min.isr", Kind::Whole(1, INT)),
    ("transaction.state.log.replication.factor", Kind::Whole(1, INT)),
    ("transactional.id.expiration.ms", Kind::Whole(1, INT)),
    ("unclean.leader.election.enable", Kind::Boolean),
    ("zookeeper.connection.timeout.ms", Kind::Whole(6_000, 18_000)),
    ("zookeeper.session.timeout.ms", Kind::Whole(6_000, 18_000)),
];

/// What clusters have where their configuration says nothing. Those that depend on the number of zones are added to these.
const DEFAULTS: &[(&str, &str)] = &[
    ("allow.everyone.if.no.acl.found", "true"),
    ("auto.create.topics.enable", "false"),
    ("auto.leader.rebalance.enable", "true"),
    ("num.io.threads", "8"),
    ("num.network.threads", "5"),
    ("num.partitions", "1"),
    ("num.replica.fetchers", "2"),
    ("replica.lag.time.max.ms", "30000"),
    ("socket.receive.buffer.bytes", "102400"),
    ("socket.request.max.bytes", "104857600"),
    ("socket.send.buffer.bytes", "102400"),
    ("unclean.leader.election.enable", "true"),
];

/// The properties of a cluster in so many zones: the defaults, with those of its configuration in their place.
pub(crate) fn effective(zones: usize, configured: &Properties) -> Properties {
    let default = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let mut properties: Properties = DEFAULTS.iter().map(default).collect();
    properties.insert("default.replication.factor".to_owned(), zones.to_string());
    let in_sync = zones.saturating_sub(1).max(1);
    properties.insert("min.insync.replicas".to_owned(), in_sync.to_string());
    properties.extend(configured.clone());
    properties
}

/// Checks what a configuration for these versions of Kafka (none: all of them) sets.
///
/// # Errors
///
/// Every property that is refused and why, as the service writes it.
pub(crate) fn check(properties: &Properties, kafka_versions: &[String]) -> Result<(), String> {
    let refused: Vec<String> = properties
        .iter()
        .filter_map(|(key, value)| Some(written(key, value, &refuse(key, value, kafka_versions)?)))
        .collect();
    match refused.is_empty() {
        true => Ok(()),
        false => Err(format!("[ {} ]", refused.join(", "))),
    }
}

/// Why a property is refused, if it is.
fn refuse(key: &str, value: &str, kafka_versions: &[String]) -> Option<String> {
    let Ok(place) = KEYS.binary_search_by_key(&key, |(known, _)| *known) else {
        let checked = match kafka_versions {
            [] => versions::ACTIVE.join(", "),
            some => some.join(", "),
        };
        return Some(format!(
            "Key '{key}' is not supported by at least one Apache Kafka version. Key checked against versions: [{checked}]"
        ));
    };
    let (_, kind) = KEYS[place];
    kind.expected(value)
        .map(|expected| format!("Value '{value}' of key '{key}' is not valid: it must be {expected}."))
}

/// A property that is refused, in the layout of the service's messages.
fn written(key: &str, value: &str, message: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!(
        "{{\n  \"name\" : {},\n  \"value\" : {},\n  \"errorMessages\" : [ {} ]\n}}",
        quoted(key),
        quoted(value),
        quoted(message)
    )
}

impl Kind {
    /// What the value should be, if it isn't.
    fn expected(self, value: &str) -> Option<String> {
        let (is_valid, expected) = match self {
            Kind::Boolean => (matches!(value, "true" | "false"), "true or false".to_owned()),
            Kind::Whole(least, most) => (
                value
                    .parse()
                    .is_ok_and(|number: i64| (least..=most).contains(&number)),
                format!("a whole number from {least} to {most}"),
            ),
            Kind::Ratio => (
                value
                    .parse()
                    .is_ok_and(|number: f64| (0.0..=1.0).contains(&number)),
                "a number from 0 to 1".to_owned(),
            ),
            Kind::Word(words) => (words.contains(&value), format!("one of [{}]", words.join(", "))),
            Kind::Words(words) => (
                value.split(',').all(|word| words.contains(&word.trim())),
                format!("a list of [{}]", words.join(", ")),
            ),
            Kind::Text => (!value.is_empty(), "a text".to_owned()),
        };
        (!is_valid).then_some(expected)
    }
}

/// Reads properties: `key=value` or `key: value` or `key value`, one a line, with comments (`#`, `!`), lines that go on after a
/// backslash, and escapes. Of a key that comes twice, the last one counts.
pub(crate) fn parse(text: &str) -> Properties {
    logical_lines(text)
        .iter()
        .map(|line| key_and_value(line))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

/// Lines without comments, those that go on put together.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut begun: Option<String> = None;
    for line in text.lines() {
        let line = line.trim_start();
        if begun.is_none() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let mut whole = begun.take().unwrap_or_default();
        let backslashes = line.bytes().rev().take_while(|byte| *byte == b'\\').count();
        match backslashes % 2 {
            1 => {
                whole.push_str(&line[..line.len() - 1]);
                begun = Some(whole);
            }
            _ => {
                whole.push_str(line);
                lines.push(whole);
            }
        }
    }
    lines.extend(begun);
    lines
}

fn key_and_value(line: &str) -> (String, String) {
    let mut escaped = false;
    let end = line.find(|character: char| {
        let ends = !escaped && (matches!(character, '=' | ':') || character.is_whitespace());
        escaped = character == '\\' && !escaped;
        ends
    });
    let (key, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (unescaped(key), unescaped(rest.trim()))
}

/// A backslash stands for itself only when it is doubled.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('t') => plain.push('\t'),
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some(other) => plain.push(other),
                None => {}
            },
            other => plain.push(other),
        }
    }
    plain
}

/// Writes properties, one a line, in the order of their keys.
pub(crate) fn write(properties: &Properties) -> String {
    let line = |(key, value): (&String, &String)| format!("{key}={}", value.replace('\\', "\\\\"));
    let lines: Vec<String> = properties.iter().map(line).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(pairs: &[(&str, &str)]) -> Properties {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn the_keys_are_in_order() {
        assert!(KEYS.is_sorted_by_key(|(key, _)| *key));
    }

    #[test]
    fn properties_are_read_as_java_reads_them() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            (
                "a=1\nb = 2\n\nc:3\nd 4",
                &[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")],
            ),
            ("# no\n! no\n  a=1\r\n", &[("a", "1")]),
            (
                "a=1,\\\n   2\nb=x\\\\\nc=y",
                &[("a", "1,2"), ("b", "x\\"), ("c", "y")],
            ),
            ("a\\=b=c=d", &[("a=b", "c=d")]),
            ("a=1\na=2", &[("a", "2")]),
            ("a", &[("a", "")]),
            ("a=\\t\\u", &[("a", "\tu")]),
            ("", &[]),
            ("=x\n\\", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), properties(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let written = properties(&[("a", "1"), ("b", "x\\y=z"), ("c.d", "")]);
        assert_eq!(parse(&write(&written)), written);
    }

    #[test]
    fn values_are_checked() {
        let valid = "auto.create.topics.enable = true\nlog.cleanup.policy=compact, delete\n\
                     log.cleaner.min.cleanable.ratio=0.5\nlog.retention.ms=-1\ncompression.type=zstd\n\
                     zookeeper.session.timeout.ms=6000";
        assert_eq!(check(&parse(valid), &[]), Ok(()));
        for (text, expected) in [
            ("num.partitions=zero", "a whole number from 1 to 2147483647"),
            ("num.partitions=0", "a whole number from 1 to 2147483647"),
            ("auto.create.topics.enable=yes", "true or false"),
            ("log.cleaner.min.cleanable.ratio=1.5", "a number from 0 to 1"),
            (
                "compression.type=rar",
                "one of [gzip, snappy, lz4, zstd, uncompressed, producer]",
            ),
            ("log.cleanup.policy=keep", "a list of [delete, compact]"),
            (
                "replica.lag.time.max.ms=9999",
                "a whole number from 10000 to 30000",
            ),
            ("replica.selector.class=", "a text"),
        ] {
            let refused = check(&parse(text), &[]).unwrap_err();
            assert!(refused.contains(expected), "{text}: {refused}");
        }
    }

    #[test]
    fn unknown_keys_are_refused_in_the_words_of_the_service() {
        let refused = check(&parse("auto.leader.rebalance.enable=true"), &["2.2.1".to_owned()]);
        let expected = "[ {\n  \"name\" : \"auto.leader.rebalance.enable\",\n  \"value\" : \"true\",\n  \"errorMessages\" : \
             [ \"Key 'auto.leader.rebalance.enable' is not supported by at least one Apache Kafka version. \
             Key checked against versions: [2.2.1]\" ]\n} ]";
        assert_eq!(refused.unwrap_err(), expected);
    }

    #[test]
    fn a_configuration_is_laid_over_the_defaults() {
        let found = effective(3, &properties(&[("num.partitions", "7")]));
        let value = |key: &str| found.get(key).map(String::as_str);
        assert_eq!(value("num.partitions"), Some("7"));
        assert_eq!(value("auto.create.topics.enable"), Some("false"));
        assert_eq!(value("default.replication.factor"), Some("3"));
        assert_eq!(value("min.insync.replicas"), Some("2"));
        assert_eq!(effective(1, &Properties::new())["min.insync.replicas"], "1");
    }
}
