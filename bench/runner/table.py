"""Results as Markdown: medians over the rounds, with the lowest and the highest."""

from statistics import median

from . import contenders, targets
from .measure import clean
from .workloads import EVENTS, QUEUES, TOPICS, of_service

TITLES = {contender.name: contender.title for contender in contenders.ALL}
ORDER = [contender.name for contender in contenders.ALL]


PAGES = {QUEUES: "Benchmark", TOPICS: "Benchmark of SNS", EVENTS: "Benchmark of EventBridge"}


def document(service, machine, settings, results):
    """The whole page of a service."""
    lines = [f"# {PAGES[service]}", "", "Written by `bench/run`; how to read it is in `bench/README.md`.", ""]
    lines += machine + [f"- {settings}", f"- versions: {versions(results)}", ""]
    if results.left_out:
        lines += ["Left out: " + named(results.left_out), ""]
    for workload in of_service(service):
        lines += section(workload, results)
    if results.starts and service == QUEUES:
        lines += ["## Start-up and memory, empty", "", *start_table(results), ""]
    if results.backlog:
        lines += ["## With a backlog", "", *backlog_table(results.backlog), ""]
    reached = targets.of_service(service, results)
    if reached:
        lines += ["## What is to be reached", "", *rows(["", "measured", "to reach", "reached"], reached), ""]
    return "\n".join(lines)


def section(workload, results):
    runs, lacking = results.runs.get(workload.name, {}), results.lacking.get(workload.name, {})
    if not runs and not lacking:
        return []
    lines = [f"## {workload.title}", ""]
    if runs:
        lines += [*table_of(workload)(workload, runs), ""]
    return lines + (["Left out: " + named(lacking), ""] if lacking else [])


def table_of(workload):
    if workload.figure == "from_send_us":
        return loaded_wake_table if workload.service == EVENTS else wake_table
    return delivery_table if workload.endpoint else rate_table


def named(reasons):
    return "; ".join(f"{TITLES[name]} ({one_line(why)})" for name, why in reasons.items())


def versions(results):
    seen = {name for by_contender in results.runs.values() for name in by_contender} | set(results.starts)
    return ", ".join(f"{c.title.split(' (')[0]} {c.version}" for c in contenders.ALL if c.name in seen)


def rows(head, body):
    return [line(head), line(["---"] * len(head)), *(line(row) for row in body)]


def line(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def in_order(by_contender):
    return [(name, by_contender[name]) for name in ORDER if name in by_contender]


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
        body.append([
            TITLES[name], spread(values, whole), share(values, limit),
            milliseconds(median(report["latency_us"]["p50"] for report in good)),
            milliseconds(median(report["latency_us"]["p99"] for report in good)),
            f"{processor_microseconds(good):,.1f}" + failed_rounds(reports, good),
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


def loaded_wake_table(workload, by_contender):
    """The same, with the load that there was beside it."""
    head, line_below, *body = wake_table(workload, by_contender)
    loads = ["events/s beside it", "---"]
    for _, reports in in_order(by_contender):
        good = clean(reports)
        loads.append(spread((report["messages_per_second"] for report in good), whole) if good else "")
    return [f"{row} {load} |" for row, load in zip([head, line_below, *body], loads)]


def delivery_table(workload, by_contender):
    """Like rates, but the limit is a client, and a delivery has no latency that the publisher could see."""
    limit = [report[workload.figure] for report in clean(by_contender.get("bare", []))]
    body = []
    for name, reports in in_order(by_contender):
        title = "bare hyper clients (the limit)" if name == "bare" else TITLES[name]
        good = clean(reports)
        if not good:
            body.append([title, "failed: " + first_error(reports), "", ""])
            continue
        values = [report[workload.figure] for report in good]
        body.append([title, spread(values, whole), share(values, limit),
                     f"{processor_microseconds(good):,.1f}" + failed_rounds(reports, good)])
    return rows(["", f"{workload.unit}: median (min – max)", "of bare", "sender's CPU µs/delivery"], body)


def share(values, limit):
    return f"{median(values) / median(limit):.3f}" if limit else ""


def processor_microseconds(reports):
    """Processor time of the server for each answer of a run."""
    return median(report["server_processor_seconds"] * 1e6 / max(1, report["answered"]) for report in reports)


def first_error(reports):
    return one_line(next(report["first_error"] for report in reports if not report["clean"]))


def one_line(text):
    return str(text)[:120].replace("|", "\\|").replace("\n", " ")


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
