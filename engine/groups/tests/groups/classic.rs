//! Classic groups: how rebalances go.

use std::time::Duration;

use ninefold_groups::{
    ClassicState, Description, GroupError, GroupsConfig, JoinRequest, LeaveRequest, Leaving, Protocol,
};

use crate::fixture::{
    Fixture, REBALANCE, SESSION, assignment_of, group, join_request, now, protocol, static_join, subscription,
};

const SECOND: Duration = Duration::from_secs(1);

fn describe(fixture: &Fixture) -> ninefold_groups::ClassicDescription {
    match fixture.groups.describe(&group()) {
        Some(Description::Classic(description)) => description,
        other => panic!("{other:?}"),
    }
}

fn leave(fixture: &Fixture, leaving: Leaving) -> Result<(), GroupError> {
    let request = LeaveRequest {
        group: group(),
        members: vec![leaving],
    };
    now(fixture.groups.leave(request)).unwrap().remove(0)
}

#[test]
fn members_join_the_leader_assigns_and_everybody_gets_theirs() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(3);
    assert!(joined.iter().all(|joined| joined.generation == 1));
    assert_eq!(joined[0].leader.as_ref(), Some(&joined[0].member));
    assert_eq!(joined[0].members.len(), 3);
    assert!(joined[1].members.is_empty());
    assert_eq!(joined[0].members[0].metadata, subscription(&["orders"]));
    let description = describe(&fixture);
    assert_eq!(description.state, ClassicState::Stable);
    assert_eq!(description.protocol.as_deref(), Some("range"));
    for member in &description.members {
        assert_eq!(member.assignment, assignment_of(&member.member));
    }
    for joined in &joined {
        assert_eq!(fixture.heartbeat(joined), Ok(()));
    }
}

#[test]
fn an_empty_group_waits_for_more_members_but_not_for_ever() {
    let mut config = GroupsConfig::default();
    config.classic.initial_rebalance_delay = 3 * SECOND;
    let fixture = Fixture::with(config);
    let late = || JoinRequest {
        rebalance_timeout: 7 * SECOND,
        takes_member_id: false,
        ..join_request(None)
    };
    let mut joins = vec![fixture.begin_join(late())];
    // Each member that comes prolongs the delay, up to the rebalance timeout.
    for _ in 0..2 {
        fixture.advance(2 * SECOND);
        joins.push(fixture.begin_join(late()));
        fixture.advance(SECOND);
        joins[0].assert_waits();
    }
    fixture.advance(SECOND);
    for join in joins {
        assert_eq!(join.answer().unwrap().generation, 1);
    }
}

#[test]
fn a_member_that_is_new_makes_the_others_join_anew() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(1);
    let id = fixture.new_member();
    assert_eq!(fixture.heartbeat(&joined[0]), Ok(()));
    let new = fixture.begin_join(join_request(Some(&id)));
    assert_eq!(
        fixture.heartbeat(&joined[0]),
        Err(GroupError::RebalanceInProgress)
    );
    assert_eq!(fixture.sync(&joined[0]), Err(GroupError::RebalanceInProgress));
    let again = fixture.join(join_request(Some(&joined[0].member))).unwrap();
    assert_eq!((again.generation, again.members.len()), (2, 2));
    assert_eq!(new.answer().unwrap().generation, 2);
    assert_eq!(fixture.heartbeat(&joined[0]), Err(GroupError::IllegalGeneration));
    assert_eq!(fixture.heartbeat(&again), Ok(()));
}

#[test]
fn members_that_do_not_join_anew_in_time_are_out() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(2);
    let leader = &joined[0];
    let mut rejoin = fixture.begin_join(join_request(Some(&leader.member)));
    // The other one sends heartbeats, and does not join.
    for _ in 0..11 {
        fixture.advance(REBALANCE / 12);
        assert_eq!(
            fixture.heartbeat(&joined[1]),
            Err(GroupError::RebalanceInProgress)
        );
        rejoin.assert_waits();
    }
    fixture.advance(REBALANCE / 12);
    let rejoined = rejoin.answer().unwrap();
    assert_eq!((rejoined.generation, rejoined.members.len()), (2, 1));
    assert_eq!(fixture.heartbeat(&joined[1]), Err(GroupError::UnknownMember));
}

