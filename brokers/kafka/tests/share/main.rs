//! Share groups' records, as clients ask for them.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

#[allow(dead_code, reason = "every test uses a part of it")]
#[path = "../security/fixture.rs"]
mod fixture;

mod configs;
mod removal;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::alter_share_group_offsets as altering;
use ninefold_kafka_protocol::messages::delete_share_group_offsets as deleting;
use ninefold_kafka_protocol::messages::describe_share_group_offsets as describing;
use ninefold_kafka_protocol::messages::metadata::{MetadataRequest, MetadataRequestTopic};
use ninefold_kafka_protocol::messages::produce::{PartitionProduceData, ProduceRequest, TopicProduceData};
use ninefold_kafka_protocol::messages::share_acknowledge::{
    AcknowledgePartition, AcknowledgeTopic, AcknowledgementBatch as Decision, ShareAcknowledgeRequest,
    ShareAcknowledgeResponse,
};
use ninefold_kafka_protocol::messages::share_fetch::{
    AcknowledgementBatch, FetchPartition, FetchTopic, PartitionData, ShareFetchRequest, ShareFetchResponse,
};
use ninefold_kafka_protocol::messages::share_group_heartbeat::ShareGroupHeartbeatRequest;
use ninefold_kafka_protocol::{ErrorCode, Uuid};
use ninefold_queue::{Limits, QueueEngine};
use ninefold_record_batch::BatchBuilder;
use ninefold_share::{Group, ShareKey, Shares};
use ninefold_store::MemoryStore;

use crate::fixture::{Client, Fixture};

const GROUP: &str = "group";

/// A topic that a group shares, and one of its members.
struct Session {
    fixture: Fixture,
    client: Client,
    topic: Uuid,
    epoch: i32,
    shares: Arc<Shares>,
    /// How long records are a member's.
    lock_milliseconds: i32,
}

