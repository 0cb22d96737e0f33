// Groups of KafkaJS's consumers, and its administration client.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import kafkajs from "kafkajs";
import { admin, connect, consume, createTopic, disconnectAll, eventually, kafka, uniqueName } from "../broker.js";

let producer;

before(async () => {
  await admin.connect();
  producer = await connect(kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner }));
});

after(disconnectAll);

const values = ({ received }) => received.map(([, value]) => value);

/** Waits until a group is stable with so many members. */
async function waitForMembers(groupId, count) {
  await eventually(async () => {
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0].state === "Stable" && groups[0].members.length === count;
  });
}

describe("groups", () => {
  test("share the partitions out", async () => {
    const [topic, groupId] = [await createTopic(4), uniqueName("group")];
    const first = await consume(groupId, topic);
    await waitForMembers(groupId, 1);
    const second = await consume(groupId, topic);
    await waitForMembers(groupId, 2);
    const messages = [0, 1, 2, 3].map((partition) => ({ value: `${partition}`, partition }));
    await producer.send({ topic, messages });
    await eventually(() => first.received.length + second.received.length >= 4);
    assert.deepEqual([first.received.length, second.received.length], [2, 2]);
    assert.deepEqual([...values(first), ...values(second)].sort(), ["0", "1", "2", "3"]);
  });

  test("go on where they were", async () => {
    const [topic, groupId] = [await createTopic(), uniqueName("group")];
    await producer.send({ topic, messages: [{ value: "1" }, { value: "2" }] });
    const first = await consume(groupId, topic);
    await eventually(() => first.received.length === 2);
    await first.consumer.disconnect();
    await producer.send({ topic, messages: [{ value: "3" }] });
    const second = await consume(groupId, topic);
    await eventually(() => second.received.length > 0);
    assert.deepEqual(values(second), ["3"]);
  });

  test("are listed, described and deleted", async () => {
    const [topic, groupId] = [await createTopic(), uniqueName("group")];
    const { consumer } = await consume(groupId, topic);
    await waitForMembers(groupId, 1);
    const { groups } = await admin.listGroups();
    assert.ok(groups.some((group) => group.groupId === groupId));
    await assert.rejects(admin.deleteGroups([groupId]));
    await consumer.disconnect();
    await eventually(async () => (await admin.describeGroups([groupId])).groups[0].state === "Empty");
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: "5" }] });
    const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] });
    assert.equal(partitions[0].offset, "5");
    await admin.deleteGroups([groupId]);
  });
});

describe("administration", () => {
  test("of a topic", async () => {
    const topic = await createTopic(2, { "retention.ms": "3600000" });
    assert.equal(await admin.createTopics({ topics: [{ topic }] }), false);
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    assert.equal(topics[0].partitions.length, 3);
    const wanted = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic };
    const configEntries = [{ name: "retention.ms", value: "7200000" }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...wanted, configEntries }] });
    const described = await admin.describeConfigs({ includeSynonyms: true, resources: [wanted] });
    const found = described.resources[0].configEntries.find(({ configName }) => configName === "retention.ms");
    assert.equal(found.configValue, "7200000");
  });

  test("of records", async () => {
    const topic = await createTopic();
    await producer.send({ topic, messages: ["1", "2", "3"].map((value) => ({ value })) });
    // The client deletes only where it knows the leader already.
    assert.deepEqual(await admin.fetchTopicOffsets(topic), [{ partition: 0, offset: "3", low: "0", high: "3" }]);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "2" }] });
    const [{ low, high }] = await admin.fetchTopicOffsets(topic);
    assert.deepEqual([low, high], ["2", "3"]);
  });

  test("of the cluster", async () => {
    const { brokers, controller } = await admin.describeCluster();
    assert.deepEqual(brokers.map(({ nodeId }) => nodeId), [controller]);
  });
});
