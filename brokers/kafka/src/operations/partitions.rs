//! CreatePartitions: topics get more of them.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::create_partitions::{
    CreatePartitionsRequest, CreatePartitionsResponse, CreatePartitionsTopic, CreatePartitionsTopicResult,
};

use crate::cluster::{Cluster, NODE};
use crate::errors::Refusal;
use crate::security::{Operation, TOPIC_REFUSED};
use crate::session::Caller;
use crate::topics::check_growth;

/// CreatePartitions.
pub(crate) async fn create(
    cluster: &Cluster,
    caller: &Caller,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let mut results = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let created = create_one(cluster, caller, &topic, request.validate_only).await;
        let (error_code, error_message) = match created {
            Ok(()) => (0, None),
            Err(refusal) => (refusal.code.code(), Some(refusal.message.into())),
        };
        results.push(CreatePartitionsTopicResult {
            name: topic.name,
            error_code,
            error_message,
        });
    }
    CreatePartitionsResponse {
        results,
        ..CreatePartitionsResponse::default()
    }
}

async fn create_one(
    cluster: &Cluster,
    caller: &Caller,
    wanted: &CreatePartitionsTopic,
    validate_only: bool,
) -> Result<(), Refusal> {
    let found = cluster.named_topic_for(caller, Operation::Alter, &wanted.name);
    let topic = found.map_err(|code| {
        let message = match code {
            ErrorCode::TopicAuthorizationFailed => TOPIC_REFUSED,
            _ => "This server does not host this topic-partition.",
        };
        Refusal::new(code, message)
    })?;
    check_growth(&topic.stream, wanted.count)?;
    if let Some(assignments) = &wanted.assignments {
        let added = (wanted.count - topic.partition_count()).unsigned_abs() as usize;
        let is_here = assignments
            .iter()
            .all(|assignment| assignment.broker_ids == [NODE]);
        if assignments.len() != added || !is_here {
            let message =
                "Replica assignments have to name every new partition, each on the one node there is.";
            return Err(Refusal::new(ErrorCode::InvalidReplicaAssignment, message));
        }
    }
    if validate_only {
        return Ok(());
    }
    cluster.topics.grow(&topic, wanted.count).await
}
