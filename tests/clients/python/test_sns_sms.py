"""Text messages: a REST gateway, an SMPP message centre, opt-outs, the sandbox, spending."""

import asyncio
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from urllib.request import urlopen

import pytest
from smppy import Application

from conftest import unique_name
from expectations import refused
from own_server import dropped_deliveries, eventually, own_server

NUMBER = "+491701234567"


def next_of(queue, seconds=20):
    try:
        return queue.get(timeout=seconds)
    except Empty:
        raise AssertionError("no text message came") from None


class Gateway:
    """A REST gateway that takes JSON and answers with an id."""

    def __init__(self):
        self.texts = Queue()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.texts.put((self.headers["Authorization"], body))
                answer = json.dumps({"status": "queued", "id": "gw-1"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/send"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def gateway():
    with Gateway() as gateway:
        yield gateway


@pytest.fixture(scope="module")
def provider(gateway, tmp_path_factory):
    """The file that describes the gateway."""
    file = tmp_path_factory.mktemp("sms") / "provider.toml"
    file.write_text(f"""
[gateway]
url = "{gateway.url}"
json = '{{"to": "{{to}}", "text": "{{text}}", "from": "{{sender}}", "kind": "{{kind}}"}}'
default_sender = "Ninefold"
success_pointer = "/status"
accepted = ["queued"]
message_id_pointer = "/id"
headers = {{ Authorization = "Bearer secret" }}
""")
    return str(file)


@pytest.fixture(scope="module")
def clients(provider):
    with own_server("--sms-provider", provider, "--sms-price-per-part", "0.5") as clients:
        yield clients


def test_publishing_to_a_number(clients, gateway):
    sns = clients.sns
    assert sns.publish(PhoneNumber=NUMBER, Message='Code "12" {to}')["MessageId"]
    authorization, text = next_of(gateway.texts)
    assert authorization == "Bearer secret"
    assert text == {"to": NUMBER, "text": 'Code "12" {to}', "from": "Ninefold", "kind": "promotional"}
    attributes = {
        "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "Orders"},
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
    }
    sns.publish(PhoneNumber=NUMBER, Message="hello", MessageAttributes=attributes)
    _, text = next_of(gateway.texts)
    assert (text["from"], text["kind"]) == ("Orders", "transactional")
    for wrong in ("hello", "+", "+1+2", "+1234567890123456"):
        with refused("InvalidParameter"):
            sns.publish(PhoneNumber=wrong, Message="m")
    with refused("InvalidParameter"):
        sns.publish(PhoneNumber=NUMBER, Message="x" * 1601)


def test_subscribed_numbers(clients, gateway):
    sns = clients.sns
    topic = sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    answer = sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=NUMBER)
    assert answer["SubscriptionArn"].startswith(topic)
    sns.publish(TopicArn=topic, Message=json.dumps({"default": "d", "sms": "short"}), MessageStructure="json")
    assert next_of(gateway.texts)[1]["text"] == "short"


def test_attributes_and_spending(provider, gateway):
    with own_server("--sms-provider", provider, "--sms-price-per-part", "0.5") as clients:
        sns = clients.sns
        wanted = {"DefaultSenderID": "Shop", "DefaultSMSType": "Transactional", "MonthlySpendLimit": "1"}
        sns.set_sms_attributes(attributes=wanted)
        assert sns.get_sms_attributes()["attributes"] == wanted
        assert sns.get_sms_attributes(attributes=["DefaultSenderID"])["attributes"] == {"DefaultSenderID": "Shop"}
        with refused("InvalidParameter"):
            sns.set_sms_attributes(attributes={"Nonsense": "1"})
        with refused("InvalidParameter"):
            sns.set_sms_attributes(attributes={"DefaultSMSType": "Urgent"})
        for number in range(2):
            sns.publish(PhoneNumber=NUMBER, Message=str(number))
            _, text = next_of(gateway.texts)
            assert (text["text"], text["from"], text["kind"]) == (str(number), "Shop", "transactional")
        sns.publish(PhoneNumber=NUMBER, Message="too dear")

        def outbox():
            with urlopen(f"{clients.endpoint}/_ninefold/outbox", timeout=10) as answer:
                return json.load(answer)

        assert eventually(lambda: [each["is_sent"] for each in outbox()].count(True) == 2)
        assert gateway.texts.empty()


def test_the_sandbox(provider, gateway):
    with own_server("--sms-provider", provider, "--sms-sandbox", "true") as clients:
        sns = clients.sns
        assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is True
        sns.publish(PhoneNumber=NUMBER, Message="held back")
        sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER)
        listed = sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"]
        assert listed == [{"PhoneNumber": NUMBER, "Status": "Pending"}]
        _, text = next_of(gateway.texts)
        password = re.search(r"\d{6}", text["text"])[0]
        wrong = f"{(int(password) + 1) % 1000000:06}"
        with refused("VerificationException"):
            sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=wrong)
        sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=password)
        [listed] = sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"]
        assert listed["Status"] == "Verified"
        sns.publish(PhoneNumber=NUMBER, Message="let through")
        assert next_of(gateway.texts)[1]["text"] == "let through"
        sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
        with refused("ResourceNotFound"):
            sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    with own_server() as clients:
        assert clients.sns.get_sms_sandbox_account_status()["IsInSandbox"] is False
        assert clients.sns.list_origination_numbers()["PhoneNumbers"] == []


