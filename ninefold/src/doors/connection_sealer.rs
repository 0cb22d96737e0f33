//! What keeps the secrets of EventBridge's connections: a key in the data directory.

use std::io;
use std::path::Path;
use std::sync::Arc;

use ninefold_events::Sealer;

use crate::identity::SealingKey;
use crate::secret_file::read_or_create_secret;

/// The file with the key.
const CONNECTIONS_SECRET: &str = "connections.secret";

struct ConnectionSealer(SealingKey);

/// The sealer whose key is in the data directory, which is made if there is none.
pub(super) fn open(data: &Path) -> io::Result<Arc<dyn Sealer>> {
    let secret = read_or_create_secret(&data.join(CONNECTIONS_SECRET))?;
    Ok(Arc::new(ConnectionSealer(SealingKey::new(&secret))))
}

impl Sealer for ConnectionSealer {
    fn seal(&self, owner: &str, text: &str) -> Option<String> {
        self.0.seal(owner, text)
    }

    fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        self.0.open(owner, sealed).ok()
    }
}
