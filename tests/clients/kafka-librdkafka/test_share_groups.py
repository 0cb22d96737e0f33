"""Share groups: members acquire records for a time, and decide about each."""

import time

import pytest
from confluent_kafka import AcknowledgeType, ShareConsumer
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from conftest import WAIT_SECONDS, produce, producer, settings, unique_name, values


@pytest.fixture
def make_group(admin):
    """Makes groups that begin at the first record: `make_group(**{"share.delivery.count.limit": "2"})` -> its name."""

    def make(**configs):
        group = unique_name("share")
        wanted = {"share.auto.offset.reset": "earliest", **configs}
        entries = [
            ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in wanted.items()
        ]
        resource = ConfigResource(ResourceType.GROUP, group, incremental_configs=entries)
        admin.incremental_alter_configs([resource])[resource].result(WAIT_SECONDS)
        return group

    return make


@pytest.fixture
def make_member():
    """Makes subscribed members of a group and closes them after the test."""
    made = []

    def make(group, topic, **more):
        member = ShareConsumer(settings(group_id=group, **more))
        made.append(member)
        member.subscribe([topic])
        return member

    yield make
    for member in made:
        member.close()


def poll_until(members, enough):
    """Polls the members in turn until there is enough: `enough(messages)`. Returns all messages."""
    deadline, messages = time.monotonic() + WAIT_SECONDS, []
    while not enough(messages):
        assert time.monotonic() < deadline, f"got {len(messages)} messages only"
        for member in members:
            polled = member.poll(0.1)
            assert all(message.error() is None for message in polled)
            messages += polled
    return messages


def test_members_share_the_records(topic, make_group, make_member):
    group = make_group()
    members = [make_member(group, topic) for _ in range(2)]
    sent = {str(number).encode() for number in range(50)}
    produce(producer(linger_ms=0), topic, sorted(sent))
    found = poll_until(members, lambda messages: len(messages) >= len(sent))
    assert sorted(values(found)) == sorted(sent)


def test_records_are_accepted_released_and_rejected(topic, make_group, make_member):
    group = make_group(**{"share.delivery.count.limit": "2"})
    produce(producer(), topic, [b"accepted", b"released", b"rejected"])
    member = make_member(group, topic, share_acknowledgement_mode="explicit")
    kinds = {
        b"accepted": AcknowledgeType.ACCEPT,
        b"released": AcknowledgeType.RELEASE,
        b"rejected": AcknowledgeType.REJECT,
    }
    first = poll_until([member], bool)
    for message in first:
        member.acknowledge(message, kinds[message.value()])
    member.commit_sync(WAIT_SECONDS)
    assert values(first) == list(kinds)
    [second] = poll_until([member], bool)
    assert second.value() == b"released"
    member.acknowledge(second, AcknowledgeType.RELEASE)
    member.commit_sync(WAIT_SECONDS)
    # It was delivered as often as the group says.
    produce(producer(), topic, [b"later"])
    [third] = poll_until([member], bool)
    assert third.value() == b"later"
    member.acknowledge(third)
    member.commit_sync(WAIT_SECONDS)
