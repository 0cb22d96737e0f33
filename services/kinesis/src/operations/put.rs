//! PutRecord and PutRecords.
//!
//! Source: [PutRecords](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html).

use std::borrow::Cow;
use std::sync::Arc;

use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::KinesisDoor;
use crate::arn::is_name;
use crate::binary::Data;
use crate::errors;
use crate::limits::{ENTRIES, PARTITION_KEY_CHARACTERS, REQUEST_BYTES};
use crate::putting::{NotPut, Put, Putting, hash_key};
use crate::record::Distribution;
use crate::sequence::SequenceNumber;
use crate::stream::StreamView;

/// What both operations say of a record, and PutRecord of the stream. What isn't there is empty.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RecordInput<'a> {
    #[serde(borrow)]
    data: Data<'a>,
    #[serde(borrow, default)]
    partition_key: Cow<'a, str>,
    explicit_hash_key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    stream_name: Cow<'a, str>,
    #[serde(borrow, default, rename = "StreamARN")]
    stream_arn: Cow<'a, str>,
    sequence_number_for_ordering: Option<Cow<'a, str>>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutRecordsInput<'a> {
    #[serde(borrow)]
    records: Vec<RecordInput<'a>>,
    #[serde(borrow, default)]
    stream_name: Cow<'a, str>,
    #[serde(borrow, default, rename = "StreamARN")]
    stream_arn: Cow<'a, str>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutRecordOutput {
    shard_id: String,
    sequence_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_type: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutRecordsOutput {
    failed_record_count: usize,
    records: Vec<RecordOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_type: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RecordOutput {
    #[serde(rename_all = "PascalCase")]
    Put {
        sequence_number: String,
        shard_id: String,
    },
    #[serde(rename_all = "PascalCase")]
    NotPut {
        error_code: &'static str,
        error_message: String,
    },
}

/// A checked PutRecord.
pub(crate) struct PreparedRecord(Prepared);

/// A checked PutRecords.
pub(crate) struct PreparedRecords(Prepared);

struct Prepared {
    view: Arc<StreamView>,
    putting: Putting,
}

/// Text that is there.
fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl RecordInput<'_> {
    /// Whether it keeps the model's constraints, which are only checked of inputs that are decoded by the model.
    fn is_usual(&self) -> bool {
        (1..=PARTITION_KEY_CHARACTERS).contains(&self.partition_key.chars().count())
            && self.data.bytes_at_most() <= REQUEST_BYTES
            && self.explicit_hash_key.as_deref().is_none_or(is_hash_key)
            && self.sequence_number_for_ordering.is_none()
    }

    /// The key by which its shard is found.
    fn hash_key(&self, view: &StreamView) -> Result<u128, ServiceError> {
        if view.settings.distribution == Distribution::Auto {
            return Ok(fastrand::u128(..));
        }
        match &self.explicit_hash_key {
            Some(text) => text.parse().map_err(|_| {
                errors::invalid_argument(format!(
                    "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {text}"
                ))
            }),
            None if self.partition_key.is_empty() => Err(errors::breaks_constraint(
                "null",
                "partitionKey",
                "Member must not be null",
            )),
            None => Ok(hash_key(self.partition_key.as_bytes())),
        }
    }

    /// Adds it to those that go to shards; `data` is for its data meanwhile. Returns how much it counts for.
    fn add(
        &self,
        view: &StreamView,
        place: usize,
        data: &mut Vec<u8>,
        putting: &mut Putting,
    ) -> Result<usize, ServiceError> {
        data.clear();
        if !self.data.decode_into(data) {
            return Err(ServiceError::serialization("The data of a record is no base64."));
        }
        let bytes = data.len() + self.partition_key.len();
        let limit_bytes = view.settings.largest_record_kib as usize * 1_024;
        if bytes > limit_bytes {
            return Err(errors::invalid_argument(format!(
                "Data and partition key of a record have {bytes} bytes, and stream {} under account {} takes records of \
                 {limit_bytes} bytes at most.",
                view.arn.name, view.arn.account
            )));
        }
        let key = given(&self.partition_key).map(str::as_bytes);
        putting.add(place, self.hash_key(view)?, key, data)?;
        Ok(bytes)
    }
}

/// Whether the text is a number as the model wants hash keys.
fn is_hash_key(text: &str) -> bool {
    let is_number = !text.is_empty() && text.len() <= 39 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number && (text == "0" || !text.starts_with('0'))
}

/// Whether names of a stream keep the model's constraints.
fn is_usual_stream(name: &str, arn: &str) -> bool {
    (name.is_empty() || is_name(name)) && (arn.is_empty() || crate::arn::StreamArn::parse(arn).is_some())
}

impl RecordInput<'_> {
    pub(crate) fn can_be_put_directly(&self) -> bool {
        self.is_usual() && is_usual_stream(&self.stream_name, &self.stream_arn)
    }
}

impl PutRecordsInput<'_> {
    pub(crate) fn can_be_put_directly(&self) -> bool {
        (1..=ENTRIES).contains(&self.records.len())
            && self.records.iter().all(RecordInput::is_usual)
            && is_usual_stream(&self.stream_name, &self.stream_arn)
    }
}