class MessageCentre(Application):
    """An SMPP message centre of the package `smppy`, on a thread with a loop of its own."""

    def __init__(self):
        super().__init__("centre")
        self.texts, self.clients, self.port = Queue(), Queue(), None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    async def handle_bound_client(self, client):
        if (client.system_id, client.password) != ("ninefold", "secret"):
            return None
        self.clients.put(client)
        return client

    async def handle_unbound_client(self, client):
        pass

    async def handle_sms_received(self, client, source_number, dest_number, text):
        self.texts.put((source_number, dest_number, text))

    def __enter__(self):
        server = self.create_server(loop=self._loop, host="127.0.0.1", port=0)
        self.port = server.sockets[0].getsockname()[1]
        self._server = server
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def answer(self, client, source, text):
        done = asyncio.run_coroutine_threadsafe(client.send_sms(source=source, dest="12345", text=text), self._loop)
        done.result(10)


def test_a_message_centre_and_opting_out(tmp_path):
    with MessageCentre() as centre:
        file = tmp_path / "provider.toml"
        file.write_text(
            f"[smpp]\nhost = '127.0.0.1'\nport = {centre.port}\nsystem_id = 'ninefold'\npassword = 'secret'\n"
            "source = 'Ninefold'\n"
        )
        account = ("--account", "123456789012")
        with own_server("--sms-provider", str(file), *account) as clients:
            sns = clients.sns
            sns.publish(PhoneNumber=NUMBER, Message="hello")
            source, destination, text = next_of(centre.texts)
            assert (source, destination, text) == ("Ninefold", NUMBER.removeprefix("+"), "hello")
            centre.answer(next_of(centre.clients), NUMBER.removeprefix("+"), "Stop")
            assert eventually(lambda: sns.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"])
            assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == [NUMBER]
            sns.publish(PhoneNumber=NUMBER, Message="not wanted")
            assert eventually(lambda: dropped_deliveries(clients.endpoint, "sns") == 1)

            def outbox():
                with urlopen(f"{clients.endpoint}/_ninefold/outbox", timeout=10) as answer:
                    return json.load(answer)

            # What is refused because of an opt-out is not even shown as a message that would have been sent.
            sns.publish(PhoneNumber="+491709999999", Message="to somebody else")
            assert eventually(lambda: [each["body"] for each in outbox()] == ["hello", "to somebody else"])
            sns.opt_in_phone_number(phoneNumber=NUMBER)
            assert sns.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"] is False
            sns.publish(PhoneNumber=NUMBER, Message="wanted again")
            texts = [next_of(centre.texts)[2] for _ in range(2)]
            assert texts == ["to somebody else", "wanted again"]
