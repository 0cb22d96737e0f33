"""What survives `kill -9`, how the server ends, and who may use a data directory."""

import json
import subprocess

import pytest

from conftest import connect
from expectations import arn_of, bodies, counts, receive, receive_until, refused
from ninefold_server import Server, binary_from_environment


@pytest.fixture
def server(tmp_path):
    server = Server(binary_from_environment(), tmp_path / "data").start()
    yield server
    server.kill()


def restart(server):
    server.kill()
    server.start()
    return connect(server.endpoint)


def url_of(client, name):
    return client.get_queue_url(QueueName=name)["QueueUrl"]


def send_numbers(client, url, count, **more):
    for start in range(0, count, 10):
        entries = [{"Id": str(n), "MessageBody": str(n), **more} for n in range(start, start + 10)]
        assert len(client.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 10


def test_queues_survive_with_their_attributes_tags_and_policies(server):
    client = connect(server.endpoint)
    dead = client.create_queue(QueueName="dead")["QueueUrl"]
    redrive = json.dumps({"deadLetterTargetArn": arn_of(client, dead), "maxReceiveCount": 3})
    url = client.create_queue(
        QueueName="kept", Attributes={"DelaySeconds": "0", "RedrivePolicy": redrive}, tags={"team": "orders"}
    )["QueueUrl"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    client.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    client.create_queue(QueueName="other.fifo", Attributes={"FifoQueue": "true"})

    def configuration(client):
        kept = url_of(client, "kept")
        found = client.get_queue_attributes(QueueUrl=kept, AttributeNames=["All"])["Attributes"]
        return found, client.list_queue_tags(QueueUrl=kept)["Tags"]

    before = configuration(client)
    client = restart(server)
    assert configuration(client) == before
    assert before[0]["VisibilityTimeout"] == "77"
    names = sorted(url.rsplit("/", 1)[1] for url in client.list_queues()["QueueUrls"])
    assert names == ["dead", "kept", "other.fifo"]
    [source] = client.list_dead_letter_source_queues(QueueUrl=url_of(client, "dead"))["queueUrls"]
    assert source == url_of(client, "kept")


def test_acknowledged_messages_survive_and_deleted_ones_stay_away(server):
    client = connect(server.endpoint)
    url = client.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    send_numbers(client, url, 100)
    deleted = set()
    while len(deleted) < 30:
        for message in receive(client, url, VisibilityTimeout=30):
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            deleted.add(message["Body"])
    for _ in range(3):
        client = restart(server)
        url = url_of(client, "q")
        assert counts(client, url) == (100 - len(deleted), 0, 0)
    found = receive_until(client, url, 100 - len(deleted), seconds=30, VisibilityTimeout=60)
    assert set(bodies(found)) == {str(n) for n in range(100)} - deleted


def test_message_contents_survive(server):
    client = connect(server.endpoint)
    url = client.create_queue(QueueName="q")["QueueUrl"]
    attributes = {"octets": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    sent = client.send_message(QueueUrl=url, MessageBody="Grüße", MessageAttributes=attributes)
    client = restart(server)
    [message] = receive(client, url_of(client, "q"), MessageAttributeNames=["All"])
    assert message["MessageId"] == sent["MessageId"]
    assert message["Body"] == "Grüße"
    assert message["MessageAttributes"] == attributes


def test_delayed_messages_survive_and_stay_delayed(server):
    client = connect(server.endpoint)
    url = client.create_queue(QueueName="q")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=600)
    client = restart(server)
    url = url_of(client, "q")
    assert counts(client, url) == (0, 0, 1)
    assert receive(client, url) == []


def test_fifo_order_and_deduplication_survive(server):
    client = connect(server.endpoint)
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true", "VisibilityTimeout": "1"}
    url = client.create_queue(QueueName="q.fifo", Attributes=attributes)["QueueUrl"]
    send_numbers(client, url, 30, MessageGroupId="g")
    messages = receive(client, url)
    assert bodies(messages) == [str(n) for n in range(10)]
    for message in messages[:5]:
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    client = restart(server)
    url = url_of(client, "q.fifo")
    send_numbers(client, url, 30, MessageGroupId="g")  # all of them duplicates
    client.send_message(QueueUrl=url, MessageBody="new", MessageGroupId="g")
    found = []
    while len(found) < 26:
        messages = receive(client, url, WaitTimeSeconds=5)
        assert messages, found
        found += bodies(messages)
        for message in messages:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert found == [str(n) for n in range(5, 30)] + ["new"]


def test_a_purge_and_a_deletion_survive(server):
    client = connect(server.endpoint)
    purged = client.create_queue(QueueName="purged")["QueueUrl"]
    deleted = client.create_queue(QueueName="deleted")["QueueUrl"]
    send_numbers(client, purged, 20)
    send_numbers(client, deleted, 20)
    client.purge_queue(QueueUrl=purged)
    client.delete_queue(QueueUrl=deleted)
    client = restart(server)
    purged = url_of(client, "purged")
    assert counts(client, purged) == (0, 0, 0)
    assert receive(client, purged) == []
    with refused("AWS.SimpleQueueService.NonExistentQueue"):
        url_of(client, "deleted")


def test_a_receipt_handle_outlives_the_process(server):
    client = connect(server.endpoint)
    url = client.create_queue(QueueName="q")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="x")
    [message] = receive(client, url, VisibilityTimeout=300)
    client = restart(server)
    url = url_of(client, "q")
    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert receive(client, url) == []
    assert counts(client, url) == (0, 0, 0)


def test_a_clean_end_keeps_everything_too(tmp_path):
    binary = binary_from_environment()
    with Server(binary, tmp_path / "data") as server:
        client = connect(server.endpoint)
        send_numbers(client, client.create_queue(QueueName="q")["QueueUrl"], 50)
    with Server(binary, tmp_path / "data") as server:
        client = connect(server.endpoint)
        assert len(receive_until(client, url_of(client, "q"), 50)) == 50


def test_a_data_directory_has_one_server(server):
    second = subprocess.run(
        [server.binary, "serve", "--data", server.data, "--port", "0"], capture_output=True, text=True, timeout=30
    )
    assert second.returncode != 0
    assert str(server.pid) in second.stderr + second.stdout
    assert connect(server.endpoint).list_queues().get("QueueUrls", []) == []
