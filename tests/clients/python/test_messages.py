"""Messages: sending, receiving, attributes, digests, sizes, delays, polling."""

import re
import threading
import time

import pytest

from expectations import (
    arn_of,
    bodies,
    counts,
    md5,
    md5_of_attributes,
    receive,
    receive_until,
    refused,
    refused_parameter,
)

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ONE_MIB = 1_048_576
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
ATTRIBUTES = {
    "General": {"DataType": "String", "StringValue": "Kenobi"},
    "Hello": {"DataType": "String", "StringValue": "There"},
    "Help.Me": {"DataType": "String", "StringValue": "Me"},
}


def text(value):
    return {"DataType": "String", "StringValue": value}


def test_send_receive_delete(sqs, queue):
    sent = sqs.send_message(QueueUrl=queue, MessageBody="hello")
    assert re.fullmatch(UUID, sent["MessageId"])
    assert sent["MD5OfMessageBody"] == md5("hello")
    assert {"MD5OfMessageAttributes", "MD5OfMessageSystemAttributes", "SequenceNumber"}.isdisjoint(sent)
    [message] = receive(sqs, queue)
    handle = message.pop("ReceiptHandle")
    assert message == {"MessageId": sent["MessageId"], "Body": "hello", "MD5OfBody": md5("hello")}
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert counts(sqs, queue) == (0, 0, 0)


def test_an_empty_receive_has_no_messages_member(sqs, queue):
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


def test_one_message_is_received_unless_more_are_asked_for(sqs, queue):
    for number in range(3):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))
    assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1
    assert len(receive(sqs, queue)) == 2


@pytest.mark.parametrize("count", [-1, 0, 11])
def test_the_number_of_messages_asked_for_is_1_to_10(sqs, queue, count):
    with refused_parameter() as caught:
        sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=count)
    assert f"Value {count} for parameter MaxNumberOfMessages is invalid" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [" ", "\t\r\n", "quote \" backslash \\ slash / <&>", "Grüße, 世界", "\U0001f980", "\ue000\ufffd", '{"a": [1]}', "a" * 5000],
)
def test_bodies_come_back_as_sent(sqs, queue, body):
    assert sqs.send_message(QueueUrl=queue, MessageBody=body)["MD5OfMessageBody"] == md5(body)
    [message] = receive(sqs, queue)
    assert message["Body"] == body
    assert message["MD5OfBody"] == md5(body)


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_outside_the_allowed_set_are_refused(sqs, queue, character):
    with refused("InvalidMessageContents", "InvalidMessageContents", 400) as caught:
        sqs.send_message(QueueUrl=queue, MessageBody=f"before{character}after")
    assert isinstance(caught.value, sqs.exceptions.InvalidMessageContents)


def test_an_empty_body_is_refused(sqs, queue):
    with refused("MissingParameter", "MissingRequiredParameterException", 400) as caught:
        sqs.send_message(QueueUrl=queue, MessageBody="")
    assert "The request must contain the parameter MessageBody." in str(caught.value)


def test_the_largest_message_is_one_mebibyte(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="x" * ONE_MIB)
    assert receive(sqs, queue)[0]["MD5OfBody"] == md5("x" * ONE_MIB)
    with refused_parameter() as caught:
        sqs.send_message(QueueUrl=queue, MessageBody="x" * (ONE_MIB + 1))
    assert "Message must be shorter than 1048576 bytes." in str(caught.value)


def test_sizes_are_counted_in_bytes(sqs, make_queue):
    url = make_queue(MaximumMessageSize="1024")
    sqs.send_message(QueueUrl=url, MessageBody="ü" * 512)
    with refused_parameter() as caught:
        sqs.send_message(QueueUrl=url, MessageBody="ü" * 512 + "x")
    assert "Message must be shorter than 1024 bytes." in str(caught.value)


def test_attributes_count_for_the_size(sqs, make_queue):
    url = make_queue(MaximumMessageSize="1024")
    attributes = {"name": text("v" * 14)}  # 4 + 6 + 14 bytes: name, type, value
    sqs.send_message(QueueUrl=url, MessageBody="x" * 1000, MessageAttributes=attributes)
    with refused_parameter():
        sqs.send_message(QueueUrl=url, MessageBody="x" * 1001, MessageAttributes=attributes)


