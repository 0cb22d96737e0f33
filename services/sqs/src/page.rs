//! Pages of lists of queues.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ninefold_protocol::ServiceError;
use serde::Deserialize;

use crate::address::{QueueAddress, is_valid_name};
use crate::errors;
use crate::limits::PAGE;

/// What a request says of the page it wants.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PageRequest {
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// A page: the queues after one of a name.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
    /// Only who names a limit is told how to go on.
    is_limited: bool,
}

impl Page {
    pub(crate) fn check(request: &PageRequest) -> Result<Self, ServiceError> {
        Ok(Page {
            after: request.next_token.as_deref().map(read_token).transpose()?,
            limit: request.max_results.map_or(Ok(PAGE), check_limit)?,
            is_limited: request.max_results.is_some(),
        })
    }

    /// The first of these addresses, as many as the page takes, and the token for those that follow.
    pub(crate) fn of(
        &self,
        mut addresses: impl Iterator<Item = QueueAddress>,
    ) -> (Vec<QueueAddress>, Option<String>) {
        let page: Vec<QueueAddress> = addresses.by_ref().take(self.limit).collect();
        let has_more = self.is_limited && addresses.next().is_some();
        let last = page.last().filter(|_| has_more);
        let token = last.map(|address| URL_SAFE_NO_PAD.encode(&address.name));
        (page, token)
    }
}

fn read_token(token: &str) -> Result<String, ServiceError> {
    let name = URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    name.filter(|name| is_valid_name(name))
        .ok_or_else(|| errors::invalid_parameter("Invalid or expired next token."))
}

fn check_limit(limit: i64) -> Result<usize, ServiceError> {
    match usize::try_from(limit) {
        Ok(limit) if (1..=PAGE).contains(&limit) => Ok(limit),
        _ => {
            let reason = format!("MaxResults must be an integer between 1 and {PAGE}.");
            Err(errors::invalid_value(limit, "MaxResults", &reason))
        }
    }
}
