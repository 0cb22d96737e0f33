//! What stands before every request and response: which API, which version, and whose answer.

use bytestring::ByteString;

use crate::error::DecodeError;
#[cfg(feature = "client")]
use crate::error::EncodeError;
use crate::messages::ApiKey;
use crate::reader::Reader;
use crate::writer::Writer;

/// What begins a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHeader {
    /// The API that the request is for.
    pub api_key: ApiKey,
    /// The version of the request, and of its response. May be one that the API doesn't have.
    pub api_version: i16,
    /// Comes back in the response.
    pub correlation_id: i32,
    /// What the client calls itself.
    pub client_id: Option<ByteString>,
}

impl RequestHeader {
    /// Reads the header from the beginning of a frame.
    ///
    /// Doesn't look whether the API has the version: a broker answers `ApiVersions` in any.
    pub fn decode(reader: &mut Reader) -> Result<Self, DecodeError> {
        let code = reader.int16()?;
        let api_key = ApiKey::from_code(code).ok_or(DecodeError::UnknownApiKey(code))?;
        let header = RequestHeader {
            api_key,
            api_version: reader.int16()?,
            correlation_id: reader.int32()?,
            // In the classic encoding in every version, so that it can be read before the version is known.
            client_id: reader.nullable_string(false)?,
        };
        if api_key.request_header_version(header.api_version) >= 2 {
            reader.skip_tagged_fields()?;
        }
        Ok(header)
    }

    /// Writes the header as it stands before a request.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.int16(self.api_key as i16);
        writer.int16(self.api_version);
        writer.int32(self.correlation_id);
        writer.nullable_string(false, self.client_id.as_ref())?;
        if self.api_key.request_header_version(self.api_version) >= 2 {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Writes the header as it stands before a response of a version.
pub fn write_response_header(writer: &mut Writer, api_key: ApiKey, version: i16, correlation_id: i32) {
    writer.int32(correlation_id);
    if api_key.response_header_version(version) >= 1 {
        writer.no_tagged_fields();
    }
}

/// Reads the header before a response of a version: the correlation id.
#[cfg(feature = "client")]
pub fn read_response_header(reader: &mut Reader, api_key: ApiKey, version: i16) -> Result<i32, DecodeError> {
    let correlation_id = reader.int32()?;
    if api_key.response_header_version(version) >= 1 {
        reader.skip_tagged_fields()?;
    }
    Ok(correlation_id)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_request_for_api_versions_of_the_future_can_be_answered() {
        let bytes = Bytes::from_static(b"\x00\x12\x00\x63\x00\x00\x00\x07\x00\x01a\x00rest");
        let mut reader = Reader::new(bytes);
        let header = RequestHeader::decode(&mut reader).unwrap();
        assert_eq!((header.api_key, header.api_version), (ApiKey::ApiVersions, 99));
        assert_eq!(
            (header.correlation_id, header.client_id.as_deref()),
            (7, Some("a"))
        );
        assert!(!header.api_key.has_version(header.api_version));
        assert_eq!(&reader.rest()[..], b"rest");
    }

    #[test]
    fn keys_of_no_api_are_refused() {
        for code in [-1, 4, 7, 52, 93, i16::MAX] {
            let mut frame = code.to_be_bytes().to_vec();
            frame.extend([0; 8]);
            let outcome = RequestHeader::decode(&mut Reader::new(frame.into()));
            assert_eq!(outcome, Err(DecodeError::UnknownApiKey(code)));
        }
    }
}
