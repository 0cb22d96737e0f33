//! GetShardIterator and GetRecords.
//!
//! Source: [GetRecords](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html).

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use ninefold_record_batch::Record;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::binary::Binary;
use crate::errors;
use crate::iterator::ShardIterator;
use crate::limits::{PAGE_RECORDS, REQUEST_BYTES};
use crate::operations::shards::HashKeyRange;
use crate::position::{Position, PositionKind};
use crate::reading::{ENCRYPTION_HEADER, Reading, Wanted};
use crate::shard_id::ShardId;
use crate::stream::{Shard, StreamView};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetShardIteratorInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    shard_id: String,
    shard_iterator_type: PositionKind,
    starting_sequence_number: Option<String>,
    timestamp: Option<Timestamp>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetShardIteratorOutput {
    shard_iterator: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetRecordsInput<'a> {
    #[serde(borrow)]
    shard_iterator: Cow<'a, str>,
    limit: Option<i64>,
    #[serde(borrow, default, rename = "StreamARN")]
    stream_arn: Cow<'a, str>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetRecordsOutput {
    records: Vec<RecordOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_shard_iterator: Option<String>,
    millis_behind_latest: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    child_shards: Option<Vec<ChildShard>>,
}

/// A record as readers get it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordOutput {
    sequence_number: String,
    approximate_arrival_timestamp: ArrivalTime,
    data: Binary,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_type: Option<&'static str>,
}

/// A shard that goes on where one has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChildShard {
    shard_id: String,
    parent_shards: Vec<String>,
    hash_key_range: HashKeyRange,
}

/// What an answer says besides its records, and each record besides its data, with a partition key of usual length.
const OVERHEAD_BYTES: usize = 1_024;
const RECORD_OVERHEAD_BYTES: usize = 224;

/// Milliseconds since the epoch; in JSON, seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArrivalTime(pub(crate) i64);

impl Serialize for ArrivalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_f64(self.0 as f64 / 1_000.0)
        } else {
            Timestamp::from_milliseconds(self.0).serialize(serializer)
        }
    }
}

impl RecordOutput {
    pub(crate) fn of(record: Record, shard: &Shard) -> Self {
        let is_encrypted = record
            .headers
            .iter()
            .any(|header| header.key == ENCRYPTION_HEADER);
        RecordOutput {
            sequence_number: shard.sequence_number(record.offset, record.timestamp).to_string(),
            approximate_arrival_timestamp: ArrivalTime(record.timestamp),
            data: Binary(record.value.unwrap_or_default()),
            partition_key: record.key.as_ref().map(text),
            encryption_type: is_encrypted.then_some("KMS"),
        }
    }
}

/// Keys of other doors may be no text.
pub(crate) fn text(key: &Bytes) -> String {
    String::from_utf8_lossy(key).into_owned()
}

impl ChildShard {
    /// What goes on where a shard has ended.
    pub(crate) fn of(view: &StreamView, parent: ShardId) -> Vec<ChildShard> {
        let children = view.children(parent);
        children
            .map(|child| ChildShard {
                shard_id: child.id.to_string(),
                parent_shards: child
                    .parents
                    .iter()
                    .map(|parent| ShardId(*parent).to_string())
                    .collect(),
                hash_key_range: HashKeyRange::of(child.range),
            })
            .collect()
    }
}

pub(crate) async fn get_iterator(
    door: &KinesisDoor,
    context: &CallContext,
    input: GetShardIteratorInput,
) -> Result<GetShardIteratorOutput, ServiceError> {
    let arn = KinesisDoor::arn_of(context, input.stream_name.as_deref(), input.stream_arn.as_deref())?;
    let id = ShardId::parse(&input.shard_id).ok_or_else(|| errors::no_shard_id(&input.shard_id, &arn))?;
    let view = door.stream_at(context, &arn, "kinesis:GetShardIterator");
    let view = view.map_err(|error| match &*error.code {
        "ResourceNotFoundException" => errors::shard_does_not_exist(id, &arn),
        _ => error,
    })?;
    let now_milliseconds = door.now_milliseconds();
    let shard = view.listed(now_milliseconds).find(|shard| shard.id == id);
    let shard = shard.ok_or_else(|| errors::shard_does_not_exist(id, &arn))?;
    let position = Position {
        operation: "GetShardIterator",
        kind: input.shard_iterator_type,
        sequence_number: input.starting_sequence_number.as_deref(),
        timestamp: input.timestamp,
    };
    let offset = position.offset(&view, shard, now_milliseconds).await?;
    if input.dry_run {
        return Err(errors::dry_run());
    }
    let iterator = ShardIterator {
        stream: view.arn.clone(),
        stream_id: view.stream.record.id,
        shard: id,
        offset,
        created_at_milliseconds: now_milliseconds,
    };
    Ok(GetShardIteratorOutput {
        shard_iterator: iterator.seal(&door.sealer),
    })
}

