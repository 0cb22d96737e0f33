"""Event buses with the AWS CLI: from creation to what a queue receives, and what it says when something is wrong."""

import datetime
import json
import os
import time

import pytest

FAILED = 255  # the AWS CLI's status when the service answered with an error (version 1)
REGION, ACCOUNT = "us-east-1", os.environ["AWS_ACCESS_KEY_ID"]
PATTERN = json.dumps({"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}})


def arn(service, resource):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def target(queue, name="queue", **settings):
    return {"Id": name, "Arn": arn("sqs", queue.rsplit("/")[-1]), **settings}


def entry(bus, total, **changes):
    detail = json.dumps({"total": total})
    return {"EventBusName": bus, "Source": "shop", "DetailType": "order", "Detail": detail, **changes}


@pytest.fixture
def events(aws):
    return lambda operation, *arguments: aws("events", operation, *arguments)


@pytest.fixture
def bus(events, name):
    events("create-event-bus", "--name", name).json()
    return name


@pytest.fixture
def rule(events, bus, queue):
    """A rule that brings large orders to the queue."""
    events("put-rule", "--name", "large", "--event-bus-name", bus, "--event-pattern", PATTERN).json()
    put = ["--rule", "large", "--event-bus-name", bus, "--targets", json.dumps([target(queue)])]
    assert events("put-targets", *put).json()["FailedEntryCount"] == 0
    return "large"


def test_the_first_five_minutes(events, name, queue, receive):
    created = events("create-event-bus", "--name", name, "--description", "Orders").json()
    assert created["EventBusArn"] == arn("events", f"event-bus/{name}")
    rule = events("put-rule", "--name", "large", "--event-bus-name", name, "--event-pattern", PATTERN).json()
    assert rule["RuleArn"] == arn("events", f"rule/{name}/large")
    on_bus = ["--rule", "large", "--event-bus-name", name]
    assert events("put-targets", *on_bus, "--targets", json.dumps([target(queue)])).json() == {
        "FailedEntryCount": 0, "FailedEntries": [],
    }
    entries = [entry(name, 99), entry(name, 101)]
    put = events("put-events", "--entries", json.dumps(entries)).json()
    assert put["FailedEntryCount"] == 0
    [message] = receive(queue, 1)
    event = json.loads(message["Body"])
    assert (event["id"], event["detail"]) == (put["Entries"][1]["EventId"], {"total": 101})
    for command in (
        ["remove-targets", *on_bus, "--ids", "queue"],
        ["delete-rule", "--name", "large", "--event-bus-name", name],
        ["delete-event-bus", "--name", name],
    ):
        assert events(*command).status == 0
    assert events("describe-event-bus", "--name", name).status == FAILED


def test_an_entry_that_fails(events, bus, queue, rule, receive):
    entries = [entry(bus, 1, Detail="[]"), entry(bus, 200)]
    put = events("put-events", "--entries", json.dumps(entries)).json()
    assert put["FailedEntryCount"] == 1
    assert put["Entries"][0] == {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    assert json.loads(receive(queue, 1)[0]["Body"])["id"] == put["Entries"][1]["EventId"]


def test_a_transformed_input(events, bus, queue, rule, receive):
    transformer = {"InputPathsMap": {"total": "$.detail.total"}, "InputTemplate": '"<aws.events.rule-name>: <total>"'}
    targets = json.dumps([target(queue, InputTransformer=transformer)])
    events("put-targets", "--rule", rule, "--event-bus-name", bus, "--targets", targets).json()
    events("put-events", "--entries", json.dumps([entry(bus, 150)])).json()
    assert [message["Body"] for message in receive(queue, 1)] == ['"large: 150"']
    listed = events("list-targets-by-rule", "--rule", rule, "--event-bus-name", bus).json()["Targets"]
    assert [each["InputTransformer"] for each in listed] == [transformer]


def test_rules_are_described_listed_and_disabled(events, bus, queue, rule):
    named = ["--name", rule, "--event-bus-name", bus]
    described = events("describe-rule", *named).json()
    assert (described["EventPattern"], described["State"], described["CreatedBy"]) == (PATTERN, "ENABLED", ACCOUNT)
    disabled = events("disable-rule", *named)
    assert (disabled.status, disabled.output) == (0, "")
    assert [each["State"] for each in events("list-rules", "--event-bus-name", bus).json()["Rules"]] == ["DISABLED"]
    found = events("list-rule-names-by-target", "--target-arn", target(queue)["Arn"], "--event-bus-name", bus).json()
    assert found["RuleNames"] == [rule]


def test_a_pattern_is_tried_out(events):
    event = {
        "id": "1", "account": ACCOUNT, "source": "shop", "time": "2026-03-01T12:00:00Z", "region": REGION,
        "resources": [], "detail-type": "order", "detail": {"total": 101},
    }
    tried = ["--event-pattern", PATTERN, "--event", json.dumps(event)]
    assert events("test-event-pattern", *tried).json() == {"Result": True}
    event["detail"]["total"] = 100
    tried[-1] = json.dumps(event)
    assert events("test-event-pattern", *tried).json() == {"Result": False}


def test_a_schedule_from_the_command_line(events, name):
    put = ["--name", name, "--schedule-expression", "cron(0 18 ? * MON-FRI *)", "--state", "DISABLED"]
    assert events("put-rule", *put).json()["RuleArn"] == arn("events", f"rule/{name}")
    assert events("describe-rule", "--name", name).json()["ScheduleExpression"] == "cron(0 18 ? * MON-FRI *)"
    assert events("delete-rule", "--name", name).status == 0


def test_tags_from_the_command_line(events, bus):
    on_bus = ["--resource-arn", arn("events", f"event-bus/{bus}")]
    assert events("tag-resource", *on_bus, "--tags", "Key=stage,Value=test", "Key=team,Value=a").status == 0
    assert events("untag-resource", *on_bus, "--tag-keys", "team").status == 0
    assert events("list-tags-for-resource", *on_bus).json()["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_permissions_from_the_command_line(events, bus):
    put = ["--action", "events:PutEvents", "--principal", "111111111111", "--statement-id", "friend"]
    assert events("put-permission", "--event-bus-name", bus, *put).status == 0
    [statement] = json.loads(events("describe-event-bus", "--name", bus).json()["Policy"])["Statement"]
    assert (statement["Sid"], statement["Principal"]) == ("friend", {"AWS": "arn:aws:iam::111111111111:root"})
    assert events("remove-permission", "--event-bus-name", bus, "--statement-id", "friend").status == 0
    assert "Policy" not in events("describe-event-bus", "--name", bus).json()


def test_an_archive_is_replayed(events, bus, queue, rule, receive):
    bus_arn = arn("events", f"event-bus/{bus}")
    events("create-archive", "--archive-name", bus, "--event-source-arn", bus_arn, "--retention-days", "3").json()
    now = datetime.datetime.now(datetime.UTC)
    yesterday = now - datetime.timedelta(days=1)
    events("put-events", "--entries", json.dumps([entry(bus, 500, Time=yesterday.isoformat())])).json()
    assert "replay-name" not in json.loads(receive(queue, 1)[0]["Body"])
    described = events("describe-archive", "--archive-name", bus).json()
    assert (described["State"], described["RetentionDays"], described["EventCount"]) == ("ENABLED", 3, 1)
    window = ["--event-start-time", str(yesterday.timestamp() - 60), "--event-end-time", str(now.timestamp())]
    started = events(
        "start-replay", "--replay-name", bus, "--event-source-arn", arn("events", f"archive/{bus}"), *window,
        "--destination", json.dumps({"Arn": bus_arn}),
    ).json()
    assert started["State"] == "STARTING"
    event = json.loads(receive(queue, 1)[0]["Body"])
    assert (event["replay-name"], event["detail"]) == (bus, {"total": 500})
    deadline = time.monotonic() + 15
    while events("describe-replay", "--replay-name", bus).json()["State"] != "COMPLETED":
        assert time.monotonic() < deadline
    assert [each["ReplayName"] for each in events("list-replays", "--name-prefix", bus).json()["Replays"]] == [bus]
    assert events("delete-archive", "--archive-name", bus).status == 0


def test_an_api_destination_from_the_command_line(events, name):
    parameters = {"BasicAuthParameters": {"Username": "user", "Password": "secret"}}
    connection = events(
        "create-connection", "--name", name, "--authorization-type", "BASIC",
        "--auth-parameters", json.dumps(parameters),
    ).json()
    assert connection["ConnectionState"] == "AUTHORIZED"
    # Version 1 of the AWS CLI takes an option that begins with https:// for a parameter that it has to fetch.
    destination = {
        "Name": name, "ConnectionArn": connection["ConnectionArn"], "HttpMethod": "POST",
        "InvocationEndpoint": "https://example.com/orders",
    }
    created = events("create-api-destination", "--cli-input-json", json.dumps(destination)).json()
    assert created["ApiDestinationState"] == "ACTIVE"
    shown = events("describe-connection", "--name", name)
    assert shown.json()["AuthParameters"] == {"BasicAuthParameters": {"Username": "user"}}
    listed = events("list-api-destinations", "--name-prefix", name).json()["ApiDestinations"]
    assert [each["ApiDestinationArn"] for each in listed] == [created["ApiDestinationArn"]]
    assert events("delete-api-destination", "--name", name).status == 0
    assert events("delete-connection", "--name", name).json()["ConnectionState"] == "DELETING"


def test_lists(events, bus):
    listed = events("list-event-buses", "--name-prefix", bus).json()["EventBuses"]
    assert [each["Arn"] for each in listed] == [arn("events", f"event-bus/{bus}")]
    assert "default" in [each["Name"] for each in events("list-event-buses").json()["EventBuses"]]
    assert events("list-endpoints", "--name-prefix", bus).json()["Endpoints"] == []


def test_a_bus_that_does_not_exist(events, name):
    result = events("describe-event-bus", "--name", name)
    assert result.status == FAILED
    assert (
        "An error occurred (ResourceNotFoundException) when calling the DescribeEventBus operation: "
        f"Event bus {name} does not exist." in result.error
    )


def test_a_rule_that_has_targets(events, bus, rule):
    result = events("delete-rule", "--name", rule, "--event-bus-name", bus)
    assert result.status == FAILED
    assert (
        "An error occurred (ValidationException) when calling the DeleteRule operation: "
        "Rule can't be deleted since it has targets." in result.error
    )


def test_a_pattern_that_is_none(events, bus):
    result = events("put-rule", "--name", "rule", "--event-bus-name", bus, "--event-pattern", '{"source": "shop"}')
    assert result.status == FAILED
    assert (
        "An error occurred (InvalidEventPatternException) when calling the PutRule operation: "
        'Event pattern is not valid. Reason: "source" must be an object or an array' in result.error
    )


def test_too_many_entries(events, bus):
    result = events("put-events", "--entries", json.dumps([entry(bus, 1)] * 11))
    assert result.status == FAILED
    assert "(ValidationException) when calling the PutEvents operation: 1 validation error detected:" in result.error
    assert "Member must have length less than or equal to 10" in result.error
