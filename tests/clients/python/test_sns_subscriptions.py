"""Subscriptions: confirmation, attributes, lists, and web endpoints that verify what they get."""

import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from conftest import connect
from expectations import arn_of, bodies, receive_until, refused
from signatures import verify
from web_endpoint import WebEndpoint

FRIEND = "111111111111"


def refused_parameter():
    return refused("InvalidParameter", status=400)


@pytest.fixture
def web():
    with WebEndpoint() as endpoint:
        yield endpoint


def attributes_of(sns, arn):
    return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


def test_a_web_endpoint_confirms_and_verifies(sns, topic, web):
    answer = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url)
    assert answer["SubscriptionArn"] == "pending confirmation"
    sns.publish(TopicArn=topic, Message="too early")
    post = web.confirm()
    assert post.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert post.headers["User-Agent"] == "Amazon Simple Notification Service Agent"
    document = post.json()
    assert (document["Type"], document["TopicArn"]) == ("SubscriptionConfirmation", topic)
    verify(document)
    [subscription] = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sent = sns.publish(TopicArn=topic, Message="hello", Subject="greeting")
    post = web.next()
    assert post.kind == "Notification"
    assert post.headers["x-amz-sns-message-id"] == sent["MessageId"]
    assert post.headers["x-amz-sns-topic-arn"] == topic
    assert post.headers["x-amz-sns-subscription-arn"] == subscription["SubscriptionArn"]
    assert (post.json()["Message"], post.json()["SignatureVersion"]) == ("hello", "1")
    verify(post.json())
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
    sns.publish(TopicArn=topic, Message="again")
    document = web.next().json()
    assert (document["Message"], document["SignatureVersion"]) == ("again", "2")
    verify(document)


def test_raw_delivery_to_a_web_endpoint(sns, topic, web):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url, Attributes={
        "RawMessageDelivery": "true",
        "DeliveryPolicy": json.dumps({"requestPolicy": {"headerContentType": "application/json"}}),
    })
    web.confirm()
    sns.publish(TopicArn=topic, Message='{"a": 1}')
    post = web.next()
    assert (post.body, post.headers["Content-Type"]) == ('{"a": 1}', "application/json")
    assert post.headers["x-amz-sns-rawdelivery"] == "true"


def test_a_web_endpoint_that_fails_is_tried_again(sns, topic, web):
    retry = {"healthyRetryPolicy": {"numRetries": 3, "minDelayTarget": 1, "maxDelayTarget": 1}}
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url, Attributes={"DeliveryPolicy": json.dumps(retry)})
    web.confirm()
    web.answer(500, 503)
    sent = sns.publish(TopicArn=topic, Message="persistent")
    posts = [web.next() for _ in range(3)]
    assert {post.headers["x-amz-sns-message-id"] for post in posts} == {sent["MessageId"]}


@pytest.mark.parametrize("answers, kind", [((500, 500), "RETRIES_EXHAUSTED"), ((404,), "CLIENT_ERROR")])
def test_what_cannot_be_delivered_is_dead_lettered(sns, sqs, topic, web, queue, answers, kind):
    retry = {"healthyRetryPolicy": {"numRetries": 1, "minDelayTarget": 1, "maxDelayTarget": 1}}
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url, Attributes={
        "DeliveryPolicy": json.dumps(retry),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn_of(sqs, queue)}),
    })
    web.confirm()
    web.answer(*answers)
    sns.publish(TopicArn=topic, Message="hello")
    [message] = receive_until(sqs, queue, 1, MessageAttributeNames=["All"])
    assert json.loads(message["Body"])["Message"] == "hello"
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert (attributes["ERROR_TYPE"], attributes["ERROR_CODE"]) == (kind, str(answers[-1]))


def test_links_in_messages_unsubscribe_and_can_be_taken_back(sns, topic, web):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url)
    web.confirm()
    sns.publish(TopicArn=topic, Message="one")
    link = web.next().json()["UnsubscribeURL"]
    with urlopen(link, timeout=10) as answer:
        assert answer.status == 200
    post = web.next()
    assert post.kind == "UnsubscribeConfirmation"
    verify(post.json())
    sns.publish(TopicArn=topic, Message="nobody hears this")
    with urlopen(post.json()["SubscribeURL"], timeout=10) as answer:
        assert answer.status == 200
    sns.publish(TopicArn=topic, Message="two")
    assert web.next().json()["Message"] == "two"


def test_authenticated_unsubscription(sns, topic, web):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url)
    token = web.next().json()["Token"]
    arn = sns.confirm_subscription(TopicArn=topic, Token=token, AuthenticateOnUnsubscribe="true")["SubscriptionArn"]
    assert attributes_of(sns, arn)["ConfirmationWasAuthenticated"] == "true"
    sns.publish(TopicArn=topic, Message="one")
    with pytest.raises(HTTPError) as caught:
        urlopen(web.next().json()["UnsubscribeURL"], timeout=10)
    assert caught.value.code == 403
    sns.unsubscribe(SubscriptionArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_tokens_are_checked(sns, topic, web):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url)
    token = web.next().json()["Token"]
    for wrong in ("abc", token[:-1] + ("0" if token[-1] != "0" else "1")):
        with refused_parameter() as caught:
            sns.confirm_subscription(TopicArn=topic, Token=wrong)
        assert "Invalid parameter: Token" in str(caught.value)
    first = sns.confirm_subscription(TopicArn=topic, Token=token)
    assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"] == first["SubscriptionArn"]


