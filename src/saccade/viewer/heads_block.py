"""Every head of every layer as a block: small matrices, a row a layer, each of which can be looked at enlarged."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from saccade.errors import DataError
from saccade.maps import AttentionMap, rolled_out
from saccade.maps.image_map import averaged
from saccade.maps.rollout import rolls_out
from saccade.viewer.image_shades import short_names
from saccade.viewer.packing import packed
from saccade.viewer.segments import visible

MOST: Final = 3_000_000
"""Weights that a block may hold, a byte each; of more, neighbours share a cell."""
_SIDES = ("query", "key")


def heads_block(
    maps: Sequence[AttentionMap], *, tokens: Sequence[str] = (), title: str = "", most: int = MOST
) -> dict[str, Any]:
    """What a page shows of a network of attentions: its layers below each other, their heads side by side.

    Args:
        maps: Of one example, in their order: those with the axes query and key, heads before them or not, are shown.
            Where all of them are of self-attention, their rollout is shown too.
        tokens: What the queries and keys are called, where they are as many; else they are called by their labels.
        title: Heading of the block.
        most: Weights that the block may hold; of more, the mean of neighbours is shown, and it is said.

    Raises:
        DataError: No map has queries and keys.

    Example:
        >>> from saccade.maps.image_map import numbered
        >>> axes = numbered("head", 2), numbered("query", 3), numbered("key", 3)
        >>> block = heads_block([AttentionMap(np.full((2, 3, 3), 1 / 3), axes, "look")], tokens=["a", "b", "c"])
        >>> [(layer["name"], len(layer["heads"])) for layer in block["layers"]], block["labels"]
        ([('look', 2), ('rollout', 1)], [['a', 'b', 'c']])
    """
    shown = [
        averaged(seen, ("head", *_SIDES)) for seen in maps if tuple(axis.name for axis in seen.axes[-2:]) == _SIDES
    ]
    if not shown:
        found = ", ".join(f"{seen.layer} ({', '.join(axis.name for axis in seen.axes)})" for seen in maps) or "none"
        raise DataError(f"Heads are drawn of maps with the axes query and key, but these are {found}.")
    shapes = {seen.weights.shape[-2:] for seen in shown}
    if all(map(rolls_out, shown)) and len(shapes) == 1:
        shown.append(rolled_out(shown))
    step = _step(sum(seen.weights.size for seen in shown), most)
    labels: list[list[str]] = []
    names = _names([seen.layer for seen in shown])
    layers = [_layer(seen, name, tokens, step, labels) for seen, name in zip(shown, names, strict=True)]
    return {"kind": "heads", "title": title, "step": step, "labels": labels, "layers": layers}


def _names(layers: list[str]) -> list[str]:
    """Short names, also without the last part where it says the same of all: `layers.0.look` is `layers.0`.

    Where some are the encoder's and some the decoder's, each keeps saying whose it is.
    """
    sides = {name.partition(".")[0] for name in layers if "." in name}
    names = short_names(layers) if len(sides) == 1 else layers
    cut = [name.rpartition(".")[0] or name for name in names]
    ends = {name.rpartition(".")[2] for name in names if "." in name}
    return cut if len(ends) == 1 and len(set(cut)) == len(cut) else names


def _step(weights: int, most: int) -> int:
    """How many neighbours along a side share a cell."""
    return int(np.ceil(np.sqrt(weights / most))) if weights > most else 1


def _layer(seen: AttentionMap, name: str, tokens: Sequence[str], step: int, labels: list[list[str]]) -> dict[str, Any]:
    weights = seen.weights.reshape(-1, *seen.weights.shape[-2:])
    sides = [_numbered(_called(axis.labels, tokens, step), labels) for axis in seen.axes[-2:]]
    heads = [packed(_shared(head, step)) for head in weights]
    return {"name": name, "layer": seen.layer, "sides": sides, "heads": heads}


def _called(own: Sequence[str], tokens: Sequence[str], step: int) -> list[str]:
    names = [visible(name) for name in (tokens if len(tokens) == len(own) else own)]
    parts = [names[start : start + step] for start in range(0, len(names), step)]
    return [part[0] if len(part) == 1 else f"{part[0]} – {part[-1]}" for part in parts]


def _numbered(names: list[str], labels: list[list[str]]) -> int:
    """Where these names stand among all; layers mostly share theirs."""
    if names not in labels:
        labels.append(names)
    return labels.index(names)


def _shared(weights: np.ndarray, step: int) -> np.ndarray:
    """The mean of `step` × `step` neighbours each."""
    if step == 1:
        return weights
    starts = [np.arange(0, side, step) for side in weights.shape]
    sums = np.add.reduceat(np.add.reduceat(weights, starts[0], axis=0), starts[1], axis=1)
    counts = np.outer(*(np.minimum(step, side - start) for side, start in zip(weights.shape, starts, strict=True)))
    return sums / counts
