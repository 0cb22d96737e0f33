use crate::{Confirmation, ConfirmationSubject, Envelope, Notification};

/// The subject of notifications that were published without one.
const DEFAULT_SUBJECT: &str = "AWS Notification Message";

/// A mail to a subscriber: plain text, with lines as long as they are. Sender, recipient and encoding are the mailer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject. It is what the publisher gave: a mailer has to refuse or encode what isn't fit for a header.
    pub subject: String,
    /// The text, with `\n` at the end of lines.
    pub body: String,
}

impl Notification {
    /// The mail for the protocol `email`: the message, and how to end the subscription.
    pub fn mail(&self, unsubscribe_url: &str) -> Mail {
        Mail {
            subject: self.mail_subject(),
            body: format!(
                "{}\n\n--\nYou get this mail because this address is subscribed to the topic\n{}\n\n\
                 To end the subscription, open this link:\n{unsubscribe_url}\n",
                self.message, self.topic_arn
            ),
        }
    }

    /// The mail for the protocol `email-json`: the envelope.
    pub fn json_mail(&self, envelope: &Envelope, unsubscribe_url: &str) -> Mail {
        Mail {
            subject: self.mail_subject(),
            body: envelope.for_subscription(unsubscribe_url),
        }
    }

    fn mail_subject(&self) -> String {
        self.subject.clone().unwrap_or_else(|| DEFAULT_SUBJECT.to_owned())
    }
}

impl Confirmation {
    /// The mail for the protocols `email` and `email-json`.
    pub fn mail(&self) -> Mail {
        match &self.subject {
            ConfirmationSubject::Subscription => Mail {
                subject: "AWS Notification - Subscription Confirmation".to_owned(),
                body: format!(
                    "Someone asked to have the messages of this topic sent to this address:\n{}\n\n\
                     If it was you, open this link to confirm the subscription:\n{}\n\n\
                     If it was not, there is nothing to do: without confirmation nothing will be sent.\n",
                    self.topic_arn, self.subscribe_url
                ),
            },
            ConfirmationSubject::Unsubscription { subscription_arn } => Mail {
                subject: "AWS Notification - Unsubscribe Confirmation".to_owned(),
                body: format!(
                    "The messages of this topic will no longer be sent to this address:\n{}\n\n\
                     The subscription that has ended is\n{subscription_arn}\n\n\
                     If that is a mistake, open this link to restore it:\n{}\n",
                    self.topic_arn, self.subscribe_url
                ),
            },
        }
    }
}
