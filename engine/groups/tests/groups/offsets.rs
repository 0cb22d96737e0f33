//! Committed offsets.

use std::sync::Arc;
use std::time::Duration;

use ninefold_groups::{
    Committer, DeleteOffsets, FetchOffsets, FetchedOffset, GroupError, GroupsConfig, LEAVE_EPOCH,
    LeaveRequest, Leaving, OffsetCommit, PartitionOffset, ProducerId, TransactionalCommit,
};

use crate::fixture::{
    Fixture, consumer_beat, consumer_join, group, join_request, now, offset, partitions, simple_commit,
    static_join,
};

const DAY: Duration = Duration::from_secs(24 * 3_600);
const PRODUCER: ProducerId = ProducerId(7);

fn commit(fixture: &Fixture, member: &str, epoch: i32) -> Result<(), GroupError> {
    let request = OffsetCommit {
        committer: committer(member, epoch),
        ..simple_commit(vec![offset("orders", 0, i64::from(epoch))])
    };
    now(fixture.groups.commit(request)).map(|committed| assert_eq!(committed, [Ok(())]))
}

fn committer(member: &str, epoch: i32) -> Committer {
    Committer {
        member: (!member.is_empty()).then(|| member.into()),
        instance: None,
        epoch,
    }
}

fn fetch_all(fixture: &Fixture, require_stable: bool) -> Vec<FetchedOffset> {
    let request = FetchOffsets {
        group: group(),
        committer: committer("", -1),
        partitions: None,
        require_stable,
    };
    fixture.groups.fetch(request).unwrap()
}

fn decide(fixture: &Fixture, is_committed: bool) {
    let group = group();
    let decided = fixture
        .groups
        .complete_transactions(&group, &[PRODUCER], is_committed);
    assert_eq!(now(decided), Ok(()));
}

fn in_transaction(offsets: Vec<PartitionOffset>) -> TransactionalCommit {
    TransactionalCommit {
        group: group(),
        committer: committer("", -1),
        producer: PRODUCER,
        offsets,
    }
}

#[test]
fn what_was_committed_is_fetched_with_everything() {
    let mut fixture = Fixture::new();
    let full = PartitionOffset {
        leader_epoch: Some(3),
        metadata: "what I know".into(),
        ..offset("orders", 5, 42)
    };
    let plain = offset("audit", 0, 1);
    let request = simple_commit(vec![full.clone(), plain.clone()]);
    assert_eq!(now(fixture.groups.commit(request)), Ok(vec![Ok(()), Ok(())]));
    for _ in 0..2 {
        let all = fetch_all(&fixture, true);
        let offsets: Vec<_> = all
            .into_iter()
            .map(|fetched| fetched.offset.unwrap().unwrap())
            .collect();
        assert_eq!(offsets, [plain.clone(), full.clone()]);
        assert_eq!(fixture.committed("orders", 6), None);
        let listed = fixture.groups.list();
        assert_eq!((listed[0].kind, listed[0].state), ("classic", "Empty"));
        fixture.restart();
    }
}

#[test]
fn each_offset_is_taken_or_not() {
    let mut config = GroupsConfig::default();
    config.offsets.metadata_bytes = 4;
    config.offsets_per_group = 2;
    let fixture = Fixture::with(config);
    let with_metadata = |metadata: &str| PartitionOffset {
        metadata: metadata.into(),
        ..offset("orders", 0, 1)
    };
    let request = simple_commit(vec![
        with_metadata("1234"),
        with_metadata("12345"),
        offset("", 0, 1),
        offset(&"t".repeat(250), 0, 1),
        offset("orders", 1, 1),
        offset("orders", 2, 1),
    ]);
    let committed = now(fixture.groups.commit(request)).unwrap();
    assert_eq!(committed[0], Ok(()));
    assert_eq!(committed[1], Err(GroupError::OffsetMetadataTooLarge));
    assert!(matches!(committed[2], Err(GroupError::InvalidRequest(_))));
    assert!(matches!(committed[3], Err(GroupError::InvalidRequest(_))));
    assert_eq!(committed[4..], [Ok(()), Err(GroupError::TooManyOffsets)]);
    let again = simple_commit(vec![offset("orders", 1, 9)]);
    assert_eq!(now(fixture.groups.commit(again)), Ok(vec![Ok(())]));
    assert_eq!(fixture.committed("orders", 1), Some(9));
}

