"""Consumer groups, under the protocol in which members share the partitions out and the one in which the broker does."""

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition

from conftest import WAIT_SECONDS, poll_until, produce, producer, unique_name

SESSION = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 500}
PROTOCOLS = {
    "eager": {**SESSION, "partition_assignment_strategy": "range"},
    "cooperative": {**SESSION, "partition_assignment_strategy": "cooperative-sticky"},
    "consumer": {"group_protocol": "consumer"},
}


@pytest.fixture(params=PROTOCOLS)
def protocol(request):
    return PROTOCOLS[request.param]


def assigned(consumers):
    return [{place.partition for place in consumer.assignment()} for consumer in consumers]


def wait_for_shares(consumers, partitions):
    """Polls until every partition has one consumer, and each of the consumers has some."""

    def shared(_messages):
        shares = assigned(consumers)
        return all(shares) and sorted(number for share in shares for number in share) == list(range(partitions))

    return poll_until(consumers, shared)


def test_members_share_the_partitions(make_topic, make_consumer, protocol):
    topic, group = make_topic(partitions=4), unique_name("group")
    first = make_consumer(group, [topic], **protocol)
    wait_for_shares([first], 4)
    second = make_consumer(group, [topic], **protocol)
    wait_for_shares([first, second], 4)
    assert [len(share) for share in assigned([first, second])] == [2, 2]
    for partition in range(4):
        produce(producer(), topic, [b"value"], partition=partition)
    found = poll_until([first, second], lambda messages: len(messages) >= 4)
    assert sorted(message.partition() for message in found) == [0, 1, 2, 3]
    second.close()
    wait_for_shares([first], 4)


def test_a_group_goes_on_where_it_was(make_topic, make_consumer, protocol):
    topic, group = make_topic(partitions=1), unique_name("group")
    produce(producer(), topic, [b"1", b"2", b"3"])
    consumer = make_consumer(group, [topic], enable_auto_commit=False, **protocol)
    first, second = poll_until([consumer], lambda messages: len(messages) == 2)
    place = TopicPartition(topic, 0, second.offset() + 1, metadata="where I was")
    assert consumer.commit(offsets=[place], asynchronous=False)[0].error is None
    [committed] = consumer.committed([TopicPartition(topic, 0)], timeout=WAIT_SECONDS)
    assert (committed.offset, committed.metadata) == (2, "where I was")
    consumer.close()
    again = make_consumer(group, [topic], **protocol)
    [third] = poll_until([again], bool)
    assert (first.value(), second.value(), third.value()) == (b"1", b"2", b"3")


def test_a_pattern_takes_topics_that_come_later(make_topic, make_consumer, protocol, admin):
    from confluent_kafka.admin import NewTopic

    prefix, group = unique_name("pattern"), unique_name("group")
    consumer = make_consumer(group, [f"^{prefix}-.*"], topic_metadata_refresh_interval_ms=500, **protocol)
    consumer.poll(0.1)
    for name in (f"{prefix}-one", f"{prefix}-two"):
        admin.create_topics([NewTopic(name, 1, 1)])[name].result(WAIT_SECONDS)
        poll_until([consumer], lambda _, name=name: name in {place.topic for place in consumer.assignment()})
    for deleted in admin.delete_topics([f"{prefix}-one", f"{prefix}-two"]).values():
        deleted.result(WAIT_SECONDS)


@pytest.mark.parametrize("name", ["eager", "consumer"])
def test_a_static_member_keeps_its_partitions(make_topic, make_consumer, name):
    topic, group = make_topic(partitions=4), unique_name("group")
    static = [{**PROTOCOLS[name], "group_instance_id": instance} for instance in ("one", "two")]
    revoked = []
    first = make_consumer(group, [topic], on_revoke=lambda *_: revoked.append(True), **static[0])
    second = make_consumer(group, [topic], **static[1])
    wait_for_shares([first, second], 4)
    shares = assigned([first, second])
    revoked.clear()
    second.close()
    again = make_consumer(group, [topic], **static[1])
    wait_for_shares([first, again], 4)
    assert assigned([first, again]) == shares
    assert revoked == []


def test_an_instance_is_one_member_only(make_topic, make_consumer):
    topic, group = make_topic(), unique_name("group")
    first = make_consumer(group, [topic], group_instance_id="only", **PROTOCOLS["eager"])
    wait_for_shares([first], 1)
    second = make_consumer(group, [topic], group_instance_id="only", **PROTOCOLS["eager"])
    wait_for_shares([second], 1)
    with pytest.raises(KafkaException) as caught:
        poll_errors(first)
    assert caught.value.args[0].name() in ("FENCED_INSTANCE_ID", "_FATAL")


def poll_errors(consumer):
    """Polls until the consumer is told of an error, which is raised."""
    for _ in range(WAIT_SECONDS * 10):
        message = consumer.poll(0.1)
        if message is not None and message.error() is not None:
            raise KafkaException(message.error())


@pytest.mark.parametrize("name", ["eager", "consumer"])
def test_groups_are_listed_described_and_deleted(make_topic, make_consumer, admin, name):
    topic, group = make_topic(partitions=2), unique_name("group")
    produce(producer(), topic, [b"1", b"2"], partition=0)
    consumer = make_consumer(group, [topic], client_id="describes-itself", **PROTOCOLS[name])
    wait_for_shares([consumer], 2)
    described = admin.describe_consumer_groups([group])[group].result(WAIT_SECONDS)
    assert (described.state.name, described.is_simple_consumer_group) == ("STABLE", False)
    [member] = described.members
    assert member.client_id == "describes-itself"
    assert {place.partition for place in member.assignment.topic_partitions} == {0, 1}
    consumer.commit(offsets=[TopicPartition(topic, 0, 2)], asynchronous=False)
    assert group in {each.group_id for each in admin.list_consumer_groups().result(WAIT_SECONDS).valid}
    with pytest.raises(KafkaException) as caught:
        admin.delete_consumer_groups([group])[group].result(WAIT_SECONDS)
    assert caught.value.args[0].name() == "NON_EMPTY_GROUP"
    consumer.close()
    change_and_delete(admin, group, topic)


def change_and_delete(admin, group, topic):
    """Changes what an empty group has committed, then deletes it."""
    wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 1)])
    altered = admin.alter_consumer_group_offsets([wanted])[group].result(WAIT_SECONDS)
    assert altered.topic_partitions[0].error is None
    listed = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(WAIT_SECONDS)
    assert [(place.partition, place.offset) for place in listed.topic_partitions if place.offset >= 0] == [(0, 1)]
    admin.delete_consumer_groups([group])[group].result(WAIT_SECONDS)
    assert group not in {each.group_id for each in admin.list_consumer_groups().result(WAIT_SECONDS).valid}
