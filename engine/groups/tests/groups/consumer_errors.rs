//! What members of consumer groups are refused.

use std::sync::Arc;

use ninefold_groups::{
    ConsumerHeartbeat, GroupError, GroupsConfig, LEAVE_EPOCH, Partitions, STATIC_LEAVE_EPOCH,
};

use crate::fixture::{Fixture, consumer_beat, consumer_join, now, partitions};

fn is_invalid(outcome: &Result<ninefold_groups::ConsumerBeat, GroupError>) -> bool {
    matches!(outcome, Err(GroupError::InvalidRequest(_)))
}

#[test]
fn requests_that_contradict_themselves_are_invalid() {
    let fixture = Fixture::new();
    let join = || consumer_join("a", &["orders"]);
    let stay = || consumer_beat("a", 1, None);
    let long: Arc<str> = "m".repeat(2_000).into();
    let cases = [
        ConsumerHeartbeat {
            rebalance_timeout: None,
            ..join()
        },
        ConsumerHeartbeat {
            owned: None,
            ..join()
        },
        ConsumerHeartbeat {
            owned: Some(partitions(1, &[0])),
            ..join()
        },
        ConsumerHeartbeat {
            topics: None,
            ..join()
        },
        ConsumerHeartbeat {
            instance: Some("".into()),
            ..join()
        },
        ConsumerHeartbeat {
            rack: Some("".into()),
            ..join()
        },
        consumer_join("", &["orders"]),
        ConsumerHeartbeat {
            member: Some(Arc::clone(&long).into()),
            ..join()
        },
        ConsumerHeartbeat {
            member: None,
            ..stay()
        },
        consumer_beat("a", STATIC_LEAVE_EPOCH, None),
        consumer_beat("a", -3, None),
    ];
    for request in cases {
        let outcome = now(fixture.groups.consumer_heartbeat(request.clone()));
        assert!(is_invalid(&outcome), "{request:?}: {outcome:?}");
    }
    assert_eq!(fixture.groups.list(), []);
}

#[test]
fn a_member_may_join_before_it_knows_of_any_topic() {
    let fixture = Fixture::new();
    let beat = now(fixture.groups.consumer_heartbeat(consumer_join("a", &[]))).unwrap();
    assert_eq!(beat.epoch, 1);
    assert_eq!(beat.assignment, Some(Partitions::default()));
}

#[test]
fn requests_that_can_not_be_met_are_refused() {
    let mut config = GroupsConfig::default();
    config.consumer.members = 1;
    let fixture = Fixture::with(config);
    fixture.set_topics(&[(1, "orders", 1)]);
    let beat = |request| now(fixture.groups.consumer_heartbeat(request));
    for epoch in [1, LEAVE_EPOCH] {
        let nobody = beat(consumer_beat("a", epoch, None));
        assert_eq!(nobody, Err(GroupError::NoSuchGroup));
    }
    // A member may let itself be given an id.
    let joined = beat(ConsumerHeartbeat {
        member: None,
        ..consumer_join("a", &["orders"])
    })
    .unwrap();
    assert!(!joined.member.as_str().is_empty());
    let id = joined.member.as_str();
    let pattern = |source: &str| ConsumerHeartbeat {
        pattern: Some(source.into()),
        ..consumer_beat(id, 1, None)
    };
    let cases = [
        (consumer_join("b", &["orders"]), GroupError::GroupFull),
        (consumer_beat("b", 1, None), GroupError::GroupFull),
        (consumer_beat("b", LEAVE_EPOCH, None), GroupError::UnknownMember),
        (consumer_beat(id, 2, None), GroupError::FencedMemberEpoch),
        (
            ConsumerHeartbeat {
                assignor: Some("best".into()),
                ..consumer_beat(id, 1, None)
            },
            GroupError::UnsupportedAssignor,
        ),
        (
            ConsumerHeartbeat {
                instance: Some("instance".into()),
                ..consumer_beat(id, 1, None)
            },
            GroupError::UnknownMember,
        ),
        (
            ConsumerHeartbeat {
                group: "".into(),
                ..consumer_beat(id, 1, None)
            },
            GroupError::InvalidGroupId,
        ),
        (
            ConsumerHeartbeat {
                topics: Some(vec!["t".into(); 100_001]),
                ..consumer_beat(id, 1, None)
            },
            GroupError::TooLarge,
        ),
    ];
    for (request, error) in cases {
        assert_eq!(beat(request.clone()), Err(error), "{request:?}");
    }
    let invalid = beat(pattern("("));
    assert!(matches!(invalid, Err(GroupError::InvalidRegularExpression(_))));
    // None of it has changed anything.
    assert_eq!(beat(consumer_beat(id, 1, None)).unwrap().epoch, 1);
}
