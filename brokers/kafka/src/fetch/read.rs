//! Reading one partition for a fetch.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::fetch::{AbortedTransaction, FetchPartition, PartitionData};
use ninefold_log::{Chunk, Isolation, Partition, Read, ReadRequest};
use tokio::task::spawn_blocking;

use super::Terms;
use crate::errors;

/// Reads a partition within `left_bytes`; `is_first` may return one batch that is longer.
pub(super) async fn partition(
    partition: Result<Arc<Partition>, ErrorCode>,
    wanted: &FetchPartition,
    terms: Terms,
    left_bytes: usize,
    is_first: bool,
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
        max_bytes: partition_bytes.min(left_bytes),
        at_least_one: is_first,
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
    match bytes(read).await {
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

/// What was read, in one piece.
async fn bytes(read: Read) -> std::io::Result<Bytes> {
    match &*read.chunks {
        [] => Ok(Bytes::new()),
        [Chunk::Memory(bytes)] => Ok(bytes.clone()),
        [Chunk::File { .. }] => {
            let chunk = read.chunks[0].clone();
            spawn_blocking(move || chunk.load())
                .await
                .map_err(std::io::Error::other)?
        }
        chunks => {
            let mut whole = BytesMut::with_capacity(read.bytes);
            for chunk in chunks {
                whole.extend_from_slice(&chunk.load()?);
            }
            Ok(whole.freeze())
        }
    }
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
        records: Some(Bytes::new()),
        ..PartitionData::default()
    }
}
