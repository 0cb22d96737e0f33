"""Transactions: records and offsets that come all together or not at all."""

import pytest
from confluent_kafka import Consumer, KafkaException, TopicPartition

from conftest import WAIT_SECONDS, poll_until, produce, producer, read, settings, unique_name, values


def transactional(name=None, **more):
    client = producer(transactional_id=name or unique_name("transactional"), **more)
    client.init_transactions(WAIT_SECONDS)
    return client


def test_what_is_committed_is_read(make_topic):
    topics = [make_topic(partitions=2), make_topic()]
    client = transactional()
    for number in range(3):
        client.begin_transaction()
        for topic in topics:
            client.produce(topic, f"committed {number}", partition=0)
        client.commit_transaction(WAIT_SECONDS)
    for topic in topics:
        assert values(read(topic, 3)) == [b"committed 0", b"committed 1", b"committed 2"]


def test_what_is_aborted_is_not(topic):
    client = transactional()
    for outcome in ("aborted", "committed", "aborted", "committed"):
        client.begin_transaction()
        produce(client, topic, [outcome.encode()] * 10)
        (client.commit_transaction if outcome == "committed" else client.abort_transaction)(WAIT_SECONDS)
    assert values(read(topic, 20)) == [b"committed"] * 20
    everything = values(read(topic, 40, isolation_level="read_uncommitted"))
    assert (everything.count(b"aborted"), everything.count(b"committed")) == (20, 20)


def test_what_is_open_is_waited_for(topic):
    client = transactional()
    client.begin_transaction()
    produce(client, topic, [b"open"])
    produce(producer(), topic, [b"after"])
    consumer = Consumer(settings(group_id="none", enable_auto_commit=False))
    consumer.assign([TopicPartition(topic, 0, 0)])
    assert consumer.poll(1) is None
    client.commit_transaction(WAIT_SECONDS)
    assert values(poll_until([consumer], lambda messages: len(messages) >= 2)) == [b"open", b"after"]
    consumer.close()


def test_a_newer_producer_fences_the_older_and_ends_its_transaction(topic):
    name = unique_name("transactional")
    older = transactional(name)
    older.begin_transaction()
    produce(older, topic, [b"lost"])
    newer = transactional(name)
    newer.begin_transaction()
    produce(newer, topic, [b"kept"])
    newer.commit_transaction(WAIT_SECONDS)
    with pytest.raises(KafkaException) as caught:
        older.commit_transaction(WAIT_SECONDS)
    assert caught.value.args[0].fatal()
    assert caught.value.args[0].name() in ("_FENCED", "PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH")
    assert values(read(topic, 1)) == [b"kept"]


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_offsets_are_committed_with_the_records(make_topic, make_consumer, protocol):
    source, sink, group = make_topic(), make_topic(), unique_name("group")
    produce(producer(), source, [b"1", b"2", b"3", b"4"])
    client = transactional()
    consumer = make_consumer(group, [source], enable_auto_commit=False, group_protocol=protocol)
    messages = poll_until([consumer], lambda messages: len(messages) >= 4)

    def copy(message, end):
        client.begin_transaction()
        client.produce(sink, message.value())
        place = TopicPartition(source, 0, message.offset() + 1)
        client.send_offsets_to_transaction([place], consumer.consumer_group_metadata(), WAIT_SECONDS)
        end(WAIT_SECONDS)

    copy(messages[0], client.commit_transaction)
    copy(messages[1], client.commit_transaction)
    copy(messages[2], client.abort_transaction)
    [committed] = consumer.committed([TopicPartition(source, 0)], timeout=WAIT_SECONDS)
    assert committed.offset == 2
    assert values(read(sink, 2)) == [b"1", b"2"]


def test_a_transaction_that_takes_too_long_is_aborted(topic):
    client = transactional(transaction_timeout_ms=1000)
    client.begin_transaction()
    produce(client, topic, [b"forgotten"])
    produce(producer(), topic, [b"after"])
    assert values(read(topic, 1)) == [b"after"]
    with pytest.raises(KafkaException):
        client.commit_transaction(WAIT_SECONDS)
