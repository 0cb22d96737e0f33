"""Shards of data streams: split, merged, scaled, listed."""

import datetime

import pytest

from conftest import OWN_ACCOUNT
from data_streams import FIRST_KEY, LAST_KEY, MIDDLE_KEY, data, get, get_all, iterator, shard_id, shards, summary
from expectations import refused


def put(kinesis, stream, hash_key, text):
    return kinesis.put_record(StreamName=stream, PartitionKey="key", ExplicitHashKey=hash_key, Data=text.encode())


def test_a_split_shard_ends_with_its_children(kinesis, stream):
    before = put(kinesis, stream, FIRST_KEY, "before")
    latest = iterator(kinesis, stream, kind="LATEST")
    kinesis.split_shard(StreamName=stream, ShardToSplit=shard_id(0), NewStartingHashKey=MIDDLE_KEY)
    assert summary(kinesis, stream)["StreamStatus"] == "ACTIVE"
    low, high = put(kinesis, stream, FIRST_KEY, "low"), put(kinesis, stream, LAST_KEY, "high")
    assert (low["ShardId"], high["ShardId"]) == (shard_id(1), shard_id(2))
    assert int(before["SequenceNumber"]) < int(low["SequenceNumber"])
    listed = kinesis.list_shards(StreamName=stream)["Shards"]
    ending = listed[0]["SequenceNumberRange"]["EndingSequenceNumber"]
    assert int(before["SequenceNumber"]) < int(ending) < int(low["SequenceNumber"])
    assert [shard.get("ParentShardId") for shard in listed] == [None, shard_id(0), shard_id(0)]
    page = get(kinesis, stream)
    assert data(page["Records"]) == ["before"] and "NextShardIterator" not in page
    assert [(child["ShardId"], child["ParentShards"]) for child in page["ChildShards"]] == [
        (shard_id(1), [shard_id(0)]), (shard_id(2), [shard_id(0)]),
    ]
    assert [child["HashKeyRange"] for child in page["ChildShards"]] == [shard["HashKeyRange"] for shard in listed[1:]]
    ended = kinesis.get_records(ShardIterator=latest)
    assert ended["Records"] == [] and len(ended["ChildShards"]) == 2


def test_merged_shards_have_one_child(kinesis, make_stream):
    stream = make_stream(ShardCount=2)
    kinesis.merge_shards(StreamName=stream, ShardToMerge=shard_id(0), AdjacentShardToMerge=shard_id(1))
    merged = kinesis.list_shards(StreamName=stream)["Shards"][2]
    assert (merged["ParentShardId"], merged["AdjacentParentShardId"]) == (shard_id(0), shard_id(1))
    assert merged["HashKeyRange"] == {"StartingHashKey": FIRST_KEY, "EndingHashKey": LAST_KEY}
    assert put(kinesis, stream, LAST_KEY, "x")["ShardId"] == shard_id(2)


def test_shards_must_be_adjacent_in_order(kinesis, make_stream):
    stream = make_stream(ShardCount=3)
    for first, second in ((0, 2), (1, 0), (1, 1)):
        with refused("InvalidArgumentException") as caught:
            kinesis.merge_shards(StreamName=stream, ShardToMerge=shard_id(first), AdjacentShardToMerge=shard_id(second))
        assert caught.value.response["Error"]["Message"] == (
            f"Shards {shard_id(first)} and {shard_id(second)} in stream {stream} under account {OWN_ACCOUNT} are not an "
            "adjacent pair of shards eligible for merging"
        )


def test_shards_must_exist_and_be_open(kinesis, stream):
    with refused("ResourceNotFoundException"):
        kinesis.split_shard(StreamName=stream, ShardToSplit=shard_id(7), NewStartingHashKey=MIDDLE_KEY)
    for key in (FIRST_KEY, "1", LAST_KEY):
        with refused("InvalidArgumentException"):
            kinesis.split_shard(StreamName=stream, ShardToSplit=shard_id(0), NewStartingHashKey=key)
    kinesis.split_shard(StreamName=stream, ShardToSplit=shard_id(0), NewStartingHashKey=MIDDLE_KEY)
    with refused("InvalidArgumentException"):
        kinesis.split_shard(StreamName=stream, ShardToSplit=shard_id(0), NewStartingHashKey=MIDDLE_KEY)


