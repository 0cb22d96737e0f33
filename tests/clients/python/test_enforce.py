"""A server that enforces authentication: signatures, presigned requests, policies."""

import datetime
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

import botocore.auth
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

import boto3
from conftest import REGION, connect, unique_name
from expectations import arn_of, bodies, receive
from ninefold_server import Server, binary_from_environment, create_key

OWNER, GUEST = "111111111111", "222222222222"
NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"
BAD_SIGNATURE = {"SignatureDoesNotMatch", "InvalidSignatureException"}
UNKNOWN_KEY = {"InvalidClientTokenId", "UnrecognizedClientException"}
DENIED = {"AccessDenied", "AccessDeniedException"}


class Enforcing:
    """A server in enforce mode with a key for each of two accounts."""

    def __init__(self, data):
        binary = binary_from_environment()
        self.data = data
        self.keys = {account: create_key(binary, data, "--account", account) for account in (OWNER, GUEST)}
        self.server = Server(binary, data, "--auth", "enforce")

    def add_user(self, name, *arguments):
        """A client for a new user of the owner's account; running servers learn of new keys within a second."""
        key = create_key(self.server.binary, self.data, "--account", OWNER, "--user", name, *arguments)
        client = connect(self.server.endpoint, "sqs", key["AccessKeyId"], secret=key["SecretAccessKey"])
        identity = connect(self.server.endpoint, "sts", key["AccessKeyId"], secret=key["SecretAccessKey"])
        deadline = time.monotonic() + 10
        while True:
            try:
                assert identity.get_caller_identity()["Arn"].endswith(f":user/{name}")
                return client
            except ClientError as error:
                assert error.response["Error"]["Code"] in UNKNOWN_KEY and time.monotonic() < deadline
                time.sleep(0.1)

    def client(self, account=OWNER, service="sqs", **changes):
        key = {**self.keys[account], **changes}
        return connect(self.server.endpoint, service, key["AccessKeyId"], secret=key["SecretAccessKey"])

    def credentials(self, account=OWNER):
        return Credentials(self.keys[account]["AccessKeyId"], self.keys[account]["SecretAccessKey"])


@pytest.fixture(scope="module")
def enforcing(tmp_path_factory):
    service = Enforcing(tmp_path_factory.mktemp("enforce"))
    with service.server:
        yield service


@pytest.fixture
def owner(enforcing):
    return enforcing.client(OWNER)


@pytest.fixture
def guest(enforcing):
    return enforcing.client(GUEST)


@pytest.fixture
def queue(owner):
    url = owner.create_queue(QueueName=unique_name())["QueueUrl"]
    yield url
    owner.delete_queue(QueueUrl=url)


def forbidden(codes, call):
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in codes, caught.value.response["Error"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)


def test_the_right_key_works(owner, queue, enforcing):
    assert f"/{OWNER}/" in queue
    owner.send_message(QueueUrl=queue, MessageBody="signed, with ünïcode")
    assert bodies(receive(owner, queue)) == ["signed, with ünïcode"]
    assert enforcing.client(OWNER, "sts").get_caller_identity()["Account"] == OWNER


def test_a_wrong_secret_is_refused(enforcing):
    forbidden(BAD_SIGNATURE, enforcing.client(SecretAccessKey="wrong").list_queues)


def test_an_unknown_key_is_refused(enforcing):
    forbidden(UNKNOWN_KEY, enforcing.client(AccessKeyId="AKIAIOSFODNN7EXAMPLE").list_queues)


def test_an_account_number_is_no_key(enforcing):
    forbidden(UNKNOWN_KEY, enforcing.client(AccessKeyId=OWNER).list_queues)


def test_an_unsigned_request_is_refused(enforcing):
    anonymous = boto3.client(
        "sqs",
        endpoint_url=enforcing.server.endpoint,
        region_name=REGION,
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    forbidden({"MissingAuthenticationToken", "MissingAuthenticationTokenException"} | DENIED, anonymous.list_queues)


def test_an_old_signature_is_refused(enforcing, monkeypatch):
    client = enforcing.client()
    now = datetime.datetime.now(datetime.timezone.utc)
    for minutes in (-20, 20):
        shifted = now + datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: shifted.replace(tzinfo=None))
        forbidden(BAD_SIGNATURE | {"RequestExpired"}, client.list_queues)


def signed_request(enforcing, body, account=OWNER):
    request = AWSRequest(
        "POST",
        enforcing.server.endpoint + "/",
        headers={"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"},
        data=body,
    )
    botocore.auth.SigV4Auth(enforcing.credentials(account), "sqs", REGION).add_auth(request)
    return dict(request.headers)


def post(url, body, headers):
    request = urllib.request.Request(url, body, headers, method="POST" if body is not None else "GET")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_body_changed_after_signing_is_refused(enforcing):
    headers = signed_request(enforcing, b"{}")
    assert post(enforcing.server.endpoint + "/", b"{}", headers)[0] == 200
    status, body = post(enforcing.server.endpoint + "/", b'{"MaxResults":1}', headers)
    assert status in (400, 403)
    assert json.loads(body)["__type"].rsplit("#")[-1] in BAD_SIGNATURE


def presigned(enforcing, url, parameters, account=OWNER, expires=60):
    """A GET request of the query protocol that is signed in its query string."""
    request = AWSRequest("GET", url, params={"Version": "2012-11-05", **parameters})
    botocore.auth.SigV4QueryAuth(enforcing.credentials(account), "sqs", REGION, expires).add_auth(request)
    return request.prepare().url


