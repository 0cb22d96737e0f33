"""Queues: creating, finding, listing, deleting, tagging; accounts, regions and URLs."""

import re

import pytest
from botocore.exceptions import ClientError

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from expectations import arn_of, bodies, receive, refused, refused_parameter

NO_SUCH_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", 400)


def test_a_queue_url_is_the_clients_host_then_account_and_name(sqs, endpoint, make_queue):
    name = unique_name()
    assert make_queue(name) == f"{endpoint}/{OWN_ACCOUNT}/{name}"


def test_a_queue_url_repeats_the_host_that_the_client_used(endpoint, make_queue):
    name = unique_name()
    make_queue(name)
    by_name = endpoint.replace("127.0.0.1", "localhost")
    assert connect(by_name).get_queue_url(QueueName=name)["QueueUrl"] == f"{by_name}/{OWN_ACCOUNT}/{name}"


def test_a_queue_url_of_another_host_is_understood(sqs, queue):
    path = queue.split("/", 3)[3]
    for host in ["https://queue.amazonaws.com", "https://sqs.us-east-1.amazonaws.com", "http://localhost:1"]:
        sqs.send_message(QueueUrl=f"{host}/{path}", MessageBody=host)
    assert len(receive(sqs, queue)) == 3


def test_creating_again_with_the_same_attributes_returns_the_same_url(sqs, make_queue):
    name = unique_name()
    url = make_queue(name, VisibilityTimeout="5", DelaySeconds="1")
    again = {"VisibilityTimeout": "5", "DelaySeconds": "1"}
    assert sqs.create_queue(QueueName=name, Attributes=again)["QueueUrl"] == url
    assert sqs.create_queue(QueueName=name, Attributes={"DelaySeconds": "1"})["QueueUrl"] == url
    assert sqs.create_queue(QueueName=name)["QueueUrl"] == url


def test_creating_again_with_other_attributes_is_refused(sqs, make_queue):
    name = unique_name()
    make_queue(name, DelaySeconds="1")
    with refused("QueueAlreadyExists", "QueueNameExists", 400) as caught:
        sqs.create_queue(QueueName=name, Attributes={"DelaySeconds": "2"})
    assert isinstance(caught.value, sqs.exceptions.QueueNameExists)
    assert "DelaySeconds" in str(caught.value)


def test_creating_again_compares_with_the_attributes_of_now(sqs, make_queue):
    name = unique_name()
    url = make_queue(name, DelaySeconds="1")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "2"})
    assert sqs.create_queue(QueueName=name, Attributes={"DelaySeconds": "2"})["QueueUrl"] == url
    with refused("QueueAlreadyExists", "QueueNameExists"):
        sqs.create_queue(QueueName=name, Attributes={"DelaySeconds": "1"})


@pytest.mark.parametrize("name", ["a" * 81, "white space", "dots.in.it", "ünïcode", "sl/ash", "plain.fifo"])
def test_bad_names_are_refused(sqs, name):
    with refused("InvalidParameterValue"):
        sqs.create_queue(QueueName=name)


def test_a_fifo_queue_needs_a_fifo_name(sqs):
    with refused("InvalidParameterValue"):
        sqs.create_queue(QueueName=unique_name(), Attributes={"FifoQueue": "true"})


@pytest.mark.parametrize("name", ["a", "A_b-9" * 16])
def test_names_up_to_80_characters_work(make_queue, name):
    assert make_queue(name).endswith("/" + name)


def test_a_fifo_name_of_80_characters_works(make_queue):
    name = "f" * 75 + ".fifo"
    assert make_queue(name, FifoQueue="true").endswith("/" + name)


def test_get_queue_url(sqs, make_queue):
    name = unique_name()
    url = make_queue(name)
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url
    assert sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=OWN_ACCOUNT)["QueueUrl"] == url


