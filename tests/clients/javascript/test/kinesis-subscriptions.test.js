// SubscribeToShard through the AWS SDK for JavaScript v3: events over HTTP/2.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as kinesis from "@aws-sdk/client-kinesis";
import { client, createStream, deleteStreams, put, registerConsumer, shardId, shardIds, texts } from "../streams.js";

after(deleteStreams);

const subscribing = (ConsumerARN, position, shard = 0) =>
  client.send(
    new kinesis.SubscribeToShardCommand({ ConsumerARN, ShardId: shardId(shard), StartingPosition: position }),
  );

/** The events of a subscription, one after the other. */
async function* subscribed(ConsumerARN, position, shard) {
  const { EventStream } = await subscribing(ConsumerARN, position, shard);
  for await (const { SubscribeToShardEvent } of EventStream) yield SubscribeToShardEvent;
}

/** So many records, from as many events as it takes. */
async function records(events, count) {
  const found = [];
  while (found.length < count) {
    const { value, done } = await events.next();
    assert.ok(!done, `the subscription ended after ${found.length} records`);
    found.push(...value.Records);
  }
  return found;
}

test("two consumers get everything as it comes", async () => {
  const stream = await createStream();
  await put(stream, "0");
  const subscriptions = [];
  for (const name of ["first", "second"]) {
    const consumer = await registerConsumer(stream, name);
    subscriptions.push(subscribed(consumer, { Type: "TRIM_HORIZON" }));
  }
  for (const events of subscriptions) assert.deepEqual(texts(await records(events, 1)), ["0"]);
  const expected = Array.from({ length: 50 }, (_, n) => `${n + 1}`);
  for (const number of expected) await put(stream, number);
  for (const events of subscriptions) {
    assert.deepEqual(texts(await records(events, 50)), expected);
    await events.return();
  }
});

test("a subscriber goes on where it was", async () => {
  const stream = await createStream();
  await put(stream, "before");
  const consumer = await registerConsumer(stream);
  const events = subscribed(consumer, { Type: "TRIM_HORIZON" });
  const { value: event } = await events.next();
  assert.deepEqual(texts(event.Records), ["before"]);
  assert.equal(event.ContinuationSequenceNumber, event.Records[0].SequenceNumber);
  assert.equal(event.MillisBehindLatest, 0);
  assert.ok(Math.abs(Date.now() - event.Records[0].ApproximateArrivalTimestamp) < 60_000);
  await assert.rejects(subscribing(consumer, { Type: "LATEST" }), kinesis.ResourceInUseException);
  await put(stream, "after");
  const position = { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber: event.ContinuationSequenceNumber };
  const following = subscribed(await registerConsumer(stream, "other"), position);
  assert.deepEqual(texts(await records(following, 1)), ["after"]);
  for (const each of [events, following]) await each.return();
});

test("a subscriber hears of the end of a shard", async () => {
  const StreamName = await createStream();
  const consumer = await registerConsumer(StreamName);
  const events = subscribed(consumer, { Type: "LATEST" });
  await events.next();
  await put(StreamName, "last");
  const split = { StreamName, ShardToSplit: shardId(0), NewStartingHashKey: "1000" };
  await client.send(new kinesis.SplitShardCommand(split));
  const found = [];
  let last;
  for await (const event of events) {
    found.push(...event.Records);
    last = event;
  }
  assert.deepEqual(texts(found), ["last"]);
  assert.equal(last.ContinuationSequenceNumber, undefined);
  assert.deepEqual(shardIds(last.ChildShards), [shardId(1), shardId(2)]);
  await put(StreamName, "first");
  const child = subscribed(consumer, { Type: "TRIM_HORIZON" }, 2);
  assert.deepEqual(texts(await records(child, 1)), ["first"]);
  await child.return();
});

test("what is not there can't be subscribed to", async () => {
  const StreamName = await createStream();
  const consumer = await registerConsumer(StreamName);
  await assert.rejects(subscribing(consumer, { Type: "LATEST" }, 7), kinesis.ResourceNotFoundException);
  await assert.rejects(subscribing(`${consumer}1`, { Type: "LATEST" }), kinesis.ResourceNotFoundException);
  await assert.rejects(subscribing(consumer, { Type: "AT_SEQUENCE_NUMBER" }), kinesis.InvalidArgumentException);
});

test("a subscription fails with its consumer", async () => {
  const StreamName = await createStream();
  const ConsumerARN = await registerConsumer(StreamName);
  const events = subscribed(ConsumerARN, { Type: "LATEST" });
  await events.next();
  const failing = assert.rejects(events.next());
  await client.send(new kinesis.DeregisterStreamConsumerCommand({ ConsumerARN }));
  await failing;
});
