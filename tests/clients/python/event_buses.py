"""Rules, targets and events of a bus, in few words."""

import json

from conftest import OWN_ACCOUNT, REGION, unique_name
from expectations import arn_of, receive_until

EVERYTHING = {"source": [{"prefix": ""}]}


def bus_arn(name, account=OWN_ACCOUNT, region=REGION):
    return f"arn:aws:events:{region}:{account}:event-bus/{name}"


def put_rule(events, bus, *targets, pattern=EVERYTHING, name=None, **settings):
    """Makes a rule with these targets; returns its name."""
    name = name or unique_name("rule")
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern), **settings)
    if targets:
        put_targets(events, bus, name, *targets)
    return name


def put_targets(events, bus, rule, *targets):
    answer = events.put_targets(Rule=rule, EventBusName=bus, Targets=list(targets))
    assert (answer["FailedEntryCount"], answer["FailedEntries"]) == (0, [])


def target(arn, name="target", **settings):
    return {"Id": name, "Arn": arn, **settings}


def queue_target(sqs, url, name="queue", **settings):
    return target(arn_of(sqs, url), name, **settings)


def entry(bus, detail=None, **changes):
    """An entry of PutEvents: an order of a shop, unless told otherwise."""
    return {"EventBusName": bus, "Source": "shop", "DetailType": "order", "Detail": json.dumps(detail or {}), **changes}


def put(events, *entries):
    """Puts events that must all be taken; returns their ids."""
    answer = events.put_events(Entries=list(entries))
    assert answer["FailedEntryCount"] == 0, answer
    return [each["EventId"] for each in answer["Entries"]]


def next_bodies(sqs, url, count=1, **arguments):
    """So many bodies, as they come from a queue, read as JSON."""
    return [json.loads(message["Body"]) for message in receive_until(sqs, url, count, **arguments)]
