"""What was said of buses, and what waits for targets, across `kill -9`."""

import datetime
import json
import time

import pytest

from conftest import OWN_ACCOUNT, REGION, connect
from event_buses import bus_arn, entry, next_bodies, put, put_rule, queue_target, target
from expectations import arn_of, receive
from ninefold_server import Server, binary_from_environment
from own_server import eventually
from web_endpoint import WebEndpoint
from webhook_senders import github, post, stripe

API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "k"}}
SOURCE = "aws.partner/shop.example/orders"
GITHUB = "aws.partner/github.com/acme"
STRIPE = "aws.partner/stripe.com/acme"
YESTERDAY = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(days=1)


@pytest.fixture
def server(tmp_path):
    with Server(binary_from_environment(), tmp_path / "data") as server:
        yield server


def restart(server):
    server.kill()
    server.start()
    return connect(server.endpoint, "events"), connect(server.endpoint, "sqs")


def everything_told(events):
    """All that the server tells of what `test_settings_survive` makes."""
    told = {
        "bus": events.describe_event_bus(Name="shop"),
        "default": events.describe_event_bus(),
        "rule": events.describe_rule(Name="orders", EventBusName="shop"),
        "targets": events.list_targets_by_rule(Rule="orders", EventBusName="shop"),
        "schedule": events.describe_rule(Name="daily"),
        "tags": [events.list_tags_for_resource(ResourceARN=bus_arn(name)) for name in ("shop", "default")],
        "source": events.describe_event_source(Name=SOURCE),
        "archive": events.describe_archive(ArchiveName="archive"),
        "replay": events.describe_replay(ReplayName="replay"),
        "connection": events.describe_connection(Name="connection"),
        "destination": events.describe_api_destination(Name="destination"),
        "endpoint": events.describe_endpoint(Name="endpoint"),
    }
    for answer in (answer for each in told.values() for answer in (each if isinstance(each, list) else [each])):
        del answer["ResponseMetadata"]
    told["endpoint"].pop("EndpointUrl")  # it has the server's port
    return told


