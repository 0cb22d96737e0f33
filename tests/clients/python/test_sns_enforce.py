"""Topics of a server that enforces authentication: who may do what, and where deliveries may go."""

import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from conftest import unique_name
from enforcing_server import GUEST, Enforcing, allow
from expectations import arn_of, bodies, receive, receive_until, refused
from own_server import dropped_deliveries, eventually
from web_endpoint import WebEndpoint


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory):
    enforcing = Enforcing(tmp_path_factory.mktemp("enforcing") / "data")
    with enforcing.server:
        yield enforcing


@pytest.fixture
def topic(enforcing):
    return enforcing.client("sns").create_topic(Name=unique_name("topic"))["TopicArn"]


def test_a_topic_is_its_owners_until_a_policy_says_otherwise(enforcing, topic):
    owner, guest = enforcing.client("sns"), enforcing.client("sns", GUEST)
    owner.publish(TopicArn=topic, Message="m")
    with refused("AuthorizationError", status=403):
        guest.publish(TopicArn=topic, Message="m")
    with refused("AuthorizationError", status=403):
        guest.get_topic_attributes(TopicArn=topic)
    owner.add_permission(TopicArn=topic, Label="guest", AWSAccountId=[GUEST], ActionName=["Publish"])
    guest_may = lambda: guest.publish(TopicArn=topic, Message="m")["MessageId"]  # noqa: E731
    with refused("AuthorizationError", status=403):
        # The guest's own account has to allow it too, which the root of the account does for itself.
        guest.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="mine")
    assert guest_may()


def test_a_queue_takes_messages_of_topics_that_its_policy_names(enforcing, topic):
    sns, sqs = enforcing.client("sns"), enforcing.client("sqs")
    url, dead = (sqs.create_queue(QueueName=unique_name())["QueueUrl"] for _ in range(2))
    service = {"Service": "sns.amazonaws.com"}
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={
        "Policy": allow(service, "sqs:SendMessage", arn_of(sqs, dead)),
    })
    redrive = json.dumps({"deadLetterTargetArn": arn_of(sqs, dead)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, url), Attributes={
        "RawMessageDelivery": "true", "RedrivePolicy": redrive,
    })
    sns.publish(TopicArn=topic, Message="denied")
    assert bodies(receive_until(sqs, dead, 1)) == ["denied"]
    assert receive(sqs, url) == []
    source = {"ArnEquals": {"aws:SourceArn": topic}}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={
        "Policy": allow(service, "sqs:SendMessage", arn_of(sqs, url), **source),
    })
    sns.publish(TopicArn=topic, Message="allowed")
    assert bodies(receive_until(sqs, url, 1)) == ["allowed"]
    other = sns.create_topic(Name=unique_name("other"))["TopicArn"]
    sns.subscribe(TopicArn=other, Protocol="sqs", Endpoint=arn_of(sqs, url), Attributes={"RedrivePolicy": redrive})
    sns.publish(TopicArn=other, Message="of another topic")
    assert json.loads(receive_until(sqs, dead, 1)[0]["Body"])["Message"] == "of another topic"


def test_private_addresses_are_out_of_reach(enforcing, topic):
    with WebEndpoint() as web:
        sns = enforcing.client("sns")
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url)
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url.replace("127.0.0.1", "localhost"))
        assert eventually(lambda: dropped_deliveries(enforcing.server.endpoint, "sns") == 2)
        assert web.posts.empty()


def test_ranges_can_be_allowed_and_links_need_no_signature(tmp_path):
    enforcing = Enforcing(tmp_path / "data", "--egress-allow", "127.0.0.0/8")
    with enforcing.server, WebEndpoint() as web:
        sns = enforcing.client("sns")
        topic = sns.create_topic(Name="topic")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=web.url)
        web.confirm()
        sns.publish(TopicArn=topic, Message="hello")
        assert web.next().json()["Message"] == "hello"


def test_nothing_else_is_for_everyone(enforcing, topic):
    for path in (f"?Action=GetTopicAttributes&TopicArn={topic}", "_ninefold/outbox", "_ninefold/deliveries"):
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{enforcing.server.endpoint}/{path}", timeout=10)
        assert caught.value.code in (403, 404)
