//! What other services of the server push to topics: Publish, of any number of messages together.

use ninefold_protocol::{BoxFuture, CallContext, Push, PushTarget, ServiceError};

use crate::SnsDoor;
use crate::arn::TopicArn;
use crate::operations::publish;

impl PushTarget for SnsDoor {
    fn check(&self, arn: &str, push: &Push<'_>) -> Result<(), String> {
        let topic = TopicArn::parse(arn).ok_or("it is not the ARN of a topic")?;
        match (topic.is_fifo(), push.group) {
            (true, None) => Err("a FIFO topic takes messages of a message group only".to_owned()),
            _ => Ok(()),
        }
    }

    fn push<'a>(
        &'a self,
        context: CallContext,
        arn: &'a str,
        pushes: &'a [Push<'a>],
    ) -> BoxFuture<'a, Vec<Result<(), ServiceError>>> {
        Box::pin(async move { publish::push(self, &context, arn, pushes).await })
    }
}
