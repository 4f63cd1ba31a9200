"""Pairs from files: tab-separated, two aligned files, JSON lines, Parquet, or a data set on a hub."""

from pathlib import Path

from saccade.data.lines import lines_of
from saccade.data.pairs import Pairs
from saccade.errors import DataError


def read_pairs(paths: tuple[str | Path, str | Path]) -> Pairs:
    return Pairs.of(_aligned(Path(paths[0]), Path(paths[1])))


def _aligned(source: Path, target: Path):
    for (_, a), (_, b) in zip(lines_of(source), lines_of(target), strict=True):
        yield a, b
