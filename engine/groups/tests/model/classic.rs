//! Classic groups: what the leader gives is what everybody gets, generations grow, everybody is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_groups::{
    Client, Committer, GroupError, GroupId, GroupsConfig, InstanceId, JoinRequest, Joined, LeaveRequest,
    Leaving, MemberClaim, MemberId, Protocol, SyncRequest, Synced,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::commits::Commits;
use crate::world::{Waiting, World};

const CLIENTS: usize = 4;
/// What there is to share out.
const PARTITIONS: u8 = 7;
const SESSION: Duration = Duration::from_secs(10);
const REBALANCE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
enum Step {
    /// A client does what is next for it.
    Act(usize),
    Leave(usize),
    /// A client is gone without a word, and back without a memory.
    Die(usize),
    Commit(usize),
    /// Somebody who was replaced tries again.
    Haunt,
    Advance(u64),
    Slow(bool),
    CommitBatches(usize),
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        20 => (0..CLIENTS).prop_map(Step::Act),
        2 => (0..CLIENTS).prop_map(Step::Leave),
        2 => (0..CLIENTS).prop_map(Step::Die),
        4 => (0..CLIENTS).prop_map(Step::Commit),
        2 => Just(Step::Haunt),
        6 => prop_oneof![100..4_000_u64, Just(10_000), Just(20_000)].prop_map(Step::Advance),
        2 => any::<bool>().prop_map(Step::Slow),
        4 => (1..4_usize).prop_map(Step::CommitBatches),
        1 => Just(Step::Crash),
    ];
    vec(step, 1..120)
}

#[derive(Default)]
enum State {
    #[default]
    Outside,
    Joining(Waiting<Result<Joined, GroupError>>),
    Joined(Joined),
    Syncing(Joined, Waiting<Result<Synced, GroupError>>),
    Member(Joined, Bytes),
}

struct ClassicClient {
    instance: Option<InstanceId>,
    id: Option<MemberId>,
    state: State,
    heartbeat: Option<Waiting<Result<(), GroupError>>>,
}

struct Model {
    world: World,
    group: GroupId,
    clients: Vec<ClassicClient>,
    commits: Commits,
    /// What the leader of each generation gave.
    given: BTreeMap<i32, BTreeMap<MemberId, Bytes>>,
    highest_synced: i32,
    /// Claims of static members that others have replaced, since the last crash.
    replaced: Vec<MemberClaim>,
}

impl Model {
    fn new() -> Self {
        let mut config = GroupsConfig::default();
        config.classic.initial_rebalance_delay = Duration::from_secs(1);
        config.classic.new_member_join_timeout = 2 * REBALANCE;
        let clients = (0..CLIENTS).map(|number| ClassicClient {
            instance: (number % 2 == 0).then(|| format!("instance-{number}").as_str().into()),
            id: None,
            state: State::Outside,
            heartbeat: None,
        });
        Model {
            world: World::new(config),
            group: "group".into(),
            clients: clients.collect(),
            commits: Commits::default(),
            given: BTreeMap::new(),
            highest_synced: 0,
            replaced: Vec::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Act(client) => self.act(client),
            Step::Leave(client) => self.leave(client),
            Step::Die(client) => {
                let client = &mut self.clients[client];
                client.state = State::Outside;
                client.heartbeat = None;
                client.id = None;
            }
            Step::Commit(client) => self.commit(client),
            Step::Haunt => self.haunt(),
            Step::Advance(milliseconds) => self.world.advance(Duration::from_millis(milliseconds)),
            Step::Slow(is_slow) => self.world.set_slow(is_slow),
            Step::CommitBatches(count) => self.world.commit_batches(count),
            Step::Crash => self.crash(),
        }
        self.hear();
        self.commits.check(&self.world.groups, &self.group);
    }

    fn crash(&mut self) {
        self.world.crash();
        self.commits.crash();
        self.replaced.clear();
        for client in &mut self.clients {
            client.heartbeat = None;
            if matches!(client.state, State::Joining(_) | State::Syncing(..)) {
                client.state = State::Outside;
            }
        }
    }

