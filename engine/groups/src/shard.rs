//! The groups of one partition of the store.
//!
//! Operations happen under one lock, in memory. Batches are made under it and stand in line, and are submitted outside of it,
//! since a store may complete a batch before it returns.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ninefold_store::{Batch, Durability, Store, StoreError};
use ninefold_time::{Clock, Timestamp};
use parking_lot::{Mutex, RwLock};
use tokio::sync::{Notify, oneshot};

use crate::answers::{Answer, Work};
use crate::group::{Group, Waiting};
use crate::load::reload;
use crate::offsets::{OffsetChange, Offsets};
use crate::timers::Timers;
use crate::topics::Topics;
use crate::{GroupError, GroupId, GroupsConfig};

/// What all shards share.
pub(crate) struct Environment {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: GroupsConfig,
    pub(crate) topics: RwLock<Arc<Topics>>,
    /// Told when something is due earlier than anything before.
    pub(crate) earlier: Notify,
    pub(crate) groups: AtomicUsize,
}

pub(crate) struct Shard {
    environment: Arc<Environment>,
    state: Mutex<State>,
    submitting: Mutex<()>,
}

struct State {
    groups: BTreeMap<GroupId, Group>,
    deadlines: Timers<GroupId>,
    line: VecDeque<Queued>,
}

/// A batch that stands in line.
struct Queued {
    group: GroupId,
    batch: Batch,
    purpose: Purpose,
}

/// What a batch is for.
enum Purpose {
    /// The group's own state; who waits for it stands with the group, under this number.
    State(u64),
    /// The group is no more: its state, and all its offsets.
    Deletion(u64),
    /// Offsets, and who waits for them.
    Offsets(OffsetChange, oneshot::Sender<Result<(), StoreError>>),
}

/// When what an answer tells of is durable.
#[must_use = "nothing may be told before it is durable"]
pub(crate) struct Settled(Option<oneshot::Receiver<Result<(), StoreError>>>);

impl Settled {
    pub(crate) async fn wait(self) -> Result<(), GroupError> {
        let Some(receiver) = self.0 else {
            return Ok(());
        };
        match receiver.await {
            Ok(outcome) => outcome.map_err(GroupError::from),
            Err(_) => Err(GroupError::Unavailable),
        }
    }
}

impl Shard {
    pub(crate) fn new(environment: Arc<Environment>, groups: BTreeMap<GroupId, Group>) -> Arc<Self> {
        let mut deadlines = Timers::default();
        for (id, group) in &groups {
            if let Some(deadline) = group.kind.next_deadline() {
                deadlines.set(id.clone(), deadline);
            }
        }
        environment.groups.fetch_add(groups.len(), Ordering::Relaxed);
        Arc::new(Shard {
            environment,
            state: Mutex::new(State {
                groups,
                deadlines,
                line: VecDeque::new(),
            }),
            submitting: Mutex::new(()),
        })
    }

