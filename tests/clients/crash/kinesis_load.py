"""What Kinesis clients do while the server dies and comes back, and what they know of it afterwards."""

import time

from kinesis_wire import StreamClient, decoded
from wire import Unreachable

BATCH = 20
PAUSE_SECONDS = 0.02
RETRY_SECONDS = 0.05
VISIBILITY_SECONDS = 3


class Persistent:
    """Work of one thread that goes on with a new connection whenever the server is back."""

    def __init__(self, address, stream):
        self._address, self._stream = address, stream

    def run(self, stop):
        while not stop.is_set():
            client = StreamClient(f"http://{self._address}")
            try:
                while not stop.is_set():
                    self.turn(client)
            except Unreachable:
                stop.wait(RETRY_SECONDS)
            finally:
                client.close()


class Putter(Persistent):
    """Puts 0, 1, 2, … into one shard, and never again what it doesn't know the fate of."""

    def __init__(self, address, stream, hash_key):
        super().__init__(address, stream)
        self._hash_key = hash_key
        self.sent = 0
        self.acknowledged = {}

    def turn(self, client):
        texts = [str(number) for number in range(self.sent, self.sent + BATCH)]
        self.sent += BATCH
        self.acknowledged |= client.put(self._stream, self._hash_key, texts)
        time.sleep(PAUSE_SECONDS)


class Follower(Persistent):
    """Reads one shard with iterators that it keeps when the server dies."""

    def __init__(self, address, stream, shard):
        super().__init__(address, stream)
        self._shard = shard
        self._iterator = None
        self.read = []

    def turn(self, client):
        if self._iterator is None:
            self._iterator = client.iterator(self._stream, self._shard)
        found, _, self._iterator = client.records(self._iterator)
        self.read += found
        time.sleep(PAUSE_SECONDS)


class QueueConsumer(Persistent):
    """Receives what is put into a stream from a queue of it, and acknowledges it. Several share what they know."""

    def __init__(self, address, stream, queue):
        super().__init__(address, stream)
        self._queue = queue
        self.received = set()
        self.acknowledged = set()

    def turn(self, client):
        records = client.receive(self._queue, VISIBILITY_SECONDS)
        identifiers = {record["RecordId"] for record in records}
        again = identifiers & self.acknowledged
        assert not again, f"{again} came again after their acknowledgement was acknowledged"
        self.received |= {decoded(record["Data"]) for record in records}
        if records:
            done = client.acknowledge(self._queue, records)
            self.acknowledged |= {record["RecordId"] for record in done}


def whole_shard(address, stream, shard):
    """The (sequence number, text) of each record of a shard."""
    client, found, behind = StreamClient(f"http://{address}"), [], 1
    iterator = client.iterator(stream, shard)
    while behind:
        page, behind, iterator = client.records(iterator)
        found += page
    client.close()
    return found
