"""Kafka clients connect to clusters of MSK: in every way there is, and to what stays, is apart, and goes."""

import base64
import socket

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from kafka_connections import (
    ON, bootstrap, consume, create_topic, encrypted, groups, iam, is_let_in, kafka_refuses, made_cluster, plain, produce, scram,
    topics,
)
from ninefold_server import Server, binary_from_environment
from own_server import eventually

SECRET = f"arn:aws:secretsmanager:{REGION}:{OWN_ACCOUNT}:secret:AmazonMSK_alice-AbCdEf"


class Own:
    """A server of this module's, and its control plane of MSK."""

    def __init__(self, data):
        self.data = data
        self.server = Server(binary_from_environment(), data)

    @property
    def kafka(self):
        return connect(self.server.endpoint, "kafka")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    own = Own(tmp_path_factory.mktemp("msk") / "data")
    with own.server:
        yield own


def accepts_connections(address):
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_topics_are_the_same_by_rest_and_by_kafka(own):
    kafka = own.kafka
    arn = made_cluster(kafka, unique_name("cluster"))
    client = plain(bootstrap(kafka, arn))
    create_topic(client, "orders", partitions=2, replication_factor=3, config={"retention.ms": "1000"})
    found = kafka.describe_topic(ClusterArn=arn, TopicName="orders")
    assert (found["PartitionCount"], found["ReplicationFactor"]) == (2, 3)
    assert base64.b64decode(found["Configs"]) == b"retention.ms=1000"
    kafka.create_topic(ClusterArn=arn, TopicName="bills", PartitionCount=1, ReplicationFactor=1)
    assert topics(client) == {"orders": 2, "bills": 1}
    kafka.update_topic(ClusterArn=arn, TopicName="bills", PartitionCount=4)
    assert [topic["TopicName"] for topic in kafka.list_topics(ClusterArn=arn)["Topics"]] == ["bills", "orders"]
    assert topics(client) == {"orders": 2, "bills": 4}
    partitions = kafka.describe_topic_partitions(ClusterArn=arn, TopicName="bills")["Partitions"]
    assert [(each["Partition"], each["Leader"], each["Isr"]) for each in partitions] == [(n, 1, [1]) for n in range(4)]
    with pytest.raises(kafka.exceptions.TopicExistsException):
        kafka.create_topic(ClusterArn=arn, TopicName="orders", PartitionCount=1, ReplicationFactor=1)
    with kafka_refuses("INVALID_REPLICATION_FACTOR"):
        create_topic(client, "many", replication_factor=4)
    with kafka_refuses("_UNKNOWN_TOPIC", "UNKNOWN_TOPIC_OR_PART"):
        produce({**client, "topic.metadata.propagation.max.ms": 1000}, "misspelled", b"x")
    kafka.delete_topic(ClusterArn=arn, TopicName="bills")
    assert topics(client) == {"orders": 2}


def test_an_encrypted_connection(own):
    kafka = own.kafka
    arn = made_cluster(kafka, unique_name("cluster"), {"Unauthenticated": ON})
    client = encrypted(bootstrap(kafka, arn, "Tls"), own.data)
    create_topic(client, "orders")
    produce(client, "orders", b"one", b"two")
    assert consume(client, "orders", "readers", 2) == [b"one", b"two"]
    stranger = {**client}
    del stranger["ssl.ca.location"]
    assert not is_let_in(stranger)


def test_users_with_passwords(own):
    kafka = own.kafka
    arn = made_cluster(kafka, unique_name("cluster"), {"Sasl": {"Scram": ON}})
    (own.data / "scram-secrets.toml").write_text(
        f'[[secret]]\narn = "{SECRET}"\nusername = "alice"\npassword = "alice-secret"\n'
    )
    servers = bootstrap(kafka, arn, "SaslScram")
    alice = scram(servers, own.data, "alice", "alice-secret")
    assert not is_let_in(alice)
    assert kafka.batch_associate_scram_secret(ClusterArn=arn, SecretArnList=[SECRET])["UnprocessedScramSecrets"] == []
    create_topic(alice, "orders")
    assert topics(alice) == {"orders": 1}
    assert not is_let_in(scram(servers, own.data, "alice", "bob-secret"))
    kafka.batch_disassociate_scram_secret(ClusterArn=arn, SecretArnList=[SECRET])
    assert not is_let_in(alice)


