use std::sync::Arc;
use std::time::Duration;

use ninefold_time::{Clock, Timestamp};
use thiserror::Error;
use tokio::sync::mpsc;

use super::connection::{Connection, Disconnected, Received};
use super::incoming::{self, IncomingMessage};
use super::options::Settings;
use super::pace::Pace;
use super::pdu::{BindMode, Body, Pdu};
use super::status::Status;
use super::submission::Submission;
use super::window::{Request, Window};

/// The highest sequence number (SMPP 3.4, section 5.1.4).
const MAXIMUM_SEQUENCE: u32 = 0x7FFF_FFFF;

/// Why there is no session, or no more.
#[derive(Debug, Error)]
pub(super) enum NoSession {
    #[error(transparent)]
    Disconnected(#[from] Disconnected),
    #[error("the message centre did not let this client in: {0}")]
    Refused(Status),
    #[error("the message centre did not let this client in within {0:?}")]
    TimedOut(Duration),
    #[error("the message centre did not answer when asked whether it is there")]
    Silent,
    #[error("the message centre ended the session")]
    Unbound,
}

/// A session with a message centre that has let this client in.
pub(super) struct Session<'a> {
    settings: &'a Settings,
    clock: Arc<dyn Clock>,
    listener: &'a mpsc::Sender<IncomingMessage>,
    connection: Connection,
    sequence: u32,
    window: Window,
    pace: Pace,
    /// When the message centre was last heard of.
    heard_at: Timestamp,
}

impl<'a> Session<'a> {
    /// Connects and logs in.
    pub(super) async fn begin(
        settings: &'a Settings,
        clock: Arc<dyn Clock>,
        listener: &'a mpsc::Sender<IncomingMessage>,
        mode: BindMode,
    ) -> Result<Self, NoSession> {
        let now = clock.now();
        let begin = async {
            let connection = Connection::open(settings, Arc::clone(&clock))
                .await
                .map_err(Disconnected::from)?;
            let mut session = Session {
                settings,
                clock: Arc::clone(&clock),
                listener,
                connection,
                sequence: 0,
                window: Window::default(),
                pace: Pace::new(settings.parts_per_second, now),
                heard_at: now,
            };
            session.bind(mode).await?;
            Ok(session)
        };
        tokio::select! {
            result = begin => result,
            () = clock.sleep_until(now + settings.response_timeout) => {
                Err(NoSession::TimedOut(settings.response_timeout))
            }
        }
    }

    async fn bind(&mut self, mode: BindMode) -> Result<(), NoSession> {
        let sequence = self.next_sequence();
        let body = Body::Bind(mode, self.settings.bind.clone());
        self.connection.send(&Pdu::request(sequence, body)).await?;
        let response = self.response_to(sequence).await?;
        self.heard_at = self.clock.now();
        match response.body {
            Body::BindResponse(_) | Body::GenericNack if response.status != Status::OK => {
                Err(NoSession::Refused(response.status))
            }
            Body::BindResponse(of) if of == mode => Ok(()),
            _ => Err(Disconnected::NotSmpp.into()),
        }
    }

    /// The response to a request, passing over whatever comes before.
    async fn response_to(&mut self, sequence: u32) -> Result<Pdu, NoSession> {
        loop {
            match self.connection.receive().await? {
                Received::Pdu(pdu) if pdu.sequence == sequence && is_response(&pdu.body) => return Ok(pdu),
                Received::Pdu(_) | Received::Malformed { .. } => {}
            }
        }
    }

    /// Sends what is submitted, and hears what the message centre says, until it is lost. Returns without an error when nobody
    /// can submit anything any more, after saying goodbye.
    pub(super) async fn run(
        &mut self,
        submissions: &mut mpsc::Receiver<Submission>,
    ) -> Result<(), NoSession> {
        let result = self.converse(submissions).await;
        if let Err(error) = &result {
            self.window.fail(&error.to_string());
        }
        result
    }

    async fn converse(&mut self, submissions: &mut mpsc::Receiver<Submission>) -> Result<(), NoSession> {
        loop {
            let now = self.clock.now();
            self.keep_alive(now).await?;
            let has_room = self.window.messages() < self.settings.window.get().into();
            let ready_at = self.pace.ready_at(now);
            let mut wake_at = self.next_event();
            if has_room && ready_at > now {
                wake_at = wake_at.min(ready_at);
            }
            tokio::select! {
                received = self.connection.receive() => self.hear(received?).await?,
                submission = submissions.recv(), if has_room && ready_at <= now => match submission {
                    Some(submission) => self.submit(submission).await?,
                    None => return self.leave().await,
                },
                () = self.clock.sleep_until(wake_at) => {}
            }
        }
    }

