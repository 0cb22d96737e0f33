//! What administrators do without Kafka's protocol: whoever calls has found out that they may.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_transactions::Filter;
use thiserror::Error;

use crate::cluster::Cluster;
use crate::configs::topic::TopicConfigs;
use crate::configs::{Configurable, NodeProperties};
use crate::errors::{self, Refusal};
use crate::topics::{Topic, check_growth};

/// Topics whose names begin so are Kafka's own.
const INTERNAL: &str = "__";

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicDescription {
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: u32,
    /// How many replicas it was asked to have.
    pub replication_factor: u32,
    /// What was configured, without defaults.
    pub configs: BTreeMap<String, String>,
}

/// Why something was not done. The texts are for people.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AdministrationError {
    /// There is a topic with this name.
    #[error("{0}")]
    TopicExists(String),
    /// There is no such topic.
    #[error("This server does not host this topic-partition.")]
    UnknownTopic,
    /// A name, a number or a setting that topics can't have.
    #[error("{0}")]
    Invalid(String),
    /// The server failed.
    #[error("{0}")]
    Failed(String),
}

impl From<Refusal> for AdministrationError {
    fn from(refusal: Refusal) -> Self {
        match refusal.code {
            ErrorCode::TopicAlreadyExists => AdministrationError::TopicExists(refusal.message),
            ErrorCode::UnknownTopicOrPartition => AdministrationError::UnknownTopic,
            ErrorCode::InvalidTopicException
            | ErrorCode::InvalidPartitions
            | ErrorCode::InvalidReplicationFactor
            | ErrorCode::InvalidConfig
            | ErrorCode::PolicyViolation => AdministrationError::Invalid(refusal.message),
            _ => AdministrationError::Failed(refusal.message),
        }
    }
}

impl Cluster {
    /// Makes a topic; durable when it returns.
    ///
    /// # Errors
    ///
    /// If there is one of this name, it can't be so, or the store fails.
    pub async fn create_topic(&self, topic: &TopicDescription) -> Result<(), AdministrationError> {
        let most = self.topic_options().most_replicas;
        if !(1..=most).contains(&topic.replication_factor) {
            let factor = topic.replication_factor;
            return Err(AdministrationError::Invalid(format!(
                "Replication factor: {factor} larger than available brokers: {most}."
            )));
        }
        let mut configs = TopicConfigs::default();
        configure(&mut configs, &topic.configs)?;
        let partitions = i32::try_from(topic.partitions).unwrap_or(i32::MAX);
        let created = self
            .topics
            .create(&topic.name, partitions, topic.replication_factor, &configs);
        Ok(created.await.map(drop)?)
    }

    /// Makes these the properties that the node is as if started with (`server.properties`): clients see them, and topics have them
    /// as defaults. What topics get and can ask for, [other options](Cluster::set_topic_options) say. Durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails; then some topics may have what they had before.
    pub async fn set_node_properties(
        &self,
        properties: BTreeMap<String, String>,
    ) -> Result<(), AdministrationError> {
        let properties = NodeProperties::new(properties);
        Ok(self.topics.set_node_properties(properties).await?)
    }

    /// The topic of a name.
    pub fn topic(&self, name: &str) -> Option<TopicDescription> {
        self.topics.get(name).map(|topic| described(&topic))
    }

    /// Topics whose names begin with `prefix`, in the order of their names, after `after`, at most `limit`; without internal ones.
    pub fn topics_from(&self, prefix: &str, after: Option<&str>, limit: usize) -> Vec<TopicDescription> {
        let all = self.topics.all();
        let wanted = all.iter().filter(|topic| {
            let name = topic.stream.key.name.as_str();
            name.starts_with(prefix) && !name.starts_with(INTERNAL) && after.is_none_or(|after| name > after)
        });
        wanted.take(limit).map(described).collect()
    }

