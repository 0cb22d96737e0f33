use std::io;

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::pki_types::ServerName;
use thiserror::Error;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio_rustls::TlsConnector;

use crate::reply::ReplyLine;
use crate::{MailCredentials, MailError, MailReply, MailStage, transparency};

/// The longest line of an answer, in bytes: four times what RFC 5321, section 4.5.3.1.5, allows.
const MAXIMUM_LINE_BYTES: usize = 2_048;
/// The most lines of an answer.
const MAXIMUM_LINES: usize = 128;

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection on which commands are said and answers heard (RFC 5321).
///
/// A future that was dropped leaves it anywhere between a command and its answer: it can't be used any more.
pub(crate) struct Dialogue {
    stream: BufReader<Box<dyn Stream>>,
    capabilities: Capabilities,
}

/// What the relay offers that matters here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Capabilities {
    start_tls: bool,
    auth_plain: bool,
    auth_login: bool,
}

/// Why a dialogue can't go on.
#[derive(Debug, Error)]
enum Broken {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the relay closed the connection")]
    Closed,
    #[error("what the relay sends is not SMTP")]
    NotSmtp,
    #[error("the relay's answer is too long")]
    TooLong,
    #[error("the relay answered {0}")]
    OutOfTurn(MailReply),
    #[error("the relay doesn't offer STARTTLS")]
    NoStartTls,
    #[error("the relay sent more than its answer before the encryption")]
    Injected,
    #[error("the relay offers no way to log in that this client has")]
    NoMechanism,
}

/// What is hoped for.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    /// It is done: 2xx.
    Completion,
    /// There is more to say: 3xx.
    Intermediate,
}

impl Dialogue {
    /// Hears the greeting, and greets.
    pub(crate) async fn begin(stream: Box<dyn Stream>, hello_name: &str) -> Result<Self, MailError> {
        let mut dialogue = Dialogue {
            stream: BufReader::new(stream),
            capabilities: Capabilities::default(),
        };
        dialogue.hear(MailStage::Greeting, Expected::Completion).await?;
        dialogue.greet(hello_name).await?;
        Ok(dialogue)
    }

    async fn greet(&mut self, hello_name: &str) -> Result<(), MailError> {
        let command = format!("EHLO {hello_name}");
        let answer = self
            .command(MailStage::Greeting, &command, Expected::Completion)
            .await?;
        self.capabilities = Capabilities::of(&answer);
        Ok(())
    }

    /// Changes to TLS, and greets again: what was heard before counts for nothing (RFC 3207, section 4.2).
    pub(crate) async fn start_tls(
        mut self,
        connector: &TlsConnector,
        name: ServerName<'static>,
        hello_name: &str,
    ) -> Result<Self, MailError> {
        let broken = |broken: Broken| MailError::unavailable(MailStage::StartTls, broken);
        if !self.capabilities.start_tls {
            return Err(broken(Broken::NoStartTls));
        }
        self.command(MailStage::StartTls, "STARTTLS", Expected::Completion)
            .await?;
        // Anyone on the way could have put it there, and it would be taken for encrypted.
        if !self.stream.buffer().is_empty() {
            return Err(broken(Broken::Injected));
        }
        let stream = connector.connect(name, self.stream.into_inner()).await;
        let mut dialogue = Dialogue {
            stream: BufReader::new(Box::new(stream.map_err(|error| broken(error.into()))?)),
            capabilities: Capabilities::default(),
        };
        dialogue.greet(hello_name).await?;
        Ok(dialogue)
    }

    /// Logs in by PLAIN (RFC 4616), or by LOGIN, which is for old servers (draft-murchison-sasl-login).
    pub(crate) async fn log_in(&mut self, credentials: &MailCredentials) -> Result<(), MailError> {
        const STAGE: MailStage = MailStage::Authentication;
        let MailCredentials { user, secret } = credentials;
        if self.capabilities.auth_plain {
            let response = STANDARD.encode(format!("\0{user}\0{secret}"));
            self.command(STAGE, &format!("AUTH PLAIN {response}"), Expected::Completion)
                .await?;
        } else if self.capabilities.auth_login {
            self.command(STAGE, "AUTH LOGIN", Expected::Intermediate).await?;
            self.command(STAGE, &STANDARD.encode(user), Expected::Intermediate)
                .await?;
            self.command(STAGE, &STANDARD.encode(secret), Expected::Completion)
                .await?;
        } else {
            return Err(MailError::unavailable(STAGE, Broken::NoMechanism));
        }
        Ok(())
    }

