//! What an object is made of, and which records can't be in one.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ninefold_record_batch::Record;
use serde::Serialize;
use serde::de::IgnoredAny;

use super::compressor::Compressor;
use crate::reading::size;
use crate::record::{Compression, RecordFormat};

/// Records, on their way into an object.
pub(super) struct Batch {
    format: RecordFormat,
    content: Compressor,
    dead_letters: Vec<u8>,
    counts: BatchCounts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct BatchCounts {
    /// Records in the object.
    pub(super) records: u64,
    /// Records that can't be in one.
    pub(super) dead_letters: u64,
    /// Bytes of all of them.
    pub(super) bytes: usize,
}

/// What is put.
pub(super) struct Contents {
    pub(super) object: Bytes,
    pub(super) dead_letters: Bytes,
    pub(super) counts: BatchCounts,
}

/// A record of a shard, with the sequence number that readers know it by.
pub(super) struct Sequenced {
    pub(super) shard_id: String,
    pub(super) sequence_number: String,
    pub(super) record: Record,
}

/// A line of the object of dead letters.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeadLetter<'a> {
    shard_id: &'a str,
    sequence_number: &'a str,
    partition_key: Option<String>,
    approximate_arrival_timestamp: i64,
    error_code: &'static str,
    error_message: String,
    raw_data: String,
}

/// Why a record isn't what a channel takes.
struct Unfit {
    code: &'static str,
    message: String,
}

impl Unfit {
    fn of(code: &'static str, error: &dyn std::error::Error) -> Self {
        Unfit {
            code,
            message: error.to_string(),
        }
    }
}

impl Batch {
    pub(super) fn new(format: RecordFormat, compression: Compression) -> io::Result<Self> {
        Ok(Batch {
            format,
            content: Compressor::new(compression)?,
            dead_letters: Vec::new(),
            counts: BatchCounts::default(),
        })
    }

    /// How much it has taken.
    pub(super) fn bytes(&self) -> usize {
        self.counts.bytes
    }

    /// Takes records in their order.
    pub(super) fn push_all(&mut self, records: &[Sequenced]) -> io::Result<()> {
        records.iter().try_for_each(|record| self.push(record))
    }

    fn push(&mut self, sequenced: &Sequenced) -> io::Result<()> {
        let data = sequenced.record.value.as_deref().unwrap_or_default();
        self.counts.bytes += size(&sequenced.record);
        match check(self.format, data) {
            Ok(()) => {
                self.counts.records += 1;
                self.content.push(data)?;
                let wants_line_break = self.format != RecordFormat::ByteArray && !data.ends_with(b"\n");
                match wants_line_break {
                    true => self.content.push(b"\n"),
                    false => Ok(()),
                }
            }
            Err(unfit) => {
                self.counts.dead_letters += 1;
                self.push_dead_letter(sequenced, data, unfit)
            }
        }
    }

    fn push_dead_letter(&mut self, sequenced: &Sequenced, data: &[u8], unfit: Unfit) -> io::Result<()> {
        let key = sequenced.record.key.as_deref();
        let letter = DeadLetter {
            shard_id: &sequenced.shard_id,
            sequence_number: &sequenced.sequence_number,
            partition_key: key.map(|key| String::from_utf8_lossy(key).into_owned()),
            approximate_arrival_timestamp: sequenced.record.timestamp,
            error_code: unfit.code,
            error_message: unfit.message,
            raw_data: STANDARD.encode(data),
        };
        serde_json::to_writer(&mut self.dead_letters, &letter)?;
        self.dead_letters.push(b'\n');
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<Contents> {
        Ok(Contents {
            object: self.content.finish()?.into(),
            dead_letters: self.dead_letters.into(),
            counts: self.counts,
        })
    }
}

/// Whether a record is what its channel says that records are.
fn check(format: RecordFormat, data: &[u8]) -> Result<(), Unfit> {
    if format == RecordFormat::ByteArray {
        return Ok(());
    }
    let text = std::str::from_utf8(data).map_err(|error| Unfit::of("InvalidUtf8", &error))?;
    match format {
        // Whatever it skips it doesn't look at, so that text is text has been seen to before.
        RecordFormat::Json => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(IgnoredAny) => Ok(()),
            Err(error) => Err(Unfit::of("InvalidJson", &error)),
        },
        RecordFormat::String | RecordFormat::ByteArray => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequenced(data: &'static [u8]) -> Sequenced {
        Sequenced {
            shard_id: "shardId-000000000003".to_owned(),
            sequence_number: "77".to_owned(),
            record: Record {
                offset: 5,
                timestamp: 1_800_000_000_123,
                key: Some(Bytes::from_static(b"key")),
                value: Some(Bytes::from_static(data)),
                headers: Vec::new(),
            },
        }
    }

    fn contents(format: RecordFormat, records: &[&'static [u8]]) -> Contents {
        let mut batch = Batch::new(format, Compression::None).unwrap();
        let records: Vec<_> = records.iter().map(|data| sequenced(data)).collect();
        batch.push_all(&records).unwrap();
        batch.finish().unwrap()
    }

    #[test]
    fn records_are_as_they_came_and_texts_on_lines_of_their_own() {
        for (format, records, expected) in [
            (
                RecordFormat::Json,
                &[b"{\"a\": 1}".as_slice(), b" [2]\n", b"3"][..],
                b"{\"a\": 1}\n [2]\n3\n".as_slice(),
            ),
            (
                RecordFormat::String,
                &[b"one", b"", b"\xc3\xa4\n"],
                b"one\n\n\xc3\xa4\n",
            ),
            (RecordFormat::ByteArray, &[b"\xff\x00", b"", b"\n"], b"\xff\x00\n"),
        ] {
            let contents = contents(format, records);
            assert_eq!(contents.object, expected, "{format:?}");
            assert!(contents.dead_letters.is_empty());
            let counts = contents.counts;
            assert_eq!((counts.records, counts.dead_letters), (3, 0), "{format:?}");
        }
    }

    #[test]
    fn what_is_unfit_is_a_dead_letter_with_its_reason() {
        for (format, record, code) in [
            (RecordFormat::Json, b"{\"a\": ".as_slice(), "InvalidJson"),
            (RecordFormat::Json, b"", "InvalidJson"),
            (RecordFormat::Json, b"{} {}", "InvalidJson"),
            (RecordFormat::Json, b"\"\xff\"", "InvalidUtf8"),
            (RecordFormat::String, b"a\xff", "InvalidUtf8"),
        ] {
            let contents = contents(format, &[b"0", record]);
            assert_eq!(contents.object, b"0\n".as_slice());
            let letter: serde_json::Value = serde_json::from_slice(&contents.dead_letters).unwrap();
            assert_eq!(letter["errorCode"], code, "{record:?}");
            assert_eq!(letter["rawData"], STANDARD.encode(record));
            assert_eq!(letter["shardId"], "shardId-000000000003");
            assert_eq!(
                (&letter["sequenceNumber"], &letter["partitionKey"]),
                (&"77".into(), &"key".into())
            );
            assert_eq!(letter["approximateArrivalTimestamp"], 1_800_000_000_123_i64);
            let counts = contents.counts;
            assert_eq!(
                (counts.records, counts.dead_letters, counts.bytes),
                (1, 1, 7 + record.len())
            );
        }
    }
}
