//! What other doors send to queues: SendMessage, for many messages and queues at a time.

use ninefold_protocol::{CallContext, Consignment, ServiceError, Untaken};
use ninefold_queue::Sending;

use super::send::{Contents, MessageInput};
use crate::SqsDoor;
use crate::address::QueueAddress;
use crate::door::Target;
use crate::errors;

/// Consignments whose messages are on their way into the store.
#[derive(Default)]
pub(crate) struct Shipment {
    under_way: Vec<UnderWay>,
    untaken: Vec<Untaken>,
}

/// What goes to one queue.
struct UnderWay {
    destination: Destination,
    /// Places of the messages in the consignment.
    messages: Vec<usize>,
    sending: Sending,
}

/// Place of a consignment, and of a queue in it.
type Destination = (usize, usize);

/// A message, and what is the same of it for every queue.
type Checked<'a> = (MessageInput<'a>, Result<Contents, ServiceError>);

/// Hands everything to the store, so that one commit can hold it.
pub(crate) fn begin(door: &SqsDoor, context: &CallContext, consignments: &[Consignment]) -> Shipment {
    let mut shipment = Shipment::default();
    for (place, consignment) in consignments.iter().enumerate() {
        let messages = consignment.messages.iter();
        let messages: Vec<Checked<'_>> = messages.map(|message| check(context, message.into())).collect();
        for (queue, name) in consignment.queues.iter().enumerate() {
            let destination = (place, queue);
            match door.target_at(context, QueueAddress::from(name), "sqs:SendMessage") {
                Ok(target) => shipment.begin(&target, destination, &messages),
                Err(error) => shipment.leave(destination, 0..messages.len(), &error),
            }
        }
    }
    shipment
}

/// Sends messages to one queue, in one commit; says of each whether the queue has it.
pub(crate) async fn send_to<'a>(
    context: &CallContext,
    target: &Target,
    messages: impl IntoIterator<Item = MessageInput<'a>>,
) -> Vec<Result<(), ServiceError>> {
    let messages = messages.into_iter();
    let messages: Vec<Checked<'_>> = messages.map(|message| check(context, message)).collect();
    let mut shipment = Shipment::default();
    shipment.begin(target, (0, 0), &messages);
    let mut outcomes = vec![Ok(()); messages.len()];
    for untaken in shipment.finish().await {
        outcomes[untaken.message] = Err(untaken.error);
    }
    outcomes
}

fn check<'a>(context: &CallContext, input: MessageInput<'a>) -> Checked<'a> {
    let contents = input.contents(context);
    (input, contents)
}

impl Shipment {
    /// Begins to send messages to one queue, but for those that it doesn't take.
    fn begin(&mut self, target: &Target, destination: Destination, messages: &[Checked<'_>]) {
        let mut outgoing = Vec::with_capacity(messages.len());
        let mut places = Vec::with_capacity(messages.len());
        for (place, (input, contents)) in messages.iter().enumerate() {
            let message = contents.as_ref().map_err(Clone::clone).and_then(|contents| {
                input.check_order(&target.settings)?;
                input.message_for(&target.settings, contents.payload.clone(), contents.size_bytes)
            });
            match message {
                Ok(message) => {
                    outgoing.push(message);
                    places.push(place);
                }
                Err(error) => self.leave(destination, [place], &error),
            }
        }
        if outgoing.is_empty() {
            return;
        }
        match target.queue.begin_to_send(outgoing) {
            Ok(sending) => self.under_way.push(UnderWay {
                destination,
                messages: places,
                sending,
            }),
            Err(error) => self.leave(destination, places, &errors::from_queue(error)),
        }
    }

    /// Notes that a queue doesn't take messages.
    fn leave(
        &mut self,
        (consignment, queue): Destination,
        messages: impl IntoIterator<Item = usize>,
        error: &ServiceError,
    ) {
        self.untaken.extend(messages.into_iter().map(|message| Untaken {
            consignment,
            queue,
            message,
            error: error.clone(),
        }));
    }

    /// Waits until what was taken is durable; says what was not.
    pub(crate) async fn finish(mut self) -> Vec<Untaken> {
        for part in std::mem::take(&mut self.under_way) {
            if let Err(error) = part.sending.finish().await {
                self.leave(part.destination, part.messages, &errors::from_queue(error));
            }
        }
        self.untaken
    }
}
