//! PDUs as octets (SMPP 3.4, sections 3.2 and 4).

use super::pdu::{Address, Bind, BindMode, Body, CText, Content, Octets, Pdu, ShortMessage};
use super::status::Status;

/// Octets of what every PDU begins with: its length, command, status and sequence number.
const HEADER_OCTETS: usize = 16;
/// The longest PDU that is read, in octets: one with the longest `message_payload`.
pub(super) const MAXIMUM_OCTETS: usize = HEADER_OCTETS + 512 + 65_535;
/// What this client speaks: 3.4.
const INTERFACE_VERSION: u8 = 0x34;
/// The bit by which responses differ from requests.
const RESPONSE: u32 = 0x8000_0000;
/// The optional parameter with the content of a message.
const MESSAGE_PAYLOAD: u16 = 0x0424;

mod command {
    pub(super) const GENERIC_NACK: u32 = super::RESPONSE;
    pub(super) const BIND_TRANSMITTER: u32 = 0x02;
    pub(super) const SUBMIT_SM: u32 = 0x04;
    pub(super) const DELIVER_SM: u32 = 0x05;
    pub(super) const UNBIND: u32 = 0x06;
    pub(super) const BIND_TRANSCEIVER: u32 = 0x09;
    pub(super) const ENQUIRE_LINK: u32 = 0x15;
}

/// What was received can't be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// Where it ends isn't known, so nothing that comes after can be understood either.
    Length,
    /// It isn't what its command says; what comes after is not concerned.
    Body { sequence: u32, is_response: bool },
}

/// Whether a command asks for a response.
pub(super) fn is_request(command_id: u32) -> bool {
    command_id & RESPONSE == 0
}

/// How many octets the PDU at the beginning has, once that can be told.
pub(super) fn length(received: &[u8]) -> Result<Option<usize>, Malformed> {
    let Some(length) = received.first_chunk() else {
        return Ok(None);
    };
    match usize::try_from(u32::from_be_bytes(*length)) {
        Ok(length) if (HEADER_OCTETS..=MAXIMUM_OCTETS).contains(&length) => Ok(Some(length)),
        _ => Err(Malformed::Length),
    }
}

/// The PDU, which these are all octets of.
pub(super) fn decode(octets: &[u8]) -> Result<Pdu, Malformed> {
    let mut reader = Reader(octets);
    let header = (reader.u32(), reader.u32(), reader.u32(), reader.u32());
    let (Some(_), Some(command_id), Some(status), Some(sequence)) = header else {
        return Err(Malformed::Length);
    };
    let body = decode_body(command_id, &mut reader).ok_or(Malformed::Body {
        sequence,
        is_response: !is_request(command_id),
    })?;
    Ok(Pdu::response(sequence, Status(status), body))
}

fn decode_body(command_id: u32, reader: &mut Reader<'_>) -> Option<Body> {
    Some(match command_id {
        command::GENERIC_NACK => Body::GenericNack,
        command::BIND_TRANSMITTER => Body::Bind(BindMode::Transmitter, decode_bind(reader)?),
        command::BIND_TRANSCEIVER => Body::Bind(BindMode::Transceiver, decode_bind(reader)?),
        command::SUBMIT_SM => Body::SubmitSm(decode_message(reader)?),
        command::DELIVER_SM => Body::DeliverSm(decode_message(reader)?),
        command::UNBIND => Body::Unbind,
        command::ENQUIRE_LINK => Body::EnquireLink,
        other if is_request(other) => Body::Other { command_id: other },
        response => match response & !RESPONSE {
            command::BIND_TRANSMITTER => Body::BindResponse(BindMode::Transmitter),
            command::BIND_TRANSCEIVER => Body::BindResponse(BindMode::Transceiver),
            // A response of failure has no body.
            command::SUBMIT_SM => Body::SubmitSmResponse {
                message_id: if reader.is_empty() {
                    CText::default()
                } else {
                    reader.text()?
                },
            },
            command::DELIVER_SM => Body::DeliverSmResponse,
            command::UNBIND => Body::UnbindResponse,
            command::ENQUIRE_LINK => Body::EnquireLinkResponse,
            _ => Body::Other { command_id: response },
        },
    })
}

fn decode_bind(reader: &mut Reader<'_>) -> Option<Bind> {
    Some(Bind {
        system_id: reader.text()?,
        password: reader.text()?,
        system_type: reader.text()?,
    })
}

/// `submit_sm` and `deliver_sm` have the same form (SMPP 3.4, sections 4.4.1 and 4.6.1).
fn decode_message(reader: &mut Reader<'_>) -> Option<ShortMessage> {
    let _service_type: CText<6> = reader.text()?;
    let source = decode_address(reader)?;
    let destination = decode_address(reader)?;
    let esm_class = reader.u8()?;
    let _protocol_id = reader.u8()?;
    let priority = reader.u8()?;
    let _schedule_delivery_time: CText<17> = reader.text()?;
    let _validity_period: CText<17> = reader.text()?;
    let _registered_delivery = reader.u8()?;
    let _replace_if_present = reader.u8()?;
    let data_coding = reader.u8()?;
    let _default_message_id = reader.u8()?;
    let length = reader.u8()?;
    let short = Octets::new(reader.take(length.into())?.to_vec())?;
    let payload = decode_payload(reader)?;
    Some(ShortMessage {
        source,
        destination,
        esm_class,
        priority,
        data_coding,
        content: payload.map_or(Content::Short(short), Content::Payload),
    })
}

fn decode_address(reader: &mut Reader<'_>) -> Option<Address> {
    Some(Address {
        ton: reader.u8()?,
        npi: reader.u8()?,
        text: reader.text()?,
    })
}

