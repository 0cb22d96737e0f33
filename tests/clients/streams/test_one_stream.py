"""One stream through two protocols: kcat speaks Kafka, boto3 speaks Kinesis, and both mean the same records."""

import json
import subprocess
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ninefold_server import Server, binary_from_environment

SECONDS = 40
STREAM = "clicks"
RECORDS = 200


@pytest.fixture
def server(tmp_path):
    with Server(binary_from_environment(), tmp_path / "data") as server:
        yield server


def kinesis(server):
    return boto3.client("kinesis", endpoint_url=server.endpoint, region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test",
                        config=Config(retries={"total_max_attempts": 1}))


def kcat(server, *arguments, text="", succeeds=True):
    command = ["kcat", "-b", server.kafka, *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS)
    assert (done.returncode == 0) is succeeds, done.stderr
    return done.stdout if succeeds else done.stderr


def produce(server, partition, keys):
    """Records with these keys, and values that say so."""
    lines = "".join(f"{key}\t{key} by Kafka\n" for key in keys)
    kcat(server, "-P", "-t", STREAM, "-p", str(partition), "-K", "\t", "-X", "acks=all", text=lines)


def put(client, keys, hash_key):
    """The same through Kinesis, into the shard of a hash key; the records' sequence numbers."""
    records = [{"PartitionKey": key, "Data": f"{key} by Kinesis".encode(), "ExplicitHashKey": hash_key} for key in keys]
    answer = client.put_records(StreamName=STREAM, Records=records)
    assert answer["FailedRecordCount"] == 0
    return [record["SequenceNumber"] for record in answer["Records"]]


def by_kafka(server, partition):
    """Keys and values of a partition from the beginning, as kcat sees them."""
    printed = kcat(server, "-C", "-t", STREAM, "-p", str(partition), "-o", "beginning", "-e", "-q", "-J")
    return [(record["key"], record["payload"]) for record in map(json.loads, printed.splitlines())]


def by_kinesis(client, shard):
    """The same of a shard, as boto3 sees them."""
    iterator = client.get_shard_iterator(StreamName=STREAM, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    found, deadline = [], time.monotonic() + SECONDS
    while iterator:
        assert time.monotonic() < deadline
        page = client.get_records(ShardIterator=iterator)
        found += [(record["PartitionKey"], record["Data"].decode()) for record in page["Records"]]
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
        iterator = page.get("NextShardIterator")
    return found


def test_a_stream_of_kinesis_is_a_topic_and_outlives_a_kill(server):
    client = kinesis(server)
    client.create_stream(StreamName=STREAM, ShardCount=2)
    client.get_waiter("stream_exists").wait(StreamName=STREAM)
    expected = []
    for turn in range(3):
        keys = [f"key-{turn}-{number}" for number in range(RECORDS)]
        produce(server, 0, keys)
        expected += [(key, f"{key} by Kafka") for key in keys]
        numbers = put(client, keys, "0")
        assert numbers == sorted(numbers, key=int) and len(set(numbers)) == RECORDS
        expected += [(key, f"{key} by Kinesis") for key in keys]
        server.kill()
        server.start()
        client = kinesis(server)
        assert by_kafka(server, 0) == expected
        assert by_kinesis(client, "shardId-000000000000") == expected
    assert by_kafka(server, 1) == by_kinesis(client, "shardId-000000000001") == []


def test_what_kinesis_splits_kafka_can_read_and_not_write(server):
    client = kinesis(server)
    client.create_stream(StreamName=STREAM, ShardCount=1)
    client.get_waiter("stream_exists").wait(StreamName=STREAM)
    put(client, ["before"], "0")
    client.split_shard(StreamName=STREAM, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    client.get_waiter("stream_exists").wait(StreamName=STREAM)
    put(client, ["low"], "0")
    put(client, ["high"], str(2**128 - 1))
    assert [by_kafka(server, partition) for partition in range(3)] == [
        [("before", "before by Kinesis")], [("low", "low by Kinesis")], [("high", "high by Kinesis")]]
    refused = kcat(server, "-P", "-t", STREAM, "-p", "0", "-X", "message.timeout.ms=5000", text="late\n", succeeds=False)
    assert "Policy violation" in refused
    produce(server, 2, ["more"])
    assert by_kinesis(client, "shardId-000000000002")[-1] == ("more", "more by Kafka")


def test_a_topic_of_kafka_is_a_stream_whose_shards_stay(server):
    kcat(server, "-P", "-t", STREAM, "-K", "\t", text="first\tfirst by Kafka\n")
    client = kinesis(server)
    shards = client.list_shards(StreamName=STREAM)["Shards"]
    assert [shard["ShardId"] for shard in shards] == ["shardId-000000000000"]
    put(client, ["second"], "7")
    expected = [("first", "first by Kafka"), ("second", "second by Kinesis")]
    assert by_kafka(server, 0) == by_kinesis(client, "shardId-000000000000") == expected
    with pytest.raises(ClientError):
        client.split_shard(StreamName=STREAM, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    assert len(client.list_shards(StreamName=STREAM)["Shards"]) == 1
