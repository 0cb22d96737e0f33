"""One running contender: started on a free loopback port, waited for, measured, and ended by its process id."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import contenders
from .workloads import TOPICS

START_SECONDS = 120
STOP_SECONDS = 60
POLL_SECONDS = 0.001


class Failed(Exception):
    """A server that did not start, or died."""


class Server:
    """A context manager: the contender's process on a data directory of the caller's, for load of one service."""

    def __init__(self, contender, place, data, service):
        self.contender, self.place, self.data, self.service = contender, place, Path(data), service
        self.port, self.process, self.start_seconds = None, None, None
        self.log = place.cache / "logs" / f"{contender.name}.log"

    def __enter__(self):
        self.port = free_port()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = self.contender.command(self.place, self.port, self.data)
        if self.service == TOPICS:
            command = [*command, *self.contender.topic_arguments(self.place)]
        arguments = [str(argument) for argument in command]
        with open(self.log, "ab") as log:
            begin = time.monotonic()
            self.process = subprocess.Popen(
                arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.data,
                env=contenders.environment(self.contender, self.port), start_new_session=True,
            )
        try:
            self.wait_until_ready(begin)
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def wait_until_ready(self, begin):
        while not self.is_ready():
            if self.process.poll() is not None:
                raise Failed(f"ended at start with {self.process.returncode}: {self.last_line()}")
            if time.monotonic() - begin > START_SECONDS:
                raise Failed(f"not ready after {START_SECONDS} s: {self.last_line()}")
            time.sleep(POLL_SECONDS)
        self.start_seconds = time.monotonic() - begin

    def is_ready(self):
        """/health/ready where there is one, else a first ListQueues that succeeds."""
        try:
            if self.contender.health:
                return self.request("GET", "/health/ready")[0] == 200
            return self.call("ListQueues")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def call(self, operation, **members):
        """One SQS request in the contender's protocol: status and body."""
        signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/sqs/"
                                   "aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
                  "X-Amz-Date": "20260101T000000Z"}
        if self.contender.protocol == "json":
            headers = {**signed, "Content-Type": "application/x-amz-json-1.0",
                       "X-Amz-Target": f"AmazonSQS.{operation}"}
            return self.request("POST", "/", json.dumps(members), headers)
        headers = {**signed, "Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", "/", f"Action={operation}&Version=2012-11-05", headers)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def message_count(self, queue):
        """ApproximateNumberOfMessages, or None where it cannot be had."""
        status, body = self.call("GetQueueUrl", QueueName=queue)
        if status != 200:
            return None
        status, body = self.call("GetQueueAttributes", QueueUrl=json.loads(body)["QueueUrl"],
                                 AttributeNames=["ApproximateNumberOfMessages"])
        return int(json.loads(body)["Attributes"]["ApproximateNumberOfMessages"]) if status == 200 else None

    def resident_bytes(self):
        """VmRSS of the process and everything it started."""
        return sum(resident(pid) for pid in session(self.process.pid))

    def processor_seconds(self):
        """Processor time of the process and everything it started."""
        ticks = sum(processor_ticks(pid) for pid in session(self.process.pid))
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self):
        """SIGTERM, and SIGKILL for what is left; returns whether the process ended by itself."""
        if self.process.poll() is not None:
            return True
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
            return True
        except subprocess.TimeoutExpired:
            self.kill()
            return False

    def kill(self):
        """SIGKILL for the process and everything it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def last_line(self):
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "no output"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def session(leader):
    """Process ids of the session that `leader` leads: every contender leads its own."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = stat_fields(entry.name)
            if fields and int(fields[3]) == leader:
                yield entry.name


def stat_fields(pid):
    """The fields of /proc/PID/stat from the state on, or None for a process that has gone."""
    try:
        return (Path("/proc") / pid / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def resident(pid):
    fields = stat_fields(pid)
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") if fields else 0


def processor_ticks(pid):
    fields = stat_fields(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0
