use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, TestSealer, text};
use crate::server::{Answer, Server};

async fn describe(fixture: &Fixture, name: &str) -> Json {
    fixture.done("DescribeConnection", json!({ "Name": name })).await
}

#[tokio::test]
async fn fixed_credentials_are_authorized_at_once_and_never_shown() {
    let fixture = Fixture::new().await;
    for (name, kind, given, shown) in [
        (
            "basic",
            "BASIC",
            json!({"BasicAuthParameters": {"Username": "user", "Password": "hush"}}),
            json!({"BasicAuthParameters": {"Username": "user"}}),
        ),
        (
            "key",
            "API_KEY",
            json!({
                "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "hush"},
                "InvocationHttpParameters": {
                    "HeaderParameters": [{"Key": "X-Shown", "Value": "shown"}],
                    "BodyParameters": [{"Key": "token", "Value": "hush", "IsValueSecret": true}],
                },
            }),
            json!({
                "ApiKeyAuthParameters": {"ApiKeyName": "X-Key"},
                "InvocationHttpParameters": {
                    "HeaderParameters": [{"Key": "X-Shown", "Value": "shown", "IsValueSecret": false}],
                    "BodyParameters": [{"Key": "token", "IsValueSecret": true}],
                },
            }),
        ),
        (
            "empty",
            "API_KEY",
            json!({
                "ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "hush"},
                "InvocationHttpParameters": {},
            }),
            json!({"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}, "InvocationHttpParameters": {}}),
        ),
    ] {
        let input = json!({
            "Name": name, "AuthorizationType": kind, "AuthParameters": given, "Description": "what it is for",
        });
        let created = fixture.done("CreateConnection", input).await;
        assert_eq!(created["ConnectionState"], "AUTHORIZED");
        let arn = text(&created, "ConnectionArn");
        let prefix = format!("arn:aws:events:{REGION}:{ACCOUNT}:connection/{name}/");
        assert_eq!(arn.strip_prefix(&prefix).map(str::len), Some(36), "{arn}");

        let described = describe(&fixture, name).await;
        assert_eq!(described["AuthParameters"], shown);
        assert_eq!(described["AuthorizationType"], kind);
        assert_eq!(described["Description"], "what it is for");
        assert!(described["LastAuthorizedTime"].is_number());
        let secret_arn = text(&described, "SecretArn");
        let prefix = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:events!connection/{name}/");
        assert_eq!(
            secret_arn.strip_prefix(&prefix).map(str::len),
            Some(43),
            "{secret_arn}"
        );
    }
    let stored = String::from_utf8_lossy(&fixture.stored()).into_owned();
    assert!(
        stored.contains("what it is for") && !stored.contains("hush"),
        "{stored}"
    );
}

#[tokio::test]
async fn a_connection_with_oauth_is_authorizing_until_there_is_a_token() {
    let fixture = Fixture::new().await;
    let tokens = Server::start(Answer::status(503)).await;
    let connection = fixture.oauth_connection("oauth", &tokens.url("/token")).await;
    fixture
        .destination("api", &connection, "https://api.example.com/")
        .await;
    let state = async || {
        let described = fixture
            .done("DescribeApiDestination", json!({"Name": "api"}))
            .await;
        text(&described, "ApiDestinationState")
    };
    assert_eq!(
        describe(&fixture, "oauth").await["ConnectionState"],
        "AUTHORIZING"
    );
    assert_eq!(state().await, "INACTIVE");
    fixture
        .until("there is a reason", async || {
            describe(&fixture, "oauth").await["StateReason"].is_string()
        })
        .await;
    let described = describe(&fixture, "oauth").await;
    assert_eq!(described["ConnectionState"], "AUTHORIZING");
    assert_eq!(
        described["StateReason"],
        "the authorization server is not available (status 503)"
    );
    assert_eq!(
        described["AuthParameters"]["OAuthParameters"],
        json!({
            "AuthorizationEndpoint": tokens.url("/token"), "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "client"},
        })
    );

    let before = fixture.clock.clone();
    fixture
        .pass_until(Duration::from_secs(60), || tokens.count() >= 3)
        .await;
    tokens.answer(Answer::token("abc"));
    fixture
        .pass_until(Duration::from_secs(60), || tokens.count() >= 4)
        .await;
    fixture.until_state("oauth", "AUTHORIZED").await;
    let described = describe(&fixture, "oauth").await;
    assert!(described.get("StateReason").is_none(), "{described}");
    assert!(described["LastAuthorizedTime"].as_f64() > described["CreationTime"].as_f64());
    assert_eq!(state().await, "ACTIVE");
    drop(before);
}

#[tokio::test]
async fn who_is_refused_a_token_is_deauthorized_and_an_update_begins_anew() {
    let fixture = Fixture::new().await;
    let refusal = Answer(400, &[], r#"{"error":"invalid_client"}"#.to_owned());
    let tokens = Server::start(refusal).await;
    fixture.oauth_connection("oauth", &tokens.url("/token")).await;
    fixture.until_state("oauth", "DEAUTHORIZED").await;
    assert_eq!(
        describe(&fixture, "oauth").await["StateReason"],
        "the authorization server refuses: invalid_client (status 400)"
    );

    tokens.answer(Answer::token("abc"));
    let client = json!({"OAuthParameters": {"ClientParameters": {"ClientSecret": "the right one"}}});
    let updated = fixture
        .done(
            "UpdateConnection",
            json!({"Name": "oauth", "AuthParameters": client}),
        )
        .await;
    assert_eq!(updated["ConnectionState"], "AUTHORIZING");
    fixture.until_state("oauth", "AUTHORIZED").await;
    let request = tokens.received().pop().unwrap();
    assert_eq!(
        request.text(),
        "grant_type=client_credentials&client_id=client&client_secret=the+right+one"
    );
}

#[tokio::test]
async fn an_authorization_server_may_be_away_for_an_hour() {
    let fixture = Fixture::new().await;
    let tokens = Server::start(Answer::status(500)).await;
    fixture.oauth_connection("oauth", &tokens.url("/token")).await;
    fixture
        .until("the first failure is noted", async || {
            describe(&fixture, "oauth").await["StateReason"].is_string()
        })
        .await;
    fixture.clock.advance(Duration::from_secs(3_600));
    fixture.until_state("oauth", "DEAUTHORIZED").await;
    assert_eq!(tokens.count(), 2);
}

#[tokio::test]
async fn an_update_keeps_what_it_does_not_say() {
    let fixture = Fixture::new().await;
    let arn = fixture.basic_connection("c").await;
    let update = async |input: Json| fixture.done("UpdateConnection", input).await;
    let updated = update(json!({
        "Name": "c", "Description": "new",
        "AuthParameters": {
            "BasicAuthParameters": {"Username": "other"},
            "InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-A", "Value": "b"}]},
        },
    }))
    .await;
    assert_eq!(
        (&updated["ConnectionArn"], &updated["ConnectionState"]),
        (&json!(arn), &json!("AUTHORIZED"))
    );
    let described = describe(&fixture, "c").await;
    assert_eq!(
        described["AuthParameters"]["BasicAuthParameters"],
        json!({"Username": "other"})
    );
    assert_eq!(described["Description"], "new");

    // Another type has to be given whole.
    let key = json!({"ApiKeyName": "X-Key"});
    let partly =
        json!({"Name": "c", "AuthorizationType": "API_KEY", "AuthParameters": {"ApiKeyAuthParameters": key}});
    let (code, message) = fixture.refused("UpdateConnection", partly).await;
    assert_eq!(code, "ValidationException");
    assert!(
        message.contains("ApiKeyAuthParameters.ApiKeyValue must be specified"),
        "{message}"
    );
    let key = json!({"ApiKeyName": "X-Key", "ApiKeyValue": "k"});
    update(
        json!({"Name": "c", "AuthorizationType": "API_KEY", "AuthParameters": {"ApiKeyAuthParameters": key}}),
    )
    .await;
    let described = describe(&fixture, "c").await;
    assert_eq!(described["AuthorizationType"], "API_KEY");
    assert_eq!(
        described["AuthParameters"],
        json!({
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Key"},
            "InvocationHttpParameters": {"HeaderParameters": [{"Key": "X-A", "Value": "b", "IsValueSecret": false}]},
        })
    );
}

