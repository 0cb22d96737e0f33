//! OffsetCommit, OffsetFetch, OffsetDelete, TxnOffsetCommit, and what becomes of the latter.

use std::sync::Arc;

use ninefold_store::Batch;

use super::{Groups, check_group_id};
use crate::answers::Work;
use crate::config::TOPIC_NAME_BYTES;
use crate::group::{Group, Kind};
use crate::offsets::{
    Committed, Committer, DeleteOffsets, FetchOffsets, FetchedOffset, OffsetCommit, OffsetDeletion,
    PartitionOffset, ProducerId, TransactionalCommit,
};
use crate::records::partition_of;
use crate::topics::Topics;
use crate::{ClassicState, GroupError, GroupId};

impl Groups {
    /// OffsetCommit: durable when it returns; says of each offset whether it was taken.
    ///
    /// # Errors
    ///
    /// None was taken if: [`GroupError::NoSuchGroup`] (the committer says it is in a group that there isn't; `ILLEGAL_GENERATION`
    /// before version 9), [`GroupError::UnknownMember`], [`GroupError::FencedInstance`], [`GroupError::IllegalGeneration`],
    /// [`GroupError::RebalanceInProgress`], [`GroupError::StaleMemberEpoch`], or if the store fails.
    pub async fn commit(&self, request: OffsetCommit) -> Result<Vec<Committed>, GroupError> {
        check_group_id(&request.group, true)?;
        let id = request.group;
        let (outcome, settled) = self.shard(&id).operate_with_offsets(&id, |group, work| {
            validate_commit(group, &request.committer, &request.offsets, false, work)?;
            let mut batch = Batch::new(partition_of(&id));
            let (answers, change) = group.offsets.commit(
                &id,
                request.offsets,
                request.retention,
                work.config,
                work.now,
                &mut batch,
            );
            Ok((answers, (!batch.is_empty()).then_some((batch, change))))
        });
        let outcome = outcome?;
        settled.wait().await?;
        Ok(outcome)
    }

    /// OffsetFetch: what was committed, which is durable.
    ///
    /// # Errors
    ///
    /// [`GroupError::UnknownMember`], [`GroupError::StaleMemberEpoch`]. Of a group that there isn't nothing was committed.
    pub fn fetch(&self, request: FetchOffsets) -> Result<Vec<FetchedOffset>, GroupError> {
        check_group_id(&request.group, true)?;
        let found = self.shard(&request.group).look(&request.group, |group, _| {
            if let Kind::Consumer(consumer) = &group.kind {
                consumer.validate_fetch(request.committer.member.as_ref(), request.committer.epoch)?;
            }
            let partitions = request.partitions.clone();
            Ok(group.offsets.fetch(partitions, request.require_stable))
        });
        found.unwrap_or_else(|| {
            let partitions = request.partitions.into_iter().flatten();
            let nothing = partitions.map(|(topic, partition)| FetchedOffset {
                topic,
                partition,
                offset: Ok(None),
            });
            Ok(nothing.collect())
        })
    }

    /// OffsetDelete: durable when it returns; says of each partition whether its offset may be deleted.
    ///
    /// # Errors
    ///
    /// [`GroupError::NoSuchGroup`], [`GroupError::NotEmpty`] if the group has members of whom it isn't known what they are
    /// subscribed to, or if the store fails.
    pub async fn delete_offsets(&self, request: DeleteOffsets) -> Result<Vec<OffsetDeletion>, GroupError> {
        check_group_id(&request.group, true)?;
        let id = request.group;
        let (outcome, settled) = self.shard(&id).operate_with_offsets(&id, |group, _| {
            validate_delete(group)?;
            let may = |topic: &Arc<str>| match group.kind.is_subscribed(topic) {
                true => Err(GroupError::SubscribedToTopic),
                false => Ok(()),
            };
            let answers: Vec<OffsetDeletion> =
                request.partitions.iter().map(|(topic, _)| may(topic)).collect();
            let partitions = request.partitions.into_iter().zip(&answers);
            let partitions = partitions
                .filter(|((topic, _), answer)| answer.is_ok() && topic.len() <= TOPIC_NAME_BYTES)
                .map(|(partition, _)| partition)
                .collect();
            let mut batch = Batch::new(partition_of(&id));
            let change = group.offsets.delete(&id, partitions, &mut batch);
            Ok((answers, (!batch.is_empty()).then_some((batch, change))))
        });
        let outcome = outcome?;
        settled.wait().await?;
        Ok(outcome)
    }

