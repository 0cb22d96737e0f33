#!/usr/bin/env python3
"""Hold the codecs to botocore, whose serializers and parsers know both sides of every AWS protocol.

The tests in ../vectors.rs compare the codecs with the files here. This script says that the files are right, by the
botocore that is installed: its SQS model decides the protocol (query up to 1.31.80, AWS JSON since), so it is run
once with a botocore of either kind.

    oracle.py --write    write requests-<protocol>.json: how botocore serializes inputs.json
    oracle.py            fail when requests-<protocol>.json differs from that, or when botocore does not parse
                         answers-<protocol>.json and errors-<protocol>.json back to the outputs and errors they
                         were written from
"""

import argparse
import base64
import datetime
import json
import pathlib
import sys

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize

HERE = pathlib.Path(__file__).resolve().parent


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true")
    write = arguments.parse_args().write
    models = {name: service_model(name) for name in ("sqs", "sts")}
    protocol = models["sqs"].metadata["protocol"]
    requests = "[\n" + ",\n".join(json.dumps(request(models, case)) for case in read("inputs")) + "\n]\n"
    path = HERE / f"requests-{protocol}.json"
    if write:
        path.write_text(requests, encoding="utf-8")
        return 0
    failures = [] if path.read_text(encoding="utf-8") == requests else [f"{path.name} is not what botocore sends"]
    failures += check_answers(models, protocol)
    failures += check_errors(models, protocol)
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures else 0


def service_model(name: str) -> botocore.model.ServiceModel:
    return botocore.model.ServiceModel(botocore.loaders.create_loader().load_service_model(name, "service-2"), name)


def read(name: str) -> list:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


def request(models: dict, case: dict) -> dict:
    """The bytes botocore sends for an input; those of a form as text."""
    model = models[case["service"]]
    serializer = botocore.serialize.create_serializer(model.metadata["protocol"], include_validation=False)
    sent = serializer.serialize_to_request(from_json(case["input"]), model.operation_model(case["operation"]))
    body = sent["body"]
    if isinstance(body, dict):
        body = botocore.compat.urlencode(body)
    if isinstance(body, bytes):
        body = body.decode("utf-8")
    return {"target": sent["headers"].get("X-Amz-Target"), "body": body}


def check_answers(models: dict, protocol: str) -> list:
    failures = []
    for case, answer in zip(read("outputs"), read(f"answers-{protocol}"), strict=True):
        parsed = parse(models[case["service"]], case["operation"], 200, {}, answer)
        parsed.pop("ResponseMetadata")
        if parsed != from_json(case["output"]):
            failures.append(f"{case['operation']}: botocore reads {parsed} from {answer}")
    return failures


def check_errors(models: dict, protocol: str) -> list:
    failures = []
    for error in read(f"errors-{protocol}"):
        headers = {name: value for name, value in error["headers"].items()}
        parsed = parse(models[error["service"]], error["operation"], error["status"], headers, error["body"])
        seen = {"Code": parsed["Error"]["Code"], "Message": parsed["Error"]["Message"]}
        if seen != error["seen"]:
            failures.append(f"{error['operation']}: botocore reads {seen} from {error}")
    return failures


def parse(model: botocore.model.ServiceModel, operation: str, status: int, headers: dict, body: str) -> dict:
    parser = botocore.parsers.create_parser(model.metadata["protocol"])
    response = {"status_code": status, "headers": botocore.compat.HTTPHeaders.from_dict(headers), "body": body.encode()}
    return parser.parse(response, model.operation_model(operation).output_shape)


def from_json(value: object) -> object:
    if isinstance(value, list):
        return [from_json(element) for element in value]
    if not isinstance(value, dict):
        return value
    if "$blob" in value:
        return base64.b64decode(value["$blob"])
    if "$timestamp" in value:
        return datetime.datetime.fromtimestamp(value["$timestamp"] / 1000, datetime.timezone.utc)
    return {key: from_json(element) for key, element in value.items()}


if __name__ == "__main__":
    sys.exit(main())
