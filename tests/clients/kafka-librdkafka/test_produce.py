"""What producers send is what consumers get."""

import pytest
from confluent_kafka import KafkaException, TIMESTAMP_CREATE_TIME, TIMESTAMP_LOG_APPEND_TIME, Producer

from conftest import WAIT_SECONDS, produce, producer, read, settings, unique_name, values


@pytest.mark.parametrize("idempotent", [False, True], ids=["plain", "idempotent"])
@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_batches_come_back_as_they_were_sent(topic, compression, idempotent):
    sent = [f"message {number} ".encode() * 20 for number in range(1000)]
    client = producer(compression_type=compression, enable_idempotence=idempotent)
    places = produce(client, topic, sent)
    assert places == [(0, offset) for offset in range(len(sent))]
    assert values(read(topic, len(sent))) == sent


def test_keys_headers_and_times(topic):
    headers = [("trace", b"1"), ("trace", b"2"), ("none", None), ("empty", b"")]
    client = producer()
    client.produce(topic, b"value", b"key", headers=headers, timestamp=1_790_000_000_123)
    client.produce(topic, None, b"tombstone")
    client.produce(topic, b"", None)
    assert client.flush(WAIT_SECONDS) == 0
    first, second, third = read(topic, 3)
    assert (first.key(), first.value(), first.headers()) == (b"key", b"value", headers)
    assert first.timestamp() == (TIMESTAMP_CREATE_TIME, 1_790_000_000_123)
    assert (second.key(), second.value()) == (b"tombstone", None)
    assert (third.key(), third.value()) == (None, b"")


def test_the_time_of_the_log(make_topic):
    topic = make_topic(config={"message.timestamp.type": "LogAppendTime"})
    client = producer()
    client.produce(topic, b"value", timestamp=1_000)
    assert client.flush(WAIT_SECONDS) == 0
    kind, milliseconds = read(topic, 1)[0].timestamp()
    assert kind == TIMESTAMP_LOG_APPEND_TIME
    assert milliseconds > 1_700_000_000_000


@pytest.mark.parametrize("acks", ["0", "1", "all"])
def test_acknowledgements(topic, acks):
    produce(producer(acks=acks), topic, [b"1", b"2"])
    assert values(read(topic, 2)) == [b"1", b"2"]


def test_keys_go_to_the_partition_that_they_always_go_to(make_topic):
    topic = make_topic(partitions=4)
    client = producer()
    places = {}
    for _ in range(3):
        for key in (b"a", b"b", b"c", b"d", b"e"):
            [(partition, _)] = produce(client, topic, [b"value"], key=key)
            assert places.setdefault(key, partition) == partition
    assert len(set(places.values())) > 1


def test_what_is_too_large_is_refused(make_topic):
    topic = make_topic(config={"max.message.bytes": "2000"})
    failures = []
    client = Producer(settings(message_max_bytes=1_000_000))
    client.produce(topic, b"x" * 5000, on_delivery=lambda error, _: failures.append(error.name()))
    assert client.flush(WAIT_SECONDS) == 0
    assert failures == ["MSG_SIZE_TOO_LARGE"]
    produce(client, topic, [b"small"])
    assert values(read(topic, 1)) == [b"small"]


def test_a_topic_is_created_for_its_first_record():
    topic = unique_name("unmade")
    produce(producer(), topic, [b"first"])
    assert values(read(topic, 1)) == [b"first"]


def test_a_partition_that_is_not_there(topic):
    client = producer(message_timeout_ms=3000)
    failures = []
    try:
        client.produce(topic, b"value", partition=7, on_delivery=lambda error, _: failures.append(error.name()))
        assert client.flush(WAIT_SECONDS) == 0
    except KafkaException as error:
        failures.append(error.args[0].name())
    assert failures == ["_UNKNOWN_PARTITION"]
