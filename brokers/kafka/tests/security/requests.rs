//! What administrators ask for, and what follows from it for others.

use bytes::Bytes;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::alter_user_scram_credentials::{
    AlterUserScramCredentialsRequest, ScramCredentialDeletion, ScramCredentialUpsertion,
};
use ninefold_kafka_protocol::messages::create_acls::{AclCreation, CreateAclsRequest};
use ninefold_kafka_protocol::messages::delete_acls::{DeleteAclsFilter, DeleteAclsRequest};
use ninefold_kafka_protocol::messages::describe_acls::DescribeAclsRequest;
use ninefold_kafka_protocol::messages::describe_user_scram_credentials::{
    DescribeUserScramCredentialsRequest, UserName,
};
use ninefold_kafka_protocol::messages::metadata::{MetadataRequest, MetadataRequestTopic};

use crate::fixture::{Client, Fixture};

const TOPIC: i8 = 2;
const CLUSTER: i8 = 4;
const LITERAL: i8 = 3;
const PREFIXED: i8 = 4;
const READ: i8 = 3;
const ALL: i8 = 2;
const ALLOW: i8 = 3;
const ANY: i8 = 1;

fn acl(name: &str, principal: &str) -> AclCreation {
    AclCreation {
        resource_type: TOPIC,
        resource_name: name.into(),
        resource_pattern_type: PREFIXED,
        principal: principal.into(),
        host: "*".into(),
        operation: READ,
        permission_type: ALLOW,
    }
}

async fn create_acls(client: &mut Client, creations: Vec<AclCreation>) -> Vec<i16> {
    match client.ask(CreateAclsRequest { creations }, 3).await {
        Response::CreateAcls(response) => response.results.iter().map(|result| result.error_code).collect(),
        other => panic!("{other:?}"),
    }
}

