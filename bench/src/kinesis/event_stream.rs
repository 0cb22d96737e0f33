//! Messages of an event stream, as far as a load needs them:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html>.

use std::io::{self, Read};

/// The length of the message, that of its headers, and their checksum.
const PRELUDE_BYTES: usize = 12;
/// The checksum at the end.
const CHECKSUM_BYTES: usize = 4;
/// A message longer than this is refused.
const MESSAGE_BYTES: usize = 32 << 20;

/// Reads the next message; its headers as they are, and its payload.
pub(super) fn next(reader: &mut impl Read) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut prelude = [0; PRELUDE_BYTES];
    reader.read_exact(&mut prelude)?;
    let field = |at: usize| -> usize {
        u32::from_be_bytes([prelude[at], prelude[at + 1], prelude[at + 2], prelude[at + 3]]) as usize
    };
    let (total, headers) = (field(0), field(4));
    if total > MESSAGE_BYTES || total < PRELUDE_BYTES + headers + CHECKSUM_BYTES {
        return Err(io::Error::other("an impossible length of a message"));
    }
    let mut rest = vec![0; total - PRELUDE_BYTES];
    reader.read_exact(&mut rest)?;
    rest.truncate(total - PRELUDE_BYTES - CHECKSUM_BYTES);
    let payload = rest.split_off(headers);
    Ok((rest, payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_apart() {
        let mut bytes = Vec::new();
        bytes.extend(21_u32.to_be_bytes());
        bytes.extend(2_u32.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(b"hhabc");
        bytes.extend([0; 4]);
        assert_eq!(next(&mut &bytes[..]).unwrap(), (b"hh".to_vec(), b"abc".to_vec()));
        bytes[3] = 15;
        assert!(next(&mut &bytes[..]).is_err());
    }
}
