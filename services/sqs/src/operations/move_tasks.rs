//! StartMessageMoveTask, CancelMessageMoveTask and ListMessageMoveTasks: the engine's redrives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ninefold_protocol::{CallContext, ServiceError};
use ninefold_queue::{Queue, QueueKey, RedriveDestination, RedriveId, RedriveReport, RedriveState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::SqsDoor;
use crate::address::QueueAddress;
use crate::door::Target;
use crate::errors;
use crate::limits::{LISTED_MOVE_TASKS, MOVES_PER_SECOND};
use crate::operations::queues::{address_of, dead_letter_sources};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StartMessageMoveTaskInput {
    source_arn: String,
    destination_arn: Option<String>,
    max_number_of_messages_per_second: Option<i64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StartMessageMoveTaskOutput {
    task_handle: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CancelMessageMoveTaskInput {
    task_handle: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CancelMessageMoveTaskOutput {
    approximate_number_of_messages_moved: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListMessageMoveTasksInput {
    source_arn: String,
    max_results: Option<i64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListMessageMoveTasksOutput {
    results: Vec<MoveTask>,
}

/// A task as it is listed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MoveTask {
    #[serde(skip_serializing_if = "Option::is_none")]
    task_handle: Option<String>,
    status: &'static str,
    source_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_number_of_messages_per_second: Option<u32>,
    approximate_number_of_messages_moved: u64,
    approximate_number_of_messages_to_move: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    started_timestamp: u64,
}

/// What a client cancels a task with: base64 of this as JSON.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskHandle {
    task_id: String,
    source_arn: String,
}

pub(crate) async fn start(
    door: &SqsDoor,
    context: &CallContext,
    input: StartMessageMoveTaskInput,
) -> Result<StartMessageMoveTaskOutput, ServiceError> {
    let source = source(door, context, &input.source_arn, "sqs:StartMessageMoveTask")?;
    let rate = input
        .max_number_of_messages_per_second
        .map(check_rate)
        .transpose()?;
    let origins = dead_letter_sources(door, &source);
    if origins.is_empty() {
        return Err(errors::invalid_parameter(
            "Source queue must be configured as a Dead Letter Queue.",
        ));
    }
    for action in ["sqs:ReceiveMessage", "sqs:DeleteMessage"] {
        context.authorize(action, &source.address.arn(), source.settings.policy.as_deref())?;
    }
    let destination = match &input.destination_arn {
        Some(arn) => RedriveDestination::Queue(check_destination(door, context, &source, arn)?),
        None => {
            for origin in origins {
                authorize_sending(door, context, &origin)?;
            }
            RedriveDestination::Origin
        }
    };
    let id = uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
    let started = door
        .engine
        .start_redrive(RedriveId(id.as_u128()), &source.queue, destination, rate);
    started.await.map_err(errors::from_queue)?;
    Ok(StartMessageMoveTaskOutput {
        task_handle: TaskHandle::new(id, source.address.arn()).encode(),
    })
}

pub(crate) async fn cancel(
    door: &SqsDoor,
    context: &CallContext,
    input: CancelMessageMoveTaskInput,
) -> Result<CancelMessageMoveTaskOutput, ServiceError> {
    let (id, source_arn) = TaskHandle::decode(&input.task_handle)
        .ok_or_else(|| errors::invalid_parameter("Value for parameter TaskHandle is invalid."))?;
    let source = source(door, context, &source_arn, "sqs:CancelMessageMoveTask")?;
    // Whoever may cancel tasks of one source must not reach those of another by its handle.
    let is_of_source = |report: RedriveReport| report.source == *source.queue.key();
    if !door.engine.redrive(id).is_some_and(is_of_source) {
        return Err(errors::from_queue(ninefold_queue::QueueError::NoSuchRedrive));
    }
    let moved = door.engine.cancel_redrive(id).await.map_err(errors::from_queue)?;
    Ok(CancelMessageMoveTaskOutput {
        approximate_number_of_messages_moved: moved,
    })
}

pub(crate) fn list(
    door: &SqsDoor,
    context: &CallContext,
    input: ListMessageMoveTasksInput,
) -> Result<ListMessageMoveTasksOutput, ServiceError> {
    let source = source(door, context, &input.source_arn, "sqs:ListMessageMoveTasks")?;
    let limit = input.max_results.map_or(Ok(1), check_limit)?;
    let reports = door.engine.redrives(source.queue.key(), limit);
    Ok(ListMessageMoveTasksOutput {
        results: reports
            .into_iter()
            .map(|report| MoveTask::of(report, &source.address))
            .collect(),
    })
}

/// The source queue of a task.
fn source(door: &SqsDoor, context: &CallContext, arn: &str, action: &str) -> Result<Target, ServiceError> {
    target(door, context, arn, action, "SourceArn")
}

/// The queue of an ARN that parameter `name` gives.
fn target(
    door: &SqsDoor,
    context: &CallContext,
    arn: &str,
    action: &str,
    name: &str,
) -> Result<Target, ServiceError> {
    let missing = || {
        errors::resource_not_found(format!(
            "The resource that you specified for the {name} parameter doesn't exist."
        ))
    };
    let address = QueueAddress::from_arn(arn)
        .filter(|address| address.region == context.region)
        .ok_or_else(missing)?;
    door.target_at(context, address, action)
        .map_err(|error| match &*error.code {
            "QueueDoesNotExist" => missing(),
            _ => error,
        })
}

/// Finds the destination, where the caller must be allowed to send.
fn check_destination(
    door: &SqsDoor,
    context: &CallContext,
    source: &Target,
    arn: &str,
) -> Result<QueueKey, ServiceError> {
    let destination = target(door, context, arn, "sqs:SendMessage", "DestinationArn")?;
    if destination.queue.number() == source.queue.number() {
        return Err(errors::invalid_parameter(
            "Source queue and destination queue must not be the same.",
        ));
    }
    if destination.settings.is_fifo != source.settings.is_fifo {
        let message = "Source queue and destination queue must be of the same type.";
        return Err(errors::invalid_parameter(message));
    }
    Ok(destination.queue.key().clone())
}

fn authorize_sending(door: &SqsDoor, context: &CallContext, queue: &Queue) -> Result<(), ServiceError> {
    let settings = door.settings.of(queue)?;
    context.authorize(
        "sqs:SendMessage",
        &address_of(queue).arn(),
        settings.policy.as_deref(),
    )
}

fn check_rate(rate: i64) -> Result<u32, ServiceError> {
    match u32::try_from(rate) {
        Ok(rate) if MOVES_PER_SECOND.contains(&rate) => Ok(rate),
        _ => Err(errors::invalid_value(
            rate,
            "MaxNumberOfMessagesPerSecond",
            "MaxNumberOfMessagesPerSecond must be an integer between 1 and 500.",
        )),
    }
}

fn check_limit(limit: i64) -> Result<usize, ServiceError> {
    match usize::try_from(limit) {
        Ok(limit) if (1..=LISTED_MOVE_TASKS).contains(&limit) => Ok(limit),
        _ => Err(errors::invalid_value(
            limit,
            "MaxResults",
            "MaxResults must be an integer between 1 and 10.",
        )),
    }
}

impl MoveTask {
    fn of(report: RedriveReport, source: &QueueAddress) -> Self {
        let destination_arn = match &report.destination {
            RedriveDestination::Origin => None,
            RedriveDestination::Queue(key) => QueueAddress::from_key(key).map(|address| address.arn()),
        };
        // Nobody needs the handle of a task that can't be cancelled.
        let task_handle = (report.state == RedriveState::Running)
            .then(|| TaskHandle::new(Uuid::from_u128(report.id.0), source.arn()).encode());
        MoveTask {
            task_handle,
            status: status(report.state),
            source_arn: source.arn(),
            destination_arn,
            max_number_of_messages_per_second: report.rate_per_second,
            approximate_number_of_messages_moved: report.moved,
            approximate_number_of_messages_to_move: report.to_move,
            failure_reason: report.failure,
            started_timestamp: report.started_at.as_millis(),
        }
    }
}

fn status(state: RedriveState) -> &'static str {
    match state {
        RedriveState::Running => "RUNNING",
        RedriveState::Completed => "COMPLETED",
        RedriveState::Cancelling => "CANCELLING",
        RedriveState::Cancelled => "CANCELLED",
        RedriveState::Failed => "FAILED",
    }
}

impl TaskHandle {
    fn new(id: Uuid, source_arn: String) -> Self {
        TaskHandle {
            task_id: id.hyphenated().to_string(),
            source_arn,
        }
    }

    fn encode(&self) -> String {
        STANDARD.encode(serde_json::to_vec(self).expect("strings are always JSON"))
    }

    /// The task's id, and the ARN of its source.
    fn decode(text: &str) -> Option<(RedriveId, String)> {
        let json = STANDARD.decode(text).ok()?;
        let handle: TaskHandle = serde_json::from_slice(&json).ok()?;
        let id = Uuid::try_parse(&handle.task_id).ok()?;
        Some((RedriveId(id.as_u128()), handle.source_arn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sqs:eu-central-1:123456789012:dead";

    #[test]
    fn handles_read_back() {
        let id = Uuid::from_u128(0x0011_2233_4455_4677_8899_aabb_ccdd_eeff);
        let text = TaskHandle::new(id, ARN.to_owned()).encode();
        let json = String::from_utf8(STANDARD.decode(&text).unwrap()).unwrap();
        let expected = format!(r#"{{"taskId":"00112233-4455-4677-8899-aabbccddeeff","sourceArn":"{ARN}"}}"#);
        assert_eq!(json, expected);
        assert_eq!(
            TaskHandle::decode(&text),
            Some((RedriveId(id.as_u128()), ARN.to_owned()))
        );
        let nonsense = ["", "*", "e30=", &STANDARD.encode(json.replace("00112233", "0"))];
        for text in nonsense {
            assert_eq!(TaskHandle::decode(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_checked() {
        for rate in [1, 500] {
            assert_eq!(check_rate(rate).unwrap(), u32::try_from(rate).unwrap());
        }
        for rate in [i64::MIN, -1, 0, 501, i64::MAX] {
            assert_eq!(
                check_rate(rate).unwrap_err().query_code(),
                "InvalidParameterValue"
            );
        }
        for limit in [1, 10] {
            assert_eq!(check_limit(limit).unwrap(), usize::try_from(limit).unwrap());
        }
        for limit in [i64::MIN, -1, 0, 11, i64::MAX] {
            assert_eq!(
                check_limit(limit).unwrap_err().query_code(),
                "InvalidParameterValue"
            );
        }
    }
}