def test_attributes(sns, sqs, topic, queue):
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, queue))["SubscriptionArn"]
    found = attributes_of(sns, arn)
    assert found["SubscriptionArn"] == arn
    assert (found["Protocol"], found["Endpoint"], found["TopicArn"]) == ("sqs", arn_of(sqs, queue), topic)
    assert (found["PendingConfirmation"], found["ConfirmationWasAuthenticated"]) == ("false", "true")
    assert found["RawMessageDelivery"] == "false"
    for name, value in [
        ("RawMessageDelivery", "true"),
        ("FilterPolicy", '{"a": ["b"]}'),
        ("RedrivePolicy", json.dumps({"deadLetterTargetArn": arn_of(sqs, queue)})),
    ]:
        sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
        assert attributes_of(sns, arn)[name] == value
    assert attributes_of(sns, arn)["FilterPolicyScope"] == "MessageAttributes"
    for name, value in [
        ("RawMessageDelivery", "perhaps"),
        ("FilterPolicy", "{"),
        ("FilterPolicyScope", "Everything"),
        ("RedrivePolicy", "{}"),
        ("Nonsense", "1"),
    ]:
        with refused_parameter():
            sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
    with refused("NotFound", status=404):
        attributes_of(sns, arn[:-1] + ("0" if arn[-1] != "0" else "1"))


def test_subscribing_again(sns, sqs, topic, queue):
    wanted = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn_of(sqs, queue)}
    first = sns.subscribe(**wanted, Attributes={"RawMessageDelivery": "true"})["SubscriptionArn"]
    assert sns.subscribe(**wanted)["SubscriptionArn"] == first
    assert sns.subscribe(**wanted, Attributes={"RawMessageDelivery": "true"})["SubscriptionArn"] == first
    with refused_parameter() as caught:
        sns.subscribe(**wanted, Attributes={"FilterPolicy": '{"a": ["b"]}'})
    assert "Subscription already exists with different attributes" in str(caught.value)


@pytest.mark.parametrize("protocol, address, why", [
    ("pigeon", "roof", "does not support this protocol string"),
    ("sqs", "nonsense", "SQS endpoint ARN"),
    ("http", "https://example.com", "Endpoint must match the specified protocol"),
    ("email", "nobody", "Email address"),
    ("sms", "abc", "Invalid SMS endpoint"),
    ("firehose", "arn:aws:firehose:us-east-1:1:deliverystream/a", "firehose"),
])
def test_endpoints_are_checked(sns, topic, protocol, address, why):
    with refused_parameter() as caught:
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=address)
    assert why in str(caught.value)


def test_ordered_topics_and_queues(sns, sqs, topic, make_topic, fifo):
    with refused_parameter():
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, fifo))
    with refused_parameter():
        sns.subscribe(TopicArn=make_topic(FifoTopic="true"), Protocol="email", Endpoint="a@example.com")


def test_lists(sns, sqs, topic, make_queue):
    made = set()
    for _ in range(3):
        answer = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, make_queue()))
        made.add(answer["SubscriptionArn"])
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert {each["SubscriptionArn"] for each in listed} == made
    everything, token = [], {}
    while True:
        page = sns.list_subscriptions(**token)
        everything += [each["SubscriptionArn"] for each in page["Subscriptions"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert made <= set(everything)
    for arn in made:
        sns.unsubscribe(SubscriptionArn=arn)
        sns.unsubscribe(SubscriptionArn=arn)
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_a_queue_of_another_account_has_to_confirm(endpoint, sns, topic):
    theirs = connect(endpoint, "sqs", account=FRIEND)
    url = theirs.create_queue(QueueName="sns-friend")["QueueUrl"]
    pending = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(theirs, url))
    assert pending["SubscriptionArn"] == "pending confirmation"
    [message] = receive_until(theirs, url, 1)
    confirmation = json.loads(message["Body"])
    assert confirmation["Type"] == "SubscriptionConfirmation"
    theirs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sns.confirm_subscription(TopicArn=topic, Token=confirmation["Token"])
    sns.publish(TopicArn=topic, Message="hello")
    assert [json.loads(body)["Message"] for body in bodies(receive_until(theirs, url, 1))] == ["hello"]
    theirs.delete_queue(QueueUrl=url)


def test_functions_by_their_url(sns, topic, web):
    arn = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=web.url)["SubscriptionArn"]
    sns.publish(TopicArn=topic, Message="hello", Subject="s")
    [record] = web.next().json()["Records"]
    assert (record["EventSource"], record["EventSubscriptionArn"]) == ("aws:sns", arn)
    assert (record["Sns"]["Message"], record["Sns"]["Subject"], record["Sns"]["TopicArn"]) == ("hello", "s", topic)