def test_get_queue_url_of_no_queue(sqs):
    with refused(*NO_SUCH_QUEUE) as caught:
        sqs.get_queue_url(QueueName="no-such-queue")
    assert isinstance(caught.value, sqs.exceptions.QueueDoesNotExist)
    assert caught.value.response["Error"]["Type"] == "Sender"


@pytest.mark.parametrize(
    "operation, arguments",
    [
        ("send_message", {"MessageBody": "x"}),
        ("send_message_batch", {"Entries": [{"Id": "a", "MessageBody": "x"}]}),
        ("receive_message", {}),
        ("delete_message", {"ReceiptHandle": "x"}),
        ("delete_message_batch", {"Entries": [{"Id": "a", "ReceiptHandle": "x"}]}),
        ("change_message_visibility", {"ReceiptHandle": "x", "VisibilityTimeout": 1}),
        ("change_message_visibility_batch", {"Entries": [{"Id": "a", "ReceiptHandle": "x", "VisibilityTimeout": 1}]}),
        ("get_queue_attributes", {"AttributeNames": ["All"]}),
        ("set_queue_attributes", {"Attributes": {"DelaySeconds": "1"}}),
        ("purge_queue", {}),
        ("delete_queue", {}),
        ("tag_queue", {"Tags": {"a": "b"}}),
        ("untag_queue", {"TagKeys": ["a"]}),
        ("list_queue_tags", {}),
        ("list_dead_letter_source_queues", {}),
        ("add_permission", {"Label": "l", "AWSAccountIds": ["111111111111"], "Actions": ["SendMessage"]}),
        ("remove_permission", {"Label": "l"}),
    ],
)
def test_operations_on_no_queue(sqs, endpoint, operation, arguments):
    with refused(*NO_SUCH_QUEUE) as caught:
        getattr(sqs, operation)(QueueUrl=f"{endpoint}/{OWN_ACCOUNT}/no-such-queue", **arguments)
    assert isinstance(caught.value, sqs.exceptions.QueueDoesNotExist)


def test_a_deleted_queue_is_gone_and_its_name_free_only_after_a_minute(sqs, make_queue):
    name = unique_name()
    url = make_queue(name)
    sqs.send_message(QueueUrl=url, MessageBody="lost")
    sqs.delete_queue(QueueUrl=url)
    with refused(*NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName=name)
    with refused(*NO_SUCH_QUEUE):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    with refused("AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently", 400) as caught:
        sqs.create_queue(QueueName=name)
    assert isinstance(caught.value, sqs.exceptions.QueueDeletedRecently)


def test_list_queues_by_prefix(endpoint, sqs, make_queue):
    prefix = unique_name("listed")
    urls = sorted(make_queue(f"{prefix}-{number}") for number in range(3))
    make_queue(unique_name("other"))
    listed = sqs.list_queues(QueueNamePrefix=prefix)
    assert sorted(listed["QueueUrls"]) == urls
    assert "NextToken" not in listed
    assert set(urls) < set(sqs.list_queues()["QueueUrls"])


def test_list_queues_in_pages(sqs, make_queue):
    prefix = unique_name("paged")
    urls = sorted(make_queue(f"{prefix}-{number}") for number in range(5))
    pages = list(
        sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix, PaginationConfig={"PageSize": 2})
    )
    assert [len(page["QueueUrls"]) for page in pages] == [2, 2, 1]
    assert sorted(url for page in pages for url in page["QueueUrls"]) == urls


def test_list_queues_of_nothing(sqs):
    assert sqs.list_queues(QueueNamePrefix="no-such-prefix").get("QueueUrls", []) == []


@pytest.mark.parametrize("size", [-1, 0, 1001])
def test_list_queues_page_sizes(sqs, size):
    with refused_parameter():
        sqs.list_queues(MaxResults=size)


def test_tags(sqs, make_queue):
    url = make_queue(tags={"team": "orders"})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "orders"}
    sqs.tag_queue(QueueUrl=url, Tags={"team": "billing", "stage": "test", "empty": ""})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "billing", "stage": "test", "empty": ""}
    sqs.untag_queue(QueueUrl=url, TagKeys=["team", "empty", "never-there"])
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"stage": "test"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["stage"])
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=url)


