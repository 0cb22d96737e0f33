//! Consumer groups: how members come to what they are to have.

use std::sync::Arc;
use std::time::Duration;

use ninefold_groups::{
    Assignor, ConsumerBeat, ConsumerDescription, ConsumerHeartbeat, ConsumerState, Description, GroupError,
    Groups, LEAVE_EPOCH, Pace, Partitions, STATIC_LEAVE_EPOCH,
};

use crate::fixture::{Fixture, REBALANCE, consumer_beat, consumer_join, group, now, partitions};

const ORDERS: (u128, &str, u32) = (1, "orders", 4);
const AUDIT: (u128, &str, u32) = (2, "audit", 2);

fn beat(groups: &Arc<Groups>, request: ConsumerHeartbeat) -> Result<ConsumerBeat, GroupError> {
    now(groups.consumer_heartbeat(request))
}

fn describe(fixture: &Fixture) -> ConsumerDescription {
    match fixture.groups.describe(&group()) {
        Some(Description::Consumer(description)) => description,
        other => panic!("{other:?}"),
    }
}

/// Orders with the only member `a`, which has all of it.
fn with_one_member() -> Fixture {
    let fixture = Fixture::new();
    fixture.set_topics(&[ORDERS, AUDIT]);
    let joined = beat(&fixture.groups, consumer_join("a", &["orders"])).unwrap();
    assert_eq!((joined.member.as_str(), joined.epoch), ("a", 1));
    assert_eq!(joined.assignment, Some(partitions(1, &[0, 1, 2, 3])));
    fixture
}

#[test]
fn a_partition_is_given_when_the_one_who_had_it_has_given_it_up() {
    let fixture = with_one_member();
    let groups = &fixture.groups;
    // Others may have half of it, and get nothing yet.
    let joined = beat(groups, consumer_join("b", &["orders"])).unwrap();
    assert_eq!((joined.epoch, joined.assignment), (2, Some(Partitions::new())));
    assert_eq!(describe(&fixture).state, ConsumerState::Reconciling);
    let all = partitions(1, &[0, 1, 2, 3]);
    let revoking = beat(groups, consumer_beat("a", 1, Some(all.clone()))).unwrap();
    let half = partitions(1, &[0, 1]);
    assert_eq!((revoking.epoch, &revoking.assignment), (1, &Some(half.clone())));
    // While the first one has not said that it gave up the rest, nobody gets it.
    for owned in [None, Some(all)] {
        let waiting = beat(groups, consumer_beat("b", 2, Some(Partitions::new()))).unwrap();
        assert_eq!((waiting.epoch, waiting.assignment), (2, None));
        let still = beat(groups, consumer_beat("a", 1, owned)).unwrap();
        assert_eq!((still.epoch, still.assignment), (1, None));
    }
    let revoked = beat(groups, consumer_beat("a", 1, Some(half))).unwrap();
    assert_eq!((revoked.epoch, revoked.assignment), (2, None));
    let given = beat(groups, consumer_beat("b", 2, None)).unwrap();
    assert_eq!((given.epoch, given.assignment), (2, Some(partitions(1, &[2, 3]))));
    let description = describe(&fixture);
    assert_eq!(description.state, ConsumerState::Stable);
    assert_eq!((description.epoch, description.assignment_epoch), (2, 2));
    for member in &description.members {
        assert_eq!(member.assignment, member.target);
    }
}

#[test]
fn a_member_that_does_not_give_up_partitions_in_time_is_fenced() {
    let fixture = with_one_member();
    let groups = &fixture.groups;
    beat(groups, consumer_join("b", &["orders"])).unwrap();
    let all = partitions(1, &[0, 1, 2, 3]);
    beat(groups, consumer_beat("a", 1, Some(all.clone()))).unwrap();
    for _ in 0..3 {
        fixture.advance(REBALANCE / 4);
        beat(groups, consumer_beat("a", 1, Some(all.clone()))).unwrap();
        beat(groups, consumer_beat("b", 2, None)).unwrap();
    }
    fixture.advance(REBALANCE / 4);
    assert_eq!(
        beat(groups, consumer_beat("a", 1, Some(all.clone()))),
        Err(GroupError::UnknownMember)
    );
    let given = beat(groups, consumer_beat("b", 2, None)).unwrap();
    assert_eq!((given.epoch, given.assignment), (3, Some(all)));
}

