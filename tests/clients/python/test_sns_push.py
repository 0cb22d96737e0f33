"""Platform applications, endpoints, and pushes to stand-ins of the push services."""

import json

import pytest

from conftest import unique_name
from expectations import arn_of, receive_until, refused
from own_server import eventually, own_server
from push_services import PushServices


@pytest.fixture(scope="module")
def services():
    with PushServices() as services:
        yield services


@pytest.fixture(scope="module")
def clients(services):
    with own_server("--fcm-url", services.url, "--apns-url", services.url) as clients:
        yield clients


def google_app(clients, services, **attributes):
    return clients.sns.create_platform_application(
        Name=unique_name("app"), Platform="GCM",
        Attributes={"PlatformCredential": services.service_account(), **attributes},
    )["PlatformApplicationArn"]


def apple_app(clients, services):
    return clients.sns.create_platform_application(Name=unique_name("app"), Platform="APNS", Attributes={
        "PlatformCredential": services.apple_key(),
        "PlatformPrincipal": "ABC123DEFG",
        "ApplePlatformTeamID": "TEAM123456",
        "ApplePlatformBundleID": "com.example.shop",
    })["PlatformApplicationArn"]


def device(clients, app, token, **arguments):
    answer = clients.sns.create_platform_endpoint(PlatformApplicationArn=app, Token=token, **arguments)
    return answer["EndpointArn"]


def test_firebase(clients, services):
    endpoint = device(clients, google_app(clients, services), "device-1")
    message = {"default": "d", "GCM": json.dumps({"notification": {"title": "New", "body": "Order"}})}
    clients.sns.publish(TargetArn=endpoint, Message=json.dumps(message), MessageStructure="json")
    service, path, _, body = services.next()
    assert (service, path) == ("fcm", "/v1/projects/shop/messages:send")
    assert body["message"]["token"] == "device-1"
    assert body["message"]["notification"] == {"title": "New", "body": "Order"}


def test_apple(clients, services):
    token = "ab" * 32
    endpoint = device(clients, apple_app(clients, services), token)
    message = {"default": "d", "APNS": json.dumps({"aps": {"alert": "Order"}})}
    attributes = {"AWS.SNS.MOBILE.APNS.PRIORITY": {"DataType": "String", "StringValue": "5"}}
    clients.sns.publish(
        TargetArn=endpoint, Message=json.dumps(message), MessageStructure="json", MessageAttributes=attributes
    )
    service, path, headers, body = services.next()
    assert (service, path, body) == ("apns", f"/3/device/{token}", {"aps": {"alert": "Order"}})
    assert (headers["apns-topic"], headers["apns-push-type"], headers["apns-priority"]) == (
        "com.example.shop", "alert", "5"
    )


def test_a_topic_reaches_devices(clients, services):
    endpoint = device(clients, google_app(clients, services), "device-2")
    topic = clients.sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    clients.sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=endpoint)
    clients.sns.publish(TopicArn=topic, Message="plain")
    _, _, _, body = services.next()
    assert body["message"]["data"] == {"default": "plain"}


def test_a_device_that_is_gone_is_disabled_and_its_app_told(clients, services):
    sns, sqs = clients.sns, clients.sqs
    topic = sns.create_topic(Name=unique_name("events"))["TopicArn"]
    url = sqs.create_queue(QueueName=unique_name())["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, url), Attributes={"RawMessageDelivery": "true"})
    app = google_app(clients, services, EventDeliveryFailure=topic, EventEndpointCreated=topic)
    endpoint = device(clients, app, "device-3")
    [created] = receive_until(sqs, url, 1)
    assert json.loads(created["Body"])["EventType"] == "EndpointCreated"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=created["ReceiptHandle"])
    detail = {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"}
    services.answers["device-3"] = (404, {"error": {"code": 404, "status": "NOT_FOUND", "details": [detail]}})
    sns.publish(TargetArn=endpoint, Message="hello")
    services.next()
    attributes = lambda: sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"]  # noqa: E731
    assert eventually(lambda: attributes()["Enabled"] == "false")
    [failure] = receive_until(sqs, url, 1)
    event = json.loads(failure["Body"])
    assert (event["EventType"], event["EndpointArn"]) == ("DeliveryFailure", endpoint)
    with refused("EndpointDisabled"):
        sns.publish(TargetArn=endpoint, Message="again")
    sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "true", "Token": "device-4"})
    sns.publish(TargetArn=endpoint, Message="again")
    assert services.next()[3]["message"]["token"] == "device-4"


def test_applications(clients, services):
    sns = clients.sns
    app = google_app(clients, services)
    assert ":app/GCM/" in app
    found = sns.get_platform_application_attributes(PlatformApplicationArn=app)["Attributes"]
    assert found == {"Enabled": "true"}
    assert app in {each["PlatformApplicationArn"] for each in sns.list_platform_applications()["PlatformApplications"]}
    sns.set_platform_application_attributes(PlatformApplicationArn=app, Attributes={"Enabled": "false"})
    endpoint = device(clients, app, "device-5")
    with refused("PlatformApplicationDisabled"):
        sns.publish(TargetArn=endpoint, Message="m")
    sns.delete_platform_application(PlatformApplicationArn=app)
    with refused("NotFound", status=404):
        sns.get_platform_application_attributes(PlatformApplicationArn=app)
    with refused("NotFound"):
        sns.get_endpoint_attributes(EndpointArn=endpoint)
    for platform, credential in [("GCM", "not json"), ("APNS", "no key"), ("ADM", "x"), ("Pigeon", "x")]:
        with refused("InvalidParameter"):
            sns.create_platform_application(
                Name="wrong", Platform=platform, Attributes={"PlatformCredential": credential}
            )


def test_endpoints(clients, services):
    sns = clients.sns
    app = google_app(clients, services)
    endpoint = device(clients, app, "token-1", CustomUserData="mine")
    assert device(clients, app, "token-1", CustomUserData="mine") == endpoint
    with refused("InvalidParameter") as caught:
        device(clients, app, "token-1", CustomUserData="other")
    assert "already exists with the same Token, but different attributes" in str(caught.value)
    assert sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"] == {
        "Enabled": "true", "Token": "token-1", "CustomUserData": "mine",
    }
    [listed] = sns.list_endpoints_by_platform_application(PlatformApplicationArn=app)["Endpoints"]
    assert listed["EndpointArn"] == endpoint
    sns.delete_endpoint(EndpointArn=endpoint)
    sns.delete_endpoint(EndpointArn=endpoint)
    with refused("NotFound", status=404):
        sns.publish(TargetArn=endpoint, Message="m")
