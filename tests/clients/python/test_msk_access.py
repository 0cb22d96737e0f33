"""Who may do what with clusters: policies, SCRAM secrets, and what AWS has that cannot be here."""

import json

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from enforcing_server import GUEST, OWNER, Enforcing
from expectations import refused
from kafka_clusters import cluster_settings, wait_until_active
from ninefold_server import Server, binary_from_environment
from own_server import eventually

SECRET = f"arn:aws:secretsmanager:{REGION}:{OWN_ACCOUNT}:secret:AmazonMSK_alice-AbCdEf"


def policy(arn, principal=OWNER, actions=("kafka:DescribeCluster",)):
    statement = {
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{principal}:root"}, "Action": list(actions), "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_the_policy_of_a_cluster(kafka, make_cluster):
    arn = make_cluster()
    with refused("NotFoundException", status=404):
        kafka.get_cluster_policy(ClusterArn=arn)
    first = kafka.put_cluster_policy(ClusterArn=arn, Policy=policy(arn))["CurrentVersion"]
    found = kafka.get_cluster_policy(ClusterArn=arn)
    assert (found["Policy"], found["CurrentVersion"]) == (policy(arn), first)
    second = kafka.put_cluster_policy(ClusterArn=arn, CurrentVersion=first, Policy=policy(arn, GUEST))["CurrentVersion"]
    assert second != first
    with refused("BadRequestException", status=400):
        kafka.put_cluster_policy(ClusterArn=arn, CurrentVersion=first, Policy=policy(arn))
    with refused("BadRequestException", status=400):
        kafka.put_cluster_policy(ClusterArn=arn, Policy="{}")
    kafka.delete_cluster_policy(ClusterArn=arn)
    with refused("NotFoundException", status=404):
        kafka.delete_cluster_policy(ClusterArn=arn)


def test_who_may_do_what(tmp_path):
    enforcing = Enforcing(tmp_path / "data")
    with enforcing.server:
        owner, guest = enforcing.client("kafka"), enforcing.client("kafka", GUEST)
        arn = owner.create_cluster(**cluster_settings("shop"))["ClusterArn"]
        wait_until_active(owner, arn)
        with refused("AccessDeniedException", status=403):
            guest.describe_cluster(ClusterArn=arn)
        owner.put_cluster_policy(ClusterArn=arn, Policy=policy(arn, GUEST))
        assert guest.describe_cluster(ClusterArn=arn)["ClusterInfo"]["ClusterName"] == "shop"
        with refused("AccessDeniedException", status=403):
            guest.delete_cluster(ClusterArn=arn)
        reader = enforcing.user(
            "kafka", "reader", {"Effect": "Allow", "Action": ["kafka:Describe*", "kafka:List*"], "Resource": "*"}
        )
        assert len(reader.list_clusters()["ClusterInfoList"]) == 1
        for call, arguments in [
            (reader.create_cluster, cluster_settings("other")),
            (reader.reboot_broker, {"ClusterArn": arn, "BrokerIds": ["1"]}),
            (reader.create_topic, {"ClusterArn": arn, "TopicName": "x", "PartitionCount": 1, "ReplicationFactor": 1}),
            (reader.tag_resource, {"ResourceArn": arn, "Tags": {"a": "b"}}),
        ]:
            with refused("AccessDeniedException", status=403):
                call(**arguments)


def test_scram_secrets(tmp_path):
    data = tmp_path / "data"
    scram = {"Sasl": {"Scram": {"Enabled": True}}}
    with Server(binary_from_environment(), data) as server:
        kafka = connect(server.endpoint, "kafka")
        settings = cluster_settings("shop", ClientAuthentication=scram)
        del settings["EncryptionInfo"]
        arn = kafka.create_cluster(**settings)["ClusterArn"]
        wait_until_active(kafka, arn)
        [unprocessed] = kafka.batch_associate_scram_secret(ClusterArn=arn, SecretArnList=[SECRET])["UnprocessedScramSecrets"]
        assert (unprocessed["ErrorCode"], unprocessed["SecretArn"]) == ("InvalidSecretArn", SECRET)
        assert unprocessed["ErrorMessage"] == "Amazon MSK wasn't able to access the provided secret."
        secrets = data / "scram-secrets.toml"
        secrets.write_text(f'[[secret]]\narn = "{SECRET}"\nusername = "alice"\npassword = "alice-secret"\n')
        assert kafka.batch_associate_scram_secret(ClusterArn=arn, SecretArnList=[SECRET])["UnprocessedScramSecrets"] == []
        assert kafka.list_scram_secrets(ClusterArn=arn)["SecretArnList"] == [SECRET]
        [unprocessed] = kafka.batch_associate_scram_secret(
            ClusterArn=arn, SecretArnList=[SECRET.replace("AmazonMSK_", "")]
        )["UnprocessedScramSecrets"]
        assert "Secret names must have the prefix 'AmazonMSK_'" in unprocessed["ErrorMessage"]
        answer = kafka.batch_disassociate_scram_secret(ClusterArn=arn, SecretArnList=[SECRET])
        assert (answer["ClusterArn"], answer["UnprocessedScramSecrets"]) == (arn, [])
        assert kafka.list_scram_secrets(ClusterArn=arn)["SecretArnList"] == []


def test_secrets_are_for_clusters_with_scram(kafka, make_cluster):
    with refused("BadRequestException", status=400):
        kafka.batch_associate_scram_secret(ClusterArn=make_cluster(), SecretArnList=[SECRET])


def test_what_cannot_be_here(kafka, make_cluster):
    arn = make_cluster()
    replication = {
        "ReplicatorName": unique_name("replicator"), "ServiceExecutionRoleArn": f"arn:aws:iam::{OWN_ACCOUNT}:role/r",
        "KafkaClusters": [{"AmazonMskCluster": {"MskClusterArn": arn}, "VpcConfig": {"SubnetIds": ["subnet-1"]}}],
        "ReplicationInfoList": [],
    }
    topic = {"TopicArn": arn.replace(":cluster/", ":topic/") + "/orders", "RecordConverter": {"ValueConverter": "JSON"}}
    connection = {
        "TargetClusterArn": arn, "Authentication": "SASL_IAM", "VpcId": "vpc-1", "ClientSubnets": [], "SecurityGroups": [],
    }
    for call, arguments, reason in [
        (kafka.create_replicator, replication, "doesn't copy topics between clusters"),
        (kafka.create_vpc_connection, connection, "VPC connections do not exist on this server"),
        (kafka.reject_client_vpc_connection, {"ClusterArn": arn, "VpcConnectionArn": "x"}, "do not exist on this server"),
        (
            kafka.create_channel,
            {"ClusterArn": arn, "ChannelName": "orders", "TopicConfigurationList": [topic]},
            "no object store",
        ),
    ]:
        with refused("BadRequestException", status=400) as caught:
            call(**arguments)
        assert reason in str(caught.value)
    for call, arguments in [
        (kafka.describe_replicator, {"ReplicatorArn": "x"}),
        (kafka.describe_vpc_connection, {"Arn": "x"}),
        (kafka.describe_channel, {"ClusterArn": arn, "ChannelArn": "x"}),
    ]:
        with refused("NotFoundException", status=404):
            call(**arguments)
    assert kafka.list_replicators()["Replicators"] == []
    assert kafka.list_vpc_connections()["VpcConnections"] == []
    assert kafka.list_client_vpc_connections(ClusterArn=arn)["ClientVpcConnections"] == []
    assert kafka.list_channels(ClusterArn=arn)["Channels"] == []


@pytest.fixture
def server(tmp_path):
    with Server(binary_from_environment(), tmp_path / "data") as server:
        yield server


def test_clusters_survive(server):
    kafka = connect(server.endpoint, "kafka")
    configuration = kafka.create_configuration(Name="shop", ServerProperties=b"num.partitions=3")["Arn"]
    information = {"Arn": configuration, "Revision": 1}
    arn = kafka.create_cluster(**cluster_settings("shop", Tags={"a": "b"}, ConfigurationInfo=information))["ClusterArn"]
    wait_until_active(kafka, arn)
    kafka.put_cluster_policy(ClusterArn=arn, Policy=policy(arn))
    rebooted = kafka.reboot_broker(ClusterArn=arn, BrokerIds=["1"])["ClusterOperationArn"]

    def everything_told(kafka):
        return [
            wait_until_active(kafka, arn),
            kafka.describe_configuration(Arn=configuration)["LatestRevision"],
            kafka.get_cluster_policy(ClusterArn=arn)["Policy"],
            kafka.describe_cluster_operation(ClusterOperationArn=rebooted)["ClusterOperationInfo"],
        ]

    eventually(lambda: everything_told(kafka)[-1]["OperationState"] == "UPDATE_COMPLETE")
    before = everything_told(kafka)
    server.kill()
    server.start()
    assert everything_told(connect(server.endpoint, "kafka")) == before


def test_what_was_begun_is_finished(server):
    kafka = connect(server.endpoint, "kafka")
    arns = [kafka.create_cluster(**cluster_settings(f"shop-{number}"))["ClusterArn"] for number in range(5)]
    server.kill()
    server.start()
    kafka = connect(server.endpoint, "kafka")
    for arn in arns:
        wait_until_active(kafka, arn)
