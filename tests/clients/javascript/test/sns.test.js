// SNS through the AWS SDK for JavaScript v3: from topics to queues and to a web endpoint.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, test } from "node:test";
import * as sns from "@aws-sdk/client-sns";
import { bodies, createQueue, deleteQueues, queueArn, receiveAll } from "../queues.js";
import { account, region, settings } from "../settings.js";
import { WebEndpoint } from "../web-endpoint.js";

const PAGE = 100;
const RAW = { RawMessageDelivery: "true" };

const client = new sns.SNSClient(settings);
const topics = [];

async function createTopic(Attributes = {}, owner = client) {
  const suffix = Attributes.FifoTopic === "true" ? ".fifo" : "";
  const Name = `javascript-${randomUUID()}${suffix}`;
  const { TopicArn } = await owner.send(new sns.CreateTopicCommand({ Name, Attributes }));
  topics.push([owner, TopicArn]);
  return TopicArn;
}

/** The URL of a new queue that is subscribed to a topic. */
async function subscribeQueue(TopicArn, Attributes = {}) {
  const QueueUrl = await createQueue(TopicArn.endsWith(".fifo") ? { FifoQueue: "true" } : {});
  const Endpoint = await queueArn(QueueUrl);
  await client.send(new sns.SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes }));
  return QueueUrl;
}

const publish = (input) => client.send(new sns.PublishCommand(input));
const text = (StringValue) => ({ DataType: "String", StringValue });

after(async () => {
  for (const [owner, TopicArn] of topics) await owner.send(new sns.DeleteTopicCommand({ TopicArn }));
  await deleteQueues();
  client.destroy();
});

describe("topics to queues", () => {
  const MessageAttributes = {
    colour: text("red"),
    octets: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 127, 255) },
  };

  test("in an envelope", async () => {
    const TopicArn = await createTopic();
    const QueueUrl = await subscribeQueue(TopicArn);
    const sent = await publish({ TopicArn, Message: "hello, wörld", Subject: "greeting", MessageAttributes });
    const [message] = await receiveAll(QueueUrl, 1);
    const envelope = JSON.parse(message.Body);
    assert.equal(envelope.Type, "Notification");
    assert.equal(envelope.MessageId, sent.MessageId);
    assert.equal(envelope.TopicArn, TopicArn);
    assert.equal(envelope.Subject, "greeting");
    assert.equal(envelope.Message, "hello, wörld");
    assert.deepEqual(envelope.MessageAttributes, {
      colour: { Type: "String", Value: "red" },
      octets: { Type: "Binary", Value: "AH//" },
    });
    assert.equal(message.MessageAttributes, undefined);
  });

  test("raw", async () => {
    const TopicArn = await createTopic();
    const QueueUrl = await subscribeQueue(TopicArn, RAW);
    await publish({ TopicArn, Message: "hello, wörld", MessageAttributes });
    const [message] = await receiveAll(QueueUrl, 1);
    assert.equal(message.Body, "hello, wörld");
    assert.equal(message.MessageAttributes.colour.StringValue, "red");
    assert.deepEqual([...message.MessageAttributes.octets.BinaryValue], [0, 127, 255]);
  });

  test("a batch with an entry that fails", async () => {
    const TopicArn = await createTopic();
    const QueueUrl = await subscribeQueue(TopicArn, RAW);
    const PublishBatchRequestEntries = [
      { Id: "first", Message: "1" },
      { Id: "empty", Message: "" },
      { Id: "third", Message: "3" },
    ];
    const published = await client.send(new sns.PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
    assert.deepEqual(published.Successful.map((each) => each.Id), ["first", "third"]);
    assert.notEqual(published.Successful[0].MessageId, published.Successful[1].MessageId);
    assert.equal(published.Failed.length, 1);
    const [{ Id, Code, SenderFault }] = published.Failed;
    assert.deepEqual({ Id, Code, SenderFault }, { Id: "empty", Code: "InvalidParameter", SenderFault: true });
    assert.deepEqual(bodies(await receiveAll(QueueUrl, 2)).sort(), ["1", "3"]);
  });

  test("through a filter policy", async () => {
    const TopicArn = await createTopic();
    const FilterPolicy = JSON.stringify({ colour: ["red", { prefix: "dark" }] });
    const filtered = await subscribeQueue(TopicArn, { ...RAW, FilterPolicy });
    const everything = await subscribeQueue(TopicArn, RAW);
    for (const colour of ["blue", "red", "dark blue"]) {
      await publish({ TopicArn, Message: colour, MessageAttributes: { colour: text(colour) } });
    }
    assert.deepEqual(bodies(await receiveAll(everything, 3)).sort(), ["blue", "dark blue", "red"]);
    assert.deepEqual(bodies(await receiveAll(filtered, 2)).sort(), ["dark blue", "red"]);
  });

  test("in order, and once", async () => {
    const TopicArn = await createTopic({ FifoTopic: "true" });
    const QueueUrl = await subscribeQueue(TopicArn, RAW);
    const numbered = async (number) => {
      const [Message, MessageDeduplicationId] = [`${number}`, `${number}`];
      const input = { TopicArn, Message, MessageDeduplicationId, MessageGroupId: `group-${number % 2}` };
      return (await publish(input)).SequenceNumber;
    };
    const sequence = [];
    for (let number = 0; number < 10; number += 1) sequence.push(await numbered(number));
    assert.equal(new Set(sequence).size, 10);
    assert.deepEqual(sequence, sequence.toSorted());
    assert.equal(await numbered(0), sequence[0]);
    const found = { "group-0": "", "group-1": "" };
    for (const { Attributes, Body } of await receiveAll(QueueUrl, 10)) found[Attributes.MessageGroupId] += Body;
    assert.deepEqual(found, { "group-0": "02468", "group-1": "13579" });
  });
});

