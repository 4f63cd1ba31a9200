"""Measure speed and memory, and write a dated table: `make bench`, or `python -m benchmarks RUN`.

Needs the folder that `SACCADE_DATA` names, with Multi30k in it; and, for answering, a trained run of multi30k-en-de.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import answering_speed, image_speed, starting, training_speed
from benchmarks.machine import heading

from saccade.errors import SaccadeError

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Measure part by part; print and add each to `results/DATE-speed.md` as soon as it is there."""
    run = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-speed.md"
    file.write_text("", encoding="utf-8")
    for part in _parts(run):
        print(part, flush=True)
        with file.open("a", encoding="utf-8") as results:
            results.write(part + "\n")


def _parts(run: Path | None) -> Iterator[str]:
    yield f"# Speed\n\n{heading()}"
    yield f"\n## Starting\n\n{starting.measure(run)}"
    if run is not None:
        yield f"\n## Answering test_2016, sentences a second, `{run.name}`\n\n{answering_speed.measure(run)}"
    yield f"\n## Images of 32×32, 64 a batch, gates beside the plain network\n\n{image_speed.measure()}"
    yield f"\n## Training, Multi30k en → de, 8,000 types a side, 64 pairs an update\n\n{training_speed.measure()}"


if __name__ == "__main__":
    try:
        main()
    except SaccadeError as error:
        sys.exit(f"benchmarks: {error}")
