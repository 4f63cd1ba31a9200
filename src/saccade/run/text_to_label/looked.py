"""A look at a text with its label that shows itself: as a page in a notebook, as shades, and into files."""

from dataclasses import replace
from pathlib import Path
from typing import Any, final

from saccade import viewer
from saccade.maps import AttentionMap, LabelLook
from saccade.run.text_to_text.looked import without_words


@final
class LookedLabel:
    """What a model took a text for, and which words decided.

    Args:
        look: The text, its label and the maps.
    """

    def __init__(self, look: LabelLook) -> None:
        self.look = look

    @property
    def label(self) -> str:
        """What the text was taken for."""
        return self.look.label

    @property
    def maps(self) -> dict[str, AttentionMap]:
        """Every map by the name of its layer, its words as columns."""
        return {seen.layer: self.look.words(seen.layer) for seen in self.look.maps}

    def only(self, layer: str) -> "LookedLabel":
        """The same with the map of one layer alone.

        Args:
            layer: Its name, or the end of it if no other ends so.

        Raises:
            OptionError: There is no such layer.
        """
        ends = [seen.layer for seen in self.look.maps if seen.layer.endswith(f".{layer}")]
        seen = self.look.map(ends[0] if len(ends) == 1 else layer)
        return LookedLabel(replace(self.look, maps=(seen,)))

    def pieces(self) -> "LookedLabel":
        """The same, but shown piece by piece, where it would be shown by words."""
        return LookedLabel(replace(self.look, maps=tuple(map(without_words, self.look.maps))))

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

    def shown(self, width: int = 80) -> str:
        """The label, and below it each layer's weights as shades under the words, as wide as a terminal."""
        best = ", ".join(f"{label} {share:.1%}" for label, share in self.look.probabilities)
        truth = "" if self.look.truth is None else f" (it is {self.look.truth})"
        words = [self.look.text[start:end] for start, end in self.look.deciding]
        known = [f"what decides: {' … '.join(words)}"] if words else []
        head = "\n".join([f"{best}{truth}", *known])
        layers = [seen.layer for seen in self.look.maps]
        parts = [head, *(f"{layer}:\n{viewer.shaded_text(self.look, layer, width)}" for layer in layers)]
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        return viewer.label_notebook(self.look)

    def __str__(self) -> str:
        return self.shown()
