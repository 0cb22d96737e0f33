use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::{MAXIMUM_BODY_BYTES, MailReply};

/// Why a mail was not accepted by the relay.
#[derive(Debug, Error)]
pub enum MailError {
    /// The body is longer than [`MAXIMUM_BODY_BYTES`].
    #[error("the body has {bytes} bytes, {MAXIMUM_BODY_BYTES} are allowed")]
    BodyTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The relay answered, and the answer was no.
    #[error("the relay refused at {stage}: {reply}")]
    Refused {
        /// What it refused.
        stage: MailStage,
        /// Its answer.
        reply: MailReply,
    },
    /// There is no dialogue with the relay: it can't be reached, isn't who it should be, lacks what is required
    /// (STARTTLS, a way to log in), or doesn't speak the protocol.
    #[error("no dialogue with the relay at {stage}: {source}")]
    Unavailable {
        /// How far it got.
        stage: MailStage,
        /// What happened.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// It took too long. If the relay was just about to accept the mail, it may be delivered even so.
    #[error("the relay did not accept the mail within {after:?}")]
    TimedOut {
        /// How long it was given.
        after: Duration,
    },
}

impl MailError {
    /// Whether the same mail may be accepted later.
    ///
    /// It may unless the relay refused this very mail for good (RFC 5321, section 4.2.1: 5xx). A refusal before the mail was
    /// offered, such as that of the password, says nothing about the mail: it is transient whatever its code.
    pub fn is_transient(&self) -> bool {
        match self {
            MailError::BodyTooLong { .. } => false,
            MailError::Refused { stage, reply } => stage.is_about_the_relay() || !reply.is_permanent(),
            MailError::Unavailable { .. } | MailError::TimedOut { .. } => true,
        }
    }

    pub(crate) fn unavailable(stage: MailStage, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        MailError::Unavailable {
            stage,
            source: source.into(),
        }
    }
}

/// The stages of a dialogue with a relay, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailStage {
    /// The connection, with TLS where it comes first.
    Connection,
    /// The relay's greeting and what it can do.
    Greeting,
    /// Changing to TLS.
    StartTls,
    /// Logging in.
    Authentication,
    /// Who the mail is from.
    Sender,
    /// Who it is for.
    Recipient,
    /// The mail.
    Content,
}

impl MailStage {
    fn is_about_the_relay(self) -> bool {
        match self {
            MailStage::Connection | MailStage::Greeting | MailStage::StartTls | MailStage::Authentication => {
                true
            }
            MailStage::Sender | MailStage::Recipient | MailStage::Content => false,
        }
    }
}

impl fmt::Display for MailStage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            MailStage::Connection => "connecting",
            MailStage::Greeting => "the greeting",
            MailStage::StartTls => "STARTTLS",
            MailStage::Authentication => "logging in",
            MailStage::Sender => "the sender",
            MailStage::Recipient => "the recipient",
            MailStage::Content => "the content",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(stage: MailStage, code: u16) -> MailError {
        let lines = vec!["no".to_owned()];
        MailError::Refused {
            stage,
            reply: MailReply { code, lines },
        }
    }

    #[test]
    fn only_what_is_wrong_with_the_mail_is_permanent() {
        assert!(refused(MailStage::Recipient, 450).is_transient());
        assert!(refused(MailStage::Content, 421).is_transient());
        assert!(!refused(MailStage::Sender, 553).is_transient());
        assert!(!refused(MailStage::Recipient, 550).is_transient());
        assert!(!refused(MailStage::Content, 554).is_transient());
        assert!(refused(MailStage::Authentication, 535).is_transient());
        assert!(refused(MailStage::Greeting, 554).is_transient());
        assert!(MailError::unavailable(MailStage::Connection, "gone").is_transient());
        let after = Duration::from_secs(1);
        assert!(MailError::TimedOut { after }.is_transient());
        assert!(!MailError::BodyTooLong { bytes: 1 << 21 }.is_transient());
    }

    #[test]
    fn errors_name_the_stage_and_the_answer() {
        assert_eq!(
            refused(MailStage::Recipient, 550).to_string(),
            "the relay refused at the recipient: 550 no"
        );
    }
}
