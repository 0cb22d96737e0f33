"""Configurations of MSK, and the versions of Kafka that they are for."""

import pytest

from conftest import unique_name
from expectations import refused
from kafka_clusters import described, finished, wait_until_active
from own_server import eventually

PROPERTIES = b"auto.create.topics.enable=false\nnum.partitions=3\nlog.retention.ms=600000\n"


@pytest.fixture
def make_configuration(kafka):
    """Creates configurations and deletes them after the test: `make_configuration(b"num.partitions=3")` -> its ARN."""
    made = []

    def make(properties=PROPERTIES, name=None, **settings):
        name = name or unique_name("configuration")
        made.append(kafka.create_configuration(Name=name, ServerProperties=properties, **settings)["Arn"])
        return made[-1]

    yield make
    for arn in made:
        kafka.delete_configuration(Arn=arn)


def test_a_configuration_and_its_revisions(kafka, make_configuration):
    name = unique_name("configuration")
    arn = make_configuration(name=name, Description="first", KafkaVersions=["3.9.x"])
    updated = kafka.update_configuration(Arn=arn, Description="second", ServerProperties=b"num.partitions=5")
    assert updated["LatestRevision"]["Revision"] == 2
    found = kafka.describe_configuration(Arn=arn)
    assert (found["Name"], found["State"], found["KafkaVersions"]) == (name, "ACTIVE", ["3.9.x"])
    assert (found["Description"], found["LatestRevision"]) == ("first", updated["LatestRevision"])
    first = kafka.describe_configuration_revision(Arn=arn, Revision=1)
    assert (first["ServerProperties"], first["Description"]) == (PROPERTIES, "first")
    assert kafka.describe_configuration_revision(Arn=arn, Revision=2)["ServerProperties"] == b"num.partitions=5"
    pages = kafka.get_paginator("list_configuration_revisions").paginate(Arn=arn, PaginationConfig={"PageSize": 1})
    assert [revision["Revision"] for page in pages for revision in page["Revisions"]] == [1, 2]
    pages = kafka.get_paginator("list_configurations").paginate()
    assert [each for page in pages for each in page["Configurations"] if each["Arn"] == arn] == [
        {member: value for member, value in found.items() if member != "ResponseMetadata"}
    ]


def test_a_cluster_with_a_configuration(kafka, make_configuration, make_cluster):
    configuration = make_configuration()
    arn = make_cluster(ConfigurationInfo={"Arn": configuration, "Revision": 1})
    software = described(kafka, arn)["CurrentBrokerSoftwareInfo"]
    assert (software["ConfigurationArn"], software["ConfigurationRevision"]) == (configuration, 1)
    with refused("BadRequestException") as caught:
        kafka.delete_configuration(Arn=configuration)
    assert "Configuration is in use by one or more clusters." in str(caught.value)
    kafka.update_configuration(Arn=configuration, ServerProperties=b"num.partitions=5")
    answer = kafka.update_cluster_configuration(
        ClusterArn=arn,
        CurrentVersion=described(kafka, arn)["CurrentVersion"],
        ConfigurationInfo={"Arn": configuration, "Revision": 2},
    )
    found = finished(kafka, answer["ClusterOperationArn"])
    revisions = [found[which]["ConfigurationInfo"]["Revision"] for which in ("SourceClusterInfo", "TargetClusterInfo")]
    assert (found["OperationType"], revisions) == ("UPDATE_CLUSTER_CONFIGURATION", [1, 2])
    assert wait_until_active(kafka, arn)["CurrentBrokerSoftwareInfo"]["ConfigurationRevision"] == 2
    kafka.delete_cluster(ClusterArn=arn)
    # The fixture deletes the configuration, which it only can when the cluster is gone.
    eventually(lambda: not kafka.list_clusters(ClusterNameFilter=arn.split("/")[1])["ClusterInfoList"])


def test_what_is_no_configuration(kafka, make_configuration):
    name = unique_name("configuration")
    arn = make_configuration(name=name)
    with refused("ConflictException", status=409) as caught:
        kafka.create_configuration(Name=name, ServerProperties=b"")
    assert "A resource with this name already exists." in str(caught.value)
    with refused("BadRequestException", status=400) as caught:
        kafka.update_configuration(Arn=arn, ServerProperties=b"auto.leader.rebalance.enable=true")
    assert "Key 'auto.leader.rebalance.enable' is not supported by at least one Apache Kafka version." in str(caught.value)
    with refused("BadRequestException", status=400):
        kafka.update_configuration(Arn=arn, ServerProperties=b"num.partitions=zero")
    with refused("BadRequestException", status=400):
        kafka.describe_configuration_revision(Arn=arn, Revision=99)
    gone = kafka.create_configuration(Name=unique_name("configuration"), ServerProperties=b"")["Arn"]
    assert kafka.delete_configuration(Arn=gone)["State"] == "DELETING"
    with refused("BadRequestException", status=400) as caught:
        kafka.describe_configuration(Arn=gone)
    assert caught.value.response["Error"]["Message"] == "Configuration ARN does not exist."


def test_versions_of_kafka(kafka, make_cluster):
    pages = kafka.get_paginator("list_kafka_versions").paginate()
    versions = {each["Version"]: each["Status"] for page in pages for each in page["KafkaVersions"]}
    assert (versions["4.1.x.kraft"], versions["2.8.1"]) == ("ACTIVE", "DEPRECATED")
    arn = make_cluster(KafkaVersion="3.9.x.kraft")
    [compatible] = kafka.get_compatible_kafka_versions(ClusterArn=arn)["CompatibleKafkaVersions"]
    assert compatible == {"SourceVersion": "3.9.x.kraft", "TargetVersions": ["4.0.x.kraft", "4.1.x.kraft"]}
