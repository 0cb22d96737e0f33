#!/usr/bin/env python3
"""Reduce the public botocore service models to the compact files that the server is built from.

    reduce.py            write wire/model/models/<service>.json
    reduce.py --check    fail when a committed file differs from what the installed botocore yields

The compact files keep what a server needs (operations, shapes, constraints, bindings, error codes) and
no prose. They hold one operation or one shape a line, so that a new botocore release gives a readable diff.

Since SQS moved to AWS JSON its botocore model says nothing of the query protocol, which older clients still
speak. `query/<service>.json` adds what is missing: element names and the namespace as botocore 1.31.80 had
them, and the error codes with their HTTP status as the AWS Smithy model has them (trait awsQueryError).
"""

import argparse
import difflib
import json
import pathlib
import sys

import botocore
import botocore.loaders

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "wire" / "model" / "models"

# Our name of the service (file name, function in the crate) -> botocore's name and API version.
SERVICES = {
    "events": ("events", "2015-10-07"),
    "kafka": ("kafka", "2018-11-14"),
    "kinesis": ("kinesis", "2013-12-02"),
    "sns": ("sns", "2010-03-31"),
    "sqs": ("sqs", "2012-11-05"),
    "sts": ("sts", "2011-06-15"),
}

METADATA = {
    "serviceId": "serviceId",
    "apiVersion": "apiVersion",
    "endpointPrefix": "endpointPrefix",
    "signingName": "signingName",
    "protocols": "protocols",
    "jsonVersion": "jsonVersion",
    "targetPrefix": "targetPrefix",
    "xmlNamespace": "xmlNamespace",
    "errorNamespace": "errorNamespace",
}
SHAPE_KEYS = ("min", "max", "pattern", "enum", "flattened", "timestampFormat", "payload", "union", "document")
MEMBER_KEYS = ("location", "locationName", "flattened", "xmlAttribute", "timestampFormat", "jsonvalue", "streaming",
               "idempotencyToken")
FLAGS = ("sensitive", "streaming", "eventstream", "event")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="write nothing; fail when a committed file differs")
    check = arguments.parse_args().check
    stale = 0
    for name, (service, version) in SERVICES.items():
        path = MODELS / f"{name}.json"
        text = render(reduce(load(service, version), query_additions(name)))
        if check:
            stale += report_difference(path, text)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if stale else 0


def load(service: str, version: str) -> dict:
    return botocore.loaders.create_loader().load_service_model(service, "service-2", version)


def query_additions(name: str) -> dict:
    path = HERE / "query" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def report_difference(path: pathlib.Path, expected: str) -> bool:
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    if committed == expected:
        return False
    print(f"{path} differs from what botocore {botocore.__version__} yields; run tools/models/reduce.py:", file=sys.stderr)
    difference = difflib.unified_diff(committed.splitlines(), expected.splitlines(), "committed", "expected", lineterm="", n=0)
    print("\n".join(difference), file=sys.stderr)
    return True


def reduce(model: dict, additions: dict) -> dict:
    operations = {name: reduce_operation(operation, additions) for name, operation in model["operations"].items()}
    shapes = {name: reduce_shape(name, shape, additions) for name, shape in model["shapes"].items()}
    return {
        "metadata": reduce_metadata(model["metadata"], additions),
        "operations": dict(sorted(operations.items())),
        "shapes": dict(sorted(shapes.items())),
    }


def reduce_metadata(metadata: dict, additions: dict) -> dict:
    merged = {"signingName": metadata["endpointPrefix"], "protocols": [metadata["protocol"]], **metadata}
    merged.update({key: additions[key] for key in ("xmlNamespace", "errorNamespace") if key in additions})
    reduced = {ours: merged[theirs] for theirs, ours in METADATA.items() if theirs in merged}
    if isinstance(reduced.get("xmlNamespace"), dict):
        reduced["xmlNamespace"] = reduced["xmlNamespace"]["uri"]
    if "awsQueryCompatible" in metadata:
        reduced["awsQueryCompatible"] = True
        reduced["protocols"] = [*reduced["protocols"], "query"]
    return reduced


def reduce_operation(operation: dict, additions: dict) -> dict:
    http = operation["http"]
    reduced = {"method": http["method"], "uri": http["requestUri"]}
    if http.get("responseCode", 200) != 200:
        reduced["status"] = http["responseCode"]
    if "input" in operation:
        reduced["input"] = operation["input"]["shape"]
    if "output" in operation:
        reduced["output"] = operation["output"]["shape"]
        wrapper = operation["output"].get("resultWrapper")
        if wrapper is None and additions.get("resultWrappers"):
            wrapper = operation["name"] + "Result"
        if wrapper:
            reduced["resultWrapper"] = wrapper
    if operation.get("authtype") == "none":
        reduced["unsigned"] = True
    if operation.get("errors"):
        reduced["errors"] = [error["shape"] for error in operation["errors"]]
    return reduced


def reduce_shape(name: str, shape: dict, additions: dict) -> dict:
    reduced = {"type": shape["type"]}
    reduced.update({key: shape[key] for key in SHAPE_KEYS if key in shape})
    reduced.update({key: True for key in FLAGS if shape.get(key)})
    if shape["type"] == "structure":
        required = shape.get("required", ())
        reduced["members"] = {
            member: reduce_member(member, definition, required, additions.get("members", {}).get(f"{name}.{member}"))
            for member, definition in shape["members"].items()
        }
        if shape.get("exception"):
            reduced["error"] = reduce_error(name, shape, additions.get("errors", {}).get(name))
    elif shape["type"] == "list":
        reduced["member"] = reduce_element(shape["member"], additions.get("lists", {}).get(name))
    elif shape["type"] == "map":
        key_name, value_name = additions.get("maps", {}).get(name, (None, None))
        reduced["key"] = reduce_element(shape["key"], key_name)
        reduced["value"] = reduce_element(shape["value"], value_name)
    return reduced


def reduce_element(element: dict, added_name: str | None) -> dict:
    reduced = {"shape": element["shape"]}
    reduced.update({key: element[key] for key in MEMBER_KEYS if key in element})
    if added_name:
        reduced["queryName"] = added_name
    return reduced


def reduce_member(name: str, definition: dict, required: list, added_name: str | None) -> dict:
    reduced = reduce_element(definition, added_name)
    if name in required:
        reduced["required"] = True
    return reduced


def reduce_error(name: str, shape: dict, added: list | None) -> dict:
    """The codes and the status a client sees; a shape that names none is a sender's fault with status 400."""
    stated = shape.get("error", {})
    receiver = bool(shape.get("fault")) or stated.get("senderFault") is False
    query_code, status = added or (stated.get("code"), stated.get("httpStatusCode", 500 if receiver else 400))
    reduced = {"status": status}
    if query_code and query_code != name:
        reduced["queryCode"] = query_code
    if receiver:
        reduced["receiverFault"] = True
    return reduced


def render(model: dict) -> str:
    sections = [f'"metadata": {compact(model["metadata"])}']
    for section in ("operations", "shapes"):
        lines = ",\n".join(f"{compact(name)}:{compact(value)}" for name, value in model[section].items())
        sections.append(f'"{section}": {{\n{lines}\n}}')
    return "{\n" + ",\n".join(sections) + "\n}\n"


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
