"""Clusters of MSK: how they come, what is said of them, how they change, and how they go."""

import re

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from expectations import refused
from kafka_clusters import cluster_settings, described, finished, wait_until_active
from own_server import eventually


def update(kafka, operation, arn, **wanted):
    """Does an update to its end; what the operation says of itself."""
    version = described(kafka, arn)["CurrentVersion"]
    answer = getattr(kafka, operation)(ClusterArn=arn, CurrentVersion=version, **wanted)
    assert answer["ClusterArn"] == arn
    found = finished(kafka, answer["ClusterOperationArn"])
    assert found["OperationState"] == "UPDATE_COMPLETE", found
    assert wait_until_active(kafka, arn)["CurrentVersion"] != version
    return found


def all_names(kafka, operation, **arguments):
    pages = kafka.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **arguments)
    return [cluster["ClusterName"] for page in pages for cluster in page["ClusterInfoList"]]


def is_gone(kafka, arn):
    try:
        assert described(kafka, arn)["State"] == "DELETING"
    except kafka.exceptions.NotFoundException:
        return True
    return False


def test_the_life_of_a_cluster(kafka):
    name = unique_name("cluster")
    settings = cluster_settings(name, Tags={"team": "shop"}, EnhancedMonitoring="PER_BROKER")
    created = kafka.create_cluster(**settings)
    arn = created["ClusterArn"]
    assert (created["ClusterName"], created["State"]) == (name, "CREATING")
    assert re.fullmatch(rf"arn:aws:kafka:{REGION}:{OWN_ACCOUNT}:cluster/{name}/[0-9a-f-]{{36}}-\d+", arn)
    found = wait_until_active(kafka, arn)
    assert (found["ClusterArn"], found["Tags"]) == (arn, {"team": "shop"})
    assert (found["NumberOfBrokerNodes"], found["EnhancedMonitoring"]) == (3, "PER_BROKER")
    assert found["CurrentBrokerSoftwareInfo"] == {"KafkaVersion": "3.8.x.kraft"}
    assert found["BrokerNodeGroupInfo"]["StorageInfo"] == {"EbsStorageInfo": {"VolumeSize": 100}}
    assert found["EncryptionInfo"]["EncryptionInTransit"] == {"ClientBroker": "PLAINTEXT", "InCluster": False}
    second = kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
    assert (second["ClusterType"], second["State"]) == ("PROVISIONED", "ACTIVE")
    assert second["Provisioned"]["NumberOfBrokerNodes"] == 3
    assert second["CreationTime"] == found["CreationTime"]
    with refused("ConflictException", status=409):
        kafka.create_cluster(**settings)
    with refused("BadRequestException", status=400):
        kafka.delete_cluster(ClusterArn=arn, CurrentVersion="K1")
    deleted = kafka.delete_cluster(ClusterArn=arn, CurrentVersion=found["CurrentVersion"])
    assert (deleted["ClusterArn"], deleted["State"]) == (arn, "DELETING")
    eventually(lambda: is_gone(kafka, arn))
    with refused("NotFoundException", status=404):
        kafka.describe_cluster_v2(ClusterArn=arn)


def test_a_serverless_cluster(kafka):
    name = unique_name("serverless")
    serverless = {
        "VpcConfigs": [{"SubnetIds": ["subnet-1", "subnet-2"]}],
        "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
    }
    created = kafka.create_cluster_v2(ClusterName=name, Serverless=serverless)
    arn = created["ClusterArn"]
    assert created["ClusterType"] == "SERVERLESS"
    found = kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
    assert found["Serverless"] == serverless
    assert all_names(kafka, "list_clusters_v2", ClusterNameFilter=name, ClusterTypeFilter="SERVERLESS") == [name]
    assert all_names(kafka, "list_clusters", ClusterNameFilter=name) == []
    with refused("BadRequestException"):
        kafka.describe_cluster(ClusterArn=arn)
    kafka.delete_cluster(ClusterArn=arn)


def test_clusters_are_listed_by_account(endpoint, kafka, make_cluster):
    prefix = unique_name("listed")
    names = [f"{prefix}-{letter}" for letter in "abcde"]
    for name in names:
        make_cluster(name)
    for operation in ("list_clusters", "list_clusters_v2"):
        assert all_names(kafka, operation, ClusterNameFilter=prefix) == names
        assert all_names(connect(endpoint, "kafka", account="999999999999"), operation, ClusterNameFilter=prefix) == []


