"""The page of results."""

import statistics

KAFKA_ROWS = [
    ("produce, MB/s", "produce", 1e6, 1), ("p50 at the same paced rate, ms", "p50", 1e-3, 2),
    ("p99 at the same paced rate, ms", "p99", 1e-3, 2), ("catch-up consume, MB/s", "consume", 1e6, 1),
    ("produce, by Kafka's tool, MB/s", "tool produce", 1e6, 1), ("p99, by Kafka's tool, ms", "tool p99", 1e-3, 1),
    ("catch-up consume, by Kafka's tool, MB/s", "tool consume", 1e6, 1), ("start, ms", "start", 1e-3, 0),
    ("resident when idle, MiB", "idle", 2**20, 0), ("resident with {many:,} idle partitions, MiB", "many", 2**20, 0),
]
KAFKA_COLUMNS = [("limit", "the machine"), ("kafka-synced", "Kafka, flush.messages=1"), ("kafka", "Kafka, default"),
                 ("ninefold", "Ninefold")]
STREAM_ROWS = [
    ("PutRecords, records/s", "put", 1, 0), ("GetRecords, records/s", "get", 1, 0),
    ("fan-out p50, ms", "fan-out p50", 1e-3, 2), ("fan-out p99, ms", "fan-out p99", 1e-3, 2),
    ("start, ms", "start", 1e-3, 0), ("resident when idle, MiB", "idle", 2**20, 0),
]
STREAM_COLUMNS = [("kinesalite", "kinesalite"), ("kinesis-local", "kinesis-local"), ("moto", "Moto"),
                  ("ninefold-kinesis", "Ninefold")]


def table(results, rows, columns, many):
    lines = ["| | " + " | ".join(title for _, title in columns) + " |", "| --- " * (len(columns) + 1) + "|"]
    for title, figure, scale, digits in rows:
        cells = [cell(results.get(name, {}).get(figure), scale, digits) for name, _ in columns]
        lines.append(f"| {title.format(many=many)} | " + " | ".join(cells) + " |")
    return lines


def cell(values, scale, digits):
    if not values:
        return "–"
    scaled = [value / scale for value in values]
    return f"{statistics.median(scaled):,.{digits}f} ({min(scaled):,.{digits}f}–{max(scaled):,.{digits}f})"


def ratios(results):
    """What is to be reached, each of them from the figures of one round."""
    wanted = [
        ("produce, to Kafka with flush.messages=1", "ninefold", "produce", "kafka-synced", "produce"),
        ("produce, to Kafka with its default", "ninefold", "produce", "kafka", "produce"),
        ("produce, to writing and syncing as much at a time", "ninefold", "produce", "limit", "produce"),
        ("p99 at the same paced rate, to Kafka with its default", "ninefold", "p99", "kafka", "p99"),
        ("catch-up consume, to Kafka with its default", "ninefold", "consume", "kafka", "consume"),
        ("catch-up consume, to sendfile", "ninefold", "consume", "limit", "consume"),
        ("PutRecords, to kinesalite", "ninefold-kinesis", "put", "kinesalite", "put"),
    ]
    lines = ["| Ninefold's | ratio |", "| --- | --- |"]
    for title, name, figure, other, other_figure in wanted:
        own, others = results.get(name, {}).get(figure), results.get(other, {}).get(other_figure)
        if own and others and len(own) == len(others):
            lines.append(f"| {title} | {cell([a / b for a, b in zip(own, others, strict=True)], 1, 2)} |")
    return lines


def document(options, about, results, left_out):
    synced = results.get("ninefold", {}).get("sync bytes")
    synced_at_a_time = ""
    if synced:
        kibibytes = statistics.median(synced) / 1_024
        synced_at_a_time = f" of {kibibytes:,.0f} KiB, which Ninefold syncs at a time under this load,"
    lines = [
        "# Streams: Ninefold beside Apache Kafka and the emulators of Kinesis", "", *about,
        f"- {options.rounds} rounds of {options.seconds:g} s a workload; records of 1,024 bytes, 16 partitions or shards, "
        "4 connections; medians with the lowest and highest",
        *[f"- left out: {name}: {why}" for name, why in left_out.items()],
        "", "## Kafka", "", *table(results, KAFKA_ROWS, KAFKA_COLUMNS, options.many), "",
        "The load is our generator's, with acks=all: batches of 64 KiB, one a request, five requests under way on a connection; at the",
        "paced rate, which is half of what the first broker in the table takes, requests with 4 KiB for each partition, whose latency",
        "counts from when they were due. Beside it, Kafka's own producer-perf-test and consumer-perf-test. All of it shares the",
        "processors with the server. Ninefold syncs before it acknowledges, Kafka with its default settings does not. The machine's own",
        f"figures are a loop of write and fdatasync{synced_at_a_time}",
        "and sendfile of a cached file to loopback sockets.",
        "", "## Kinesis", "", *table(results, STREAM_ROWS, STREAM_COLUMNS, options.many), "",
        "PutRecords of 500 records, then GetRecords of all of them, in JSON over HTTP/1.1. Fan-out is from when PutRecord is due, 100 of",
        "them a second, until the event that has the record is there (SubscribeToShard), which kinesalite and Moto don't have. The",
        "emulators keep everything in memory.",
        "", "## Ratios", "", *ratios(results), "",
    ]
    return "\n".join(lines)
