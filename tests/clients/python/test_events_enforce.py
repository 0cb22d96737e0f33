"""Buses of a server that enforces authentication: who may do what, and as whom events are delivered."""

import json

import pytest

from conftest import REGION, unique_name
from enforcing_server import GUEST, OWNER, Enforcing, allow
from event_buses import EVERYTHING, bus_arn, entry, next_bodies, put, put_rule, queue_target, target
from expectations import arn_of, receive, receive_until, refused
from web_endpoint import WebEndpoint

SERVICE = {"Service": "events.amazonaws.com"}
ROLE = f"arn:aws:iam::{OWNER}:role/deliver"
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "k"}}


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory):
    enforcing = Enforcing(tmp_path_factory.mktemp("enforcing") / "data")
    with enforcing.server:
        yield enforcing


@pytest.fixture
def owner(enforcing):
    return enforcing.client("events")


@pytest.fixture
def guest(enforcing):
    return enforcing.client("events", GUEST)


@pytest.fixture
def sqs(enforcing):
    return enforcing.client("sqs")


@pytest.fixture
def bus(owner):
    name = unique_name("bus")
    owner.create_event_bus(Name=name)
    return name


@pytest.fixture
def make_queue(sqs):
    """Makes a queue, which anybody may send to who is named in its policy: `make_queue(**condition)` -> its URL."""

    def make(**condition):
        url = sqs.create_queue(QueueName=unique_name())["QueueUrl"]
        if condition:
            policy = allow(SERVICE, "sqs:SendMessage", arn_of(sqs, url), **condition)
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return url

    return make


def rule_arn(bus, rule, account=OWNER):
    return f"arn:aws:events:{REGION}:{account}:rule/{bus}/{rule}"


def denied():
    return refused("AccessDeniedException")


def statement(effect, action, resource="*"):
    return {"Effect": effect, "Action": action, "Resource": resource}


def test_a_bus_is_its_owners_until_a_policy_says_otherwise(owner, guest, sqs, make_queue, bus):
    arn, rule = bus_arn(bus, OWNER), unique_name("rule")
    url = make_queue(ArnEquals={"aws:SourceArn": rule_arn(bus, rule)})
    put_rule(owner, bus, queue_target(sqs, url), name=rule)
    for call in (
        lambda: guest.put_events(Entries=[entry(arn)]),
        lambda: guest.describe_event_bus(Name=arn),
        lambda: guest.put_rule(Name="mine", EventBusName=arn, EventPattern=json.dumps(EVERYTHING)),
        lambda: guest.list_rules(EventBusName=arn),
    ):
        with denied() as caught:
            call()
        assert f"arn:aws:iam::{GUEST}:root is not authorized to perform: events:" in str(caught.value)
    owner.put_permission(EventBusName=bus, Action="events:PutEvents", Principal=GUEST, StatementId="guest")
    [event_id] = put(guest, entry(arn, {"order": 1}))
    [event] = next_bodies(sqs, url)
    assert (event["id"], event["account"]) == (event_id, GUEST)
    with denied():
        guest.describe_event_bus(Name=arn)
    owner.remove_permission(EventBusName=bus, StatementId="guest")
    with denied():
        guest.put_events(Entries=[entry(arn)])


def test_one_entry_that_is_denied_denies_them_all(owner, guest, bus):
    own = unique_name("bus")
    guest.create_event_bus(Name=own)
    with denied():
        guest.put_events(Entries=[entry(own), entry(bus_arn(bus, OWNER))])


def test_queues_take_events_of_the_rules_that_their_policies_name(owner, sqs, make_queue, bus):
    rule, other = unique_name("rule"), unique_name("rule")
    dead = make_queue(StringEquals={"aws:SourceAccount": OWNER})
    url = make_queue(ArnEquals={"aws:SourceArn": rule_arn(bus, rule)})
    closed = make_queue()
    dead_letters = {"DeadLetterConfig": {"Arn": arn_of(sqs, dead)}}
    put_rule(
        owner, bus, queue_target(sqs, url, "open", **dead_letters), queue_target(sqs, closed, "closed", **dead_letters),
        name=rule,
    )
    put_rule(owner, bus, queue_target(sqs, url, "open", **dead_letters), name=other)
    [event_id] = put(owner, entry(bus))
    assert [event["id"] for event in next_bodies(sqs, url)] == [event_id]
    messages = receive_until(sqs, dead, 2, MessageAttributeNames=["All"])
    found = [{name: value["StringValue"] for name, value in each["MessageAttributes"].items()} for each in messages]
    assert {(each["RULE_ARN"], each["TARGET_ARN"], each["ERROR_CODE"]) for each in found} == {
        (rule_arn(bus, rule), arn_of(sqs, closed), "NO_PERMISSIONS"),
        (rule_arn(bus, other), arn_of(sqs, url), "NO_PERMISSIONS"),
    }
    assert receive(sqs, url) == []


