"""Data streams of a server that enforces authentication: who may do what."""

import json

import pytest

from conftest import REGION, unique_name
from data_streams import data, get, iterator, stream_arn
from enforcing_server import GUEST, OWNER, Enforcing, allow
from expectations import refused


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory):
    enforcing = Enforcing(tmp_path_factory.mktemp("enforcing") / "data")
    with enforcing.server:
        yield enforcing


@pytest.fixture
def owner(enforcing):
    return enforcing.client("kinesis")


@pytest.fixture
def guest(enforcing):
    return enforcing.client("kinesis", GUEST)


@pytest.fixture
def stream(owner):
    name = unique_name("stream")
    owner.create_stream(StreamName=name, ShardCount=1)
    return name


def arn_of(stream):
    return stream_arn(stream, OWNER, REGION)


def test_other_accounts_may_what_the_policy_says(owner, guest, stream):
    arn = arn_of(stream)
    record = {"StreamARN": arn, "PartitionKey": "key", "Data": b"from a guest"}
    with refused("AccessDeniedException", status=400):
        guest.put_record(**record)
    actions = ["kinesis:PutRecord", "kinesis:DescribeStreamSummary"]
    owner.put_resource_policy(ResourceARN=arn, Policy=allow({"AWS": GUEST}, actions, arn))
    guest.put_record(**record)
    assert guest.describe_stream_summary(StreamARN=arn)["StreamDescriptionSummary"]["StreamName"] == stream
    assert data(get(owner, stream)["Records"]) == ["from a guest"]
    for call in (guest.delete_stream, guest.list_shards, guest.describe_stream):
        with refused("AccessDeniedException"):
            call(StreamARN=arn)


def test_users_may_what_their_policies_say(enforcing, owner, stream):
    arn = arn_of(stream)
    reads = ["kinesis:GetShardIterator", "kinesis:GetRecords"]
    reader = enforcing.user("kinesis", unique_name("reader"), {"Effect": "Allow", "Action": reads, "Resource": arn})
    owner.put_record(StreamName=stream, PartitionKey="key", Data=b"text")
    assert data(get(reader, stream)["Records"]) == ["text"]
    with refused("AccessDeniedException"):
        reader.put_record(StreamName=stream, PartitionKey="key", Data=b"")
    with refused("AccessDeniedException"):
        iterator(reader, "unknown")


def test_consumers_have_policies_of_their_own(owner, guest, stream):
    arn = arn_of(stream)
    registered = owner.register_stream_consumer(StreamARN=arn, ConsumerName="billing")
    consumer = registered["Consumer"]["ConsumerARN"]
    with refused("AccessDeniedException"):
        guest.describe_stream_consumer(ConsumerARN=consumer)
    policy = allow({"AWS": GUEST}, "kinesis:DescribeStreamConsumer", consumer)
    owner.put_resource_policy(ResourceARN=consumer, Policy=policy)
    assert guest.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerARN"] == consumer


def test_rules_reach_streams_that_let_them(enforcing, owner, stream):
    events = enforcing.client("events")
    bus = unique_name("bus")
    events.create_event_bus(Name=bus)
    events.put_rule(Name="all", EventBusName=bus, EventPattern=json.dumps({"source": ["shop"]}))
    policy = allow({"Service": "events.amazonaws.com"}, "kinesis:PutRecords", arn_of(stream))
    owner.put_resource_policy(ResourceARN=arn_of(stream), Policy=policy)
    events.put_targets(Rule="all", EventBusName=bus, Targets=[{"Id": "stream", "Arn": arn_of(stream)}])
    entry = {"EventBusName": bus, "Source": "shop", "DetailType": "order", "Detail": '{"total": 7}'}
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
    [record] = get(owner, stream)["Records"]
    assert json.loads(record["Data"])["detail"] == {"total": 7}
