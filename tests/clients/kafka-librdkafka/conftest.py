"""Clients made with librdkafka; each test works on topics and groups of its own."""

import itertools
import os
import time
import uuid

import pytest
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

WAIT_SECONDS = 30
_numbers = itertools.count()


def unique_name(prefix):
    return f"{prefix}-{next(_numbers)}-{uuid.uuid4().hex[:8]}"


def settings(**more):
    """What every client is configured with; `enable_idempotence=True` stands for `enable.idempotence`."""
    return {"bootstrap.servers": os.environ["NINEFOLD_KAFKA"], **{name.replace("_", "."): more[name] for name in more}}


def producer(**more):
    return Producer(settings(**{"linger_ms": 5, **more}))


def produce(client, topic, values, **more):
    """Produces each value and waits for all; the (partition, offset) of each, in order."""
    places = {}

    def note(number):
        def delivered(error, message):
            assert error is None, error
            places[number] = (message.partition(), message.offset())

        return delivered

    for number, value in enumerate(values):
        client.produce(topic, value, on_delivery=note(number), **more)
        client.poll(0)
    assert client.flush(WAIT_SECONDS) == 0, "not everything was delivered in time"
    return [places[number] for number in sorted(places)]


def poll_until(consumers, enough):
    """Polls the consumers in turn until there is enough: `enough(messages)`. Returns all messages."""
    deadline, messages = time.monotonic() + WAIT_SECONDS, []
    while not enough(messages):
        assert time.monotonic() < deadline, f"got {len(messages)} messages only"
        for consumer in consumers:
            message = consumer.poll(0.1)
            if message is not None:
                assert message.error() is None, message.error()
                messages.append(message)
    return messages


def read(topic, count, partition=0, offset=0, **more):
    """So many messages of a partition, from an offset on, without a group."""
    consumer = Consumer(settings(group_id="none", enable_auto_commit=False, **more))
    try:
        consumer.assign([TopicPartition(topic, partition, offset)])
        return poll_until([consumer], lambda messages: len(messages) >= count)
    finally:
        consumer.close()


def values(messages):
    return [message.value() for message in messages]


@pytest.fixture(scope="session")
def admin():
    return AdminClient(settings())


@pytest.fixture
def make_topic(admin):
    """Creates topics and deletes them after the test: `make_topic(partitions=3, config={...})` -> its name."""
    made = []

    def make(partitions=1, **more):
        name = unique_name("topic")
        admin.create_topics([NewTopic(name, partitions, 1, **more)])[name].result(WAIT_SECONDS)
        made.append(name)
        return name

    yield make
    for name, deleted in (admin.delete_topics(made) if made else {}).items():
        try:
            deleted.result(WAIT_SECONDS)
        except KafkaException as error:
            assert error.args[0].name() == "UNKNOWN_TOPIC_OR_PART", error  # the test deleted it itself


@pytest.fixture
def topic(make_topic):
    return make_topic()


@pytest.fixture
def make_consumer():
    """Makes subscribed consumers of a group and closes them after the test."""
    made = []

    def make(group, topics, on_assign=None, on_revoke=None, **more):
        consumer = Consumer(settings(group_id=group, auto_offset_reset="earliest", **more))
        made.append(consumer)
        callbacks = {"on_assign": on_assign, "on_revoke": on_revoke}
        consumer.subscribe(topics, **{name: call for name, call in callbacks.items() if call})
        return consumer

    yield make
    for consumer in made:
        consumer.close()
