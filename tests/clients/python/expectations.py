"""What the tests look for in answers: errors, bodies, counts, digests."""

import contextlib
import hashlib
import struct
import time

import pytest
from botocore.exceptions import ClientError

COUNTS = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


@contextlib.contextmanager
def refused(code, shape=None, status=None):
    """The block must be refused with this error code.

    `code` is the query protocol's code, which clients of both protocols see; `shape` the name the error has
    in the JSON protocol where it differs.
    """
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert error["Message"], error
    if shape is not None:
        assert error["QueryErrorCode"] == shape, error
    if status is not None:
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def refused_parameter():
    return refused("InvalidParameterValue", "InvalidParameterValueException", 400)


def receive(client, url, count=10, **arguments):
    """One receive call: the list of messages, empty if there were none."""
    return client.receive_message(QueueUrl=url, MaxNumberOfMessages=count, **arguments).get("Messages", [])


def receive_until(client, url, expected, seconds=10, **arguments):
    """Receives until `expected` messages have come; fails if they don't come in time."""
    messages, deadline = [], time.monotonic() + seconds
    while len(messages) < expected and time.monotonic() < deadline:
        messages += receive(client, url, WaitTimeSeconds=1, **arguments)
    assert len(messages) == expected, [message["Body"] for message in messages]
    return messages


def bodies(messages):
    return [message["Body"] for message in messages]


def counts(client, url):
    """(visible, in flight, delayed)"""
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
    return tuple(int(found[name]) for name in COUNTS)


def attribute(client, url, name):
    """One queue attribute; None if the queue has none."""
    return client.get_queue_attributes(QueueUrl=url, AttributeNames=[name]).get("Attributes", {}).get(name)


def arn_of(client, url):
    return attribute(client, url, "QueueArn")


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def md5_of_attributes(attributes):
    """The digest of message attributes as the SQS developer guide defines it."""
    digest = hashlib.md5()
    for name in sorted(attributes):
        value = attributes[name]
        _add(digest, name.encode())
        _add(digest, value["DataType"].encode())
        if "BinaryValue" in value:
            digest.update(b"\x02")
            _add(digest, value["BinaryValue"])
        else:
            digest.update(b"\x01")
            _add(digest, value["StringValue"].encode())
    return digest.hexdigest()


def _add(digest, octets):
    digest.update(struct.pack(">I", len(octets)) + octets)