test("a web endpoint confirms by the link it gets, and is notified", async () => {
  const web = await new WebEndpoint().start();
  try {
    const TopicArn = await createTopic();
    const pending = await client.send(new sns.SubscribeCommand({ TopicArn, Protocol: "http", Endpoint: web.url }));
    assert.equal(pending.SubscriptionArn, "pending confirmation");
    const { SubscribeURL } = (await web.next("SubscriptionConfirmation")).json();
    assert.equal((await fetch(SubscribeURL)).status, 200);
    const { Subscriptions } = await client.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn }));
    const sent = await publish({ TopicArn, Message: "hello, wörld", Subject: "greeting" });
    const notification = await web.next("Notification");
    assert.equal(notification.headers["x-amz-sns-message-id"], sent.MessageId);
    assert.equal(notification.headers["x-amz-sns-subscription-arn"], Subscriptions[0].SubscriptionArn);
    const { Message, Subject } = notification.json();
    assert.deepEqual({ Message, Subject }, { Message: "hello, wörld", Subject: "greeting" });
  } finally {
    await web.stop();
  }
});

test("attributes and tags of topics", async () => {
  const TopicArn = await createTopic({ DisplayName: "Orders" });
  const { Attributes } = await client.send(new sns.GetTopicAttributesCommand({ TopicArn }));
  assert.equal(Attributes.DisplayName, "Orders");
  assert.equal(Attributes.Owner, account);
  const tags = [{ Key: "stage", Value: "test" }];
  await client.send(new sns.TagResourceCommand({ ResourceArn: TopicArn, Tags: tags }));
  const { Tags } = await client.send(new sns.ListTagsForResourceCommand({ ResourceArn: TopicArn }));
  assert.deepEqual(Tags, tags);
});

describe("errors of topics", () => {
  const batch = async (...texts) => {
    const PublishBatchRequestEntries = texts.map((each) => ({ Id: each, Message: each }));
    const TopicArn = await createTopic();
    return client.send(new sns.PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  };

  test("a topic that does not exist", async () => {
    const TopicArn = `arn:aws:sns:${region}:${account}:no-such-topic`;
    await assert.rejects(publish({ TopicArn, Message: "x" }), (error) => {
      assert.ok(error instanceof sns.NotFoundException);
      assert.equal(error.$metadata.httpStatusCode, 404);
      assert.equal(error.message, "Topic does not exist");
      return true;
    });
  });

  test("an empty message", async () => {
    const TopicArn = await createTopic();
    await assert.rejects(publish({ TopicArn, Message: "" }), (error) => {
      assert.ok(error instanceof sns.InvalidParameterException);
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.equal(error.message, "Invalid parameter: Empty message");
      return true;
    });
  });

  test("too many entries", async () => {
    const texts = Array.from({ length: 11 }, (_, number) => `${number}`);
    await assert.rejects(batch(...texts), sns.TooManyEntriesInBatchRequestException);
  });

  test("the same id twice", async () => {
    await assert.rejects(batch("0", "0"), sns.BatchEntryIdsNotDistinctException);
  });

  test("an id with a space", async () => {
    await assert.rejects(batch("a b"), sns.InvalidBatchEntryIdException);
  });

  test("an empty batch", async () => {
    await assert.rejects(batch(), sns.EmptyBatchRequestException);
  });

  test("a subscription that does not exist", async () => {
    const SubscriptionArn = `${await createTopic()}:${randomUUID()}`;
    await assert.rejects(
      client.send(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn })),
      sns.NotFoundException,
    );
  });

  test("tags of a topic that does not exist", async () => {
    const ResourceArn = `arn:aws:sns:${region}:${account}:no-such-topic`;
    await assert.rejects(
      client.send(new sns.ListTagsForResourceCommand({ ResourceArn })),
      sns.ResourceNotFoundException,
    );
  });
});

describe("pages", () => {
  test("of topics", async () => {
    const credentials = { accessKeyId: "222222222202", secretAccessKey: "secret" };
    const own = new sns.SNSClient({ ...settings, credentials });
    const expected = [];
    while (expected.length <= PAGE) expected.push(await createTopic({}, own));
    const [found, lengths] = [[], []];
    for await (const { Topics } of sns.paginateListTopics({ client: own }, {})) {
      found.push(...Topics.map((each) => each.TopicArn));
      lengths.push(Topics.length);
    }
    assert.deepEqual(lengths, [PAGE, 1]);
    assert.deepEqual(found.sort(), expected.sort());
  });

  test("of subscriptions", async () => {
    const TopicArn = await createTopic();
    const expected = [];
    while (expected.length <= PAGE) {
      // SNS doesn't ask whether a queue exists.
      const Endpoint = `arn:aws:sqs:${region}:${account}:never-${expected.length}`;
      const subscribe = new sns.SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint });
      expected.push((await client.send(subscribe)).SubscriptionArn);
    }
    const [found, lengths] = [[], []];
    for await (const { Subscriptions } of sns.paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
      found.push(...Subscriptions.map((each) => each.SubscriptionArn));
      lengths.push(Subscriptions.length);
    }
    assert.deepEqual(lengths, [PAGE, 1]);
    assert.deepEqual(found.sort(), expected.sort());
  });
});
