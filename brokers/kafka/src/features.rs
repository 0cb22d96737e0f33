//! What is switched on, and up to which level (KIP-584): it decides which protocols clients use.

use std::ops::RangeInclusive;

use crate::cluster::Cluster;

/// A feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    /// The levels that Apache Kafka 4.3 knows of it.
    pub(crate) known: RangeInclusive<i16>,
    /// The one that is switched on.
    pub(crate) level: i16,
}

/// The features of every cluster.
const FEATURES: [Feature; 3] = [
    Feature {
        name: "group.version",
        known: 0..=1,
        level: 1,
    },
    Feature {
        name: "metadata.version",
        known: 7..=30,
        level: 30,
    },
    Feature {
        name: "transaction.version",
        known: 0..=2,
        level: 2,
    },
];
/// That of clusters whose records are shared.
const SHARE: Feature = Feature {
    name: "share.version",
    known: 0..=1,
    level: 1,
};

impl Cluster {
    /// The features that it has, in the order of their names.
    pub(crate) fn features(&self) -> Vec<Feature> {
        let shared = self.shares_records().then_some(SHARE);
        let mut features: Vec<Feature> = FEATURES.into_iter().chain(shared).collect();
        features.sort_by_key(|feature| feature.name);
        features
    }

    /// Why a feature can't have a level; the one that it has is no change.
    pub(crate) fn check_feature(&self, name: &str, level: i16) -> Result<(), String> {
        let features = self.features();
        let Some(feature) = features.iter().find(|feature| feature.name == name) else {
            return Err(format!(
                "Invalid update version {level} for feature {name}. Local controller {} does not support this feature.",
                crate::cluster::NODE
            ));
        };
        if !feature.known.contains(&level) {
            return Err(format!(
                "Invalid update version {level} for feature {name}. Local controller {} only supports versions {}-{}",
                crate::cluster::NODE,
                feature.known.start(),
                feature.known.end()
            ));
        }
        if level != feature.level {
            return Err(format!(
                "The level of {name} is that of this release and can't be changed."
            ));
        }
        Ok(())
    }
}