#[test]
fn members_of_classic_groups_commit_in_their_generation() {
    let fixture = Fixture::new();
    assert_eq!(commit(&fixture, "a", 1), Err(GroupError::NoSuchGroup));
    let joined = fixture.stabilize(vec![static_join("one")]);
    let id = joined[0].member.as_str();
    let cases = [
        ("", -1, Err(GroupError::UnknownMember)),
        ("stranger", 1, Err(GroupError::UnknownMember)),
        ("", 1, Err(GroupError::UnknownMember)),
        (id, 0, Err(GroupError::IllegalGeneration)),
        (id, 2, Err(GroupError::IllegalGeneration)),
        (id, 1, Ok(())),
    ];
    for (member, generation, expected) in cases {
        assert_eq!(
            commit(&fixture, member, generation),
            expected,
            "{member} {generation}"
        );
    }
    let fenced = OffsetCommit {
        committer: Committer {
            instance: Some("one".into()),
            ..committer("stranger", 1)
        },
        ..simple_commit(Vec::new())
    };
    assert_eq!(
        now(fixture.groups.commit(fenced)),
        Err(GroupError::FencedInstance)
    );
    // While others join, offsets are still taken; before assignments are known, they are not.
    let new = fixture.new_member();
    let _join = fixture.begin_join(join_request(Some(&new)));
    assert_eq!(commit(&fixture, id, 1), Ok(()));
    let rejoined = fixture.join(ninefold_groups::JoinRequest {
        member: Some(joined[0].member.clone()),
        ..static_join("one")
    });
    assert_eq!(rejoined.unwrap().generation, 2);
    assert_eq!(commit(&fixture, id, 2), Err(GroupError::RebalanceInProgress));
    // Old transactional producers don't say who they are.
    let anonymous = in_transaction(vec![offset("orders", 0, 1)]);
    assert_eq!(
        now(fixture.groups.commit_in_transaction(anonymous)),
        Ok(vec![Ok(())])
    );
}

#[test]
fn a_commit_keeps_a_session_alive() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(1);
    for _ in 0..4 {
        fixture.advance(crate::fixture::SESSION / 2);
        assert_eq!(commit(&fixture, joined[0].member.as_str(), 1), Ok(()));
    }
}

#[test]
fn members_of_consumer_groups_commit_in_their_epoch() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 2), (2, "audit", 1)]);
    let beat = |request| now(fixture.groups.consumer_heartbeat(request)).unwrap();
    beat(consumer_join("a", &["orders"]));
    beat(consumer_join("b", &["orders"]));
    beat(consumer_beat("a", 1, Some(partitions(1, &[0, 1]))));
    beat(consumer_beat("a", 1, Some(partitions(1, &[0]))));
    beat(consumer_beat("b", 2, None));
    let cases = [
        ("", -1, Err(GroupError::UnknownMember)),
        ("stranger", 1, Err(GroupError::UnknownMember)),
        ("a", 3, Err(GroupError::StaleMemberEpoch)),
        ("a", -1, Err(GroupError::StaleMemberEpoch)),
        ("a", 0, Err(GroupError::StaleMemberEpoch)),
        ("a", 2, Ok(())),
        // It has had the partition since then.
        ("a", 1, Ok(())),
        ("b", 1, Err(GroupError::StaleMemberEpoch)),
        ("b", 2, Ok(())),
    ];
    for (member, epoch, expected) in cases {
        assert_eq!(commit(&fixture, member, epoch), expected, "{member} {epoch}");
    }
    let fetch = |member: &str, epoch| {
        let request = FetchOffsets {
            group: group(),
            committer: committer(member, epoch),
            partitions: None,
            require_stable: false,
        };
        fixture.groups.fetch(request).map(|fetched| fetched.len())
    };
    assert_eq!(fetch("a", 2), Ok(1));
    assert_eq!(fetch("", -1), Ok(1));
    assert_eq!(fetch("a", 1), Err(GroupError::StaleMemberEpoch));
    assert_eq!(fetch("stranger", 2), Err(GroupError::UnknownMember));
}

