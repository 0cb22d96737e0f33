"""The first five minutes with the AWS CLI, and what it says when something is wrong."""

import json
import os
import re

FAILED = 255  # the AWS CLI's status when the service answered with an error (version 1)


def test_the_first_five_minutes(aws, name):
    url = aws("sqs", "create-queue", "--queue-name", name).json()["QueueUrl"]
    assert url.endswith("/" + name)
    assert aws("sqs", "get-queue-url", "--queue-name", name).json()["QueueUrl"] == url
    sent = aws("sqs", "send-message", "--queue-url", url, "--message-body", "hello, world").json()
    assert re.fullmatch(r"[0-9a-f]{32}", sent["MD5OfMessageBody"])
    [message] = aws("sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", "5").json()["Messages"]
    assert message["Body"] == "hello, world"
    assert message["MessageId"] == sent["MessageId"]
    deleted = aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    assert (deleted.status, deleted.output) == (0, "")
    assert aws("sqs", "receive-message", "--queue-url", url).output == ""
    assert aws("sqs", "delete-queue", "--queue-url", url).status == 0


def test_list_queues(aws, queue, name):
    assert aws("sqs", "list-queues", "--queue-name-prefix", name).json()["QueueUrls"] == [queue]


def test_attributes_from_the_command_line(aws, queue):
    change = ["--attributes", "VisibilityTimeout=77,DelaySeconds=0"]
    assert aws("sqs", "set-queue-attributes", "--queue-url", queue, *change).status == 0
    found = aws("sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "All").json()
    assert found["Attributes"]["VisibilityTimeout"] == "77"


def test_message_attributes_from_the_command_line(aws, queue):
    attributes = json.dumps({"city": {"DataType": "String", "StringValue": "Göteborg"}})
    aws("sqs", "send-message", "--queue-url", queue, "--message-body", "x", "--message-attributes", attributes).json()
    received = aws("sqs", "receive-message", "--queue-url", queue, "--message-attribute-names", "All").json()
    assert received["Messages"][0]["MessageAttributes"]["city"]["StringValue"] == "Göteborg"


def test_a_batch_from_the_command_line(aws, queue):
    entries = json.dumps([{"Id": str(n), "MessageBody": str(n)} for n in range(3)])
    sent = aws("sqs", "send-message-batch", "--queue-url", queue, "--entries", entries).json()
    assert [each["Id"] for each in sent["Successful"]] == ["0", "1", "2"]


def test_a_fifo_queue_from_the_command_line(aws, name):
    url = aws(
        "sqs", "create-queue", "--queue-name", f"{name}.fifo",
        "--attributes", "FifoQueue=true,ContentBasedDeduplication=true",
    ).json()["QueueUrl"]
    for body in ("first", "second", "first"):
        aws("sqs", "send-message", "--queue-url", url, "--message-body", body, "--message-group-id", "g").json()
    received = aws("sqs", "receive-message", "--queue-url", url, "--max-number-of-messages", "10").json()
    assert [message["Body"] for message in received["Messages"]] == ["first", "second"]


def test_caller_identity(aws):
    assert aws("sts", "get-caller-identity").json()["Account"] == os.environ["AWS_ACCESS_KEY_ID"]


def test_a_queue_that_does_not_exist(aws):
    result = aws("sqs", "get-queue-url", "--queue-name", "no-such-queue")
    assert result.status == FAILED
    assert (
        "An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation"
        in result.error
    )
    assert "The specified queue does not exist." in result.error


def test_a_value_out_of_range(aws, queue):
    result = aws("sqs", "receive-message", "--queue-url", queue, "--max-number-of-messages", "11")
    assert result.status == FAILED
    assert "(InvalidParameterValue) when calling the ReceiveMessage operation" in result.error
    assert "Value 11 for parameter MaxNumberOfMessages is invalid." in result.error


def test_a_queue_that_exists_with_other_attributes(aws, queue, name):
    result = aws("sqs", "create-queue", "--queue-name", name, "--attributes", "DelaySeconds=5")
    assert result.status == FAILED
    assert "(QueueAlreadyExists) when calling the CreateQueue operation" in result.error
