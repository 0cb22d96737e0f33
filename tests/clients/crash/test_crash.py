"""Kills the server twenty times while producers and consumers work on one data directory.

What must hold, whenever the process dies:
- every acknowledged message is received until its deletion is sent;
- no message comes back after its deletion was acknowledged;
- the messages of a FIFO group come in order, each once, though producers repeat what was not acknowledged;
- the server is ready again within a bound.
"""

import threading
import time


from ledger import Ledger
from ninefold_server import Server, binary_from_environment
from wire import Client, Refused, Unreachable

ROUNDS = 20
LOAD_SECONDS = (0.3, 2.5)
RESTART_SECONDS = 10
STALL_SECONDS = 20
DRAIN_SECONDS = 180
VISIBILITY_SECONDS = 3
SAFE_SECONDS = 2  # after this long a consumer leaves a message to whoever gets it next
GROUPS = 6
BACKLOG = 2000


class Load:
    """Producers and consumers of one round; they end when the server is gone or when told to."""

    def __init__(self, endpoint, standard, fifo, producing):
        self.endpoint = endpoint
        self.standard = standard
        self.fifo = fifo
        self.stop = threading.Event()
        self.failures = []
        jobs = [self.consume_standard, self.consume_standard, self.consume_fifo, self.consume_fifo]
        if producing:
            jobs += [self.produce_standard, self.produce_standard]
            jobs += [lambda client, group=group: self.produce_fifo(client, group) for group in range(GROUPS)]
        self.threads = [threading.Thread(target=self.work, args=(job,)) for job in jobs]

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures[0]

    def work(self, job):
        client = Client(self.endpoint)
        try:
            while not self.stop.is_set():
                job(client)
        except Unreachable:
            pass  # the server was killed: the round is over
        except BaseException as failure:
            self.failures.append(failure)
            self.stop.set()
        finally:
            client.close()

    def produce_standard(self, client):
        if self.standard.backlog() > BACKLOG:
            self.stop.wait(0.01)
            return
        bodies = self.standard.new_messages(10)
        for body in client.send_batch(self.standard.url, bodies):
            self.standard.acknowledged(body)

    def produce_fifo(self, client, group):
        if self.fifo.backlog() > BACKLOG:
            self.stop.wait(0.01)
            return
        body = self.fifo.next_of_group(group)
        client.send_fifo(self.fifo.url, body, group)
        self.fifo.acknowledged(body)

    def consume_standard(self, client):
        asked, messages = self.receive(client, self.standard)
        if messages and time.monotonic() - asked < SAFE_SECONDS:
            bodies = [message["Body"] for message in messages]
            self.standard.deleting(bodies)
            done = client.delete_batch(self.standard.url, messages)
            self.settle(self.standard, bodies, done, asked)

    def consume_fifo(self, client):
        asked, messages = self.receive(client, self.fifo)
        for message in messages:
            if time.monotonic() - asked > SAFE_SECONDS:
                return
            body = [message["Body"]]
            self.fifo.deleting(body)
            try:
                client.delete(self.fifo.url, message["ReceiptHandle"])
            except Refused:
                self.fifo.not_deleted(body)
            else:
                self.settle(self.fifo, body, body, asked)

    @staticmethod
    def receive(client, ledger):
        asked = time.monotonic()
        messages = client.receive(ledger.url, wait_seconds=1)
        ledger.received([message["Body"] for message in messages], asked)
        return asked, messages

    @staticmethod
    def settle(ledger, bodies, done, asked):
        """A deletion counts when the lease still held: an expired handle may be acknowledged and delete nothing."""
        ledger.not_deleted([body for body in bodies if body not in done])
        if time.monotonic() - asked < VISIBILITY_SECONDS:
            ledger.deleted(done)


def create_queues(endpoint, standard, fifo):
    client = Client(endpoint)
    timeout = {"VisibilityTimeout": str(VISIBILITY_SECONDS)}
    standard.url = client.create_queue("crash", timeout)
    fifo.url = client.create_queue("crash.fifo", {**timeout, "FifoQueue": "true"})
    client.close()


def drain(endpoint, standard, fifo):
    """Consumes until nothing that was acknowledged is missing."""
    load = Load(endpoint, standard, fifo, producing=False)
    load.start()
    began = progress = time.monotonic()
    left = None
    while not load.failures and time.monotonic() < min(progress + STALL_SECONDS, began + DRAIN_SECONDS):
        before, left = left, len(standard.missing()) + len(fifo.missing())
        if left == 0:
            break
        if left != before:
            progress = time.monotonic()
        time.sleep(0.05)
    load.join()
    for ledger in (standard, fifo):
        missing = ledger.missing()
        assert not missing, f"{len(missing)} acknowledged messages are lost, among them {sorted(missing)[:10]}"


def assert_empty(endpoint, ledger):
    """Everything was deleted: the queue holds nothing, also when leases and doubtful deletions have run out."""
    client = Client(endpoint)
    deadline = time.monotonic() + 3 * VISIBILITY_SECONDS
    while client.count(ledger.url) and time.monotonic() < deadline:
        asked = time.monotonic()
        for message in client.receive(ledger.url, wait_seconds=1):
            ledger.received([message["Body"]], asked)
            client.delete(ledger.url, message["ReceiptHandle"])
    assert client.count(ledger.url) == 0
    client.close()


def test_nothing_acknowledged_is_lost_however_the_server_dies(tmp_path, chance):
    server = Server(binary_from_environment(), tmp_path / "data").start()
    standard, fifo = Ledger(in_order=False), Ledger(in_order=True)
    create_queues(server.endpoint, standard, fifo)
    slowest = 0.0
    try:
        for number in range(ROUNDS):
            load = Load(server.endpoint, standard, fifo, producing=True)
            load.start()
            # One round in five is killed while it still recovers from the kill before.
            load.stop.wait(0 if number % 5 == 4 else chance.uniform(*LOAD_SECONDS))
            server.kill()
            load.join()
            server.start()
            slowest = max(slowest, server.start_seconds)
            print(
                f"round {number + 1}: ready after {server.start_seconds:.2f} s, "
                f"standard {standard.summary()}, FIFO {fifo.summary()}"
            )
            assert server.start_seconds < RESTART_SECONDS
            create_queues(server.endpoint, standard, fifo)
        drain(server.endpoint, standard, fifo)
        for ledger in (standard, fifo):
            assert_empty(server.endpoint, ledger)
        server.stop()
    finally:
        if server.running():
            server.kill()
    # A run that hardly did anything would prove nothing.
    assert standard.total() > ROUNDS * 10 and fifo.total() > ROUNDS * 5, (standard.summary(), fifo.summary())
    print(f"slowest restart {slowest:.2f} s")
