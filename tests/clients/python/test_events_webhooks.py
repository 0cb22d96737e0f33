"""Webhooks of other services, which become events of partner sources."""

import json
import time

import pytest

from conftest import OWN_ACCOUNT, connect
from enforcing_server import OWNER, Enforcing
from event_buses import next_bodies, put_rule, queue_target
from expectations import receive
from own_server import eventually, own_server
from webhook_senders import github, post, shop, slack, stripe

GITHUB = "aws.partner/github.com/acme"
STRIPE = "aws.partner/stripe.com/acme"
SLACK = "aws.partner/slack.com/acme"
SHOP = "aws.partner/shop.example/acme"
CONFIGURATION = f"""
[[webhook]]
source = "{GITHUB}"
account = "{OWN_ACCOUNT}"
region = "us-east-1"
secret = "It's a Secret to Everybody"
scheme = "github"

[[webhook]]
source = "{STRIPE}"
account = "{OWN_ACCOUNT}"
region = "us-east-1"
secret = "whsec_new"
previous_secret = "whsec_old"
scheme = "stripe"

[[webhook]]
source = "{SLACK}"
account = "{OWN_ACCOUNT}"
region = "us-east-1"
secret = "slack"
scheme = "slack"

[[webhook]]
source = "{SHOP}"
account = "{OWN_ACCOUNT}"
region = "us-east-1"
secret = "shop"
scheme = {{ signature_header = "X-Shop-Signature", signature_prefix = "hmac ", digest = "sha512", \
encoding = "base64", detail_type = {{ pointer = "/kind" }} }}
"""
SECRET = "It's a Secret to Everybody"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    file = tmp_path_factory.mktemp("webhooks") / "webhooks.toml"
    file.write_text(CONFIGURATION)
    with own_server("--webhooks", str(file)) as clients:
        offered = lambda: {source["Name"] for source in clients.events.list_event_sources()["EventSources"]}  # noqa: E731
        eventually(lambda: offered() == {GITHUB, STRIPE, SLACK, SHOP})
        yield clients


@pytest.fixture
def follow(server):
    """`follow(source)` -> the URL of a queue that gets what becomes of its webhooks."""
    made = []

    def make(source):
        server.events.create_event_bus(Name=source, EventSourceName=source)
        made.append(source)
        url = server.sqs.create_queue(QueueName=f"queue-{time.monotonic_ns()}")["QueueUrl"]
        put_rule(server.events, source, queue_target(server.sqs, url))
        return url

    yield make
    for source in made:
        server.events.delete_event_bus(Name=source)


def url_of(server, source):
    return f"{server.endpoint}/_ninefold/webhooks/{source}"


def test_a_signed_webhook_of_github_is_an_event(server, follow):
    url = follow(GITHUB)
    body = json.dumps({"ref": "refs/heads/main", "repository": {"full_name": "acme/shop"}, "at": time.time()})
    status, event_id = post(url_of(server, GITHUB), body, github(SECRET, body))
    assert status == 200
    [event] = next_bodies(server.sqs, url)
    assert (event["id"], event["source"], event["detail-type"]) == (event_id, GITHUB, "push")
    assert (event["account"], event["region"], event["detail"]) == (OWN_ACCOUNT, "us-east-1", json.loads(body))
    # What is sent again is answered, and is no second event.
    status, _ = post(url_of(server, GITHUB), body, github(SECRET, body, delivery="another"))
    assert status == 200
    assert receive(server.sqs, url) == []


def test_what_is_not_signed_is_no_event(server, follow):
    url = follow(GITHUB)
    body = json.dumps({"at": time.time()})
    right = github(SECRET, body)
    for status, headers, sent in (
        (401, github("another secret", body), body),
        (401, right, body + " "),
        (401, {**right, "X-Hub-Signature-256": "sha256=" + "0" * 64}, body),
        (400, {name: value for name, value in right.items() if name != "X-Hub-Signature-256"}, body),
        (400, {name: value for name, value in right.items() if name != "X-GitHub-Event"}, body),
        (400, github(SECRET, "not json"), "not json"),
    ):
        assert post(url_of(server, GITHUB), sent, headers)[0] == status
    assert receive(server.sqs, url) == []
    assert post(url_of(server, GITHUB), body, right)[0] == 200
    assert len(next_bodies(server.sqs, url)) == 1


