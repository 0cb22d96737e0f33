"""The measurements: throughput and wake-up workloads, start-up, memory, and a backlog."""

import json
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from .server import Failed, Server

MEASURE_MARGIN_SECONDS = 120
IDLE_SECONDS = 1.0
SETTLE_PIECE_SECONDS = 2.0
SETTLE_GAIN = 1.03


@dataclass(frozen=True)
class Workload:
    """One line of the load generator's command. `figure` is what the comparison is about."""

    name: str
    title: str
    arguments: tuple
    figure: str
    unit: str
    seconds_factor: int = 1


# The wake-up goes first: it is a figure of an idle machine, and what the other workloads leave behind is still being
# cleared up after them. It takes longer because some fourteen messages a second are all that it can measure.
WORKLOADS = [
    Workload("wake", "Long-poll wake-up", ("wake",), "from_send_us", "µs", seconds_factor=6),
    Workload("send-1", "SendMessage, 1 connection", ("send", "--connections", "1"),
             "requests_per_second", "requests/s"),
    Workload("send-64", "SendMessage, 64 connections", ("send", "--connections", "64"),
             "requests_per_second", "requests/s"),
    Workload("send-256", "SendMessage, 256 connections", ("send", "--connections", "256"),
             "requests_per_second", "requests/s"),
    Workload("batch-64", "SendMessageBatch of 10, 64 connections", ("send-batch", "--connections", "64"),
             "messages_per_second", "messages/s"),
    Workload("cycle-64", "Send, receive, delete, 64 connections", ("cycle", "--connections", "64"),
             "messages_per_second", "messages/s"),
]


@dataclass
class Results:
    """What was measured, by contender name."""

    runs: dict = field(default_factory=dict)
    starts: dict = field(default_factory=dict)
    idle: dict = field(default_factory=dict)
    backlog: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)

    def add_run(self, contender, workload, report):
        self.runs.setdefault(workload, {}).setdefault(contender, []).append(report)


def load(place, server, *arguments, seconds):
    """Runs the load generator against `server`; its report, or one that says why there is none."""
    command = [place.binaries / "load", "--address", server.address, "--protocol", server.contender.protocol,
               "--seconds", seconds, *arguments]
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              timeout=seconds + MEASURE_MARGIN_SECONDS)
    except subprocess.TimeoutExpired:
        return failed("the load generator did not end in time")
    if not done.stdout.strip():
        return failed(done.stderr.strip()[:300])
    report = json.loads(done.stdout.splitlines()[0])
    if done.returncode:
        report.update(clean=False, first_error=done.stderr.strip()[:300])
    return report


def failed(reason):
    return {"clean": False, "errors": 1, "first_error": reason}


def round_of(contender, place, workloads, seconds, settle_seconds, results, say):
    """One contender's turn in a round: a fresh process and an empty data directory, every workload on it."""
    with data_directory(place) as data, Server(contender, place, data) as server:
        results.starts.setdefault(contender.name, []).append(server.start_seconds)
        time.sleep(IDLE_SECONDS)
        results.idle.setdefault(contender.name, []).append(server.resident_bytes())
        settle(place, server, settle_seconds)
        for workload in workloads:
            before = server.processor_seconds()
            report = load(place, server, *workload.arguments, "--queue", workload.name, "--delete-queue",
                          "--warmup", min(1.0, seconds), seconds=seconds * workload.seconds_factor)
            report["server_processor_seconds"] = server.processor_seconds() - before
            results.add_run(contender.name, workload.name, report)
            say(f"  {contender.name:22} {workload.name:10} {brief(workload, report)}")
            if server.process.poll() is not None:
                raise Failed(f"died under {workload.name}: {server.last_line()}")


def settle(place, server, longest):
    """A load that doesn't count, until its rate has stopped rising: a just-in-time compiler takes half a minute, and a
    server measured before that is not the one that people run."""
    best, pieces_without_gain, begin = 0, 0, time.monotonic()
    while pieces_without_gain < 2 and time.monotonic() - begin < longest:
        report = load(place, server, "send", "--queue", "settle", "--delete-queue", "--warmup", 0,
                      seconds=SETTLE_PIECE_SECONDS)
        rate = report.get("requests_per_second", 0)
        pieces_without_gain = 0 if rate > best * SETTLE_GAIN else pieces_without_gain + 1
        best = max(best, rate)


def brief(workload, report):
    if workload.figure not in report:
        return f"failed: {report['first_error']}"
    value = report[workload.figure]
    text = f"p50 {value['p50']} p99 {value['p99']} µs" if isinstance(value, dict) else f"{value:,.0f} {workload.unit}"
    return text if report["clean"] else f"{text}, {report['errors']} errors: {report['first_error']}"


def backlog_of(contender, place, messages, seconds, memory_limit, say):
    """Fills one queue, then what it costs: resident memory, bytes on disk, start-up after a stop and a kill."""
    with data_directory(place) as data:
        with Server(contender, place, data) as server:
            time.sleep(IDLE_SECONDS)
            empty = server.resident_bytes()
            with memory_guard(server, memory_limit) as guard:
                report = load(place, server, "fill", "--queue", "backlog", "--messages", messages, seconds=seconds)
            figures = {"report": report, "asked": messages, "memory_limit_hit": guard.hit, "empty": empty}
            if guard.hit or "messages" not in report:
                return figures
            time.sleep(IDLE_SECONDS)
            figures["resident"] = server.resident_bytes()
            if contender.durable:
                figures["disk"] = disk_bytes(data)
            server.kill()
        if contender.durable:
            figures["after_kill"] = restart(contender, place, data, say)
            figures["after_stop"] = restart(contender, place, data, say)
        return figures


def restart(contender, place, data, say):
    """Starts on a filled data directory: seconds to ready, messages counted, resident memory; then stops it."""
    with Server(contender, place, data) as server:
        time.sleep(IDLE_SECONDS)
        figures = {"seconds": server.start_seconds, "messages": server.message_count("backlog"),
                   "resident": server.resident_bytes()}
        say(f"  {contender.name:22} restart    {figures}")
        return figures


class memory_guard:
    """Kills a server whose memory passes a limit while it is filled, so that the machine survives it."""

    def __init__(self, server, limit):
        self.server, self.limit, self.hit = server, limit, False
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def watch(self):
        while not self.done.wait(0.5):
            if self.server.resident_bytes() > self.limit:
                self.hit = True
                self.server.kill()
                return


def data_directory(place):
    parent = place.cache / "data"
    parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=parent)


def disk_bytes(directory):
    output = subprocess.run(["du", "-sB1", str(directory)], capture_output=True, text=True, check=True).stdout
    return int(output.split()[0])
