use bytes::Bytes;

use super::codec::{Reader, Writer};
use crate::{DeadLetterPolicy, DeduplicationScope, QueueConfig, QueueError, QueueKey, QueueKind};

const FORMAT: u8 = 1;
const NAME: &str = "queue";

/// Whether a queue is there or only what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueueStatus {
    Active,
    /// Deleted; its records are being removed.
    Deleted,
}

/// A queue as stored; its number is its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueueRecord {
    pub(crate) status: QueueStatus,
    pub(crate) key: QueueKey,
    pub(crate) config: QueueConfig,
    pub(crate) attachment: Bytes,
}

impl QueueRecord {
    pub(crate) fn encode(&self) -> Bytes {
        let config = &self.config;
        let mut writer = Writer::new(FORMAT, 64 + self.key.0.len() + self.attachment.len());
        writer.byte(match self.status {
            QueueStatus::Active => 1,
            QueueStatus::Deleted => 2,
        });
        writer.blob(&self.key.0);
        writer.byte(match config.kind {
            QueueKind::Standard => 1,
            QueueKind::Fifo {
                deduplication_scope: DeduplicationScope::Queue,
            } => 2,
            QueueKind::Fifo {
                deduplication_scope: DeduplicationScope::MessageGroup,
            } => 3,
        });
        writer.u32(config.delay_seconds);
        writer.u32(config.visibility_timeout_seconds);
        writer.u32(config.retention_seconds);
        writer.u32(config.in_flight_limit);
        writer.optional(config.dead_letter.as_ref(), |writer, policy| {
            writer.blob(&policy.queue.0);
            writer.u32(policy.maximum_receive_count);
        });
        writer.rest(&self.attachment);
        writer.finish()
    }

    pub(crate) fn decode(bytes: Bytes) -> Result<Self, QueueError> {
        let mut reader = Reader::new(bytes, FORMAT, NAME)?;
        let status = match reader.byte()? {
            1 => QueueStatus::Active,
            2 => QueueStatus::Deleted,
            _ => return Err(reader.damaged()),
        };
        let key = QueueKey(reader.owned_blob()?);
        let kind = match reader.byte()? {
            1 => QueueKind::Standard,
            2 => QueueKind::Fifo {
                deduplication_scope: DeduplicationScope::Queue,
            },
            3 => QueueKind::Fifo {
                deduplication_scope: DeduplicationScope::MessageGroup,
            },
            _ => return Err(reader.damaged()),
        };
        let config = QueueConfig {
            kind,
            delay_seconds: reader.u32()?,
            visibility_timeout_seconds: reader.u32()?,
            retention_seconds: reader.u32()?,
            in_flight_limit: reader.u32()?,
            dead_letter: reader.optional(|reader| {
                Ok(DeadLetterPolicy {
                    queue: QueueKey(reader.owned_blob()?),
                    maximum_receive_count: reader.u32()?,
                })
            })?,
        };
        Ok(QueueRecord {
            status,
            key,
            config,
            attachment: reader.rest(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_as_written() {
        let kinds = [
            QueueKind::Standard,
            QueueKind::Fifo {
                deduplication_scope: DeduplicationScope::Queue,
            },
            QueueKind::Fifo {
                deduplication_scope: DeduplicationScope::MessageGroup,
            },
        ];
        let key = QueueKey(Bytes::from_static(b"a/b/c"));
        for kind in kinds {
            let record = QueueRecord {
                status: QueueStatus::Active,
                key: key.clone(),
                config: QueueConfig {
                    kind,
                    delay_seconds: 1,
                    visibility_timeout_seconds: 2,
                    retention_seconds: 3,
                    in_flight_limit: 4,
                    dead_letter: Some(DeadLetterPolicy {
                        queue: key.clone(),
                        maximum_receive_count: 5,
                    }),
                },
                attachment: Bytes::from_static(b"the door's own"),
            };
            assert_eq!(QueueRecord::decode(record.encode()).unwrap(), record);
        }
    }
}
