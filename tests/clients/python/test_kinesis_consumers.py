"""Consumers of data streams, and their subscriptions."""

import contextlib
import threading

import pytest

from conftest import OWN_ACCOUNT, unique_name
from data_streams import data, shard_id, stream_arn, summary
from expectations import refused

TRIM_HORIZON, LATEST = {"Type": "TRIM_HORIZON"}, {"Type": "LATEST"}


@pytest.fixture
def consumer(kinesis, stream):
    """The ARN of a consumer of the stream."""
    registered = kinesis.register_stream_consumer(StreamARN=stream_arn(stream), ConsumerName="billing")
    return registered["Consumer"]["ConsumerARN"]


def put(kinesis, stream, text):
    return kinesis.put_record(StreamName=stream, PartitionKey="key", Data=text.encode())["SequenceNumber"]


@contextlib.contextmanager
def subscribed(kinesis, consumer, position, shard=0):
    """The events of a subscription, one after the other."""
    answer = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId=shard_id(shard), StartingPosition=position)
    with contextlib.closing(answer["EventStream"]) as stream:
        yield (event["SubscribeToShardEvent"] for event in stream)


def records_of(events, count):
    """So many records, from as many events as it takes."""
    found = []
    for event in events:
        found += event["Records"]
        if len(found) >= count:
            return found
    raise AssertionError(f"the subscription ended after {len(found)} records")


def test_a_consumer_is_described_by_either_name(kinesis, stream, consumer):
    named = {"StreamARN": stream_arn(stream), "ConsumerName": "billing"}
    for names in ({"ConsumerARN": consumer}, named):
        described = kinesis.describe_stream_consumer(**names)["ConsumerDescription"]
        assert (described["ConsumerARN"], described["StreamARN"]) == (consumer, stream_arn(stream))
        assert (described["ConsumerName"], described["ConsumerStatus"]) == ("billing", "ACTIVE")
    seconds = int(described["ConsumerCreationTimestamp"].timestamp())
    assert consumer == f"{stream_arn(stream)}/consumer/billing:{seconds}"
    assert summary(kinesis, stream)["ConsumerCount"] == 1
    with refused("ResourceInUseException", status=400):
        kinesis.register_stream_consumer(**named)
    kinesis.deregister_stream_consumer(ConsumerARN=consumer)
    with refused("ResourceNotFoundException", status=400) as caught:
        kinesis.describe_stream_consumer(**named)
    assert caught.value.response["Error"]["Message"] == f"Consumer billing, account {OWN_ACCOUNT} not found."


def test_a_consumer_must_be_named(kinesis, stream):
    for names in ({}, {"StreamARN": stream_arn(stream)}, {"ConsumerName": "billing"}):
        with refused("InvalidArgumentException"):
            kinesis.deregister_stream_consumer(**names)


def test_consumers_are_listed_and_limited(kinesis, stream):
    names = [f"consumer-{number:02}" for number in range(20)]
    for name in names:
        kinesis.register_stream_consumer(StreamARN=stream_arn(stream), ConsumerName=name)
    with refused("LimitExceededException"):
        kinesis.register_stream_consumer(StreamARN=stream_arn(stream), ConsumerName="one-more")
    listed = kinesis.get_paginator("list_stream_consumers").paginate(
        StreamARN=stream_arn(stream), PaginationConfig={"PageSize": 8}
    )
    pages = [[consumer["ConsumerName"] for consumer in page["Consumers"]] for page in listed]
    assert [len(page) for page in pages] == [8, 8, 4] and sum(pages, []) == names


