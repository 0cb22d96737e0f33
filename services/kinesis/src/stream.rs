//! A stream as this door sees it, at one moment.

use std::collections::HashMap;
use std::sync::Arc;

use ninefold_log::{Partition, PartitionNumber, TimestampType};
use ninefold_protocol::ServiceError;
use ninefold_streams::{Birth, HashRange, Stream, StreamKey, Streams};
use parking_lot::{Mutex, RwLock};

use crate::arn::StreamArn;
use crate::record::StreamSettings;
use crate::sequence::SequenceNumber;
use crate::shard_id::ShardId;
use crate::throttle::ShardMeter;

/// What the door's attachment of a stream is called.
pub(crate) const ATTACHMENT: &str = "kinesis";

/// A stream, ready for use.
#[derive(Debug)]
pub(crate) struct StreamView {
    pub(crate) arn: StreamArn,
    pub(crate) stream: Arc<Stream>,
    pub(crate) settings: StreamSettings,
    /// By their numbers.
    pub(crate) shards: Vec<Shard>,
    /// The first hash keys of open shards and the shards' numbers, in the order of hash keys. They cover all of them.
    open: Vec<(u128, u32)>,
}

/// A shard, ready for use.
#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) id: ShardId,
    pub(crate) partition: Arc<Partition>,
    pub(crate) range: HashRange,
    pub(crate) parents: Vec<u32>,
    pub(crate) opened_at_milliseconds: u64,
    pub(crate) closed_at_milliseconds: Option<u64>,
    /// What its sequence numbers begin with: the second in which it was opened, or somewhat later, so that it is after its parents'.
    pub(crate) era_seconds: u64,
    pub(crate) meter: Arc<ShardMeter>,
}

impl StreamView {
    fn new(arn: StreamArn, stream: Arc<Stream>, meters: &Meters) -> Result<Self, ServiceError> {
        let settings = read_settings(&stream)?;
        let count = u32::try_from(stream.partitions.len()).unwrap_or(u32::MAX);
        let even = HashRange::even(count);
        let mut shards: Vec<Shard> = Vec::with_capacity(stream.partitions.len());
        let records = stream.record.shards.iter().zip(&stream.partitions);
        for ((record, partition), (number, range)) in records.zip((0..).zip(even)) {
            let eras = record
                .parents
                .iter()
                .filter_map(|parent| shards.get(*parent as usize));
            let latest_era = eras.map(|parent| parent.era_seconds).max();
            let opened_seconds = record.opened_at_milliseconds / 1_000;
            shards.push(Shard {
                id: ShardId(number),
                partition: Arc::clone(partition),
                // Partitions of a topic have none.
                range: record.hash_range.unwrap_or(range),
                parents: record.parents.clone(),
                opened_at_milliseconds: record.opened_at_milliseconds,
                closed_at_milliseconds: record.closed_at_milliseconds,
                era_seconds: latest_era.map_or(opened_seconds, |era| opened_seconds.max(era + 1)),
                meter: meters.of(partition.number()),
            });
        }
        let open = shards.iter().filter(|shard| shard.is_open());
        let mut open: Vec<_> = open.map(|shard| (shard.range.first, shard.id.0)).collect();
        open.sort_unstable();
        Ok(StreamView {
            arn,
            stream,
            settings,
            shards,
            open,
        })
    }

    /// The shards that take records, in the order of their hash keys.
    pub(crate) fn open(&self) -> impl ExactSizeIterator<Item = &Shard> {
        self.open.iter().map(|(_, number)| &self.shards[*number as usize])
    }

    /// The shard that takes records of a hash key; none when all are closed.
    pub(crate) fn shard_of(&self, hash_key: u128) -> Option<&Shard> {
        let behind = self.open.partition_point(|(first, _)| *first <= hash_key);
        let (_, number) = self.open.get(behind.checked_sub(1)?)?;
        self.shards.get(*number as usize)
    }

    pub(crate) fn shard(&self, id: ShardId) -> Option<&Shard> {
        self.shards.get(id.0 as usize)
    }

    /// The shards that came from a shard.
    pub(crate) fn children(&self, parent: ShardId) -> impl Iterator<Item = &Shard> {
        self.shards
            .iter()
            .filter(move |shard| shard.parents.contains(&parent.0))
    }

    /// Records of before then are not given any more, in milliseconds since the epoch; none where that is up to the log.
    pub(crate) fn horizon_milliseconds(&self, now_milliseconds: u64) -> Option<u64> {
        let retention = u64::from(self.settings.retention_hours) * 3_600_000;
        (self.stream.record.birth == Birth::Kinesis).then(|| now_milliseconds.saturating_sub(retention))
    }

    /// Shards that there are for a caller: all but those that were closed so long ago that they hold nothing any more.
    pub(crate) fn listed(&self, now_milliseconds: u64) -> impl Iterator<Item = &Shard> {
        let horizon = self.horizon_milliseconds(now_milliseconds).unwrap_or(0);
        self.shards.iter().filter(move |shard| {
            let closed_at = shard.closed_at_milliseconds;
            closed_at.is_none_or(|closed_at| closed_at >= horizon)
        })
    }
}

