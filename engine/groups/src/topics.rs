//! What groups know of topics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use crate::TopicId;

/// A topic that can be subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// Its name.
    pub name: Arc<str>,
    /// How many partitions it has.
    pub partitions: u32,
}

/// Where topics are known.
pub trait TopicSource: Send + Sync {
    /// All of them, as they are now.
    fn topics(&self) -> Vec<Topic>;
}

/// All topics as they were at one time.
#[derive(Debug, Default)]
pub(crate) struct Topics {
    /// Tells apart what was seen at different times.
    pub(crate) version: u64,
    by_name: BTreeMap<Arc<str>, Topic>,
    names: BTreeMap<TopicId, Arc<str>>,
}

impl Topics {
    pub(crate) fn new(version: u64, topics: Vec<Topic>) -> Self {
        let names = topics.iter().map(|topic| (topic.id, Arc::clone(&topic.name)));
        Topics {
            version,
            names: names.collect(),
            by_name: topics
                .into_iter()
                .map(|topic| (Arc::clone(&topic.name), topic))
                .collect(),
        }
    }

    pub(crate) fn named(&self, name: &str) -> Option<&Topic> {
        self.by_name.get(name)
    }

    pub(crate) fn name_of(&self, id: TopicId) -> Option<&Arc<str>> {
        self.names.get(&id)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.by_name.keys()
    }

    /// Changes when one of these topics comes, goes or gets partitions.
    pub(crate) fn fingerprint(&self, names: &BTreeSet<Arc<str>>) -> u64 {
        let mut hash = Xxh3::new();
        for topic in names.iter().filter_map(|name| self.named(name)) {
            hash.update(&topic.id.0.to_be_bytes());
            hash.update(&topic.partitions.to_be_bytes());
        }
        hash.digest()
    }
}
