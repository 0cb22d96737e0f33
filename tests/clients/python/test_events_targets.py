"""Targets: what can be one, and what reaches each kind."""

import json

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from event_buses import bus_arn, entry, next_bodies, put, put_rule, put_targets, queue_target, target
from expectations import arn_of, bodies, receive, receive_until, refused
from own_server import eventually, own_server

ONCE = {"MaximumRetryAttempts": 0}


def arn(service, resource, account=OWN_ACCOUNT):
    return f"arn:aws:{service}:{REGION}:{account}:{resource}"


def attributes_of(message):
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def test_a_queue_gets_the_event(events, sqs, queue, bus):
    put_rule(events, bus, queue_target(sqs, queue))
    [event_id] = put(events, entry(bus, {"order": 1}, Resources=["arn:aws:shop:::order/1"]))
    [message] = receive_until(sqs, queue, 1)
    event = json.loads(message["Body"])
    assert list(event) == [
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    ]
    assert event == {
        "version": "0", "id": event_id, "detail-type": "order", "source": "shop", "account": OWN_ACCOUNT,
        "time": event["time"], "region": REGION, "resources": ["arn:aws:shop:::order/1"], "detail": {"order": 1},
    }


def test_a_fifo_queue_gets_events_in_order_of_their_group(events, sqs, make_queue, bus):
    url = make_queue(FifoQueue="true", ContentBasedDeduplication="true")
    put_rule(events, bus, queue_target(sqs, url, SqsParameters={"MessageGroupId": "orders"}))
    for first in range(0, 50, 10):
        put(events, *(entry(bus, {"order": order}) for order in range(first, first + 10)))
    found = []
    while len(found) < 50:
        messages = receive(sqs, url, WaitTimeSeconds=5, AttributeNames=["MessageGroupId"])
        assert messages, found
        assert {message["Attributes"]["MessageGroupId"] for message in messages} == {"orders"}
        found += [json.loads(body)["detail"]["order"] for body in bodies(messages)]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert found == list(range(50))


def test_a_topic_hands_on_the_event(events, sns, sqs, topic, queue, bus):
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, queue), Attributes={"RawMessageDelivery": "true"}
    )
    put_rule(events, bus, target(topic))
    [event_id] = put(events, entry(bus, {"order": 1}))
    [event] = next_bodies(sqs, queue)
    assert (event["id"], event["detail"]) == (event_id, {"order": 1})


def test_another_bus_gets_the_event_as_it_is(events, sqs, queue, make_bus):
    first, second = make_bus(), make_bus()
    put_rule(events, first, target(bus_arn(second)))
    put_rule(events, second, queue_target(sqs, queue))
    [event_id] = put(events, entry(first, {"order": 1}))
    [event] = next_bodies(sqs, queue)
    assert (event["id"], event["source"], event["detail"]) == (event_id, "shop", {"order": 1})


def test_events_do_not_go_in_circles(events, sqs, make_queue, make_bus):
    first, second, dead = make_bus(), make_bus(), make_queue()
    url = make_queue()
    put_rule(events, first, target(bus_arn(second)), queue_target(sqs, url))
    put_rule(events, second, target(bus_arn(first), DeadLetterConfig={"Arn": arn_of(sqs, dead)}))
    [event_id] = put(events, entry(first))
    [message] = receive_until(sqs, dead, 1, MessageAttributeNames=["All"])
    assert json.loads(message["Body"])["id"] == event_id
    assert attributes_of(message)["TARGET_ARN"] == bus_arn(first)
    assert len(next_bodies(sqs, url)) == 1
    assert receive(sqs, url) == []


def test_a_log_group_is_a_file():
    with own_server() as clients:
        events = connect(clients.endpoint, "events")
        put_rule(events, "default", target(arn("logs", "log-group:/aws/events/orders:*")), name="orders")
        [event_id] = put(events, entry("default", {"order": 1}))
        lines = lambda: [  # noqa: E731
            json.loads(line)
            for path in (clients.data / "log-groups").rglob("*") if path.is_file()
            for line in path.read_text().splitlines()
        ]
        [event] = eventually(lines)
        assert (event["id"], event["detail"]) == (event_id, {"order": 1})


def test_every_target_of_every_rule_gets_the_event(events, sqs, make_queue, bus):
    urls = [make_queue() for _ in range(6)]
    put_rule(events, bus, *(queue_target(sqs, url, f"target-{number}") for number, url in enumerate(urls[:5])))
    put_rule(events, bus, queue_target(sqs, urls[5]))
    ids = put(events, entry(bus), entry(bus))
    for url in urls:
        assert sorted(event["id"] for event in next_bodies(sqs, url, 2)) == sorted(ids)


