// SQS through the AWS SDK for JavaScript v3, which checks the digests of bodies by itself.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as sqs from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { bodies, client, createQueue, deleteQueues, receive } from "../queues.js";
import { settings } from "../settings.js";

after(deleteQueues);

describe("standard queues", () => {
  let QueueUrl;
  before(async () => {
    QueueUrl = await createQueue();
  });

  test("send, receive, delete", async () => {
    const sent = await client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "hello, wörld" }));
    const [message] = await receive(QueueUrl, { MessageSystemAttributeNames: ["All"] });
    assert.equal(message.Body, "hello, wörld");
    assert.equal(message.MessageId, sent.MessageId);
    assert.equal(message.MD5OfBody, sent.MD5OfMessageBody);
    assert.equal(message.Attributes.ApproximateReceiveCount, "1");
    const { ReceiptHandle } = message;
    await client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    assert.deepEqual(await receive(QueueUrl), []);
  });

  test("message attributes", async () => {
    const MessageAttributes = {
      text: { DataType: "String", StringValue: "value" },
      octets: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 127, 255) },
    };
    const sent = await client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes }));
    assert.match(sent.MD5OfMessageAttributes, /^[0-9a-f]{32}$/);
    const [message] = await receive(QueueUrl, { MessageAttributeNames: ["All"] });
    assert.equal(message.MessageAttributes.text.StringValue, "value");
    assert.deepEqual([...message.MessageAttributes.octets.BinaryValue], [0, 127, 255]);
    assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  });

  test("batches", async () => {
    const url = await createQueue();
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `id-${n}`, MessageBody: `${n}` }));
    const sent = await client.send(new sqs.SendMessageBatchCommand({ QueueUrl: url, Entries }));
    assert.deepEqual(sent.Successful.map((each) => each.Id), Entries.map((each) => each.Id));
    const messages = await receive(url);
    assert.equal(messages.length, 10);
    const handles = messages.map(({ ReceiptHandle }, n) => ({ Id: `${n}`, ReceiptHandle }));
    const deleted = await client.send(new sqs.DeleteMessageBatchCommand({ QueueUrl: url, Entries: handles }));
    assert.equal(deleted.Successful.length, 10);
    const { Attributes } = await client.send(
      new sqs.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    assert.equal(Attributes.ApproximateNumberOfMessages, "0");
    assert.equal(Attributes.ApproximateNumberOfMessagesNotVisible, "0");
  });

  test("long polls wait, and wake up", async () => {
    const url = await createQueue();
    let began = Date.now();
    assert.deepEqual(await receive(url, { WaitTimeSeconds: 1 }), []);
    assert.ok(Date.now() - began >= 900);
    began = Date.now();
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    await client.send(new sqs.SendMessageCommand({ QueueUrl: url, MessageBody: "wake up" }));
    assert.deepEqual(bodies(await waiting), ["wake up"]);
    assert.ok(Date.now() - began < 5000);
  });

  test("visibility", async () => {
    const url = await createQueue();
    await client.send(new sqs.SendMessageCommand({ QueueUrl: url, MessageBody: "x" }));
    const [{ ReceiptHandle }] = await receive(url);
    assert.deepEqual(await receive(url), []);
    await client.send(
      new sqs.ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }),
    );
    assert.deepEqual(bodies(await receive(url)), ["x"]);
  });

  test("many requests at once", async () => {
    const url = await createQueue();
    const numbers = Array.from({ length: 50 }, (_, n) => `${n}`);
    await Promise.all(
      numbers.map((MessageBody) => client.send(new sqs.SendMessageCommand({ QueueUrl: url, MessageBody }))),
    );
    const found = [];
    for (let calls = 0; found.length < 50 && calls < 50; calls += 1) {
      found.push(...bodies(await receive(url, { WaitTimeSeconds: 1 })));
    }
    assert.deepEqual(found.sort(), numbers.sort());
  });
});

describe("FIFO queues", () => {
  test("order, groups and deduplication", async () => {
    const QueueUrl = await createQueue({ FifoQueue: "true" });
    const send = (MessageBody, MessageGroupId, MessageDeduplicationId) =>
      client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId }));
    const first = await send("a1", "a", "1");
    const again = await send("copy", "a", "1");
    assert.equal(again.SequenceNumber, first.SequenceNumber);
    await send("a2", "a", "2");
    await send("b1", "b", "3");
    const [message] = await receive(QueueUrl, { MaxNumberOfMessages: 1 });
    assert.equal(message.Body, "a1");
    assert.deepEqual(bodies(await receive(QueueUrl)), ["b1"]);
    const { ReceiptHandle } = message;
    await client.send(new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    assert.deepEqual(bodies(await receive(QueueUrl)), ["a2"]);
  });
});

describe("errors", () => {
  test("a queue that does not exist", async () => {
    await assert.rejects(client.send(new sqs.GetQueueUrlCommand({ QueueName: "no-such-queue" })), (error) => {
      assert.ok(error instanceof sqs.QueueDoesNotExist);
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.equal(error.message, "The specified queue does not exist.");
      return true;
    });
  });

  test("a queue that exists with other attributes", async () => {
    const QueueName = (await createQueue()).split("/").pop();
    const command = new sqs.CreateQueueCommand({ QueueName, Attributes: { DelaySeconds: "7" } });
    await assert.rejects(client.send(command), sqs.QueueNameExists);
  });

  test("a malformed receipt handle", async () => {
    const QueueUrl = await createQueue();
    const command = new sqs.DeleteMessageCommand({ QueueUrl, ReceiptHandle: "nonsense" });
    await assert.rejects(client.send(command), sqs.ReceiptHandleIsInvalid);
  });

  test("an empty batch", async () => {
    const QueueUrl = await createQueue();
    await assert.rejects(
      client.send(new sqs.SendMessageBatchCommand({ QueueUrl, Entries: [] })),
      sqs.EmptyBatchRequest,
    );
  });

  test("a value out of range", async () => {
    const QueueUrl = await createQueue();
    const command = new sqs.ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 });
    await assert.rejects(client.send(command), (error) => {
      assert.match(error.name, /^InvalidParameterValue/);
      assert.match(error.message, /MaxNumberOfMessages/);
      return true;
    });
  });
});

test("queues are listed in pages", async () => {
  const urls = [await createQueue(), await createQueue(), await createQueue()];
  const found = [];
  const pages = sqs.paginateListQueues({ client, pageSize: 1 }, { QueueNamePrefix: "javascript-" });
  for await (const page of pages) found.push(...(page.QueueUrls ?? []));
  for (const url of urls) assert.ok(found.includes(url));
});

test("the caller's identity", async () => {
  const sts = new STSClient(settings);
  assert.equal((await sts.send(new GetCallerIdentityCommand({}))).Account, "123456789012");
  sts.destroy();
});
