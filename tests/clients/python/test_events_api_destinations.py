"""API destinations: what is told of them, and what reaches a web endpoint."""

import base64
import json
import re
import time

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from event_buses import entry, put, put_rule, target
from expectations import arn_of, receive_until, refused
from own_server import eventually
from web_endpoint import WebEndpoint

BASIC = {"BasicAuthParameters": {"Username": "user", "Password": "pässword 1"}}
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "very-secret"}}


@pytest.fixture
def web():
    with WebEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def make_destination(events):
    """Makes an API destination with a connection of its own, and deletes both after the test:
    `make_destination(url, "POST", API_KEY)` -> its ARN."""
    made = []

    def make(url, method="POST", parameters=API_KEY, invocation=None, **settings):
        name = unique_name("destination")
        kind = "BASIC" if "BasicAuthParameters" in parameters else "API_KEY"
        if invocation:
            parameters = {**parameters, "InvocationHttpParameters": invocation}
        connection = events.create_connection(Name=name, AuthorizationType=kind, AuthParameters=parameters)
        made.append(name)
        return events.create_api_destination(
            Name=name, ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=url, HttpMethod=method, **settings
        )["ApiDestinationArn"]

    yield make
    for name in made:
        events.delete_api_destination(Name=name)
        events.delete_connection(Name=name)


def name_of(arn):
    return arn.split("/")[1]


def described(events, name):
    found = events.describe_api_destination(Name=name)
    del found["ResponseMetadata"]
    return found


def test_the_life_of_an_api_destination(events):
    name = unique_name("destination")
    connection = events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters=API_KEY)["ConnectionArn"]
    created = events.create_api_destination(
        Name=name, Description="Test API destination", ConnectionArn=connection,
        InvocationEndpoint="https://example.com/api", HttpMethod="POST",
    )
    arn = created["ApiDestinationArn"]
    assert re.fullmatch(rf"arn:aws:events:{REGION}:{OWN_ACCOUNT}:api-destination/{name}/[0-9a-f-]{{36}}", arn)
    assert created["ApiDestinationState"] == "ACTIVE"
    summary = {
        "Name": name, "ApiDestinationArn": arn, "ApiDestinationState": "ACTIVE", "ConnectionArn": connection,
        "InvocationEndpoint": "https://example.com/api", "HttpMethod": "POST", "InvocationRateLimitPerSecond": 300,
        "CreationTime": created["CreationTime"], "LastModifiedTime": created["LastModifiedTime"],
    }
    assert described(events, name) == {**summary, "Description": "Test API destination"}
    assert events.list_api_destinations(NamePrefix=name)["ApiDestinations"] == [summary]
    assert events.list_api_destinations(ConnectionArn=connection)["ApiDestinations"] == [summary]
    updated = events.update_api_destination(
        Name=name, Description="Updated API destination", InvocationEndpoint="https://example.com/api/v2",
        HttpMethod="PUT",
    )
    assert (updated["ApiDestinationArn"], updated["ApiDestinationState"]) == (arn, "ACTIVE")
    found = described(events, name)
    assert (found["Description"], found["InvocationEndpoint"], found["HttpMethod"]) == (
        "Updated API destination", "https://example.com/api/v2", "PUT",
    )
    assert (found["InvocationRateLimitPerSecond"], found["ConnectionArn"]) == (300, connection)
    events.deauthorize_connection(Name=name)
    eventually(lambda: described(events, name)["ApiDestinationState"] == "INACTIVE")
    events.delete_api_destination(Name=name)
    with refused("ResourceNotFoundException", status=400) as caught:
        events.describe_api_destination(Name=name)
    assert (
        f"Failed to describe the api-destination(s). An api-destination '{name}' does not exist." in str(caught.value)
    )
    events.delete_connection(Name=name)


def test_a_post_with_the_event(events, bus, web, make_destination):
    put_rule(events, bus, target(make_destination(web.url)))
    [event_id] = put(events, entry(bus, {"order": 1}))
    post = web.next()
    assert (post.method, post.path) == ("POST", "/hook")
    assert (post.json()["id"], post.json()["detail"]) == (event_id, {"order": 1})
    assert post.headers["X-Api-Key"] == "very-secret"
    assert post.headers["Content-Type"] == "application/json; charset=utf-8"
    assert post.headers["User-Agent"] == "Amazon/EventBridge/ApiDestinations"
    assert post.headers["Range"] == "bytes=0-1048575"
    assert int(post.headers["Content-Length"]) == len(post.body)


