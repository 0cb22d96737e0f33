//! Mail through an SMTP relay.
//!
//! A [`MailRelay`] hands each [`Mail`] to the one server that is configured for outgoing mail, and reports what that server
//! said. It delivers nothing by itself: MX records, queues, bounces and DKIM signatures are the relay's business. It doesn't
//! retry either; [`MailError::is_transient`] tells the caller whether that makes sense.
//!
//! What is sent is plain ASCII whatever the mail contains (RFC 2045, RFC 2047), so it needs no extension of the relay. Who
//! sends, who receives, the subject and every other header value are parsed before: none can hold a line break.
//!
//! Messages are made by `lettre`; the dialogue is our own. `lettre`'s asynchronous transport (0.11) has no time limit for
//! commands, keeps what came unencrypted behind the answer to STARTTLS, panics at a blank line among the relay's capabilities,
//! and takes dialogues that were given up half-way back into its pool, where the answer to one mail is taken for that to the next.

mod compose;
mod dialogue;
mod error;
mod mail;
mod mailbox;
mod options;
mod relay;
mod reply;
mod server;
mod session;
mod transparency;

pub use error::{MailError, MailStage};
pub use mail::{
    InvalidMessageId, InvalidSubject, InvalidUnsubscribe, MAXIMUM_BODY_BYTES, Mail, MailBody, MessageId,
    Subject, Unsubscribe,
};
pub use mailbox::{InvalidMailbox, Mailbox};
pub use options::{InvalidMailOptions, MailCredentials, MailOptions, MailSecurity};
pub use relay::{MailReceipt, MailRelay};
pub use reply::MailReply;
