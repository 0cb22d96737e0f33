//! Who calls.

use ninefold_model::Map;
use ninefold_protocol::{CallContext, Principal, PrincipalKind, ServiceError};

/// [GetCallerIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html): account, ARN and
/// id of the caller. Nobody needs a permission to ask.
///
/// # Errors
///
/// `MissingAuthenticationToken` when nobody signed the request.
pub(crate) fn get_caller_identity(context: &CallContext) -> Result<Map, ServiceError> {
    let principal = &context.principal;
    let id = user_id(principal)?;
    Ok(Map::from_iter([
        ("UserId", id),
        ("Account", principal.account.as_str()),
        ("Arn", &principal.arn),
    ]))
}

/// The id that goes with the kind of caller: the account's own number, or else what the ARN says after the type of
/// the principal.
fn user_id(principal: &Principal) -> Result<&str, ServiceError> {
    match principal.kind {
        PrincipalKind::Root => Ok(principal.account.as_str()),
        PrincipalKind::User | PrincipalKind::AssumedRole | PrincipalKind::Service => Ok(principal
            .arn
            .split_once('/')
            .map_or(principal.arn.as_str(), |(_, name)| name)),
        PrincipalKind::Anonymous => Err(ServiceError::common(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        )),
    }
}