@pytest.mark.parametrize("targets", [(2, 4, 3), (1,), (3, 5, 7, 4)])
def test_scaling(kinesis, make_stream, targets):
    stream = make_stream(ShardCount=2)
    sent = 0
    for target in targets:
        for part in range(8):
            put(kinesis, stream, str(part << 125), f"{part}/{sent}")
        sent += 1
        current = summary(kinesis, stream)["OpenShardCount"]
        answer = kinesis.update_shard_count(StreamName=stream, TargetShardCount=target, ScalingType="UNIFORM_SCALING")
        assert (answer["CurrentShardCount"], answer["TargetShardCount"]) == (current, target)
        ranges = [
            shard["HashKeyRange"]
            for shard in kinesis.list_shards(StreamName=stream, ShardFilter={"Type": "AT_LATEST"})["Shards"]
        ]
        starts = sorted(int(each["StartingHashKey"]) for each in ranges)
        assert len(starts) == target
        assert all(abs(start - 2**128 // target * place) <= target for place, start in enumerate(starts))
    # Parents before children is the order of records of a key.
    found = [text for shard in shards(kinesis, stream) for text in data(get_all(kinesis, stream, shard))]
    for part in range(8):
        assert [text for text in found if text.startswith(f"{part}/")] == [f"{part}/{number}" for number in range(sent)]


def test_scaling_has_limits(kinesis, make_stream):
    stream = make_stream(ShardCount=4)
    for target in (1, 9, 10_001):
        with refused("LimitExceededException"):
            kinesis.update_shard_count(StreamName=stream, TargetShardCount=target, ScalingType="UNIFORM_SCALING")
    automatic = make_stream(StreamModeDetails={"StreamMode": "ON_DEMAND"})
    with refused("ValidationException"):
        kinesis.update_shard_count(StreamName=automatic, TargetShardCount=5, ScalingType="UNIFORM_SCALING")
    with refused("ValidationException"):
        kinesis.split_shard(StreamName=automatic, ShardToSplit=shard_id(0), NewStartingHashKey="1000")


def test_filters(kinesis, make_stream):
    stream = make_stream(ShardCount=2)
    kinesis.split_shard(StreamName=stream, ShardToSplit=shard_id(0), NewStartingHashKey=str(2**126))
    kinesis.merge_shards(StreamName=stream, ShardToMerge=shard_id(3), AdjacentShardToMerge=shard_id(1))
    now = datetime.datetime.now(datetime.UTC)
    assert shards(kinesis, stream) == shards(kinesis, stream, "FROM_TRIM_HORIZON") == [0, 1, 2, 3, 4]
    assert shards(kinesis, stream, "AT_LATEST") == [2, 4]
    assert shards(kinesis, stream, "AT_TRIM_HORIZON") == [0, 1]
    assert shards(kinesis, stream, "AFTER_SHARD_ID", ShardId=shard_id(2)) == [3, 4]
    assert shards(kinesis, stream, "AT_TIMESTAMP", Timestamp=now) == [2, 4]
    assert shards(kinesis, stream, "FROM_TIMESTAMP", Timestamp=0) == [0, 1, 2, 3, 4]
    for wrong in ({"Type": "AT_TIMESTAMP"}, {"Type": "AFTER_SHARD_ID"}, {"Type": "AT_LATEST", "ShardId": shard_id(0)}):
        with refused("InvalidArgumentException"):
            kinesis.list_shards(StreamName=stream, ShardFilter=wrong)


def test_pages_of_shards(kinesis, make_stream):
    stream = make_stream(ShardCount=5)
    first = kinesis.list_shards(StreamName=stream, MaxResults=2)
    assert len(first["Shards"]) == 2
    second = kinesis.list_shards(NextToken=first["NextToken"], MaxResults=2)
    third = kinesis.list_shards(NextToken=second["NextToken"])
    found = [shard["ShardId"] for page in (first, second, third) for shard in page["Shards"]]
    assert found == [shard_id(number) for number in range(5)] and "NextToken" not in third
    with refused("InvalidArgumentException"):
        kinesis.list_shards(StreamName=stream, NextToken=first["NextToken"])
    with refused("InvalidArgumentException"):
        kinesis.list_shards()
    with refused("InvalidArgumentException"):
        kinesis.list_shards(NextToken="made up")
    described = kinesis.get_paginator("describe_stream").paginate(StreamName=stream, PaginationConfig={"PageSize": 2})
    assert [len(page["StreamDescription"]["Shards"]) for page in described] == [2, 2, 1]
    created = summary(kinesis, stream)["StreamCreationTimestamp"]
    assert len(kinesis.list_shards(StreamName=stream, StreamCreationTimestamp=created)["Shards"]) == 5
    with refused("ResourceNotFoundException"):
        kinesis.list_shards(StreamName=stream, StreamCreationTimestamp=created - datetime.timedelta(days=1))
