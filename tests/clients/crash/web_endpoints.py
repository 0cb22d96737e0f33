"""HTTP endpoints on loopback that outlive the server under test, each on a port of its own.

All of them live on one event loop in a thread of its own: what answers late or never holds up nobody else.
"""

import asyncio
import json
import queue
import socket
import threading
import urllib.request

NEVER = None
CONFIRMATION_SECONDS = 20


class WebEndpoints:
    """Where endpoints are opened; they are closed with it. With `tls`, a server's `SSLContext`, they speak HTTPS."""

    def __init__(self, tls=None):
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._opened = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        for endpoint in self._opened:
            self.run(endpoint.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self, answer):
        """An endpoint that calls `await answer(text)` for each notification or event; it returns a status or `NEVER`."""
        endpoint = WebEndpoint(answer, self._tls)
        self._opened.append(endpoint)
        self.run(endpoint.listen())
        return endpoint

    def run(self, coroutine):
        """Runs something on the endpoints' loop and waits for it."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


class WebEndpoint:
    def __init__(self, answer, tls):
        self._answer = answer
        self._tls = tls
        # Bound and never listening: keeps the port while the endpoint refuses connections.
        self._reservation = bound_socket(0)
        self._port = self._reservation.getsockname()[1]
        self.protocol = "https" if tls else "http"
        self.url = f"{self.protocol}://127.0.0.1:{self._port}/"
        self._server = None
        self._conversations = set()
        self._confirmations = queue.Queue()

    async def listen(self):
        if self._server is None:
            self._server = await asyncio.start_server(self._converse, sock=bound_socket(self._port), ssl=self._tls)

    async def refuse(self):
        """Refuses connections from now on, and ends those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        conversations = list(self._conversations)
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def close(self):
        await self.refuse()
        self._reservation.close()

    def confirm(self):
        """Follows the link in the confirmation that comes next."""
        with urllib.request.urlopen(self._confirmations.get(timeout=CONFIRMATION_SECONDS), timeout=10) as answer:
            assert answer.status == 200

    async def _converse(self, reader, writer):
        conversation = asyncio.current_task()
        self._conversations.add(conversation)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(content_length(head))
                status = await self._status_for(json.loads(body))
                if status is NEVER:
                    await reader.read()  # until the other side gives up
                    return
                writer.write(b"HTTP/1.1 %d Answer\r\nContent-Length: 0\r\n\r\n" % status)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has gone: it was killed, or does not need the connection any more
        except asyncio.CancelledError:
            pass  # this side has gone, on purpose: a task that ends as cancelled would be logged as a fault
        finally:
            self._conversations.discard(conversation)
            writer.transport.abort()

    async def _status_for(self, document):
        kind = document.get("Type")
        if kind is None:  # an event of EventBridge
            return await self._answer(document["detail"]["message"])
        if kind == "SubscriptionConfirmation":
            self._confirmations.put(document["SubscribeURL"])
            return 200
        return await self._answer(document["Message"])


def bound_socket(port):
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def content_length(head):
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