def test_a_dead_letter_queue_has_a_policy_too(owner, sqs, make_queue, bus):
    dead, closed = make_queue(), make_queue()
    settings = {"DeadLetterConfig": {"Arn": arn_of(sqs, dead)}}
    rule = put_rule(owner, bus, queue_target(sqs, closed, **settings))
    put(owner, entry(bus, {"order": 1}))
    policy = allow(SERVICE, "sqs:SendMessage", arn_of(sqs, dead), ArnEquals={"aws:SourceArn": rule_arn(bus, rule)})
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"Policy": policy})
    put(owner, entry(bus, {"order": 2}))
    assert [event["detail"] for event in next_bodies(sqs, dead)] == [{"order": 2}]
    assert receive(sqs, dead) == []


def test_roles_are_passed_by_those_who_may(enforcing, owner, sqs, make_queue, bus):
    url = make_queue(StringEquals={"aws:SourceAccount": OWNER})
    everything = statement("Allow", "events:*")
    without = enforcing.user("events", unique_name("without"), everything)
    some = enforcing.user("events", unique_name("some"), everything, statement("Allow", "iam:PassRole", ROLE))
    pattern = json.dumps(EVERYTHING)
    with denied() as caught:
        without.put_rule(Name="rule", EventBusName=bus, EventPattern=pattern, RoleArn=ROLE)
    assert f"is not authorized to perform: iam:PassRole on resource: {ROLE}" in str(caught.value)
    without.put_rule(Name="rule", EventBusName=bus, EventPattern=pattern)
    with denied():
        without.put_targets(Rule="rule", EventBusName=bus, Targets=[queue_target(sqs, url, RoleArn=ROLE)])
    with denied():
        some.put_targets(Rule="rule", EventBusName=bus, Targets=[queue_target(sqs, url, RoleArn=f"{ROLE}-other")])
    some.put_rule(Name="rule", EventBusName=bus, EventPattern=pattern, RoleArn=ROLE)
    some.put_targets(Rule="rule", EventBusName=bus, Targets=[queue_target(sqs, url, RoleArn=ROLE)])
    [event_id] = put(owner, entry(bus))
    assert next_bodies(sqs, url)[0]["id"] == event_id


def test_policies_may_name_the_role_of_a_target(owner, sqs, make_queue, bus):
    dead = make_queue(StringEquals={"aws:SourceAccount": OWNER})
    dead_letters = {"DeadLetterConfig": {"Arn": arn_of(sqs, dead)}}
    url = make_queue()
    set_policy = lambda principal: sqs.set_queue_attributes(QueueUrl=url, Attributes={  # noqa: E731
        "Policy": allow({"AWS": principal}, "sqs:SendMessage", arn_of(sqs, url)),
    })
    set_policy(ROLE)
    send = lambda name, **role: queue_target(sqs, url, name, **dead_letters, **role)  # noqa: E731
    put_rule(owner, bus, send("with", RoleArn=ROLE), send("without"), send("other", RoleArn=f"{ROLE}-other"))
    # A rule's role is that of its targets which have none.
    put_rule(owner, bus, send("by-rule"), RoleArn=ROLE)
    [event_id] = put(owner, entry(bus))
    assert [event["id"] for event in next_bodies(sqs, url, 2)] == [event_id] * 2
    messages = receive_until(sqs, dead, 2, MessageAttributeNames=["All"])
    assert {each["MessageAttributes"]["ERROR_CODE"]["StringValue"] for each in messages} == {"NO_PERMISSIONS"}
    # To let the account do it is to leave it to policies of its roles, which there are none of.
    set_policy(OWNER)
    put(owner, entry(bus))
    assert len(receive_until(sqs, dead, 4)) == 4
    assert receive(sqs, url) == []


def test_buses_of_others_may_name_the_role_of_a_target(owner, guest, enforcing, bus):
    theirs, queues = unique_name("bus"), enforcing.client("sqs", GUEST)
    arn = guest.create_event_bus(Name=theirs)["EventBusArn"]
    url = queues.create_queue(QueueName=unique_name())["QueueUrl"]
    policy = allow(SERVICE, "sqs:SendMessage", arn_of(queues, url))
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    put_rule(guest, theirs, queue_target(queues, url))
    guest.put_permission(EventBusName=theirs, Policy=allow({"AWS": ROLE}, "events:PutEvents", arn))
    retry_once = {"RetryPolicy": {"MaximumRetryAttempts": 0}}
    put_rule(owner, bus, target(arn, "with", RoleArn=ROLE, **retry_once), target(arn, "without", **retry_once))
    [event_id] = put(owner, entry(bus))
    [event] = next_bodies(queues, url)
    assert event["id"] == event_id
    assert receive(queues, url) == []


