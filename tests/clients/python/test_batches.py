"""Batch operations: results by entry, and what fails a batch as a whole."""

import pytest

from expectations import bodies, counts, md5, md5_of_attributes, receive, refused

ONE_MIB = 1_048_576
FORGED = "not a receipt handle"


def entries(operation, ids, handle=FORGED):
    more = {
        "send_message_batch": {"MessageBody": "x"},
        "delete_message_batch": {"ReceiptHandle": handle},
        "change_message_visibility_batch": {"ReceiptHandle": handle, "VisibilityTimeout": 1},
    }[operation]
    return [{"Id": each, **more} for each in ids]


every_batch_operation = pytest.mark.parametrize(
    "operation", ["send_message_batch", "delete_message_batch", "change_message_visibility_batch"]
)


def send_numbers(sqs, url, numbers, **more):
    return sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": f"id-{n}", "MessageBody": str(n), **more} for n in numbers]
    )


def test_send_receive_change_and_delete_in_batches(sqs, queue):
    sent = send_numbers(sqs, queue, range(10))
    assert "Failed" not in sent
    assert [each["Id"] for each in sent["Successful"]] == [f"id-{n}" for n in range(10)]
    assert [each["MD5OfMessageBody"] for each in sent["Successful"]] == [md5(str(n)) for n in range(10)]
    messages = receive(sqs, queue)
    assert {m["MessageId"] for m in messages} == {each["MessageId"] for each in sent["Successful"]}
    handles = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=queue, Entries=[{**handle, "VisibilityTimeout": 0} for handle in handles[:4]]
    )
    assert [each["Id"] for each in changed["Successful"]] == ["0", "1", "2", "3"] and "Failed" not in changed
    assert counts(sqs, queue) == (4, 6, 0)
    deleted = sqs.delete_message_batch(QueueUrl=queue, Entries=handles)
    assert len(deleted["Successful"]) == 10 and "Failed" not in deleted
    assert counts(sqs, queue) == (0, 0, 0)


def test_entries_have_their_own_delay_and_attributes(sqs, queue):
    attributes = {"a": {"DataType": "Number", "StringValue": "1"}}
    system = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}
    sent = sqs.send_message_batch(
        QueueUrl=queue,
        Entries=[
            {"Id": "plain", "MessageBody": "plain"},
            {"Id": "late", "MessageBody": "late", "DelaySeconds": 600},
            {
                "Id": "rich",
                "MessageBody": "rich",
                "MessageAttributes": attributes,
                "MessageSystemAttributes": system,
            },
        ],
    )
    by_id = {each["Id"]: each for each in sent["Successful"]}
    assert by_id["rich"]["MD5OfMessageAttributes"] == md5_of_attributes(attributes)
    assert by_id["rich"]["MD5OfMessageSystemAttributes"] == md5_of_attributes(system)
    assert "MD5OfMessageAttributes" not in by_id["plain"]
    assert counts(sqs, queue) == (2, 0, 1)
    found = {m["Body"]: m for m in receive(sqs, queue, MessageAttributeNames=["All"])}
    assert found["rich"]["MessageAttributes"] == attributes
    assert set(found) == {"plain", "rich"}


@every_batch_operation
def test_an_empty_batch(sqs, queue, operation):
    with refused("AWS.SimpleQueueService.EmptyBatchRequest", "EmptyBatchRequest", 400) as caught:
        getattr(sqs, operation)(QueueUrl=queue, Entries=[])
    assert isinstance(caught.value, sqs.exceptions.EmptyBatchRequest)


@every_batch_operation
def test_more_than_ten_entries(sqs, queue, operation):
    with refused(
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "TooManyEntriesInBatchRequest", 400
    ) as caught:
        getattr(sqs, operation)(QueueUrl=queue, Entries=entries(operation, map(str, range(20))))
    assert "Maximum number of entries per request are 10. You have sent 20." in str(caught.value)
    assert counts(sqs, queue) == (0, 0, 0)


@every_batch_operation
def test_ids_that_repeat(sqs, queue, operation):
    with refused("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinct", 400) as caught:
        getattr(sqs, operation)(QueueUrl=queue, Entries=entries(operation, ["a", "b", "a"]))
    assert isinstance(caught.value, sqs.exceptions.BatchEntryIdsNotDistinct)
    assert counts(sqs, queue) == (0, 0, 0)


