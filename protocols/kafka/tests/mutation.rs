//! Whatever bytes come, they are read or refused, within memory that is in proportion to them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "every test uses a part of it")]
mod schema;

use fastrand::Rng;
use ninefold_kafka_protocol::messages::consumer_protocol_assignment::ConsumerProtocolAssignment;
use ninefold_kafka_protocol::messages::consumer_protocol_subscription::ConsumerProtocolSubscription;
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{ApiKey, DecodeError, Reader};
use peak_alloc::PeakAlloc;
use schema::Message;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Changed inputs of each version of each message.
const INPUTS: usize = 40;
/// The most changes made to one input.
const CHANGES: usize = 4;
/// What reading may take of memory for each byte of input, and besides.
const BYTES_EACH: usize = 160;
const BYTES_BESIDES: usize = 4 << 10;
/// Bytes that announce a lot, in either encoding.
const ANNOUNCEMENTS: [&[u8]; 5] = [
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\xff\x07",
    b"\x80\x00",
    b"\xff\xff\x03",
];

fn change(input: &mut Vec<u8>, random: &mut Rng) {
    let at = random.usize(..=input.len());
    let end = (at + random.usize(0..=8)).min(input.len());
    match random.u8(0..6) {
        0 => input.insert(at, random.u8(..)),
        1 => drop(input.drain(at..end)),
        2 => input.truncate(at),
        3 => drop(input.splice(
            at..end,
            ANNOUNCEMENTS[random.usize(..ANNOUNCEMENTS.len())].iter().copied(),
        )),
        4 => {
            let piece = input[at..end].to_vec();
            input.splice(at..at, piece.repeat(1 << random.u32(0..8)));
        }
        _ => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.u8(..8);
            }
        }
    }
}

/// Reads bytes as a message, and returns whether they are one.
fn read(name: &str, message: &Message, version: i16, input: Vec<u8>) -> bool {
    let length = input.len();
    let mut reader = Reader::new(input.into());
    let api_key = message.api_key.and_then(ApiKey::from_code);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let outcome: Result<(), DecodeError> = match (api_key, name) {
        (Some(api_key), _) if message.kind == "request" => {
            Request::decode(api_key, &mut reader, version).map(drop)
        }
        (Some(api_key), _) => Response::decode(api_key, &mut reader, version).map(drop),
        (None, "ConsumerProtocolAssignment") => {
            ConsumerProtocolAssignment::decode(&mut reader, version).map(drop)
        }
        _ => ConsumerProtocolSubscription::decode(&mut reader, version).map(drop),
    };
    let used = MEMORY.peak_usage().saturating_sub(before);
    let allowed = BYTES_BESIDES + BYTES_EACH * length;
    assert!(
        used <= allowed,
        "{name} {version} takes {used} bytes for {length} of input"
    );
    outcome.and_then(|()| reader.finish()).is_ok()
}

#[test]
fn any_bytes_are_read_or_refused_within_memory() {
    let mut random = Rng::with_seed(1);
    let (mut good, mut bad) = (0, 0);
    for (name, message) in &schema::messages() {
        for version in message.versions() {
            let wide = message.wide_bytes(name, version);
            assert!(read(name, message, version, wide), "{name} {version}");
            for _ in 0..INPUTS {
                let mut input = message.bytes(name, version, &mut random);
                for _ in 0..random.usize(1..=CHANGES) {
                    change(&mut input, &mut random);
                }
                match read(name, message, version, input) {
                    true => good += 1,
                    false => bad += 1,
                }
            }
        }
    }
    assert!(good > 1000 && bad > 10_000, "{good} were good and {bad} bad");
}
