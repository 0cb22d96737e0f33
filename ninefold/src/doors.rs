//! Every door, and the engines they stand on: the one place that knows them all.

mod connection_sealer;
mod kafka_brokers;
mod outbound;
mod scram_secrets;
mod signing_key;
mod sms_provider;
mod webhooks;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ninefold_archive::Archive;
use ninefold_delivery::DeliveryEngine;
use ninefold_events::{EventsDoor, EventsParts};
use ninefold_groups::{Groups, GroupsConfig};
use ninefold_kafka::{KafkaDoor, KafkaParts};
use ninefold_kafka_broker::{GroupConfigRecords, SecurityRecords, StreamMarkers, StreamTopics};
use ninefold_kinesis::{ChannelFigures, KinesisDoor, KinesisParts, Throttling};
use ninefold_log::{DurabilityMode, Log, LogOptions};
use ninefold_model::ServiceModel;
use ninefold_protocol::{AccountId, Authorizer, Dispatcher, Door, Endpoint, LogGroups, Region};
use ninefold_queue::{Limits, QueueEngine, QueueError};
use ninefold_share::Shares;
use ninefold_sns::{SnsDoor, SnsParts};
use ninefold_sqs::SqsDoor;
use ninefold_store::{Store, Table};
use ninefold_streams::Streams;
use ninefold_sts::StsDoor;
use ninefold_time::Clock;
use ninefold_transactions::{Transactions, TransactionsConfig};
use parking_lot::Mutex;
use scram_secrets::ScramSecretsFile;
use sms_provider::StopMessages;

pub(crate) use kafka_brokers::{Brokers, EnforcedIam, OpenIam};

use crate::command::Failure;
use crate::config::{Config, Durability, KinesisThrottling};
use crate::log_files::LogFiles;
use crate::secret_file::read_or_create_secret;

/// The directory of the records of streams, in the data directory.
const STREAMS: &str = "streams";
/// How often to look after shared records.
const SHARE_SWEEP: Duration = Duration::from_secs(1);
/// How much compaction reads at a time.
const COMPACTED_BYTES: u64 = 64 << 20;
/// How often to look for records that are to go.
const LOG_SWEEP: Duration = Duration::from_secs(15);
/// Seals the receipt handles of SQS; in the data directory, since handles outlive the process.
const RECEIPT_SECRET: &str = "receipts.secret";

/// The engines of a running server, and what they stand on.
#[derive(Clone)]
pub(crate) struct Engines {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queues: Arc<QueueEngine>,
    pub(crate) log: Arc<Log>,
    pub(crate) streams: Arc<Streams>,
    pub(crate) groups: Arc<Groups>,
    pub(crate) transactions: Arc<Transactions>,
    pub(crate) shares: Arc<Shares>,
}

/// The doors of a running server.
pub(crate) struct Doors {
    pub(crate) all: Vec<Arc<dyn Door>>,
    /// What each of them delivers, by its name.
    pub(crate) deliveries: Vec<(&'static str, Arc<DeliveryEngine>)>,
    sns: Arc<SnsDoor>,
    events: Arc<EventsDoor>,
    kafka: Arc<KafkaDoor>,
    kinesis: Arc<KinesisDoor>,
    /// What telephones answer; taken when the doors start.
    stop_messages: Mutex<StopMessages>,
    /// Whose text messages they answer.
    phones_of: (AccountId, Region),
}

/// The tables of every engine and door.
pub(crate) fn tables() -> Vec<Table> {
    [
        QueueEngine::TABLES,
        DeliveryEngine::TABLES,
        Archive::TABLES,
        SnsDoor::TABLES,
        EventsDoor::TABLES,
        KafkaDoor::TABLES,
        KinesisDoor::TABLES,
        &ninefold_log::TABLES,
        Streams::TABLES,
        Groups::TABLES,
        Transactions::TABLES,
        SecurityRecords::TABLES,
        GroupConfigRecords::TABLES,
    ]
    .concat()
}

impl Engines {
    /// Opens every engine on a store.
    pub(crate) async fn open(
        config: &Config,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        let queues = QueueEngine::open(Arc::clone(&store), Arc::clone(&clock), Limits::default())
            .await
            .map_err(|error: QueueError| Failure::of(&error))?;
        let log = Log::open(&log_options(config), Arc::clone(&store), Arc::clone(&clock))
            .map(Arc::new)
            .map_err(|error| Failure::of(&error))?;
        let streams = Streams::open(Arc::clone(&store), Arc::clone(&log), Arc::clone(&clock))
            .await
            .map(Arc::new)
            .map_err(|error| Failure::of(&error))?;
        let topics = StreamTopics::new(Arc::clone(&streams), kafka_brokers::default_namespace(config));
        let groups = Groups::open(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::new(topics),
            GroupsConfig::default(),
        )
        .map_err(|error| Failure::of(&error))?;
        let markers = StreamMarkers::new(
            Arc::clone(&streams),
            Arc::clone(&groups),
            kafka_brokers::default_namespace(config),
        );
        let transactions = Transactions::open(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::new(markers),
            TransactionsConfig::default(),
        )
        .await
        .map_err(|error| Failure::of(&error))?;
        let shares = Arc::new(Shares::new(Arc::clone(&queues), Arc::clone(&clock)));
        Ok(Engines {
            store,
            clock,
            queues,
            log,
            streams,
            groups,
            transactions,
            shares,
        })
    }

