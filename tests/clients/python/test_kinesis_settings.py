"""What can be set of data streams and accounts: retention, encryption, monitoring, tags, modes, policies."""

import json

import pytest

from conftest import connect, unique_name
from data_streams import get, stream_arn, summary
from expectations import refused

ON_DEMAND = {"StreamMode": "ON_DEMAND"}


def test_retention(kinesis, stream):
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    assert summary(kinesis, stream)["RetentionPeriodHours"] == 48
    kinesis.increase_stream_retention_period(StreamARN=stream_arn(stream), RetentionPeriodHours=8760)
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=24)
    assert kinesis.describe_stream(StreamName=stream)["StreamDescription"]["RetentionPeriodHours"] == 24
    for call, hours in (
        (kinesis.increase_stream_retention_period, 8761),
        (kinesis.increase_stream_retention_period, 23),
        (kinesis.decrease_stream_retention_period, 23),
        (kinesis.decrease_stream_retention_period, 25),
    ):
        with refused("InvalidArgumentException", status=400):
            call(StreamName=stream, RetentionPeriodHours=hours)


def test_encryption_is_said_of_records(kinesis, stream):
    kinesis.put_record(StreamName=stream, PartitionKey="key", Data=b"")
    kinesis.start_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId="alias/orders")
    described = summary(kinesis, stream)
    assert (described["EncryptionType"], described["KeyId"]) == ("KMS", "alias/orders")
    assert kinesis.put_record(StreamName=stream, PartitionKey="key", Data=b"")["EncryptionType"] == "KMS"
    kinesis.stop_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId="alias/orders")
    assert summary(kinesis, stream)["EncryptionType"] == "NONE"
    kinesis.put_records(StreamName=stream, Records=[{"PartitionKey": "key", "Data": b""}])
    assert [record.get("EncryptionType") for record in get(kinesis, stream)["Records"]] == [None, "KMS", None]


def test_monitoring(kinesis, stream):
    enabled = kinesis.enable_enhanced_monitoring(StreamName=stream, ShardLevelMetrics=["IncomingBytes"])
    assert (enabled["CurrentShardLevelMetrics"], enabled["DesiredShardLevelMetrics"]) == ([], ["IncomingBytes"])
    assert summary(kinesis, stream)["EnhancedMonitoring"] == [{"ShardLevelMetrics": ["IncomingBytes"]}]
    disabled = kinesis.disable_enhanced_monitoring(StreamName=stream, ShardLevelMetrics=["ALL"])
    assert (disabled["CurrentShardLevelMetrics"], disabled["DesiredShardLevelMetrics"]) == (["IncomingBytes"], [])


def test_tags(kinesis, make_stream):
    stream = make_stream(Tags={"team": "shop"})
    arn = stream_arn(stream)
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"cost": "1", "team": "till"})
    kinesis.tag_resource(ResourceARN=arn, Tags={"stage": "test"})
    expected = {"cost": "1", "stage": "test", "team": "till"}
    listed = kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in listed} == expected
    first = kinesis.list_tags_for_stream(StreamName=stream, Limit=2)
    rest = kinesis.list_tags_for_stream(StreamName=stream, ExclusiveStartTagKey=first["Tags"][1]["Key"])
    assert (first["HasMoreTags"], rest["HasMoreTags"]) == (True, False)
    assert {tag["Key"]: tag["Value"] for tag in first["Tags"] + rest["Tags"]} == expected
    kinesis.remove_tags_from_stream(StreamName=stream, TagKeys=["cost"])
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["team", "unknown"])
    assert kinesis.list_tags_for_stream(StreamName=stream)["Tags"] == [{"Key": "stage", "Value": "test"}]


@pytest.mark.parametrize("tags", [{"a;b": "1"}, {"a": "50%"}, {str(number): "" for number in range(51)}])
def test_wrong_tags_are_refused(kinesis, stream, tags):
    with refused("InvalidArgumentException"):
        kinesis.add_tags_to_stream(StreamName=stream, Tags=tags)
    with refused("InvalidArgumentException"):
        kinesis.tag_resource(ResourceARN=stream_arn(stream), Tags=tags)
    assert kinesis.list_tags_for_stream(StreamName=stream)["Tags"] == []


def test_modes(kinesis, stream):
    arn = stream_arn(stream)
    kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails=ON_DEMAND)
    assert summary(kinesis, stream)["StreamModeDetails"] == ON_DEMAND
    kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "PROVISIONED"})
    assert summary(kinesis, stream)["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
    with refused("InvalidArgumentException"):
        kinesis.update_stream_record_distribution_strategy(StreamARN=arn, RecordDistributionStrategy="AUTO")


def test_on_demand_streams_begin_with_four_shards(kinesis, make_stream):
    assert summary(kinesis, make_stream(StreamModeDetails=ON_DEMAND))["OpenShardCount"] == 4


def test_warm_throughput_needs_a_commitment(endpoint):
    kinesis = connect(endpoint, "kinesis", account="700000000003")
    name = unique_name("warm")
    kinesis.create_stream(StreamName=name, StreamModeDetails=ON_DEMAND)
    assert kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"] == {"Status": "DISABLED"}
    with refused("ValidationException"):
        kinesis.update_stream_warm_throughput(StreamName=name, WarmThroughputMiBps=6)
    enabled = kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "ENABLED"})
    commitment = enabled["MinimumThroughputBillingCommitment"]
    assert commitment["Status"] == "ENABLED" and commitment["StartedAt"] < commitment["EarliestAllowedEndAt"]
    warmed = kinesis.update_stream_warm_throughput(StreamName=name, WarmThroughputMiBps=6)
    assert warmed["WarmThroughput"]["TargetMiBps"] == 6
    described = summary(kinesis, name)
    assert (described["OpenShardCount"], described["WarmThroughput"]["CurrentMiBps"]) == (6, 6)
    ending = kinesis.update_account_settings(MinimumThroughputBillingCommitment={"Status": "DISABLED"})
    assert ending["MinimumThroughputBillingCommitment"]["Status"] == "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
    kinesis.delete_stream(StreamName=name)


def test_policies(kinesis, stream):
    arn = stream_arn(stream)
    with refused("ResourceNotFoundException"):
        kinesis.get_resource_policy(ResourceARN=arn)
    statement = {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "kinesis:PutRecord", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    kinesis.put_resource_policy(ResourceARN=arn, Policy=policy)
    assert kinesis.get_resource_policy(ResourceARN=arn)["Policy"] == policy
    with refused("InvalidArgumentException"):
        kinesis.put_resource_policy(ResourceARN=arn, Policy="{}")
    kinesis.delete_resource_policy(ResourceARN=arn)
    with refused("ResourceNotFoundException"):
        kinesis.delete_resource_policy(ResourceARN=arn)
