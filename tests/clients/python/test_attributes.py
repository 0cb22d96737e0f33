"""Queue attributes: what a new queue has, what can be set, what is refused."""

import json
import time

import pytest

from conftest import OWN_ACCOUNT, REGION, unique_name
from expectations import attribute, refused, refused_parameter

DEFAULTS = {
    "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesDelayed": "0",
    "ApproximateNumberOfMessagesNotVisible": "0",
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
FIFO_DEFAULTS = {
    **DEFAULTS,
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoQueue": "true",
    "FifoThroughputLimit": "perQueue",
}
INVALID_VALUE = ("InvalidAttributeValue", "InvalidAttributeValue", 400)
INVALID_NAME = ("InvalidAttributeName", "InvalidAttributeName", 400)


def all_attributes(sqs, url):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def policy(arn):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sqs:SendMessage", "Resource": arn}
            ],
        }
    )


@pytest.mark.parametrize("created_with, expected", [({}, DEFAULTS), ({"FifoQueue": "true"}, FIFO_DEFAULTS)])
def test_a_new_queue_has_the_default_attributes_and_no_others(sqs, make_queue, created_with, expected):
    now = int(time.time())
    url = make_queue(**created_with)
    found = all_attributes(sqs, url)
    assert abs(int(found.pop("CreatedTimestamp")) - now) <= 5
    assert abs(int(found.pop("LastModifiedTimestamp")) - now) <= 5
    assert found.pop("QueueArn") == f"arn:aws:sqs:{REGION}:{OWN_ACCOUNT}:{url.rsplit('/', 1)[1]}"
    assert found == expected


@pytest.mark.parametrize(
    "name, value",
    [
        ("DelaySeconds", "900"),
        ("MaximumMessageSize", "1024"),
        ("MaximumMessageSize", "1048576"),
        ("MessageRetentionPeriod", "60"),
        ("MessageRetentionPeriod", "1209600"),
        ("ReceiveMessageWaitTimeSeconds", "20"),
        ("VisibilityTimeout", "0"),
        ("VisibilityTimeout", "43200"),
        ("SqsManagedSseEnabled", "false"),
    ],
)
def test_attributes_are_set_at_creation_and_later(sqs, make_queue, name, value):
    assert attribute(sqs, make_queue(**{name: value}), name) == value
    url = make_queue()
    sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
    assert attribute(sqs, url, name) == value


@pytest.mark.parametrize(
    "name, value",
    [
        ("ContentBasedDeduplication", "true"),
        ("DeduplicationScope", "messageGroup"),
    ],
)
def test_fifo_attributes_are_set_at_creation_and_later(sqs, make_queue, name, value):
    assert attribute(sqs, make_queue(FifoQueue="true", **{name: value}), name) == value
    url = make_queue(FifoQueue="true")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
    assert attribute(sqs, url, name) == value


def test_high_throughput_is_switched_on_and_off(sqs, fifo):
    high = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    sqs.set_queue_attributes(QueueUrl=fifo, Attributes=high)
    assert high.items() <= all_attributes(sqs, fifo).items()
    regular = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}
    sqs.set_queue_attributes(QueueUrl=fifo, Attributes=regular)
    assert regular.items() <= all_attributes(sqs, fifo).items()


def test_throughput_per_group_needs_deduplication_per_group(sqs):
    with refused("InvalidAttributeValue"):
        sqs.create_queue(
            QueueName=unique_name(suffix=".fifo"),
            Attributes={
                "FifoQueue": "true",
                "DeduplicationScope": "queue",
                "FifoThroughputLimit": "perMessageGroupId",
            },
        )


def test_several_attributes_at_once_leave_the_others(sqs, make_queue):
    url = make_queue(VisibilityTimeout="20", MessageRetentionPeriod="604800")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "69", "DelaySeconds": "420"})
    found = all_attributes(sqs, url)
    expected = {**DEFAULTS, "VisibilityTimeout": "69", "DelaySeconds": "420", "MessageRetentionPeriod": "604800"}
    assert expected.items() <= found.items()


def test_a_refused_change_changes_nothing(sqs, queue):
    with refused(*INVALID_VALUE):
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "5", "VisibilityTimeout": "-1"})
    assert attribute(sqs, queue, "DelaySeconds") == "0"


@pytest.mark.parametrize(
    "name, value",
    [
        ("DelaySeconds", "-1"),
        ("DelaySeconds", "901"),
        ("DelaySeconds", "soon"),
        ("MaximumMessageSize", "1023"),
        ("MaximumMessageSize", "1048577"),
        ("MessageRetentionPeriod", "59"),
        ("MessageRetentionPeriod", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "-1"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("VisibilityTimeout", "-1"),
        ("VisibilityTimeout", "43201"),
        ("VisibilityTimeout", ""),
        ("SqsManagedSseEnabled", "perhaps"),
        ("Policy", "{not json"),
    ],
)
def test_values_out_of_range_are_refused(sqs, queue, name, value):
    with refused(*INVALID_VALUE) as caught:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: value})
    assert name in str(caught.value)
    with refused(*INVALID_VALUE):
        sqs.create_queue(QueueName=unique_name(), Attributes={name: value})


