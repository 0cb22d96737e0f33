//! SMPP 3.4: a client of a message centre.

mod address;
mod backoff;
mod codec;
mod connection;
mod incoming;
mod link;
mod options;
mod pace;
mod pdu;
mod session;
mod status;
mod submission;
mod window;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use ninefold_time::Clock;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::segment::Segments;
use crate::{BoxFuture, SmsError, SmsProvider, SmsReceipt, TextMessage};
use options::Settings;
use pdu::ShortMessage;
use submission::{Submission, short_messages};
use window::NO_RESPONSE;

pub use address::{NumberingPlan, SmppAddress, TypeOfNumber};
pub use incoming::IncomingMessage;
pub use options::{InvalidSmppOptions, LongMessages, SmppOptions, SmppSecurity};

/// A message centre that takes text messages by SMPP 3.4, and gives those that telephones send.
///
/// A task keeps a session up, as transceiver, or as transmitter if the message centre doesn't know of transceivers; when it is
/// lost, the next attempt comes after 1 s, then ever later, up to a minute. Without a session, messages are refused as
/// transient, at once.
///
/// A text in the GSM alphabet is sent as such, an octet for each 7 bits, in the message centre's default alphabet (data coding 0),
/// which by custom is that one; any other text as UCS-2.
///
/// The parts of a message are submitted one after the other. If one of them is refused, those before it were accepted:
/// the telephone doesn't show a message that isn't complete.
pub struct SmppProvider {
    settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
    submissions: mpsc::Sender<Submission>,
    task: JoinHandle<()>,
    /// What the parts of the next long message are joined by.
    reference: AtomicU8,
}

impl SmppProvider {
    /// Begins to keep a session up, which takes a tokio runtime. What telephones send comes out of the channel; whoever isn't
    /// interested drops it.
    ///
    /// # Errors
    /// [`InvalidSmppOptions`] if the host, one of the fields of the login or a certificate authority can't be used.
    pub fn start(
        options: SmppOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, mpsc::Receiver<IncomingMessage>), InvalidSmppOptions> {
        let settings = Arc::new(Settings::new(options)?);
        let (submissions, submitted) = mpsc::channel(settings.window.get().into());
        let (listener, incoming) = mpsc::channel(incoming::CAPACITY);
        let task = tokio::spawn(link::keep_up(
            Arc::clone(&settings),
            Arc::clone(&clock),
            submitted,
            listener,
        ));
        let provider = SmppProvider {
            settings,
            clock,
            submissions,
            task,
            reference: AtomicU8::new(fastrand::u8(..)),
        };
        Ok((provider, incoming))
    }

    /// Ends the session properly. Dropping the provider does the same without waiting for it.
    pub async fn close(self) {
        drop(self.submissions);
        // It can only have panicked, which the runtime has reported.
        let _ = self.task.await;
    }

    async fn submit_all(&self, message: &TextMessage) -> Result<SmsReceipt, SmsError> {
        let segments = Segments::of(&message.text).map_err(|error| SmsError::permanent(error.to_string()))?;
        let reference = self.reference.fetch_add(1, Ordering::Relaxed);
        let mut first_id = None;
        for part in short_messages(&self.settings, message, &segments, reference) {
            let id = self.submit(part).await?;
            first_id.get_or_insert(id);
        }
        Ok(SmsReceipt {
            provider_message_id: first_id.filter(|id| !id.is_empty()),
            parts: segments.count().into(),
        })
    }

    /// Submits one part, and returns what the message centre calls it.
    async fn submit(&self, message: ShortMessage) -> Result<String, SmsError> {
        let deadline = self.clock.now() + self.settings.response_timeout;
        let (answer, answered) = oneshot::channel();
        let submission = Submission {
            message,
            deadline,
            answer,
        };
        let ended = || SmsError::transient("the session with the message centre has ended");
        let submitted = async {
            self.submissions.send(submission).await.map_err(|_| ended())?;
            answered.await.map_err(|_| ended())?
        };
        tokio::select! {
            outcome = submitted => outcome,
            () = self.clock.sleep_until(deadline) => Err(SmsError::transient(NO_RESPONSE)),
        }
    }
}

impl SmsProvider for SmppProvider {
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<SmsReceipt, SmsError>> {
        Box::pin(self.submit_all(message))
    }
}
