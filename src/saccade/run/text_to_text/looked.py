"""A look that shows itself: as a page in a notebook, as shades in a terminal, and into files."""

from dataclasses import replace
from pathlib import Path
from typing import final

from saccade import viewer
from saccade.maps import AttentionMap, Look


@final
class Looked:
    """What a model wrote for a text, and where it looked.

    Args:
        look: The texts, the scores and the map.
    """

    def __init__(self, look: Look) -> None:
        self.look = look

    @property
    def output(self) -> str:
        """What was written."""
        return self.look.output

    @property
    def map(self) -> AttentionMap:
        """The weights, with a row for each written piece and a column for each piece read."""
        return self.look.map

    @property
    def words(self) -> AttentionMap:
        """The same with pieces joined to words."""
        return self.look.words

    def pieces(self) -> "Looked":
        """The same, but shown piece by piece, where it would be shown by words."""
        return Looked(replace(self.look, map=without_words(self.look.map)))

    def save(self, path: str | Path) -> list[str]:
        """Write a page (.html), a picture (.png) or the figures (.json); give what the user should know.

        Raises:
            OptionError: The suffix is none of these.
            StorageError: The file could not be written.
        """
        return viewer.save(self.look, path)

    def _repr_html_(self) -> str:
        return viewer.notebook(self.look)

    def __str__(self) -> str:
        return f"{self.look.source}\n{self.look.output}\n\n{viewer.blocks(self.look)}"


def without_words(seen: AttentionMap) -> AttentionMap:
    """A map whose pieces are not known to make words."""
    return replace(seen, axes=tuple(axis._replace(groups=None) for axis in seen.axes))
