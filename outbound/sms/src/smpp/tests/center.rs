//! A message centre that does what a test tells it to, and remembers what it was told.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ninefold_time::{Clock, ManualClock};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc};
use tokio_rustls::TlsAcceptor;

use super::super::codec;
use super::super::pdu::{Body, CText, Pdu, ShortMessage};
use super::super::status::Status;
use super::super::{
    IncomingMessage, LongMessages, NumberingPlan, SmppAddress, SmppOptions, SmppProvider, SmppSecurity,
    TypeOfNumber,
};
use crate::{MessageId, SmsKind, TextMessage};

pub(super) const TIMEOUT: Duration = Duration::from_secs(30);
pub(super) const ENQUIRE_INTERVAL: Duration = Duration::from_secs(60);

/// What the message centre does about a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reaction {
    /// What it should.
    Accept,
    Refuse(u32),
    /// Nothing.
    Ignore,
    HangUp,
    /// Answers with something that isn't SMPP.
    Babble,
}

/// Decides by the request, the number of the connection and that of the request in it, both from 0.
pub(super) type Rule = fn(&Body, usize, usize) -> Reaction;

pub(super) fn accepting(_: &Body, _: usize, _: usize) -> Reaction {
    Reaction::Accept
}

pub(super) struct Center {
    address: SocketAddr,
    certificate: CertificateDer<'static>,
    is_encrypted: bool,
    /// What was received, a list for each connection.
    seen: Arc<Mutex<Vec<Vec<Pdu>>>>,
    /// What it sends to whoever is connected.
    outgoing: broadcast::Sender<Vec<u8>>,
}

impl Center {
    pub(super) async fn start(rule: Rule) -> Self {
        Self::new(rule, false).await
    }

    pub(super) async fn start_encrypted() -> Self {
        Self::new(accepting, true).await
    }

    async fn new(rule: Rule, is_encrypted: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (acceptor, certificate) = tls();
        let center = Center {
            address: listener.local_addr().unwrap(),
            certificate,
            is_encrypted,
            seen: Arc::default(),
            outgoing: broadcast::channel(64).0,
        };
        let (seen, outgoing) = (Arc::clone(&center.seen), center.outgoing.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(Vec::new());
                    seen.len() - 1
                };
                let talk = Talk {
                    rule,
                    number,
                    seen: Arc::clone(&seen),
                    outgoing: outgoing.subscribe(),
                };
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if !is_encrypted {
                        talk.run(stream).await;
                    } else if let Ok(stream) = acceptor.accept(stream).await {
                        talk.run(stream).await;
                    }
                });
            }
        });
        center
    }

    pub(super) fn options(&self) -> SmppOptions {
        let additional_roots = vec![self.certificate.clone()];
        SmppOptions {
            host: "localhost".to_owned(),
            port: self.address.port(),
            security: match self.is_encrypted {
                true => SmppSecurity::Tls { additional_roots },
                false => SmppSecurity::Plain,
            },
            system_id: "ninefold".to_owned(),
            password: "secret08".to_owned(),
            system_type: "SMPP".to_owned(),
            source: SmppAddress {
                ton: TypeOfNumber::Alphanumeric,
                npi: NumberingPlan::Unknown,
                text: "DEFAULT".to_owned(),
            },
            destination_ton: TypeOfNumber::International,
            destination_npi: NumberingPlan::Isdn,
            long_messages: LongMessages::Concatenated,
            window: NonZeroU16::new(10).unwrap(),
            parts_per_second: None,
            response_timeout: TIMEOUT,
            enquire_link_interval: ENQUIRE_INTERVAL,
        }
    }

    pub(super) fn provider(&self, clock: &ManualClock) -> (SmppProvider, mpsc::Receiver<IncomingMessage>) {
        start(self.options(), clock)
    }

    /// Sends a request to the client.
    pub(super) fn send(&self, sequence: u32, body: Body) {
        self.send_octets(codec::encode(&Pdu::request(sequence, body)));
    }

    pub(super) fn send_octets(&self, octets: Vec<u8>) {
        self.outgoing.send(octets).unwrap();
    }

    pub(super) fn seen(&self, connection: usize) -> Vec<Pdu> {
        self.seen
            .lock()
            .unwrap()
            .get(connection)
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The messages that came, over whatever connection.
    pub(super) fn messages(&self) -> Vec<ShortMessage> {
        let seen = self.seen.lock().unwrap();
        let pdus = seen.iter().flatten();
        pdus.filter_map(|pdu| match &pdu.body {
            Body::SubmitSm(message) => Some(message.clone()),
            _ => None,
        })
        .collect()
    }

    /// Waits for a client to be let in over this connection.
    pub(super) async fn bound(&self, connection: usize) {
        until(|| {
            self.seen(connection)
                .iter()
                .any(|pdu| matches!(pdu.body, Body::Bind(..)))
        })
        .await;
    }
}