#[test]
fn offsets_of_a_transaction_count_when_it_is_committed() {
    let mut fixture = Fixture::new();
    now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 1)]))).unwrap();
    for (is_committed, expected) in [(false, 1), (true, 2)] {
        let request = in_transaction(vec![offset("orders", 0, 2)]);
        now(fixture.groups.commit_in_transaction(request)).unwrap();
        fixture.restart();
        assert_eq!(fixture.groups.undecided(PRODUCER), [group()]);
        assert_eq!(fixture.committed("orders", 0), Some(1));
        assert_eq!(
            fetch_all(&fixture, true)[0].offset,
            Err(GroupError::UnstableOffset)
        );
        decide(&fixture, is_committed);
        assert_eq!(fixture.committed("orders", 0), Some(expected));
        fixture.restart();
        assert_eq!(fixture.groups.undecided(PRODUCER), []);
        assert_eq!(fixture.committed("orders", 0), Some(expected));
        assert!(fetch_all(&fixture, true)[0].offset.is_ok());
    }
    decide(&fixture, false);
    assert_eq!(fixture.committed("orders", 0), Some(2));
}

#[test]
fn what_was_committed_after_it_stands_when_a_transaction_is_committed() {
    let fixture = Fixture::new();
    let request = in_transaction(vec![offset("orders", 0, 2), offset("orders", 1, 2)]);
    now(fixture.groups.commit_in_transaction(request)).unwrap();
    now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 3)]))).unwrap();
    decide(&fixture, true);
    assert_eq!(fixture.committed("orders", 0), Some(3));
    assert_eq!(fixture.committed("orders", 1), Some(2));
}

#[test]
fn an_offset_is_unstable_as_soon_as_a_transaction_is_heard_of() {
    let fixture = Fixture::new();
    fixture.store.hold();
    let groups = Arc::clone(&fixture.groups);
    let request = in_transaction(vec![offset("orders", 0, 2)]);
    let pending = crate::fixture::Waiting::new(async move { groups.commit_in_transaction(request).await });
    assert_eq!(
        fetch_all(&fixture, true)[0].offset,
        Err(GroupError::UnstableOffset)
    );
    // Deciding comes after it, so nothing is left pending.
    let groups = Arc::clone(&fixture.groups);
    let decided = crate::fixture::Waiting::new(async move {
        groups.complete_transactions(&group(), &[PRODUCER], true).await
    });
    fixture.store.release();
    assert_eq!(pending.answer(), Ok(vec![Ok(())]));
    assert_eq!(decided.answer(), Ok(()));
    assert_eq!(fixture.committed("orders", 0), Some(2));
    assert_eq!(fixture.groups.undecided(PRODUCER), []);
}

#[test]
fn offsets_expire_when_nobody_has_needed_them_for_long() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(1);
    assert_eq!(commit(&fixture, joined[0].member.as_str(), 1), Ok(()));
    let leave = LeaveRequest {
        group: group(),
        members: vec![Leaving {
            member: Some(joined[0].member.clone()),
            instance: None,
        }],
    };
    fixture.clock.advance(crate::fixture::SESSION / 2);
    now(fixture.groups.leave(leave)).unwrap();
    fixture.advance(7 * DAY - Duration::from_secs(1));
    assert_eq!(fixture.committed("orders", 0), Some(1));
    fixture.advance(fixture.config.offsets.check_interval);
    assert_eq!(fixture.committed("orders", 0), None);
    // With its last offset an empty group goes, too.
    fixture.advance(fixture.config.offsets.check_interval);
    assert_eq!(fixture.groups.list(), []);
}