    /// When something has to be done though nothing happens.
    fn next_event(&self) -> Timestamp {
        let deadline = self.window.deadline().unwrap_or(Timestamp::MAX);
        match self.window.has_enquiry() {
            true => deadline,
            false => deadline.min(self.heard_at + self.settings.enquire_link_interval),
        }
    }

    /// Gives up what took too long, and asks whether the message centre is there if it was silent for long.
    async fn keep_alive(&mut self, now: Timestamp) -> Result<(), NoSession> {
        if self.window.expire(now) {
            return Err(NoSession::Silent);
        }
        if now >= self.heard_at + self.settings.enquire_link_interval && !self.window.has_enquiry() {
            let deadline = now + self.settings.response_timeout;
            self.request(Body::EnquireLink, deadline, Request::EnquireLink)
                .await?;
        }
        Ok(())
    }

    async fn submit(&mut self, submission: Submission) -> Result<(), NoSession> {
        if submission.answer.is_closed() || submission.deadline <= self.clock.now() {
            return Ok(());
        }
        self.pace.spend();
        let request = Request::SubmitSm(submission.answer);
        self.request(Body::SubmitSm(submission.message), submission.deadline, request)
            .await
    }

    /// Sends a request that somebody waits for the response of.
    async fn request(&mut self, body: Body, deadline: Timestamp, request: Request) -> Result<(), NoSession> {
        let sequence = self.next_sequence();
        self.window.push(sequence, deadline, request);
        Ok(self.connection.send(&Pdu::request(sequence, body)).await?)
    }

    async fn hear(&mut self, received: Received) -> Result<(), NoSession> {
        self.heard_at = self.clock.now();
        let pdu = match received {
            Received::Pdu(pdu) => pdu,
            Received::Malformed {
                sequence,
                is_response: true,
            } => {
                self.window.answer(sequence, Status::OK, None);
                return Ok(());
            }
            Received::Malformed {
                sequence,
                is_response: false,
            } => {
                return self
                    .respond(sequence, Status::INVALID_COMMAND_LENGTH, Body::GenericNack)
                    .await;
            }
        };
        if is_response(&pdu.body) {
            self.window.answer(pdu.sequence, pdu.status, Some(pdu.body));
            return Ok(());
        }
        match pdu.body {
            Body::DeliverSm(message) => {
                let status = incoming::accept(&message, self.listener);
                self.respond(pdu.sequence, status, Body::DeliverSmResponse).await
            }
            Body::EnquireLink => {
                self.respond(pdu.sequence, Status::OK, Body::EnquireLinkResponse)
                    .await
            }
            Body::Unbind => {
                self.respond(pdu.sequence, Status::OK, Body::UnbindResponse)
                    .await?;
                Err(NoSession::Unbound)
            }
            _ => {
                self.respond(pdu.sequence, Status::INVALID_COMMAND_ID, Body::GenericNack)
                    .await
            }
        }
    }

    async fn respond(&mut self, sequence: u32, status: Status, body: Body) -> Result<(), NoSession> {
        Ok(self
            .connection
            .send(&Pdu::response(sequence, status, body))
            .await?)
    }

    /// Says goodbye, and waits for the message centre to say so too.
    async fn leave(&mut self) -> Result<(), NoSession> {
        let sequence = self.next_sequence();
        self.connection
            .send(&Pdu::request(sequence, Body::Unbind))
            .await?;
        let deadline = self.clock.now() + self.settings.response_timeout;
        let clock = Arc::clone(&self.clock);
        tokio::select! {
            response = self.response_to(sequence) => response.map(drop),
            () = clock.sleep_until(deadline) => Err(NoSession::Silent),
        }
    }

    fn next_sequence(&mut self) -> u32 {
        self.sequence = self.sequence % MAXIMUM_SEQUENCE + 1;
        self.sequence
    }
}

fn is_response(body: &Body) -> bool {
    match body {
        Body::GenericNack
        | Body::BindResponse(_)
        | Body::SubmitSmResponse { .. }
        | Body::DeliverSmResponse
        | Body::EnquireLinkResponse
        | Body::UnbindResponse => true,
        Body::Bind(..) | Body::SubmitSm(_) | Body::DeliverSm(_) | Body::EnquireLink | Body::Unbind => false,
        Body::Other { command_id } => !super::codec::is_request(*command_id),
    }
}
