"""Measure speed and memory, and write a dated table: `make bench`, or `python -m benchmarks RUN`.

Needs the folder that `SACCADE_DATA` names, with Multi30k in it; and, for answering, a trained run of multi30k-en-de.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import answering_speed, starting, training_speed
from benchmarks.machine import heading

from saccade.errors import SaccadeError

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure, print, and write `results/DATE-speed.md`."""
    run = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    parts = ["# Speed", heading(), "## Starting", starting.measure(run)]
    parts += ["## Training, Multi30k en → de, 8,000 types a side, 64 pairs an update", training_speed.measure()]
    if run is not None:
        parts += [f"## Answering test_2016, sentences a second, `{run.name}`", answering_speed.measure(run)]
    text = "\n\n".join(parts) + "\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-speed.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    try:
        main()
    except SaccadeError as error:
        sys.exit(f"benchmarks: {error}")
