"""Topics with the AWS CLI: from creation to what a queue receives, and what it says when something is wrong."""

import json
import os

import pytest

FAILED = 255  # the AWS CLI's status when the service answered with an error (version 1)
REGION, ACCOUNT = "us-east-1", os.environ["AWS_ACCESS_KEY_ID"]


def text(value):
    return {"DataType": "String", "StringValue": value}


@pytest.fixture
def subscribe(aws):
    """`subscribe(topic, queue, RawMessageDelivery="true")` -> the subscription of a queue by its URL."""

    def run(topic, url, **attributes):
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rsplit('/')[-1]}"
        arguments = ["--attributes", json.dumps(attributes)] if attributes else []
        return aws(
            "sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", arn, *arguments
        ).json()["SubscriptionArn"]

    return run


def test_the_first_five_minutes(aws, name, queue, subscribe, receive):
    topic = aws("sns", "create-topic", "--name", name).json()["TopicArn"]
    assert topic == f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}"
    subscription = subscribe(topic, queue)
    assert subscription.startswith(f"{topic}:")
    sent = aws("sns", "publish", "--topic-arn", topic, "--subject", "greeting", "--message", "hello, wörld").json()
    [message] = receive(queue, 1)
    envelope = json.loads(message["Body"])
    assert (envelope["Type"], envelope["MessageId"]) == ("Notification", sent["MessageId"])
    assert (envelope["TopicArn"], envelope["Subject"], envelope["Message"]) == (topic, "greeting", "hello, wörld")
    for command in (["unsubscribe", "--subscription-arn", subscription], ["delete-topic", "--topic-arn", topic]):
        ended = aws("sns", *command)
        assert (ended.status, ended.output) == (0, "")
    assert aws("sns", "get-topic-attributes", "--topic-arn", topic).status == FAILED


def test_message_attributes_and_raw_delivery(aws, topic, queue, subscribe, receive):
    subscribe(topic, queue, RawMessageDelivery="true")
    attributes = {"city": text("Göteborg")}
    aws(
        "sns", "publish", "--topic-arn", topic, "--message", "hello", "--message-attributes", json.dumps(attributes)
    ).json()
    [message] = receive(queue, 1)
    assert (message["Body"], message["MessageAttributes"]) == ("hello", attributes)


def test_a_batch_with_an_entry_that_fails(aws, topic, queue, subscribe, receive):
    subscribe(topic, queue, RawMessageDelivery="true")
    entries = [{"Id": "first", "Message": "1"}, {"Id": "empty", "Message": ""}, {"Id": "third", "Message": "3"}]
    published = aws(
        "sns", "publish-batch", "--topic-arn", topic, "--publish-batch-request-entries", json.dumps(entries)
    ).json()
    assert [each["Id"] for each in published["Successful"]] == ["first", "third"]
    [failed] = published["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("empty", "InvalidParameter", True)
    assert sorted(message["Body"] for message in receive(queue, 2)) == ["1", "3"]


def test_attributes_from_the_command_line(aws, topic):
    change = ["--attribute-name", "DisplayName", "--attribute-value", "Orders and more"]
    assert aws("sns", "set-topic-attributes", "--topic-arn", topic, *change).status == 0
    found = aws("sns", "get-topic-attributes", "--topic-arn", topic).json()["Attributes"]
    assert (found["DisplayName"], found["Owner"], found["TopicArn"]) == ("Orders and more", ACCOUNT, topic)


def test_a_filter_policy_from_the_command_line(aws, topic, queue, subscribe, receive):
    subscription = subscribe(topic, queue, RawMessageDelivery="true")
    policy = json.dumps({"colour": ["red"]})
    change = ["--attribute-name", "FilterPolicy", "--attribute-value", policy]
    assert aws("sns", "set-subscription-attributes", "--subscription-arn", subscription, *change).status == 0
    found = aws("sns", "get-subscription-attributes", "--subscription-arn", subscription).json()["Attributes"]
    assert (found["FilterPolicy"], found["FilterPolicyScope"]) == (policy, "MessageAttributes")
    entries = [
        {"Id": colour, "Message": colour, "MessageAttributes": {"colour": text(colour)}} for colour in ("blue", "red")
    ]
    aws("sns", "publish-batch", "--topic-arn", topic, "--publish-batch-request-entries", json.dumps(entries)).json()
    assert [message["Body"] for message in receive(queue, 1)] == ["red"]
    assert aws("sqs", "receive-message", "--queue-url", queue).output == ""


def test_tags_from_the_command_line(aws, topic):
    added = ["--tags", "Key=stage,Value=test", "Key=team,Value=a"]
    assert aws("sns", "tag-resource", "--resource-arn", topic, *added).status == 0
    assert aws("sns", "untag-resource", "--resource-arn", topic, "--tag-keys", "team").status == 0
    tags = aws("sns", "list-tags-for-resource", "--resource-arn", topic).json()["Tags"]
    assert tags == [{"Key": "stage", "Value": "test"}]


def test_lists(aws, topic, queue, subscribe):
    subscription = subscribe(topic, queue)
    assert {"TopicArn": topic} in aws("sns", "list-topics").json()["Topics"]
    [listed] = aws("sns", "list-subscriptions-by-topic", "--topic-arn", topic).json()["Subscriptions"]
    assert (listed["SubscriptionArn"], listed["Protocol"], listed["Owner"]) == (subscription, "sqs", ACCOUNT)


def test_a_fifo_topic_from_the_command_line(aws, name, subscribe, receive):
    both = "ContentBasedDeduplication=true"
    topic = aws(
        "sns", "create-topic", "--name", f"{name}.fifo", "--attributes", f"FifoTopic=true,{both}"
    ).json()["TopicArn"]
    url = aws(
        "sqs", "create-queue", "--queue-name", f"{name}.fifo", "--attributes", f"FifoQueue=true,{both}"
    ).json()["QueueUrl"]
    subscribe(topic, url, RawMessageDelivery="true")
    sent = [
        aws("sns", "publish", "--topic-arn", topic, "--message", body, "--message-group-id", "g").json()
        for body in ("first", "second", "first")
    ]
    assert sent[0]["SequenceNumber"] == sent[2]["SequenceNumber"] < sent[1]["SequenceNumber"]
    assert [message["Body"] for message in receive(url, 2)] == ["first", "second"]


def test_a_topic_that_does_not_exist(aws, topic):
    result = aws("sns", "publish", "--topic-arn", f"{topic}-not", "--message", "hello")
    assert result.status == FAILED
    assert "An error occurred (NotFound) when calling the Publish operation: Topic does not exist" in result.error


def test_a_name_that_is_not_allowed(aws):
    result = aws("sns", "create-topic", "--name", "a b")
    assert result.status == FAILED
    assert (
        "An error occurred (InvalidParameter) when calling the CreateTopic operation: Invalid parameter: Topic Name"
        in result.error
    )


def test_too_many_entries(aws, topic):
    entries = json.dumps([{"Id": str(number), "Message": "x"} for number in range(11)])
    result = aws("sns", "publish-batch", "--topic-arn", topic, "--publish-batch-request-entries", entries)
    assert result.status == FAILED
    assert "(TooManyEntriesInBatchRequest) when calling the PublishBatch operation" in result.error


def test_an_endpoint_that_does_not_match_its_protocol(aws, topic):
    endpoint = ["--protocol", "http", "--notification-endpoint", "ftp://example.com"]
    result = aws("sns", "subscribe", "--topic-arn", topic, *endpoint)
    assert result.status == FAILED
    assert "(InvalidParameter) when calling the Subscribe operation: Invalid parameter:" in result.error