#[test]
fn a_session_without_a_heartbeat_ends() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(2);
    fixture.advance(SESSION - SECOND);
    assert_eq!(fixture.heartbeat(&joined[0]), Ok(()));
    fixture.advance(SECOND);
    assert_eq!(
        fixture.heartbeat(&joined[0]),
        Err(GroupError::RebalanceInProgress)
    );
    assert_eq!(fixture.heartbeat(&joined[1]), Err(GroupError::UnknownMember));
    fixture.advance(SESSION);
    let description = describe(&fixture);
    assert_eq!(
        (description.state, description.members.len()),
        (ClassicState::Empty, 0)
    );
}

#[test]
fn an_id_that_is_not_joined_with_holds_up_a_rebalance_no_longer_than_a_session() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(1);
    let _unused = fixture.new_member();
    let mut rejoin = fixture.begin_join(join_request(Some(&joined[0].member)));
    fixture.advance(SESSION - SECOND);
    rejoin.assert_waits();
    fixture.advance(SECOND);
    assert_eq!(rejoin.answer().unwrap().members.len(), 1);
}

#[test]
fn a_member_that_joins_and_never_asks_for_its_assignment_is_out() {
    let fixture = Fixture::new();
    let ids = [fixture.new_member(), fixture.new_member()];
    let joins = ids
        .each_ref()
        .map(|id| fixture.begin_join(join_request(Some(id))));
    fixture.advance(3 * SECOND);
    fixture.advance(3 * SECOND);
    let [first, second] = joins.map(|join| join.answer().unwrap());
    let (leader, follower) = match first.members.is_empty() {
        true => (second, first),
        false => (first, second),
    };
    fixture.sync(&leader).unwrap();
    for _ in 0..12 {
        assert_eq!(fixture.heartbeat(&leader), Ok(()));
        assert_eq!(fixture.heartbeat(&follower), Ok(()));
        fixture.advance(REBALANCE / 12);
    }
    assert_eq!(fixture.heartbeat(&leader), Err(GroupError::RebalanceInProgress));
    assert_eq!(fixture.heartbeat(&follower), Err(GroupError::UnknownMember));
}

#[test]
fn a_leader_that_does_not_assign_is_replaced() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(2);
    let follower = &joined[1];
    let rejoin = fixture.begin_join(join_request(Some(&joined[0].member)));
    let followed = fixture.join(join_request(Some(&follower.member))).unwrap();
    let leader = rejoin.answer().unwrap();
    let sync = fixture.begin_sync(crate::fixture::sync_request(&followed));
    assert_eq!(
        leave(
            &fixture,
            Leaving {
                member: Some(leader.member),
                instance: None
            }
        ),
        Ok(())
    );
    assert_eq!(sync.answer(), Err(GroupError::RebalanceInProgress));
    let joined = fixture.join(join_request(Some(&follower.member))).unwrap();
    assert_eq!(joined.leader.as_ref(), Some(&follower.member));
    assert_eq!(joined.generation, 3);
}

#[test]
fn all_speak_what_most_prefer_among_what_everybody_speaks() {
    let fixture = Fixture::new();
    let speaking = |names: &[&str]| JoinRequest {
        protocols: names.iter().map(|name| protocol(name)).collect(),
        takes_member_id: false,
        ..join_request(None)
    };
    let requests = vec![
        speaking(&["a", "b", "c"]),
        speaking(&["b", "c"]),
        speaking(&["b", "d", "c"]),
    ];
    let joined = fixture.stabilize(requests);
    assert_eq!(joined[0].protocol.as_deref(), Some("b"));
    let stranger = speaking(&["d"]);
    assert_eq!(fixture.join(stranger), Err(GroupError::InconsistentProtocol));
}

#[test]
fn a_member_that_may_have_missed_an_answer_gets_it_again() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(2);
    let follower = &joined[1];
    // A follower that says the same as before needs no rebalance, a leader always gets one.
    let again = fixture.join(join_request(Some(&follower.member))).unwrap();
    assert_eq!(again, *follower);
    let synced = fixture.sync(&again).unwrap();
    assert_eq!(synced.assignment, assignment_of(&follower.member));
    let changed = JoinRequest {
        protocols: vec![Protocol {
            name: "range".into(),
            metadata: subscription(&["other"]),
        }],
        ..join_request(Some(&follower.member))
    };
    let rejoin = fixture.begin_join(changed);
    let leader = fixture.join(join_request(Some(&joined[0].member))).unwrap();
    assert_eq!(rejoin.answer().unwrap().generation, 2);
    // While assignments are awaited, too.
    let again = fixture.join(join_request(Some(&leader.member))).unwrap();
    assert_eq!(again, leader);
}

