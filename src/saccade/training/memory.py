"""How the C library handles the memory of a training."""

import ctypes
import os
import sys
from typing import Final

# Of <malloc.h>.
M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
LARGEST_MMAP_THRESHOLD: Final = 32 * 2**20
"""In bytes; glibc takes no more."""


def keep_freed_memory() -> None:
    """Let the C library keep what is freed for what is needed next; settings of the user are left alone.

    Each step of a training frees as much as the next one needs. By default glibc gives large blocks back to the system
    at once and gets them anew, page by page, each set to zero: a fifth of the time of a step with images of 32×32. The
    setting is one of the whole process, for blocks up to 32 MiB. Other C libraries are not touched.
    """
    if not sys.platform.startswith("linux") or any(name.startswith("MALLOC_") for name in os.environ):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGEST_MMAP_THRESHOLD)
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
