"""FIFO queues: order, groups, deduplication, receive attempts; and fair delivery on standard queues."""

import hashlib
import time

import pytest

from expectations import bodies, counts, receive, refused, refused_parameter

ALL = {"MessageSystemAttributeNames": ["All"]}


def send(sqs, url, body, group="g", deduplication=None, **more):
    if deduplication is None:
        deduplication = f"{group}-{body}"
    return sqs.send_message(
        QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=deduplication, **more
    )


def delete(sqs, url, messages):
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_messages_of_a_group_come_in_order(sqs, fifo):
    for number in range(25):
        send(sqs, fifo, str(number))
    found = []
    while len(found) < 25:
        messages = receive(sqs, fifo)
        assert messages, found
        found += bodies(messages)
        delete(sqs, fifo, messages)
    assert found == [str(number) for number in range(25)]


def test_sequence_numbers_have_20_digits_and_grow(sqs, fifo):
    numbers = [send(sqs, fifo, str(n))["SequenceNumber"] for n in range(5)]
    assert all(len(number) == 20 and number.isdigit() for number in numbers)
    assert numbers == sorted(set(numbers))
    received = [m["Attributes"]["SequenceNumber"] for m in receive(sqs, fifo, **ALL)]
    assert received == numbers


def test_system_attributes_of_a_fifo_message(sqs, fifo):
    sent = send(sqs, fifo, "x", "group-1", "dedup-1")
    [message] = receive(sqs, fifo, **ALL)
    found = message["Attributes"]
    assert set(found) == {
        "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp",
        "MessageGroupId", "MessageDeduplicationId", "SequenceNumber",
    }
    assert found["MessageGroupId"] == "group-1"
    assert found["MessageDeduplicationId"] == "dedup-1"
    assert found["SequenceNumber"] == sent["SequenceNumber"]


def test_a_group_in_flight_gives_nothing_more_until_it_is_deleted(sqs, fifo):
    for number in range(3):
        send(sqs, fifo, str(number))
    [first] = receive(sqs, fifo, 1)
    assert receive(sqs, fifo) == []
    delete(sqs, fifo, [first])
    assert bodies(receive(sqs, fifo)) == ["1", "2"]


def test_a_group_in_flight_does_not_hold_up_other_groups(sqs, fifo):
    for body, group in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("b2", "b")]:
        send(sqs, fifo, body, group)
    assert bodies(receive(sqs, fifo, 1)) == ["a1"]
    assert bodies(receive(sqs, fifo)) == ["b1", "b2"]
    assert receive(sqs, fifo) == []


def test_a_group_is_given_out_again_in_order_after_its_timeout(sqs, fifo):
    for body in "abc":
        send(sqs, fifo, body)
    assert bodies(receive(sqs, fifo, 2, VisibilityTimeout=1)) == ["a", "b"]
    again = receive(sqs, fifo, WaitTimeSeconds=10, **ALL)
    assert bodies(again) == ["a", "b", "c"]
    assert [m["Attributes"]["ApproximateReceiveCount"] for m in again] == ["2", "2", "1"]


