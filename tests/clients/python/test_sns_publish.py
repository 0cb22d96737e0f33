"""From topics to queues: bodies, attributes, filters, batches, order."""

import json

import pytest

from conftest import unique_name
from expectations import arn_of, bodies, receive, receive_until, refused


def refused_parameter():
    return refused("InvalidParameter", status=400)


@pytest.fixture
def subscribe(sns, sqs, make_queue):
    """`subscribe(topic, FilterPolicy=...)` -> the URL of a new queue that is subscribed."""

    def make(topic, fifo=False, **attributes):
        url = make_queue(**({"FifoQueue": "true"} if fifo else {}))
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, url), Attributes=attributes)
        return url

    return make


def text(value):
    return {"DataType": "String", "StringValue": value}


def number(value):
    return {"DataType": "Number", "StringValue": str(value)}


def test_a_queue_gets_an_envelope(sns, sqs, topic, subscribe):
    url = subscribe(topic)
    attributes = {"colour": text("red"), "data": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}}
    sent = sns.publish(TopicArn=topic, Message="hello", Subject="greeting", MessageAttributes=attributes)
    [message] = receive_until(sqs, url, 1)
    envelope = json.loads(message["Body"])
    assert envelope["Type"] == "Notification"
    assert envelope["MessageId"] == sent["MessageId"]
    assert (envelope["TopicArn"], envelope["Subject"], envelope["Message"]) == (topic, "greeting", "hello")
    assert envelope["MessageAttributes"] == {
        "colour": {"Type": "String", "Value": "red"},
        "data": {"Type": "Binary", "Value": "AAE="},
    }
    assert envelope["SignatureVersion"] == "1"
    assert envelope["Signature"]
    assert envelope["SigningCertURL"].endswith(".pem")
    assert "Action=Unsubscribe" in envelope["UnsubscribeURL"]
    assert "MessageAttributes" not in message


def test_raw_delivery(sns, sqs, topic, subscribe):
    url = subscribe(topic, RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="hello", Subject="unseen", MessageAttributes={"colour": text("red")})
    [message] = receive_until(sqs, url, 1, MessageAttributeNames=["All"])
    assert message["Body"] == "hello"
    assert message["MessageAttributes"] == {"colour": text("red")}


def test_every_protocol_its_own_text(sns, sqs, topic, subscribe):
    url = subscribe(topic, RawMessageDelivery="true")
    structured = json.dumps({"default": "for all", "sqs": "for queues"})
    sns.publish(TopicArn=topic, Message=structured, MessageStructure="json")
    sns.publish(TopicArn=topic, Message=json.dumps({"default": "for all"}), MessageStructure="json")
    assert sorted(bodies(receive_until(sqs, url, 2))) == ["for all", "for queues"]
    for wrong, why in [("{", "failed to parse"), (json.dumps({"sqs": "x"}), "No default entry")]:
        with refused_parameter() as caught:
            sns.publish(TopicArn=topic, Message=wrong, MessageStructure="json")
        assert why in str(caught.value)


def test_messages_are_checked(sns, topic):
    for arguments, why in [
        ({"Message": ""}, "Empty message"),
        ({"Message": "x" * 262_145}, "Message too long"),
        ({"Message": "x", "Subject": "s" * 101}, "Subject"),
        ({"Message": "x", "Subject": "a\nb"}, "Subject"),
    ]:
        with refused_parameter() as caught:
            sns.publish(TopicArn=topic, **arguments)
        assert why in str(caught.value)
    with refused("ParameterValueInvalid"):
        sns.publish(TopicArn=topic, Message="x", MessageAttributes={"a": {"DataType": "Odd", "StringValue": "x"}})
    with refused_parameter() as caught:
        sns.publish(Message="x")
    assert "TopicArn or TargetArn" in str(caught.value)
    sns.publish(TargetArn=topic, Message="x" * 262_144)


