"""Runs the Kinesis Client Library against Ninefold's streams. Its leases are in DynamoDB, which is Moto's."""

import logging
import os
import subprocess
import sys
from pathlib import Path

from moto.server import ThreadedMotoServer

HERE = Path(__file__).resolve().parent


def main():
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        environment = {**os.environ, "MOTO_ENDPOINT": f"http://{host}:{port}"}
        return subprocess.run(["mvn", "--batch-mode", "--no-transfer-progress", "test"], cwd=HERE, env=environment).returncode
    finally:
        moto.stop()


if __name__ == "__main__":
    sys.exit(main())
