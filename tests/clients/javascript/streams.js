// A client for data streams, and streams that `deleteStreams` deletes with their consumers.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as kinesis from "@aws-sdk/client-kinesis";
import { account, region, settings } from "./settings.js";

/** By default it speaks HTTP/2, without TLS by prior knowledge. */
export const client = new kinesis.KinesisClient(settings);
const streams = [];
const READ_MILLISECONDS = 15_000;

export async function createStream(ShardCount = 1, Tags = undefined) {
  const StreamName = `javascript-${randomUUID()}`;
  await client.send(new kinesis.CreateStreamCommand({ StreamName, ShardCount, Tags }));
  streams.push(StreamName);
  await kinesis.waitUntilStreamExists({ client, maxWaitTime: 15 }, { StreamName });
  return StreamName;
}

export const streamArn = (stream) => `arn:aws:kinesis:${region}:${account}:stream/${stream}`;
export const shardId = (number) => `shardId-${`${number}`.padStart(12, "0")}`;
export const shardIds = (shards) => shards.map(({ ShardId }) => ShardId);
const text = (record) => Buffer.from(record.Data).toString();
export const texts = (records) => records.map(text);

export const put = (StreamName, what) =>
  client.send(new kinesis.PutRecordCommand({ StreamName, PartitionKey: "key", Data: Buffer.from(what) }));

export async function iterator(StreamName, shard, ShardIteratorType, more = {}) {
  const command = new kinesis.GetShardIteratorCommand({
    StreamName, ShardId: shardId(shard), ShardIteratorType, ...more,
  });
  return (await client.send(command)).ShardIterator;
}

export const get = (ShardIterator, more = {}) =>
  client.send(new kinesis.GetRecordsCommand({ ShardIterator, ...more }));

/** All records of a shard, page by page, until its end or that of what there is. */
export async function getAll(StreamName, shard) {
  const found = [];
  let next = await iterator(StreamName, shard, "TRIM_HORIZON");
  for (const deadline = Date.now() + READ_MILLISECONDS; next; ) {
    assert.ok(Date.now() < deadline, "the shard has no end");
    const page = await get(next);
    found.push(...page.Records);
    next = page.Records.length === 0 && page.MillisBehindLatest === 0 ? undefined : page.NextShardIterator;
  }
  return found;
}

/** The ARN of a new consumer of a stream. */
export async function registerConsumer(stream, ConsumerName = "consumer") {
  const command = new kinesis.RegisterStreamConsumerCommand({ StreamARN: streamArn(stream), ConsumerName });
  return (await client.send(command)).Consumer.ConsumerARN;
}

export async function deleteStreams() {
  for (const StreamName of streams) {
    await client.send(new kinesis.DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true }));
  }
  client.destroy();
}
