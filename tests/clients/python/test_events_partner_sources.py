"""Partner event sources, from both sides: the partner that offers them, and the account that wants them."""

import datetime
import json

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from event_buses import next_bodies, put_rule, queue_target
from expectations import receive, refused

PARTNER, CUSTOMER = "555555555555", "666666666666"


@pytest.fixture(scope="module")
def partner(endpoint):
    return connect(endpoint, "events", account=PARTNER)


@pytest.fixture
def name():
    return f"aws.partner/shop.example/{unique_name('source')}"


@pytest.fixture
def offered(partner, name):
    """The name of a source that is offered to the account of the tests."""
    partner.create_partner_event_source(Name=name, Account=OWN_ACCOUNT)
    yield name
    partner.delete_partner_event_source(Name=name, Account=OWN_ACCOUNT)


@pytest.fixture
def associated(events, offered):
    """The name of a source that has a bus."""
    events.create_event_bus(Name=offered, EventSourceName=offered)
    yield offered
    events.delete_event_bus(Name=offered)


def arn_of_source(name):
    return f"arn:aws:events:{REGION}::event-source/{name}"


def state(events, name):
    return events.describe_event_source(Name=name)["State"]


def order(name, **changes):
    return {"Source": name, "DetailType": "order", "Detail": '{"order": 1}', **changes}


def test_a_source_is_offered_and_wanted(events, partner, name):
    created = partner.create_partner_event_source(Name=name, Account=OWN_ACCOUNT)
    assert created["EventSourceArn"] == arn_of_source(name)
    found = events.describe_event_source(Name=name)
    assert (found["Arn"], found["Name"], found["CreatedBy"]) == (arn_of_source(name), name, "shop.example")
    assert found["State"] == "PENDING"
    assert found["ExpirationTime"] - found["CreationTime"] == datetime.timedelta(days=14)
    events.create_event_bus(Name=name, EventSourceName=name)
    found = events.describe_event_source(Name=name)
    assert found["State"] == "ACTIVE"
    assert "ExpirationTime" not in found
    events.delete_event_bus(Name=name)
    assert state(events, name) == "PENDING"
    partner.delete_partner_event_source(Name=name, Account=OWN_ACCOUNT)
    with refused("ResourceNotFoundException", status=400) as caught:
        events.describe_event_source(Name=name)
    assert f"Event source {name} does not exist." in str(caught.value)


def test_what_a_partner_puts_reaches_the_accounts_rules(events, partner, sqs, queue, associated):
    put_rule(events, associated, queue_target(sqs, queue), pattern={"source": [{"prefix": "aws.partner/"}]})
    time = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    answer = partner.put_partner_events(Entries=[order(associated, Time=time, Resources=["order/1"])])
    assert answer["FailedEntryCount"] == 0
    [event] = next_bodies(sqs, queue)
    assert event == {
        "version": "0", "id": answer["Entries"][0]["EventId"], "detail-type": "order", "source": associated,
        "account": OWN_ACCOUNT, "time": "2026-01-02T03:04:05Z", "region": REGION, "resources": ["order/1"],
        "detail": {"order": 1},
    }


def test_a_source_that_is_deactivated_is_silent(events, partner, sqs, queue, associated):
    put_rule(events, associated, queue_target(sqs, queue))
    events.deactivate_event_source(Name=associated)
    assert state(events, associated) == "PENDING"
    assert partner.put_partner_events(Entries=[order(associated)])["FailedEntryCount"] == 0
    events.activate_event_source(Name=associated)
    assert state(events, associated) == "ACTIVE"
    [entry] = partner.put_partner_events(Entries=[order(associated)])["Entries"]
    assert [event["id"] for event in next_bodies(sqs, queue)] == [entry["EventId"]]
    assert receive(sqs, queue) == []


def test_states_that_do_not_allow_it(events, offered):
    with refused("InvalidStateException", status=400):
        events.activate_event_source(Name=offered)
    with refused("InvalidStateException", status=400):
        events.deactivate_event_source(Name=offered)
    events.create_event_bus(Name=offered, EventSourceName=offered)
    with refused("ResourceAlreadyExistsException", status=400):
        events.create_event_bus(Name=offered, EventSourceName=offered)
    with refused("InvalidStateException", status=400):
        events.activate_event_source(Name=offered)
    events.delete_event_bus(Name=offered)


def test_a_source_that_its_partner_withdraws(events, partner, associated):
    partner.delete_partner_event_source(Name=associated, Account=OWN_ACCOUNT)
    assert state(events, associated) == "DELETED"
    events.delete_event_bus(Name=associated)
    with refused("ResourceNotFoundException"):
        events.describe_event_source(Name=associated)


