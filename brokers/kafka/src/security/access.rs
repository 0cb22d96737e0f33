//! Asking whether a client may do what it wants to.

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;

use super::resource::{Operation, Resource};
use crate::cluster::Cluster;
use crate::session::Caller;
use crate::topics::{Topic, TopicReference};

impl Cluster {
    /// Whether somebody may do something.
    pub(crate) fn allows(&self, caller: &Caller, operation: Operation, resource: Resource<'_>) -> bool {
        self.security.allows(caller, operation, resource)
    }

    /// The topic that a request names, if the caller may do something to it. Who may not is not told whether a name is that of a topic.
    pub(crate) fn topic_for(
        &self,
        caller: &Caller,
        operation: Operation,
        reference: &TopicReference,
    ) -> Result<Topic, ErrorCode> {
        let may = |name: &str| self.allows(caller, operation, Resource::topic(name));
        match reference {
            TopicReference::Name(name) if !may(name) => Err(ErrorCode::TopicAuthorizationFailed),
            TopicReference::Name(_) => self.topics.find(reference),
            TopicReference::Id(_) => {
                let topic = self.topics.find(reference)?;
                if may(&topic.name()) {
                    Ok(topic)
                } else {
                    Err(ErrorCode::TopicAuthorizationFailed)
                }
            }
        }
    }

    /// The topic of a name, if the caller may do something to it.
    pub(crate) fn named_topic_for(
        &self,
        caller: &Caller,
        operation: Operation,
        name: &ByteString,
    ) -> Result<Topic, ErrorCode> {
        self.topic_for(caller, operation, &TopicReference::Name(name.clone()))
    }

    /// Whether somebody may do something with a transactional id.
    pub(crate) fn check_transactional_id(
        &self,
        caller: &Caller,
        operation: Operation,
        id: &str,
    ) -> Result<(), ErrorCode> {
        if self.allows(caller, operation, Resource::transactional_id(id)) {
            Ok(())
        } else {
            Err(ErrorCode::TransactionalIdAuthorizationFailed)
        }
    }

    /// Whether somebody may do something with a group.
    pub(crate) fn check_group(
        &self,
        caller: &Caller,
        operation: Operation,
        group: &str,
    ) -> Result<(), ErrorCode> {
        if self.allows(caller, operation, Resource::group(group)) {
            Ok(())
        } else {
            Err(ErrorCode::GroupAuthorizationFailed)
        }
    }

    /// Whether somebody may know of all topics that a member subscribes to.
    pub(crate) fn check_subscription(
        &self,
        caller: &Caller,
        names: Option<&[ByteString]>,
    ) -> Result<(), ErrorCode> {
        let mut names = names.into_iter().flatten();
        if names.all(|name| self.allows(caller, Operation::Describe, Resource::topic(name))) {
            Ok(())
        } else {
            Err(ErrorCode::TopicAuthorizationFailed)
        }
    }

    /// Whether somebody may make a topic of a name.
    pub(crate) fn allows_creation(&self, caller: &Caller, name: &str) -> bool {
        self.allows(caller, Operation::Create, Resource::CLUSTER)
            || self.allows(caller, Operation::Create, Resource::topic(name))
    }

    /// What somebody may do to the cluster, as bits by the numbers of the operations. Nothing to who may not even describe it.
    pub(crate) fn allowed_cluster_operations(&self, caller: &Caller) -> i32 {
        if self.allows(caller, Operation::Describe, Resource::CLUSTER) {
            self.security.allowed_operations(caller, Resource::CLUSTER)
        } else {
            0
        }
    }
}
