"""A client of the query protocol, and queues for the tests."""

import contextlib
import os
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


@pytest.fixture(scope="session")
def sqs():
    client = boto3.client(
        "sqs", endpoint_url=os.environ["NINEFOLD_ENDPOINT"], config=Config(retries={"total_max_attempts": 1})
    )
    assert client.meta.service_model.metadata["protocol"] == "query"
    return client


@pytest.fixture
def make_queue(sqs):
    made = []

    def make(suffix="", **attributes):
        name = f"query-{uuid.uuid4().hex[:12]}{suffix}"
        made.append(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])
        return made[-1]

    yield make
    for url in made:
        sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def queue(make_queue):
    return make_queue()


@pytest.fixture
def fifo(make_queue):
    return make_queue(".fifo", FifoQueue="true")


@pytest.fixture
def refused():
    """`with refused(code):` the block must fail with that error code, as the sender's fault."""

    @contextlib.contextmanager
    def block(code, status=400):
        with pytest.raises(ClientError) as caught:
            yield caught
        error = caught.value.response["Error"]
        assert error["Code"] == code, error
        assert error["Type"] == "Sender" and error["Message"]
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status

    return block
