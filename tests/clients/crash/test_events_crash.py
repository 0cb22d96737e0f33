"""Kills the server time and again while events are put on a bus, delivered and replayed, on one data directory.

What must hold, whenever the process dies: every acknowledged event reaches every target of every rule that takes it, be it a
queue, a topic, another bus or an endpoint that is slow or only there now and then; what a dead endpoint doesn't get reaches
its dead-letter queue; and a replay brings all of it again.
"""

import asyncio
import json
import ssl
import time
from contextlib import closing

import pytest
import trustme

from events_wire import BusClient
from flapping import Flapping
from ninefold_server import Server, binary_from_environment
from deliveries import Deliveries, kind_of
from sns_wire import TopicClient
from web_endpoints import WebEndpoints
from wire import Client
from workers import Workers

ROUNDS = 10
REPLAY_ROUNDS = 3
LOAD_SECONDS = (0.5, 4.0)
REPLAY_SECONDS = (0.1, 1.0)
RESTART_SECONDS = 10
PACE_SECONDS = 0.03
ARRIVAL_SECONDS = 180
SLOW_SECONDS = 0.3
BATCH = 5
ACCOUNT = "123456789012"
QUEUE_ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:"
EVERYTHING = {"source": ["crash"], "replay-name": [{"exists": False}]}
WANTED = {**EVERYTHING, "detail": {"kind": ["wanted"]}}
REPLAYED = {"replay-name": ["again"]}
QUEUES = ("straight", "wanted", "forwarded", "topic", "dead", "replayed")
ENDPOINTS = ("fast", "slow", "flapping")


class Bus:
    """A bus with a rule for each kind of target."""

    def __init__(self, endpoint, web):
        self.live = Deliveries({name: name != "wanted" for name in QUEUES + ENDPOINTS if name != "replayed"})
        self.replayed = set()
        self.flapping = Flapping(web, self.live)
        with closing(Client(endpoint)) as queues:
            for name in QUEUES:
                queues.create_queue(name, {})
        with closing(TopicClient(endpoint)) as topics:
            topic = topics.create_topic("crash")
            topics.subscribe(topic, "sqs", QUEUE_ARN + "topic", RawMessageDelivery="true")
        with closing(BusClient(endpoint)) as buses:
            self.arn = buses.create_bus("crash")
            second = buses.create_bus("second")
            buses.add_rule("crash", "straight", EVERYTHING, {"Arn": QUEUE_ARN + "straight"})
            buses.add_rule("crash", "wanted", WANTED, {"Arn": QUEUE_ARN + "wanted", "InputPath": "$.detail"})
            buses.add_rule("crash", "topic", EVERYTHING, {"Arn": topic})
            buses.add_rule("crash", "forward", EVERYTHING, {"Arn": second})
            buses.add_rule("second", "forwarded", EVERYTHING, {"Arn": QUEUE_ARN + "forwarded"})
            buses.add_rule("crash", "replayed", REPLAYED, {"Arn": QUEUE_ARN + "replayed"})
            buses.call("CreateArchive", ArchiveName="crash", EventSourceArn=self.arn)
            self._add_endpoints(buses, web)

    def _add_endpoints(self, buses, web):
        dead = web.open(answer_badly)
        web.run(dead.refuse())
        for name, endpoint, more in [
            ("fast", web.open(self.answer_fast), {}),
            ("slow", web.open(self.answer_slowly), {}),
            ("flapping", self.flapping.endpoint, {"RetryPolicy": {"MaximumRetryAttempts": 100}}),
            (
                "dead",
                dead,
                {
                    "RetryPolicy": {"MaximumRetryAttempts": 1},
                    "DeadLetterConfig": {"Arn": QUEUE_ARN + "dead"},
                },
            ),
        ]:
            target = {"Arn": buses.create_destination(name, endpoint.url), **more}
            buses.add_rule("crash", f"web-{name}", EVERYTHING, target)

    async def answer_fast(self, message):
        self.live.received("fast", message)
        return 200

    async def answer_slowly(self, message):
        await asyncio.sleep(SLOW_SECONDS)
        self.live.received("slow", message)
        return 200


async def answer_badly(_message):
    return 500


