"""Visibility: timeouts, changes, receipt handles, receive counts, approximate counts."""

import time

import pytest

from expectations import bodies, counts, receive, refused, refused_parameter

RECEIVE_COUNT = {"MessageSystemAttributeNames": ["ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"]}


def send(sqs, url, *texts):
    for each in texts:
        sqs.send_message(QueueUrl=url, MessageBody=each)


def receive_one(sqs, url, **arguments):
    [message] = receive(sqs, url, 1, **arguments)
    return message


def test_a_received_message_is_invisible(sqs, queue):
    send(sqs, queue, "x")
    assert receive_one(sqs, queue)
    assert receive(sqs, queue) == []
    assert counts(sqs, queue) == (0, 1, 0)


@pytest.mark.parametrize("attributes, arguments", [({}, {"VisibilityTimeout": 1}), ({"VisibilityTimeout": "1"}, {})])
def test_a_message_is_visible_again_after_its_timeout(sqs, make_queue, attributes, arguments):
    url = make_queue(**attributes)
    send(sqs, url, "x")
    began = time.monotonic()
    first = receive_one(sqs, url, **arguments)
    second = receive_one(sqs, url, WaitTimeSeconds=10)
    assert 0.9 <= time.monotonic() - began < 5
    assert second["MessageId"] == first["MessageId"]
    assert second["ReceiptHandle"] != first["ReceiptHandle"]


def test_a_timeout_of_zero_leaves_the_message_visible(sqs, queue):
    send(sqs, queue, "x")
    for expected in ("1", "2", "3"):
        message = receive_one(sqs, queue, VisibilityTimeout=0, **RECEIVE_COUNT)
        assert message["Attributes"]["ApproximateReceiveCount"] == expected
    assert counts(sqs, queue) == (1, 0, 0)


def test_the_first_receive_is_dated_once(sqs, queue):
    send(sqs, queue, "x")
    first = receive_one(sqs, queue, VisibilityTimeout=0, **RECEIVE_COUNT)["Attributes"]
    second = receive_one(sqs, queue, VisibilityTimeout=0, **RECEIVE_COUNT)["Attributes"]
    assert first["ApproximateFirstReceiveTimestamp"] == second["ApproximateFirstReceiveTimestamp"]


@pytest.mark.parametrize("seconds", [-1, 43201])
def test_timeouts_are_0_to_43200_seconds(sqs, queue, seconds):
    send(sqs, queue, "x")
    with refused_parameter() as caught:
        sqs.receive_message(QueueUrl=queue, VisibilityTimeout=seconds)
    assert "VisibilityTimeout" in str(caught.value)
    handle = receive_one(sqs, queue)["ReceiptHandle"]
    with refused_parameter():
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=seconds)


def test_change_to_zero_makes_a_message_visible_at_once(sqs, queue):
    send(sqs, queue, "x")
    handle = receive_one(sqs, queue)["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)
    assert counts(sqs, queue) == (1, 0, 0)
    assert receive_one(sqs, queue)["Body"] == "x"


def test_change_shortens_and_lengthens(sqs, queue):
    send(sqs, queue, "short", "long")
    handles = {m["Body"]: m["ReceiptHandle"] for m in receive(sqs, queue, VisibilityTimeout=3)}
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handles["short"], VisibilityTimeout=1)
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handles["long"], VisibilityTimeout=60)
    assert bodies(receive(sqs, queue, WaitTimeSeconds=10)) == ["short"]
    assert receive(sqs, queue, WaitTimeSeconds=4) == []


def test_change_of_a_message_that_is_not_in_flight(sqs, queue):
    send(sqs, queue, "x")
    handle = receive_one(sqs, queue)["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=0)
    with refused("AWS.SimpleQueueService.MessageNotInflight", "MessageNotInflight", 400) as caught:
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=10)
    assert isinstance(caught.value, sqs.exceptions.MessageNotInflight)


def test_change_of_a_deleted_message(sqs, queue):
    send(sqs, queue, "x")
    handle = receive_one(sqs, queue)["ReceiptHandle"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    with refused_parameter() as caught:
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=10)
    assert "Message does not exist or is not available for visibility timeout change" in str(caught.value)


@pytest.mark.parametrize("handle", ["nonsense", "bm90IGEgaGFuZGxl", "x" * 2000])
def test_malformed_receipt_handles(sqs, queue, handle):
    with refused("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid") as caught:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert isinstance(caught.value, sqs.exceptions.ReceiptHandleIsInvalid)
    with refused("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"):
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=1)


def test_delete_twice(sqs, queue):
    send(sqs, queue, "x")
    handle = receive_one(sqs, queue)["ReceiptHandle"]
    for _ in range(2):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert counts(sqs, queue) == (0, 0, 0)


def test_delete_after_the_timeout_when_nobody_else_received_it(sqs, queue):
    send(sqs, queue, "x")
    handle = receive_one(sqs, queue, VisibilityTimeout=0)["ReceiptHandle"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert receive(sqs, queue) == []
    assert counts(sqs, queue) == (0, 0, 0)


def test_the_newest_handle_deletes(sqs, queue):
    send(sqs, queue, "x")
    receive_one(sqs, queue, VisibilityTimeout=0)
    newest = receive_one(sqs, queue)["ReceiptHandle"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=newest)
    assert counts(sqs, queue) == (0, 0, 0)


def test_counts_of_a_quiet_queue_are_exact(sqs, queue):
    send(sqs, queue, *"abcde")
    sqs.send_message(QueueUrl=queue, MessageBody="delayed", DelaySeconds=60)
    assert counts(sqs, queue) == (5, 0, 1)
    [first, second] = receive(sqs, queue, 2)
    assert counts(sqs, queue) == (3, 2, 1)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"])
    assert counts(sqs, queue) == (3, 1, 1)
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=0)
    assert counts(sqs, queue) == (4, 0, 1)
