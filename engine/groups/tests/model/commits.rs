//! Commits of one partition, each higher than the one before.

use std::sync::Arc;

use ninefold_groups::{
    Committed, Committer, FetchOffsets, GroupError, GroupId, Groups, OffsetCommit, PartitionOffset,
};

use crate::world::Waiting;

type Commit = Waiting<Result<Vec<Committed>, GroupError>>;

/// What was committed and acknowledged so far.
#[derive(Default)]
pub(crate) struct Commits {
    next: i64,
    acknowledged: i64,
    under_way: Vec<(i64, Commit)>,
}

impl Commits {
    pub(crate) fn begin(&mut self, groups: &Arc<Groups>, group: &GroupId, committer: Committer) {
        self.next += 1;
        let request = OffsetCommit {
            group: group.clone(),
            committer,
            retention: None,
            offsets: vec![PartitionOffset {
                topic: "commits".into(),
                partition: 0,
                offset: self.next,
                leader_epoch: None,
                metadata: self.next.to_string().into(),
            }],
        };
        let groups = Arc::clone(groups);
        let commit = Waiting::new(async move { groups.commit(request).await });
        self.under_way.push((self.next, commit));
    }

    /// Takes answers in, and checks that no acknowledged commit is lost.
    pub(crate) fn check(&mut self, groups: &Groups, group: &GroupId) {
        self.under_way.retain_mut(|(value, commit)| {
            let answer = commit.poll();
            if let Some(Ok(committed)) = &answer {
                assert_eq!(committed, &[Ok(())]);
                self.acknowledged = self.acknowledged.max(*value);
            }
            answer.is_none()
        });
        let request = FetchOffsets {
            group: group.clone(),
            committer: Committer {
                epoch: -1,
                ..Committer::default()
            },
            partitions: Some(vec![("commits".into(), 0)]),
            require_stable: true,
        };
        let fetched = groups.fetch(request).unwrap().remove(0).offset.unwrap();
        let value = fetched.map_or(0, |offset| offset.offset);
        assert!(
            (self.acknowledged..=self.next).contains(&value),
            "{value} is committed and {} was acknowledged",
            self.acknowledged
        );
    }

    pub(crate) fn crash(&mut self) {
        self.under_way.clear();
    }

    pub(crate) fn assert_answered(&self) {
        assert!(self.under_way.is_empty(), "a commit was never answered");
    }
}
