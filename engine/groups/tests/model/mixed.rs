//! Groups with members of both protocols, which go from one kind to the other and back: epochs grow, nobody waits for ever, and
//! in the end everybody has what it is to have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_groups::{
    Client, ConsumerDescription, ConsumerHeartbeat, ConsumerState, Description, GroupError, GroupId,
    GroupsConfig, JOIN_EPOCH, JoinRequest, Joined, LEAVE_EPOCH, LeaveRequest, Leaving, MemberClaim, MemberId,
    Partitions, Protocol, SyncRequest, Synced, TopicId,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{Waiting, World};

const PARTITIONS: u32 = 6;
const REBALANCE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
enum Step {
    ActNew(usize),
    LeaveNew(usize),
    ActOld(usize),
    LeaveOld(usize),
    /// A client of the classic protocol is gone without a word, and back without a memory.
    Die(usize),
    Advance(u64),
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        10 => (0..2_usize).prop_map(Step::ActNew),
        2 => (0..2_usize).prop_map(Step::LeaveNew),
        20 => (0..2_usize).prop_map(Step::ActOld),
        1 => (0..2_usize).prop_map(Step::LeaveOld),
        1 => (0..2_usize).prop_map(Step::Die),
        5 => prop_oneof![100..4_000_u64, Just(20_000), Just(45_000)].prop_map(Step::Advance),
        1 => Just(Step::Crash),
    ];
    vec(step, 1..120)
}

#[derive(Default)]
struct NewClient {
    lives: usize,
    epoch: i32,
    owned: Partitions,
}

#[derive(Default)]
enum State {
    #[default]
    Outside,
    Joining(Waiting<Result<Joined, GroupError>>),
    Joined(Joined),
    Syncing(Joined, Waiting<Result<Synced, GroupError>>),
    Member(Joined),
}

#[derive(Default)]
struct OldClient {
    id: Option<MemberId>,
    owned: Vec<u32>,
    state: State,
}

struct Model {
    world: World,
    group: GroupId,
    new: [NewClient; 2],
    old: [OldClient; 2],
}

fn assigned(partitions: &[u32]) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x01\0\x02t0".to_vec();
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

/// The partitions of an assignment of one topic, or of none.
fn read(assignment: &[u8]) -> Vec<u32> {
    let numbers = assignment.get(14..assignment.len() - 4).unwrap_or_default();
    let numbers = numbers.chunks_exact(4);
    numbers
        .map(|number| u32::from_be_bytes(number.try_into().unwrap()))
        .collect()
}

