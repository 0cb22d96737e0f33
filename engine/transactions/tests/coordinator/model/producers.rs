//! Applications, as good and bad clients are.

use std::sync::Arc;
use std::time::Duration;

use ninefold_store::{Batch, Durability, MemoryStore, PartitionId, Store};
use ninefold_transactions::{
    Admission, Description, Outcome, Participant, Producer, TransactionError, TransactionState,
    TransactionVersion, Transactions, TransactionsConfig,
};
use tokio::task::JoinHandle;

use super::ledger::{Incarnation, Ledger};
use super::steps::{APPLICATIONS, PLACES, Step};
use crate::{World, request, settle};

/// The first one's epochs are about to end.
const IDS: [&str; 2] = ["exhausted", "fresh"];

const fn place(number: usize) -> Participant<'static> {
    match number {
        0 => Participant::Partition {
            topic: "orders",
            partition: 0,
        },
        1 => Participant::Partition {
            topic: "orders",
            partition: 1,
        },
        2 => Participant::Partition {
            topic: "bills",
            partition: 0,
        },
        _ => Participant::Group("billing"),
    }
}

/// An application that uses one of the transactional ids, like others do: what it thinks of itself may be outdated.
struct Application {
    id: &'static str,
    version: TransactionVersion,
    incarnation: Incarnation,
    /// Who it was told that it is, until it is told that it isn't.
    producer: Option<Producer>,
    /// Who it wants to go on as, until it is told that it may.
    recovering: Option<Producer>,
    /// The transaction that it is in, and how it wants that to end, once it does.
    transaction: Option<(u64, Option<Outcome>)>,
    /// It waits for an answer.
    asking: Option<Asking>,
}

/// A question that is not answered, or an answer.
enum Asking {
    Initialize(Incarnation, Question<Producer>),
    Add(Question<()>),
    Write(u64, usize, Producer, Question<Admission>),
    /// With whether its successor knew of itself already.
    End(bool, Question<Producer>),
}

type Question<T> = JoinHandle<Result<T, TransactionError>>;

/// Something on its way for long.
struct Letter {
    id: &'static str,
    version: TransactionVersion,
    producer: Producer,
    transaction: u64,
    place: usize,
}

/// Somebody who was let in and has not written.
struct Slow {
    _admission: Admission,
    producer: Producer,
    transaction: u64,
    place: usize,
}

pub(super) struct Model {
    world: World,
    ledger: Ledger,
    applications: Vec<Application>,
    letters: Vec<Letter>,
    slow: Vec<Slow>,
    incarnations: Incarnation,
    /// Who was initialized last, of each transactional id.
    current: [Incarnation; IDS.len()],
    is_held: bool,
}

impl Model {
    pub(super) async fn new() -> Self {
        let disk = Arc::new(MemoryStore::new());
        exhaust(&disk, IDS[0]);
        let world = World::on(disk, TransactionsConfig::default()).await;
        let application = |number: usize| Application {
            id: IDS[number % IDS.len()],
            version: [
                TransactionVersion::Two,
                TransactionVersion::Two,
                TransactionVersion::One,
            ][number % 3],
            incarnation: 0,
            producer: None,
            recovering: None,
            transaction: None,
            asking: None,
        };
        Model {
            world,
            ledger: Ledger::default(),
            applications: (0..APPLICATIONS).map(application).collect(),
            letters: Vec::new(),
            slow: Vec::new(),
            incarnations: 0,
            current: [0; IDS.len()],
            is_held: false,
        }
    }

    fn transactions(&self) -> Arc<Transactions> {
        Arc::clone(&self.world.transactions)
    }

    pub(super) async fn take(&mut self, step: Step) {
        match step {
            Step::Initialize { application, goes_on } => self.initialize(application, goes_on).await,
            Step::NewProducer => self.new_producer().await,
            Step::Add { application, place } => self.add(application, place).await,
            Step::Write { application, place } => self.write(application, place).await,
            Step::WriteSlowly { application, place } => self.write_slowly(application, place),
            Step::WriteAtLast => self.write_at_last(),
            Step::WriteLate { application, place } => self.write_late(application, place),
            Step::Arrive { letter } => self.arrive(letter).await,
            Step::End { application, outcome } => self.end(application, outcome).await,
            Step::Abort { application } => self.abort(application),
            Step::Unreachable { places } => {
                let places = (0..PLACES).filter(|number| places[*number]).map(place);
                self.world.logs.set_unreachable(&places.collect::<Vec<_>>());
            }
            Step::Budget { budget } => self.world.logs.set_budget(budget),
            Step::Advance { time } => self.world.advance(time).await,
            Step::Hold => {
                self.world.store.hold();
                self.is_held = true;
            }
            Step::Release => self.release(),
            Step::Refuse => self.world.store.refuse_next(),
            Step::Crash { is_written } => self.crash(is_written).await,
        }
        settle().await;
        for number in 0..APPLICATIONS {
            self.hear(number).await;
        }
        self.ledger.check(&self.world.logs.outcomes());
    }

