//! Bringing records to shards: which one takes which, one batch for each, all of them on their way before anything is waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use md5::{Digest, Md5};
use ninefold_log::{Append, AppendError};
use ninefold_protocol::ServiceError;
use ninefold_record_batch::{Batch, BatchBuilder, BatchError};

use crate::KinesisDoor;
use crate::errors;
use crate::reading::ENCRYPTION_HEADER;
use crate::sequence::SequenceNumber;
use crate::shard_id::ShardId;
use crate::stream::{Shard, StreamView};

/// How often records are brought to other shards, since theirs were closed meanwhile.
const ATTEMPTS: usize = 8;
/// How long such a change of shards may take.
const CHANGE: Duration = Duration::from_secs(10);
/// What a record takes besides its key, its value and its header.
const RECORD_OVERHEAD_BYTES: usize = 64;

/// Where a record went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Put {
    pub(crate) shard: ShardId,
    pub(crate) sequence_number: SequenceNumber,
}

/// Why a record was not put.
#[derive(Clone, Debug)]
pub(crate) enum NotPut {
    /// Its shard has taken as much as it takes in a second.
    Throttled(ShardId),
    /// The server could not.
    Failed(ServiceError),
}

/// Records on their way to the shards of a stream.
pub(crate) struct Putting {
    view: Arc<StreamView>,
    is_throttled: bool,
    is_encrypted: bool,
    now_milliseconds: i64,
    groups: Vec<Group>,
    /// Which group is of which shard and goes on.
    group_of: HashMap<ShardId, usize>,
    outcomes: Vec<Option<Result<Put, NotPut>>>,
}

/// Records of one batch.
struct Group {
    shard: ShardId,
    builder: BatchBuilder,
    /// Which record of the request each of them is, and the hash key by which it came here.
    entries: Vec<(usize, u128)>,
    bytes: u64,
    /// What the partition takes.
    limit_bytes: usize,
}

/// A group that was handed to the log.
struct Sent {
    shard: ShardId,
    batch: Batch,
    entries: Vec<(usize, u128)>,
    append: Result<Append, AppendError>,
}

/// The hash key of a partition key.
pub(crate) fn hash_key(partition_key: &[u8]) -> u128 {
    u128::from_be_bytes(Md5::digest(partition_key).into())
}

impl Putting {
    pub(crate) fn new(door: &KinesisDoor, view: Arc<StreamView>, count: usize) -> Self {
        Putting {
            is_throttled: door.is_throttled(&view),
            is_encrypted: view.settings.encryption_key.is_some(),
            view,
            now_milliseconds: i64::try_from(door.now_milliseconds()).unwrap_or(i64::MAX),
            groups: Vec::new(),
            group_of: HashMap::new(),
            outcomes: vec![None; count],
        }
    }

    /// Adds the record that is the request's `place`-th, if its shard takes it.
    pub(crate) fn add(
        &mut self,
        place: usize,
        hash_key: u128,
        key: Option<&[u8]>,
        data: &[u8],
    ) -> Result<(), ServiceError> {
        let view = Arc::clone(&self.view);
        let shard = open_shard(&view, hash_key)?;
        let bytes = (key.map_or(0, <[u8]>::len) + data.len()) as u64;
        let now_milliseconds = u64::try_from(self.now_milliseconds).unwrap_or(0);
        if self.is_throttled && !shard.meter.admit(now_milliseconds, bytes) {
            self.outcomes[place] = Some(Err(NotPut::Throttled(shard.id)));
            return Ok(());
        }
        self.push(shard, (place, hash_key), key, data)
            .map_err(|error| ServiceError::internal(error.to_string()))
    }

    fn push(
        &mut self,
        shard: &Shard,
        entry: (usize, u128),
        key: Option<&[u8]>,
        data: &[u8],
    ) -> Result<(), BatchError> {
        let bytes = key.map_or(0, <[u8]>::len) + data.len();
        let has_room = |group: &usize| {
            let group = &self.groups[*group];
            group.builder.byte_count() + bytes + RECORD_OVERHEAD_BYTES <= group.limit_bytes
        };
        let existing = self.group_of.get(&shard.id).copied().filter(has_room);
        let group = existing.unwrap_or_else(|| {
            self.groups.push(Group {
                shard: shard.id,
                builder: BatchBuilder::new(),
                entries: Vec::new(),
                bytes: 0,
                limit_bytes: shard.partition.settings().batch_bytes as usize,
            });
            self.group_of.insert(shard.id, self.groups.len() - 1);
            self.groups.len() - 1
        });
        let encrypted: [(&[u8], Option<&[u8]>); 1] = [(ENCRYPTION_HEADER, Some(b"KMS"))];
        let headers = if self.is_encrypted { &encrypted[..] } else { &[] };
        let group = &mut self.groups[group];
        group
            .builder
            .push(self.now_milliseconds, key, Some(data), headers)?;
        group.entries.push(entry);
        group.bytes += bytes as u64;
        Ok(())
    }

