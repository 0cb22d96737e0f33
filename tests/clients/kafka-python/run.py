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

from kafka import KafkaAdminClient

from left_out import DESELECTED, FILES, RACY, SKIPPED

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[2] / ".cache" / "kafka-python"
VERSION_SPOKEN = "4.3"
TEST_SECONDS = 60
TOPICS = ["transactional_test_topic"]


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


def create_topics(address):
    """What the tests expect to be made for the asking with more partitions than one (`num.partitions`)."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics({name: {"num_partitions": 4, "replication_factor": 1} for name in TOPICS})
    admin.close()


class Outcomes:
    """Marks the tests that may be run again, and notes which were deselected and which were skipped."""

    def __init__(self):
        self.deselected = set()
        self.skipped = {}
        self.racy = set()

    def pytest_collection_modifyitems(self, items):
        for item in items:
            test = item.nodeid.split("[")[0]
            if test in RACY:
                self.racy.add(test)
                item.add_marker(pytest.mark.flaky(reruns=RACY[test]))

    def pytest_deselected(self, items):
        self.deselected.update(item.nodeid for item in items)

    def pytest_runtest_logreport(self, report):
        if report.skipped:
            self.skipped[report.nodeid] = report.longrepr[2] if report.longrepr else "?"

    def differences(self):
        """How what was skipped differs from what is meant to be."""
        surprising = [f"skipped: {test}: {why}" for test, why in self.skipped.items() if test not in SKIPPED]
        missing = (SKIPPED.keys() - self.skipped.keys()) | (DESELECTED.keys() - self.deselected) | (RACY.keys() - self.racy)
        return surprising + [f"no such test, or it was run: {test}" for test in missing]


def main():
    host, port = os.environ["NINEFOLD_KAFKA"].rsplit(":", 1)
    os.environ.update(KAFKA_URI=f"kafka://{host}:{port}", KAFKA_VERSION=VERSION_SPOKEN)
    create_topics(f"{host}:{port}")
    outcomes = Outcomes()
    with tempfile.TemporaryDirectory(prefix="kafka-python-") as folder:
        root = unpacked(Path(folder))
        missing = [f"no such file: {name}" for name in FILES if not (root / name).exists()]
        os.chdir(root)
        sys.path.insert(0, str(root))
        options = ["-q", "-p", "no:cacheprovider", "-p", "no:logging", "-p", "no:warnings", "--tb=short"]
        limits = [f"--timeout={TEST_SECONDS}", "--timeout-method=signal"]
        ignored = [f"--ignore={name}" for name in FILES] + [f"--deselect={name}" for name in DESELECTED]
        chosen = sys.argv[1:]
        status = pytest.main([*options, *limits, *ignored, *(chosen or ["test/integration"])], plugins=[outcomes])
        os.chdir(HERE)
    differences = missing + ([] if chosen else outcomes.differences())
    for difference in differences:
        print(f"left_out.py and the tests differ: {difference}")
    return int(status) or (1 if differences else 0)


if __name__ == "__main__":
    sys.exit(main())
