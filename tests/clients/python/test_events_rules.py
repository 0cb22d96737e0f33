"""Rules: creation, change, state, lists, deletion."""

import json

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from event_buses import EVERYTHING, bus_arn, entry, next_bodies, put, put_rule, put_targets, queue_target, target
from expectations import arn_of, receive, refused

ROLE = "arn:aws:iam::123456789012:role/deliver"


def described(events, rule, bus):
    answer = events.describe_rule(Name=rule, EventBusName=bus)
    del answer["ResponseMetadata"]
    return answer


def names(rules):
    return [rule["Name"] for rule in rules]


def test_a_rule_is_described_and_listed(events, bus):
    name = unique_name("rule")
    pattern = '{"source": ["shop"],\n "detail": {"total": [{"numeric": [">", 1e2]}]}}'
    arn = events.put_rule(
        Name=name, EventBusName=bus, EventPattern=pattern, Description="Large orders", RoleArn=ROLE, State="DISABLED"
    )["RuleArn"]
    assert arn == f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:rule/{bus}/{name}"
    listed = {
        "Name": name, "Arn": arn, "EventBusName": bus, "EventPattern": pattern, "State": "DISABLED",
        "Description": "Large orders", "RoleArn": ROLE,
    }
    assert described(events, name, bus) == {**listed, "CreatedBy": OWN_ACCOUNT}
    assert events.list_rules(EventBusName=bus)["Rules"] == [listed]


def test_the_default_bus_is_not_named_in_arns(events):
    name = unique_name("rule")
    arn = events.put_rule(Name=name, EventPattern=json.dumps({"source": ["nobody"]}))["RuleArn"]
    assert arn == f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:rule/{name}"
    assert described(events, name, "default")["EventBusName"] == "default"
    assert names(events.list_rules(NamePrefix=name)["Rules"]) == [name]
    events.delete_rule(Name=name)
    with refused("ResourceNotFoundException", status=400) as caught:
        events.describe_rule(Name=name)
    assert f"Rule {name} does not exist on EventBus default." in str(caught.value)


def test_putting_a_rule_again_replaces_all_but_its_targets(events, sqs, queue, bus):
    rule = put_rule(events, bus, queue_target(sqs, queue), Description="First", RoleArn=ROLE)
    put_rule(events, bus, name=rule, pattern={"source": ["other"]})
    found = described(events, rule, bus)
    assert "Description" not in found
    assert "RoleArn" not in found
    assert json.loads(found["EventPattern"]) == {"source": ["other"]}
    [kept] = events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
    assert kept == queue_target(sqs, queue)
    put(events, entry(bus, {"order": 1}), entry(bus, {"order": 2}, Source="other"))
    assert [event["detail"] for event in next_bodies(sqs, queue)] == [{"order": 2}]


