//! Groups on a store in memory and a clock that stands still.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use ninefold_groups::{
    Client, Committer, ConsumerHeartbeat, GroupError, GroupId, Groups, GroupsConfig, JoinRequest, Joined,
    MemberClaim, MemberId, OffsetCommit, PartitionOffset, Partitions, Protocol, SyncRequest, Synced, Topic,
    TopicId, TopicSource,
};
use ninefold_store::MemoryStore;
use ninefold_time::ManualClock;
use parking_lot::Mutex;

pub(crate) const SESSION: Duration = Duration::from_secs(10);
pub(crate) const REBALANCE: Duration = Duration::from_secs(60);

/// Topics that a test says there are.
#[derive(Default)]
pub(crate) struct TestTopics(Mutex<Vec<Topic>>);

impl TopicSource for TestTopics {
    fn topics(&self) -> Vec<Topic> {
        self.0.lock().clone()
    }
}

pub(crate) struct Fixture {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: ManualClock,
    pub(crate) topics: Arc<TestTopics>,
    pub(crate) config: GroupsConfig,
    pub(crate) groups: Arc<Groups>,
}

/// An operation that may have to wait.
pub(crate) struct Waiting<T>(Pin<Box<dyn Future<Output = T> + Send>>);

impl<T> Waiting<T> {
    pub(crate) fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        let mut waiting = Waiting(Box::pin(future));
        waiting.assert_waits();
        waiting
    }

    pub(crate) fn poll(&mut self) -> Poll<T> {
        self.0.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }

    pub(crate) fn assert_waits(&mut self) {
        assert!(self.poll().is_pending());
    }

    pub(crate) fn answer(mut self) -> T {
        match self.poll() {
            Poll::Ready(answer) => answer,
            Poll::Pending => panic!("there is no answer yet"),
        }
    }
}

/// The answer of an operation that doesn't have to wait.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match Box::pin(future)
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("there is no answer yet"),
    }
}

pub(crate) fn group() -> GroupId {
    "group".into()
}

pub(crate) fn client() -> Client {
    Client {
        id: "client".into(),
        host: "127.0.0.1".into(),
    }
}

/// A subscription as consumers write it.
pub(crate) fn subscription(topics: &[&str]) -> Bytes {
    let mut bytes = vec![0, 1];
    bytes.extend((topics.len() as u32).to_be_bytes());
    for topic in topics {
        bytes.extend((topic.len() as u16).to_be_bytes());
        bytes.extend(topic.as_bytes());
    }
    bytes.extend([0xff; 4]);
    bytes.into()
}

pub(crate) fn protocol(name: &str) -> Protocol {
    Protocol {
        name: name.into(),
        metadata: subscription(&["orders"]),
    }
}

pub(crate) fn join_request(member: Option<&MemberId>) -> JoinRequest {
    JoinRequest {
        group: group(),
        member: member.cloned(),
        instance: None,
        client: client(),
        session_timeout: SESSION,
        rebalance_timeout: REBALANCE,
        protocol_type: "consumer".into(),
        protocols: vec![protocol("range")],
        takes_member_id: true,
        skips_assignment: true,
    }
}

pub(crate) fn static_join(instance: &str) -> JoinRequest {
    JoinRequest {
        instance: Some(instance.into()),
        ..join_request(None)
    }
}

pub(crate) fn claim(joined: &Joined) -> MemberClaim {
    MemberClaim {
        group: group(),
        member: joined.member.clone(),
        instance: None,
        generation: joined.generation,
    }
}

pub(crate) fn sync_request(joined: &Joined) -> SyncRequest {
    let members = joined.members.iter();
    SyncRequest {
        claim: claim(joined),
        protocol_type: joined.protocol_type.clone(),
        protocol: joined.protocol.clone(),
        assignments: members
            .map(|member| (member.member.clone(), assignment_of(&member.member)))
            .collect(),
    }
}

/// What leaders in these tests give a member.
pub(crate) fn assignment_of(member: &MemberId) -> Bytes {
    Bytes::copy_from_slice(member.as_str().as_bytes())
}

pub(crate) fn partitions(topic: u128, numbers: &[u32]) -> Partitions {
    let numbers: std::collections::BTreeSet<u32> = numbers.iter().copied().collect();
    match numbers.is_empty() {
        true => Partitions::new(),
        false => [(TopicId(topic), numbers)].into(),
    }
}

/// The heartbeat by which a member of a consumer group joins.
pub(crate) fn consumer_join(member: &str, topics: &[&str]) -> ConsumerHeartbeat {
    ConsumerHeartbeat {
        group: group(),
        member: Some(member.into()),
        epoch: 0,
        instance: None,
        rack: None,
        client: client(),
        rebalance_timeout: Some(REBALANCE),
        topics: Some(topics.iter().map(|topic| (*topic).into()).collect()),
        pattern: None,
        assignor: None,
        owned: Some(Partitions::new()),
        pace: None,
    }
}

/// The heartbeat of a member of which nothing has changed but what it has.
pub(crate) fn consumer_beat(member: &str, epoch: i32, owned: Option<Partitions>) -> ConsumerHeartbeat {
    ConsumerHeartbeat {
        epoch,
        rebalance_timeout: None,
        topics: None,
        owned,
        ..consumer_join(member, &[])
    }
}

