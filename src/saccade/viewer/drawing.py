"""Drawings of two axes as SVG, and pages that hold some: drawn once, as they stand; no script is needed."""

import html
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, final

from saccade.viewer.curves import COLOURS
from saccade.viewer.page import asset

DASHES: Final = ("", "7 4", "2 4", "9 3 2 3")
Tick = tuple[float, str]
"""A value along an axis, and what is written there."""


@final
class Drawing(NamedTuple):
    """Where values lie in a drawing.

    Attributes:
        x: The least and the highest value from left to right.
        y: The same from bottom to top.
        width: Of the drawing, in its own units; a letter is 13 high.
        height: The same.
        left: Room for what is written there.
        bottom: The same.
        top: The same.
        right: The same.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    width: int = 720
    height: int = 412
    left: int = 70
    bottom: int = 64
    top: int = 14
    right: int = 18

    def across(self, value: float) -> float:
        """How far from the left a value lies."""
        return self.left + _share(value, self.x) * (self.width - self.left - self.right)

    def down(self, value: float) -> float:
        """How far from the top a value lies."""
        return self.height - self.bottom - _share(value, self.y) * (self.height - self.bottom - self.top)

    def points(self, places: Iterable[tuple[float, float]]) -> str:
        """Places as a line goes through them."""
        return " ".join(f"{self.across(x):.1f},{self.down(y):.1f}" for x, y in places)

    def frame(self, x_ticks: Sequence[Tick], y_ticks: Sequence[Tick], x_label: str, y_label: str) -> Iterator[str]:
        """Lines from side to side at the ticks of y, and what is written around."""
        for value, label in y_ticks:
            y = self.down(value)
            yield f'<line class="grid" x1="{self.left}" x2="{self.width - self.right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text x="{self.left - 8}" y="{y + 4:.1f}" text-anchor="end">{html.escape(label)}</text>'
        below = self.height - self.bottom + 26
        for value, label in x_ticks:
            yield f'<text x="{self.across(value):.1f}" y="{below}" text-anchor="middle">{html.escape(label)}</text>'
        middle = (self.left + self.width - self.right) / 2
        yield (
            f'<text class="name" x="{middle:.0f}" y="{self.height - 6}" text-anchor="middle">'
            f"{html.escape(x_label)}</text>"
        )
        up = (self.top + self.height - self.bottom) / 2
        yield (
            f'<text class="name" x="18" y="{up:.0f}" text-anchor="middle" '
            f'transform="rotate(-90 18 {up:.0f})">{html.escape(y_label)}</text>'
        )

    def drawn(self, parts: Iterable[str], spoken: str) -> str:
        """The whole drawing; `spoken` is what is said to who can't see it."""
        head = f'<svg viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{html.escape(spoken)}">'
        return "\n".join([head, *parts, "</svg>"])


def stroke(number: int) -> str:
    """The colour and dashes of a run's line."""
    return f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-dasharray="{DASHES[number % len(DASHES)]}"'


def keys(names: Iterable[str]) -> str:
    """What the line of each run looks like."""
    lines = [
        '<li><svg viewBox="0 0 36 12" aria-hidden="true">'
        f'<line x1="0" x2="36" y1="6" y2="6" {stroke(number)} stroke-width="2.5"/></svg>'
        f"<bdi>{html.escape(name)}</bdi></li>"
        for number, name in enumerate(names)
    ]
    return f'<ul class="keys">{"".join(lines)}</ul>'


def still_page(title: str, body: str) -> str:
    """A page without script, complete in itself."""
    heading = html.escape(title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{heading}</title>\n<style>{asset('curves.css')}</style>\n</head>\n<body>\n"
        f'<h1 dir="auto">{heading}</h1>\n{body}\n</body>\n</html>\n'
    )


def round_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values between two, in `most` steps at the most.

    Example:
        >>> round_ticks(0.0, 47.25), round_ticks(91.5, 96.25, most=3)
        ([0.0, 10.0, 20.0, 30.0, 40.0], [92.0, 94.0, 96.0])
    """
    power = 10 ** math.floor(math.log10(high - low))
    step = next(size * power for size in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if (high - low) / (size * power) <= most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    # Rounded, or 0.1 + 0.2 would be written at length.
    return [round(step * number, 12) for number in range(first, last + 1)]


def _share(value: float, ends: tuple[float, float]) -> float:
    return (value - ends[0]) / (ends[1] - ends[0])
