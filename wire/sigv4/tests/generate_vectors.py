"""Writes vectors.json: requests signed by botocore, which the verifier must accept and the signer must reproduce.

Run with a botocore installed: python3 wire/sigv4/tests/generate_vectors.py
The requests named "suite-..." are those of AWS's public Signature Version 4 test suite that an HTTP server can receive.
"""

import datetime
import json
import pathlib
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS_KEY_ID = "AKIDEXAMPLE"
SECRET_ACCESS_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGd=="
SUITE_HOST = "http://example.amazonaws.com"
SEND_MESSAGE_FORM = "Action=SendMessage&MessageBody=caf%C3%A9+%26+more&Version=2012-11-05"
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def vector(name, method="GET", url=SUITE_HOST + "/", headers=(), body="", service="service", region="us-east-1",
           signed_at="20150830T123600Z", token=None, expires_in_seconds=None):
    return dict(locals(), headers=[list(pair) for pair in headers])


REQUESTS = [
    vector("suite-get-vanilla"),
    vector("suite-get-header-key-duplicate", headers=[("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")]),
    vector("suite-get-header-value-order", headers=[("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"), ("My-Header1", "value2")]),
    vector("suite-get-header-value-trim", headers=[("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')]),
    vector("suite-get-unreserved", url=f"{SUITE_HOST}/{UNRESERVED}"),
    vector("suite-get-utf8", url=f"{SUITE_HOST}/ሴ"),
    vector("suite-get-vanilla-empty-query-key", url=f"{SUITE_HOST}/?Param1=value1"),
    vector("suite-get-vanilla-query", url=f"{SUITE_HOST}/"),
    vector("suite-get-vanilla-query-order-key", url=f"{SUITE_HOST}/?Param1=value2&Param1=Value1"),
    vector("suite-get-vanilla-query-order-key-case", url=f"{SUITE_HOST}/?Param2=value2&Param1=value1"),
    vector("suite-get-vanilla-query-order-value", url=f"{SUITE_HOST}/?Param1=value2&Param1=value1"),
    vector("suite-get-vanilla-query-unreserved", url=f"{SUITE_HOST}/?{UNRESERVED}={UNRESERVED}"),
    vector("suite-get-vanilla-utf8-query", url=f"{SUITE_HOST}/?%E1%88%B4=bar"),
    vector("suite-normalize-path-get-relative", url=f"{SUITE_HOST}/example/.."),
    vector("suite-normalize-path-get-relative-relative", url=f"{SUITE_HOST}/example1/example2/../.."),
    vector("suite-normalize-path-get-slash", url=f"{SUITE_HOST}//"),
    vector("suite-normalize-path-get-slash-dot-slash", url=f"{SUITE_HOST}/./"),
    vector("suite-normalize-path-get-slash-pointless-dot", url=f"{SUITE_HOST}/./example"),
    vector("suite-normalize-path-get-slashes", url=f"{SUITE_HOST}//example//"),
    vector("suite-normalize-path-get-space", url=f"{SUITE_HOST}/example space/"),
    vector("suite-post-vanilla", method="POST"),
    vector("suite-post-vanilla-query", method="POST", url=f"{SUITE_HOST}/?Param1=value1"),
    vector("suite-post-header-key-case", method="POST"),
    vector("suite-post-header-key-sort", method="POST", headers=[("My-Header1", "value1")]),
    vector("suite-post-header-value-case", method="POST", headers=[("My-Header1", "VALUE1")]),
    vector("suite-post-sts-header-before", method="POST", token=TOKEN),
    vector("suite-post-x-www-form-urlencoded", method="POST", headers=[("Content-Type", "application/x-www-form-urlencoded")], body="Param1=value1"),
    vector("suite-post-x-www-form-urlencoded-parameters", method="POST", headers=[("Content-Type", "application/x-www-form-urlencoded; charset=utf8")], body="Param1=value1"),
    vector("sqs-json", method="POST", url="http://localhost:4566/", service="sqs", region="eu-west-1",
           headers=[("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonSQS.SendMessage"), ("X-Amzn-Query-Mode", "true")],
           body='{"QueueUrl":"http://localhost:4566/123456789012/a","MessageBody":"caf\u00e9"}'),
    vector("sqs-query", method="POST", url="http://localhost:4566/123456789012/a", service="sqs",
           headers=[("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")], body=SEND_MESSAGE_FORM),
    vector("sqs-get-query", url=f"http://sqs.us-east-1.amazonaws.com/123456789012/a.fifo?{SEND_MESSAGE_FORM.replace('+', '%20')}", service="sqs"),
    vector("default-port-http", url="http://localhost:80/", service="sqs"),
    vector("default-port-https", url="https://localhost:443/", service="sqs"),
    vector("ipv6-host", url="http://[::1]:4566/", service="sqs"),
    vector("session-token", method="POST", url="http://localhost:4566/", service="sts", token=TOKEN, body="Action=GetCallerIdentity&Version=2011-06-15"),
    vector("encoded-path", url="https://abc.execute-api.us-east-1.amazonaws.com/stage/a%20b/%E1%88%B4/c%2Fd/x:y@z", service="execute-api"),
    vector("path-with-dots-and-slashes", url="https://abc.execute-api.us-east-1.amazonaws.com/stage//a/./b/../c//", service="execute-api"),
    vector("query-with-every-encoding", url="http://localhost:4566/?b=%2B%20%26%3D&a=~_.-&A=%2F&a-b=1&a=%C3%A9&empty=&=x", service="events"),
    vector("end-of-year", signed_at="20241231T235959Z", url="http://localhost:4566/", service="kinesis", region="ap-southeast-2", method="POST", body="{}"),
    vector("leap-day", signed_at="20240229T000000Z", url="http://localhost:4566/", service="states", method="POST", body="{}"),
    vector("s3-get", url="https://bucket.s3.amazonaws.com/a//b/../c%20d", service="s3"),
    vector("s3-put", method="PUT", url="https://bucket.s3.amazonaws.com/photos/%E1%88%B4.jpg?acl=", service="s3", body="picture"),
    vector("presigned-sqs-get", url="http://localhost:4566/123456789012/a?Action=ReceiveMessage&Version=2012-11-05", service="sqs", expires_in_seconds=3600),
    vector("presigned-token", url="https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", service="sts",
           region="eu-central-1", headers=[("x-k8s-aws-id", "my-cluster")], token=TOKEN, expires_in_seconds=60),
    vector("presigned-a-week", url="http://localhost:4566/a%20b?x=%2B%20&X=1", service="events", expires_in_seconds=604800),
    vector("presigned-s3", url="https://bucket.s3.amazonaws.com/a//b%20c", service="s3", expires_in_seconds=900),
    vector("presigned-s3-put", method="PUT", url="https://bucket.s3.amazonaws.com/object", service="s3", expires_in_seconds=900),
]


def signer(request):
    credentials = Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY, request["token"])
    arguments = (credentials, request["service"], request["region"])
    is_s3, expires = request["service"] == "s3", request["expires_in_seconds"]
    if expires is None:
        return (botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth)(*arguments)
    return (botocore.auth.S3SigV4QueryAuth if is_s3 else botocore.auth.SigV4QueryAuth)(*arguments, expires=expires)


def sign(request):
    aws_request = AWSRequest(method=request["method"], url=request["url"], data=request["body"].encode())
    for name, value in request["headers"]:
        aws_request.headers.add_header(name, value)
    now = datetime.datetime.strptime(request["signed_at"], "%Y%m%dT%H%M%SZ")
    with mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: now):
        signer(request).add_auth(aws_request)
    signed = urlsplit(aws_request.url)
    host = request["url"].split("/")[2]
    known = {name.lower() for name, _ in request["headers"]}
    return {
        "name": request["name"],
        "region": request["region"],
        "service": request["service"],
        "signed_at": request["signed_at"],
        "session_token": request["token"],
        "expires_in_seconds": request["expires_in_seconds"],
        "method": request["method"],
        "path": signed.path,
        "unsigned_query": urlsplit(request["url"]).query or None,
        "query": signed.query or None,
        "headers": [["host", host]] + request["headers"],
        "added_headers": sorted([name.lower(), value] for name, value in aws_request.headers.items() if name.lower() not in known),
        "body": request["body"],
    }


def main():
    document = {
        "access_key_id": ACCESS_KEY_ID,
        "secret_access_key": SECRET_ACCESS_KEY,
        "requests": [sign(request) for request in REQUESTS],
    }
    path = pathlib.Path(__file__).with_name("vectors.json")
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