def test_filters_on_attributes(sns, sqs, topic, subscribe):
    red = subscribe(topic, RawMessageDelivery="true", FilterPolicy=json.dumps({"colour": ["red", {"prefix": "dark"}]}))
    dear = subscribe(topic, RawMessageDelivery="true", FilterPolicy=json.dumps({"price": [{"numeric": [">", 100]}]}))
    everything = subscribe(topic, RawMessageDelivery="true")
    for body, attributes in [
        ("red", {"colour": text("red"), "price": number(5)}),
        ("dark blue", {"colour": text("dark blue"), "price": number(101)}),
        ("plain", {}),
    ]:
        sns.publish(TopicArn=topic, Message=body, MessageAttributes=attributes)
    assert sorted(bodies(receive_until(sqs, red, 2))) == ["dark blue", "red"]
    assert bodies(receive_until(sqs, dear, 1)) == ["dark blue"]
    assert len(receive_until(sqs, everything, 3)) == 3
    assert receive(sqs, red) == receive(sqs, dear) == []


def test_filters_on_the_body(sns, sqs, topic, subscribe):
    policy = json.dumps({"order": {"state": ["paid"], "total": [{"numeric": [">=", 10]}]}})
    url = subscribe(topic, RawMessageDelivery="true", FilterPolicy=policy, FilterPolicyScope="MessageBody")
    paid = json.dumps({"order": {"state": "paid", "total": 10}})
    for body in [json.dumps({"order": {"state": "new", "total": 10}}), "not json", paid]:
        sns.publish(TopicArn=topic, Message=body)
    assert bodies(receive_until(sqs, url, 1)) == [paid]


def test_a_filter_can_change(sns, sqs, topic, subscribe):
    url = subscribe(topic, RawMessageDelivery="true", FilterPolicy=json.dumps({"colour": ["red"]}))
    [subscription] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    change = {"SubscriptionArn": subscription["SubscriptionArn"], "AttributeName": "FilterPolicy"}
    sns.set_subscription_attributes(**change, AttributeValue=json.dumps({"colour": ["blue"]}))
    for colour in ("red", "blue"):
        sns.publish(TopicArn=topic, Message=colour, MessageAttributes={"colour": text(colour)})
    assert bodies(receive_until(sqs, url, 1)) == ["blue"]
    sns.set_subscription_attributes(**change, AttributeValue="{}")
    sns.publish(TopicArn=topic, Message="plain")
    assert bodies(receive_until(sqs, url, 1)) == ["plain"]
    with refused_parameter() as caught:
        sns.set_subscription_attributes(**change, AttributeValue='{"a": [{"odd": 1}]}')
    assert "FilterPolicy" in str(caught.value)


def test_batches(sns, sqs, topic, subscribe):
    url = subscribe(topic, RawMessageDelivery="true")
    entries = [{"Id": str(index), "Message": f"m{index}"} for index in range(9)]
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[*entries, {"Id": "bad", "Message": ""}])
    assert [each["Id"] for each in answer["Successful"]] == [entry["Id"] for entry in entries]
    assert len({each["MessageId"] for each in answer["Successful"]}) == 9
    [failed] = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("bad", "InvalidParameter", True)
    assert sorted(bodies(receive_until(sqs, url, 9))) == [entry["Message"] for entry in entries]


def test_batches_are_checked(sns, topic):
    def entry(name, message="m"):
        return {"Id": name, "Message": message}

    for entries, code in [
        ([entry(str(index)) for index in range(11)], "TooManyEntriesInBatchRequest"),
        ([entry("a"), entry("a")], "BatchEntryIdsNotDistinct"),
        ([entry("a b")], "InvalidBatchEntryId"),
        ([entry("a", "x" * 200_000), entry("b", "x" * 100_000)], "BatchRequestTooLong"),
    ]:
        with refused(code):
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)


def test_order_and_deduplication(sns, sqs, make_topic, subscribe):
    topic = make_topic(FifoTopic="true", ContentBasedDeduplication="true")
    url = subscribe(topic, fifo=True, RawMessageDelivery="true")
    plain = subscribe(topic, RawMessageDelivery="true")
    sequence = []
    for index in range(20):
        sent = sns.publish(TopicArn=topic, Message=f"m{index}", MessageGroupId=f"g{index % 2}")
        sequence.append(sent["SequenceNumber"])
    assert sequence == sorted(sequence)
    assert len(set(sequence)) == 20
    again = sns.publish(TopicArn=topic, Message="m0", MessageGroupId="g0")
    assert again["SequenceNumber"] == sequence[0]
    got = []
    while len(got) < 20:
        messages = receive_until(sqs, url, 1, count=1, AttributeNames=["All"])
        got += [(each["Attributes"]["MessageGroupId"], each["Body"]) for each in messages]
        for each in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    for group in (0, 1):
        wanted = [f"m{index}" for index in range(20) if index % 2 == group]
        assert [body for name, body in got if name == f"g{group}"] == wanted
    assert receive(sqs, url) == []
    assert sorted(bodies(receive_until(sqs, plain, 20))) == sorted(f"m{index}" for index in range(20))