#[test]
fn a_session_without_a_heartbeat_ends() {
    let fixture = with_one_member();
    fixture.advance(fixture.config.consumer.session_timeout - Duration::from_millis(1));
    beat(&fixture.groups, consumer_beat("a", 1, None)).unwrap();
    fixture.advance(fixture.config.consumer.session_timeout);
    let gone = beat(&fixture.groups, consumer_beat("a", 1, None));
    assert_eq!(gone, Err(GroupError::UnknownMember));
    assert_eq!(describe(&fixture).state, ConsumerState::Empty);
}

#[test]
fn a_group_decides_how_its_members_are_to_be_heard_of() {
    let fixture = with_one_member();
    let pace = Pace {
        session_timeout: Duration::from_secs(60),
        heartbeat_interval: Duration::from_secs(7),
    };
    let paced = ConsumerHeartbeat {
        pace: Some(pace),
        ..consumer_beat("a", 1, None)
    };
    let answer = beat(&fixture.groups, paced).unwrap();
    assert_eq!(answer.heartbeat_interval, pace.heartbeat_interval);
    fixture.advance(pace.session_timeout - Duration::from_millis(1));
    assert_eq!(describe(&fixture).state, ConsumerState::Stable);
    fixture.advance(Duration::from_millis(1));
    assert_eq!(describe(&fixture).state, ConsumerState::Empty);
}

#[test]
fn a_member_whose_answer_was_lost_is_taken_with_the_epoch_before() {
    let fixture = with_one_member();
    let groups = &fixture.groups;
    beat(groups, consumer_join("b", &["orders"])).unwrap();
    let half = partitions(1, &[0, 1]);
    beat(groups, consumer_beat("a", 1, Some(partitions(1, &[0, 1, 2, 3])))).unwrap();
    beat(groups, consumer_beat("a", 1, Some(half.clone()))).unwrap();
    // It did not hear that it is in epoch 2.
    let again = beat(groups, consumer_beat("a", 1, Some(half.clone()))).unwrap();
    assert_eq!(again.epoch, 2);
    let full = ConsumerHeartbeat {
        epoch: 2,
        owned: Some(half.clone()),
        ..consumer_join("a", &["orders"])
    };
    assert_eq!(beat(groups, full).unwrap().assignment, Some(half));
    let fenced = [
        consumer_beat("a", 1, None),
        consumer_beat("a", 1, Some(partitions(1, &[0, 3]))),
        consumer_beat("a", 3, Some(Partitions::new())),
    ];
    for request in fenced {
        assert_eq!(beat(groups, request), Err(GroupError::FencedMemberEpoch));
    }
    // Who is fenced joins anew, with nothing.
    let rejoined = beat(groups, consumer_join("a", &["orders"])).unwrap();
    assert_eq!(
        (rejoined.epoch, rejoined.assignment),
        (2, Some(partitions(1, &[0, 1])))
    );
}

#[test]
fn members_that_leave_free_what_they_had() {
    let fixture = with_one_member();
    let groups = &fixture.groups;
    beat(groups, consumer_join("b", &["orders"])).unwrap();
    let left = beat(groups, consumer_beat("a", LEAVE_EPOCH, None)).unwrap();
    assert_eq!((left.epoch, left.assignment), (LEAVE_EPOCH, None));
    let given = beat(groups, consumer_beat("b", 2, None)).unwrap();
    assert_eq!(given.assignment, Some(partitions(1, &[0, 1, 2, 3])));
    beat(groups, consumer_beat("b", LEAVE_EPOCH, None)).unwrap();
    let description = describe(&fixture);
    assert_eq!((description.state, description.epoch), (ConsumerState::Empty, 4));
    // The next one is in a later epoch than everybody before.
    let joined = beat(groups, consumer_join("c", &["orders"])).unwrap();
    assert_eq!(joined.epoch, 5);
}

