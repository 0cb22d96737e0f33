"""A small SNS client on a bare connection."""

import urllib.parse
import xml.etree.ElementTree

from wire import Connection

NAMES = {"sns": "http://sns.amazonaws.com/doc/2010-03-31/"}


class TopicClient(Connection):
    """SNS, in the query protocol."""

    service = "sns"
    content_type = "application/x-www-form-urlencoded"

    def create_topic(self, name, **attributes):
        answer = self._call("CreateTopic", {"Name": name, **as_entries("Attributes", attributes)})
        return answer.findtext(".//sns:TopicArn", namespaces=NAMES)

    def subscribe(self, topic, protocol, address, **attributes):
        wanted = {"TopicArn": topic, "Protocol": protocol, "Endpoint": address}
        self._call("Subscribe", {**wanted, **as_entries("Attributes", attributes)})

    def publish(self, topic, text, kind):
        """Publishes a message with the attribute `kind`."""
        self._call("Publish", {"TopicArn": topic, "Message": text, **kind_attribute("", kind)})

    def publish_batch(self, topic, messages):
        """Publishes pairs of text and kind; returns the texts of those that were acknowledged."""
        arguments = {"TopicArn": topic}
        for number, (text, kind) in enumerate(messages):
            entry = f"PublishBatchRequestEntries.member.{number + 1}."
            arguments |= {f"{entry}Id": number, f"{entry}Message": text, **kind_attribute(entry, kind)}
        answer = self._call("PublishBatch", arguments)
        return [messages[int(each.text)][0] for each in answer.iterfind(".//sns:Successful//sns:Id", NAMES)]

    def publish_fifo(self, topic, text, group):
        order = {"MessageGroupId": group, "MessageDeduplicationId": text}
        self._call("Publish", {"TopicArn": topic, "Message": text, **order})

    def _call(self, operation, arguments):
        form = {"Action": operation, "Version": "2010-03-31", **arguments}
        return xml.etree.ElementTree.fromstring(self._post(operation, urllib.parse.urlencode(form)))


def as_entries(name, values):
    """A map as the query protocol writes it."""
    entries = {}
    for number, (key, value) in enumerate(values.items(), 1):
        entries |= {f"{name}.entry.{number}.key": key, f"{name}.entry.{number}.value": value}
    return entries


def kind_attribute(prefix, kind):
    entry = f"{prefix}MessageAttributes.entry.1."
    return {f"{entry}Name": "kind", f"{entry}Value.DataType": "String", f"{entry}Value.StringValue": kind}
