//! Every error of the door, with AWS's codes and words.

use std::fmt::Display;

use ninefold_protocol::ServiceError;
use ninefold_queue::{DeleteError, LeaseError, QueueError};

/// An error of SQS's model.
pub(crate) fn modelled(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::modelled(ninefold_model::sqs(), code, message)
}

pub(crate) fn queue_does_not_exist() -> ServiceError {
    modelled("QueueDoesNotExist", "The specified queue does not exist.")
}

pub(crate) fn missing_parameter(name: &str) -> ServiceError {
    ServiceError::missing_parameter(format!("The request must contain the parameter {name}."))
}

pub(crate) fn invalid_parameter(message: impl Into<String>) -> ServiceError {
    ServiceError::invalid_parameter_value(message)
}

/// `Value VALUE for parameter NAME is invalid. Reason: REASON`
pub(crate) fn invalid_value(value: impl Display, name: &str, reason: &str) -> ServiceError {
    invalid_parameter(format!("Value {value} for parameter {name} is invalid. Reason: {reason}"))
}

pub(crate) fn invalid_attribute_name(name: &str) -> ServiceError {
    modelled("InvalidAttributeName", format!("Unknown Attribute {name}."))
}

pub(crate) fn invalid_attribute_value(name: &str) -> ServiceError {
    modelled("InvalidAttributeValue", format!("Invalid value for the parameter {name}."))
}

pub(crate) fn unsupported_operation(message: impl Into<String>) -> ServiceError {
    modelled("UnsupportedOperation", message)
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
        QueueError::RedriveRunning => unsupported_operation(
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
        LeaseError::NotInFlight => modelled(
            "MessageNotInflight",
            format!(
                "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not \
                 available for visibility timeout change."
            ),
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
