//! The limits of the service.
//!
//! Source: [Quotas and limits](https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html) and the API model.

use std::time::Duration;

/// Records of one PutRecords.
pub(crate) const ENTRIES: usize = 500;
/// Data and partition keys of one PutRecords, and what one GetRecords returns.
pub(crate) const REQUEST_BYTES: usize = 10 << 20;
/// Records that one GetRecords returns.
pub(crate) const PAGE_RECORDS: usize = 10_000;
/// Unless a stream says otherwise, data and partition key of a record.
pub(crate) const RECORD_KIB: u32 = 1_024;
/// Characters of a partition key.
pub(crate) const PARTITION_KEY_CHARACTERS: usize = 256;

/// What a shard takes in a second.
pub(crate) const WRITE_BYTES: u64 = 1 << 20;
/// Likewise.
pub(crate) const WRITE_RECORDS: u64 = 1_000;
/// What a shard gives in a second, to all who ask by GetRecords together, and to each consumer of its own.
pub(crate) const READ_BYTES: u64 = 2 << 20;
/// How often a shard is asked in a second.
pub(crate) const READ_CALLS: u64 = 5;

/// Open shards of an account in a region. The largest that AWS gives without being asked.
pub(crate) const SHARDS: u32 = 20_000;
/// Shards that a stream can be made with or scaled to.
pub(crate) const STREAM_SHARDS: u32 = 10_000;
/// Shards of a new on-demand stream.
pub(crate) const ON_DEMAND_SHARDS: u32 = 4;
/// On-demand streams of an account in a region; AWS has 50 and raises it when asked.
pub(crate) const ON_DEMAND_STREAMS: usize = 1_000;
/// How often the number of shards can be changed in 24 hours.
pub(crate) const SHARD_COUNT_CHANGES: usize = 10;
/// How often the capacity mode can be changed in 24 hours.
pub(crate) const MODE_CHANGES: usize = 2;
/// What is meant by 24 hours.
pub(crate) const DAY_MILLISECONDS: u64 = 86_400_000;

/// The shortest retention.
pub(crate) const RETENTION_HOURS_LEAST: i64 = 24;
/// The longest.
pub(crate) const RETENTION_HOURS_MOST: i64 = 8_760;

/// Consumers of a stream.
pub(crate) const CONSUMERS: usize = 20;
/// Consumers of an on-demand stream of an account that has committed to a minimum of throughput.
pub(crate) const ADVANTAGE_CONSUMERS: usize = 50;
/// Records of a queue that are received and not acknowledged.
///
/// Source: [Quotas and limits for queues](https://docs.aws.amazon.com/streams/latest/dev/queues-quotas.html).
pub(crate) const QUEUE_IN_FLIGHT: u64 = 120_000;
/// How long a record is its receiver's, unless the queue or the receiver says so.
pub(crate) const VISIBILITY_SECONDS: u32 = 30;
/// How often a record is received before it is a dead letter, unless the queue says so.
pub(crate) const RECEIVES: u32 = 6;
/// Records of one receive, unless the receiver says fewer.
pub(crate) const RECEIVED_RECORDS: usize = 10;
/// How long a receive waits, unless the receiver says so.
pub(crate) const RECEIVE_WAIT_SECONDS: u64 = 9;
/// Queues of one page, unless it is said how many.
pub(crate) const PAGE_QUEUES: usize = 100;
/// Tags of a resource.
pub(crate) const TAGS: usize = 50;
/// A resource policy.
pub(crate) const POLICY_BYTES: usize = 20 << 10;
/// What warm throughput can be asked for.
pub(crate) const WARM_MIB_PER_SECOND: u32 = 10_240;

/// The shortest time, in seconds, in which a channel delivers, which is also the usual one.
///
/// Source: [How Amazon S3 delivery works](https://docs.aws.amazon.com/streams/latest/dev/data-delivery-s3-about.html).
pub(crate) const FRESHNESS_SECONDS_LEAST: u32 = 300;
/// The longest.
pub(crate) const FRESHNESS_SECONDS_MOST: u32 = 900;
/// Channels of one page.
pub(crate) const PAGE_CHANNELS: usize = 100;

/// How long an iterator is good for.
pub(crate) const ITERATOR_MILLISECONDS: u64 = 300_000;
/// How long the token of a list is good for.
pub(crate) const TOKEN_MILLISECONDS: u64 = 300_000;
/// How long a subscription lasts.
pub(crate) const SUBSCRIPTION: Duration = Duration::from_secs(300);
/// So soon after a subscription has begun, another one can't take its place.
pub(crate) const SUBSCRIPTION_HOLD: Duration = Duration::from_secs(5);
/// A subscriber hears something this often, though there is nothing new.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// How long a commitment to a minimum of throughput lasts at least.
pub(crate) const COMMITMENT_MILLISECONDS: u64 = DAY_MILLISECONDS;