def test_a_message_made_visible_again_comes_before_its_successors(sqs, fifo):
    for body in "abc":
        send(sqs, fifo, body)
    [first] = receive(sqs, fifo, 1)
    sqs.change_message_visibility(QueueUrl=fifo, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(receive(sqs, fifo)) == ["a", "b", "c"]


def test_a_waiting_receive_ends_when_its_group_is_released(sqs, fifo):
    send(sqs, fifo, "a")
    send(sqs, fifo, "b")
    receive(sqs, fifo, 1, VisibilityTimeout=1)
    began = time.monotonic()
    assert bodies(receive(sqs, fifo, WaitTimeSeconds=20)) == ["a", "b"]
    assert time.monotonic() - began < 6


def test_a_duplicate_is_accepted_and_not_delivered(sqs, fifo):
    first = send(sqs, fifo, "original", deduplication="same")
    again = send(sqs, fifo, "copy", deduplication="same")
    assert again["MessageId"] == first["MessageId"]
    assert again["SequenceNumber"] == first["SequenceNumber"]
    messages = receive(sqs, fifo)
    assert bodies(messages) == ["original"]
    delete(sqs, fifo, messages)
    send(sqs, fifo, "after the delete", deduplication="same")
    assert receive(sqs, fifo) == []


def test_deduplication_is_by_queue_unless_told_otherwise(sqs, make_queue, fifo):
    send(sqs, fifo, "a", "group-1", "same")
    send(sqs, fifo, "b", "group-2", "same")
    assert bodies(receive(sqs, fifo)) == ["a"]
    by_group = make_queue(FifoQueue="true", DeduplicationScope="messageGroup")
    send(sqs, by_group, "a", "group-1", "same")
    send(sqs, by_group, "b", "group-2", "same")
    send(sqs, by_group, "c", "group-1", "same")
    assert sorted(bodies(receive(sqs, by_group))) == ["a", "b"]


def test_a_high_throughput_queue_deduplicates_by_group(sqs, make_queue):
    url = make_queue(
        FifoQueue="true", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId"
    )
    send(sqs, url, "a", "group-1", "same")
    send(sqs, url, "b", "group-2", "same")
    assert sorted(bodies(receive(sqs, url))) == ["a", "b"]


def test_content_based_deduplication(sqs, make_queue):
    url = make_queue(FifoQueue="true", ContentBasedDeduplication="true")
    attributes = {"a": {"DataType": "String", "StringValue": "not part of the content"}}
    first = sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId="g")
    again = sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId="g", MessageAttributes=attributes)
    assert again["MessageId"] == first["MessageId"]
    send(sqs, url, "same", deduplication="explicit")
    [one, two] = receive(sqs, url, **ALL)
    assert one["Attributes"]["MessageDeduplicationId"] == hashlib.sha256(b"same").hexdigest()
    assert two["Attributes"]["MessageDeduplicationId"] == "explicit"


def test_a_fifo_message_needs_a_group(sqs, fifo):
    with refused("MissingParameter", "MissingRequiredParameterException", 400) as caught:
        sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageDeduplicationId="d")
    assert "The request must contain the parameter MessageGroupId." in str(caught.value)


def test_a_fifo_message_needs_a_deduplication_id(sqs, fifo):
    with refused_parameter() as caught:
        sqs.send_message(QueueUrl=fifo, MessageBody="x", MessageGroupId="g")
    assert "ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly" in str(caught.value)


def test_a_batch_without_group_or_deduplication_id(sqs, fifo):
    with refused_parameter() as caught:
        sqs.send_message_batch(
            QueueUrl=fifo, Entries=[{"Id": "a", "MessageBody": "x", "MessageDeduplicationId": "d"}]
        )
    assert "The request must contain the parameter MessageGroupId." in str(caught.value)
    with refused_parameter() as caught:
        sqs.send_message_batch(QueueUrl=fifo, Entries=[{"Id": "a", "MessageBody": "x", "MessageGroupId": "g"}])
    assert "MessageDeduplicationId provided explicitly" in str(caught.value)


@pytest.mark.parametrize("bad", ["", "x" * 129, "white space", "ümlaut"])
def test_bad_group_and_deduplication_ids(sqs, fifo, bad):
    for name in ("MessageGroupId", "MessageDeduplicationId"):
        ids = {"MessageGroupId": "g", "MessageDeduplicationId": "d", name: bad}
        with refused_parameter() as caught:
            sqs.send_message(QueueUrl=fifo, MessageBody="x", **ids)
        assert name in str(caught.value)


def test_ids_of_128_characters_work(sqs, fifo):
    punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    identifier = (punctuation + "aZ9" * 50)[:128]
    send(sqs, fifo, "x", identifier, identifier)
    found = receive(sqs, fifo, **ALL)[0]["Attributes"]
    assert found["MessageGroupId"] == found["MessageDeduplicationId"] == identifier


def test_a_delay_by_message_is_refused(sqs, fifo):
    with refused_parameter() as caught:
        send(sqs, fifo, "x", DelaySeconds=2)
    assert "Value 2 for parameter DelaySeconds is invalid" in str(caught.value)


def test_a_delay_by_queue_holds_fifo_messages(sqs, make_queue):
    url = make_queue(FifoQueue="true", DelaySeconds="1")
    send(sqs, url, "a")
    send(sqs, url, "b", DelaySeconds=0)  # zero is accepted, and means the queue's delay
    assert receive(sqs, url) == []
    assert bodies(receive(sqs, url, WaitTimeSeconds=10))[0] == "a"


