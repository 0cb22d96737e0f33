"""The web endpoint that notifications are delivered to, one for a whole run."""

import json
import subprocess


class Receiver:
    """A context manager: the receiver's process. It ends when its standard input is closed."""

    def __init__(self, place):
        self.place, self.process, self.addresses = place, None, None

    def __enter__(self):
        self.process = subprocess.Popen(
            [str(self.place.binaries / "receiver"), "--certificate", str(self.place.certificate)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, text=True,
        )
        self.addresses = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def url(self, scheme):
        return f"{scheme}://{self.addresses[scheme]}/"
