use ninefold_time::Timestamp;
use tokio::sync::oneshot;

use super::pdu::Body;
use super::status::Status;
use crate::SmsError;

/// The requests that have no response yet.
#[derive(Default)]
pub(super) struct Window {
    waiting: Vec<Waiting>,
}

struct Waiting {
    sequence: u32,
    deadline: Timestamp,
    request: Request,
}

/// Who waits for the response.
pub(super) enum Request {
    SubmitSm(oneshot::Sender<Result<String, SmsError>>),
    EnquireLink,
}

impl Window {
    pub(super) fn push(&mut self, sequence: u32, deadline: Timestamp, request: Request) {
        self.waiting.push(Waiting {
            sequence,
            deadline,
            request,
        });
    }

    /// How many messages are under way.
    pub(super) fn messages(&self) -> usize {
        self.waiting
            .iter()
            .filter(|waiting| matches!(waiting.request, Request::SubmitSm(_)))
            .count()
    }

    /// Whether the message centre was asked whether it is there.
    pub(super) fn has_enquiry(&self) -> bool {
        self.waiting.len() > self.messages()
    }

    /// When the next of them is given up.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|waiting| waiting.deadline).min()
    }

    /// Gives up what was due by now; says whether an enquiry was among it.
    pub(super) fn expire(&mut self, now: Timestamp) -> bool {
        let expired = self.waiting.extract_if(.., |waiting| waiting.deadline <= now);
        let mut has_enquiry = false;
        for waiting in expired {
            match waiting.request {
                Request::SubmitSm(answer) => reply(answer, Err(SmsError::transient(NO_RESPONSE))),
                Request::EnquireLink => has_enquiry = true,
            }
        }
        has_enquiry
    }

    /// Passes a response on to whom it is for. One that nobody waits for any more is dropped.
    pub(super) fn answer(&mut self, sequence: u32, status: Status, body: Option<Body>) {
        let Some(position) = self
            .waiting
            .iter()
            .position(|waiting| waiting.sequence == sequence)
        else {
            return;
        };
        if let Request::SubmitSm(answer) = self.waiting.swap_remove(position).request {
            reply(answer, outcome(status, body));
        }
    }

    /// Gives up all of them.
    pub(super) fn fail(&mut self, reason: &str) {
        for waiting in self.waiting.drain(..) {
            if let Request::SubmitSm(answer) = waiting.request {
                reply(answer, Err(SmsError::transient(reason)));
            }
        }
    }
}

/// Why a part is given up that may have been accepted or not.
pub(super) const NO_RESPONSE: &str = "the message centre did not respond in time";

fn reply(answer: oneshot::Sender<Result<String, SmsError>>, outcome: Result<String, SmsError>) {
    // Whoever doesn't wait any longer has given up, and has an outcome.
    let _ = answer.send(outcome);
}

fn outcome(status: Status, body: Option<Body>) -> Result<String, SmsError> {
    if status != Status::OK {
        return Err(status.into_error());
    }
    match body {
        Some(Body::SubmitSmResponse { message_id }) => Ok(message_id.as_str().to_owned()),
        _ => Err(SmsError::transient(
            "the message centre's response is no response to a message",
        )),
    }
}
