//! Every error of the door, with AWS's codes and words.

use ninefold_catalog::CatalogError;
use ninefold_log::{AppendError, LogError, ReadError};
use ninefold_model::Timestamp;
use ninefold_model::TimestampFormat;
use ninefold_protocol::ServiceError;
use ninefold_share::ShareError;
use ninefold_streams::StreamsError;

use crate::arn::{ChannelArn, ConsumerArn, QueueArn, StreamArn};
use crate::limits::ITERATOR_MILLISECONDS;
use crate::shard_id::ShardId;

/// An error of Kinesis's model.
pub(crate) fn modelled(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::modelled(ninefold_model::kinesis(), code, message)
}

pub(crate) fn invalid_argument(message: impl Into<String>) -> ServiceError {
    modelled("InvalidArgumentException", message)
}

pub(crate) fn invalid(message: impl Into<String>) -> ServiceError {
    modelled("ValidationException", message)
}

/// A constraint of one member, in the words that the model's constraints are refused with.
pub(crate) fn breaks_constraint(value: &str, member: &str, constraint: &str) -> ServiceError {
    invalid(format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: {constraint}"
    ))
}

pub(crate) fn not_found(message: impl Into<String>) -> ServiceError {
    modelled("ResourceNotFoundException", message)
}

pub(crate) fn in_use(message: impl Into<String>) -> ServiceError {
    modelled("ResourceInUseException", message)
}

pub(crate) fn limit_exceeded(message: impl Into<String>) -> ServiceError {
    modelled("LimitExceededException", message)
}

pub(crate) fn no_stream_named() -> ServiceError {
    invalid_argument("Either StreamName or StreamARN must be provided.")
}

pub(crate) fn stream_not_found(stream: &StreamArn) -> ServiceError {
    not_found(format!(
        "Stream {} under account {} not found.",
        stream.name, stream.account
    ))
}

pub(crate) fn stream_exists(stream: &StreamArn) -> ServiceError {
    in_use(format!(
        "Stream {} under account {} already exists.",
        stream.name, stream.account
    ))
}

pub(crate) fn stream_is_updating(stream: &StreamArn) -> ServiceError {
    in_use(format!(
        "Stream {} under account {} not ACTIVE, instead in state UPDATING",
        stream.name, stream.account
    ))
}

/// What is only for streams whose shards are their owner's business.
pub(crate) fn is_on_demand(stream: &StreamArn) -> ServiceError {
    invalid(format!(
        "Request is invalid. Stream {} under account {} is in On-Demand mode.",
        stream.name, stream.account
    ))
}

/// What is only for streams whose shards are the server's business.
pub(crate) fn is_provisioned(stream: &StreamArn, what: &str) -> ServiceError {
    invalid_argument(format!(
        "{what} is only supported for streams in On-Demand mode. Stream {} under account {} is in Provisioned mode.",
        stream.name, stream.account
    ))
}

/// The shards of a topic are its partitions.
pub(crate) fn is_topic(stream: &StreamArn) -> ServiceError {
    invalid(format!(
        "Request is invalid. Stream {} under account {} is a Kafka topic, whose partitions can't be split or merged.",
        stream.name, stream.account
    ))
}

/// Something in a request can't be the name of a shard.
pub(crate) fn no_shard_id(text: &str, stream: &StreamArn) -> ServiceError {
    not_found(format!(
        "Could not find shard {text} in stream {} under account {}.",
        stream.name, stream.account
    ))
}

pub(crate) fn shard_not_found(shard: ShardId, stream: &StreamArn) -> ServiceError {
    no_shard_id(&shard.to_string(), stream)
}

pub(crate) fn shard_does_not_exist(shard: ShardId, stream: &StreamArn) -> ServiceError {
    not_found(format!(
        "Shard {shard} in stream {} under account {} does not exist",
        stream.name, stream.account
    ))
}

pub(crate) fn consumer_not_found(consumer: &str, stream: &StreamArn) -> ServiceError {
    not_found(format!(
        "Consumer {consumer}, account {} not found.",
        stream.account
    ))
}

pub(crate) fn channel_not_found(channel: &ChannelArn) -> ServiceError {
    not_found(format!("Channel {channel} not found."))
}

pub(crate) fn queue_not_found(queue: &QueueArn) -> ServiceError {
    not_found(format!("Queue {queue} not found."))
}

pub(crate) fn too_many_in_flight(queue: &QueueArn) -> ServiceError {
    modelled(
        "ThrottlingException",
        format!("As many records of queue {queue} are in flight as may be. Acknowledge some of them."),
    )
}

pub(crate) fn another_subscription(consumer: &ConsumerArn, shard: ShardId) -> ServiceError {
    in_use(format!(
        "Another active subscription exists for this consumer: {}:{}:{shard}:{}",
        consumer.stream.account, consumer.stream.name, consumer.name
    ))
}

pub(crate) fn throttled(shard: ShardId, stream: &StreamArn) -> ServiceError {
    modelled(
        "ProvisionedThroughputExceededException",
        rate_exceeded(shard, stream),
    )
}