    /// Does something with a group, which comes into being if it isn't there, and goes if there is nothing to it afterwards.
    pub(crate) fn operate<T>(
        self: &Arc<Self>,
        id: &GroupId,
        operation: impl FnOnce(&mut Group, &mut Work<'_>) -> Result<T, GroupError>,
    ) -> (Result<T, GroupError>, Settled) {
        self.operate_with_offsets(id, |group, work| {
            operation(group, work).map(|answer| (answer, None))
        })
    }

    /// As [`Shard::operate`], with a batch of offsets that follows.
    pub(crate) fn operate_with_offsets<T>(
        self: &Arc<Self>,
        id: &GroupId,
        operation: impl FnOnce(
            &mut Group,
            &mut Work<'_>,
        ) -> Result<(T, Option<(Batch, OffsetChange)>), GroupError>,
    ) -> (Result<T, GroupError>, Settled) {
        let topics = Arc::clone(&self.environment.topics.read());
        let mut work = self.work(&topics);
        let mut state = self.state.lock();
        if let Err(error) = self.prepare(&mut state, id, &work) {
            return (Err(error), Settled(None));
        }
        let State { groups, line, .. } = &mut *state;
        let group = groups.entry(id.clone()).or_default();
        let (outcome, offsets) = match operation(group, &mut work) {
            Ok((answer, offsets)) => (Ok(answer), offsets),
            Err(error) => (Err(error), None),
        };
        group.downgrade_if_classic_only(&mut work);
        if let Some(batch) = group.changed(id) {
            group.queue_state(id, batch, Purpose::State, line);
        }
        let answers = group.hold_back(work.answers);
        let settled = match offsets {
            Some((batch, change)) => {
                let (sender, receiver) = oneshot::channel();
                group.queue(id, batch, Purpose::Offsets(change, sender), line);
                Settled(Some(receiver))
            }
            None => group.settled(),
        };
        self.finish(state, id);
        for answer in answers {
            answer.send(Ok(()));
        }
        (outcome, settled)
    }

    /// Takes a group away, with everything, if `may` lets it.
    pub(crate) fn delete(
        self: &Arc<Self>,
        id: &GroupId,
        may: impl FnOnce(&Group) -> Result<(), GroupError>,
    ) -> (Result<(), GroupError>, Settled) {
        let topics = Arc::clone(&self.environment.topics.read());
        let work = self.work(&topics);
        let mut state = self.state.lock();
        let allowed = match self.prepare(&mut state, id, &work) {
            Ok(()) => may(state.groups.entry(id.clone()).or_default()),
            Err(error) => Err(error),
        };
        if let Err(error) = allowed {
            state.forget_if_vacant(id, &self.environment);
            return (Err(error), Settled(None));
        }
        let State { groups, line, .. } = &mut *state;
        let group = groups.entry(id.clone()).or_default();
        let mut batch = group.reset(id);
        Offsets::clear(id, &mut batch);
        group.queue_state(id, batch, Purpose::Deletion, line);
        let settled = group.settled();
        self.finish(state, id);
        (Ok(()), settled)
    }

    /// Looks at a group, if it is there.
    pub(crate) fn look<T>(&self, id: &GroupId, look: impl FnOnce(&Group, &Topics) -> T) -> Option<T> {
        let topics = Arc::clone(&self.environment.topics.read());
        let state = self.state.lock();
        state.groups.get(id).map(|group| look(group, &topics))
    }

    /// Looks at every group.
    pub(crate) fn look_at_all<T>(&self, mut look: impl FnMut(&GroupId, &Group) -> Option<T>) -> Vec<T> {
        let state = self.state.lock();
        let groups = state.groups.iter();
        groups.filter_map(|(id, group)| look(id, group)).collect()
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.state.lock().deadlines.next()
    }

    /// Does what is due.
    pub(crate) fn expire(self: &Arc<Self>) {
        let now = self.environment.clock.now();
        loop {
            let due = self.state.lock().deadlines.take_due(now);
            let Some(id) = due else {
                return;
            };
            // Nobody waits for it; those who do for its consequences wait with the group.
            let (_, settled) = self.operate(&id, |group, work| {
                group.kind.expire(work);
                Ok(())
            });
            drop(settled);
        }
    }

    fn work<'a>(&'a self, topics: &'a Topics) -> Work<'a> {
        Work {
            now: self.environment.clock.now(),
            config: &self.environment.config,
            topics,
            answers: Vec::new(),
        }
    }

    /// Sees to it that a group may be operated on.
    fn prepare(&self, state: &mut State, id: &GroupId, work: &Work<'_>) -> Result<(), GroupError> {
        let Some(group) = state.groups.get_mut(id) else {
            let count = self.environment.groups.fetch_add(1, Ordering::Relaxed);
            if count >= work.config.groups {
                self.environment.groups.fetch_sub(1, Ordering::Relaxed);
                return Err(GroupError::Unavailable);
            }
            state.groups.insert(id.clone(), Group::default());
            return Ok(());
        };
        if group.broken.is_none() {
            return Ok(());
        }
        if !group.commits.is_empty() {
            return Err(GroupError::Unavailable);
        }
        reload(&*self.environment.store, id, group, work).map_err(|error| {
            tracing::warn!(group = %id, %error, "a group could not be read again");
            GroupError::Unavailable
        })
    }

    /// Ends an operation: notes when the group is next due, and submits what stands in line.
    fn finish(self: &Arc<Self>, mut state: parking_lot::MutexGuard<'_, State>, id: &GroupId) {
        if state.note_deadline(id) {
            self.environment.earlier.notify_one();
        }
        state.forget_if_vacant(id, &self.environment);
        drop(state);
        self.flush();
    }

    /// Submits what stands in line, unless somebody else is doing so: then they will take it along.
    fn flush(self: &Arc<Self>) {
        while let Some(turn) = self.submitting.try_lock() {
            while let Some(queued) = self.next_in_line() {
                let Queued {
                    group,
                    batch,
                    purpose,
                } = queued;
                let shard = Arc::clone(self);
                let completion = Box::new(move |outcome| shard.complete(&group, purpose, outcome));
                self.environment
                    .store
                    .submit(batch, Durability::Durable, completion);
            }
            drop(turn);
            // Whoever came while we held the turn has left it to us.
            if self.state.lock().line.is_empty() {
                return;
            }
        }
    }

    /// The next batch that may be submitted. One that builds upon what was not stored must not be stored either.
    fn next_in_line(&self) -> Option<Queued> {
        loop {
            let mut state = self.state.lock();
            let queued = state.line.pop_front()?;
            let group = state.groups.get(&queued.group);
            let broken = group.and_then(|group| group.broken.clone());
            drop(state);
            match (broken, &queued.purpose) {
                (None, _) | (Some(_), Purpose::Offsets(..)) => return Some(queued),
                (Some(error), _) => self.complete(&queued.group, queued.purpose, Err(error)),
            }
        }
    }

    /// Takes the outcome of a batch.
    fn complete(&self, id: &GroupId, purpose: Purpose, outcome: Result<(), StoreError>) {
        let mut state = self.state.lock();
        let Some(group) = state.groups.get_mut(id) else {
            return;
        };
        group.under_way -= 1;
        let waiting = match purpose {
            Purpose::State(number) => group.state_settled(number, &outcome),
            Purpose::Deletion(number) => {
                group.offsets.settle(OffsetChange::Clear, &outcome);
                group.state_settled(number, &outcome)
            }
            Purpose::Offsets(change, sender) => {
                group.offsets.settle(change, &outcome);
                vec![Waiting::Caller(sender)]
            }
        };
        if group.broken.is_some() && group.commits.is_empty() {
            // Whoever waits within the group is sent away when it is read again.
            state.deadlines.set(id.clone(), Timestamp::EPOCH);
            self.environment.earlier.notify_one();
        }
        state.forget_if_vacant(id, &self.environment);
        drop(state);
        for waiting in waiting {
            waiting.finish(outcome.clone());
        }
    }
}

impl State {
    /// Notes when a group is next due, if that is earlier than what is noted; says whether it is the earliest of all.
    fn note_deadline(&mut self, id: &GroupId) -> bool {
        let Some(next) = self.groups.get(id).and_then(|group| group.kind.next_deadline()) else {
            return false;
        };
        // A later one is noted when the earlier one has come, since most are put off again and again.
        if self.deadlines.get(id).is_some_and(|noted| noted <= next) {
            return false;
        }
        let is_earliest = self.deadlines.next().is_none_or(|earliest| next < earliest);
        self.deadlines.set(id.clone(), next);
        is_earliest
    }