def test_a_queue_has_at_most_50_tags(sqs, queue):
    sqs.tag_queue(QueueUrl=queue, Tags={f"key-{number}": "value" for number in range(50)})
    with refused_parameter():
        sqs.tag_queue(QueueUrl=queue, Tags={"one-more": "value"})
    assert len(sqs.list_queue_tags(QueueUrl=queue)["Tags"]) == 50


def test_purge_empties_a_queue_at_most_once_a_minute(sqs, queue):
    for number in range(12):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))
    receive(sqs, queue, 1)
    sqs.purge_queue(QueueUrl=queue)
    assert receive(sqs, queue) == []
    with refused("AWS.SimpleQueueService.PurgeQueueInProgress", "PurgeQueueInProgress", 403) as caught:
        sqs.purge_queue(QueueUrl=queue)
    assert isinstance(caught.value, sqs.exceptions.PurgeQueueInProgress)
    sqs.send_message(QueueUrl=queue, MessageBody="after the purge")
    assert bodies(receive(sqs, queue)) == ["after the purge"]


def test_accounts_are_apart(endpoint, sqs, make_queue):
    name = unique_name()
    url = make_queue(name)
    other = connect(endpoint, account="111111111111")
    with refused(*NO_SUCH_QUEUE):
        other.get_queue_url(QueueName=name)
    other_url = other.create_queue(QueueName=name)["QueueUrl"]
    assert other_url == f"{endpoint}/111111111111/{name}"
    assert arn_of(other, other_url) == f"arn:aws:sqs:{REGION}:111111111111:{name}"
    other.send_message(QueueUrl=other_url, MessageBody="theirs")
    assert receive(sqs, url) == []
    assert url not in other.list_queues()["QueueUrls"]
    other.delete_queue(QueueUrl=other_url)
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url


def test_get_queue_url_across_accounts(endpoint, make_queue):
    name = unique_name()
    url = make_queue(name)
    other = connect(endpoint, account="111111111111")
    assert other.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=OWN_ACCOUNT)["QueueUrl"] == url


def test_regions_are_apart(endpoint, sqs, make_queue):
    name = unique_name()
    url = make_queue(name)
    elsewhere = connect(endpoint, region="eu-west-1")
    with refused(*NO_SUCH_QUEUE):
        elsewhere.get_queue_url(QueueName=name)
    far_url = elsewhere.create_queue(QueueName=name)["QueueUrl"]
    assert arn_of(elsewhere, far_url) == f"arn:aws:sqs:eu-west-1:{OWN_ACCOUNT}:{name}"
    assert arn_of(sqs, url) == f"arn:aws:sqs:{REGION}:{OWN_ACCOUNT}:{name}"
    elsewhere.send_message(QueueUrl=far_url, MessageBody="far away")
    assert receive(sqs, url) == []
    assert bodies(receive(elsewhere, far_url)) == ["far away"]
    elsewhere.delete_queue(QueueUrl=far_url)


def test_any_credentials_are_accepted_in_open_mode(endpoint):
    client = connect(endpoint, account="AKIAIOSFODNN7EXAMPLE", secret="whatever")
    url = client.create_queue(QueueName=unique_name())["QueueUrl"]
    assert re.fullmatch(re.escape(endpoint) + r"/\d{12}/[\w-]+", url)
    client.delete_queue(QueueUrl=url)


def test_get_caller_identity(endpoint):
    identity = connect(endpoint, "sts", account="222222222222").get_caller_identity()
    assert identity["Account"] == "222222222222"
    assert identity["Arn"].startswith("arn:aws:") and "222222222222" in identity["Arn"]
    assert identity["UserId"]


def test_an_operation_that_sts_does_not_have_here_is_refused(endpoint):
    with pytest.raises(ClientError) as caught:
        connect(endpoint, "sts").get_session_token()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 404, 501)
