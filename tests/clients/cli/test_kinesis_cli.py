"""Data streams with the AWS CLI: from creation to records read, and what it says when something is wrong."""

import base64
import json
import os

import pytest

FAILED = 255  # the AWS CLI's status when the service answered with an error (version 1)
REGION, ACCOUNT = "us-east-1", os.environ["AWS_ACCESS_KEY_ID"]


@pytest.fixture
def kinesis(aws):
    return lambda operation, *arguments: aws("kinesis", operation, *arguments)


@pytest.fixture
def stream(kinesis, name):
    kinesis("create-stream", "--stream-name", name, "--shard-count", "2").json()
    kinesis("wait", "stream-exists", "--stream-name", name).json()
    return name


def put(kinesis, stream, key, text):
    return kinesis("put-record", "--stream-name", stream, "--partition-key", key, "--data", text).json()


def read(kinesis, stream, shard, *position):
    """The texts of the records of a shard."""
    where = ["--stream-name", stream, "--shard-id", shard]
    iterator = kinesis("get-shard-iterator", *where, *(position or ["--shard-iterator-type", "TRIM_HORIZON"])).json()
    page = kinesis("get-records", "--shard-iterator", iterator["ShardIterator"]).json()
    return [base64.b64decode(record["Data"]).decode() for record in page["Records"]]


def test_the_first_five_minutes(kinesis, stream):
    described = kinesis("describe-stream-summary", "--stream-name", stream).json()["StreamDescriptionSummary"]
    assert described["StreamARN"] == f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}"
    assert (described["StreamStatus"], described["OpenShardCount"]) == ("ACTIVE", 2)
    assert stream in kinesis("list-streams").json()["StreamNames"]
    first, second = put(kinesis, stream, "key", "first"), put(kinesis, stream, "key", "second")
    assert first["ShardId"] == second["ShardId"]
    assert read(kinesis, stream, first["ShardId"]) == ["first", "second"]
    after = ["--shard-iterator-type", "AFTER_SEQUENCE_NUMBER", "--starting-sequence-number", first["SequenceNumber"]]
    assert read(kinesis, stream, first["ShardId"], *after) == ["second"]
    kinesis("delete-stream", "--stream-name", stream).json()
    gone = kinesis("describe-stream-summary", "--stream-name", stream)
    assert gone.status == FAILED and "ResourceNotFoundException" in gone.error


def test_many_records_at_a_time(kinesis, stream):
    records = [{"Data": f"text {number}", "PartitionKey": str(number)} for number in range(20)]
    answer = kinesis("put-records", "--stream-name", stream, "--records", json.dumps(records)).json()
    assert answer["FailedRecordCount"] == 0 and len(answer["Records"]) == 20
    shards = {record["ShardId"] for record in answer["Records"]}
    found = [text for shard in shards for text in read(kinesis, stream, shard)]
    assert sorted(found) == sorted(record["Data"] for record in records)


def test_shards_and_consumers(kinesis, stream):
    count = ["--target-shard-count", "4", "--scaling-type", "UNIFORM_SCALING"]
    assert kinesis("update-shard-count", "--stream-name", stream, *count).json()["CurrentShardCount"] == 2
    listed = kinesis("list-shards", "--stream-name", stream, "--shard-filter", "Type=AT_LATEST").json()["Shards"]
    assert [shard["ShardId"][-1] for shard in listed] == ["2", "3", "4", "5"]
    arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{stream}"
    registered = kinesis("register-stream-consumer", "--stream-arn", arn, "--consumer-name", "billing").json()
    consumers = kinesis("list-stream-consumers", "--stream-arn", arn).json()["Consumers"]
    assert consumers == [registered["Consumer"]]


def test_what_it_says_when_something_is_wrong(kinesis, stream):
    again = kinesis("create-stream", "--stream-name", stream, "--shard-count", "1")
    assert again.status == FAILED and "ResourceInUseException" in again.error
    small = kinesis("increase-stream-retention-period", "--stream-name", stream, "--retention-period-hours", "5")
    assert small.status == FAILED and "Minimum allowed retention period is 24 hours" in small.error
    forged = kinesis("get-records", "--shard-iterator", "AAAA")
    assert forged.status == FAILED and "Invalid ShardIterator." in forged.error
