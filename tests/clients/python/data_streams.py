"""Data streams: names, records, shards, in few words."""

import boto3
from botocore.config import Config

from conftest import OWN_ACCOUNT, REGION

FIRST_KEY, LAST_KEY = "0", str(2**128 - 1)
MIDDLE_KEY = str(2**127)


def stream_arn(name, account=OWN_ACCOUNT, region=REGION):
    return f"arn:aws:kinesis:{region}:{account}:stream/{name}"


def unchecked(endpoint):
    """A client that leaves it to the server what is wrong with a request."""
    return boto3.client(
        "kinesis",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=OWN_ACCOUNT,
        aws_secret_access_key="secret",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def shard_id(number):
    return f"shardId-{number:012}"


def shard_number(identifier):
    return int(identifier.removeprefix("shardId-"))


def iterator(kinesis, stream, shard=0, kind="TRIM_HORIZON", **position):
    answer = kinesis.get_shard_iterator(
        StreamName=stream, ShardId=shard_id(shard), ShardIteratorType=kind, **position
    )
    return answer["ShardIterator"]


def get(kinesis, stream, shard=0, kind="TRIM_HORIZON", **position):
    """One page of records from a position on."""
    return kinesis.get_records(ShardIterator=iterator(kinesis, stream, shard, kind, **position))


def get_all(kinesis, stream, shard=0):
    """All records of a shard from its start on, page by page, until the end of the shard or of what there is."""
    records, following = [], iterator(kinesis, stream, shard)
    while following:
        page = kinesis.get_records(ShardIterator=following)
        records += page["Records"]
        following = page.get("NextShardIterator")
        if not page["Records"] and page["MillisBehindLatest"] == 0:
            break
    return records


def data(records):
    return [record["Data"].decode() for record in records]


def shards(kinesis, stream, kind=None, **members):
    """The numbers of shards, in the order of the answer."""
    arguments = {"StreamName": stream}
    if kind:
        arguments["ShardFilter"] = {"Type": kind, **members}
    listed = kinesis.get_paginator("list_shards").paginate(**arguments)
    return [shard_number(shard["ShardId"]) for page in listed for shard in page["Shards"]]


def summary(kinesis, stream):
    return kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
