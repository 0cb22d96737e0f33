// EventBridge through the AWS SDK for JavaScript v3: events from buses to queues and topics.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as events from "@aws-sdk/client-eventbridge";
import * as sns from "@aws-sdk/client-sns";
import { CreateQueueCommand, DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { Buses, EVERYTHING, ids, order, read, ruleArn, target, uniqueName } from "../buses.js";
import { client as sqs, createQueue, deleteQueues, queueArn, receiveAll } from "../queues.js";
import { account, region, settings } from "../settings.js";

const buses = new Buses();
const { client } = buses;
const topics = new sns.SNSClient(settings);

/** The URL of a new queue, and a target that is this queue. */
async function targetQueue(more = {}) {
  const QueueUrl = await createQueue();
  return [QueueUrl, target(await queueArn(QueueUrl), more)];
}

/** Attributes of a dead letter, and an error of some kind. */
function assertAttributes({ MessageAttributes }, expected) {
  for (const [name, value] of Object.entries(expected)) assert.equal(MessageAttributes[name]?.StringValue, value, name);
  for (const name of ["ERROR_CODE", "ERROR_MESSAGE"]) assert.ok(MessageAttributes[name]?.StringValue, name);
}

after(async () => {
  await buses.deleteAll();
  await deleteQueues();
  topics.destroy();
});

describe("events to targets", () => {
  test("a queue", async () => {
    const bus = await buses.create();
    const [QueueUrl, queue] = await targetQueue();
    await buses.putRule(bus, EVERYTHING, queue);
    const more = { Resources: ["arn:aws:s3:::orders"], Time: new Date("2026-03-01T12:00:00Z") };
    const [id] = await buses.put(order(bus, { id: 7, colour: "red" }, more));
    assert.deepEqual(read(await receiveAll(QueueUrl, 1)), [
      {
        version: "0",
        id,
        "detail-type": "order",
        source: "shop",
        account,
        time: "2026-03-01T12:00:00Z",
        region,
        resources: ["arn:aws:s3:::orders"],
        detail: { id: 7, colour: "red" },
      },
    ]);
  });

  test("through a pattern", async () => {
    const bus = await buses.create();
    const [QueueUrl, queue] = await targetQueue();
    const detail = { colour: [{ prefix: "dark" }], id: [{ numeric: [">", 1, "<=", 3] }] };
    await buses.putRule(bus, { source: ["shop"], detail }, queue);
    const entries = [];
    for (const colour of ["dark blue", "blue"]) {
      for (let id = 0; id < 5; id += 1) entries.push(order(bus, { id, colour }));
    }
    const put = await buses.put(...entries);
    assert.deepEqual(ids(await receiveAll(QueueUrl, 2)).sort(), put.slice(2, 4).sort());
  });

  test("with inputs of their own", async () => {
    const bus = await buses.create();
    const rule = await buses.putRule(bus, EVERYTHING);
    const inputOf = async (Id, input) => {
      const [QueueUrl, queue] = await targetQueue({ Id, ...input });
      await buses.putTargets(bus, rule, queue);
      return QueueUrl;
    };
    const constant = await inputOf("constant", { Input: '{"constant": true}' });
    const detail = await inputOf("detail", { InputPath: "$.detail" });
    const transformed = await inputOf("transformed", {
      InputTransformer: {
        InputPathsMap: { id: "$.detail.id", colour: "$.detail.colour" },
        InputTemplate: '{"order": <id>, "text": "<colour>, as wished", "rule": <aws.events.rule-name>}',
      },
    });
    await buses.put(order(bus, { id: 7, colour: "red" }));
    assert.deepEqual(read(await receiveAll(constant, 1)), [{ constant: true }]);
    assert.deepEqual(read(await receiveAll(detail, 1)), [{ id: 7, colour: "red" }]);
    assert.deepEqual(read(await receiveAll(transformed, 1)), [{ order: 7, text: "red, as wished", rule }]);
  });

  test("a topic", async () => {
    const bus = await buses.create();
    const { TopicArn } = await topics.send(new sns.CreateTopicCommand({ Name: uniqueName() }));
    const QueueUrl = await createQueue();
    const Endpoint = await queueArn(QueueUrl);
    const Attributes = { RawMessageDelivery: "true" };
    await topics.send(new sns.SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes }));
    await buses.putRule(bus, EVERYTHING, target(TopicArn));
    const put = await buses.put(order(bus, { id: 7 }));
    assert.deepEqual(ids(await receiveAll(QueueUrl, 1)), put);
    await topics.send(new sns.DeleteTopicCommand({ TopicArn }));
  });

  test("a FIFO queue, in order", async () => {
    const bus = await buses.create();
    const QueueUrl = await createQueue({ FifoQueue: "true", ContentBasedDeduplication: "true" });
    const queue = target(await queueArn(QueueUrl));
    const rule = await buses.putRule(bus, EVERYTHING);
    await assert.rejects(buses.putTargets(bus, rule, queue), { name: "ValidationException" });
    await buses.putTargets(bus, rule, { ...queue, SqsParameters: { MessageGroupId: "orders" } });
    const put = await buses.put(...[0, 1, 2, 3, 4].map((id) => order(bus, { id })));
    const messages = await receiveAll(QueueUrl, 5);
    assert.deepEqual(ids(messages), put);
    for (const { Attributes } of messages) assert.equal(Attributes.MessageGroupId, "orders");
  });

  test("a dead-letter queue", async () => {
    const bus = await buses.create();
    const [letters, { Arn }] = await targetQueue();
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: uniqueName() }));
    const queue = target(await queueArn(QueueUrl), { DeadLetterConfig: { Arn } });
    const rule = await buses.putRule(bus, EVERYTHING, queue);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    const put = await buses.put(order(bus, { id: 7 }));
    const messages = await receiveAll(letters, 1);
    assert.deepEqual(ids(messages), put);
    assertAttributes(messages[0], {
      RULE_ARN: ruleArn(bus, rule),
      TARGET_ARN: queue.Arn,
      ERROR_CODE: "NO_RESOURCE",
      EXHAUSTED_RETRY_CONDITION: undefined,
    });
  });

  test("a dead-letter queue, after as many retries as the target wants", async () => {
    const bus = await buses.create();
    const [letters, { Arn }] = await targetQueue();
    const Name = uniqueName();
    const AuthParameters = { BasicAuthParameters: { Username: "a", Password: "b" } };
    const connection = { Name, AuthorizationType: "BASIC", AuthParameters };
    const { ConnectionArn } = await client.send(new events.CreateConnectionCommand(connection));
    // The server that is under test doesn't speak TLS.
    const InvocationEndpoint = settings.endpoint.replace("http://", "https://");
    const destination = { Name, ConnectionArn, InvocationEndpoint, HttpMethod: "POST" };
    const { ApiDestinationArn } = await client.send(new events.CreateApiDestinationCommand(destination));
    const more = { DeadLetterConfig: { Arn }, RetryPolicy: { MaximumRetryAttempts: 1 } };
    const rule = await buses.putRule(bus, EVERYTHING, target(ApiDestinationArn, more));
    const put = await buses.put(order(bus, { id: 7 }));
    const messages = await receiveAll(letters, 1);
    assert.deepEqual(ids(messages), put);
    assertAttributes(messages[0], {
      RULE_ARN: ruleArn(bus, rule),
      TARGET_ARN: ApiDestinationArn,
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
      RETRY_ATTEMPTS: "1",
    });
    await client.send(new events.DeleteApiDestinationCommand({ Name }));
    await client.send(new events.DeleteConnectionCommand({ Name }));
  });
});

