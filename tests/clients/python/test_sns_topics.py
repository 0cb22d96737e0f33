"""Topics: creation, attributes, permissions, tags, lists."""

import json

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from expectations import refused

FRIEND = "111111111111"


def attributes_of(sns, arn):
    return sns.get_topic_attributes(TopicArn=arn)["Attributes"]


def refused_parameter():
    return refused("InvalidParameter", status=400)


def test_an_arn_has_region_account_and_name(sns, make_topic):
    name = unique_name("topic")
    assert make_topic(name) == f"arn:aws:sns:{REGION}:{OWN_ACCOUNT}:{name}"


def test_attributes_of_a_new_topic(sns, topic):
    found = attributes_of(sns, topic)
    assert found["TopicArn"] == topic
    assert found["Owner"] == OWN_ACCOUNT
    assert found["DisplayName"] == ""
    counts = [found[f"Subscriptions{kind}"] for kind in ("Confirmed", "Pending", "Deleted")]
    assert counts == ["0", "0", "0"]
    policy = json.loads(found["Policy"])
    assert policy["Id"] == "__default_policy_ID"
    assert policy["Statement"][0]["Condition"] == {"StringEquals": {"AWS:SourceOwner": OWN_ACCOUNT}}
    retry = json.loads(found["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]
    assert (retry["numRetries"], retry["minDelayTarget"], retry["backoffFunction"]) == (3, 20, "linear")
    assert "FifoTopic" not in found


def test_creating_again_gives_the_same_topic(sns, make_topic):
    name = unique_name("topic")
    arn = make_topic(name, DisplayName="Orders", tags=[{"Key": "team", "Value": "a"}])
    assert sns.create_topic(Name=name)["TopicArn"] == arn
    assert sns.create_topic(Name=name, Attributes={"DisplayName": "Orders"})["TopicArn"] == arn
    with refused_parameter() as caught:
        sns.create_topic(Name=name, Attributes={"DisplayName": "Other"})
    assert "Topic already exists with different attributes" in str(caught.value)
    with refused_parameter() as caught:
        sns.create_topic(Name=name, Tags=[{"Key": "team", "Value": "b"}])
    assert "Topic already exists with different tags" in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a" * 257, "a.fifo", "ä"])
def test_names_are_checked(sns, name):
    with refused_parameter() as caught:
        sns.create_topic(Name=name)
    assert "Invalid parameter: Topic Name" in str(caught.value)


def test_fifo_topics(sns, make_topic):
    with refused_parameter():
        sns.create_topic(Name="orders", Attributes={"FifoTopic": "true"})
    arn = make_topic(FifoTopic="true", ContentBasedDeduplication="true")
    found = attributes_of(sns, arn)
    assert (found["FifoTopic"], found["ContentBasedDeduplication"]) == ("true", "true")


def test_setting_attributes(sns, topic):
    policy = {"http": {"defaultHealthyRetryPolicy": {"numRetries": 5, "minDelayTarget": 1, "maxDelayTarget": 2}}}
    for name, value in [
        ("DisplayName", "Orders"),
        ("DeliveryPolicy", json.dumps(policy)),
        ("SignatureVersion", "2"),
        ("TracingConfig", "Active"),
        ("SQSSuccessFeedbackSampleRate", "50"),
        ("KmsMasterKeyId", "alias/aws/sns"),
    ]:
        sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
        assert attributes_of(sns, topic)[name] == value
    effective = json.loads(attributes_of(sns, topic)["EffectiveDeliveryPolicy"])
    assert effective["http"]["defaultHealthyRetryPolicy"]["numRetries"] == 5
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="")
    assert attributes_of(sns, topic)["DisplayName"] == ""
    for name, value in [("Nonsense", "1"), ("SignatureVersion", "3"), ("DeliveryPolicy", "{"), ("Policy", "{")]:
        with refused_parameter():
            sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)


def test_what_is_not_there(sns, topic):
    with refused("NotFound", status=404) as caught:
        sns.get_topic_attributes(TopicArn=f"{topic}-not")
    assert "Topic does not exist" in str(caught.value)
    with refused_parameter() as caught:
        sns.get_topic_attributes(TopicArn="orders")
    assert "An ARN must have at least 6 elements, not 1" in str(caught.value)
    # Deleting is different.
    sns.delete_topic(TopicArn=f"{topic}-not")


def test_a_deleted_topic_is_gone(sns):
    arn = sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    sns.delete_topic(TopicArn=arn)
    with refused("NotFound"):
        sns.get_topic_attributes(TopicArn=arn)
    with refused("NotFound"):
        sns.publish(TopicArn=arn, Message="m")


def test_lists_have_pages_of_100(endpoint):
    own = connect(endpoint, "sns", account="333333333333")
    made = {own.create_topic(Name=f"t-{number:03}")["TopicArn"] for number in range(120)}
    first = own.list_topics()
    assert len(first["Topics"]) == 100
    second = own.list_topics(NextToken=first["NextToken"])
    assert "NextToken" not in second
    assert {each["TopicArn"] for each in first["Topics"] + second["Topics"]} == made
    elsewhere = connect(endpoint, "sns", account="333333333333", region="eu-west-1")
    assert elsewhere.list_topics()["Topics"] == []
    with refused_parameter():
        own.list_topics(NextToken="???")
    for arn in made:
        own.delete_topic(TopicArn=arn)
    assert own.list_topics()["Topics"] == []


def test_permissions(sns, topic):
    sns.add_permission(TopicArn=topic, Label="friends", AWSAccountId=[FRIEND], ActionName=["Publish", "Subscribe"])
    statements = json.loads(attributes_of(sns, topic)["Policy"])["Statement"]
    assert statements[-1] == {
        "Sid": "friends",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{FRIEND}:root"},
        "Action": ["SNS:Publish", "SNS:Subscribe"],
        "Resource": topic,
    }
    with refused_parameter() as caught:
        sns.add_permission(TopicArn=topic, Label="friends", AWSAccountId=[FRIEND], ActionName=["Publish"])
    assert "Statement already exists" in str(caught.value)
    with refused_parameter():
        sns.add_permission(TopicArn=topic, Label="other", AWSAccountId=[FRIEND], ActionName=["Dance"])
    sns.remove_permission(TopicArn=topic, Label="friends")
    assert len(json.loads(attributes_of(sns, topic)["Policy"])["Statement"]) == 1


def test_tags(sns, make_topic):
    arn = make_topic(tags=[{"Key": "team", "Value": "a"}])
    sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}, {"Key": "team", "Value": "b"}])
    tags = sns.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert {each["Key"]: each["Value"] for each in tags} == {"team": "b", "stage": "test"}
    sns.untag_resource(ResourceArn=arn, TagKeys=["team", "never"])
    assert sns.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]
    with refused_parameter():
        sns.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])
    with refused("TagLimitExceeded"):
        sns.tag_resource(ResourceArn=arn, Tags=[{"Key": str(number), "Value": ""} for number in range(50)])
    with refused("ResourceNotFound", status=404):
        sns.list_tags_for_resource(ResourceArn=f"{arn}-not")