#[test]
fn offsets_that_members_are_subscribed_to_do_not_expire() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 1)]);
    let join = now(fixture.groups.consumer_heartbeat(consumer_join("a", &["orders"]))).unwrap();
    let request = OffsetCommit {
        committer: committer("a", join.epoch),
        ..simple_commit(vec![offset("orders", 0, 1), offset("audit", 0, 1)])
    };
    now(fixture.groups.commit(request)).unwrap();
    let session = fixture.config.consumer.session_timeout / 2;
    let beats = 8 * DAY.as_secs() / session.as_secs();
    for _ in 0..beats {
        fixture.advance(session);
        now(fixture
            .groups
            .consumer_heartbeat(consumer_beat("a", join.epoch, None)))
        .unwrap();
    }
    assert_eq!(fixture.committed("orders", 0), Some(1));
    assert_eq!(fixture.committed("audit", 0), None);
    now(fixture
        .groups
        .consumer_heartbeat(consumer_beat("a", LEAVE_EPOCH, None)))
    .unwrap();
    fixture.advance(7 * DAY - Duration::from_secs(1));
    assert_eq!(fixture.committed("orders", 0), Some(1));
    fixture.advance(fixture.config.offsets.check_interval);
    fixture.advance(fixture.config.offsets.check_interval);
    assert_eq!(fixture.groups.list(), []);
}

#[test]
fn a_client_may_say_for_how_long_its_offsets_are_kept() {
    let fixture = Fixture::new();
    let request = OffsetCommit {
        retention: Some(DAY),
        ..simple_commit(vec![offset("orders", 0, 1)])
    };
    now(fixture.groups.commit(request)).unwrap();
    let pending = in_transaction(vec![offset("orders", 1, 1)]);
    now(fixture.groups.commit_in_transaction(pending)).unwrap();
    fixture.advance(DAY - Duration::from_secs(1));
    assert_eq!(fixture.committed("orders", 0), Some(1));
    fixture.advance(fixture.config.offsets.check_interval);
    assert_eq!(fixture.committed("orders", 0), None);
}

#[test]
fn offsets_are_deleted_where_nobody_is_subscribed() {
    let fixture = Fixture::new();
    let delete = |topics: &[&str]| {
        now(fixture.groups.delete_offsets(DeleteOffsets {
            group: group(),
            partitions: topics.iter().map(|topic| ((*topic).into(), 0)).collect(),
        }))
    };
    assert_eq!(delete(&["orders"]), Err(GroupError::NoSuchGroup));
    let joined = fixture.stable_group(1);
    let request = OffsetCommit {
        committer: committer(joined[0].member.as_str(), 1),
        ..simple_commit(vec![offset("orders", 0, 1), offset("audit", 0, 1)])
    };
    now(fixture.groups.commit(request)).unwrap();
    let long = "t".repeat(10_000);
    assert_eq!(
        delete(&["orders", "audit", &long]),
        Ok(vec![Err(GroupError::SubscribedToTopic), Ok(()), Ok(())])
    );
    assert_eq!(fixture.committed("orders", 0), Some(1));
    assert_eq!(fixture.committed("audit", 0), None);
    // Of what members of other kinds are subscribed to nothing is known.
    let connect = ninefold_groups::JoinRequest {
        group: "connect".into(),
        protocol_type: "connect".into(),
        ..static_join("one")
    };
    let _join = fixture.begin_join(connect);
    let refused = now(fixture.groups.delete_offsets(DeleteOffsets {
        group: "connect".into(),
        partitions: vec![("orders".into(), 0)],
    }));
    assert_eq!(refused, Err(GroupError::NotEmpty));
}

#[test]
fn topics_that_are_no_more_are_forgotten() {
    let mut fixture = Fixture::new();
    let request = simple_commit(vec![offset("orders", 0, 1), offset("audit", 0, 1)]);
    now(fixture.groups.commit(request)).unwrap();
    now(fixture.groups.forget_topics(&["orders".into()])).unwrap();
    fixture.restart();
    assert_eq!(fixture.committed("orders", 0), None);
    assert_eq!(fixture.committed("audit", 0), Some(1));
}
