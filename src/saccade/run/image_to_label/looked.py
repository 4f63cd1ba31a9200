"""A look at an image that shows itself: as a page in a notebook, as a table in a terminal, and into files."""

from dataclasses import replace
from pathlib import Path
from typing import Any, final

import numpy as np

from saccade import viewer
from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, ImageLook, flat, is_grid


@final
class LookedImage:
    """What a model took an image for, and where it looked.

    Args:
        look: The image, its label and the maps.
    """

    def __init__(self, look: ImageLook) -> None:
        self.look = look

    @property
    def label(self) -> str:
        """What the image was taken for."""
        return self.look.label

    @property
    def maps(self) -> dict[str, AttentionMap]:
        """Every map, by the name of the layer that showed it."""
        return {seen.layer: seen for seen in self.look.maps}

    def overlay(self, layer: str, *, smooth: bool = True, **chosen: int) -> np.ndarray:
        """A layer's map, resized to the image; of several channels or heads their mean, or one (`channel=3`)."""
        return self.look.overlay(layer, smooth=smooth, **chosen)

    def only(self, layer: str, number: int | None = None) -> "LookedImage":
        """The same with the map of one layer alone.

        Args:
            layer: Its name, or the end of it if no other ends so.
            number: Of a channel, head or scale: that one, where the mean of all would be shown.

        Raises:
            OptionError: There is no such layer, or no such channel.
            DataError: The map is none over the image, so that no channel of it can be shown.
        """
        ends = [name for name in self.maps if name.endswith(f".{layer}")]
        seen = self.look.map(ends[0] if layer not in self.maps and len(ends) == 1 else layer)
        if number is not None:
            seen = _chosen(seen, number)
        return LookedImage(replace(self.look, maps=(seen,), tokens=()))

    def save(self, path: str | Path) -> list[str]:
        """Write a page (.html), a picture (.png) or the figures (.json); give what the user should know.

        Raises:
            OptionError: The suffix is none of these.
            StorageError: The file could not be written.
        """
        return viewer.save(self.look, path)

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return self.look.to_json()

    def _repr_html_(self) -> str:
        return viewer.image_notebook(self.look)

    def __str__(self) -> str:
        best = ", ".join(f"{label} {share:.1%}" for label, share in self.look.probabilities)
        truth = "" if self.look.truth is None else f" (it is {self.look.truth})"
        return "\n".join([f"{self.look.name}: {best}{truth}", "", *map(_described, self.look.maps)])


def _chosen(seen: AttentionMap, number: int) -> AttentionMap:
    if not is_grid(seen):
        raise DataError(
            f"`{seen.layer}` does not lie over the image: its axes are {', '.join(axis.name for axis in seen.axes)}. "
            "It is shown as bars, all of them; leave the channel out."
        )
    others = [axis.name for axis in seen.axes[:-2]]
    if not others:
        raise OptionError(f"`{seen.layer}` has one map, and no channels to choose from. Leave the channel out.")
    return flat(seen, **{others[0]: number})


def _described(seen: AttentionMap) -> str:
    """A map in one line: its sides, its weights, and where it is strongest."""
    sides = " × ".join(f"{len(axis.labels)} {axis.name}" for axis in seen.axes)
    line = f"{seen.layer}: {sides}, {seen.weights.min():.3f} to {seen.weights.max():.3f}"
    if not is_grid(seen):
        return line
    row, column = np.unravel_index(flat(seen).weights.argmax(), flat(seen).weights.shape)
    return f"{line}, strongest in row {row + 1}, column {column + 1}"
