"""API destinations over TLS, with tokens of an authorization server."""

import json

import pytest
import trustme

from authorization_server import CLIENT_ID, CLIENT_SECRET, ProtectedShop
from conftest import unique_name
from event_buses import entry, put, put_rule, target
from expectations import arn_of, receive_until
from own_server import eventually, own_server
from web_endpoint import WebEndpoint

SCOPE = {"Key": "scope", "Value": "orders", "IsValueSecret": False}


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority, tmp_path_factory):
    roots = tmp_path_factory.mktemp("roots") / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))
    with own_server("--trusted-certificates", str(roots)) as clients:
        yield clients


@pytest.fixture
def shop(authority):
    with ProtectedShop(authority.issue_cert("localhost")) as shop:
        yield shop


def oauth(shop, secret=CLIENT_SECRET, method="POST", parameters=SCOPE):
    where = "QueryStringParameters" if method == "GET" else "BodyParameters"
    return {"OAuthParameters": {
        "AuthorizationEndpoint": f"{shop.url}/token", "HttpMethod": method,
        "ClientParameters": {"ClientID": CLIENT_ID, "ClientSecret": secret},
        "OAuthHttpParameters": {where: [parameters]},
    }}


@pytest.fixture
def to_shop(server, shop):
    """A rule of a bus of its own, whose target is the shop: `to_shop(parameters)` -> the bus and the connection."""

    def make(parameters=None, **settings):
        bus, name = unique_name("bus"), unique_name("shop")
        connection = server.events.create_connection(
            Name=name, AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters=parameters or oauth(shop)
        )
        assert connection["ConnectionState"] == "AUTHORIZING"
        destination = server.events.create_api_destination(
            Name=name, ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=f"{shop.url}/orders", HttpMethod="POST"
        )
        server.events.create_event_bus(Name=bus)
        put_rule(server.events, bus, target(destination["ApiDestinationArn"], **settings))
        return bus, name

    return make


def wait_for(server, connection, state):
    describe = lambda: server.events.describe_connection(Name=connection)  # noqa: E731
    eventually(lambda: describe()["ConnectionState"] == state)
    return describe()


def test_orders_come_with_a_token(server, shop, to_shop):
    bus, connection = to_shop()
    found = wait_for(server, connection, "AUTHORIZED")
    assert "StateReason" not in found
    assert server.events.describe_api_destination(Name=connection)["ApiDestinationState"] == "ACTIVE"
    ids = [event_id for number in range(5) for event_id in put(server.events, entry(bus, {"order": number}))]
    orders = [shop.next()[0] for _ in range(5)]
    assert sorted(order["id"] for order in orders) == sorted(ids)
    assert shop.refusals.empty()
    assert len(shop.tokens) == 1  # one is enough for all


def test_a_token_that_is_refused_is_replaced(server, shop, to_shop):
    bus, connection = to_shop()
    wait_for(server, connection, "AUTHORIZED")
    put(server.events, entry(bus, {"order": 1}))
    assert shop.next()[0]["detail"] == {"order": 1}
    shop.revoke()
    put(server.events, entry(bus, {"order": 2}))
    order, headers = shop.next(30)
    assert order["detail"] == {"order": 2}
    assert shop.refusals.get_nowait() == ("/orders", 401)
    assert len(shop.tokens) == 2
    assert headers["Authorization"] == f"Bearer {list(shop.tokens)[1]}"
    assert server.events.describe_connection(Name=connection)["ConnectionState"] == "AUTHORIZED"


def test_a_client_that_is_unknown_is_not_authorized(server, shop, to_shop):
    bus, connection = to_shop(oauth(shop, secret="wrong"))
    found = wait_for(server, connection, "DEAUTHORIZED")
    assert "invalid_client" in found["StateReason"]
    assert "wrong" not in str(found)
    assert server.events.describe_api_destination(Name=connection)["ApiDestinationState"] == "INACTIVE"
    [event_id] = put(server.events, entry(bus))
    server.events.update_connection(
        Name=connection, AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters=oauth(shop)
    )
    assert "StateReason" not in wait_for(server, connection, "AUTHORIZED")
    assert shop.next(30)[0]["id"] == event_id


def test_a_scope_that_is_not_enough(server, shop, to_shop):
    dead = server.sqs.create_queue(QueueName=unique_name())["QueueUrl"]
    invoices = {**SCOPE, "Value": "invoices"}
    bus, connection = to_shop(oauth(shop, parameters=invoices), DeadLetterConfig={"Arn": arn_of(server.sqs, dead)})
    wait_for(server, connection, "AUTHORIZED")
    [event_id] = put(server.events, entry(bus))
    [message] = receive_until(server.sqs, dead, 1, MessageAttributeNames=["All"])
    assert json.loads(message["Body"])["id"] == event_id
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "SDK_CLIENT_ERROR"
    assert shop.refusals.get_nowait() == ("/orders", 403)


def test_an_authorization_server_that_is_away(server, authority, to_shop):
    with ProtectedShop(authority.issue_cert("localhost")) as away:
        pass
    _, connection = to_shop(oauth(away))
    assert server.events.describe_connection(Name=connection)["ConnectionState"] == "AUTHORIZING"
    assert server.events.describe_api_destination(Name=connection)["ApiDestinationState"] == "INACTIVE"


def to_web(server, web, dead):
    """A bus whose events go to a web endpoint with an API key, or else to a queue of dead letters."""
    bus, name = unique_name("bus"), unique_name("web")
    connection = server.events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters={
        "ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "k"},
    })
    destination = server.events.create_api_destination(
        Name=name, ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=web.url, HttpMethod="POST"
    )
    server.events.create_event_bus(Name=bus)
    put_rule(server.events, bus, target(
        destination["ApiDestinationArn"], RetryPolicy={"MaximumRetryAttempts": 0},
        DeadLetterConfig={"Arn": arn_of(server.sqs, dead)},
    ))
    return bus


def test_certificates_are_verified(server, authority):
    dead = server.sqs.create_queue(QueueName=unique_name())["QueueUrl"]
    with WebEndpoint(certificate=authority.issue_cert("localhost")) as web:
        [event_id] = put(server.events, entry(to_web(server, web, dead)))
        assert web.next().json()["id"] == event_id
    for wrong in (trustme.CA().issue_cert("localhost"), authority.issue_cert("other.example.com")):
        with WebEndpoint(certificate=wrong) as web:
            [event_id] = put(server.events, entry(to_web(server, web, dead)))
            [message] = receive_until(server.sqs, dead, 1)
            assert json.loads(message["Body"])["id"] == event_id
            server.sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            assert web.posts.empty()
