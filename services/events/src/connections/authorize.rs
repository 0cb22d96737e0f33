//! How a connection with OAuth becomes authorized: in the background, until there was an access token.

use std::sync::{Arc, Weak};
use std::time::Duration;

use ninefold_catalog::CatalogError;
use ninefold_outbound_authorization::TokenError;
use ninefold_time::{Clock, Timestamp};

use super::{Connections, ReadyConnection, shortened};
use crate::record::ConnectionState;
use crate::resource_name::ResourceName;

/// The first delay after a failure that may pass, and the longest: each is twice as long as the one before.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);
/// How long an authorization server may be away before it counts as a refusal.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Begins to authorize a connection; ends by itself when the connection has another secret or is no more.
pub(super) fn begin(connections: &Arc<Connections>, name: ResourceName, ready: Arc<ReadyConnection>) {
    let clock = Arc::clone(&connections.clock);
    let authorizing = Authorizing {
        connections: Arc::downgrade(connections),
        give_up_at: clock.now() + PATIENCE,
        clock,
        name,
        ready,
    };
    tokio::spawn(authorizing.run());
}

struct Authorizing {
    /// It must not keep a stopped server's state.
    connections: Weak<Connections>,
    clock: Arc<dyn Clock>,
    name: ResourceName,
    ready: Arc<ReadyConnection>,
    give_up_at: Timestamp,
}

impl Authorizing {
    async fn run(self) {
        let mut delay = FIRST_DELAY;
        loop {
            let outcome = self.ready.connection.authorize().await;
            let Some(connections) = self.connections.upgrade() else {
                return;
            };
            if !connections.needs_token(&self.name, &self.ready) {
                return;
            }
            let now = self.clock.now();
            let is_over = match &outcome {
                Ok(()) => true,
                Err(error) => !error.is_transient() || now >= self.give_up_at,
            };
            match self.note(&connections, outcome, now, is_over).await {
                Ok(()) if is_over => return,
                Ok(()) => (),
                Err(error) => {
                    tracing::warn!(connection = self.name.name, %error, "the state of a connection could not be stored");
                }
            }
            drop(connections);
            self.clock.sleep_until(now + delay).await;
            delay = (delay * 2).min(LONGEST_DELAY);
        }
    }

    async fn note(
        &self,
        connections: &Connections,
        outcome: Result<(), TokenError>,
        now: Timestamp,
        is_over: bool,
    ) -> Result<(), CatalogError> {
        let noted = connections.note(&self.name, self.ready.sealed(), |record| match outcome {
            Ok(()) => {
                record.state = ConnectionState::Authorized;
                record.state_reason = None;
                record.authorized_at_millis = now.as_millis();
            }
            Err(error) => {
                if is_over {
                    record.state = ConnectionState::Deauthorized;
                }
                record.state_reason = Some(shortened(&error.to_string()));
            }
        });
        noted.await
    }
}

impl Connections {
    /// Whether a connection is still the same, and still without a token.
    fn needs_token(&self, name: &ResourceName, ready: &Arc<ReadyConnection>) -> bool {
        let is_authorizing = |record: &crate::record::ConnectionRecord| {
            record.state == ConnectionState::Authorizing
                && record.sealed_secret.as_deref() == Some(ready.sealed())
        };
        self.get(name).is_some_and(|record| is_authorizing(&record))
    }
}
