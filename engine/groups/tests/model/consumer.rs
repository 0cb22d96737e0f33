//! Consumer groups: no partition has two owners, epochs grow, and members come to what they are to have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ninefold_groups::{
    Client, Committer, ConsumerBeat, ConsumerDescription, ConsumerHeartbeat, ConsumerState, Description,
    GroupError, GroupId, GroupsConfig, JOIN_EPOCH, LEAVE_EPOCH, MemberId, Partitions, STATIC_LEAVE_EPOCH,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::commits::Commits;
use crate::world::{Waiting, World};

const CLIENTS: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    Beat(usize),
    /// The heartbeat is heard, its answer is not.
    BeatUnheard(usize),
    /// A client takes over what it was assigned, and lets go of the rest.
    Adopt(usize),
    Leave(usize),
    /// A client is gone without a word, and back as somebody else.
    Die(usize),
    Subscribe(usize, u8),
    Commit(usize),
    Topics(Vec<u32>),
    Advance(u64),
    Slow(bool),
    CommitBatches(usize),
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let client = 0..CLIENTS;
    let step = prop_oneof![
        20 => client.clone().prop_map(Step::Beat),
        2 => client.clone().prop_map(Step::BeatUnheard),
        14 => client.clone().prop_map(Step::Adopt),
        2 => client.clone().prop_map(Step::Leave),
        1 => client.clone().prop_map(Step::Die),
        2 => (client.clone(), 1..16_u8).prop_map(|(client, topics)| Step::Subscribe(client, topics)),
        3 => client.prop_map(Step::Commit),
        1 => vec(0..6_u32, 1..4).prop_map(Step::Topics),
        5 => prop_oneof![100..4_000_u64, Just(20_000), Just(45_000)].prop_map(Step::Advance),
        2 => any::<bool>().prop_map(Step::Slow),
        4 => (1..4_usize).prop_map(Step::CommitBatches),
        1 => Just(Step::Crash),
    ];
    vec(step, 1..150)
}

struct ConsumerClient {
    /// It is static, and says so when it leaves for a while.
    is_static: bool,
    id: MemberId,
    lives: usize,
    epoch: i32,
    /// Bits 0 to 2: topics by name; bit 3: those that match a pattern.
    subscription: u8,
    /// What it was told that it may have.
    assignment: Partitions,
    /// What it reads.
    owned: Partitions,
    beat: Option<(ConsumerHeartbeat, Waiting<Result<ConsumerBeat, GroupError>>)>,
    assignor: Option<&'static str>,
    has_to_say_everything: bool,
}

struct Model {
    world: World,
    group: GroupId,
    clients: Vec<ConsumerClient>,
    commits: Commits,
    /// The highest epoch that each member was told.
    told: BTreeMap<MemberId, i32>,
}

impl Model {
    fn new() -> Self {
        let world = World::new(GroupsConfig::default());
        world.set_topics(&[3, 2, 4]);
        let clients = (0..CLIENTS).map(|number| ConsumerClient {
            is_static: number % 2 == 0,
            id: format!("{number}-0").as_str().into(),
            lives: 0,
            epoch: JOIN_EPOCH,
            subscription: if number == 3 { 8 } else { 3 },
            assignment: Partitions::new(),
            owned: Partitions::new(),
            beat: None,
            assignor: [None, Some("uniform"), Some("range"), None][number],
            has_to_say_everything: true,
        });
        Model {
            world,
            group: "group".into(),
            clients: clients.collect(),
            commits: Commits::default(),
            told: BTreeMap::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Beat(client) => self.beat(client),
            Step::BeatUnheard(client) => {
                self.beat(client);
                self.clients[client].beat = None;
                self.clients[client].has_to_say_everything = true;
            }
            Step::Adopt(client) => self.clients[client].adopt(),
            Step::Leave(client) => self.leave(client),
            Step::Die(client) => self.clients[client].be_reborn(client),
            Step::Subscribe(client, subscription) => {
                let client = &mut self.clients[client];
                client.subscription = subscription;
                client.has_to_say_everything = true;
            }
            Step::Commit(client) => self.commit(client),
            Step::Topics(partitions) => self.world.set_topics(&partitions),
            Step::Advance(milliseconds) => self.world.advance(Duration::from_millis(milliseconds)),
            Step::Slow(is_slow) => self.world.set_slow(is_slow),
            Step::CommitBatches(count) => self.world.commit_batches(count),
            Step::Crash => self.crash(),
        }
        self.hear();
        self.check();
    }