#[tokio::test]
async fn who_is_deauthorized_has_no_secret_any_more() {
    let fixture = Fixture::new().await;
    let connection = fixture.basic_connection("c").await;
    fixture
        .destination("api", &connection, "https://api.example.com/")
        .await;
    let answer = fixture.done("DeauthorizeConnection", json!({"Name": "c"})).await;
    assert_eq!(answer["ConnectionState"], "DEAUTHORIZING");
    let described = describe(&fixture, "c").await;
    assert_eq!(described["ConnectionState"], "DEAUTHORIZED");
    assert!(
        described.get("AuthParameters").is_none() && described.get("SecretArn").is_none(),
        "{described}"
    );
    let destination = fixture
        .done("DescribeApiDestination", json!({"Name": "api"}))
        .await;
    assert_eq!(destination["ApiDestinationState"], "INACTIVE");

    // A description doesn't authorize; a whole secret does.
    fixture
        .done("UpdateConnection", json!({"Name": "c", "Description": "d"}))
        .await;
    assert_eq!(describe(&fixture, "c").await["ConnectionState"], "DEAUTHORIZED");
    let basic = json!({"BasicAuthParameters": {"Username": "user"}});
    let (_, message) = fixture
        .refused("UpdateConnection", json!({"Name": "c", "AuthParameters": basic}))
        .await;
    assert!(
        message.contains("BasicAuthParameters.Password must be specified"),
        "{message}"
    );
    let basic = json!({"BasicAuthParameters": {"Username": "user", "Password": "p"}});
    fixture
        .done("UpdateConnection", json!({"Name": "c", "AuthParameters": basic}))
        .await;
    let destination = fixture
        .done("DescribeApiDestination", json!({"Name": "api"}))
        .await;
    assert_eq!(destination["ApiDestinationState"], "ACTIVE");
}

