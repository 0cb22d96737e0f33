//! Messages that one door has sent to queues of another one.

use crate::{AccountId, Region, ServiceError};

/// A queue, by what its ARN says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueName {
    /// Where it is.
    pub region: Region,
    /// Whose it is.
    pub account: AccountId,
    /// What it is called.
    pub name: String,
}

/// A message for queues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMessage {
    /// What it says.
    pub body: String,
    /// Its attributes, each of another name.
    pub attributes: Vec<QueueAttribute>,
    /// The message group.
    pub group: Option<String>,
    /// The deduplication id.
    pub deduplication: Option<String>,
}

/// An attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueAttribute {
    /// Its name.
    pub name: String,
    /// `String`, `Number` or `Binary`, perhaps with a label of the sender's.
    pub data_type: String,
    /// What it says.
    pub value: QueueAttributeValue,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueAttributeValue {
    /// Of `String` and `Number`.
    Text(String),
    /// Of `Binary`.
    Bytes(Vec<u8>),
}

/// Messages of which each goes to each of some queues: what is the same for all queues is done once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consignment {
    /// Where they go.
    pub queues: Vec<QueueName>,
    /// What goes there, in order.
    pub messages: Vec<QueueMessage>,
}

/// A message that a queue has not taken.
#[derive(Clone, Debug)]
pub struct Untaken {
    /// Place of the consignment among those that were sent.
    pub consignment: usize,
    /// Place of the queue in the consignment.
    pub queue: usize,
    /// Place of the message in the consignment.
    pub message: usize,
    /// Why not.
    pub error: ServiceError,
}

impl Untaken {
    /// Everything, for one reason.
    pub fn all(consignments: &[Consignment], error: &ServiceError) -> Vec<Self> {
        let mut untaken = Vec::new();
        for (index, consignment) in consignments.iter().enumerate() {
            for queue in 0..consignment.queues.len() {
                untaken.extend((0..consignment.messages.len()).map(|message| Untaken {
                    consignment: index,
                    queue,
                    message,
                    error: error.clone(),
                }));
            }
        }
        untaken
    }
}
