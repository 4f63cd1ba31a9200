"""Looks at images as a picture: the image, every map laid over it, and bars below."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from saccade.maps import AttentionMap, ImageLook, flat, is_grid
from saccade.maps.image_map import averaged
from saccade.viewer.fonts import fonts_for, missing_messages, replaced
from saccade.viewer.image_shades import COLOUR_MAP, choice_axis, shade_range, short_names
from saccade.viewer.picture import INK, PAPER, SOFT, save_figure
from saccade.viewer.segments import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BAR, _LINE = "#3148b4", "#e4e2da"
_OPACITY = 0.6
# Inches.
_TILE, _GAP, _EDGE, _HEAD, _CAPTION, _KEY, _BARS, _TICKS = 1.9, 0.22, 0.3, 0.55, 0.36, 0.3, 1.0, 0.25
_IN_A_ROW = 6
# A label is named whose probability is above this.
_SAID = 0.0005
_DPI, _MOST_PIXELS = 160, 60_000


class _Place(NamedTuple):
    """A rectangle of the figure, in inches from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


def draw_images(looks: ImageLook | Sequence[ImageLook], path: str | Path) -> list[str]:
    """Draw looks at images, one above the other, into a PNG file.

    Args:
        looks: One or several.
        path: Where to; a file of that name is replaced at the very end.

    Returns:
        A message for each script that no font of this machine can write; empty if all is legible.

    Raises:
        StorageError: The file could not be written.
    """
    figure, messages = image_figure([looks] if isinstance(looks, ImageLook) else list(looks))
    save_figure(figure, path)
    return messages


def image_figure(looks: Sequence[ImageLook]) -> tuple["Figure", list[str]]:
    """The figure that `draw_images` saves, to be changed at will, and the messages.

    Of several channels or heads, the mean is drawn. Each overlay has its own scale below it; a scale spans at least a
    tenth of what the layer's weights could span, so that a map that hardly varies looks like one.
    """
    from matplotlib.figure import Figure

    # `visible`: half a character, as a file's name may have, cannot be drawn.
    texts = [visible(text) for look in looks for text in _texts(look)]
    families, missing = fonts_for(texts)
    across = max((_across(look) for look in looks), default=1)
    heights = [_height(look, across) for look in looks]
    size = (2 * _EDGE + across * (_TILE + _GAP) - _GAP, 2 * _EDGE + sum(heights))
    figure = Figure(figsize=size, dpi=min(_DPI, _MOST_PIXELS / max(size)), facecolor=PAPER)
    top = _EDGE
    for number, (look, height) in enumerate(zip(looks, heights, strict=True), 1):
        _Sheet(figure, top, across, families, missing, number).draw(look)
        top += height
    return figure, missing_messages(texts, missing)


