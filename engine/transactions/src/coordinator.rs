//! Every transactional id of the server.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use ninefold_store::{Batch, Durability, Store, StoreError, Table, commit};
use ninefold_time::Clock;
use parking_lot::RwLock;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use xxhash_rust::xxh3::xxh3_64;

use crate::marker::MarkerWriter;
use crate::producer_ids::ProducerIds;
use crate::records::{
    COORDINATOR, EPOCH_KEY, TRANSACTIONS, coordinator_partition, encode, partition_of, read_epoch,
    read_transactions,
};
use crate::slot::Slot;
use crate::timers::Timers;
use crate::transaction::Transaction;
use crate::transition::{Initialized, Step, add, end, initialize, time_out};
use crate::{
    Admission, CoordinatorEpoch, Initialize, OpenError, Outcome, Participant, Producer, ProducerId,
    TransactionError, TransactionVersion, TransactionalId, TransactionsConfig,
};

/// So many changes, of different transactional ids, may be under way at one time.
const TURNS: usize = 1_024;

/// The coordinator of all transactions.
pub struct Transactions {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) writer: Arc<dyn MarkerWriter>,
    pub(crate) config: TransactionsConfig,
    pub(crate) slots: RwLock<HashMap<TransactionalId, Arc<Slot>>>,
    pub(crate) timers: Timers,
    coordinator_epoch: CoordinatorEpoch,
    producer_ids: ProducerIds,
    /// Changes of one transactional id take turns, from looking at it to its being durable.
    turns: Vec<Arc<Mutex<()>>>,
}

/// The right to change a transactional id.
pub(crate) type Turn = OwnedMutexGuard<()>;

impl Transactions {
    /// The tables that the engine keeps in the store.
    pub const TABLES: &'static [Table] = &[TRANSACTIONS, COORDINATOR];

