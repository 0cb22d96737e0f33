"""A real SMTP server on loopback, which keeps the mails it takes."""

import email
import email.policy
import socket
import threading
from queue import Empty, Queue

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, SECRET = b"relay-user", b"relay-secret"


class Mailbox:
    """An SMTP server on loopback; `answers` are replies to give before mails are taken."""

    def __init__(self):
        self.mails, self.answers, self._lock = Queue(), [], threading.Lock()
        mailbox = self

        class Handler:
            async def handle_DATA(self, _server, _session, envelope):
                with mailbox._lock:
                    answer = mailbox.answers.pop(0) if mailbox.answers else None
                if answer:
                    return answer
                mailbox.mails.put(envelope)
                return "250 taken"

        def authenticate(_server, _session, _envelope, _mechanism, data):
            return AuthResult(success=(data.login, data.password) == (USER, SECRET))

        # The controller wants to know its port beforehand.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._controller = Controller(
            Handler(), hostname="127.0.0.1", port=self.port, authenticator=authenticate, auth_required=True,
            auth_require_tls=False,
        )

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    def next(self, seconds=20):
        try:
            envelope = self.mails.get(timeout=seconds)
        except Empty:
            raise AssertionError("no mail came") from None
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        return envelope, message