impl Session {
    /// With the group at the start of the topic.
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let clock = Arc::new(fixture.clock.clone());
        let queues = QueueEngine::open(Arc::new(MemoryStore::new()), clock.clone(), Limits::default());
        let shares = Arc::new(Shares::new(queues.await.unwrap(), clock));
        fixture.cluster.share_records(Arc::clone(&shares));
        fixture.create_topic("topic").await;
        let mut client = fixture.administrator().await;
        let topic = topic_id(&mut client).await;
        let mut session = Session {
            fixture,
            client,
            topic,
            epoch: 0,
            shares,
            lock_milliseconds: 30_000,
        };
        // A group without members, as it is when its offsets are changed.
        session.heartbeat(0).await;
        session.heartbeat(-1).await;
        assert_eq!(session.alter(0).await, (0, 0));
        session
    }

    async fn heartbeat(&mut self, member_epoch: i32) {
        let request = ShareGroupHeartbeatRequest {
            group_id: GROUP.into(),
            member_id: "member".into(),
            member_epoch,
            subscribed_topic_names: (member_epoch == 0).then(|| vec!["topic".into()]),
            ..ShareGroupHeartbeatRequest::default()
        };
        let Response::ShareGroupHeartbeat(response) = self.client.ask(request, 1).await else {
            panic!("another answer");
        };
        assert_eq!(response.error_code, 0);
    }

    async fn produce(&mut self, records: usize) {
        let mut builder = BatchBuilder::new();
        for number in 0..records {
            let value = number.to_string();
            builder.push(7, None, Some(value.as_bytes()), &[]).unwrap();
        }
        let request = ProduceRequest {
            acks: -1,
            timeout_ms: 1_000,
            topic_data: vec![TopicProduceData {
                name: "topic".into(),
                partition_data: vec![PartitionProduceData {
                    index: 0,
                    records: Some(builder.build(0)),
                }],
                ..TopicProduceData::default()
            }],
            ..ProduceRequest::default()
        };
        let Response::Produce(response) = self.client.ask(request, 9).await else {
            panic!("another answer");
        };
        assert_eq!(response.responses[0].partition_responses[0].error_code, 0);
    }

    fn fetch_request(&self, max_records: i32, decisions: &[(i64, i64, &[i8])]) -> ShareFetchRequest {
        let decisions = decisions.iter().map(|(first, last, types)| AcknowledgementBatch {
            first_offset: *first,
            last_offset: *last,
            acknowledge_types: types.to_vec(),
        });
        ShareFetchRequest {
            group_id: Some(GROUP.into()),
            member_id: Some("member".into()),
            share_session_epoch: self.epoch,
            max_records,
            batch_size: max_records,
            topics: vec![FetchTopic {
                topic_id: self.topic,
                partitions: vec![FetchPartition {
                    acknowledgement_batches: decisions.collect(),
                    ..FetchPartition::default()
                }],
            }],
            ..ShareFetchRequest::default()
        }
    }

    async fn ask(&mut self, request: ShareFetchRequest) -> ShareFetchResponse {
        let Response::ShareFetch(response) = self.client.ask(request, 2).await else {
            panic!("another answer");
        };
        if response.error_code == 0 && self.epoch >= 0 {
            self.epoch += 1;
        }
        response
    }

    /// Fetches so many records at most; what is told of the one partition.
    async fn fetch(&mut self, max_records: i32, decisions: &[(i64, i64, &[i8])]) -> PartitionData {
        let response = self.ask(self.fetch_request(max_records, decisions)).await;
        assert_eq!(response.error_code, 0);
        assert_eq!(response.acquisition_lock_timeout_ms, self.lock_milliseconds);
        let topic = response.responses.into_iter().next();
        let partition = topic.and_then(|topic| topic.partitions.into_iter().next());
        partition.unwrap_or_default()
    }

    async fn acknowledge(&mut self, first: i64, last: i64, types: &[i8]) -> ShareAcknowledgeResponse {
        let request = ShareAcknowledgeRequest {
            group_id: Some(GROUP.into()),
            member_id: Some("member".into()),
            share_session_epoch: self.epoch,
            is_renew_ack: types.contains(&4),
            topics: vec![AcknowledgeTopic {
                topic_id: self.topic,
                partitions: vec![AcknowledgePartition {
                    partition_index: 0,
                    acknowledgement_batches: vec![Decision {
                        first_offset: first,
                        last_offset: last,
                        acknowledge_types: types.to_vec(),
                    }],
                }],
            }],
        };
        let Response::ShareAcknowledge(response) = self.client.ask(request, 2).await else {
            panic!("another answer");
        };
        if response.error_code == 0 && self.epoch >= 0 {
            self.epoch += 1;
        }
        response
    }

    /// Where the group begins, and its lag.
    async fn progress(&mut self) -> (i64, i64) {
        let request = describing::DescribeShareGroupOffsetsRequest {
            groups: vec![describing::DescribeShareGroupOffsetsRequestGroup {
                group_id: GROUP.into(),
                topics: None,
            }],
        };
        let Response::DescribeShareGroupOffsets(response) = self.client.ask(request, 1).await else {
            panic!("another answer");
        };
        let group = &response.groups[0];
        assert_eq!(group.error_code, 0);
        let Some(topic) = group.topics.first() else {
            return (-1, -1);
        };
        assert_eq!((&*topic.topic_name, topic.topic_id), ("topic", self.topic));
        (topic.partitions[0].start_offset, topic.partitions[0].lag)
    }

    /// What the group has shared.
    fn shared(&self) -> Vec<ShareKey> {
        self.shares.of_group(&Group(GROUP.into()))
    }

    /// Lets the group begin anew.
    async fn delete_offsets(&mut self) {
        let request = deleting::DeleteShareGroupOffsetsRequest {
            group_id: GROUP.into(),
            topics: vec![deleting::DeleteShareGroupOffsetsRequestTopic {
                topic_name: "topic".into(),
            }],
        };
        let Response::DeleteShareGroupOffsets(response) = self.client.ask(request, 0).await else {
            panic!("another answer");
        };
        assert_eq!((response.error_code, response.responses[0].error_code), (0, 0));
    }

    /// Moves the group; the codes of the answer and of the partition.
    async fn alter(&mut self, start_offset: i64) -> (i16, i16) {
        let request = altering::AlterShareGroupOffsetsRequest {
            group_id: GROUP.into(),
            topics: vec![altering::AlterShareGroupOffsetsRequestTopic {
                topic_name: "topic".into(),
                partitions: vec![altering::AlterShareGroupOffsetsRequestPartition {
                    partition_index: 0,
                    start_offset,
                }],
            }],
        };
        let Response::AlterShareGroupOffsets(response) = self.client.ask(request, 0).await else {
            panic!("another answer");
        };
        let topic = response.responses.first();
        (
            response.error_code,
            topic.map_or(0, |topic| topic.partitions[0].error_code),
        )
    }
}

