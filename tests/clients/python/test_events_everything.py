"""What it is all for: events reach a queue, a topic and a protected API as a rule wants them, whoever is away or killed; a
webhook is one of them; and yesterday's come again."""

import datetime
import json

import trustme

from authorization_server import CLIENT_ID, CLIENT_SECRET, ProtectedShop
from conftest import OWN_ACCOUNT, REGION, connect
from event_buses import bus_arn, entry, next_bodies, put, put_rule, queue_target, target
from expectations import arn_of
from ninefold_server import Server, binary_from_environment
from own_server import eventually
from webhook_senders import github, post

GITHUB, SECRET = "aws.partner/github.com/acme", "It's a Secret to Everybody"
YESTERDAY = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=1)
LARGE_ORDERS = {"source": ["shop"], "detail-type": ["order"], "detail": {"total": [{"numeric": [">", 100]}]}}
TRANSFORMER = {
    "InputPathsMap": {"order": "$.detail.order", "total": "$.detail.total", "replay": "$.replay-name"},
    "InputTemplate": '{"order": <order>, "text": "<aws.events.rule-name>: <total>", "replay": <replay>}',
}


class Clients:
    def __init__(self, server):
        self.events, self.sns, self.sqs = (connect(server.endpoint, service) for service in ("events", "sns", "sqs"))


def order(number, total, **changes):
    return entry("shop", {"order": number, "total": total}, **changes)


def expected(number, total, replay=""):
    return {"order": number, "text": f"large-orders: {total}", "replay": replay}


def oauth(shop):
    return {"OAuthParameters": {
        "AuthorizationEndpoint": f"{shop.url}/token", "HttpMethod": "POST",
        "ClientParameters": {"ClientID": CLIENT_ID, "ClientSecret": CLIENT_SECRET},
        "OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "orders", "IsValueSecret": False}]},
    }}


def set_up(clients, shop):
    """A bus with an archive, and a rule for large orders with three targets; returns the queue, and the topic's."""
    events, sns, sqs = clients.events, clients.sns, clients.sqs
    events.create_event_bus(Name="shop")
    events.create_archive(ArchiveName="orders", EventSourceArn=bus_arn("shop"))
    put(events, order(1, 500, Time=YESTERDAY))  # nobody wants it yet
    url, of_topic = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("orders", "of-topic"))
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, of_topic), Attributes={"RawMessageDelivery": "true"}
    )
    connection = events.create_connection(
        Name="shop", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters=oauth(shop)
    )["ConnectionArn"]
    eventually(lambda: events.describe_connection(Name="shop")["ConnectionState"] == "AUTHORIZED")
    destination = events.create_api_destination(
        Name="shop", ConnectionArn=connection, InvocationEndpoint=f"{shop.url}/orders", HttpMethod="POST"
    )["ApiDestinationArn"]
    put_rule(
        events, "shop", queue_target(sqs, url, InputTransformer=TRANSFORMER),
        target(topic, "topic", InputTransformer=TRANSFORMER), target(destination, "api", InputTransformer=TRANSFORMER),
        pattern=LARGE_ORDERS, name="large-orders",
    )
    return url, of_topic


def taken(shop, wanted):
    """Takes orders until the wanted one has come. (What was under way when a server was killed comes again.)"""
    return eventually(lambda: shop.next(60)[0] == wanted, seconds=60)


def test_events_reach_everybody_whatever_happens(tmp_path):
    authority = trustme.CA()
    roots, webhooks, certificate = tmp_path / "roots.pem", tmp_path / "webhooks.toml", authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(str(roots))
    webhooks.write_text(
        f'[[webhook]]\nsource = "{GITHUB}"\naccount = "{OWN_ACCOUNT}"\nregion = "{REGION}"\n'
        f'secret = "{SECRET}"\nscheme = "github"\n'
    )
    options = ["--trusted-certificates", str(roots), "--webhooks", str(webhooks)]
    with Server(binary_from_environment(), tmp_path / "data", *options) as server:
        clients = Clients(server)
        with ProtectedShop(certificate) as shop:
            url, of_topic = set_up(clients, shop)
        clients.events.create_event_bus(Name=GITHUB, EventSourceName=GITHUB)
        put_rule(clients.events, GITHUB, queue_target(clients.sqs, url, InputPath="$.detail.ref"))
        # The shop is away when the orders come, and the server is killed while they wait for it.
        put(clients.events, order(2, 99.5), order(3, 250))
        body = json.dumps({"ref": "refs/heads/main"})
        status, _ = post(f"{server.endpoint}/_ninefold/webhooks/{GITHUB}", body, github(SECRET, body))
        assert status == 200
        server.kill()
        server.start()
        clients = Clients(server)
        found = next_bodies(clients.sqs, url, 2)
        assert expected(3, 250) in found
        assert "refs/heads/main" in found
        assert next_bodies(clients.sqs, of_topic) == [expected(3, 250)]
        with ProtectedShop(certificate, shop.port) as shop:
            assert taken(shop, expected(3, 250))
            hour = datetime.timedelta(hours=1)
            clients.events.start_replay(
                ReplayName="yesterday", EventSourceArn=bus_arn("orders").replace("event-bus", "archive"),
                EventStartTime=YESTERDAY - hour, EventEndTime=YESTERDAY + hour, Destination={"Arn": bus_arn("shop")},
            )
            again = expected(1, 500, "yesterday")
            assert next_bodies(clients.sqs, url) == [again]
            assert next_bodies(clients.sqs, of_topic) == [again]
            assert taken(shop, again)
            assert shop.refusals.empty()
        eventually(lambda: clients.events.describe_replay(ReplayName="yesterday")["State"] == "COMPLETED")
        assert clients.events.describe_archive(ArchiveName="orders")["EventCount"] == 3
