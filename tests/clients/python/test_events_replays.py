"""Replays of archives."""

import datetime
import json

import pytest
from botocore.exceptions import ClientError

from conftest import OWN_ACCOUNT, REGION, unique_name
from event_buses import bus_arn, entry, next_bodies, put, put_rule, queue_target
from expectations import receive, refused
from own_server import eventually

NOON = datetime.datetime.now(datetime.UTC).replace(hour=12, minute=0, second=0, microsecond=0)
YESTERDAY = NOON - datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def archive(events, bus):
    """The name of an archive of the test's bus."""
    name = unique_name("archive")
    events.create_archive(ArchiveName=name, EventSourceArn=bus_arn(bus))
    yield name
    events.delete_archive(ArchiveName=name)


def arn(kind, name):
    return f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:{kind}/{name}"


def start(events, archive, bus, name=None, since=YESTERDAY - HOUR, until=YESTERDAY + HOUR, rules=(), **settings):
    """Starts a replay, of around yesterday's noon unless told otherwise; returns its name."""
    name = name or unique_name("replay")
    destination = {"Arn": bus_arn(bus), **({"FilterArns": list(rules)} if rules else {})}
    events.start_replay(
        ReplayName=name, EventSourceArn=arn("archive", archive), EventStartTime=since, EventEndTime=until,
        Destination=destination, **settings,
    )
    return name


def ended(events, name, state="COMPLETED"):
    """Waits for the end of a replay; returns its description."""
    active = ("STARTING", "RUNNING", "CANCELLING")
    found = eventually(lambda: next(
        (replay for replay in [events.describe_replay(ReplayName=name)] if replay["State"] not in active), None
    ))
    assert found["State"] == state, found
    return found


def order(bus, number, time=YESTERDAY):
    return entry(bus, {"order": number}, Time=time)


def orders(bodies):
    return sorted(event["detail"]["order"] for event in bodies)


def test_yesterdays_events_come_again(events, sqs, queue, bus, archive):
    ids = put(
        events, order(bus, 1), order(bus, 2, YESTERDAY + HOUR / 2), order(bus, 3, YESTERDAY - 2 * HOUR),
        order(bus, 4, NOON - HOUR),
    )
    put_rule(events, bus, queue_target(sqs, queue))
    began = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    name = unique_name("replay")
    started = events.start_replay(
        ReplayName=name, Description="description of the replay", EventSourceArn=arn("archive", archive),
        EventStartTime=YESTERDAY - HOUR, EventEndTime=YESTERDAY + HOUR, Destination={"Arn": bus_arn(bus)},
    )
    assert (started["ReplayArn"], started["State"]) == (arn("replay", name), "STARTING")
    assert started["ReplayStartTime"] >= began
    first, second = sorted(next_bodies(sqs, queue, 2), key=lambda event: event["time"])
    assert first == {
        "version": "0", "id": ids[0], "detail-type": "order", "source": "shop", "account": OWN_ACCOUNT,
        "time": YESTERDAY.strftime("%Y-%m-%dT%H:%M:%SZ"), "region": REGION, "replay-name": name, "resources": [],
        "detail": {"order": 1},
    }
    assert (second["id"], second["detail"]) == (ids[1], {"order": 2})
    found = ended(events, name)
    assert receive(sqs, queue) == []
    del found["ResponseMetadata"]
    assert began <= found["ReplayStartTime"] <= found["ReplayEndTime"]
    assert found == {
        "ReplayName": name, "ReplayArn": arn("replay", name), "Description": "description of the replay",
        "State": "COMPLETED", "EventSourceArn": arn("archive", archive), "Destination": {"Arn": bus_arn(bus)},
        "EventStartTime": YESTERDAY - HOUR, "EventEndTime": YESTERDAY + HOUR,
        "EventLastReplayedTime": YESTERDAY + HOUR / 2,
        "ReplayStartTime": found["ReplayStartTime"], "ReplayEndTime": found["ReplayEndTime"],
    }


def test_what_is_replayed_is_not_archived_again(events, sqs, queue, bus, archive):
    put_rule(events, bus, queue_target(sqs, queue))
    put(events, order(bus, 1))
    assert len(next_bodies(sqs, queue)) == 1
    for _ in range(2):
        ended(events, start(events, archive, bus))
        assert orders(next_bodies(sqs, queue)) == [1]
    assert events.describe_archive(ArchiveName=archive)["EventCount"] == 1


def test_only_the_rules_that_are_named(events, sqs, make_queue, bus, archive):
    named, other = make_queue(), make_queue()
    put(events, *(order(bus, number) for number in range(4)))
    rule = put_rule(events, bus, queue_target(sqs, named), pattern={"detail": {"order": [1, 2]}})
    put_rule(events, bus, queue_target(sqs, other))
    rules = [arn("rule", f"{bus}/{rule}")]
    found = ended(events, start(events, archive, bus, rules=rules))
    assert found["Destination"] == {"Arn": bus_arn(bus), "FilterArns": rules}
    assert orders(next_bodies(sqs, named, 2)) == [1, 2]
    assert receive(sqs, other) == []


