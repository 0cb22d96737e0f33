"""What it is all for: one message to a queue, an HTTPS endpoint that verifies it and a mailbox, past a receiver that is away and
a server that is killed."""

import json
import re
import socket
from urllib.request import urlopen

import trustme

from conftest import connect
from expectations import arn_of, bodies, receive_until
from mailbox_server import SECRET, USER, Mailbox
from ninefold_server import Server, binary_from_environment
from signatures import verify
from web_endpoint import WebEndpoint

PATIENT = {"healthyRetryPolicy": {"numRetries": 50, "minDelayTarget": 1, "maxDelayTarget": 1}}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_one_message_reaches_everybody_whatever_happens(tmp_path):
    authority = trustme.CA()
    roots, certificate = tmp_path / "roots.pem", authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(str(roots))
    address = f"127.0.0.1:{free_port()}"
    with Mailbox() as mailbox:
        relay = f"smtp://{USER.decode()}:{SECRET.decode()}@127.0.0.1:{mailbox.port}"
        options = [
            "--mail-relay", relay, "--mail-sender", "topics@example.com", "--trusted-certificates", str(roots),
            "--public-url", f"http://{address}",
        ]
        server = Server(binary_from_environment(), tmp_path / "data", *options, port=address.split(":")[1])
        with server:
            sns, sqs = connect(server.endpoint, "sns"), connect(server.endpoint, "sqs")
            topic = sns.create_topic(Name="everything")["TopicArn"]
            url = sqs.create_queue(QueueName="everything")["QueueUrl"]
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(sqs, url))
            with WebEndpoint(certificate=certificate) as web:
                sns.subscribe(TopicArn=topic, Protocol="https", Endpoint=web.url, Attributes={
                    "DeliveryPolicy": json.dumps(PATIENT),
                })
                web.confirm()
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.com")
            _, message = mailbox.next()
            with urlopen(re.search(r"https?://\S+", message.get_content())[0], timeout=10) as answer:
                assert answer.status == 200
            # The web endpoint is away, and the relay takes nothing.
            mailbox.answers = ["451 later"] * 1_000
            sent = sns.publish(TopicArn=topic, Message="to everybody", Subject="everything")["MessageId"]
            server.kill()
            mailbox.answers = []
            with WebEndpoint(certificate=certificate, port=web.port) as web:
                server.start()
                sqs = connect(server.endpoint, "sqs")
                [envelope] = [json.loads(body) for body in bodies(receive_until(sqs, url, 1))]
                assert (envelope["MessageId"], envelope["Message"]) == (sent, "to everybody")
                verify(envelope)
                post = web.next(60)
                assert post.json()["MessageId"] == sent
                verify(post.json())
                envelope, message = mailbox.next(90)
                assert (envelope.rcpt_tos, message["Subject"]) == (["reader@example.com"], "everything")
                assert sent in message["Message-ID"]
