//! InitProducerId.

use std::time::Duration;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::init_producer_id::{InitProducerIdRequest, InitProducerIdResponse};
use ninefold_transactions::{Initialize, Producer, TransactionError};

use crate::cluster::Cluster;
use crate::errors;
use crate::security::{Operation, Resource, ResourceType};
use crate::session::Caller;
use crate::transactions::producer;

/// Nobody yet.
const NONE: i64 = -1;
const NO_EPOCH: i16 = -1;
/// Since this version clients know that a producer may be fenced.
const FENCING_SINCE: i16 = 4;

/// InitProducerId.
pub(crate) async fn init(
    cluster: &Cluster,
    caller: &Caller,
    request: InitProducerIdRequest,
    version: i16,
) -> InitProducerIdResponse {
    if let Err(code) = check(cluster, caller, &request) {
        return refused(code);
    }
    match initialize(cluster, &request).await {
        Ok(Producer { id, epoch }) => InitProducerIdResponse {
            producer_id: id.0,
            producer_epoch: epoch,
            ..InitProducerIdResponse::default()
        },
        Err(error) => {
            let error = if version < FENCING_SINCE {
                error.before_fencing()
            } else {
                error
            };
            refused(errors::of_transaction(&error))
        }
    }
}

/// Whether the caller may be a producer: transactional ones by their id, others by what they may write to.
fn check(cluster: &Cluster, caller: &Caller, request: &InitProducerIdRequest) -> Result<(), ErrorCode> {
    if let Some(id) = &request.transactional_id {
        return cluster.check_transactional_id(caller, Operation::Write, id);
    }
    let may = cluster.allows(caller, Operation::IdempotentWrite, Resource::CLUSTER)
        || cluster
            .security
            .allows_any(caller, Operation::Write, ResourceType::Topic);
    if may {
        Ok(())
    } else {
        Err(ErrorCode::ClusterAuthorizationFailed)
    }
}

async fn initialize(
    cluster: &Cluster,
    request: &InitProducerIdRequest,
) -> Result<Producer, TransactionError> {
    let Some(id) = &request.transactional_id else {
        return cluster.transactions.engine.new_producer().await;
    };
    if id.is_empty() || (request.producer_id == NONE) != (request.producer_epoch == NO_EPOCH) {
        return Err(TransactionError::InvalidRequest(
            "the transactional id or the producer's epoch is missing",
        ));
    }
    let timeout = u64::try_from(request.transaction_timeout_ms).unwrap_or(0);
    let expected =
        (request.producer_id != NONE).then(|| producer(request.producer_id, request.producer_epoch));
    let initialize = Initialize {
        timeout: Duration::from_millis(timeout),
        expected,
        two_phase_commit: false,
        keep_prepared: request.keep_prepared_txn,
    };
    let id = cluster.transactions.names.inner_text(id);
    cluster.transactions.engine.initialize(&id, initialize).await
}

fn refused(code: ErrorCode) -> InitProducerIdResponse {
    InitProducerIdResponse {
        error_code: code.code(),
        producer_id: NONE,
        producer_epoch: NO_EPOCH,
        ..InitProducerIdResponse::default()
    }
}
