//! Making a stream, and what is to be known of its shards.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::request::KinesisEndpoint;
use crate::caller::{CallError, Caller};

/// How long a stream or a consumer may take to become active.
const ACTIVE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// Why a server can't be measured.
#[derive(Debug, thiserror::Error)]
pub enum KinesisError {
    /// A call that was refused.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A broken connection.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// An answer that is no JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// Something that doesn't become active.
    #[error("{0} is not active in time")]
    NotActive(String),
    /// An answer without what it should have.
    #[error("{operation} answered without {member}")]
    Missing {
        /// What was asked for.
        operation: &'static str,
        /// What is missing.
        member: &'static str,
    },
}

/// A stream's shards.
#[derive(Clone, Debug)]
pub struct Shards {
    /// The stream's ARN.
    pub stream_arn: String,
    /// Each shard's id, and the first hash key that is its.
    pub shards: Vec<(String, String)>,
}

/// Makes a stream, unless it is there, and waits until it is active.
///
/// # Errors
///
/// If the server refuses to, or takes too long.
pub fn create(endpoint: &KinesisEndpoint, name: &str, shards: usize) -> Result<Shards, KinesisError> {
    let mut caller = Caller::new(endpoint.address);
    let request = endpoint.request("CreateStream", &json!({"StreamName": name, "ShardCount": shards}));
    let (status, body) = caller.exchange(&request)?;
    if status != 200 && !String::from_utf8_lossy(&body).contains("ResourceInUseException") {
        return Err(CallError::unusable("CreateStream", &body).into());
    }
    let described = wait_until_active(
        &mut caller,
        name,
        "DescribeStream",
        &endpoint.request("DescribeStream", &json!({"StreamName": name})),
        "/StreamDescription",
    )?;
    let missing = |member| KinesisError::Missing {
        operation: "DescribeStream",
        member,
    };
    let listed = described["Shards"].as_array().ok_or_else(|| missing("Shards"))?;
    let shards = listed
        .iter()
        .map(|shard| {
            let id = shard["ShardId"].as_str()?;
            let first_key = shard["HashKeyRange"]["StartingHashKey"].as_str()?;
            Some((id.to_owned(), first_key.to_owned()))
        })
        .collect::<Option<Vec<_>>>();
    Ok(Shards {
        stream_arn: text(&described, "DescribeStream", "StreamARN")?,
        shards: shards.ok_or_else(|| missing("ShardId"))?,
    })
}

/// Asks until what an answer describes has the status `ACTIVE` of its kind; that description.
pub(super) fn wait_until_active(
    caller: &mut Caller,
    name: &str,
    operation: &'static str,
    request: &[u8],
    description: &str,
) -> Result<Value, KinesisError> {
    let deadline = Instant::now() + ACTIVE;
    loop {
        let answer: Value = serde_json::from_slice(&caller.call(operation, request)?)?;
        let described = answer.pointer(description).cloned().unwrap_or_default();
        let statuses = ["StreamStatus", "ConsumerStatus"];
        if statuses.iter().any(|status| described[status] == "ACTIVE") {
            return Ok(described);
        }
        if Instant::now() > deadline {
            return Err(KinesisError::NotActive(name.to_owned()));
        }
        // Nobody tells when a stream is active; until the deadline.
        thread::sleep(POLL);
    }
}

/// A member of an answer that is a string.
pub(super) fn text(
    answer: &Value,
    operation: &'static str,
    member: &'static str,
) -> Result<String, KinesisError> {
    let text = answer[member].as_str().map(str::to_owned);
    text.ok_or(KinesisError::Missing { operation, member })
}
