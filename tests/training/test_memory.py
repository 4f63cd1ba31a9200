"""What is freed is kept: counted in pages that the system had to give."""

import ctypes
import os
import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
from saccade.training.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def use():
    first, second = bytearray(30 << 20), bytearray(20 << 20)  # set to 0, so touched
use()
before = pages()
for _ in range(10):
    use()
print(pages() - before)
"""

has_mallopt = sys.platform.startswith("linux") and hasattr(ctypes.CDLL(None), "mallopt")


def pages_got(how: str, **environment: str) -> int:
    own = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", SCRIPT, how]
    return int(subprocess.run(command, env={**own, **environment}, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(not has_mallopt, reason="another C library than glibc")
def test_freed_memory_is_kept():
    assert pages_got("kept") < 1000 < pages_got("by default")


@pytest.mark.skipif(not has_mallopt, reason="another C library than glibc")
def test_settings_of_the_user_are_left_alone():
    assert pages_got("kept", MALLOC_MMAP_THRESHOLD_="100000") > 1000