test("some entries are refused", async () => {
  const bus = await buses.create();
  const [QueueUrl, queue] = await targetQueue();
  await buses.putRule(bus, EVERYTHING, queue);
  const Entries = [
    order(bus, { id: 1 }),
    order(bus, {}, { Detail: '{"id":' }),
    order(bus, {}, { Source: undefined }),
    order(bus, {}, { Source: "aws.shop" }),
    order(bus, { id: 5 }),
  ];
  const put = await client.send(new events.PutEventsCommand({ Entries }));
  assert.equal(put.FailedEntryCount, 3);
  const codes = ["MalformedDetail", "InvalidArgument", "NotAuthorizedForSourceException"];
  assert.deepEqual(put.Entries.slice(1, 4).map(({ ErrorCode }) => ErrorCode), codes);
  assert.equal(put.Entries[1].ErrorMessage, "Detail is malformed.");
  const taken = [put.Entries[0].EventId, put.Entries[4].EventId];
  assert.deepEqual(ids(await receiveAll(QueueUrl, 2)).sort(), taken.sort());
});

describe("patterns are tested", () => {
  const event = {
    id: "1",
    source: "shop",
    "detail-type": "order",
    account,
    region,
    time: "2026-03-01T12:00:00Z",
    resources: [],
    detail: { colour: "red", address: "10.1.2.3" },
  };
  const matches = async (pattern) => {
    const [EventPattern, Event] = [JSON.stringify(pattern), JSON.stringify(event)];
    return (await client.send(new events.TestEventPatternCommand({ EventPattern, Event }))).Result;
  };

  for (const [pattern, expected] of [
    [{ source: ["shop"] }, true],
    [{ detail: { colour: [{ "anything-but": ["red"] }] } }, false],
    [{ detail: { address: [{ cidr: "10.0.0.0/8" }] } }, true],
    [{ detail: { size: [{ exists: false }] } }, true],
    [{ $or: [{ source: ["a"] }, { source: ["b"] }] }, false],
    [{ detail: { colour: [{ wildcard: "r*d" }] } }, true],
  ]) {
    test(JSON.stringify(pattern), async () => assert.equal(await matches(pattern), expected));
  }

  test("an invalid one", async () => {
    await assert.rejects(matches({ source: "shop" }), events.InvalidEventPatternException);
  });
});
