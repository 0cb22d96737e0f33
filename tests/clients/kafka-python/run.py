"""Runs kafka-python's own integration tests, from its source distribution, against Ninefold's broker."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from left_out import FILES, SKIPPED

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[2] / ".cache" / "kafka-python"
VERSION_SPOKEN = "4.1.0"
TEST_SECONDS = 60


def downloaded():
    """The source distribution, which pip checks against the digest in `source.txt`."""
    wanted = hashlib.sha256((HERE / "source.txt").read_bytes()).hexdigest()
    folder = CACHE / wanted[:16]
    if not list(folder.glob("*.tar.gz")):
        shutil.rmtree(CACHE, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        source = ["--no-deps", "--no-binary", ":all:", "--requirement", str(HERE / "source.txt")]
        subprocess.run([*pip, *source, "--dest", str(folder)], check=True)
    return next(folder.glob("*.tar.gz"))


def unpacked(folder):
    """The tests, with what the source distribution lacks to run them."""
    with tarfile.open(downloaded()) as archive:
        archive.extractall(folder, filter="data")
    root = next(folder.glob("kafka_python-*"))
    (root / "test" / "__init__.py").touch()
    shutil.copy(HERE / "external_service.py", root / "test" / "service.py")
    # The tests look for an Apache Kafka of the version, which they don't start.
    (root / "servers" / VERSION_SPOKEN / "kafka-bin").mkdir(parents=True)
    # The library under test is the one that is installed.
    shutil.rmtree(root / "kafka")
    return root


class Outcomes:
    """Notes which tests there were and which were skipped."""

    def __init__(self):
        self.skipped = {}

    def pytest_runtest_logreport(self, report):
        if report.skipped:
            self.skipped[report.nodeid] = report.longrepr[2] if report.longrepr else "?"

    def differences(self):
        """How what was skipped differs from what is meant to be."""
        surprising = [f"skipped: {test}: {why}" for test, why in self.skipped.items() if test not in SKIPPED]
        return surprising + [f"not skipped: {test}" for test in SKIPPED if test not in self.skipped]


def main():
    host, port = os.environ["NINEFOLD_KAFKA"].rsplit(":", 1)
    os.environ.update(KAFKA_URI=f"kafka://{host}:{port}", KAFKA_VERSION=VERSION_SPOKEN)
    outcomes = Outcomes()
    with tempfile.TemporaryDirectory(prefix="kafka-python-") as folder:
        root = unpacked(Path(folder))
        missing = [f"no such file: {name}" for name in FILES if not (root / name).exists()]
        os.chdir(root)
        sys.path.insert(0, str(root))
        options = ["-q", "-p", "no:cacheprovider", "-p", "no:logging", "--tb=short", f"--timeout={TEST_SECONDS}"]
        ignored = [f"--ignore={name}" for name in FILES]
        chosen = sys.argv[1:]
        status = pytest.main([*options, *ignored, *(chosen or ["test/integration"])], plugins=[outcomes])
        os.chdir(HERE)
    differences = missing + ([] if chosen else outcomes.differences())
    for difference in differences:
        print(f"left_out.py and the tests differ: {difference}")
    return int(status) or (1 if differences else 0)


if __name__ == "__main__":
    sys.exit(main())
