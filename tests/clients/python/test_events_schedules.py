"""Rules with schedules."""

import datetime
import json

import pytest

from conftest import OWN_ACCOUNT, REGION, unique_name
from event_buses import put_targets, queue_target
from expectations import receive_until, refused


def test_scheduled_rules_fire_within_the_minute(events, sqs, make_queue):
    ticks, constants = make_queue(), make_queue()
    rate, cron = unique_name("rate"), unique_name("cron")
    began = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    arn = events.put_rule(Name=rate, ScheduleExpression="rate(1 minute)")["RuleArn"]
    put_targets(events, "default", rate, queue_target(sqs, ticks))
    events.put_rule(Name=cron, ScheduleExpression="cron(* * * * ? *)")
    put_targets(events, "default", cron, queue_target(sqs, constants, Input='{"custom-value": "somecustominput"}'))
    constant = receive_until(sqs, constants, 1, seconds=75)[0]
    tick = json.loads(receive_until(sqs, ticks, 1, seconds=75)[0]["Body"])
    for name in (rate, cron):
        events.remove_targets(Rule=name, Ids=["queue"])
        events.delete_rule(Name=name)
    assert json.loads(constant["Body"]) == {"custom-value": "somecustominput"}
    assert tick == {
        "version": "0", "id": tick["id"], "detail-type": "Scheduled Event", "source": "aws.events",
        "account": OWN_ACCOUNT, "time": tick["time"], "region": REGION, "resources": [arn], "detail": {},
    }
    assert began < datetime.datetime.fromisoformat(tick["time"]) <= began + datetime.timedelta(seconds=75)


@pytest.mark.parametrize("schedule", [
    "rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "rate(2 days)",
    "cron(0 10 * * ? *)", "cron(15 12 * * ? *)", "cron(0 18 ? * MON-FRI *)", "cron(0 8 1 * ? *)",
    "cron(0/15 * * * ? *)", "cron(0/5 8-17 ? * MON-FRI *)", "cron(0 12 L * ? *)", "cron(0 12 ? * 6L *)",
    "cron(0 12 15W * ? *)", "cron(0 12 ? * 2#1 2026-2030)",
])
def test_schedules_that_are_taken(events, schedule):
    name = unique_name("rule")
    events.put_rule(Name=name, ScheduleExpression=schedule, State="DISABLED")
    [rule] = events.list_rules(NamePrefix=name)["Rules"]
    assert (rule["ScheduleExpression"], rule["State"], rule["EventBusName"]) == (schedule, "DISABLED", "default")
    assert "EventPattern" not in rule
    events.delete_rule(Name=name)


@pytest.mark.parametrize("schedule", [
    "rate(10 seconds)", "rate(10 years)", "rate(1 minutes)", "rate(1 hours)", "rate(2 minute)", "rate(2 hour)",
    "rate(0 minutes)", "rate(-1 minutes)", "rate(1.5 minutes)", " rate(10 minutes)", "rate()", "rate(5 minutes) ",
    "cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(0 dummy ? * MON-FRI *)", "cron(61 10 * * ? *)",
    "cron(0 10 * * ?)", "cron()", "at(2026-12-31T00:00:00)", "INVALID", "",
])
def test_schedules_that_are_refused(events, schedule):
    with refused("ValidationException", status=400) as caught:
        events.put_rule(Name="rule", ScheduleExpression=schedule)
    assert "Parameter ScheduleExpression is not valid." in str(caught.value)


def test_only_the_default_bus_has_schedules(events, bus):
    with refused("ValidationException", status=400) as caught:
        events.put_rule(Name="rule", EventBusName=bus, ScheduleExpression="rate(1 minute)")
    assert "ScheduleExpression is supported only on the default event bus." in str(caught.value)


def test_a_rule_may_have_a_pattern_and_a_schedule(events):
    name = unique_name("rule")
    events.put_rule(Name=name, ScheduleExpression="rate(1 day)", EventPattern='{"source": ["nobody"]}')
    found = events.describe_rule(Name=name)
    assert (found["ScheduleExpression"], found["EventPattern"]) == ("rate(1 day)", '{"source": ["nobody"]}')
    events.put_rule(Name=name, EventPattern='{"source": ["nobody"]}')
    assert "ScheduleExpression" not in events.describe_rule(Name=name)
    events.delete_rule(Name=name)