pub(crate) fn prepare(
    door: &KinesisDoor,
    context: &CallContext,
    input: RecordInput<'_>,
) -> Result<PreparedRecord, ServiceError> {
    let (name, arn) = (given(&input.stream_name), given(&input.stream_arn));
    let view = door.stream(context, name, arn, "kinesis:PutRecord")?;
    if let Some(text) = &input.sequence_number_for_ordering {
        check_order(&view, &input, text, door.now_milliseconds())?;
    }
    let is_dry_run = input.dry_run;
    let prepared = Prepared::new(door, view, &[input], is_dry_run)?;
    Ok(PreparedRecord(prepared))
}

pub(crate) fn prepare_many(
    door: &KinesisDoor,
    context: &CallContext,
    input: PutRecordsInput<'_>,
) -> Result<PreparedRecords, ServiceError> {
    let (name, arn) = (given(&input.stream_name), given(&input.stream_arn));
    let view = door.stream(context, name, arn, "kinesis:PutRecords")?;
    let prepared = Prepared::new(door, view, &input.records, input.dry_run)?;
    Ok(PreparedRecords(prepared))
}

impl Prepared {
    fn new(
        door: &KinesisDoor,
        view: Arc<StreamView>,
        records: &[RecordInput<'_>],
        is_dry_run: bool,
    ) -> Result<Self, ServiceError> {
        // Nothing of it has any effect before all of it is known to be right.
        let mut checked = Putting::new(door, Arc::clone(&view), records.len());
        let mut data = Vec::new();
        let mut bytes = 0;
        for (place, record) in records.iter().enumerate() {
            bytes += record.add(&view, place, &mut data, &mut checked)?;
        }
        if bytes > REQUEST_BYTES {
            return Err(errors::invalid_argument(format!(
                "Records size exceeds 10 MB limit: the request has {bytes} bytes."
            )));
        }
        match is_dry_run {
            true => Err(errors::dry_run()),
            false => Ok(Prepared {
                view,
                putting: checked,
            }),
        }
    }

    fn encryption_type(view: &StreamView) -> Option<&'static str> {
        view.settings.encryption_key.as_ref().map(|_| "KMS")
    }
}

/// The record is to get a larger sequence number than this one, which must be of the stream and of now or before.
fn check_order(
    view: &StreamView,
    input: &RecordInput<'_>,
    text: &str,
    now_milliseconds: u64,
) -> Result<(), ServiceError> {
    let number =
        SequenceNumber::parse(text).filter(|number| number.record_seconds <= now_milliseconds / 1_000);
    let target = view.shard_of(input.hash_key(view)?);
    let is_before = number.zip(target).is_some_and(|(number, target)| {
        let is_of_stream = view
            .shard(number.shard)
            .is_some_and(|shard| shard.era_seconds == number.era_seconds);
        is_of_stream && number.era_seconds <= target.era_seconds
    });
    match is_before {
        true => Ok(()),
        false => Err(errors::invalid_argument(format!(
            "ExclusiveMinimumSequenceNumber {text} used in PutRecord on stream {} under account {} is invalid.",
            view.arn.name, view.arn.account
        ))),
    }
}

impl PreparedRecord {
    pub(crate) async fn run(self, door: &KinesisDoor) -> Result<PutRecordOutput, ServiceError> {
        let Prepared { view, putting } = self.0;
        let outcome = putting.run(door).await.pop();
        match outcome {
            Some(Ok(Put {
                shard,
                sequence_number,
            })) => Ok(PutRecordOutput {
                shard_id: shard.to_string(),
                sequence_number: sequence_number.to_string(),
                encryption_type: Prepared::encryption_type(&view),
            }),
            Some(Err(NotPut::Throttled(shard))) => Err(errors::throttled(shard, &view.arn)),
            Some(Err(NotPut::Failed(error))) => Err(error),
            None => Err(ServiceError::internal("The record was lost.")),
        }
    }
}

impl PreparedRecords {
    pub(crate) async fn run(self, door: &KinesisDoor) -> Result<PutRecordsOutput, ServiceError> {
        let Prepared { view, putting } = self.0;
        let outcomes = putting.run(door).await;
        let records: Vec<_> = outcomes
            .into_iter()
            .map(|outcome| RecordOutput::of(outcome, &view))
            .collect();
        let failed = |record: &&RecordOutput| matches!(record, RecordOutput::NotPut { .. });
        Ok(PutRecordsOutput {
            failed_record_count: records.iter().filter(failed).count(),
            records,
            encryption_type: Prepared::encryption_type(&view),
        })
    }
}

impl RecordOutput {
    fn of(outcome: Result<Put, NotPut>, view: &StreamView) -> Self {
        match outcome {
            Ok(put) => RecordOutput::Put {
                sequence_number: put.sequence_number.to_string(),
                shard_id: put.shard.to_string(),
            },
            Err(NotPut::Throttled(shard)) => RecordOutput::NotPut {
                error_code: "ProvisionedThroughputExceededException",
                error_message: errors::rate_exceeded(shard, &view.arn),
            },
            Err(NotPut::Failed(_)) => RecordOutput::NotPut {
                error_code: "InternalFailure",
                error_message: "Internal Service Failure".to_owned(),
            },
        }
    }
}
