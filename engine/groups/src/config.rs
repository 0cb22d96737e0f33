//! What groups may and how long they wait. Defaults are Kafka's, but for sizes, which are bounded here.

use std::time::Duration;

use crate::assign::Assignor;

/// Settings of all groups.
#[derive(Clone, Debug)]
pub struct GroupsConfig {
    /// Groups there may be.
    pub groups: usize,
    /// Offsets a group may have committed.
    pub offsets_per_group: usize,
    /// Classic groups.
    pub classic: ClassicConfig,
    /// Consumer groups (KIP-848).
    pub consumer: ConsumerConfig,
    /// Share groups (KIP-932).
    pub share: ShareConfig,
    /// Committed offsets.
    pub offsets: OffsetsConfig,
}

/// Settings of classic groups.
#[derive(Clone, Debug)]
pub struct ClassicConfig {
    /// `group.max.size`.
    pub members: usize,
    /// `group.min.session.timeout.ms`.
    pub shortest_session: Duration,
    /// `group.max.session.timeout.ms`.
    pub longest_session: Duration,
    /// `group.initial.rebalance.delay.ms`: how long an empty group waits for more members.
    pub initial_rebalance_delay: Duration,
    /// How long the join of a member that is new may take.
    pub new_member_join_timeout: Duration,
}

/// Settings of consumer groups.
#[derive(Clone, Debug)]
pub struct ConsumerConfig {
    /// `group.consumer.max.size`.
    pub members: usize,
    /// `group.consumer.session.timeout.ms`.
    pub session_timeout: Duration,
    /// `group.consumer.heartbeat.interval.ms`.
    pub heartbeat_interval: Duration,
    /// Used where members don't agree on one, or ask for none: the first of `group.consumer.assignors`.
    pub default_assignor: Assignor,
}

/// Settings of share groups.
#[derive(Clone, Debug)]
pub struct ShareConfig {
    /// `group.share.max.size`.
    pub members: usize,
    /// `group.share.session.timeout.ms`.
    pub session_timeout: Duration,
    /// `group.share.heartbeat.interval.ms`.
    pub heartbeat_interval: Duration,
}

/// How a member is to be heard of, where its group decides that by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Who is not heard of for so long is gone (`consumer.session.timeout.ms`, `share.session.timeout.ms`).
    pub session_timeout: Duration,
    /// How often it is asked to be heard of (`consumer.heartbeat.interval.ms`, `share.heartbeat.interval.ms`).
    pub heartbeat_interval: Duration,
}

/// Settings of committed offsets.
#[derive(Clone, Debug)]
pub struct OffsetsConfig {
    /// `offset.metadata.max.bytes`.
    pub metadata_bytes: usize,
    /// `offsets.retention.minutes`: from when a group has become empty, or is not subscribed any more.
    pub retention: Duration,
    /// `offsets.retention.check.interval.ms`.
    pub check_interval: Duration,
}

impl ConsumerConfig {
    /// That of a group that decides nothing.
    pub(crate) fn pace(&self) -> Pace {
        Pace {
            session_timeout: self.session_timeout,
            heartbeat_interval: self.heartbeat_interval,
        }
    }
}

impl ShareConfig {
    /// That of a group that decides nothing.
    pub(crate) fn pace(&self) -> Pace {
        Pace {
            session_timeout: self.session_timeout,
            heartbeat_interval: self.heartbeat_interval,
        }
    }
}

impl Default for GroupsConfig {
    fn default() -> Self {
        GroupsConfig {
            groups: 100_000,
            offsets_per_group: 1_000_000,
            classic: ClassicConfig {
                members: 10_000,
                shortest_session: Duration::from_secs(6),
                longest_session: Duration::from_secs(30 * 60),
                initial_rebalance_delay: Duration::from_secs(3),
                new_member_join_timeout: Duration::from_secs(5 * 60),
            },
            consumer: ConsumerConfig {
                members: 10_000,
                session_timeout: Duration::from_secs(45),
                heartbeat_interval: Duration::from_secs(5),
                default_assignor: Assignor::Uniform,
            },
            share: ShareConfig {
                members: 200,
                session_timeout: Duration::from_secs(45),
                heartbeat_interval: Duration::from_secs(5),
            },
            offsets: OffsetsConfig {
                metadata_bytes: 4_096,
                retention: Duration::from_secs(7 * 24 * 3_600),
                check_interval: Duration::from_secs(600),
            },
        }
    }
}

/// The longest group id, in bytes: it is part of keys.
pub(crate) const GROUP_ID_BYTES: usize = 1_024;
/// The longest member id of consumer and share groups, in bytes: it is part of keys.
pub(crate) const MEMBER_ID_BYTES: usize = 1_024;
/// The longest topic name (Kafka's 249), in bytes: it is part of keys.
pub(crate) const TOPIC_NAME_BYTES: usize = 249;
/// The most that a member of a classic group may say of itself, or be given, in bytes.
pub(crate) const MEMBER_BYTES: usize = 1 << 20;
/// The most topics that a member may name.
pub(crate) const SUBSCRIBED_TOPICS: usize = 100_000;
/// The longest pattern, in bytes.
pub(crate) const PATTERN_BYTES: usize = 1_024;
