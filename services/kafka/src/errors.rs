//! Every error of the door, with AWS's codes and words.

use ninefold_catalog::CatalogError;
use ninefold_protocol::ServiceError;

use crate::host::HostError;

/// An error of MSK's model.
fn modelled(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::modelled(ninefold_model::kafka(), code, message)
}

pub(crate) fn bad_request(message: impl Into<String>) -> ServiceError {
    modelled("BadRequestException", message)
}

/// `BadRequestException` that names the parameter.
pub(crate) fn invalid(parameter: &'static str, message: impl Into<String>) -> ServiceError {
    bad_request(message).with_member("invalidParameter", parameter)
}

pub(crate) fn invalid_characters(parameter: &'static str) -> ServiceError {
    invalid(
        parameter,
        "The parameter value contains one or more characters that are not valid.",
    )
}

pub(crate) fn not_found() -> ServiceError {
    modelled("NotFoundException", "The requested resource doesn't exist.")
}

/// What a missing configuration is answered with: no `NotFoundException`, as clients expect.
pub(crate) fn configuration_does_not_exist() -> ServiceError {
    bad_request("Configuration ARN does not exist.")
}

pub(crate) fn name_exists() -> ServiceError {
    modelled("ConflictException", "A resource with this name already exists.")
}

pub(crate) fn conflict(message: impl Into<String>) -> ServiceError {
    modelled("ConflictException", message)
}

/// Nothing would change.
pub(crate) fn no_updates(of: &str) -> ServiceError {
    bad_request(format!(
        "The request does not include any updates to the {of} of the cluster. Verify the request, then try again."
    ))
}

pub(crate) fn version_is_not_current() -> ServiceError {
    invalid(
        "currentVersion",
        "The version of the cluster isn't current. Check the current version and try again.",
    )
}

pub(crate) fn wrong_state(states: &str) -> ServiceError {
    bad_request(format!(
        "This operation is only valid for resources that are in one of the following states :[{states}]"
    ))
}

pub(crate) fn limit_exceeded(what: &str, limit: usize) -> ServiceError {
    bad_request(format!("The account can have no more than {limit} {what}."))
}

/// What MSK can do and this server can't.
pub(crate) fn not_here(why: &str) -> ServiceError {
    bad_request(why)
}

/// What the host answers.
pub(crate) fn from_host(error: HostError) -> ServiceError {
    let code = match &error {
        HostError::Refused(_) | HostError::Invalid(_) => "BadRequestException",
        HostError::TopicExists(_) => "TopicExistsException",
        HostError::UnknownTopic => "UnknownTopicOrPartitionException",
        HostError::Unreachable => "ClusterConnectivityException",
        HostError::TimedOut => "KafkaTimeoutException",
        HostError::Failed(_) => "KafkaRequestException",
    };
    modelled(code, error.to_string())
}

/// What the catalog answers.
pub(crate) fn from_catalog(error: CatalogError) -> ServiceError {
    match error {
        CatalogError::Store(error) => {
            tracing::error!(%error, "the store refused an operation");
            modelled(
                "ServiceUnavailableException",
                "The request could not be made durable. Try again later.",
            )
        }
        CatalogError::Damaged { .. } => {
            tracing::error!(%error, "a stored record is damaged");
            modelled(
                "InternalServerErrorException",
                "The stored data could not be read.",
            )
        }
    }
}

/// The refusals of a change of the catalog.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) ServiceError);

impl From<CatalogError> for Refusal {
    fn from(error: CatalogError) -> Self {
        Refusal(from_catalog(error))
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        Refusal(error)
    }
}

impl From<Refusal> for ServiceError {
    fn from(refusal: Refusal) -> Self {
        refusal.0
    }
}
