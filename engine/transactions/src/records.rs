//! What is kept in the store: tables, keys and the layout of values.
//!
//! Every value begins with a format byte; JSON follows.

use bytes::Bytes;
use ninefold_store::{PartitionId, ScanLimit, ScanRange, Store, Table};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::transaction::Transaction;
use crate::{CoordinatorEpoch, OpenError, ProducerId, TransactionalId};

/// Transactional id -> [`Transaction`].
pub(crate) const TRANSACTIONS: Table = Table::new(28, "transactions.transactions");
/// What is there once -> its value.
pub(crate) const COORDINATOR: Table = Table::new(29, "transactions.coordinator");

/// The key of the [`CoordinatorEpoch`] of the last start.
pub(crate) const EPOCH_KEY: &[u8] = b"epoch";
/// The key of the first [`ProducerId`] that can't have been given out.
pub(crate) const PRODUCER_IDS_KEY: &[u8] = b"producer-ids";

/// The layout that this release writes.
const FORMAT: u8 = 1;
/// Records read at a time.
const PAGE: ScanLimit = ScanLimit::entries(1_000);

/// The partition that a transactional id lives in.
pub(crate) fn partition_of(id: &TransactionalId) -> PartitionId {
    PartitionId::of(id.as_str().as_bytes())
}

/// The partition of what is there once.
pub(crate) fn coordinator_partition() -> PartitionId {
    PartitionId::of(b"transactions")
}

pub(crate) fn encode(record: &impl Serialize) -> Bytes {
    let mut bytes = vec![FORMAT];
    serde_json::to_writer(&mut bytes, record).expect("records have no keys but text");
    Bytes::from(bytes)
}

fn decode<T: DeserializeOwned>(key: &[u8], stored: &[u8]) -> Result<T, OpenError> {
    let detail = match stored.split_first() {
        Some((&FORMAT, json)) => match serde_json::from_slice(json) {
            Ok(record) => return Ok(record),
            Err(error) => error.to_string(),
        },
        Some((format, _)) => format!("its format is {format}, and this release knows {FORMAT}"),
        None => "it is empty".to_owned(),
    };
    Err(OpenError::Damaged {
        record: String::from_utf8_lossy(key).into_owned(),
        detail,
    })
}

/// The epoch of the last start.
pub(crate) fn read_epoch(store: &dyn Store) -> Result<Option<CoordinatorEpoch>, OpenError> {
    read(store, EPOCH_KEY)
}

/// The first producer id that can't have been given out.
pub(crate) fn read_producer_ids(store: &dyn Store) -> Result<Option<ProducerId>, OpenError> {
    read(store, PRODUCER_IDS_KEY)
}

fn read<T: DeserializeOwned>(store: &dyn Store, key: &[u8]) -> Result<Option<T>, OpenError> {
    let stored = store.get(coordinator_partition(), COORDINATOR, key)?;
    stored.map(|stored| decode(key, &stored)).transpose()
}

/// All transactional ids.
pub(crate) fn read_transactions(
    store: &dyn Store,
    mut each: impl FnMut(TransactionalId, Transaction),
) -> Result<(), OpenError> {
    for partition in store.partitions() {
        let mut range = ScanRange::all();
        loop {
            let page = store.scan(partition, TRANSACTIONS, range.clone(), PAGE)?;
            let Some((last, _)) = page.last() else {
                break;
            };
            range = range.resume_after(last);
            for (key, stored) in &page {
                each(transactional_id(key)?, decode(key, stored)?);
            }
        }
    }
    Ok(())
}

fn transactional_id(key: &[u8]) -> Result<TransactionalId, OpenError> {
    let text = std::str::from_utf8(key).ok();
    let id = text.and_then(|text| TransactionalId::new(text).ok());
    id.ok_or_else(|| OpenError::Damaged {
        record: String::from_utf8_lossy(key).into_owned(),
        detail: "its key is no transactional id".to_owned(),
    })
}

/// Points in time as milliseconds since the epoch.
pub(crate) mod milliseconds {
    use ninefold_time::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(time.as_millis())
    }

    pub(crate) fn deserialize<'a, D: Deserializer<'a>>(deserializer: D) -> Result<Timestamp, D::Error> {
        u64::deserialize(deserializer).map(Timestamp::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ninefold_time::Timestamp;

    use super::*;
    use crate::transaction::State;
    use crate::{Outcome, Participant, Participants, Producer, TransactionVersion};

    /// What is on disk must be read by later releases.
    #[test]
    fn the_layout_of_records_is_part_of_the_format() {
        let producer = |epoch| Producer {
            id: ProducerId(7),
            epoch,
        };
        let orders = Participant::Partition {
            topic: "orders",
            partition: 3,
        };
        let transaction = Transaction {
            producer: producer(5),
            former: Some(producer(4)),
            timeout: Duration::from_millis(1_500),
            changed_at: Timestamp::from_millis(20),
            state: State::Prepared {
                started_at: Timestamp::from_millis(10),
                participants: Participants::from_iter([orders, Participant::Group("billing")]),
                outcome: Outcome::Commit,
                version: TransactionVersion::Two,
                marked: producer(5),
            },
        };
        let stored = encode(&transaction);
        let expected = concat!(
            "\x01",
            r#"{"producer":{"id":7,"epoch":5},"former":{"id":7,"epoch":4},"#,
            r#""timeout":{"secs":1,"nanos":500000000},"changed_at":20,"state":{"Prepared":{"started_at":10,"#,
            r#""participants":{"partitions":{"orders":[3]},"groups":["billing"]},"outcome":"Commit","#,
            r#""version":"Two","marked":{"id":7,"epoch":5}}}}"#,
        );
        assert_eq!(std::str::from_utf8(&stored).unwrap(), expected);
        assert_eq!(decode::<Transaction>(b"key", &stored).unwrap(), transaction);
    }

    #[test]
    fn damage_is_told() {
        let error = |stored: &[u8]| {
            decode::<CoordinatorEpoch>(b"epoch", stored)
                .unwrap_err()
                .to_string()
        };
        assert!(error(b"").contains("it is empty"));
        assert!(error(b"\x02").contains("its format is 2"));
        assert!(error(b"\x01{").contains("the record of epoch is damaged"));
        assert!(matches!(
            transactional_id(b"\xff"),
            Err(OpenError::Damaged { .. })
        ));
    }
}