def test_the_scope_of_deduplication(sns, make_topic):
    topic = make_topic(FifoTopic="true")

    def sequence(group):
        sent = sns.publish(TopicArn=topic, Message="m", MessageGroupId=group, MessageDeduplicationId="d")
        return sent["SequenceNumber"]

    assert sequence("a") == sequence("b")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="FifoThroughputScope", AttributeValue="MessageGroup")
    assert sequence("a") != sequence("b")


def test_ordered_topics_want_groups(sns, make_topic, topic):
    fifo = make_topic(FifoTopic="true")
    with refused_parameter() as caught:
        sns.publish(TopicArn=fifo, Message="m", MessageDeduplicationId="d")
    assert "MessageGroupId parameter is required" in str(caught.value)
    with refused_parameter() as caught:
        sns.publish(TopicArn=fifo, Message="m", MessageGroupId="g")
    assert "ContentBasedDeduplication" in str(caught.value)
    with refused_parameter():
        sns.publish(TopicArn=topic, Message="m", MessageDeduplicationId="d")


def test_a_queue_that_is_away_gets_nothing_twice_and_the_dead_letter_queue_gets_it(sns, sqs, topic, make_queue):
    dead = make_queue()
    gone = f"{arn_of(sqs, dead)}-gone"
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=gone,
        Attributes={"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn_of(sqs, dead)})},
    )
    sns.publish(TopicArn=topic, Message="hello")
    [message] = receive_until(sqs, dead, 1, MessageAttributeNames=["All"])
    assert json.loads(message["Body"])["Message"] == "hello"
    assert message["MessageAttributes"]["ERROR_TYPE"]["StringValue"] == "CLIENT_ERROR"


def test_many_queues(sns, sqs, topic, subscribe):
    urls = [subscribe(topic, RawMessageDelivery="true") for _ in range(20)]
    sns.publish(TopicArn=topic, Message="to all")
    for url in urls:
        assert bodies(receive_until(sqs, url, 1)) == ["to all"]


def test_unknown_topics(sns, topic):
    with refused("NotFound", status=404):
        sns.publish(TopicArn=f"{topic}-{unique_name()}", Message="m")


def test_an_archive_is_replayed_from_any_point_and_then_comes_the_present(sns, sqs, make_topic, make_queue):
    topic = make_topic(FifoTopic="true", ContentBasedDeduplication="true", ArchivePolicy='{"MessageRetentionPeriod":"30"}')

    def publish(numbers):
        for index in numbers:
            sns.publish(TopicArn=topic, Message=f"m{index}", MessageGroupId=f"g{index % 3}")

    def drained(url, expected):
        got = []
        while len(got) < expected:
            messages = receive_until(sqs, url, 1, count=1, AttributeNames=["All"])
            got += [(each["Attributes"]["MessageGroupId"], each["Body"]) for each in messages]
            for each in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return got

    publish(range(150))
    beginning = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["BeginningArchiveTime"]
    url = make_queue(FifoQueue="true")
    policy = json.dumps({"PointType": "Timestamp", "StartingPoint": beginning})
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, url), Attributes={
        "RawMessageDelivery": "true", "ReplayPolicy": policy,
    })["SubscriptionArn"]
    publish(range(150, 170))
    got = drained(url, 170)
    for group in range(3):
        wanted = [f"m{index}" for index in range(170) if index % 3 == group]
        assert [body for name, body in got if name == f"g{group}"] == wanted
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["ReplayStatus"] == "Completed"
    publish([200])
    assert drained(url, 1) == [("g2", "m200")]
    assert receive(sqs, url) == []
    with refused("InvalidState"):
        sns.delete_topic(TopicArn=topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ArchivePolicy", AttributeValue="{}")
    with refused_parameter():
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="ReplayPolicy", AttributeValue=policy)
    with refused_parameter():
        make_topic(ArchivePolicy='{"MessageRetentionPeriod":"30"}')