fn static_member(member: &str, epoch: i32) -> ConsumerHeartbeat {
    let heartbeat = match epoch {
        0 => consumer_join(member, &["orders"]),
        epoch => consumer_beat(member, epoch, None),
    };
    ConsumerHeartbeat {
        instance: Some("instance".into()),
        ..heartbeat
    }
}

#[test]
fn a_static_member_that_was_away_has_what_it_had() {
    let fixture = Fixture::new();
    fixture.set_topics(&[ORDERS]);
    let groups = &fixture.groups;
    beat(groups, static_member("a", 0)).unwrap();
    beat(groups, consumer_join("b", &["orders"])).unwrap();
    let taken = beat(groups, static_member("c", 0));
    assert_eq!(taken, Err(GroupError::UnreleasedInstance));
    let left = beat(groups, static_member("a", STATIC_LEAVE_EPOCH)).unwrap();
    assert_eq!(left.epoch, STATIC_LEAVE_EPOCH);
    assert_eq!(
        beat(groups, static_member("a", 1)),
        Err(GroupError::FencedMemberEpoch)
    );
    let back = beat(groups, static_member("c", 0)).unwrap();
    assert_eq!((back.epoch, back.assignment), (2, Some(partitions(1, &[0, 1]))));
    assert_eq!(
        beat(groups, static_member("a", 2)),
        Err(GroupError::FencedInstance)
    );
    assert_eq!(
        beat(groups, static_member("a", LEAVE_EPOCH)),
        Err(GroupError::FencedInstance)
    );
    assert_eq!(describe(&fixture).epoch, 2);
    beat(groups, static_member("c", LEAVE_EPOCH)).unwrap();
    assert_eq!(
        beat(groups, static_member("c", 2)),
        Err(GroupError::UnknownMember)
    );
}

#[test]
fn a_static_member_that_stays_away_is_out() {
    let fixture = Fixture::new();
    fixture.set_topics(&[ORDERS]);
    let groups = &fixture.groups;
    beat(groups, static_member("a", 0)).unwrap();
    beat(groups, static_member("a", STATIC_LEAVE_EPOCH)).unwrap();
    fixture.advance(fixture.config.consumer.session_timeout);
    assert_eq!(describe(&fixture).members, []);
    assert_eq!(beat(groups, static_member("b", 0)).unwrap().epoch, 3);
}

#[test]
fn topics_that_come_and_go_and_grow_are_assigned() {
    let fixture = with_one_member();
    let groups = &fixture.groups;
    let subscribed = ConsumerHeartbeat {
        topics: Some(vec!["orders".into(), "returns".into()]),
        ..consumer_beat("a", 1, None)
    };
    assert_eq!(beat(groups, subscribed).unwrap().epoch, 2);
    fixture.set_topics(&[ORDERS, (3, "returns", 1)]);
    let mut owned = partitions(1, &[0, 1, 2, 3]);
    let given = beat(groups, consumer_beat("a", 2, Some(owned.clone()))).unwrap();
    owned.extend(partitions(3, &[0]));
    assert_eq!((given.epoch, given.assignment), (3, Some(owned.clone())));
    fixture.set_topics(&[(1, "orders", 5)]);
    let revoking = beat(groups, consumer_beat("a", 3, Some(owned))).unwrap();
    let rest = partitions(1, &[0, 1, 2, 3]);
    assert_eq!((revoking.epoch, revoking.assignment), (3, Some(rest.clone())));
    let given = beat(groups, consumer_beat("a", 3, Some(rest))).unwrap();
    assert_eq!(
        (given.epoch, given.assignment),
        (4, Some(partitions(1, &[0, 1, 2, 3, 4])))
    );
    // Topics that nobody is subscribed to change nothing.
    fixture.set_topics(&[(1, "orders", 5), (9, "other", 1)]);
    assert_eq!(beat(groups, consumer_beat("a", 4, None)).unwrap().epoch, 4);
}

