//! Every error of the door, with AWS's codes and words.

use std::fmt::Display;

use ninefold_protocol::{Protocol, ServiceError};
use ninefold_queue::{DeleteError, LeaseError, QueueError};

/// An error of SQS's model.
pub(crate) fn modelled(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::modelled(ninefold_model::sqs(), code, message)
}

pub(crate) fn queue_does_not_exist() -> ServiceError {
    modelled("QueueDoesNotExist", "The specified queue does not exist.")
}

/// The error as AWS words it in a protocol: the older one has kept an older text.
pub(crate) fn in_words_of(protocol: Protocol, mut error: ServiceError) -> ServiceError {
    if protocol == Protocol::Query && error.code == "QueueDoesNotExist" {
        error.message = "The specified queue does not exist for this wsdl version.".to_owned();
    }
    error
}

pub(crate) fn missing_parameter(name: &str) -> ServiceError {
    ServiceError::missing_parameter(format!("The request must contain the parameter {name}."))
}

/// A batch operation without entries.
pub(crate) fn empty_batch(operation: &str) -> ServiceError {
    let message = format!("There should be at least one {operation}RequestEntry in the request.");
    modelled("EmptyBatchRequest", message)
}

pub(crate) fn invalid_parameter(message: impl Into<String>) -> ServiceError {
    ServiceError::invalid_parameter_value(message)
}

/// `Value VALUE for parameter NAME is invalid. Reason: REASON`
pub(crate) fn invalid_value(value: impl Display, name: &str, reason: &str) -> ServiceError {
    invalid_parameter(format!(
        "Value {value} for parameter {name} is invalid. Reason: {reason}"
    ))
}

pub(crate) fn invalid_attribute_name(name: &str) -> ServiceError {
    modelled("InvalidAttributeName", format!("Unknown Attribute {name}."))
}

pub(crate) fn invalid_attribute_value(name: &str, reason: Option<&str>) -> ServiceError {
    let reason = reason.map_or_else(String::new, |reason| format!(" Reason: {reason}"));
    let message = format!("Invalid value for the parameter {name}.{reason}");
    modelled("InvalidAttributeValue", message)
}

pub(crate) fn two_encryptions() -> ServiceError {
    modelled(
        "InvalidAttributeName",
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    )
}

/// A queue of this name has this attribute otherwise than was asked for.
pub(crate) fn queue_name_exists(attribute: &str) -> ServiceError {
    let message =
        format!("A queue already exists with the same name and a different value for attribute {attribute}");
    modelled("QueueNameExists", message)
}

pub(crate) fn queue_deleted_recently() -> ServiceError {
    modelled(
        "QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
    )
}

pub(crate) fn resource_not_found(message: impl Into<String>) -> ServiceError {
    modelled("ResourceNotFoundException", message)
}

pub(crate) fn receipt_handle_is_invalid(handle: &str) -> ServiceError {
    let message = format!("The input receipt handle \"{handle}\" is not a valid receipt handle.");
    modelled("ReceiptHandleIsInvalid", message)
}

/// What the engine answers, outside of receipts.
pub(crate) fn from_queue(error: QueueError) -> ServiceError {
    match error {
        QueueError::NoSuchQueue => queue_does_not_exist(),
        QueueError::Exists => modelled(
            "QueueNameExists",
            "A queue already exists with the same name and a different value for one or more attributes",
        ),
        QueueError::InFlightLimit => modelled(
            "OverLimit",
            "The maximum number of in flight messages is reached: delete messages before receiving more.",
        ),
        QueueError::RedriveRunning => invalid_parameter(
            "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        ),
        QueueError::NoSuchRedrive => resource_not_found("Task does not exist."),
        QueueError::Store(error) => {
            tracing::error!(%error, "the store refused an operation");
            ServiceError::unavailable("The request could not be made durable. Try again later.")
        }
        QueueError::Damaged(record) => {
            tracing::error!(record, "a stored record is damaged");
            ServiceError::internal("The stored data could not be read.")
        }
    }
}

/// Why a message could not be deleted.
pub(crate) fn from_delete(error: DeleteError, handle: &str) -> ServiceError {
    match error {
        DeleteError::Expired => expired_receipt_handle(handle),
        DeleteError::Queue(error) => from_queue(error),
    }
}

/// Why a visibility timeout could not be changed.
pub(crate) fn from_lease(error: LeaseError, handle: &str, seconds: u32) -> ServiceError {
    match error {
        LeaseError::NotInFlight => modelled("MessageNotInflight", "The specified message isn't in flight."),
        LeaseError::NoSuchMessage => invalid_value(
            handle,
            "ReceiptHandle",
            "Message does not exist or is not available for visibility timeout change.",
        ),
        LeaseError::Expired => expired_receipt_handle(handle),
        LeaseError::TotalVisibilityExceeded => invalid_value(
            seconds,
            "VisibilityTimeout",
            "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].",
        ),
        LeaseError::Queue(error) => from_queue(error),
    }
}

fn expired_receipt_handle(handle: &str) -> ServiceError {
    invalid_value(handle, "ReceiptHandle", "The receipt handle has expired.")
}
