//! Connections, ready for use.
//!
//! Source: [Connections for HTTP endpoint targets](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection.html).

mod announcements;
mod authorize;
mod ready;

use std::collections::HashMap;
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Store, Table};
use ninefold_outbound_http::HttpClient;
use ninefold_protocol::ServiceError;
use ninefold_time::Clock;
use parking_lot::RwLock;

use self::announcements::Announcements;
pub(crate) use self::announcements::{Announcement, Undertaking};
pub(crate) use self::ready::ReadyConnection;
use crate::Sealer;
use crate::errors::Refusal;
use crate::record::{ConnectionRecord, ConnectionSecret, ConnectionState};
use crate::resource_name::{Kind, ResourceName};

/// Connection -> [`ConnectionRecord`].
pub(crate) const CONNECTIONS: Table = Table::new(44, "events.connections");
/// What a state's reason may have of characters.
const REASON_CHARACTERS: usize = 512;

/// Every connection.
pub(crate) struct Connections {
    records: Catalog<ConnectionRecord>,
    /// Those that have a secret.
    ready: RwLock<HashMap<ResourceName, Arc<ReadyConnection>>>,
    announcements: Announcements,
    sealer: Arc<dyn Sealer>,
    http: HttpClient,
    clock: Arc<dyn Clock>,
}

impl Connections {
    /// Opens what a store keeps. A connection whose secret can't be opened is there, but not ready.
    pub(crate) fn open(
        store: &Arc<dyn Store>,
        sealer: Arc<dyn Sealer>,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CatalogError> {
        let connections = Connections {
            records: Catalog::open(Arc::clone(store), CONNECTIONS)?,
            ready: RwLock::default(),
            announcements: Announcements::default(),
            sealer,
            http,
            clock,
        };
        for (name, _) in connections.page(b"") {
            connections.refresh(&name);
        }
        Ok(connections)
    }

    /// Goes on with what a stop has interrupted.
    pub(crate) fn resume(self: &Arc<Self>) {
        for (name, record) in self.page(b"") {
            match (&record.sealed_secret, self.ready(&name)) {
                (Some(sealed), None) => {
                    let (connections, sealed) = (Arc::clone(self), sealed.clone());
                    tokio::spawn(async move {
                        let reason = "The secret of the connection can't be read.";
                        connections.deauthorize(&name, &sealed, reason).await;
                    });
                }
                (_, Some(ready)) if record.state == ConnectionState::Authorizing => {
                    authorize::begin(self, name, ready);
                }
                _ => (),
            }
        }
    }

    pub(crate) fn get(&self, name: &ResourceName) -> Option<Arc<ConnectionRecord>> {
        self.records.get(name.key().as_bytes())
    }

    /// The connection of an ARN, if it is the one of this name that is there now.
    pub(crate) fn of_arn(&self, arn: &str) -> Option<(ResourceName, Arc<ConnectionRecord>)> {
        let name = ResourceName::parse(arn, Kind::Connection)?;
        let record = self.get(&name)?;
        (arn_of(&name, &record) == arn).then_some((name, record))
    }

    /// What can be used of a connection, if it has a secret.
    pub(crate) fn ready(&self, name: &ResourceName) -> Option<Arc<ReadyConnection>> {
        self.ready.read().get(name).cloned()
    }

    /// Connections whose keys begin with `prefix`, in the order of their names.
    pub(crate) fn page(&self, prefix: &[u8]) -> Vec<(ResourceName, Arc<ConnectionRecord>)> {
        let records = self.records.page(prefix, None, usize::MAX).into_iter();
        let named = records.filter_map(|(key, record)| Some((ResourceName::from_key(&key)?, record)));
        named.collect()
    }

    /// Seals a secret for a connection.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    pub(crate) fn seal(
        &self,
        connection_arn: &str,
        secret: &ConnectionSecret,
    ) -> Result<String, ServiceError> {
        let json =
            serde_json::to_string(secret).map_err(|error| ServiceError::internal(error.to_string()))?;
        let sealed = self.sealer.seal(connection_arn, &json);
        sealed.ok_or_else(|| ServiceError::internal("The operating system gave no random numbers."))
    }

