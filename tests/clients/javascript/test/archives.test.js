// Archives of buses and their replays, through the AWS SDK for JavaScript v3.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as events from "@aws-sdk/client-eventbridge";
import { Buses, EVERYTHING, busArn, eventually, order, read, ruleArn, target, uniqueName } from "../buses.js";
import { createQueue, deleteQueues, queueArn, receiveAll } from "../queues.js";
import { account, region } from "../settings.js";

const buses = new Buses();
const { client } = buses;
const archives = [];

const archiveArn = (archive) => `arn:aws:events:${region}:${account}:archive/${archive}`;
const minutesFromNow = (minutes) => new Date(Date.now() + minutes * 60_000);
const describeArchive = (ArchiveName) => client.send(new events.DescribeArchiveCommand({ ArchiveName }));

async function createArchive(bus, pattern = EVERYTHING, ArchiveName = uniqueName()) {
  const [EventSourceArn, EventPattern] = [busArn(bus), JSON.stringify(pattern)];
  const input = { ArchiveName, EventSourceArn, EventPattern, RetentionDays: 1 };
  await client.send(new events.CreateArchiveCommand(input));
  archives.push(ArchiveName);
  return ArchiveName;
}

async function startReplay(bus, archive, more = {}) {
  const { FilterArns, ...others } = more;
  const input = {
    ReplayName: uniqueName(),
    EventSourceArn: archiveArn(archive),
    EventStartTime: minutesFromNow(-5),
    EventEndTime: minutesFromNow(1),
    Destination: { Arn: busArn(bus), FilterArns },
    ...others,
  };
  await client.send(new events.StartReplayCommand(input));
  return input.ReplayName;
}

/** Replays the last minutes, and waits until that is completed; the name of the replay. */
async function replay(bus, archive, ...FilterArns) {
  const ReplayName = await startReplay(bus, archive, { FilterArns });
  await eventually("the replay is completed", async () => {
    const { State } = await client.send(new events.DescribeReplayCommand({ ReplayName }));
    return State === "COMPLETED";
  });
  return ReplayName;
}

after(async () => {
  for (const ArchiveName of archives) await client.send(new events.DeleteArchiveCommand({ ArchiveName }));
  await buses.deleteAll();
  await deleteQueues();
});

test("a replay brings events again", async () => {
  const bus = await buses.create();
  const [QueueUrl, other] = [await createQueue(), await createQueue()];
  const rule = await buses.putRule(bus, EVERYTHING, target(await queueArn(QueueUrl)));
  await buses.putRule(bus, EVERYTHING, target(await queueArn(other)));
  const archive = await createArchive(bus, { detail: { colour: ["red"] } });
  const put = await buses.put(...["red", "blue", "red"].map((colour) => order(bus, { colour })));
  for (const url of [QueueUrl, other]) {
    for (const event of read(await receiveAll(url, 3))) assert.equal(event["replay-name"], undefined);
  }
  const name = await replay(bus, archive, ruleArn(bus, rule));
  const again = read(await receiveAll(QueueUrl, 2));
  assert.deepEqual(again.map((event) => event["replay-name"]), [name, name]);
  assert.deepEqual(again.map(({ id }) => id).sort(), [put[0], put[2]].sort());
  // What is replayed isn't archived once more, and the other rule was not meant.
  await replay(bus, archive);
  await receiveAll(QueueUrl, 2);
  await receiveAll(other, 2);
});

test("described and updated", async () => {
  const bus = await buses.create();
  const ArchiveName = await createArchive(bus);
  await buses.put(order(bus, {}), order(bus, {}));
  const update = { ArchiveName, Description: "Orders", RetentionDays: 7 };
  await client.send(new events.UpdateArchiveCommand(update));
  const { ArchiveArn, EventSourceArn, State, Description, RetentionDays } = await describeArchive(ArchiveName);
  assert.deepEqual([ArchiveArn, EventSourceArn, State], [archiveArn(ArchiveName), busArn(bus), "ENABLED"]);
  assert.deepEqual([Description, RetentionDays], ["Orders", 7]);
  await eventually("the archive counts two events", async () => (await describeArchive(ArchiveName)).EventCount === 2);
  const listed = await client.send(new events.ListArchivesCommand({ EventSourceArn }));
  assert.deepEqual(listed.Archives.map((each) => each.ArchiveName), [ArchiveName]);
});

test("the rule of an archive is managed", async () => {
  const EventBusName = await buses.create();
  const Rule = `Events-Archive-${await createArchive(EventBusName)}`;
  const named = { Name: Rule, EventBusName };
  const { ManagedBy, EventPattern } = await client.send(new events.DescribeRuleCommand(named));
  assert.equal(ManagedBy, "prod.vhs.events.aws.internal");
  for (const command of [
    new events.PutRuleCommand({ ...named, EventPattern }),
    new events.PutTargetsCommand({ Rule, EventBusName, Targets: [target(`arn:aws:sqs:${region}:${account}:never`)] }),
    new events.RemoveTargetsCommand({ Rule, EventBusName, Ids: [Rule] }),
    new events.DeleteRuleCommand(named),
  ]) {
    await assert.rejects(client.send(command), events.ManagedRuleException);
  }
});

describe("errors", () => {
  test("of archives", async () => {
    const bus = await buses.create();
    const archive = await createArchive(bus);
    await assert.rejects(createArchive(bus, EVERYTHING, archive), events.ResourceAlreadyExistsException);
    await assert.rejects(createArchive(`${bus}-not`), events.ResourceNotFoundException);
    await assert.rejects(createArchive(bus, { source: "shop" }), events.InvalidEventPatternException);
    await assert.rejects(describeArchive("no-such-archive"), events.ResourceNotFoundException);
  });

  test("of replays", async () => {
    const bus = await buses.create();
    const archive = await createArchive(bus);
    const ReplayName = await replay(bus, archive);
    await assert.rejects(
      client.send(new events.CancelReplayCommand({ ReplayName })),
      events.IllegalStatusException,
    );
    await assert.rejects(startReplay(bus, archive, { ReplayName }), events.ResourceAlreadyExistsException);
    const EventEndTime = minutesFromNow(-10);
    await assert.rejects(startReplay(bus, archive, { EventEndTime }), { name: "ValidationException" });
    const other = await buses.create();
    await assert.rejects(startReplay(other, archive), { name: "ValidationException" });
  });
});