    /// The deliveries of a door.
    fn deliveries(&self, door: &str) -> Result<Arc<DeliveryEngine>, Failure> {
        let opened = DeliveryEngine::open(
            door,
            Arc::clone(&self.queues),
            Arc::clone(&self.store),
            Arc::clone(&self.clock),
            ninefold_delivery::Limits::default(),
        );
        opened.map(Arc::new).map_err(|error| Failure::of(&error))
    }

    /// Starts what engines do by themselves.
    pub(crate) fn start(&self) {
        tokio::spawn(Arc::clone(&self.queues).run());
        tokio::spawn(sweep_log(Arc::clone(&self.log), Arc::clone(&self.clock)));
        tokio::spawn(Arc::clone(&self.groups).run());
        tokio::spawn(Arc::clone(&self.transactions).run());
        tokio::spawn(sweep_shares(Arc::clone(&self.shares), Arc::clone(&self.clock)));
        tokio::spawn(tell_groups(Arc::clone(&self.streams), Arc::clone(&self.groups)));
        tokio::spawn(forget_shares(
            Arc::clone(&self.shares),
            Arc::clone(&self.log),
            Arc::clone(&self.clock),
        ));
    }
}

fn log_options(config: &Config) -> LogOptions {
    LogOptions {
        durability_mode: match config.durability {
            Durability::Sync => DurabilityMode::Sync,
            Durability::Os => DurabilityMode::OsCache,
        },
        ..LogOptions::new(config.data.join(STREAMS))
    }
}

/// Lets go of old records now and then, as long as the server runs.
async fn sweep_log(log: Arc<Log>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep_until(clock.now() + LOG_SWEEP).await;
        if let Err(error) = log.sweep().await {
            tracing::warn!(%error, "old records are left");
        }
        loop {
            match log.compact(COMPACTED_BYTES).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "records that were replaced are left");
                    break;
                }
            }
        }
    }
}

/// Looks after the records that are shared by lease, as long as the server runs.
async fn sweep_shares(shares: Arc<Shares>, clock: Arc<dyn Clock>) {
    loop {
        clock.sleep_until(clock.now() + SHARE_SWEEP).await;
        shares.sweep().await;
    }
}

/// Tells groups when topics have changed, as long as the server runs.
async fn tell_groups(streams: Arc<Streams>, groups: Arc<Groups>) {
    let mut changes = streams.changes();
    while changes.changed().await.is_ok() {
        groups.topics_changed();
    }
}

/// Lets go of what was shared of streams that are gone, by whichever door they went, now and then as long as the server runs.
async fn forget_shares(shares: Arc<Shares>, log: Arc<Log>, clock: Arc<dyn Clock>) {
    loop {
        let forgotten = shares.delete_partitions(|number| log.partition(number).is_none());
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "what was shared of streams that are gone is left");
        }
        clock.sleep_until(clock.now() + LOG_SWEEP).await;
    }
}

