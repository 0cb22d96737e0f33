"""The measurements: the workloads, start-up, memory, and a backlog."""

import json
import resource
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

from .server import Failed, Server
from .workloads import EVENTS, QUEUES, TOPICS

MEASURE_MARGIN_SECONDS = 120
# What there are many of is made, given targets or subscriptions, relieved of them, and deleted.
SETUP_STEPS = 4
IDLE_SECONDS = 1.0
SETTLE_PIECE_SECONDS = 2.0
SETTLE_GAIN = 1.03
# A load that doesn't count, by service.
SETTLING = {
    QUEUES: ("send",),
    TOPICS: ("publish", "--raw", "--unchecked"),
    EVENTS: ("put-events", "--unchecked"),
}
# The load generator's exit status when a server can't do what a workload needs, or not in time.
NOT_SET_UP = 3


@dataclass
class Results:
    """What was measured of one service, by contender name. `lacking` says by workload who can't do it, and why."""

    runs: dict = field(default_factory=dict)
    starts: dict = field(default_factory=dict)
    idle: dict = field(default_factory=dict)
    backlog: dict = field(default_factory=dict)
    left_out: dict = field(default_factory=dict)
    lacking: dict = field(default_factory=dict)

    def add_run(self, contender, workload, report):
        self.runs.setdefault(workload, {}).setdefault(contender, []).append(report)


def load(place, server, *arguments, seconds, margin_seconds=MEASURE_MARGIN_SECONDS):
    """Runs the load generator against `server`; its report, or one that says why there is none."""
    command = [place.binaries / "load", "--address", server.address, "--protocol", server.contender.protocol,
               "--seconds", seconds, *arguments]
    used = {"begin": server.processor_seconds()}
    lines, status, complaint = run_marked(command, seconds + margin_seconds,
                                          lambda mark: used.update({mark: server.processor_seconds()}))
    if not lines:
        return {**failed(complaint), "not_set_up": status == NOT_SET_UP}
    report = json.loads(lines[0])
    report["server_processor_seconds"] = used.get("end", server.processor_seconds()) - used["begin"]
    if status:
        report.update(clean=False, first_error=complaint)
    return report


def run_marked(command, longest_seconds, on_mark):
    """Runs a load generator and calls `on_mark` when its load begins and ends; the other lines that it wrote, its exit
    status, and what it complained about."""
    lines = []
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=complaints,
                                   stdin=subprocess.DEVNULL, text=True)
        limit = threading.Timer(longest_seconds, process.kill)
        limit.start()
        try:
            for line in map(str.strip, process.stdout):
                if line in ("begin", "end"):
                    on_mark(line)
                else:
                    lines.append(line)
            status = process.wait()
        finally:
            limit.cancel()
            process.kill()
            process.wait()
        if status < 0:
            return lines, status, "the load generator did not end in time"
        complaints.seek(0)
        return lines, status, complaints.read().strip().removeprefix("load: ")[:300]


def push(place, receiver, workload, warm_up, seconds):
    """The limit of a delivery workload: bare clients that post to the receiver."""
    before = own_processor_seconds()
    raw = [argument for argument in workload.arguments if argument == "--raw"]
    command = [place.binaries / "push", "--url", receiver.url(workload.endpoint), "--certificate", place.certificate,
               "--warmup", warm_up, "--seconds", seconds, *raw]
    lines, status, complaint = run_marked(command, seconds + MEASURE_MARGIN_SECONDS, lambda mark: None)
    if status or not lines:
        return failed(complaint)
    return {**json.loads(lines[0]), "server_processor_seconds": own_processor_seconds() - before}


def own_processor_seconds():
    """Processor time of the programs that were run and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def clean(reports):
    """Those that count."""
    return [report for report in reports if report["clean"]]


def failed(reason):
    return {"clean": False, "errors": 1, "first_error": reason}


def round_of(contender, place, workloads, receiver, seconds, settle_seconds, results, say):
    """One contender's turn in a round: a fresh process and an empty data directory, every workload on it."""
    workloads = [workload for workload in workloads if contender.takes(workload)
                 and contender.name not in results.lacking.get(workload.name, {})]
    if not workloads:
        return
    service = workloads[0].service
    with data_directory(place) as data, Server(contender, place, data, service) as server:
        results.starts.setdefault(contender.name, []).append(server.start_seconds)
        time.sleep(IDLE_SECONDS)
        results.idle.setdefault(contender.name, []).append(server.resident_bytes())
        settle(place, server, service, settle_seconds)
        for workload in workloads:
            report = measure(place, server, workload, receiver, seconds)
            if report.get("not_set_up"):
                results.lacking.setdefault(workload.name, {})[contender.name] = report["first_error"]
            else:
                results.add_run(contender.name, workload.name, report)
            say(f"  {contender.name:22} {workload.name:22} {brief(workload, report)}")
            if server.process.poll() is not None:
                raise Failed(f"died under {workload.name}: {server.last_line()}")


def measure(place, server, workload, receiver, seconds):
    warm_up, seconds = min(1.0, seconds), seconds * workload.seconds_factor
    if workload.endpoint and server.contender.is_limit:
        return push(place, receiver, workload, warm_up, seconds)
    arguments = [*workload.arguments, "--queue", workload.name, "--delete-queue", "--warmup", warm_up]
    if workload.endpoint:
        arguments += ["--url", receiver.url(workload.endpoint), "--receiver", receiver.addresses["http"]]
    elif workload.service != QUEUES:
        arguments += ["--setup-connections", server.contender.setup_connections,
                      "--setup-seconds", workload.setup_seconds]
        arguments += ["--unchecked"] if server.contender.is_limit else []
    return load(place, server, *arguments, seconds=seconds, margin_seconds=SETUP_STEPS * workload.setup_seconds)


def settle(place, server, service, longest):
    """A load that doesn't count, until its rate has stopped rising: a just-in-time compiler takes half a minute, and a
    server measured before that is not the one that people run."""
    best, pieces, pieces_without_gain, begin = 0, 0, 0, time.monotonic()
    while pieces_without_gain < 2 and time.monotonic() - begin < longest:
        # A name of its own: a queue that was just deleted can't be made again for a minute.
        pieces += 1
        report = load(place, server, *SETTLING[service], "--queue", f"settle-{pieces}", "--delete-queue", "--warmup", 0,
                      seconds=SETTLE_PIECE_SECONDS)
        rate = report.get("requests_per_second", 0)
        pieces_without_gain = 0 if rate > best * SETTLE_GAIN else pieces_without_gain + 1
        best = max(best, rate)


def brief(workload, report):
    if report.get("not_set_up"):
        return f"left out: {report['first_error']}"
    if workload.figure not in report:
        return f"failed: {report['first_error']}"
    value = report[workload.figure]
    text = f"p50 {value['p50']} p99 {value['p99']} µs" if isinstance(value, dict) else f"{value:,.0f} {workload.unit}"
    return text if report["clean"] else f"{text}, {report['errors']} errors: {report['first_error']}"


def backlog_of(contender, place, messages, seconds, memory_limit, say):
    """Fills one queue, then what it costs: resident memory, bytes on disk, start-up after a stop and a kill."""
    with data_directory(place) as data:
        with Server(contender, place, data, QUEUES) as server:
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
    with Server(contender, place, data, QUEUES) as server:
        time.sleep(IDLE_SECONDS)
        figures = {"seconds": server.start_seconds, "messages": server.message_count("backlog"),
                   "resident": server.resident_bytes()}
        say(f"  {contender.name:22} restart                {figures}")
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
