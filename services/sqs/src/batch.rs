//! What batch operations have in common: entries with ids, and an answer for each.

use std::borrow::Cow;
use std::collections::HashSet;

use ninefold_model::Fault;
use ninefold_protocol::ServiceError;
use serde::Serialize;

use crate::errors;
use crate::limits::{BATCH_ENTRIES, BATCH_ID_CHARACTERS};

/// The answer to a batch.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BatchOutput<T> {
    pub(crate) successful: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) failed: Vec<BatchFailure>,
}

/// An entry that failed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BatchFailure {
    id: String,
    sender_fault: bool,
    code: String,
    message: String,
}

impl BatchFailure {
    pub(crate) fn new(id: String, error: ServiceError) -> Self {
        BatchFailure {
            id,
            sender_fault: error.fault == Fault::Sender,
            code: error.query_code().to_owned(),
            message: error.message,
        }
    }
}

impl<T> BatchOutput<T> {
    /// The answer made of each entry's outcome.
    pub(crate) fn of(outcomes: impl IntoIterator<Item = (String, Result<T, ServiceError>)>) -> Self {
        let mut output = BatchOutput {
            successful: Vec::new(),
            failed: Vec::new(),
        };
        for (id, outcome) in outcomes {
            match outcome {
                Ok(entry) => output.successful.push(entry),
                Err(error) => output.failed.push(BatchFailure::new(id, error)),
            }
        }
        output
    }
}

/// Checks the number of entries of a batch operation, and their ids.
pub(crate) fn check_ids<'a>(
    ids: impl ExactSizeIterator<Item = &'a Cow<'a, str>>,
    operation: &str,
) -> Result<(), ServiceError> {
    let count = ids.len();
    if count == 0 {
        return Err(errors::empty_batch(operation));
    }
    if count > BATCH_ENTRIES {
        let message =
            format!("Maximum number of entries per request are {BATCH_ENTRIES}. You have sent {count}.");
        return Err(errors::modelled("TooManyEntriesInBatchRequest", message));
    }
    let mut seen = HashSet::with_capacity(count);
    for id in ids {
        if !is_valid_id(id) {
            let message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can \
                           be at most 80 letters long.";
            return Err(errors::modelled("InvalidBatchEntryId", message));
        }
        if !seen.insert(&**id) {
            return Err(errors::modelled(
                "BatchEntryIdsNotDistinct",
                format!("Id {id} repeated."),
            ));
        }
    }
    Ok(())
}

fn is_valid_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=BATCH_ID_CHARACTERS).contains(&id.len()) && id.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ids: &[&'static str]) -> Result<(), String> {
        let ids: Vec<Cow<'static, str>> = ids.iter().map(|id| Cow::Borrowed(*id)).collect();
        check_ids(ids.iter(), "SendMessageBatch").map_err(|error| error.code.into_owned())
    }

    #[test]
    fn ids_are_checked() {
        assert_eq!(check(&["1", "b-_Z"]), Ok(()));
        for (ids, code) in [
            (&[][..], "EmptyBatchRequest"),
            (&["1"; 11][..], "TooManyEntriesInBatchRequest"),
            (&["1", "1"][..], "BatchEntryIdsNotDistinct"),
            (&[""][..], "InvalidBatchEntryId"),
            (&["a b"][..], "InvalidBatchEntryId"),
        ] {
            assert_eq!(check(ids), Err(code.to_owned()), "{ids:?}");
        }
    }
}
