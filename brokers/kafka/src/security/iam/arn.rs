//! What a cluster, and what it has, is called in policies.

use crate::security::resource::{Resource, ResourceType};

/// The ARN of a cluster: `arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/UUID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterArn {
    text: String,
    region: String,
    /// What comes before `:cluster/`.
    owner: String,
    /// What comes after it.
    name: String,
}

impl ClusterArn {
    /// Reads an ARN; `None` if it is not that of a cluster.
    pub fn parse(text: &str) -> Option<Self> {
        let (owner, name) = text.split_once(":cluster/")?;
        let mut parts = owner.split(':');
        let (Some("arn"), Some(_), Some("kafka"), Some(region), Some(_), None) = (
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
            parts.next(),
        ) else {
            return None;
        };
        Some(ClusterArn {
            text: text.to_owned(),
            region: region.to_owned(),
            owner: owner.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The ARN as it was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region that the cluster is in.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What something of the cluster is called.
    ///
    /// Source: [Authorization policy resources](https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html).
    pub(super) fn of(&self, resource: Resource<'_>) -> String {
        let kind = match resource.kind {
            ResourceType::Cluster => return self.text.clone(),
            ResourceType::Topic => "topic",
            ResourceType::Group => "group",
            ResourceType::TransactionalId => "transactional-id",
        };
        format!("{}:{kind}/{}/{}", self.owner, self.name, resource.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_named_after_their_cluster() {
        let text = "arn:aws:kafka:eu-west-1:123456789012:cluster/demo/0a1b-2";
        let cluster = ClusterArn::parse(text).unwrap();
        assert_eq!(cluster.region(), "eu-west-1");
        assert_eq!(cluster.of(Resource::CLUSTER), text);
        let of = "arn:aws:kafka:eu-west-1:123456789012";
        assert_eq!(
            cluster.of(Resource::topic("orders")),
            format!("{of}:topic/demo/0a1b-2/orders")
        );
        assert_eq!(
            cluster.of(Resource::group("g")),
            format!("{of}:group/demo/0a1b-2/g")
        );
        assert_eq!(
            cluster.of(Resource::transactional_id("t")),
            format!("{of}:transactional-id/demo/0a1b-2/t")
        );
    }

    #[test]
    fn other_arns_are_refused() {
        for text in [
            "",
            "arn:aws:kafka:eu-west-1:123456789012:topic/demo/1/t",
            "arn:aws:sqs:eu-west-1:123456789012:cluster/demo/1",
            "arn:aws:kafka:eu-west-1:cluster/demo/1",
            "arn:aws:kafka:eu-west-1:123456789012:x:cluster/demo/1",
        ] {
            assert_eq!(ClusterArn::parse(text), None, "{text}");
        }
    }
}