    /// Everything gets its time, and everything has to have ended then.
    pub(super) async fn conclude(&mut self) {
        self.release();
        self.write_at_last();
        self.world.logs.set_unreachable(&[]);
        self.world.logs.set_budget(None);
        for _ in 0..8 {
            settle().await;
            for number in 0..APPLICATIONS {
                self.hear(number).await;
            }
            self.world.advance(Duration::from_secs(5)).await;
        }
        assert_eq!(self.world.logs.open(), [0_u64; 0]);
        self.ledger.check(&self.world.logs.outcomes());
        for id in IDS {
            if let Ok(described) = self.world.transactions.describe(id) {
                let at_rest = [
                    TransactionState::Empty,
                    TransactionState::CompleteCommit,
                    TransactionState::CompleteAbort,
                ];
                assert!(at_rest.contains(&described.state), "{described:?}");
            }
        }
    }

    fn release(&mut self) {
        self.world.store.release();
        self.is_held = false;
    }

    async fn crash(&mut self, is_written: bool) {
        for application in &mut self.applications {
            match &application.asking {
                Some(Asking::Initialize(_, question) | Asking::End(_, question)) => question.abort(),
                Some(Asking::Add(question)) => question.abort(),
                Some(Asking::Write(_, _, _, question)) => question.abort(),
                None => (),
            }
        }
        self.slow.clear();
        self.is_held = false;
        self.world.crash(is_written).await;
    }

    async fn new_producer(&mut self) {
        if !self.is_held
            && let Ok(producer) = self.world.transactions.new_producer().await
        {
            self.ledger.identify_nameless(producer);
        }
    }

    /// The application, if it has nothing else to do than to go on.
    fn idle(&self, number: usize) -> Option<(&'static str, TransactionVersion, Producer)> {
        let application = &self.applications[number];
        let is_ending = matches!(application.transaction, Some((_, Some(_))));
        let producer = application
            .producer
            .filter(|_| application.asking.is_none() && !is_ending)?;
        Some((application.id, application.version, producer))
    }

    /// The transaction of an application, which begins if it is in none.
    fn transaction(&mut self, number: usize) -> u64 {
        let ledger = &mut self.ledger;
        let transaction = &mut self.applications[number].transaction;
        transaction.get_or_insert_with(|| (ledger.begin(), None)).0
    }

    /// Whether an application's successor has been told that it is the one, so that nothing is to be had for this one.
    fn is_superseded(&self, number: usize) -> bool {
        let application = &self.applications[number];
        let current = self.current[IDS.iter().position(|id| *id == application.id).unwrap()];
        application.incarnation != current
    }

    /// What there is to see of a transactional id; nothing while it may change by itself.
    fn seen(&self, id: &str) -> Option<Description> {
        let described = self.world.transactions.describe(id).ok()?;
        let is_changing = [TransactionState::PrepareCommit, TransactionState::PrepareAbort];
        (!self.is_held && !is_changing.contains(&described.state)).then_some(described)
    }

    /// Has an application ask, and sees to it that nothing comes of it if that is fenced.
    async fn ask(&mut self, number: usize, asking: Asking) {
        let Application { id, incarnation, .. } = self.applications[number];
        let is_newcomer = matches!(&asking, Asking::Initialize(new, _) if *new != incarnation);
        let is_superseded = self.is_superseded(number) && !is_newcomer;
        let before = self.seen(id).filter(|_| is_superseded);
        self.applications[number].asking = Some(asking);
        settle().await;
        let producer = self.applications[number].producer;
        self.hear(number).await;
        if let Some(before) = before {
            assert_eq!(
                self.seen(id),
                Some(before),
                "a fenced producer has changed something"
            );
            assert!(
                producer.is_none() || self.applications[number].producer.is_none(),
                "a fenced producer was not told"
            );
        }
    }

    async fn initialize(&mut self, number: usize, goes_on: bool) {
        let application = &mut self.applications[number];
        if application.asking.is_some() {
            return;
        }
        let known = application.producer.take().or(application.recovering);
        let expected = known.filter(|_| goes_on);
        application.recovering = expected;
        application.transaction = None;
        let (id, mut incarnation) = (application.id, application.incarnation);
        if expected.is_none() {
            self.incarnations += 1;
            incarnation = self.incarnations;
        }
        let transactions = self.transactions();
        let question = tokio::spawn(async move { transactions.initialize(id, request(expected)).await });
        self.ask(number, Asking::Initialize(incarnation, question)).await;
    }

