"""Stand-ins for Firebase Cloud Messaging and the Apple Push Notification service, over HTTP/2 without TLS."""

import asyncio
import base64
import json
import threading
from queue import Empty, Queue
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypercorn.asyncio import serve
from hypercorn.config import Config


def _decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _parts(token):
    head, claims, signature = token.split(".")
    return json.loads(_decoded(head)), json.loads(_decoded(claims)), _decoded(signature), f"{head}.{claims}".encode()


class PushServices:
    """`pushes` are (service, path, headers, body); `answers` maps device tokens to (status, body)."""

    def __init__(self):
        self.pushes, self.answers = Queue(), {}
        self.google = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.apple = ec.generate_private_key(ec.SECP256R1())
        self._loop, self._stop = asyncio.new_event_loop(), None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def service_account(self):
        key = self.google.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return json.dumps({
            "type": "service_account", "project_id": "shop", "private_key_id": "k1", "private_key": key.decode(),
            "client_email": "push@shop.example", "token_uri": f"{self.url}/token",
        })

    def apple_key(self):
        return self.apple.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def next(self, seconds=15):
        try:
            return self.pushes.get(timeout=seconds)
        except Empty:
            raise AssertionError("nothing was pushed") from None

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(15)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self):
        self._stop = asyncio.Event()
        config = Config()
        sockets_config = Config()
        sockets_config.bind = ["127.0.0.1:0"]
        sockets = sockets_config.create_sockets()
        [socket] = sockets.insecure_sockets
        self.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
        config.bind = [f"fd://{socket.detach()}"]
        config.accesslog = config.errorlog = None
        self._loop.call_later(0.1, self._ready.set)
        await serve(self._app, config, shutdown_trigger=self._stop.wait)

    async def _app(self, scope, receive, send):
        if scope["type"] != "http":
            return
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, answer = self._answer(scope, headers, body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode() if answer else b""})

    def _answer(self, scope, headers, body):
        path = scope["path"]
        if path == "/token":
            return self._token(parse_qs(body.decode()))
        if path.startswith("/v1/projects/shop/"):
            if headers["authorization"] != "Bearer access-1":
                return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}}
            message = json.loads(body)
            self.pushes.put(("fcm", path, headers, message))
            return self.answers.get(message["message"]["token"], (200, {"name": "projects/shop/messages/1"}))
        if path.startswith("/3/device/"):
            assert scope["http_version"] == "2", scope["http_version"]
            self._check_apple_token(headers["authorization"].removeprefix("bearer "))
            self.pushes.put(("apns", path, headers, json.loads(body)))
            return self.answers.get(path.rsplit("/", 1)[1], (200, None))
        return 404, None

    def _token(self, form):
        head, claims, signature, signed = _parts(form["assertion"][0])
        self.google.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        assert (head["alg"], claims["iss"], claims["aud"]) == ("RS256", "push@shop.example", f"{self.url}/token")
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        return 200, {"access_token": "access-1", "expires_in": 3600, "token_type": "Bearer"}

    def _check_apple_token(self, token):
        head, claims, signature, signed = _parts(token)
        assert (head["alg"], head["kid"], claims["iss"]) == ("ES256", "ABC123DEFG", "TEAM123456")
        r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        self.apple.public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
