//! What client and message centre say to each other (SMPP 3.4, section 4): as much of it as a client needs.

use super::status::Status;

/// One request or response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pdu {
    /// 0 in requests; in responses, how it went.
    pub(super) status: Status,
    /// By which a response belongs to its request.
    pub(super) sequence: u32,
    pub(super) body: Body,
}

impl Pdu {
    pub(super) fn request(sequence: u32, body: Body) -> Self {
        Pdu::response(sequence, Status::OK, body)
    }

    pub(super) fn response(sequence: u32, status: Status, body: Body) -> Self {
        Pdu {
            status,
            sequence,
            body,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// The response to what was not understood.
    GenericNack,
    Bind(BindMode, Bind),
    BindResponse(BindMode),
    SubmitSm(ShortMessage),
    SubmitSmResponse {
        message_id: CText<65>,
    },
    DeliverSm(ShortMessage),
    DeliverSmResponse,
    EnquireLink,
    EnquireLinkResponse,
    Unbind,
    UnbindResponse,
    /// Something else, whose content doesn't matter.
    Other {
        command_id: u32,
    },
}

/// In which directions messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BindMode {
    /// From the client only.
    Transmitter,
    /// Both ways.
    Transceiver,
}

/// Who wants to log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bind {
    pub(super) system_id: CText<16>,
    pub(super) password: CText<9>,
    pub(super) system_type: CText<13>,
}

/// A message, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ShortMessage {
    pub(super) source: Address,
    pub(super) destination: Address,
    /// What kind of message it is, and whether the content begins with a header (SMPP 3.4, section 5.2.12).
    pub(super) esm_class: u8,
    /// 0 to 3.
    pub(super) priority: u8,
    /// How the content is written (SMPP 3.4, section 5.2.19).
    pub(super) data_coding: u8,
    pub(super) content: Content,
}

/// `source_addr` or `destination_addr` with what goes before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) ton: u8,
    pub(super) npi: u8,
    pub(super) text: CText<21>,
}

/// Where the content of a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// In `short_message`.
    Short(Octets<254>),
    /// In the optional parameter `message_payload`.
    Payload(Octets<65_535>),
}

impl Content {
    pub(super) fn octets(&self) -> &[u8] {
        match self {
            Content::Short(octets) => octets.as_slice(),
            Content::Payload(octets) => octets.as_slice(),
        }
    }
}

/// A C-octet string: ASCII without NUL, of fewer than `SIZE` octets, because there is a NUL behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CText<const SIZE: usize>(String);

impl<const SIZE: usize> CText<SIZE> {
    pub(super) fn new(text: &str) -> Option<Self> {
        let fits = text.len() < SIZE && text.is_ascii() && !text.contains('\0');
        fits.then(|| CText(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// At most so many octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Octets<const MAXIMUM: usize>(Vec<u8>);

impl<const MAXIMUM: usize> Octets<MAXIMUM> {
    pub(super) fn new(octets: Vec<u8>) -> Option<Self> {
        (octets.len() <= MAXIMUM).then_some(Octets(octets))
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.0
    }
}
