"""Who is compared: how each contender is installed (pinned) and started on loopback."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from .workloads import QUEUES, SERVICES, TOPICS

HERE = Path(__file__).resolve().parent.parent / "contenders"
INSTALL_SECONDS = 3600


class Unavailable(Exception):
    """A contender that cannot be installed here; the message says why."""


@dataclass
class Place:
    """Where things are: the repository, the cache for what is installed, the release binaries, and Ninefold's if it isn't
    to be built."""

    repository: Path
    cache: Path
    binaries: Path
    given_ninefold: Path | None = None

    @property
    def ninefold(self):
        return self.given_ninefold or self.binaries / "ninefold"

    @property
    def certificate(self):
        """Of the receiver, which writes it when it starts."""
        return self.cache / "receiver.pem"


@dataclass
class Contender:
    """One server. `command(place, port, data)` is its argument list, to which those of `topic_arguments(place)` are added
    for load of SNS. With `workloads` it is there for these only. `setup_connections` are those on which many queues are made
    and subscribed, or many rules: GoAWS ends and Moto fails when two such calls change the same map.
    """

    name: str
    title: str
    version: str
    install: object
    command: object
    protocol: str = "json"
    durable: bool = False
    health: bool = False
    environment: object = field(default=lambda port: {})
    services: tuple = (QUEUES,)
    topic_arguments: object = field(default=lambda place: [])
    workloads: tuple = ()
    setup_connections: int = 16

    @property
    def is_limit(self):
        return self.name == "bare"

    def takes(self, workload):
        return (workload.service in self.services
                and self.name in (workload.contenders or (self.name,))
                and workload.name in (self.workloads or (workload.name,)))


def run(arguments, reason, **options):
    """Runs an installer; what it prints is shown only when it fails, as the reason."""
    try:
        result = subprocess.run(
            [str(argument) for argument in arguments],
            capture_output=True, text=True, timeout=INSTALL_SECONDS, **options,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{reason}: {error}") from error
    if result.returncode:
        lines = (result.stdout + result.stderr).strip().splitlines()
        errors = [line for line in lines if line.startswith(("error", "ERROR", "[ERROR]"))]
        raise Unavailable(f"{reason}: {(errors or lines or ['no output'])[0]}")


def need(program, why):
    """The path of a program, or a reason to leave a contender out."""
    found = shutil.which(program)
    if found is None:
        raise Unavailable(f"`{program}` is not installed ({why})")
    return found


def installed(directory, pinned):
    """Whether `directory` was completed from exactly these pinned versions."""
    stamp = directory / "installed"
    return stamp.exists() and stamp.read_text() == pinned.read_text()


def finish(directory, pinned):
    (directory / "installed").write_text(pinned.read_text())


def build_ninefold(place):
    if place.given_ninefold is None:
        run(["cargo", "build", "--release", "-p", "ninefold"], "does not build", cwd=place.repository)


def no_install(place):
    """Built together with the load generator."""


def install_python(name):
    def install(place):
        directory, pinned = place.cache / name, HERE / name / "requirements.txt"
        if installed(directory, pinned):
            return
        run([sys.executable, "-m", "venv", "--clear", directory], "no virtual environment")
        run([directory / "bin" / "pip", "install", "--quiet", "-r", pinned], "not installed by pip")
        finish(directory, pinned)
    return install


def install_elasticmq(place):
    need("java", "a JDK, 11 or later")
    directory, pinned = place.cache / "elasticmq", HERE / "elasticmq" / "pom.xml"
    if installed(directory, pinned):
        return
    maven = need("mvn", "Apache Maven fetches it")
    shutil.rmtree(directory, ignore_errors=True)
    run([maven, "-q", "-B", "-f", pinned, "dependency:copy-dependencies", "-DincludeScope=runtime",
         f"-DoutputDirectory={directory / 'lib'}"], "not fetched by Maven")
    finish(directory, pinned)


def install_goaws(place):
    directory, pinned = place.cache / "goaws", HERE / "goaws" / "go.sum"
    if installed(directory, pinned):
        return
    go = need("go", "it is built from its module")
    directory.mkdir(parents=True, exist_ok=True)
    run([go, "build", "-mod=readonly", "-buildvcs=false", "-o", directory / "goaws", "."], "does not build",
        cwd=HERE / "goaws")
    finish(directory, pinned)


def find_fakecloud(place):
    need("fakecloud", "it takes too long to build here; `cargo install fakecloud`")


def ninefold_command(durability):
    def command(place, port, data):
        return [place.ninefold, "serve", "--data", data, "--port", port, "--durability", durability]
    return command


def ninefold_topics(signed):
    def arguments(place):
        return ["--sign-queue-messages", str(signed).lower(), "--trusted-certificates", place.certificate]
    return arguments


def bare_command(place, port, data):
    return [place.binaries / "bare", "--port", port]


def elasticmq_command(place, port, data):
    return ["java", f"-Dnode-address.port={port}", f"-Drest-sqs.bind-port={port}",
            "-Drest-sqs.bind-hostname=127.0.0.1", "-Drest-stats.enabled=false",
            "-cp", f"{place.cache}/elasticmq/lib/*", "org.elasticmq.server.Main"]


def goaws_command(place, port, data):
    configuration = Path(data) / "goaws.yaml"
    configuration.write_text(
        f'Local:\n  Host: localhost\n  Port: {port}\n  Region: us-east-1\n  AccountId: "000000000000"\n')
    return [place.cache / "goaws" / "goaws", configuration]


def moto_command(place, port, data):
    return [place.cache / "moto" / "bin" / "moto_server", "-H", "127.0.0.1", "-p", port]


def fakecloud_command(*storage):
    def command(place, port, data):
        flags = [str(data) if flag == "DATA" else flag for flag in storage]
        return ["fakecloud", "--addr", f"127.0.0.1:{port}", "--log-level", "error", *flags]
    return command


def pinned_version(name):
    return (HERE / name / "requirements.txt").read_text().strip().split("==")[1]


ALL = [
    Contender("bare", "bare hyper (the limit)", "hyper 1.12", no_install, bare_command, services=SERVICES),
    Contender("ninefold", "Ninefold, durable", "this tree", build_ninefold, ninefold_command("sync"),
              durable=True, health=True, services=SERVICES, topic_arguments=ninefold_topics(signed=False)),
    Contender("ninefold-os", "Ninefold, `--durability os`", "this tree", build_ninefold, ninefold_command("os"),
              durable=True, health=True, services=SERVICES, topic_arguments=ninefold_topics(signed=False)),
    Contender("ninefold-signed", "Ninefold, durable, messages to queues signed", "this tree", build_ninefold,
              ninefold_command("sync"), durable=True, health=True, services=(TOPICS,),
              topic_arguments=ninefold_topics(signed=True), workloads=("publish-64-envelope",)),
    Contender("elasticmq", "ElasticMQ", "1.7.1", install_elasticmq, elasticmq_command),
    Contender("goaws", "GoAWS (query protocol)", "0.4.4", install_goaws, goaws_command, protocol="query",
              services=(QUEUES, TOPICS), setup_connections=1),
    Contender("ministack", "MiniStack", pinned_version("ministack"), install_python("ministack"),
              lambda place, port, data: [place.cache / "ministack" / "bin" / "ministack"],
              environment=lambda port: {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1"}, services=SERVICES),
    Contender("moto", "Moto server", pinned_version("moto"), install_python("moto"), moto_command,
              services=SERVICES, setup_connections=1),
    Contender("fakecloud", "fakecloud, in memory", "as installed", find_fakecloud, fakecloud_command()),
    Contender("fakecloud-persistent", "fakecloud, persistent", "as installed", find_fakecloud,
              fakecloud_command("--storage-mode", "persistent", "--data-path", "DATA"), durable=True),
]


def named(name):
    return next(contender for contender in ALL if contender.name == name)


def environment(contender, port):
    """The process environment, with credentials that mean nothing."""
    return {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1", **contender.environment(port)}
