// A client for events, and buses that are deleted with their rules.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import * as events from "@aws-sdk/client-eventbridge";
import { account, region, settings } from "./settings.js";

const WAIT_MILLISECONDS = 15_000;
const PAUSE_MILLISECONDS = 20;

/** A pattern that every event matches. */
export const EVERYTHING = { source: [{ prefix: "" }] };

export const uniqueName = () => `javascript-${randomUUID()}`;
export const busArn = (bus, where = region) => `arn:aws:events:${where}:${account}:event-bus/${bus}`;
export const ruleArn = (bus, rule) => `arn:aws:events:${region}:${account}:rule/${bus}/${rule}`;
export const target = (Arn, more = {}) => ({ Id: "target", Arn, ...more });

/** The entry of an order of a shop. */
export const order = (EventBusName, detail, more = {}) => ({
  EventBusName,
  Source: "shop",
  DetailType: "order",
  Detail: JSON.stringify(detail),
  ...more,
});

/** Messages of a queue, as events. */
export const read = (messages) => messages.map(({ Body }) => JSON.parse(Body));
export const ids = (messages) => read(messages).map(({ id }) => id);

/** Waits until something holds, and returns it. */
export async function eventually(what, holds) {
  for (const deadline = Date.now() + WAIT_MILLISECONDS; Date.now() < deadline; await pause(PAUSE_MILLISECONDS)) {
    const found = await holds();
    if (found) return found;
  }
  throw new Error(`it did not happen in time: ${what}`);
}

export class Buses {
  #created = [];

  constructor(more = {}) {
    this.client = new events.EventBridgeClient({ ...settings, ...more });
  }

  /** The name of a new bus. */
  async create(more = {}) {
    const input = { Name: uniqueName(), ...more };
    await this.client.send(new events.CreateEventBusCommand(input));
    this.#created.push(input.Name);
    return input.Name;
  }

  /** The name of a new rule of a bus. */
  async putRule(EventBusName, pattern, ...targets) {
    const [Name, EventPattern] = [uniqueName(), JSON.stringify(pattern)];
    await this.client.send(new events.PutRuleCommand({ Name, EventBusName, EventPattern }));
    if (targets.length > 0) await this.putTargets(EventBusName, Name, ...targets);
    return Name;
  }

  async putTargets(EventBusName, Rule, ...Targets) {
    const put = await this.client.send(new events.PutTargetsCommand({ EventBusName, Rule, Targets }));
    assert.deepEqual([put.FailedEntryCount, put.FailedEntries], [0, []]);
  }

  /** Puts events that must all be taken; returns their ids. */
  async put(...Entries) {
    const put = await this.client.send(new events.PutEventsCommand({ Entries }));
    assert.equal(put.FailedEntryCount, 0, JSON.stringify(put.Entries));
    return put.Entries.map(({ EventId }) => EventId);
  }

  async deleteAll() {
    for (const Name of this.#created) await this.client.send(new events.DeleteEventBusCommand({ Name }));
    this.client.destroy();
  }
}
