//! Every error of the door, with AWS's codes and words.

use ninefold_catalog::CatalogError;
use ninefold_delivery::DeliveryError;
use ninefold_protocol::ServiceError;

use crate::arn::{BusArn, RuleArn};

/// An error of EventBridge's model.
pub(crate) fn modelled(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::modelled(ninefold_model::events(), code, message)
}

/// `ValidationException`, which the model doesn't know.
pub(crate) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::validation(message)
}

/// `Parameter NAME is not valid.`
pub(crate) fn invalid_parameter(name: &str) -> ServiceError {
    invalid(format!("Parameter {name} is not valid."))
}

/// `Parameter NAME is not valid. Reason: REASON`
pub(crate) fn invalid_because(name: &str, reason: impl std::fmt::Display) -> ServiceError {
    invalid(format!("Parameter {name} is not valid. Reason: {reason}"))
}

pub(crate) fn not_found(message: impl Into<String>) -> ServiceError {
    modelled("ResourceNotFoundException", message)
}

pub(crate) fn already_exists(what: &str, name: &str) -> ServiceError {
    modelled(
        "ResourceAlreadyExistsException",
        format!("{what} {name} already exists."),
    )
}

pub(crate) fn limit_exceeded() -> ServiceError {
    modelled(
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
    )
}

pub(crate) fn bus_does_not_exist(bus: &BusArn) -> ServiceError {
    not_found(format!("Event bus {} does not exist.", bus.name))
}

pub(crate) fn rule_does_not_exist(rule: &RuleArn) -> ServiceError {
    not_found(format!(
        "Rule {} does not exist on EventBus {}.",
        rule.name, rule.bus.name
    ))
}

pub(crate) fn rule_is_managed(rule: &RuleArn) -> ServiceError {
    modelled(
        "ManagedRuleException",
        format!(
            "Rule {} is managed by an AWS service and can only be modified if force is specified.",
            rule.name
        ),
    )
}

pub(crate) fn invalid_pattern(reason: impl std::fmt::Display) -> ServiceError {
    modelled(
        "InvalidEventPatternException",
        format!("Event pattern is not valid. Reason: {reason}"),
    )
}

/// What is denied is a bad request here.
pub(crate) fn in_own_words(error: ServiceError) -> ServiceError {
    match &*error.code {
        "AccessDeniedException" => ServiceError { status: 400, ..error },
        _ => error,
    }
}

/// What the catalog answers.
pub(crate) fn from_catalog(error: CatalogError) -> ServiceError {
    match error {
        CatalogError::Store(error) => {
            tracing::error!(%error, "the store refused an operation");
            ServiceError::unavailable("The request could not be made durable. Try again later.")
        }
        CatalogError::Damaged { .. } => {
            tracing::error!(%error, "a stored record is damaged");
            ServiceError::internal("The stored data could not be read.")
        }
    }
}

/// What the delivery engine answers.
pub(crate) fn from_delivery(error: DeliveryError) -> ServiceError {
    tracing::error!(%error, "deliveries could not be accepted");
    ServiceError::unavailable("The request could not be made durable. Try again later.")
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
