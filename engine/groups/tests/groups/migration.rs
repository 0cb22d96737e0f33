//! Groups whose members go over from one protocol to the other, one by one.

use std::collections::BTreeSet;

use bytes::Bytes;
use ninefold_groups::{
    Committer, ConsumerHeartbeat, GroupError, JoinRequest, Joined, LEAVE_EPOCH, LeaveRequest, Leaving,
    MemberId, OffsetCommit, Protocol, SyncRequest, Synced,
};

use crate::fixture::{
    Fixture, claim, consumer_beat, consumer_join, group, join_request, now, offset, partitions,
    simple_commit, static_join, sync_request,
};

/// A subscription to orders of version 1, with partitions of it that the member has.
fn subscription(owned: &[u32]) -> Bytes {
    let mut bytes = b"\0\x01\0\0\0\x01\0\x06orders\xff\xff\xff\xff".to_vec();
    bytes.extend(assigned(owned));
    bytes.into()
}

/// Partitions of orders, as subscriptions and assignments have them.
fn assigned(partitions: &[u32]) -> Vec<u8> {
    if partitions.is_empty() {
        return vec![0; 4];
    }
    let mut bytes = b"\0\0\0\x01\0\x06orders".to_vec();
    bytes.extend((partitions.len() as u32).to_be_bytes());
    bytes.extend(partitions.iter().flat_map(|partition| partition.to_be_bytes()));
    bytes
}

fn assignment(partitions: &[u32]) -> Bytes {
    let mut bytes = vec![0, 1];
    bytes.extend(assigned(partitions));
    bytes.extend([0xff; 4]);
    bytes.into()
}

fn rejoin(member: &MemberId, owned: &[u32]) -> JoinRequest {
    JoinRequest {
        protocols: vec![Protocol {
            name: "cooperative".into(),
            metadata: subscription(owned),
        }],
        ..join_request(Some(member))
    }
}

/// Two members of a classic group, the leader first, each with half of what there is.
fn classic_group(fixture: &Fixture) -> [Joined; 2] {
    fixture.set_topics(&[(1, "orders", 6)]);
    let ids = [fixture.new_member(), fixture.new_member()];
    let joins = ids.each_ref().map(|id| fixture.begin_join(rejoin(id, &[])));
    for _ in 0..2 {
        fixture.advance(fixture.config.classic.initial_rebalance_delay);
    }
    let mut joined = joins.map(|join| join.answer().unwrap());
    joined.sort_by_key(|joined| joined.members.is_empty());
    let assignments = [(0, [0, 1, 2]), (1, [3, 4, 5])]
        .map(|(place, partitions)| (joined[place].member.clone(), assignment(&partitions)));
    let leader = SyncRequest {
        assignments: assignments.to_vec(),
        ..sync_request(&joined[0])
    };
    now(fixture.groups.sync(leader)).unwrap();
    now(fixture.groups.sync(sync_request(&joined[1]))).unwrap();
    joined
}

fn kind(fixture: &Fixture) -> &'static str {
    fixture.groups.list()[0].kind
}

fn sync(fixture: &Fixture, joined: &Joined) -> Result<Synced, GroupError> {
    now(fixture.groups.sync(SyncRequest {
        claim: claim(joined),
        protocol_type: joined.protocol_type.clone(),
        protocol: joined.protocol.clone(),
        assignments: Vec::new(),
    }))
}

