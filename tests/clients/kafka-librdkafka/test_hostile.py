"""Who does not speak Kafka's protocol, or lies in it: disconnected, with a word in the log, and costs next to nothing."""

import socket
import struct
from pathlib import Path

import pytest
from ninefold_server import Server, binary_from_environment

WAIT_SECONDS = 10
CLIENTS = 100
SPENT_BYTES = 48 << 20
REQUEST_BYTES = 100 << 20
API_VERSIONS, API_VERSIONS_VERSION = 18, 0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of these tests alone, whose log and memory are looked at."""
    with Server(binary_from_environment(), tmp_path_factory.mktemp("hostile") / "data") as server:
        yield server


def connected(server):
    host, port = server.kafka.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=WAIT_SECONDS)


def frame(length, content=b""):
    """A frame that says it is so long, whatever is in it."""
    return struct.pack(">i", length) + content


def ask_for_versions(client):
    """A request that every broker answers; returns the number the answer is for."""
    request = struct.pack(">hhih", API_VERSIONS, API_VERSIONS_VERSION, 7, -1)
    client.sendall(frame(len(request), request))
    (length,) = struct.unpack(">i", client.recv(4, socket.MSG_WAITALL))
    (number,) = struct.unpack_from(">i", client.recv(length, socket.MSG_WAITALL))
    return number


def resident_bytes(server):
    for line in Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the process has no resident memory")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        frame(2**31 - 1, b"\0" * 1000),
        frame(REQUEST_BYTES + 1),
        frame(-1),
        frame(3, b"abc"),
        frame(8, struct.pack(">hhi", 9999, 0, 1)),
        frame(10, struct.pack(">hhih", 0, 9, 1, 2**15 - 1)),
    ],
    ids=["http", "2-GiB", "too-long", "negative", "no-header", "no-such-api", "text-beyond-the-end"],
)
def test_nonsense_ends_its_connection_and_no_other(server, sent):
    with connected(server) as other, connected(server) as client:
        logged = server.log()
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        try:
            assert client.recv(1) == b"", "it was answered"
        except ConnectionResetError:
            pass  # it left before everything was read
        assert ask_for_versions(other) == 7
        address = "{}:{}".format(*client.getsockname())
        assert address in server.log().removeprefix(logged)


def test_what_is_promised_and_not_sent_costs_nothing(server):
    with connected(server) as other:
        assert ask_for_versions(other) == 7
        before = resident_bytes(server)
        clients = [connected(server) for _ in range(CLIENTS)]
        for client in clients:
            client.sendall(frame(REQUEST_BYTES, b"\0" * 1024))
        for client in clients:  # the answer to a request of another shows that the server is not busy with them
            assert ask_for_versions(other) == 7
        assert resident_bytes(server) - before < SPENT_BYTES
        for client in clients:
            client.close()
        assert ask_for_versions(other) == 7
