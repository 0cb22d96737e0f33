"""Kills the server time and again while publishers, and subscribers of every temper, work on one data directory.

What must hold, whenever the process dies:
- every acknowledged message reaches each subscriber that takes it, be it slow or only there now and then;
- what a dead endpoint doesn't get reaches its dead-letter queue;
- through an ordered topic, the messages of a group come to the queue in order, each once, though publishers repeat
  what was not acknowledged.
"""

import asyncio
import json
import time
from contextlib import closing

import pytest

from flapping import Flapping
from ledger import Ledger
from ninefold_server import Server, binary_from_environment
from deliveries import Deliveries, kind_of
from sns_wire import TopicClient
from web_endpoints import WebEndpoints
from wire import Client
from workers import Workers

ROUNDS = 12
LOAD_SECONDS = (0.5, 5.0)
RESTART_SECONDS = 10
PACE_SECONDS = 0.03
ARRIVAL_SECONDS = 180
SLOW_SECONDS = 0.3
GROUPS = 4
BATCH = 5
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:"
SUBSCRIBERS = {"raw": True, "filtered": False, "fast": True, "slow": True, "flapping": True, "dead": True}


class Topics:
    """A topic with six subscribers, and an ordered one with a queue."""

    def __init__(self, endpoint, web):
        self.deliveries = Deliveries(SUBSCRIBERS)
        self.ordered = Ledger(in_order=True)
        self.flapping = Flapping(web, self.deliveries)
        with closing(Client(endpoint)) as queues:
            for name in ("raw", "filtered", "dead"):
                queues.create_queue(name, {})
            queues.create_queue("ordered.fifo", {"FifoQueue": "true"})
        with closing(TopicClient(endpoint)) as topics:
            self.standard = topics.create_topic("crash")
            self.fifo = topics.create_topic("crash.fifo", FifoTopic="true")
            self._subscribe_queues(topics)
            self._subscribe_web(topics, web)

    def _subscribe_queues(self, topics):
        topics.subscribe(self.standard, "sqs", QUEUE_ARN + "raw", RawMessageDelivery="true")
        topics.subscribe(self.standard, "sqs", QUEUE_ARN + "filtered", FilterPolicy='{"kind": ["wanted"]}')
        topics.subscribe(self.fifo, "sqs", QUEUE_ARN + "ordered.fifo", RawMessageDelivery="true")

    def _subscribe_web(self, topics, web):
        dead = web.open(answer_badly)
        redrive = json.dumps({"deadLetterTargetArn": QUEUE_ARN + "dead"})
        for endpoint, attributes in [
            (web.open(self.answer_fast), {}),
            (web.open(self.answer_slowly), {}),
            (self.flapping.endpoint, {"DeliveryPolicy": retries(100)}),
            (dead, {"DeliveryPolicy": retries(2), "RedrivePolicy": redrive}),
        ]:
            topics.subscribe(self.standard, "http", endpoint.url, **attributes)
            endpoint.confirm()
        web.run(dead.refuse())

    async def answer_fast(self, message):
        self.deliveries.received("fast", message)
        return 200

    async def answer_slowly(self, message):
        await asyncio.sleep(SLOW_SECONDS)
        self.deliveries.received("slow", message)
        return 200


async def answer_badly(_message):
    return 500


def retries(count):
    return json.dumps({"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": count}})


class Load:
    """The publishers of one round."""

    def __init__(self, endpoint, topics):
        self.endpoint = endpoint
        self.topics = topics

    def jobs(self):
        groups = [lambda stop, group=group: self.publish_in_order(stop, group) for group in range(GROUPS)]
        return [self.publish, self.publish, self.publish, self.publish_batches, *groups]

    def publish(self, stop):
        deliveries = self.topics.deliveries
        with closing(TopicClient(self.endpoint)) as client:
            while not stop.wait(PACE_SECONDS):
                [message] = deliveries.new_messages(1)
                client.publish(self.topics.standard, message, kind_of(message))
                deliveries.acknowledged([message])

    def publish_batches(self, stop):
        deliveries = self.topics.deliveries
        with closing(TopicClient(self.endpoint)) as client:
            while not stop.wait(PACE_SECONDS):
                messages = [(message, kind_of(message)) for message in deliveries.new_messages(BATCH)]
                deliveries.acknowledged(client.publish_batch(self.topics.standard, messages))

    def publish_in_order(self, stop, group):
        ledger = self.topics.ordered
        with closing(TopicClient(self.endpoint)) as client:
            while not stop.wait(PACE_SECONDS):
                message = ledger.next_of_group(group)
                client.publish_fifo(self.topics.fifo, message, group)
                ledger.acknowledged(message)


