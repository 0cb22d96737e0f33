"""What the clients of the crash test know about each message of a queue."""

import threading
import time


class Ledger:
    """The messages of one queue: `group-number` for FIFO, where numbers count up in each group.

    A deletion that was sent and never answered leaves its message in doubt: it may come back or not.
    """

    def __init__(self, in_order):
        self.url = None
        self._in_order = in_order
        self._lock = threading.Lock()
        self._sent = 0
        self._acknowledged = set()
        self._doubtful = set()
        self._deleted_at = {}
        self._next_sent = {}
        self._received_of = {}

    def new_messages(self, count):
        with self._lock:
            first = self._sent
            self._sent += count
        return [f"message-{number}" for number in range(first, first + count)]

    def next_of_group(self, group):
        """The first message of the group that is not acknowledged yet: what failed is sent again."""
        with self._lock:
            return f"{group}-{self._next_sent.get(group, 0)}"

    def acknowledged(self, body):
        with self._lock:
            self._acknowledged.add(body)
            if self._in_order:
                group, number = split(body)
                self._next_sent[group] = number + 1

    def received(self, bodies, asked):
        """Notes messages that one receive call, sent at the time `asked`, has returned; checks what must hold."""
        with self._lock:
            for body in bodies:
                deleted_at = self._deleted_at.get(body)
                assert deleted_at is None or asked < deleted_at, f"{body} came back after its deletion"
            if self._in_order:
                self._check_order(bodies)

    def deleting(self, bodies):
        with self._lock:
            self._doubtful.update(bodies)

    def not_deleted(self, bodies):
        with self._lock:
            self._doubtful.difference_update(bodies)

    def deleted(self, bodies):
        now = time.monotonic()
        with self._lock:
            self._doubtful.difference_update(bodies)
            for body in bodies:
                self._deleted_at.setdefault(body, now)

    def missing(self):
        """Acknowledged messages whose deletion has not been sent."""
        with self._lock:
            return self._acknowledged - self._doubtful - self._deleted_at.keys()

    def backlog(self):
        with self._lock:
            return len(self._acknowledged) - len(self._deleted_at)

    def total(self):
        with self._lock:
            return len(self._acknowledged)

    def summary(self):
        with self._lock:
            return (
                f"{len(self._acknowledged)} acknowledged, {len(self._deleted_at)} deleted, "
                f"{len(self._doubtful)} in doubt"
            )

    def _check_order(self, bodies):
        """A message comes only when all before it in its group are gone, may be gone, or come in the same call."""
        in_this_call = {}
        for body in bodies:
            group, number = split(body)
            before = in_this_call.get(group)
            assert before is None or number > before, f"{body} came after {group}-{before}"
            in_this_call[group] = number
            for earlier in range(self._received_of.get(group, 0), number):
                predecessor = f"{group}-{earlier}"
                gone = predecessor in self._deleted_at or predecessor in self._doubtful
                assert gone or predecessor in bodies, f"{body} came before {predecessor}"
            self._advance(group)

    def _advance(self, group):
        """Moves past what is deleted for certain, so that the check stays short."""
        number = self._received_of.get(group, 0)
        while f"{group}-{number}" in self._deleted_at:
            number += 1
        self._received_of[group] = number


def split(body):
    group, number = body.split("-")
    return int(group), int(number)
