"""Figures as blocks of a page: scores, how maps fall on what is to be seen, how far they can be trusted."""

from collections.abc import Iterator, Mapping

from saccade.maps import Liveliness, Trust
from saccade.metrics import Interval, Pointing
from saccade.run.figures import Figure
from saccade.viewer import Block, table_block, trust_block


def figures_block(figures: Mapping[str, Figure], on: str) -> Block:
    """Every figure with its interval, and how to compute it again; `on` says on what it was measured."""
    rows = [[name, f"{one.score.score:.2f}", _interval(one.score), one.signature] for name, one in figures.items()]
    return table_block(["figure", "score", "95 % interval", "signature"], rows, title=f"How good it is: {on}")


def pointing_block(pointing: Mapping[str, Pointing], title: str) -> Block:
    """How often a map's highest place, and how much of its mass, falls on what is to be seen."""
    rows = [
        [
            f"{name}: {what}",
            f"{one.score.score:.2f}",
            _interval(one.score),
            f"{one.random.score:.2f}",
            f"{one.chance:.2f}",
        ]
        for name, found in pointing.items()
        for what, one in (("highest place", found.game), ("mass", found.mass))
    ]
    return table_block(["map", "on it, %", "95 % interval", "random map", "chance"], rows, title=title)


def trust_blocks(trust: Trust | None, maps: Liveliness | None = None) -> Iterator[Block]:
    """How far the maps can be trusted, each figure beside maps that know nothing; and whether they move."""
    if trust is not None:
        yield trust_block(trust.to_json(), title="Can the maps be trusted?")
    if maps is not None:
        between = "–" if maps.between is None else f"{maps.between:.2f}"
        rows = [
            ["the model's", f"{maps.entropy:.2f}", f"{maps.movement:.2f}", between, f"{maps.monotonic:.2f}"],
            ["constant", f"{maps.constant_entropy:.2f}", "0.00", "0.00", "1.00"],
        ]
        head = ["maps", "entropy", "movement", "between inputs", "monotonic"]
        yield table_block(head, rows, caption=maps.verdict or "", title="Do they move?")


def _interval(score: Interval) -> str:
    return f"{score.low:.2f} … {score.high:.2f}"
