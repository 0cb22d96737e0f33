"""What targets get of an event: all of it, a part, a constant, or what a template makes of it."""

import json
import re

import pytest

from conftest import OWN_ACCOUNT, REGION
from event_buses import entry, next_bodies, put, put_rule, queue_target
from expectations import bodies, receive_until, refused

ORDER = {"command": "ship", "customer": {"name": "Zoë \"Z\" Ö", "tags": ["a", "b"]}, "total": 12.50, "paid": True}


@pytest.fixture
def delivered(events, sqs, queue, bus):
    """What a queue gets of an order when it is a target with these settings, as text."""

    def deliver(**settings):
        put_rule(events, bus, queue_target(sqs, queue, **settings), name="rule")
        put(events, entry(bus, ORDER))
        [body] = bodies(receive_until(sqs, queue, 1))
        return body

    return deliver


def transformer(template, **paths):
    return {"InputPathsMap": paths, "InputTemplate": template}


@pytest.mark.parametrize("path, expected", [
    ("$", None),
    ("$.detail", ORDER),
    ("$.detail.customer", ORDER["customer"]),
    ("$.detail.customer.tags[1]", "b"),
    ("$.source", "shop"),
    ("$.detail.paid", True),
])
def test_a_part_of_the_event(delivered, path, expected):
    body = json.loads(delivered(InputPath=path))
    if expected is None:
        assert (body["source"], body["detail"]) == ("shop", ORDER)
    else:
        assert body == expected


@pytest.mark.parametrize("constant", ['{"custom-value": "somecustominput"}', '"hello"', "[1, 2.0]", "null"])
def test_a_constant(delivered, constant):
    assert delivered(Input=constant) == constant


def test_a_template_that_makes_text(delivered):
    template = '"<customer> pays <total>: <command> <missing>"'
    settings = transformer(
        template, customer="$.detail.customer.name", total="$.detail.total", command="$.detail.command",
        missing="$.detail.missing",
    )
    assert json.loads(delivered(InputTransformer=settings)) == 'Zoë "Z" Ö pays 12.5: ship '


def test_a_template_that_makes_an_object(delivered):
    template = (
        '{"who": <customer>, "text": "for <name>, <tags>", "tags": <tags>, "total": <total>, "paid": <paid>, '
        '"missing": <missing>, "fixed": [1, {"a": "b"}]}'
    )
    settings = transformer(
        template, customer="$.detail.customer", name="$.detail.customer.name", tags="$.detail.customer.tags",
        total="$.detail.total", paid="$.detail.paid", missing="$.detail.missing",
    )
    assert json.loads(delivered(InputTransformer=settings)) == {
        "who": ORDER["customer"], "text": 'for Zoë "Z" Ö, [a,b]', "tags": ["a", "b"], "total": 12.5, "paid": True,
        "missing": "", "fixed": [1, {"a": "b"}],
    }


def test_what_is_known_of_every_event(delivered, bus):
    template = (
        '{"arn": <aws.events.rule-arn>, "name": <aws.events.rule-name>, "at": <aws.events.event.ingestion-time>, '
        '"event": <aws.events.event>, "json": <aws.events.event.json>}'
    )
    body = json.loads(delivered(InputTransformer=transformer(template)))
    assert body["arn"] == f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:rule/{bus}/rule"
    assert body["name"] == "rule"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["at"])
    whole = body["json"]
    assert (whole["detail-type"], whole["source"], whole["detail"]) == ("order", "shop", ORDER)
    without_detail = {name: value for name, value in whole.items() if name not in ("detail", "detail-type")}
    assert body["event"] == {**without_detail, "detailType": "order"}


def test_each_target_has_an_input_of_its_own(events, sqs, make_queue, bus):
    part, constant, whole = (make_queue() for _ in range(3))
    rule = put_rule(
        events, bus,
        queue_target(sqs, part, "part", InputPath="$.detail.command"),
        queue_target(sqs, constant, "constant", Input='{"a": 1}'),
        queue_target(sqs, whole, "whole"),
    )
    [event_id] = put(events, entry(bus, ORDER))
    assert next_bodies(sqs, part) == ["ship"]
    assert next_bodies(sqs, constant) == [{"a": 1}]
    assert next_bodies(sqs, whole)[0]["id"] == event_id
    listed = events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
    assert [each.get("InputPath", each.get("Input")) for each in listed] == ['{"a": 1}', "$.detail.command", None]


@pytest.mark.parametrize("settings, message", [
    (
        {"InputTransformer": transformer('"<name> of <unknown>"', name="$.detail.name")},
        "InputTemplate for target queue contains invalid placeholder unknown.",
    ),
    (
        {"InputPath": "$.detail", "Input": "{}"},
        "Only one of Input, InputPath, or InputTransformer must be provided for target queue.",
    ),
    (
        {"InputPath": "$.detail", "InputTransformer": transformer('"a"')},
        "Only one of Input, InputPath, or InputTransformer must be provided for target queue.",
    ),
    ({"Input": "{not json"}, "JSON syntax error in input for target queue."),
    ({"InputPath": "detail"}, "InputPath for target queue is invalid."),
    ({"InputTransformer": transformer('"<a>"', a="detail")}, "InputPath for target queue is invalid."),
    ({"InputTransformer": transformer('{"a": <a>', a="$.detail")}, "Invalid InputTemplate for target queue"),
])
def test_inputs_are_checked(events, sqs, queue, bus, settings, message):
    rule = put_rule(events, bus)
    with refused("ValidationException", status=400) as caught:
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[queue_target(sqs, queue, **settings)])
    assert message in str(caught.value)
    assert events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"] == []
