"""What was looked at: weights whose axes say what their rows and columns are."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np

from saccade.errors import DataError

FORMAT = "saccade.attention-map"
VERSION = 1

Span = tuple[int, int]
Place = tuple[float, float]
Groups = tuple[tuple[int, ...], ...]


class Axis(NamedTuple):
    """What stands along one side of a map.

    `labels` name the items; `spans` say which characters of the text each is, the end of the text being an empty
    span; `groups` say which items (pieces) make one word. Items that are in no group are words of their own. `places`
    say from where to where each row or column of an image's grid reaches, in pixels; they may overlap.
    """

    name: str
    labels: tuple[str, ...]
    spans: tuple[Span, ...] | None = None
    groups: Groups | None = None
    places: tuple[Place, ...] | None = None


@final
@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Weights with labelled axes, and the layer that they were seen in.

    Args:
        weights: One axis for each of `axes`; kept as float32, read-only.
        axes: For a text read and a text written: `target`, then `source`.
        layer: Name of the layer that looked.
        range: Between what the layer's weights must lie, such as 0 and 1 for a sigmoid; None if not known.

    Raises:
        DataError: The axes don't fit the weights, or a weight is no finite number.

    Example:
        >>> target, source = Axis("target", ("I", "love", "China")), Axis("source", ("我", "爱", "中国"))
        >>> AttentionMap(np.eye(3), (target, source), "decoder").weights.shape
        (3, 3)
    """

    weights: np.ndarray
    axes: tuple[Axis, ...]
    layer: str = "attention"
    range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        weights = np.array(self.weights, dtype=np.float32)
        _check_axes(weights, self.axes)
        if not np.isfinite(weights).all():
            place = tuple(int(index) for index in np.argwhere(~np.isfinite(weights))[0])
            raise DataError(
                f"The attention map of `{self.layer}` must be finite, but its weight at {place} is {weights[place]}. "
                "Look for a loss or a score that is no number."
            )
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)

    def joined(
        self,
        source_groups: Iterable[Sequence[int]] | None = None,
        target_groups: Iterable[Sequence[int]] | None = None,
        *,
        source_text: str | None = None,
        target_text: str | None = None,
    ) -> "AttentionMap":
        """Join pieces to words: source weights are summed, target rows averaged.

        Args:
            source_groups: Which source pieces make one word; the axis' own groups if None.
            target_groups: The same for target pieces.
            source_text: Where the axis has spans, words are labelled by this text; else by their pieces put together.
            target_text: The same for target words.

        Returns:
            A map of words, whose rows sum to what the pieces' rows summed to on average.

        Raises:
            DataError: The map is not target by source, or a piece is not there or in two groups.

        Example:
            >>> target, source = Axis("target", ("Ch", "ina")), Axis("source", ("中", "国", "。"))
            >>> pieces = AttentionMap(np.array([[0.75, 0.25, 0.0], [0.25, 0.25, 0.5]]), (target, source))
            >>> words = pieces.joined(source_groups=[[0, 1]], target_groups=[[0, 1]])
            >>> words.weights.tolist(), words.axes[1].labels
            ([[0.75, 0.25]], ('中国', '。'))
        """
        if len(self.axes) != 2:
            names = ", ".join(axis.name for axis in self.axes)
            raise DataError(f"Only a map of target by source can be joined, but this one has the axes {names}.")
        target, source = self.axes
        rows = _partition(target, target_groups)
        columns = _partition(source, source_groups)
        weights = np.stack([self.weights[:, list(group)].sum(axis=1) for group in columns], axis=1)
        weights = np.stack([weights[list(group)].mean(axis=0) for group in rows])
        axes = (_joined_axis(target, rows, target_text), _joined_axis(source, columns, source_text))
        return AttentionMap(weights, axes, self.layer)

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types: `json.dumps` takes it, `from_json` reads it back without loss."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "layer": self.layer,
            "axes": [_axis_to_json(axis) for axis in self.axes],
            # By way of text: the shortest number that reads back to the same float32.
            "weights": self.weights.astype(str).astype(float).tolist(),
            **({} if self.range is None else {"range": [float(end) for end in self.range]}),
        }

    @classmethod
    def from_json(cls, saved: Any) -> "AttentionMap":
        """The map that `to_json` wrote down.

        Raises:
            DataError: It is something else, from a newer version, damaged, or does not fit together.
        """
        check_format(saved, FORMAT, VERSION)
        try:
            axes = tuple(_axis_from_json(axis) for axis in saved["axes"])
            weights = np.array(saved["weights"], dtype=np.float32)
            layer = str(saved["layer"])
            ends = None if saved.get("range") is None else (float(saved["range"][0]), float(saved["range"][1]))
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise DataError(f"The attention map is damaged: {_said(error)}. Make it again.") from error
        weights = weights.reshape([len(axis.labels) for axis in axes]) if weights.size == 0 else weights
        return cls(weights, axes, layer, ends)