def test_without_a_bus_the_sender_is_to_try_again(server, follow):
    source = server.events.describe_event_source(Name=GITHUB)
    assert (source["State"], source["CreatedBy"]) == ("PENDING", "github.com")
    body = json.dumps({"at": time.time()})
    assert post(url_of(server, GITHUB), body, github(SECRET, body))[0] == 503
    url = follow(GITHUB)
    assert post(url_of(server, GITHUB), body, github(SECRET, body))[0] == 200
    assert next_bodies(server.sqs, url)[0]["detail"] == json.loads(body)


def test_stripe_signs_the_time_and_changes_secrets(server, follow):
    url = follow(STRIPE)
    created = int(time.time()) - 5

    def body(number):
        return json.dumps({"id": f"evt_{number}", "created": created, "type": "charge.succeeded"})

    for number, secret in enumerate(("whsec_new", "whsec_old")):
        assert post(url_of(server, STRIPE), body(number), stripe(secret, body(number)))[0] == 200
    late = stripe("whsec_new", body(2), at=int(time.time()) - 600)
    assert post(url_of(server, STRIPE), body(2), late)[0] == 401
    events = next_bodies(server.sqs, url, 2)
    assert {event["detail"]["id"] for event in events} == {"evt_0", "evt_1"}
    written = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created))
    assert {(event["detail-type"], event["time"]) for event in events} == {("charge.succeeded", written)}


def test_slack_asks_a_question_first(server, follow):
    url = follow(SLACK)
    question = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd"})
    assert post(url_of(server, SLACK), question, slack("slack", question)) == (200, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmd")
    assert post(url_of(server, SLACK), question, slack("other", question))[0] == 401
    mention = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention", "text": "hi"}})
    assert post(url_of(server, SLACK), mention, slack("slack", mention))[0] == 200
    [event] = next_bodies(server.sqs, url)
    assert (event["detail-type"], event["detail"]["event"]["text"]) == ("app_mention", "hi")
    assert receive(server.sqs, url) == []


def test_any_service_that_signs(server, follow):
    url = follow(SHOP)
    body, headers = shop("shop", '{"order": 1}', kind="order.paid")
    assert post(url_of(server, SHOP), body, headers)[0] == 200
    assert post(url_of(server, SHOP), body.replace("1", "2"), headers)[0] == 401
    [event] = next_bodies(server.sqs, url)
    assert (event["source"], event["detail-type"], event["detail"]["order"]) == (SHOP, "order.paid", 1)


def test_sources_that_are_not_there(server):
    body = "{}"
    assert post(url_of(server, "aws.partner/github.com/other"), body, github(SECRET, body))[0] == 404
    other = connect(server.endpoint, "events", account="444444444444")
    assert other.list_event_sources()["EventSources"] == []


def test_a_senders_signature_is_enough_where_callers_are_known(tmp_path):
    file = tmp_path / "webhooks.toml"
    file.write_text(CONFIGURATION.replace(OWN_ACCOUNT, OWNER))
    enforcing = Enforcing(tmp_path / "data", "--webhooks", str(file))
    with enforcing.server as server:
        events = enforcing.client("events")
        eventually(lambda: [each for each in events.list_event_sources()["EventSources"] if each["Name"] == GITHUB])
        events.create_event_bus(Name=GITHUB, EventSourceName=GITHUB)
        body = json.dumps({"at": time.time()})
        assert post(url_of(server, GITHUB), body, github("another secret", body))[0] == 401
        assert post(url_of(server, GITHUB), body, github(SECRET, body))[0] == 200