def test_a_disabled_rule_takes_nothing(events, sqs, queue, bus):
    rule = put_rule(events, bus, queue_target(sqs, queue))
    events.disable_rule(Name=rule, EventBusName=bus)
    assert described(events, rule, bus)["State"] == "DISABLED"
    put(events, entry(bus, {"order": 1}))
    events.enable_rule(Name=rule, EventBusName=bus)
    assert described(events, rule, bus)["State"] == "ENABLED"
    put(events, entry(bus, {"order": 2}))
    assert [event["detail"] for event in next_bodies(sqs, queue)] == [{"order": 2}]
    assert receive(sqs, queue) == []
    put_rule(events, bus, name=rule, State="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
    assert described(events, rule, bus)["State"] == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    put(events, entry(bus, {"order": 3}))
    assert [event["detail"] for event in next_bodies(sqs, queue)] == [{"order": 3}]


def test_rules_take_effect_and_end_at_once(events, sqs, queue, bus):
    for number in range(20):
        rule = put_rule(events, bus, queue_target(sqs, queue), pattern={"detail": {"number": [number]}})
        put(events, entry(bus, {"number": number}))
        assert [event["detail"] for event in next_bodies(sqs, queue)] == [{"number": number}]
        events.remove_targets(Rule=rule, EventBusName=bus, Ids=["queue"])
        events.delete_rule(Name=rule, EventBusName=bus)
        put(events, entry(bus, {"number": number}))
        assert receive(sqs, queue) == []


def test_a_rule_with_targets_is_not_deleted(events, sqs, queue, bus):
    rule = put_rule(events, bus, queue_target(sqs, queue))
    with refused("ValidationException", status=400) as caught:
        events.delete_rule(Name=rule, EventBusName=bus)
    assert "Rule can't be deleted since it has targets." in str(caught.value)
    events.remove_targets(Rule=rule, EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name=rule, EventBusName=bus)
    with refused("ResourceNotFoundException"):
        events.describe_rule(Name=rule, EventBusName=bus)
    events.delete_rule(Name=rule, EventBusName=bus)  # deleting what is not there succeeds


def test_what_is_not_there(events, bus):
    missing = unique_name("rule")
    message = f"Rule {missing} does not exist on EventBus {bus}."
    for call in (
        lambda: events.describe_rule(Name=missing, EventBusName=bus),
        lambda: events.enable_rule(Name=missing, EventBusName=bus),
        lambda: events.disable_rule(Name=missing, EventBusName=bus),
        lambda: events.list_targets_by_rule(Rule=missing, EventBusName=bus),
        lambda: events.remove_targets(Rule=missing, EventBusName=bus, Ids=["a"]),
        lambda: events.put_targets(Rule=missing, EventBusName=bus, Targets=[target(bus_arn("default"))]),
    ):
        with refused("ResourceNotFoundException", status=400) as caught:
            call()
        assert message in str(caught.value)
    elsewhere = unique_name("bus")
    for call in (
        lambda: events.put_rule(Name=missing, EventBusName=elsewhere, EventPattern=json.dumps(EVERYTHING)),
        lambda: events.describe_rule(Name=missing, EventBusName=elsewhere),
        lambda: events.list_rules(EventBusName=elsewhere),
        lambda: events.list_rule_names_by_target(TargetArn=bus_arn("default"), EventBusName=elsewhere),
    ):
        with refused("ResourceNotFoundException", status=400) as caught:
            call()
        assert f"Event bus {elsewhere} does not exist." in str(caught.value)


def test_a_rule_needs_a_pattern_or_a_schedule(events, bus):
    with refused("ValidationException", status=400) as caught:
        events.put_rule(Name="rule", EventBusName=bus)
    assert "Parameter(s) EventPattern or ScheduleExpression must be specified." in str(caught.value)


@pytest.mark.parametrize("name", ["a b", "a" * 65, "ä", "a/b"])
def test_names_are_checked(events, bus, name):
    with refused("ValidationException", status=400) as caught:
        events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(EVERYTHING))
    assert "at 'name' failed to satisfy constraint" in str(caught.value)
    assert events.list_rules(EventBusName=bus)["Rules"] == []


def test_lists_have_pages_and_prefixes(events, bus):
    made = [put_rule(events, bus, name=f"orders-{number:03}") for number in range(105)]
    put_rule(events, bus, name="other")
    first = events.list_rules(EventBusName=bus)
    assert names(first["Rules"]) == made[:100]
    second = events.list_rules(EventBusName=bus, NextToken=first["NextToken"])
    assert names(second["Rules"]) == [*made[100:], "other"]
    assert "NextToken" not in second
    assert names(events.list_rules(EventBusName=bus, NamePrefix="orders-10")["Rules"]) == made[100:]
    page = events.list_rules(EventBusName=bus, NamePrefix="orders-", Limit=2)
    assert names(page["Rules"]) == made[:2]
    page = events.list_rules(EventBusName=bus, NamePrefix="orders-", Limit=2, NextToken=page["NextToken"])
    assert names(page["Rules"]) == made[2:4]
    with refused("ValidationException"):
        events.list_rules(EventBusName=bus, NextToken="???")


def test_rules_are_found_by_their_targets(events, sqs, bus, make_queue):
    shared, own = make_queue(), make_queue()
    rules = sorted(put_rule(events, bus, queue_target(sqs, shared)) for _ in range(3))
    put_targets(events, bus, rules[1], queue_target(sqs, own, "own"))
    find = lambda url, **arguments: events.list_rule_names_by_target(  # noqa: E731
        TargetArn=arn_of(sqs, url), EventBusName=bus, **arguments
    )
    assert find(shared)["RuleNames"] == rules
    assert find(own)["RuleNames"] == [rules[1]]
    page = find(shared, Limit=2)
    assert page["RuleNames"] == rules[:2]
    assert find(shared, Limit=2, NextToken=page["NextToken"])["RuleNames"] == rules[2:]
    assert events.list_rule_names_by_target(TargetArn=arn_of(sqs, shared))["RuleNames"] == []


def test_accounts_have_rules_of_their_own(endpoint, events, bus):
    rule = put_rule(events, bus)
    other = connect(endpoint, "events", account="444444444444")
    with refused("ResourceNotFoundException"):
        other.describe_rule(Name=rule, EventBusName=bus)
    assert rule not in names(other.list_rules()["Rules"])