pub(super) fn start(
    options: SmppOptions,
    clock: &ManualClock,
) -> (SmppProvider, mpsc::Receiver<IncomingMessage>) {
    SmppProvider::start(options, Arc::new(clock.clone())).unwrap()
}

pub(super) fn message(text: &str) -> TextMessage {
    TextMessage {
        to: "+15550100".parse().unwrap(),
        text: text.to_owned(),
        sender: None,
        kind: SmsKind::Promotional,
        message_id: MessageId::new("1").unwrap(),
    }
}

/// A test's longest wait for something that must happen.
pub(super) async fn within<F: IntoFuture>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("took too long")
}

/// Waits until this is so.
pub(super) async fn until(condition: impl Fn() -> bool) {
    within(async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Lets the time pass that the provider waits before it connects again, once it does.
pub(super) async fn skip_backoff(clock: &ManualClock, longest: Duration) {
    until(|| {
        clock
            .next_deadline()
            .is_some_and(|deadline| deadline <= clock.now() + longest)
    })
    .await;
    clock.advance(longest);
}

fn tls() -> (TlsAcceptor, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), certificate)
}

struct Talk {
    rule: Rule,
    number: usize,
    seen: Arc<Mutex<Vec<Vec<Pdu>>>>,
    outgoing: broadcast::Receiver<Vec<u8>>,
}

impl Talk {
    async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut self, mut stream: S) {
        let mut received = Vec::new();
        loop {
            tokio::select! {
                read = stream.read_buf(&mut received) => {
                    // The client hangs up in some tests.
                    if read.unwrap_or(0) == 0 {
                        return;
                    }
                }
                octets = self.outgoing.recv() => {
                    let Ok(octets) = octets else { return };
                    stream.write_all(&octets).await.unwrap();
                }
            }
            while let Ok(Some(length)) = codec::length(&received)
                && length <= received.len()
            {
                let rest = received.split_off(length);
                let pdu = codec::decode(&std::mem::replace(&mut received, rest)).unwrap();
                let Some(answer) = self.hear(pdu) else { return };
                // Whoever has asked may have gone.
                let _ = stream.write_all(&answer).await;
                let _ = stream.flush().await;
            }
        }
    }

    /// The answer; none ends the connection.
    fn hear(&self, pdu: Pdu) -> Option<Vec<u8>> {
        let number = {
            let mut seen = self.seen.lock().unwrap();
            seen[self.number].push(pdu.clone());
            seen[self.number].len() - 1
        };
        let Some(body) = response(&pdu.body, number) else {
            return Some(Vec::new());
        };
        let status = match (self.rule)(&pdu.body, self.number, number) {
            Reaction::Accept => Status::OK,
            Reaction::Refuse(status) => Status(status),
            Reaction::Ignore => return Some(Vec::new()),
            Reaction::HangUp => return None,
            Reaction::Babble => return Some(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
        };
        Some(codec::encode(&Pdu::response(pdu.sequence, status, body)))
    }
}

/// The response to a request.
fn response(request: &Body, number: usize) -> Option<Body> {
    Some(match request {
        Body::Bind(mode, _) => Body::BindResponse(*mode),
        Body::SubmitSm(_) => Body::SubmitSmResponse {
            message_id: CText::new(&format!("id-{number}")).unwrap(),
        },
        Body::EnquireLink => Body::EnquireLinkResponse,
        Body::Unbind => Body::UnbindResponse,
        _ => return None,
    })
}