@every_batch_operation
@pytest.mark.parametrize("bad", ["", "x" * 81, "invalid:id", "white space", "dot.dot"])
def test_bad_ids(sqs, queue, operation, bad):
    with refused("AWS.SimpleQueueService.InvalidBatchEntryId", "InvalidBatchEntryId", 400) as caught:
        getattr(sqs, operation)(QueueUrl=queue, Entries=entries(operation, ["good", bad]))
    assert isinstance(caught.value, sqs.exceptions.InvalidBatchEntryId)
    assert counts(sqs, queue) == (0, 0, 0)


def test_the_largest_batch_is_one_mebibyte_in_all(sqs, queue):
    half = "x" * (ONE_MIB // 2)
    two_halves = [{"Id": "1", "MessageBody": half}, {"Id": "2", "MessageBody": half}]
    assert len(sqs.send_message_batch(QueueUrl=queue, Entries=two_halves)["Successful"]) == 2
    two_halves[1]["MessageBody"] += "x"
    with refused("AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong", 400) as caught:
        sqs.send_message_batch(QueueUrl=queue, Entries=two_halves)
    assert "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes." in str(caught.value)
    assert isinstance(caught.value, sqs.exceptions.BatchRequestTooLong)


def test_one_entry_too_large_for_the_queue_fails_alone(sqs, make_queue):
    url = make_queue(MaximumMessageSize="1024")
    sent = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[{"Id": "large", "MessageBody": "x" * 1025}, {"Id": "small", "MessageBody": "small"}],
    )
    [failed] = sent["Failed"]
    assert failed["Id"] == "large"
    assert failed["Code"] == "InvalidParameterValue"
    assert failed["SenderFault"] is True
    assert "Message must be shorter than 1024 bytes." in failed["Message"]
    assert [each["Id"] for each in sent["Successful"]] == ["small"]
    assert bodies(receive(sqs, url)) == ["small"]


def test_entries_fail_one_by_one_for_delays_and_characters(sqs, queue):
    sent = sqs.send_message_batch(
        QueueUrl=queue,
        Entries=[
            {"Id": "delay", "MessageBody": "x", "DelaySeconds": 901},
            {"Id": "character", "MessageBody": "\x00"},
            {"Id": "good", "MessageBody": "good"},
        ],
    )
    failed = {each["Id"]: each["Code"] for each in sent["Failed"]}
    assert failed == {"delay": "InvalidParameterValue", "character": "InvalidMessageContents"}
    assert [each["Id"] for each in sent["Successful"]] == ["good"]
    assert bodies(receive(sqs, queue)) == ["good"]


@pytest.mark.parametrize("operation", ["delete_message_batch", "change_message_visibility_batch"])
def test_malformed_handles_fail_one_by_one(sqs, queue, operation):
    send_numbers(sqs, queue, [1])
    [message] = receive(sqs, queue)
    batch = entries(operation, ["forged"]) + entries(operation, ["good"], message["ReceiptHandle"])
    answer = getattr(sqs, operation)(QueueUrl=queue, Entries=batch)
    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("forged", "ReceiptHandleIsInvalid", True)
    assert [each["Id"] for each in answer["Successful"]] == ["good"]


def test_a_change_out_of_range_fails_alone(sqs, queue):
    send_numbers(sqs, queue, [1, 2])
    [first, second] = receive(sqs, queue)
    answer = sqs.change_message_visibility_batch(
        QueueUrl=queue,
        Entries=[
            {"Id": "bad", "ReceiptHandle": first["ReceiptHandle"], "VisibilityTimeout": 43201},
            {"Id": "good", "ReceiptHandle": second["ReceiptHandle"], "VisibilityTimeout": 0},
        ],
    )
    assert [(each["Id"], each["Code"]) for each in answer["Failed"]] == [("bad", "InvalidParameterValue")]
    assert [each["Id"] for each in answer["Successful"]] == ["good"]
    assert counts(sqs, queue) == (1, 1, 0)


def test_a_change_of_a_message_not_in_flight_fails_alone(sqs, queue):
    send_numbers(sqs, queue, [1])
    [message] = receive(sqs, queue, VisibilityTimeout=60)
    entry = {"Id": "a", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
    assert sqs.change_message_visibility_batch(QueueUrl=queue, Entries=[entry])["Successful"]
    [failed] = sqs.change_message_visibility_batch(QueueUrl=queue, Entries=[entry])["Failed"]
    assert failed["Code"] in ("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight")
