"""PutEvents: what is taken, what is refused, and what becomes of it."""

import datetime

import pytest

from conftest import connect, unique_name
from event_buses import bus_arn, entry, next_bodies, put, put_rule, queue_target
from expectations import receive, receive_until, refused

MEBIBYTE = 1 << 20


@pytest.fixture
def followed(events, sqs, queue, bus):
    """A bus whose events go to the test's queue."""
    put_rule(events, bus, queue_target(sqs, queue))
    return bus


def without(name, bus):
    whole = entry(bus)
    del whole[name]
    return whole


def test_every_entry_is_answered_in_its_place(events, sqs, queue, followed):
    answer = events.put_events(Entries=[
        entry(followed, {"order": 1}),
        without("Source", followed),
        entry(followed, {"order": 2}),
        entry(followed, Detail="[]"),
        entry(followed, {"order": 3}),
    ])
    assert answer["FailedEntryCount"] == 2
    taken = [answer["Entries"][place]["EventId"] for place in (0, 2, 4)]
    assert [each.get("ErrorCode") for each in answer["Entries"]] == [
        None, "InvalidArgument", None, "MalformedDetail", None,
    ]
    found = {event["id"]: event["detail"]["order"] for event in next_bodies(sqs, queue, 3)}
    assert found == dict(zip(taken, [1, 2, 3]))


@pytest.mark.parametrize("name", ["Source", "DetailType", "Detail"])
@pytest.mark.parametrize("is_empty", [False, True])
def test_what_an_event_must_have(events, bus, name, is_empty):
    answer = events.put_events(Entries=[entry(bus, **{name: ""}) if is_empty else without(name, bus)])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"] == [{
        "ErrorCode": "InvalidArgument",
        "ErrorMessage": f"Parameter {name} is not valid. Reason: {name} is a required argument.",
    }]


@pytest.mark.parametrize("detail", ["hello", '"hello"', "[]", "42", "null", "{", '{"a": 1} {}', '"{\\"a\\": 1}"'])
def test_details_are_objects(events, bus, detail):
    answer = events.put_events(Entries=[entry(bus, Detail=detail)])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"] == [{"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}]


def test_sources_of_aws_are_reserved(events, bus):
    answer = events.put_events(Entries=[entry(bus, Source="aws.ec2"), entry(bus, Source="awsome")])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert "EventId" in answer["Entries"][1]


def test_one_to_ten_entries(events, bus):
    assert len(put(events, *(entry(bus) for _ in range(10)))) == 10
    with refused("ValidationException", status=400) as caught:
        events.put_events(Entries=[entry(bus)] * 11)
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("1 validation error detected: Value '[")
    assert message.endswith(
        "at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10"
    )


def test_a_request_is_at_most_a_mebibyte(events, sqs, queue, bus):
    put_rule(events, bus, queue_target(sqs, queue, InputPath="$.source"))  # a message has no room for all of it
    # What counts: source, detail type, detail and resources, and 14 bytes for a time.
    room = MEBIBYTE - len("shop") - len("order") - len('{"a": ""}')
    put(events, entry(bus, {"a": "x" * room}))
    for too_much in (
        [entry(bus, {"a": "x" * (room + 1)})],
        [entry(bus, {"a": "x" * (room - 13)}, Time=datetime.datetime(2026, 1, 1))],
        [entry(bus, {"a": "x" * (room - 5)}, Resources=["abc", "def"])],
        [entry(bus, {"a": "x" * 600_000})] * 2,
    ):
        with refused("ValidationException", status=400) as caught:
            events.put_events(Entries=too_much)
        assert "Total size of the entries in the request is over the limit." in str(caught.value)
    assert next_bodies(sqs, queue) == ["shop"]
    assert receive(sqs, queue) == []


def test_a_detail_arrives_as_it_was_written(events, sqs, queue, followed):
    detail = '{ "n": 1.0, "big": 12345678901234567890, "a": "\\u00e9 \\"", "list": [ ], "n": 2 }'
    put(events, entry(followed, Detail=detail))
    [message] = receive_until(sqs, queue, 1)
    assert message["Body"].endswith(f'"detail":{detail}}}')


def test_times_are_told_to_the_second(events, sqs, queue, followed):
    time = datetime.datetime(2022, 7, 3, 12, 34, 56, 789_000, datetime.UTC)
    put(events, entry(followed, Time=time))
    [event] = next_bodies(sqs, queue)
    assert event["time"] == "2022-07-03T12:34:56Z"
    before = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    put(events, entry(followed))
    [event] = next_bodies(sqs, queue)
    assert before <= datetime.datetime.fromisoformat(event["time"]) <= datetime.datetime.now(datetime.UTC)


def test_resources_and_unusual_texts(events, sqs, queue, followed):
    put(events, entry(followed, Source='shop "ö"\n', DetailType="order\t\U0001f600", Resources=["a", 'b"\\']))
    [event] = next_bodies(sqs, queue)
    assert (event["source"], event["detail-type"]) == ('shop "ö"\n', "order\t\U0001f600")
    assert event["resources"] == ["a", 'b"\\']


def test_a_trace_header_goes_along(events, sqs, queue, followed):
    header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    put(events, entry(followed, TraceHeader=header))
    [message] = receive_until(sqs, queue, 1, AttributeNames=["AWSTraceHeader"])
    assert message["Attributes"]["AWSTraceHeader"] == header
    assert header not in message["Body"]


def test_one_request_for_several_buses(events, sqs, make_queue, make_bus):
    buses, urls = [make_bus() for _ in range(3)], [make_queue() for _ in range(3)]
    for bus, url in zip(buses, urls):
        put_rule(events, bus, queue_target(sqs, url))
    ids = put(events, entry(buses[0]), entry(bus_arn(buses[1])), entry(buses[2]), entry(buses[0]))
    found = [sorted(event["id"] for event in next_bodies(sqs, url, count)) for url, count in zip(urls, (2, 1, 1))]
    assert found == [sorted([ids[0], ids[3]]), [ids[1]], [ids[2]]]


def test_without_a_bus_the_default_one_is_meant(events, sqs, queue):
    source = unique_name("source")
    rule = put_rule(events, "default", queue_target(sqs, queue), pattern={"source": [source]})
    [event_id] = put(events, {"Source": source, "DetailType": "order", "Detail": "{}"})
    assert next_bodies(sqs, queue)[0]["id"] == event_id
    events.remove_targets(Rule=rule, Ids=["queue"])
    events.delete_rule(Name=rule)


def test_events_for_a_bus_that_is_not_there_are_lost(events, sqs, queue, followed):
    ids = put(events, entry(unique_name("bus")), entry(followed))
    assert [event["id"] for event in next_bodies(sqs, queue)] == ids[1:]
    assert receive(sqs, queue) == []


def test_other_accounts_events_carry_their_account(endpoint, events, sqs, queue, followed):
    other = connect(endpoint, "events", account="444444444444")
    put(other, entry(bus_arn(followed)))
    [event] = next_bodies(sqs, queue)
    assert event["account"] == "444444444444"
