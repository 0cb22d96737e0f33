"""An endpoint that is not to be relied upon."""

import threading

FLAP_SECONDS = 0.7


class Flapping:
    """An endpoint that works, fails and refuses connections in turns; afterwards it works."""

    def __init__(self, web, deliveries):
        self._web = web
        self._deliveries = deliveries
        self._works = True
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._flap)
        self.endpoint = web.open(self.answer)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    async def answer(self, message):
        if not self._works:
            return 500
        self._deliveries.received("flapping", message)
        return 200

    def _flap(self):
        while not self._over.wait(FLAP_SECONDS):
            self._works = False
            self._over.wait(FLAP_SECONDS)
            self._web.run(self.endpoint.refuse())
            self._over.wait(FLAP_SECONDS)
            self._works = True
            self._web.run(self.endpoint.listen())
