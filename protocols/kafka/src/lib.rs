//! The [Kafka protocol](https://kafka.apache.org/protocol) as data: bytes in, values out, and back.
//!
//! Pure: no input and output, no clock, no randomness. A broker
//!
//! 1. takes frames from a connection by [`FrameDecoder`],
//! 2. reads a [`RequestHeader`], and a [`Request`](messages::Request) if the API has the version, or one message by itself
//!    ([`messages`]), and
//! 3. sends [`response_frame`]: pieces, with records among them by reference, in memory or in files.
//!
//! [`sasl`] has what clients say to be authenticated. The messages are made from Kafka's own definitions by
//! `tools/kafka-messages`. What a broker needs is there always: requests can be decoded and responses encoded. The feature `client`
//! adds the other direction of each.

mod api_key;
mod error;
mod error_code;
mod frame;
mod header;
pub mod messages;
mod reader;
mod records;
pub mod sasl;
mod uuid;
mod writer;

pub use bytestring::ByteString;
pub use error::{DecodeError, EncodeError};
pub use error_code::ErrorCode;
pub use frame::{FrameDecoder, FrameError, response_frame};
#[cfg(feature = "client")]
pub use header::read_response_header;
pub use header::{RequestHeader, write_response_header};
pub use messages::ApiKey;
pub use reader::Reader;
pub use records::{FileRange, Piece, Records};
pub use uuid::{Uuid, UuidError};
pub use writer::Writer;
