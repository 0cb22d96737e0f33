"""The AWS CLI as a command, against the server of the suite."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

AWS = Path(sys.executable).parent / "aws"


class Result:
    def __init__(self, finished):
        self.status = finished.returncode
        self.output = finished.stdout
        self.error = finished.stderr

    def json(self):
        assert self.status == 0, self.error
        return json.loads(self.output) if self.output.strip() else {}


@pytest.fixture
def aws():
    """`aws("sqs", "list-queues")` -> Result.

    The endpoint is an option: version 1 of the AWS CLI, which is the one that package registries have, sends
    SQS to AWS whatever AWS_ENDPOINT_URL says (its table of older endpoint names comes first).
    """

    def run(*arguments):
        environment = {**os.environ, "AWS_MAX_ATTEMPTS": "1"}
        command = [str(AWS), "--endpoint-url", os.environ["NINEFOLD_ENDPOINT"], *arguments, "--output", "json"]
        return Result(subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60))

    return run


@pytest.fixture
def name():
    return f"cli-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def queue(aws, name):
    return aws("sqs", "create-queue", "--queue-name", name).json()["QueueUrl"]


@pytest.fixture
def topic(aws, name):
    return aws("sns", "create-topic", "--name", name).json()["TopicArn"]


@pytest.fixture
def receive(aws):
    """`receive(url, 2)` -> so many messages, received and deleted."""

    def run(url, count):
        found = []
        for _ in range(10):
            if len(found) >= count:
                break
            options = ["--max-number-of-messages", "10", "--wait-time-seconds", "5"]
            names = ["--message-attribute-names", "All", "--attribute-names", "All"]
            messages = aws("sqs", "receive-message", "--queue-url", url, *options, *names).json().get("Messages", [])
            if messages:
                handles = [{"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in messages]
                deletion = ["--queue-url", url, "--entries", json.dumps(handles)]
                assert "Failed" not in aws("sqs", "delete-message-batch", *deletion).json()
            found += messages
        assert len(found) == count
        return found

    return run