def test_targets_are_listed_changed_and_removed(events, sqs, make_queue, bus):
    urls = [make_queue() for _ in range(2)]
    targets = [
        queue_target(sqs, urls[0], f"target-{number}", RetryPolicy={
            "MaximumRetryAttempts": number, "MaximumEventAgeInSeconds": 3600,
        })
        for number in range(4)
    ]
    rule = put_rule(events, bus, *targets)
    listed = lambda **arguments: events.list_targets_by_rule(Rule=rule, EventBusName=bus, **arguments)  # noqa: E731
    assert listed()["Targets"] == targets
    first = listed(Limit=3)
    assert first["Targets"] == targets[:3]
    assert listed(Limit=3, NextToken=first["NextToken"])["Targets"] == targets[3:]
    changed = queue_target(sqs, urls[1], "target-0")
    put_targets(events, bus, rule, changed)
    assert listed()["Targets"] == [changed, *targets[1:]]
    removed = events.remove_targets(Rule=rule, EventBusName=bus, Ids=["target-1", "target-3"])
    assert (removed["FailedEntryCount"], removed["FailedEntries"]) == (0, [])
    assert listed()["Targets"] == [changed, targets[2]]
    put(events, entry(bus))
    for url in urls:
        assert len(next_bodies(sqs, url)) == 1


def test_a_rule_has_five_targets(events, sqs, queue, bus):
    rule = put_rule(events, bus)
    six = [queue_target(sqs, queue, f"target-{number}") for number in range(6)]
    with refused("LimitExceededException", status=400) as caught:
        events.put_targets(Rule=rule, EventBusName=bus, Targets=six)
    assert "The requested resource exceeds the maximum number allowed." in str(caught.value)
    assert events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"] == []
    put_targets(events, bus, rule, *six[:5])
    with refused("LimitExceededException"):
        events.put_targets(Rule=rule, EventBusName=bus, Targets=six[5:])


@pytest.mark.parametrize("name, reason", [
    ("!@#$@!#$", r"Value '!@#$@!#$' at 'targets.1.member.id' failed to satisfy constraint: "
                 r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+"),
    ("a" * 65, f"Value '{'a' * 65}' at 'targets.1.member.id' failed to satisfy constraint: "
               "Member must have length less than or equal to 64"),
])
def test_ids_are_checked(events, sqs, queue, bus, name, reason):
    rule = put_rule(events, bus)
    with refused("ValidationException", status=400) as caught:
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[queue_target(sqs, queue, name)])
    assert caught.value.response["Error"]["Message"] == f"1 validation error detected: {reason}"


@pytest.mark.parametrize("wrong, reason", [
    ("orders", "Provided Arn is not in correct format."),
    (arn("events", "rule/orders"), "Provided Arn is not in correct format."),
    (arn("ecs", "cluster/one"), "ecs"),
    (arn("redshift", "cluster:one"), "redshift"),
])
def test_what_cannot_be_a_target_is_refused(events, bus, wrong, reason):
    rule = put_rule(events, bus)
    with refused("ValidationException", status=400) as caught:
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[target(wrong)])
    assert f"Parameter {wrong} is not valid. Reason: " in str(caught.value)
    assert reason in str(caught.value)
    assert events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"] == []


def test_a_fifo_queue_needs_a_message_group(events, bus):
    rule = put_rule(events, bus)
    with refused("ValidationException", status=400) as caught:
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[target(arn("sqs", "orders.fifo"), "fifo")])
    assert "Parameter(s) SqsParameters must be specified for target: fifo." in str(caught.value)


@pytest.mark.parametrize("policy", [
    {"MaximumRetryAttempts": 186},
    {"MaximumEventAgeInSeconds": 86_401},
])
def test_retry_policies_are_checked(events, sqs, queue, bus, policy):
    rule = put_rule(events, bus)
    with refused("ValidationException", status=400) as caught:
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[queue_target(sqs, queue, RetryPolicy=policy)])
    assert "targets.1.member.retryPolicy" in str(caught.value)


def test_removing_a_target_that_is_not_there(events, sqs, queue, bus):
    rule = put_rule(events, bus, queue_target(sqs, queue))
    answer = events.remove_targets(Rule=rule, EventBusName=bus, Ids=["queue", "never"])
    assert answer["FailedEntryCount"] == 1
    [failed] = answer["FailedEntries"]
    assert (failed["TargetId"], failed["ErrorCode"]) == ("never", "ResourceNotFoundException")
    assert events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"] == []


def test_what_cannot_be_delivered_is_dead_lettered(events, sqs, make_queue, bus):
    gone, dead = make_queue(), make_queue()
    lost = arn_of(sqs, gone)
    settings = {"DeadLetterConfig": {"Arn": arn_of(sqs, dead)}, "RetryPolicy": ONCE}
    rule = put_rule(events, bus, target(lost, Input='{"not": "this"}', **settings))
    sqs.delete_queue(QueueUrl=gone)
    [event_id] = put(events, entry(bus, {"order": 1}))
    [message] = receive_until(sqs, dead, 1, MessageAttributeNames=["All"])
    event = json.loads(message["Body"])
    assert (event["id"], event["detail"]) == (event_id, {"order": 1})
    found = attributes_of(message)
    assert found["RULE_ARN"] == arn("events", f"rule/{bus}/{rule}")
    assert (found["TARGET_ARN"], found["ERROR_CODE"]) == (lost, "NO_RESOURCE")
    assert found["ERROR_MESSAGE"]


def test_a_target_that_is_away_does_not_hold_up_the_others(events, sqs, make_queue, make_bus):
    away, url = unique_name("bus"), make_queue()
    bus = make_bus()
    put_rule(events, bus, target(bus_arn(away), "away"), queue_target(sqs, url))
    ids = put(events, *(entry(bus) for _ in range(10)))
    assert sorted(event["id"] for event in next_bodies(sqs, url, 10)) == sorted(ids)
