//! The versions of Kafka that clusters can be of. The brokers are the same whatever a cluster's version: it says which clients expect
//! what, and what a cluster can be updated to.
//!
//! Source: [Supported Apache Kafka versions](https://docs.aws.amazon.com/msk/latest/developerguide/supported-kafka-versions.html).

/// Versions that clusters are created with, the oldest first.
pub(crate) const ACTIVE: &[&str] = &[
    "3.6.0",
    "3.7.x",
    "3.7.x.kraft",
    "3.8.x",
    "3.8.x.kraft",
    "3.9.x",
    "3.9.x.kraft",
    "4.0.x.kraft",
    "4.1.x.kraft",
];

/// Versions whose support has ended.
pub(crate) const DEPRECATED: &[&str] = &[
    "1.1.1",
    "2.1.0",
    "2.2.1",
    "2.3.1",
    "2.4.1",
    "2.4.1.1",
    "2.5.1",
    "2.6.0",
    "2.6.1",
    "2.6.2",
    "2.6.3",
    "2.7.0",
    "2.7.1",
    "2.7.2",
    "2.8.0",
    "2.8.1",
    "2.8.2.tiered",
    "3.1.1",
    "3.2.0",
    "3.3.1",
    "3.3.2",
    "3.4.0",
    "3.5.1",
];

/// What marks the versions whose metadata is kept by KRaft.
const KRAFT: &str = ".kraft";

/// The versions that a cluster of a version can be updated to: newer ones with the same way to keep metadata, since clusters don't
/// move from ZooKeeper to KRaft.
///
/// Source: [Upgrade the Apache Kafka version](https://docs.aws.amazon.com/msk/latest/developerguide/version-upgrades.html).
pub(crate) fn successors(version: &str) -> Vec<&'static str> {
    let newer = ACTIVE.iter().position(|known| *known == version);
    let newer = newer.map_or(&[][..], |place| &ACTIVE[place + 1..]);
    let same_metadata = |other: &&&str| other.ends_with(KRAFT) == version.ends_with(KRAFT);
    newer.iter().filter(same_metadata).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_get_newer_and_keep_their_metadata_where_it_is() {
        assert_eq!(successors("3.6.0"), ["3.7.x", "3.8.x", "3.9.x"]);
        assert_eq!(successors("3.9.x.kraft"), ["4.0.x.kraft", "4.1.x.kraft"]);
        assert!(successors("3.9.x").is_empty());
        assert!(successors("4.1.x.kraft").is_empty());
        assert!(successors("0.9").is_empty());
    }
}
