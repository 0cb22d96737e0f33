use crate::dialogue::{Dialogue, Expected};
use crate::server::Server;
use crate::{MailError, MailReply, MailStage, Mailbox};

/// Mails in one session. Relays have such a limit too, and end a session there in their own way.
const MAXIMUM_MAILS: usize = 100;
/// The relay is about to close the connection.
const SERVICE_NOT_AVAILABLE: u16 = 421;

/// A dialogue with the relay: one mail after the other.
///
/// A future of [`Session::send`] that was dropped leaves the relay somewhere in the dialogue: the session is dropped with it.
pub(crate) struct Session {
    dialogue: Dialogue,
    mails: usize,
    is_intact: bool,
}

impl Session {
    pub(crate) async fn begin(server: &Server) -> Result<Self, MailError> {
        Ok(Session {
            dialogue: server.connect().await?,
            mails: 0,
            is_intact: true,
        })
    }

    /// Sends a message, and returns the relay's answer once it has taken it over.
    pub(crate) async fn send(
        &mut self,
        from: &Mailbox,
        to: &Mailbox,
        message: &[u8],
    ) -> Result<MailReply, MailError> {
        self.mails += 1;
        let result = self.transaction(from, to, message).await;
        self.is_intact = match &result {
            Ok(_) => true,
            Err(MailError::Refused { reply, .. }) => reply.code != SERVICE_NOT_AVAILABLE,
            Err(_) => false,
        };
        result
    }

    async fn transaction(
        &mut self,
        from: &Mailbox,
        to: &Mailbox,
        message: &[u8],
    ) -> Result<MailReply, MailError> {
        let sender = format!("MAIL FROM:<{}>", from.address());
        self.dialogue
            .command(MailStage::Sender, &sender, Expected::Completion)
            .await?;
        let recipient = format!("RCPT TO:<{}>", to.address());
        self.dialogue
            .command(MailStage::Recipient, &recipient, Expected::Completion)
            .await?;
        self.dialogue
            .command(MailStage::Content, "DATA", Expected::Intermediate)
            .await?;
        self.dialogue.content(message).await
    }

    /// Whether there can be another mail once this one is through.
    pub(crate) fn is_reusable(&self) -> bool {
        self.is_intact && self.mails < MAXIMUM_MAILS
    }

    /// Whether the relay is still there, and ready for a new mail whatever became of the last one.
    pub(crate) async fn reset(&mut self) -> bool {
        let answer = self
            .dialogue
            .command(MailStage::Sender, "RSET", Expected::Completion);
        answer.await.is_ok()
    }

    /// Says goodbye, which a client has to (RFC 5321, section 4.1.1.10).
    pub(crate) async fn quit(mut self) {
        // The session is over whatever the relay thinks of that.
        let _ = self
            .dialogue
            .command(MailStage::Sender, "QUIT", Expected::Completion)
            .await;
    }
}
