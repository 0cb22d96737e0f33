"""What is measured of whom: figures by name, in bytes and seconds."""

import json
import re
import tempfile
import time
from pathlib import Path

from contenders import CACHE, Failed, check, java

RECORD_BYTES = 1_024
PARTITIONS = 16
TOPIC = "measured"
STREAM = "put"
# 64 KiB, what producers are often set to.
BATCH_RECORDS = 63
# A request at half load has what gathers within a few milliseconds: a little for every partition.
PACED_BATCH_RECORDS = 4
CONNECTIONS = 4
WARM_UP_SECONDS = 5
PACED_SECONDS = 10
IDLE_SECONDS = 5
TOPICS_OF_MANY = 10


class Loader:
    """The load generator's program; each of its calls is a line of JSON."""

    def __init__(self, program, seconds):
        self.program = program
        self.seconds = seconds

    def __call__(self, workload, *arguments, warm_up=WARM_UP_SECONDS, seconds=None, limit_seconds=300):
        output = check([self.program, workload, "--seconds", seconds or self.seconds, "--warmup", warm_up, *arguments],
                       seconds=limit_seconds)
        report = json.loads(output) if output else {}
        if not report.get("clean", True):
            raise Failed(f"{workload}: {report['first_error']}")
        return report


def limits(loader, sync_bytes):
    """The machine without a server; `sync_bytes` are written between two syncs."""
    with tempfile.TemporaryDirectory(dir=CACHE) as directory:
        written = loader("write-and-sync", "--directory", directory, "--bytes", sync_bytes, warm_up=0)
        sent = loader("send-file", "--directory", directory, "--connections", CONNECTIONS, warm_up=0)
    return {"produce": written["bytes_per_second"], "consume": sent["bytes_per_second"],
            "write p99": written["latency_us"]["p99"] / 1e6}


def broker(contender, loader, options):
    """One round of a broker: the Rust loader, then Kafka's own tools."""
    with tempfile.TemporaryDirectory(dir=CACHE) as directory:
        contender.start(Path(directory))
        try:
            time.sleep(IDLE_SECONDS)
            figures = {"start": contender.start_seconds, "idle": contender.resident_bytes()}
            measure_loader(contender, loader, options, figures)
            if options.tools:
                measure_tools(contender, options, figures)
            return figures
        finally:
            contender.stop()


def measure_loader(contender, loader, options, figures):
    where = ["--broker", f"127.0.0.1:{contender.port}", "--topic", TOPIC, "--partitions", PARTITIONS,
             "--connections", CONNECTIONS, "--record-bytes", RECORD_BYTES]
    loader("topic", *where)
    before = contender.synced() if hasattr(contender, "synced") else None
    produced = loader("produce", *where, "--batch-records", BATCH_RECORDS)
    if before:
        syncs, synced_bytes = (after - earlier for after, earlier in zip(contender.synced(), before, strict=True))
        figures["sync bytes"] = synced_bytes / max(syncs, 1)
    figures["produce"] = produced["bytes_per_second"]
    # All at the same rate: half of what the first one, which is the slowest, takes.
    options.paced_rate = options.paced_rate or int(produced["records_per_second"] / 2)
    paced = loader("produce", *where, "--batch-records", PACED_BATCH_RECORDS, "--request-partitions", PARTITIONS,
                   "--rate", options.paced_rate, seconds=PACED_SECONDS)
    figures["p50"], figures["p99"] = (paced["latency_us"][which] / 1e6 for which in ("p50", "p99"))
    figures["consume"] = loader("consume", *where)["bytes_per_second"]


def measure_tools(contender, options, figures):
    bootstrap = f"127.0.0.1:{contender.port}"
    topic = f"{TOPIC}-by-tools"
    check(java("org.apache.kafka.tools.TopicCommand", "--bootstrap-server", bootstrap, "--create", "--topic", topic,
               "--partitions", str(PARTITIONS)))
    produced = tool_produce(bootstrap, topic, options.records, -1)
    figures["tool produce"] = produced["rate"] * RECORD_BYTES
    options.tool_paced_rate = options.tool_paced_rate or int(produced["rate"] / 2)
    paced = tool_produce(bootstrap, topic, options.tool_paced_rate * PACED_SECONDS, options.tool_paced_rate)
    figures["tool p99"] = paced["p99"] / 1_000
    figures["tool consume"] = tool_consume(bootstrap, topic, options.records)


def tool_produce(bootstrap, topic, records, rate):
    """Kafka's producer-perf-test with acks=all: records a second, and the 99th percentile of the latency in milliseconds."""
    output = check(java(
        "org.apache.kafka.tools.ProducerPerformance", "--topic", topic, "--num-records", str(records), "--record-size",
        str(RECORD_BYTES), "--throughput", str(rate), "--producer-props", f"bootstrap.servers={bootstrap}", "acks=all",
        "batch.size=65536", "linger.ms=5", "buffer.memory=67108864"))
    last = output.strip().splitlines()[-1]
    return {"rate": float(re.search(r"([\d.]+) records/sec", last)[1]), "p99": float(re.search(r"(\d+) ms 99th", last)[1])}


def tool_consume(bootstrap, topic, records):
    """Kafka's consumer-perf-test from the beginning: bytes a second while it fetched."""
    output = check(java(
        "org.apache.kafka.tools.ConsumerPerformance", "--bootstrap-server", bootstrap, "--topic", topic,
        "--num-records", str(records), "--timeout", "30000", "--group", f"g{time.time_ns()}"))
    lines = [line for line in output.splitlines() if line.count(",") >= 9]
    names, values = ([part.strip() for part in line.split(",")] for line in lines[-2:])
    row = dict(zip(names, values))
    return float(row["fetch.MB.sec"]) * 2**20


def many_partitions(contender, loader, partitions):
    """Resident memory with so many partitions that nobody uses."""
    with tempfile.TemporaryDirectory(dir=CACHE) as directory:
        contender.start(Path(directory))
        try:
            for number in range(TOPICS_OF_MANY):
                loader("topic", "--broker", f"127.0.0.1:{contender.port}", "--topic", f"many-{number}",
                       "--partitions", partitions // TOPICS_OF_MANY)
            time.sleep(IDLE_SECONDS)
            return {"many": contender.resident_bytes()}
        finally:
            contender.stop()


def stream(contender, loader):
    """One round of a server of Kinesis."""
    with tempfile.TemporaryDirectory(dir=CACHE) as directory:
        contender.start(Path(directory))
        try:
            time.sleep(IDLE_SECONDS)
            figures = {"start": contender.start_seconds, "idle": contender.resident_bytes()}
            where = ["--address", f"127.0.0.1:{contender.http_port}", "--shards", PARTITIONS,
                     "--record-bytes", RECORD_BYTES]
            put = [*where, "--stream", STREAM, "--connections", CONNECTIONS]
            figures["put"] = loader("put-records", *put)["messages_per_second"]
            figures["get"] = loader("get-records", *put)["records_per_second"]
            measure_fan_out(contender, loader, where, figures)
            return figures
        finally:
            contender.stop()


def measure_fan_out(contender, loader, where, figures):
    if not contender.has_fan_out:
        return
    fanned = loader("fan-out", *where, "--stream", "fanned-out", seconds=PACED_SECONDS)
    figures["fan-out p50"], figures["fan-out p99"] = (fanned["latency_us"][which] / 1e6 for which in ("p50", "p99"))
