//! Reading one partition for a fetch.

use std::sync::Arc;

use ninefold_kafka_protocol::messages::fetch::{AbortedTransaction, FetchPartition, PartitionData};
use ninefold_kafka_protocol::{ErrorCode, FileRange, Piece, Records};
use ninefold_log::{Chunk, Isolation, Partition, Read, ReadRequest};
use tokio::task::spawn_blocking;

use super::Terms;
use crate::errors;
use crate::limits::{FETCH_FILES, SENT_FROM_FILE_BYTES};

/// What the partitions before one have taken of what a fetch may.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    /// Bytes of records.
    pub(super) bytes: usize,
    /// Files that are open.
    files: usize,
}

impl Taken {
    pub(super) fn add(&mut self, data: &PartitionData) {
        let pieces = data.records.as_ref().map(Records::pieces).unwrap_or_default();
        self.bytes += pieces.iter().map(Piece::len).sum::<usize>();
        self.files += pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::File(_)))
            .count();
    }
}

/// Reads a partition within what is left; the first one that has something may return one batch that is longer.
pub(super) async fn partition(
    partition: Result<Arc<Partition>, ErrorCode>,
    wanted: &FetchPartition,
    terms: Terms,
    taken: Taken,
) -> PartitionData {
    let index = wanted.partition;
    let partition = match partition {
        Ok(partition) => partition,
        Err(code) => return failed(index, code, None),
    };
    if wanted.current_leader_epoch > 0 {
        return failed(index, ErrorCode::UnknownLeaderEpoch, Some(&partition));
    }
    let partition_bytes = usize::try_from(wanted.partition_max_bytes).unwrap_or(0);
    let request = ReadRequest {
        from_offset: wanted.fetch_offset,
        max_bytes: partition_bytes.min(terms.max_bytes.saturating_sub(taken.bytes)),
        at_least_one: taken.bytes == 0,
        isolation: if terms.is_committed {
            Isolation::Committed
        } else {
            Isolation::Uncommitted
        },
    };
    let read = match partition.read(request).await {
        Ok(read) => read,
        Err(error) => return failed(index, errors::of_read(&error), Some(&partition)),
    };
    let aborted = terms.is_committed.then(|| aborted(&read));
    let (high_watermark, last_stable_offset, log_start_offset) =
        (read.end_offset, read.last_stable_offset, read.start_offset);
    match records(read, taken).await {
        Ok(records) => PartitionData {
            partition_index: index,
            high_watermark,
            last_stable_offset,
            log_start_offset,
            aborted_transactions: aborted,
            records: Some(records),
            ..PartitionData::default()
        },
        Err(error) => {
            tracing::error!(%error, "a read failed");
            failed(index, ErrorCode::KafkaStorageError, Some(&partition))
        }
    }
}

fn aborted(read: &Read) -> Vec<AbortedTransaction> {
    let aborted = read.aborted.iter().map(|transaction| AbortedTransaction {
        producer_id: transaction.producer_id,
        first_offset: transaction.first_offset,
    });
    aborted.collect()
}

/// What was read, as it is sent.
async fn records(read: Read, taken: Taken) -> std::io::Result<Records> {
    let mut pieces = Vec::with_capacity(read.chunks.len());
    for chunk in read.chunks {
        pieces.push(match chunk {
            Chunk::Memory(bytes) => Piece::Memory(bytes),
            Chunk::File {
                file,
                position,
                bytes,
            } if bytes >= SENT_FROM_FILE_BYTES && taken.files < FETCH_FILES => Piece::File(FileRange {
                file,
                position,
                bytes,
            }),
            chunk @ Chunk::File { .. } => {
                let loaded = spawn_blocking(move || chunk.load()).await;
                Piece::Memory(loaded.map_err(std::io::Error::other)??)
            }
        });
    }
    Ok(pieces.into_iter().collect())
}

fn failed(index: i32, code: ErrorCode, partition: Option<&Arc<Partition>>) -> PartitionData {
    let is_readable = code == ErrorCode::OffsetOutOfRange;
    let known = partition.filter(|_| is_readable);
    PartitionData {
        partition_index: index,
        error_code: code.code(),
        high_watermark: known.map_or(-1, |partition| partition.end_offset()),
        last_stable_offset: known.map_or(-1, |partition| partition.last_stable_offset()),
        log_start_offset: known.map_or(-1, |partition| partition.start_offset()),
        aborted_transactions: None,
        records: Some(Records::default()),
        ..PartitionData::default()
    }
}