/// A checked GetRecords.
pub(crate) struct PreparedGet {
    view: Arc<StreamView>,
    iterator: ShardIterator,
    limit: usize,
    now_milliseconds: u64,
}

impl GetRecordsInput<'_> {
    /// Whether it keeps the model's constraints, which are only checked of inputs that are decoded by the model.
    pub(crate) fn is_usual(&self) -> bool {
        let is_limit =
            |limit: i64| usize::try_from(limit).is_ok_and(|limit| (1..=PAGE_RECORDS).contains(&limit));
        (1..=512).contains(&self.shard_iterator.len())
            && self.stream_arn.is_empty()
            && self.limit.is_none_or(is_limit)
    }
}

pub(crate) fn prepare(
    door: &KinesisDoor,
    context: &CallContext,
    input: GetRecordsInput<'_>,
) -> Result<PreparedGet, ServiceError> {
    let now_milliseconds = door.now_milliseconds();
    let iterator = ShardIterator::open(&input.shard_iterator, &door.sealer, now_milliseconds)?;
    if !input.stream_arn.is_empty() && *input.stream_arn != iterator.stream.to_string() {
        return Err(errors::invalid_argument(format!(
            "The ShardIterator is not of the stream {}.",
            input.stream_arn
        )));
    }
    let gone = || errors::shard_does_not_exist(iterator.shard, &iterator.stream);
    let view = door
        .stream_at(context, &iterator.stream, "kinesis:GetRecords")
        .map_err(|error| match &*error.code {
            "ResourceNotFoundException" => gone(),
            _ => error,
        })?;
    let shard = view.shard(iterator.shard).ok_or_else(gone)?;
    if view.stream.record.id != iterator.stream_id {
        return Err(gone());
    }
    if input.dry_run {
        return Err(errors::dry_run());
    }
    if door.is_throttled(&view) && !shard.meter.admit_read(now_milliseconds) {
        return Err(errors::throttled(shard.id, &view.arn));
    }
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok());
    Ok(PreparedGet {
        limit: limit.unwrap_or(PAGE_RECORDS).min(PAGE_RECORDS),
        view,
        iterator,
        now_milliseconds,
    })
}

impl GetRecordsOutput {
    /// About how long it is when it is written.
    pub(crate) fn about_bytes(&self) -> usize {
        let records = self.records.iter();
        let bytes = |record: &RecordOutput| RECORD_OVERHEAD_BYTES + record.data.0.len().div_ceil(3) * 4;
        OVERHEAD_BYTES + records.map(bytes).sum::<usize>()
    }
}

impl PreparedGet {
    pub(crate) async fn run(self, door: &KinesisDoor) -> Result<GetRecordsOutput, ServiceError> {
        let PreparedGet {
            view,
            iterator,
            limit,
            now_milliseconds,
        } = self;
        let gone = || errors::shard_does_not_exist(iterator.shard, &iterator.stream);
        let shard = view.shard(iterator.shard).ok_or_else(gone)?;
        let reading = shard
            .read(&Wanted {
                from_offset: iterator.offset,
                records: limit,
                bytes: REQUEST_BYTES,
                horizon_milliseconds: view.horizon_milliseconds(now_milliseconds),
            })
            .await?;
        if door.is_throttled(&view) {
            shard.meter.note_read(now_milliseconds, reading.bytes as u64);
        }
        let has_ended = reading.is_at_tip && !shard.is_open();
        let next = ShardIterator {
            offset: reading.next_offset,
            created_at_milliseconds: now_milliseconds,
            ..iterator
        };
        Ok(GetRecordsOutput {
            next_shard_iterator: (!has_ended).then(|| next.seal(&door.sealer)),
            millis_behind_latest: reading.milliseconds_behind(now_milliseconds),
            child_shards: has_ended.then(|| ChildShard::of(&view, shard.id)),
            records: outputs(reading, shard),
        })
    }
}

/// What was read, as readers get it.
pub(crate) fn outputs(reading: Reading, shard: &Shard) -> Vec<RecordOutput> {
    let records = reading.records.into_iter();
    records.map(|record| RecordOutput::of(record, shard)).collect()
}
