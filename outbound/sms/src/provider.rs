use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::TextMessage;

/// A future on the heap.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Somebody who sends text messages.
pub trait SmsProvider: Send + Sync {
    /// Hands a message over. A receipt means that the provider has accepted it, not that it arrived.
    ///
    /// Dropping the future gives up: the message may have been accepted or not.
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<SmsReceipt, SmsError>>;
}

/// A message is the provider's now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsReceipt {
    /// What the provider calls it; of several parts, the first.
    pub provider_message_id: Option<String>,
    /// How many parts it has, which is what is paid for.
    pub parts: u16,
}

/// Why a provider did not accept a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsError {
    /// What to do about it.
    pub kind: SmsErrorKind,
    /// What happened, for people.
    pub reason: String,
}

/// What to do about a message that was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsErrorKind {
    /// Try again later: nothing is known to be wrong with the message.
    Transient,
    /// Don't try again: the same message will be refused again.
    Permanent,
    /// Try again later, and send less until then.
    Throttled {
        /// How long to wait, if the provider said so.
        retry_after: Option<Duration>,
    },
}

impl SmsError {
    pub(crate) fn transient(reason: impl Into<String>) -> Self {
        SmsError {
            kind: SmsErrorKind::Transient,
            reason: reason.into(),
        }
    }

    pub(crate) fn permanent(reason: impl Into<String>) -> Self {
        SmsError {
            kind: SmsErrorKind::Permanent,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for SmsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for SmsError {}