    fn act(&mut self, number: usize) {
        let groups = Arc::clone(&self.world.groups);
        let client = &mut self.clients[number];
        client.state = match std::mem::take(&mut client.state) {
            State::Outside => {
                let request = join_request(&self.group, number, client);
                State::Joining(Waiting::new(async move { groups.join(request).await }))
            }
            State::Joined(joined) => {
                let request = sync_request(&self.group, &joined);
                if !joined.members.is_empty() && !joined.skip_assignment {
                    let given = request.assignments.iter().cloned().collect();
                    self.given.insert(joined.generation, given);
                }
                let sync = Waiting::new(async move { groups.sync(request).await });
                State::Syncing(joined, sync)
            }
            State::Member(joined, assignment) => {
                let claim = claim(&self.group, &joined);
                client.heartbeat = Some(Waiting::new(async move { groups.heartbeat(claim).await }));
                State::Member(joined, assignment)
            }
            waiting => waiting,
        };
    }

    fn leave(&mut self, number: usize) {
        let client = &mut self.clients[number];
        client.state = State::Outside;
        client.heartbeat = None;
        let Some(id) = client.id.take() else {
            return;
        };
        let request = LeaveRequest {
            group: self.group.clone(),
            members: vec![Leaving {
                member: Some(id),
                instance: client.instance.clone(),
            }],
        };
        let groups = Arc::clone(&self.world.groups);
        // Whether it was heard does not concern who is gone.
        drop(Waiting::new(async move { groups.leave(request).await }).poll());
    }

    fn commit(&mut self, number: usize) {
        if let State::Member(joined, _) = &self.clients[number].state {
            let committer = Committer {
                member: Some(joined.member.clone()),
                instance: self.clients[number].instance.clone(),
                epoch: joined.generation,
            };
            self.commits.begin(&self.world.groups, &self.group, committer);
        }
    }

    fn haunt(&mut self) {
        for claim in self.replaced.clone() {
            let groups = Arc::clone(&self.world.groups);
            let heartbeat = Waiting::new(async move { groups.heartbeat(claim).await }).poll();
            assert!(heartbeat.is_none_or(|heartbeat| heartbeat.is_err()));
        }
    }

    /// Takes in every answer that has come.
    fn hear(&mut self) {
        for number in 0..CLIENTS {
            self.hear_heartbeat(number);
            let state = std::mem::take(&mut self.clients[number].state);
            self.clients[number].state = match state {
                State::Joining(mut join) => match join.poll() {
                    None => State::Joining(join),
                    Some(Ok(joined)) => self.joined(number, joined),
                    Some(Err(error)) => self.clients[number].refused(&error),
                },
                State::Syncing(joined, mut sync) => match sync.poll() {
                    None => State::Syncing(joined, sync),
                    Some(Ok(synced)) => self.synced(joined, synced),
                    Some(Err(error)) => self.clients[number].refused(&error),
                },
                other => other,
            };
        }
    }

    fn hear_heartbeat(&mut self, number: usize) {
        let client = &mut self.clients[number];
        let heard = client.heartbeat.as_mut().and_then(Waiting::poll);
        if heard.is_some() {
            client.heartbeat = None;
        }
        if let Some(Err(error)) = heard {
            client.state = client.refused(&error);
        }
    }

    fn joined(&mut self, number: usize, joined: Joined) -> State {
        assert!(
            joined.generation >= self.highest_synced,
            "generation {} comes after {}",
            joined.generation,
            self.highest_synced
        );
        let client = &mut self.clients[number];
        let before = client.id.replace(joined.member.clone());
        if let (Some(before), Some(instance)) = (before, &client.instance)
            && before != joined.member
        {
            self.replaced.push(MemberClaim {
                group: self.group.clone(),
                member: before,
                instance: Some(instance.clone()),
                generation: joined.generation,
            });
        }
        State::Joined(joined)
    }

