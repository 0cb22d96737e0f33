//! The configuration of a group (KIP-848, KIP-932, KIP-1240).

use std::collections::BTreeMap;
use std::time::Duration;

use ninefold_groups::Pace;
use ninefold_log::Isolation;
use ninefold_share::StartPosition;
use ninefold_time::Timestamp;

use super::duration::milliseconds;
use super::{Configurable, Definition, Kind};

const AUTO_OFFSET_RESET: &str = "share.auto.offset.reset";
const BY_DURATION: &str = "by_duration:";
const ISOLATION_LEVEL: &str = "share.isolation.level";
const READ_COMMITTED: &str = "read_committed";

/// Every key, in the order of names (<https://kafka.apache.org/documentation/#groupconfigs>). Those of streams groups, and how
/// often groups assign, are kept and returned: there are no streams groups, and groups assign at once.
pub(crate) const KEYS: &[Definition] = &[
    Definition::key(
        "consumer.assignment.interval.ms",
        "1000",
        Kind::Int(0),
        Some("group.consumer.assignment.interval.ms"),
        "How often a consumer group assigns. It assigns at once.",
    ),
    Definition::key(
        "consumer.heartbeat.interval.ms",
        "5000",
        Kind::Int(1),
        Some("group.consumer.heartbeat.interval.ms"),
        "How often members of a consumer group are to be heard of.",
    ),
    Definition::key(
        "consumer.session.timeout.ms",
        "45000",
        Kind::Int(1),
        Some("group.consumer.session.timeout.ms"),
        "How long a member of a consumer group may not be heard of.",
    ),
    Definition::key(
        "share.assignment.interval.ms",
        "1000",
        Kind::Int(0),
        Some("group.share.assignment.interval.ms"),
        "How often a share group assigns. It assigns at once.",
    ),
    Definition::key(
        AUTO_OFFSET_RESET,
        "latest",
        Kind::Text {
            accepts: is_offset_reset,
            form: "'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'",
        },
        None,
        "Where a share group begins that has not read a partition yet.",
    ),
    Definition::key(
        "share.delivery.count.limit",
        "5",
        Kind::Int(2),
        Some("group.share.delivery.count.limit"),
        "How often a record is delivered to a share group at most.",
    ),
    Definition::key(
        "share.heartbeat.interval.ms",
        "5000",
        Kind::Int(1),
        Some("group.share.heartbeat.interval.ms"),
        "How often members of a share group are to be heard of.",
    ),
    Definition::key(
        ISOLATION_LEVEL,
        "read_uncommitted",
        Kind::Choice(&[READ_COMMITTED, "read_uncommitted"]),
        None,
        "What a share group sees of transactions.",
    ),
    Definition::key(
        "share.partition.max.record.locks",
        "2000",
        Kind::Int(100),
        Some("group.share.partition.max.record.locks"),
        "How many records of a partition a share group may have acquired.",
    ),
    Definition::key(
        "share.record.lock.duration.ms",
        "30000",
        Kind::Int(1_000),
        Some("group.share.record.lock.duration.ms"),
        "How long a record is its member's.",
    ),
    Definition::key(
        "share.renew.acknowledge.enable",
        "true",
        Kind::Boolean,
        None,
        "Whether members may keep records for longer.",
    ),
    Definition::key(
        "share.session.timeout.ms",
        "45000",
        Kind::Int(1),
        Some("group.share.session.timeout.ms"),
        "How long a member of a share group may not be heard of.",
    ),
    Definition::key(
        "streams.assignment.interval.ms",
        "1000",
        Kind::Int(0),
        Some("group.streams.assignment.interval.ms"),
        "There are no streams groups.",
    ),
    Definition::key(
        "streams.heartbeat.interval.ms",
        "5000",
        Kind::Int(1),
        Some("group.streams.heartbeat.interval.ms"),
        "There are no streams groups.",
    ),
    Definition::key(
        "streams.initial.rebalance.delay.ms",
        "3000",
        Kind::Int(0),
        Some("group.streams.initial.rebalance.delay.ms"),
        "There are no streams groups.",
    ),
    Definition::key(
        "streams.num.standby.replicas",
        "0",
        Kind::Int(0),
        Some("group.streams.num.standby.replicas"),
        "There are no streams groups.",
    ),
    Definition::key(
        "streams.session.timeout.ms",
        "45000",
        Kind::Int(1),
        Some("group.streams.session.timeout.ms"),
        "There are no streams groups.",
    ),
];

