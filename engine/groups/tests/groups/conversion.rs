//! Groups that change their kind.

use ninefold_groups::{ConsumerHeartbeat, Description, GroupError, LEAVE_EPOCH, LeaveRequest, Leaving};

use crate::fixture::{
    Fixture, consumer_beat, consumer_join, group, join_request, now, offset, partitions, simple_commit,
};

fn kind(fixture: &Fixture) -> &'static str {
    fixture.groups.list()[0].kind
}

fn leave(fixture: &Fixture, member: &ninefold_groups::MemberId) {
    let request = LeaveRequest {
        group: group(),
        members: vec![Leaving {
            member: Some(member.clone()),
            instance: None,
        }],
    };
    now(fixture.groups.leave(request)).unwrap();
}

#[test]
fn an_empty_classic_group_becomes_a_consumer_group() {
    let mut fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 1)]);
    let joined = fixture.stable_group(1);
    leave(&fixture, &joined[0].member);
    now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 7)]))).unwrap();
    let invalid = now(fixture.groups.consumer_heartbeat(ConsumerHeartbeat {
        topics: None,
        ..consumer_join("a", &[])
    }));
    assert!(matches!(invalid, Err(GroupError::InvalidRequest(_))));
    assert_eq!(kind(&fixture), "classic");
    let beat = now(fixture.groups.consumer_heartbeat(consumer_join("a", &["orders"]))).unwrap();
    // Epochs go on where generations were.
    assert_eq!((beat.epoch, beat.assignment), (3, Some(partitions(1, &[0]))));
    fixture.restart();
    assert_eq!(kind(&fixture), "consumer");
    assert_eq!(fixture.committed("orders", 0), Some(7));
    let Some(Description::Consumer(description)) = fixture.groups.describe(&group()) else {
        panic!("it is no consumer group");
    };
    assert_eq!(description.members.len(), 1);
}

#[test]
fn an_empty_consumer_group_becomes_a_classic_group() {
    let mut fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 1)]);
    now(fixture.groups.consumer_heartbeat(consumer_join("a", &["orders"]))).unwrap();
    assert_eq!(
        fixture.join(ninefold_groups::JoinRequest {
            protocol_type: "connect".into(),
            ..join_request(None)
        }),
        Err(GroupError::InconsistentProtocol)
    );
    now(fixture
        .groups
        .consumer_heartbeat(consumer_beat("a", LEAVE_EPOCH, None)))
    .unwrap();
    now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 7)]))).unwrap();
    let joined = fixture.stable_group(1);
    assert_eq!(joined[0].generation, 3);
    fixture.restart();
    assert_eq!(kind(&fixture), "classic");
    assert_eq!(fixture.heartbeat(&joined[0]), Ok(()));
    assert_eq!(fixture.committed("orders", 0), Some(7));
}

#[test]
fn a_group_that_only_has_offsets_becomes_whatever_reads_first() {
    let fixture = Fixture::new();
    now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 7)]))).unwrap();
    now(fixture.groups.consumer_heartbeat(consumer_join("a", &["orders"]))).unwrap();
    assert_eq!(kind(&fixture), "consumer");
    assert_eq!(fixture.committed("orders", 0), Some(7));
}