    /// Opens the coordinator that a store has. Nothing happens by itself until [`Transactions::run`].
    ///
    /// # Errors
    ///
    /// If the store fails or a record in it is damaged.
    pub async fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        writer: Arc<dyn MarkerWriter>,
        config: TransactionsConfig,
    ) -> Result<Arc<Self>, OpenError> {
        let coordinator_epoch = next_epoch(&*store).await?;
        let mut slots = HashMap::new();
        let timers = Timers::default();
        read_transactions(&*store, |id, transaction| {
            let slot = Slot::new(id.clone(), transaction);
            timers.note(&slot, &config);
            slots.insert(id, slot);
        })?;
        Ok(Arc::new(Transactions {
            producer_ids: ProducerIds::open(Arc::clone(&store))?,
            store,
            clock,
            writer,
            config,
            slots: RwLock::new(slots),
            timers,
            coordinator_epoch,
            turns: std::iter::repeat_with(Arc::default).take(TURNS).collect(),
        }))
    }

    /// The epoch of this coordinator, higher than that of every one before it on the same store.
    pub fn coordinator_epoch(&self) -> CoordinatorEpoch {
        self.coordinator_epoch
    }

    /// A producer that nobody was: for one that is idempotent, and has no transactional id.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn new_producer(&self) -> Result<Producer, TransactionError> {
        Ok(Producer::first(self.producer_ids.draw().await?))
    }

    /// InitProducerId: makes whoever asks the producer of a transactional id; everybody before is fenced.
    ///
    /// # Errors
    ///
    /// [`TransactionError::ConcurrentTransactions`] until the transaction of the producer before is completed; one that is not
    /// decided is aborted. Otherwise if the request is not valid, who asks is fenced, or the store fails.
    pub async fn initialize(
        self: &Arc<Self>,
        id: &str,
        request: Initialize,
    ) -> Result<Producer, TransactionError> {
        let id = TransactionalId::new(id)?;
        let initialized = self.change(&id, |current, fresh| {
            initialize(current, &request, fresh, &self.config, self.clock.now())
        });
        match initialized.await? {
            Initialized::As(producer) => Ok(producer),
            Initialized::Aborting => Err(TransactionError::ConcurrentTransactions),
        }
    }

    /// AddPartitionsToTxn, AddOffsetsToTxn: extends a transaction, which begins if there is none; durable when it returns.
    ///
    /// # Errors
    ///
    /// If who asks is not the producer, the transaction before is not completed, too many take part, or the store fails.
    pub async fn add(
        self: &Arc<Self>,
        id: &str,
        producer: Producer,
        participants: &[Participant<'_>],
    ) -> Result<(), TransactionError> {
        let slot = self.known(id)?;
        self.change(&slot.id, |current, _| {
            add(current, producer, participants, &self.config, self.clock.now())
        })
        .await
    }

    /// AddPartitionsToTxn to verify only: whether each of these takes part in the producer's transaction. The order is theirs.
    ///
    /// # Errors
    ///
    /// If who asks is not the producer, or the transaction is decided and not completed.
    pub fn verify(
        &self,
        id: &str,
        producer: Producer,
        participants: &[Participant<'_>],
    ) -> Result<Vec<bool>, TransactionError> {
        let transaction = self.known(id)?.transaction();
        transaction.check_producer(producer)?;
        if transaction.is_prepared() {
            return Err(TransactionError::ConcurrentTransactions);
        }
        let all = transaction.state.participants();
        let takes_part = |participant: &Participant<'_>| all.is_some_and(|all| all.contains(*participant));
        Ok(participants.iter().map(takes_part).collect())
    }

    /// Lets a write in whose client adds participants before it writes (Produce before version 12, TxnOffsetCommit before 5).
    ///
    /// # Errors
    ///
    /// [`TransactionError::NotParticipating`] if one of them wasn't added; or if who asks is not the producer, or the transaction
    /// is decided and not completed.
    pub fn admit(
        &self,
        id: &str,
        producer: Producer,
        participants: &[Participant<'_>],
    ) -> Result<Admission, TransactionError> {
        let slot = self.known(id)?;
        slot.admit(producer, participants)
            .map_err(TransactionError::before_fencing)?;
        Ok(Admission::of(slot))
    }

    /// Lets a write in, and extends the transaction to where it goes (KIP-890: Produce from version 12 on, TxnOffsetCommit from 5).
    /// Takes no longer than [`Transactions::admit`] if they take part already.
    ///
    /// # Errors
    ///
    /// [`TransactionError::ConcurrentTransactions`] if the transaction before is not completed in time, and as
    /// [`Transactions::add`].
    pub async fn admit_adding(
        self: &Arc<Self>,
        id: &str,
        producer: Producer,
        participants: &[Participant<'_>],
    ) -> Result<Admission, TransactionError> {
        if let Ok(admission) = self.admit(id, producer, participants) {
            return Ok(admission);
        }
        let deadline = self.clock.now() + self.config.admission_wait;
        loop {
            let slot = self.known(id)?;
            let changed = slot.changed.notified();
            match self.admit(id, producer, participants) {
                Err(TransactionError::NotParticipating) => match self.add(id, producer, participants).await {
                    Ok(()) => continue,
                    Err(TransactionError::ConcurrentTransactions) => (),
                    Err(error) => return Err(error.before_fencing()),
                },
                Err(TransactionError::ConcurrentTransactions) => (),
                other => return other,
            }
            if self.clock.now() >= deadline {
                return Err(TransactionError::ConcurrentTransactions);
            }
            tokio::select! {
                () = changed => (),
                () = self.clock.sleep_until(deadline) => (),
            }
        }
    }

    /// EndTxn: decides about a transaction; the decision is durable when it returns, and its participants are told soon after. Says
    /// who the producer is from now on: itself with [`TransactionVersion::One`].
    ///
    /// # Errors
    ///
    /// If who asks is not the producer, the state of the transaction is not one to be ended so, or the store fails.
    pub async fn end(
        self: &Arc<Self>,
        id: &str,
        producer: Producer,
        outcome: Outcome,
        version: TransactionVersion,
    ) -> Result<Producer, TransactionError> {
        let slot = self.known(id)?;
        self.change(&slot.id, |current, fresh| {
            end(current, producer, outcome, version, fresh, self.clock.now())
        })
        .await
    }

    /// Aborts the transaction that is ongoing, and fences its producer, because an operator wants it. That there is none is no
    /// error.
    ///
    /// # Errors
    ///
    /// [`TransactionError::NoSuchTransactionalId`], or if the store fails.
    pub async fn abort(self: &Arc<Self>, id: &str) -> Result<(), TransactionError> {
        let slot = self.known(id).map_err(not_found)?;
        self.change(&slot.id, |current, _| {
            let current = current.ok_or(TransactionError::NoSuchTransactionalId)?;
            Ok(match time_out(current, self.clock.now()) {
                Some(aborted) => Step::Change(aborted, ()),
                None => Step::Keep(()),
            })
        })
        .await
    }

    /// Removes a transactional id, whatever it is doing; durable when it returns. For what is no more as a whole, with everything that
    /// took part: no markers are written.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn remove(self: &Arc<Self>, id: &TransactionalId) -> Result<(), TransactionError> {
        let turn = self.turn(id).await;
        Ok(self.commit(turn, id, None, Durability::Durable).await?)
    }

    /// Whether this is still what there is of its transactional id.
    pub(crate) fn has(&self, slot: &Slot) -> bool {
        let slots = self.slots.read();
        slots
            .get(&slot.id)
            .is_some_and(|known| std::ptr::eq(&**known, slot))
    }

    /// The slot of a transactional id that is known.
    pub(crate) fn known(&self, id: &str) -> Result<Arc<Slot>, TransactionError> {
        if id.is_empty() {
            return Err(TransactionError::InvalidRequest("the transactional id is empty"));
        }
        let slots = self.slots.read();
        slots
            .get(id)
            .cloned()
            .ok_or(TransactionError::InvalidProducerIdMapping)
    }

    /// Changes a transactional id as a function of what it is says, which is asked again once it has a producer id that it wants.
    pub(crate) async fn change<T>(
        self: &Arc<Self>,
        id: &TransactionalId,
        decide: impl Fn(Option<&Transaction>, Option<ProducerId>) -> Result<Step<T>, TransactionError>,
    ) -> Result<T, TransactionError> {
        let turn = self.turn(id).await;
        let current = self.slots.read().get(id).map(|slot| slot.transaction());
        let mut fresh = None;
        loop {
            match decide(current.as_deref(), fresh)? {
                Step::Keep(answer) => return Ok(answer),
                Step::DrawProducerId => fresh = Some(self.producer_ids.draw().await?),
                Step::Change(next, answer) => {
                    let is_new = current.is_none();
                    if is_new && self.slots.read().len() >= self.config.transactional_ids {
                        return Err(TransactionError::TooManyTransactionalIds);
                    }
                    self.commit(turn, id, Some(next), Durability::Durable).await?;
                    return Ok(answer);
                }
            }
        }
    }

    /// Waits for the right to change a transactional id.
    pub(crate) async fn turn(&self, id: &TransactionalId) -> Turn {
        let number = xxh3_64(id.as_str().as_bytes()) % TURNS as u64;
        Arc::clone(&self.turns[number as usize]).lock_owned().await
    }

    /// Stores what a transactional id is from now on, or that it is no more, and adopts it when that is done, whether somebody
    /// waits for it or not.
    pub(crate) fn commit(
        self: &Arc<Self>,
        turn: Turn,
        id: &TransactionalId,
        next: Option<Transaction>,
        durability: Durability,
    ) -> impl Future<Output = Result<(), StoreError>> + use<> {
        let mut batch = Batch::new(partition_of(id));
        let key = id.as_str().as_bytes();
        match &next {
            Some(transaction) => batch.put(TRANSACTIONS, key, encode(transaction)),
            None => batch.delete(TRANSACTIONS, key),
        }
        let (sender, receiver) = oneshot::channel();
        let (transactions, id) = (Arc::clone(self), id.clone());
        let completion = Box::new(move |outcome: Result<(), StoreError>| {
            if outcome.is_ok() {
                transactions.adopt(id, next);
            }
            drop(turn);
            // Whoever asked may have gone away.
            drop(sender.send(outcome));
        });
        self.store.submit(batch, durability, completion);
        async move { receiver.await.unwrap_or(Err(StoreError::Closed)) }
    }

    fn adopt(&self, id: TransactionalId, next: Option<Transaction>) {
        let slot = self.slots.read().get(&id).cloned();
        match (slot, next) {
            (Some(slot), Some(next)) => {
                slot.adopt(next);
                self.timers.note(&slot, &self.config);
            }
            (None, Some(next)) => {
                let slot = Slot::new(id.clone(), next);
                self.slots.write().insert(id, Arc::clone(&slot));
                self.timers.note(&slot, &self.config);
            }
            (Some(slot), None) => {
                self.slots.write().remove(&id);
                self.timers.cancel(&slot);
            }
            (None, None) => (),
        }
    }
}

/// What is told of an unknown transactional id to who asks for it, and not as a producer.
pub(crate) fn not_found(error: TransactionError) -> TransactionError {
    match error {
        TransactionError::InvalidProducerIdMapping => TransactionError::NoSuchTransactionalId,
        other => other,
    }
}

/// Makes this start the one with the highest epoch, durably.
async fn next_epoch(store: &dyn Store) -> Result<CoordinatorEpoch, OpenError> {
    let epoch = match read_epoch(store)? {
        None => CoordinatorEpoch(0),
        Some(CoordinatorEpoch(last)) => {
            CoordinatorEpoch(last.checked_add(1).ok_or(OpenError::EpochsExhausted)?)
        }
    };
    let mut batch = Batch::new(coordinator_partition());
    batch.put(COORDINATOR, EPOCH_KEY, encode(&epoch));
    commit(store, batch, Durability::Durable).await?;
    Ok(epoch)
}
