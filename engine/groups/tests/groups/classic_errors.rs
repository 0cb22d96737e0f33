//! What members of classic groups are refused.

use std::time::Duration;

use bytes::Bytes;
use ninefold_groups::{
    GroupError, GroupId, GroupsConfig, JoinRequest, LeaveRequest, MemberClaim, MemberId, Protocol,
    SyncRequest,
};

use crate::fixture::{Fixture, claim, join_request, now, static_join, sync_request};

#[test]
fn joins_are_refused() {
    let fixture = Fixture::new();
    let stranger: MemberId = "stranger".into();
    let long = "g".repeat(2_000);
    let cases: Vec<(JoinRequest, GroupError)> = vec![
        (
            JoinRequest {
                group: "".into(),
                ..join_request(None)
            },
            GroupError::InvalidGroupId,
        ),
        (
            JoinRequest {
                group: GroupId::from(long.as_str()),
                ..join_request(None)
            },
            GroupError::InvalidGroupId,
        ),
        (
            JoinRequest {
                session_timeout: Duration::from_secs(5),
                ..join_request(None)
            },
            GroupError::InvalidSessionTimeout,
        ),
        (
            JoinRequest {
                session_timeout: Duration::from_secs(1_801),
                ..join_request(None)
            },
            GroupError::InvalidSessionTimeout,
        ),
        (
            JoinRequest {
                protocols: Vec::new(),
                ..join_request(None)
            },
            GroupError::InconsistentProtocol,
        ),
        (
            JoinRequest {
                protocol_type: "".into(),
                ..join_request(None)
            },
            GroupError::InconsistentProtocol,
        ),
        (
            JoinRequest {
                protocols: vec![Protocol {
                    name: "range".into(),
                    metadata: Bytes::from(vec![0; 2 << 20]),
                }],
                ..join_request(None)
            },
            GroupError::TooLarge,
        ),
        (join_request(Some(&stranger)), GroupError::UnknownMember),
    ];
    for (request, error) in cases {
        assert_eq!(fixture.join(request.clone()), Err(error), "{request:?}");
    }
    // Nothing is left of those who were refused.
    assert_eq!(fixture.groups.list(), []);

    let joined = fixture.stabilize(vec![static_join("one")]);
    let connect = JoinRequest {
        protocol_type: "connect".into(),
        ..join_request(None)
    };
    assert_eq!(fixture.join(connect), Err(GroupError::InconsistentProtocol));
    let fenced = JoinRequest {
        member: Some(stranger),
        ..static_join("one")
    };
    assert_eq!(fixture.join(fenced), Err(GroupError::FencedInstance));
    let unknown = JoinRequest {
        member: Some(joined[0].member.clone()),
        ..static_join("two")
    };
    assert_eq!(fixture.join(unknown), Err(GroupError::UnknownMember));
}

#[test]
fn a_full_group_takes_nobody() {
    let mut config = GroupsConfig::default();
    config.classic.members = 2;
    let fixture = Fixture::with(config);
    let joined = fixture.stable_group(2);
    assert_eq!(fixture.join(join_request(None)), Err(GroupError::GroupFull));
    // Those who are in may join anew.
    let rejoin = fixture.begin_join(join_request(Some(&joined[0].member)));
    assert!(fixture.join(join_request(Some(&joined[1].member))).is_ok());
    assert!(rejoin.answer().is_ok());
}

#[test]
fn claims_are_refused() {
    let fixture = Fixture::new();
    let joined = fixture.stabilize(vec![static_join("one"), static_join("two")]);
    let good = claim(&joined[0]);
    let cases: Vec<(MemberClaim, GroupError)> = vec![
        (
            MemberClaim {
                group: "other".into(),
                ..good.clone()
            },
            GroupError::UnknownMember,
        ),
        (
            MemberClaim {
                member: "stranger".into(),
                ..good.clone()
            },
            GroupError::UnknownMember,
        ),
        (
            MemberClaim {
                instance: Some("three".into()),
                ..good.clone()
            },
            GroupError::UnknownMember,
        ),
        (
            MemberClaim {
                member: "stranger".into(),
                instance: Some("one".into()),
                ..good.clone()
            },
            GroupError::FencedInstance,
        ),
        (
            MemberClaim {
                generation: 0,
                ..good.clone()
            },
            GroupError::IllegalGeneration,
        ),
        (
            MemberClaim {
                generation: 2,
                ..good.clone()
            },
            GroupError::IllegalGeneration,
        ),
    ];
    for (claim, error) in cases {
        assert_eq!(
            now(fixture.groups.heartbeat(claim.clone())),
            Err(error.clone()),
            "{claim:?}"
        );
        let sync = SyncRequest {
            claim: claim.clone(),
            ..sync_request(&joined[0])
        };
        assert_eq!(now(fixture.groups.sync(sync)), Err(error), "{claim:?}");
    }
    assert_eq!(now(fixture.groups.heartbeat(good)), Ok(()));
    for (protocol_type, protocol) in [("connect", "range"), ("consumer", "sticky")] {
        let sync = SyncRequest {
            protocol_type: Some(protocol_type.into()),
            protocol: Some(protocol.into()),
            ..sync_request(&joined[0])
        };
        assert_eq!(
            now(fixture.groups.sync(sync)),
            Err(GroupError::InconsistentProtocol)
        );
    }
    let large = SyncRequest {
        assignments: vec![(joined[0].member.clone(), Bytes::from(vec![0; 2 << 20]))],
        ..sync_request(&joined[0])
    };
    assert_eq!(now(fixture.groups.sync(large)), Err(GroupError::TooLarge));
}

#[test]
fn nobody_leaves_a_group_that_there_is_not() {
    let fixture = Fixture::new();
    let request = LeaveRequest {
        group: "".into(),
        members: Vec::new(),
    };
    assert_eq!(
        now(fixture.groups.leave(request)),
        Err(GroupError::InvalidGroupId)
    );
    let request = LeaveRequest {
        group: "none".into(),
        members: vec![ninefold_groups::Leaving {
            member: Some("stranger".into()),
            instance: None,
        }],
    };
    assert_eq!(
        now(fixture.groups.leave(request)),
        Ok(vec![Err(GroupError::UnknownMember)])
    );
}

#[test]
fn deleting_takes_an_empty_group() {
    let fixture = Fixture::new();
    let group = crate::fixture::group();
    assert_eq!(now(fixture.groups.delete(&group)), Err(GroupError::NoSuchGroup));
    let joined = fixture.stable_group(1);
    assert_eq!(now(fixture.groups.delete(&group)), Err(GroupError::NotEmpty));
    let leave = LeaveRequest {
        group: group.clone(),
        members: vec![ninefold_groups::Leaving {
            member: Some(joined[0].member.clone()),
            instance: None,
        }],
    };
    now(fixture.groups.leave(leave)).unwrap();
    assert_eq!(now(fixture.groups.delete(&group)), Ok(()));
    assert_eq!(fixture.groups.describe(&group), None);
    assert_eq!(now(fixture.groups.delete(&group)), Err(GroupError::NoSuchGroup));
}

#[test]
fn removing_takes_a_group_with_its_members() {
    let mut fixture = Fixture::new();
    let group = crate::fixture::group();
    fixture.stable_group(2);
    assert_eq!(now(fixture.groups.remove(&group)), Ok(()));
    assert_eq!(fixture.groups.describe(&group), None);
    assert_eq!(now(fixture.groups.remove(&group)), Ok(()));
    fixture.restart();
    assert_eq!(fixture.groups.describe(&group), None);
}
