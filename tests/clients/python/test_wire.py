"""What goes over the wire, seen without an SDK: both protocols, error forms, health and metrics."""

import http.client
import json
import urllib.parse
import xml.etree.ElementTree as xml

import pytest

from conftest import OWN_ACCOUNT, REGION, unique_name
from expectations import bodies, md5, receive

NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"
AUTHORIZATION = (
    f"AWS4-HMAC-SHA256 Credential={OWN_ACCOUNT}/20260101/{REGION}/sqs/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)


@pytest.fixture
def call(endpoint):
    """`call(method, path, body, headers)` -> (status, headers, body)"""
    host = urllib.parse.urlsplit(endpoint).netloc

    def send(method, path, body=None, headers=()):
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    return send


@pytest.fixture
def call_json(call):
    def send(operation, arguments, **headers):
        target = {"X-Amz-Target": f"AmazonSQS.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        body = arguments if isinstance(arguments, (bytes, str)) else json.dumps(arguments)
        return call("POST", "/", body, {"Authorization": AUTHORIZATION, **target, **headers})

    return send


@pytest.fixture
def call_query(call):
    def send(path, **parameters):
        form = urllib.parse.urlencode({"Version": "2012-11-05", **parameters})
        content_type = {"Content-Type": "application/x-www-form-urlencoded"}
        return call("POST", path, form, {"Authorization": AUTHORIZATION, **content_type})

    return send


def test_an_answer_in_json(call_json, queue):
    status, headers, body = call_json("SendMessage", {"QueueUrl": queue, "MessageBody": "x"})
    assert status == 200
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert headers["x-amzn-RequestId"]
    assert json.loads(body)["MD5OfMessageBody"] == md5("x")


def test_an_error_in_json(call_json):
    status, headers, body = call_json("GetQueueUrl", {"QueueName": "no-such-queue"})
    assert status == 400
    error = json.loads(body)
    assert error["__type"] == "com.amazonaws.sqs#QueueDoesNotExist"
    assert error["message"] == "The specified queue does not exist."
    assert "x-amzn-query-error" not in headers
    assert headers["x-amzn-RequestId"]


def test_an_error_in_json_for_clients_that_know_query_codes(call_json):
    status, headers, _ = call_json("GetQueueUrl", {"QueueName": "no-such-queue"}, **{"x-amzn-query-mode": "true"})
    assert status == 400
    assert headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"


def test_an_answer_in_xml(call_query, sqs, queue):
    path = urllib.parse.urlsplit(queue).path
    status, headers, body = call_query(path, Action="SendMessage", MessageBody="<hello> & ünïcode")
    assert status == 200
    assert headers["Content-Type"].startswith("text/xml")
    answer = xml.fromstring(body)
    assert answer.tag == NAMESPACE + "SendMessageResponse"
    result = answer.find(NAMESPACE + "SendMessageResult")
    assert result.findtext(NAMESPACE + "MD5OfMessageBody") == md5("<hello> & ünïcode")
    assert answer.findtext(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId")
    assert bodies(receive(sqs, queue)) == ["<hello> & ünïcode"]


def test_a_query_by_get(call, queue):
    path = urllib.parse.urlsplit(queue).path
    form = urllib.parse.urlencode({"Action": "GetQueueAttributes", "AttributeName.1": "DelaySeconds", "Version": "2012-11-05"})
    status, _, body = call("GET", f"{path}?{form}", None, {"Authorization": AUTHORIZATION})
    assert status == 200
    [attribute] = xml.fromstring(body).iter(NAMESPACE + "Attribute")
    assert [child.text for child in attribute] == ["DelaySeconds", "0"]


def test_a_query_with_the_queue_url_as_a_parameter(call_query, sqs, queue):
    status, _, _ = call_query("/", Action="SendMessage", MessageBody="x", QueueUrl=queue)
    assert status == 200
    assert bodies(receive(sqs, queue)) == ["x"]


def test_an_error_in_xml(call_query):
    status, headers, body = call_query("/", Action="GetQueueUrl", QueueName="no-such-queue")
    assert status == 400
    assert headers["Content-Type"].startswith("text/xml")
    answer = xml.fromstring(body)
    assert answer.tag == NAMESPACE + "ErrorResponse"
    error = answer.find(NAMESPACE + "Error")
    assert error.findtext(NAMESPACE + "Type") == "Sender"
    assert error.findtext(NAMESPACE + "Code") == "AWS.SimpleQueueService.NonExistentQueue"
    assert error.findtext(NAMESPACE + "Message")
    assert answer.findtext(NAMESPACE + "RequestId")


def test_an_unknown_action(call_query):
    status, _, body = call_query("/", Action="NoSuchAction")
    assert status == 400
    assert xml.fromstring(body).findtext(f"{NAMESPACE}Error/{NAMESPACE}Code") == "InvalidAction"


def test_an_unknown_operation(call_json):
    status, _, body = call_json("NoSuchOperation", {})
    assert 400 <= status < 500
    assert json.loads(body)["__type"].endswith("UnknownOperationException")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"QueueName": 7}', b'{"QueueName": "\xff"}', b"[" * 100_000, b'{"QueueName":' * 20_000]
)
def test_a_body_that_is_not_the_operations_input(call_json, body):
    status, _, answer = call_json("CreateQueue", body)
    assert status == 400
    assert json.loads(answer)["__type"]


def test_a_missing_required_parameter(call_json, queue):
    status, headers, body = call_json("SendMessage", {"QueueUrl": queue}, **{"x-amzn-query-mode": "true"})
    assert status == 400
    assert headers["x-amzn-query-error"] == "MissingParameter;Sender"
    assert "MessageBody" in json.loads(body)["Message"]


def test_a_missing_queue_url(call_json):
    status, _, body = call_json("ReceiveMessage", {})
    assert status == 400
    assert "QueueUrl" in json.loads(body)["Message"]


def test_a_request_far_beyond_the_limits_is_refused(call_json, queue):
    request = json.dumps({"QueueUrl": queue, "MessageBody": "x" * 3_000_000})
    status, _, _ = call_json("SendMessage", request)
    assert status in (400, 413)


def test_many_requests_on_one_connection(endpoint, queue):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(endpoint).netloc, timeout=30)
    headers = {
        "Authorization": AUTHORIZATION,
        "X-Amz-Target": "AmazonSQS.SendMessage",
        "Content-Type": "application/x-amz-json-1.0",
    }
    for number in range(50):
        connection.request("POST", "/", json.dumps({"QueueUrl": queue, "MessageBody": str(number)}), headers)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
        assert not answer.will_close
    connection.close()


def test_health(call):
    for path in ("/health/live", "/health/ready"):
        assert call("GET", path)[0] == 200


def test_metrics_count_requests(call, sqs):
    sqs.create_queue(QueueName=unique_name("measured"))
    status, headers, body = call("GET", "/metrics")
    assert status == 200
    assert any("CreateQueue" in line for line in body.decode().splitlines())
