"""SQS over the older query protocol, by the last boto3 that speaks it."""

import hashlib
import json
import os
import struct
import time

import boto3
import pytest

ATTRIBUTES = {
    "text": {"DataType": "String", "StringValue": "väl & <värde>"},
    "number": {"DataType": "Number.int", "StringValue": "42"},
    "octets": {"DataType": "Binary", "BinaryValue": b"\x00\x01\xff"},
}


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def md5_of_attributes(attributes):
    digest = hashlib.md5()

    def add(octets):
        digest.update(struct.pack(">I", len(octets)) + octets)

    for name, value in sorted(attributes.items()):
        add(name.encode())
        add(value["DataType"].encode())
        binary = "BinaryValue" in value
        digest.update(b"\x02" if binary else b"\x01")
        add(value["BinaryValue"] if binary else value["StringValue"].encode())
    return digest.hexdigest()


def receive(sqs, url, count=10, **arguments):
    return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=count, **arguments).get("Messages", [])


def bodies(messages):
    return [message["Body"] for message in messages]


def test_send_receive_delete(sqs, queue):
    sent = sqs.send_message(QueueUrl=queue, MessageBody="hello & <goodbye> + ünïcode\n")
    assert sent["MD5OfMessageBody"] == md5("hello & <goodbye> + ünïcode\n")
    [message] = receive(sqs, queue, AttributeNames=["All"])
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "hello & <goodbye> + ünïcode\n"
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert set(message["Attributes"]) == {
        "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp",
    }
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert receive(sqs, queue, VisibilityTimeout=0) == []


def test_message_attributes(sqs, queue):
    sent = sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes=ATTRIBUTES)
    assert sent["MD5OfMessageAttributes"] == md5_of_attributes(ATTRIBUTES)
    [message] = receive(sqs, queue, MessageAttributeNames=["All"], VisibilityTimeout=0)
    assert message["MessageAttributes"] == ATTRIBUTES
    assert message["MD5OfMessageAttributes"] == md5_of_attributes(ATTRIBUTES)
    [message] = receive(sqs, queue, MessageAttributeNames=["num.*", "text"])
    assert set(message["MessageAttributes"]) == {"number", "text"}


def test_system_attributes(sqs, queue):
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}
    sent = sqs.send_message(QueueUrl=queue, MessageBody="x", MessageSystemAttributes=trace)
    assert sent["MD5OfMessageSystemAttributes"] == md5_of_attributes(trace)
    [message] = receive(sqs, queue, AttributeNames=["AWSTraceHeader"])
    assert message["Attributes"] == {"AWSTraceHeader": trace["AWSTraceHeader"]["StringValue"]}


def test_batches(sqs, queue):
    sent = sqs.send_message_batch(
        QueueUrl=queue,
        Entries=[
            {"Id": str(n), "MessageBody": str(n), "MessageAttributes": ATTRIBUTES if n == 3 else {}} for n in range(10)
        ],
    )
    assert [each["Id"] for each in sent["Successful"]] == [str(n) for n in range(10)]
    assert [each["MD5OfMessageBody"] for each in sent["Successful"]] == [md5(str(n)) for n in range(10)]
    assert sent["Successful"][3]["MD5OfMessageAttributes"] == md5_of_attributes(ATTRIBUTES)
    messages = receive(sqs, queue)
    assert len(messages) == 10
    handles = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(messages)]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=queue, Entries=[{**each, "VisibilityTimeout": 60} for each in handles]
    )
    assert len(changed["Successful"]) == 10
    deleted = sqs.delete_message_batch(QueueUrl=queue, Entries=handles)
    assert len(deleted["Successful"]) == 10 and not deleted.get("Failed")


def test_entries_fail_one_by_one(sqs, make_queue):
    url = make_queue(MaximumMessageSize="1024")
    sent = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": "large", "MessageBody": "x" * 1025}, {"Id": "small", "MessageBody": "x"}]
    )
    [failed] = sent["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("large", "InvalidParameterValue", True)
    assert [each["Id"] for each in sent["Successful"]] == ["small"]


def test_fifo(sqs, fifo):
    first = sqs.send_message(QueueUrl=fifo, MessageBody="0", MessageGroupId="g", MessageDeduplicationId="0")
    again = sqs.send_message(QueueUrl=fifo, MessageBody="again", MessageGroupId="g", MessageDeduplicationId="0")
    assert (again["MessageId"], again["SequenceNumber"]) == (first["MessageId"], first["SequenceNumber"])
    for number in range(1, 4):
        sqs.send_message(
            QueueUrl=fifo, MessageBody=str(number), MessageGroupId="g", MessageDeduplicationId=str(number)
        )
    [message] = receive(sqs, fifo, 1, AttributeNames=["All"])
    assert message["Attributes"]["MessageGroupId"] == "g"
    assert message["Attributes"]["SequenceNumber"] == first["SequenceNumber"]
    assert receive(sqs, fifo) == []
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"])
    assert bodies(receive(sqs, fifo)) == ["1", "2", "3"]


def test_long_poll(sqs, queue):
    began = time.monotonic()
    assert receive(sqs, queue, WaitTimeSeconds=1) == []
    assert 0.9 <= time.monotonic() - began < 4
    sqs.send_message(QueueUrl=queue, MessageBody="later", DelaySeconds=1)
    assert bodies(receive(sqs, queue, WaitTimeSeconds=10)) == ["later"]


def test_visibility(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    [message] = receive(sqs, queue)
    assert receive(sqs, queue) == []
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(receive(sqs, queue)) == ["x"]


def test_queue_attributes(sqs, make_queue):
    url = make_queue(VisibilityTimeout="12", DelaySeconds="0")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["VisibilityTimeout"] == "12"
    assert found["MaximumMessageSize"] == "1048576"
    assert found["QueueArn"].endswith(url.rsplit("/", 1)[1])
    dead = sqs.get_queue_attributes(QueueUrl=make_queue(), AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 2})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "3", "RedrivePolicy": redrive})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds", "RedrivePolicy"])["Attributes"]
    assert found["DelaySeconds"] == "3"
    assert json.loads(found["RedrivePolicy"])["deadLetterTargetArn"] == dead


