// Buses and rules through the AWS SDK for JavaScript v3: as they are described, listed, tagged and refused.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import * as events from "@aws-sdk/client-eventbridge";
import { Buses, EVERYTHING, busArn, ids, order, ruleArn, target, uniqueName } from "../buses.js";
import { createQueue, deleteQueues, queueArn, receiveAll } from "../queues.js";
import { account, region } from "../settings.js";

const buses = new Buses();
const { client } = buses;

// EventBridge doesn't ask whether a queue exists.
const targets = (count) =>
  Array.from({ length: count }, (_, number) => target(`arn:aws:sqs:${region}:${account}:never`, { Id: `${number}` }));
const describeRule = (EventBusName, Name) => client.send(new events.DescribeRuleCommand({ Name, EventBusName }));

after(async () => {
  await buses.deleteAll();
  await deleteQueues();
});

test("settings of a bus", async () => {
  const DeadLetterConfig = { Arn: await queueArn(await createQueue()) };
  const LogConfig = { Level: "ERROR", IncludeDetail: "FULL" };
  const Name = await buses.create({ Description: "Orders", DeadLetterConfig, LogConfig });
  await client.send(new events.UpdateEventBusCommand({ Name, Description: "Orders and more" }));
  const found = await client.send(new events.DescribeEventBusCommand({ Name }));
  assert.equal(found.Arn, busArn(Name));
  assert.equal(found.Description, "Orders and more");
  assert.deepEqual(found.DeadLetterConfig, DeadLetterConfig);
  assert.deepEqual(found.LogConfig, LogConfig);
  const listed = await client.send(new events.ListEventBusesCommand({ NamePrefix: Name }));
  assert.deepEqual(listed.EventBuses.map(({ Arn }) => Arn), [busArn(Name)]);
});

test("a rule is disabled and enabled", async () => {
  const EventBusName = await buses.create();
  const QueueUrl = await createQueue();
  const TargetArn = await queueArn(QueueUrl);
  const Name = await buses.putRule(EventBusName, EVERYTHING, target(TargetArn));
  await client.send(new events.DisableRuleCommand({ Name, EventBusName }));
  assert.equal((await describeRule(EventBusName, Name)).State, "DISABLED");
  await buses.put(order(EventBusName, { id: 1 }));
  await client.send(new events.EnableRuleCommand({ Name, EventBusName }));
  const { State, EventPattern } = await describeRule(EventBusName, Name);
  assert.deepEqual([State, JSON.parse(EventPattern)], ["ENABLED", EVERYTHING]);
  const put = await buses.put(order(EventBusName, { id: 2 }));
  assert.deepEqual(ids(await receiveAll(QueueUrl, 1)), put);
  const named = await client.send(new events.ListRuleNamesByTargetCommand({ TargetArn, EventBusName }));
  assert.deepEqual(named.RuleNames, [Name]);
});

describe("schedules", () => {
  const put = async (EventBusName, ScheduleExpression) => {
    const input = { Name: uniqueName(), EventBusName, ScheduleExpression, State: "DISABLED" };
    await client.send(new events.PutRuleCommand(input));
    return input.Name;
  };

  for (const schedule of ["rate(5 minutes)", "cron(0 12 ? * MON-FRI *)"]) {
    test(schedule, async () => {
      const Name = await put("default", schedule);
      const { ScheduleExpression, EventPattern, State } = await describeRule("default", Name);
      assert.deepEqual([ScheduleExpression, EventPattern, State], [schedule, undefined, "DISABLED"]);
      await client.send(new events.DeleteRuleCommand({ Name }));
    });
  }

  test("invalid ones", async () => {
    await assert.rejects(put("default", "rate(5 minute)"), { name: "ValidationException" });
    await assert.rejects(put(await buses.create(), "rate(5 minutes)"), { name: "ValidationException" });
  });
});

