//! A cluster on a store in memory, and a client that says one thing after the other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ninefold_groups::{Groups, GroupsConfig};
use ninefold_kafka_broker::{
    Cluster, ClusterParts, GroupConfigRecords, ListenerOptions, Listening, Mechanism, Sealer,
    SecurityOptions, SecurityRecords, StreamMarkers, StreamTopics, UserPassword,
};
use ninefold_kafka_protocol::messages::create_topics::{CreatableTopic, CreateTopicsRequest};
use ninefold_kafka_protocol::messages::sasl_authenticate::SaslAuthenticateRequest;
use ninefold_kafka_protocol::messages::sasl_handshake::SaslHandshakeRequest;
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{FrameDecoder, Reader, RequestHeader, Writer, read_response_header};
use ninefold_log::{Log, LogOptions};
use ninefold_store::{MemoryStore, Store};
use ninefold_streams::Streams;
use ninefold_time::{Clock, ManualClock};
use ninefold_transactions::Transactions;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

const NAMESPACE: &str = "test";
/// Nothing here takes as long as that, unless it never happens.
const PATIENCE: Duration = Duration::from_secs(60);

/// Seals by saying for whom.
struct Labels;

impl Sealer for Labels {
    fn seal(&self, owner: &str, text: &str) -> Option<String> {
        Some(format!("{owner}|{text}"))
    }

    fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        let text = sealed.strip_prefix(owner)?.strip_prefix('|')?;
        Some(text.to_owned())
    }
}

pub(crate) struct Fixture {
    _directory: TempDir,
    pub(crate) clock: ManualClock,
    pub(crate) log: Arc<Log>,
    pub(crate) cluster: Arc<Cluster>,
    /// Where clients are anonymous, who may do everything.
    pub(crate) administration: Listening,
    /// Where they have to authenticate.
    pub(crate) secured: Listening,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = ManualClock::default();
        let driven: Arc<dyn Clock> = Arc::new(clock.clone());
        let options = LogOptions::new(directory.path());
        let log = Arc::new(Log::open(&options, Arc::clone(&store), Arc::clone(&driven)).unwrap());
        let streams = Streams::open(Arc::clone(&store), Arc::clone(&log), Arc::clone(&driven)).await;
        let streams = Arc::new(streams.unwrap());
        let topics = Arc::new(StreamTopics::new(Arc::clone(&streams), NAMESPACE));
        let groups = Groups::open(
            Arc::clone(&store),
            Arc::clone(&driven),
            topics,
            GroupsConfig::default(),
        )
        .unwrap();
        let markers = StreamMarkers::new(Arc::clone(&streams), Arc::clone(&groups), NAMESPACE);
        let transactions = Transactions::open(
            Arc::clone(&store),
            Arc::clone(&driven),
            Arc::new(markers),
            Default::default(),
        );
        let records = SecurityRecords::open(&store, Arc::new(Labels)).unwrap();
        let security = SecurityOptions {
            super_users: vec!["User:ANONYMOUS".to_owned()],
            ..SecurityOptions::open(Arc::new(records))
        };
        let cluster = Cluster::new(ClusterParts {
            id: "MkU3OEVBNTcwNTJENDM2Qk".to_owned(),
            namespace: NAMESPACE.to_owned(),
            is_default: true,
            streams,
            groups,
            group_configs: Arc::new(GroupConfigRecords::open(&store).unwrap()),
            transactions: transactions.await.unwrap(),
            security,
            clock: driven,
        });
        let administration = listen(&cluster, Vec::new(), None).await;
        let secured = listen(&cluster, vec![Mechanism::Plain], None).await;
        Fixture {
            _directory: directory,
            clock,
            log,
            cluster,
            administration,
            secured,
        }
    }

    pub(crate) async fn administrator(&self) -> Client {
        Client::connect(self.administration.address(), "admin").await
    }

    /// Makes a user, whose password is the name, and connects as it.
    pub(crate) async fn user(&self, name: &str) -> Client {
        let user = UserPassword {
            name: name.to_owned(),
            password: name.to_owned(),
        };
        self.cluster.replace_users(vec![user]).await.unwrap();
        let mut client = Client::connect(self.secured.address(), name).await;
        assert_eq!(client.authenticate(name, name).await, 0);
        client
    }

    pub(crate) async fn create_topic(&self, name: &str) {
        let topic = CreatableTopic {
            name: name.into(),
            num_partitions: 1,
            replication_factor: 1,
            ..CreatableTopic::default()
        };
        let request = CreateTopicsRequest {
            topics: vec![topic],
            timeout_ms: 1_000,
            ..CreateTopicsRequest::default()
        };
        let Response::CreateTopics(response) = self.administrator().await.ask(request, 7).await else {
            panic!("another answer");
        };
        assert_eq!(response.topics[0].error_code, 0);
    }
}

