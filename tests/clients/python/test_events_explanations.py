"""What became of an event: over HTTP, and with the command."""

import contextlib
import json
import subprocess
import urllib.error
import urllib.request
import uuid

import pytest

from conftest import OWN_ACCOUNT, REGION, connect, unique_name
from event_buses import bus_arn, entry, put, put_rule, queue_target, target
from expectations import arn_of
from ninefold_server import Server, binary_from_environment, create_key
from own_server import eventually


def explanation(endpoint, event_id, token=None):
    """What the server tells of an event; None if it knows nothing."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{endpoint}/_ninefold/explain-event?id={event_id}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def command(*arguments):
    return subprocess.run(
        [binary_from_environment(), "explain-event", *map(str, arguments)], capture_output=True, text=True, timeout=30
    )


def rule_arn(bus, rule):
    return f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:rule/{bus}/{rule}"


def standings(step):
    """Where each delivery stands, by the rule's name and the target's id."""
    return {
        (rule["rule"].rsplit("/", 1)[1], each["target"]): each["standing"] for rule in step["rules"] for each in rule["targets"]
    }


def test_rules_that_took_it_and_rules_that_nearly_did(endpoint, events, sqs, queue, bus):
    taken = put_rule(events, bus, queue_target(sqs, queue))
    near = put_rule(events, bus, pattern={"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}})
    far = put_rule(events, bus, pattern={"source": ["bank"], "detail-type": ["transfer"], "detail": {"total": [1]}})
    disabled = put_rule(events, bus, pattern={"source": ["bank"], "detail": {"total": [99]}}, State="DISABLED")
    [event_id] = put(events, entry(bus, {"total": 99}))
    put_rule(events, bus)  # it would take the event, but was not there
    found = explanation(endpoint, event_id)
    assert (found["id"], found["event"]["detail"]) == (event_id, {"total": 99})
    [step] = found["buses"]
    assert step["bus"] == bus_arn(bus)
    assert standings(step) == {(taken, "queue"): "delivered"}
    fields = {miss["rule"]: miss["fields"] for miss in step["nearMisses"]}
    assert list(fields) == [rule_arn(bus, rule) for rule in (near, disabled, far)]
    [field] = fields[rule_arn(bus, near)]
    assert "detail.total" in field
    assert "the rule is disabled" in fields[rule_arn(bus, disabled)]
    assert [len(each) for each in fields.values()] == [1, 2, 3]


def test_from_bus_to_bus(endpoint, events, sqs, queue, make_bus):
    first, second = make_bus(), make_bus()
    put_rule(events, first, target(bus_arn(second), "forward"))
    put_rule(events, second, queue_target(sqs, queue))
    [event_id] = put(events, entry(first))
    steps = explanation(endpoint, event_id)["buses"]
    assert sorted(step["bus"] for step in steps) == sorted([bus_arn(first), bus_arn(second)])
    assert {standing for step in steps for standing in standings(step).values()} == {"delivered"}


def test_what_could_not_be_delivered(endpoint, events, sqs, make_queue, bus):
    gone, dead = make_queue(), make_queue()
    settings = {"RetryPolicy": {"MaximumRetryAttempts": 0}}
    rule = put_rule(
        events, bus, queue_target(sqs, gone, "dropped", **settings),
        queue_target(sqs, gone, "buried", DeadLetterConfig={"Arn": arn_of(sqs, dead)}, **settings),
    )
    sqs.delete_queue(QueueUrl=gone)
    [event_id] = put(events, entry(bus))
    wanted = {(rule, "dropped"): "dropped", (rule, "buried"): "dead-lettered"}
    step = eventually(lambda: next(
        (step for step in explanation(endpoint, event_id)["buses"] if standings(step) == wanted), None
    ))
    [attempt] = step["rules"][0]["targets"][0]["attempts"]
    assert attempt["attempt"] == 1
    assert "does not exist" in attempt["answer"]


def test_nothing_is_known_of_what_was_never_put(endpoint):
    missing = uuid.uuid4()
    assert explanation(endpoint, missing) is None
    answer = command("--endpoint", endpoint, missing)
    assert answer.returncode != 0
    assert f"nothing is known of the event {missing}" in answer.stderr
    assert command("--endpoint", endpoint, "no-id").returncode != 0


def test_the_command_tells_the_same(endpoint, events, sqs, queue, bus):
    taken = put_rule(events, bus, queue_target(sqs, queue))
    near = put_rule(events, bus, pattern={"source": ["bank"]})
    [event_id] = put(events, entry(bus))
    text = command("--endpoint", endpoint, event_id)
    assert (text.returncode, text.stderr) == (0, "")
    assert f"event {event_id}" in text.stdout
    assert f"taken by {rule_arn(bus, taken)}" in text.stdout
    assert f"not taken by {rule_arn(bus, near)}" in text.stdout
    assert "delivered" in text.stdout
    as_json = command("--endpoint", endpoint, "--json", event_id)
    assert json.loads(as_json.stdout) == explanation(endpoint, event_id)


@contextlib.contextmanager
def enforcing(data):
    key = create_key(binary_from_environment(), data, "--account", OWN_ACCOUNT)
    with Server(binary_from_environment(), data, "--auth", "enforce") as server:
        yield server, lambda service: connect(
            server.endpoint, service, key["AccessKeyId"], secret=key["SecretAccessKey"]
        )


def test_where_callers_are_known_only_the_operator_may_ask(tmp_path):
    with enforcing(tmp_path / "data") as (server, client):
        [event_id] = put(client("events"), entry("default"))
        for token in (None, "0" * 64):
            with pytest.raises(urllib.error.HTTPError) as caught:
                explanation(server.endpoint, event_id, token)
            assert caught.value.code == 403
        secrets = list((tmp_path / "data").glob("operator.secret"))
        assert [oct(path.stat().st_mode & 0o077) for path in secrets] == ["0o0"]
        told = command("--data", tmp_path / "data", "--endpoint", server.endpoint, "--json", event_id)
        assert json.loads(told.stdout)["id"] == event_id
        elsewhere = command("--data", tmp_path, "--endpoint", server.endpoint, event_id)
        assert elsewhere.returncode != 0
        assert "operator.secret" in elsewhere.stderr


def test_failed_attempts_are_remembered_across_a_crash(tmp_path):
    with Server(binary_from_environment(), tmp_path / "data") as server:
        events, sqs = connect(server.endpoint, "events"), connect(server.endpoint, "sqs")
        missing = unique_name("bus")
        rule = put_rule(events, "default", target(bus_arn(missing), RetryPolicy={"MaximumRetryAttempts": 0}))
        [event_id] = put(events, entry("default"))
        failed = lambda: [  # noqa: E731
            attempt for attempt in (explanation(server.endpoint, event_id) or {"attempts": []})["attempts"]
        ]
        [before] = eventually(failed)
        server.kill()
        server.start()
        [after] = eventually(failed)
        assert after == before
        assert after["target"] == {"rule": f"arn:aws:events:{REGION}:{OWN_ACCOUNT}:rule/{rule}", "id": "target"}
        assert missing in after["answer"]
