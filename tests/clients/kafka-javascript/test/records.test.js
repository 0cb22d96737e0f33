// What KafkaJS sends and reads.

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

async function readAll(topic, count, options) {
  const { received } = await consume(uniqueName("group"), topic, options);
  await eventually(() => received.length >= count);
  return received.map(([, , message]) => message);
}

describe("records", () => {
  for (const compression of ["None", "GZIP"]) {
    test(`come back as they were sent, with compression ${compression}`, async () => {
      const topic = await createTopic();
      const messages = Array.from({ length: 200 }, (_, number) => ({ key: `key ${number}`, value: `value ${number}` }));
      await producer.send({ topic, messages, compression: kafkajs.CompressionTypes[compression] });
      const found = await readAll(topic, messages.length);
      assert.deepEqual(
        found.map(({ key, value }) => ({ key: key.toString(), value: value.toString() })),
        messages,
      );
      assert.deepEqual(
        found.map(({ offset }) => offset),
        messages.map((_, number) => `${number}`),
      );
    });
  }

  test("have headers and times", async () => {
    const topic = await createTopic();
    const headers = { trace: ["1", "2"], none: "x" };
    await producer.send({ topic, messages: [{ value: "value", headers, timestamp: "1790000000123" }] });
    const [found] = await readAll(topic, 1);
    assert.equal(found.timestamp, "1790000000123");
    assert.deepEqual(found.headers.trace.map(String), ["1", "2"]);
    assert.equal(found.headers.none.toString(), "x");
  });

  test("go to several topics and partitions at once", async () => {
    const [first, second] = [await createTopic(3), await createTopic()];
    const messages = [0, 1, 2].map((partition) => ({ value: `to ${partition}`, partition }));
    const topicMessages = [
      { topic: first, messages },
      { topic: second, messages: [{ value: "alone" }] },
    ];
    const sent = await producer.sendBatch({ topicMessages });
    assert.deepEqual(sent.map(({ errorCode }) => errorCode), [0, 0, 0, 0]);
    const found = await readAll(first, 3);
    assert.deepEqual(found.map(({ value }) => value.toString()).sort(), ["to 0", "to 1", "to 2"]);
  });

  test("of an idempotent producer are there once", async () => {
    const topic = await createTopic();
    const idempotent = await connect(kafka.producer({ idempotent: true }));
    for (let number = 0; number < 20; number++) {
      await idempotent.send({ topic, messages: [{ value: `${number}` }] });
    }
    const found = await readAll(topic, 20);
    assert.deepEqual(found.map(({ value }) => Number(value)), [...Array(20).keys()]);
  });
});

describe("transactions", () => {
  test("are committed or aborted as a whole", async () => {
    const [topic, groupId] = [await createTopic(), uniqueName("group")];
    const settings = { transactionalId: uniqueName("transactional"), maxInFlightRequests: 1, idempotent: true };
    const transactional = await connect(kafka.producer(settings));
    for (const outcome of ["abort", "commit"]) {
      const transaction = await transactional.transaction();
      await transaction.send({ topic, messages: [{ value: outcome }] });
      const topics = [{ topic, partitions: [{ partition: 0, offset: outcome === "commit" ? "7" : "8" }] }];
      await transaction.sendOffsets({ consumerGroupId: groupId, topics });
      await transaction[outcome]();
    }
    const [found] = await readAll(topic, 1);
    assert.equal(found.value.toString(), "commit");
    const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] });
    assert.equal(partitions[0].offset, "7");
  });
});
