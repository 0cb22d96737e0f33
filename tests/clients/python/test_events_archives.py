"""Archives of events."""

import json

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from event_buses import bus_arn, entry, put, put_rule, queue_target
from expectations import refused
from own_server import eventually

PATTERN = json.dumps({"source": ["shop"], "detail": {"command": ["update-account"]}})
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def make_archive(events):
    """Archives a bus and deletes the archive after the test: `make_archive(bus, RetentionDays=1)` -> its name."""
    made = []

    def make(bus, **settings):
        name = unique_name("archive")
        events.create_archive(ArchiveName=name, EventSourceArn=bus_arn(bus), **settings)
        made.append(name)
        return name

    yield make
    for name in made:
        try:
            events.delete_archive(ArchiveName=name)
        except events.exceptions.ResourceNotFoundException:
            pass  # the test deleted it itself


def archive_arn(name):
    return f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:archive/{name}"


def names(answer):
    return [archive["ArchiveName"] for archive in answer["Archives"]]


def rule_of(name):
    return f"Events-Archive-{name}"


@pytest.mark.parametrize("of_default", [True, False])
def test_the_life_of_an_archive(events, bus, of_default):
    bus = "default" if of_default else bus
    name = unique_name("archive")
    created = events.create_archive(
        ArchiveName=name, EventSourceArn=bus_arn(bus), Description="description of the archive", EventPattern=PATTERN,
        RetentionDays=1,
    )
    assert (created["ArchiveArn"], created["State"]) == (archive_arn(name), "ENABLED")
    summary = {
        "ArchiveName": name, "EventSourceArn": bus_arn(bus), "State": "ENABLED", "RetentionDays": 1, "SizeBytes": 0,
        "EventCount": 0, "CreationTime": created["CreationTime"],
    }
    assert events.list_archives(NamePrefix=name)["Archives"] == [summary]
    described = events.describe_archive(ArchiveName=name)
    del described["ResponseMetadata"]
    assert described == {
        **summary, "ArchiveArn": archive_arn(name), "Description": "description of the archive",
        "EventPattern": PATTERN,
    }
    updated = events.update_archive(ArchiveName=name, Description="updated", RetentionDays=2, KmsKeyIdentifier=KEY)
    assert (updated["ArchiveArn"], updated["State"]) == (archive_arn(name), "ENABLED")
    assert updated["CreationTime"] == created["CreationTime"]
    described = events.describe_archive(ArchiveName=name)
    assert (described["Description"], described["RetentionDays"], described["KmsKeyIdentifier"]) == ("updated", 2, KEY)
    assert described["EventPattern"] == PATTERN
    events.delete_archive(ArchiveName=name)
    with refused("ResourceNotFoundException", status=400) as caught:
        events.describe_archive(ArchiveName=name)
    assert f"Archive {name} does not exist." in str(caught.value)


def test_an_archive_keeps_what_its_pattern_takes(events, bus, make_archive):
    some, every = make_archive(bus, EventPattern=PATTERN), make_archive(bus)
    assert events.describe_archive(ArchiveName=every)["RetentionDays"] == 0
    wanted = entry(bus, {"command": "update-account", "payload": {"acc_id": "0a787ecb-4015", "sf_id": "baz"}})
    put(events, *[wanted] * 10)
    put(events, *[entry(bus)] * 5)
    eventually(lambda: events.describe_archive(ArchiveName=every)["EventCount"] == 15)
    found = events.describe_archive(ArchiveName=some)
    assert found["EventCount"] == 10
    assert found["SizeBytes"] > 10 * len(wanted["Detail"])
    events.update_archive(ArchiveName=some, EventPattern=json.dumps({"source": ["other"]}))
    put(events, wanted, {**wanted, "Source": "other"})
    eventually(lambda: events.describe_archive(ArchiveName=every)["EventCount"] == 17)
    assert events.describe_archive(ArchiveName=some)["EventCount"] == 11


