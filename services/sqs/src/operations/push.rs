//! What other services of the server push to queues: SendMessage, of any number of messages in one commit.

use ninefold_protocol::{BoxFuture, CallContext, Push, PushTarget, ServiceError};

use crate::SqsDoor;
use crate::address::QueueAddress;
use crate::errors;
use crate::operations::consignments;
use crate::operations::send::MessageInput;

impl PushTarget for SqsDoor {
    fn check(&self, arn: &str, push: &Push<'_>) -> Result<(), String> {
        let address = QueueAddress::from_arn(arn).ok_or("it is not the ARN of a queue")?;
        match (address.is_fifo(), push.group) {
            (true, None) => Err("a FIFO queue takes messages of a message group only".to_owned()),
            _ => Ok(()),
        }
    }

    fn push<'a>(
        &'a self,
        context: CallContext,
        arn: &'a str,
        pushes: &'a [Push<'a>],
    ) -> BoxFuture<'a, Vec<Result<(), ServiceError>>> {
        Box::pin(async move {
            let Some(address) = QueueAddress::from_arn(arn) else {
                return vec![Err(errors::queue_does_not_exist()); pushes.len()];
            };
            match self.target_at(&context, address, "sqs:SendMessage") {
                Ok(target) => {
                    let messages = pushes.iter().map(MessageInput::from);
                    consignments::send_to(&context, &target, messages).await
                }
                Err(error) => vec![Err(error); pushes.len()],
            }
        })
    }
}
