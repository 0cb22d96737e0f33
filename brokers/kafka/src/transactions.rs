//! The transactions of a cluster: all clusters share one engine, in which names carry their cluster's, as those of groups do.

mod markers;

use std::sync::Arc;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_transactions::{Admission, Participant, Producer, ProducerId, TransactionError, Transactions};

pub use self::markers::StreamMarkers;
use crate::errors;
use crate::namespace::Names;

/// The transactions of a cluster.
pub(crate) struct ClusterTransactions {
    pub(crate) engine: Arc<Transactions>,
    pub(crate) names: Names,
}

/// Who writes, as batches and requests have it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer(Producer);

/// What is written, and by how new a client: it decides whether the client adds partitions by itself, and what it understands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Write {
    /// Produce, of this version.
    Records { version: i16 },
    /// TxnOffsetCommit, of this version.
    Offsets { version: i16 },
}

impl Writer {
    pub(crate) fn new(producer_id: i64, producer_epoch: i16) -> Self {
        Writer(producer(producer_id, producer_epoch))
    }
}

/// A producer of the engine.
pub(crate) fn producer(id: i64, epoch: i16) -> Producer {
    Producer {
        id: ProducerId(id),
        epoch,
    }
}

impl Write {
    /// Whether what is written to joins the transaction by that (KIP-890).
    fn adds(self) -> bool {
        match self {
            Write::Records { version } => version >= 12,
            Write::Offsets { version } => version >= 5,
        }
    }

    /// What its client is told of a refusal.
    fn code_of(self, error: TransactionError) -> ErrorCode {
        let knows_abortable = match self {
            Write::Records { version } => version >= 11,
            Write::Offsets { version } => version >= 4,
        };
        match error.before_fencing() {
            TransactionError::NotParticipating if !knows_abortable => ErrorCode::InvalidTxnState,
            TransactionError::ConcurrentTransactions if !self.adds() => ErrorCode::NotEnoughReplicas,
            error => errors::of_transaction(&error),
        }
    }
}

impl ClusterTransactions {
    /// Lets a producer write to partitions in its transaction.
    pub(crate) async fn admit(
        &self,
        id: &str,
        writer: Writer,
        partitions: &[(&str, u32)],
        write: Write,
    ) -> Result<Admission, ErrorCode> {
        let names: Vec<String> = partitions
            .iter()
            .map(|(topic, _)| self.names.inner_text(topic))
            .collect();
        let participants =
            names
                .iter()
                .zip(partitions)
                .map(|(topic, (_, partition))| Participant::Partition {
                    topic,
                    partition: *partition,
                });
        self.admit_to(id, writer, &participants.collect::<Vec<_>>(), write)
            .await
    }

    /// Lets a producer commit offsets of a group in its transaction.
    pub(crate) async fn admit_offsets(
        &self,
        id: &str,
        writer: Writer,
        group: &str,
        version: i16,
    ) -> Result<Admission, ErrorCode> {
        let group = self.names.inner_text(group);
        self.admit_to(
            id,
            writer,
            &[Participant::Group(&group)],
            Write::Offsets { version },
        )
        .await
    }

    async fn admit_to(
        &self,
        id: &str,
        Writer(producer): Writer,
        participants: &[Participant<'_>],
        write: Write,
    ) -> Result<Admission, ErrorCode> {
        let id = self.names.inner_text(id);
        let admitted = if write.adds() {
            self.engine.admit_adding(&id, producer, participants).await
        } else {
            self.engine.admit(&id, producer, participants)
        };
        admitted.map_err(|error| write.code_of(error))
    }
}
