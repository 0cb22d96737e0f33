"""Clients and queues for the tests; each test works on queues of its own."""

import itertools
import os
import uuid

import boto3
import pytest
from botocore.config import Config

from kafka_clusters import cluster_settings, wait_until_active

REGION = "us-east-1"
OWN_ACCOUNT = "123456789012"
_numbers = itertools.count()


def connect(endpoint, service="sqs", account=OWN_ACCOUNT, region=REGION, secret="secret"):
    """A client without retries; in open mode a 12-digit access key id selects the account."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=30, connect_timeout=5),
    )


def unique_name(prefix="queue", suffix=""):
    return f"{prefix}-{next(_numbers)}-{uuid.uuid4().hex[:8]}{suffix}"


@pytest.fixture(scope="session")
def endpoint():
    return os.environ["NINEFOLD_ENDPOINT"].rstrip("/")


@pytest.fixture(scope="session")
def sqs(endpoint):
    return connect(endpoint)


@pytest.fixture
def make_queue(sqs):
    """Creates queues and deletes them after the test: `make_queue(VisibilityTimeout="0")` -> its URL."""
    made = []

    def make(name=None, tags=None, **attributes):
        fifo = attributes.get("FifoQueue") == "true"
        arguments = {"QueueName": name or unique_name(suffix=".fifo" if fifo else "")}
        if attributes:
            arguments["Attributes"] = attributes
        if tags:
            arguments["tags"] = tags
        url = sqs.create_queue(**arguments)["QueueUrl"]
        made.append(url)
        return url

    yield make
    for url in made:
        try:
            sqs.delete_queue(QueueUrl=url)
        except sqs.exceptions.QueueDoesNotExist:
            pass  # the test deleted it itself


@pytest.fixture(scope="session")
def sns(endpoint):
    return connect(endpoint, "sns")


@pytest.fixture
def make_topic(sns):
    """Creates topics and deletes them after the test: `make_topic(DisplayName="Orders")` -> its ARN."""
    made = []

    def make(name=None, tags=None, **attributes):
        fifo = attributes.get("FifoTopic") == "true"
        arguments = {"Name": name or unique_name("topic", ".fifo" if fifo else "")}
        if attributes:
            arguments["Attributes"] = attributes
        if tags:
            arguments["Tags"] = tags
        arn = sns.create_topic(**arguments)["TopicArn"]
        made.append(arn)
        return arn

    yield make
    for arn in made:
        sns.delete_topic(TopicArn=arn)


@pytest.fixture(scope="session")
def events(endpoint):
    return connect(endpoint, "events")


@pytest.fixture
def make_bus(events):
    """Creates event buses and deletes them after the test, with their rules: `make_bus(Description="Orders")` -> its name."""
    made = []

    def make(name=None, **settings):
        name = name or unique_name("bus")
        events.create_event_bus(Name=name, **settings)
        made.append(name)
        return name

    yield make
    for name in made:
        events.delete_event_bus(Name=name)


@pytest.fixture(scope="session")
def kafka(endpoint):
    return connect(endpoint, "kafka")


@pytest.fixture
def make_cluster(kafka):
    """Creates Kafka clusters and deletes them after the test: `make_cluster(Tags={"team": "shop"})` -> its ARN."""
    made = []

    def make(name=None, **settings):
        made.append(kafka.create_cluster(**cluster_settings(name or unique_name("cluster"), **settings))["ClusterArn"])
        wait_until_active(kafka, made[-1])
        return made[-1]

    yield make
    for arn in made:
        try:
            kafka.delete_cluster(ClusterArn=arn)
        except kafka.exceptions.NotFoundException:
            pass  # the test deleted it itself


@pytest.fixture(scope="session")
def kinesis(endpoint):
    return connect(endpoint, "kinesis")


@pytest.fixture
def make_stream(kinesis):
    """Creates data streams and deletes them after the test: `make_stream(ShardCount=2)` -> its name."""
    made = []

    def make(name=None, **settings):
        name = name or unique_name("stream")
        if "StreamModeDetails" not in settings:
            settings.setdefault("ShardCount", 1)
        kinesis.create_stream(StreamName=name, **settings)
        made.append(name)
        return name

    yield make
    for name in made:
        try:
            kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)
        except kinesis.exceptions.ResourceNotFoundException:
            pass  # the test deleted it itself


@pytest.fixture
def stream(make_stream):
    return make_stream()


@pytest.fixture
def topic(make_topic):
    return make_topic()


@pytest.fixture
def bus(make_bus):
    return make_bus()


@pytest.fixture
def queue(make_queue):
    return make_queue()


@pytest.fixture
def fifo(make_queue):
    return make_queue(FifoQueue="true")
