//! What can be tagged and shared: a stream, or a consumer of one.

use std::sync::Arc;

use ninefold_protocol::{CallContext, ServiceError};

use crate::KinesisDoor;
use crate::arn::{ConsumerArn, StreamArn};
use crate::errors;
use crate::operations::consumers::Consumer;
use crate::record::Tags;
use crate::stream::StreamView;

/// A resource that there is.
pub(crate) enum Resource {
    Stream(Arc<StreamView>),
    Consumer(Consumer),
}

impl Resource {
    /// The resource of an ARN, if the caller may do this to it.
    pub(crate) fn find(
        door: &KinesisDoor,
        context: &CallContext,
        arn: &str,
        action: &str,
    ) -> Result<Self, ServiceError> {
        if let Some(stream) = StreamArn::parse(arn) {
            return door.stream_at(context, &stream, action).map(Resource::Stream);
        }
        if let Some(consumer) = ConsumerArn::parse(arn) {
            return door.consumer(context, &consumer, action).map(Resource::Consumer);
        }
        context.authorize(action, &arn, None)?;
        Err(errors::not_found(format!("The resource {arn} was not found.")))
    }

    /// The stream that it is, or is of.
    pub(crate) fn stream(&self) -> &StreamArn {
        match self {
            Resource::Stream(view) => &view.arn,
            Resource::Consumer(consumer) => &consumer.arn.stream,
        }
    }

    pub(crate) fn tags(&self) -> &Tags {
        match self {
            Resource::Stream(view) => &view.settings.tags,
            Resource::Consumer(consumer) => &consumer.record.tags,
        }
    }

    pub(crate) fn policy(&self) -> Option<&str> {
        match self {
            Resource::Stream(view) => view.settings.policy.as_deref(),
            Resource::Consumer(consumer) => consumer.record.policy.as_deref(),
        }
    }

    /// Changes its tags by what they are now.
    pub(crate) async fn change_tags(
        &self,
        door: &KinesisDoor,
        change: impl FnOnce(&Tags) -> Result<Tags, ServiceError>,
    ) -> Result<(), ServiceError> {
        match self {
            Resource::Stream(view) => {
                door.change_settings(&view.arn, |settings| {
                    settings.tags = change(&settings.tags)?;
                    Ok(())
                })
                .await
            }
            Resource::Consumer(consumer) => {
                door.change_consumer(consumer, |record| {
                    record.tags = change(&record.tags)?;
                    Ok(())
                })
                .await
            }
        }
    }

    /// Sets its policy, or takes it away.
    pub(crate) async fn set_policy(
        &self,
        door: &KinesisDoor,
        policy: Option<String>,
    ) -> Result<(), ServiceError> {
        match self {
            Resource::Stream(view) => {
                door.change_settings(&view.arn, |settings| {
                    settings.policy = policy;
                    Ok(())
                })
                .await
            }
            Resource::Consumer(consumer) => {
                door.change_consumer(consumer, |record| {
                    record.policy = policy;
                    Ok(())
                })
                .await
            }
        }
    }
}
