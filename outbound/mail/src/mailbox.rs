use std::fmt;
use std::str::FromStr;

use lettre::Address;
use thiserror::Error;

/// The longest address: a path of 256 octets (RFC 5321, section 4.5.3.1.3) without its angle brackets.
const MAXIMUM_ADDRESS_BYTES: usize = 254;
/// The longest name, which together with the longest address stays below the limit of a header line.
const MAXIMUM_NAME_BYTES: usize = 200;

/// An e-mail address, and the name of who it belongs to if that is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mailbox(lettre::message::Mailbox);

/// Why something is no mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidMailbox {
    /// Not of the form `local@domain`, or longer than 254 bytes.
    #[error("not an e-mail address")]
    Address,
    /// Characters beyond ASCII, which relays need an extension for (RFC 6531) that most lack. Domains have an ASCII form.
    #[error("the e-mail address is not in ASCII; write an international domain in Punycode")]
    NotAscii,
    /// A name with control characters, or longer than 200 bytes.
    #[error("not a name for an e-mail address")]
    Name,
}

impl Mailbox {
    /// A mailbox from an address `local@domain`, in ASCII and up to 254 bytes, and any name up to 200 bytes.
    ///
    /// # Errors
    /// [`InvalidMailbox`] says which of the two is wrong.
    pub fn new(name: Option<&str>, address: &str) -> Result<Self, InvalidMailbox> {
        if !address.is_ascii() {
            return Err(InvalidMailbox::NotAscii);
        }
        if address.len() > MAXIMUM_ADDRESS_BYTES || address.chars().any(char::is_control) {
            return Err(InvalidMailbox::Address);
        }
        let address: Address = address.parse().map_err(|_| InvalidMailbox::Address)?;
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        if name.is_some_and(|name| name.len() > MAXIMUM_NAME_BYTES || name.chars().any(char::is_control)) {
            return Err(InvalidMailbox::Name);
        }
        Ok(Mailbox(lettre::message::Mailbox::new(
            name.map(str::to_owned),
            address,
        )))
    }

    /// The address, `local@domain`.
    pub fn address(&self) -> &str {
        self.0.email.as_ref()
    }

    /// The name, as text.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    pub(crate) fn as_lettre(&self) -> &lettre::message::Mailbox {
        &self.0
    }
}

impl FromStr for Mailbox {
    type Err = InvalidMailbox;

    /// Reads `local@domain` or `Name <local@domain>`; the name is taken as it stands, without its quotes if it has any.
    fn from_str(text: &str) -> Result<Self, InvalidMailbox> {
        let text = text.trim();
        match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            None => Mailbox::new(None, text),
            Some((name, address)) => {
                let name = name.trim();
                let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
                Mailbox::new(Some(quoted.unwrap_or(name)), address)
            }
        }
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_read() {
        for (text, name, address) in [
            ("ops@example.com", None, "ops@example.com"),
            (" ops@example.com ", None, "ops@example.com"),
            ("<ops@example.com>", None, "ops@example.com"),
            ("Ops <ops@example.com>", Some("Ops"), "ops@example.com"),
            (
                "\"Ops, Team\" <ops@example.com>",
                Some("Ops, Team"),
                "ops@example.com",
            ),
            (
                "Bücher <ops@xn--bcher-kva.example>",
                Some("Bücher"),
                "ops@xn--bcher-kva.example",
            ),
            ("a+b.c@[127.0.0.1]", None, "a+b.c@[127.0.0.1]"),
        ] {
            let mailbox: Mailbox = text.parse().unwrap();
            assert_eq!((mailbox.name(), mailbox.address()), (name, address), "{text}");
        }
    }

    #[test]
    fn what_could_change_a_command_or_a_header_is_no_mailbox() {
        for (text, error) in [
            ("", InvalidMailbox::Address),
            ("ops", InvalidMailbox::Address),
            ("@example.com", InvalidMailbox::Address),
            ("ops@", InvalidMailbox::Address),
            (
                "ops@example.com>\r\nRCPT TO:<eve@example.com",
                InvalidMailbox::Address,
            ),
            ("ops@example.com\r\nBcc: eve@example.com", InvalidMailbox::Address),
            ("\"a\r\nb\"@example.com", InvalidMailbox::Address),
            ("\"a\0b\"@example.com", InvalidMailbox::Address),
            ("ops@example.com> SIZE=1", InvalidMailbox::Address),
            ("a b@example.com", InvalidMailbox::Address),
            ("ops@bücher.example", InvalidMailbox::NotAscii),
            ("öps@example.com", InvalidMailbox::NotAscii),
            (
                "Ops\r\nBcc: eve@example.com <ops@example.com>",
                InvalidMailbox::Name,
            ),
            ("O\u{85}ps <ops@example.com>", InvalidMailbox::Name),
        ] {
            assert_eq!(text.parse::<Mailbox>(), Err(error), "{text:?}");
        }
    }

    #[test]
    fn both_have_a_longest_form() {
        let domain = vec!["a".repeat(60); 4].join(".");
        let address = |local: usize| format!("{}@{domain}", "l".repeat(local));
        assert!(Mailbox::new(None, &address(254 - 1 - domain.len())).is_ok());
        assert_eq!(
            Mailbox::new(None, &address(255 - 1 - domain.len())),
            Err(InvalidMailbox::Address)
        );
        assert!(Mailbox::new(Some(&"n".repeat(200)), "ops@example.com").is_ok());
        assert_eq!(
            Mailbox::new(Some(&"n".repeat(201)), "ops@example.com"),
            Err(InvalidMailbox::Name)
        );
    }
}