class Drain:
    """The consumers of the queues, once the server is left alone."""

    def __init__(self, endpoint, topics):
        self.endpoint = endpoint
        self.topics = topics

    def jobs(self):
        return [
            lambda stop: self.consume(stop, "raw", lambda body: body),
            lambda stop: self.consume(stop, "filtered", text_of),
            lambda stop: self.consume(stop, "dead", text_of),
            self.consume_in_order,
        ]

    def consume(self, stop, queue, text):
        with closing(Client(self.endpoint)) as client:
            url = client.create_queue(queue, {})
            while not stop.is_set():
                messages = client.receive(url, wait_seconds=1)
                for message in messages:
                    self.topics.deliveries.received(queue, text(message["Body"]))
                if messages:
                    client.delete_batch(url, messages)

    def consume_in_order(self, stop):
        ledger = self.topics.ordered
        with closing(Client(self.endpoint)) as client:
            url = client.create_queue("ordered.fifo", {"FifoQueue": "true"})
            while not stop.is_set():
                asked = time.monotonic()
                messages = client.receive(url, wait_seconds=1)
                ledger.received([message["Body"] for message in messages], asked)
                if messages:
                    ledger.deleted(client.delete_batch(url, messages))


def text_of(body):
    return json.loads(body)["Message"]


def wait_for_arrivals(endpoint, topics):
    """Waits until nothing that was acknowledged is missing; says when each subscriber had everything."""
    workers = Workers(*Drain(endpoint, topics).jobs()).start()
    began, waiting_for = time.monotonic(), {*SUBSCRIBERS, "ordered"}
    try:
        while waiting_for and not workers.failures and time.monotonic() < began + ARRIVAL_SECONDS:
            missing = all_missing(topics)
            for name in sorted(waiting_for - missing.keys()):
                print(f"{name} has everything after {time.monotonic() - began:.1f} s")
            waiting_for &= missing.keys()
            workers.stop.wait(0.2)
    finally:
        workers.join()
    assert not all_missing(topics), "\n".join(
        f"{name} lacks {len(messages)} acknowledged messages, among them {sorted(messages)[:10]}"
        for name, messages in all_missing(topics).items()
    )


def all_missing(topics):
    ordered = topics.ordered.missing()
    return {**topics.deliveries.missing(), **({"ordered": ordered} if ordered else {})}


@pytest.fixture
def web():
    with WebEndpoints() as endpoints:
        yield endpoints


def test_every_subscriber_gets_what_was_acknowledged_however_the_server_dies(tmp_path, chance, web):
    server = Server(binary_from_environment(), tmp_path / "data").start()
    slowest = 0.0
    try:
        topics = Topics(server.endpoint, web)
        with topics.flapping:
            for number in range(ROUNDS):
                workers = Workers(*Load(server.endpoint, topics).jobs()).start()
                # One round in five is killed while it still recovers from the kill before.
                workers.stop.wait(0 if number % 5 == 4 else chance.uniform(*LOAD_SECONDS))
                server.kill()
                workers.join()
                server.start()
                slowest = max(slowest, server.start_seconds)
                print(f"round {number + 1}: {topics.deliveries.summary()}; ordered {topics.ordered.summary()}")
                assert server.start_seconds < RESTART_SECONDS
        wait_for_arrivals(server.endpoint, topics)
        server.stop()
    finally:
        if server.running():
            server.kill()
    print(f"slowest restart {slowest:.2f} s; {topics.deliveries.summary()}; ordered {topics.ordered.summary()}")
    assert topics.deliveries.unexpected() == []
    # A run that hardly did anything would prove nothing.
    assert topics.deliveries.total() > ROUNDS * 20 and topics.ordered.total() > ROUNDS * 10
