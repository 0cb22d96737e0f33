"""A server of a test's own, with options of its own."""

import contextlib
import tempfile
from pathlib import Path
from urllib.request import urlopen

from conftest import connect
from ninefold_server import Server, binary_from_environment


class Clients:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.events, self.sns, self.sqs = (connect(endpoint, service) for service in ("events", "sns", "sqs"))


@contextlib.contextmanager
def own_server(*options):
    """`with own_server("--sms-sandbox", "true") as clients:`"""
    with tempfile.TemporaryDirectory(prefix="ninefold-") as folder:
        with Server(binary_from_environment(), Path(folder) / "data", *options) as server:
            clients = Clients(server.endpoint)
            clients.data = Path(folder) / "data"
            yield clients


def eventually(check, seconds=15):
    """What `check` returns once that is true; fails if it doesn't become true in time."""
    import time

    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def dropped_deliveries(endpoint, service):
    """How many deliveries of a service were given up."""
    with urlopen(f"{endpoint}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    wanted = f'ninefold_deliveries_dropped_total{{service="{service}"}} '
    return next(int(line.removeprefix(wanted)) for line in lines if line.startswith(wanted))
