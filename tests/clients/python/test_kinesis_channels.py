"""Channels: records of data streams arrive as objects of an object store."""

import base64
import json
import urllib.request

import pytest

from conftest import OWN_ACCOUNT, connect, unique_name
from data_streams import FIRST_KEY, LAST_KEY, MIDDLE_KEY, shards, stream_arn
from expectations import refused
from ninefold_server import Server, binary_from_environment
from object_store import ObjectStore
from own_server import eventually

ROLE = f"arn:aws:iam::{OWN_ACCOUNT}:role/delivery"
# So much makes an object, which is two of the records here: with their partition key of one byte they have 20 bytes.
OBJECT_BYTES = 40


@pytest.fixture(scope="module")
def store():
    store = ObjectStore()
    yield store
    store.stop()


def options(store):
    return (
        *("--s3-endpoint", store.endpoint, "--channel-object-bytes", str(OBJECT_BYTES)),
        *("--s3-access-key-id", "archivist", "--s3-secret-access-key", "secret/with+characters"),
    )


@pytest.fixture(scope="module")
def server(store, tmp_path_factory):
    with Server(binary_from_environment(), tmp_path_factory.mktemp("channels") / "data", *options(store)) as server:
        yield server


@pytest.fixture
def kinesis(server):
    return connect(server.endpoint, "kinesis")


@pytest.fixture
def bucket(store):
    name = unique_name("bucket")
    store.s3.create_bucket(Bucket=name)
    return name


def on_demand(kinesis):
    name = unique_name("stream")
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    return name


def arguments(stream, bucket, record_format="STRING", compression="NONE", **storage):
    return {
        "ChannelName": unique_name("channel"),
        "ServiceExecutionRoleARN": ROLE,
        "StreamConfigurationList": [
            {"StreamARN": stream_arn(stream), "RecordConfiguration": {"RecordFormatType": record_format}}
        ],
        "S3DestinationConfiguration": {
            "StorageConfiguration": {
                "BucketARN": f"arn:aws:s3:::{bucket}",
                "ExpectedBucketOwner": OWN_ACCOUNT,
                "CompressionType": compression,
                **storage,
            }
        },
    }


def describe(kinesis, channel):
    return kinesis.describe_channel(ChannelARN=channel)["ChannelDescription"]


def create(kinesis, **arguments):
    """Makes a channel and waits until it delivers; its ARN."""
    description = kinesis.create_channel(**arguments)["ChannelDescription"]
    assert description["ChannelStatus"] == "CREATING"
    channel = description["ChannelARN"]
    eventually(lambda: describe(kinesis, channel)["ChannelStatus"] == "ACTIVE")
    return channel


def put(kinesis, stream, records, hash_key=FIRST_KEY):
    entries = [{"PartitionKey": "k", "ExplicitHashKey": hash_key, "Data": record} for record in records]
    assert kinesis.put_records(StreamName=stream, Records=entries)["FailedRecordCount"] == 0


def text(number):
    return f"record {number:012}"


@pytest.mark.parametrize("record_format", ["JSON", "STRING", "BYTE_ARRAY"])
@pytest.mark.parametrize("compression", ["NONE", "GZIP", "ZSTD"])
def test_records_arrive(kinesis, store, bucket, record_format, compression):
    stream = on_demand(kinesis)
    channel = create(kinesis, **arguments(stream, bucket, record_format, compression))
    first, second = {
        "JSON": (b'{"some": "object"} ', b'["an array of it"]\n'),
        "STRING": ("a line with äöü".encode().ljust(19), b"another line       "),
        "BYTE_ARRAY": (bytes(range(237, 256)), bytes(range(19))),
    }[record_format]
    put(kinesis, stream, [first, second])
    (key,) = eventually(lambda: store.keys(bucket))
    expected = {
        "JSON": first + b"\n" + second,
        "STRING": first + b"\n" + second + b"\n",
        "BYTE_ARRAY": first + second,
    }[record_format]
    assert store.content(bucket, key) == expected
    description = describe(kinesis, channel)
    name, identifier = description["ChannelName"], description["ChannelId"]
    assert key.startswith(f"kinesis-channel/{name}/{identifier}/2") and f"/{name}-{identifier}-2" in key
    assert key.endswith({"NONE": "", "GZIP": ".gz", "ZSTD": ".zst"}[compression])


