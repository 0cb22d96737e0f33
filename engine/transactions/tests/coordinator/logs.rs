//! Where transactions write: lists that do with producers and markers what a partition's log does.

use std::collections::{BTreeMap, BTreeSet};

use ninefold_transactions::Producer;
use ninefold_transactions::{
    CoordinatorEpoch, MarkerWriter, Markers, Outcome, Participant, Participants, ProducerId,
    TransactionVersion, Writing,
};
use parking_lot::Mutex;

/// Every partition and group that was written to.
#[derive(Default)]
pub(crate) struct Logs(Mutex<State>);

#[derive(Default)]
struct State {
    logs: BTreeMap<Name, Log>,
    unreachable: BTreeSet<Name>,
    /// So many markers can still be written, if there is a limit.
    budget: Option<usize>,
    /// Writing panics, so often.
    panics: usize,
    calls: Vec<Markers>,
}

/// The topic and partition, or group.
pub(crate) type Name = (String, Option<u32>);

#[derive(Default)]
struct Log {
    /// The newest epoch of each producer, and the newest coordinator it has had a marker of.
    epochs: BTreeMap<ProducerId, (i16, Option<CoordinatorEpoch>)>,
    /// Records of transactions that have not ended here.
    open: BTreeMap<ProducerId, Vec<u64>>,
    ended: Vec<(u64, Outcome)>,
}

pub(crate) fn name(participant: Participant<'_>) -> Name {
    match participant {
        Participant::Partition { topic, partition } => (topic.to_owned(), Some(partition)),
        Participant::Group(group) => (group.to_owned(), None),
    }
}

impl Logs {
    /// Appends a record.
    ///
    /// # Panics
    ///
    /// If the producer is fenced here: whoever was admitted isn't.
    pub(crate) fn append(&self, participant: Participant<'_>, producer: Producer, number: u64) {
        let mut state = self.0.lock();
        let log = state.logs.entry(name(participant)).or_default();
        let (epoch, _) = log.epochs.entry(producer.id).or_insert((producer.epoch, None));
        assert!(
            producer.epoch >= *epoch,
            "{producer:?} is fenced by epoch {epoch}"
        );
        *epoch = producer.epoch;
        log.open.entry(producer.id).or_default().push(number);
    }

    /// What has become of records: each with every partition's outcome.
    pub(crate) fn outcomes(&self) -> BTreeMap<u64, BTreeSet<Outcome>> {
        let mut outcomes: BTreeMap<u64, BTreeSet<Outcome>> = BTreeMap::new();
        for log in self.0.lock().logs.values() {
            for (number, outcome) in &log.ended {
                outcomes.entry(*number).or_default().insert(*outcome);
            }
        }
        outcomes
    }

    /// Records of transactions that have not ended.
    pub(crate) fn open(&self) -> Vec<u64> {
        let state = self.0.lock();
        let open = state.logs.values().flat_map(|log| log.open.values());
        open.flatten().copied().collect()
    }

    pub(crate) fn set_unreachable(&self, participants: &[Participant<'_>]) {
        self.0.lock().unreachable = participants
            .iter()
            .map(|participant| name(*participant))
            .collect();
    }

    /// Only so many markers can be written from now on.
    pub(crate) fn set_budget(&self, budget: Option<usize>) {
        self.0.lock().budget = budget;
    }

    pub(crate) fn panic_next(&self) {
        self.0.lock().panics += 1;
    }

    /// What was asked to be written so far.
    pub(crate) fn calls(&self) -> Vec<Markers> {
        self.0.lock().calls.clone()
    }
}

impl State {
    /// Whether this marker can be written now.
    fn reaches(&mut self, name: &Name) -> bool {
        if self.unreachable.contains(name) {
            return false;
        }
        match &mut self.budget {
            Some(0) => false,
            Some(budget) => {
                *budget -= 1;
                true
            }
            None => true,
        }
    }

    fn mark(&mut self, name: Name, markers: &Markers) {
        let log = self.logs.entry(name).or_default();
        let Producer { id, epoch } = markers.producer;
        let coordinator = markers.coordinator_epoch;
        if let Some((known, known_coordinator)) = log.epochs.get(&id) {
            assert!(epoch >= *known, "a marker of epoch {epoch} comes after {known}");
            assert!(
                Some(coordinator) >= *known_coordinator,
                "a marker of an old coordinator"
            );
            let open = log.open.get(&id).is_some_and(|open| !open.is_empty());
            assert!(
                !open || markers.version == TransactionVersion::One || epoch > *known,
                "a marker that fences nobody"
            );
        }
        log.epochs.insert(id, (epoch, Some(coordinator)));
        let ended = log.open.remove(&id).unwrap_or_default();
        log.ended
            .extend(ended.into_iter().map(|number| (number, markers.outcome)));
    }
}

impl MarkerWriter for Logs {
    fn write_markers(&self, markers: Markers) -> Writing {
        let mut state = self.0.lock();
        state.calls.push(markers.clone());
        let panics = state.panics > 0;
        state.panics -= usize::from(panics);
        let mut unmarked = Participants::default();
        for participant in markers.participants.iter() {
            let name = name(participant);
            if state.reaches(&name) {
                state.mark(name, &markers);
            } else {
                unmarked.insert(participant);
            }
        }
        Box::pin(async move {
            assert!(!panics, "as told");
            tokio::task::yield_now().await;
            unmarked
        })
    }
}
