//! What groups have shared goes with the group, and with the topic.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::delete_groups::DeleteGroupsRequest;
use ninefold_kafka_protocol::messages::delete_topics::{DeleteTopicState, DeleteTopicsRequest};

use crate::{GROUP, Session, acquired, topic_id};

impl Session {
    async fn delete_group(&mut self) -> i16 {
        let request = DeleteGroupsRequest {
            groups_names: vec![GROUP.into()],
        };
        let Response::DeleteGroups(response) = self.client.ask(request, 2).await else {
            panic!("another answer");
        };
        response.results[0].error_code
    }

    /// Deletes the topic and makes another one of its name.
    async fn replace_topic(&mut self) {
        let request = DeleteTopicsRequest {
            topics: vec![DeleteTopicState {
                name: Some("topic".into()),
                ..DeleteTopicState::default()
            }],
            timeout_ms: 1_000,
            ..DeleteTopicsRequest::default()
        };
        let Response::DeleteTopics(response) = self.client.ask(request, 6).await else {
            panic!("another answer");
        };
        assert_eq!(response.responses[0].error_code, 0);
        self.fixture.create_topic("topic").await;
        self.topic = topic_id(&mut self.client).await;
    }
}

#[tokio::test]
async fn a_deleted_group_has_shared_nothing() {
    let mut session = Session::new().await;
    session.produce(3).await;
    assert_eq!(acquired(&session.fetch(2, &[]).await), [(0, 1, 1)]);
    session.heartbeat(0).await;
    assert_eq!(session.delete_group().await, ErrorCode::NonEmptyGroup.code());
    assert_eq!(session.shared().len(), 1);
    session.heartbeat(-1).await;
    assert_eq!(session.delete_group().await, 0);
    assert_eq!(session.shared().len(), 0);
    assert_eq!(session.delete_group().await, ErrorCode::GroupIdNotFound.code());
    // Another group of its name begins anew: at the end.
    session.heartbeat(0).await;
    session.epoch = 0;
    assert_eq!(acquired(&session.fetch(9, &[]).await), []);
}

#[tokio::test]
async fn a_topic_that_is_made_anew_has_not_been_shared() {
    let mut session = Session::new().await;
    session.produce(3).await;
    assert_eq!(acquired(&session.fetch(2, &[]).await), [(0, 1, 1)]);
    session.replace_topic().await;
    assert_eq!(session.shared().len(), 0);
    assert_eq!(session.progress().await, (-1, -1));
    session.heartbeat(0).await;
    session.heartbeat(-1).await;
    assert_eq!(session.alter(0).await, (0, 0));
    session.produce(1).await;
    session.epoch = 0;
    assert_eq!(acquired(&session.fetch(9, &[]).await), [(0, 0, 1)]);
}