/// The names of all topics that a client sees.
async fn topics(client: &mut Client) -> Vec<String> {
    let request = MetadataRequest {
        topics: None,
        ..MetadataRequest::default()
    };
    match client.ask(request, 12).await {
        Response::Metadata(response) => response
            .topics
            .iter()
            .map(|topic| topic.name.as_deref().unwrap_or_default().to_owned())
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// The code that a client gets for a topic by name, which may be made.
async fn code_of(client: &mut Client, name: &str) -> i16 {
    let request = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some(name.into()),
            ..MetadataRequestTopic::default()
        }]),
        allow_auto_topic_creation: true,
        ..MetadataRequest::default()
    };
    match client.ask(request, 12).await {
        Response::Metadata(response) => response.topics[0].error_code,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn access_control_lists_hide_and_refuse() {
    let fixture = Fixture::new().await;
    fixture.create_topic("orders-1").await;
    fixture.create_topic("other").await;
    let mut administrator = fixture.administrator().await;
    let mut alice = fixture.user("alice").await;
    assert_eq!(topics(&mut alice).await, ["orders-1", "other"]);
    // For somebody else: what there is an entry for is hers alone.
    assert_eq!(
        create_acls(&mut administrator, vec![acl("orders-", "User:bob")]).await,
        [0]
    );
    assert_eq!(topics(&mut alice).await, ["other"]);
    let refused = ErrorCode::TopicAuthorizationFailed.code();
    assert_eq!(code_of(&mut alice, "orders-1").await, refused);
    // Nor is it said whether there is such a topic, or made.
    assert_eq!(code_of(&mut alice, "orders-2").await, refused);
    assert_eq!(topics(&mut administrator).await, ["orders-1", "other"]);
    assert_eq!(
        create_acls(&mut administrator, vec![acl("orders-", "User:alice")]).await,
        [0]
    );
    assert_eq!(topics(&mut alice).await, ["orders-1", "other"]);
}

#[tokio::test]
async fn access_control_lists_are_described_and_deleted() {
    let fixture = Fixture::new().await;
    let mut administrator = fixture.administrator().await;
    let creations = vec![
        acl("a", "User:alice"),
        acl("a", "User:bob"),
        acl("ab", "User:bob"),
        // Twice is once.
        acl("ab", "User:bob"),
    ];
    assert_eq!(create_acls(&mut administrator, creations).await, [0; 4]);
    let request = DescribeAclsRequest {
        resource_type_filter: TOPIC,
        resource_name_filter: Some("abc".into()),
        // What matches the name.
        pattern_type_filter: 2,
        principal_filter: None,
        host_filter: None,
        operation: ANY,
        permission_type: ANY,
    };
    let Response::DescribeAcls(response) = administrator.ask(request, 3).await else {
        panic!("another answer");
    };
    let found: Vec<_> = response
        .resources
        .iter()
        .map(|resource| (&*resource.resource_name, resource.acls.len()))
        .collect();
    assert_eq!(found, [("a", 2), ("ab", 1)]);
    let filter = DeleteAclsFilter {
        resource_type_filter: ANY,
        resource_name_filter: None,
        pattern_type_filter: ANY,
        principal_filter: Some("User:bob".into()),
        host_filter: None,
        operation: ANY,
        permission_type: ANY,
    };
    let counts = |response: &Response| match response {
        Response::DeleteAcls(response) => response.filter_results[0].matching_acls.len(),
        other => panic!("{other:?}"),
    };
    let request = DeleteAclsRequest {
        filters: vec![filter],
    };
    assert_eq!(counts(&administrator.ask(request.clone(), 3).await), 2);
    assert_eq!(counts(&administrator.ask(request, 3).await), 0);
}

#[tokio::test]
async fn entries_that_make_no_sense_are_refused() {
    let fixture = Fixture::new().await;
    let mut administrator = fixture.administrator().await;
    let good = acl("a", "User:alice");
    let cases = [
        (
            AclCreation {
                resource_name: "".into(),
                ..good.clone()
            },
            false,
        ),
        (
            AclCreation {
                principal: "alice".into(),
                ..good.clone()
            },
            false,
        ),
        (
            AclCreation {
                resource_pattern_type: ANY,
                ..good.clone()
            },
            false,
        ),
        (
            AclCreation {
                operation: ANY,
                ..good.clone()
            },
            false,
        ),
        (
            AclCreation {
                permission_type: ANY,
                ..good.clone()
            },
            false,
        ),
        (
            AclCreation {
                resource_type: ANY,
                ..good.clone()
            },
            false,
        ),
        (
            AclCreation {
                resource_type: CLUSTER,
                resource_pattern_type: LITERAL,
                ..good.clone()
            },
            false,
        ),
        (
            AclCreation {
                operation: ALL,
                ..good.clone()
            },
            true,
        ),
        (good, true),
    ];
    for (creation, is_good) in cases {
        let code = create_acls(&mut administrator, vec![creation.clone()]).await[0];
        let expected = if is_good {
            0
        } else {
            ErrorCode::InvalidRequest.code()
        };
        assert_eq!(code, expected, "{creation:?}");
    }
}

#[tokio::test]
async fn administration_is_for_who_may() {
    let fixture = Fixture::new().await;
    let mut administrator = fixture.administrator().await;
    let cluster = AclCreation {
        resource_type: CLUSTER,
        resource_name: "kafka-cluster".into(),
        resource_pattern_type: LITERAL,
        ..acl("", "User:bob")
    };
    assert_eq!(create_acls(&mut administrator, vec![cluster]).await, [0]);
    let mut alice = fixture.user("alice").await;
    let refused = ErrorCode::ClusterAuthorizationFailed.code();
    assert_eq!(
        create_acls(&mut alice, vec![acl("a", "User:alice")]).await,
        [refused]
    );
    let request = DescribeUserScramCredentialsRequest::default();
    let Response::DescribeUserScramCredentials(response) = alice.ask(request, 0).await else {
        panic!("another answer");
    };
    assert_eq!(response.error_code, refused);
}

fn upsertion(name: &str, mechanism: i8, iterations: i32) -> ScramCredentialUpsertion {
    ScramCredentialUpsertion {
        name: name.into(),
        mechanism,
        iterations,
        salt: Bytes::from_static(b"salt"),
        salted_password: Bytes::from_static(b"salted"),
    }
}

#[tokio::test]
async fn credentials_are_altered_and_described() {
    let fixture = Fixture::new().await;
    let mut administrator = fixture.administrator().await;
    let deletion = |name: &str| ScramCredentialDeletion {
        name: name.into(),
        mechanism: 1,
    };
    let request = AlterUserScramCredentialsRequest {
        deletions: vec![deletion("nobody"), deletion("twice")],
        upsertions: vec![
            upsertion("alice", 1, 4_096),
            upsertion("alice", 2, 16_384),
            upsertion("few", 1, 4_095),
            upsertion("many", 1, 16_385),
            upsertion("other", 3, 4_096),
            upsertion("twice", 1, 4_096),
            upsertion("", 1, 4_096),
        ],
    };
    let Response::AlterUserScramCredentials(response) = administrator.ask(request, 0).await else {
        panic!("another answer");
    };
    let found: Vec<_> = response
        .results
        .iter()
        .map(|result| (&*result.user, result.error_code))
        .collect();
    let unacceptable = ErrorCode::UnacceptableCredential.code();
    let expected = [
        ("", unacceptable),
        ("alice", 0),
        ("few", unacceptable),
        ("many", unacceptable),
        ("nobody", ErrorCode::ResourceNotFound.code()),
        ("other", ErrorCode::UnsupportedSaslMechanism.code()),
        ("twice", ErrorCode::DuplicateResource.code()),
    ];
    assert_eq!(found, expected);
    let name = |name: &str| UserName { name: name.into() };
    let request = DescribeUserScramCredentialsRequest {
        users: Some(vec![name("alice"), name("bob"), name("carol"), name("carol")]),
    };
    let Response::DescribeUserScramCredentials(response) = administrator.ask(request, 0).await else {
        panic!("another answer");
    };
    let found: Vec<_> = response
        .results
        .iter()
        .map(|result| {
            let infos = result.credential_infos.iter();
            let infos: Vec<_> = infos.map(|info| (info.mechanism, info.iterations)).collect();
            (&*result.user, result.error_code, infos)
        })
        .collect();
    let expected = [
        ("alice", 0, vec![(1, 4_096), (2, 16_384)]),
        ("bob", ErrorCode::ResourceNotFound.code(), Vec::new()),
        ("carol", ErrorCode::DuplicateResource.code(), Vec::new()),
    ];
    assert_eq!(found, expected);
}
