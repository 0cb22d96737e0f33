"""Connections: what is told of them, and what isn't."""

import pathlib
import re

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from event_buses import next_bodies, put_rule, queue_target
from expectations import refused
from ninefold_server import Server, binary_from_environment
from own_server import eventually

BASIC = {"BasicAuthParameters": {"Username": "user", "Password": "very-secret"}}
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "ApiKey", "ApiKeyValue": "very-secret"}}


def parameter(key, value, is_secret=False):
    return {"Key": key, "Value": value, "IsValueSecret": is_secret}


def oauth(endpoint="https://127.0.0.1:9/token", **settings):
    return {"OAuthParameters": {
        "AuthorizationEndpoint": endpoint, "HttpMethod": "POST",
        "ClientParameters": {"ClientID": "client_id", "ClientSecret": "very-secret"}, **settings,
    }}


@pytest.fixture
def make_connection(events):
    """Makes connections and deletes them after the test: `make_connection("BASIC", BASIC)` -> its name."""
    made = []

    def make(kind="API_KEY", parameters=API_KEY, **settings):
        name = unique_name("connection")
        events.create_connection(Name=name, AuthorizationType=kind, AuthParameters=parameters, **settings)
        made.append(name)
        return name

    yield make
    for name in made:
        try:
            events.delete_connection(Name=name)
        except events.exceptions.ResourceNotFoundException:
            pass  # the test deleted it itself


def arns(kind, name):
    """What the ARN of a connection, or of its secret, looks like."""
    if kind == "secret":
        head, tail = f"arn:aws:secretsmanager:{REGION}:{OWN_ACCOUNT}:secret:events!connection/{name}/", "-[A-Za-z0-9]{6}"
    else:
        head, tail = f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:connection/{name}/", ""
    return re.compile(re.escape(head) + r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" + tail)


def names(answer):
    return [connection["Name"] for connection in answer["Connections"]]


@pytest.mark.parametrize("kind, parameters, shown, state", [
    ("BASIC", BASIC, {"BasicAuthParameters": {"Username": "user"}}, "AUTHORIZED"),
    ("API_KEY", API_KEY, {"ApiKeyAuthParameters": {"ApiKeyName": "ApiKey"}}, "AUTHORIZED"),
    (
        "OAUTH_CLIENT_CREDENTIALS", oauth(),
        {"OAuthParameters": {
            "AuthorizationEndpoint": "https://127.0.0.1:9/token", "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "client_id"},
        }},
        "AUTHORIZING",
    ),
])
def test_a_connection_of_each_kind(events, kind, parameters, shown, state):
    name = unique_name("connection")
    created = events.create_connection(
        Name=name, Description="To the shop", AuthorizationType=kind, AuthParameters=parameters
    )
    del created["ResponseMetadata"]
    assert sorted(created) == ["ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime"]
    assert arns("connection", name).fullmatch(created["ConnectionArn"])
    assert created["ConnectionState"] == state
    found = events.describe_connection(Name=name)
    assert (found["Name"], found["Description"], found["AuthorizationType"]) == (name, "To the shop", kind)
    assert (found["ConnectionArn"], found["ConnectionState"]) == (created["ConnectionArn"], state)
    assert found["AuthParameters"] == shown
    assert arns("secret", name).fullmatch(found["SecretArn"])
    assert found["LastAuthorizedTime"] >= found["CreationTime"] == created["CreationTime"]
    [listed] = events.list_connections(NamePrefix=name)["Connections"]
    assert (listed["Name"], listed["ConnectionState"], listed["AuthorizationType"]) == (name, state, kind)
    assert "AuthParameters" not in listed
    deleted = events.delete_connection(Name=name)
    assert (deleted["ConnectionArn"], deleted["ConnectionState"]) == (created["ConnectionArn"], "DELETING")
    with refused("ResourceNotFoundException", status=400) as caught:
        eventually(lambda: not events.describe_connection(Name=name))
    assert f"Failed to describe the connection(s). Connection '{name}' does not exist." in str(caught.value)


def test_parameters_of_requests_are_shown_without_their_secrets(events, make_connection):
    invocation = {
        "HeaderParameters": [parameter("x-shop", "eu"), parameter("x-token", "very-secret", True)],
        "QueryStringParameters": [parameter("page", "1")],
        "BodyParameters": [parameter("nonce", "very-secret", True)],
    }
    name = make_connection(parameters={**API_KEY, "InvocationHttpParameters": invocation})
    shown = events.describe_connection(Name=name)["AuthParameters"]
    assert shown["InvocationHttpParameters"] == {
        "HeaderParameters": [parameter("x-shop", "eu"), {"Key": "x-token", "IsValueSecret": True}],
        "QueryStringParameters": [parameter("page", "1")],
        "BodyParameters": [{"Key": "nonce", "IsValueSecret": True}],
    }
    assert "very-secret" not in str(events.describe_connection(Name=name))


def test_a_connection_is_changed(events, make_connection):
    name = make_connection("BASIC", BASIC, Description="First")
    before = events.describe_connection(Name=name)
    updated = events.update_connection(
        Name=name, AuthorizationType="BASIC",
        AuthParameters={"BasicAuthParameters": {"Username": "new_user", "Password": "new_pass"}},
    )
    assert (updated["ConnectionArn"], updated["ConnectionState"]) == (before["ConnectionArn"], "AUTHORIZED")
    after = events.describe_connection(Name=name)
    assert after["AuthParameters"] == {"BasicAuthParameters": {"Username": "new_user"}}
    assert (after["SecretArn"], after["Description"]) == (before["SecretArn"], "First")
    assert after["LastModifiedTime"] >= before["LastModifiedTime"]
    events.update_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=API_KEY)
    after = events.describe_connection(Name=name)
    assert (after["AuthorizationType"], after["AuthParameters"]) == (
        "API_KEY", {"ApiKeyAuthParameters": {"ApiKeyName": "ApiKey"}},
    )


