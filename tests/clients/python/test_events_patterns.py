"""Event patterns, as TestEventPattern tells of them and as rules take events by them."""

import json

import pytest

from event_buses import entry, next_bodies, put, put_rule, queue_target
from expectations import receive, refused

EVENT = {
    "id": "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "order",
    "source": "shop.eu",
    "account": "123456789012",
    "time": "2026-03-01T12:00:00Z",
    "region": "eu-central-1",
    "resources": ["arn:aws:shop:::order/1", "arn:aws:shop:::customer/2"],
    "detail": {
        "state": "Shipped",
        "total": 300.0,
        "address": {"city": "Göteborg", "ip": "10.0.0.7"},
        "empty": "",
        "nothing": None,
        "items": [{"sku": "a", "count": 1}, {"sku": "b", "count": 2}],
    },
}


def detail(**fields):
    return {"detail": fields}


TAKEN = [
    {"source": ["shop.eu"]},
    {"source": ["other", "shop.eu"], "detail-type": ["order"]},
    {"source": [{"prefix": "shop."}]},
    {"source": [{"prefix": {"equals-ignore-case": "SHOP"}}]},
    {"source": [{"suffix": ".eu"}]},
    {"source": [{"suffix": {"equals-ignore-case": ".EU"}}]},
    {"resources": [{"wildcard": "arn:aws:shop:*:customer/*"}]},
    detail(state=[{"equals-ignore-case": "SHIPPED"}]),
    detail(state=[{"anything-but": ["placed", "paid"]}]),
    detail(state=[{"anything-but": {"prefix": "pl"}}]),
    detail(state=[{"anything-but": {"wildcard": "p*d"}}]),
    detail(total=[300]),
    detail(total=[{"numeric": [">", 0, "<=", 300]}]),
    detail(address={"ip": [{"cidr": "10.0.0.0/24"}]}),
    detail(address={"city": ["Göteborg"]}),
    detail(empty=[""], nothing=[None]),
    detail(state=[{"exists": True}], discount=[{"exists": False}]),
    detail(items={"sku": ["b"], "count": [2]}),
    {"$or": [{"source": ["other"]}, detail(total=[{"numeric": ["=", 300]}])]},
]
NOT_TAKEN = [
    {"source": ["shop"]},
    {"source": ["shop.eu"], "detail-type": ["invoice"]},
    {"source": [{"prefix": "eu"}]},
    {"resources": [{"wildcard": "*/3"}]},
    detail(state=["shipped"]),
    detail(state=[{"anything-but": "Shipped"}]),
    detail(total=[{"numeric": [">", 300]}]),
    detail(total=["300"]),
    detail(address={"ip": [{"cidr": "10.0.1.0/24"}]}),
    detail(state=[{"exists": False}]),
    detail(items={"sku": ["a"], "count": [2]}),
    {"$or": [{"source": ["other"]}, {"detail-type": ["invoice"]}]},
]
# Recorded from the service by LocalStack's tests.
REFUSED = [
    ('{"int": 42}', '"int" must be an object or an array\n at [Source: (String)"{"int": 42}"; line: 1, column: 11]'),
    (
        '{"string": "my-value"}',
        '"string" must be an object or an array\n at [Source: (String)"{"string": "my-value"}"; line: 1, column: 13]',
    ),
    (
        '{"resources": []}',
        'Empty arrays are not allowed\n at [Source: (String)"{"resources": []}"; line: 1, column: 17]',
    ),
    (
        '{"detail": {"equal": [{"NUMERIC": ["=", 5]}]}}',
        'Unrecognized match type NUMERIC\n at [Source: (String)"{"detail": {"equal": [{"NUMERIC": ["=", 5]}]}}"; '
        "line: 1, column: 36]",
    ),
    (
        '{"detail": {"c-count": [{"numeric": [">", 0, ">", 0]}]}}',
        'Bad numeric range operator: >\n at [Source: (String)"{"detail": {"c-count": [{"numeric": '
        '[">", 0, ">", 0]}]}}"; line: 1, column: 49]',
    ),
    (
        '{"my_key": [{"EXISTS": true}]}',
        'Unrecognized match type EXISTS\n at [Source: (String)"{"my_key": [{"EXISTS": true}]}"; line: 1, column: 28]',
    ),
]


def matches(events, pattern, event=EVENT):
    return events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))["Result"]


@pytest.mark.parametrize("pattern", TAKEN, ids=json.dumps)
def test_what_a_pattern_takes(events, pattern):
    assert matches(events, pattern) is True


@pytest.mark.parametrize("pattern", NOT_TAKEN, ids=json.dumps)
def test_what_a_pattern_leaves(events, pattern):
    assert matches(events, pattern) is False


def test_rules_take_what_their_patterns_take(events, sqs, queue, bus):
    patterns = {f"taken-{number}": pattern for number, pattern in enumerate(TAKEN)}
    patterns |= {f"left-{number}": pattern for number, pattern in enumerate(NOT_TAKEN)}
    for name, pattern in patterns.items():
        put_rule(events, bus, queue_target(sqs, queue, Input=json.dumps(name)), pattern=pattern, name=name)
    put(events, entry(
        bus, EVENT["detail"], Source=EVENT["source"], DetailType=EVENT["detail-type"], Resources=EVENT["resources"],
    ))
    found = set(next_bodies(sqs, queue, len(TAKEN)))
    assert found == {f"taken-{number}" for number in range(len(TAKEN))}
    assert receive(sqs, queue) == []


@pytest.mark.parametrize("pattern, reason", REFUSED)
def test_patterns_are_checked(events, bus, pattern, reason):
    for call in (
        lambda: events.test_event_pattern(EventPattern=pattern, Event=json.dumps(EVENT)),
        lambda: events.put_rule(Name="rule", EventBusName=bus, EventPattern=pattern),
    ):
        with refused("InvalidEventPatternException", status=400) as caught:
            call()
        assert caught.value.response["Error"]["Message"] == f"Event pattern is not valid. Reason: {reason}"
    assert events.list_rules(EventBusName=bus)["Rules"] == []


@pytest.mark.parametrize("pattern", ["", "{", "[]", "{}", '{"a": {}}', '{"a": [{"prefix": 1}]}', '{"a": [["b"]]}'])
def test_what_is_no_pattern(events, pattern):
    with refused("InvalidEventPatternException", status=400):
        events.test_event_pattern(EventPattern=pattern, Event=json.dumps(EVENT))


@pytest.mark.parametrize("missing", ["id", "account", "source", "time", "region", "resources", "detail-type"])
def test_what_is_tested_is_a_whole_event(events, missing):
    event = {name: value for name, value in EVENT.items() if name != missing}
    with refused("ValidationException", status=400) as caught:
        matches(events, {"source": ["shop.eu"]}, event)
    assert "Parameter Event is not valid." in str(caught.value)
    with refused("ValidationException", status=400):
        events.test_event_pattern(EventPattern='{"source": ["shop.eu"]}', Event="{")
