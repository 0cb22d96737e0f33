//! An event that waits for a target, as it is stored: a format byte, the length of its passage, its passage, itself.

use bytes::{BufMut, Bytes, BytesMut};
use ninefold_delivery::Delivery;
use uuid::Uuid;

use crate::event::{Event, Passage};

/// The format of what is stored.
const FORMAT: u8 = 1;
/// Format and length of the passage.
const HEAD_BYTES: usize = 5;

/// The stored form of an event; its id is the item's.
pub(crate) fn encode(event: &Event) -> Bytes {
    let passage = serde_json::to_vec(&event.passage).expect("a passage is made of numbers and strings");
    let length = u32::try_from(passage.len()).expect("a passage is a few hundred bytes");
    let mut stored = BytesMut::with_capacity(HEAD_BYTES + passage.len() + event.json.len());
    stored.put_u8(FORMAT);
    stored.put_u32(length);
    stored.put_slice(&passage);
    stored.put_slice(event.json.as_bytes());
    stored.freeze()
}

/// The event of a delivery.
pub(crate) fn decode(delivery: &Delivery) -> Result<Event, String> {
    decode_stored(Uuid::from_u128(delivery.id.0), &delivery.payload)
}

/// The event of an id and a stored form.
pub(crate) fn decode_stored(id: Uuid, stored: &[u8]) -> Result<Event, String> {
    let (head, rest) = stored.split_at_checked(HEAD_BYTES).ok_or("it is too short")?;
    if head[0] != FORMAT {
        return Err(format!("its format is {}, not {FORMAT}", head[0]));
    }
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    let (passage, json) = rest.split_at_checked(length).ok_or("it is too short")?;
    let passage: Passage = serde_json::from_slice(passage).map_err(|error| error.to_string())?;
    Ok(Event {
        id,
        json: std::str::from_utf8(json)
            .map_err(|error| error.to_string())?
            .to_owned(),
        passage,
    })
}