#[test]
fn members_go_over_one_by_one() {
    let mut fixture = Fixture::new();
    let [first, second] = classic_group(&fixture);
    // A member of the new protocol joins, and waits for what others have.
    let beat = now(fixture
        .groups
        .consumer_heartbeat(consumer_join("new", &["orders"])))
    .unwrap();
    assert_eq!((beat.epoch, beat.assignment), (2, Some(Default::default())));
    assert_eq!(kind(&fixture), "consumer");
    fixture.restart();
    assert_eq!(kind(&fixture), "consumer");
    for (joined, owned, kept) in [(&first, [0, 1, 2], [0, 1]), (&second, [3, 4, 5], [3, 4])] {
        // They have to join anew; in the first join each gives up one partition and confirms it in the second.
        assert_eq!(fixture.heartbeat(joined), Err(GroupError::RebalanceInProgress));
        let revoking = fixture.join(rejoin(&joined.member, &owned)).unwrap();
        assert_eq!((revoking.generation, revoking.leader.as_ref()), (1, None));
        assert_eq!(sync(&fixture, &revoking).unwrap().assignment, assignment(&kept));
        assert_eq!(fixture.heartbeat(&revoking), Err(GroupError::RebalanceInProgress));
        let revoked = fixture.join(rejoin(&joined.member, &kept)).unwrap();
        assert_eq!(revoked.generation, 2);
        assert_eq!(sync(&fixture, &revoked).unwrap().assignment, assignment(&kept));
        assert_eq!(fixture.heartbeat(&revoked), Ok(()));
        let commit = OffsetCommit {
            committer: Committer {
                member: Some(joined.member.clone()),
                instance: None,
                epoch: 2,
            },
            ..simple_commit(vec![offset("orders", 0, 1)])
        };
        assert_eq!(now(fixture.groups.commit(commit)), Ok(vec![Ok(())]));
    }
    let given = now(fixture.groups.consumer_heartbeat(consumer_beat("new", 2, None))).unwrap();
    assert_eq!(given.assignment, Some(partitions(1, &[2, 5])));
    // The first one comes back under the new protocol, and the second one leaves.
    let leave = LeaveRequest {
        group: group(),
        members: [&first, &second]
            .map(|joined| Leaving {
                member: Some(joined.member.clone()),
                instance: None,
            })
            .to_vec(),
    };
    assert_eq!(now(fixture.groups.leave(leave)), Ok(vec![Ok(()), Ok(())]));
    let all = now(fixture.groups.consumer_heartbeat(consumer_beat("new", 2, None))).unwrap();
    assert_eq!(all.assignment, Some(partitions(1, &[0, 1, 2, 3, 4, 5])));
    assert_eq!(kind(&fixture), "consumer");
}

#[test]
fn when_the_last_member_of_the_new_protocol_leaves_the_others_go_on_as_before() {
    let fixture = Fixture::new();
    let members = classic_group(&fixture);
    now(fixture
        .groups
        .consumer_heartbeat(consumer_join("new", &["orders"])))
    .unwrap();
    now(fixture
        .groups
        .consumer_heartbeat(consumer_beat("new", LEAVE_EPOCH, None)))
    .unwrap();
    assert_eq!(kind(&fixture), "classic");
    for joined in &members {
        assert_eq!(fixture.heartbeat(joined), Err(GroupError::IllegalGeneration));
    }
    let first = fixture.begin_join(rejoin(&members[0].member, &[0, 1, 2]));
    let second = fixture.join(rejoin(&members[1].member, &[3, 4, 5])).unwrap();
    let first = first.answer().unwrap();
    assert_eq!(first.generation, second.generation);
    assert!(first.generation > 2);
    let leaders: BTreeSet<_> = [&first.leader, &second.leader].into();
    assert_eq!(leaders.len(), 1);
}

#[test]
fn whoever_waits_joins_the_group_anew_when_it_changes() {
    let fixture = Fixture::new();
    let members = classic_group(&fixture);
    let waiting = fixture.begin_join(rejoin(&members[0].member, &[0, 1, 2]));
    now(fixture
        .groups
        .consumer_heartbeat(consumer_join("new", &["orders"])))
    .unwrap();
    assert_eq!(waiting.answer(), Err(GroupError::RebalanceInProgress));
    assert!(fixture.join(rejoin(&members[0].member, &[0, 1, 2])).is_ok());
}

