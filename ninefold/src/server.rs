//! Start and end of the server.

mod announcement;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use ninefold_http::{Server, Tls};
use ninefold_kafka_broker::IamAuthority;
use ninefold_protocol::{Authorizer, Door, Registry};
use ninefold_store::{DurabilityMode, EmbeddedOptions, EmbeddedStore, Store};
use ninefold_time::{Clock, SystemClock};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::command::Failure;
use crate::config::{Auth, Config, Durability};
use crate::doors::{self, Brokers, Doors, EnforcedIam, Engines, OpenIam};
use crate::gateway::{Gateway, Service};
use crate::health::Health;
use crate::identity::{AccessKeys, AllowAll, Authenticator, KeyFile, OperatorToken, PolicyAuthorizer};
use crate::metrics::{Metrics, OperationFigures, ServiceFigures, Sources};

/// Serves until a signal asks to stop.
pub(crate) fn run(config: Config) -> Result<(), Failure> {
    raise_open_files();
    let tls = match &config.tls {
        Some(files) => {
            let tls = Tls::from_pem_files(&files.certificate, &files.key);
            Some(tls.map_err(|error| Failure::usage(&error))?)
        }
        None => None,
    };
    let store = Arc::new(EmbeddedStore::open(store_options(&config)).map_err(|error| Failure::of(&error))?);
    let runtime = Runtime::new().map_err(|cause| Failure::of(&cause))?;
    let outcome = runtime.block_on(serve(&config, tls, Arc::clone(&store) as Arc<dyn Store>));
    // Whatever still runs must not change anything any more once the store is closed.
    drop(runtime);
    store.close();
    tracing::info!("stopped");
    outcome
}

fn store_options(config: &Config) -> EmbeddedOptions {
    EmbeddedOptions {
        durability_mode: match config.durability {
            Durability::Sync => DurabilityMode::Sync,
            Durability::Os => DurabilityMode::OsCache,
        },
        ..EmbeddedOptions::new(&config.data, doors::tables())
    }
}

async fn serve(config: &Config, tls: Option<Tls>, store: Arc<dyn Store>) -> Result<(), Failure> {
    let mut signals = Signals::listen().map_err(|cause| Failure::of(&cause))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let engines = Engines::open(config, Arc::clone(&store), Arc::clone(&clock)).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|cause| cannot_listen(config.listen, &cause))?;
    let server = Server::new(listener, config.limits, tls);
    let address = server
        .address()
        .map_err(|cause| cannot_listen(config.listen, &cause))?;
    let identity = identity(config, &clock)?;
    let endpoint = announcement::public_endpoint(config, address);
    let brokers = Brokers::open(config, &engines, Arc::clone(&identity.iam))?;
    let doors = Doors::open(
        config,
        &engines,
        endpoint,
        Arc::clone(&identity.authorizer),
        Arc::clone(&brokers),
    )
    .await?;
    let gateway = gateway(config, address, &server, &engines, &doors, identity)?;
    engines.start();
    // First, so that no other cluster takes its address.
    let kafka_address = brokers.listen().await?;
    doors.start().await?;
    announcement::print(config, address, kafka_address);
    let serving = server.serve(gateway, async {
        let signal = signals.first.recv().await;
        tracing::info!(signal, "stopping: answering what is in flight");
    });
    tokio::select! {
        () = serving => {}
        () = signals.second.twice() => tracing::warn!("stopping at once"),
    }
    brokers.close().await;
    let log = Arc::clone(&engines.log);
    tokio::task::spawn_blocking(move || log.close())
        .await
        .map_err(|cause| Failure::of(&cause))
}

fn gateway(
    config: &Config,
    address: SocketAddr,
    server: &Server,
    engines: &Engines,
    opened: &Doors,
    identity: Identity,
) -> Result<Gateway, Failure> {
    let doors: Vec<Service> = opened.all.iter().cloned().map(service).collect();
    let unrouted = Arc::new(OperationFigures::default());
    let metrics = Metrics::new(Sources {
        services: doors.iter().map(|service| Arc::clone(&service.figures)).collect(),
        unrouted: Arc::clone(&unrouted),
        connections: server.connections(),
        queues: Arc::clone(&engines.queues),
        deliveries: opened.deliveries.clone(),
        channels: opened.channel_figures(),
        store: Arc::clone(&engines.store),
        log: {
            let log = Arc::clone(&engines.log);
            Box::new(move || log.figures())
        },
        clock: Arc::clone(&engines.clock),
    });
    Ok(Gateway {
        registry: Registry::new(doors.iter().map(|service| service.model)),
        doors,
        unrouted,
        authenticator: identity.authenticator,
        authorizer: identity.authorizer,
        operator: operator(config)?,
        health: Health::new(Arc::clone(&engines.store), {
            let log = Arc::clone(&engines.log);
            Box::new(move || log.failure())
        }),
        metrics,
        scheme: announcement::scheme(config),
        default_host: address.to_string(),
    })
}

/// Without authentication everybody may look at everything.
fn operator(config: &Config) -> Result<Option<OperatorToken>, Failure> {
    match config.auth {
        Auth::Open => Ok(None),
        Auth::Enforce => {
            let opened = OperatorToken::open(&config.data).map(Some);
            opened.map_err(|cause| doors::unkept_secrets(&config.data, &cause))
        }
    }
}

fn service(door: Arc<dyn Door>) -> Service {
    let model = door.model();
    Service {
        model,
        door,
        figures: Arc::new(ServiceFigures::new(model)),
    }
}

/// Who callers are, and who decides what they may do.
struct Identity {
    authenticator: Authenticator,
    authorizer: Arc<dyn Authorizer>,
    /// For Kafka's clients.
    iam: Arc<dyn IamAuthority>,
}

fn identity(config: &Config, clock: &Arc<dyn Clock>) -> Result<Identity, Failure> {
    if config.auth == Auth::Open {
        return Ok(Identity {
            authenticator: Authenticator::open(config.account, config.region.clone()),
            authorizer: Arc::new(AllowAll),
            iam: Arc::new(OpenIam::new(config.account)),
        });
    }
    let keys = Arc::new(AccessKeys::open(KeyFile::new(&config.data))?);
    if keys.len() == 0 {
        tracing::warn!("there is no access key yet: create one with `ninefold keys create`");
    }
    let authenticator = Authenticator::enforce(
        Arc::clone(&keys),
        Arc::clone(clock),
        config.account,
        config.region.clone(),
    );
    let authorizer = Arc::new(PolicyAuthorizer::new(Arc::clone(&keys), Arc::clone(clock)));
    Ok(Identity {
        authenticator,
        iam: Arc::new(EnforcedIam::new(keys, Arc::clone(&authorizer))),
        authorizer,
    })
}

fn cannot_listen(address: SocketAddr, cause: &io::Error) -> Failure {
    Failure::of(&format!(
        "cannot listen on {address}: {cause}. Choose another port with --port or --listen"
    ))
}

/// Lets this process open as many files and sockets as the system allows it; the default is made for `select`.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(cause) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%cause, limit = limit.current, "cannot raise the limit of open files");
    }
}

/// The signals that ask the server to stop: the first one nicely, a second one at once.
struct Signals {
    first: StopSignal,
    second: StopSignal,
}

struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Signals {
            first: StopSignal::listen()?,
            second: StopSignal::listen()?,
        })
    }
}

impl StopSignal {
    fn listen() -> io::Result<Self> {
        Ok(StopSignal {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for a signal; returns its name.
    async fn recv(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }

    async fn twice(&mut self) {
        self.recv().await;
        self.recv().await;
    }
}