def test_objects_are_named_by_a_template(kinesis, store, bucket):
    stream = on_demand(kinesis)
    template = "data*(all)/stream=!{stream-name}/year=!{yyyy}/!{channel-name}!{extension:.json.gz}"
    wanted = arguments(stream, bucket, "JSON", "GZIP", OutputKeyTemplate=template, StorageClass="GLACIER_IR")
    wanted["EncryptionConfiguration"] = {"EncryptionType": "KMS", "KeyId": "alias/archive"}
    create(kinesis, **wanted)
    put(kinesis, stream, [b'"0123456789abcdefg"'] * 2)
    (key,) = eventually(lambda: store.keys(bucket))
    assert key.startswith(f"data*(all)/stream={stream}/year=20") and key.endswith(".json.gz")
    head = store.s3.head_object(Bucket=bucket, Key=key)
    assert (head["StorageClass"], head["ServerSideEncryption"]) == ("GLACIER_IR", "aws:kms")
    assert head["SSEKMSKeyId"] == "alias/archive"


def test_what_is_no_json_is_a_dead_letter(kinesis, store, bucket):
    letters = unique_name("letters")
    store.s3.create_bucket(Bucket=letters)
    stream = on_demand(kinesis)
    wanted = arguments(stream, bucket, "JSON")
    wanted["S3DestinationConfiguration"]["DeadLetterQueueS3Configuration"] = {
        "BucketARN": f"arn:aws:s3:::{letters}",
        "ExpectedBucketOwner": OWN_ACCOUNT,
        "ErrorOutputPrefix": "bad/",
    }
    create(kinesis, **wanted)
    put(kinesis, stream, [b'{"this": "is JSON" ', b'{"this": "it is"}  '])
    (line,) = eventually(lambda: store.lines(letters, "bad/"))
    letter = json.loads(line)
    assert base64.b64decode(letter["rawData"]) == b'{"this": "is JSON" '
    assert (letter["errorCode"], letter["partitionKey"], letter["shardId"]) == ("InvalidJson", "k", "shardId-000000000000")
    assert store.lines(bucket) == ['{"this": "it is"}  ']


