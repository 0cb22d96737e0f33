"""Tags of buses and rules."""

import json

import pytest

from conftest import REGION, OWN_ACCOUNT, unique_name
from event_buses import EVERYTHING, bus_arn, put_rule
from expectations import refused


def rule_arn(bus, rule):
    path = rule if bus == "default" else f"{bus}/{rule}"
    return f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:rule/{path}"


def tag(key, value):
    return {"Key": key, "Value": value}


def tags_of(events, arn):
    return {each["Key"]: each["Value"] for each in events.list_tags_for_resource(ResourceARN=arn)["Tags"]}


@pytest.fixture(params=["bus", "default bus", "rule", "rule of the default bus"])
def resource(request, events, bus):
    """The ARN of something that can have tags."""
    if request.param == "bus":
        yield bus_arn(bus)
    elif request.param == "default bus":
        yield bus_arn("default")
        events.untag_resource(ResourceARN=bus_arn("default"), TagKeys=["team", "stage"])
    elif request.param == "rule":
        yield rule_arn(bus, put_rule(events, bus))
    else:
        rule = put_rule(events, "default", pattern={"source": ["nobody"]})
        yield rule_arn("default", rule)
        events.delete_rule(Name=rule)


def test_tags_are_added_replaced_and_removed(events, resource):
    events.tag_resource(ResourceARN=resource, Tags=[tag("team", "a"), tag("stage", "test")])
    events.tag_resource(ResourceARN=resource, Tags=[tag("team", "b")])
    assert tags_of(events, resource) == {"team": "b", "stage": "test"}
    events.untag_resource(ResourceARN=resource, TagKeys=["team", "never"])
    assert events.list_tags_for_resource(ResourceARN=resource)["Tags"] == [tag("stage", "test")]


def test_buses_and_rules_are_created_with_tags(events, make_bus):
    bus = make_bus(Tags=[tag("team", "a")])
    rule = put_rule(events, bus, Tags=[tag("team", "b")])
    assert tags_of(events, bus_arn(bus)) == {"team": "a"}
    assert tags_of(events, rule_arn(bus, rule)) == {"team": "b"}
    # A rule that is there keeps the tags it has.
    pattern = json.dumps(EVERYTHING)
    events.put_rule(Name=rule, EventBusName=bus, EventPattern=pattern, Tags=[tag("team", "c"), tag("stage", "test")])
    assert tags_of(events, rule_arn(bus, rule)) == {"team": "b"}


def test_tags_go_with_what_had_them(events, bus):
    rule = put_rule(events, bus, Tags=[tag("team", "a")])
    events.delete_rule(Name=rule, EventBusName=bus)
    with refused("ResourceNotFoundException") as caught:
        events.list_tags_for_resource(ResourceARN=rule_arn(bus, rule))
    assert f"Rule {rule} does not exist on EventBus {bus}." in str(caught.value)
    put_rule(events, bus, name=rule)
    assert tags_of(events, rule_arn(bus, rule)) == {}


def test_what_is_not_there_has_no_tags(events):
    missing = unique_name("missing")
    for arn, message in (
        (bus_arn(missing), f"Event bus {missing} does not exist."),
        (rule_arn("default", missing), f"Rule {missing} does not exist on EventBus default."),
    ):
        for call in (
            lambda arn: events.list_tags_for_resource(ResourceARN=arn),
            lambda arn: events.tag_resource(ResourceARN=arn, Tags=[tag("a", "b")]),
            lambda arn: events.untag_resource(ResourceARN=arn, TagKeys=["a"]),
        ):
            with refused("ResourceNotFoundException", status=400) as caught:
                call(arn)
            assert message in str(caught.value)


def test_tags_are_checked(events, bus):
    arn = bus_arn(bus)
    for tags in (
        [tag("aws:team", "a")],
        [tag("a", "1"), tag("a", "2")],
        [tag(f"key-{number}", "") for number in range(51)],
        [tag("k" * 129, "a")],
        [tag("a", "v" * 257)],
    ):
        with refused("ValidationException", status=400):
            events.tag_resource(ResourceARN=arn, Tags=tags)
    assert tags_of(events, arn) == {}
    events.tag_resource(ResourceARN=arn, Tags=[tag(f"key-{number}", "") for number in range(50)])
    with refused("ValidationException"):
        events.tag_resource(ResourceARN=arn, Tags=[tag("one too many", "")])
    with refused("ValidationException"):
        events.list_tags_for_resource(ResourceARN="arn:aws:sqs:us-east-1:123456789012:queue")
