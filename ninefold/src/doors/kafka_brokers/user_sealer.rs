//! Keeps the secrets of Kafka's users: with a key in the data directory.

use std::io;
use std::path::Path;

use ninefold_kafka_broker::Sealer;

use crate::identity::SealingKey;
use crate::secret_file::read_or_create_secret;

/// The file with the key.
const USERS_SECRET: &str = "kafka-users.secret";

pub(super) struct UserSealer(SealingKey);

impl UserSealer {
    pub(super) fn open(data: &Path) -> io::Result<Self> {
        let secret = read_or_create_secret(&data.join(USERS_SECRET))?;
        Ok(UserSealer(SealingKey::new(&secret)))
    }
}

impl Sealer for UserSealer {
    fn seal(&self, owner: &str, text: &str) -> Option<String> {
        self.0.seal(owner, text)
    }

    fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        self.0.open(owner, sealed).ok()
    }
}
