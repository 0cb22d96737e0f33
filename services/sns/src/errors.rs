//! Every error of the door, with AWS's codes and words.

use ninefold_catalog::CatalogError;
use ninefold_delivery::DeliveryError;
use ninefold_protocol::ServiceError;

/// An error of SNS's model.
pub(crate) fn modelled(code: &'static str, message: impl Into<String>) -> ServiceError {
    ServiceError::modelled(ninefold_model::sns(), code, message)
}

/// `Invalid parameter: WHAT`
pub(crate) fn invalid_parameter(what: impl std::fmt::Display) -> ServiceError {
    modelled("InvalidParameterException", format!("Invalid parameter: {what}"))
}

/// `Invalid parameter: NAME Reason: REASON`
pub(crate) fn invalid_for(name: &str, reason: impl std::fmt::Display) -> ServiceError {
    invalid_parameter(format_args!("{name} Reason: {reason}"))
}

/// What is wrong with one of several attributes: `Invalid parameter: Attributes Reason: REASON`
pub(crate) fn among_attributes(mut error: ServiceError) -> ServiceError {
    if let Some(what) = error.message.strip_prefix("Invalid parameter: ") {
        error.message = format!("Invalid parameter: Attributes Reason: {what}");
    }
    error
}

pub(crate) fn topic_does_not_exist() -> ServiceError {
    modelled("NotFoundException", "Topic does not exist")
}

pub(crate) fn subscription_does_not_exist() -> ServiceError {
    modelled("NotFoundException", "Subscription does not exist")
}

pub(crate) fn resource_does_not_exist() -> ServiceError {
    modelled("ResourceNotFoundException", "Resource does not exist")
}

/// What is denied has a code of its own here.
pub(crate) fn in_own_words(error: ServiceError) -> ServiceError {
    match &*error.code {
        "AccessDeniedException" => modelled("AuthorizationErrorException", error.message),
        _ => error,
    }
}

/// Text that is no ARN at all.
pub(crate) fn not_an_arn(name: &str, text: &str) -> ServiceError {
    let parts = text.split(':').count();
    if parts < 6 {
        return invalid_for(
            name,
            format_args!("An ARN must have at least 6 elements, not {parts}"),
        );
    }
    invalid_parameter(name)
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
