"""What was published to a topic or a bus, and what of it has reached each subscriber or target."""

import threading


class Deliveries:
    """Messages `message-N` of one topic, every third of them of the kind `wanted`.

    What was not acknowledged may arrive or not; what was acknowledged must reach every subscriber that takes its kind.
    """

    def __init__(self, subscribers):
        """`subscribers` says of each name whether it takes every kind."""
        self._takes_every_kind = subscribers
        self._lock = threading.Lock()
        self._sent = 0
        self._acknowledged = set()
        self._received = {name: set() for name in subscribers}
        self._arrivals = dict.fromkeys(subscribers, 0)

    def new_messages(self, count):
        with self._lock:
            first = self._sent
            self._sent += count
        return [f"message-{number}" for number in range(first, first + count)]

    def acknowledged(self, messages):
        with self._lock:
            self._acknowledged.update(messages)

    def received(self, name, message):
        with self._lock:
            self._received[name].add(message)
            self._arrivals[name] += 1

    def missing(self):
        """For each subscriber that lacks some: the acknowledged messages that have not reached it."""
        with self._lock:
            wanted = {message for message in self._acknowledged if kind_of(message) == "wanted"}
            due = {name: self._acknowledged if every else wanted for name, every in self._takes_every_kind.items()}
            missing = {name: due[name] - received for name, received in self._received.items()}
        return {name: messages for name, messages in missing.items() if messages}

    def unexpected(self):
        """What subscribers got that was never sent, or is of a kind that they don't take."""
        with self._lock:
            return [
                (name, message)
                for name, received in self._received.items()
                for message in received
                if number_of(message) >= self._sent
                or not (self._takes_every_kind[name] or kind_of(message) == "wanted")
            ]

    def all_acknowledged(self):
        with self._lock:
            return set(self._acknowledged)

    def total(self):
        with self._lock:
            return len(self._acknowledged)

    def summary(self):
        with self._lock:
            arrived = ", ".join(
                f"{name} {len(received)} (+{self._arrivals[name] - len(received)})"
                for name, received in self._received.items()
            )
            return f"{len(self._acknowledged)} acknowledged; arrived (and repeated): {arrived}"


def kind_of(message):
    return "wanted" if number_of(message) % 3 == 0 else "other"


def number_of(message):
    return int(message.removeprefix("message-"))
