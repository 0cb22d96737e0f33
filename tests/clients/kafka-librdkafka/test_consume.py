"""Where consumers start, and what they are told of a partition."""

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, TopicPartition

from conftest import WAIT_SECONDS, poll_until, produce, producer, read, settings, values


def consumer_of(*places, **more):
    consumer = Consumer(settings(group_id="none", enable_auto_commit=False, **more))
    consumer.assign([TopicPartition(*place) for place in places])
    return consumer


def test_from_an_offset_in_the_middle_of_a_batch(topic):
    produce(producer(linger_ms=200), topic, [str(number).encode() for number in range(100)])
    assert values(read(topic, 3, offset=57))[:3] == [b"57", b"58", b"59"]


def test_watermarks_and_positions(topic):
    produce(producer(), topic, [b"1", b"2", b"3"])
    consumer = consumer_of((topic, 0, OFFSET_BEGINNING))
    assert consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=WAIT_SECONDS) == (0, 3)
    poll_until([consumer], lambda messages: len(messages) == 2)
    assert consumer.position([TopicPartition(topic, 0)])[0].offset == 2
    consumer.seek(TopicPartition(topic, 0, 1))
    assert values(poll_until([consumer], lambda messages: len(messages) == 2)) == [b"2", b"3"]
    consumer.close()


def test_from_the_end(topic):
    produce(producer(), topic, [b"old"])
    consumer = consumer_of((topic, 0, OFFSET_END), enable_partition_eof=True)
    event = None
    while event is None:
        event = consumer.poll(WAIT_SECONDS)
    assert event.error().name() == "_PARTITION_EOF"
    produce(producer(), topic, [b"new"])
    found = consumer.poll(WAIT_SECONDS)
    assert (found.value(), found.offset()) == (b"new", 1)
    consumer.close()


def test_offsets_for_times(topic):
    client = producer()
    for number in range(10):
        client.produce(topic, str(number), timestamp=1_790_000_000_000 + number * 1000)
        assert client.flush(WAIT_SECONDS) == 0
    consumer = consumer_of((topic, 0))

    def offset_at(milliseconds):
        asked = [TopicPartition(topic, 0, milliseconds)]
        return consumer.offsets_for_times(asked, timeout=WAIT_SECONDS)[0].offset

    assert offset_at(1_790_000_000_000) == 0
    assert offset_at(1_790_000_004_500) == 5
    assert offset_at(1_790_000_009_000) == 9
    assert offset_at(1_790_000_009_001) == OFFSET_END
    consumer.close()


def test_an_offset_that_is_out_of_range(topic):
    produce(producer(), topic, [b"1", b"2"])
    assert values(read(topic, 2, offset=1000, auto_offset_reset="earliest")) == [b"1", b"2"]


def test_many_partitions_at_once(make_topic):
    topic = make_topic(partitions=50)
    client = producer()
    for partition in range(50):
        for number in range(5):
            client.produce(topic, f"{partition}-{number}", partition=partition)
    assert client.flush(WAIT_SECONDS) == 0
    consumer = consumer_of(*((topic, partition, 0) for partition in range(50)))
    found = poll_until([consumer], lambda messages: len(messages) >= 250)
    for partition in range(50):
        own = [message.value().decode() for message in found if message.partition() == partition]
        assert own == [f"{partition}-{number}" for number in range(5)]
    consumer.close()


def test_what_is_fetched_is_limited_to_what_was_asked_for(topic):
    produce(producer(), topic, [bytes(50_000)] * 20)
    found = read(topic, 20, fetch_message_max_bytes=1000, fetch_max_bytes=100_000, message_max_bytes=100_000)
    assert [message.offset() for message in found] == list(range(20))