def test_an_archive_is_a_rule_that_is_managed(events, sqs, queue, bus, make_archive):
    archive = make_archive(bus, EventPattern=PATTERN)
    name = rule_of(archive)
    rule = events.describe_rule(Name=name, EventBusName=bus)
    assert (rule["ManagedBy"], rule["State"]) == ("prod.vhs.events.aws.internal", "ENABLED")
    assert json.loads(rule["EventPattern"]) == {**json.loads(PATTERN), "replay-name": [{"exists": False}]}
    [target] = events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
    assert (target["Id"], target["Arn"]) == (name, f"arn:aws:events:{REGION}:::")
    for call in (
        lambda: events.put_rule(Name=name, EventBusName=bus, EventPattern=PATTERN),
        lambda: events.delete_rule(Name=name, EventBusName=bus),
        lambda: events.disable_rule(Name=name, EventBusName=bus),
        lambda: events.remove_targets(Rule=name, EventBusName=bus, Ids=[name]),
        lambda: events.put_targets(Rule=name, EventBusName=bus, Targets=[queue_target(sqs, queue)]),
    ):
        with refused("ManagedRuleException", status=400):
            call()
    events.remove_targets(Rule=name, EventBusName=bus, Ids=[name], Force=True)
    events.delete_rule(Name=name, EventBusName=bus, Force=True)
    assert events.describe_archive(ArchiveName=archive)["State"] == "DISABLED"
    events.delete_archive(ArchiveName=archive)
    assert events.list_rules(EventBusName=bus)["Rules"] == []


def test_deleting_an_archive_takes_its_rule_with_it(events, bus, make_archive):
    archive = make_archive(bus)
    rule = put_rule(events, bus)
    events.delete_archive(ArchiveName=archive)
    assert [each["Name"] for each in events.list_rules(EventBusName=bus)["Rules"]] == [rule]


def test_lists_are_filtered(events, make_bus, make_archive):
    first, second = make_bus(), make_bus()
    archive = make_archive(first)
    other = make_archive(second)
    assert names(events.list_archives(NamePrefix=archive)) == [archive]
    assert names(events.list_archives(NamePrefix="no such archive".replace(" ", "-"))) == []
    assert names(events.list_archives(EventSourceArn=bus_arn(second))) == [other]
    assert {archive, other} <= set(names(events.list_archives(State="ENABLED")))
    assert {archive, other}.isdisjoint(names(events.list_archives(State="DISABLED")))
    with refused("ValidationException", status=400) as caught:
        events.list_archives(NamePrefix=archive, State="ENABLED")
    assert (
        "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix."
        in str(caught.value)
    )
    missing = unique_name("bus")
    with refused("ResourceNotFoundException", status=400) as caught:
        events.list_archives(EventSourceArn=bus_arn(missing))
    assert f"Event bus {missing} does not exist." in str(caught.value)


def test_lists_have_pages(endpoint):
    own = connect(endpoint, "events", account="333333333333")
    arn = bus_arn("default", "333333333333")
    made = [f"archive-{number}" for number in range(5)]
    for name in made:
        own.create_archive(ArchiveName=name, EventSourceArn=arn)
    first = own.list_archives(Limit=3)
    assert names(first) == made[:3]
    second = own.list_archives(Limit=3, NextToken=first["NextToken"])
    assert names(second) == made[3:]
    assert "NextToken" not in second
    for name in made:
        own.delete_archive(ArchiveName=name)
    assert own.list_archives()["Archives"] == []


def test_names_and_buses_are_checked(events, bus, make_archive):
    archive = make_archive(bus)
    with refused("ResourceAlreadyExistsException", status=400) as caught:
        events.create_archive(ArchiveName=archive, EventSourceArn=bus_arn(bus))
    assert f"Archive {archive} already exists." in str(caught.value)
    missing = unique_name("bus")
    with refused("ResourceNotFoundException", status=400) as caught:
        events.create_archive(ArchiveName=unique_name("archive"), EventSourceArn=bus_arn(missing))
    assert f"Event bus {missing} does not exist." in str(caught.value)
    for name in ("a b", "a" * 49):
        with refused("ValidationException", status=400):
            events.create_archive(ArchiveName=name, EventSourceArn=bus_arn(bus))
    with refused("InvalidEventPatternException", status=400):
        events.create_archive(ArchiveName=unique_name("archive"), EventSourceArn=bus_arn(bus), EventPattern='{"a": 1}')
    with refused("InvalidEventPatternException", status=400):
        events.update_archive(ArchiveName=archive, EventPattern='{"a": 1}')
    assert "EventPattern" not in events.describe_archive(ArchiveName=archive)


def test_what_is_not_there(events):
    missing = unique_name("archive")
    for call in (events.describe_archive, events.delete_archive):
        with refused("ResourceNotFoundException", status=400) as caught:
            call(ArchiveName=missing)
        assert f"Archive {missing} does not exist." in str(caught.value)
    with refused("ResourceNotFoundException", status=400):
        # AWS answers an InternalException here.
        events.update_archive(ArchiveName=missing, Description="x")
