"""Event buses: creation, settings, lists, deletion."""

import datetime
import json

import pytest

from conftest import connect, unique_name
from event_buses import bus_arn, entry, next_bodies, put, put_rule, queue_target
from expectations import arn_of, refused

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def names(buses):
    return [bus["Name"] for bus in buses]


def test_a_bus_is_described_and_listed(events, make_bus):
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=2)
    name = make_bus()
    described = events.describe_event_bus(Name=name)
    del described["ResponseMetadata"]
    created = described["CreationTime"]
    assert before < created <= datetime.datetime.now(datetime.UTC)
    assert described == {
        "Name": name, "Arn": bus_arn(name), "CreationTime": created, "LastModifiedTime": created,
    }
    assert events.list_event_buses(NamePrefix=name)["EventBuses"] == [described]
    assert events.describe_event_bus(Name=bus_arn(name))["Name"] == name


def test_creating_answers_the_arn_and_the_settings(events, sqs, queue):
    name = unique_name("bus")
    settings = {
        "Description": "Orders of the shop",
        "KmsKeyIdentifier": KEY,
        "DeadLetterConfig": {"Arn": arn_of(sqs, queue)},
        "LogConfig": {"IncludeDetail": "FULL", "Level": "ERROR"},
    }
    created = events.create_event_bus(Name=name, **settings)
    assert created["EventBusArn"] == bus_arn(name)
    described = events.describe_event_bus(Name=name)
    for answer in (created, described):
        assert {key: answer[key] for key in settings} == settings
    events.delete_event_bus(Name=name)
    with refused("ResourceNotFoundException", status=400) as caught:
        events.describe_event_bus(Name=name)
    assert caught.value.response["Error"]["Message"] == f"Event bus {name} does not exist."


def test_settings_are_changed_one_by_one(events, sqs, queue, make_bus):
    name = make_bus(Description="Orders")
    updated = events.update_event_bus(Name=name, DeadLetterConfig={"Arn": arn_of(sqs, queue)})
    assert (updated["Arn"], updated["Name"], updated["Description"]) == (bus_arn(name), name, "Orders")
    assert updated["DeadLetterConfig"] == {"Arn": arn_of(sqs, queue)}
    events.update_event_bus(Name=name, Description="Orders and more", LogConfig={"Level": "TRACE"})
    described = events.describe_event_bus(Name=name)
    assert (described["Description"], described["LogConfig"]) == ("Orders and more", {"Level": "TRACE"})
    assert described["DeadLetterConfig"] == {"Arn": arn_of(sqs, queue)}
    assert described["LastModifiedTime"] >= described["CreationTime"]
    missing = unique_name("bus")
    with refused("ResourceNotFoundException") as caught:
        events.update_event_bus(Name=missing, Description="x")
    assert f"Event bus {missing} does not exist." in str(caught.value)


def test_every_account_has_a_default_bus_in_every_region(endpoint):
    own = connect(endpoint, "events", account="444444444444", region="eu-west-1")
    arn = bus_arn("default", "444444444444", "eu-west-1")
    assert own.describe_event_bus()["Arn"] == arn
    assert [bus["Arn"] for bus in own.list_event_buses()["EventBuses"]] == [arn]
    assert own.update_event_bus(Description="The one bus")["Name"] == "default"
    assert own.describe_event_bus(Name="default")["Description"] == "The one bus"
    with refused("ValidationException", status=400) as caught:
        own.delete_event_bus(Name="default")
    assert "Cannot delete event bus default." in str(caught.value)
    with refused("ResourceAlreadyExistsException"):
        own.create_event_bus(Name="default")


def test_a_name_is_taken_once(events, bus):
    with refused("ResourceAlreadyExistsException", status=400) as caught:
        events.create_event_bus(Name=bus)
    assert f"Event bus {bus} already exists." in str(caught.value)


@pytest.mark.parametrize("name, reason", [
    ("a b", r"Member must satisfy regular expression pattern: [/\.\-_A-Za-z0-9]+"),
    ("a" * 257, "Member must have length less than or equal to 256"),
    ("shop/orders", "Event bus name must not contain '/'."),
])
def test_names_are_checked(events, name, reason):
    with refused("ValidationException", status=400) as caught:
        events.create_event_bus(Name=name)
    assert reason in str(caught.value)


def test_deleting_what_is_not_there_succeeds(events):
    name = unique_name("bus")
    events.delete_event_bus(Name=name)
    assert events.list_event_buses(NamePrefix=name)["EventBuses"] == []


def test_lists_have_pages(endpoint):
    own = connect(endpoint, "events", account="333333333333")
    made = [f"bus-{number:03}" for number in range(110)]
    for name in made:
        own.create_event_bus(Name=name)
    first = own.list_event_buses(NamePrefix="bus-")
    assert names(first["EventBuses"]) == made[:100]
    second = own.list_event_buses(NamePrefix="bus-", NextToken=first["NextToken"])
    assert names(second["EventBuses"]) == made[100:]
    assert "NextToken" not in second
    token, listed = {}, []
    while True:
        page = own.list_event_buses(Limit=3, NamePrefix="bus-00", **token)
        assert 1 <= len(page["EventBuses"]) <= 3
        listed += names(page["EventBuses"])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert listed == made[:10]
    with refused("ValidationException"):
        own.list_event_buses(NextToken="???")
    for name in made:
        own.delete_event_bus(Name=name)
    assert names(own.list_event_buses()["EventBuses"]) == ["default"]


def test_regions_and_accounts_have_buses_of_their_own(endpoint, events, bus):
    for elsewhere in (
        connect(endpoint, "events", region="eu-west-1"), connect(endpoint, "events", account="444444444444"),
    ):
        with refused("ResourceNotFoundException"):
            elsewhere.describe_event_bus(Name=bus)
        assert bus not in names(elsewhere.list_event_buses()["EventBuses"])


def test_the_rules_of_a_bus_go_with_it(events, sqs, queue):
    name = unique_name("bus")
    events.create_event_bus(Name=name)
    rule = put_rule(events, name, queue_target(sqs, queue))
    events.delete_event_bus(Name=name)
    events.create_event_bus(Name=name)
    assert events.list_rules(EventBusName=name)["Rules"] == []
    [lost] = put(events, entry(name, {"order": 1}))
    put_rule(events, name, queue_target(sqs, queue), name=rule)
    [kept] = put(events, entry(name, {"order": 2}))
    [event] = next_bodies(sqs, queue)
    assert (event["id"], event["detail"]) == (kept, {"order": 2})
    assert lost != kept
    events.delete_event_bus(Name=name)


def test_a_bus_and_its_rules_answer_to_the_bus_arn(events, sqs, queue, bus):
    rule = put_rule(events, bus_arn(bus), queue_target(sqs, queue))
    [listed] = events.list_rules(EventBusName=bus)["Rules"]
    assert (listed["Name"], listed["EventBusName"]) == (rule, bus)
    put(events, entry(bus_arn(bus), {"order": 1}))
    [event] = next_bodies(sqs, queue)
    assert json.dumps(event["detail"]) == '{"order": 1}'