def test_every_operation(kinesis, store, bucket):
    stream = on_demand(kinesis)
    wanted = arguments(stream, bucket)
    wanted["Tags"] = {"team": "shop"}
    channel = create(kinesis, **wanted)
    description = describe(kinesis, channel)
    assert description["S3DestinationConfiguration"]["DataFreshnessInSeconds"] == 300
    assert channel.endswith(f":channel/{description['ChannelId']}")
    freshness = {"DataFreshnessInSeconds": 900}
    updated = kinesis.update_channel(ChannelARN=channel, S3DestinationConfiguration=freshness)["ChannelDescription"]
    assert updated["ChannelStatus"] == "UPDATING"
    description["S3DestinationConfiguration"]["DataFreshnessInSeconds"] = 900
    assert describe(kinesis, channel) == description
    filters = [{"StreamARN": stream_arn(stream)}]
    (summary,) = kinesis.list_channels(StreamFilter=filters)["ChannelSummaries"]
    assert (summary["ChannelARN"], summary["ChannelDestinationType"]) == (channel, "S3")
    assert kinesis.list_tags_for_resource(ResourceARN=channel)["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["ChannelCount"] == 1
    with refused("ResourceInUseException"):
        kinesis.delete_stream(StreamName=stream)
    kinesis.delete_channel(ChannelARN=channel)
    for operation in (kinesis.describe_channel, kinesis.delete_channel):
        with refused("ResourceNotFoundException"):
            operation(ChannelARN=channel)
    kinesis.delete_stream(StreamName=stream)


def test_what_can_be_no_channel_is_refused(kinesis, bucket):
    stream, provisioned = on_demand(kinesis), unique_name("stream")
    kinesis.create_stream(StreamName=provisioned, ShardCount=1)
    tables = {
        "DeadLetterQueueS3Configuration": {"BucketARN": "arn:aws:s3:::letters", "ExpectedBucketOwner": OWN_ACCOUNT},
        "S3TablesConfigurationList": [
            {
                "TableBucketARN": f"arn:aws:s3tables:us-east-1:{OWN_ACCOUNT}:bucket/tables",
                "Namespace": "shop",
                "TableName": "orders",
                "CompressionType": "ZSTD",
            }
        ],
    }
    table_only = arguments(stream, bucket, "GSR_JSON")
    del table_only["S3DestinationConfiguration"]
    for wanted, code in [
        (arguments(provisioned, bucket), "InvalidArgumentException"),
        (arguments("gone", bucket), "ResourceNotFoundException"),
        (arguments(stream, bucket, "GSR_JSON"), "InvalidArgumentException"),
        (arguments(stream, bucket, OutputKeyTemplate="/a"), "InvalidArgumentException"),
        (arguments(stream, bucket, compression="GZIP", OutputKeyTemplate="a"), "InvalidArgumentException"),
        (arguments(stream, "B"), "ValidationException"),
        ({**arguments(stream, bucket), "S3TablesDestinationConfiguration": tables}, "InvalidArgumentException"),
        ({**table_only, "S3TablesDestinationConfiguration": tables}, "InvalidArgumentException"),
        (table_only, "InvalidArgumentException"),
    ]:
        with refused(code):
            kinesis.create_channel(**wanted)
    with refused("InvalidArgumentException"):
        kinesis.list_channels(NextToken="x")


def test_a_bucket_that_is_not_there_fails_the_channel(kinesis):
    stream = on_demand(kinesis)
    channel = kinesis.create_channel(**arguments(stream, "nowhere-to-be-found"))["ChannelDescription"]["ChannelARN"]
    eventually(lambda: describe(kinesis, channel)["ChannelStatus"] == "FAILED")
    assert "nowhere-to-be-found" in describe(kinesis, channel)["ChannelStatusReason"]
    kinesis.delete_stream(StreamName=stream)
    kinesis.delete_channel(ChannelARN=channel)


def test_figures_say_what_was_delivered(server, kinesis, store, bucket):
    stream = on_demand(kinesis)
    create(kinesis, **arguments(stream, bucket))
    put(kinesis, stream, [text(number) for number in range(4)])
    eventually(lambda: len(store.keys(bucket)) == 2)

    def figure(name):
        with urllib.request.urlopen(f"{server.endpoint}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        (line,) = [line for line in lines if line.startswith(f"ninefold_channel_{name}") and f'"{stream}"' in line]
        return float(line.rsplit(" ", 1)[1])

    eventually(lambda: figure("objects_total") == 2)
    assert (figure("records_total"), figure("read_bytes_total"), figure("dead_letters_total")) == (4, 80, 0)
    assert figure("oldest_record_age_seconds") == 0


def test_nothing_is_lost_while_the_store_is_away_and_the_server_is_killed(tmp_path):
    store = ObjectStore()
    store.s3.create_bucket(Bucket="archive")
    expected = [text(number) for number in range(60)]
    with Server(binary_from_environment(), tmp_path / "data", *options(store)) as server:
        kinesis = connect(server.endpoint, "kinesis")
        stream = on_demand(kinesis)
        channel = create(kinesis, **arguments(stream, "archive"))
        put(kinesis, stream, expected[:10])
        eventually(lambda: len(set(store.lines("archive"))) == 10)
        store.stop()
        put(kinesis, stream, expected[10:20])
        put(kinesis, stream, expected[20:30], MIDDLE_KEY)
        kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
        kinesis.update_stream_warm_throughput(StreamName=stream, WarmThroughputMiBps=8)
        assert 0 not in shards(kinesis, stream, "AT_LATEST"), "it was to be split"
        server.kill()
        server.start()
        kinesis = connect(server.endpoint, "kinesis")
        put(kinesis, stream, expected[30:40])
        put(kinesis, stream, expected[40:50], LAST_KEY)
        store.start()
        eventually(lambda: len(set(store.lines("archive"))) == 50, seconds=30)
        put(kinesis, stream, expected[50:])
        server.kill()
        server.start()
        kinesis = connect(server.endpoint, "kinesis")
        eventually(lambda: len(set(store.lines("archive"))) == 60, seconds=30)
        assert describe(kinesis, channel)["ChannelStatus"] == "ACTIVE"
    assert sorted(set(store.lines("archive"))) == expected
    store.stop()
