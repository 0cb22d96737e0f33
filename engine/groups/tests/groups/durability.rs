//! What survives, and that nothing is told before it does.

use std::sync::Arc;
use std::task::Poll;

use ninefold_groups::{GroupError, Groups};
use ninefold_store::StoreError;

use crate::fixture::{
    Fixture, Waiting, consumer_beat, consumer_join, group, join_request, now, offset, partitions,
    simple_commit, static_join, sync_request,
};

fn commit(fixture: &Fixture, value: i64) -> Waiting<Result<Vec<Result<(), GroupError>>, GroupError>> {
    let groups = Arc::clone(&fixture.groups);
    let request = simple_commit(vec![offset("orders", 0, value)]);
    Waiting::new(async move { groups.commit(request).await })
}

#[test]
fn a_commit_is_answered_and_seen_when_it_is_durable() {
    let fixture = Fixture::new();
    fixture.store.hold();
    let (mut first, mut second) = (commit(&fixture, 1), commit(&fixture, 2));
    assert_eq!(fixture.committed("orders", 0), None);
    assert!(fixture.store.release_one());
    assert_eq!(first.poll(), Poll::Ready(Ok(vec![Ok(())])));
    second.assert_waits();
    assert_eq!(fixture.committed("orders", 0), Some(1));
    assert!(fixture.store.release_one());
    assert_eq!(second.answer(), Ok(vec![Ok(())]));
    assert_eq!(fixture.committed("orders", 0), Some(2));
}

#[test]
fn a_commit_that_is_not_stored_is_not_seen() {
    let fixture = Fixture::new();
    fixture.store.fail_next(StoreError::Overloaded);
    let refused = now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 1)])));
    assert_eq!(refused, Err(GroupError::Store(StoreError::Overloaded)));
    assert_eq!(fixture.committed("orders", 0), None);
    assert_eq!(fixture.groups.list(), []);
}

#[test]
fn assignments_are_told_when_they_are_durable() {
    let fixture = Fixture::new();
    let ids = [fixture.new_member(), fixture.new_member()];
    let joins = ids
        .each_ref()
        .map(|id| fixture.begin_join(join_request(Some(id))));
    for _ in 0..2 {
        fixture.advance(fixture.config.classic.initial_rebalance_delay);
    }
    let mut joined = joins.map(|join| join.answer().unwrap());
    joined.sort_by_key(|joined| joined.members.is_empty());
    fixture.store.hold();
    let mut leader = fixture.begin_sync(sync_request(&joined[0]));
    // The assignment is known already, and still not to be told.
    let mut follower = fixture.begin_sync(sync_request(&joined[1]));
    leader.assert_waits();
    follower.assert_waits();
    fixture.store.release();
    assert!(leader.answer().is_ok() && follower.answer().is_ok());
}

#[test]
fn members_of_a_classic_group_go_on_after_a_restart() {
    let mut fixture = Fixture::new();
    let joined = fixture.stabilize(vec![static_join("one"), static_join("two")]);
    let before = fixture.groups.describe(&group());
    fixture.restart();
    assert_eq!(fixture.groups.describe(&group()), before);
    for joined in &joined {
        assert_eq!(fixture.heartbeat(joined), Ok(()));
        assert!(fixture.sync(joined).is_ok());
    }
    // A static member that comes back is who it was, before a restart and after it.
    let back = fixture.join(static_join("one")).unwrap();
    fixture.restart();
    assert_eq!(fixture.heartbeat(&back), Ok(()));
    // Sessions begin anew.
    fixture.advance(crate::fixture::SESSION);
    assert_eq!(fixture.heartbeat(&back), Err(GroupError::UnknownMember));
}

#[test]
fn a_rebalance_that_a_restart_has_cut_short_begins_anew() {
    let mut fixture = Fixture::new();
    let joined = fixture.stable_group(2);
    let _rejoin = fixture.begin_join(join_request(Some(&joined[0].member)));
    assert_eq!(
        fixture.heartbeat(&joined[1]),
        Err(GroupError::RebalanceInProgress)
    );
    fixture.restart();
    for joined in &joined {
        assert_eq!(fixture.heartbeat(joined), Ok(()));
    }
}