impl Doors {
    /// Opens every door. `endpoint` is how the server is reached from outside.
    pub(crate) async fn open(
        config: &Config,
        engines: &Engines,
        endpoint: Endpoint,
        authorizer: Arc<dyn Authorizer>,
        brokers: Arc<Brokers>,
    ) -> Result<Self, Failure> {
        let secrets = |cause: io::Error| unkept_secrets(&config.data, &cause);
        let receipt_secret = read_or_create_secret(&config.data.join(RECEIPT_SECRET)).map_err(secrets)?;
        let dispatcher = Dispatcher::new();
        let clock = &engines.clock;
        let sqs = SqsDoor::new(Arc::clone(&engines.queues), Arc::clone(clock), receipt_secret);
        let sns_deliveries = engines.deliveries("sns")?;
        let events_deliveries = engines.deliveries("events")?;
        let log_groups: Arc<dyn LogGroups> = Arc::new(LogFiles::start(&config.data));
        let (transports, stop_messages) = outbound::transports(config, clock, Arc::clone(&log_groups))?;
        let http = transports.http.clone();
        let sns = SnsDoor::open(SnsParts {
            store: Arc::clone(&engines.store),
            clock: Arc::clone(clock),
            deliveries: Arc::clone(&sns_deliveries),
            dispatcher: Arc::clone(&dispatcher),
            transports,
            signing_key: signing_key::source(&config.data, &endpoint, clock),
            endpoint: endpoint.clone(),
            authorizer: Arc::clone(&authorizer),
        })
        .map_err(|error| Failure::of(&error))?;
        let events = EventsDoor::open(EventsParts {
            store: Arc::clone(&engines.store),
            clock: Arc::clone(clock),
            deliveries: Arc::clone(&events_deliveries),
            dispatcher: Arc::clone(&dispatcher),
            webhooks: webhooks::sources(config)?,
            http,
            sealer: connection_sealer::open(&config.data).map_err(secrets)?,
            log_groups: Arc::clone(&log_groups),
            endpoint,
            authorizer,
        })
        .map_err(|error| Failure::of(&error))?;
        let kafka = KafkaDoor::open(KafkaParts {
            store: Arc::clone(&engines.store),
            clock: Arc::clone(clock),
            host: brokers,
            secrets: Arc::new(ScramSecretsFile::of(&config.data)),
        })
        .map_err(|error| Failure::of(&error))?;
        let kinesis = KinesisDoor::open(KinesisParts {
            store: Arc::clone(&engines.store),
            streams: Arc::clone(&engines.streams),
            clock: Arc::clone(clock),
            shares: Arc::clone(&engines.shares),
            throttling: match config.kinesis_throttling {
                KinesisThrottling::None => Throttling::None,
                KinesisThrottling::Aws => Throttling::Aws,
            },
            channel_delivery: outbound::channel_delivery(config, clock)?,
            log_groups: Some(log_groups),
        })
        .await
        .map_err(|error| Failure::of(&error))?;
        let all: Vec<Arc<dyn Door>> = vec![
            Arc::new(sqs),
            Arc::new(StsDoor),
            Arc::clone(&sns) as Arc<dyn Door>,
            Arc::clone(&events) as Arc<dyn Door>,
            Arc::clone(&kafka) as Arc<dyn Door>,
            Arc::clone(&kinesis) as Arc<dyn Door>,
        ];
        dispatcher.install(&all);
        Ok(Doors {
            all,
            sns,
            events,
            kafka,
            kinesis,
            deliveries: vec![("sns", sns_deliveries), ("events", events_deliveries)],
            stop_messages: Mutex::new(stop_messages),
            phones_of: (config.account, config.region.clone()),
        })
    }

    /// What channels of data streams have done.
    pub(crate) fn channel_figures(&self) -> Box<dyn Fn() -> Vec<ChannelFigures> + Send + Sync> {
        let kinesis = Arc::clone(&self.kinesis);
        Box::new(move || kinesis.channel_figures())
    }

    /// Starts what doors do by themselves. To be called once they can be reached.
    pub(crate) async fn start(&self) -> Result<(), Failure> {
        let offered = self.events.offer_webhooks().await;
        offered.map_err(|error| Failure::of(&error))?;
        self.sns.start();
        self.events.start();
        self.kafka.start();
        tokio::spawn(Arc::clone(&self.events).run());
        tokio::spawn(Arc::clone(&self.sns).run());
        tokio::spawn(Arc::clone(&self.kafka).run());
        tokio::spawn(Arc::clone(&self.kinesis).run());
        if let Some(messages) = self.stop_messages.lock().take() {
            let (account, region) = self.phones_of.clone();
            tokio::spawn(sms_provider::note_opt_outs(
                messages,
                Arc::clone(&self.sns),
                account,
                region,
            ));
        }
        Ok(())
    }
}

pub(crate) fn unkept_secrets(data: &Path, cause: &io::Error) -> Failure {
    Failure::of(&format!("cannot keep secrets in {}: {cause}", data.display()))
}

/// The operations of every door, by service, without opening anything.
pub(crate) fn operations() -> Vec<(&'static ServiceModel, &'static [&'static str])> {
    vec![
        (ninefold_model::events(), EventsDoor::OPERATIONS),
        (ninefold_model::kafka(), KafkaDoor::OPERATIONS),
        (ninefold_model::kinesis(), KinesisDoor::OPERATIONS),
        (ninefold_model::sns(), SnsDoor::OPERATIONS),
        (ninefold_model::sqs(), SqsDoor::OPERATIONS),
        (ninefold_model::sts(), StsDoor::OPERATIONS),
    ]
}
