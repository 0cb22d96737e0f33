"""Dead letters: redrive, who may use a dead-letter queue, and moving messages back."""

import json
import re
import time

import pytest

from conftest import OWN_ACCOUNT, REGION, connect
from expectations import arn_of, attribute, bodies, counts, receive, receive_until, refused, refused_parameter

ALL = {"MessageSystemAttributeNames": ["All"]}


def redrive_to(arn, count=1):
    return {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": count})}


@pytest.fixture
def pair(sqs, make_queue):
    """A dead-letter queue and a source of it that redrives after one receive: (source, dead letters)."""
    dead_letters = make_queue()
    return make_queue(**redrive_to(arn_of(sqs, dead_letters))), dead_letters


def fill_dead_letters(sqs, source, dead_letters, texts):
    for text in texts:
        sqs.send_message(QueueUrl=source, MessageBody=text)
    deadline = time.monotonic() + 20
    while counts(sqs, dead_letters) != (len(texts), 0, 0):
        receive(sqs, source, VisibilityTimeout=0)
        assert time.monotonic() < deadline, counts(sqs, dead_letters)


def wait_for_counts(sqs, url, expected):
    """Messages move to the dead letters in the background: waits until the counts are these."""
    deadline = time.monotonic() + 20
    while counts(sqs, url) != expected:
        assert time.monotonic() < deadline, counts(sqs, url)
        time.sleep(0.05)


def tasks(sqs, url, **arguments):
    return sqs.list_message_move_tasks(SourceArn=arn_of(sqs, url), **arguments)["Results"]


def wait_for_status(sqs, url, status):
    deadline = time.monotonic() + 20
    while tasks(sqs, url)[0]["Status"] != status:
        assert time.monotonic() < deadline, tasks(sqs, url)
        time.sleep(0.05)
    return tasks(sqs, url)[0]


def test_a_message_goes_to_the_dead_letters_at_the_receive_after_the_last_allowed(sqs, make_queue):
    dead_letters = make_queue()
    source = make_queue(**redrive_to(arn_of(sqs, dead_letters), 2))
    sent = sqs.send_message(QueueUrl=source, MessageBody="poison")
    assert bodies(receive(sqs, source, VisibilityTimeout=0)) == ["poison"]
    assert bodies(receive(sqs, source, VisibilityTimeout=0)) == ["poison"]
    assert receive(sqs, dead_letters) == []
    assert receive(sqs, source) == []
    [dead] = receive_until(sqs, dead_letters, 1, **ALL)
    assert dead["MessageId"] == sent["MessageId"]
    assert dead["Attributes"]["ApproximateReceiveCount"] == "3"
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == arn_of(sqs, source)
    wait_for_counts(sqs, source, (0, 0, 0))


def test_dead_letters_keep_what_the_message_had(sqs, pair):
    source, dead_letters = pair
    attributes = {"a": {"DataType": "String", "StringValue": "b"}}
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}}
    sqs.send_message(
        QueueUrl=source, MessageBody="x", MessageAttributes=attributes, MessageSystemAttributes=trace
    )
    [before] = receive(sqs, source, VisibilityTimeout=0, **ALL)
    assert "DeadLetterQueueSourceArn" not in before["Attributes"]
    assert receive(sqs, source) == []
    [after] = receive_until(sqs, dead_letters, 1, MessageAttributeNames=["All"], **ALL)
    assert after["MessageAttributes"] == attributes
    assert after["Attributes"]["SentTimestamp"] == before["Attributes"]["SentTimestamp"]
    assert after["Attributes"]["AWSTraceHeader"] == before["Attributes"]["AWSTraceHeader"]


def test_a_deleted_message_never_becomes_a_dead_letter(sqs, pair):
    source, dead_letters = pair
    sqs.send_message(QueueUrl=source, MessageBody="x")
    [message] = receive(sqs, source)
    sqs.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
    assert receive(sqs, source, WaitTimeSeconds=1) == []
    assert counts(sqs, dead_letters) == (0, 0, 0)


def test_dead_letters_of_a_fifo_queue_keep_their_order(sqs, make_queue):
    dead_letters = make_queue(FifoQueue="true")
    source = make_queue(FifoQueue="true", **redrive_to(arn_of(sqs, dead_letters)))
    for body in "abc":
        sqs.send_message(QueueUrl=source, MessageBody=body, MessageGroupId="g", MessageDeduplicationId=body)
    assert bodies(receive(sqs, source, VisibilityTimeout=0)) == ["a", "b", "c"]
    assert receive(sqs, source) == []
    assert bodies(receive_until(sqs, dead_letters, 3)) == ["a", "b", "c"]


def test_a_redrive_policy_is_returned_and_removed(sqs, make_queue):
    arn = arn_of(sqs, make_queue())
    source = make_queue(**redrive_to(arn, 5))
    found = json.loads(attribute(sqs, source, "RedrivePolicy"))
    assert found["deadLetterTargetArn"] == arn and int(found["maxReceiveCount"]) == 5
    sqs.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": ""})
    assert attribute(sqs, source, "RedrivePolicy") is None


