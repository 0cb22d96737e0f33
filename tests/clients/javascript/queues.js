// A client for queues, and queues that `deleteQueues` deletes.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as sqs from "@aws-sdk/client-sqs";
import { settings } from "./settings.js";

export const client = new sqs.SQSClient(settings);
const queues = [];
const RECEIVE_MILLISECONDS = 20_000;

export async function createQueue(Attributes = {}) {
  const suffix = Attributes.FifoQueue === "true" ? ".fifo" : "";
  const QueueName = `javascript-${randomUUID()}${suffix}`;
  const { QueueUrl } = await client.send(new sqs.CreateQueueCommand({ QueueName, Attributes }));
  queues.push(QueueUrl);
  return QueueUrl;
}

export async function receive(QueueUrl, more = {}) {
  const command = new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...more });
  return (await client.send(command)).Messages ?? [];
}

/** Receives and deletes messages until there are so many; none is left then. */
export async function receiveAll(QueueUrl, count) {
  const found = [];
  for (const deadline = Date.now() + RECEIVE_MILLISECONDS; found.length < count && Date.now() < deadline; ) {
    const names = { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] };
    for (const message of await receive(QueueUrl, { WaitTimeSeconds: 2, ...names })) {
      found.push(message);
      const { ReceiptHandle } = message;
      await client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
  assert.equal(found.length, count);
  assert.deepEqual(await receive(QueueUrl), []);
  return found;
}

export async function queueArn(QueueUrl) {
  const command = new sqs.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] });
  return (await client.send(command)).Attributes.QueueArn;
}

export const bodies = (messages) => messages.map((message) => message.Body);

export async function deleteQueues() {
  for (const QueueUrl of queues) await client.send(new sqs.DeleteQueueCommand({ QueueUrl }));
  client.destroy();
}
