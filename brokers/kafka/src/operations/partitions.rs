//! CreatePartitions: topics get more of them.

use ninefold_kafka_protocol::messages::create_partitions::{
    CreatePartitionsRequest, CreatePartitionsResponse, CreatePartitionsTopic, CreatePartitionsTopicResult,
};
use ninefold_kafka_protocol::{ErrorCode, RequestHeader};

use crate::cluster::{Cluster, NODE};
use crate::errors::Refusal;
use crate::security::{Mutations, Operation, TOPIC_REFUSED};
use crate::session::Caller;
use crate::topics::check_growth;

/// Since this version, who changes too much is refused what it wants.
const STRICT_SINCE: i16 = 3;

/// CreatePartitions.
pub(crate) async fn create(
    cluster: &Cluster,
    caller: &Caller,
    header: &RequestHeader,
    request: CreatePartitionsRequest,
) -> CreatePartitionsResponse {
    let mut mutations = cluster.mutations(caller, header, STRICT_SINCE);
    let mut results = Vec::with_capacity(request.topics.len());
    for topic in request.topics {
        let counted = (!request.validate_only).then_some(&mut mutations);
        let created = create_one(cluster, caller, &topic, counted).await;
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
        throttle_time_ms: mutations.throttle_time_ms(),
        results,
    }
}

/// Gives a topic more partitions, or without mutations only finds out whether it could have them.
async fn create_one(
    cluster: &Cluster,
    caller: &Caller,
    wanted: &CreatePartitionsTopic,
    mutations: Option<&mut Mutations<'_>>,
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
    let added = (wanted.count - topic.partition_count()).unsigned_abs() as usize;
    if let Some(assignments) = &wanted.assignments {
        let is_here = assignments
            .iter()
            .all(|assignment| assignment.broker_ids == [NODE]);
        if assignments.len() != added || !is_here {
            let message =
                "Replica assignments have to name every new partition, each on the one node there is.";
            return Err(Refusal::new(ErrorCode::InvalidReplicaAssignment, message));
        }
    }
    let Some(mutations) = mutations else {
        return Ok(());
    };
    mutations.note(added)?;
    cluster.topics.grow(&topic, wanted.count).await
}