    /// TxnOffsetCommit: the offsets are kept aside, durably, until the transaction is decided.
    ///
    /// # Errors
    ///
    /// As [`Groups::commit`].
    pub async fn commit_in_transaction(
        &self,
        request: TransactionalCommit,
    ) -> Result<Vec<Committed>, GroupError> {
        check_group_id(&request.group, true)?;
        let id = request.group;
        let (outcome, settled) = self.shard(&id).operate_with_offsets(&id, |group, work| {
            validate_commit(group, &request.committer, &request.offsets, true, work)?;
            let mut batch = Batch::new(partition_of(&id));
            let (answers, change) = group.offsets.pend(
                &id,
                request.producer,
                request.offsets,
                work.config,
                work.now,
                &mut batch,
            );
            Ok((answers, (!batch.is_empty()).then_some((batch, change))))
        });
        let outcome = outcome?;
        settled.wait().await?;
        Ok(outcome)
    }

    /// Ends transactions of these producers in a group: their offsets count from now on, or never will. Durable when it returns;
    /// doing it again changes nothing.
    ///
    /// # Errors
    ///
    /// If the store fails: then it has to be done again.
    pub async fn complete_transactions(
        &self,
        group: &GroupId,
        producers: &[ProducerId],
        is_committed: bool,
    ) -> Result<(), GroupError> {
        check_group_id(group, true)?;
        let (outcome, settled) = self.shard(group).operate_with_offsets(group, |found, _| {
            if !found.offsets.has_pending(producers) {
                return Ok(((), None));
            }
            let mut batch = Batch::new(partition_of(group));
            let change = found.offsets.decide(group, producers, is_committed, &mut batch);
            Ok(((), Some((batch, change))))
        });
        outcome?;
        settled.wait().await
    }

    /// The groups in which a producer has offsets that are not decided.
    pub fn undecided(&self, producer: ProducerId) -> Vec<GroupId> {
        let shards = self.shards.iter();
        shards
            .flat_map(|shard| {
                shard.look_at_all(|id, group| group.offsets.has_pending(&[producer]).then(|| id.clone()))
            })
            .collect()
    }

    /// Forgets what all groups have committed of topics that are no more; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails: then it has to be done again.
    pub async fn forget_topics(&self, topics: &[Arc<str>]) -> Result<(), GroupError> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let concerned = shard.look_at_all(|id, group| {
                let partitions = group.offsets.of_topics(topics);
                (!partitions.is_empty()).then(|| id.clone())
            });
            for id in concerned {
                let (outcome, settled) = shard.operate_with_offsets(&id, |group, _| {
                    let partitions = group.offsets.of_topics(topics);
                    let mut batch = Batch::new(partition_of(&id));
                    let change = group.offsets.delete(&id, partitions, &mut batch);
                    Ok(((), (!batch.is_empty()).then_some((batch, change))))
                });
                outcome?;
                all.push(settled);
            }
        }
        for settled in all {
            settled.wait().await?;
        }
        Ok(())
    }
}

/// Whether a commit is to be taken.
fn validate_commit(
    group: &mut Group,
    committer: &Committer,
    offsets: &[PartitionOffset],
    is_transactional: bool,
    work: &Work<'_>,
) -> Result<(), GroupError> {
    // Whoever is in no group may commit for one that there isn't, and so brings it about.
    if committer.epoch >= 0 && !group.exists() {
        return Err(GroupError::NoSuchGroup);
    }
    let topics: &Topics = work.topics;
    let member = committer.member.as_ref();
    match &mut group.kind {
        Kind::Classic(classic) => classic.validate_commit(
            member,
            committer.instance.as_ref(),
            committer.epoch,
            is_transactional,
            work,
        ),
        Kind::Consumer(consumer) => {
            let partitions = offsets.iter().map(|offset| (&*offset.topic, offset.partition));
            consumer.validate_commit(member, committer.epoch, partitions, topics)
        }
        Kind::Share(_) => Err(GroupError::NoSuchGroup),
    }
}

fn validate_delete(group: &Group) -> Result<(), GroupError> {
    match &group.kind {
        _ if !group.exists() => Err(GroupError::NoSuchGroup),
        Kind::Classic(classic) if classic.state() == ClassicState::Empty => Ok(()),
        Kind::Classic(classic) if !classic.uses_consumer_protocol() => Err(GroupError::NotEmpty),
        Kind::Classic(_) | Kind::Consumer(_) => Ok(()),
        Kind::Share(_) => Err(GroupError::NoSuchGroup),
    }
}