class Load:
    """Those who put events, for one round."""

    def __init__(self, endpoint, bus):
        self.endpoint = endpoint
        self.bus = bus

    def jobs(self):
        return [lambda stop, count=count: self.put(stop, count) for count in (1, 1, BATCH)]

    def put(self, stop, count):
        with closing(BusClient(self.endpoint)) as client:
            while not stop.wait(PACE_SECONDS):
                messages = [(message, kind_of(message)) for message in self.bus.live.new_messages(count)]
                self.bus.live.acknowledged(client.put("crash", messages))


class Drain:
    """The consumers of queues, once the server is left alone."""

    def __init__(self, endpoint, *jobs):
        self.endpoint = endpoint
        self.jobs = [lambda stop, job=job: self.consume(stop, *job) for job in jobs]

    def consume(self, stop, queue, take):
        with closing(Client(self.endpoint)) as client:
            url = client.create_queue(queue, {})
            while not stop.is_set():
                messages = client.receive(url, wait_seconds=1)
                for message in messages:
                    take(message_of(json.loads(message["Body"])))
                if messages:
                    client.delete_batch(url, messages)


def message_of(body):
    """The message of an event, or of the detail of one."""
    return body.get("detail", body)["message"]


def wait_for_arrivals(jobs, missing):
    """Consumes until nothing is missing."""
    workers = Workers(*jobs).start()
    deadline = time.monotonic() + ARRIVAL_SECONDS
    try:
        while missing() and not workers.failures and time.monotonic() < deadline:
            workers.stop.wait(0.2)
    finally:
        workers.join()
    assert not missing(), {name: (len(lost), sorted(lost)[:10]) for name, lost in missing().items()}


def wait_for_targets(endpoint, bus):
    names = [name for name in QUEUES if name != "replayed"]
    take = [(name, lambda message, name=name: bus.live.received(name, message)) for name in names]
    wait_for_arrivals(Drain(endpoint, *take).jobs, bus.live.missing)


def wait_for_replay(endpoint, bus):
    acknowledged = bus.live.all_acknowledged()

    def missing():
        lost = acknowledged - bus.replayed
        return {"replayed": lost} if lost else {}

    wait_for_arrivals(Drain(endpoint, ("replayed", bus.replayed.add)).jobs, missing)


def start_replay(endpoint, bus):
    with closing(BusClient(endpoint)) as client:
        client.call(
            "StartReplay",
            ReplayName="again",
            EventSourceArn=f"arn:aws:events:us-east-1:{ACCOUNT}:archive/crash",
            EventStartTime=0,
            EventEndTime=time.time() + 3600,
            Destination={"Arn": bus.arn},
        )


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def web(authority):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with WebEndpoints(tls) as endpoints:
        yield endpoints


def test_every_target_gets_what_was_acknowledged_however_the_server_dies(tmp_path, chance, authority, web):
    certificates = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificates))
    server = Server(binary_from_environment(), tmp_path / "data", "--trusted-certificates", str(certificates)).start()
    slowest = 0.0

    def restart():
        nonlocal slowest
        server.kill()
        server.start()
        slowest = max(slowest, server.start_seconds)
        assert server.start_seconds < RESTART_SECONDS

    try:
        bus = Bus(server.endpoint, web)
        with bus.flapping:
            for number in range(ROUNDS):
                workers = Workers(*Load(server.endpoint, bus).jobs()).start()
                # One round in five is killed while it still recovers from the kill before.
                workers.stop.wait(0 if number % 5 == 4 else chance.uniform(*LOAD_SECONDS))
                restart()
                workers.join()
                print(f"round {number + 1}: {bus.live.summary()}")
        wait_for_targets(server.endpoint, bus)
        start_replay(server.endpoint, bus)
        for _ in range(REPLAY_ROUNDS):
            time.sleep(chance.uniform(*REPLAY_SECONDS))
            restart()
        wait_for_replay(server.endpoint, bus)
        server.stop()
    finally:
        if server.running():
            server.kill()
    print(f"slowest restart {slowest:.2f} s; {bus.live.summary()}; {len(bus.replayed)} replayed")
    assert bus.live.unexpected() == []
    # A run that hardly did anything would prove nothing.
    assert bus.live.total() > ROUNDS * 20
