"""What was said of data streams, and their records, across `kill -9`."""

import threading

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from conftest import connect
from data_streams import data, get_all, iterator, shard_id, shards, stream_arn
from ninefold_server import Server, binary_from_environment
from own_server import eventually


@pytest.fixture
def server(tmp_path):
    with Server(binary_from_environment(), tmp_path / "data") as server:
        yield server


def restart(server):
    server.kill()
    server.start()
    return connect(server.endpoint, "kinesis")


def told(kinesis):
    """All that the server tells of what `test_settings_survive` makes."""
    answers = {
        "stream": kinesis.describe_stream(StreamName="orders"),
        "summary": kinesis.describe_stream_summary(StreamName="orders"),
        "shards": kinesis.list_shards(StreamName="orders"),
        "tags": kinesis.list_tags_for_stream(StreamName="orders"),
        "policy": kinesis.get_resource_policy(ResourceARN=stream_arn("orders")),
        "consumers": kinesis.list_stream_consumers(StreamARN=stream_arn("orders")),
        "account": kinesis.describe_account_settings(),
        "streams": kinesis.list_streams(),
    }
    for answer in answers.values():
        del answer["ResponseMetadata"]
    return answers


def test_settings_survive(server):
    kinesis = connect(server.endpoint, "kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=2, Tags={"team": "shop"})
    kinesis.create_stream(StreamName="gone", ShardCount=1)
    kinesis.delete_stream(StreamName="gone")
    kinesis.split_shard(StreamName="orders", ShardToSplit=shard_id(0), NewStartingHashKey="1000")
    kinesis.increase_stream_retention_period(StreamName="orders", RetentionPeriodHours=48)
    kinesis.start_stream_encryption(StreamName="orders", EncryptionType="KMS", KeyId="alias/orders")
    kinesis.enable_enhanced_monitoring(StreamName="orders", ShardLevelMetrics=["IncomingBytes"])
    kinesis.register_stream_consumer(StreamARN=stream_arn("orders"), ConsumerName="billing")
    kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},'
        f'"Action":"kinesis:PutRecord","Resource":"{stream_arn("orders")}"}}]}}'
    )
    kinesis.put_resource_policy(ResourceARN=stream_arn("orders"), Policy=policy)
    kinesis.put_record(StreamName="orders", PartitionKey="key", ExplicitHashKey="0", Data=b"kept")
    before, position = told(kinesis), iterator(kinesis, "orders", 2)
    kinesis = restart(server)
    assert told(kinesis) == before
    records = kinesis.get_records(ShardIterator=position)["Records"]
    assert data(records) == ["kept"] and records[0]["EncryptionType"] == "KMS"


def test_nothing_that_was_acknowledged_is_lost(server):
    kinesis = connect(server.endpoint, "kinesis")
    kinesis.create_stream(StreamName="orders", ShardCount=2)
    acknowledged = []

    def put_until_the_end(writer):
        client = connect(server.endpoint, "kinesis")
        for number in range(100_000):
            texts = [f"{writer}-{number}-{part}" for part in range(5)]
            records = [{"PartitionKey": text, "Data": text.encode()} for text in texts]
            try:
                answer = client.put_records(StreamName="orders", Records=records)
            except (BotoCoreError, ClientError):
                return
            acknowledged.extend(
                (text, record["SequenceNumber"]) for text, record in zip(texts, answer["Records"]) if "ShardId" in record
            )

    writers = [threading.Thread(target=put_until_the_end, args=(writer,)) for writer in range(3)]
    for writer in writers:
        writer.start()
    eventually(lambda: len(acknowledged) >= 300)
    kinesis.update_shard_count(StreamName="orders", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    already = len(acknowledged)
    eventually(lambda: len(acknowledged) >= already + 300)
    server.kill()
    for writer in writers:
        writer.join()
    server.start()
    kinesis = connect(server.endpoint, "kinesis")
    found = [record for shard in shards(kinesis, "orders") for record in get_all(kinesis, "orders", shard)]
    numbers = {record["Data"].decode(): record["SequenceNumber"] for record in found}
    assert len(numbers) == len(found), "a record is there twice"
    assert [text for text, number in acknowledged if numbers.get(text) != number] == []
