//! A response that carries records is sent in pieces, with the records as they were given.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bytes::Bytes;
use ninefold_kafka_protocol::messages::fetch::{FetchResponse, FetchableTopicResponse, PartitionData};
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{
    ApiKey, DecodeError, EncodeError, FrameDecoder, Piece, Reader, RequestHeader, Uuid, read_response_header,
};

const VERSION: i16 = 18;

fn response(records: &[Bytes]) -> Response {
    let partition = |(index, records): (usize, &Bytes)| PartitionData {
        partition_index: index as i32,
        high_watermark: 7,
        records: Some(records.clone().into()),
        ..PartitionData::default()
    };
    let topic = FetchableTopicResponse {
        topic_id: Uuid::from_bytes([1; 16]),
        partitions: records.iter().enumerate().map(partition).collect(),
        ..FetchableTopicResponse::default()
    };
    let response = FetchResponse {
        responses: vec![topic],
        ..FetchResponse::default()
    };
    response.into()
}

#[test]
fn records_are_not_copied() {
    let records = [vec![1; 1 << 20], vec![2; 10], vec![3; 1 << 16]].map(Bytes::from);
    let response = response(&records);
    let pieces = response.frame(VERSION, 42).unwrap().into_iter();
    let segments: Vec<Bytes> = pieces
        .map(|piece| match piece {
            Piece::Memory(bytes) => bytes,
            Piece::File(range) => panic!("{range:?}"),
        })
        .collect();
    for large in [&records[0], &records[2]] {
        assert!(
            segments
                .iter()
                .any(|segment| segment.as_ptr() == large.as_ptr() && segment.len() == large.len())
        );
    }
    let mut decoder = FrameDecoder::new(2 << 20);
    decoder.room().extend_from_slice(&segments.concat());
    let mut reader = Reader::new(decoder.next_frame().unwrap().unwrap());
    assert_eq!(decoder.pending_bytes(), 0);
    assert_eq!(read_response_header(&mut reader, ApiKey::Fetch, VERSION), Ok(42));
    assert_eq!(
        Response::decode(ApiKey::Fetch, &mut reader, VERSION),
        Ok(response)
    );
    assert_eq!(reader.finish(), Ok(()));
}

#[test]
fn versions_that_are_not_there_are_refused() {
    let response = response(&[]);
    for version in [3, 19] {
        let refused = EncodeError::UnsupportedVersion {
            message: "FetchResponse",
            version,
        };
        assert_eq!(response.frame(version, 42), Err(refused));
    }
    let refused = DecodeError::UnsupportedVersion {
        message: "FetchRequest",
        version: 3,
        lowest: 4,
        highest: 18,
    };
    let mut reader = Reader::new(Bytes::from_static(&[0; 100]));
    assert_eq!(Request::decode(ApiKey::Fetch, &mut reader, 3), Err(refused));
}

#[test]
fn bytes_after_a_request_are_ignored() {
    let frame = Bytes::from_static(b"\x00\x12\x00\x00\x00\x00\x00\x07\xff\xff!");
    let mut reader = Reader::new(frame);
    let header = RequestHeader::decode(&mut reader).unwrap();
    assert!(matches!(
        Request::after(&header, reader),
        Ok(Request::ApiVersions(_))
    ));
}
