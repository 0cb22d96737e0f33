"""What is measured: each workload is one line of the load generator's command."""

from dataclasses import dataclass

QUEUES, TOPICS, EVENTS = "sqs", "sns", "events"
SERVICES = (QUEUES, TOPICS, EVENTS)


@dataclass(frozen=True)
class Workload:
    """`figure` is what the comparison is about. With `contenders` it is one for these only; `endpoint` is the scheme under
    which the receiver is subscribed to what is published; `setup_seconds` are the longest for making what there are many
    of, and for deleting it."""

    name: str
    title: str
    arguments: tuple
    figure: str
    unit: str
    seconds_factor: int = 1
    service: str = QUEUES
    contenders: tuple = ()
    endpoint: str = ""
    setup_seconds: int = 60


def publishing(name, title, *arguments, figure="requests_per_second", unit="requests/s", **others):
    return Workload(name, title, (*arguments, "--connections", "64"), figure, unit, service=TOPICS, **others)


def delivering(name, title, scheme, *arguments):
    return Workload(name, title, ("deliver", *arguments), "deliveries_per_second", "deliveries/s", service=TOPICS,
                    contenders=("bare", "ninefold", "ninefold-os"), endpoint=scheme)


def putting(name, title, *arguments, **others):
    return Workload(name, f"{title}, 64 connections", ("put-events", *arguments, "--connections", "64"),
                    "messages_per_second", "events/s", service=EVENTS, **others)


# The wake-ups go first: they are figures of a machine without anything else to do, and what the other workloads leave
# behind is still being cleared up after them. They take longer because some fourteen messages a second are all that they
# can measure. The thousands of queues and of rules go last, for the same reason.
ALL = [
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
    publishing("publish-64", "Publish to a queue, raw, 64 connections", "publish", "--raw"),
    publishing("publish-64-envelope", "Publish to a queue in the default envelope, 64 connections", "publish"),
    publishing("publish-batch-64", "PublishBatch of 10 to a queue, raw, 64 connections", "publish-batch", "--raw",
               figure="messages_per_second", unit="messages/s"),
    publishing("fan-out-100", "PublishBatch of 10 to 100 queues, raw, 64 connections", "publish-batch", "--raw",
               "--queues", "100", figure="deliveries_per_second", unit="queue deliveries/s",
               contenders=("ninefold", "ninefold-os", "goaws", "ministack", "moto")),
    delivering("http-delivery", "Deliveries to an HTTP endpoint, raw", "http", "--raw"),
    delivering("https-delivery", "Deliveries to an HTTPS endpoint, raw", "https", "--raw"),
    delivering("https-delivery-envelope", "Deliveries to an HTTPS endpoint in the signed envelope", "https"),
    publishing("filters-1", "Publish to 1 queue with a filter policy, raw, 64 connections", "publish", "--raw",
               "--filters"),
    publishing("filters-10000", "Publish to 10,000 queues with filter policies, of which one matches, raw, "
               "64 connections", "publish", "--raw", "--filters", "--queues", "10000"),
    Workload("put-to-target", "From PutEvents to a waiting receiver at half of the load that the server can take, "
             "64 connections", ("put-to-target", "--connections", "64"), "from_send_us", "µs", seconds_factor=6,
             service=EVENTS, contenders=("ninefold", "ninefold-os", "ministack", "moto")),
    putting("put-events-64", "PutEvents of 10 to a queue by a rule"),
    putting("put-events-1", "PutEvents of 1 to a queue by a rule", "--entries", "1"),
    putting("rules-100", "PutEvents of 10 to a bus with 100 rules, of which one matches", "--rules", "100"),
    putting("rules-10000", "PutEvents of 10 to a bus with 10,000 rules, of which one matches", "--rules", "10000"),
    putting("rules-100000", "PutEvents of 10 to a bus with 100,000 rules, of which one matches", "--rules", "100000",
            contenders=("ninefold", "ninefold-os"), setup_seconds=180),
]


def of_service(service):
    return [workload for workload in ALL if workload.service == service]
