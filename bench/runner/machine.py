"""What the numbers were measured on."""

import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

SYNC_SECONDS = 1.0
SYNC_BYTES = 4096
PROBE_LIMIT = 100_000


def describe(place):
    """Lines of Markdown: processor, memory, disk, kernel, commit, and how busy the machine already is."""
    load = os.getloadavg()[0]
    busy = " (**busy: do not trust these numbers**)" if load > 0.5 else ""
    return [
        f"- {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, commit {commit(place)}",
        f"- {os.cpu_count()} × {processor()}, {memory_bytes() / 2**30:.0f} GiB, Linux {platform.release()}",
        f"- data directories on {filesystem(place.cache)}; 4 KiB append + fdatasync: "
        f"{syncs_per_second(place.cache):,.0f}/s",
        f"- load average at the start {load:.2f}{busy}",
    ]


def commit(place):
    result = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=place.repository,
                            capture_output=True, text=True)
    return result.stdout.strip() or "unknown"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def filesystem(path):
    result = subprocess.run(["stat", "-f", "-c", "%T", str(path)], capture_output=True, text=True)
    return result.stdout.strip() or "an unknown filesystem"


def syncs_per_second(directory):
    """How often the disk makes a small append durable: the bound of every acknowledgement without group commit."""
    block = b"x" * SYNC_BYTES
    with tempfile.NamedTemporaryFile(dir=directory, buffering=0) as file:
        begin = time.monotonic()
        for done in range(1, PROBE_LIMIT + 1):
            file.write(block)
            os.fdatasync(file.fileno())
            if time.monotonic() - begin > SYNC_SECONDS:
                break
        return done / (time.monotonic() - begin)