def test_message_attributes_of_every_type(sqs, queue):
    attributes = {
        "text": text("värde"),
        "number": {"DataType": "Number", "StringValue": "-12.75"},
        "octets": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
        "custom.text": {"DataType": "String.json", "StringValue": "{}"},
        "custom.number": {"DataType": "Number.int", "StringValue": "7"},
        "custom-octets": {"DataType": "Binary.gif", "BinaryValue": b"GIF89a"},
    }
    sent = sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes=attributes)
    assert sent["MD5OfMessageAttributes"] == md5_of_attributes(attributes)
    [message] = receive(sqs, queue, MessageAttributeNames=["All"])
    assert message["MessageAttributes"] == attributes
    assert message["MD5OfMessageAttributes"] == md5_of_attributes(attributes)


def test_the_digest_of_attributes_is_the_one_that_sqs_gives(sqs, queue):
    sent = sqs.send_message(QueueUrl=queue, MessageBody="msg", MessageAttributes=ATTRIBUTES)
    assert sent["MD5OfMessageAttributes"] == "4c360f3fdafd970e05fae2f149d997f5"


@pytest.mark.parametrize(
    "names, expected",
    [
        ([], []),
        (["All"], ["General", "Hello", "Help.Me"]),
        ([".*"], ["General", "Hello", "Help.Me"]),
        (["*"], ["General", "Hello", "Help.Me"]),
        (["Hello", "General"], ["General", "Hello"]),
        (["Hello", "Absent"], ["Hello"]),
        (["Absent"], []),
        (["Hel.*"], ["Hello", "Help.Me"]),
        (["Help.*"], ["Help.Me"]),
        (["hello"], []),
    ],
)
def test_message_attribute_filters(sqs, queue, names, expected):
    sqs.send_message(QueueUrl=queue, MessageBody="msg", MessageAttributes=ATTRIBUTES)
    [message] = receive(sqs, queue, MessageAttributeNames=names)
    wanted = {name: ATTRIBUTES[name] for name in expected}
    assert message.get("MessageAttributes", {}) == wanted
    # The digest covers what was returned, so that clients can check it.
    assert message.get("MD5OfMessageAttributes") == (md5_of_attributes(wanted) if wanted else None)


@pytest.mark.parametrize(
    "attributes",
    [
        {"empty": text("")},
        {"unknown-type": {"DataType": "Boolean", "StringValue": "true"}},
        {"no-type": {"DataType": "", "StringValue": "x"}},
        {"not-a-number": {"DataType": "Number", "StringValue": "seven"}},
        {"no-value": {"DataType": "String"}},
        {"wrong-value": {"DataType": "Binary", "StringValue": "x"}},
        {"AWS.reserved": text("x")},
        {"amazon.reserved": text("x")},
        {".leading": text("x")},
        {"trailing.": text("x")},
        {"two..dots": text("x")},
        {"white space": text("x")},
        {"n" * 257: text("x")},
        {f"name-{number}": text("x") for number in range(11)},
    ],
    ids=lambda attributes: next(iter(attributes))[:20],
)
def test_bad_message_attributes_are_refused(sqs, queue, attributes):
    with refused_parameter():
        sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes=attributes)
    assert receive(sqs, queue) == []


def test_attribute_values_have_the_characters_of_bodies(sqs, queue):
    with refused("InvalidParameterValue"):
        sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes={"a": text("\x00")})


def test_ten_attributes_with_the_longest_names_work(sqs, queue):
    attributes = {f"{number}" + "n" * 254: text("x") for number in range(10)}
    sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes=attributes)
    assert receive(sqs, queue, MessageAttributeNames=["All"])[0]["MessageAttributes"] == attributes


def test_the_trace_header_is_a_system_attribute(sqs, queue):
    system = {"AWSTraceHeader": text(TRACE)}
    sent = sqs.send_message(QueueUrl=queue, MessageBody="x", MessageSystemAttributes=system)
    assert sent["MD5OfMessageSystemAttributes"] == md5_of_attributes(system)
    assert "MD5OfMessageAttributes" not in sent
    [message] = receive(sqs, queue, MessageSystemAttributeNames=["AWSTraceHeader"])
    assert message["Attributes"] == {"AWSTraceHeader": TRACE}


@pytest.mark.parametrize("system", [{"SenderId": text("x")}, {"AWSTraceHeader": {"DataType": "Number", "StringValue": "1"}}])
def test_other_system_attributes_are_refused(sqs, queue, system):
    with refused_parameter():
        sqs.send_message(QueueUrl=queue, MessageBody="x", MessageSystemAttributes=system)


@pytest.mark.parametrize("parameter", ["AttributeNames", "MessageSystemAttributeNames"])
def test_system_attributes_of_a_received_message(sqs, queue, parameter):
    before = int(time.time() * 1000)
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    found = receive(sqs, queue, **{parameter: ["All"]})[0]["Attributes"]
    now = int(time.time() * 1000)
    assert set(found) == {
        "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp",
    }
    assert found["ApproximateReceiveCount"] == "1"
    assert before - 1000 <= int(found["SentTimestamp"]) <= int(found["ApproximateFirstReceiveTimestamp"]) <= now + 1000
    assert found["SenderId"]


