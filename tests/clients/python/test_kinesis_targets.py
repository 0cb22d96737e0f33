"""Data streams as targets of EventBridge's rules."""

import json

import pytest

from data_streams import data, get, stream_arn
from event_buses import entry, put, put_rule, target
from expectations import refused


def test_events_become_records(kinesis, events, bus, stream):
    put_rule(events, bus, target(stream_arn(stream)))
    identifiers = put(events, entry(bus, {"total": 7}), entry(bus, {"total": 8}))
    records = get(kinesis, stream)["Records"]
    assert [json.loads(text)["detail"]["total"] for text in data(records)] == [7, 8]
    assert [record["PartitionKey"] for record in records] == identifiers


@pytest.mark.parametrize(
    ("path", "expected"), [("$.detail.customer", "Ünal"), ("$.detail.total", "7"), ("$.source", "shop")]
)
def test_the_target_says_what_the_partition_key_is(kinesis, events, bus, stream, path, expected):
    put_rule(events, bus, target(stream_arn(stream), KinesisParameters={"PartitionKeyPath": path}, InputPath="$.detail"))
    put(events, entry(bus, {"customer": "Ünal", "total": 7}))
    [record] = get(kinesis, stream)["Records"]
    assert record["PartitionKey"] == expected
    assert json.loads(record["Data"]) == {"customer": "Ünal", "total": 7}


def test_what_is_no_stream_is_refused(events, bus):
    rule = put_rule(events, bus)
    for wrong in (
        target("arn:aws:kinesis:us-east-1:123456789012:queue/abc"),
        target(stream_arn("any"), KinesisParameters={"PartitionKeyPath": "detail"}),
    ):
        with refused("ValidationException"):
            events.put_targets(Rule=rule, EventBusName=bus, Targets=[wrong])
