"""Who is compared on streams: how each is installed (pinned), started on an empty data directory on loopback, and ended."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
CACHE = REPOSITORY / ".cache" / "bench" / "streams"
MOTO = REPOSITORY / ".cache" / "bench" / "moto"
START_SECONDS = 120
STOP_SECONDS = 60
TOOL_SECONDS = 600
POLL_SECONDS = 0.005


class Failed(Exception):
    """A server or a tool that did not do what it should."""


def check(arguments, seconds=TOOL_SECONDS, **options):
    """What a program prints, which has to succeed."""
    try:
        result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True,
                                timeout=seconds, **options)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{arguments[:4]}: not done after {seconds} s") from error
    if result.returncode:
        raise Failed(f"{arguments[:4]}: {result.stdout[-2000:]}{result.stderr[-2000:]}")
    return result.stdout


def java(*arguments, heap="512m"):
    return ["java", f"-Xmx{heap}", "-cp", f"{CACHE / 'libraries'}/*", *arguments]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_stamped(directory, pinned):
    """Whether a directory was completed from exactly these pins."""
    stamp = directory / "installed"
    return stamp.exists() and stamp.read_text() == pinned.read_text()


def stamp(directory, pinned):
    (directory / "installed").write_text(pinned.read_text())


class Server:
    """A contender at work."""

    environment = {}
    directory = None

    def install(self):
        """Nothing to do."""

    def prepare(self, data):
        """Nothing to do."""

    def start(self, data):
        self.port = free_port()
        self.prepare(data)
        begin = time.monotonic()
        with open(CACHE / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command(data)], stdout=log, stderr=log, start_new_session=True,
                cwd=self.directory, env={**os.environ, **{name: str(text) for name, text in self.environment.items()}})
        deadline = begin + START_SECONDS
        try:
            while not self.answers():
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Failed(f"{self.name} does not start; see {CACHE / self.name}.log")
                time.sleep(POLL_SECONDS)
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - begin

    def resident_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1_024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Broker(Server):
    """One that speaks Kafka's protocol at `port`."""

    def answers(self):
        """Whether ApiVersions is answered."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.settimeout(1)
                connection.sendall(bytes.fromhex("0000000a 0012 0000 00000001 0000".replace(" ", "")))
                return len(connection.recv(4)) == 4
        except OSError:
            return False


class Kafka(Broker):
    """Apache Kafka, one node, KRaft; with `flush` every record is synced before it is acknowledged."""

    def __init__(self, flush):
        self.flush = flush
        self.name = "kafka-synced" if flush else "kafka"

    def install(self):
        if shutil.which("mvn") is None or shutil.which("java") is None:
            raise Failed("a JDK and Maven are not installed")
        libraries, pinned = CACHE / "libraries", HERE / "pom.xml"
        if not is_stamped(libraries, pinned):
            shutil.rmtree(libraries, ignore_errors=True)
            check(["mvn", "-q", "-B", "-f", pinned, "dependency:copy-dependencies", f"-DoutputDirectory={libraries}"])
            stamp(libraries, pinned)

    def prepare(self, data):
        self.settings = data / "server.properties"
        controller = free_port()
        lines = [
            "process.roles=broker,controller", "node.id=1", f"controller.quorum.voters=1@127.0.0.1:{controller}",
            f"listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}",
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.port}", "controller.listener.names=CONTROLLER",
            f"log.dirs={data / 'logs'}", "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
        ]
        if self.flush:
            lines.append("log.flush.interval.messages=1")
        self.settings.write_text("\n".join(lines) + "\n")
        check(java("kafka.tools.StorageTool", "format", "-t", "bmluZWZvbGQtZGVmYXVsdA", "-c", str(self.settings)))

    def command(self, data):
        return java("kafka.Kafka", str(self.settings), heap="1g")


class Ninefold(Broker):
    """The server as it is released: both doors."""

    name = "ninefold"

    def __init__(self, binary):
        self.binary = Path(binary).resolve()

    def prepare(self, data):
        self.http_port = free_port()

    def command(self, data):
        return [self.binary, "serve", "--data", data / "data", "--port", self.http_port,
                "--kafka-listen", f"127.0.0.1:{self.port}"]

    def synced(self):
        """Syncs of the log so far, and bytes that were appended."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=10)
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        names = ("ninefold_log_syncs_total", "ninefold_log_appended_bytes_total")
        return tuple(int(re.search(rf"^{name} (\d+)$", text, re.MULTILINE)[1]) for name in names)


class Stream(Server):
    """One that speaks Kinesis' protocol at `http_port`."""

    has_fan_out = False

    @property
    def http_port(self):
        return self.port

    def answers(self):
        """Whether ListStreams is answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=5)
        headers = {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.ListStreams",
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/kinesis/aws4_request, "
                             "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
        }
        try:
            connection.request("POST", "/", json.dumps({}), headers)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class NodeStream(Stream):
    """An emulator from npm."""

    def install(self):
        if shutil.which("npm") is None:
            raise Failed("Node and npm are not installed")
        packages, pins = CACHE / "node", HERE / "contenders"
        pinned = pins / "package-lock.json"
        if not is_stamped(packages, pinned):
            shutil.rmtree(packages, ignore_errors=True)
            shutil.copytree(pins, packages)
            check(["npm", "ci", "--ignore-scripts"], cwd=packages)
            stamp(packages, pinned)

    def node(self, program, *arguments):
        packages = CACHE / "node"
        return ["node", "--require", packages / "loopback.js", packages / "node_modules" / program, *arguments]


class Kinesalite(NodeStream):
    """In memory, which is its fastest."""

    name = "kinesalite"

    def command(self, data):
        return self.node("kinesalite/cli.js", "--port", self.port, "--createStreamMs", 0, "--shardLimit", 10_000)


class KinesisLocal(NodeStream):
    """kinesis-mock as it comes from npm."""

    name = "kinesis-local"
    has_fan_out = True
    # Where it looks for its certificate.
    directory = CACHE / "node" / "node_modules" / "kinesis-local"

    def prepare(self, data):
        self.environment = {"KINESIS_MOCK_PLAIN_PORT": self.port, "KINESIS_MOCK_TLS_PORT": free_port(),
                            "LOG_LEVEL": "ERROR", "SHARD_LIMIT": 10_000}

    def command(self, data):
        return self.node("kinesis-local/main.js")


class Moto(Stream):
    """Moto's server, where the comparison of the other services has put it."""

    name = "moto"

    def install(self):
        pinned = HERE.parent / "contenders" / "moto" / "requirements.txt"
        if not is_stamped(MOTO, pinned):
            shutil.rmtree(MOTO, ignore_errors=True)
            check([sys.executable, "-m", "venv", MOTO])
            check([MOTO / "bin" / "pip", "install", "--quiet", "-r", pinned])
            stamp(MOTO, pinned)

    def command(self, data):
        return [MOTO / "bin" / "moto_server", "-H", "127.0.0.1", "-p", self.port]