def test_system_attributes_by_name(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    [message] = receive(sqs, queue, MessageSystemAttributeNames=["SentTimestamp"])
    assert list(message["Attributes"]) == ["SentTimestamp"]


def test_no_system_attributes_unless_asked_for(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    assert "Attributes" not in receive(sqs, queue)[0]


def test_a_delayed_message_comes_when_it_is_due(sqs, queue):
    began = time.monotonic()
    sqs.send_message(QueueUrl=queue, MessageBody="later", DelaySeconds=2)
    sqs.send_message(QueueUrl=queue, MessageBody="now")
    assert counts(sqs, queue) == (1, 0, 1)
    assert bodies(receive(sqs, queue)) == ["now"]
    assert bodies(receive(sqs, queue, WaitTimeSeconds=10)) == ["later"]
    assert 1.9 <= time.monotonic() - began < 8


def test_the_delay_of_a_queue_is_the_default_of_its_messages(sqs, make_queue):
    url = make_queue(DelaySeconds="2")
    sqs.send_message(QueueUrl=url, MessageBody="by the queue")
    sqs.send_message(QueueUrl=url, MessageBody="by the message", DelaySeconds=0)
    assert bodies(receive(sqs, url)) == ["by the message"]
    assert bodies(receive(sqs, url, WaitTimeSeconds=10)) == ["by the queue"]


def test_a_new_delay_of_a_queue_leaves_the_messages_it_has(sqs, make_queue):
    url = make_queue(DelaySeconds="600")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    assert receive(sqs, url) == []
    assert counts(sqs, url) == (0, 0, 1)


@pytest.mark.parametrize("seconds", [-1, 901])
def test_delays_are_0_to_900_seconds(sqs, queue, seconds):
    with refused_parameter() as caught:
        sqs.send_message(QueueUrl=queue, MessageBody="x", DelaySeconds=seconds)
    assert "DelaySeconds" in str(caught.value)


@pytest.mark.parametrize("attributes, arguments", [({}, {"WaitTimeSeconds": 1}), ({"ReceiveMessageWaitTimeSeconds": "1"}, {})])
def test_a_long_poll_waits(sqs, make_queue, attributes, arguments):
    url = make_queue(**attributes)
    began = time.monotonic()
    assert receive(sqs, url, **arguments) == []
    assert 0.9 <= time.monotonic() - began < 4


def test_a_short_poll_does_not_wait(sqs, make_queue):
    url = make_queue(ReceiveMessageWaitTimeSeconds="20")
    began = time.monotonic()
    assert receive(sqs, url, WaitTimeSeconds=0) == []
    assert time.monotonic() - began < 5


def test_a_long_poll_ends_at_the_first_message(sqs, queue):
    sender = threading.Timer(0.5, sqs.send_message, kwargs={"QueueUrl": queue, "MessageBody": "wake up"})
    sender.start()
    began = time.monotonic()
    assert bodies(receive(sqs, queue, WaitTimeSeconds=20)) == ["wake up"]
    assert time.monotonic() - began < 5
    sender.join()


def test_each_message_ends_one_long_poll(sqs, queue):
    found = []
    pollers = [
        threading.Thread(target=lambda: found.extend(receive(sqs, queue, 1, WaitTimeSeconds=10))) for _ in range(4)
    ]
    for poller in pollers:
        poller.start()
    began = time.monotonic()
    for number in range(4):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))
    for poller in pollers:
        poller.join()
    assert sorted(bodies(found)) == ["0", "1", "2", "3"]
    assert time.monotonic() - began < 8


def test_the_queues_of_a_server_do_not_mix(sqs, make_queue):
    first, second = make_queue(), make_queue()
    sqs.send_message(QueueUrl=first, MessageBody="first")
    sqs.send_message(QueueUrl=second, MessageBody="second")
    assert arn_of(sqs, first) != arn_of(sqs, second)
    assert bodies(receive(sqs, first)) == ["first"]
    assert bodies(receive(sqs, second)) == ["second"]


def test_a_backlog_is_received_completely_and_once(sqs, queue):
    for start in range(0, 300, 10):
        sqs.send_message_batch(
            QueueUrl=queue, Entries=[{"Id": str(n), "MessageBody": str(n)} for n in range(start, start + 10)]
        )
    found = receive_until(sqs, queue, 300, seconds=30)
    assert sorted(int(body) for body in bodies(found)) == list(range(300))
    assert receive(sqs, queue) == []
    assert counts(sqs, queue) == (0, 300, 0)
