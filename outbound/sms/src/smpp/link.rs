use std::sync::Arc;
use std::time::Duration;

use ninefold_time::Clock;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::backoff::Backoff;
use super::incoming::IncomingMessage;
use super::options::Settings;
use super::pdu::BindMode;
use super::session::{NoSession, Session};
use super::status::Status;
use super::submission::Submission;
use crate::SmsError;

/// Keeps up a session with the message centre, one after the other, until nobody can submit anything any more.
///
/// While there is none and none is attempted, what is submitted is refused with what went wrong.
pub(super) async fn keep_up(
    settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
    mut submissions: mpsc::Receiver<Submission>,
    listener: mpsc::Sender<IncomingMessage>,
) {
    let mut backoff = Backoff::new();
    let mut mode = BindMode::Transceiver;
    loop {
        let began_at = clock.now();
        let result = match Session::begin(&settings, Arc::clone(&clock), &listener, mode).await {
            Ok(mut session) => {
                info!(
                    host = settings.host,
                    ?mode,
                    "a session with the message centre begins"
                );
                let result = session.run(&mut submissions).await;
                backoff.succeeded_for(clock.now().duration_since(began_at));
                result
            }
            // An old message centre, which can't take and give messages in one session.
            Err(NoSession::Refused(Status::INVALID_COMMAND_ID)) if mode == BindMode::Transceiver => {
                mode = BindMode::Transmitter;
                continue;
            }
            Err(error) => Err(error),
        };
        let Err(error) = result else {
            return;
        };
        let wait = backoff.wait();
        warn!(host = settings.host, %error, ?wait, "there is no session with the message centre");
        if refuse_for(wait, &*clock, &mut submissions, &error).await {
            return;
        }
    }
}

/// Refuses what is submitted for so long. Whether nobody can submit anything any more.
async fn refuse_for(
    wait: Duration,
    clock: &dyn Clock,
    submissions: &mut mpsc::Receiver<Submission>,
    error: &NoSession,
) -> bool {
    let mut waiting = clock.sleep_until(clock.now() + wait);
    loop {
        tokio::select! {
            () = &mut waiting => return false,
            submission = submissions.recv() => match submission {
                None => return true,
                // Whoever doesn't wait any longer has given up.
                Some(submission) => drop(submission.answer.send(Err(SmsError::transient(error.to_string())))),
            },
        }
    }
}
