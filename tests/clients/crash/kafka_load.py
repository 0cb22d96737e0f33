"""What Kafka's clients do while the broker dies and comes back, and what they know of it afterwards."""

import threading
import time

from confluent_kafka import Consumer, KafkaException, Producer, ShareConsumer, TopicPartition

CALL_SECONDS = 30
FLUSH_SECONDS = 60
WINDOW = 500
BURST = 40
TRANSACTION = 5


class Broker:
    """Where the broker is, through all its lives."""

    def __init__(self, address):
        self.address = address

    def settings(self, **more):
        found = {"bootstrap.servers": self.address, "reconnect.backoff.max.ms": 200, "log_level": 2}
        return found | {name.replace("_", "."): value for name, value in more.items()}


class Numbers:
    """An idempotent producer that writes 0, 1, 2, … to a partition of its own: the number is the offset."""

    def __init__(self, broker, topic, partition):
        self._topic, self._partition = topic, partition
        self._producer = Producer(broker.settings(enable_idempotence=True, linger_ms=2, message_timeout_ms=300_000))
        self._failures = []
        self.sent = 0
        self.acknowledged = 0

    def produce(self, stop):
        while not stop.is_set():
            for _ in range(min(BURST, WINDOW - (self.sent - self.acknowledged))):
                self._producer.produce(
                    self._topic, str(self.sent), partition=self._partition, on_delivery=self._delivered
                )
                self.sent += 1
            self._producer.poll(0.02)
            assert not self._failures, self._failures[0]
        self._producer.flush(FLUSH_SECONDS)
        assert not self._failures, self._failures[0]
        assert self.acknowledged == self.sent, f"{self.acknowledged} of {self.sent} numbers were acknowledged"

    def _delivered(self, error, message):
        if error is not None:
            self._failures.append(f"partition {self._partition}: {error}")
        elif message.offset() != int(message.value()):
            self._failures.append(f"{message.value()} was acknowledged at offset {message.offset()}")
        else:
            self.acknowledged += 1


class Transactions:
    """A transactional producer that writes groups of records to two partitions, and commits every other group."""

    def __init__(self, broker, topic):
        self._topic = topic
        self._producer = Producer(broker.settings(transactional_id="crash", linger_ms=2))
        self.committed = set()
        self.aborted = set()
        self.doubtful = set()

    def produce(self, stop):
        self._until_done(self._producer.init_transactions)
        number = 0
        while not stop.is_set():
            self._producer.begin_transaction()
            for partition in (0, 1):
                for _ in range(TRANSACTION):
                    self._producer.produce(self._topic, str(number), partition=partition)
            # An abort of what the broker has not heard of yet would be refused; and this way there is something to abort.
            self._producer.flush(FLUSH_SECONDS)
            self._end(number, commit=number % 2 == 0)
            number += 1

    def _end(self, number, commit):
        end, outcomes = (
            (self._producer.commit_transaction, self.committed)
            if commit
            else (self._producer.abort_transaction, self.aborted)
        )
        try:
            self._until_done(end)
            outcomes.add(number)
        except KafkaException as failure:
            if not failure.args[0].txn_requires_abort():
                raise
            self._until_done(self._producer.abort_transaction)
            self.doubtful.add(number)

    def _until_done(self, call):
        deadline = time.monotonic() + FLUSH_SECONDS
        while True:
            try:
                return call(CALL_SECONDS)
            except KafkaException as failure:
                if not failure.args[0].retriable() or time.monotonic() > deadline:
                    raise


class Group:
    """A consumer of a group that commits where it is, and remembers what it was acknowledged."""

    def __init__(self, broker, group, topic):
        self._settings = broker.settings(
            group_id=group, group_protocol="consumer", enable_auto_commit=False, auto_offset_reset="earliest"
        )
        self._topic = topic
        self._lock = threading.Lock()
        self._committed = {}
        self.read = 0

    def consume(self, stop):
        consumer = Consumer(self._settings)
        consumer.subscribe([self._topic])
        try:
            while not stop.is_set():
                self._turn(consumer)
        finally:
            consumer.close()

    def _turn(self, consumer):
        messages = [message for message in consumer.consume(500, 0.1) if message.error() is None]
        reached = {}
        for message in messages:
            assert int(message.value()) == message.offset(), f"{message.value()} is at offset {message.offset()}"
            reached[message.partition()] = message.offset() + 1
        if not reached:
            return
        self.read += len(messages)
        places = [TopicPartition(self._topic, partition, offset) for partition, offset in reached.items()]
        try:
            answers = consumer.commit(offsets=places, asynchronous=False)
        except KafkaException:
            return  # whether it is committed is not known
        with self._lock:
            self._committed.update({place.partition: place.offset for place in answers if place.error is None})

    def committed(self):
        """What was acknowledged as committed, by partition."""
        with self._lock:
            return dict(self._committed)


class ShareGroup:
    """What the members of a share group got and accepted: places, each a partition and an offset."""

    def __init__(self, broker, group, topic):
        self._settings = broker.settings(group_id=group, share_acknowledgement_mode="explicit")
        self._topic = topic
        self.delivered = set()
        self.accepted = set()

    def consume(self, stop):
        """One member, which accepts each record that it gets."""
        consumer = ShareConsumer(self._settings)
        consumer.subscribe([self._topic])
        try:
            while not stop.is_set():
                self._turn(consumer)
        finally:
            consumer.close()

    def _turn(self, consumer):
        places = {}
        for message in consumer.poll(0.1):
            if message.error() is not None:
                continue
            place = (message.partition(), message.offset())
            assert int(message.value()) == message.offset(), f"{message.value()} is at offset {message.offset()}"
            assert place not in self.accepted, f"{place} came again after its acceptance was acknowledged"
            places.setdefault(message.partition(), set()).add(place)
            consumer.acknowledge(message)
        if not places:
            return
        self.delivered.update(*places.values())
        for partition, failure in consumer.commit_sync(CALL_SECONDS).items():
            if failure is None:  # otherwise it is not known whether they are accepted
                self.accepted |= places[partition.partition]


def everything(broker, topic, partition, isolation="read_committed"):
    """The (offset, value) of each record of a partition that can be read now."""
    settings = broker.settings(
        group_id="reader", enable_auto_commit=False, enable_partition_eof=True, isolation_level=isolation
    )
    consumer, found = Consumer(settings), []
    consumer.assign([TopicPartition(topic, partition, 0)])
    deadline = time.monotonic() + FLUSH_SECONDS
    try:
        while time.monotonic() < deadline:
            for message in consumer.consume(1000, 0.5):
                if message.error() is None:
                    found.append((message.offset(), int(message.value())))
                elif message.error().name() == "_PARTITION_EOF":
                    return found
        raise AssertionError(f"partition {partition} of {topic} was not read to its end")
    finally:
        consumer.close()
