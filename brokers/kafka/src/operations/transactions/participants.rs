//! AddPartitionsToTxn and AddOffsetsToTxn: where a transaction writes.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::add_offsets_to_txn::{
    AddOffsetsToTxnRequest, AddOffsetsToTxnResponse,
};
use ninefold_kafka_protocol::messages::add_partitions_to_txn::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnRequest, AddPartitionsToTxnResponse,
    AddPartitionsToTxnResult, AddPartitionsToTxnTopic, AddPartitionsToTxnTopicResult,
    AddPartitionsToTxnTransaction,
};
use ninefold_transactions::{Participant, TransactionError};

use crate::cluster::Cluster;
use crate::errors;
use crate::security::Operation;
use crate::session::Caller;
use crate::transactions::producer;

/// Since this version a request is for several transactions; it is for brokers.
const SEVERAL_SINCE: i16 = 4;
/// Since this version clients know that a producer may be fenced.
const FENCING_SINCE: i16 = 2;

/// AddPartitionsToTxn.
pub(crate) async fn add_partitions(
    cluster: &Cluster,
    caller: &Caller,
    request: AddPartitionsToTxnRequest,
    version: i16,
) -> AddPartitionsToTxnResponse {
    if version < SEVERAL_SINCE {
        let transaction = AddPartitionsToTxnTransaction {
            transactional_id: request.v3_and_below_transactional_id,
            producer_id: request.v3_and_below_producer_id,
            producer_epoch: request.v3_and_below_producer_epoch,
            verify_only: false,
            topics: request.v3_and_below_topics,
        };
        return AddPartitionsToTxnResponse {
            results_by_topic_v3_and_below: add_one(cluster, caller, transaction, version).await.topic_results,
            ..AddPartitionsToTxnResponse::default()
        };
    }
    let mut results_by_transaction = Vec::with_capacity(request.transactions.len());
    for transaction in request.transactions {
        results_by_transaction.push(add_one(cluster, caller, transaction, version).await);
    }
    AddPartitionsToTxnResponse {
        results_by_transaction,
        ..AddPartitionsToTxnResponse::default()
    }
}

async fn add_one(
    cluster: &Cluster,
    caller: &Caller,
    transaction: AddPartitionsToTxnTransaction,
    version: i16,
) -> AddPartitionsToTxnResult {
    let id = &transaction.transactional_id;
    let refused: Vec<Option<ErrorCode>> = match cluster.check_transactional_id(caller, Operation::Write, id) {
        Ok(()) => refusals(cluster, caller, &transaction.topics),
        Err(code) => partitions(&transaction.topics).map(|_| Some(code)).collect(),
    };
    let codes = if refused.iter().all(Option::is_none) {
        add_known(cluster, &transaction, version).await
    } else {
        // All of them or none.
        let codes = refused.into_iter();
        codes
            .map(|code| code.unwrap_or(ErrorCode::OperationNotAttempted))
            .collect()
    };
    let mut codes = codes.into_iter();
    let topic_results = transaction
        .topics
        .into_iter()
        .map(|topic| AddPartitionsToTxnTopicResult {
            results_by_partition: topic
                .partitions
                .iter()
                .zip(&mut codes)
                .map(|(partition, code)| AddPartitionsToTxnPartitionResult {
                    partition_index: *partition,
                    partition_error_code: code.code(),
                })
                .collect(),
            name: topic.name,
        });
    AddPartitionsToTxnResult {
        topic_results: topic_results.collect(),
        transactional_id: transaction.transactional_id,
    }
}

/// All partitions that are named, with the topics' names.
fn partitions(topics: &[AddPartitionsToTxnTopic]) -> impl Iterator<Item = (&ByteString, i32)> {
    topics
        .iter()
        .flat_map(|topic| topic.partitions.iter().map(|partition| (&topic.name, *partition)))
}

/// Why a partition can't be added, for each in order.
fn refusals(
    cluster: &Cluster,
    caller: &Caller,
    topics: &[AddPartitionsToTxnTopic],
) -> Vec<Option<ErrorCode>> {
    let refusal = |(name, partition): (&ByteString, i32)| {
        let topic = cluster.named_topic_for(caller, Operation::Write, name);
        topic.and_then(|topic| topic.partition(partition).map(drop)).err()
    };
    partitions(topics).map(refusal).collect()
}

/// What became of each partition, in order.
async fn add_known(
    cluster: &Cluster,
    transaction: &AddPartitionsToTxnTransaction,
    version: i16,
) -> Vec<ErrorCode> {
    let transactions = &cluster.transactions;
    let names: Vec<String> = transaction
        .topics
        .iter()
        .map(|topic| transactions.names.inner_text(&topic.name))
        .collect();
    let participants: Vec<Participant<'_>> = names
        .iter()
        .zip(&transaction.topics)
        .flat_map(|(name, topic)| {
            topic
                .partitions
                .iter()
                .map(move |partition| Participant::Partition {
                    topic: name,
                    partition: partition.unsigned_abs(),
                })
        })
        .collect();
    let id = transactions.names.inner_text(&transaction.transactional_id);
    let producer = producer(transaction.producer_id, transaction.producer_epoch);
    let outcome = if transaction.verify_only {
        transactions.engine.verify(&id, producer, &participants)
    } else {
        let added = transactions.engine.add(&id, producer, &participants).await;
        added.map(|()| vec![true; participants.len()])
    };
    match outcome {
        Ok(taking_part) => taking_part
            .into_iter()
            .map(|takes_part| {
                if takes_part {
                    ErrorCode::None
                } else {
                    ErrorCode::TransactionAbortable
                }
            })
            .collect(),
        Err(error) => vec![code_of(error, version); participants.len()],
    }
}

fn code_of(error: TransactionError, version: i16) -> ErrorCode {
    let error = if version < FENCING_SINCE {
        error.before_fencing()
    } else {
        error
    };
    errors::of_transaction(&error)
}

/// AddOffsetsToTxn.
pub(crate) async fn add_offsets(
    cluster: &Cluster,
    caller: &Caller,
    request: AddOffsetsToTxnRequest,
    version: i16,
) -> AddOffsetsToTxnResponse {
    let transactions = &cluster.transactions;
    let may = cluster
        .check_transactional_id(caller, Operation::Write, &request.transactional_id)
        .and_then(|()| cluster.check_group(caller, Operation::Read, &request.group_id));
    if let Err(code) = may {
        return AddOffsetsToTxnResponse {
            error_code: code.code(),
            ..AddOffsetsToTxnResponse::default()
        };
    }
    let group = transactions.names.inner_text(&request.group_id);
    let id = transactions.names.inner_text(&request.transactional_id);
    let producer = producer(request.producer_id, request.producer_epoch);
    let added = transactions
        .engine
        .add(&id, producer, &[Participant::Group(&group)])
        .await;
    AddOffsetsToTxnResponse {
        error_code: added.map_or_else(|error| code_of(error, version).code(), |()| 0),
        ..AddOffsetsToTxnResponse::default()
    }
}