def test_settings_survive(server):
    events, sqs = connect(server.endpoint, "events"), connect(server.endpoint, "sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    events.create_event_bus(Name="shop", Description="Orders", Tags=[{"Key": "team", "Value": "a"}])
    events.put_permission(
        EventBusName="shop", Action="events:PutEvents", Principal="111111111111", StatementId="friend"
    )
    events.update_event_bus(Name="default", Description="The one bus")
    events.tag_resource(ResourceARN=bus_arn("default"), Tags=[{"Key": "team", "Value": "b"}])
    put_rule(events, "shop", queue_target(sqs, url, InputPath="$.detail"), name="orders", State="DISABLED")
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    events.create_partner_event_source(Name=SOURCE, Account=OWN_ACCOUNT)
    events.create_archive(ArchiveName="archive", EventSourceArn=bus_arn("shop"), RetentionDays=3)
    put(events, *(entry("shop", Time=YESTERDAY) for _ in range(7)))
    events.start_replay(
        ReplayName="replay", EventSourceArn=bus_arn("archive").replace("event-bus", "archive"),
        EventStartTime=YESTERDAY - datetime.timedelta(hours=1), EventEndTime=YESTERDAY + datetime.timedelta(hours=1),
        Destination={"Arn": bus_arn("shop")},
    )
    eventually(lambda: events.describe_replay(ReplayName="replay")["State"] == "COMPLETED")
    connection = events.create_connection(
        Name="connection", AuthorizationType="API_KEY", AuthParameters=API_KEY
    )["ConnectionArn"]
    events.create_api_destination(
        Name="destination", ConnectionArn=connection, InvocationEndpoint="https://example.com", HttpMethod="POST"
    )
    events.create_endpoint(
        Name="endpoint", ReplicationConfig={"State": "DISABLED"},
        EventBuses=[{"EventBusArn": bus_arn("shop", region=region)} for region in (REGION, "eu-west-1")],
        RoutingConfig={"FailoverConfig": {
            "Primary": {"HealthCheck": "arn:aws:route53:::healthcheck/12345678-1234-1234-1234-123456789012"},
            "Secondary": {"Route": "eu-west-1"},
        }},
    )
    before = everything_told(events)
    assert (before["archive"]["EventCount"], before["rule"]["State"]) == (7, "DISABLED")
    events, sqs = restart(server)
    assert everything_told(events) == before
    events.enable_rule(Name="orders", EventBusName="shop")
    put(events, entry("shop", {"order": 1}))
    assert next_bodies(sqs, sqs.get_queue_url(QueueName="queue")["QueueUrl"]) == [{"order": 1}]


def test_what_is_deleted_stays_away(server):
    events = connect(server.endpoint, "events")
    events.create_event_bus(Name="shop")
    put_rule(events, "shop", name="kept")
    put_rule(events, "shop", name="deleted")
    events.create_archive(ArchiveName="archive", EventSourceArn=bus_arn("shop"))
    events.create_event_bus(Name="deleted")
    events.delete_rule(Name="deleted", EventBusName="shop")
    events.delete_archive(ArchiveName="archive")
    events.delete_event_bus(Name="deleted")
    events, _ = restart(server)
    assert [bus["Name"] for bus in events.list_event_buses()["EventBuses"]] == ["default", "shop"]
    assert [rule["Name"] for rule in events.list_rules(EventBusName="shop")["Rules"]] == ["kept"]
    assert events.list_archives()["Archives"] == []


def test_what_waits_for_a_target_reaches_it(server):
    events, sqs = connect(server.endpoint, "events"), connect(server.endpoint, "sqs")
    with WebEndpoint() as web:
        pass
    connection = events.create_connection(Name="web", AuthorizationType="API_KEY", AuthParameters=API_KEY)
    destination = events.create_api_destination(
        Name="web", ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=web.url, HttpMethod="POST"
    )
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    put_rule(events, "default", target(
        destination["ApiDestinationArn"], DeadLetterConfig={"Arn": arn_of(sqs, url)},
    ), pattern={"source": ["shop"]})
    ids = [event_id for _ in range(3) for event_id in put(events, *(entry("default") for _ in range(10)))]
    restart(server)
    with WebEndpoint(port=web.port) as web:
        found = set()
        eventually(lambda: found.add(json.loads(web.next(60).body)["id"]) or found == set(ids), seconds=60)


def test_a_webhook_is_taken_once(tmp_path):
    file = tmp_path / "webhooks.toml"
    file.write_text("\n".join(
        f'[[webhook]]\nsource = "{source}"\naccount = "{OWN_ACCOUNT}"\nregion = "{REGION}"\nsecret = "s"\n'
        f'scheme = "{scheme}"\n'
        for source, scheme in ((GITHUB, "github"), (STRIPE, "stripe"))
    ))
    pushed = json.dumps({"ref": "refs/heads/main", "at": time.time()})
    charged = json.dumps({"id": "evt_1", "type": "charge.succeeded"})
    webhooks = [(GITHUB, pushed, github("s", pushed)), (STRIPE, charged, stripe("s", charged))]
    with Server(binary_from_environment(), tmp_path / "data", "--webhooks", str(file)) as server:
        events, sqs = connect(server.endpoint, "events"), connect(server.endpoint, "sqs")
        url = sqs.create_queue(QueueName="taken")["QueueUrl"]
        eventually(lambda: len(events.list_event_sources()["EventSources"]) == 2)
        for source in (GITHUB, STRIPE):
            events.create_event_bus(Name=source, EventSourceName=source)
            put_rule(events, source, queue_target(sqs, url))
        send = lambda source, body, headers: post(  # noqa: E731
            f"{server.endpoint}/_ninefold/webhooks/{source}", body, headers
        )
        taken = {send(*webhook)[1] for webhook in webhooks}
        _, sqs = restart(server)
        url = sqs.get_queue_url(QueueName="taken")["QueueUrl"]
        assert {event["id"] for event in next_bodies(sqs, url, 2)} == taken
        for source, body, headers in webhooks:
            assert send(source, body, headers) == (200, "taken before")
        # An attempt with another signature, and with another id of the delivery, is the same.
        assert send(STRIPE, charged, stripe("s", charged, at=int(time.time()) + 1)) == (200, "taken before")
        assert send(GITHUB, pushed, github("s", pushed, delivery="another")) == (200, "taken before")
        assert receive(sqs, url) == []
