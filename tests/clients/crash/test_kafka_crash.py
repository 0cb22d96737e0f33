"""Kills the server time and again while Kafka's clients produce and consume on one data directory.

The clients live on and go on by themselves, as they do when a broker fails. What must hold, whenever the process dies:
- no acknowledged record is lost, none of an idempotent producer is there twice, and they are in the order in which they were
  sent, at offsets without a gap;
- a transaction is there as a whole in all its partitions, or not at all, and as it was acknowledged;
- what a group was told is committed stays committed;
- a share group gets every record, and none again whose acceptance was acknowledged;
- the server is ready again within a bound.
"""

import socket
import time

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from kafka_load import TRANSACTION, Broker, Group, Numbers, ShareGroup, Transactions, everything
from ninefold_server import Server, binary_from_environment
from workers import Workers

ROUNDS = 20
LOAD_SECONDS = (0.3, 2.0)
RESTART_SECONDS = 10
CATCH_UP_SECONDS = 60
PARTITIONS = 3
CALL_SECONDS = 30
# Records that were out when the server died come again after this long: the shortest that Kafka allows.
SHARE_LOCK_MILLISECONDS = 15_000


@pytest.fixture
def server(tmp_path):
    """A server that Kafka's clients find at the same address after each restart."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = "127.0.0.1:{}".format(free.getsockname()[1])
    server = Server(binary_from_environment(), tmp_path / "data", "--kafka-listen", address).start()
    try:
        yield server
    finally:
        if server.running():
            server.kill()


def set_share_group(admin, name):
    """From the first record on, and with locks that are short."""
    settings = {
        "share.auto.offset.reset": "earliest",
        "share.record.lock.duration.ms": str(SHARE_LOCK_MILLISECONDS),
    }
    entries = [
        ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET) for setting, value in settings.items()
    ]
    group = ConfigResource(ResourceType.GROUP, name, incremental_configs=entries)
    admin.incremental_alter_configs([group])[group].result(CALL_SECONDS)


def check_group(broker, name, acknowledged):
    """What was acknowledged as committed has to be what the broker has, or older."""
    admin = AdminClient(broker.settings())
    asked = [ConsumerGroupTopicPartitions(name)]
    answer = admin.list_consumer_group_offsets(asked)[name].result(CALL_SECONDS)
    found = {place.partition: place.offset for place in answer.topic_partitions}
    behind = {partition: offset for partition, offset in acknowledged.items() if found.get(partition, -1) < offset}
    assert not behind, f"acknowledged {behind}, found {found}"


def check_numbers(broker, numbers):
    for partition, producer in enumerate(numbers):
        found = everything(broker, "numbers", partition)
        assert found == [(number, number) for number in range(producer.sent)]


def check_transactions(broker, transactions):
    partitions = [everything(broker, "transactions", partition) for partition in (0, 1)]
    groups = []
    for records in partitions:
        offsets, values = [offset for offset, _ in records], [value for _, value in records]
        assert offsets == sorted(set(offsets))
        found = values[::TRANSACTION]
        assert values == [value for value in found for _ in range(TRANSACTION)]
        assert found == sorted(set(found))
        groups.append(found)
    assert groups[0] == groups[1]
    assert transactions.committed <= set(groups[0])
    assert set(groups[0]) <= transactions.committed | transactions.doubtful


def test_what_was_acknowledged_is_there_however_the_server_dies(server, chance):
    broker = Broker(server.kafka)
    admin = AdminClient(broker.settings())
    topics = [NewTopic("numbers", PARTITIONS, 1), NewTopic("transactions", 2, 1)]
    for created in admin.create_topics(topics).values():
        created.result(CALL_SECONDS)
    numbers = [Numbers(broker, "numbers", partition) for partition in range(PARTITIONS)]
    transactions = Transactions(broker, "transactions")
    group = Group(broker, "crash", "numbers")
    set_share_group(admin, "share")
    shared = ShareGroup(broker, "share", "numbers")
    producing = Workers(*(each.produce for each in [*numbers, transactions])).start()
    consuming = Workers(group.consume, shared.consume, shared.consume).start()
    slowest = 0.0
    try:
        for number in range(ROUNDS):
            # One round in five is killed while it still recovers from the kill before.
            producing.stop.wait(0 if number % 5 == 4 else chance.uniform(*LOAD_SECONDS))
            server.kill()
            acknowledged = group.committed()
            server.start()
            slowest = max(slowest, server.start_seconds)
            assert server.start_seconds < RESTART_SECONDS
            assert not producing.failures and not consuming.failures
            check_group(broker, "crash", acknowledged)
            total = sum(each.acknowledged for each in numbers)
            done = f"{len(transactions.committed)} transactions, {group.read} read, {len(shared.accepted)} shared"
            print(f"round {number + 1}: {total} records, {done}")
    finally:
        producing.stop.set()
        try:
            producing.join()
            sent = sum(each.sent for each in numbers)
            deadline = time.monotonic() + CATCH_UP_SECONDS
            while sum(group.committed().values()) < sent or len(shared.delivered) < sent:
                assert not consuming.failures, consuming.failures[0]
                assert time.monotonic() < deadline, "the groups did not get everything"
                time.sleep(0.05)
        finally:
            consuming.join()
    check_group(broker, "crash", {partition: each.sent for partition, each in enumerate(numbers)})
    check_numbers(broker, numbers)
    check_transactions(broker, transactions)
    server.stop()
    print(f"slowest restart {slowest:.2f} s; {len(transactions.doubtful)} transactions in doubt")
    # A run that hardly did anything would prove nothing.
    assert sum(each.sent for each in numbers) > ROUNDS * 100
    assert len(transactions.committed) > ROUNDS
    assert len(shared.accepted) > ROUNDS * 50