    fn crash(&mut self) {
        self.world.crash();
        self.commits.crash();
        for client in &mut self.clients {
            if client.beat.take().is_some() {
                client.has_to_say_everything = true;
            }
        }
    }

    fn beat(&mut self, number: usize) {
        let client = &mut self.clients[number];
        if client.beat.is_some() {
            return;
        }
        let request = client.heartbeat(&self.group, number);
        client.has_to_say_everything = false;
        let (groups, sent) = (Arc::clone(&self.world.groups), request.clone());
        let mut beat = Waiting::new(async move { groups.consumer_heartbeat(sent).await });
        match beat.poll() {
            None => client.beat = Some((request, beat)),
            Some(answer) => self.heard(number, answer),
        }
    }

    fn leave(&mut self, number: usize) {
        let client = &mut self.clients[number];
        if client.epoch == JOIN_EPOCH || client.beat.is_some() {
            return;
        }
        let request = ConsumerHeartbeat {
            epoch: match client.is_static {
                true => STATIC_LEAVE_EPOCH,
                false => LEAVE_EPOCH,
            },
            ..client.heartbeat(&self.group, number)
        };
        client.be_reborn(number);
        let groups = Arc::clone(&self.world.groups);
        // Whether it was heard does not concern who is gone.
        drop(Waiting::new(async move { groups.consumer_heartbeat(request).await }).poll());
    }

    fn commit(&mut self, number: usize) {
        let client = &self.clients[number];
        if client.epoch != JOIN_EPOCH {
            let committer = Committer {
                member: Some(client.id.clone()),
                instance: None,
                epoch: client.epoch,
            };
            self.commits.begin(&self.world.groups, &self.group, committer);
        }
    }

    /// Takes in every answer that has come.
    fn hear(&mut self) {
        for number in 0..CLIENTS {
            let answer = match &mut self.clients[number].beat {
                Some((_, beat)) => beat.poll(),
                None => None,
            };
            if let Some(answer) = answer {
                self.clients[number].beat = None;
                self.heard(number, answer);
            }
        }
    }

    fn heard(&mut self, number: usize, answer: Result<ConsumerBeat, GroupError>) {
        let client = &mut self.clients[number];
        match answer {
            Ok(beat) => {
                let told = self.told.entry(client.id.clone()).or_default();
                assert!(
                    beat.epoch >= *told,
                    "{} was in epoch {told} and is in {}",
                    client.id,
                    beat.epoch
                );
                *told = beat.epoch;
                client.epoch = beat.epoch;
                if let Some(assignment) = beat.assignment {
                    client.assignment = assignment;
                }
            }
            Err(GroupError::FencedMemberEpoch | GroupError::UnknownMember) => client.rejoin(),
            Err(GroupError::NoSuchGroup) => client.rejoin(),
            // Somebody else has its name, or it has it itself from another life.
            Err(GroupError::FencedInstance | GroupError::UnreleasedInstance) => client.rejoin(),
            Err(GroupError::Unavailable) => client.has_to_say_everything = true,
            Err(other) => panic!("{other}"),
        }
    }

    fn describe(&self) -> Option<ConsumerDescription> {
        match self.world.groups.describe(&self.group) {
            Some(Description::Consumer(description)) => Some(description),
            _ => None,
        }
    }

    fn check(&mut self) {
        self.commits.check(&self.world.groups, &self.group);
        let Some(group) = self.describe() else {
            return;
        };
        let known: BTreeMap<&MemberId, i32> = group
            .members
            .iter()
            .map(|member| (&member.member, member.epoch))
            .collect();
        let mut owners = BTreeMap::new();
        for client in &self.clients {
            // Who is out, or is to join anew, does not know it yet: nobody can make it give up what it has.
            if client.epoch == JOIN_EPOCH || !known.contains_key(&client.id) {
                continue;
            }
            for (topic, partitions) in &client.owned {
                for partition in partitions {
                    let other = owners.insert((*topic, *partition), &client.id);
                    assert_eq!(other, None, "{topic:?} {partition} has two owners");
                }
            }
        }
        for member in &group.members {
            assert!(member.epoch <= group.epoch);
        }
        assert!(group.assignment_epoch <= group.epoch);
    }

