//! PurgeQueue.

use std::borrow::Cow;

use ninefold_protocol::{CallContext, ServiceError};
use serde::Deserialize;

use crate::SqsDoor;
use crate::errors;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PurgeQueueInput<'a> {
    queue_url: Cow<'a, str>,
}

pub(crate) async fn purge(
    door: &SqsDoor,
    context: &CallContext,
    input: PurgeQueueInput<'_>,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:PurgeQueue")?;
    if !door.cool_downs.try_purge(target.queue.number(), door.clock.now()) {
        let message = format!(
            "Only one PurgeQueue operation on {} is allowed every 60 seconds.",
            target.address.name
        );
        return Err(errors::modelled("PurgeQueueInProgress", message));
    }
    target.queue.purge().await.map_err(errors::from_queue)
}
