//! EndTxn, by which a producer decides; and WriteTxnMarkers, by which an operator ends what hangs.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::end_txn::{EndTxnRequest, EndTxnResponse};
use ninefold_kafka_protocol::messages::write_txn_markers::{
    WritableTxnMarker, WritableTxnMarkerPartitionResult, WritableTxnMarkerResult,
    WritableTxnMarkerTopicResult, WriteTxnMarkersRequest, WriteTxnMarkersResponse,
};
use ninefold_record_batch::{EndTransactionMarker, MarkerKind};
use ninefold_transactions::{Outcome, TransactionVersion};

use crate::cluster::Cluster;
use crate::errors;
use crate::security::{Operation, Resource};
use crate::session::Caller;
use crate::transactions::producer;

/// Since this version every transaction has an epoch of its own (KIP-890).
const OWN_EPOCH_SINCE: i16 = 5;
/// Since this version clients know that a producer may be fenced.
const FENCING_SINCE: i16 = 2;
/// Nobody.
const NONE: i64 = -1;
const NO_EPOCH: i16 = -1;

/// EndTxn.
pub(crate) async fn end(
    cluster: &Cluster,
    caller: &Caller,
    request: EndTxnRequest,
    version: i16,
) -> EndTxnResponse {
    if let Err(code) = cluster.check_transactional_id(caller, Operation::Write, &request.transactional_id) {
        return refused(code);
    }
    let transactions = &cluster.transactions;
    let id = transactions.names.inner_text(&request.transactional_id);
    let outcome = if request.committed {
        Outcome::Commit
    } else {
        Outcome::Abort
    };
    let has_own_epoch = version >= OWN_EPOCH_SINCE;
    let rules = if has_own_epoch {
        TransactionVersion::Two
    } else {
        TransactionVersion::One
    };
    let producer = producer(request.producer_id, request.producer_epoch);
    match transactions.engine.end(&id, producer, outcome, rules).await {
        Ok(producer) => EndTxnResponse {
            producer_id: if has_own_epoch { producer.id.0 } else { NONE },
            producer_epoch: if has_own_epoch { producer.epoch } else { NO_EPOCH },
            ..EndTxnResponse::default()
        },
        Err(error) => {
            let error = if version < FENCING_SINCE {
                error.before_fencing()
            } else {
                error
            };
            refused(errors::of_transaction(&error))
        }
    }
}

fn refused(code: ErrorCode) -> EndTxnResponse {
    EndTxnResponse {
        error_code: code.code(),
        producer_id: NONE,
        producer_epoch: NO_EPOCH,
        ..EndTxnResponse::default()
    }
}

/// WriteTxnMarkers.
pub(crate) async fn write_markers(
    cluster: &Cluster,
    caller: &Caller,
    request: WriteTxnMarkersRequest,
) -> WriteTxnMarkersResponse {
    let may = cluster.allows(caller, Operation::ClusterAction, Resource::CLUSTER)
        || cluster.allows(caller, Operation::Alter, Resource::CLUSTER);
    let mut markers = Vec::with_capacity(request.markers.len());
    for marker in request.markers {
        markers.push(write_one(cluster, marker, may).await);
    }
    WriteTxnMarkersResponse { markers }
}

async fn write_one(cluster: &Cluster, request: WritableTxnMarker, may: bool) -> WritableTxnMarkerResult {
    let marker = EndTransactionMarker {
        kind: if request.transaction_result {
            MarkerKind::Commit
        } else {
            MarkerKind::Abort
        },
        coordinator_epoch: request.coordinator_epoch,
    };
    let mut topics = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let mut partitions = Vec::with_capacity(topic.partition_indexes.len());
        for index in topic.partition_indexes {
            let producer = (request.producer_id, request.producer_epoch);
            let written = match may {
                true => append(cluster, &topic.name, index, producer, &marker).await,
                false => Err(ErrorCode::ClusterAuthorizationFailed),
            };
            partitions.push(WritableTxnMarkerPartitionResult {
                partition_index: index,
                error_code: written.err().map_or(0, ErrorCode::code),
            });
        }
        topics.push(WritableTxnMarkerTopicResult {
            name: topic.name,
            partitions,
        });
    }
    WritableTxnMarkerResult {
        producer_id: request.producer_id,
        topics,
    }
}

async fn append(
    cluster: &Cluster,
    topic: &str,
    index: i32,
    (producer_id, producer_epoch): (i64, i16),
    marker: &EndTransactionMarker,
) -> Result<(), ErrorCode> {
    let topic = cluster
        .topics
        .get(topic)
        .ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let partition = topic.partition(index)?;
    let append = partition.append_marker(producer_id, producer_epoch, marker);
    let append = append.map_err(|error| errors::of_append(&error))?;
    append.await.map(drop).map_err(|error| errors::of_append(&error))
}
