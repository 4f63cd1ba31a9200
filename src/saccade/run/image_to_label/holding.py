"""What the gates of a classifier are worth: what becomes of its labels when they are held."""

from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.data.images import LabelledImages
from saccade.gates import Gate, clamped
from saccade.maps import Clamped
from saccade.metrics import interval_of_mean
from saccade.models.classifier import Classifier
from saccade.recording import Real, listening
from saccade.run.examples import drawn
from saccade.run.image_to_label.logits import logits_of

HELD: Final = 500
"""Images that are labelled with each gate held."""
ALL: Final = "all gates"
TO: Final = ("mean map", "mean", "one")
"""What gates are held to: the mean of their maps over the images, of each channel and place; the mean over channels and
places, too, so that none is preferred; and 1, which lets everything through (a residual gate then doubles it, and one
that sums up scales adds them)."""


def hold_gates(network: Classifier, images: LabelledImages, *, seed: int = 0) -> dict[str, dict[str, Clamped]]:
    """Hold every gate, alone and all together, and see how much worse the right labels are found.

    Means are over the very images that are labelled, whose right labels they don't know.

    Args:
        network: In evaluation mode.
        images: `HELD` of them count, drawn.
        seed: Of the images that are drawn, and of the intervals, which are over images.

    Returns:
        By the gate's name and by what it is held to (`TO`); last all together, where there are several.
    """
    gates = {module: name for name, module in network.named_modules() if isinstance(module, Gate)}
    if not gates:
        return {}
    places = drawn(len(images), HELD, seed)
    some = LabelledImages(images.stack(places), np.asarray(images.labels)[places].tolist(), images.classes)
    means = _Means()
    with listening(means.hear):
        free = _judged(network, some)
    # A gate that is part of another one, as the spatial one of channel-then-spatial, shows no map of its own.
    maps = {name: _held_to(gate, means.of(gate)) for gate, name in gates.items() if means.heard(gate)}
    if len(maps) > 1:
        maps[ALL] = {how: {gate: held for one in maps.values() for gate, held in one[how].items()} for how in TO}
    found: dict[str, dict[str, Clamped]] = {}
    for name, ways in maps.items():
        for how, held in ways.items():
            with clamped(held):
                changes = _judged(network, some) - free
            loss, right = (interval_of_mean(change, seed=seed) for change in changes)
            found.setdefault(name, {})[how] = Clamped(loss, right)
    return found


class _Means:
    """The mean map of every gate, over all examples that were heard."""

    def __init__(self) -> None:
        self._sums: dict[nn.Module, tuple[Tensor, int]] = {}

    def hear(self, gate: nn.Module, map_: Tensor, _: Real) -> None:
        total, count = self._sums.get(gate, (torch.zeros((), dtype=torch.float64, device=map_.device), 0))
        self._sums[gate] = total + map_.double().sum(0, keepdim=True), count + len(map_)

    def heard(self, gate: nn.Module) -> bool:
        return gate in self._sums

    def of(self, gate: nn.Module) -> Tensor:
        total, count = self._sums[gate]
        return (total / count).float()


def _held_to(gate: Gate, mean: Tensor) -> dict[str, dict[nn.Module, Tensor]]:
    maps = (mean, mean.mean().expand_as(mean), torch.ones_like(mean))
    return {how: {gate: map_} for how, map_ in zip(TO, maps, strict=True)}


def _judged(network: Classifier, images: LabelledImages) -> Float[np.ndarray, "2 image"]:
    """The loss of each image in nats, and 100 where its label is right."""
    logits = torch.from_numpy(logits_of(network, images)).double()
    labels = torch.from_numpy(np.asarray(images.labels)).long()
    loss = nn.functional.cross_entropy(logits, labels, reduction="none")
    return torch.stack([loss, 100.0 * (logits.argmax(1) == labels)]).numpy()
