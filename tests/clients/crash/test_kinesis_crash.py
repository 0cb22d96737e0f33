"""Kills the server time and again while Kinesis clients put and read on one data directory.

What must hold, whenever the process dies:
- no acknowledged record is lost, none is there twice, and each shard has its records in the order of the puts, with the
  sequence numbers that were acknowledged, each greater than the one before;
- a queue of a stream gives every record, and none again whose acknowledgement was acknowledged;
- an iterator outlives the server, and what was read once is what is there: nothing is skipped, nothing is taken back;
- the server is ready again within a bound.
"""

import socket
import time

import pytest

from kinesis_load import Follower, Putter, QueueConsumer, whole_shard
from kinesis_wire import StreamClient
from ninefold_server import Server, binary_from_environment
from workers import Workers

ROUNDS = 20
LOAD_SECONDS = (0.2, 1.2)
RESTART_SECONDS = 10
ACTIVE_SECONDS = 10
CATCH_UP_SECONDS = 30
STREAM, QUEUED_STREAM = "load", "queued"
# Whatever was out when the server died may be received once more: nothing is to become a dead letter for that.
RECEIVES = 2 * ROUNDS


@pytest.fixture
def server(tmp_path):
    """A server that clients find at the same port after each restart."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    options = ["--kafka-listen", "off"]
    server = Server(binary_from_environment(), tmp_path / "data", *options, port=port).start()
    try:
        yield server
    finally:
        if server.running():
            server.kill()


def created(address):
    """The shards of a new stream, and a queue of another one."""
    client = StreamClient(f"http://{address}")
    client.create_stream(STREAM, 2)
    client.create_stream_on_demand(QUEUED_STREAM)
    deadline = time.monotonic() + ACTIVE_SECONDS
    while [client.status(stream) for stream in (STREAM, QUEUED_STREAM)] != ["ACTIVE"] * 2:
        assert time.monotonic() < deadline, "the streams did not become active"
        time.sleep(0.05)
    shards, queue = client.shards(STREAM), client.create_queue("load", QUEUED_STREAM, RECEIVES)
    client.close()
    return shards, queue


def check_shard(found, putter, follower):
    numbers = [int(text) for _, text in found]
    assert numbers == sorted(set(numbers))
    assert not numbers or numbers[-1] < putter.sent
    places = [int(sequence_number) for sequence_number, _ in found]
    assert places == sorted(set(places))
    assert putter.acknowledged.items() <= {text: sequence_number for sequence_number, text in found}.items()
    assert follower.read == found


def test_what_was_acknowledged_is_read_however_the_server_dies(server, chance):
    address = server.endpoint.removeprefix("http://")
    shards, queue = created(address)
    putters = [Putter(address, STREAM, hash_key) for _, hash_key in shards]
    followers = [Follower(address, STREAM, shard) for shard, _ in shards]
    queued, consumer = Putter(address, QUEUED_STREAM, "0"), QueueConsumer(address, QUEUED_STREAM, queue)
    putting = Workers(*(each.run for each in [*putters, queued])).start()
    following = Workers(*(each.run for each in [*followers, consumer, consumer])).start()
    slowest = 0.0
    try:
        for number in range(ROUNDS):
            # One round in five is killed while it still recovers from the kill before.
            putting.stop.wait(0 if number % 5 == 4 else chance.uniform(*LOAD_SECONDS))
            server.kill()
            server.start()
            slowest = max(slowest, server.start_seconds)
            assert server.start_seconds < RESTART_SECONDS
            assert not putting.failures and not following.failures
    finally:
        try:
            putting.join()
            whole = [whole_shard(address, STREAM, shard) for shard, _ in shards]
            deadline = time.monotonic() + CATCH_UP_SECONDS
            while any(len(each.read) < len(found) for each, found in zip(followers, whole)):
                assert not following.failures, following.failures[0]
                assert time.monotonic() < deadline, "the followers did not read everything"
                time.sleep(0.05)
            while not queued.acknowledged.keys() <= consumer.received:
                assert not following.failures, following.failures[0]
                assert time.monotonic() < deadline, "the queue did not give everything"
                time.sleep(0.05)
        finally:
            following.join()
    for found, putter, follower in zip(whole, putters, followers):
        check_shard(found, putter, follower)
    server.stop()
    acknowledged = sum(len(each.acknowledged) for each in putters)
    print(
        f"slowest restart {slowest:.2f} s; {acknowledged} of {sum(each.sent for each in putters)} acknowledged; "
        f"{len(queued.acknowledged)} queued, {len(consumer.acknowledged)} of them acknowledged"
    )
    # A run that hardly did anything would prove nothing.
    assert acknowledged > ROUNDS * 100
    assert len(consumer.acknowledged) > ROUNDS * 10
