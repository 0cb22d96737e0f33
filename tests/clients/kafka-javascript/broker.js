// Clients of the broker, and topics that are there until the tests of a file have ended.

import { randomUUID } from "node:crypto";
import kafkajs from "kafkajs";

const WAIT_MILLISECONDS = 30_000;

export const kafka = new kafkajs.Kafka({
  clientId: "javascript",
  brokers: [process.env.NINEFOLD_KAFKA],
  logLevel: kafkajs.logLevel.NOTHING,
});
export const admin = kafka.admin();

const topics = [];
const connected = [admin];

export const uniqueName = (prefix) => `${prefix}-${randomUUID()}`;

/** The client, connected until `disconnectAll`. */
export async function connect(client) {
  connected.push(client);
  await client.connect();
  return client;
}

export async function createTopic(numPartitions = 1, configs = {}) {
  const topic = uniqueName("topic");
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: true });
  topics.push(topic);
  return topic;
}

/** A consumer of a group and what it has received so far, as [partition, value]. */
export async function consume(groupId, topic, options = {}) {
  const { onMessage = async () => {}, ...more } = options;
  const settings = { groupId, sessionTimeout: 6000, heartbeatInterval: 500, maxWaitTimeInMs: 200, ...more };
  const consumer = await connect(kafka.consumer(settings));
  const received = [];
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      received.push([partition, message.value.toString(), message]);
      await onMessage(partition, message);
    },
  });
  return { consumer, received };
}

/** Waits until the check returns what is true, and returns that. */
export async function eventually(check) {
  for (const deadline = Date.now() + WAIT_MILLISECONDS; ; ) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function disconnectAll() {
  for (const client of connected.filter((client) => client !== admin)) await client.disconnect();
  if (topics.length > 0) await admin.deleteTopics({ topics });
  await admin.disconnect();
}