    fn synced(&mut self, joined: Joined, synced: Synced) -> State {
        self.highest_synced = self.highest_synced.max(joined.generation);
        let given = self.given.get(&joined.generation);
        let given = given.and_then(|given| given.get(&joined.member));
        // A static member that came back has another name than the one it was given partitions by.
        if let Some(given) = given {
            assert_eq!(*given, synced.assignment);
        }
        State::Member(joined, synced.assignment)
    }

    /// Lets everybody go on until all are members of one generation, and checks that everything is shared out.
    fn settle(&mut self) {
        self.world.set_slow(false);
        self.world.commit_batches(usize::MAX);
        self.hear();
        for _ in 0..400 {
            for client in 0..CLIENTS {
                self.act(client);
                self.hear();
            }
            self.world.advance(Duration::from_millis(500));
            self.hear();
            if self.is_settled() {
                break;
            }
        }
        assert!(self.is_settled(), "the group does not settle");
        self.commits.check(&self.world.groups, &self.group);
        self.commits.assert_answered();
        let mut shared = BTreeSet::new();
        for client in &self.clients {
            let State::Member(_, assignment) = &client.state else {
                panic!("a client is outside");
            };
            for partition in assignment {
                assert!(shared.insert(*partition), "{partition} has two owners");
            }
        }
        assert_eq!(shared, (0..PARTITIONS).collect());
    }

    fn is_settled(&self) -> bool {
        let mut generations = BTreeSet::new();
        let members = self.clients.iter().all(|client| match &client.state {
            State::Member(joined, _) => {
                generations.insert(joined.generation);
                true
            }
            _ => false,
        });
        let is_stable = self
            .world
            .groups
            .list()
            .iter()
            .all(|group| group.state == "Stable");
        let counts = match self.world.groups.describe(&self.group) {
            Some(ninefold_groups::Description::Classic(group)) => group.members.len() == CLIENTS,
            _ => false,
        };
        members && is_stable && counts && generations.len() == 1
    }
}

impl ClassicClient {
    /// What a client keeps of who it is.
    fn refused(&mut self, error: &GroupError) -> State {
        match error {
            GroupError::MemberIdRequired(id) => self.id = Some(id.clone()),
            GroupError::UnknownMember | GroupError::FencedInstance => self.id = None,
            GroupError::IllegalGeneration | GroupError::RebalanceInProgress | GroupError::Unavailable => (),
            other => panic!("{other}"),
        }
        State::Outside
    }
}

fn join_request(group: &GroupId, number: usize, client: &ClassicClient) -> JoinRequest {
    JoinRequest {
        group: group.clone(),
        member: client.id.clone(),
        instance: client.instance.clone(),
        client: Client {
            id: format!("client-{number}").into(),
            host: "127.0.0.1".into(),
        },
        session_timeout: SESSION,
        rebalance_timeout: REBALANCE,
        protocol_type: "test".into(),
        protocols: vec![Protocol {
            name: "shared".into(),
            metadata: Bytes::from(vec![number as u8]),
        }],
        takes_member_id: number != 1,
        skips_assignment: number != 2,
    }
}

fn claim(group: &GroupId, joined: &Joined) -> MemberClaim {
    MemberClaim {
        group: group.clone(),
        member: joined.member.clone(),
        instance: None,
        generation: joined.generation,
    }
}

/// A leader deals partitions to members in order.
fn sync_request(group: &GroupId, joined: &Joined) -> SyncRequest {
    let count = joined.members.len();
    let assignments = joined.members.iter().enumerate().map(|(place, member)| {
        let dealt = (0..PARTITIONS).filter(|partition| usize::from(*partition) % count == place);
        (member.member.clone(), Bytes::from_iter(dealt))
    });
    SyncRequest {
        claim: claim(group, joined),
        protocol_type: Some("test".into()),
        protocol: Some("shared".into()),
        assignments: match joined.skip_assignment {
            true => Vec::new(),
            false => assignments.collect(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn classic_groups_come_to_rest_with_everything_shared_out(steps in steps()) {
        let mut model = Model::new();
        for step in steps {
            model.take(step);
        }
        model.settle();
    }
}