#[tokio::test]
async fn a_deleted_connection_leaves_its_destinations_inactive() {
    let fixture = Fixture::new().await;
    let connection = fixture.basic_connection("c").await;
    fixture
        .destination("api", &connection, "https://api.example.com/")
        .await;
    let deleted = fixture.done("DeleteConnection", json!({"Name": "c"})).await;
    assert_eq!(deleted["ConnectionState"], "DELETING");
    assert_eq!(
        fixture.refused("DescribeConnection", json!({"Name": "c"})).await,
        (
            "ResourceNotFoundException".to_owned(),
            "Failed to describe the connection(s). Connection 'c' does not exist.".to_owned()
        )
    );
    let state = async || {
        fixture
            .done("DescribeApiDestination", json!({"Name": "api"}))
            .await["ApiDestinationState"]
            .clone()
    };
    assert_eq!(state().await, "INACTIVE");
    // Another one of the same name is another one.
    let connection = fixture.basic_connection("c").await;
    assert_eq!(state().await, "INACTIVE");
    fixture
        .done(
            "UpdateApiDestination",
            json!({"Name": "api", "ConnectionArn": connection}),
        )
        .await;
    assert_eq!(state().await, "ACTIVE");
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let fixture = Fixture::new().await;
    fixture.basic_connection("there").await;
    let basic = json!({"BasicAuthParameters": {"Username": "u", "Password": "p"}});
    let lattice = json!({"ResourceParameters": {
        "ResourceConfigurationArn":
            "arn:aws:vpc-lattice:eu-central-1:123456789012:resourceconfiguration/rcfg-0123456789abcdefg",
    }});
    let create = |kind: &str, parameters: Json| json!({"Name": "c", "AuthorizationType": kind, "AuthParameters": parameters});
    for (operation, input, code, says) in [
        (
            "CreateConnection",
            json!({"Name": "there", "AuthorizationType": "BASIC", "AuthParameters": basic}),
            "ResourceAlreadyExistsException",
            "Connection 'there' already exists.",
        ),
        (
            "CreateConnection",
            create("INVALID", basic.clone()),
            "ValidationException",
            "Member must satisfy enum value set",
        ),
        (
            "CreateConnection",
            json!({"Name": "with space", "AuthorizationType": "BASIC", "AuthParameters": basic}),
            "ValidationException",
            "Member must satisfy regular expression pattern",
        ),
        (
            "CreateConnection",
            create("BASIC", json!({})),
            "ValidationException",
            "BasicAuthParameters.Username",
        ),
        (
            "CreateConnection",
            create("API_KEY", basic.clone()),
            "ValidationException",
            "Only authorization parameters",
        ),
        (
            "CreateConnection",
            create(
                "API_KEY",
                json!({"ApiKeyAuthParameters": {"ApiKeyName": "Host", "ApiKeyValue": "k"}}),
            ),
            "ValidationException",
            "it cannot hold an API key",
        ),
        (
            "CreateConnection",
            create(
                "OAUTH_CLIENT_CREDENTIALS",
                json!({"OAuthParameters": {
                    "AuthorizationEndpoint": "nowhere", "HttpMethod": "POST",
                    "ClientParameters": {"ClientID": "c", "ClientSecret": "s"},
                }}),
            ),
            "ValidationException",
            "it is no absolute URL",
        ),
        (
            "CreateConnection",
            json!({
                "Name": "c", "AuthorizationType": "BASIC", "AuthParameters": basic,
                "InvocationConnectivityParameters": lattice,
            }),
            "ValidationException",
            "VPC Lattice do not exist on this server",
        ),
        (
            "UpdateConnection",
            json!({"Name": "c"}),
            "ResourceNotFoundException",
            "Failed to update the connection(s).",
        ),
        (
            "DeleteConnection",
            json!({"Name": "c"}),
            "ResourceNotFoundException",
            "Failed to delete the connection(s).",
        ),
        (
            "DeauthorizeConnection",
            json!({"Name": "c"}),
            "ResourceNotFoundException",
            "Connection 'c' does not exist.",
        ),
    ] {
        let (found, message) = fixture.refused(operation, input.clone()).await;
        assert_eq!(found, code, "{operation} {input}");
        assert!(message.contains(says), "{operation} {input}: {message}");
        assert!(!message.contains("open sesame"));
    }
}

