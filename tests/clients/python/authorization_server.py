"""An authorization server (OAuth 2.0, Authlib's), and an API that takes nothing without one of its tokens; TLS on loopback."""

import secrets
import ssl
import threading
import time
from queue import Empty, Queue

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from flask import Flask, request
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT_ID = "ninefold"
CLIENT_SECRET = "a secret of 32 characters & more"


class Client(ClientMixin):
    def get_client_id(self):
        return CLIENT_ID

    def get_allowed_scope(self, scope):
        return " ".join(name for name in (scope or "").split() if name in ("orders", "invoices"))

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret.encode(), CLIENT_SECRET.encode())

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_basic", "client_secret_post")

    def check_grant_type(self, grant_type):
        return grant_type == "client_credentials"


class Token(TokenMixin):
    def __init__(self, granted):
        self.scope = granted.get("scope", "")
        self.expires_at = time.time() + granted["expires_in"]
        self.revoked = False

    def get_scope(self):
        return self.scope

    def is_expired(self):
        return time.time() > self.expires_at

    def is_revoked(self):
        return self.revoked


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class Validator(BearerTokenValidator):
    def __init__(self, tokens):
        super().__init__()
        self._tokens = tokens

    def authenticate_token(self, token_string):
        return self._tokens.get(token_string)


class QuietHandler(WSGIRequestHandler):
    def log_request(self, *_):
        pass


class ProtectedShop:
    """`/token` grants tokens, `/orders` takes orders that come with one for them. `posts` are those taken, with their headers;
    `refusals` tell what was not: which path, and the status. On a `port` of the test's choice it can be away for a while."""

    def __init__(self, certificate, port=0):
        self.posts, self.tokens, self.refusals = Queue(), {}, Queue()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self._server = make_server(
            "127.0.0.1", port, self._app(), threaded=True, request_handler=QuietHandler, ssl_context=context
        )
        self.port = self._server.server_port
        self.url = f"https://localhost:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def revoke(self):
        """What was granted so far is worth nothing any more."""
        for token in self.tokens.values():
            token.revoked = True

    def next(self, seconds=15):
        """The next order that is taken; fails if none comes in time."""
        try:
            return self.posts.get(timeout=seconds)
        except Empty:
            raise AssertionError("no order has come") from None

    def _app(self):
        app = Flask(__name__)
        app.config["OAUTH2_SCOPES_SUPPORTED"] = ["orders", "invoices"]
        server = AuthorizationServer()
        server.init_app(
            app,
            query_client=lambda client_id: Client() if client_id == CLIENT_ID else None,
            save_token=lambda granted, _: self.tokens.update({granted["access_token"]: Token(granted)}),
        )
        server.register_grant(ClientCredentialsGrant)
        protected = ResourceProtector()
        protected.register_token_validator(Validator(self.tokens))

        @app.post("/token")
        def token():
            return server.create_token_response()

        @app.post("/orders")
        @protected("orders")
        def orders():
            self.posts.put((request.get_json(), dict(request.headers)))
            return {"taken": True}

        @app.after_request
        def note(response):
            if response.status_code >= 400:
                self.refusals.put((request.path, response.status_code))
            return response

        return app