def test_users_do_what_their_policies_say(enforcing, owner, bus):
    writer = enforcing.user("events", unique_name("writer"), statement("Allow", "events:PutEvents", bus_arn(bus, OWNER)))
    assert len(put(writer, entry(bus))) == 1
    for call in (
        lambda: writer.put_events(Entries=[entry("default")]),
        lambda: writer.describe_event_bus(Name=bus),
        lambda: writer.create_archive(ArchiveName="archive", EventSourceArn=bus_arn(bus, OWNER)),
        lambda: writer.create_connection(Name="connection", AuthorizationType="API_KEY", AuthParameters=API_KEY),
        lambda: writer.test_event_pattern(EventPattern=json.dumps(EVERYTHING), Event="{}"),
        writer.list_event_buses,
    ):
        with denied():
            call()
    reader = enforcing.user(
        "events", unique_name("reader"), statement("Allow", ["events:Describe*", "events:List*"]),
        statement("Deny", "events:ListRules"),
    )
    assert reader.describe_event_bus(Name=bus)["Name"] == bus
    assert bus in [each["Name"] for each in reader.list_event_buses()["EventBuses"]]
    with denied():
        reader.list_rules(EventBusName=bus)
    with denied():
        reader.put_events(Entries=[entry(bus)])


def test_from_account_to_account(enforcing, owner, guest, sqs, make_queue, bus):
    theirs, dead = unique_name("bus"), make_queue(StringEquals={"aws:SourceAccount": OWNER})
    guest.create_event_bus(Name=theirs)
    queues = enforcing.client("sqs", GUEST)
    url = queues.create_queue(QueueName=unique_name())["QueueUrl"]
    queues.set_queue_attributes(QueueUrl=url, Attributes={
        "Policy": allow(SERVICE, "sqs:SendMessage", arn_of(queues, url)),
    })
    put_rule(guest, theirs, queue_target(queues, url))
    put_rule(owner, bus, target(
        bus_arn(theirs, GUEST), DeadLetterConfig={"Arn": arn_of(sqs, dead)}, RetryPolicy={"MaximumRetryAttempts": 0},
    ))
    [refused_id] = put(owner, entry(bus))
    [message] = receive_until(sqs, dead, 1, MessageAttributeNames=["All"])
    assert json.loads(message["Body"])["id"] == refused_id
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    guest.put_permission(EventBusName=theirs, Action="events:PutEvents", Principal=OWNER, StatementId="owner")
    [event_id] = put(owner, entry(bus))
    [event] = next_bodies(queues, url)
    assert (event["id"], event["account"]) == (event_id, OWNER)


def test_private_addresses_are_out_of_reach(owner, sqs, make_queue, bus):
    dead = make_queue(StringEquals={"aws:SourceAccount": OWNER})
    connection = owner.create_connection(Name=unique_name("c"), AuthorizationType="API_KEY", AuthParameters=API_KEY)
    with WebEndpoint() as web:
        for url in (web.url, web.url.replace("127.0.0.1", "localhost")):
            name = unique_name("destination")
            destination = owner.create_api_destination(
                Name=name, ConnectionArn=connection["ConnectionArn"], InvocationEndpoint=url, HttpMethod="POST"
            )
            put_rule(owner, bus, target(
                destination["ApiDestinationArn"], DeadLetterConfig={"Arn": arn_of(sqs, dead)},
                RetryPolicy={"MaximumRetryAttempts": 0},
            ))
        put(owner, entry(bus))
        assert len(receive_until(sqs, dead, 2)) == 2
        assert web.posts.empty()


def test_partners_are_those_who_may_be(enforcing, owner):
    name = f"aws.partner/shop.example/{unique_name('source')}"
    actions = ["events:CreatePartnerEventSource", "events:PutPartnerEvents"]
    partner = enforcing.user("events", unique_name("partner"), statement("Allow", actions))
    other = enforcing.user("events", unique_name("other"), statement("Allow", "events:PutEvents"))
    entries = [{"Source": name, "DetailType": "order", "Detail": "{}"}]
    with denied():
        other.create_partner_event_source(Name=name, Account=GUEST)
    partner.create_partner_event_source(Name=name, Account=GUEST)
    with denied():
        other.put_partner_events(Entries=entries)
    assert partner.put_partner_events(Entries=entries)["FailedEntryCount"] == 0
    assert enforcing.client("events", GUEST).describe_event_source(Name=name)["State"] == "PENDING"