def test_consumers_have_tags(kinesis, stream):
    registered = kinesis.register_stream_consumer(
        StreamARN=stream_arn(stream), ConsumerName=unique_name("consumer"), Tags={"team": "shop"}
    )
    arn = registered["Consumer"]["ConsumerARN"]
    kinesis.tag_resource(ResourceARN=arn, Tags={"stage": "test"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_a_stream_with_consumers_is_not_deleted_by_mistake(kinesis, make_stream):
    stream = make_stream()
    kinesis.register_stream_consumer(StreamARN=stream_arn(stream), ConsumerName="billing")
    with refused("ResourceInUseException"):
        kinesis.delete_stream(StreamName=stream)
    kinesis.delete_stream(StreamName=stream, EnforceConsumerDeletion=True)
    make_stream(stream)
    assert summary(kinesis, stream)["ConsumerCount"] == 0


def test_a_subscriber_gets_what_was_and_what_comes(kinesis, stream, consumer):
    put(kinesis, stream, "0")
    with subscribed(kinesis, consumer, TRIM_HORIZON) as events:
        assert data(records_of(events, 1)) == ["0"]
        putter = threading.Thread(target=lambda: [put(kinesis, stream, str(number)) for number in range(1, 21)])
        putter.start()
        found = records_of(events, 20)
        putter.join()
    assert data(found) == [str(number) for number in range(1, 21)]
    assert found[0]["PartitionKey"] == "key" and found[0]["ApproximateArrivalTimestamp"]


def test_a_subscriber_goes_on_where_it_was(kinesis, make_stream):
    stream = make_stream()
    for number in range(3):
        put(kinesis, stream, str(number))
    consumers = [
        kinesis.register_stream_consumer(StreamARN=stream_arn(stream), ConsumerName=name)["Consumer"]["ConsumerARN"]
        for name in ("first", "second")
    ]
    with subscribed(kinesis, consumers[0], TRIM_HORIZON) as events:
        event = next(events)
    assert event["MillisBehindLatest"] == 0
    assert event["ContinuationSequenceNumber"] == event["Records"][-1]["SequenceNumber"]
    put(kinesis, stream, "3")
    position = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": event["ContinuationSequenceNumber"]}
    with subscribed(kinesis, consumers[1], position) as events:
        assert data(records_of(events, 1)) == ["3"]


def test_a_subscriber_hears_of_nothing_too(kinesis, stream, consumer):
    with subscribed(kinesis, consumer, LATEST) as events:
        first, second = next(events), next(events)
    for event in (first, second):
        assert event["Records"] == [] and event["ContinuationSequenceNumber"]


def test_a_shard_ends_with_its_children(kinesis, stream, consumer):
    put(kinesis, stream, "last")
    kinesis.split_shard(StreamName=stream, ShardToSplit=shard_id(0), NewStartingHashKey="1000")
    with subscribed(kinesis, consumer, TRIM_HORIZON) as events:
        [event] = list(events)
    assert data(event["Records"]) == ["last"] and "ContinuationSequenceNumber" not in event
    assert [child["ShardId"] for child in event["ChildShards"]] == [shard_id(1), shard_id(2)]


def test_a_shard_is_subscribed_to_once(kinesis, stream, consumer):
    with subscribed(kinesis, consumer, LATEST) as events:
        next(events)
        with refused("ResourceInUseException", status=400), subscribed(kinesis, consumer, LATEST):
            pass


def test_wrong_subscriptions_are_refused(kinesis, stream, consumer):
    for code, arguments in (
        ("ResourceNotFoundException", {"ShardId": shard_id(7)}),
        ("ResourceNotFoundException", {"ConsumerARN": consumer[:-1] + ("1" if consumer[-1] != "1" else "2")}),
        ("InvalidArgumentException", {"StartingPosition": {"Type": "AT_SEQUENCE_NUMBER"}}),
        ("InvalidArgumentException", {"StartingPosition": {"Type": "AT_SEQUENCE_NUMBER", "SequenceNumber": "1"}}),
        ("DryRunOperationException", {"DryRun": True}),
    ):
        with refused(code, status=400):
            kinesis.subscribe_to_shard(
                **{"ConsumerARN": consumer, "ShardId": shard_id(0), "StartingPosition": LATEST, **arguments}
            )