#[test]
fn a_static_member_that_comes_back_needs_no_rebalance() {
    let fixture = Fixture::new();
    let joined = fixture.stabilize(vec![static_join("one"), static_join("two")]);
    let (leader, follower) = (&joined[0], &joined[1]);
    let instance_of = |joined: &ninefold_groups::Joined| {
        let members = describe(&fixture).members;
        let member = members.into_iter().find(|member| member.member == joined.member);
        member.unwrap().instance.unwrap()
    };
    let back = fixture.join(static_join(instance_of(follower).as_str())).unwrap();
    assert_eq!(back.generation, 1);
    assert_ne!(back.member, follower.member);
    assert!(back.members.is_empty() && !back.skip_assignment);
    // It has what it had before.
    let synced = fixture.sync(&back).unwrap();
    assert_eq!(synced.assignment, assignment_of(&follower.member));
    assert_eq!(fixture.heartbeat(leader), Ok(()));
    assert_eq!(fixture.heartbeat(follower), Err(GroupError::UnknownMember));

    // A leader hears that there is nothing to assign, or that somebody else leads if it is an old client.
    let instance = instance_of(leader);
    let back = fixture.join(static_join(instance.as_str())).unwrap();
    assert!(back.skip_assignment);
    assert_eq!(
        (back.leader.as_ref(), back.members.len()),
        (Some(&back.member), 2)
    );
    let old = JoinRequest {
        skips_assignment: false,
        ..static_join(instance.as_str())
    };
    let old = fixture.join(old).unwrap();
    assert_eq!((old.leader, old.members.len()), (Some(back.member), 0));
}

#[test]
fn a_static_member_that_comes_back_fences_who_it_was() {
    let fixture = Fixture::new();
    let mut before = fixture.begin_join(static_join("one"));
    before.assert_waits();
    let after = fixture.begin_join(static_join("one"));
    assert_eq!(before.answer(), Err(GroupError::FencedInstance));
    fixture.advance(3 * SECOND);
    fixture.advance(3 * SECOND);
    assert_eq!(after.answer().unwrap().members.len(), 1);
}

#[test]
fn static_members_are_waited_for_longer_than_a_rebalance() {
    let fixture = Fixture::new();
    let patient = |instance| JoinRequest {
        session_timeout: 10 * REBALANCE,
        ..static_join(instance)
    };
    let joined = fixture.stabilize(vec![patient("one"), patient("two")]);
    let mut rejoin = fixture.begin_join(JoinRequest {
        member: Some(joined[0].member.clone()),
        instance: None,
        ..patient("one")
    });
    fixture.advance(REBALANCE - SECOND);
    rejoin.assert_waits();
    fixture.advance(SECOND);
    assert_eq!(rejoin.answer().unwrap().members.len(), 2);
}

#[test]
fn members_leave_by_id_or_instance() {
    let fixture = Fixture::new();
    let joined = fixture.stabilize(vec![static_join("one"), static_join("two"), static_join("three")]);
    let leaving = |member: Option<&ninefold_groups::Joined>, instance: Option<&str>| Leaving {
        member: member.map(|joined| joined.member.clone()),
        instance: instance.map(Into::into),
    };
    let cases = [
        (leaving(None, None), Err(GroupError::UnknownMember)),
        (leaving(None, Some("four")), Err(GroupError::UnknownMember)),
        (leaving(Some(&joined[0]), None), Ok(())),
        (leaving(Some(&joined[0]), None), Err(GroupError::UnknownMember)),
        (leaving(None, Some("one")), Ok(())),
        (leaving(None, Some("two")), Ok(())),
        (leaving(None, Some("three")), Ok(())),
    ];
    let outcomes: Vec<_> = cases
        .iter()
        .map(|(case, _)| leave(&fixture, case.clone()))
        .collect();
    // One of the three has left by its id.
    let left = outcomes[4..].iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(left, 2);
    for ((_, expected), outcome) in cases.iter().zip(&outcomes).take(4) {
        assert_eq!(outcome, expected);
    }
    assert_eq!(describe(&fixture).state, ClassicState::Empty);
}

#[test]
fn several_members_leave_at_once_and_one_rebalance_follows() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(3);
    let request = LeaveRequest {
        group: group(),
        members: joined[1..]
            .iter()
            .map(|joined| Leaving {
                member: Some(joined.member.clone()),
                instance: None,
            })
            .collect(),
    };
    assert_eq!(now(fixture.groups.leave(request)), Ok(vec![Ok(()), Ok(())]));
    let again = fixture.join(join_request(Some(&joined[0].member))).unwrap();
    assert_eq!((again.generation, again.members.len()), (2, 1));
}