def test_a_connection_is_deauthorized_and_authorized_again(events, make_connection):
    name = make_connection()
    answer = events.deauthorize_connection(Name=name)
    assert answer["ConnectionState"] == "DEAUTHORIZING"
    state = lambda: events.describe_connection(Name=name)["ConnectionState"]  # noqa: E731
    eventually(lambda: state() == "DEAUTHORIZED")
    assert name in names(events.list_connections(NamePrefix=name, ConnectionState="DEAUTHORIZED"))
    events.update_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=API_KEY)
    eventually(lambda: state() == "AUTHORIZED")
    assert names(events.list_connections(NamePrefix=name, ConnectionState="DEAUTHORIZED")) == []


def test_what_happens_to_a_connection_is_told(events, sqs, queue):
    name = unique_name("connection")
    rule = put_rule(
        events, "default", queue_target(sqs, queue),
        pattern={"source": ["aws.events"], "detail": {"ConnectionName": [name]}},
    )
    # Nobody listens there, so that there is never a token.
    events.create_connection(Name=name, AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters=oauth())
    arn = events.update_connection(Name=name, AuthorizationType="BASIC", AuthParameters=BASIC)["ConnectionArn"]
    events.deauthorize_connection(Name=name)
    events.delete_connection(Name=name)
    told = next_bodies(sqs, queue, 7)
    assert sorted(event["detail-type"].removeprefix("Connection ") for event in told) == [
        "Authorization Started", "Authorized", "Creation Started", "Deauthorization Started", "Deauthorized",
        "Deletion Started", "Update Started",
    ]
    assert {tuple(event["resources"]) for event in told} == {(arn,)}
    events.remove_targets(Rule=rule, Ids=["queue"])
    events.delete_rule(Name=rule)


def test_lists_have_pages(endpoint):
    own = connect(endpoint, "events", account="333333333333")
    made = [f"connection-{number}" for number in range(5)]
    for name in made:
        own.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=API_KEY)
    first = own.list_connections(Limit=3)
    assert names(first) == made[:3]
    second = own.list_connections(Limit=3, NextToken=first["NextToken"])
    assert names(second) == made[3:]
    assert "NextToken" not in second
    for name in made:
        own.delete_connection(Name=name)
    assert own.list_connections()["Connections"] == []


def test_names_and_kinds_are_checked(events, make_connection):
    name = make_connection()
    with refused("ResourceAlreadyExistsException", status=400) as caught:
        events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=API_KEY)
    assert name in str(caught.value)
    with refused("ValidationException", status=400) as caught:
        events.create_connection(
            Name="This should fail with two errors 123467890123412341234123412341234", AuthorizationType="INVALID",
            AuthParameters=BASIC,
        )
    # Recorded from the service by LocalStack's tests; the order of what is said of one member varies in AWS.
    start, *reasons = re.split("(?:: |; )(?=Value)", caught.value.response["Error"]["Message"])
    assert start == "3 validation errors detected"
    long = "Value 'This should fail with two errors 123467890123412341234123412341234' at 'name' failed to satisfy constraint"
    assert sorted(reasons) == [
        "Value 'INVALID' at 'authorizationType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]",
        f"{long}: Member must have length less than or equal to 64",
        rf"{long}: Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+",
    ]


@pytest.mark.parametrize("kind, parameters", [
    ("BASIC", API_KEY),
    ("API_KEY", {**API_KEY, **BASIC}),
    ("API_KEY", {}),
    ("OAUTH_CLIENT_CREDENTIALS", oauth("not a url")),
])
def test_parameters_have_to_fit(events, kind, parameters):
    with refused("ValidationException", status=400):
        events.create_connection(Name=unique_name("connection"), AuthorizationType=kind, AuthParameters=parameters)


def test_what_is_private_is_refused_clearly(events):
    lattice = "arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-0123456789abcdefa"
    with refused("ValidationException", status=400) as caught:
        events.create_connection(
            Name=unique_name("connection"), AuthorizationType="API_KEY", AuthParameters=API_KEY,
            InvocationConnectivityParameters={"ResourceParameters": {"ResourceConfigurationArn": lattice}},
        )
    assert "InvocationConnectivityParameters" in str(caught.value)


def test_what_is_not_there(events):
    missing = unique_name("connection")
    for call, verb in (
        (events.describe_connection, "describe"), (events.delete_connection, "delete"),
        (events.deauthorize_connection, "deauthorize"), (events.update_connection, "update"),
    ):
        with refused("ResourceNotFoundException", status=400) as caught:
            call(Name=missing)
        assert f"Failed to {verb} the connection(s). Connection '{missing}' does not exist." in str(caught.value)


def test_secrets_are_not_readable_on_disk(tmp_path):
    data = tmp_path / "data"
    secret = parameter("x-token", "very-secret", True)
    with Server(binary_from_environment(), data) as server:
        events = connect(server.endpoint, "events")
        for kind, parameters in (("BASIC", BASIC), ("API_KEY", API_KEY), ("OAUTH_CLIENT_CREDENTIALS", oauth())):
            events.create_connection(Name=kind.lower(), AuthorizationType=kind, AuthParameters={
                **parameters, "InvocationHttpParameters": {"HeaderParameters": [secret]},
            })
    files = [path for path in data.rglob("*") if path.is_file()]
    contents = {path: pathlib.Path(path).read_bytes() for path in files}
    assert any(b"oauth_client_credentials" in content for content in contents.values())
    assert [path for path, content in contents.items() if b"very-secret" in content] == []
