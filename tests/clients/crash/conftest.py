"""What the crash tests have in common."""

import os
import random

import pytest


@pytest.fixture
def chance():
    """Where the times of the kills come from."""
    seed = int(os.environ.get("NINEFOLD_CRASH_SEED") or random.SystemRandom().randrange(2**32))
    print(f"NINEFOLD_CRASH_SEED={seed} repeats the times of these kills")
    return random.Random(seed)