def test_rules_can_tell_replays(events, sqs, queue, bus, archive):
    put(events, order(bus, 1))
    put_rule(events, bus, queue_target(sqs, queue), pattern={"replay-name": [{"prefix": "audit-"}]})
    ended(events, start(events, archive, bus, name=unique_name("other")))
    ended(events, start(events, archive, bus, name=unique_name("audit")))
    [event] = next_bodies(sqs, queue)
    assert event["replay-name"].startswith("audit-")
    assert receive(sqs, queue) == []


def test_a_window_without_events(events, bus, archive):
    put(events, order(bus, 1, NOON))
    found = ended(events, start(events, archive, bus))
    assert "EventLastReplayedTime" not in found


def test_a_replay_is_cancelled(events, sqs, queue, bus, archive):
    put_rule(events, bus, queue_target(sqs, queue))
    total = 1_000
    for first in range(0, total, 10):
        put(events, *(order(bus, number) for number in range(first, first + 10)))

    def cancelled():
        """The name of a replay that was cancelled before it was through."""
        name = start(events, archive, bus)
        try:
            answer = events.cancel_replay(ReplayName=name)
        except events.exceptions.IllegalStatusException:
            return None  # it was quicker
        assert (answer["ReplayArn"], answer["State"]) == (arn("replay", name), "CANCELLING")
        return name

    name = eventually(cancelled, seconds=60)
    found = ended(events, name, "CANCELLED")
    assert found["ReplayEndTime"] >= found["ReplayStartTime"]
    with refused("IllegalStatusException", status=400):
        events.cancel_replay(ReplayName=name)
    with refused("ResourceNotFoundException", status=400):
        events.cancel_replay(ReplayName=unique_name("replay"))


def test_lists_are_filtered_and_have_pages(events, bus, archive):
    prefix = unique_name("listed")
    made = [start(events, archive, bus, name=f"{prefix}-{number}") for number in range(5)]
    for name in made:
        ended(events, name)
    names = lambda answer: [replay["ReplayName"] for replay in answer["Replays"]]  # noqa: E731
    first = events.list_replays(NamePrefix=prefix, Limit=3)
    assert names(first) == made[:3]
    second = events.list_replays(NamePrefix=prefix, Limit=3, NextToken=first["NextToken"])
    assert names(second) == made[3:]
    assert "NextToken" not in second
    assert names(events.list_replays(EventSourceArn=arn("archive", archive))) == made
    assert set(made) <= set(names(events.list_replays(State="COMPLETED")))
    assert set(made).isdisjoint(names(events.list_replays(State="FAILED")))
    [replay] = events.list_replays(NamePrefix=made[0])["Replays"]
    assert (replay["State"], replay["EventSourceArn"]) == ("COMPLETED", arn("archive", archive))
    assert (replay["EventStartTime"], replay["EventEndTime"]) == (YESTERDAY - HOUR, YESTERDAY + HOUR)
    with refused("ValidationException", status=400):
        events.list_replays(NamePrefix=prefix, State="COMPLETED")


def test_what_cannot_be_replayed(events, bus, make_bus, archive):
    name, other, missing = unique_name("replay"), make_bus(), unique_name("missing")

    def refused_with(code, message, bus=bus, archive=archive, **settings):
        with pytest.raises(ClientError) as caught:
            start(events, archive, bus, name=name, **settings)
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == (code, message)

    refused_with("ResourceNotFoundException", f"Event bus {missing} does not exist.", bus=missing)
    refused_with(
        "ValidationException", "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
        bus=other,
    )
    refused_with(
        "ValidationException", f"Parameter EventSourceArn is not valid. Reason: Archive {missing} does not exist.",
        archive=missing,
    )
    for until in (YESTERDAY - HOUR, YESTERDAY - 2 * HOUR):
        refused_with(
            "ValidationException",
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.", until=until,
        )
    with refused("ResourceNotFoundException", status=400) as caught:
        events.describe_replay(ReplayName=name)
    assert f"Replay {name} does not exist." in str(caught.value)
    ended(events, start(events, archive, bus, name=name))
    refused_with("ResourceAlreadyExistsException", f"Replay {name} already exists.")


def test_a_detail_is_replayed_as_it_was_written(events, sqs, queue, bus, archive):
    detail = '{ "n": 1.0, "a": "\\u00e9", "list": [ ] }'
    put(events, entry(bus, Detail=detail, Time=YESTERDAY, Resources=["a"]))
    put_rule(events, bus, queue_target(sqs, queue, InputTransformer={
        "InputPathsMap": {"detail": "$.detail"},
        "InputTemplate": '{"detail": <detail>, "whole": <aws.events.event.json>}',
    }))
    ended(events, start(events, archive, bus))
    [body] = next_bodies(sqs, queue)
    assert body["detail"] == body["whole"]["detail"] == json.loads(detail)
    assert body["whole"]["resources"] == ["a"]
