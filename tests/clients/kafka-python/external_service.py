"""Stands in for `test/service.py`, which the source distribution of kafka-python leaves out of its tests.

The tests take a broker that is there already as an `ExternalService`, and never start a `SpawnedService` then.
"""


class ExternalService:
    def __init__(self, host, port):
        self.host, self.port = host, port

    def open(self):
        pass

    def close(self):
        pass


class SpawnedService:
    def __init__(self, *_arguments, **_options):
        raise RuntimeError("the tests run against a broker that is there already")
