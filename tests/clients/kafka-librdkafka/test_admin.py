"""Topics, settings, partitions and records, through the administration client."""

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

from conftest import WAIT_SECONDS, produce, producer, read, unique_name, values


def refused(future):
    """The name of the error that a call ends with."""
    with pytest.raises(KafkaException) as caught:
        future.result(WAIT_SECONDS)
    return caught.value.args[0].name()


def config_of(admin, kind, name):
    resource = ConfigResource(kind, name)
    return admin.describe_configs([resource])[resource].result(WAIT_SECONDS)


def test_the_life_of_a_topic(admin):
    name = unique_name("topic")
    admin.create_topics([NewTopic(name, 3, 1)])[name].result(WAIT_SECONDS)
    assert refused(admin.create_topics([NewTopic(name, 3, 1)])[name]) == "TOPIC_ALREADY_EXISTS"
    assert len(admin.list_topics(name, timeout=WAIT_SECONDS).topics[name].partitions) == 3
    described = admin.describe_topics(TopicCollection([name]))[name].result(WAIT_SECONDS)
    assert (described.name, described.is_internal, len(described.partitions)) == (name, False, 3)
    admin.delete_topics([name])[name].result(WAIT_SECONDS)
    assert refused(admin.delete_topics([name])[name]) == "UNKNOWN_TOPIC_OR_PART"
    assert name not in admin.list_topics(timeout=WAIT_SECONDS).topics


def test_what_no_topic_can_be(admin):
    for name, partitions, replicas, code in [
        ("no spaces", 1, 1, "TOPIC_EXCEPTION"),
        ("x" * 250, 1, 1, "TOPIC_EXCEPTION"),
        (unique_name("none"), 0, 1, "INVALID_PARTITIONS"),
    ]:
        assert refused(admin.create_topics([NewTopic(name, partitions, replicas)])[name]) == code
    name = unique_name("topic")
    unknown = NewTopic(name, 1, 1, config={"no.such.setting": "1"})
    assert refused(admin.create_topics([unknown])[name]) == "INVALID_CONFIG"
    checked = admin.create_topics([NewTopic(name, 1, 1)], validate_only=True)[name]
    checked.result(WAIT_SECONDS)
    assert name not in admin.list_topics(timeout=WAIT_SECONDS).topics


def test_partitions_are_added(admin, topic):
    admin.create_partitions([NewPartitions(topic, 4)])[topic].result(WAIT_SECONDS)
    assert len(admin.list_topics(topic, timeout=WAIT_SECONDS).topics[topic].partitions) == 4
    assert refused(admin.create_partitions([NewPartitions(topic, 2)])[topic]) == "INVALID_PARTITIONS"
    produce(producer(), topic, [b"value"], partition=3)
    assert values(read(topic, 1, partition=3)) == [b"value"]


def test_the_settings_of_a_topic(admin, make_topic):
    topic = make_topic(config={"retention.ms": "3600000"})
    found = config_of(admin, ResourceType.TOPIC, topic)
    assert (found["retention.ms"].value, found["retention.ms"].is_default) == ("3600000", False)
    assert found["retention.ms"].source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    assert (found["cleanup.policy"].value, found["cleanup.policy"].is_default) == ("delete", True)
    changes = [
        ConfigEntry("retention.ms", "7200000", incremental_operation=AlterConfigOpType.SET),
        ConfigEntry("cleanup.policy", "compact", incremental_operation=AlterConfigOpType.APPEND),
    ]
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=changes)
    admin.incremental_alter_configs([resource])[resource].result(WAIT_SECONDS)
    found = config_of(admin, ResourceType.TOPIC, topic)
    assert found["retention.ms"].value == "7200000"
    assert set(found["cleanup.policy"].value.split(",")) == {"delete", "compact"}
    change = ConfigEntry("retention.ms", None, incremental_operation=AlterConfigOpType.DELETE)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[change])
    admin.incremental_alter_configs([resource])[resource].result(WAIT_SECONDS)
    assert config_of(admin, ResourceType.TOPIC, topic)["retention.ms"].is_default


def test_a_setting_that_makes_no_sense(admin, topic):
    change = ConfigEntry("retention.ms", "soon", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[change])
    assert refused(admin.incremental_alter_configs([resource])[resource]) == "INVALID_CONFIG"


def test_the_settings_of_the_broker(admin):
    cluster = admin.describe_cluster().result(WAIT_SECONDS)
    [node] = cluster.nodes
    assert cluster.controller.id == node.id
    found = config_of(admin, ResourceType.BROKER, str(node.id))
    assert found["message.max.bytes"].value == "1048588"


def test_records_are_deleted(admin, topic):
    produce(producer(), topic, [str(number).encode() for number in range(10)])
    place = TopicPartition(topic, 0, 4)
    deleted = admin.delete_records([place])[place].result(WAIT_SECONDS)
    assert deleted.low_watermark == 4
    assert values(read(topic, 6, offset=0, auto_offset_reset="earliest"))[0] == b"4"
    too_far = TopicPartition(topic, 0, 11)
    assert refused(admin.delete_records([too_far])[too_far]) == "OFFSET_OUT_OF_RANGE"


def test_offsets_are_listed(admin, topic):
    client = producer()
    for milliseconds in (3000, 1000, 2000):
        client.produce(topic, b"value", timestamp=milliseconds)
        assert client.flush(WAIT_SECONDS) == 0

    def offset(spec):
        place = TopicPartition(topic, 0)
        return admin.list_offsets({place: spec})[place].result(WAIT_SECONDS).offset

    assert offset(OffsetSpec.earliest()) == 0
    assert offset(OffsetSpec.latest()) == 3
    assert offset(OffsetSpec.max_timestamp()) == 0
    assert offset(OffsetSpec.for_timestamp(1500)) == 0


def test_offsets_of_a_group_that_nobody_is_in(admin, topic):
    group = unique_name("group")
    wanted = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 5)])
    altered = admin.alter_consumer_group_offsets([wanted])[group].result(WAIT_SECONDS)
    assert altered.topic_partitions[0].error is None
    listed = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(WAIT_SECONDS)
    assert [place.offset for place in listed.topic_partitions] == [5]
    admin.delete_consumer_groups([group])[group].result(WAIT_SECONDS)