    /// Lets everybody go on until all have what they are to have, and checks that this is everything.
    fn settle(&mut self) {
        self.world.set_slow(false);
        self.world.commit_batches(usize::MAX);
        // Those who are gone without a word are out.
        for _ in 0..12 {
            self.world.advance(Duration::from_secs(5));
            self.beat_all();
        }
        for _ in 0..20 {
            self.beat_all();
        }
        self.commits.assert_answered();
        let group = self.describe().unwrap();
        assert_eq!(group.state, ConsumerState::Stable, "{group:?}");
        assert_eq!(group.members.len(), CLIENTS);
        let mut assigned = BTreeSet::new();
        for client in &self.clients {
            assert_eq!(client.owned, client.assignment);
            let mut members = group.members.iter();
            let member = members.find(|member| member.member == client.id).unwrap();
            assert_eq!(member.assignment, member.target);
            for (topic, _, partitions) in &member.assignment {
                let owned = client.owned.get(topic);
                assert_eq!(owned, Some(partitions));
                assigned.extend(partitions.iter().map(|partition| (*topic, *partition)));
            }
        }
        assert_eq!(assigned, self.everything());
    }

    fn beat_all(&mut self) {
        for number in 0..CLIENTS {
            self.beat(number);
            self.hear();
            self.clients[number].adopt();
            self.check();
        }
    }

    /// Every partition of the topics that somebody is subscribed to.
    fn everything(&self) -> BTreeSet<(ninefold_groups::TopicId, u32)> {
        use ninefold_groups::TopicSource;
        let subscribed: BTreeSet<String> = self
            .clients
            .iter()
            .flat_map(|client| {
                let matched = (client.subscription & 8 != 0).then(|| ["t0", "t2"].map(str::to_owned));
                client.names().into_iter().chain(matched.into_iter().flatten())
            })
            .collect();
        let topics = self.world.topics.topics();
        let topics = topics.iter().filter(|topic| subscribed.contains(&*topic.name));
        topics
            .flat_map(|topic| (0..topic.partitions).map(|partition| (topic.id, partition)))
            .collect()
    }
}

impl ConsumerClient {
    fn names(&self) -> Vec<String> {
        let topics = 0..3;
        topics
            .filter(|topic| self.subscription & (1 << topic) != 0)
            .map(|topic| format!("t{topic}"))
            .collect()
    }

    fn heartbeat(&self, group: &GroupId, number: usize) -> ConsumerHeartbeat {
        let is_full = self.has_to_say_everything || self.epoch == JOIN_EPOCH;
        let names = self.names().iter().map(|name| name.as_str().into()).collect();
        let pattern = if self.subscription & 8 != 0 { "t[02]" } else { "" };
        ConsumerHeartbeat {
            group: group.clone(),
            member: Some(self.id.clone()),
            epoch: self.epoch,
            instance: self
                .is_static
                .then(|| format!("instance-{number}").as_str().into()),
            rack: None,
            client: Client::default(),
            rebalance_timeout: is_full.then_some(Duration::from_secs(20)),
            topics: is_full.then_some(names),
            pattern: is_full.then(|| pattern.into()),
            assignor: self.assignor.map(Into::into),
            // Not while it is about to take over more, as the protocol's clients do.
            owned: (self.owned == self.assignment).then(|| self.owned.clone()),
            pace: None,
        }
    }

    fn adopt(&mut self) {
        self.owned.clone_from(&self.assignment);
    }

    /// It has nothing any more, and joins anew.
    fn rejoin(&mut self) {
        self.epoch = JOIN_EPOCH;
        self.owned.clear();
        self.assignment.clear();
        self.has_to_say_everything = true;
    }

    fn be_reborn(&mut self, number: usize) {
        self.rejoin();
        self.beat = None;
        self.lives += 1;
        self.id = format!("{number}-{}", self.lives).as_str().into();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn consumer_groups_come_to_rest_and_no_partition_has_two_owners(steps in steps()) {
        let mut model = Model::new();
        for step in steps {
            model.take(step);
        }
        model.settle();
    }
}
