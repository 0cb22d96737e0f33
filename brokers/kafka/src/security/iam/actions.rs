//! Which action of IAM stands for an operation.
//!
//! Source: [Semantics of IAM authorization policy actions and
//! resources](https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html), which names the operation of Kafka's ACLs that
//! each action is equivalent to. Unlike there, none implies another.

use crate::security::resource::{Operation, ResourceType};

/// The action for an operation on a kind of resource, if there is one.
pub(super) fn action(operation: Operation, kind: ResourceType) -> Option<&'static str> {
    use Operation::{
        Alter, AlterConfigs, Create, Delete, Describe, DescribeConfigs, IdempotentWrite, Read, Write,
    };
    use ResourceType::{Cluster, Group, Topic, TransactionalId};
    Some(match (kind, operation) {
        (Cluster, Describe) => "kafka-cluster:DescribeCluster",
        (Cluster, Alter) => "kafka-cluster:AlterCluster",
        (Cluster, DescribeConfigs) => "kafka-cluster:DescribeClusterDynamicConfiguration",
        (Cluster, AlterConfigs) => "kafka-cluster:AlterClusterDynamicConfiguration",
        (Cluster, IdempotentWrite) => "kafka-cluster:WriteDataIdempotently",
        (Topic, Create) => "kafka-cluster:CreateTopic",
        (Topic, Describe) => "kafka-cluster:DescribeTopic",
        (Topic, Alter) => "kafka-cluster:AlterTopic",
        (Topic, Delete) => "kafka-cluster:DeleteTopic",
        (Topic, DescribeConfigs) => "kafka-cluster:DescribeTopicDynamicConfiguration",
        (Topic, AlterConfigs) => "kafka-cluster:AlterTopicDynamicConfiguration",
        (Topic, Read) => "kafka-cluster:ReadData",
        (Topic, Write) => "kafka-cluster:WriteData",
        (Group, Describe) => "kafka-cluster:DescribeGroup",
        (Group, Read) => "kafka-cluster:AlterGroup",
        (Group, Delete) => "kafka-cluster:DeleteGroup",
        (TransactionalId, Describe) => "kafka-cluster:DescribeTransactionalId",
        (TransactionalId, Write) => "kafka-cluster:AlterTransactionalId",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All actions that the service has, but for that to connect.
    const ACTIONS: [&str; 18] = [
        "AlterCluster",
        "AlterClusterDynamicConfiguration",
        "AlterGroup",
        "AlterTopic",
        "AlterTopicDynamicConfiguration",
        "AlterTransactionalId",
        "CreateTopic",
        "DeleteGroup",
        "DeleteTopic",
        "DescribeCluster",
        "DescribeClusterDynamicConfiguration",
        "DescribeGroup",
        "DescribeTopic",
        "DescribeTopicDynamicConfiguration",
        "DescribeTransactionalId",
        "ReadData",
        "WriteData",
        "WriteDataIdempotently",
    ];

    #[test]
    fn every_action_stands_for_one_operation() {
        let mut found = Vec::new();
        for kind in ResourceType::ALL {
            for operation in kind.operations() {
                found.extend(action(*operation, kind));
            }
        }
        found.sort_unstable();
        let expected = ACTIONS.map(|action| format!("kafka-cluster:{action}"));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_for_brokers_has_no_action() {
        assert_eq!(action(Operation::ClusterAction, ResourceType::Cluster), None);
        // Topics are allowed one by one.
        assert_eq!(action(Operation::Create, ResourceType::Cluster), None);
    }
}
