// Kinesis Data Streams through the AWS SDK for JavaScript v3.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as kinesis from "@aws-sdk/client-kinesis";
import {
  client, createStream, deleteStreams, get, getAll, iterator, put, registerConsumer, shardId, shardIds, streamArn, texts,
} from "../streams.js";

after(deleteStreams);

const rejects = (command, expected) => assert.rejects(client.send(command), expected);
const numbers = (count, first = 0) => Array.from({ length: count }, (_, n) => `${first + n}`);

test("the client speaks HTTP/2", () => {
  assert.equal(client.config.requestHandler.metadata.handlerProtocol, "h2");
});

test("any bytes", async () => {
  const StreamARN = streamArn(await createStream());
  const Data = Uint8Array.from({ length: 256 }, (_, n) => n);
  const sent = await client.send(new kinesis.PutRecordCommand({ StreamARN, PartitionKey: "schlüssel 🔑", Data }));
  const [record] = await getAll(StreamARN.split("/").pop(), 0);
  assert.deepEqual([...record.Data], [...Data]);
  assert.equal(record.PartitionKey, "schlüssel 🔑");
  assert.equal(record.SequenceNumber, sent.SequenceNumber);
  assert.equal(sent.ShardId, shardId(0));
  assert.ok(Math.abs(Date.now() - record.ApproximateArrivalTimestamp) < 60_000);
});

test("puts and gets in turn", async () => {
  const stream = await createStream();
  let next = await iterator(stream, 0, "LATEST");
  let last = 0n;
  for (const number of numbers(50)) {
    const { SequenceNumber } = await put(stream, number);
    assert.ok(BigInt(SequenceNumber) > last);
    last = BigInt(SequenceNumber);
    const page = await get(next);
    assert.deepEqual(texts(page.Records), [number]);
    assert.equal(page.MillisBehindLatest, 0);
    next = page.NextShardIterator;
  }
});

test("many puts at once, over one connection", async () => {
  const stream = await createStream(4);
  const sent = await Promise.all(
    numbers(200).map((number) =>
      client.send(
        new kinesis.PutRecordCommand({ StreamName: stream, PartitionKey: number, Data: Buffer.from(number) }),
      ),
    ),
  );
  assert.equal(new Set(sent.map(({ ShardId }) => ShardId)).size, 4);
  const found = [];
  for (const shard of [0, 1, 2, 3]) found.push(...texts(await getAll(stream, shard)));
  assert.deepEqual(found.sort(), numbers(200).sort());
});

test("a batch is taken in part where AWS's limits are wanted", async () => {
  const stream = await createStream(1, { "ninefold:throttling": "aws" });
  const Records = numbers(40, 10).map((n) => ({ PartitionKey: "key", Data: Buffer.from(n + "x".repeat(100_000)) }));
  const answer = await client.send(new kinesis.PutRecordsCommand({ StreamName: stream, Records }));
  const refused = answer.Records.filter(({ ErrorCode }) => ErrorCode);
  assert.equal(answer.Records.length, 40);
  assert.ok(refused.length > 0 && refused.length < 40);
  assert.equal(answer.FailedRecordCount, refused.length);
  assert.ok(refused.every(({ ErrorCode }) => ErrorCode === "ProvisionedThroughputExceededException"));
  const taken = numbers(40, 10).filter((_, place) => answer.Records[place].SequenceNumber);
  assert.deepEqual(texts(await getAll(stream, 0)).map((each) => each.slice(0, 2)), taken);
});

test("iterators", async () => {
  const stream = await createStream();
  const { SequenceNumber: StartingSequenceNumber } = await put(stream, "first");
  await put(stream, "second");
  const [{ ApproximateArrivalTimestamp: Timestamp }] = await getAll(stream, 0);
  for (const [type, position, expected] of [
    ["TRIM_HORIZON", {}, ["first", "second"]],
    ["AT_SEQUENCE_NUMBER", { StartingSequenceNumber }, ["first", "second"]],
    ["AFTER_SEQUENCE_NUMBER", { StartingSequenceNumber }, ["second"]],
    ["AT_TIMESTAMP", { Timestamp }, ["first", "second"]],
    ["LATEST", {}, []],
  ]) {
    assert.deepEqual(texts((await get(await iterator(stream, 0, type, position))).Records), expected, type);
  }
  const page = await get(await iterator(stream, 0, "TRIM_HORIZON"), { Limit: 1 });
  assert.deepEqual(texts(page.Records), ["first"]);
  assert.deepEqual(texts((await get(page.NextShardIterator)).Records), ["second"]);
});

