//! The attribute `Policy`: who may do what with a queue.

use ninefold_policy::{Policy, PolicyKind};
use ninefold_protocol::ServiceError;

use crate::errors;

/// Bytes of a queue's policy.
///
/// Source: [Amazon SQS policy quotas](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html).
const BYTES: usize = 8_192;
/// Statements of a queue's policy.
const STATEMENTS: usize = 20;

/// Checks a policy that is to be set.
pub(super) fn check(json: &str) -> Result<(), ServiceError> {
    let policy = Policy::parse(json, PolicyKind::Resource)
        .map_err(|error| errors::invalid_attribute_value("Policy", Some(&error.to_string())))?;
    check_size(&policy)
}

/// Checks that a policy is not larger than a queue's may be.
pub(crate) fn check_size(policy: &Policy) -> Result<(), ServiceError> {
    let bytes = policy.to_json().len();
    for (found, limit, what) in [
        (policy.statement_count(), STATEMENTS, "Statements"),
        (bytes, BYTES, "Bytes"),
    ] {
        if found > limit {
            return Err(over_limit(found, limit, what));
        }
    }
    Ok(())
}

pub(crate) fn over_limit(found: usize, limit: usize, what: &str) -> ServiceError {
    let message = format!("{found} {what} were found, maximum allowed is {limit}.");
    errors::modelled("OverLimit", message)
}