def test_tags(sqs, queue):
    sqs.tag_queue(QueueUrl=queue, Tags={"team": "orders", "stage": "test"})
    sqs.untag_queue(QueueUrl=queue, TagKeys=["stage"])
    assert sqs.list_queue_tags(QueueUrl=queue)["Tags"] == {"team": "orders"}


def test_permissions(sqs, queue):
    sqs.add_permission(QueueUrl=queue, Label="l", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    policy = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])["Attributes"]["Policy"]
    assert json.loads(policy)["Statement"][0]["Sid"] == "l"
    sqs.remove_permission(QueueUrl=queue, Label="l")
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])


def test_listing(sqs, make_queue):
    urls = {make_queue() for _ in range(3)}
    assert urls <= set(sqs.list_queues(QueueNamePrefix="query-")["QueueUrls"])
    name = min(urls).rsplit("/", 1)[1]
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == min(urls)
    assert not sqs.list_queues(QueueNamePrefix="no-such-prefix").get("QueueUrls")


def test_dead_letters_and_a_move_task(sqs, make_queue):
    dead = make_queue()
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    source = make_queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}))
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [source]
    sqs.send_message(QueueUrl=source, MessageBody="poison")
    assert bodies(receive(sqs, source, VisibilityTimeout=0)) == ["poison"]
    assert receive(sqs, source) == []
    assert bodies(receive(sqs, dead, WaitTimeSeconds=5, VisibilityTimeout=0)) == ["poison"]
    assert sqs.start_message_move_task(SourceArn=dead_arn)["TaskHandle"]
    assert bodies(receive(sqs, source, WaitTimeSeconds=10)) == ["poison"]
    [task] = sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"]
    assert task["SourceArn"] == dead_arn


def test_errors_have_the_codes_of_the_query_protocol(sqs, queue, fifo, refused):
    with refused("AWS.SimpleQueueService.NonExistentQueue") as caught:
        sqs.get_queue_url(QueueName="no-such-queue")
    assert isinstance(caught.value, sqs.exceptions.QueueDoesNotExist)
    with refused("QueueAlreadyExists"):
        sqs.create_queue(QueueName=queue.rsplit("/", 1)[1], Attributes={"DelaySeconds": "9"})
    with refused("InvalidAttributeName"):
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"NoSuchAttribute": "1"})
    with refused("InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "901"})
    with refused("InvalidParameterValue"):
        sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=11)
    with refused("MissingParameter"):
        sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageDeduplicationId="d")
    with refused("InvalidMessageContents"):
        sqs.send_message(QueueUrl=queue, MessageBody="\x00")
    with refused("ReceiptHandleIsInvalid", 404):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle="nonsense")


def test_batch_errors_have_the_codes_of_the_query_protocol(sqs, queue, refused):
    def send(*ids, body="x"):
        sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": each, "MessageBody": body} for each in ids])

    with refused("AWS.SimpleQueueService.EmptyBatchRequest"):
        send()
    with refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest"):
        send(*map(str, range(11)))
    with refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct"):
        send("a", "a")
    with refused("AWS.SimpleQueueService.InvalidBatchEntryId"):
        send("not valid")
    with refused("AWS.SimpleQueueService.BatchRequestTooLong"):
        send("a", "b", body="x" * 524_289)


def test_purge(sqs, queue, refused):
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    sqs.purge_queue(QueueUrl=queue)
    assert receive(sqs, queue) == []
    with refused("AWS.SimpleQueueService.PurgeQueueInProgress", 403):
        sqs.purge_queue(QueueUrl=queue)


@pytest.mark.parametrize("body", [" ", " leading and trailing ", "\t\r\n", "]]>", "a=b&c=d%20+", "\U0001f980"])
def test_bodies_come_back_as_sent(sqs, queue, body):
    sqs.send_message(QueueUrl=queue, MessageBody=body)
    [message] = receive(sqs, queue)
    assert (message["Body"], message["MD5OfBody"]) == (body, md5(body))


def test_caller_identity():
    identity = boto3.client("sts", endpoint_url=os.environ["NINEFOLD_ENDPOINT"]).get_caller_identity()
    assert identity["Account"] == "123456789012"
