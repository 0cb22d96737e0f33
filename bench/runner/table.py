"""Results as Markdown: medians over the rounds, with the lowest and the highest."""

from statistics import median

from . import contenders
from .measure import WORKLOADS

TITLES = {contender.name: contender.title for contender in contenders.ALL}
ORDER = [contender.name for contender in contenders.ALL]


def document(machine, settings, results):
    """The whole page."""
    lines = ["# Benchmark", "", "Written by `bench/run`; how to read it is in `bench/README.md`.", ""]
    lines += machine + [f"- {settings}", f"- versions: {versions(results)}", ""]
    if results.left_out:
        lines += ["Left out: " + "; ".join(f"{TITLES[name]} ({why})" for name, why in results.left_out.items()), ""]
    for workload in WORKLOADS:
        if workload.name in results.runs:
            table = wake_table if workload.figure == "from_send_us" else rate_table
            lines += [f"## {workload.title}", "", *table(workload, results.runs[workload.name]), ""]
    if results.starts:
        lines += ["## Start-up and memory, empty", "", *start_table(results), ""]
    if results.backlog:
        lines += ["## With a backlog", "", *backlog_table(results.backlog), ""]
    reached = targets(results)
    if reached:
        lines += ["## What is to be reached", "", *rows(["", "measured", "to reach", "reached"], reached), ""]
    return "\n".join(lines)


def versions(results):
    seen = {name for by_contender in results.runs.values() for name in by_contender} | set(results.starts)
    return ", ".join(f"{c.title.split(' (')[0]} {c.version}" for c in contenders.ALL if c.name in seen)


def rows(head, body):
    return [line(head), line(["---"] * len(head)), *(line(row) for row in body)]