def test_a_source_for_several_accounts(endpoint, events, partner, sqs, make_queue, associated):
    customer = connect(endpoint, "events", account=CUSTOMER)
    partner.create_partner_event_source(Name=associated, Account=CUSTOMER)
    accounts = partner.list_partner_event_source_accounts(EventSourceName=associated)["PartnerEventSourceAccounts"]
    assert [(each["Account"], each["State"]) for each in accounts] == [(OWN_ACCOUNT, "ACTIVE"), (CUSTOMER, "PENDING")]
    customer.create_event_bus(Name=associated, EventSourceName=associated)
    queues = connect(endpoint, "sqs", account=CUSTOMER)
    theirs = queues.create_queue(QueueName=unique_name())["QueueUrl"]
    own = make_queue()
    put_rule(events, associated, queue_target(sqs, own))
    put_rule(customer, associated, queue_target(queues, theirs))
    [entry] = partner.put_partner_events(Entries=[order(associated)])["Entries"]
    [mine], [other] = next_bodies(sqs, own), next_bodies(queues, theirs)
    assert (mine["id"], other["id"]) == (entry["EventId"], entry["EventId"])
    assert (mine["account"], other["account"]) == (OWN_ACCOUNT, CUSTOMER)
    customer.delete_event_bus(Name=associated)
    partner.delete_partner_event_source(Name=associated, Account=CUSTOMER)
    queues.delete_queue(QueueUrl=theirs)


def test_lists_of_both_sides(events, partner, offered):
    listed = events.list_event_sources(NamePrefix=offered)["EventSources"]
    assert [(each["Name"], each["State"]) for each in listed] == [(offered, "PENDING")]
    listed = partner.list_partner_event_sources(NamePrefix=offered)["PartnerEventSources"]
    assert listed == [{"Name": offered, "Arn": arn_of_source(offered)}]
    described = partner.describe_partner_event_source(Name=offered)
    assert (described["Name"], described["Arn"]) == (offered, arn_of_source(offered))
    # Neither sees the other's side.
    assert events.list_partner_event_sources(NamePrefix=offered)["PartnerEventSources"] == []
    assert partner.list_event_sources(NamePrefix=offered)["EventSources"] == []


def test_lists_have_pages(events, partner, name):
    made = [f"{name}/{number}" for number in range(5)]
    for each in made:
        partner.create_partner_event_source(Name=each, Account=OWN_ACCOUNT)
    for client, operation, member in (
        (events, "list_event_sources", "EventSources"),
        (partner, "list_partner_event_sources", "PartnerEventSources"),
    ):
        found, token = [], {}
        while True:
            page = getattr(client, operation)(NamePrefix=f"{name}/", Limit=2, **token)
            assert 1 <= len(page[member]) <= 2
            found += [each["Name"] for each in page[member]]
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        assert found == made
    for each in made:
        partner.delete_partner_event_source(Name=each, Account=OWN_ACCOUNT)


def test_what_is_not_there(events, partner, name):
    message = f"Event source {name} does not exist."
    for call in (
        lambda: events.describe_event_source(Name=name),
        lambda: events.activate_event_source(Name=name),
        lambda: events.deactivate_event_source(Name=name),
        lambda: events.create_event_bus(Name=name, EventSourceName=name),
        lambda: partner.describe_partner_event_source(Name=name),
        lambda: partner.list_partner_event_source_accounts(EventSourceName=name),
    ):
        with refused("ResourceNotFoundException", status=400) as caught:
            call()
        assert message in str(caught.value)
    partner.delete_partner_event_source(Name=name, Account=OWN_ACCOUNT)  # succeeds


def test_names_are_checked(events, partner, offered):
    with refused("ResourceAlreadyExistsException", status=400) as caught:
        partner.create_partner_event_source(Name=offered, Account=OWN_ACCOUNT)
    assert f"Event source {offered} already exists." in str(caught.value)
    for wrong in ("shop.example/orders", "aws.partner/shop.example", "aws.partner/shop.example/a b"):
        with refused("ValidationException", status=400):
            partner.create_partner_event_source(Name=wrong, Account=OWN_ACCOUNT)
    with refused("ValidationException", status=400):
        events.create_event_bus(Name=f"{offered}/other", EventSourceName=offered)


def test_entries_are_answered_one_by_one(events, partner, sqs, queue, associated, name):
    put_rule(events, associated, queue_target(sqs, queue))
    answer = partner.put_partner_events(Entries=[
        order(associated, Detail="[]"),
        order(f"{name}/other"),
        order(associated, DetailType=""),
        order(associated),
    ])
    assert answer["FailedEntryCount"] == 3
    assert [each.get("ErrorCode") for each in answer["Entries"]] == [
        "MalformedDetail", "InvalidArgument", "InvalidArgument", None,
    ]
    assert [event["id"] for event in next_bodies(sqs, queue)] == [answer["Entries"][3]["EventId"]]


def test_only_the_partner_puts_its_events(events, sqs, queue, associated):
    put_rule(events, associated, queue_target(sqs, queue))
    answer = events.put_partner_events(Entries=[order(associated)])
    assert answer["FailedEntryCount"] == 1
    assert receive(sqs, queue) == []


def test_nobody_else_puts_events_on_a_partners_bus(events, sqs, queue, associated):
    put_rule(events, associated, queue_target(sqs, queue))
    with refused("ValidationException", status=400) as caught:
        events.put_events(Entries=[{
            "Source": "shop", "DetailType": "order", "Detail": json.dumps({}), "EventBusName": associated,
        }])
    assert "eventBusName" in str(caught.value)
    assert receive(sqs, queue) == []
