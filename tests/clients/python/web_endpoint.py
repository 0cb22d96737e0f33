"""A web server on loopback that notes what is sent to it and answers as the test wants."""

import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from urllib.request import urlopen


class Post:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @property
    def kind(self):
        return self.headers["x-amz-sns-message-type"]

    def json(self):
        return json.loads(self.body)


class WebEndpoint:
    """`answers` are the status codes to answer with, one after the other, or pairs of one and headers; then it is always 200.
    With a certificate (of `trustme`) it speaks HTTPS. On a `port` of the test's choice it can be away for a while."""

    def __init__(self, answers=(), certificate=None, port=0):
        self.posts = Queue()
        self._answers = list(answers)
        self._lock = threading.Lock()
        self._is_away = False
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                if endpoint._is_away:
                    # On a connection from before.
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                endpoint.posts.put(Post(self.command, self.path, self.headers, body))
                status, headers = endpoint._next_answer()
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_PUT = do_POST

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.url = f"https://localhost:{self.port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_away = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, *statuses):
        with self._lock:
            self._answers = list(statuses)

    def next(self, seconds=15):
        """The next post; fails if none comes in time."""
        try:
            return self.posts.get(timeout=seconds)
        except Empty:
            raise AssertionError("nothing was posted") from None

    def confirm(self):
        """Follows the link in the confirmation that comes next; returns the confirmation."""
        post = self.next()
        assert post.kind == "SubscriptionConfirmation", post.kind
        with urlopen(post.json()["SubscribeURL"], timeout=10) as answer:
            assert answer.status == 200
        return post

    def _next_answer(self):
        with self._lock:
            answer = self._answers.pop(0) if self._answers else 200
        return answer if isinstance(answer, tuple) else (answer, {})
