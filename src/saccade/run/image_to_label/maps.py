"""The maps of a classifier over many images: how much they let through, and whether they fall on what is to be seen."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from saccade.data.image_batches import batches_in_order
from saccade.data.images import LabelledImages
from saccade.errors import DataError
from saccade.maps import AttentionMap, Recording, flat, input_figures, is_grid, placed, record, rolled_out, spread
from saccade.maps.image_map import even_places
from saccade.maps.rollout import rolls_out
from saccade.metrics import Pointing, amounts, density, pointing
from saccade.models.classifier import Classifier
from saccade.run.examples import drawn
from saccade.run.label_evaluation import MapFigures, lively

LOOKED: Final = 1000
"""Images whose maps are measured, drawn: those over the images are kept until all are there."""
_AT_ONCE: Final = 50


def shows_maps(network: Classifier, size: tuple[int, int]) -> bool:
    """Whether any part of a network shows a map: tried on an image of nothing."""
    try:
        seen_by(network, torch.zeros(1, network.encoder.channels, *size, dtype=torch.uint8))
    except DataError:
        return False
    return True


@torch.no_grad()
def seen_by(network: Classifier, images: Tensor) -> tuple[Tensor, Recording]:
    """Label images, and record every map.

    Raises:
        DataError: No part of the network shows a map.
    """
    with record(network) as recording:
        logits = network.logits(images.to(next(network.parameters()).device))
    return logits, recording


def figures_of_maps(network: Classifier, images: LabelledImages) -> MapFigures:
    """How much every map lets through, how lively it is, and how well those over the images fall into the boxes.

    The pointing game is played where boxes are known; maps of several channels or heads are taken as the mean over
    them. All are by the layer's name, and empty where the network shows no map.
    """
    if not shows_maps(network, images.size):
        return MapFigures({}, {}, {})
    height, width = images.size
    some = images.some(drawn(len(images), LOOKED, seed=0))
    boxes = some.boxes
    passed: dict[str, list[np.ndarray]] = {}
    moved: dict[str, list[np.ndarray]] = {}
    grids: dict[str, list[AttentionMap]] = {}
    for batch in batches_in_order(some, _AT_ONCE):
        maps = seen_by(network, batch.images)[1].maps
        for seen in maps:
            passed.setdefault(seen.layer, []).append(amounts(seen.weights))
            moved.setdefault(seen.layer, []).append(input_figures(seen.weights))
        if boxes is not None:
            for seen in over_images(maps, height, width, network):
                grids.setdefault(seen.layer, []).append(seen)
    pointed = {} if boxes is None else {name: _pointing(each, boxes, height, width) for name, each in grids.items()}
    return MapFigures({layer: density(parts) for layer, parts in passed.items()}, lively(moved), pointed)


def over_images(maps: Sequence[AttentionMap], height: int, width: int, network: Classifier) -> list[AttentionMap]:
    """The maps that lie over the images, without channels and heads; the rollout of self-attention is one of them."""
    boxes = network.encoder.boxes(height, width)
    layers = [seen for seen in maps if rolls_out(seen)]
    over = [placed(seen, height, width, boxes) for seen in (*maps, *([rolled_out(layers)] if layers else []))]
    return [flat(seen) for seen in over if is_grid(seen)]


def _pointing(parts: Sequence[AttentionMap], boxes: np.ndarray, height: int, width: int) -> Pointing:
    rows, columns = (
        spread(axis.places or even_places(len(axis.labels), side), side)
        for axis, side in zip(parts[0].axes[-2:], (height, width), strict=True)
    )
    return pointing(np.concatenate([part.weights for part in parts]), boxes, rows, columns)