def check_format(saved: Any, name: str, version: int) -> None:
    """Refuse what is not a `name`, or a newer one than this version knows."""
    found = saved.get("format") if isinstance(saved, dict) else None
    if found != name:
        raise DataError(f"This is no {name}: its `format` is {found!r}. Give what `saccade look --out x.json` writes.")
    if saved.get("version") != version:
        raise DataError(
            f"This {name} has version {saved.get('version')!r}; this saccade reads version {version}. "
            "Update saccade, or make the file again."
        )


def written_spans(decode: Callable[[Sequence[int]], str], ids: Sequence[int]) -> tuple[Span, ...]:
    """Which characters of the decoded text each token wrote.

    Args:
        decode: Turns tokens into text.
        ids: The tokens, the end included, whose span is empty.

    Returns:
        (start, end) of each token, without blanks at either side; one that only changed the last character, such as the
        accent of a letter that is taken apart, has that character's.

    Example:
        >>> words = ["<end>", "I", " love", " China"]
        >>> written_spans(lambda ids: "".join(words[i] for i in ids if i), [1, 2, 3, 0])
        ((0, 1), (2, 6), (7, 12), (12, 12))
    """
    texts = [decode(ids[:length]) for length in range(len(ids) + 1)]
    return tuple(_trimmed(texts[-1], _shared(a, b), len(b)) for a, b in itertools.pairwise(texts))


def _shared(first: str, second: str) -> int:
    """How many characters two texts begin with alike."""
    alike = (one == other for one, other in zip(first, second, strict=False))
    return sum(1 for _ in itertools.takewhile(bool, alike))


def _trimmed(text: str, start: int, end: int) -> Span:
    """The span without the blanks at its sides."""
    end = min(end, len(text))
    start = min(start, end)
    inside = text[start:end]
    if not inside.strip():
        return end, end
    return end - len(inside.lstrip()), start + len(inside.rstrip())


def _check_axes(weights: np.ndarray, axes: tuple[Axis, ...]) -> None:
    sides = " × ".join(f"{axis.name} {len(axis.labels)}" for axis in axes)
    if weights.shape != tuple(len(axis.labels) for axis in axes):
        shape = " × ".join(str(size) for size in weights.shape)
        raise DataError(f"The axes of an attention map must fit its weights, but these are {shape}, the axes {sides}.")
    for axis in axes:
        for kind, given in (("spans", axis.spans), ("places", axis.places)):
            if given is not None and len(given) != len(axis.labels):
                raise DataError(
                    f"Axis `{axis.name}` must have as many {kind} as labels, but has {len(given)} {kind} and "
                    f"{len(axis.labels)} labels. Leave the {kind} out where they are not known."
                )
        if axis.groups is not None:
            _partition(axis, None)


def _partition(axis: Axis, groups: Iterable[Sequence[int]] | None) -> list[tuple[int, ...]]:
    """The groups in order, each other item being one of its own."""
    given = [tuple(group) for group in (axis.groups or () if groups is None else groups) if len(group)]
    used = Counter(index for group in given for index in group)
    wrong = sorted(index for index, times in used.items() if not 0 <= index < len(axis.labels) or times > 1)
    if wrong:
        raise DataError(
            f"Each item of `{axis.name}` may be in one group, but {wrong} are in several, or beyond its "
            f"{len(axis.labels)} items. Give the groups of this very text."
        )
    alone = [(index,) for index in range(len(axis.labels)) if index not in used]
    return sorted(given + alone, key=min)


def _joined_axis(axis: Axis, groups: list[tuple[int, ...]], text: str | None) -> Axis:
    spans = None if axis.spans is None else tuple(_cover([axis.spans[index] for index in group]) for group in groups)
    labels = tuple("".join(axis.labels[index] for index in group) for group in groups)
    if spans is not None and text is not None:
        labels = tuple(text[start:end] or label for (start, end), label in zip(spans, labels, strict=True))
    return Axis(axis.name, labels, spans)


def _cover(spans: list[Span]) -> Span:
    """From the first to the last character of pieces; empty ones (blanks) don't stretch it."""
    written = [span for span in spans if span[0] < span[1]] or spans
    return min(start for start, _ in written), max(end for _, end in written)


def _axis_to_json(axis: Axis) -> dict[str, Any]:
    saved: dict[str, Any] = {"name": axis.name, "labels": list(axis.labels)}
    if axis.spans is not None:
        saved["spans"] = [[int(start), int(end)] for start, end in axis.spans]
    if axis.groups is not None:
        saved["groups"] = [[int(index) for index in group] for group in axis.groups]
    if axis.places is not None:
        saved["places"] = [[float(start), float(end)] for start, end in axis.places]
    return saved


def _axis_from_json(saved: dict[str, Any]) -> Axis:
    spans, groups, places = saved.get("spans"), saved.get("groups"), saved.get("places")
    return Axis(
        str(saved["name"]),
        tuple(str(label) for label in saved["labels"]),
        None if spans is None else tuple((int(start), int(end)) for start, end in spans),
        None if groups is None else tuple(tuple(int(index) for index in group) for group in groups),
        None if places is None else tuple((float(start), float(end)) for start, end in places),
    )


def _said(error: Exception) -> str:
    return f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
