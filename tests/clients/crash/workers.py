"""Threads that put load on a server that may die at any moment."""

import threading

from wire import Unreachable


class Workers:
    """Threads that do their jobs until they are told to stop or the server is gone."""

    def __init__(self, *jobs):
        self.stop = threading.Event()
        self.failures = []
        self._threads = [threading.Thread(target=self._work, args=(job,)) for job in jobs]

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def join(self):
        self.stop.set()
        for thread in self._threads:
            thread.join()
        assert not self.failures, self.failures[0]

    def _work(self, job):
        try:
            job(self.stop)
        except Unreachable:
            pass  # the server was killed: the round is over
        except BaseException as failure:
            self.failures.append(failure)
            self.stop.set()
