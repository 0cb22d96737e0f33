"""kcat, from the command line."""

import json
import os
import subprocess
import uuid

import pytest

SECONDS = 40


def kcat(*arguments, text=""):
    command = ["kcat", "-b", os.environ["NINEFOLD_KAFKA"], *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def topic():
    """A topic that is there: kcat makes it by asking for it."""
    name = f"kcat-{uuid.uuid4().hex[:8]}"
    kcat("-L", "-t", name, "-X", "allow.auto.create.topics=true")
    return name


def everything(topic, *arguments):
    return kcat("-C", "-t", topic, "-o", "beginning", "-e", "-q", *arguments).splitlines()


@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_lines_come_back_in_order(topic, compression):
    lines = [f"line {number}" for number in range(1000)]
    kcat("-P", "-t", topic, "-z", compression, text="\n".join(lines) + "\n")
    assert everything(topic) == lines


def test_keys_headers_and_places(topic):
    kcat("-P", "-t", topic, "-K", ":", "-H", "trace=1", "-H", "trace=2", text="key:value\n")
    [line] = everything(topic, "-J")
    record = json.loads(line)
    assert (record["topic"], record["partition"], record["offset"]) == (topic, 0, 0)
    assert (record["key"], record["payload"]) == ("key", "value")
    assert record["headers"] == ["trace", "1", "trace", "2"]


def test_metadata(topic):
    described = json.loads(kcat("-L", "-J"))
    assert [broker["name"] for broker in described["brokers"]] == [os.environ["NINEFOLD_KAFKA"]]
    assert topic in {each["topic"] for each in described["topics"]}


def test_offsets(topic):
    kcat("-P", "-t", topic, text="1\n2\n3\n")
    assert kcat("-Q", "-t", f"{topic}:0:-1").split() == [topic, "[0]", "offset", "3"]
    assert kcat("-Q", "-t", f"{topic}:0:-2").split() == [topic, "[0]", "offset", "0"]
    assert kcat("-C", "-t", topic, "-o", "1", "-c", "1", "-q").split() == ["2"]
    assert kcat("-C", "-t", topic, "-o", "-1", "-e", "-q").split() == ["3"]


def test_a_group_goes_on_where_it_was(topic):
    kcat("-P", "-t", topic, text="1\n2\n3\n")
    group = ["-G", f"group-{topic}", "-q", "-X", "auto.offset.reset=earliest", topic]
    assert kcat("-c", "2", *group).split() == ["1", "2"]
    assert kcat("-c", "1", *group).split() == ["3"]


def test_a_transaction(topic):
    kcat("-P", "-t", topic, "-X", f"transactional.id={topic}", text="1\n2\n")
    assert everything(topic, "-X", "isolation.level=read_committed") == ["1", "2"]
