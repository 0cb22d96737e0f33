"""A small EventBridge client on a bare connection."""

import json

from wire import Connection


class BusClient(Connection):
    """EventBridge, in JSON."""

    service = "events"
    content_type = "application/x-amz-json-1.1"

    def create_bus(self, name):
        return self.call("CreateEventBus", Name=name)["EventBusArn"]

    def add_rule(self, bus, name, pattern, target):
        """A rule with one target."""
        self.call("PutRule", Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
        answer = self.call("PutTargets", Rule=name, EventBusName=bus, Targets=[{"Id": "target", **target}])
        assert answer["FailedEntryCount"] == 0, answer

    def create_destination(self, name, url):
        """An API destination with a connection of its own; returns its ARN."""
        parameters = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "secret"}}
        connection = self.call("CreateConnection", Name=name, AuthorizationType="API_KEY", AuthParameters=parameters)
        answer = self.call(
            "CreateApiDestination",
            Name=name,
            ConnectionArn=connection["ConnectionArn"],
            InvocationEndpoint=url,
            HttpMethod="POST",
        )
        return answer["ApiDestinationArn"]

    def put(self, bus, messages):
        """Puts pairs of message and kind as events; returns the messages that were acknowledged."""
        entries = [
            {
                "EventBusName": bus,
                "Source": "crash",
                "DetailType": "message",
                "Detail": json.dumps({"message": message, "kind": kind}),
            }
            for message, kind in messages
        ]
        answer = self.call("PutEvents", Entries=entries)
        return [message for (message, _), entry in zip(messages, answer["Entries"]) if "EventId" in entry]

    def call(self, operation, **arguments):
        target = {"X-Amz-Target": f"AWSEvents.{operation}"}
        body = self._post(operation, json.dumps(arguments), **target)
        return json.loads(body) if body else {}
