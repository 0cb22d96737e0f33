"""Global endpoints, which are stored and served by this one server."""

import json

import pytest

from conftest import connect, unique_name
from event_buses import bus_arn, entry, next_bodies, put_rule, queue_target
from expectations import refused

ELSEWHERE = "eu-west-1"
HEALTH_CHECK = "arn:aws:route53:::healthcheck/12345678-1234-1234-1234-123456789012"
ROUTING = {"FailoverConfig": {"Primary": {"HealthCheck": HEALTH_CHECK}, "Secondary": {"Route": ELSEWHERE}}}
SILENT = {"State": "DISABLED"}


def buses(name):
    return [{"EventBusArn": bus_arn(name)}, {"EventBusArn": bus_arn(name, region=ELSEWHERE)}]


@pytest.fixture
def make_endpoint(events, bus):
    """Makes endpoints of the test's bus and deletes them after the test: `make_endpoint(Description="Orders")` -> its name."""
    made = []

    def make(name=None, **settings):
        name = name or unique_name("endpoint")
        events.create_endpoint(
            Name=name, RoutingConfig=ROUTING, ReplicationConfig=SILENT, EventBuses=buses(bus), **settings
        )
        made.append(name)
        return name

    yield make
    for name in made:
        try:
            events.delete_endpoint(Name=name)
        except events.exceptions.ResourceNotFoundException:
            pass  # the test deleted it itself


def put_to(client, endpoint_id, *entries):
    """PutEvents with an endpoint's id, to the server. (A client of AWS would send it to the endpoint, signed with SigV4A.)"""

    def add_endpoint(params, **_):
        params["body"] = json.dumps({**json.loads(params["body"]), "EndpointId": endpoint_id}).encode()

    client.meta.events.register("before-call.events.PutEvents", add_endpoint, "endpoint")
    try:
        return client.put_events(Entries=list(entries))
    finally:
        client.meta.events.unregister("before-call.events.PutEvents", add_endpoint, "endpoint")


def test_the_life_of_an_endpoint(events, bus, make_bus):
    name, other = unique_name("endpoint"), make_bus()
    created = events.create_endpoint(
        Name=name, Description="Orders", RoutingConfig=ROUTING, ReplicationConfig=SILENT, EventBuses=buses(bus)
    )
    assert (created["Name"], created["RoutingConfig"], created["EventBuses"]) == (name, ROUTING, buses(bus))
    assert created["Arn"] == bus_arn(name).replace("event-bus", "endpoint")
    found = events.describe_endpoint(Name=name)
    assert (found["State"], found["Description"], found["ReplicationConfig"]) == ("ACTIVE", "Orders", SILENT)
    assert found["EndpointId"]
    assert found["EndpointUrl"].startswith("http")
    [listed] = events.list_endpoints(NamePrefix=name)["Endpoints"]
    assert (listed["Name"], listed["EndpointId"], listed["State"]) == (name, found["EndpointId"], "ACTIVE")
    updated = events.update_endpoint(Name=name, Description="Orders and more", EventBuses=buses(other))
    assert (updated["EventBuses"], updated["EndpointId"]) == (buses(other), found["EndpointId"])
    found = events.describe_endpoint(Name=name)
    assert (found["Description"], found["RoutingConfig"]) == ("Orders and more", ROUTING)
    assert found["LastModifiedTime"] >= found["CreationTime"]
    events.delete_endpoint(Name=name)
    with refused("ResourceNotFoundException", status=400):
        events.describe_endpoint(Name=name)


def test_events_of_an_endpoint_go_to_its_bus(endpoint, events, sqs, queue, bus, make_endpoint):
    endpoint_id = events.describe_endpoint(Name=make_endpoint())["EndpointId"]
    put_rule(events, bus, queue_target(sqs, queue))
    client = connect(endpoint, "events")
    answer = put_to(client, endpoint_id, entry(bus, {"order": 1}))
    assert answer["FailedEntryCount"] == 0
    [event] = next_bodies(sqs, queue)
    assert (event["id"], event["detail"]) == (answer["Entries"][0]["EventId"], {"order": 1})
    with refused("ResourceNotFoundException", status=400) as caught:
        put_to(client, "abcde12345.veo", entry(bus))
    assert "Endpoint abcde12345.veo does not exist." in str(caught.value)


def test_replication_and_failover_are_refused_clearly(events, bus, make_endpoint):
    for settings in ({}, {"ReplicationConfig": {"State": "ENABLED"}}):
        with refused("ValidationException", status=400) as caught:
            events.create_endpoint(
                Name=unique_name("endpoint"), RoutingConfig=ROUTING, EventBuses=buses(bus), **settings
            )
        assert "replication does not exist on this server" in str(caught.value)
    name = make_endpoint()
    with refused("ValidationException", status=400):
        events.update_endpoint(Name=name, ReplicationConfig={"State": "ENABLED"})
    assert events.describe_endpoint(Name=name)["ReplicationConfig"] == SILENT


def test_buses_are_checked(events, bus, make_bus):
    here, there = buses(bus)
    missing = unique_name("bus")
    for wrong, code in (
        ([here, here], "ValidationException"),
        ([here, {"EventBusArn": bus_arn(make_bus(), region=ELSEWHERE)}], "ValidationException"),
        ([here, {"EventBusArn": bus_arn(bus, region="ap-south-1")}], "ValidationException"),
        ([there, {"EventBusArn": bus_arn(bus, region="ap-south-1")}], "ValidationException"),
        (buses(missing), "ResourceNotFoundException"),
    ):
        with refused(code, status=400):
            events.create_endpoint(
                Name=unique_name("endpoint"), RoutingConfig=ROUTING, ReplicationConfig=SILENT, EventBuses=wrong
            )


def test_a_name_is_taken_once(events, bus, make_endpoint):
    name = make_endpoint()
    with refused("ResourceAlreadyExistsException", status=400):
        make_endpoint(name)
    missing = unique_name("endpoint")
    for call in (events.describe_endpoint, events.delete_endpoint, events.update_endpoint):
        with refused("ResourceNotFoundException", status=400) as caught:
            call(Name=missing)
        assert f"Endpoint {missing} does not exist." in str(caught.value)


def test_lists_have_pages(events, make_endpoint):
    prefix = unique_name("listed")
    made = [make_endpoint(f"{prefix}-{number}") for number in range(5)]
    names = lambda answer: [each["Name"] for each in answer["Endpoints"]]  # noqa: E731
    first = events.list_endpoints(NamePrefix=prefix, MaxResults=3)
    assert names(first) == made[:3]
    second = events.list_endpoints(NamePrefix=prefix, MaxResults=3, NextToken=first["NextToken"])
    assert names(second) == made[3:]
    assert "NextToken" not in second
    assert names(events.list_endpoints(NamePrefix=prefix, HomeRegion=ELSEWHERE)) == []
