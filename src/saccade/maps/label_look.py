"""What a model took a text for, and which words decided."""

import math
import sys
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, final

from saccade.errors import DataError, OptionError, did_you_mean
from saccade.maps.alignment import AttentionMap, Axis, Span, check_format
from saccade.maps.look import Look
from saccade.maps.trust import Trust, trust_from_json

FORMAT = "saccade.label-look"
VERSION = 1


@final
@dataclass(frozen=True, eq=False)
class LabelLook:
    """A text, the label that a model gave it, and where each of its layers looked.

    Args:
        text: As it was given.
        probabilities: The likeliest labels and their probabilities, best first; the first one is the answer.
        maps: Of (target, source): one row, for the label, and a column for each piece of the text.
        deciding: The stretches of the text that really decide, where they are known.
        truth: The right label, where it is known.
        name: What to call the text.
        trust: What erasing by the map does to this very answer, if it was asked for.

    Raises:
        DataError: There is no map or no label, a map is of something else, or two have one name.

    Example:
        >>> import numpy as np
        >>> axes = Axis("target", ("bad",)), Axis("source", ("so", "bad"), ((0, 2), (3, 6)))
        >>> seen = AttentionMap(np.array([[0.2, 0.8]]), axes, "pooling.attention")
        >>> look = LabelLook("so bad", (("bad", 0.9), ("good", 0.1)), (seen,))
        >>> look.label, look.words("pooling.attention").axes[1].labels
        ('bad', ('so', 'bad'))
    """

    text: str
    probabilities: tuple[tuple[str, float], ...]
    maps: tuple[AttentionMap, ...]
    deciding: tuple[Span, ...] = ()
    truth: str | None = None
    name: str = ""
    trust: Trust | None = None

    def __post_init__(self) -> None:
        if not self.maps or not self.probabilities:
            raise DataError(
                "A look at a text needs a label and at least one map, but has "
                f"{len(self.probabilities)} labels and {len(self.maps)} maps."
            )
        for seen in self.maps:
            names = [axis.name for axis in seen.axes]
            if names != ["target", "source"] or seen.weights.shape[0] != 1:
                raise DataError(
                    "The map of a look at a text must have the axes target, source, and one row, but "
                    f"`{seen.layer}` has {', '.join(names)}, and {seen.weights.shape[0]} rows."
                )
        twice = [name for name, times in Counter(seen.layer for seen in self.maps).items() if times > 1]
        if twice:
            raise DataError(f"Each map of a look needs a name of its own, but {', '.join(twice)} is there twice.")

    @property
    def label(self) -> str:
        """The model's answer."""
        return self.probabilities[0][0]

    def map(self, name: str) -> AttentionMap:
        """The map of a layer, piece by piece.

        Raises:
            OptionError: No layer of that name showed one.
        """
        for seen in self.maps:
            if seen.layer == name:
                return seen
        allowed = did_you_mean(name, [seen.layer for seen in self.maps])
        raise OptionError(f"No map of `{name}` was recorded. {allowed}")

    def words(self, name: str) -> AttentionMap:
        """The map of a layer, pieces joined to words, labelled by the text itself.

        Raises:
            OptionError: No layer of that name showed one.
        """
        return self.map(name).joined(source_text=self.text)

    def as_looks(self) -> list[Look]:
        """A look for each map, as at a text that was written, for what draws these; several go by their layers."""
        probability = self.probabilities[0][1]
        log_prob = math.log(max(probability, sys.float_info.min))
        looks = []
        for seen in self.maps:
            row = self.label if len(self.maps) == 1 else seen.layer
            named = replace(seen, axes=(Axis("target", (row,)), seen.axes[1]))
            looks.append(Look(self.text, self.label, probability, log_prob, named))
        return looks

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types: `json.dumps` takes it, `from_json` reads it back without loss."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "text": self.text,
            "label": self.label,
            "truth": self.truth,
            "probabilities": [[label, float(share)] for label, share in self.probabilities],
            "deciding": [[int(start), int(end)] for start, end in self.deciding],
            "maps": [seen.to_json() for seen in self.maps],
            **({} if self.trust is None else {"trust": self.trust.to_json()}),
        }

    @classmethod
    def from_json(cls, saved: Any) -> "LabelLook":
        """The look that `to_json` wrote down.

        Raises:
            DataError: It is something else, from a newer version, or damaged.
        """
        check_format(saved, FORMAT, VERSION)
        try:
            return cls(
                str(saved["text"]),
                tuple((str(label), float(share)) for label, share in saved["probabilities"]),
                tuple(AttentionMap.from_json(seen) for seen in saved["maps"]),
                tuple((int(start), int(end)) for start, end in saved["deciding"]),
                None if saved["truth"] is None else str(saved["truth"]),
                str(saved["name"]),
                trust_from_json(saved),
            )
        except DataError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            said = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
            raise DataError(f"The look is damaged: {said}. Make it again.") from error