#[test]
fn members_that_do_not_come_in_time_are_out() {
    let fixture = Fixture::new();
    let members = classic_group(&fixture);
    now(fixture
        .groups
        .consumer_heartbeat(consumer_join("new", &["orders"])))
    .unwrap();
    let revoking = fixture.join(rejoin(&members[1].member, &[3, 4, 5])).unwrap();
    for _ in 0..12 {
        // The first one is told to join anew, the second one does not ask for its assignment.
        assert_eq!(
            fixture.heartbeat(&members[0]),
            Err(GroupError::RebalanceInProgress)
        );
        assert!(fixture.heartbeat(&revoking).is_err());
        now(fixture.groups.consumer_heartbeat(consumer_beat("new", 2, None))).unwrap();
        fixture.advance(crate::fixture::REBALANCE / 12);
    }
    for joined in [&members[0], &revoking] {
        assert_eq!(fixture.heartbeat(joined), Err(GroupError::UnknownMember));
    }
    let all = now(fixture.groups.consumer_heartbeat(consumer_beat("new", 2, None))).unwrap();
    assert_eq!(all.assignment, Some(partitions(1, &[0, 1, 2, 3, 4, 5])));
}

#[test]
fn a_static_member_takes_its_place_with_it() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 2)]);
    let member = |metadata: Bytes| JoinRequest {
        protocols: vec![Protocol {
            name: "cooperative".into(),
            metadata,
        }],
        ..static_join("instance")
    };
    fixture.stabilize_alone(member(subscription(&[])), assignment(&[0, 1]));
    let upgraded = ConsumerHeartbeat {
        instance: Some("instance".into()),
        ..consumer_join("new", &["orders"])
    };
    let beat = now(fixture.groups.consumer_heartbeat(upgraded)).unwrap();
    assert_eq!(beat.assignment, Some(partitions(1, &[0, 1])));
    assert_eq!(kind(&fixture), "consumer");
    // And back.
    let back = fixture.join(member(subscription(&[]))).unwrap();
    assert_eq!(kind(&fixture), "classic");
    assert_ne!(back.member.as_str(), "new");
}

#[test]
fn what_can_not_be_read_is_not_upgraded() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 2)]);
    let consumer = consumer_join("new", &["orders"]);
    for (protocol_type, metadata, given) in [
        ("connect", subscription(&[]), assignment(&[0])),
        ("consumer", Bytes::from_static(b"?"), assignment(&[0])),
        ("consumer", subscription(&[]), Bytes::from_static(b"?")),
    ] {
        let id: ninefold_groups::GroupId = format!("{protocol_type}-{}", metadata.len() + given.len())
            .as_str()
            .into();
        let request = JoinRequest {
            group: id.clone(),
            protocol_type: protocol_type.into(),
            protocols: vec![Protocol {
                name: "cooperative".into(),
                metadata,
            }],
            ..static_join("instance")
        };
        fixture.stabilize_alone(request, given);
        let refused = now(fixture.groups.consumer_heartbeat(ConsumerHeartbeat {
            group: id,
            ..consumer.clone()
        }));
        assert_eq!(refused, Err(GroupError::NoSuchGroup));
    }
}

#[test]
fn who_has_asked_for_its_assignment_is_not_awaited_any_more() {
    let fixture = Fixture::new();
    let [first, _] = classic_group(&fixture);
    now(fixture
        .groups
        .consumer_heartbeat(consumer_join("new", &["orders"])))
    .unwrap();
    let revoking = fixture.join(rejoin(&first.member, &[0, 1, 2])).unwrap();
    sync(&fixture, &revoking).unwrap();
    let mut joined = fixture.join(rejoin(&first.member, &[0, 1])).unwrap();
    sync(&fixture, &joined).unwrap();
    for _ in 0..24 {
        fixture.advance(crate::fixture::REBALANCE / 8);
        now(fixture
            .groups
            .consumer_heartbeat(consumer_join("new", &["orders"])))
        .unwrap();
        match fixture.heartbeat(&joined) {
            Ok(()) => (),
            // The other one has gone without a word.
            Err(GroupError::RebalanceInProgress) => {
                joined = fixture.join(rejoin(&first.member, &[0, 1])).unwrap();
                sync(&fixture, &joined).unwrap();
            }
            Err(other) => panic!("{other}"),
        }
    }
}