async fn topic_id(client: &mut Client) -> Uuid {
    let request = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some("topic".into()),
            ..MetadataRequestTopic::default()
        }]),
        ..MetadataRequest::default()
    };
    let Response::Metadata(response) = client.ask(request, 12).await else {
        panic!("another answer");
    };
    response.topics[0].topic_id
}

fn acquired(data: &PartitionData) -> Vec<(i64, i64, i16)> {
    let ranges = data.acquired_records.iter();
    ranges
        .map(|range| (range.first_offset, range.last_offset, range.delivery_count))
        .collect()
}

#[tokio::test]
async fn records_are_acquired_decided_on_and_acquired_again() {
    let mut session = Session::new().await;
    let first = session.fetch(4, &[]).await;
    assert_eq!((acquired(&first), first.records), (vec![], Some(Bytes::new())));
    session.produce(6).await;
    let second = session.fetch(4, &[]).await;
    assert_eq!(acquired(&second), [(0, 3, 1)]);
    assert!(second.records.is_some_and(|records| !records.is_empty()));
    // What is decided comes with the next fetch: finished, released, rejected, and one that is no record.
    let third = session.fetch(9, &[(0, 2, &[1, 2, 3]), (3, 3, &[0])]).await;
    assert_eq!(third.acknowledge_error_code, 0);
    assert_eq!(acquired(&third), [(1, 1, 2), (4, 5, 1)]);
    assert_eq!(session.progress().await, (1, 3));
    let renewed = session.acknowledge(4, 5, &[4]).await;
    assert_eq!(renewed.responses[0].partitions[0].error_code, 0);
    session.fixture.clock.advance(Duration::from_secs(30));
    assert_eq!(acquired(&session.fetch(9, &[]).await), [(1, 1, 3), (4, 5, 2)]);
}

