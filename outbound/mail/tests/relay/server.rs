//! An SMTP server that does what a test tells it to, and remembers what it was told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use ninefold_outbound_mail::{
    Mail, MailBody, MailCredentials, MailOptions, MailRelay, MailSecurity, MessageId, Subject,
};
use ninefold_time::ManualClock;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

pub(crate) const USER: &str = "ninefold";
pub(crate) const SECRET: &str = "s3cret \u{e4}";

/// How the server behaves.
#[derive(Clone)]
pub(crate) struct Behaviour {
    pub(crate) security: MailSecurity,
    /// The ways to log in that it offers; none means that nobody needs to.
    pub(crate) mechanisms: &'static str,
    /// What it answers instead of what it would.
    pub(crate) answers: HashMap<&'static str, String>,
    /// The command, or `.` for the content, after which it says nothing more.
    pub(crate) falls_silent_at: Option<&'static str>,
    /// The command, or `.`, at which it closes the connection instead of answering.
    pub(crate) hangs_up_at: Option<&'static str>,
}

impl Behaviour {
    pub(crate) fn new(security: MailSecurity) -> Self {
        Behaviour {
            security,
            mechanisms: "",
            answers: HashMap::new(),
            falls_silent_at: None,
            hangs_up_at: None,
        }
    }

    pub(crate) fn answering(mut self, command: &'static str, answer: impl Into<String>) -> Self {
        self.answers.insert(command, answer.into());
        self
    }
}

/// What the server was told.
#[derive(Default)]
pub(crate) struct Seen {
    /// The commands of every connection, in order of arrival.
    pub(crate) connections: Vec<Vec<String>>,
    /// The messages it accepted or refused, without the transparency dots.
    pub(crate) messages: Vec<Vec<u8>>,
    /// Which connection changed to TLS.
    pub(crate) encrypted: Vec<usize>,
}

pub(crate) struct SmtpServer {
    pub(crate) address: SocketAddr,
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) seen: Arc<Mutex<Seen>>,
    /// Told when it falls silent.
    pub(crate) silent: Arc<Notify>,
    security: MailSecurity,
}

impl SmtpServer {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, certificate) = tls();
        let (seen, silent) = (Arc::default(), Arc::new(Notify::new()));
        let server = SmtpServer {
            address,
            certificate,
            seen: Arc::clone(&seen),
            silent: Arc::clone(&silent),
            security: behaviour.security,
        };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.connections.push(Vec::new());
                    seen.connections.len() - 1
                };
                let dialogue = Dialogue {
                    number,
                    behaviour: behaviour.clone(),
                    seen: Arc::clone(&seen),
                    silent: Arc::clone(&silent),
                };
                tokio::spawn(dialogue.connection(stream, acceptor.clone()));
            }
        });
        server
    }

    pub(crate) fn options(&self) -> MailOptions {
        MailOptions {
            host: "localhost".to_owned(),
            port: self.address.port(),
            security: self.security,
            credentials: None,
            sender: "Ops <ops@example.com>".parse().unwrap(),
            additional_roots: vec![self.certificate.clone()],
            timeout: Duration::from_secs(30),
            hello_name: "client.example.com".to_owned(),
            connections: NonZeroUsize::new(2).unwrap(),
        }
    }

    pub(crate) fn relay(&self, clock: &ManualClock) -> MailRelay {
        MailRelay::new(self.options(), Arc::new(clock.clone())).unwrap()
    }

    pub(crate) fn relay_with_credentials(&self, secret: &str) -> MailRelay {
        let credentials = MailCredentials {
            user: USER.to_owned(),
            secret: secret.to_owned(),
        };
        let options = MailOptions {
            credentials: Some(credentials),
            ..self.options()
        };
        MailRelay::new(options, Arc::new(ManualClock::default())).unwrap()
    }

    pub(crate) fn commands(&self, connection: usize) -> Vec<String> {
        self.seen.lock().unwrap().connections[connection].clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections.len()
    }

    pub(crate) fn messages(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let messages = seen.messages.iter().cloned();
        messages
            .map(|message| String::from_utf8(message).unwrap())
            .collect()
    }
}

pub(crate) fn mail(number: usize) -> Mail {
    Mail {
        to: "ada@example.org".parse().unwrap(),
        subject: Subject::new("Alarm").unwrap(),
        body: MailBody::Text(format!("Number {number}")),
        message_id: MessageId::new(&number.to_string(), "example.com").unwrap(),
        unsubscribe: None,
    }
}

/// A test's longest wait for something that must happen.
pub(crate) async fn within<F: IntoFuture>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("took too long")
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

/// Whether a dialogue goes on in the clear, encrypted, or not at all.
enum Next {
    Encrypt,
    End,
}

