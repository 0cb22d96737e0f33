// Event sources of partners through the AWS SDK for JavaScript v3: offered, accepted and deactivated.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as events from "@aws-sdk/client-eventbridge";
import { Buses, EVERYTHING, ids, read, target, uniqueName } from "../buses.js";
import { createQueue, deleteQueues, queueArn, receiveAll } from "../queues.js";
import { account } from "../settings.js";

const buses = new Buses();
const { client } = buses;
const sources = [];

async function offerSource() {
  const Name = `aws.partner/example.com/${uniqueName()}`;
  await client.send(new events.CreatePartnerEventSourceCommand({ Name, Account: account }));
  sources.push(Name);
  return Name;
}

/** The URL of a new queue that gets what comes from a source. */
async function accept(source, pattern) {
  await buses.create({ Name: source, EventSourceName: source });
  const QueueUrl = await createQueue();
  await buses.putRule(source, pattern, target(await queueArn(QueueUrl)));
  return QueueUrl;
}

async function putPartnerEvents(Source, ...details) {
  const Entries = details.map((Detail) => ({ Source, DetailType: "order", Detail }));
  return client.send(new events.PutPartnerEventsCommand({ Entries }));
}

async function assertState(Name, state) {
  const { State, CreatedBy } = await client.send(new events.DescribeEventSourceCommand({ Name }));
  assert.deepEqual([State, CreatedBy], [state, "example.com"]);
}

after(async () => {
  await buses.deleteAll();
  for (const Name of sources) {
    await client.send(new events.DeletePartnerEventSourceCommand({ Name, Account: account }));
  }
  await deleteQueues();
});

test("accepted by a bus of its name", async () => {
  const source = await offerSource();
  await assertState(source, "PENDING");
  const QueueUrl = await accept(source, { detail: { id: [7] } });
  await assertState(source, "ACTIVE");
  const put = await putPartnerEvents(source, '{"id": 7}', '{"id":', '{"id": 8}');
  assert.equal(put.FailedEntryCount, 1);
  assert.equal(put.Entries[1].ErrorCode, "MalformedDetail");
  const [event] = read(await receiveAll(QueueUrl, 1));
  assert.deepEqual([event.id, event.source], [put.Entries[0].EventId, source]);
  const list = new events.ListPartnerEventSourceAccountsCommand({ EventSourceName: source });
  const { PartnerEventSourceAccounts } = await client.send(list);
  assert.deepEqual(PartnerEventSourceAccounts.map(({ Account, State }) => [Account, State]), [[account, "ACTIVE"]]);
});

test("deactivated and activated", async () => {
  const Name = await offerSource();
  const QueueUrl = await accept(Name, EVERYTHING);
  await client.send(new events.DeactivateEventSourceCommand({ Name }));
  await assertState(Name, "PENDING");
  await putPartnerEvents(Name, "{}");
  await client.send(new events.ActivateEventSourceCommand({ Name }));
  const { Entries } = await putPartnerEvents(Name, "{}");
  assert.deepEqual(ids(await receiveAll(QueueUrl, 1)), [Entries[0].EventId]);
  await assert.rejects(client.send(new events.ActivateEventSourceCommand({ Name })), events.InvalidStateException);
});

test("a source that does not exist", async () => {
  const Name = "aws.partner/example.com/no-such-source";
  await assert.rejects(
    client.send(new events.DescribeEventSourceCommand({ Name })),
    events.ResourceNotFoundException,
  );
});
