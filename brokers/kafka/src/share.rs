//! Share groups' records (KIP-932): members acquire them for a while, and acknowledge, release or reject them one by one.

mod acknowledge;
mod decisions;
mod fetch;
mod offsets;
mod removal;
mod sessions;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use bytestring::ByteString;
use ninefold_kafka_protocol::{ApiKey, ErrorCode, Uuid};
use ninefold_log::Partition;
use ninefold_share::{Group, MemberId, Share, ShareError, ShareKey, Shares, StartPosition};

pub(crate) use self::acknowledge::answer as acknowledge;
pub(crate) use self::fetch::answer as fetch;
pub(crate) use self::offsets::{alter, delete, describe};
use self::sessions::ShareSessions;
use crate::cluster::Cluster;
use crate::configs::group::ShareSettings;
use crate::errors::{self, Refusal};
use crate::security::Operation;
use crate::session::Caller;
use crate::topics::TopicReference;

/// The APIs that are answered where records are shared.
pub(crate) const OFFERED: &[ApiKey] = &[
    ApiKey::ShareGroupHeartbeat,
    ApiKey::ShareGroupDescribe,
    ApiKey::ShareFetch,
    ApiKey::ShareAcknowledge,
    ApiKey::DescribeShareGroupOffsets,
    ApiKey::AlterShareGroupOffsets,
    ApiKey::DeleteShareGroupOffsets,
];
/// What the share groups of a cluster have acquired.
#[derive(Default)]
pub(crate) struct SharedRecords {
    engine: OnceLock<Arc<Shares>>,
    sessions: ShareSessions,
}

/// A partition, as requests name it.
type PartitionName = (Uuid, i32);

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Member {
    group: ByteString,
    id: ByteString,
}

impl Cluster {
    /// Lets share groups acquire records. To be called before it listens.
    pub fn share_records(&self, shares: Arc<Shares>) {
        // Whoever says it twice says the same.
        drop(self.shared.engine.set(shares));
    }

    /// Whether share groups can acquire records.
    pub(crate) fn shares_records(&self) -> bool {
        self.shared.engine.get().is_some()
    }

    fn shares(&self) -> Result<&Arc<Shares>, ErrorCode> {
        self.shared.engine.get().ok_or(ErrorCode::UnsupportedVersion)
    }

    fn share_group(&self, group: &str) -> Group {
        Group(Bytes::from(self.groups.names.inner_text(group)))
    }

    fn share_key(&self, group: &str, partition: &Partition) -> ShareKey {
        ShareKey {
            group: self.share_group(group),
            partition: partition.number(),
        }
    }

    /// A partition, if the caller may read it.
    fn shared_partition(
        &self,
        caller: &Caller,
        (topic, index): PartitionName,
    ) -> Result<Arc<Partition>, ErrorCode> {
        let reference = TopicReference::Id(*topic.as_bytes());
        let topic = self.topic_for(caller, Operation::Read, &reference)?;
        topic.partition(index).cloned()
    }

    /// A partition as a group shares it, from now on at the latest, by what the group has decided. It begins where it says, or
    /// where the group's configuration does.
    async fn open_share(
        &self,
        group: &str,
        partition: &Arc<Partition>,
        start: Option<StartPosition>,
    ) -> Result<Arc<Share>, ErrorCode> {
        let key = self.share_key(group, partition);
        let configs = self.group_configs.get(group);
        let settings = configs.share_settings().records;
        let start = start.unwrap_or_else(|| configs.start(self.clock.now()));
        let opened = self.shares()?.open(&key, partition, settings, start).await;
        let share = opened.map_err(|error| of_share(&error))?;
        if share.settings() != settings {
            share.configure(settings);
        }
        Ok(share)
    }
}

impl Member {
    /// Who a request is from, if it may be.
    fn of(
        cluster: &Cluster,
        caller: &Caller,
        group: Option<ByteString>,
        id: Option<ByteString>,
    ) -> Result<Self, ErrorCode> {
        let (Some(group), Some(id)) = (group, id) else {
            return Err(ErrorCode::InvalidRequest);
        };
        if group.is_empty() || id.is_empty() {
            return Err(ErrorCode::InvalidRequest);
        }
        cluster.check_group(caller, Operation::Read, &group)?;
        Ok(Member { group, id })
    }

    fn member_id(&self) -> MemberId {
        MemberId((*self.id).into())
    }
}

impl From<ShareError> for Refusal {
    fn from(error: ShareError) -> Self {
        Refusal::new(of_share(&error), error.to_string())
    }
}

/// Why records could not be shared.
fn of_share(error: &ShareError) -> ErrorCode {
    match error {
        ShareError::NoSuchShare => ErrorCode::GroupIdNotFound,
        ShareError::NotHeld { .. } => ErrorCode::InvalidRecordState,
        ShareError::InvalidRange { .. } => ErrorCode::InvalidRequest,
        ShareError::Log(error) => errors::of_read(error),
        ShareError::Stopping => ErrorCode::CoordinatorNotAvailable,
        ShareError::Io(_) | ShareError::Batch(_) | ShareError::Queue(_) | ShareError::DamagedCursor => {
            tracing::error!(%error, "records could not be shared");
            ErrorCode::KafkaStorageError
        }
    }
}

/// How long records are their member's, in the protocol's milliseconds.
fn lock_milliseconds(settings: &ShareSettings) -> i32 {
    i32::try_from(settings.lock.as_millis()).unwrap_or(i32::MAX)
}
