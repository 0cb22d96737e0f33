//! What a group's configuration does to the records that it shares.

use std::time::Duration;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::describe_configs::{
    DescribeConfigsRequest, DescribeConfigsResource, DescribeConfigsResourceResult,
};
use ninefold_kafka_protocol::messages::incremental_alter_configs::{
    AlterConfigsResource, AlterableConfig, IncrementalAlterConfigsRequest,
};
use ninefold_kafka_protocol::messages::list_config_resources::ListConfigResourcesRequest;
use ninefold_kafka_protocol::messages::share_group_heartbeat::ShareGroupHeartbeatRequest;

use crate::{GROUP, Session, acquired};

/// The number of groups among the resources that have a configuration.
const GROUP_RESOURCE: i8 = 32;
/// The numbers of where values come from.
const DEFAULT_CONFIG: i8 = 5;
const GROUP_CONFIG: i8 = 8;

impl Session {
    /// Configures the group: keys with values, or without to unset them.
    async fn configure(&mut self, configs: &[(&str, Option<&str>)]) -> (i16, Option<String>) {
        let configs = configs.iter().map(|(name, value)| AlterableConfig {
            name: (*name).into(),
            config_operation: i8::from(value.is_none()),
            value: value.map(Into::into),
        });
        let request = IncrementalAlterConfigsRequest {
            resources: vec![AlterConfigsResource {
                resource_type: GROUP_RESOURCE,
                resource_name: GROUP.into(),
                configs: configs.collect(),
            }],
            validate_only: false,
        };
        let Response::IncrementalAlterConfigs(response) = self.client.ask(request, 1).await else {
            panic!("another answer");
        };
        let outcome = &response.responses[0];
        let message = outcome.error_message.as_deref().map(ToOwned::to_owned);
        (outcome.error_code, message)
    }

    async fn config(&mut self, name: &str) -> DescribeConfigsResourceResult {
        let request = DescribeConfigsRequest {
            resources: vec![DescribeConfigsResource {
                resource_type: GROUP_RESOURCE,
                resource_name: GROUP.into(),
                configuration_keys: Some(vec![name.into()]),
            }],
            include_synonyms: true,
            include_documentation: false,
        };
        let Response::DescribeConfigs(mut response) = self.client.ask(request, 4).await else {
            panic!("another answer");
        };
        response.results.remove(0).configs.remove(0)
    }
}

#[tokio::test]
async fn the_configuration_of_a_group_is_described_as_it_was_made() {
    let mut session = Session::new().await;
    let lock = "share.record.lock.duration.ms";
    let by_default = session.config(lock).await;
    assert_eq!(by_default.config_source, DEFAULT_CONFIG);
    assert_eq!(by_default.value.as_deref(), Some("30000"));
    assert_eq!(session.configure(&[(lock, Some("15000"))]).await, (0, None));
    let configured = session.config(lock).await;
    assert_eq!(configured.config_source, GROUP_CONFIG);
    assert_eq!(configured.value.as_deref(), Some("15000"));
    let synonyms = configured.synonyms.iter();
    let synonyms: Vec<_> = synonyms
        .map(|synonym| (&*synonym.name, synonym.value.as_deref(), synonym.source))
        .collect();
    let expected = [
        (lock, Some("15000"), GROUP_CONFIG),
        (
            "group.share.record.lock.duration.ms",
            Some("30000"),
            DEFAULT_CONFIG,
        ),
    ];
    assert_eq!(synonyms, expected);
    let listed = ListConfigResourcesRequest {
        resource_types: vec![GROUP_RESOURCE],
    };
    let Response::ListConfigResources(listed) = session.client.ask(listed, 1).await else {
        panic!("another answer");
    };
    assert_eq!(&*listed.config_resources[0].resource_name, GROUP);
    let (code, message) = session.configure(&[(lock, Some("1"))]).await;
    assert_eq!(code, ErrorCode::InvalidConfig.code());
    assert!(message.is_some_and(|message| message.contains("Value must be at least 1000")));
    assert_eq!(session.configure(&[(lock, None)]).await, (0, None));
    assert_eq!(session.config(lock).await, by_default);
}

#[tokio::test]
async fn records_are_locked_and_delivered_as_the_group_says() {
    let mut session = Session::new().await;
    session.produce(2).await;
    let configs = [
        ("share.record.lock.duration.ms", Some("15000")),
        ("share.delivery.count.limit", Some("2")),
        ("share.renew.acknowledge.enable", Some("false")),
    ];
    assert_eq!(session.configure(&configs).await, (0, None));
    session.lock_milliseconds = 15_000;
    assert_eq!(acquired(&session.fetch(9, &[]).await), [(0, 1, 1)]);
    let renewed = session.acknowledge(0, 1, &[4]).await;
    assert_eq!(renewed.acquisition_lock_timeout_ms, 15_000);
    let code = renewed.responses[0].partitions[0].error_code;
    assert_eq!(code, ErrorCode::InvalidRecordState.code());
    session.fixture.clock.advance(Duration::from_secs(15));
    assert_eq!(acquired(&session.fetch(9, &[]).await), [(0, 1, 2)]);
    // What was delivered as often as it may be is not delivered again.
    session.fixture.clock.advance(Duration::from_secs(15));
    assert_eq!(acquired(&session.fetch(9, &[]).await), []);
}

#[tokio::test]
async fn a_group_begins_where_it_says() {
    let mut session = Session::new().await;
    session.produce(3).await;
    let reset = "share.auto.offset.reset";
    for (start, expected) in [
        (Some("earliest"), vec![(0, 2, 1)]),
        (None, vec![]),
        // They are from 1970.
        (Some("by_duration:PT1H"), vec![]),
        (Some("by_duration:P36500D"), vec![(0, 2, 1)]),
    ] {
        assert_eq!(session.configure(&[(reset, start)]).await, (0, None));
        session.delete_offsets().await;
        session.epoch = 0;
        assert_eq!(acquired(&session.fetch(9, &[]).await), expected, "{start:?}");
    }
}

#[tokio::test]
async fn members_are_to_be_heard_of_as_the_group_says() {
    let mut session = Session::new().await;
    let configs = [("share.heartbeat.interval.ms", Some("7000"))];
    assert_eq!(session.configure(&configs).await, (0, None));
    let request = ShareGroupHeartbeatRequest {
        group_id: GROUP.into(),
        member_id: "member".into(),
        subscribed_topic_names: Some(vec!["topic".into()]),
        ..ShareGroupHeartbeatRequest::default()
    };
    let Response::ShareGroupHeartbeat(beat) = session.client.ask(request, 1).await else {
        panic!("another answer");
    };
    assert_eq!((beat.error_code, beat.heartbeat_interval_ms), (0, 7_000));
}
