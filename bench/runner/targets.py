"""What the durable server is to reach: ratios within one run, and bounds."""

from statistics import median

from .measure import clean
from .workloads import ALL, EVENTS, QUEUES, TOPICS


def of_service(service, results):
    """Rows of what was measured, what is to be reached, and whether it is."""
    return {QUEUES: of_queues, TOPICS: of_topics, EVENTS: of_events}[service](results)


class Checks:
    def __init__(self):
        self.rows = []

    def ratio(self, label, value, other, least):
        """`value` is at least `least` times `other`."""
        if value is not None and other:
            self.add(label, f"{value / other:.2f}", f"≥ {least:g}", value / other >= least)

    def cost(self, label, value, other, most):
        """`value` costs at most `most` times what `other` does."""
        if value and other is not None:
            self.add(label, f"{other / value:.2f}", f"≤ {most:g}", other / value <= most)

    def below(self, label, value, most, unit):
        if value is not None:
            self.add(label, f"{value:,.1f} {unit}", f"< {most:,} {unit}", value < most)

    def at_least(self, label, value, least, unit):
        if value is not None:
            self.add(label, f"{value:,.0f} {unit}", f"≥ {least:,} {unit}", value >= least)

    def add(self, label, measured, to_reach, is_reached):
        self.rows.append([label, measured, to_reach, yes(is_reached)])


def rate(results, workload, contender):
    """The median of a workload's figure, or None."""
    found = [each for each in ALL if each.name == workload][0]
    good = clean(results.runs.get(workload, {}).get(contender, []))
    return median(report[found.figure] for report in good) if good else None


def wake_milliseconds(results, workload):
    """The median of the 99th percentiles from sending to receiving, or None."""
    good = clean(results.runs.get(workload, {}).get("ninefold", []))
    return median(report["from_send_us"]["p99"] for report in good) / 1000 if good else None


def of_queues(results):
    checks = Checks()
    ratio, below = checks.ratio, checks.below
    send = rate(results, "send-64", "ninefold")
    ratio("SendMessage, 64 connections, of bare hyper", send, rate(results, "send-64", "bare"), 0.6)
    ratio("SendMessage, of ElasticMQ", send, rate(results, "send-64", "elasticmq"), 10)
    ratio("SendMessage, of Moto server", send, rate(results, "send-64", "moto"), 100)
    ratio("messages/s in batches of 10, of bare hyper's SendMessage requests/s",
          rate(results, "batch-64", "ninefold"), rate(results, "send-64", "bare"), 2.22)
    below("wake-up p99", wake_milliseconds(results, "wake"), 5, "ms")
    starts, idle = results.starts.get("ninefold"), results.idle.get("ninefold")
    below("start-up, empty", median(starts) * 1000 if starts else None, 100, "ms")
    below("resident, idle", median(idle) / 2**20 if idle else None, 40, "MiB")
    filled = results.backlog.get("ninefold", {})
    if "after_stop" in filled:
        count = f"{filled['report']['messages']:,} messages"
        below(f"start-up with {count}", filled["after_stop"]["seconds"], 2, "s")
        below(f"start-up with {count} after SIGKILL", filled["after_kill"]["seconds"], 2, "s")
        below(f"resident with {count}", filled["resident"] / 2**20, 600, "MiB")
    return checks.rows


def of_topics(results):
    checks = Checks()

    def ninefold(workload):
        return rate(results, workload, "ninefold")

    publish = ninefold("publish-64")
    checks.ratio("Publish to a queue, raw, of bare hyper", publish, rate(results, "publish-64", "bare"), 0.35)
    checks.ratio("Publish to a queue, raw, of Moto server", publish, rate(results, "publish-64", "moto"), 20)
    checks.at_least("PublishBatch to 100 queues", ninefold("fan-out-100"), 300_000, "queue deliveries/s")
    checks.cost("Publish with 10,000 filter policies, time of that with one", ninefold("filters-10000"),
                ninefold("filters-1"), 2)
    for workload, label in (("https-delivery", "HTTPS, raw"), ("https-delivery-envelope", "HTTPS, signed envelope"),
                            ("http-delivery", "HTTP, raw")):
        checks.ratio(f"deliveries by {label}, of bare clients", ninefold(workload), rate(results, workload, "bare"), 0.6)
    return checks.rows


def of_events(results):
    checks = Checks()

    def ninefold(workload):
        return rate(results, workload, "ninefold")

    put = ninefold("put-events-64")
    checks.at_least("PutEvents of 10 to a queue", put, 100_000, "events/s")
    checks.ratio("PutEvents of 10, of Moto server", put, rate(results, "put-events-64", "moto"), 30)
    few = ninefold("rules-100")
    for workload, rules in (("rules-10000", "10,000"), ("rules-100000", "100,000")):
        checks.cost(f"PutEvents with {rules} rules, time of that with 100", ninefold(workload), few, 3)
    checks.below("PutEvents to receive, at half load, p99", wake_milliseconds(results, "put-to-target"), 10, "ms")
    return checks.rows


def yes(reached):
    return "yes" if reached else "**no**"
