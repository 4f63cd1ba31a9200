"""Start-up: from the command to its first output, in seconds."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median


def measure(run: Path | None) -> str:
    """Time `--help`, and an answer from a cold start where there is a run; give the table."""
    commands = {"saccade --help": ["--help"]}
    if run is not None:
        commands[f"saccade predict {run.name} TEXT"] = ["predict", str(run), "a man in a blue shirt is standing ."]
    lines = ["| command | seconds |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {_seconds(words):.2f} |" for name, words in commands.items())])


def _seconds(words: list[str]) -> float:
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "saccade", *words], capture_output=True, check=True)
        seconds.append(time.perf_counter() - began)
    return median(seconds)