/// As `SharePartition.acknowledge` of Kafka has it.
#[tokio::test]
async fn who_decides_late_is_refused_where_it_makes_a_difference() {
    let mut session = Session::new().await;
    session.produce(6).await;
    assert_eq!(acquired(&session.fetch(6, &[]).await), [(0, 5, 1)]);
    let answer = async |session: &mut Session, first, last, types: &[i8]| {
        let response = session.acknowledge(first, last, types).await;
        response.responses[0].partitions[0].error_code
    };
    let invalid = ErrorCode::InvalidRecordState.code();
    assert_eq!(answer(&mut session, 0, 1, &[1]).await, 0);
    assert_eq!(answer(&mut session, 3, 3, &[3]).await, 0);
    assert_eq!(session.progress().await, (2, 3));
    // Up to where the group is everything is finished, whatever is said about it now.
    for types in [&[1_i8], &[2], &[3], &[4]] {
        assert_eq!(answer(&mut session, 0, 1, types).await, 0);
    }
    assert_eq!(answer(&mut session, 1, 2, &[1]).await, 0);
    assert_eq!(session.progress().await, (4, 2));
    assert_eq!(answer(&mut session, 3, 3, &[1]).await, 0);
    // Behind that, not what is finished, nor what nobody has acquired.
    assert_eq!(answer(&mut session, 5, 5, &[1]).await, 0);
    assert_eq!(answer(&mut session, 5, 5, &[1]).await, invalid);
    assert_eq!(answer(&mut session, 3, 5, &[1]).await, invalid);
    let beyond = ErrorCode::InvalidRequest.code();
    assert_eq!(answer(&mut session, 4, 6, &[1]).await, beyond);
    assert_eq!(session.progress().await, (4, 1));
    // Nor what is not the member's any more.
    session.fixture.clock.advance(Duration::from_secs(30));
    assert_eq!(answer(&mut session, 4, 4, &[1]).await, invalid);
    assert_eq!(acquired(&session.fetch(9, &[(3, 4, &[1])]).await), [(4, 4, 2)]);
    assert_eq!(answer(&mut session, 4, 4, &[1]).await, 0);
    assert_eq!(answer(&mut session, 0, 5, &[1]).await, 0);
    assert_eq!(answer(&mut session, 6, 6, &[1]).await, invalid);
}

#[tokio::test]
async fn a_fetch_waits_for_records() {
    let mut session = Session::new().await;
    session.fetch(1, &[]).await;
    let request = ShareFetchRequest {
        max_wait_ms: 60_000,
        ..session.fetch_request(9, &[])
    };
    session.client.send(&request.clone().into(), 2).await;
    let other = session.fixture.administrator().await;
    let waiting = std::mem::replace(&mut session.client, other);
    session.produce(2).await;
    session.client = waiting;
    let response = session.client.receive(&request.into(), 2).await;
    let Response::ShareFetch(response) = response else {
        panic!("another answer");
    };
    assert_eq!(acquired(&response.responses[0].partitions[0]), [(0, 1, 1)]);
}

#[tokio::test]
async fn a_session_that_ends_releases_what_it_holds() {
    let mut session = Session::new().await;
    session.produce(3).await;
    assert_eq!(acquired(&session.fetch(9, &[]).await), [(0, 2, 1)]);
    session.epoch = -1;
    let last = session.acknowledge(0, 0, &[1]).await;
    assert_eq!(last.responses[0].partitions[0].error_code, 0);
    session.epoch = 5;
    let gone = session.ask(session.fetch_request(9, &[])).await;
    assert_eq!(gone.error_code, ErrorCode::ShareSessionNotFound.code());
    session.epoch = 0;
    assert_eq!(acquired(&session.fetch(9, &[]).await), [(1, 2, 2)]);
    session.epoch = 7;
    let wrong = session.ask(session.fetch_request(9, &[])).await;
    assert_eq!(wrong.error_code, ErrorCode::InvalidShareSessionEpoch.code());
    session.epoch = 0;
    let early = session.ask(session.fetch_request(9, &[(1, 1, &[1])])).await;
    assert_eq!(early.error_code, ErrorCode::InvalidRequest.code());
    let early = session.acknowledge(1, 1, &[1]).await;
    assert_eq!(early.error_code, ErrorCode::InvalidShareSessionEpoch.code());
}

#[tokio::test]
async fn offsets_of_a_group_are_moved_and_deleted_while_it_is_empty() {
    let mut session = Session::new().await;
    session.produce(5).await;
    assert_eq!(session.progress().await, (0, 5));
    assert_eq!(session.alter(3).await, (0, 0));
    assert_eq!(session.progress().await, (3, 2));
    assert_eq!(session.alter(-1).await, (0, ErrorCode::InvalidRequest.code()));
    session.heartbeat(0).await;
    assert_eq!(session.alter(0).await, (ErrorCode::NonEmptyGroup.code(), 0));
    session.heartbeat(-1).await;
    session.delete_offsets().await;
    assert_eq!(session.progress().await, (-1, -1));
}