    /// Says a command, which has no line end, and hears the answer.
    pub(crate) async fn command(
        &mut self,
        stage: MailStage,
        command: &str,
        expected: Expected,
    ) -> Result<MailReply, MailError> {
        self.say(stage, format!("{command}\r\n").as_bytes()).await?;
        self.hear(stage, expected).await
    }

    /// Says a message after DATA was answered, and hears the answer.
    pub(crate) async fn content(&mut self, message: &[u8]) -> Result<MailReply, MailError> {
        self.say(MailStage::Content, &transparency::with_end(message))
            .await?;
        self.hear(MailStage::Content, Expected::Completion).await
    }

    async fn say(&mut self, stage: MailStage, bytes: &[u8]) -> Result<(), MailError> {
        let said = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        said.await.map_err(|error| MailError::unavailable(stage, error))
    }

    async fn hear(&mut self, stage: MailStage, expected: Expected) -> Result<MailReply, MailError> {
        let reply = self
            .reply()
            .await
            .map_err(|broken| MailError::unavailable(stage, broken))?;
        match (expected, reply.class()) {
            (Expected::Completion, 2) | (Expected::Intermediate, 3) => Ok(reply),
            (_, 4 | 5) => Err(MailError::Refused { stage, reply }),
            _ => Err(MailError::unavailable(stage, Broken::OutOfTurn(reply))),
        }
    }

    async fn reply(&mut self) -> Result<MailReply, Broken> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await?;
            lines.push(line.text);
            if line.is_last {
                return Ok(MailReply {
                    code: line.code,
                    lines,
                });
            }
            if lines.len() == MAXIMUM_LINES {
                return Err(Broken::TooLong);
            }
        }
    }

    async fn line(&mut self) -> Result<ReplyLine, Broken> {
        let mut line = Vec::new();
        let limit = MAXIMUM_LINE_BYTES as u64;
        (&mut self.stream)
            .take(limit)
            .read_until(b'\n', &mut line)
            .await?;
        match line.last() {
            Some(b'\n') => ReplyLine::parse(&line).ok_or(Broken::NotSmtp),
            _ if line.len() == MAXIMUM_LINE_BYTES => Err(Broken::TooLong),
            _ => Err(Broken::Closed),
        }
    }
}

impl Capabilities {
    /// From the answer to EHLO: a line for each after the first (RFC 5321, section 4.1.1.1).
    fn of(answer: &MailReply) -> Self {
        let mut capabilities = Capabilities::default();
        for line in answer.lines.iter().skip(1) {
            let mut words = line.split_ascii_whitespace().map(str::to_ascii_uppercase);
            match words.next().as_deref() {
                Some("STARTTLS") => capabilities.start_tls = true,
                Some("AUTH") => {
                    for mechanism in words {
                        capabilities.auth_plain |= mechanism == "PLAIN";
                        capabilities.auth_login |= mechanism == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        capabilities
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(lines: &[&str]) -> Capabilities {
        Capabilities::of(&MailReply {
            code: 250,
            lines: lines.iter().map(ToString::to_string).collect(),
        })
    }

    #[test]
    fn capabilities_are_read_in_any_case() {
        let none = Capabilities::default();
        assert_eq!(capabilities(&[]), none);
        assert_eq!(
            capabilities(&["STARTTLS AUTH PLAIN", "", "  ", "SIZE 1000"]),
            none
        );
        let all = Capabilities {
            start_tls: true,
            auth_plain: true,
            auth_login: true,
        };
        assert_eq!(
            capabilities(&["relay", "auth Login CRAM-MD5 plain", "StartTLS"]),
            all
        );
    }
}
