use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tracing::{debug, warn};

use super::pdu::ShortMessage;
use super::status::Status;
use super::submission::{DEFAULT_ALPHABET, HAS_HEADER, UCS2};
use crate::PhoneNumber;
use crate::segment::gsm;

/// How many messages may wait for whoever reads them. Beyond that the message centre is asked to try again later.
pub(super) const CAPACITY: usize = 256;
/// The bits of `esm_class` that say that it isn't an ordinary message (SMPP 3.4, section 5.2.12).
const MESSAGE_TYPE: u8 = 0x3C;
const ASCII: u8 = 0x01;
const LATIN_1: u8 = 0x03;

/// A message that a telephone sent, such as the `STOP` of somebody who doesn't want any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingMessage {
    /// Who sent it.
    pub from: PhoneNumber,
    /// The number or short code it was sent to.
    pub to: String,
    /// What it says; of a long message, each part is a message.
    pub text: String,
}

/// Passes on what a telephone sent; the status is the answer to the message centre.
///
/// Receipts, and messages that can't be read, are accepted and dropped: sent again they would be the same.
pub(super) fn accept(message: &ShortMessage, listener: &mpsc::Sender<IncomingMessage>) -> Status {
    if message.esm_class & MESSAGE_TYPE != 0 {
        debug!(esm_class = message.esm_class, "a delivery receipt is dropped");
        return Status::OK;
    }
    let Some(incoming) = read(message) else {
        warn!(
            data_coding = message.data_coding,
            "an incoming text message that cannot be read is dropped"
        );
        return Status::OK;
    };
    match listener.try_send(incoming) {
        Err(TrySendError::Full(_)) => Status::TEMPORARY_APPLICATION_ERROR,
        // Whoever isn't interested in messages doesn't keep the other end.
        Ok(()) | Err(TrySendError::Closed(_)) => Status::OK,
    }
}

fn read(message: &ShortMessage) -> Option<IncomingMessage> {
    let digits = message.source.text.as_str();
    let octets = without_header(message)?;
    Some(IncomingMessage {
        from: PhoneNumber::from_digits(digits.strip_prefix('+').unwrap_or(digits)).ok()?,
        to: message.destination.text.as_str().to_owned(),
        text: decode(message.data_coding, octets)?,
    })
}

fn without_header(message: &ShortMessage) -> Option<&[u8]> {
    let octets = message.content.octets();
    if message.esm_class & HAS_HEADER == 0 {
        return Some(octets);
    }
    let (length, rest) = octets.split_first()?;
    rest.get(usize::from(*length)..)
}

fn decode(data_coding: u8, octets: &[u8]) -> Option<String> {
    match data_coding {
        DEFAULT_ALPHABET => Some(gsm::decode(octets)),
        ASCII | LATIN_1 => Some(octets.iter().copied().map(char::from).collect()),
        UCS2 => {
            let (units, _) = octets.as_chunks();
            let units: Vec<u16> = units.iter().copied().map(u16::from_be_bytes).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pdu::{Address, CText, Content, Octets};
    use super::*;

    fn message(from: &str, esm_class: u8, data_coding: u8, content: &[u8]) -> ShortMessage {
        let address = |text: &str| Address {
            ton: 1,
            npi: 1,
            text: CText::new(text).unwrap(),
        };
        ShortMessage {
            source: address(from),
            destination: address("12345"),
            esm_class,
            priority: 0,
            data_coding,
            content: Content::Short(Octets::new(content.to_vec()).unwrap()),
        }
    }

    #[test]
    fn messages_are_read_in_their_alphabets() {
        let header_and_text = [&[5, 0, 3, 1, 2, 1][..], b"STOP"].concat();
        for (esm_class, data_coding, content, text) in [
            (0, 0, &b"STOP"[..], "STOP"),
            (0, 0, &[0x1B, 0x65, 0x00], "€@"),
            (0, 1, b"stop@", "stop@"),
            (0, 3, &[0x41, 0xE4], "Aä"),
            (0, 8, &[0x00, 0x53, 0xD8, 0x3D, 0xDE, 0x00, 0x00], "S\u{1F600}"),
            (0x40, 0, &header_and_text, "STOP"),
            (0, 0, b"", ""),
        ] {
            let (sender, mut receiver) = mpsc::channel(1);
            assert_eq!(
                accept(&message("15550100", esm_class, data_coding, content), &sender),
                Status::OK
            );
            let expected = IncomingMessage {
                from: "+15550100".parse().unwrap(),
                to: "12345".to_owned(),
                text: text.to_owned(),
            };
            assert_eq!(receiver.try_recv(), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_readable_message_is_dropped() {
        for (from, esm_class, data_coding, content) in [
            ("15550100", 0x04, 0, &b"id:1 stat:DELIVRD"[..]),
            ("15550100", 0x20, 0, b"id:1 stat:ENROUTE"),
            ("15550100", 0, 4, &[1, 2, 3]),
            ("15550100", 0x40, 0, &[200, 1]),
            ("15550100", 0x40, 0, &[]),
            ("NINEFOLD", 0, 0, b"STOP"),
            ("", 0, 0, b"STOP"),
        ] {
            let (sender, mut receiver) = mpsc::channel(1);
            assert_eq!(
                accept(&message(from, esm_class, data_coding, content), &sender),
                Status::OK
            );
            assert!(receiver.try_recv().is_err(), "{content:?}");
        }
    }

    #[test]
    fn a_message_that_finds_no_room_comes_again() {
        let (sender, receiver) = mpsc::channel(1);
        let message = message("+15550100", 0, 0, b"STOP");
        assert_eq!(accept(&message, &sender), Status::OK);
        assert_eq!(accept(&message, &sender), Status::TEMPORARY_APPLICATION_ERROR);
        drop(receiver);
        assert_eq!(accept(&message, &sender), Status::OK);
    }
}