pub(crate) fn offset(topic: &str, partition: u32, offset: i64) -> PartitionOffset {
    PartitionOffset {
        topic: topic.into(),
        partition,
        offset,
        leader_epoch: None,
        metadata: "".into(),
    }
}

/// A commit by somebody who is in no group.
pub(crate) fn simple_commit(offsets: Vec<PartitionOffset>) -> OffsetCommit {
    OffsetCommit {
        group: group(),
        committer: Committer {
            epoch: -1,
            ..Committer::default()
        },
        retention: None,
        offsets,
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(GroupsConfig::default())
    }

    pub(crate) fn with(config: GroupsConfig) -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let topics = Arc::new(TestTopics::default());
        let groups = open(&store, &clock, &topics, &config);
        Fixture {
            store,
            clock,
            topics,
            config,
            groups,
        }
    }

    pub(crate) fn restart(&mut self) {
        self.groups = open(&self.store, &self.clock, &self.topics, &self.config);
    }

    pub(crate) fn set_topics(&self, topics: &[(u128, &str, u32)]) {
        let topics = topics.iter().map(|(id, name, partitions)| Topic {
            id: TopicId(*id),
            name: (*name).into(),
            partitions: *partitions,
        });
        *self.topics.0.lock() = topics.collect();
        self.groups.topics_changed();
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        self.groups.expire();
    }

    pub(crate) fn begin_join(&self, request: JoinRequest) -> Waiting<Result<Joined, GroupError>> {
        let groups = Arc::clone(&self.groups);
        Waiting::new(async move { groups.join(request).await })
    }

    pub(crate) fn join(&self, request: JoinRequest) -> Result<Joined, GroupError> {
        now(self.groups.join(request))
    }

    pub(crate) fn begin_sync(&self, request: SyncRequest) -> Waiting<Result<Synced, GroupError>> {
        let groups = Arc::clone(&self.groups);
        Waiting::new(async move { groups.sync(request).await })
    }

    pub(crate) fn sync(&self, joined: &Joined) -> Result<Synced, GroupError> {
        now(self.groups.sync(sync_request(joined)))
    }

    /// The id that a new member is given.
    pub(crate) fn new_member(&self) -> MemberId {
        match self.join(join_request(None)) {
            Err(GroupError::MemberIdRequired(id)) => id,
            other => panic!("{other:?}"),
        }
    }

    /// Lets so many members join an empty group and get their assignments; the leader comes first.
    pub(crate) fn stable_group(&self, members: usize) -> Vec<Joined> {
        let ids: Vec<MemberId> = (0..members).map(|_| self.new_member()).collect();
        let requests = ids.iter().map(|id| join_request(Some(id)));
        self.stabilize(requests.collect())
    }

    /// Lets members join an empty group and get their assignments; the leader comes first.
    pub(crate) fn stabilize(&self, requests: Vec<JoinRequest>) -> Vec<Joined> {
        let joins: Vec<_> = requests
            .into_iter()
            .map(|request| self.begin_join(request))
            .collect();
        for _ in 0..2 {
            self.advance(self.config.classic.initial_rebalance_delay);
        }
        let mut joined: Vec<Joined> = joins.into_iter().map(|join| join.answer().unwrap()).collect();
        joined.sort_by_key(|joined| joined.members.is_empty());
        let followers: Vec<_> = joined[1..]
            .iter()
            .map(|joined| self.begin_sync(sync_request(joined)))
            .collect();
        let leader = self.sync(&joined[0]).unwrap();
        assert_eq!(leader.assignment, assignment_of(&joined[0].member));
        for (sync, joined) in followers.into_iter().zip(&joined[1..]) {
            assert_eq!(sync.answer().unwrap().assignment, assignment_of(&joined.member));
        }
        joined
    }

    /// Lets one member join an empty group, and gives it this.
    pub(crate) fn stabilize_alone(&self, request: JoinRequest, given: Bytes) -> Joined {
        let group = request.group.clone();
        let join = self.begin_join(request);
        self.advance(self.config.classic.initial_rebalance_delay);
        let joined = join.answer().unwrap();
        let mut sync = sync_request(&joined);
        sync.claim.group = group;
        sync.assignments = vec![(joined.member.clone(), given)];
        now(self.groups.sync(sync)).unwrap();
        joined
    }

    pub(crate) fn heartbeat(&self, joined: &Joined) -> Result<(), GroupError> {
        now(self.groups.heartbeat(claim(joined)))
    }

    /// What was committed of a partition, by whoever asks.
    pub(crate) fn committed(&self, topic: &str, partition: u32) -> Option<i64> {
        let request = ninefold_groups::FetchOffsets {
            group: group(),
            committer: Committer {
                epoch: -1,
                ..Committer::default()
            },
            partitions: Some(vec![(topic.into(), partition)]),
            require_stable: false,
        };
        let fetched = self.groups.fetch(request).unwrap().remove(0);
        fetched.offset.unwrap().map(|offset| offset.offset)
    }
}

fn open(
    store: &Arc<MemoryStore>,
    clock: &ManualClock,
    topics: &Arc<TestTopics>,
    config: &GroupsConfig,
) -> Arc<Groups> {
    let clock = Arc::new(clock.clone());
    Groups::open(store.clone(), clock, topics.clone(), config.clone()).unwrap()
}
