#!/usr/bin/env python3
"""Make the messages of the Kafka codec from Kafka's own definitions.

    generate.py                 write protocols/kafka/src/messages/ and the schema and vectors of its tests
    generate.py --check         fail when a committed file differs from what the definitions yield
    generate.py --jar PATH      take this kafka-clients jar instead of the one that Maven fetches
    generate.py --no-vectors    leave out the vectors, which need a JDK

The definitions are `common/message/*.json` in the kafka-clients jar, whose release `pom.xml` pins.
"""

import argparse
import difflib
import itertools
import json
import pathlib
import subprocess
import sys

from definitions import EMBEDDED, read_messages
from modules import api_key, dispatch, index, module, module_of
from rust import snake

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIBRARIES = ROOT / ".cache" / "kafka-messages"
CRATE = ROOT / "protocols" / "kafka"
MESSAGES = CRATE / "src" / "messages"
# Written by hand in Rust, and tested by vectors like the others.
HEADERS = ["RequestHeader", "ResponseHeader"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail when a committed file differs")
    arguments.add_argument("--jar", type=pathlib.Path, help="the kafka-clients jar to read")
    arguments.add_argument("--no-vectors", action="store_true", help="leave out the vectors of the tests")
    chosen = arguments.parse_args()
    jar = chosen.jar or fetch()
    messages = read_messages(jar)
    files = rust_files(messages)
    files[CRATE / "tests" / "schema.json"] = schema(messages)
    if not chosen.no_vectors:
        files[CRATE / "tests" / "vectors.txt"] = vectors(jar, messages)
    return check(files) if chosen.check else write(files)


def fetch():
    """The kafka-clients jar of the pinned release, from Maven."""
    command = ["mvn", "--quiet", "--batch-mode", "--no-transfer-progress", "dependency:copy-dependencies",
               f"-DoutputDirectory={LIBRARIES}"]
    pinned = (HERE / "pom.xml").read_text().split("<artifactId>kafka-clients</artifactId>")[1]
    version = pinned.split("<version>")[1].split("</version>")[0]
    jar = LIBRARIES / f"kafka-clients-{version}.jar"
    if not jar.exists():
        subprocess.run(command, cwd=HERE, check=True, timeout=600)
    return jar


def rust_files(messages):
    """The content of every file of the module, by its path."""
    apis = {}
    for message in messages.values():
        if message.api_key is not None:
            apis.setdefault(message.api_key, {})[message.kind] = message
    pairs = {key: (apis[key]["request"], apis[key]["response"]) for key in sorted(apis)}
    files = {}
    for request, response in pairs.values():
        files[MESSAGES / f"{module_of(request)}.rs"] = formatted(module([request, response]))
    for name in EMBEDDED:
        files[MESSAGES / f"{snake(name)}.rs"] = formatted(module([messages[name]]))
    files[MESSAGES / "api_key.rs"] = formatted(api_key(pairs))
    files[MESSAGES / "request.rs"] = formatted(dispatch(pairs, "Request"))
    files[MESSAGES / "response.rs"] = formatted(dispatch(pairs, "Response"))
    files[MESSAGES / "mod.rs"] = formatted(index(pairs))
    return files


def formatted(text):
    command = ["rustfmt", "--edition", "2024", "--config-path", str(ROOT), "--emit", "stdout"]
    return subprocess.run(command, input=text, capture_output=True, check=True, text=True, timeout=60).stdout


def schema(messages):
    """The definitions without prose, for tests that make valid bytes by themselves: one message a line."""
    lines = [f"{json.dumps(name)}: {json.dumps(schema_of(messages[name]), separators=(',', ':'))}"
             for name in sorted(messages)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def schema_of(message):
    structs = {struct.name: [schema_field(each) for each in struct.fields]
               for struct in [message.root, *message.structs]}
    return {"api_key": message.api_key, "kind": message.kind, "versions": pair(message.versions),
            "flexible": pair(message.flexible), "structs": structs}


def schema_field(each):
    found = {"name": each.name, "type": each.kind, "versions": pair(each.versions)}
    if each.is_array:
        found["array"] = True
    if each.is_nullable():
        found["nullable"] = pair(each.nullable)
    if each.tag is not None:
        found["tag"] = each.tag
    return found


def pair(versions):
    return [versions.low, versions.high]


def vectors(jar, messages):
    """Bytes of every message in every version, written by Kafka's own classes."""
    classpath = ":".join(str(path) for path in sorted(jar.parent.glob("*.jar")))
    command = ["java", "-cp", classpath, str(HERE / "GoldenVectors.java"), *sorted([*messages, *HEADERS])]
    made = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if made.returncode != 0:
        sys.exit(made.stderr)
    return made.stdout


def write(files):
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in stray(files):
        path.unlink()
    return 0


def stray(files):
    return [path for path in sorted(MESSAGES.glob("*.rs")) if path not in files]


def check(files):
    stale = 0
    for path, text in files.items():
        committed = path.read_text() if path.exists() else ""
        if committed == text:
            continue
        stale += 1
        names = (f"{path} (committed)", f"{path} (generated)")
        diff = difflib.unified_diff(committed.splitlines(True), text.splitlines(True), *names, n=1)
        sys.stdout.writelines(itertools.islice(diff, 80))
    for path in stray(files):
        stale += 1
        print(f"{path}: not made by generate.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