@pytest.mark.parametrize(
    ("operation", "wanted", "kind", "target"),
    [
        ("update_broker_count", {"TargetNumberOfBrokerNodes": 6}, "INCREASE_BROKER_COUNT", {"NumberOfBrokerNodes": 6}),
        (
            "update_broker_storage",
            {"TargetBrokerEBSVolumeInfo": [{"KafkaBrokerNodeId": "All", "VolumeSizeGB": 200}]},
            "UPDATE_BROKER_STORAGE",
            {"BrokerEBSVolumeInfo": [{"KafkaBrokerNodeId": "All", "VolumeSizeGB": 200}]},
        ),
        ("update_storage", {"StorageMode": "TIERED"}, "UPDATE_STORAGE", {"StorageMode": "TIERED"}),
        (
            "update_broker_type",
            {"TargetInstanceType": "kafka.m7g.xlarge"},
            "UPDATE_BROKER_TYPE",
            {"InstanceType": "kafka.m7g.xlarge"},
        ),
        (
            "update_cluster_kafka_version",
            {"TargetKafkaVersion": "4.0.x.kraft"},
            "UPDATE_CLUSTER_KAFKA_VERSION",
            {"KafkaVersion": "4.0.x.kraft"},
        ),
        (
            "update_monitoring",
            {"EnhancedMonitoring": "PER_TOPIC_PER_BROKER"},
            "UPDATE_MONITORING",
            {"EnhancedMonitoring": "PER_TOPIC_PER_BROKER"},
        ),
        (
            "update_connectivity",
            {"ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}},
            "UPDATE_CONNECTIVITY",
            {"ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}, "NetworkType": "IPV4"}},
        ),
    ],
)
def test_an_update(kafka, make_cluster, operation, wanted, kind, target):
    arn = make_cluster()
    found = update(kafka, operation, arn, **wanted)
    assert found["OperationType"] == kind
    assert found["EndTime"] >= found["CreationTime"]
    assert found["TargetClusterInfo"].items() >= target.items()
    second = kafka.describe_cluster_operation_v2(ClusterOperationArn=found["OperationArn"])["ClusterOperationInfo"]
    assert second["Provisioned"]["TargetClusterInfo"] == found["TargetClusterInfo"]
    [listed] = kafka.list_cluster_operations(ClusterArn=arn)["ClusterOperationInfoList"]
    assert listed == found
    [listed] = kafka.list_cluster_operations_v2(ClusterArn=arn)["ClusterOperationInfoList"]
    assert (listed["OperationArn"], listed["OperationState"]) == (found["OperationArn"], "UPDATE_COMPLETE")


def test_an_update_of_what_was_seen_long_ago(kafka, make_cluster):
    arn = make_cluster()
    version = described(kafka, arn)["CurrentVersion"]
    update(kafka, "update_broker_count", arn, TargetNumberOfBrokerNodes=6)
    with refused("BadRequestException", status=400) as caught:
        kafka.update_broker_count(ClusterArn=arn, CurrentVersion=version, TargetNumberOfBrokerNodes=9)
    assert "The version of the cluster isn't current." in str(caught.value)


def test_a_restarted_broker(kafka, make_cluster):
    arn = make_cluster()
    answer = kafka.reboot_broker(ClusterArn=arn, BrokerIds=["1"])
    assert finished(kafka, answer["ClusterOperationArn"])["OperationType"] == "REBOOT_NODE"
    assert wait_until_active(kafka, arn)


def test_nodes(kafka, make_cluster):
    arn = make_cluster()
    pages = kafka.get_paginator("list_nodes").paginate(ClusterArn=arn, PaginationConfig={"PageSize": 2})
    nodes = [node for page in pages for node in page["NodeInfoList"]]
    assert [node["BrokerNodeInfo"]["BrokerId"] for node in nodes] == [1, 2, 3]
    assert {node["InstanceType"] for node in nodes} == {"kafka.m7g.large"}
    assert len({node["NodeARN"] for node in nodes}) == 3


def test_tags(kafka, make_cluster):
    arn = make_cluster(Tags={"a": "1"})
    kafka.tag_resource(ResourceArn=arn, Tags={"b": "2", "c": "ü /"})
    kafka.untag_resource(ResourceArn=arn, TagKeys=["a", "b"])
    assert kafka.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"c": "ü /"}
    assert described(kafka, arn)["Tags"] == {"c": "ü /"}


def test_what_makes_no_cluster(kafka):
    group = cluster_settings("x")["BrokerNodeGroupInfo"]
    for wrong, message in [
        ({"ClusterName": "under_score"}, "one or more characters that are not valid"),
        ({"KafkaVersion": "2.8.1"}, "Unsupported KafkaVersion [2.8.1]."),
        ({"NumberOfBrokerNodes": 4}, "must be a multiple of the number of Availability Zones"),
        ({"BrokerNodeGroupInfo": {**group, "InstanceType": "m5.large"}}, "Unsupported InstanceType [m5.large]."),
        ({"ClientAuthentication": {"Tls": {"Enabled": True}}}, "AWS Private CA"),
        ({"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}, "encryption within the cluster"),
    ]:
        with refused("BadRequestException", status=400) as caught:
            kafka.create_cluster(**{**cluster_settings(unique_name("cluster")), **wrong})
        assert message in str(caught.value)


def test_what_is_no_cluster(kafka):
    missing = f"arn:aws:kafka:{REGION}:{OWN_ACCOUNT}:cluster/missing/abcdefab-1234-abcd-5678-cdef0123ab01-2"
    for call in (kafka.describe_cluster, kafka.describe_cluster_v2, kafka.get_bootstrap_brokers, kafka.list_topics):
        with refused("NotFoundException", status=404):
            call(ClusterArn=missing)
    with refused("BadRequestException", status=400):
        kafka.describe_cluster(ClusterArn="missing")
