"""Starts, kills and stops a Ninefold server for the client suites. Standard library only."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 20


class ServerFailed(Exception):
    """The server did not start, or did not stop, as it promises to."""


class Server:
    """One `ninefold serve` process on a free loopback port.

    `endpoint` is the URL the server printed, `kafka` the address for Kafka's clients, `start_seconds` the time from
    the start of the process until it said that it is ready. A server that is started anew has other ports, unless it
    is given them.
    """

    def __init__(self, binary, data, *arguments, port="0"):
        self.port = port
        self.binary = str(binary)
        self.data = str(data)
        self.arguments = arguments
        self.endpoint = None
        self.kafka = None
        self.start_seconds = None
        self._process = None
        self._log = None
        self._printed = []
        self._reader = None

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        """Whether there is a process that was started and neither killed nor stopped."""
        return self._process is not None

    def start(self):
        """Starts the process and returns when it is ready."""
        began = time.monotonic()
        self.endpoint = self.kafka = None
        self._printed = []
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [self.binary, "serve", "--data", self.data, "--port", self.port, *self.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        addresses_printed = threading.Event()
        self._reader = threading.Thread(target=self._read_stdout, args=(addresses_printed,), daemon=True)
        self._reader.start()
        addresses_printed.wait(START_SECONDS)
        if self.endpoint is None:
            self._fail("the server printed no endpoint")
        self._wait_until_ready(began + START_SECONDS)
        self.start_seconds = time.monotonic() - began
        return self

    def kill(self):
        """Ends the process as `kill -9` does."""
        self._process.kill()
        self._process.wait()
        self._close()

    def stop(self):
        """Asks the process to end (SIGTERM); raises unless it ends in time with status 0."""
        if self._process is None:
            return
        status = self._process.poll()
        if status is not None:
            self._fail(f"the server had ended by itself with status {status}")
        self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._fail(f"the server was still there {STOP_SECONDS} s after SIGTERM")
        if status != 0:
            self._fail(f"the server ended with status {status} after SIGTERM")
        self._close()

    def log(self):
        """What the process has written to stderr so far, its last 8 KiB."""
        if self._log is None:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), 8192, max(0, size - 8192)).decode(errors="replace")

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        elif self._process is not None:
            self.kill()

    def _read_stdout(self, addresses_printed):
        for line in self._process.stdout:
            text = line.decode(errors="replace")
            self._printed.append(text)
            match text.split():
                case ["endpoint", url]:
                    self.endpoint = url.rstrip("/")
                case ["kafka", address]:
                    self.kafka = address
                case ["data", *_]:  # what comes after the addresses
                    addresses_printed.set()
        addresses_printed.set()

    def _wait_until_ready(self, deadline):
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                self._fail("the server ended before it was ready")
            try:
                with urllib.request.urlopen(self.endpoint + "/health/ready", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        self._fail("the server did not become ready")

    def _fail(self, why):
        log, printed = self.log(), "".join(self._printed)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._close()
        raise ServerFailed(f"{why}\n--- stdout\n{printed}\n--- stderr\n{log}")

    def _close(self):
        self._reader.join()
        self._process.stdout.close()
        self._log.close()
        self._log = None
        self._process = None


def create_key(binary, data, *arguments):
    """Creates an access key in a data directory; returns what `ninefold keys create` printed, as a dictionary."""
    printed = subprocess.run(
        [str(binary), "keys", "create", "--data", str(data), *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    ).stdout
    return json.loads(printed)


def binary_from_environment():
    """The server's binary, for suites that start servers of their own."""
    return Path(os.environ["NINEFOLD_BINARY"])