test("shards split and merge", async () => {
  const StreamName = await createStream(2);
  const NewStartingHashKey = `${2n ** 126n}`;
  await client.send(new kinesis.SplitShardCommand({ StreamName, ShardToSplit: shardId(0), NewStartingHashKey }));
  await client.send(
    new kinesis.MergeShardsCommand({ StreamName, ShardToMerge: shardId(3), AdjacentShardToMerge: shardId(1) }),
  );
  for (const [ShardFilter, expected] of [
    [undefined, [0, 1, 2, 3, 4]],
    [{ Type: "AT_LATEST" }, [2, 4]],
    [{ Type: "AT_TRIM_HORIZON" }, [0, 1]],
    [{ Type: "AFTER_SHARD_ID", ShardId: shardId(2) }, [3, 4]],
    [{ Type: "AT_TIMESTAMP", Timestamp: new Date() }, [2, 4]],
    [{ Type: "FROM_TIMESTAMP", Timestamp: new Date(0) }, [0, 1, 2, 3, 4]],
  ]) {
    const { Shards } = await client.send(new kinesis.ListShardsCommand({ StreamName, ShardFilter }));
    assert.deepEqual(shardIds(Shards), expected.map(shardId));
  }
  const ended = await get(await iterator(StreamName, 0, "TRIM_HORIZON"));
  assert.equal(ended.NextShardIterator, undefined);
  assert.deepEqual(shardIds(ended.ChildShards), [shardId(2), shardId(3)]);
  const first = await client.send(new kinesis.ListShardsCommand({ StreamName, MaxResults: 3 }));
  const second = await client.send(new kinesis.ListShardsCommand({ NextToken: first.NextToken }));
  assert.deepEqual(shardIds([...first.Shards, ...second.Shards]), [0, 1, 2, 3, 4].map(shardId));
});

test("errors have types", async () => {
  const StreamName = await createStream();
  await rejects(new kinesis.DescribeStreamSummaryCommand({ StreamName: "no-such-stream" }), (error) => {
    assert.ok(error instanceof kinesis.ResourceNotFoundException);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.equal(error.message, "Stream no-such-stream under account 123456789012 not found.");
    return true;
  });
  await rejects(new kinesis.CreateStreamCommand({ StreamName, ShardCount: 1 }), kinesis.ResourceInUseException);
  await rejects(new kinesis.GetRecordsCommand({ ShardIterator: "nonsense" }), kinesis.InvalidArgumentException);
  const scaling = { StreamName, TargetShardCount: 3, ScalingType: "UNIFORM_SCALING" };
  await rejects(new kinesis.UpdateShardCountCommand(scaling), kinesis.LimitExceededException);
  const Data = Buffer.from("x");
  await rejects(
    new kinesis.PutRecordCommand({ StreamName, PartitionKey: "k".repeat(257), Data }),
    kinesis.ValidationException,
  );
});

test("streams and consumers are listed in pages, with tags", async () => {
  const created = [await createStream(1, { suite: "javascript" }), await createStream()];
  const found = [];
  for await (const page of kinesis.paginateListStreams({ client, pageSize: 1 }, {})) found.push(...page.StreamNames);
  assert.deepEqual(found.filter((name) => created.includes(name)), created.sort());
  const tagged = created.map(streamArn);
  const tags = [];
  for (const ResourceARN of tagged) {
    tags.push(...(await client.send(new kinesis.ListTagsForResourceCommand({ ResourceARN }))).Tags);
  }
  assert.deepEqual(tags, [{ Key: "suite", Value: "javascript" }]);
  const names = numbers(5).map((number) => `consumer-${number}`);
  for (const name of names) await registerConsumer(created[0], name);
  const listed = [];
  const request = { StreamARN: streamArn(created[0]) };
  for await (const page of kinesis.paginateListStreamConsumers({ client, pageSize: 2 }, request)) {
    listed.push(page.Consumers.map(({ ConsumerName }) => ConsumerName));
  }
  assert.deepEqual(listed, [names.slice(0, 2), names.slice(2, 4), names.slice(4)]);
});
