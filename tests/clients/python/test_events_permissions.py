"""Policies of buses, put whole or statement by statement."""

import json

import pytest

from conftest import unique_name
from event_buses import bus_arn
from expectations import refused

FRIEND, OTHER = "111111111111", "222222222222"


def policy_of(events, bus):
    described = events.describe_event_bus(Name=bus)
    return json.loads(described["Policy"]) if "Policy" in described else None


def allow(events, bus, principal, statement, **settings):
    events.put_permission(
        EventBusName=bus, Action="events:PutEvents", Principal=principal, StatementId=statement, **settings
    )


def statement_of(bus, principal, sid, **more):
    return {
        "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "events:PutEvents", "Resource": bus_arn(bus),
        **more,
    }


def account(number):
    return {"AWS": f"arn:aws:iam::{number}:root"}


def test_statements_are_added_and_removed(events, bus):
    assert policy_of(events, bus) is None
    allow(events, bus, FRIEND, "friend")
    allow(events, bus, "*", "anybody")
    allow(
        events, bus, "*", "organization",
        Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1234567890"},
    )
    assert policy_of(events, bus) == {
        "Version": "2012-10-17",
        "Statement": [
            statement_of(bus, account(FRIEND), "friend"),
            statement_of(bus, "*", "anybody"),
            statement_of(
                bus, "*", "organization", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
            ),
        ],
    }
    events.remove_permission(EventBusName=bus, StatementId="anybody")
    assert [each["Sid"] for each in policy_of(events, bus)["Statement"]] == ["friend", "organization"]
    events.remove_permission(EventBusName=bus, RemoveAllPermissions=True)
    assert policy_of(events, bus) is None


def test_a_statement_id_is_there_once(events, bus):
    allow(events, bus, FRIEND, "one")
    allow(events, bus, OTHER, "one")
    assert policy_of(events, bus)["Statement"] == [statement_of(bus, account(OTHER), "one")]


def test_a_whole_policy_takes_the_place_of_all_statements(events, bus):
    allow(events, bus, FRIEND, "friend")
    policy = {
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "rules", "Effect": "Allow", "Principal": account(FRIEND), "Action": "events:PutRule",
            "Resource": f"{bus_arn(bus).replace('event-bus', 'rule')}/*",
        }],
    }
    events.put_permission(EventBusName=bus, Policy=json.dumps(policy))
    assert policy_of(events, bus) == policy


def test_the_last_statement_takes_the_policy_with_it(events, bus):
    allow(events, bus, FRIEND, "friend")
    events.remove_permission(EventBusName=bus, StatementId="friend")
    assert policy_of(events, bus) is None
    with refused("ResourceNotFoundException"):
        events.remove_permission(EventBusName=bus, StatementId="friend")


def test_a_statement_that_is_not_there(events, bus):
    allow(events, bus, FRIEND, "friend")
    with refused("ResourceNotFoundException", status=400) as caught:
        events.remove_permission(EventBusName=bus, StatementId="other")
    assert "Statement with the provided id does not exist." in str(caught.value)
    with refused("ValidationException"):
        events.remove_permission(EventBusName=bus)


def test_a_bus_that_is_not_there(events):
    missing = unique_name("bus")
    for call in (
        lambda: allow(events, missing, FRIEND, "friend"),
        lambda: events.remove_permission(EventBusName=missing, StatementId="friend"),
    ):
        with refused("ResourceNotFoundException", status=400) as caught:
            call()
        assert f"Event bus {missing} does not exist." in str(caught.value)


@pytest.mark.parametrize("change", [
    {"Action": "events:PutRule"},
    {"Action": "PutEvents"},
    {"Principal": "12345"},
    {"StatementId": "a b"},
    {"Condition": {"Type": "StringLike", "Key": "aws:PrincipalOrgID", "Value": "o-1234567890"}},
    {"Condition": {"Type": "StringEquals", "Key": "aws:SourceIp", "Value": "10.0.0.0/8"}},
])
def test_statements_are_checked(events, bus, change):
    right = {"Action": "events:PutEvents", "Principal": FRIEND, "StatementId": "friend"}
    with refused("ValidationException", status=400):
        events.put_permission(EventBusName=bus, **{**right, **change})
    assert policy_of(events, bus) is None


@pytest.mark.parametrize("missing", ["Action", "Principal", "StatementId"])
def test_a_statement_needs_all_its_parts(events, bus, missing):
    whole = {"Action": "events:PutEvents", "Principal": FRIEND, "StatementId": "friend"}
    del whole[missing]
    with refused("ValidationException", status=400):
        events.put_permission(EventBusName=bus, **whole)


def test_whole_policies_are_checked(events, bus):
    for policy in ("{", "[]", json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]})):
        with refused("ValidationException", status=400):
            events.put_permission(EventBusName=bus, Policy=policy)
    statements = [
        statement_of(bus, account(FRIEND), f"friend-{number:03}") for number in range(60)
    ]
    long = json.dumps({"Version": "2012-10-17", "Statement": statements})
    assert len(long) > 10_240
    with refused("PolicyLengthExceededException", status=400):
        events.put_permission(EventBusName=bus, Policy=long)
    assert policy_of(events, bus) is None