    /// What happened next to any connection, as soon as it does.
    pub(crate) async fn next_announcement(&self) -> Announcement {
        self.announcements.next().await
    }

    /// Changes a connection's record by what it is now, and lets that take effect.
    pub(crate) async fn change(
        self: &Arc<Self>,
        name: &ResourceName,
        undertaking: Undertaking,
        change: impl FnOnce(Option<&Arc<ConnectionRecord>>) -> Result<Change<ConnectionRecord>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let key = name.key();
        let mut before = None;
        let changed = self.records.change(key.as_bytes(), |current| {
            before = current.cloned();
            Ok::<_, Refusal>(change(current)?)
        });
        let after = changed.await?;
        self.announcements.tell(
            name,
            Some(undertaking),
            before.as_deref(),
            after.as_deref(),
            self.clock.now(),
        );
        if let Some(authorizing) = self.refresh(name) {
            authorize::begin(self, name.clone(), authorizing);
        }
        Ok(())
    }

    /// Notes that a connection can't be used any more, unless it has another secret by now.
    pub(crate) async fn deauthorize(&self, name: &ResourceName, sealed: &str, reason: &str) {
        let noted = self
            .note(name, sealed, |record| {
                record.state = ConnectionState::Deauthorized;
                record.state_reason = Some(shortened(reason));
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(connection = name.name, %error, "that a connection is deauthorized could not be stored");
        }
    }

    /// Changes the record of a connection that has this secret, which doesn't change.
    async fn note(
        &self,
        name: &ResourceName,
        sealed: &str,
        change: impl FnOnce(&mut ConnectionRecord),
    ) -> Result<(), CatalogError> {
        let key = name.key();
        let mut before = None;
        let noted = self.records.change(key.as_bytes(), |current| match current {
            Some(current) if current.sealed_secret.as_deref() == Some(sealed) => {
                before = Some(Arc::clone(current));
                let mut record = ConnectionRecord::clone(current);
                change(&mut record);
                Ok::<_, CatalogError>(Change::Put(record))
            }
            _ => Ok(Change::Keep),
        });
        let after = noted.await?;
        if let Some(before) = &before {
            self.announcements
                .tell(name, None, Some(before), after.as_deref(), self.clock.now());
        }
        Ok(())
    }

    /// Takes over what is stored of a connection now; gives it if it has got a new secret and needs a token.
    fn refresh(&self, name: &ResourceName) -> Option<Arc<ReadyConnection>> {
        let mut all = self.ready.write();
        // Whoever comes last finds what was stored last.
        let record = self.get(name);
        let Some((record, sealed)) = record.as_ref().and_then(|record| {
            let sealed = record.sealed_secret.as_deref()?;
            Some((record, sealed))
        }) else {
            all.remove(name);
            return None;
        };
        if all.get(name).is_some_and(|ready| ready.sealed() == sealed) {
            return None;
        }
        match self.make_ready(&arn_of(name, record), sealed) {
            Ok(ready) => {
                let ready = Arc::new(ready);
                all.insert(name.clone(), Arc::clone(&ready));
                (record.state == ConnectionState::Authorizing).then_some(ready)
            }
            Err(reason) => {
                tracing::error!(
                    connection = name.name,
                    reason,
                    "the secret of a connection can't be read"
                );
                all.remove(name);
                None
            }
        }
    }

    fn make_ready(&self, connection_arn: &str, sealed: &str) -> Result<ReadyConnection, String> {
        let json = self.sealer.open(connection_arn, sealed);
        let json = json.ok_or("it was changed, or sealed with another key")?;
        // What is wrong with it is not said: it would be a part of a secret.
        let secret = serde_json::from_str(&json).map_err(|_| "it has another form")?;
        ReadyConnection::new(secret, sealed, &self.http, &self.clock).map_err(|error| error.to_string())
    }
}

/// The ARN of a connection.
pub(crate) fn arn_of(name: &ResourceName, record: &ConnectionRecord) -> String {
    format!("{}/{}", name.arn(Kind::Connection), record.id)
}

fn shortened(reason: &str) -> String {
    reason.chars().take(REASON_CHARACTERS).collect()
}