    /// Gives a topic more partitions, if a number is named, and other settings. All of it is checked before anything is changed; durable
    /// when it returns.
    ///
    /// # Errors
    ///
    /// If there is no such topic, it can't be so, or the store fails.
    pub async fn change_topic(
        &self,
        name: &str,
        partitions: Option<u32>,
        configs: &BTreeMap<String, String>,
    ) -> Result<(), AdministrationError> {
        let topic = self.topics.get(name).ok_or(AdministrationError::UnknownTopic)?;
        configure(&mut topic.configs(), configs)?;
        if let Some(partitions) = partitions {
            let partitions = i32::try_from(partitions).unwrap_or(i32::MAX);
            check_growth(&topic.stream, partitions)?;
            self.topics.grow(&topic, partitions).await?;
        }
        if configs.is_empty() {
            return Ok(());
        }
        let changed = self.topics.configure(&topic, |mut current| {
            configure(&mut current, configs)?;
            Ok(current)
        });
        Ok(changed.await?)
    }

    /// Deletes a topic, its records, and how far groups have read it; durable when it returns.
    ///
    /// # Errors
    ///
    /// If there is no such topic, or the store fails.
    pub async fn delete_topic(&self, name: &str) -> Result<(), AdministrationError> {
        let topic = self.topics.get(name).ok_or(AdministrationError::UnknownTopic)?;
        Ok(self.remove_topic(&topic).await?)
    }

    /// Removes all topics, groups with their configuration, and transactions of the cluster; what it has of users, access control lists and quotas, the
    /// [records](crate::SecurityRecords::remove) remove. Nobody is to be connected any more. Doing it again finishes what was
    /// interrupted.
    ///
    /// # Errors
    ///
    /// If the store fails; then some may be left.
    pub async fn remove_everything(&self) -> Result<(), AdministrationError> {
        let failed = |error: &dyn std::error::Error| AdministrationError::Failed(error.to_string());
        for listing in self.groups.engine.list() {
            if self.groups.names.outer(listing.group.as_str()).is_some() {
                let removed = self.groups.engine.remove(&listing.group).await;
                removed.map_err(|error| failed(&error))?;
            }
        }
        let transactions = self.transactions.engine.list(&Filter::default());
        for listing in transactions.map_err(|error| failed(&error))? {
            if self.transactions.names.outer(listing.id.as_str()).is_some() {
                let removed = self.transactions.engine.remove(&listing.id).await;
                removed.map_err(|error| failed(&error))?;
            }
        }
        let topics = self.topics.all();
        let unshared = self.unshare_topics(&topics).await;
        unshared.map_err(|error| failed(&error))?;
        for topic in topics {
            match self.topics.delete(&topic).await {
                Ok(()) => {}
                Err(refusal) if refusal.code == ErrorCode::UnknownTopicOrPartition => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        let removed = self.group_configs.remove_all().await;
        removed.map_err(|error| failed(&error))
    }

    /// Deletes a topic; another one of its name begins anew.
    pub(crate) async fn remove_topic(&self, topic: &Topic) -> Result<(), Refusal> {
        let topics = std::slice::from_ref(topic);
        self.unshare_topics(topics).await?;
        self.topics.delete(topic).await?;
        self.unshare_topics(topics).await?;
        let gone = [self.groups.names.inner(&topic.stream.key.name)];
        let forgotten = self.groups.engine.forget_topics(&gone).await;
        forgotten.map_err(|error| Refusal::new(errors::of_group(&error), error.to_string()))
    }
}

fn configure(configs: &mut TopicConfigs, wanted: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for (name, value) in wanted {
        let set = configs.set(name, value);
        set.map_err(|message| Refusal::new(ErrorCode::InvalidConfig, message))?;
    }
    Ok(())
}

fn described(topic: &Topic) -> TopicDescription {
    TopicDescription {
        name: topic.stream.key.name.clone(),
        partitions: topic.partition_count().unsigned_abs(),
        replication_factor: topic.replication_factor(),
        configs: topic.configs().configured().clone(),
    }
}