    fn forget_if_vacant(&mut self, id: &GroupId, environment: &Environment) {
        if self.groups.get(id).is_some_and(Group::is_vacant) {
            self.groups.remove(id);
            self.deadlines.cancel(id);
            environment.groups.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Group {
    fn queue(&mut self, id: &GroupId, batch: Batch, purpose: Purpose, line: &mut VecDeque<Queued>) {
        self.under_way += 1;
        line.push_back(Queued {
            group: id.clone(),
            batch,
            purpose,
        });
    }

    fn queue_state(
        &mut self,
        id: &GroupId,
        batch: Batch,
        purpose: impl FnOnce(u64) -> Purpose,
        line: &mut VecDeque<Queued>,
    ) {
        let number = self.next_commit;
        self.next_commit += 1;
        self.commits.insert(number, Vec::new());
        self.queue(id, batch, purpose(number), line);
    }

    /// Keeps answers until what they tell is durable; returns them if it is.
    fn hold_back(&mut self, answers: Vec<Answer>) -> Vec<Answer> {
        match self.commits.last_entry() {
            None => answers,
            Some(mut last) => {
                last.get_mut().extend(answers.into_iter().map(Waiting::Answer));
                Vec::new()
            }
        }
    }

    fn settled(&mut self) -> Settled {
        let last = self.commits.last_entry();
        Settled(last.map(|mut last| {
            let (sender, receiver) = oneshot::channel();
            last.get_mut().push(Waiting::Caller(sender));
            receiver
        }))
    }

    fn state_settled(&mut self, number: u64, outcome: &Result<(), StoreError>) -> Vec<Waiting> {
        if let Err(error) = outcome {
            self.broken = Some(error.clone());
        }
        self.commits.remove(&number).unwrap_or_default()
    }
}