#[test]
fn members_of_a_consumer_group_go_on_after_a_restart() {
    let mut fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 4)]);
    let beat = |groups: &Arc<Groups>, request| now(groups.consumer_heartbeat(request)).unwrap();
    beat(&fixture.groups, consumer_join("a", &["orders"]));
    beat(&fixture.groups, consumer_join("b", &["orders"]));
    let all = partitions(1, &[0, 1, 2, 3]);
    beat(&fixture.groups, consumer_beat("a", 1, Some(all.clone())));
    let before = fixture.groups.describe(&group());
    fixture.restart();
    assert_eq!(fixture.groups.describe(&group()), before);
    // What has not been given up is not given.
    let waiting = beat(&fixture.groups, consumer_beat("b", 2, None));
    assert_eq!((waiting.epoch, waiting.assignment), (2, None));
    // And has to be in time, as before.
    for _ in 0..3 {
        fixture.advance(crate::fixture::REBALANCE / 4);
        beat(&fixture.groups, consumer_beat("a", 1, Some(all.clone())));
        beat(&fixture.groups, consumer_beat("b", 2, None));
    }
    fixture.advance(crate::fixture::REBALANCE / 4);
    let given = beat(&fixture.groups, consumer_beat("b", 2, None));
    assert_eq!(given.assignment, Some(all));
}

#[test]
fn a_heartbeat_that_repeats_one_under_way_waits_for_it() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 1)]);
    fixture.store.hold();
    let begin = |request| {
        let groups = Arc::clone(&fixture.groups);
        Waiting::new(async move { groups.consumer_heartbeat(request).await })
    };
    let first = begin(consumer_join("a", &["orders"]));
    let mut second = begin(consumer_join("a", &["orders"]));
    second.assert_waits();
    fixture.store.release();
    assert_eq!(first.answer(), second.answer());
}

#[test]
fn a_group_whose_change_is_not_stored_is_what_it_was() {
    let fixture = Fixture::new();
    fixture.set_topics(&[(1, "orders", 4)]);
    let beat = |request| now(fixture.groups.consumer_heartbeat(request));
    beat(consumer_join("a", &["orders"])).unwrap();
    let before = fixture.groups.describe(&group());
    fixture.store.fail_next(StoreError::Overloaded);
    let refused = beat(consumer_join("b", &["orders"]));
    assert_eq!(refused, Err(GroupError::Store(StoreError::Overloaded)));
    fixture.groups.expire();
    assert_eq!(fixture.groups.describe(&group()), before);
    assert_eq!(beat(consumer_beat("a", 1, None)).unwrap().epoch, 1);
    assert_eq!(beat(consumer_join("b", &["orders"])).unwrap().epoch, 2);
}

#[test]
fn whoever_waits_is_sent_away_when_a_change_is_not_stored() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(2);
    // The join of a new member makes everybody join anew; then the group can't be stored.
    let rejoin = fixture.begin_join(join_request(Some(&joined[0].member)));
    fixture.store.fail_next(StoreError::Overloaded);
    let follower = fixture.join(join_request(Some(&joined[1].member))).unwrap();
    let leader = rejoin.answer().unwrap();
    let sync = fixture.begin_sync(sync_request(&follower));
    assert_eq!(
        fixture.sync(&leader),
        Err(GroupError::Store(StoreError::Overloaded))
    );
    assert_eq!(sync.answer(), Err(GroupError::Store(StoreError::Overloaded)));
    // It is what it was before.
    assert_eq!(fixture.heartbeat(&joined[0]), Ok(()));
}

#[test]
fn a_deleted_group_stays_deleted() {
    let mut fixture = Fixture::new();
    now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 1)]))).unwrap();
    now(fixture.groups.delete(&group())).unwrap();
    fixture.restart();
    assert_eq!(fixture.groups.list(), []);
    // One of the same name has nothing of it, also if it comes before the other one is gone.
    now(fixture.groups.commit(simple_commit(vec![offset("orders", 0, 1)]))).unwrap();
    fixture.store.hold();
    let groups = Arc::clone(&fixture.groups);
    let deleted = Waiting::new(async move { groups.delete(&group()).await });
    let request = simple_commit(vec![offset("orders", 1, 2)]);
    let groups = Arc::clone(&fixture.groups);
    let committed = Waiting::new(async move { groups.commit(request).await });
    fixture.store.release();
    assert_eq!(deleted.answer(), Ok(()));
    assert_eq!(committed.answer(), Ok(vec![Ok(())]));
    for _ in 0..2 {
        assert_eq!(fixture.committed("orders", 0), None);
        assert_eq!(fixture.committed("orders", 1), Some(2));
        fixture.restart();
    }
}

#[tokio::test]
async fn what_is_due_happens_by_itself() {
    let fixture = Fixture::new();
    let joined = fixture.stable_group(1);
    let task = tokio::spawn(Arc::clone(&fixture.groups).run());
    tokio::task::yield_now().await;
    fixture.clock.advance(crate::fixture::SESSION);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while fixture.groups.list()[0].state != "Empty" {
        assert!(std::time::Instant::now() < deadline, "the session does not end");
        tokio::task::yield_now().await;
    }
    assert_eq!(fixture.heartbeat(&joined[0]), Err(GroupError::UnknownMember));
    task.abort();
}
