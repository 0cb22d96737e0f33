//! What other services of the server push to streams: PutRecords, of any number of records.

use std::sync::Arc;

use ninefold_protocol::{BoxFuture, CallContext, Push, PushTarget, ServiceError};
use uuid::Uuid;

use crate::KinesisDoor;
use crate::arn::StreamArn;
use crate::errors;
use crate::limits::PARTITION_KEY_CHARACTERS;
use crate::putting::{NotPut, Putting, hash_key};
use crate::record::Distribution;
use crate::stream::StreamView;

impl PushTarget for KinesisDoor {
    fn check(&self, arn: &str, _: &Push<'_>) -> Result<(), String> {
        let is_stream = StreamArn::parse(arn).is_some();
        is_stream
            .then_some(())
            .ok_or_else(|| "it is not the ARN of a stream".to_owned())
    }

    fn push<'a>(
        &'a self,
        context: CallContext,
        arn: &'a str,
        pushes: &'a [Push<'a>],
    ) -> BoxFuture<'a, Vec<Result<(), ServiceError>>> {
        Box::pin(async move {
            let view = StreamArn::parse(arn)
                .ok_or_else(|| errors::not_found(format!("{arn} is not the ARN of a stream.")))
                .and_then(|arn| self.stream_at(&context, &arn, "kinesis:PutRecords"));
            match view {
                Ok(view) => put(self, &view, pushes).await,
                Err(error) => vec![Err(error); pushes.len()],
            }
        })
    }
}

async fn put(
    door: &KinesisDoor,
    view: &Arc<StreamView>,
    pushes: &[Push<'_>],
) -> Vec<Result<(), ServiceError>> {
    let mut putting = Putting::new(door, Arc::clone(view), pushes.len());
    let mut refused = vec![None; pushes.len()];
    for (place, push) in pushes.iter().enumerate() {
        refused[place] = add(view, place, push, &mut putting).err();
    }
    let outcomes = putting.run(door).await;
    let outcomes = outcomes.into_iter().zip(refused);
    outcomes
        .map(|(outcome, refused)| match (refused, outcome) {
            (Some(error), _) => Err(error),
            (None, Ok(_)) => Ok(()),
            (None, Err(NotPut::Throttled(shard))) => Err(errors::throttled(shard, &view.arn)),
            (None, Err(NotPut::Failed(error))) => Err(error),
        })
        .collect()
}

/// Adds what is pushed. What names no partition key, or a useless one, gets a random one, as whatever is ordered by nothing.
fn add(view: &StreamView, place: usize, push: &Push<'_>, putting: &mut Putting) -> Result<(), ServiceError> {
    let is_key = |key: &&str| (1..=PARTITION_KEY_CHARACTERS).contains(&key.chars().count());
    let named = push.partition_key.or(push.group).filter(is_key);
    let random = Uuid::from_u128(fastrand::u128(..)).to_string();
    let key = named.unwrap_or(&random).as_bytes();
    let limit_bytes = view.settings.largest_record_kib as usize * 1_024;
    if key.len() + push.body.len() > limit_bytes {
        return Err(errors::invalid_argument(format!(
            "The record is larger than the {limit_bytes} bytes that stream {} takes.",
            view.arn.name
        )));
    }
    let hash_key = match view.settings.distribution {
        Distribution::Auto => fastrand::u128(..),
        Distribution::UserPartitionKey => hash_key(key),
    };
    putting.add(place, hash_key, Some(key), push.body.as_bytes())
}
