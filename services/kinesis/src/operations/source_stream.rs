//! The stream that a queue or a channel is of: how it is told of, and how lists are filtered by it.

use ninefold_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::StreamArn;

/// Which stream of that name it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StreamIdentifier {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_creation_timestamp: Timestamp,
}

impl StreamIdentifier {
    pub(super) fn of(stream: &StreamArn, created_at_milliseconds: u64) -> Self {
        StreamIdentifier {
            stream_arn: stream.to_string(),
            stream_creation_timestamp: whole_seconds(created_at_milliseconds),
        }
    }
}

/// Those of one stream; of all that ever had the name, if it isn't said when that was made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StreamFilter {
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_creation_timestamp: Option<Timestamp>,
}

impl StreamFilter {
    pub(super) fn takes(&self, stream: &StreamArn, created_at_milliseconds: u64) -> bool {
        let created_seconds = created_at_milliseconds / 1_000;
        let is_of_then =
            |timestamp: Timestamp| u64::try_from(timestamp.milliseconds() / 1_000) == Ok(created_seconds);
        StreamArn::parse(&self.stream_arn).as_ref() == Some(stream)
            && self.stream_creation_timestamp.is_none_or(is_of_then)
    }
}

/// A moment without its fraction, so that what was told of it finds it again.
pub(super) fn whole_seconds(milliseconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(i64::try_from(milliseconds / 1_000 * 1_000).unwrap_or(i64::MAX))
}