/// What the door knows of a stream; of one that another door has made, nothing special.
pub(crate) fn read_settings(stream: &Stream) -> Result<StreamSettings, ServiceError> {
    let Some(attachment) = stream.attachment(ATTACHMENT) else {
        return Ok(settings_of_topic(stream));
    };
    serde_json::from_value(attachment.clone()).map_err(|error| {
        tracing::error!(%error, stream = ?stream.key, "what is known of a stream can't be read");
        ServiceError::internal("The stored data could not be read.")
    })
}

fn settings_of_topic(stream: &Stream) -> StreamSettings {
    let settings = stream.partitions.first().map(|partition| partition.settings());
    let milliseconds = settings.and_then(|settings| settings.retention_milliseconds);
    let hours = milliseconds.map_or(u64::from(u32::MAX), |milliseconds| {
        milliseconds.div_ceil(3_600_000)
    });
    StreamSettings {
        retention_hours: u32::try_from(hours).unwrap_or(u32::MAX),
        ..StreamSettings::default()
    }
}

impl Shard {
    pub(crate) fn is_open(&self) -> bool {
        self.closed_at_milliseconds.is_none()
    }

    /// Whether it was open at a time, in milliseconds since the epoch. The shards that were cover all hash keys, none of them twice.
    pub(crate) fn was_open_at(&self, milliseconds: u64) -> bool {
        let has_ended = self
            .closed_at_milliseconds
            .is_some_and(|closed_at| closed_at <= milliseconds);
        self.opened_at_milliseconds <= milliseconds && !has_ended
    }

    pub(crate) fn sequence_number(&self, offset: i64, milliseconds: i64) -> SequenceNumber {
        SequenceNumber::of_record(self.era_seconds, self.id, offset, milliseconds)
    }

    pub(crate) fn starting_sequence_number(&self) -> SequenceNumber {
        SequenceNumber::start(self.era_seconds, self.id)
    }

    pub(crate) fn ending_sequence_number(&self) -> Option<SequenceNumber> {
        let closed_at = self.closed_at_milliseconds?;
        Some(SequenceNumber::end(self.era_seconds, self.id, closed_at))
    }

    /// Whether a record's time is the one at which it is appended.
    pub(crate) fn has_time_of_log(&self) -> bool {
        self.partition.timestamp_type() == TimestampType::LogAppendTime
    }
}

/// The meters of all shards, which outlive what a stream is at one moment.
#[derive(Default)]
pub(crate) struct Meters(Mutex<HashMap<PartitionNumber, Arc<ShardMeter>>>);

impl Meters {
    fn of(&self, partition: PartitionNumber) -> Arc<ShardMeter> {
        Arc::clone(self.0.lock().entry(partition).or_default())
    }

    /// Forgets those of partitions that aren't there any more.
    fn retain(&self, is_there: impl Fn(PartitionNumber) -> bool) {
        self.0.lock().retain(|number, _| is_there(*number));
    }
}

/// Streams as the door sees them, by their names.
pub(crate) struct StreamViews {
    pub(crate) streams: Arc<Streams>,
    views: RwLock<HashMap<StreamKey, Arc<StreamView>>>,
    meters: Meters,
}

impl StreamViews {
    pub(crate) fn new(streams: Arc<Streams>) -> Self {
        StreamViews {
            streams,
            views: RwLock::default(),
            meters: Meters::default(),
        }
    }

    pub(crate) fn get(&self, arn: &StreamArn) -> Result<Option<Arc<StreamView>>, ServiceError> {
        match self.streams.get(&arn.key()) {
            Some(stream) => self.of(arn, stream).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn of(&self, arn: &StreamArn, stream: Arc<Stream>) -> Result<Arc<StreamView>, ServiceError> {
        if let Some(view) = self.views.read().get(&stream.key)
            && Arc::ptr_eq(&view.stream, &stream)
        {
            return Ok(Arc::clone(view));
        }
        let view = Arc::new(StreamView::new(arn.clone(), Arc::clone(&stream), &self.meters)?);
        self.views.write().insert(stream.key.clone(), Arc::clone(&view));
        Ok(view)
    }

    /// Forgets what is gone.
    pub(crate) fn forget(&self) {
        self.views.write().retain(|key, view| {
            self.streams
                .get(key)
                .is_some_and(|stream| Arc::ptr_eq(&stream, &view.stream))
        });
        let log = self.streams.log();
        self.meters.retain(|number| log.partition(number).is_some());
    }

    /// The stream as it is once it isn't as in this view any more; none when it is gone.
    pub(crate) async fn changed(&self, view: &StreamView) -> Result<Option<Arc<StreamView>>, ServiceError> {
        let mut changes = self.streams.changes();
        loop {
            changes.mark_unchanged();
            match self.get(&view.arn)? {
                Some(newer) if Arc::ptr_eq(&newer.stream, &view.stream) => {}
                newer => return Ok(newer),
            }
            if changes.changed().await.is_err() {
                return Ok(None);
            }
        }
    }
}