describe("pages", () => {
  /** Pages, each with the token of the one before. (The SDK has no paginators for EventBridge.) */
  async function pagesOf(Command, input, entries) {
    const pages = [];
    let NextToken;
    do {
      const page = await client.send(new Command({ ...input, NextToken }));
      pages.push(page[entries]);
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return pages;
  }

  test("of rules", async () => {
    const EventBusName = await buses.create();
    const created = [];
    while (created.length < 7) created.push(await buses.putRule(EventBusName, EVERYTHING));
    const pages = await pagesOf(events.ListRulesCommand, { EventBusName, Limit: 3 }, "Rules");
    assert.deepEqual(pages.map(({ length }) => length), [3, 3, 1]);
    assert.deepEqual(pages.flat().map(({ Name }) => Name).sort(), created.sort());
  });

  test("of targets", async () => {
    const EventBusName = await buses.create();
    const Rule = await buses.putRule(EventBusName, EVERYTHING, ...targets(5));
    const list = (Limit) => pagesOf(events.ListTargetsByRuleCommand, { Rule, EventBusName, Limit }, "Targets");
    const pages = await list(2);
    assert.deepEqual(pages.map(({ length }) => length), [2, 2, 1]);
    assert.deepEqual(pages.flat(), targets(5));
    await client.send(new events.RemoveTargetsCommand({ Rule, EventBusName, Ids: ["0", "1", "2", "3"] }));
    assert.deepEqual(await list(2), [targets(5).slice(4)]);
  });
});

test("tags of buses and rules", async () => {
  const bus = await buses.create();
  const rule = await buses.putRule(bus, EVERYTHING);
  const Tags = [{ Key: "stage", Value: "test" }];
  for (const ResourceARN of [busArn(bus), ruleArn(bus, rule)]) {
    const tagged = [...Tags, { Key: "owner", Value: "nobody" }];
    await client.send(new events.TagResourceCommand({ ResourceARN, Tags: tagged }));
    await client.send(new events.UntagResourceCommand({ ResourceARN, TagKeys: ["owner"] }));
    assert.deepEqual((await client.send(new events.ListTagsForResourceCommand({ ResourceARN }))).Tags, Tags);
  }
});

describe("permissions", () => {
  const policy = async (Name) => (await client.send(new events.DescribeEventBusCommand({ Name }))).Policy;

  test("put and removed", async () => {
    const EventBusName = await buses.create();
    const allow = { Action: "events:PutEvents", Principal: "111111111111", StatementId: "friend" };
    await client.send(new events.PutPermissionCommand({ EventBusName, ...allow }));
    assert.deepEqual(JSON.parse(await policy(EventBusName)).Statement, [
      {
        Sid: "friend",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: "events:PutEvents",
        Resource: busArn(EventBusName),
      },
    ]);
    const remove = (StatementId) => client.send(new events.RemovePermissionCommand({ EventBusName, StatementId }));
    await assert.rejects(remove("other"), events.ResourceNotFoundException);
    await remove("friend");
    assert.equal(await policy(EventBusName), undefined);
  });

  test("too long", async () => {
    const EventBusName = await buses.create();
    const Resource = busArn(EventBusName);
    const statement = { Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: Array(100).fill(statement) });
    const put = new events.PutPermissionCommand({ EventBusName, Policy });
    await assert.rejects(client.send(put), events.PolicyLengthExceededException);
  });
});

test("endpoints", async () => {
  const bus = await buses.create();
  const Name = uniqueName();
  const RoutingConfig = {
    FailoverConfig: {
      Primary: { HealthCheck: "arn:aws:route53:::healthcheck/1" },
      Secondary: { Route: "us-west-2" },
    },
  };
  const EventBuses = [{ EventBusArn: busArn(bus) }, { EventBusArn: busArn(bus, "us-west-2") }];
  const input = { Name, RoutingConfig, EventBuses, ReplicationConfig: { State: "DISABLED" } };
  const { Arn } = await client.send(new events.CreateEndpointCommand(input));
  await assert.rejects(client.send(new events.CreateEndpointCommand(input)), events.ResourceAlreadyExistsException);
  const found = await client.send(new events.DescribeEndpointCommand({ Name }));
  assert.deepEqual([found.Arn, found.State], [Arn, "ACTIVE"]);
  assert.deepEqual([found.RoutingConfig, found.EventBuses], [RoutingConfig, EventBuses]);
  const { Endpoints } = await client.send(new events.ListEndpointsCommand({ NamePrefix: Name }));
  assert.deepEqual(Endpoints.map(({ EndpointId }) => EndpointId), [found.EndpointId]);
  await client.send(new events.DeleteEndpointCommand({ Name }));
  await assert.rejects(client.send(new events.DescribeEndpointCommand({ Name })), events.ResourceNotFoundException);
});

describe("errors of rules", () => {
  test("a bus that does not exist", async () => {
    await assert.rejects(buses.putRule("no-such-bus", EVERYTHING), (error) => {
      assert.ok(error instanceof events.ResourceNotFoundException);
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.equal(error.message, "Event bus no-such-bus does not exist.");
      return true;
    });
  });

  test("a rule that does not exist", async () => {
    await assert.rejects(describeRule(await buses.create(), "no-such-rule"), events.ResourceNotFoundException);
  });

  test("the name of another bus", async () => {
    const Name = await buses.create();
    await assert.rejects(
      client.send(new events.CreateEventBusCommand({ Name })),
      events.ResourceAlreadyExistsException,
    );
  });

  test("an invalid pattern", async () => {
    const bus = await buses.create();
    await assert.rejects(buses.putRule(bus, { source: [{ suffixes: "x" }] }), (error) => {
      assert.ok(error instanceof events.InvalidEventPatternException);
      assert.match(error.message, /^Event pattern is not valid. Reason: /);
      return true;
    });
  });

  test("neither pattern nor schedule", async () => {
    const bus = await buses.create();
    await assert.rejects(buses.putRule(bus, undefined), { name: "ValidationException" });
  });

  test("too many targets", async () => {
    const bus = await buses.create();
    await assert.rejects(buses.putRule(bus, EVERYTHING, ...targets(6)), events.LimitExceededException);
  });

  test("a rule with targets is deleted", async () => {
    const EventBusName = await buses.create();
    const Name = await buses.putRule(EventBusName, EVERYTHING, ...targets(1));
    const remove = new events.DeleteRuleCommand({ Name, EventBusName });
    await assert.rejects(client.send(remove), { name: "ValidationException" });
  });
});
