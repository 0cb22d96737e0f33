"""One dead and one very slow endpoint must not delay what a hundred healthy ones get.

Two servers have the same healthy subscribers; one has the two bad ones besides. Messages go to either in turns, so that
whatever else the machine does falls on both.
"""

import asyncio
import math
import random
import ssl
import statistics
import threading
import time
from contextlib import ExitStack

import pytest
import trustme

from ninefold_server import Server, binary_from_environment
from sns_wire import TopicClient
from web_endpoints import NEVER, WebEndpoints

HEALTHY = 100
ROUNDS = 20
MESSAGES = 10  # in a round, to each server
WARM_UP = 5
SLOW_SECONDS = (5, 10)
ARRIVAL_SECONDS = 30
TIMES_SLOWER = 3
SECONDS_SLOWER = 0.1


class Arrivals:
    """When the message that is under way reached each healthy endpoint for the first time."""

    def __init__(self):
        self._lock = threading.Lock()
        self._message = None
        self._times = {}
        self._complete = threading.Event()

    def expect(self, message):
        with self._lock:
            self._message = message
            self._times = {}
            self._complete.clear()

    def note(self, endpoint, message):
        now = time.monotonic()
        with self._lock:
            if message == self._message:
                self._times.setdefault(endpoint, now)
                if len(self._times) == HEALTHY:
                    self._complete.set()

    def all_times(self):
        arrived = self._complete.wait(ARRIVAL_SECONDS)
        with self._lock:
            assert arrived, f"{self._message} reached only {len(self._times)} of {HEALTHY} endpoints"
            return list(self._times.values())


class Bad:
    """An endpoint that counts what it is sent; `answer` says what happens to it then."""

    def __init__(self, answer):
        self.posts = 0
        self._answer = answer

    async def answer(self, _message):
        self.posts += 1
        return await self._answer()


async def never_answer():
    return NEVER


async def answer_slowly():
    await asyncio.sleep(random.uniform(*SLOW_SECONDS))
    return 200


class Publisher:
    """Publishes to one server's topic and measures how long each healthy endpoint waits after the acknowledgement."""

    def __init__(self, name, server, arrivals, endpoints):
        self.rounds = []
        self._name = name
        self._arrivals = arrivals
        self._client = TopicClient(server.endpoint)
        self._sent = 0
        self._topic = self._client.create_topic(name)
        for endpoint in endpoints:
            self._client.subscribe(self._topic, endpoint.protocol, endpoint.url)
            endpoint.confirm()

    def publish(self):
        message = f"{self._name}-{self._sent}"
        self._sent += 1
        self._arrivals.expect(message)
        self._client.publish(self._topic, message, "any")
        acknowledged = time.monotonic()
        return [max(0.0, arrived - acknowledged) for arrived in self._arrivals.all_times()]

    def measure(self):
        self.rounds.append([wait for _ in range(MESSAGES) for wait in self.publish()])

    def close(self):
        self._client.close()


def p99(waits):
    return sorted(waits)[math.ceil(0.99 * len(waits)) - 1]


def usual_p99(rounds):
    """The median of the rounds' p99s: a moment in which the whole machine stood still is no news of the server."""
    return statistics.median(p99(waits) for waits in rounds)


def figures(rounds):
    waits = [wait for waits in rounds for wait in waits]
    numbers = {
        "median": statistics.median(waits),
        "p99": p99(waits),
        "p99 of the median round": usual_p99(rounds),
        "longest": max(waits),
    }
    return ", ".join(f"{name} {1000 * seconds:.1f} ms" for name, seconds in numbers.items())


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def web(authority):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with WebEndpoints(tls) as endpoints:
        yield endpoints


def test_bad_endpoints_do_not_delay_the_healthy_ones(tmp_path, authority, web):
    certificates = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificates))
    arrivals = Arrivals()

    def healthy(number):
        async def answer(message):
            arrivals.note(number, message)
            return 200

        return web.open(answer)

    good = [healthy(number) for number in range(HEALTHY)]
    dead, slow = Bad(never_answer), Bad(answer_slowly)
    bad = [web.open(dead.answer), web.open(slow.answer)]
    with ExitStack() as stack:
        publishers = []
        for name, endpoints in [("calm", good), ("troubled", good + bad)]:
            trust = ("--trusted-certificates", str(certificates))
            server = stack.enter_context(Server(binary_from_environment(), tmp_path / name, *trust))
            publisher = Publisher(name, server, arrivals, endpoints)
            stack.callback(publisher.close)
            publishers.append(publisher)
        for publisher in publishers:
            for _ in range(WARM_UP):
                publisher.publish()
        for _ in range(ROUNDS):
            for publisher in publishers:
                publisher.measure()
    calm, troubled = (publisher.rounds for publisher in publishers)
    print(f"without bad endpoints: {figures(calm)}")
    print(f"with bad endpoints:    {figures(troubled)}")
    print(f"the dead one was sent {dead.posts} messages, the slow one {slow.posts}")
    assert dead.posts > 0 and slow.posts > 0
    assert usual_p99(troubled) <= TIMES_SLOWER * usual_p99(calm) + SECONDS_SLOWER
