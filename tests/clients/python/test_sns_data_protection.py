"""Data protection policies: what is let in, masked, refused and recorded; and the status of deliveries in log groups."""

import json

import pytest

from conftest import unique_name
from expectations import arn_of, bodies, receive_until, refused
from own_server import eventually, own_server

EMAIL = "arn:aws:dataprotection::aws:data-identifier/EmailAddress"
CARD = "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber"


def policy(operation, identifiers=(EMAIL,), direction="Inbound"):
    return json.dumps({
        "Name": "protect", "Version": "2021-06-01", "Statement": [{
            "Sid": "one", "DataDirection": direction, "Principal": ["*"], "DataIdentifier": list(identifiers),
            "Operation": operation,
        }],
    })


MASK = policy({"Deidentify": {"MaskConfig": {"MaskWithCharacter": "#"}}})
DENY = policy({"Deny": {}}, [CARD])


@pytest.fixture(scope="module")
def clients():
    with own_server() as clients:
        yield clients


@pytest.fixture
def subscribed(clients):
    """A topic and the URL of a queue that gets what it lets in."""
    topic = clients.sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    url = clients.sqs.create_queue(QueueName=unique_name())["QueueUrl"]
    endpoint = arn_of(clients.sqs, url)
    clients.sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes={"RawMessageDelivery": "true"}
    )
    return topic, url


def test_policies_are_kept_and_removed(clients, subscribed):
    sns, (topic, _) = clients.sns, subscribed
    assert "DataProtectionPolicy" not in sns.get_data_protection_policy(ResourceArn=topic)
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=MASK)
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == MASK
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy="{}")
    assert "DataProtectionPolicy" not in sns.get_data_protection_policy(ResourceArn=topic)
    undoable = policy({"Deny": {}}, ["arn:aws:dataprotection::aws:data-identifier/Name"])
    for wrong in ("{", undoable, policy({"Dance": {}})):
        with refused("InvalidParameter"):
            sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=wrong)


def test_masking(clients, subscribed):
    sns, (topic, url) = clients.sns, subscribed
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=MASK)
    sns.publish(TopicArn=topic, Message="write to jane@example.com soon")
    assert bodies(receive_until(clients.sqs, url, 1)) == ["write to ################ soon"]


def test_denying(clients, subscribed):
    sns, (topic, url) = clients.sns, subscribed
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=DENY)
    with refused("AuthorizationError", status=403):
        sns.publish(TopicArn=topic, Message="credit card number 5500 0000 0000 0012 please")
    sns.publish(TopicArn=topic, Message="nothing to see")
    assert bodies(receive_until(clients.sqs, url, 1)) == ["nothing to see"]


def test_auditing(clients, subscribed):
    sns, (topic, _) = clients.sns, subscribed
    audit = {"SampleRate": "99", "FindingsDestination": {"CloudWatchLogs": {"LogGroup": "/aws/vendedlogs/audit"}}}
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=policy({"Audit": audit}))
    file = clients.data / "log-groups" / "aws.vendedlogs.audit.jsonl"

    def published():
        sns.publish(TopicArn=topic, Message="write to jane@example.com soon")
        return file.exists() and file.read_text()

    first = json.loads(eventually(published).splitlines()[0])
    [found] = first["dataIdentifiers"]
    assert (first["resourceArn"], found["dataIdentifier"], found["start"]) == (topic, "EmailAddress", 9)


def test_the_status_of_deliveries(clients, subscribed):
    sns, (topic, _) = clients.sns, subscribed
    role = "arn:aws:iam::123456789012:role/feedback"
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SQSSuccessFeedbackRoleArn", AttributeValue=role)
    sent = sns.publish(TopicArn=topic, Message="hello")
    name = topic.split(":")[-1]
    file = clients.data / "log-groups" / f"sns.us-east-1.123456789012.{name}.jsonl"
    line = json.loads(eventually(lambda: file.exists() and file.read_text()).splitlines()[0])
    assert line["status"] == "SUCCESS"
    assert line["notification"]["messageId"] == sent["MessageId"]
    assert line["delivery"]["attempts"] == 1
