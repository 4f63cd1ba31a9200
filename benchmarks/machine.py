"""What a figure was measured on, and the rate of the products that bound it."""

import os
import platform
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import torch
from torch.nn import functional


def heading() -> str:
    """Date, machine, commit: what stands over every table."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=False)
    state = " with changes" if changed.stdout.strip() else ""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · commit {commit.stdout.strip() or 'unknown'}{state} · "
        f"{_processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads · "
        f"Python {platform.python_version()} · torch {torch.__version__}"
    )


def product_gflops(dtype: torch.dtype, rows: int = 64, inner: int = 512, columns: int = 1536) -> float:
    """Rate of a product (rows × inner)(inner × columns), in 10⁹ floating-point operations a second."""
    inputs, weight = torch.randn(rows, inner).to(dtype), torch.randn(columns, inner).to(dtype)
    seconds = timed(lambda: functional.linear(inputs, weight), times=60)
    return 2 * rows * inner * columns / seconds / 1e9


def timed(call: Callable[[], object], times: int) -> float:
    """Median seconds of a call, after three that are not counted."""
    for _ in range(3):
        call()
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def peak_rss_mb() -> float:
    """Peak resident memory of this process, in MB. (`getrusage` would count the parent's, from before the `exec`.)"""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) * 1.024e-3


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
