//! DescribeConfigs, AlterConfigs and IncrementalAlterConfigs.

mod alter;
mod describe;

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;

pub(crate) use self::alter::{alter, replace};
pub(crate) use self::describe::describe;
use crate::cluster::{Cluster, NODE};
use crate::errors::Refusal;
use crate::security::{CLUSTER_REFUSED, GROUP_REFUSED, Operation, Resource, TOPIC_REFUSED};
use crate::session::Caller;

/// The kinds of resources that have a configuration, as the protocol numbers them.
pub(crate) const TOPIC: i8 = 2;
pub(crate) const BROKER: i8 = 4;
pub(crate) const GROUP: i8 = 32;

/// Whether somebody may do something to the configuration of a resource.
fn check_access(
    cluster: &Cluster,
    caller: &Caller,
    operation: Operation,
    (resource_type, name): (i8, &ByteString),
) -> Result<(), Refusal> {
    let (resource, code, message) = match resource_type {
        TOPIC => {
            let code = ErrorCode::TopicAuthorizationFailed;
            (Resource::topic(name), code, TOPIC_REFUSED)
        }
        BROKER => {
            let code = ErrorCode::ClusterAuthorizationFailed;
            (Resource::CLUSTER, code, CLUSTER_REFUSED)
        }
        GROUP => {
            let code = ErrorCode::GroupAuthorizationFailed;
            (Resource::group(name), code, GROUP_REFUSED)
        }
        // Refused for what it is.
        _ => return Ok(()),
    };
    if cluster.allows(caller, operation, resource) {
        Ok(())
    } else {
        Err(Refusal::new(code, message))
    }
}

fn find(cluster: &Cluster, name: &str) -> Result<crate::topics::Topic, Refusal> {
    cluster.topics.get(name).ok_or_else(|| {
        let message = format!("The topic '{name}' does not exist.");
        Refusal::new(ErrorCode::UnknownTopicOrPartition, message)
    })
}

/// The configuration of all nodes is the empty name.
fn check_node(name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name == NODE.to_string() {
        return Ok(());
    }
    let message = format!("Unexpected broker id, expected {NODE} or empty string, but received {name}");
    Err(Refusal::new(ErrorCode::InvalidRequest, message))
}

/// There are no defaults for all groups but those of the node.
fn check_group_name(name: &str, complaint: &str) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(Refusal::new(ErrorCode::InvalidRequest, complaint));
    }
    Ok(())
}

fn unsupported(resource_type: i8) -> Refusal {
    let message = format!("Unsupported resource type: {resource_type}");
    Refusal::new(ErrorCode::InvalidRequest, message)
}