def test_user_and_password(events, bus, web, make_destination):
    put_rule(events, bus, target(make_destination(web.url, parameters=BASIC)))
    put(events, entry(bus))
    credentials = base64.b64encode("user:pässword 1".encode()).decode()
    assert web.next().headers["Authorization"] == f"Basic {credentials}"


def test_what_target_and_connection_add(events, bus, web, make_destination):
    parameter = lambda key, value: {"Key": key, "Value": value, "IsValueSecret": False}  # noqa: E731
    arn = make_destination(f"{web.url}/*/items/*?fixed=1", "PUT", invocation={
        "HeaderParameters": [parameter("X-Both", "connection"), parameter("X-Connection", "c")],
        "QueryStringParameters": [parameter("shop", "eu & more")],
        "BodyParameters": [parameter("nonce", "12345")],
    })
    put_rule(events, bus, target(
        arn,
        HttpParameters={
            "PathParameterValues": ["$.detail.customer", "all"],
            "HeaderParameters": {"X-Both": "target", "X-Order": "$.detail.order", "Content-Type": "application/x-order"},
            "QueryStringParameters": {"from": "$.source"},
        },
        InputTransformer={"InputPathsMap": {"order": "$.detail.order"}, "InputTemplate": '{"number": <order>}'},
    ))
    put(events, entry(bus, {"order": 17, "customer": "a/b c"}))
    request = web.next()
    path, _, query = request.path.partition("?")
    assert (request.method, path) == ("PUT", "/hook/a%2Fb%20c/items/all")
    assert sorted(query.replace("%20", "+").split("&")) == ["fixed=1", "from=shop", "shop=eu+%26+more"]
    assert request.json() == {"number": 17, "nonce": "12345"}
    names = ("X-Both", "X-Connection", "X-Order", "Content-Type")
    assert [request.headers[name] for name in names] == ["connection", "c", "17", "application/x-order"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PATCH", "DELETE"])
def test_every_method(events, bus, web, make_destination, method):
    put_rule(events, bus, target(make_destination(web.url, method)))
    [event_id] = put(events, entry(bus))
    request = web.next()
    assert request.method == method
    if method == "PATCH":
        assert request.json()["id"] == event_id
    if method in ("GET", "HEAD"):
        assert request.body == ""


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_what_may_pass_is_tried_again(events, bus, web, make_destination, status):
    put_rule(events, bus, target(make_destination(web.url)))
    web.answer(status)
    [event_id] = put(events, entry(bus))
    assert [web.next().json()["id"] for _ in range(2)] == [event_id] * 2


def test_a_server_may_say_when(events, bus, web, make_destination):
    put_rule(events, bus, target(make_destination(web.url)))
    web.answer((429, {"Retry-After": "4"}))
    put(events, entry(bus))
    web.next()
    refused_at = time.monotonic()
    web.next()
    assert time.monotonic() - refused_at >= 3.9


@pytest.mark.parametrize("answers, retries, exhausted", [
    ([404], 5, {}),
    ([500, 500], 1, {"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "1"}),
])
def test_what_cannot_be_delivered_is_dead_lettered(
    events, sqs, queue, bus, web, make_destination, answers, retries, exhausted
):
    arn = make_destination(web.url)
    put_rule(events, bus, target(
        arn, RetryPolicy={"MaximumRetryAttempts": retries}, DeadLetterConfig={"Arn": arn_of(sqs, queue)}
    ))
    web.answer(*answers)
    [event_id] = put(events, entry(bus, {"order": 1}))
    [message] = receive_until(sqs, queue, 1, MessageAttributeNames=["All"])
    assert json.loads(message["Body"])["id"] == event_id
    found = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert (found["TARGET_ARN"], found["ERROR_CODE"]) == (arn, "SDK_CLIENT_ERROR")
    assert found["ERROR_MESSAGE"].startswith("Unable to invoke ApiDestination endpoint: ")
    about_retries = ("EXHAUSTED_RETRY_CONDITION", "RETRY_ATTEMPTS")
    assert {name: value for name, value in found.items() if name in about_retries} == exhausted
    assert web.posts.qsize() == len(answers)


def test_invocations_keep_to_a_rate(events, bus, web, make_destination):
    put_rule(events, bus, target(make_destination(web.url, InvocationRateLimitPerSecond=5)))
    began = time.monotonic()
    ids = put(events, *(entry(bus) for _ in range(10))) + put(events, *(entry(bus) for _ in range(10)))
    assert sorted(web.next().json()["id"] for _ in range(20)) == sorted(ids)
    # A second's worth may come at once.
    assert time.monotonic() - began >= 2.5


def test_a_destination_takes_its_changes_over_at_once(events, bus, web, make_destination):
    arn = make_destination("http://127.0.0.1:9/away")
    name = name_of(arn)
    events.update_api_destination(Name=name, InvocationEndpoint=web.url, HttpMethod="PUT")
    events.update_connection(Name=name, AuthorizationType="BASIC", AuthParameters=BASIC)
    put_rule(events, bus, target(arn))
    put(events, entry(bus))
    request = web.next()
    assert request.method == "PUT"
    assert request.headers["Authorization"].startswith("Basic ")


def test_an_endpoint_that_is_away_gets_it_later(events, bus, make_destination):
    with WebEndpoint() as web:
        pass
    put_rule(events, bus, target(make_destination(web.url)))
    [event_id] = put(events, entry(bus))
    with WebEndpoint(port=web.port) as web:
        assert web.next(30).json()["id"] == event_id


def test_events_wait_for_a_connection_that_is_deauthorized(events, bus, web, make_destination):
    arn = make_destination(web.url)
    events.deauthorize_connection(Name=name_of(arn))
    put_rule(events, bus, target(arn))
    [event_id] = put(events, entry(bus))
    events.update_connection(Name=name_of(arn), AuthorizationType="API_KEY", AuthParameters=API_KEY)
    assert web.next(30).json()["id"] == event_id


def test_lists_have_pages(endpoint):
    own = connect(endpoint, "events", account="333333333333")
    connection = own.create_connection(Name="connection", AuthorizationType="API_KEY", AuthParameters=API_KEY)
    made = [f"destination-{number}" for number in range(5)]
    for name in made:
        own.create_api_destination(
            Name=name, ConnectionArn=connection["ConnectionArn"], InvocationEndpoint="https://example.com",
            HttpMethod="POST",
        )
    names = lambda answer: [each["Name"] for each in answer["ApiDestinations"]]  # noqa: E731
    first = own.list_api_destinations(Limit=3)
    assert names(first) == made[:3]
    second = own.list_api_destinations(Limit=3, NextToken=first["NextToken"])
    assert names(second) == made[3:]
    assert "NextToken" not in second
    for name in made:
        own.delete_api_destination(Name=name)
    own.delete_connection(Name="connection")


def test_parameters_are_checked(events, make_destination):
    arn = make_destination("https://example.com")
    connection = described(events, name_of(arn))["ConnectionArn"]
    right = {"ConnectionArn": connection, "InvocationEndpoint": "https://example.com", "HttpMethod": "POST"}
    with refused("ResourceAlreadyExistsException", status=400):
        events.create_api_destination(Name=name_of(arn), **right)
    with refused("ValidationException", status=400) as caught:
        events.create_api_destination(
            Name="test", **{**right, "ConnectionArn": "invalid-connection-arn", "HttpMethod": "INVALID_METHOD"}
        )
    # Recorded from the service by LocalStack's tests; AWS names the methods in no particular order.
    message, _, methods = caught.value.response["Error"]["Message"].partition("enum value set: ")
    assert message == (
        "2 validation errors detected: Value 'invalid-connection-arn' at 'connectionArn' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: ^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:"
        r"connection\/[\.\-_A-Za-z0-9]+\/[\-A-Za-z0-9]+$; "
        "Value 'INVALID_METHOD' at 'httpMethod' failed to satisfy constraint: Member must satisfy "
    )
    assert sorted(methods.strip("[]").split(", ")) == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    for change in ({"Name": "Invalid Name With Spaces!"}, {"InvocationEndpoint": "shop"}):
        with refused("ValidationException", status=400):
            events.create_api_destination(**{"Name": "test", **right, **change})
    with refused("ResourceNotFoundException", status=400):
        events.create_api_destination(Name="test", **{**right, "ConnectionArn": f"{connection[:-4]}0000"})


def test_what_is_not_there(events):
    missing = unique_name("destination")
    for call in (events.describe_api_destination, events.delete_api_destination, events.update_api_destination):
        with refused("ResourceNotFoundException", status=400) as caught:
            call(Name=missing)
        assert f"An api-destination '{missing}' does not exist." in str(caught.value)