#[tokio::test]
async fn lists_have_pages_and_filters() {
    let fixture = Fixture::new().await;
    for name in ["a1", "a2", "a3", "b1"] {
        fixture.basic_connection(name).await;
    }
    fixture.done("DeauthorizeConnection", json!({"Name": "a2"})).await;
    let names = |page: &Json| -> Vec<String> {
        let connections = page["Connections"].as_array().unwrap();
        connections
            .iter()
            .map(|connection| text(connection, "Name"))
            .collect()
    };
    let first = fixture
        .done("ListConnections", json!({"NamePrefix": "a", "Limit": 2}))
        .await;
    assert_eq!(names(&first), ["a1", "a2"]);
    let second = json!({"NamePrefix": "a", "Limit": 2, "NextToken": text(&first, "NextToken")});
    let second = fixture.done("ListConnections", second).await;
    assert_eq!(names(&second), ["a3"]);
    assert!(second.get("NextToken").is_none());
    let deauthorized = fixture
        .done("ListConnections", json!({"ConnectionState": "DEAUTHORIZED"}))
        .await;
    assert_eq!(names(&deauthorized), ["a2"]);
    let elsewhere = fixture
        .call_in("us-east-1", "ListConnections", json!({}))
        .await
        .unwrap();
    assert!(names(&elsewhere).is_empty());
}

#[tokio::test]
async fn a_restart_goes_on_with_what_was_under_way() {
    let mut fixture = Fixture::new().await;
    let tokens = Server::start(Answer::status(503)).await;
    fixture.oauth_connection("oauth", &tokens.url("/token")).await;
    fixture.until("it was asked", async || tokens.count() == 1).await;
    tokens.answer(Answer::token("abc"));
    fixture.reopen(TestSealer('a')).await;
    fixture.until_state("oauth", "AUTHORIZED").await;
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_any_more_deauthorizes() {
    let mut fixture = Fixture::new().await;
    fixture.basic_connection("c").await;
    fixture.reopen(TestSealer('b')).await;
    fixture.until_state("c", "DEAUTHORIZED").await;
    let described = describe(&fixture, "c").await;
    assert_eq!(
        described["StateReason"],
        "The secret of the connection can't be read."
    );
    assert!(described.get("AuthParameters").is_none());
}
