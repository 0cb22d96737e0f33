"""AWS's limits of throughput: off, unless the server or a stream wants them."""

import pytest

from conftest import connect
from data_streams import iterator, shard_id
from expectations import refused
from own_server import own_server


def burst(kinesis, stream, count=2):
    """Puts so many times a shard's share of a second as quickly as can be; how many records were refused, and why."""
    records = [{"PartitionKey": "key", "Data": b"x" * 100_000}] * 10
    answers = [kinesis.put_records(StreamName=stream, Records=records) for _ in range(count)]
    refusals = [record for answer in answers for record in answer["Records"] if "ErrorCode" in record]
    assert sum(answer["FailedRecordCount"] for answer in answers) == len(refusals)
    return refusals


@pytest.fixture(scope="module")
def throttled():
    with own_server("--kinesis-throttling", "aws") as clients:
        yield connect(clients.endpoint, "kinesis")


def test_streams_take_what_they_get(kinesis, stream):
    assert burst(kinesis, stream, 5) == []


def test_a_stream_can_want_limits(kinesis, make_stream):
    stream = make_stream(Tags={"ninefold:throttling": "aws"})
    refusals = burst(kinesis, stream, 5)
    assert {refusal["ErrorCode"] for refusal in refusals} == {"ProvisionedThroughputExceededException"}
    assert refusals[0]["ErrorMessage"].startswith(f"Rate exceeded for shard {shard_id(0)} in stream {stream}")


def test_a_server_can_want_limits(throttled):
    throttled.create_stream(StreamName="limited", ShardCount=1)
    assert burst(throttled, "limited", 5)
    position = iterator(throttled, "limited")
    with refused("ProvisionedThroughputExceededException", status=400):
        for _ in range(30):
            throttled.get_records(ShardIterator=position, Limit=1)
    throttled.create_stream(StreamName="free", ShardCount=1, Tags={"ninefold:throttling": "none"})
    assert burst(throttled, "free", 5) == []