def test_a_deduplication_id_on_a_standard_queue_is_refused(sqs, queue):
    with refused_parameter():
        sqs.send_message(QueueUrl=queue, MessageBody="x", MessageDeduplicationId="d")


def test_delete_with_an_expired_handle_is_refused(sqs, fifo):
    send(sqs, fifo, "x")
    [message] = receive(sqs, fifo, VisibilityTimeout=1)
    assert bodies(receive(sqs, fifo, WaitTimeSeconds=10)) == ["x"]
    with refused_parameter() as caught:
        sqs.delete_message(QueueUrl=fifo, ReceiptHandle=message["ReceiptHandle"])
    assert "The receipt handle has expired." in str(caught.value)


def test_delete_after_an_extension_works(sqs, fifo):
    send(sqs, fifo, "x")
    [message] = receive(sqs, fifo, VisibilityTimeout=1)
    handle = message["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=fifo, ReceiptHandle=handle, VisibilityTimeout=30)
    assert receive(sqs, fifo, WaitTimeSeconds=2) == []
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=handle)
    assert counts(sqs, fifo) == (0, 0, 0)


def test_a_repeated_receive_attempt_gets_the_same_messages(sqs, fifo):
    for body in "abc":
        send(sqs, fifo, body)
    attempt = {"ReceiveRequestAttemptId": "attempt-1"}
    first = receive(sqs, fifo, 2, **attempt)
    again = receive(sqs, fifo, 2, **attempt)
    assert bodies(first) == ["a", "b"]
    assert [m["ReceiptHandle"] for m in again] == [m["ReceiptHandle"] for m in first]
    assert receive(sqs, fifo, ReceiveRequestAttemptId="attempt-2") == []


def test_a_fifo_batch_keeps_its_order_and_its_duplicates_out(sqs, fifo):
    answer = sqs.send_message_batch(
        QueueUrl=fifo,
        Entries=[
            {"Id": str(n), "MessageBody": str(n), "MessageGroupId": "g", "MessageDeduplicationId": f"d{n // 2}"}
            for n in range(10)
        ],
    )
    assert len(answer["Successful"]) == 10
    assert all(len(each["SequenceNumber"]) == 20 for each in answer["Successful"])
    assert bodies(receive(sqs, fifo)) == ["0", "2", "4", "6", "8"]


def test_groups_keep_their_order_when_interleaved(sqs, fifo):
    for number in range(30):
        send(sqs, fifo, str(number), f"group-{number % 3}")
    found = {"group-0": [], "group-1": [], "group-2": []}
    for _ in range(30):
        messages = receive(sqs, fifo, 4, **ALL)
        for message in messages:
            found[message["Attributes"]["MessageGroupId"]].append(int(message["Body"]))
        delete(sqs, fifo, messages)
    assert found == {f"group-{g}": list(range(g, 30, 3)) for g in range(3)}


def test_a_group_on_a_standard_queue_is_kept_as_an_attribute(sqs, queue):
    sent = sqs.send_message(QueueUrl=queue, MessageBody="x", MessageGroupId="tenant")
    assert "SequenceNumber" not in sent
    [message] = receive(sqs, queue, **ALL)
    assert message["Attributes"]["MessageGroupId"] == "tenant"
    assert "MessageDeduplicationId" not in message["Attributes"]


def test_a_group_on_a_standard_queue_is_not_locked(sqs, queue):
    for body in "abc":
        sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId="tenant")
    assert len(receive(sqs, queue, 1)) == 1
    assert len(receive(sqs, queue)) == 2


@pytest.mark.parametrize("bad", ["", "x" * 129, "white space"])
def test_bad_groups_on_a_standard_queue(sqs, queue, bad):
    with refused_parameter() as caught:
        sqs.send_message(QueueUrl=queue, MessageBody="x", MessageGroupId=bad)
    assert "MessageGroupId" in str(caught.value)


def test_a_quiet_tenant_does_not_wait_behind_a_noisy_one(sqs, queue):
    for start in range(0, 100, 10):
        sqs.send_message_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(n), "MessageBody": f"noisy {n}", "MessageGroupId": "noisy"}
                for n in range(start, start + 10)
            ],
        )
    for _ in range(4):
        assert len(receive(sqs, queue)) == 10
    sqs.send_message(QueueUrl=queue, MessageBody="quiet", MessageGroupId="quiet")
    assert "quiet" in bodies(receive(sqs, queue))
