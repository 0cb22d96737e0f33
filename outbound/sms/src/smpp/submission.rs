use ninefold_time::Timestamp;
use tokio::sync::oneshot;

use super::address;
use super::options::{LongMessages, Settings};
use super::pdu::{Content, Octets, ShortMessage};
use crate::segment::{Alphabet, Segments, concatenation_header};
use crate::{SmsError, SmsKind, TextMessage};

/// The content begins with a header (SMPP 3.4, section 5.2.12: GSM features).
pub(super) const HAS_HEADER: u8 = 0x40;
/// The message centre's default alphabet, which is that of GSM (SMPP 3.4, section 5.2.19).
pub(super) const DEFAULT_ALPHABET: u8 = 0x00;
/// UCS-2 (SMPP 3.4, section 5.2.19).
pub(super) const UCS2: u8 = 0x08;

/// A part to be sent.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) message: ShortMessage,
    /// Nobody waits any longer than until then.
    pub(super) deadline: Timestamp,
    pub(super) answer: oneshot::Sender<Result<String, SmsError>>,
}

/// What is sent for a message: its parts in their order, or the whole.
///
/// `reference` is what the parts are joined by. A transactional message has priority 1, any other 0.
pub(super) fn short_messages(
    settings: &Settings,
    message: &TextMessage,
    segments: &Segments,
    reference: u8,
) -> Vec<ShortMessage> {
    contents(settings.long_messages, segments, reference)
        .into_iter()
        .map(|(esm_class, content)| ShortMessage {
            source: match &message.sender {
                Some(sender) => address::of_sender(sender),
                None => settings.source.clone(),
            },
            destination: address::of_number(&message.to, settings.destination_ton, settings.destination_npi),
            esm_class,
            priority: match message.kind {
                SmsKind::Promotional => 0,
                SmsKind::Transactional => 1,
            },
            data_coding: match segments.alphabet() {
                Alphabet::Gsm7 => DEFAULT_ALPHABET,
                Alphabet::Ucs2 => UCS2,
            },
            content,
        })
        .collect()
}

/// The contents with their `esm_class`.
fn contents(long_messages: LongMessages, segments: &Segments, reference: u8) -> Vec<(u8, Content)> {
    let short = |octets: Vec<u8>| Content::Short(Octets::new(octets).expect("a part has at most 160 octets"));
    match (segments.count(), long_messages) {
        (1, _) => vec![(0, short(segments.octets().to_vec()))],
        (total, LongMessages::Concatenated) => (1..=total)
            .zip(segments.parts())
            .map(|(number, part)| {
                let header = concatenation_header(reference, total, number);
                (HAS_HEADER, short([&header, part].concat()))
            })
            .collect(),
        (_, LongMessages::Payload) => {
            let octets = Octets::new(segments.octets().to_vec());
            let octets = octets.expect("255 parts have at most 39,015 octets");
            vec![(0, Content::Payload(octets))]
        }
    }
}