/// The one optional parameter that matters, if it is there.
fn decode_payload(reader: &mut Reader<'_>) -> Option<Option<Octets<65_535>>> {
    let mut payload = None;
    while !reader.is_empty() {
        let tag = reader.u16()?;
        let length = reader.u16()?;
        let value = reader.take(length.into())?;
        if tag == MESSAGE_PAYLOAD {
            payload = Some(Octets::new(value.to_vec())?);
        }
    }
    Some(payload)
}

/// The PDU as octets.
pub(super) fn encode(pdu: &Pdu) -> Vec<u8> {
    let mut octets = vec![0; 4];
    octets.extend_from_slice(&command_id(&pdu.body).to_be_bytes());
    octets.extend_from_slice(&pdu.status.0.to_be_bytes());
    octets.extend_from_slice(&pdu.sequence.to_be_bytes());
    encode_body(&pdu.body, &mut octets);
    let length = u32::try_from(octets.len()).expect("every field of a PDU is bounded");
    octets[..4].copy_from_slice(&length.to_be_bytes());
    octets
}

fn command_id(body: &Body) -> u32 {
    let bind = |mode: &BindMode| match mode {
        BindMode::Transmitter => command::BIND_TRANSMITTER,
        BindMode::Transceiver => command::BIND_TRANSCEIVER,
    };
    match body {
        Body::GenericNack => command::GENERIC_NACK,
        Body::Bind(mode, _) => bind(mode),
        Body::BindResponse(mode) => bind(mode) | RESPONSE,
        Body::SubmitSm(_) => command::SUBMIT_SM,
        Body::SubmitSmResponse { .. } => command::SUBMIT_SM | RESPONSE,
        Body::DeliverSm(_) => command::DELIVER_SM,
        Body::DeliverSmResponse => command::DELIVER_SM | RESPONSE,
        Body::EnquireLink => command::ENQUIRE_LINK,
        Body::EnquireLinkResponse => command::ENQUIRE_LINK | RESPONSE,
        Body::Unbind => command::UNBIND,
        Body::UnbindResponse => command::UNBIND | RESPONSE,
        Body::Other { command_id } => *command_id,
    }
}

fn encode_body(body: &Body, octets: &mut Vec<u8>) {
    match body {
        Body::Bind(_, bind) => encode_bind(bind, octets),
        Body::SubmitSm(message) | Body::DeliverSm(message) => encode_message(message, octets),
        Body::SubmitSmResponse { message_id } => put_text(message_id, octets),
        // `system_id` and `message_id`, which say nothing here.
        Body::BindResponse(_) | Body::DeliverSmResponse => octets.push(0),
        Body::GenericNack
        | Body::EnquireLink
        | Body::EnquireLinkResponse
        | Body::Unbind
        | Body::UnbindResponse
        | Body::Other { .. } => {}
    }
}

fn encode_bind(bind: &Bind, octets: &mut Vec<u8>) {
    put_text(&bind.system_id, octets);
    put_text(&bind.password, octets);
    put_text(&bind.system_type, octets);
    octets.push(INTERFACE_VERSION);
    // Any address, of any type: `addr_ton`, `addr_npi`, `address_range`.
    octets.extend_from_slice(&[0, 0, 0]);
}

fn encode_message(message: &ShortMessage, octets: &mut Vec<u8>) {
    let service_type = CText::<6>::default();
    let (schedule_delivery_time, validity_period) = (CText::<17>::default(), CText::<17>::default());
    let (protocol_id, registered_delivery, replace_if_present, default_message_id) = (0, 0, 0, 0);

    put_text(&service_type, octets);
    put_address(&message.source, octets);
    put_address(&message.destination, octets);
    octets.extend_from_slice(&[message.esm_class, protocol_id, message.priority]);
    put_text(&schedule_delivery_time, octets);
    put_text(&validity_period, octets);
    octets.extend_from_slice(&[
        registered_delivery,
        replace_if_present,
        message.data_coding,
        default_message_id,
    ]);
    match &message.content {
        Content::Short(short) => {
            octets.push(u8::try_from(short.as_slice().len()).expect("at most 254 octets"));
            octets.extend_from_slice(short.as_slice());
        }
        Content::Payload(payload) => {
            let length = u16::try_from(payload.as_slice().len()).expect("at most 65,535 octets");
            octets.push(0);
            octets.extend_from_slice(&MESSAGE_PAYLOAD.to_be_bytes());
            octets.extend_from_slice(&length.to_be_bytes());
            octets.extend_from_slice(payload.as_slice());
        }
    }
}

fn put_text<const SIZE: usize>(text: &CText<SIZE>, octets: &mut Vec<u8>) {
    octets.extend_from_slice(text.as_str().as_bytes());
    octets.push(0);
}

fn put_address(address: &Address, octets: &mut Vec<u8>) {
    octets.extend_from_slice(&[address.ton, address.npi]);
    put_text(&address.text, octets);
}

/// What is left to read. Each method takes something from its beginning, if it is there.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn u16(&mut self) -> Option<u16> {
        let (octets, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*octets))
    }

    fn u32(&mut self) -> Option<u32> {
        let (octets, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*octets))
    }

    /// Some message centres put other characters into addresses; each of them becomes a question mark.
    fn text<const SIZE: usize>(&mut self) -> Option<CText<SIZE>> {
        let end = self.0.iter().take(SIZE).position(|octet| *octet == 0)?;
        let text = self.take(end)?.iter();
        let text: String = text
            .map(|octet| if octet.is_ascii() { char::from(*octet) } else { '?' })
            .collect();
        self.u8()?;
        CText::new(&text)
    }
}

#[cfg(test)]
mod tests;
