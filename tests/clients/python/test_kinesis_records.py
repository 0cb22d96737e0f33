"""Records of data streams: put, and read by iterators."""

import datetime
import hashlib
import os
import time

import pytest

from conftest import OWN_ACCOUNT
from data_streams import LAST_KEY, data, get, get_all, iterator, shard_id, shard_number, stream_arn, unchecked
from expectations import refused

EVERY_BYTE = bytes(range(256))


def put(kinesis, stream, text, key="key", **arguments):
    return kinesis.put_record(StreamName=stream, PartitionKey=key, Data=text.encode(), **arguments)


def test_a_record_comes_back_as_it_was(kinesis, stream):
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
    answer = kinesis.put_record(StreamName=stream, PartitionKey="käse ✓", Data=EVERY_BYTE)
    assert answer["ShardId"] == shard_id(0) and "EncryptionType" not in answer
    page = get(kinesis, stream)
    [record] = page["Records"]
    arrived = record.pop("ApproximateArrivalTimestamp")
    assert before < arrived <= datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1)
    assert record == {"SequenceNumber": answer["SequenceNumber"], "Data": EVERY_BYTE, "PartitionKey": "käse ✓"}
    assert page["MillisBehindLatest"] == 0 and "ChildShards" not in page


def test_an_empty_record_is_one(kinesis, stream):
    kinesis.put_record(StreamARN=stream_arn(stream), PartitionKey="key", Data=b"")
    assert [record["Data"] for record in get(kinesis, stream)["Records"]] == [b""]


def test_keys_decide_the_shard(kinesis, make_stream):
    stream = make_stream(ShardCount=4)
    for key in ("a", "b", "ä", "partition-17", "x" * 256):
        expected = int(hashlib.md5(key.encode()).hexdigest(), 16) >> 126
        assert put(kinesis, stream, "", key)["ShardId"] == shard_id(expected)
    for hash_key, expected in (("0", 0), (str(2**126), 1), (LAST_KEY, 3)):
        assert put(kinesis, stream, "", ExplicitHashKey=hash_key)["ShardId"] == shard_id(expected)


def test_many_records_keep_their_order_by_shard(kinesis, make_stream):
    stream = make_stream(ShardCount=3)
    records = [{"PartitionKey": f"key-{number % 11}", "Data": str(number).encode()} for number in range(500)]
    answer = kinesis.put_records(StreamName=stream, Records=records)
    assert answer["FailedRecordCount"] == 0 and len(answer["Records"]) == 500
    placed = [(shard_number(record["ShardId"]), record["SequenceNumber"]) for record in answer["Records"]]
    for shard in range(3):
        expected = [(str(number), sequence) for number, (place, sequence) in enumerate(placed) if place == shard]
        found = get_all(kinesis, stream, shard)
        assert [(record["Data"].decode(), record["SequenceNumber"]) for record in found] == expected
        numbers = [int(record["SequenceNumber"]) for record in found]
        assert numbers == sorted(numbers)


def test_a_reader_goes_from_page_to_page(kinesis, stream):
    for number in range(5):
        put(kinesis, stream, str(number))
    following, found = iterator(kinesis, stream), []
    for _ in range(4):
        page = kinesis.get_records(ShardIterator=following, Limit=2)
        found.append(data(page["Records"]))
        following = page["NextShardIterator"]
    assert found == [["0", "1"], ["2", "3"], ["4"], []]
    put(kinesis, stream, "5")
    assert data(kinesis.get_records(ShardIterator=following, StreamARN=stream_arn(stream))["Records"]) == ["5"]