    /// Brings all records to their shards; says of each where it is, durably, or why it isn't.
    pub(crate) async fn run(mut self, door: &KinesisDoor) -> Vec<Result<Put, NotPut>> {
        for _ in 0..ATTEMPTS {
            let homeless = self.send_groups().await;
            if homeless.is_empty() {
                break;
            }
            if let Err(error) = self.find_other_shards(door, &homeless).await {
                for (place, _) in homeless.iter().flat_map(|sent| &sent.entries) {
                    self.outcomes[*place] = Some(Err(NotPut::Failed(error.clone())));
                }
            }
        }
        let failed = || {
            Err(NotPut::Failed(ServiceError::internal(
                "The shards of the stream keep changing.",
            )))
        };
        self.outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(failed))
            .collect()
    }

    /// Hands all groups to the log and waits until they are durable; returns those whose shards were closed.
    async fn send_groups(&mut self) -> Vec<Sent> {
        self.group_of.clear();
        let groups = std::mem::take(&mut self.groups);
        let sent: Vec<_> = groups.into_iter().filter_map(|group| self.send(group)).collect();
        let mut homeless = Vec::new();
        for mut sent in sent {
            let outcome = match sent.append {
                Ok(append) => append.await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(appended) => self.note_appended(sent.shard, &sent.entries, &appended),
                Err(error @ AppendError::Sealed) => {
                    sent.append = Err(error);
                    homeless.push(sent);
                }
                Err(error) => {
                    let error = match error {
                        AppendError::Deleted => errors::stream_not_found(&self.view.arn),
                        error => errors::from_append(&error),
                    };
                    for (place, _) in &sent.entries {
                        self.outcomes[*place] = Some(Err(NotPut::Failed(error.clone())));
                    }
                }
            }
        }
        homeless
    }

    fn send(&mut self, group: Group) -> Option<Sent> {
        let shard = self.view.shard(group.shard)?;
        shard.meter.note(group.bytes, group.entries.len() as u64);
        let batch = match Batch::parse(group.builder.build(0)) {
            Ok(batch) => batch,
            Err(error) => {
                let error = errors::from_append(&AppendError::Batch(error));
                for (place, _) in &group.entries {
                    self.outcomes[*place] = Some(Err(NotPut::Failed(error.clone())));
                }
                return None;
            }
        };
        Some(Sent {
            shard: group.shard,
            append: shard.partition.append(&batch),
            batch,
            entries: group.entries,
        })
    }

    fn note_appended(
        &mut self,
        shard: ShardId,
        entries: &[(usize, u128)],
        appended: &ninefold_log::Appended,
    ) {
        let view = Arc::clone(&self.view);
        let Some(shard) = view.shard(shard) else { return };
        let milliseconds = match shard.has_time_of_log() {
            true => appended.appended_at_milliseconds,
            false => self.now_milliseconds,
        };
        for ((place, _), offset) in entries.iter().zip(appended.base_offset..) {
            self.outcomes[*place] = Some(Ok(Put {
                shard: shard.id,
                sequence_number: shard.sequence_number(offset, milliseconds),
            }));
        }
    }

    /// Makes groups anew of what was meant for shards that have been closed.
    async fn find_other_shards(&mut self, door: &KinesisDoor, homeless: &[Sent]) -> Result<(), ServiceError> {
        let deadline = door.clock.sleep_until(door.clock.now() + CHANGE);
        let newer = tokio::select! {
            newer = door.views.changed(&self.view) => newer?,
            () = deadline => return Err(ServiceError::unavailable("The shards of the stream are being changed.")),
        };
        self.view = newer.ok_or_else(|| errors::stream_not_found(&self.view.arn))?;
        let view = Arc::clone(&self.view);
        for sent in homeless {
            let unreadable = |error: BatchError| errors::from_append(&AppendError::Batch(error));
            let records = sent.batch.records(usize::MAX).map_err(unreadable)?;
            for (record, entry) in records.zip(&sent.entries) {
                let record = record.map_err(unreadable)?;
                let data = record.value.unwrap_or_default();
                let shard = open_shard(&view, entry.1)?;
                self.push(shard, *entry, record.key.as_deref(), &data)
                    .map_err(unreadable)?;
            }
        }
        Ok(())
    }
}

fn open_shard(view: &StreamView, hash_key: u128) -> Result<&Shard, ServiceError> {
    let shard = view.shard_of(hash_key);
    shard.ok_or_else(|| ServiceError::internal("The stream has no open shard."))
}