class _Sheet(NamedTuple):
    """Where one look is drawn, and how its texts are written."""

    figure: "Figure"
    top: float
    across: int
    families: list[str]
    missing: frozenset[str]
    number: int

    def draw(self, look: ImageLook) -> None:
        names = dict(zip((seen.layer for seen in look.maps), short_names([s.layer for s in look.maps]), strict=True))
        self._heading(look)
        tall = _tile_height(look)
        for place, seen in zip(self._tiles(look), [None, *look.overlays], strict=True):
            axes = self._axes(place._replace(height=tall))
            _picture(axes, look)
            if seen is None:
                self._caption(place, "image", _size_of(look.image.shape))
            else:
                low, high = _overlay(axes, look, seen)
                self._caption(place, names[seen.layer], _about(seen))
                self._key(_Place(place.left, place.top + tall + 0.06, place.width, 0.06), low, high)
        bars = [seen for seen in look.maps if not is_grid(seen)]
        for place, seen in zip(self._bar_places(look, len(bars)), bars, strict=True):
            self._caption(place, names[seen.layer], _about(seen))
            inside = place._replace(left=place.left + _TICKS, width=place.width - _TICKS)
            self._bars(self._axes(inside), seen)

    def _tiles(self, look: ImageLook) -> Iterator[_Place]:
        tall = _tile_height(look)
        for number in range(1 + len(look.overlays)):
            row, column = divmod(number, self.across)
            top = self.top + _HEAD + row * (_CAPTION + tall + _KEY) + _CAPTION
            yield _Place(_EDGE + column * (_TILE + _GAP), top, _TILE, tall)

    def _bar_places(self, look: ImageLook, bars: int) -> Iterator[_Place]:
        rows = math.ceil((1 + len(look.overlays)) / self.across)
        below = self.top + _HEAD + rows * (_CAPTION + _tile_height(look) + _KEY)
        wide = 2 * _TILE + _GAP
        each = max(1, self.across // 2)
        for number in range(bars):
            row, column = divmod(number, each)
            top = below + row * (_CAPTION + _BARS + _KEY) + _CAPTION
            yield _Place(_EDGE + column * (wide + _GAP), top, wide, _BARS)

    def _axes(self, place: _Place) -> "Axes":
        width, height = self.figure.get_size_inches()
        bottom = height - place.top - place.height
        axes = self.figure.add_axes((place.left / width, bottom / height, place.width / width, place.height / height))
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0, labelsize=6.5, labelcolor=SOFT, pad=2)
        return axes

    def _write(self, left: float, top: float, text: str, **style: Any) -> Any:
        width, height = self.figure.get_size_inches()
        # `parse_math`: a label such as $x$ is to be drawn as it stands.
        style = {"family": self.families, "parse_math": False, "va": "baseline", "color": INK} | style
        return self.figure.text(
            left / width, 1 - top / height, replaced(visible(text), self.number, self.missing), **style
        )

    def _heading(self, look: ImageLook) -> None:
        verdict = "" if look.truth is None else " ✓" if look.truth == look.label else f"  (it is {look.truth})"
        self._write(_EDGE, self.top + 0.14, f"{look.label}{verdict}", fontsize=13, fontweight="bold")
        shares = " · ".join(f"{label}: {100 * share:.1f} %" for label, share in look.probabilities[:5] if share > _SAID)
        self._write(_EDGE, self.top + 0.36, " — ".join(filter(None, [look.name, shares])), fontsize=8, color=SOFT)

    def _caption(self, place: _Place, name: str, about: str) -> None:
        most = max(12, int(place.width * 13))
        name = name if len(name) <= most else "…" + name[-most:]
        self._write(place.left, place.top - 0.2, name, fontsize=8)
        self._write(place.left, place.top - 0.07, about, fontsize=6.5, color=SOFT)

    def _key(self, place: _Place, low: float, high: float) -> None:
        axes = self._axes(place)
        axes.imshow(np.linspace(0, 1, 256)[None], cmap=COLOUR_MAP, aspect="auto")
        axes.set_xticks([])
        axes.set_yticks([])
        below = place.top + place.height + 0.12
        self._write(place.left, below, f"{low:.3g}", fontsize=6.5, color=SOFT)
        self._write(place.left + place.width, below, f"{high:.3g}", fontsize=6.5, color=SOFT, ha="right")

    def _bars(self, axes: "Axes", seen: AttentionMap) -> None:
        weights = averaged(seen, (seen.axes[0].name,)).weights
        low, high = seen.range or (min(0.0, float(weights.min())), float(weights.max()) or 1.0)
        axes.set_ylim(low, high)
        axes.grid(axis="y", color=_LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.bar(range(len(weights)), weights - low, bottom=low, width=0.8 if len(weights) < 40 else 1.0, color=_BAR)
        axes.set_xlim(-0.6, len(weights) - 0.4)
        axes.set_yticks([low, (low + high) / 2, high])
        step = max(1, math.ceil(len(weights) / 16))
        axes.set_xticks(range(0, len(weights), step), seen.axes[0].labels[::step])


def _texts(look: ImageLook) -> list[str]:
    labels = [label for label, _ in look.probabilities[:5]]
    return [look.label, look.truth or "", look.name, "✓—·×…", *labels, *(seen.layer for seen in look.maps)]


def _across(look: ImageLook) -> int:
    """How many tiles stand in a row: rows of about the same length, long enough for bars."""
    tiles = 1 + len(look.overlays)
    balanced = math.ceil(tiles / math.ceil(tiles / _IN_A_ROW))
    return max(balanced, 4 if len(look.overlays) < len(look.maps) else 2)


def _tile_height(look: ImageLook) -> float:
    return float(np.clip(_TILE * look.image.shape[0] / look.image.shape[1], 0.4, 2.5 * _TILE))


def _height(look: ImageLook, across: int) -> float:
    rows = math.ceil((1 + len(look.overlays)) / across)
    bars = math.ceil((len(look.maps) - len(look.overlays)) / max(1, across // 2))
    return _HEAD + rows * (_CAPTION + _tile_height(look) + _KEY) + bars * (_CAPTION + _BARS + _KEY) + _EDGE


def _size_of(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} × {shape[1]} pixels"


def _about(seen: AttentionMap) -> str:
    axis = choice_axis(seen)
    sizes = [len(side.labels) for side in seen.axes]
    size = f"{sizes[-2]} × {sizes[-1]}" if is_grid(seen) else f"{sizes[0]} {seen.axes[0].name}s"
    if axis is None:
        return size
    several = next(len(each.labels) for each in seen.axes if each.name == axis)
    return f"{size} · mean of {several} {axis}s"


def _picture(axes: "Axes", look: ImageLook) -> None:
    """The image, and the box around what is to be seen."""
    from matplotlib.patches import Rectangle

    height, width = look.image.shape[:2]
    pixels = look.image if look.image.shape[2] == 3 else np.repeat(look.image, 3, axis=2)
    coarse = max(height, width) < 300
    extent = (0.0, float(width), float(height), 0.0)
    axes.imshow(pixels, extent=extent, aspect="auto", interpolation="nearest" if coarse else "antialiased")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    if look.box is not None:
        left, top, right, bottom = look.box
        corner, sides = (left, top), (right - left, bottom - top)
        for colour, line in (("#000000aa", 2.6), ("#ffffff", 1.1)):
            axes.add_patch(Rectangle(corner, *sides, fill=False, edgecolor=colour, linewidth=line, zorder=3))


def _overlay(axes: "Axes", look: ImageLook, seen: AttentionMap) -> tuple[float, float]:
    """Lay the mean map over the image; give the ends of its scale."""
    height, width = look.image.shape[:2]
    low, high = shade_range(flat(seen).weights, seen.range)
    axes.imshow(
        look.overlay(seen.layer),
        extent=(0.0, float(width), float(height), 0.0),
        aspect="auto",
        cmap=COLOUR_MAP,
        vmin=low,
        vmax=high,
        alpha=_OPACITY,
        interpolation="bilinear",
    )
    return low, high