struct Dialogue {
    number: usize,
    behaviour: Behaviour,
    seen: Arc<Mutex<Seen>>,
    silent: Arc<Notify>,
}

impl Dialogue {
    async fn connection(self, stream: TcpStream, acceptor: TlsAcceptor) {
        if self.behaviour.security == MailSecurity::ImplicitTls {
            // A client that doesn't believe the certificate breaks off here.
            if let Ok(stream) = acceptor.accept(stream).await {
                self.mark_encrypted();
                self.talk(&mut BufStream::new(stream), true).await;
            }
            return;
        }
        let mut stream = BufStream::new(stream);
        if let Next::Encrypt = self.talk(&mut stream, true).await
            && let Ok(stream) = acceptor.accept(stream.into_inner()).await
        {
            self.mark_encrypted();
            self.talk(&mut BufStream::new(stream), false).await;
        }
    }

    fn mark_encrypted(&self) {
        self.seen.lock().unwrap().encrypted.push(self.number);
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufStream<S>, greets: bool) -> Next {
        if greets {
            self.say(stream, self.answer("greeting", "220 relay.example.com ESMTP"))
                .await;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return Next::End;
            }
            let line = line.trim_end().to_owned();
            self.seen.lock().unwrap().connections[self.number].push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
            if self.stops_at(&verb).await {
                return Next::End;
            }
            match &*verb {
                "EHLO" => self.say(stream, &self.hello(greets)).await,
                "STARTTLS" => {
                    self.say(stream, self.answer("STARTTLS", "220 go ahead")).await;
                    return Next::Encrypt;
                }
                "AUTH" => self.log_in(stream, &line).await,
                "DATA" => {
                    let answer = self.answer("DATA", "354 end with a dot");
                    self.say(stream, answer).await;
                    if answer.starts_with("354") {
                        self.read_message(stream).await;
                        if self.stops_at(".").await {
                            return Next::End;
                        }
                        self.say(stream, self.answer(".", "250 2.0.0 queued as 4711"))
                            .await;
                    }
                }
                "QUIT" => {
                    self.say(stream, "221 bye").await;
                    return Next::End;
                }
                other => self.say(stream, self.answer(other, "250 ok")).await,
            }
        }
    }

    fn answer<'a>(&'a self, command: &str, otherwise: &'a str) -> &'a str {
        self.behaviour
            .answers
            .get(command)
            .map_or(otherwise, String::as_str)
    }

    fn hello(&self, is_first: bool) -> String {
        let mut lines = vec!["relay.example.com".to_owned(), "PIPELINING".to_owned()];
        if self.behaviour.security == MailSecurity::StartTls && is_first {
            lines.push("STARTTLS".to_owned());
        } else if !self.behaviour.mechanisms.is_empty() {
            lines.push(format!("AUTH {}", self.behaviour.mechanisms));
        }
        let last = lines.pop().unwrap();
        let mut answer: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        answer.push_str(&format!("250 {last}"));
        self.answer("EHLO", &answer).to_owned()
    }

    async fn say<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufStream<S>, answer: &str) {
        // The client may have gone; then there is nobody to tell.
        let _ = stream.write_all(format!("{answer}\r\n").as_bytes()).await;
        let _ = stream.flush().await;
    }

    async fn stops_at(&self, command: &str) -> bool {
        if self.behaviour.falls_silent_at == Some(command) {
            self.silent.notify_one();
            std::future::pending::<()>().await;
        }
        self.behaviour.hangs_up_at == Some(command)
    }

    async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufStream<S>, line: &str) {
        let mut words = line.split(' ').skip(1);
        let mechanism = words.next().unwrap();
        let given = match mechanism {
            "PLAIN" => decoded(words.next().unwrap()),
            "LOGIN" => {
                let mut given = String::new();
                for challenge in ["User Name\0", "Password\0"] {
                    self.say(stream, &format!("334 {}", STANDARD.encode(challenge)))
                        .await;
                    let mut line = String::new();
                    stream.read_line(&mut line).await.unwrap();
                    given = format!("{given}\0{}", decoded(line.trim_end()));
                }
                given
            }
            other => panic!("{other} was not offered"),
        };
        let is_right = given == format!("\0{USER}\0{SECRET}");
        let answer = if is_right {
            "235 2.7.0 welcome"
        } else {
            "535 5.7.8 bad credentials"
        };
        self.say(stream, self.answer("AUTH", answer)).await;
    }

    async fn read_message<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut BufStream<S>) {
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            if stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                return;
            }
            if line == b".\r\n" {
                break;
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        self.seen.lock().unwrap().messages.push(message);
    }
}

fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}
