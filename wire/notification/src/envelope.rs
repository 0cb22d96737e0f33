use crate::{Attribute, Signature};

/// A notification in JSON, for any number of subscriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    head: String,
    tail: String,
}

impl Envelope {
    pub(crate) fn new(head: Members, tail: Members) -> Self {
        Self {
            head: head.text,
            tail: tail.close(),
        }
    }

    /// The text for one subscription, with the link that ends it: see [`unsubscribe_url`](crate::unsubscribe_url).
    pub fn for_subscription(&self, unsubscribe_url: &str) -> String {
        let mut members = Members {
            text: String::with_capacity(self.head.len() + unsubscribe_url.len() + self.tail.len() + 32),
        };
        members.text.push_str(&self.head);
        members.text("UnsubscribeURL", unsubscribe_url);
        members.text.push_str(&self.tail);
        members.text
    }
}

/// The members of a JSON object, laid out as SNS does: a line each, indented by two spaces, with spaces around the colon.
#[derive(Debug)]
pub(crate) struct Members {
    text: String,
}

impl Members {
    /// Opens an object. Every object has at least one member, and the first is written at once.
    pub(crate) fn open() -> Self {
        Self {
            text: String::from("{"),
        }
    }

    /// Goes on in an object that has members.
    pub(crate) fn go_on() -> Self {
        Self { text: String::new() }
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text.push_str(&json(value));
    }

    /// What there is to say about a signature.
    pub(crate) fn signature(&mut self, signature: &Signature) {
        self.text("SignatureVersion", signature.version.as_str());
        self.text("Signature", &signature.value);
        self.text("SigningCertURL", &signature.certificate_url);
    }

    /// An object of attributes, each on its own line and compact within.
    pub(crate) fn attributes(&mut self, name: &str, attributes: &[Attribute]) {
        self.name(name);
        self.text.push('{');
        for (position, attribute) in attributes.iter().enumerate() {
            let separator = if position == 0 { "\n    " } else { ",\n    " };
            self.text.push_str(separator);
            self.text.push_str(&json(&attribute.name));
            self.text.push_str(" : {\"Type\":");
            self.text.push_str(&json(&attribute.data_type));
            self.text.push_str(",\"Value\":");
            self.text.push_str(&json(&attribute.value.as_text()));
            self.text.push('}');
        }
        self.text.push_str("\n  }");
    }

    /// Closes the object.
    pub(crate) fn close(mut self) -> String {
        self.text.push_str("\n}");
        self.text
    }

    fn name(&mut self, name: &str) {
        let separator = if self.text == "{" { "\n  " } else { ",\n  " };
        self.text.push_str(separator);
        self.text.push_str(&json(name));
        self.text.push_str(" : ");
    }
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("every text can be written in JSON")
}