@pytest.mark.parametrize(
    "name, value",
    [
        ("FifoQueue", "true"),
        ("ContentBasedDeduplication", "true"),
        ("DeduplicationScope", "queue"),
        ("FifoThroughputLimit", "perQueue"),
        ("QueueArn", "arn:aws:sqs:us-east-1:123456789012:x"),
        ("NoSuchAttribute", "x"),
    ],
)
def test_attributes_that_a_standard_queue_does_not_have(sqs, queue, name, value):
    with refused(*INVALID_NAME) as caught:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: value})
    assert isinstance(caught.value, sqs.exceptions.InvalidAttributeName)


@pytest.mark.parametrize(
    "name, value",
    [
        ("FifoQueue", "false"),
        ("ContentBasedDeduplication", "false"),
        ("DeduplicationScope", "queue"),
        ("FifoThroughputLimit", "perQueue"),
    ],
)
def test_a_standard_queue_is_not_created_with_fifo_attributes(sqs, name, value):
    with refused(*INVALID_NAME):
        sqs.create_queue(QueueName=unique_name(), Attributes={name: value})


def test_the_type_of_a_queue_does_not_change(sqs, fifo):
    with refused(*INVALID_VALUE):
        sqs.set_queue_attributes(QueueUrl=fifo, Attributes={"FifoQueue": "false"})


@pytest.mark.parametrize("name, value", [("DeduplicationScope", "galaxy"), ("FifoThroughputLimit", "unbounded")])
def test_fifo_values_out_of_range_are_refused(sqs, fifo, name, value):
    with refused(*INVALID_VALUE):
        sqs.set_queue_attributes(QueueUrl=fifo, Attributes={name: value})


def test_get_attributes_by_name(sqs, queue):
    wanted = ["VisibilityTimeout", "DelaySeconds"]
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=wanted)["Attributes"]
    assert found == {"VisibilityTimeout": "30", "DelaySeconds": "0"}


def test_attributes_that_are_not_set_are_left_out(sqs, queue):
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy", "RedrivePolicy", "KmsMasterKeyId"])
    assert "Attributes" not in answer


def test_no_names_mean_no_attributes(sqs, queue):
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=queue)


def test_get_an_attribute_that_does_not_exist(sqs, queue):
    with refused(*INVALID_NAME):
        sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["NoSuchAttribute"])


def test_a_change_is_dated(sqs, queue):
    before = all_attributes(sqs, queue)
    time.sleep(1.1)  # the timestamps have a resolution of a second
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "3"})
    after = all_attributes(sqs, queue)
    assert after["CreatedTimestamp"] == before["CreatedTimestamp"]
    assert int(after["LastModifiedTimestamp"]) > int(before["LastModifiedTimestamp"])


def test_key_management_attributes_exclude_managed_encryption(sqs, queue):
    key = {"KmsMasterKeyId": "testKeyId", "KmsDataKeyReusePeriodSeconds": "6000"}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"SqsManagedSseEnabled": "false"})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes=key)
    assert {**key, "SqsManagedSseEnabled": "false"}.items() <= all_attributes(sqs, queue).items()
    with refused(*INVALID_NAME):
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={**key, "SqsManagedSseEnabled": "true"})


@pytest.mark.parametrize("seconds", ["59", "86401"])
def test_key_reuse_period_bounds(sqs, queue, seconds):
    with refused(*INVALID_VALUE):
        sqs.set_queue_attributes(
            QueueUrl=queue, Attributes={"KmsMasterKeyId": "k", "KmsDataKeyReusePeriodSeconds": seconds}
        )


def test_a_policy_is_stored_and_removed(sqs, queue):
    document = policy(attribute(sqs, queue, "QueueArn"))
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": document})
    assert json.loads(attribute(sqs, queue, "Policy")) == json.loads(document)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
    assert attribute(sqs, queue, "Policy") is None


def test_retention_of_the_shortest_kind_is_accepted_beside_a_delay(sqs, make_queue):
    url = make_queue(MessageRetentionPeriod="60", DelaySeconds="0")
    sqs.send_message(QueueUrl=url, MessageBody="kept for a minute")
    assert attribute(sqs, url, "ApproximateNumberOfMessages") == "1"


def test_wait_time_out_of_range_in_a_receive(sqs, queue):
    for seconds in (-1, 21):
        with refused_parameter() as caught:
            sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=seconds)
        assert "WaitTimeSeconds" in str(caught.value)