def test_any_access_key_connects_to_an_open_server(own):
    kafka = own.kafka
    arn = made_cluster(kafka, unique_name("cluster"), {"Sasl": {"Iam": ON}})
    client = iam(bootstrap(kafka, arn, "SaslIam"), own.data, "anything", "whatever")
    create_topic(client, "orders")
    produce(client, "orders", b"one")
    assert consume(client, "orders", "readers", 1) == [b"one"]


def test_clusters_are_apart(own):
    kafka = own.kafka
    arns = [made_cluster(kafka, unique_name("cluster")) for _ in range(2)]
    first, second = (plain(bootstrap(kafka, arn)) for arn in arns)
    for client, partitions, value in [(first, 1, b"first"), (second, 2, b"second")]:
        create_topic(client, "orders", partitions)
        produce(client, "orders", value)
    assert (topics(first), topics(second)) == ({"orders": 1}, {"orders": 2})
    assert consume(first, "orders", "readers", 1) == [b"first"]
    assert (groups(first), groups(second)) == ({"readers"}, set())
    assert consume(second, "orders", "readers", 1) == [b"second"]
    assert "orders" not in topics(plain(own.server.kafka))
    assert groups(plain(own.server.kafka)) == set()


def test_a_deleted_cluster_leaves_nothing(own):
    kafka = own.kafka
    kept = made_cluster(kafka, unique_name("cluster"))
    create_topic(plain(bootstrap(kafka, kept)), "kept")
    name = unique_name("cluster")
    gone = made_cluster(kafka, name)
    address = bootstrap(kafka, gone)
    create_topic(plain(address), "orders")
    produce(plain(address), "orders", b"one")
    assert consume(plain(address), "orders", "readers", 1) == [b"one"]
    kafka.delete_cluster(ClusterArn=gone)
    eventually(lambda: not accepts_connections(address))
    eventually(lambda: gone not in [each["ClusterArn"] for each in kafka.list_clusters()["ClusterInfoList"]])
    assert topics(plain(bootstrap(kafka, kept))) == {"kept": 1}
    another = plain(bootstrap(kafka, made_cluster(kafka, name)))
    assert (topics(another), groups(another)) == ({}, set())


def test_clusters_come_back_as_they_were(tmp_path):
    own = Own(tmp_path / "data")
    with own.server:
        arns = [
            made_cluster(own.kafka, "open"),
            made_cluster(own.kafka, "shut", {"Sasl": {"Scram": ON, "Iam": ON}, "Unauthenticated": ON}),
        ]

        def addresses():
            found = [own.kafka.get_bootstrap_brokers(ClusterArn=arn) for arn in arns]
            return [{name: value for name, value in each.items() if name.startswith("Bootstrap")} for each in found]

        before = addresses()
        assert [len(each) for each in before] == [1, 4]
        trusted = (own.data / "kafka-ca.pem").read_bytes()
        clients = [plain(bootstrap(own.kafka, arns[0])), iam(bootstrap(own.kafka, arns[1], "SaslIam"), own.data, "a", "b")]
        for client in clients:
            create_topic(client, "orders", 2)
            produce(client, "orders", b"one", b"two")
            consume(client, "orders", "readers", 2)
        for end in (own.server.kill, own.server.stop):
            end()
            own.server.start()
            eventually(lambda: all(accepts_connections(server) for each in before for server in each.values()))
            assert addresses() == before
            assert (own.data / "kafka-ca.pem").read_bytes() == trusted
            for client in clients:
                assert topics(client) == {"orders": 2}
                assert groups(client) == {"readers"}
                produce(client, "orders", b"three")
                assert consume(client, "orders", "readers", 1) == [b"three"]
