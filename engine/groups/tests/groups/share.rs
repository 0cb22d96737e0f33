//! Share groups: who reads what.

use std::time::Duration;

use ninefold_groups::{
    Description, GroupError, GroupsConfig, LEAVE_EPOCH, Pace, ShareBeat, ShareDescription, ShareHeartbeat,
};

use crate::fixture::{Fixture, client, consumer_join, group, now, partitions, simple_commit};

fn heartbeat(member: &str, epoch: i32, topics: Option<&[&str]>) -> ShareHeartbeat {
    let topics = topics.map(|topics| topics.iter().map(|topic| (*topic).into()).collect());
    ShareHeartbeat {
        group: group(),
        member: member.into(),
        epoch,
        rack: None,
        client: client(),
        topics,
        pace: None,
    }
}

fn beat(fixture: &Fixture, request: ShareHeartbeat) -> Result<ShareBeat, GroupError> {
    now(fixture.groups.share_heartbeat(request))
}

fn join(fixture: &Fixture, member: &str) -> ShareBeat {
    beat(fixture, heartbeat(member, 0, Some(&["orders"]))).unwrap()
}

fn describe(fixture: &Fixture) -> ShareDescription {
    match fixture.groups.describe(&group()) {
        Some(Description::Share(description)) => description,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_partition_may_have_several_members() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 2)]);
    let first = join(&fixture, "a");
    assert_eq!((first.epoch, first.assignment), (1, Some(partitions(1, &[0, 1]))));
    let second = join(&fixture, "b");
    assert_eq!((second.epoch, second.assignment), (2, Some(partitions(1, &[1]))));
    let third = join(&fixture, "c");
    assert_eq!(third.assignment, Some(partitions(1, &[0])));
    let first = beat(&fixture, heartbeat("a", 1, None)).unwrap();
    assert_eq!((first.epoch, first.assignment), (3, Some(partitions(1, &[0]))));
    let again = beat(&fixture, heartbeat("a", 3, None)).unwrap();
    assert_eq!(again.assignment, None);
    assert_eq!(describe(&fixture).members.len(), 3);
}

#[test]
fn topics_that_come_are_read_and_members_that_go_are_replaced() {
    let fixture = Fixture::new();
    assert_eq!(join(&fixture, "a").assignment, Some(Default::default()));
    fixture.set_topics(&[(1, "orders", 2)]);
    join(&fixture, "b");
    let given = beat(&fixture, heartbeat("a", 1, None)).unwrap();
    assert_eq!(given.assignment, Some(partitions(1, &[0])));
    let left = beat(&fixture, heartbeat("b", LEAVE_EPOCH, None)).unwrap();
    assert_eq!((left.epoch, left.assignment), (LEAVE_EPOCH, None));
    let given = beat(&fixture, heartbeat("a", given.epoch, None)).unwrap();
    assert_eq!(given.assignment, Some(partitions(1, &[0, 1])));
    fixture.advance(fixture.config.share.session_timeout);
    assert!(describe(&fixture).is_empty);
    assert_eq!(
        beat(&fixture, heartbeat("a", given.epoch, None)),
        Err(GroupError::UnknownMember)
    );
    assert_eq!(now(fixture.groups.delete(&group())), Ok(()));
    assert_eq!(fixture.groups.describe(&group()), None);
}

#[test]
fn a_group_decides_how_its_members_are_to_be_heard_of() {
    let fixture = Fixture::new();
    let pace = Pace {
        session_timeout: Duration::from_secs(60),
        heartbeat_interval: Duration::from_secs(7),
    };
    let joining = ShareHeartbeat {
        pace: Some(pace),
        ..heartbeat("a", 0, Some(&["orders"]))
    };
    let joined = beat(&fixture, joining).unwrap();
    assert_eq!(joined.heartbeat_interval, pace.heartbeat_interval);
    fixture.advance(pace.session_timeout - Duration::from_millis(1));
    assert!(!describe(&fixture).is_empty);
    fixture.advance(Duration::from_millis(1));
    assert!(describe(&fixture).is_empty);
}

#[test]
fn members_are_refused() {
    let mut config = GroupsConfig::default();
    config.share.members = 1;
    let fixture = Fixture::with(config);
    let nobody = beat(&fixture, heartbeat("a", 1, None));
    assert_eq!(nobody, Err(GroupError::NoSuchGroup));
    for invalid in [
        heartbeat("", 0, Some(&["orders"])),
        heartbeat("a", 0, None),
        heartbeat("a", 0, Some(&[])),
        heartbeat("a", -2, None),
        ShareHeartbeat {
            rack: Some("".into()),
            ..heartbeat("a", 0, Some(&["orders"]))
        },
    ] {
        let outcome = beat(&fixture, invalid);
        assert!(
            matches!(outcome, Err(GroupError::InvalidRequest(_))),
            "{outcome:?}"
        );
    }
    join(&fixture, "a");
    let cases = [
        (heartbeat("b", 0, Some(&["orders"])), GroupError::GroupFull),
        (heartbeat("b", LEAVE_EPOCH, None), GroupError::UnknownMember),
        (heartbeat("a", 7, None), GroupError::FencedMemberEpoch),
    ];
    for (request, error) in cases {
        assert_eq!(beat(&fixture, request), Err(error));
    }
    // The kinds do not mix, and there are no offsets here.
    let consumer = now(fixture.groups.consumer_heartbeat(consumer_join("c", &["orders"])));
    assert_eq!(consumer, Err(GroupError::NoSuchGroup));
    assert_eq!(
        fixture.join(crate::fixture::join_request(None)),
        Err(GroupError::InconsistentProtocol)
    );
    let commit = now(fixture.groups.commit(simple_commit(Vec::new())));
    assert_eq!(commit, Err(GroupError::NoSuchGroup));
    assert_eq!(now(fixture.groups.delete(&group())), Err(GroupError::NotEmpty));
}

#[test]
fn members_go_on_after_a_restart() {
    let mut fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 2)]);
    join(&fixture, "a");
    let before = fixture.groups.describe(&group());
    fixture.restart();
    assert_eq!(fixture.groups.describe(&group()), before);
    let beaten = beat(&fixture, heartbeat("a", 1, None)).unwrap();
    assert_eq!((beaten.epoch, beaten.assignment), (1, None));
}
