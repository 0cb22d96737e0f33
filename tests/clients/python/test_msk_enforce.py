"""What Kafka clients may do on a server that enforces authentication, in clusters of MSK and in the default cluster."""

import json

import pytest
from confluent_kafka.admin import (
    AclBinding, AclOperation, AclPermissionType, AdminClient, ResourcePatternType, ResourceType, ScramCredentialInfo,
    ScramMechanism, UserScramCredentialUpsertion,
)

from conftest import REGION, connect
from kafka_connections import (
    ON, WAIT_SECONDS, bootstrap, consume, create_topic, iam, is_let_in, kafka_refuses, made_cluster, plain, produce, topics,
    user_key,
)
from ninefold_server import Server, binary_from_environment, create_key
from own_server import eventually

ACCOUNT, GUEST = "111111111111", "222222222222"


class Enforced:
    """A server, and the access keys of two accounts and of whom else a test wants."""

    def __init__(self, data):
        self.data = data
        self.server = Server(binary_from_environment(), data, "--auth", "enforce", "--account", ACCOUNT)
        self.root, self.guest = (create_key(self.server.binary, data, "--account", each) for each in (ACCOUNT, GUEST))

    @property
    def kafka(self):
        return connect(self.server.endpoint, "kafka", self.root["AccessKeyId"], secret=self.root["SecretAccessKey"])

    def client(self, servers, key, **more):
        return iam(servers, self.data, key["AccessKeyId"], key["SecretAccessKey"], **more)


@pytest.fixture(scope="module")
def enforced(tmp_path_factory):
    enforced = Enforced(tmp_path_factory.mktemp("msk") / "data")
    with enforced.server:
        yield enforced


def allowed(action, resource):
    return {"Effect": "Allow", "Action": [f"kafka-cluster:{each}" for each in action], "Resource": resource}


def of_cluster(arn, kind, name):
    return f"{arn.replace(':cluster/', f':{kind}/')}/{name}"


def connects(client):
    """The topics it sees once its access key is known: a running server learns of new ones within a second."""

    eventually(lambda: is_let_in(client))
    return topics(client)


def test_policies_say_what_identities_may_do(enforced):
    arn = made_cluster(enforced.kafka, "policies", {"Sasl": {"Iam": ON}})
    servers = bootstrap(enforced.kafka, arn, "SaslIam")
    root = enforced.client(servers, enforced.root)
    for topic in ("orders", "bills"):
        create_topic(root, topic)
    writer = enforced.client(servers, user_key(
        enforced.server, "writer", ACCOUNT,
        allowed(["Connect"], arn),
        allowed(["DescribeTopic", "WriteData"], of_cluster(arn, "topic", "ord*")),
    ))
    assert connects(writer) == {"orders": 1}
    produce(writer, "orders", b"one")
    with kafka_refuses("TOPIC_AUTHORIZATION_FAILED"):
        produce(writer, "bills", b"one")
    with kafka_refuses("TOPIC_AUTHORIZATION_FAILED"):
        create_topic(writer, "ordinary")
    with kafka_refuses("TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED"):
        consume(writer, "orders", "readers", 1)
    assert consume(root, "orders", "readers", 1) == [b"one"]


def test_who_has_no_access_key_does_not_connect(enforced):
    arn = made_cluster(enforced.kafka, "keys", {"Sasl": {"Iam": ON}})
    servers = bootstrap(enforced.kafka, arn, "SaslIam")
    for key in (
        {**enforced.root, "SecretAccessKey": "another"},
        {**enforced.root, "AccessKeyId": "AKIAUNKNOWN"},
        enforced.guest,
        user_key(enforced.server, "nobody", ACCOUNT),
    ):
        assert not is_let_in(enforced.client(servers, key))


def test_the_policy_of_a_cluster_lets_another_account_in(enforced):
    arn = made_cluster(enforced.kafka, "shared", {"Sasl": {"Iam": ON}})
    servers = bootstrap(enforced.kafka, arn, "SaslIam")
    create_topic(enforced.client(servers, enforced.root), "orders")
    guest = enforced.client(servers, enforced.guest)
    assert not is_let_in(guest)
    statement = {
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{GUEST}:root"},
        "Action": ["kafka-cluster:Connect", "kafka-cluster:DescribeTopic"],
        "Resource": [arn, of_cluster(arn, "topic", "*")],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    enforced.kafka.put_cluster_policy(ClusterArn=arn, Policy=policy)
    assert connects(guest) == {"orders": 1}
    with kafka_refuses("TOPIC_AUTHORIZATION_FAILED"):
        produce(guest, "orders", b"one")


def test_the_default_cluster_is_not_for_everybody(enforced):
    servers = enforced.server.kafka
    assert not is_let_in(plain(servers))
    root = enforced.client(servers, enforced.root, protocol="SASL_PLAINTEXT")
    create_topic(root, "orders")
    assert not is_let_in(enforced.client(servers, enforced.guest, protocol="SASL_PLAINTEXT"))
    arn = f"arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/default/default"
    reader = enforced.client(servers, user_key(
        enforced.server, "reader", ACCOUNT,
        allowed(["Connect"], arn),
        allowed(["DescribeTopic", "ReadData"], of_cluster(arn, "topic", "orders")),
        allowed(["DescribeGroup", "AlterGroup"], of_cluster(arn, "group", "*")),
    ), protocol="SASL_PLAINTEXT")
    assert connects(reader) == {"orders": 1}
    produce(root, "orders", b"one")
    assert consume(reader, "orders", "readers", 1) == [b"one"]
    with kafka_refuses("TOPIC_AUTHORIZATION_FAILED"):
        produce(reader, "orders", b"two")


def test_users_of_the_default_cluster_need_access_control_lists(enforced):
    servers = enforced.server.kafka
    root = enforced.client(servers, enforced.root, protocol="SASL_PLAINTEXT")
    create_topic(root, "letters")
    administrator = AdminClient(root)
    administrator.poll(0)
    credential = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
    upsertion = UserScramCredentialUpsertion("alice", credential, b"alice-secret")
    administrator.alter_user_scram_credentials([upsertion])["alice"].result(WAIT_SECONDS)
    alice = {
        **plain(servers), "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "alice", "sasl.password": "alice-secret",
    }
    assert topics(alice) == {}
    with kafka_refuses("TOPIC_AUTHORIZATION_FAILED"):
        produce(alice, "letters", b"one")
    entry = AclBinding(
        ResourceType.TOPIC, "letters", ResourcePatternType.LITERAL, "User:alice", "*", AclOperation.WRITE, AclPermissionType.ALLOW,
    )
    administrator.create_acls([entry])[entry].result(WAIT_SECONDS)
    assert topics(alice) == {"letters": 1}
    produce(alice, "letters", b"one")
    assert consume(root, "letters", "readers", 1) == [b"one"]