impl Model {
    fn new() -> Self {
        let mut config = GroupsConfig::default();
        config.classic.initial_rebalance_delay = Duration::from_secs(1);
        let world = World::new(config);
        world.set_topics(&[PARTITIONS]);
        Model {
            world,
            group: "group".into(),
            new: Default::default(),
            old: Default::default(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::ActNew(client) => self.act_new(client),
            Step::LeaveNew(client) => self.leave_new(client),
            Step::ActOld(client) => self.act_old(client),
            Step::LeaveOld(client) => self.leave_old(client),
            Step::Die(client) => self.old[client] = OldClient::default(),
            Step::Advance(milliseconds) => self.world.advance(Duration::from_millis(milliseconds)),
            Step::Crash => {
                self.world.crash();
                for client in &mut self.old {
                    if matches!(client.state, State::Joining(_) | State::Syncing(..)) {
                        client.state = State::Outside;
                    }
                }
            }
        }
        self.hear();
        self.check();
    }

    fn act_new(&mut self, number: usize) {
        let client = &mut self.new[number];
        let is_joining = client.epoch == JOIN_EPOCH;
        let request = ConsumerHeartbeat {
            group: self.group.clone(),
            member: Some(format!("new-{number}-{}", client.lives).as_str().into()),
            epoch: client.epoch,
            instance: None,
            rack: None,
            client: Client::default(),
            rebalance_timeout: is_joining.then_some(REBALANCE),
            topics: is_joining.then(|| vec!["t0".into()]),
            pattern: None,
            assignor: None,
            owned: Some(client.owned.clone()),
            pace: None,
        };
        let groups = Arc::clone(&self.world.groups);
        let beat = Waiting::new(async move { groups.consumer_heartbeat(request).await }).poll();
        match beat.unwrap() {
            Ok(beat) => {
                assert!(beat.epoch >= client.epoch);
                client.epoch = beat.epoch;
                if let Some(assignment) = beat.assignment {
                    client.owned = assignment;
                }
            }
            Err(GroupError::FencedMemberEpoch | GroupError::UnknownMember | GroupError::NoSuchGroup) => {
                client.epoch = JOIN_EPOCH;
                client.owned.clear();
            }
            Err(other) => panic!("{other}"),
        }
    }

    fn leave_new(&mut self, number: usize) {
        let client = &mut self.new[number];
        let member = format!("new-{number}-{}", client.lives);
        *client = NewClient {
            lives: client.lives + 1,
            ..NewClient::default()
        };
        let request = ConsumerHeartbeat {
            group: self.group.clone(),
            member: Some(member.as_str().into()),
            epoch: LEAVE_EPOCH,
            instance: None,
            rack: None,
            client: Client::default(),
            rebalance_timeout: None,
            topics: None,
            pattern: None,
            assignor: None,
            owned: None,
            pace: None,
        };
        let groups = Arc::clone(&self.world.groups);
        // Whether it was a member does not concern who is gone.
        drop(Waiting::new(async move { groups.consumer_heartbeat(request).await }).poll());
    }

    fn act_old(&mut self, number: usize) {
        let groups = Arc::clone(&self.world.groups);
        let group = self.group.clone();
        let client = &mut self.old[number];
        client.state = match std::mem::take(&mut client.state) {
            State::Outside => {
                let request = join_request(group, number, client);
                State::Joining(Waiting::new(async move { groups.join(request).await }))
            }
            State::Joined(joined) => {
                let request = sync_request(group, &joined);
                State::Syncing(joined, Waiting::new(async move { groups.sync(request).await }))
            }
            State::Member(joined) => {
                let claim = claim(group, &joined);
                let heartbeat = Waiting::new(async move { groups.heartbeat(claim).await }).poll();
                match heartbeat.unwrap() {
                    Ok(()) => State::Member(joined),
                    Err(error) => client.refused(&error),
                }
            }
            waiting => waiting,
        };
    }

    fn leave_old(&mut self, number: usize) {
        let client = std::mem::take(&mut self.old[number]);
        let request = LeaveRequest {
            group: self.group.clone(),
            members: vec![Leaving {
                member: client.id,
                instance: None,
            }],
        };
        let groups = Arc::clone(&self.world.groups);
        // Whether it was a member does not concern who is gone.
        drop(Waiting::new(async move { groups.leave(request).await }).poll());
    }

    /// Takes in every answer that has come.
    fn hear(&mut self) {
        for client in &mut self.old {
            client.state = match std::mem::take(&mut client.state) {
                State::Joining(mut join) => match join.poll() {
                    None => State::Joining(join),
                    Some(Ok(joined)) => {
                        client.id = Some(joined.member.clone());
                        State::Joined(joined)
                    }
                    Some(Err(error)) => client.refused(&error),
                },
                State::Syncing(joined, mut sync) => match sync.poll() {
                    None => State::Syncing(joined, sync),
                    Some(Ok(synced)) => {
                        client.owned = read(&synced.assignment);
                        State::Member(joined)
                    }
                    Some(Err(error)) => client.refused(&error),
                },
                other => other,
            };
        }
    }

    fn describe(&self) -> Option<ConsumerDescription> {
        match self.world.groups.describe(&self.group) {
            Some(Description::Consumer(description)) => Some(description),
            _ => None,
        }
    }

    /// Nothing is given to two members.
    fn check(&self) {
        let mut owners: BTreeMap<(TopicId, u32), MemberId> = BTreeMap::new();
        for member in self.describe().into_iter().flat_map(|group| group.members) {
            for (topic, _, partitions) in member.assignment {
                for partition in partitions {
                    let other = owners.insert((topic, partition), member.member.clone());
                    assert_eq!(other, None, "{partition} is given twice");
                }
            }
        }
    }

    /// Lets everybody go on until all have what they are to have.
    fn settle(&mut self) {
        for _ in 0..60 {
            for client in 0..2 {
                for _ in 0..3 {
                    self.take(Step::ActNew(client));
                    self.take(Step::ActOld(client));
                }
            }
            self.take(Step::Advance(1_000));
        }
        let group = self.describe().unwrap();
        assert_eq!(group.state, ConsumerState::Stable, "{group:?}");
        assert_eq!(group.members.len(), 4);
        let mut everything = BTreeSet::new();
        for client in &self.new {
            everything.extend(client.owned.values().flatten().copied());
        }
        for client in &self.old {
            assert!(matches!(client.state, State::Member(_)), "a client is outside");
            everything.extend(client.owned.iter().copied());
        }
        let count: usize = self
            .new
            .iter()
            .flat_map(|client| client.owned.values())
            .map(BTreeSet::len)
            .sum();
        let count = count + self.old.iter().map(|client| client.owned.len()).sum::<usize>();
        assert_eq!(everything, (0..PARTITIONS).collect());
        assert_eq!(count, everything.len());
    }
}

impl OldClient {
    /// What a client keeps of who it is.
    fn refused(&mut self, error: &GroupError) -> State {
        match error {
            GroupError::MemberIdRequired(id) => self.id = Some(id.clone()),
            GroupError::UnknownMember | GroupError::FencedInstance => {
                self.id = None;
                self.owned.clear();
            }
            GroupError::IllegalGeneration | GroupError::RebalanceInProgress | GroupError::Unavailable => (),
            other => panic!("{other}"),
        }
        State::Outside
    }
}

fn join_request(group: GroupId, number: usize, client: &OldClient) -> JoinRequest {
    let mut metadata = b"\0\x01\0\0\0\x01\0\x02t0\xff\xff\xff\xff".to_vec();
    metadata.extend(assigned(&client.owned));
    JoinRequest {
        group,
        member: client.id.clone(),
        instance: (number == 1).then(|| "instance".into()),
        client: Client::default(),
        session_timeout: Duration::from_secs(10),
        rebalance_timeout: REBALANCE,
        protocol_type: "consumer".into(),
        protocols: vec![Protocol {
            name: "cooperative".into(),
            metadata: metadata.into(),
        }],
        takes_member_id: true,
        skips_assignment: true,
    }
}

fn claim(group: GroupId, joined: &Joined) -> MemberClaim {
    MemberClaim {
        group,
        member: joined.member.clone(),
        instance: None,
        generation: joined.generation,
    }
}

/// A leader deals partitions to members in order.
fn sync_request(group: GroupId, joined: &Joined) -> SyncRequest {
    let count = joined.members.len();
    let deal = |place: usize| -> Vec<u32> {
        let partitions = 0..PARTITIONS;
        partitions
            .filter(|partition| *partition as usize % count == place)
            .collect()
    };
    let members = joined.members.iter().enumerate();
    SyncRequest {
        claim: claim(group, joined),
        protocol_type: Some("consumer".into()),
        protocol: Some("cooperative".into()),
        assignments: match joined.skip_assignment {
            true => Vec::new(),
            false => members
                .map(|(place, member)| (member.member.clone(), assignment(&deal(place))))
                .collect(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn groups_of_both_protocols_come_to_rest(steps in steps()) {
        let mut model = Model::new();
        for step in steps {
            model.take(step);
        }
        model.settle();
    }
}
