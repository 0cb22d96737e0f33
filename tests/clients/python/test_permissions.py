"""AddPermission and RemovePermission, which write the queue's policy."""

import json

import pytest

from expectations import arn_of, attribute, refused, refused_parameter

FRIEND, OTHER = "111111111111", "222222222222"


def statements(sqs, url):
    document = attribute(sqs, url, "Policy")
    return json.loads(document)["Statement"] if document else []


def add(sqs, url, label, accounts=(FRIEND,), actions=("ReceiveMessage",)):
    sqs.add_permission(QueueUrl=url, Label=label, AWSAccountIds=list(accounts), Actions=list(actions))


def test_one_account_and_one_action(sqs, queue):
    add(sqs, queue, "label-1")
    arn = arn_of(sqs, queue)
    assert json.loads(attribute(sqs, queue, "Policy")) == {
        "Version": "2008-10-17",
        "Id": f"{arn}/SQSDefaultPolicy",
        "Statement": [
            {
                "Sid": "label-1",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{FRIEND}:root"},
                "Action": "SQS:ReceiveMessage",
                "Resource": arn,
            }
        ],
    }


def test_several_accounts_and_actions(sqs, queue):
    add(sqs, queue, "several", [FRIEND, OTHER], ["SendMessage", "GetQueueUrl"])
    [statement] = statements(sqs, queue)
    assert sorted(statement["Principal"]["AWS"]) == [f"arn:aws:iam::{FRIEND}:root", f"arn:aws:iam::{OTHER}:root"]
    assert sorted(statement["Action"]) == ["SQS:GetQueueUrl", "SQS:SendMessage"]


def test_permissions_are_added_and_removed_by_label(sqs, queue):
    add(sqs, queue, "first")
    add(sqs, queue, "second", [OTHER], ["*"])
    assert [each["Sid"] for each in statements(sqs, queue)] == ["first", "second"]
    assert statements(sqs, queue)[1]["Action"] == "SQS:*"
    sqs.remove_permission(QueueUrl=queue, Label="first")
    assert [each["Sid"] for each in statements(sqs, queue)] == ["second"]
    sqs.remove_permission(QueueUrl=queue, Label="second")
    assert attribute(sqs, queue, "Policy") is None


def test_a_label_is_used_once(sqs, queue):
    add(sqs, queue, "taken")
    with refused_parameter() as caught:
        add(sqs, queue, "taken", [OTHER])
    assert "Value taken for parameter Label is invalid. Reason: Already exists." in str(caught.value)


def test_a_label_that_is_not_there(sqs, queue):
    with refused_parameter() as caught:
        sqs.remove_permission(QueueUrl=queue, Label="missing")
    assert "Value missing for parameter Label is invalid. Reason: can't find label." in str(caught.value)


def test_at_most_seven_actions(sqs, queue):
    actions = [
        "SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility",
        "GetQueueAttributes", "GetQueueUrl", "ListDeadLetterSourceQueues", "PurgeQueue",
    ]
    with refused("OverLimit", "OverLimit") as caught:
        add(sqs, queue, "too-many", actions=actions)
    assert isinstance(caught.value, sqs.exceptions.OverLimit)
    add(sqs, queue, "enough", actions=actions[:7])
    assert len(statements(sqs, queue)[0]["Action"]) == 7


@pytest.mark.parametrize("action", ["NoSuchAction", "CreateQueue", "SetQueueAttributes"])
def test_actions_that_are_not_shared(sqs, queue, action):
    with refused_parameter():
        add(sqs, queue, "label", actions=[action])


@pytest.mark.parametrize("account", ["12345", "not-an-account"])
def test_principals_that_are_not_accounts(sqs, queue, account):
    with refused_parameter():
        add(sqs, queue, "label", [account])