#[test]
fn a_pattern_stands_for_the_topics_that_match_it() {
    let fixture = Fixture::new();
    fixture.set_topics(&[ORDERS, AUDIT]);
    let groups = &fixture.groups;
    let by_pattern = |pattern: &str| ConsumerHeartbeat {
        topics: None,
        pattern: Some(pattern.into()),
        ..consumer_join("a", &[])
    };
    let joined = beat(groups, by_pattern("or.*")).unwrap();
    assert_eq!(joined.assignment, Some(partitions(1, &[0, 1, 2, 3])));
    fixture.set_topics(&[ORDERS, AUDIT, (3, "oranges", 1)]);
    let mut all = partitions(1, &[0, 1, 2, 3]);
    all.extend(partitions(3, &[0]));
    let given = beat(groups, consumer_beat("a", 1, None)).unwrap();
    assert_eq!((given.epoch, given.assignment), (2, Some(all)));
    let changed = ConsumerHeartbeat {
        pattern: Some("audit".into()),
        ..consumer_beat("a", 2, Some(Partitions::new()))
    };
    let given = beat(groups, changed).unwrap();
    assert_eq!(given.assignment, Some(partitions(2, &[0, 1])));
    let names_instead = ConsumerHeartbeat {
        pattern: Some("".into()),
        topics: Some(vec!["orders".into()]),
        ..consumer_beat("a", given.epoch, Some(Partitions::new()))
    };
    let given = beat(groups, names_instead).unwrap();
    assert_eq!(given.assignment, Some(partitions(1, &[0, 1, 2, 3])));
    assert_eq!(describe(&fixture).members[0].pattern, None);
}

#[test]
fn what_a_member_is_not_subscribed_to_any_more_it_has_to_give_up_at_once() {
    let fixture = with_one_member();
    let groups = &fixture.groups;
    beat(groups, consumer_join("b", &["orders"])).unwrap();
    beat(groups, consumer_beat("a", 1, Some(partitions(1, &[0, 1, 2, 3])))).unwrap();
    // It has not given up what it was told to, and is subscribed to something else.
    let resubscribed = ConsumerHeartbeat {
        topics: Some(vec!["audit".into()]),
        ..consumer_beat("a", 1, Some(partitions(1, &[0, 1, 2, 3])))
    };
    let told = beat(groups, resubscribed).unwrap();
    assert_eq!((told.epoch, told.assignment), (1, Some(Partitions::new())));
    let given = beat(groups, consumer_beat("a", 1, Some(Partitions::new()))).unwrap();
    assert_eq!(given.assignment, Some(partitions(2, &[0, 1])));
    let rest = beat(groups, consumer_beat("b", 2, None)).unwrap();
    assert_eq!(rest.assignment, Some(partitions(1, &[0, 1, 2, 3])));
}

#[test]
fn most_members_decide_how_it_is_assigned() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "a", 3), (2, "b", 3)]);
    let asking = |member: &str, assignor: Option<&str>| ConsumerHeartbeat {
        assignor: assignor.map(Into::into),
        ..consumer_join(member, &["a", "b"])
    };
    beat(&fixture.groups, asking("a", None)).unwrap();
    assert_eq!(describe(&fixture).assignor, Assignor::Uniform);
    beat(&fixture.groups, asking("b", Some("range"))).unwrap();
    let description = describe(&fixture);
    assert_eq!(description.assignor, Assignor::Range);
    let target = &description.members[0].target;
    let expected = vec![
        (ninefold_groups::TopicId(1), "a".into(), [0, 1].into()),
        (ninefold_groups::TopicId(2), "b".into(), [0, 1].into()),
    ];
    assert_eq!(*target, expected);
}
