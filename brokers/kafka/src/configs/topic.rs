//! The configuration of a topic.

use std::collections::BTreeMap;

use ninefold_log::{Cleanup, Settings, TimestampType};

use super::{Configurable, Definition, Kind};

/// Every key, in the order of names (<https://kafka.apache.org/documentation/#topicconfigs>). Those that have no meaning on one
/// node, or none here, are kept and returned.
pub(crate) const KEYS: &[Definition] = &[
    Definition::key(
        "cleanup.policy",
        "delete",
        Kind::List(&["compact", "delete"]),
        Some("log.cleanup.policy"),
        "What becomes of old records.",
    ),
    Definition::key(
        "compression.gzip.level",
        "-1",
        Kind::Int(-1),
        Some("compression.gzip.level"),
        "The level of gzip.",
    ),
    Definition::key(
        "compression.lz4.level",
        "9",
        Kind::Int(1),
        Some("compression.lz4.level"),
        "The level of LZ4.",
    ),
    Definition::key(
        "compression.type",
        "producer",
        Kind::Choice(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
        Some("compression.type"),
        "How records are compressed. They are kept as their producers have sent them.",
    ),
    Definition::key(
        "compression.zstd.level",
        "3",
        Kind::Int(-131_072),
        Some("compression.zstd.level"),
        "The level of Zstandard.",
    ),
    Definition::key(
        "delete.retention.ms",
        "86400000",
        Kind::Long(0),
        Some("log.cleaner.delete.retention.ms"),
        "What a compacted topic keeps deletions for.",
    ),
    Definition::key(
        "file.delete.delay.ms",
        "60000",
        Kind::Long(0),
        Some("log.segment.delete.delay.ms"),
        "When the files of what was deleted go. They go at once.",
    ),
    Definition::key(
        "flush.messages",
        "9223372036854775807",
        Kind::Long(1),
        Some("log.flush.interval.messages"),
        "After how many records to sync. Every acknowledged record is synced.",
    ),
    Definition::key(
        "flush.ms",
        "9223372036854775807",
        Kind::Long(0),
        Some("log.flush.interval.ms"),
        "After how long to sync. Every acknowledged record is synced.",
    ),
    Definition::key(
        "follower.replication.throttled.replicas",
        "",
        Kind::AnyList,
        None,
        "There is one replica.",
    ),
    Definition::key(
        "index.interval.bytes",
        "4096",
        Kind::Int(0),
        Some("log.index.interval.bytes"),
        "How often the index has an entry.",
    ),
    Definition::key(
        "leader.replication.throttled.replicas",
        "",
        Kind::AnyList,
        None,
        "There is one replica.",
    ),
    Definition::key(
        "local.retention.bytes",
        "-2",
        Kind::Long(-2),
        Some("log.local.retention.bytes"),
        "There is no remote storage.",
    ),
    Definition::key(
        "local.retention.ms",
        "-2",
        Kind::Long(-2),
        Some("log.local.retention.ms"),
        "There is no remote storage.",
    ),
    Definition::key(
        "max.compaction.lag.ms",
        "9223372036854775807",
        Kind::Long(1),
        Some("log.cleaner.max.compaction.lag.ms"),
        "How long a record may stay uncompacted.",
    ),
    Definition::key(
        "max.message.bytes",
        "1048588",
        Kind::Int(0),
        Some("message.max.bytes"),
        "How long a batch may be.",
    ),
    Definition::key(
        "message.timestamp.after.max.ms",
        "3600000",
        Kind::Long(0),
        Some("log.message.timestamp.after.max.ms"),
        "How far a record's time may be ahead.",
    ),
    Definition::key(
        "message.timestamp.before.max.ms",
        "9223372036854775807",
        Kind::Long(0),
        Some("log.message.timestamp.before.max.ms"),
        "How far a record's time may be behind.",
    ),
    Definition::key(
        "message.timestamp.type",
        "CreateTime",
        Kind::Choice(&["CreateTime", "LogAppendTime"]),
        Some("log.message.timestamp.type"),
        "Whose time is a record's.",
    ),
    Definition::key(
        "min.cleanable.dirty.ratio",
        "0.5",
        Kind::Ratio,
        Some("log.cleaner.min.cleanable.ratio"),
        "When compaction is worth it.",
    ),
    Definition::key(
        "min.compaction.lag.ms",
        "0",
        Kind::Long(0),
        Some("log.cleaner.min.compaction.lag.ms"),
        "How long a record stays uncompacted at least.",
    ),
    Definition::key(
        "min.insync.replicas",
        "1",
        Kind::Int(1),
        Some("min.insync.replicas"),
        "There is one replica.",
    ),
    Definition::key(
        "preallocate",
        "false",
        Kind::Boolean,
        Some("log.preallocate"),
        "Whether segments are allocated ahead.",
    ),
    Definition::key(
        "remote.log.copy.disable",
        "false",
        Kind::Boolean,
        None,
        "There is no remote storage.",
    ),
    Definition::key(
        "remote.log.delete.on.disable",
        "false",
        Kind::Boolean,
        None,
        "There is no remote storage.",
    ),
    Definition::key(
        "remote.storage.enable",
        "false",
        Kind::Boolean,
        None,
        "There is no remote storage.",
    ),
    Definition::key(
        "retention.bytes",
        "-1",
        Kind::Long(-1),
        Some("log.retention.bytes"),
        "How many bytes of a partition are kept.",
    ),
    Definition::key(
        "retention.ms",
        "604800000",
        Kind::Long(-1),
        Some("log.retention.ms"),
        "How long records are kept.",
    ),
    Definition::key(
        "segment.bytes",
        "1073741824",
        Kind::Int(1_048_576),
        Some("log.segment.bytes"),
        "How long a segment gets.",
    ),
    Definition::key(
        "segment.index.bytes",
        "10485760",
        Kind::Int(4),
        Some("log.index.size.max.bytes"),
        "How long an index gets.",
    ),
    Definition::key(
        "segment.jitter.ms",
        "0",
        Kind::Long(0),
        Some("log.roll.jitter.ms"),
        "By how much segments may be closed earlier.",
    ),
    Definition::key(
        "segment.ms",
        "604800000",
        Kind::Long(1),
        Some("log.roll.ms"),
        "How old a segment gets.",
    ),
    Definition::key(
        "unclean.leader.election.enable",
        "false",
        Kind::Boolean,
        Some("unclean.leader.election.enable"),
        "There is one replica.",
    ),
];

/// What was configured of a topic; all else is as the defaults say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TopicConfigs(BTreeMap<String, String>);

impl Configurable for TopicConfigs {
    const KEYS: &'static [Definition] = KEYS;

    fn configured(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let definition =
            Self::definition(name).ok_or_else(|| format!("Unknown topic config name: {name}"))?;
        definition.check(value)?;
        self.0.insert(name.to_owned(), value.trim().to_owned());
        Ok(())
    }

    fn unset(&mut self, name: &str) -> Result<(), String> {
        Self::definition(name).ok_or_else(|| format!("Unknown topic config name: {name}"))?;
        self.0.remove(name);
        Ok(())
    }
}

impl TopicConfigs {
    /// What was kept of them.
    pub(crate) fn kept(configured: BTreeMap<String, String>) -> Self {
        TopicConfigs(configured)
    }

    fn number(&self, name: &str) -> i64 {
        // Values were checked when they were set.
        self.text(name).parse().unwrap_or_default()
    }

    /// A number of which -1 means none.
    fn limit(&self, name: &str) -> Option<u64> {
        u64::try_from(self.number(name)).ok()
    }

    /// A ratio, of which values between 0 and 1 are taken only.
    fn parts_per_million(&self, name: &str) -> u32 {
        let ratio: f64 = self.text(name).parse().unwrap_or_default();
        (ratio * 1_000_000.0).round() as u32
    }

    fn milliseconds(&self, name: &str) -> u64 {
        self.limit(name).unwrap_or(u64::MAX)
    }

    /// What they mean for the log.
    pub(crate) fn settings(&self) -> Settings {
        let policies = self.text("cleanup.policy");
        let (deletes, compacts) = (policies.contains("delete"), policies.contains("compact"));
        Settings {
            retention_milliseconds: self.limit("retention.ms"),
            retention_bytes: self.limit("retention.bytes"),
            cleanup: match (compacts, deletes) {
                (true, true) => Cleanup::CompactAndDelete,
                (true, false) => Cleanup::Compact,
                (false, _) => Cleanup::Delete,
            },
            segment_bytes: self.limit("segment.bytes").unwrap_or(u64::MAX),
            segment_milliseconds: self.milliseconds("segment.ms"),
            batch_bytes: u32::try_from(self.number("max.message.bytes")).unwrap_or(u32::MAX),
            timestamp_type: match self.text("message.timestamp.type") {
                "LogAppendTime" => TimestampType::LogAppendTime,
                _ => TimestampType::CreateTime,
            },
            delete_retention_milliseconds: self.milliseconds("delete.retention.ms"),
            compaction_lag_milliseconds: self.milliseconds("min.compaction.lag.ms"),
            max_compaction_lag_milliseconds: self
                .limit("max.compaction.lag.ms")
                .filter(|lag| *lag < i64::MAX as u64),
            min_dirty_parts_per_million: self.parts_per_million("min.cleanable.dirty.ratio"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_logs_and_pass_their_own_checks() {
        assert_eq!(TopicConfigs::default().settings(), Settings::default());
        for definition in KEYS.iter().filter(|definition| !definition.default.is_empty()) {
            definition.check(definition.default).unwrap();
        }
        assert!(KEYS.is_sorted_by_key(|definition| definition.name));
    }

    #[test]
    fn what_is_no_value_is_refused_in_kafkas_words() {
        let mut configs = TopicConfigs::default();
        for (name, value, expected) in [
            ("retention.ms", "x", "Not a number of type LONG"),
            ("retention.ms", "-2", "Value must be at least -1"),
            (
                "cleanup.policy",
                "shred",
                "String must be one of: compact, delete",
            ),
            ("preallocate", "yes", "Expected value to be either true or false"),
            ("min.cleanable.dirty.ratio", "2", "Value must be between 0 and 1"),
            ("nonsense", "1", "Unknown topic config name: nonsense"),
        ] {
            let error = configs.set(name, value).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        assert_eq!(configs, TopicConfigs::default());
    }

    #[test]
    fn values_reach_the_log() {
        let mut configs = TopicConfigs::default();
        configs.set("cleanup.policy", "compact,delete").unwrap();
        configs.set("retention.ms", "-1").unwrap();
        configs.set("max.message.bytes", "2000").unwrap();
        let settings = configs.settings();
        assert_eq!(
            (
                settings.cleanup,
                settings.retention_milliseconds,
                settings.batch_bytes
            ),
            (Cleanup::CompactAndDelete, None, 2_000)
        );
        configs.set("min.cleanable.dirty.ratio", "0.001").unwrap();
        configs.set("max.compaction.lag.ms", "60000").unwrap();
        let settings = configs.settings();
        assert_eq!(
            (
                settings.min_dirty_parts_per_million,
                settings.max_compaction_lag_milliseconds
            ),
            (1_000, Some(60_000))
        );
        configs.unset("retention.ms").unwrap();
        assert_eq!(configs.settings().retention_milliseconds, Some(604_800_000));
    }
}