    async fn add(&mut self, number: usize, to: usize) {
        let Some((id, _, producer)) = self.idle(number) else {
            return;
        };
        self.transaction(number);
        let transactions = self.transactions();
        let question = tokio::spawn(async move { transactions.add(id, producer, &[place(to)]).await });
        self.ask(number, Asking::Add(question)).await;
    }

    async fn write(&mut self, number: usize, to: usize) {
        if self.applications[number].producer.is_none() {
            return self.initialize(number, true).await;
        }
        let Some((id, version, producer)) = self.idle(number) else {
            return;
        };
        let transaction = self.transaction(number);
        let transactions = self.transactions();
        let question = tokio::spawn(async move { admit(&transactions, id, version, producer, to).await });
        self.ask(number, Asking::Write(transaction, to, producer, question))
            .await;
    }

    fn write_slowly(&mut self, number: usize, to: usize) {
        let Some((id, _, producer)) = self.idle(number) else {
            return;
        };
        let transaction = self.transaction(number);
        if let Ok(admission) = self.world.transactions.admit(id, producer, &[place(to)]) {
            assert!(!self.is_superseded(number));
            self.slow.push(Slow {
                _admission: admission,
                producer,
                transaction,
                place: to,
            });
        }
    }

    fn write_at_last(&mut self) {
        for slow in std::mem::take(&mut self.slow) {
            self.append(slow.transaction, slow.place, slow.producer);
        }
    }

    fn write_late(&mut self, number: usize, to: usize) {
        let Some((id, version, producer)) = self.idle(number) else {
            return;
        };
        let transaction = self.transaction(number);
        self.letters.push(Letter {
            id,
            version,
            producer,
            transaction,
            place: to,
        });
    }

    async fn arrive(&mut self, letter: usize) {
        if self.letters.is_empty() || self.is_held {
            return;
        }
        let letter = self.letters.swap_remove(letter % self.letters.len());
        let Letter {
            id,
            version,
            producer,
            ..
        } = letter;
        let is_over = self.ledger.is_told(letter.transaction);
        // With an epoch for many transactions nothing tells in which of them it was sent: that is what version 2 is for.
        if is_over && version == TransactionVersion::One {
            return;
        }
        let transactions = self.transactions();
        let admission =
            tokio::spawn(async move { admit(&transactions, id, version, producer, letter.place).await });
        settle().await;
        self.world.advance(self.world.config.admission_wait).await;
        assert!(admission.is_finished(), "a write waits for longer than it may");
        if let Ok(admission) = admission.await.unwrap() {
            assert!(!is_over, "a letter was let into another transaction");
            self.append(letter.transaction, letter.place, producer);
            drop(admission);
        }
    }

    fn append(&mut self, transaction: u64, to: usize, producer: Producer) {
        self.ledger.write(transaction);
        self.world.logs.append(place(to), producer, transaction);
    }

    async fn end(&mut self, number: usize, outcome: Outcome) {
        let application = &mut self.applications[number];
        let (id, version) = (application.id, application.version);
        let (Some(producer), Some((transaction, wanted)), None) = (
            application.producer,
            &mut application.transaction,
            &application.asking,
        ) else {
            return;
        };
        let outcome = *wanted.get_or_insert(outcome);
        self.ledger.ask(*transaction, outcome);
        let transactions = self.transactions();
        let question = tokio::spawn(async move { transactions.end(id, producer, outcome, version).await });
        let is_superseded = self.is_superseded(number);
        self.ask(number, Asking::End(is_superseded, question)).await;
    }

    fn abort(&mut self, number: usize) {
        let (transactions, id) = (self.transactions(), self.applications[number].id);
        // Whether it succeeds makes no difference to what has to be true.
        drop(tokio::spawn(async move { transactions.abort(id).await }));
    }