pub(crate) fn rate_exceeded(shard: ShardId, stream: &StreamArn) -> String {
    format!(
        "Rate exceeded for shard {shard} in stream {} under account {}.",
        stream.name, stream.account
    )
}

pub(crate) fn dry_run() -> ServiceError {
    modelled(
        "DryRunOperationException",
        "The request was rejected because the DryRun parameter was specified.",
    )
}

pub(crate) fn invalid_iterator() -> ServiceError {
    invalid_argument("Invalid ShardIterator.")
}

pub(crate) fn iterator_expired(created_at_milliseconds: u64, now_milliseconds: u64) -> ServiceError {
    let message = format!(
        "Iterator expired. The iterator was created at time {} while right now it is {} which is further in the future \
         than the tolerated delay of {ITERATOR_MILLISECONDS} milliseconds.",
        java_date(created_at_milliseconds),
        java_date(now_milliseconds)
    );
    modelled("ExpiredIteratorException", message)
}

pub(crate) fn invalid_token() -> ServiceError {
    invalid_argument("NextToken is invalid.")
}

pub(crate) fn token_expired(name: &str) -> ServiceError {
    modelled("ExpiredNextTokenException", format!("The {name} has expired."))
}

/// `Thu Jan 22 01:22:02 UTC 2015`
fn java_date(milliseconds: u64) -> String {
    let moment = Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    // `Thu, 22 Jan 2015 01:22:02 GMT`
    let text = moment.format(TimestampFormat::Rfc822);
    let parts: Vec<&str> = text.split([',', ' ']).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [weekday, day, month, year, time, _] => format!("{weekday} {month} {day} {time} UTC {year}"),
        _ => text,
    }
}

/// Errors of the framework, as this service has them: bare codes, and what is denied is a bad request.
pub(crate) fn in_own_words(error: ServiceError) -> ServiceError {
    match &*error.code {
        "AccessDeniedException" | "ValidationException" => ServiceError {
            status: 400,
            namespace: None,
            ..error
        },
        _ => error,
    }
}

/// What the list of streams answers.
pub(crate) fn from_streams(error: StreamsError, stream: &StreamArn) -> ServiceError {
    match error {
        StreamsError::Exists => stream_exists(stream),
        StreamsError::NotFound => stream_not_found(stream),
        StreamsError::TooManyShards { limit } => limit_exceeded(format!(
            "Stream {} under account {} cannot have more than {limit} shards, closed ones included.",
            stream.name, stream.account
        )),
        StreamsError::Catalog(error) => from_catalog(error),
        StreamsError::Log(error) => from_log(&error),
    }
}

/// What the catalog answers.
pub(crate) fn from_catalog(error: CatalogError) -> ServiceError {
    match error {
        CatalogError::Store(error) => {
            tracing::error!(%error, "the store refused an operation");
            not_durable()
        }
        CatalogError::Damaged { .. } => {
            tracing::error!(%error, "a stored record is damaged");
            ServiceError::internal("The stored data could not be read.")
        }
    }
}

/// What the log answers to a change.
pub(crate) fn from_log(error: &LogError) -> ServiceError {
    tracing::error!(%error, "the log refused a change");
    not_durable()
}

/// What the log answers to an append.
pub(crate) fn from_append(error: &AppendError) -> ServiceError {
    tracing::error!(%error, "records could not be appended");
    not_durable()
}

/// What the log answers to a read.
pub(crate) fn from_read(error: &ReadError) -> ServiceError {
    if matches!(error, ReadError::Deleted) {
        return not_found("The stream was deleted.");
    }
    tracing::error!(%error, "records could not be read");
    ServiceError::internal("The stored records could not be read.")
}

/// What the share of a shard answers to a queue.
pub(crate) fn from_share(error: &ShareError, queue: &QueueArn) -> ServiceError {
    if matches!(error, ShareError::NoSuchShare) {
        return queue_not_found(queue);
    }
    tracing::error!(%error, %queue, "the records of a queue could not be shared");
    not_durable()
}

fn not_durable() -> ServiceError {
    ServiceError::unavailable("The request could not be made durable. Try again later.")
}

/// The refusals of a change of streams or of the catalog.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// By this door.
    Refused(ServiceError),
    /// By the list of streams.
    Streams(StreamsError),
}

impl Refusal {
    /// The answer to a request about a stream.
    pub(crate) fn about(self, stream: &StreamArn) -> ServiceError {
        match self {
            Refusal::Refused(error) => error,
            Refusal::Streams(error) => from_streams(error, stream),
        }
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Refusal::Refused(error)
    }
}

impl From<StreamsError> for Refusal {
    fn from(error: StreamsError) -> Self {
        Refusal::Streams(error)
    }
}

impl From<CatalogError> for Refusal {
    fn from(error: CatalogError) -> Self {
        Refusal::Refused(from_catalog(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_java_does() {
        assert_eq!(java_date(1_421_889_722_000), "Thu Jan 22 01:22:02 UTC 2015");
    }
}
