"""One answer of a model, and where it looked while it wrote it."""

from dataclasses import dataclass
from typing import Any, final

from saccade.errors import DataError
from saccade.maps.alignment import AttentionMap, check_format
from saccade.maps.trust import Trust, trust_from_json

FORMAT = "saccade.look"
VERSION = 1


@final
@dataclass(frozen=True, eq=False)
class Look:
    """A source text, what the model wrote, how likely it found that, and where it looked.

    Args:
        source: The text that was read.
        output: The text that was written.
        score: What the search ranked by: the log-probability, perhaps divided by a length.
        log_prob: Logarithm of the output's probability.
        map: Weights of target by source pieces.
        alternatives: The next best answers to the same source, best first, each with its own map.
        trust: What erasing by the map does to this very answer, if it was asked for.
        layers: What each layer looked at for the best answer, of (query, key) or (head, query, key); if asked for.

    Raises:
        DataError: The map is not of target by source.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import Axis
        >>> target, source = Axis("target", ("I", "love", "China")), Axis("source", ("我", "爱", "中国"))
        >>> Look("我爱中国", "I love China", -0.5, -1.5, AttentionMap(np.eye(3), (target, source))).output
        'I love China'
    """

    source: str
    output: str
    score: float
    log_prob: float
    map: AttentionMap
    alternatives: tuple["Look", ...] = ()
    trust: Trust | None = None
    layers: tuple[AttentionMap, ...] = ()

    def __post_init__(self) -> None:
        names = [axis.name for axis in self.map.axes]
        if names != ["target", "source"]:
            raise DataError(f"The map of a look must have the axes target, source, but has {', '.join(names)}.")

    @property
    def words(self) -> AttentionMap:
        """The map with pieces joined to words, labelled by the texts themselves."""
        return self.map.joined(source_text=self.source, target_text=self.output)

    @property
    def has_words(self) -> bool:
        """Whether some pieces make a word together."""
        return any(axis.groups and any(len(group) > 1 for group in axis.groups) for axis in self.map.axes)

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types: `json.dumps` takes it, `from_json` reads it back without loss."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "source": self.source,
            "output": self.output,
            "score": float(self.score),
            "log_prob": float(self.log_prob),
            "map": self.map.to_json(),
            "alternatives": [other.to_json() for other in self.alternatives],
            **({} if self.trust is None else {"trust": self.trust.to_json()}),
            **({"layers": [layer.to_json() for layer in self.layers]} if self.layers else {}),
        }

    @classmethod
    def from_json(cls, saved: Any) -> "Look":
        """The look that `to_json` wrote down.

        Raises:
            DataError: It is something else, from a newer version, or damaged.
        """
        check_format(saved, FORMAT, VERSION)
        try:
            texts = str(saved["source"]), str(saved["output"])
            figures = float(saved["score"]), float(saved["log_prob"])
            seen, others, layers = saved["map"], list(saved["alternatives"]), list(saved.get("layers", ()))
        except (KeyError, TypeError, ValueError) as error:
            said = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
            raise DataError(f"The look is damaged: {said}. Make it again.") from error
        alternatives, trust = tuple(cls.from_json(other) for other in others), trust_from_json(saved)
        maps = tuple(map(AttentionMap.from_json, layers))
        return cls(*texts, *figures, AttentionMap.from_json(seen), alternatives, trust, maps)
