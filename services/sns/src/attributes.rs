//! Attributes of topics and subscriptions: what can be set, and how it is checked.

pub(crate) mod archive;
pub(crate) mod redrive;
pub(crate) mod subscription;
pub(crate) mod topic;

use ninefold_protocol::ServiceError;

use crate::errors;

/// Checks `true` or `false`, in any case; AWS keeps it in lower case.
fn flag(name: &str, value: &str) -> Result<String, ServiceError> {
    match value.to_ascii_lowercase().as_str() {
        flag @ ("true" | "false") => Ok(flag.to_owned()),
        _ => Err(errors::invalid_for(
            name,
            format_args!("{name}: Invalid value [{value}]. Must be true or false."),
        )),
    }
}