def test_positions(kinesis, stream):
    numbers = [put(kinesis, stream, str(number))["SequenceNumber"] for number in range(3)]
    # Timestamps are in milliseconds: the next record shall have another one.
    moment = get(kinesis, stream)["Records"][2]["ApproximateArrivalTimestamp"] + datetime.timedelta(milliseconds=1)
    while datetime.datetime.now(datetime.UTC) <= moment + datetime.timedelta(milliseconds=1):
        time.sleep(0.001)
    put(kinesis, stream, "3")
    latest = iterator(kinesis, stream, kind="LATEST")

    def found(kind, **position):
        return data(get(kinesis, stream, 0, kind, **position)["Records"])

    assert found("TRIM_HORIZON") == ["0", "1", "2", "3"]
    assert found("AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]) == ["1", "2", "3"]
    assert found("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]) == ["2", "3"]
    assert found("AT_TIMESTAMP", Timestamp=moment) == ["3"]
    assert found("AT_TIMESTAMP", Timestamp=0) == ["0", "1", "2", "3"]
    put(kinesis, stream, "4")
    assert data(kinesis.get_records(ShardIterator=latest)["Records"]) == ["4"]


@pytest.mark.parametrize(
    ("kind", "position"),
    [
        ("LATEST", {"StartingSequenceNumber": "1"}),
        ("AT_SEQUENCE_NUMBER", {}),
        ("AT_SEQUENCE_NUMBER", {"StartingSequenceNumber": "1"}),
        ("AFTER_SEQUENCE_NUMBER", {"StartingSequenceNumber": "49543463076548007577105092703039560359975228518395019266"}),
        ("AT_TIMESTAMP", {}),
        ("AT_TIMESTAMP", {"Timestamp": datetime.datetime.now() + datetime.timedelta(hours=1)}),
    ],
)
def test_impossible_positions_are_refused(kinesis, stream, kind, position):
    with refused("InvalidArgumentException", status=400):
        iterator(kinesis, stream, kind=kind, **position)


def test_iterators_are_of_shards_that_exist(kinesis, stream):
    with refused("ResourceNotFoundException") as caught:
        iterator(kinesis, stream, shard=5)
    message = f"Shard {shard_id(5)} in stream {stream} under account {OWN_ACCOUNT} does not exist"
    assert caught.value.response["Error"]["Message"] == message
    with refused("ResourceNotFoundException"):
        iterator(kinesis, "unknown")


@pytest.mark.parametrize("change", [lambda text: text[:-4], lambda text: "B" + text[1:], lambda _: "no iterator"])
def test_iterators_cannot_be_made_up(kinesis, stream, change):
    made_up = change(iterator(kinesis, stream))
    with refused("InvalidArgumentException") as caught:
        kinesis.get_records(ShardIterator=made_up)
    assert caught.value.response["Error"]["Message"] == "Invalid ShardIterator."


def test_an_iterator_is_of_its_stream(kinesis, make_stream):
    stream, other = make_stream(), make_stream()
    with refused("InvalidArgumentException"):
        kinesis.get_records(ShardIterator=iterator(kinesis, stream), StreamARN=stream_arn(other))


def test_sizes(kinesis, make_stream):
    stream = make_stream(ShardCount=2)
    largest = os.urandom(2**20 - 3)
    kinesis.put_record(StreamName=stream, PartitionKey="key", Data=largest)
    for arguments in ({"Data": largest + b"x"}, {"Data": largest, "PartitionKey": "keys"}):
        with refused("InvalidArgumentException"):
            kinesis.put_record(**{"StreamName": stream, "PartitionKey": "key", **arguments})
    kinesis.update_max_record_size(StreamARN=stream_arn(stream), MaxRecordSizeInKiB=10240)
    huge = os.urandom(10 * 2**20 - 3)
    kinesis.put_record(StreamName=stream, PartitionKey="big", ExplicitHashKey=LAST_KEY, Data=huge)
    assert [record["Data"] for record in get(kinesis, stream, 1)["Records"]][-1] == huge
    record = {"PartitionKey": "key", "Data": largest}
    assert kinesis.put_records(StreamName=stream, Records=[record] * 10)["FailedRecordCount"] == 0
    with refused("InvalidArgumentException"):
        kinesis.put_records(StreamName=stream, Records=[record] * 11)


def test_wrong_records_are_refused(endpoint, stream):
    kinesis = unchecked(endpoint)
    for code, arguments in (
        ("ValidationException", {"PartitionKey": ""}),
        ("ValidationException", {"PartitionKey": "ä" * 257}),
        ("ValidationException", {"ExplicitHashKey": "01"}),
        ("InvalidArgumentException", {"ExplicitHashKey": str(2**128)}),
        ("InvalidArgumentException", {"SequenceNumberForOrdering": "1"}),
        ("ResourceNotFoundException", {"StreamName": "unknown"}),
    ):
        with refused(code, status=400):
            kinesis.put_record(**{"StreamName": stream, "PartitionKey": "key", "Data": b"", **arguments})
    with refused("ValidationException"):
        kinesis.put_record(StreamName=stream, Data=b"")
    with refused("ValidationException"):
        kinesis.put_records(StreamName=stream, Records=[])
    with refused("ValidationException"):
        kinesis.put_records(StreamName=stream, Records=[{"PartitionKey": "key", "Data": b""}] * 501)
    wrong = [{"PartitionKey": "key", "Data": b"1"}, {"PartitionKey": "key", "Data": b"", "ExplicitHashKey": str(2**128)}]
    with refused("InvalidArgumentException"):
        kinesis.put_records(StreamName=stream, Records=wrong)
    assert get(kinesis, stream)["Records"] == []


def test_a_record_can_be_put_after_another(kinesis, stream):
    first = put(kinesis, stream, "1")["SequenceNumber"]
    second = put(kinesis, stream, "2", SequenceNumberForOrdering=first)["SequenceNumber"]
    assert int(second) > int(first)


def test_dry_runs_have_no_effect(kinesis, stream):
    with refused("DryRunOperationException", status=400):
        kinesis.put_record(StreamName=stream, PartitionKey="key", Data=b"", DryRun=True)
    with refused("DryRunOperationException"):
        kinesis.put_records(StreamName=stream, Records=[{"PartitionKey": "key", "Data": b""}], DryRun=True)
    with refused("DryRunOperationException"):
        kinesis.get_records(ShardIterator=iterator(kinesis, stream), DryRun=True)
    with refused("DryRunOperationException"):
        iterator(kinesis, stream, DryRun=True)
    with refused("ResourceNotFoundException"):
        kinesis.put_record(StreamName="unknown", PartitionKey="key", Data=b"", DryRun=True)
    assert get(kinesis, stream)["Records"] == []


def test_the_server_can_spread_records(kinesis, make_stream):
    stream = make_stream(StreamModeDetails={"StreamMode": "ON_DEMAND"}, RecordDistributionStrategy="AUTO")
    answer = kinesis.put_records(StreamName=stream, Records=[{"Data": str(number).encode()} for number in range(200)])
    assert {record["ShardId"] for record in answer["Records"]} == {shard_id(number) for number in range(4)}
    found = [record for shard in range(4) for record in get_all(kinesis, stream, shard)]
    assert len(found) == 200 and all("PartitionKey" not in record for record in found)
    kinesis.update_stream_record_distribution_strategy(
        StreamARN=stream_arn(stream), RecordDistributionStrategy="USER_PARTITION_KEY"
    )
    with refused("ValidationException"):
        kinesis.put_record(StreamName=stream, Data=b"")


def test_pages_have_ten_mebibytes(kinesis, stream):
    for _ in range(2):
        kinesis.put_records(StreamName=stream, Records=[{"PartitionKey": "key", "Data": os.urandom(10**6)}] * 8)
    page = get(kinesis, stream)
    assert len(page["Records"]) == 10 and page["MillisBehindLatest"] >= 0
    rest = kinesis.get_records(ShardIterator=page["NextShardIterator"])
    assert len(rest["Records"]) == 6 and rest["MillisBehindLatest"] == 0