pub(crate) async fn listen(
    cluster: &Arc<Cluster>,
    mechanisms: Vec<Mechanism>,
    tls: Option<TlsAcceptor>,
) -> Listening {
    let options = ListenerOptions {
        address: ([127, 0, 0, 1], 0).into(),
        advertised_host: None,
        tls,
        mechanisms,
    };
    cluster.listen(options).await.unwrap()
}

/// A connection to a cluster.
pub(crate) struct Client<S = TcpStream> {
    pub(crate) stream: S,
    id: &'static str,
    frames: FrameDecoder,
    correlation_id: i32,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, id: &str) -> Self {
        Client::over(TcpStream::connect(address).await.unwrap(), id)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Over a connection that is there.
    pub(crate) fn over(stream: S, id: &str) -> Self {
        Client {
            stream,
            id: String::leak(id.to_owned()),
            frames: FrameDecoder::new(1 << 20),
            correlation_id: 0,
        }
    }

    pub(crate) async fn send(&mut self, request: &Request, version: i16) {
        self.correlation_id += 1;
        let header = RequestHeader {
            api_key: request.api_key(),
            api_version: version,
            correlation_id: self.correlation_id,
            client_id: Some(self.id.into()),
        };
        let segments = Writer::frame(|writer| {
            header.encode(writer)?;
            request.encode(writer, version)
        });
        for segment in segments.unwrap() {
            self.stream.write_all(&segment).await.unwrap();
        }
        self.stream.flush().await.unwrap();
    }

    /// The answer to what was sent last.
    pub(crate) async fn receive(&mut self, request: &Request, version: i16) -> Response {
        let frame = loop {
            if let Some(frame) = self.frames.next_frame().unwrap() {
                break frame;
            }
            let received = timeout(PATIENCE, self.stream.read_buf(self.frames.room())).await;
            assert_ne!(received.unwrap().unwrap(), 0, "the connection is closed");
        };
        let mut reader = Reader::new(frame);
        let api_key = request.api_key();
        let correlation_id = read_response_header(&mut reader, api_key, version).unwrap();
        assert_eq!(correlation_id, self.correlation_id);
        Response::decode(api_key, &mut reader, version).unwrap()
    }

    pub(crate) async fn ask(&mut self, request: impl Into<Request>, version: i16) -> Response {
        let request = request.into();
        self.send(&request, version).await;
        self.receive(&request, version).await
    }

    /// Authenticates with a password; the code of the answer.
    pub(crate) async fn authenticate(&mut self, user: &str, password: &str) -> i16 {
        let handshake = SaslHandshakeRequest {
            mechanism: "PLAIN".into(),
        };
        let Response::SaslHandshake(chosen) = self.ask(handshake, 1).await else {
            panic!("another answer");
        };
        assert_eq!(chosen.error_code, 0);
        let authenticate = SaslAuthenticateRequest {
            auth_bytes: format!("\0{user}\0{password}").into(),
        };
        match self.ask(authenticate, 2).await {
            Response::SaslAuthenticate(response) => response.error_code,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the server closes the connection, without another word.
    pub(crate) async fn expect_closed(mut self) {
        let mut rest = Vec::new();
        // A reset is an end too: there may be something that the server has not read.
        let ended = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "the connection stays open");
        assert!(rest.is_empty());
    }
}
