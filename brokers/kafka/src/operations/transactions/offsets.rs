//! TxnOffsetCommit: offsets that count when the transaction is committed.

use ninefold_groups::{PartitionOffset, ProducerId, TransactionalCommit};
use ninefold_kafka_protocol::messages::txn_offset_commit::{
    TxnOffsetCommitRequest, TxnOffsetCommitRequestTopic, TxnOffsetCommitResponse,
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};

use crate::cluster::Cluster;
use crate::errors;
use crate::operations::groups::offset_commit::committer;
use crate::security::Operation;
use crate::session::Caller;
use crate::transactions::Writer;

/// TxnOffsetCommit.
pub(crate) async fn commit(
    cluster: &Cluster,
    caller: &Caller,
    request: TxnOffsetCommitRequest,
    version: i16,
) -> TxnOffsetCommitResponse {
    let mut topics: Vec<TxnOffsetCommitResponseTopic> = request.topics.iter().map(unanswered).collect();
    let codes = commit_known(cluster, caller, &request, version).await;
    let partitions = topics.iter_mut().flat_map(|topic| &mut topic.partitions);
    for (partition, code) in partitions.zip(codes) {
        partition.error_code = code;
    }
    TxnOffsetCommitResponse {
        topics,
        ..TxnOffsetCommitResponse::default()
    }
}

fn unanswered(topic: &TxnOffsetCommitRequestTopic) -> TxnOffsetCommitResponseTopic {
    let partition = |partition: &ninefold_kafka_protocol::messages::txn_offset_commit::TxnOffsetCommitRequestPartition| {
        TxnOffsetCommitResponsePartition {
            partition_index: partition.partition_index,
            error_code: 0,
        }
    };
    TxnOffsetCommitResponseTopic {
        name: topic.name.clone(),
        partitions: topic.partitions.iter().map(partition).collect(),
    }
}

/// What became of each partition, in order.
async fn commit_known(
    cluster: &Cluster,
    caller: &Caller,
    request: &TxnOffsetCommitRequest,
    version: i16,
) -> Vec<i16> {
    let count = request.topics.iter().map(|topic| topic.partitions.len()).sum();
    let may = cluster
        .check_transactional_id(caller, Operation::Write, &request.transactional_id)
        .and_then(|()| cluster.check_group(caller, Operation::Read, &request.group_id));
    if let Err(code) = may {
        return vec![code.code(); count];
    }
    let writer = Writer::new(request.producer_id, request.producer_epoch);
    let admitted = cluster
        .transactions
        .admit_offsets(&request.transactional_id, writer, &request.group_id, version)
        .await;
    let _admission = match admitted {
        Ok(admission) => admission,
        Err(code) => return vec![code.code(); count],
    };
    let mut codes = Vec::with_capacity(count);
    let mut offsets = Vec::new();
    for topic in &request.topics {
        let found = cluster.named_topic_for(caller, Operation::Read, &topic.name);
        for partition in &topic.partitions {
            let known = match &found {
                Ok(topic) => topic.partition(partition.partition_index).map(drop),
                Err(code) => Err(*code),
            };
            if let Err(code) = known {
                codes.push(code.code());
                continue;
            }
            codes.push(0);
            offsets.push(PartitionOffset {
                topic: cluster.groups.names.inner(&topic.name),
                partition: partition.partition_index.unsigned_abs(),
                offset: partition.committed_offset,
                leader_epoch: Some(partition.committed_leader_epoch).filter(|epoch| *epoch >= 0),
                metadata: partition.committed_metadata.as_deref().unwrap_or_default().into(),
            });
        }
    }
    let committed = cluster.groups.engine.commit_in_transaction(TransactionalCommit {
        group: cluster.groups.names.inner(&request.group_id),
        committer: committer(
            &request.member_id,
            request.group_instance_id.as_ref(),
            request.generation_id,
        ),
        producer: ProducerId(request.producer_id),
        offsets,
    });
    match committed.await {
        Ok(committed) => {
            let known = codes.iter_mut().filter(|code| **code == 0);
            for (code, committed) in known.zip(&committed) {
                *code = errors::of_group_outcome(committed);
            }
            codes
        }
        Err(error) => vec![errors::of_group(&error).code(); count],
    }
}
