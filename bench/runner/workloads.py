"""What is measured: each workload is one line of the load generator's command."""

from dataclasses import dataclass

QUEUES, TOPICS = "sqs", "sns"


@dataclass(frozen=True)
class Workload:
    """`figure` is what the comparison is about. With `contenders` it is one for these only; `endpoint` is the scheme under
    which the receiver is subscribed to what is published."""

    name: str
    title: str
    arguments: tuple
    figure: str
    unit: str
    seconds_factor: int = 1
    service: str = QUEUES
    contenders: tuple = ()
    endpoint: str = ""


def publishing(name, title, *arguments, figure="requests_per_second", unit="requests/s", **others):
    return Workload(name, title, (*arguments, "--connections", "64"), figure, unit, service=TOPICS, **others)


def delivering(name, title, scheme, *arguments):
    return Workload(name, title, ("deliver", *arguments), "deliveries_per_second", "deliveries/s", service=TOPICS,
                    contenders=("bare", "ninefold", "ninefold-os"), endpoint=scheme)


# The wake-up goes first: it is a figure of an idle machine, and what the other workloads leave behind is still being
# cleared up after them. It takes longer because some fourteen messages a second are all that it can measure.
# The ten thousand queues go last, for the same reason.
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
]


def of_service(service):
    return [workload for workload in ALL if workload.service == service]
