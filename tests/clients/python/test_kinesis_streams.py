"""Data streams: creation, descriptions, lists, deletion."""

import datetime

import pytest
from botocore.exceptions import ClientError

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from data_streams import FIRST_KEY, LAST_KEY, data, get, shard_id, stream_arn, summary, unchecked
from expectations import refused


def test_a_stream_is_described(kinesis, make_stream):
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=2)
    name = make_stream(ShardCount=3)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    described = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    created = described.pop("StreamCreationTimestamp")
    assert before < created <= datetime.datetime.now(datetime.UTC)
    shards = described.pop("Shards")
    assert described == {
        "StreamName": name, "StreamARN": stream_arn(name), "StreamStatus": "ACTIVE", "HasMoreShards": False,
        "StreamModeDetails": {"StreamMode": "PROVISIONED"}, "RetentionPeriodHours": 24, "EncryptionType": "NONE",
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
    }
    assert [shard["ShardId"] for shard in shards] == [shard_id(number) for number in range(3)]
    ranges = [shard["HashKeyRange"] for shard in shards]
    assert (ranges[0]["StartingHashKey"], ranges[2]["EndingHashKey"]) == (FIRST_KEY, LAST_KEY)
    for low, high in zip(ranges, ranges[1:]):
        assert int(low["EndingHashKey"]) + 1 == int(high["StartingHashKey"])
    starts = [shard["SequenceNumberRange"]["StartingSequenceNumber"] for shard in shards]
    assert all(len(start) == 56 and start.startswith("49") for start in starts)
    assert int(starts[1]) - int(starts[0]) == 22300745198530623141535718272648361505980432


def test_a_summary_counts(kinesis, make_stream):
    name = make_stream(ShardCount=2)
    described = summary(kinesis, name)
    assert (described["OpenShardCount"], described["ConsumerCount"], described["MaxRecordSizeInKiB"]) == (2, 0, 1024)
    assert described["RecordDistributionStrategy"] == "USER_PARTITION_KEY"
    assert "StreamId" not in described


def test_a_stream_is_named_by_name_or_arn(kinesis, stream):
    arn = stream_arn(stream)
    for names in ({"StreamName": stream}, {"StreamARN": arn}, {"StreamName": stream, "StreamARN": arn}):
        assert kinesis.describe_stream_summary(**names)["StreamDescriptionSummary"]["StreamARN"] == arn
    with refused("InvalidArgumentException", status=400):
        kinesis.describe_stream_summary()
    with refused("InvalidArgumentException", status=400):
        kinesis.describe_stream_summary(StreamName="other", StreamARN=arn)


def test_a_name_is_taken_once(kinesis, stream):
    with refused("ResourceInUseException", status=400) as caught:
        kinesis.create_stream(StreamName=stream, ShardCount=1)
    message = caught.value.response["Error"]["Message"]
    assert message == f"Stream {stream} under account {OWN_ACCOUNT} already exists."


def test_what_does_not_exist_is_not_found(kinesis):
    for call in (kinesis.describe_stream, kinesis.describe_stream_summary, kinesis.delete_stream, kinesis.list_shards):
        with refused("ResourceNotFoundException", status=400) as caught:
            call(StreamName="unknown")
        assert caught.value.response["Error"]["Message"] == f"Stream unknown under account {OWN_ACCOUNT} not found."


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"StreamName": "a b", "ShardCount": 1}, "ValidationException"),
        ({"StreamName": "a" * 129, "ShardCount": 1}, "ValidationException"),
        ({"StreamName": "few"}, "ValidationException"),
        ({"StreamName": "many", "ShardCount": 10_001}, "LimitExceededException"),
        ({"StreamName": "small", "ShardCount": 1, "MaxRecordSizeInKiB": 1}, "ValidationException"),
        ({"StreamName": "auto", "ShardCount": 1, "RecordDistributionStrategy": "AUTO"}, "InvalidArgumentException"),
        ({"StreamName": "tagged", "ShardCount": 1, "Tags": {"a;b": "c"}}, "InvalidArgumentException"),
    ],
)
def test_wrong_streams_are_refused(endpoint, kinesis, arguments, code):
    with refused(code, status=400):
        unchecked(endpoint).create_stream(**arguments)
    with refused("ResourceNotFoundException"):
        kinesis.describe_stream_summary(StreamName=arguments["StreamName"][:128].replace(" ", "-"))


def test_violations_read_as_they_do_at_aws(endpoint):
    client = connect(endpoint, "kinesis")
    with pytest.raises(ClientError) as caught:
        client.create_stream(StreamName="a/b", ShardCount=1)
    assert caught.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "1 validation error detected: Value 'a/b' at 'streamName' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    }


def test_streams_are_listed_in_pages(endpoint):
    kinesis = connect(endpoint, "kinesis", account="700000000001")
    names = sorted(unique_name("listed") for _ in range(5))
    for name in names:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    pages = list(kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["StreamNames"]) for page in pages] == [2, 2, 1]
    assert sorted(name for page in pages for name in page["StreamNames"]) == names
    first = pages[0]["StreamSummaries"][0]
    assert (first["StreamStatus"], first["StreamModeDetails"]) == ("ACTIVE", {"StreamMode": "PROVISIONED"})
    following = kinesis.list_streams(Limit=2, NextToken=pages[0]["NextToken"])
    assert following["StreamNames"] == pages[1]["StreamNames"]
    with refused("InvalidArgumentException"):
        kinesis.list_streams(NextToken="made up")
    for name in names:
        kinesis.delete_stream(StreamName=name)
    assert kinesis.list_streams()["StreamNames"] == []


def test_accounts_and_regions_have_names_of_their_own(endpoint, kinesis, stream):
    for other in (
        connect(endpoint, "kinesis", account="700000000002"),
        connect(endpoint, "kinesis", region="eu-west-1"),
    ):
        assert stream not in other.list_streams()["StreamNames"]
        other.create_stream(StreamName=stream, ShardCount=2)
        assert summary(other, stream)["OpenShardCount"] == 2
        other.delete_stream(StreamName=stream)
    assert summary(kinesis, stream)["OpenShardCount"] == 1


def test_a_deleted_stream_is_gone(kinesis, make_stream):
    name = make_stream()
    kinesis.put_record(StreamName=name, PartitionKey="key", Data=b"old")
    kinesis.delete_stream(StreamName=name)
    kinesis.get_waiter("stream_not_exists").wait(StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    make_stream(name)
    assert data(get(kinesis, name)["Records"]) == []


def test_limits(kinesis, stream):
    limits = kinesis.describe_limits()
    assert limits["OpenShardCount"] >= 1 and limits["ShardLimit"] >= 500 and limits["OnDemandStreamCountLimit"] >= 50


def test_unknown_operations_are_told_apart(kinesis):
    with refused("ValidationException") as caught:
        kinesis.list_channels()
    assert "object store" in caught.value.response["Error"]["Message"]


def test_the_region_of_an_arn_counts(endpoint, kinesis, stream):
    elsewhere = connect(endpoint, "kinesis", region="eu-west-1")
    described = elsewhere.describe_stream_summary(StreamARN=stream_arn(stream))["StreamDescriptionSummary"]
    assert described["StreamARN"] == stream_arn(stream, region=REGION)
