//! What a client has to be allowed: an operation on a resource, with the numbers that the protocol has for them.

use serde::{Deserialize, Serialize};

/// The one name that a cluster has as a resource.
pub(crate) const CLUSTER_NAME: &str = "kafka-cluster";

/// Something that is done to a resource (`AclOperation` of Kafka). Those of delegation tokens are left out: there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(i8)]
pub(crate) enum Operation {
    Read = 3,
    Write = 4,
    Create = 5,
    Delete = 6,
    Alter = 7,
    Describe = 8,
    ClusterAction = 9,
    DescribeConfigs = 10,
    AlterConfigs = 11,
    IdempotentWrite = 12,
}

impl Operation {
    pub(crate) const ALL: [Operation; 10] = [
        Operation::Read,
        Operation::Write,
        Operation::Create,
        Operation::Delete,
        Operation::Alter,
        Operation::Describe,
        Operation::ClusterAction,
        Operation::DescribeConfigs,
        Operation::AlterConfigs,
        Operation::IdempotentWrite,
    ];

    pub(crate) fn from_code(code: i8) -> Option<Self> {
        Operation::ALL
            .into_iter()
            .find(|operation| *operation as i8 == code)
    }

    /// Whether who is allowed this is allowed the other too (KIP-133, KIP-507).
    pub(crate) fn implies(self, other: Operation) -> bool {
        use Operation::{Alter, AlterConfigs, Delete, Describe, DescribeConfigs, Read, Write};
        match other {
            Describe => matches!(self, Describe | Read | Write | Delete | Alter),
            DescribeConfigs => matches!(self, DescribeConfigs | AlterConfigs),
            other => self == other,
        }
    }
}

/// A kind of resource (`ResourceType` of Kafka).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(i8)]
pub(crate) enum ResourceType {
    Topic = 2,
    Group = 3,
    Cluster = 4,
    TransactionalId = 5,
}

impl ResourceType {
    pub(crate) const ALL: [ResourceType; 4] = [
        ResourceType::Topic,
        ResourceType::Group,
        ResourceType::Cluster,
        ResourceType::TransactionalId,
    ];

    pub(crate) fn from_code(code: i8) -> Option<Self> {
        ResourceType::ALL.into_iter().find(|kind| *kind as i8 == code)
    }

    /// What can be done to such a resource (`AclEntry.supportedOperations` of Kafka).
    pub(crate) fn operations(self) -> &'static [Operation] {
        use Operation::{
            Alter, AlterConfigs, ClusterAction, Create, Delete, Describe, DescribeConfigs, IdempotentWrite,
            Read, Write,
        };
        match self {
            ResourceType::Topic => &[
                Read,
                Write,
                Create,
                Delete,
                Alter,
                Describe,
                DescribeConfigs,
                AlterConfigs,
            ],
            ResourceType::Group => &[Read, Delete, Describe, DescribeConfigs, AlterConfigs],
            ResourceType::Cluster => &[
                Create,
                Alter,
                Describe,
                ClusterAction,
                DescribeConfigs,
                AlterConfigs,
                IdempotentWrite,
            ],
            ResourceType::TransactionalId => &[Write, Describe],
        }
    }
}

/// A resource by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resource<'a> {
    pub(crate) kind: ResourceType,
    pub(crate) name: &'a str,
}

impl<'a> Resource<'a> {
    /// The cluster itself.
    pub(crate) const CLUSTER: Resource<'static> = Resource {
        kind: ResourceType::Cluster,
        name: CLUSTER_NAME,
    };

    pub(crate) fn topic(name: &'a str) -> Self {
        Resource {
            kind: ResourceType::Topic,
            name,
        }
    }

    pub(crate) fn group(name: &'a str) -> Self {
        Resource {
            kind: ResourceType::Group,
            name,
        }
    }

    pub(crate) fn transactional_id(name: &'a str) -> Self {
        Resource {
            kind: ResourceType::TransactionalId,
            name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_again() {
        for operation in Operation::ALL {
            assert_eq!(Operation::from_code(operation as i8), Some(operation));
        }
        for kind in ResourceType::ALL {
            assert_eq!(ResourceType::from_code(kind as i8), Some(kind));
        }
        // Unknown, any, all, and what is only for delegation tokens.
        for code in [0, 1, 2, 13, 14, 15, -1] {
            assert_eq!(Operation::from_code(code), None);
        }
        assert_eq!(ResourceType::from_code(6), None);
    }

    #[test]
    fn describing_is_implied() {
        let implied = |by: Operation| -> Vec<Operation> {
            let implied = Operation::ALL.into_iter().filter(|other| by.implies(*other));
            implied.collect()
        };
        use Operation::{Alter, AlterConfigs, Create, Delete, Describe, DescribeConfigs, Read, Write};
        assert_eq!(implied(Read), [Read, Describe]);
        assert_eq!(implied(Write), [Write, Describe]);
        assert_eq!(implied(Delete), [Delete, Describe]);
        assert_eq!(implied(Alter), [Alter, Describe]);
        assert_eq!(implied(AlterConfigs), [DescribeConfigs, AlterConfigs]);
        assert_eq!(implied(Create), [Create]);
    }
}
