//! What can be tagged and shared: a stream, or a consumer, queue or channel of one.

use std::sync::Arc;

use ninefold_protocol::{CallContext, ServiceError};

use crate::KinesisDoor;
use crate::arn::{ChannelArn, ConsumerArn, QueueArn, StreamArn};
use crate::errors;
use crate::operations::channels::Channel;
use crate::operations::consumers::Consumer;
use crate::queue::Queue;
use crate::record::Tags;
use crate::stream::StreamView;

/// A resource that there is.
pub(crate) enum Resource {
    Stream(Arc<StreamView>),
    Consumer(Consumer),
    Channel(Channel),
    Queue(Queue),
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
        if let Some(channel) = ChannelArn::parse(arn) {
            return door.channel(context, &channel, action).map(Resource::Channel);
        }
        if let Some(queue) = QueueArn::parse(arn) {
            return door.queue(context, &queue, action).map(Resource::Queue);
        }
        context.authorize(action, &arn, None)?;
        Err(errors::not_found(format!("The resource {arn} was not found.")))
    }

    /// The stream that it is, or is of.
    pub(crate) fn stream(&self) -> &StreamArn {
        match self {
            Resource::Stream(view) => &view.arn,
            Resource::Consumer(consumer) => &consumer.arn.stream,
            Resource::Channel(channel) => &channel.stream,
            Resource::Queue(queue) => &queue.view.arn,
        }
    }

    pub(crate) fn tags(&self) -> &Tags {
        match self {
            Resource::Stream(view) => &view.settings.tags,
            Resource::Consumer(consumer) => &consumer.record.tags,
            Resource::Channel(channel) => &channel.record.tags,
            Resource::Queue(queue) => &queue.record.tags,
        }
    }

    pub(crate) fn policy(&self) -> Option<&str> {
        match self {
            Resource::Stream(view) => view.settings.policy.as_deref(),
            Resource::Consumer(consumer) => consumer.record.policy.as_deref(),
            Resource::Channel(channel) => channel.record.policy.as_deref(),
            Resource::Queue(queue) => queue.record.policy.as_deref(),
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
            Resource::Channel(channel) => {
                let changed = door.change_channel(channel, |record| {
                    record.tags = change(&record.tags)?;
                    Ok(())
                });
                changed.await.map(drop)
            }
            Resource::Queue(queue) => {
                let changed = door.queues.change(&queue.arn, |record| {
                    record.tags = change(&record.tags)?;
                    Ok(())
                });
                changed.await.map(drop)
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
            Resource::Channel(channel) => {
                let changed = door.change_channel(channel, |record| {
                    record.policy = policy;
                    Ok(())
                });
                changed.await.map(drop)
            }
            Resource::Queue(queue) => {
                let changed = door.queues.change(&queue.arn, |record| {
                    record.policy = policy;
                    Ok(())
                });
                changed.await.map(drop)
            }
        }
    }
}
