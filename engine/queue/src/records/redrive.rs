use bytes::Bytes;

use super::codec::{Reader, Writer};
use crate::{QueueError, QueueKey, RedriveDestination, RedriveId, RedriveReport, RedriveState};

const FORMAT: u8 = 1;
const NAME: &str = "redrive";

/// A redrive as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedriveRecord(pub(crate) RedriveReport);

impl RedriveRecord {
    pub(crate) fn encode(&self) -> Bytes {
        let report = &self.0;
        let mut writer = Writer::new(FORMAT, 96);
        writer.u128(report.id.0);
        writer.blob(&report.source.0);
        let destination = match &report.destination {
            RedriveDestination::Origin => None,
            RedriveDestination::Queue(key) => Some(key),
        };
        writer.optional(destination, |writer, key| writer.blob(&key.0));
        writer.optional(report.rate_per_second, |writer, rate| writer.u32(rate));
        writer.byte(match report.state {
            RedriveState::Running => 1,
            RedriveState::Completed => 2,
            RedriveState::Cancelling => 3,
            RedriveState::Cancelled => 4,
            RedriveState::Failed => 5,
        });
        writer.u64(report.moved);
        writer.u64(report.to_move);
        writer.timestamp(report.started_at);
        writer.optional(report.failure.as_deref(), |writer, text| {
            writer.blob(text.as_bytes());
        });
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, QueueError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        Ok(RedriveRecord(RedriveReport {
            id: RedriveId(reader.u128()?),
            source: QueueKey(reader.owned_blob()?),
            destination: match reader.optional(Reader::owned_blob)? {
                None => RedriveDestination::Origin,
                Some(key) => RedriveDestination::Queue(QueueKey(key)),
            },
            rate_per_second: reader.optional(Reader::u32)?,
            state: match reader.byte()? {
                1 => RedriveState::Running,
                2 => RedriveState::Completed,
                3 => RedriveState::Cancelling,
                4 => RedriveState::Cancelled,
                5 => RedriveState::Failed,
                _ => return Err(reader.damaged()),
            },
            moved: reader.u64()?,
            to_move: reader.u64()?,
            started_at: reader.timestamp()?,
            failure: reader.optional(Reader::text)?.map(|text| text.to_string()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use ninefold_time::Timestamp;

    use super::*;

    #[test]
    fn a_record_reads_back_as_written() {
        let report = RedriveReport {
            id: RedriveId(9),
            source: QueueKey(Bytes::from_static(b"from")),
            destination: RedriveDestination::Queue(QueueKey(Bytes::from_static(b"to"))),
            rate_per_second: Some(5),
            state: RedriveState::Failed,
            moved: 3,
            to_move: 4,
            started_at: Timestamp::from_millis(77),
            failure: Some("gone".to_owned()),
        };
        let record = RedriveRecord(report);
        assert_eq!(RedriveRecord::decode(record.encode()).unwrap(), record);
    }
}
