"""Kafka clients of clusters of MSK, made with librdkafka."""

import contextlib
import json
from pathlib import Path

from aws_msk_iam_sasl_signer import MSKAuthTokenProvider
from botocore.credentials import CredentialProvider, Credentials
from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from conftest import REGION
from kafka_clusters import cluster_settings, wait_until_active
from ninefold_server import create_key
from own_server import eventually

WAIT_SECONDS = 20
ON = {"Enabled": True}


def made_cluster(kafka, name, authentication=None):
    """The ARN of a new cluster that is active: for everybody on this machine, or with encryption and as `authentication` says."""
    settings = cluster_settings(name)
    if authentication is not None:
        del settings["EncryptionInfo"]
        settings["ClientAuthentication"] = authentication
    arn = kafka.create_cluster(**settings)["ClusterArn"]
    wait_until_active(kafka, arn)
    return arn


def bootstrap(kafka, arn, kind=""):
    """Where brokers listen for a kind of client: "", "Tls", "SaslScram" or "SaslIam"."""
    return kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerString" + kind]


def plain(servers):
    return {"bootstrap.servers": servers}


def encrypted(servers, data):
    return {**plain(servers), "security.protocol": "SSL", "ssl.ca.location": str(data / "kafka-ca.pem")}


def scram(servers, data, username, password):
    return {
        **encrypted(servers, data), "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": username, "sasl.password": password,
    }


class KeyProvider(CredentialProvider):
    """An access key, as AWS's signer wants to be given it."""

    def __init__(self, key_id, secret):
        super().__init__()
        self._credentials = Credentials(key_id, secret)

    def load(self):
        return self._credentials


def iam(servers, data, key_id, secret, protocol="SASL_SSL"):
    def token(_):
        provider = KeyProvider(key_id, secret)
        signed, expires_milliseconds = MSKAuthTokenProvider.generate_auth_token_from_credentials_provider(REGION, provider)
        return signed, expires_milliseconds / 1000

    trusted = encrypted(servers, data) if protocol == "SASL_SSL" else plain(servers)
    return {**trusted, "security.protocol": protocol, "sasl.mechanism": "OAUTHBEARER", "oauth_cb": token}


def user_key(server, name, account, *statements):
    """An access key of a new user who may do what the statements say."""
    policy = Path(server.data).parent / f"{name}-policy.json"
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    return create_key(server.binary, server.data, "--account", account, "--user", name, "--policy", str(policy))


def create_topic(settings, name, partitions=1, **more):
    client = AdminClient(settings)
    client.poll(0)
    client.create_topics([NewTopic(name, partitions, **more)])[name].result(WAIT_SECONDS)


def topics(settings, seconds=WAIT_SECONDS):
    """The names of the topics that a client sees, and how many partitions each has."""
    client = AdminClient(settings)
    client.poll(0)
    found = client.list_topics(timeout=seconds).topics
    return {name: len(topic.partitions) for name, topic in found.items()}


def is_let_in(settings):
    """Whether a client can connect and is answered. One that is refused keeps trying, for as long as this waits."""
    try:
        topics(settings, seconds=3)
    except KafkaException:
        return False
    return True


def produce(settings, topic, *values):
    """Produces and waits until all is acknowledged."""
    errors = []
    client = Producer({**settings, "message.timeout.ms": WAIT_SECONDS * 1000})
    for value in values:
        client.produce(topic, value, on_delivery=lambda error, _: errors.append(error) if error else None)
    assert client.flush(WAIT_SECONDS) == 0
    if errors:
        raise KafkaException(errors[0])


def consume(settings, topic, group, count):
    """So many values of a topic from where a group is on, which is committed."""
    client = Consumer({**settings, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False})
    values = []

    def has_all():
        message = client.poll(0.5)
        if message is not None:
            if message.error():
                raise KafkaException(message.error())
            values.append(message.value())
        return len(values) == count

    try:
        client.subscribe([topic])
        eventually(has_all, WAIT_SECONDS)
        client.commit(asynchronous=False)
    finally:
        client.close()
    return values


def groups(settings):
    client = AdminClient(settings)
    client.poll(0)
    return {group.group_id for group in client.list_consumer_groups().result(WAIT_SECONDS).valid}


@contextlib.contextmanager
def kafka_refuses(*names):
    """What a cluster refuses, or a client gives up on, with one of these codes."""
    try:
        yield
    except KafkaException as error:
        assert error.args[0].name() in names, error
    else:
        raise AssertionError(f"expected {names}")