def test_a_receive_count_given_as_a_string_works(sqs, make_queue):
    arn = arn_of(sqs, make_queue())
    source = make_queue(**redrive_to(arn, "7"))
    assert int(json.loads(attribute(sqs, source, "RedrivePolicy"))["maxReceiveCount"]) == 7


@pytest.mark.parametrize(
    "policy",
    [
        {"deadLetterTargetArn": "dummy", "maxReceiveCount": 42},
        {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{OWN_ACCOUNT}:no-such-queue", "maxReceiveCount": 1},
        {"maxReceiveCount": 1},
        {"deadLetterTargetArn": "own"},
        {"deadLetterTargetArn": "own", "maxReceiveCount": 0},
        {"deadLetterTargetArn": "own", "maxReceiveCount": 1001},
    ],
    ids=str,
)
def test_bad_redrive_policies(sqs, make_queue, policy):
    if policy.get("deadLetterTargetArn") == "own":
        policy = {**policy, "deadLetterTargetArn": arn_of(sqs, make_queue())}
    source = make_queue()
    with refused_parameter():
        sqs.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": json.dumps(policy)})
    assert attribute(sqs, source, "RedrivePolicy") is None


def test_the_dead_letters_of_a_queue_are_of_its_type(sqs, queue, fifo):
    for source, target in [(queue, fifo), (fifo, queue)]:
        with refused_parameter():
            sqs.set_queue_attributes(QueueUrl=source, Attributes=redrive_to(arn_of(sqs, target)))


def test_a_redrive_allow_policy_decides_who_may_use_a_queue(sqs, make_queue):
    dead_letters, friend, stranger = make_queue(), make_queue(), make_queue()
    target = redrive_to(arn_of(sqs, dead_letters))

    def allow(**policy):
        sqs.set_queue_attributes(QueueUrl=dead_letters, Attributes={"RedriveAllowPolicy": json.dumps(policy)})

    allow(redrivePermission="denyAll")
    with refused_parameter():
        sqs.set_queue_attributes(QueueUrl=friend, Attributes=target)
    allow(redrivePermission="byQueue", sourceQueueArns=[arn_of(sqs, friend)])
    sqs.set_queue_attributes(QueueUrl=friend, Attributes=target)
    with refused_parameter():
        sqs.set_queue_attributes(QueueUrl=stranger, Attributes=target)
    allow(redrivePermission="allowAll")
    sqs.set_queue_attributes(QueueUrl=stranger, Attributes=target)
    assert json.loads(attribute(sqs, dead_letters, "RedriveAllowPolicy")) == {"redrivePermission": "allowAll"}


@pytest.mark.parametrize(
    "policy",
    [
        {"redrivePermission": "perhaps"},
        {"redrivePermission": "byQueue"},
        {"redrivePermission": "denyAll", "sourceQueueArns": [f"arn:aws:sqs:{REGION}:{OWN_ACCOUNT}:a"]},
        {"redrivePermission": "byQueue", "sourceQueueArns": [f"arn:aws:sqs:{REGION}:{OWN_ACCOUNT}:{n}" for n in range(11)]},
    ],
    ids=lambda policy: policy["redrivePermission"] + str(len(policy)),
)
def test_bad_redrive_allow_policies(sqs, queue, policy):
    with refused_parameter():
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedriveAllowPolicy": json.dumps(policy)})


def test_list_dead_letter_source_queues(sqs, make_queue):
    dead_letters = make_queue()
    sources = sorted(make_queue(**redrive_to(arn_of(sqs, dead_letters))) for _ in range(3))
    make_queue()
    assert sorted(sqs.list_dead_letter_source_queues(QueueUrl=dead_letters)["queueUrls"]) == sources
    pages = list(
        sqs.get_paginator("list_dead_letter_source_queues").paginate(
            QueueUrl=dead_letters, PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["queueUrls"]) for page in pages] == [2, 1]
    assert sorted(url for page in pages for url in page["queueUrls"]) == sources


def test_a_queue_that_nobody_redrives_to_has_no_sources(sqs, queue):
    assert sqs.list_dead_letter_source_queues(QueueUrl=queue).get("queueUrls", []) == []


def test_a_move_task_returns_messages_to_their_sources(sqs, make_queue):
    dead_letters = make_queue()
    sources = [make_queue(**redrive_to(arn_of(sqs, dead_letters))) for _ in range(2)]
    for number, source in enumerate(sources):
        sqs.send_message(QueueUrl=source, MessageBody=f"from {number}")
        receive(sqs, source, VisibilityTimeout=0)
        receive(sqs, source)
    wait_for_counts(sqs, dead_letters, (2, 0, 0))
    handle = sqs.start_message_move_task(SourceArn=arn_of(sqs, dead_letters))["TaskHandle"]
    assert re.fullmatch(r"\S+", handle)
    task = wait_for_status(sqs, dead_letters, "COMPLETED")
    assert task["SourceArn"] == arn_of(sqs, dead_letters)
    assert task["ApproximateNumberOfMessagesMoved"] == 2
    assert task["ApproximateNumberOfMessagesToMove"] == 2
    assert abs(task["StartedTimestamp"] / 1000 - time.time()) < 60
    assert {"TaskHandle", "DestinationArn", "MaxNumberOfMessagesPerSecond", "FailureReason"}.isdisjoint(task)
    assert counts(sqs, dead_letters) == (0, 0, 0)
    for number, source in enumerate(sources):
        assert bodies(receive_until(sqs, source, 1)) == [f"from {number}"]


def test_a_move_task_to_a_destination(sqs, make_queue, pair):
    source, dead_letters = pair
    destination = make_queue()
    fill_dead_letters(sqs, source, dead_letters, ["a", "b"])
    sqs.start_message_move_task(SourceArn=arn_of(sqs, dead_letters), DestinationArn=arn_of(sqs, destination))
    assert sorted(bodies(receive_until(sqs, destination, 2))) == ["a", "b"]
    task = wait_for_status(sqs, dead_letters, "COMPLETED")
    assert task["DestinationArn"] == arn_of(sqs, destination)


def test_a_move_task_keeps_its_rate_is_alone_and_is_cancelled(sqs, make_queue, pair):
    source, dead_letters = pair
    destination = make_queue()
    fill_dead_letters(sqs, source, dead_letters, [str(n) for n in range(10)])
    arns = {"SourceArn": arn_of(sqs, dead_letters), "DestinationArn": arn_of(sqs, destination)}
    handle = sqs.start_message_move_task(**arns, MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    [running] = tasks(sqs, dead_letters)
    assert running["Status"] == "RUNNING"
    assert running["TaskHandle"] == handle
    assert running["MaxNumberOfMessagesPerSecond"] == 1
    assert running["ApproximateNumberOfMessagesToMove"] == 10
    with refused_parameter() as caught:
        sqs.start_message_move_task(**arns)
    assert "Only one active task is allowed" in str(caught.value)
    receive_until(sqs, destination, 2)
    moved = sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
    assert moved < 10
    task = wait_for_status(sqs, dead_letters, "CANCELLED")
    assert "TaskHandle" not in task
    assert counts(sqs, dead_letters)[0] == 10 - task["ApproximateNumberOfMessagesMoved"] > 0
    with refused("ResourceNotFoundException"):
        sqs.cancel_message_move_task(TaskHandle=handle)


def test_move_tasks_are_listed_newest_first(sqs, make_queue, pair):
    source, dead_letters = pair
    destinations = []
    for number in range(3):
        destinations.append(make_queue())
        fill_dead_letters(sqs, source, dead_letters, [str(number)])
        sqs.start_message_move_task(
            SourceArn=arn_of(sqs, dead_letters), DestinationArn=arn_of(sqs, destinations[-1])
        )
        wait_for_status(sqs, dead_letters, "COMPLETED")
    newest_first = [arn_of(sqs, url) for url in reversed(destinations)]
    assert [task["DestinationArn"] for task in tasks(sqs, dead_letters, MaxResults=10)] == newest_first
    assert [task["DestinationArn"] for task in tasks(sqs, dead_letters, MaxResults=2)] == newest_first[:2]
    assert len(tasks(sqs, dead_letters)) == 1  # the default


def test_only_dead_letters_are_moved(sqs, make_queue):
    with refused_parameter() as caught:
        sqs.start_message_move_task(SourceArn=arn_of(sqs, make_queue()))
    assert "Source queue must be configured as a Dead Letter Queue." in str(caught.value)


def test_a_move_task_of_or_to_no_queue(sqs, pair):
    _, dead_letters = pair
    arn = arn_of(sqs, dead_letters)
    missing = ("ResourceNotFoundException", "ResourceNotFoundException")
    with refused(*missing) as caught:
        sqs.start_message_move_task(SourceArn=arn, DestinationArn=arn + "-missing")
    assert "for the DestinationArn parameter doesn't exist" in str(caught.value)
    assert isinstance(caught.value, sqs.exceptions.ResourceNotFoundException)
    with refused(*missing) as caught:
        sqs.start_message_move_task(SourceArn=arn + "-missing")
    assert "for the SourceArn parameter doesn't exist" in str(caught.value)
    with refused(*missing):
        sqs.list_message_move_tasks(SourceArn=arn + "-missing")


@pytest.mark.parametrize("rate", [0, 501])
def test_the_rate_of_a_move_task_is_1_to_500(sqs, pair, rate):
    with refused_parameter():
        sqs.start_message_move_task(SourceArn=arn_of(sqs, pair[1]), MaxNumberOfMessagesPerSecond=rate)


def test_cancel_with_a_malformed_task_handle(sqs):
    with refused_parameter() as caught:
        sqs.cancel_message_move_task(TaskHandle="foobared")
    assert "Value for parameter TaskHandle is invalid." in str(caught.value)


def test_a_dead_letter_queue_of_another_account_is_refused(sqs, endpoint, queue, make_queue):
    other = connect(endpoint, account="111111111111")
    url = other.create_queue(QueueName=queue.rsplit("/", 1)[1])["QueueUrl"]
    with refused_parameter():
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=redrive_to(arn_of(other, url)))
    other.delete_queue(QueueUrl=url)