def line(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def in_order(by_contender):
    return [(name, by_contender[name]) for name in ORDER if name in by_contender]


def clean(reports):
    return [report for report in reports if report["clean"]]


def rate(results, workload, contender):
    """The median of a workload's figure, or None."""
    found = [w for w in WORKLOADS if w.name == workload][0]
    good = clean(results.runs.get(workload, {}).get(contender, []))
    return median(report[found.figure] for report in good) if good else None


def spread(values, form):
    values = list(values)
    if len(values) == 1:
        return form(values[0])
    return f"{form(median(values))} ({form(min(values))} – {form(max(values))})"


def whole(value):
    return f"{value:,.0f}"


def milliseconds(microseconds):
    return f"{microseconds / 1000:,.2f}"


def rate_table(workload, by_contender):
    limit = [report[workload.figure] for report in clean(by_contender.get("bare", []))]
    body = []
    for name, reports in in_order(by_contender):
        good = clean(reports)
        if not good:
            body.append([TITLES[name], "failed: " + first_error(reports), "", "", "", ""])
            continue
        values = [report[workload.figure] for report in good]
        share = f"{median(values) / median(limit):.3f}" if limit else ""
        processor = median(report["server_processor_seconds"] * 1e6 / max(1, report["answered"]) for report in good)
        body.append([
            TITLES[name], spread(values, whole), share,
            milliseconds(median(report["latency_us"]["p50"] for report in good)),
            milliseconds(median(report["latency_us"]["p99"] for report in good)),
            f"{processor:,.1f}" + failed_rounds(reports, good),
        ])
    head = ["", f"{workload.unit}: median (min – max)", "of bare", "p50 ms", "p99 ms", "server CPU µs/request"]
    return rows(head, body)


def wake_table(workload, by_contender):
    body = []
    for name, reports in in_order(by_contender):
        good = clean(reports)
        if not good:
            body.append([TITLES[name], "failed: " + first_error(reports), "", "", ""])
            continue
        body.append([
            TITLES[name],
            spread((report["from_send_us"]["p50"] for report in good), milliseconds),
            spread((report["from_send_us"]["p99"] for report in good), milliseconds),
            spread((report["from_send_us"]["max"] for report in good), milliseconds),
            spread((report["from_acknowledgement_us"]["p99"] for report in good), milliseconds)
            + failed_rounds(reports, good),
        ])
    return rows(["", "send to receive, p50 ms", "p99 ms", "longest ms", "acknowledgement to receive, p99 ms"], body)


def first_error(reports):
    return str(reports[0]["first_error"])[:120].replace("|", "\\|").replace("\n", " ")


def failed_rounds(reports, good):
    return f"; {len(reports) - len(good)} of {len(reports)} rounds failed" if len(good) < len(reports) else ""


def start_table(results):
    body = [
        [TITLES[name], spread((seconds * 1000 for seconds in starts), whole),
         spread((size / 2**20 for size in results.idle.get(name, [0])), whole)]
        for name, starts in in_order(results.starts)
    ]
    return rows(["", "start to ready, ms", "resident, MiB"], body)


def backlog_table(backlog):
    head = ["", "messages", "messages/s filling", "resident MiB", "bytes/message", "disk MiB",
            "start after SIGKILL, s", "start after SIGTERM, s", "resident MiB then", "messages then"]
    return rows(head, [backlog_row(name, figures) for name, figures in in_order(backlog)])


def backlog_row(name, figures):
    report = figures["report"]
    if "resident" not in figures:
        why = "reached the memory limit" if figures["memory_limit_hit"] else first_error([report])
        return [TITLES[name], f"failed: {why}"] + [""] * 8
    messages = report["messages"]
    asked = "" if messages >= figures["asked"] else f" of {figures['asked']:,}"
    errors = "" if report["clean"] else f"; {report['errors']} errors: {first_error([report])}"
    row = [TITLES[name], f"{messages:,}{asked}{errors}", whole(report["messages_per_second"]),
           whole(figures["resident"] / 2**20), whole((figures["resident"] - figures["empty"]) / max(1, messages))]
    if "after_stop" not in figures:
        return row + ["in memory"] + [""] * 4
    stop = figures["after_stop"]
    return row + [whole(figures["disk"] / 2**20), f"{figures['after_kill']['seconds']:.2f}",
                  f"{stop['seconds']:.2f}", whole(stop["resident"] / 2**20),
                  "unknown" if stop["messages"] is None else f"{stop['messages']:,}"]


def targets(results):
    """What the durable server is to reach, as ratios within this run."""
    checks = []

    def ratio(label, value, other, least, digits=2):
        if value is not None and other:
            checks.append([label, f"{value / other:.{digits}f}", f"≥ {least:g}", yes(value / other >= least)])

    def below(label, value, most, unit):
        if value is not None:
            checks.append([label, f"{value:,.1f} {unit}", f"< {most:,} {unit}", yes(value < most)])

    send = rate(results, "send-64", "ninefold")
    ratio("SendMessage, 64 connections, of bare hyper", send, rate(results, "send-64", "bare"), 0.6)
    ratio("SendMessage, of ElasticMQ", send, rate(results, "send-64", "elasticmq"), 10)
    ratio("SendMessage, of Moto server", send, rate(results, "send-64", "moto"), 100)
    ratio("messages/s in batches of 10, of bare hyper's SendMessage requests/s",
          rate(results, "batch-64", "ninefold"), rate(results, "send-64", "bare"), 2.22)
    wake = clean(results.runs.get("wake", {}).get("ninefold", []))
    below("wake-up p99", median(r["from_send_us"]["p99"] for r in wake) / 1000 if wake else None, 5, "ms")
    starts, idle = results.starts.get("ninefold"), results.idle.get("ninefold")
    below("start-up, empty", median(starts) * 1000 if starts else None, 100, "ms")
    below("resident, idle", median(idle) / 2**20 if idle else None, 40, "MiB")
    filled = results.backlog.get("ninefold", {})
    if "after_stop" in filled:
        count = f"{filled['report']['messages']:,} messages"
        below(f"start-up with {count}", filled["after_stop"]["seconds"], 2, "s")
        below(f"start-up with {count} after SIGKILL", filled["after_kill"]["seconds"], 2, "s")
        below(f"resident with {count}", filled["resident"] / 2**20, 600, "MiB")
    return checks


def yes(reached):
    return "yes" if reached else "**no**"
