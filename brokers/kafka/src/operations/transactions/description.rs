//! DescribeTransactions and ListTransactions (KIP-664).

use std::time::Duration;

use bytestring::ByteString;
use ninefold_kafka_protocol::messages::describe_transactions::{
    DescribeTransactionsRequest, DescribeTransactionsResponse, TopicData, TransactionState as Described,
};
use ninefold_kafka_protocol::messages::list_transactions::{
    ListTransactionsRequest, ListTransactionsResponse, TransactionState as Listed,
};
use ninefold_transactions::{Description, Filter, ProducerId, TransactionState};

use crate::cluster::Cluster;
use crate::errors;
use crate::operations::groups::consumer::signed;
use crate::security::{Operation, Resource};
use crate::session::Caller;

/// No time.
const NONE: i64 = -1;

/// DescribeTransactions.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: DescribeTransactionsRequest,
) -> DescribeTransactionsResponse {
    let describe = |transactional_id: ByteString| {
        if let Err(code) = cluster.check_transactional_id(caller, Operation::Describe, &transactional_id) {
            return Described {
                error_code: code.code(),
                transactional_id,
                ..Described::default()
            };
        }
        let id = cluster.transactions.names.inner_text(&transactional_id);
        match cluster.transactions.engine.describe(&id) {
            Ok(description) => described(cluster, caller, transactional_id, &description),
            Err(error) => Described {
                error_code: errors::of_transaction(&error).code(),
                transactional_id,
                ..Described::default()
            },
        }
    };
    DescribeTransactionsResponse {
        transaction_states: request.transactional_ids.into_iter().map(describe).collect(),
        ..DescribeTransactionsResponse::default()
    }
}

fn described(
    cluster: &Cluster,
    caller: &Caller,
    transactional_id: ByteString,
    description: &Description,
) -> Described {
    let partitions = description.participants.partitions().iter();
    let topics = partitions.filter_map(|(topic, partitions)| {
        let topic = cluster.transactions.names.outer(topic)?;
        let may = cluster.allows(caller, Operation::Describe, Resource::topic(&topic));
        may.then(|| TopicData {
            topic,
            partitions: signed(partitions.iter().copied()),
        })
    });
    let started_at = description
        .started_at
        .and_then(|at| i64::try_from(at.as_millis()).ok());
    Described {
        error_code: 0,
        transactional_id,
        transaction_state: description.state.name().into(),
        transaction_timeout_ms: i32::try_from(description.timeout.as_millis()).unwrap_or(i32::MAX),
        transaction_start_time_ms: started_at.unwrap_or(NONE),
        producer_id: description.producer.id.0,
        producer_epoch: description.producer.epoch,
        topics: topics.collect(),
    }
}

/// ListTransactions.
pub(crate) fn list(
    cluster: &Cluster,
    caller: &Caller,
    request: ListTransactionsRequest,
) -> ListTransactionsResponse {
    let states = request.state_filters.iter();
    let filter = Filter {
        states: states
            .clone()
            .filter_map(|name| TransactionState::from_name(name))
            .collect(),
        producer_ids: request
            .producer_id_filters
            .iter()
            .copied()
            .map(ProducerId)
            .collect(),
        running_longer_than: u64::try_from(request.duration_filter)
            .ok()
            .map(Duration::from_millis),
        id_pattern: request
            .transactional_id_pattern
            .as_deref()
            .filter(|pattern| !pattern.is_empty())
            .map(|pattern| cluster.transactions.names.inner_pattern(pattern)),
    };
    let unknown = states.filter(|name| TransactionState::from_name(name).is_none());
    let unknown_state_filters: Vec<ByteString> = unknown.cloned().collect();
    if filter.states.is_empty() && !unknown_state_filters.is_empty() {
        // Nothing is in any of them.
        return ListTransactionsResponse {
            unknown_state_filters,
            ..ListTransactionsResponse::default()
        };
    }
    match cluster.transactions.engine.list(&filter) {
        Ok(listings) => {
            let listed = listings.into_iter().filter_map(|listing| {
                let transactional_id = cluster.transactions.names.outer(listing.id.as_str())?;
                let may = cluster.check_transactional_id(caller, Operation::Describe, &transactional_id);
                may.is_ok().then(|| Listed {
                    transactional_id,
                    producer_id: listing.producer_id.0,
                    transaction_state: listing.state.name().into(),
                })
            });
            ListTransactionsResponse {
                unknown_state_filters,
                transaction_states: listed.collect(),
                ..ListTransactionsResponse::default()
            }
        }
        Err(error) => ListTransactionsResponse {
            error_code: errors::of_transaction(&error).code(),
            ..ListTransactionsResponse::default()
        },
    }
}
