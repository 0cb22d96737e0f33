// A client for queues, and queues that `deleteQueues` deletes.

import { randomUUID } from "node:crypto";
import * as sqs from "@aws-sdk/client-sqs";
import { settings } from "./settings.js";

export const client = new sqs.SQSClient(settings);
const queues = [];

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

export const bodies = (messages) => messages.map((message) => message.Body);

export async function deleteQueues() {
  for (const QueueUrl of queues) await client.send(new sqs.DeleteQueueCommand({ QueueUrl }));
  client.destroy();
}