/// What the node lets groups choose: the end of keys, the least and the most.
const BOUNDS: &[(&str, i32, i32)] = &[
    (".assignment.interval.ms", 0, 15_000),
    (".heartbeat.interval.ms", 5_000, 15_000),
    (".session.timeout.ms", 45_000, 60_000),
    (".record.lock.duration.ms", 15_000, 60_000),
    (".delivery.count.limit", 2, 10),
    (".partition.max.record.locks", 100, 4_000),
    (".standby.replicas", 0, 2),
];

/// What was configured of a group; all else is as the defaults say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GroupConfigs(BTreeMap<String, String>);

/// What a share group decides about the records that it shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShareSettings {
    /// Of each partition.
    pub(crate) records: ninefold_share::Settings,
    /// How long a record is its member's.
    pub(crate) lock: Duration,
    /// Whether members may keep records for longer.
    pub(crate) may_renew: bool,
}

impl Configurable for GroupConfigs {
    const KEYS: &'static [Definition] = KEYS;

    fn configured(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let definition =
            Self::definition(name).ok_or_else(|| format!("Unknown group config name: {name}"))?;
        definition.check(value)?;
        check_bounds(name, value.trim())?;
        self.0.insert(name.to_owned(), value.trim().to_owned());
        Ok(())
    }

    fn unset(&mut self, name: &str) -> Result<(), String> {
        self.0.remove(name);
        Ok(())
    }
}

impl GroupConfigs {
    /// What was kept of them.
    pub(crate) fn kept(configured: BTreeMap<String, String>) -> Self {
        GroupConfigs(configured)
    }

    fn number(&self, name: &str) -> u32 {
        // Values were checked when they were set.
        self.text(name).parse().unwrap_or_default()
    }

    fn duration(&self, name: &str) -> Duration {
        Duration::from_millis(u64::from(self.number(name)))
    }

    /// How members of a consumer group are to be heard of.
    pub(crate) fn consumer_pace(&self) -> Pace {
        Pace {
            session_timeout: self.duration("consumer.session.timeout.ms"),
            heartbeat_interval: self.duration("consumer.heartbeat.interval.ms"),
        }
    }

    /// How members of a share group are to be heard of.
    pub(crate) fn share_pace(&self) -> Pace {
        Pace {
            session_timeout: self.duration("share.session.timeout.ms"),
            heartbeat_interval: self.duration("share.heartbeat.interval.ms"),
        }
    }

    /// What they mean for the records that are shared.
    pub(crate) fn share_settings(&self) -> ShareSettings {
        ShareSettings {
            records: ninefold_share::Settings {
                delivery_limit: self.number("share.delivery.count.limit"),
                window_records: self.number("share.partition.max.record.locks") as usize,
                isolation: match self.text(ISOLATION_LEVEL) {
                    READ_COMMITTED => Isolation::Committed,
                    _ => Isolation::Uncommitted,
                },
                ..ninefold_share::Settings::default()
            },
            lock: self.duration("share.record.lock.duration.ms"),
            may_renew: self
                .text("share.renew.acknowledge.enable")
                .eq_ignore_ascii_case("true"),
        }
    }

    /// Where a share group begins that has not read a partition yet.
    pub(crate) fn start(&self, now: Timestamp) -> StartPosition {
        match self.text(AUTO_OFFSET_RESET) {
            "earliest" => StartPosition::Earliest,
            text => match text.strip_prefix(BY_DURATION).and_then(milliseconds) {
                Some(ago) => {
                    let now = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
                    StartPosition::At(now.saturating_sub(ago))
                }
                None => StartPosition::Latest,
            },
        }
    }
}

fn is_offset_reset(text: &str) -> bool {
    let is_duration = || text.strip_prefix(BY_DURATION).and_then(milliseconds).is_some();
    matches!(text, "earliest" | "latest") || is_duration()
}

