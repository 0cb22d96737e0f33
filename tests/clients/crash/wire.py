"""Small clients on bare connections: no SDK, so that the load is the server's and not the client's."""

import http.client
import json
import urllib.parse


class Unreachable(Exception):
    """The connection failed: whether the request took effect is not known."""


class Refused(Exception):
    """The server answered with an error: the request had no effect."""


class Connection:
    """One connection to one service of the server; used by one thread."""

    service = None
    content_type = None

    def __init__(self, endpoint):
        self._connection = http.client.HTTPConnection(urllib.parse.urlsplit(endpoint).netloc, timeout=30)

    def close(self):
        self._connection.close()

    def _post(self, operation, content, **headers):
        headers["Content-Type"] = self.content_type
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/{self.service}/aws4_request, "
            f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
        )
        try:
            self._connection.request("POST", "/", content, headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{operation}: {error!r}") from error
        if answer.status != 200:
            raise Refused(f"{operation}: {answer.status} {body.decode(errors='replace')}")
        return body


class Client(Connection):
    """SQS, in JSON."""

    service = "sqs"
    content_type = "application/x-amz-json-1.0"

    def create_queue(self, name, attributes):
        return self._call("CreateQueue", {"QueueName": name, "Attributes": attributes})["QueueUrl"]

    def send_batch(self, url, bodies):
        """Sends the messages; returns those that were acknowledged."""
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        answer = self._call("SendMessageBatch", {"QueueUrl": url, "Entries": entries})
        return [bodies[int(each["Id"])] for each in answer.get("Successful", [])]

    def send_fifo(self, url, body, group):
        message = {"MessageBody": body, "MessageGroupId": str(group), "MessageDeduplicationId": body}
        self._call("SendMessage", {"QueueUrl": url, **message})

    def receive(self, url, wait_seconds):
        limits = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": wait_seconds}
        return self._call("ReceiveMessage", {"QueueUrl": url, **limits}).get("Messages", [])

    def delete(self, url, handle):
        self._call("DeleteMessage", {"QueueUrl": url, "ReceiptHandle": handle})

    def delete_batch(self, url, messages):
        """Deletes the messages; returns the bodies of those whose deletion was acknowledged."""
        entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(messages)]
        answer = self._call("DeleteMessageBatch", {"QueueUrl": url, "Entries": entries})
        return [messages[int(each["Id"])]["Body"] for each in answer.get("Successful", [])]

    def count(self, url):
        """How many messages the queue says it has, whatever their state."""
        attributes = self._call("GetQueueAttributes", {"QueueUrl": url, "AttributeNames": ["All"]})["Attributes"]
        return sum(int(value) for name, value in attributes.items() if name.startswith("ApproximateNumber"))

    def _call(self, operation, arguments):
        target = {"X-Amz-Target": f"AmazonSQS.{operation}"}
        body = self._post(operation, json.dumps(arguments), **target)
        return json.loads(body) if body else {}
