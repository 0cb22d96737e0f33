use std::sync::Arc;
use std::time::Duration;

use ninefold_time::{Clock, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::server::Server;
use crate::session::Session;
use crate::{
    InvalidMailOptions, MAXIMUM_BODY_BYTES, Mail, MailError, MailOptions, MailReply, Mailbox, compose,
};

/// How long a session may have been idle to be used again; relays end theirs after some minutes.
const MAXIMUM_IDLE: Duration = Duration::from_secs(60);
/// How long a relay may take to say goodbye.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The mail server everything goes out through.
///
/// Sessions are kept for a minute and used again. There are at most as many at once as configured; further mails wait.
pub struct MailRelay {
    server: Server,
    sender: Mailbox,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    /// One for every session that may be in use.
    permits: Semaphore,
    /// Those that aren't in use, the latest last.
    idle: Mutex<Vec<IdleSession>>,
}

struct IdleSession {
    session: Session,
    since: Timestamp,
}

/// A mail is the relay's now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailReceipt {
    /// What the relay said, which usually has its own identifier for the mail.
    pub reply: MailReply,
}

impl MailRelay {
    /// A relay to send through. It isn't connected to before the first mail.
    ///
    /// # Errors
    /// [`InvalidMailOptions`] if the host, the name to greet with or a certificate authority can't be used.
    pub fn new(options: MailOptions, clock: Arc<dyn Clock>) -> Result<Self, InvalidMailOptions> {
        Ok(MailRelay {
            server: Server::new(&options)?,
            permits: Semaphore::new(options.connections.get().min(Semaphore::MAX_PERMITS)),
            sender: options.sender,
            timeout: options.timeout,
            clock,
            idle: Mutex::default(),
        })
    }

    /// Hands a mail to the relay. When this returns a receipt, the relay has taken responsibility for it (RFC 5321, section
    /// 4.2.5). Dropping the future gives up: the mail may have been accepted or not.
    ///
    /// # Errors
    /// [`MailError`] says what happened, and whether another attempt makes sense.
    pub async fn send(&self, mail: &Mail) -> Result<MailReceipt, MailError> {
        let bytes = mail.body.content().len();
        if bytes > MAXIMUM_BODY_BYTES {
            return Err(MailError::BodyTooLong { bytes });
        }
        let now = self.clock.now();
        let message = compose::message(&self.sender, mail, now);
        tokio::select! {
            result = self.deliver(mail, &message) => result,
            () = self.clock.sleep_until(now + self.timeout) => Err(MailError::TimedOut { after: self.timeout }),
        }
    }

    /// Ends the sessions that aren't in use.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock());
        for session in idle {
            quit(session.session, &*self.clock).await;
        }
    }

    async fn deliver(&self, mail: &Mail, message: &[u8]) -> Result<MailReceipt, MailError> {
        let _permit = self
            .permits
            .acquire()
            .await
            .expect("the semaphore is never closed");
        let mut session = self.session().await?;
        let result = session.send(&self.sender, &mail.to, message).await;
        if session.is_reusable() {
            self.idle.lock().push(IdleSession {
                session,
                since: self.clock.now(),
            });
        } else {
            self.retire(session);
        }
        result.map(|reply| MailReceipt { reply })
    }

    /// A session that is ready for a mail: the one used last if it still works, or else a new one.
    async fn session(&self) -> Result<Session, MailError> {
        while let Some(mut session) = self.recent_session() {
            if session.reset().await {
                return Ok(session);
            }
        }
        Session::begin(&self.server).await
    }

    fn recent_session(&self) -> Option<Session> {
        let mut idle = self.idle.lock();
        let oldest = self.clock.now() - MAXIMUM_IDLE;
        let stale = idle.iter().take_while(|session| session.since < oldest).count();
        for session in idle.drain(..stale) {
            self.retire(session.session);
        }
        idle.pop().map(|idle| idle.session)
    }

    /// Ends a session without anybody waiting for it.
    fn retire(&self, session: Session) {
        let clock = Arc::clone(&self.clock);
        tokio::spawn(async move { quit(session, &*clock).await });
    }
}

async fn quit(session: Session, clock: &dyn Clock) {
    tokio::select! {
        () = session.quit() => {}
        () = clock.sleep_until(clock.now() + QUIT_TIMEOUT) => {}
    }
}