def test_presigned_get_queue_url(enforcing, queue):
    name = queue.rsplit("/", 1)[1]
    url = presigned(enforcing, enforcing.server.endpoint + "/", {"Action": "GetQueueUrl", "QueueName": name})
    status, body = post(url, None, {})
    assert status == 200, body
    assert xml.fromstring(body).findtext(f"{NAMESPACE}GetQueueUrlResult/{NAMESPACE}QueueUrl") == queue


def test_presigned_send_message(enforcing, owner, queue):
    url = presigned(enforcing, queue, {"Action": "SendMessage", "MessageBody": "presigned & sent"})
    status, body = post(url, None, {})
    assert status == 200, body
    assert bodies(receive(owner, queue)) == ["presigned & sent"]


def test_a_presigned_request_is_what_was_signed(enforcing, owner, queue):
    url = presigned(enforcing, queue, {"Action": "SendMessage", "MessageBody": "original"})
    status, body = post(url.replace("original", "changed"), None, {})
    assert status == 403
    assert xml.fromstring(body).findtext(f"{NAMESPACE}Error/{NAMESPACE}Code") == "SignatureDoesNotMatch"
    assert receive(owner, queue) == []


def test_a_presigned_request_expires(enforcing, owner, queue, monkeypatch):
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=120)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: past.replace(tzinfo=None))
    url = presigned(enforcing, queue, {"Action": "SendMessage", "MessageBody": "x"}, expires=60)
    assert post(url, None, {})[0] in (400, 403)
    assert receive(owner, queue) == []


def allow(owner, queue, action, principal=GUEST, effect="Allow", **more):
    statement = {
        "Effect": effect,
        "Principal": {"AWS": principal},
        "Action": action,
        "Resource": arn_of(owner, queue),
        **more,
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    owner.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(document)})


def test_another_account_is_denied_without_a_policy(guest, queue):
    forbidden(DENIED, lambda: guest.send_message(QueueUrl=queue, MessageBody="x"))
    forbidden(DENIED, lambda: receive(guest, queue))
    forbidden(DENIED, lambda: guest.delete_queue(QueueUrl=queue))


def test_a_policy_allows_another_account_what_it_says(owner, guest, queue):
    allow(owner, queue, ["sqs:SendMessage", "sqs:GetQueueUrl"])
    guest.send_message(QueueUrl=queue, MessageBody="from next door")
    name = queue.rsplit("/", 1)[1]
    assert guest.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=OWNER)["QueueUrl"] == queue
    forbidden(DENIED, lambda: receive(guest, queue))
    forbidden(DENIED, lambda: guest.purge_queue(QueueUrl=queue))
    [message] = receive(owner, queue, MessageSystemAttributeNames=["SenderId"])
    assert message["Body"] == "from next door"


def test_a_policy_for_somebody_else_allows_nothing(owner, guest, queue):
    allow(owner, queue, "sqs:SendMessage", "333333333333")
    forbidden(DENIED, lambda: guest.send_message(QueueUrl=queue, MessageBody="x"))


def test_a_policy_for_everybody(owner, guest, queue):
    allow(owner, queue, "sqs:*", "*")
    guest.send_message(QueueUrl=queue, MessageBody="x")
    assert bodies(receive(guest, queue)) == ["x"]


def test_a_condition_that_does_not_hold_allows_nothing(owner, guest, queue):
    never = {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    allow(owner, queue, "sqs:SendMessage", **never)
    forbidden(DENIED, lambda: guest.send_message(QueueUrl=queue, MessageBody="x"))
    allow(owner, queue, "sqs:SendMessage", Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}})
    guest.send_message(QueueUrl=queue, MessageBody="x")


def test_an_explicit_denial_holds_for_the_owner(owner, queue):
    allow(owner, queue, "sqs:SendMessage", f"arn:aws:iam::{OWNER}:root", effect="Deny")
    forbidden(DENIED, lambda: owner.send_message(QueueUrl=queue, MessageBody="x"))


def test_a_permission_is_given_and_taken_back(owner, guest, queue):
    owner.add_permission(QueueUrl=queue, Label="guest", AWSAccountIds=[GUEST], Actions=["SendMessage"])
    guest.send_message(QueueUrl=queue, MessageBody="x")
    owner.remove_permission(QueueUrl=queue, Label="guest")
    forbidden(DENIED, lambda: guest.send_message(QueueUrl=queue, MessageBody="x"))


def test_a_user_may_do_what_a_policy_says(enforcing, owner, queue, tmp_path):
    document = tmp_path / "policy.json"
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn_of(owner, queue)}
    document.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    sender = enforcing.add_user("sender", "--policy", str(document))
    sender.send_message(QueueUrl=queue, MessageBody="allowed by the user's policy")
    forbidden(DENIED, lambda: receive(sender, queue))
    forbidden(DENIED, lambda: sender.create_queue(QueueName=unique_name()))


def test_a_user_without_a_policy_has_what_the_queue_allows(enforcing, owner, queue):
    reader = enforcing.add_user("reader")
    forbidden(DENIED, lambda: receive(reader, queue))
    allow(owner, queue, "sqs:ReceiveMessage", f"arn:aws:iam::{OWNER}:user/reader")
    assert receive(reader, queue) == []


def test_queues_belong_to_the_account_of_the_key(enforcing, guest, queue):
    assert queue not in guest.list_queues().get("QueueUrls", [])
    identity = enforcing.client(GUEST, "sts").get_caller_identity()
    assert identity["Account"] == GUEST and GUEST in identity["Arn"]


def test_health_needs_no_signature(enforcing):
    assert urllib.parse.urlsplit(enforcing.server.endpoint).hostname == "127.0.0.1"
    assert post(enforcing.server.endpoint + "/health/ready", None, {})[0] == 200
