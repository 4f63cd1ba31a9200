"""What was recorded of a batch: its maps, cut apart by example, without padding, and labelled."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple, final

import numpy as np
from torch import Tensor

from saccade.errors import DataError, OptionError
from saccade.maps.alignment import AttentionMap, Axis
from saccade.maps.image_map import numbered

Kept = int | Sequence[bool] | np.ndarray | Tensor
"""Which items of an axis are real: the first few, or those where True stands."""
Labels = Sequence[str | None]
"""A name for each item of an axis; None for padding."""


class _Source(NamedTuple):
    """Where a map comes from: the layer, before its maps were numbered, and what is known to be real, by axis."""

    layer: str
    real: dict[str, np.ndarray]


@final
class Recording:
    """What was recorded: `maps`, in the order in which they were shown, the examples of the batch as first axis."""

    def __init__(self) -> None:
        self.maps: list[AttentionMap] = []
        self._sources: list[_Source] = []

    @property
    def layers(self) -> tuple[str, ...]:
        """The modules that showed maps, in the order of their first ones."""
        return tuple(dict.fromkeys(source.layer for source in self._sources))

    def add(self, seen: AttentionMap, layer: str, real: dict[str, np.ndarray]) -> None:
        """Note one map.

        Args:
            seen: With the examples as first axis.
            layer: The module that showed it, which may have shown others.
            real: For the axes where that is known, which items of each example are no padding: (example, item).
        """
        self.maps.append(seen)
        self._sources.append(_Source(layer, real))

    def of(
        self,
        example: int,
        *,
        layers: str = "*",
        query: Kept | None = None,
        key: Kept | None = None,
        joined: bool = False,
    ) -> tuple[AttentionMap, ...]:
        """The maps of one example of the batch, padding cut away.

        What is padding among the keys is known from the masks that the model gives to its attentions. Among the
        queries it is known only where they are the keys, and the attention is one of Saccade's or of PyTorch's own;
        else say it, with the tokenizer's mask.

        Args:
            example: From 0 on.
            layers: Only layers of such a name, where `*` stands for anything: `decoder.*`.
            query: Which queries are real; a number n: the first n.
            key: Which keys.
            joined: Whether maps that a layer showed one after the other, a step of writing each, become one, a row a
                step. Where earlier steps saw fewer keys, the others have weight 0.

        Raises:
            OptionError: The batch has no such example, no layer such a name, or a layer not so many items.
            DataError: The layers saw batches of different sizes, or maps that can't be joined.
        """
        self._check(example)
        chosen = [
            (seen, source)
            for seen, source in zip(self.maps, self._sources, strict=True)
            if fnmatchcase(source.layer, layers) or fnmatchcase(seen.layer, layers)
        ]
        if not chosen:
            there = ", ".join(self.layers)
            raise OptionError(f"`layers` must name a recorded layer, but {layers!r} names none. There are: {there}.")
        cut = [_of_example(seen, source.real, example) for seen, source in chosen]
        if joined:
            cut = list(_joined(cut, [source.layer for _, source in chosen]))
        given = {name: kept for name, kept in (("query", query), ("key", key)) if kept is not None}
        return tuple(_kept(one, given) for one in cut)

    def labelled(
        self,
        example: int = 0,
        *,
        query: Labels | None = None,
        key: Labels | None = None,
        layers: str = "*",
        joined: bool = False,
    ) -> tuple[AttentionMap, ...]:
        """The maps of one example with tokens as labels, to be shown.

        Args:
            example: From 0 on.
            query: A label for each query; where it is None, or the query is known to be padding, it is cut away.
            key: The same for the keys.
            layers: As in `of`: the layers that have these queries and keys.
            joined: As in `of`.

        Raises:
            OptionError: A layer has more or fewer items than there are labels; and as in `of`.
        """
        maps = self.of(example, layers=layers, joined=joined)
        given = (("query", query), ("key", key))
        for name, labels in given:
            maps = tuple(_labelled(seen, name, labels, self._size(seen.layer, name)) for seen in maps)
        return maps

    def _size(self, layer: str, name: str) -> int:
        """How many items an axis of a layer has in the batch; 0 where it has no such axis."""
        axes = next(seen.axes for seen in self.maps if seen.layer == layer)
        return next((len(axis.labels) for axis in axes if axis.name == name), 0)

    def _check(self, example: int) -> None:
        sizes = [(source.layer, seen.weights.shape[0]) for seen, source in zip(self.maps, self._sources, strict=True)]
        if len({size for _, size in sizes}) > 1:
            told = ", ".join(f"`{layer}` {size}" for layer, size in dict.fromkeys(sizes))
            raise DataError(
                f"The layers must have seen the same batch, but their first axes differ: {told}. The model was called "
                "several times, or lays windows or heads beside the examples. Call it once, or take `recording.maps`."
            )
        size = sizes[0][1] if sizes else 0
        if not 0 <= example < size:
            raise OptionError(f"`example` must be 0 to {size - 1}, the batch that was recorded, but is {example}.")


def _of_example(seen: AttentionMap, real: dict[str, np.ndarray], example: int) -> AttentionMap:
    one = AttentionMap(seen.weights[example], seen.axes[1:], seen.layer, seen.range)
    return _kept(one, {name: kept[example] for name, kept in real.items()})


def _kept(seen: AttentionMap, given: dict[str, Kept]) -> AttentionMap:
    """The map without the items that are not real."""
    weights, axes = seen.weights, list(seen.axes)
    for place, axis in enumerate(seen.axes):
        if axis.name in given:
            items = _items(seen.layer, axis, given[axis.name])
            weights = weights.take(items, axis=place)
            axes[place] = Axis(axis.name, tuple(axis.labels[item] for item in items))
    return AttentionMap(weights, tuple(axes), seen.layer, seen.range)


def _items(layer: str, axis: Axis, kept: Kept) -> np.ndarray:
    size = len(axis.labels)
    if isinstance(kept, int):
        if not 1 <= kept <= size:
            raise OptionError(f"`{axis.name}` must be 1 to {size}, as many as `{layer}` has, but is {kept}.")
        return np.arange(kept)
    mask = np.asarray(kept.cpu() if isinstance(kept, Tensor) else kept)
    if mask.shape != (size,):
        raise OptionError(
            f"`{axis.name}` must say of each of the {size} items of `{layer}` whether it is real, but has the shape "
            f"{mask.shape}. Give one example's mask, and choose the layers that it fits with `layers`."
        )
    return np.flatnonzero(mask)


def _labelled(seen: AttentionMap, name: str, labels: Labels | None, whole: int) -> AttentionMap:
    """The map with labels for one axis, which was `whole` items long before padding was cut away."""
    place = next((place for place, axis in enumerate(seen.axes) if axis.name == name), None)
    if labels is None or place is None:
        return seen
    # What is left is labelled by its numbers in the batch, so it is known what was cut away.
    numbers = [int(number) for number in seen.axes[place].labels]
    if len(labels) == whole and max(numbers, default=0) < whole:
        labels = [labels[number] for number in numbers]
    if len(labels) != len(numbers):
        raise OptionError(
            f"`{name}` must have a label for each of the {len(numbers)} items of `{seen.layer}`, but has "
            f"{len(labels)}. Choose the layers that it fits with `layers`."
        )
    items = [item for item, label in enumerate(labels) if label is not None]
    axes = list(seen.axes)
    axes[place] = Axis(name, tuple(str(labels[item]) for item in items))
    return AttentionMap(seen.weights.take(items, axis=place), tuple(axes), seen.layer, seen.range)


def _joined(maps: Sequence[AttentionMap], layers: Sequence[str]) -> Iterator[AttentionMap]:
    """One map for each layer, the queries of its maps one below the other."""
    for layer in dict.fromkeys(layers):
        parts = [seen for seen, its in zip(maps, layers, strict=True) if its == layer]
        if len(parts) == 1:
            yield parts[0]
            continue
        names = tuple(axis.name for axis in parts[0].axes)
        heads = {seen.weights.shape[:-2] for seen in parts}
        if names[-2:] != ("query", "key") or len(heads) > 1:
            raise DataError(
                f"`{layer}` showed {len(parts)} maps that can't be joined: they are of ({', '.join(names)})."
            )
        keys = sorted({int(label) for seen in parts for label in seen.axes[-1].labels})
        rows = [np.zeros((*seen.weights.shape[:-1], len(keys)), np.float32) for seen in parts]
        for row, seen in zip(rows, parts, strict=True):
            row[..., np.searchsorted(keys, [int(label) for label in seen.axes[-1].labels])] = seen.weights
        weights = np.concatenate(rows, axis=-2)
        sides = (numbered("query", weights.shape[-2]), Axis("key", tuple(str(key) for key in keys)))
        yield AttentionMap(weights, (*parts[0].axes[:-2], *sides), layer, parts[0].range)
