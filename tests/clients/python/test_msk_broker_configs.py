"""What the configuration of a cluster of MSK makes of its brokers and topics, as Kafka's clients see it."""

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource, ResourceType

from conftest import connect, unique_name
from kafka_clusters import cluster_settings, finished, wait_until_active
from kafka_connections import WAIT_SECONDS, bootstrap, create_topic, kafka_refuses, plain, produce, topics
from ninefold_server import Server, binary_from_environment

STATIC = ConfigSource.STATIC_BROKER_CONFIG.value
DEFAULT = ConfigSource.DEFAULT_CONFIG.value
TOPIC = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
PROPERTIES = b"""
auto.create.topics.enable = true
default.replication.factor = 2
log.retention.hours = 2
message.max.bytes = 2000
min.insync.replicas = 1
num.io.threads = 16
num.partitions = 5
"""


@pytest.fixture(scope="module")
def kafka(tmp_path_factory):
    with Server(binary_from_environment(), tmp_path_factory.mktemp("msk") / "data") as server:
        yield connect(server.endpoint, "kafka")


def configs(client, kind, name):
    """The values of the configuration of a resource, with where they come from."""
    resource = ConfigResource(kind, name)
    admin = AdminClient(client)
    found = admin.describe_configs([resource])[resource].result(WAIT_SECONDS)
    return {name: (entry.value, entry.source) for name, entry in found.items()}


def test_a_configuration_is_that_of_brokers_and_the_default_of_topics(kafka):
    configuration = kafka.create_configuration(Name=unique_name("configuration"), ServerProperties=PROPERTIES)["Arn"]
    settings = cluster_settings(unique_name("cluster"), ConfigurationInfo={"Arn": configuration, "Revision": 1})
    arn = kafka.create_cluster(**settings)["ClusterArn"]
    wait_until_active(kafka, arn)
    client = plain(bootstrap(kafka, arn))
    produce(client, "orders", b"short")
    assert topics(client) == {"orders": 5}
    assert kafka.describe_topic(ClusterArn=arn, TopicName="orders")["ReplicationFactor"] == 2
    broker = configs(client, ResourceType.BROKER, "1")
    assert broker["num.partitions"] == ("5", STATIC)
    assert broker["auto.create.topics.enable"] == ("true", STATIC)
    assert broker["num.io.threads"] == ("16", STATIC)
    assert broker["log.retention.hours"] == ("2", STATIC)
    assert broker["log.segment.bytes"] == ("1073741824", DEFAULT)
    topic = configs(client, ResourceType.TOPIC, "orders")
    assert topic["max.message.bytes"] == ("2000", STATIC)
    assert topic["min.insync.replicas"] == ("1", STATIC)
    # As Kafka tells what follows from a longer unit.
    assert topic["retention.ms"] == ("7200000", DEFAULT)
    with kafka_refuses("MSG_SIZE_TOO_LARGE"):
        produce(client, "orders", b"x" * 3000)
    create_topic(client, "large", config={"max.message.bytes": "10000"})
    assert configs(client, ResourceType.TOPIC, "large")["max.message.bytes"] == ("10000", TOPIC)
    produce(client, "large", b"x" * 3000)

    kafka.update_configuration(Arn=configuration, ServerProperties=b"message.max.bytes = 5000\nlog.retention.ms = 60000")
    updated = kafka.update_cluster_configuration(
        ClusterArn=arn,
        ConfigurationInfo={"Arn": configuration, "Revision": 2},
        CurrentVersion=kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["CurrentVersion"],
    )
    assert finished(kafka, updated["ClusterOperationArn"])["OperationState"] == "UPDATE_COMPLETE"
    client = plain(bootstrap(kafka, arn))
    topic = configs(client, ResourceType.TOPIC, "orders")
    assert topic["max.message.bytes"] == ("5000", STATIC)
    assert topic["retention.ms"] == ("60000", STATIC)
    produce(client, "orders", b"x" * 3000)
    # What the configuration says nothing of is as MSK has it.
    broker = configs(client, ResourceType.BROKER, "1")
    assert broker["auto.create.topics.enable"] == ("false", STATIC)
    assert broker["num.partitions"] == ("1", STATIC)
    with kafka_refuses("_UNKNOWN_TOPIC", "UNKNOWN_TOPIC_OR_PART"):
        produce({**client, "topic.metadata.propagation.max.ms": 1000}, "misspelled", b"x")