/// Why the node doesn't let a group choose this, in Kafka's words.
fn check_bounds(name: &str, value: &str) -> Result<(), String> {
    let bound = BOUNDS.iter().find(|(end, ..)| name.ends_with(end));
    let (Some((_, least, most)), Ok(number)) = (bound, value.parse::<i32>()) else {
        return Ok(());
    };
    let (relation, which) = match number {
        number if number < *least => ("greater", "min"),
        number if number > *most => ("less", "max"),
        _ => return Ok(()),
    };
    let (family, rest) = name.split_once('.').unwrap_or_default();
    let rest = rest.trim_start_matches("num.");
    Err(format!(
        "{name} must be {relation} than or equal to group.{family}.{which}.{rest}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_engines_and_pass_their_own_checks() {
        let (configs, groups) = (GroupConfigs::default(), ninefold_groups::GroupsConfig::default());
        let settings = configs.share_settings();
        assert_eq!(settings.records, ninefold_share::Settings::default());
        assert_eq!(
            (settings.lock, settings.may_renew),
            (Duration::from_secs(30), true)
        );
        assert_eq!(configs.start(Timestamp::from_secs(9)), StartPosition::Latest);
        let paces = [configs.share_pace(), configs.consumer_pace()];
        let of_share = (groups.share.session_timeout, groups.share.heartbeat_interval);
        let of_consumer = (
            groups.consumer.session_timeout,
            groups.consumer.heartbeat_interval,
        );
        assert_eq!(
            paces.map(|pace| (pace.session_timeout, pace.heartbeat_interval)),
            [of_share, of_consumer]
        );
        for definition in KEYS {
            GroupConfigs::default()
                .set(definition.name, definition.default)
                .unwrap();
        }
        assert!(KEYS.is_sorted_by_key(|definition| definition.name));
    }

    /// The words are those of Apache Kafka 4.3.1.
    #[test]
    fn what_is_no_value_is_refused_in_kafkas_words() {
        let mut configs = GroupConfigs::default();
        for (name, value, expected) in [
            (
                "share.record.lock.duration.ms",
                "14999",
                "share.record.lock.duration.ms must be greater than or equal to group.share.min.record.lock.duration.ms",
            ),
            (
                "share.partition.max.record.locks",
                "4001",
                "share.partition.max.record.locks must be less than or equal to group.share.max.partition.max.record.locks",
            ),
            (
                "streams.num.standby.replicas",
                "3",
                "streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas",
            ),
            (
                "consumer.session.timeout.ms",
                "60001",
                "consumer.session.timeout.ms must be less than or equal to group.consumer.max.session.timeout.ms",
            ),
            (
                "share.delivery.count.limit",
                "1",
                "Invalid value 1 for configuration share.delivery.count.limit: Value must be at least 2",
            ),
            (
                AUTO_OFFSET_RESET,
                "by_duration:-PT1H",
                "Invalid value by_duration:-PT1H for configuration share.auto.offset.reset: Invalid value `by_duration:-PT1H` for \
                 configuration share.auto.offset.reset. The value must be either 'earliest', 'latest' or of the format \
                 'by_duration:<PnDTnHnMn.nS>'.",
            ),
            (
                ISOLATION_LEVEL,
                "x",
                "Invalid value x for configuration share.isolation.level: String must be one of: read_committed, \
                 read_uncommitted",
            ),
            ("share.nonsense", "1", "Unknown group config name: share.nonsense"),
        ] {
            assert_eq!(configs.set(name, value), Err(expected.to_owned()));
        }
        assert_eq!(configs, GroupConfigs::default());
    }

    #[test]
    fn values_are_what_groups_do() {
        let mut configs = GroupConfigs::default();
        for (name, value) in [
            ("share.record.lock.duration.ms", "15000"),
            ("share.delivery.count.limit", "3"),
            ("share.partition.max.record.locks", "100"),
            (ISOLATION_LEVEL, READ_COMMITTED),
            ("share.renew.acknowledge.enable", "FALSE"),
            (AUTO_OFFSET_RESET, "by_duration:PT1H"),
            ("share.heartbeat.interval.ms", "6000"),
            ("consumer.session.timeout.ms", "50000"),
        ] {
            configs.set(name, value).unwrap();
        }
        let settings = configs.share_settings();
        let records = settings.records;
        assert_eq!(
            (records.delivery_limit, records.window_records, records.isolation),
            (3, 100, Isolation::Committed)
        );
        assert_eq!(
            (settings.lock, settings.may_renew),
            (Duration::from_secs(15), false)
        );
        assert_eq!(
            configs.start(Timestamp::from_secs(3_601)),
            StartPosition::At(1_000)
        );
        assert_eq!(configs.share_pace().heartbeat_interval, Duration::from_secs(6));
        assert_eq!(configs.consumer_pace().session_timeout, Duration::from_secs(50));
        configs.set(AUTO_OFFSET_RESET, "earliest").unwrap();
        assert_eq!(configs.start(Timestamp::EPOCH), StartPosition::Earliest);
        configs.unset(AUTO_OFFSET_RESET).unwrap();
        assert_eq!(configs.start(Timestamp::EPOCH), StartPosition::Latest);
    }
}
