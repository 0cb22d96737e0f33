"""Mail through a real SMTP server, and the outbox of a server without one."""

import json
import re
from urllib.request import urlopen

import pytest

from conftest import unique_name
from mailbox_server import SECRET, USER, Mailbox
from own_server import eventually, own_server

@pytest.fixture(scope="module")
def mailbox():
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def clients(mailbox):
    relay = f"smtp://{USER.decode()}:{SECRET.decode()}@127.0.0.1:{mailbox.port}"
    with own_server("--mail-relay", relay, "--mail-sender", "Topics <topics@example.com>") as clients:
        yield clients


def link_in(message):
    return re.search(r"https?://\S+", message.get_content())[0]


def test_a_mailbox_confirms_and_gets_mail(clients, mailbox):
    sns = clients.sns
    topic = sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.com")
    sns.publish(TopicArn=topic, Message="too early")
    envelope, message = mailbox.next()
    assert envelope.rcpt_tos == ["reader@example.com"]
    assert "Subscription Confirmation" in message["Subject"]
    with urlopen(link_in(message), timeout=10) as answer:
        assert answer.status == 200
    sent = sns.publish(TopicArn=topic, Message="Grüße\nan alle", Subject="Neues")
    envelope, message = mailbox.next()
    assert (envelope.mail_from, message["To"]) == ("topics@example.com", "reader@example.com")
    assert message["Subject"] == "Neues"
    assert message.get_content().splitlines()[:2] == ["Grüße", "an alle"]
    assert sent["MessageId"] in message["Message-ID"]
    link = re.findall(r"https?://\S+", message.get_content())[-1]
    assert link in message["List-Unsubscribe"]
    with urlopen(link, timeout=10) as answer:
        assert answer.status == 200
    _, message = mailbox.next()
    assert "Unsubscribe Confirmation" in message["Subject"]


def test_json_mail_is_the_envelope(clients, mailbox):
    sns = clients.sns
    topic = sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email-json", Endpoint="robot@example.com")
    _, message = mailbox.next()
    with urlopen(link_in(message), timeout=10):
        pass
    sns.publish(TopicArn=topic, Message="hello")
    _, message = mailbox.next()
    assert json.loads(message.get_payload(decode=True))["Message"] == "hello"


def test_a_relay_that_is_busy_is_tried_again(clients, mailbox):
    sns = clients.sns
    topic = sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    mailbox.answers = ["451 later"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="patient@example.com")
    envelope, _ = mailbox.next()
    assert envelope.rcpt_tos == ["patient@example.com"]


def test_without_a_relay_mails_are_in_the_outbox():
    with own_server() as clients:
        topic = clients.sns.create_topic(Name="topic")["TopicArn"]
        answer = clients.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.com")
        assert answer["SubscriptionArn"] == "pending confirmation"

        def outbox():
            with urlopen(f"{clients.endpoint}/_ninefold/outbox", timeout=10) as answer:
                return json.load(answer)

        [mail] = eventually(outbox)
        assert (mail["kind"], mail["to"], mail["is_sent"]) == ("email", "reader@example.com", False)
        with urlopen(re.search(r"https?://\S+", mail["body"])[0], timeout=10) as answer:
            assert answer.status == 200
        clients.sns.publish(TopicArn=topic, Message="hello")
        assert eventually(lambda: len(outbox()) == 2)
        assert outbox()[1]["body"].startswith("hello\n")