    /// An application hears the answer, if there is one.
    async fn hear(&mut self, number: usize) {
        let Some(asking) = self.applications[number].asking.take() else {
            return;
        };
        match asking {
            Asking::Initialize(_, ref question) | Asking::End(_, ref question) if !question.is_finished() => {
                self.applications[number].asking = Some(asking);
            }
            Asking::Add(ref question) if !question.is_finished() => {
                self.applications[number].asking = Some(asking);
            }
            Asking::Write(_, _, _, ref question) if !question.is_finished() => {
                self.applications[number].asking = Some(asking);
            }
            Asking::Initialize(incarnation, question) => {
                self.hear_initialized(number, incarnation, answer(question).await);
            }
            Asking::Add(question) => self.hear_refusal(number, answer(question).await.err()),
            Asking::Write(transaction, to, producer, question) => {
                let admission = answer(question).await;
                if admission.is_ok() {
                    self.append(transaction, to, producer);
                }
                self.hear_refusal(number, admission.err());
            }
            Asking::End(was_superseded, question) => {
                let answer = answer(question).await;
                assert!(
                    !was_superseded || answer.is_err(),
                    "a fenced producer has ended something"
                );
                self.hear_ended(number, answer);
            }
        }
    }

    fn hear_initialized(
        &mut self,
        number: usize,
        incarnation: Incarnation,
        answer: Result<Producer, TransactionError>,
    ) {
        let id = self.applications[number].id;
        match answer {
            Ok(producer) => {
                self.ledger.identify(producer, incarnation);
                let described = self.world.transactions.describe(id);
                if described.is_ok_and(|described| described.producer == producer) {
                    self.current[IDS.iter().position(|known| *known == id).unwrap()] = incarnation;
                }
                self.applications[number].incarnation = incarnation;
                self.applications[number].producer = Some(producer);
                self.applications[number].recovering = None;
            }
            Err(error) => self.hear_refusal(number, Some(error)),
        }
    }

    fn hear_ended(&mut self, number: usize, answer: Result<Producer, TransactionError>) {
        let application = &self.applications[number];
        let Some((transaction, Some(outcome))) = application.transaction else {
            panic!("it has asked for the end of something");
        };
        match answer {
            Ok(producer) => {
                self.ledger.tell(transaction, outcome);
                self.ledger
                    .identify(producer, self.applications[number].incarnation);
                self.applications[number].producer = Some(producer);
                self.applications[number].transaction = None;
            }
            // To clients that is fatal.
            Err(TransactionError::InvalidState) => {
                assert!(
                    !self.ledger.has_written(transaction),
                    "what it has written has to be ended"
                );
                self.applications[number].producer = None;
                self.applications[number].transaction = None;
            }
            Err(error) => self.hear_refusal(number, Some(error)),
        }
    }

    fn hear_refusal(&mut self, number: usize, refusal: Option<TransactionError>) {
        match refusal {
            Some(
                TransactionError::ProducerFenced
                | TransactionError::InvalidProducerEpoch
                | TransactionError::InvalidProducerIdMapping,
            ) => {
                self.applications[number].producer = None;
                self.applications[number].recovering = None;
                self.applications[number].transaction = None;
            }
            None
            | Some(
                TransactionError::ConcurrentTransactions
                | TransactionError::NotParticipating
                | TransactionError::Store(_),
            ) => (),
            Some(error) => panic!("nobody has asked for {error:?}"),
        }
    }
}

async fn admit(
    transactions: &Arc<Transactions>,
    id: &str,
    version: TransactionVersion,
    producer: Producer,
    to: usize,
) -> Result<Admission, TransactionError> {
    match version {
        TransactionVersion::One => {
            transactions.add(id, producer, &[place(to)]).await?;
            transactions.admit(id, producer, &[place(to)])
        }
        TransactionVersion::Two => transactions.admit_adding(id, producer, &[place(to)]).await,
    }
}

/// The answer to a question; one that went down with the server has none.
async fn answer<T>(question: Question<T>) -> Result<T, TransactionError> {
    match question.await {
        Ok(answer) => answer,
        Err(error) if error.is_cancelled() => Err(ninefold_store::StoreError::Closed.into()),
        Err(error) => panic!("{error}"),
    }
}

/// A transactional id whose producer has four epochs left.
fn exhaust(disk: &MemoryStore, id: &str) {
    let record = concat!(
        "\x01",
        r#"{"producer":{"id":0,"epoch":32762},"former":null,"timeout":{"secs":10,"nanos":0},"#,
        r#""changed_at":1767225600000,"state":"Empty"}"#,
    );
    let mut batch = Batch::new(PartitionId::of(id.as_bytes()));
    batch.put(Transactions::TABLES[0], id.as_bytes(), record.as_bytes());
    let mut ids = Batch::new(PartitionId::of(b"transactions"));
    ids.put(Transactions::TABLES[1], b"producer-ids", &b"\x011000"[..]);
    for batch in [batch, ids] {
        disk.submit(batch, Durability::Durable, Box::new(|outcome| outcome.unwrap()));
    }
}
