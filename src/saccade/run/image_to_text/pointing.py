"""How often the look falls on the character that is being written."""

from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Float32

from saccade.data.text_image_batches import text_batches_in_order, token_ids
from saccade.data.text_images import CharacterBoxes, TextImages
from saccade.data.tokenizers import Encoding, Tokenizer
from saccade.maps import AttentionMap, Axis, placed, spread
from saccade.maps.image_map import even_places, numbered
from saccade.metrics import Pointing, pointing
from saccade.models.image_reader import ImageReader
from saccade.models.sequence_to_sequence import SequenceToSequence

POINTED: Final = 300
"""Images whose looks are held against the boxes: each has as many as its text has characters."""
_AT_ONCE: Final = 50


def pointing_of(network: SequenceToSequence, tokenizer: Tokenizer, images: TextImages) -> Pointing | None:
    """Hold the look before each token against the box of its characters, while the right text is being written.

    The right text is given, token by token, so that every image counts, also one that would be read wrongly. Blanks and
    the end of the text are at no place, and left out. A box is at least as wide and high as a cell of the grid, since
    no map points finer. So where the items are whole columns, boxes reach from top to bottom.

    Returns:
        None where no boxes are known, or the network does not look.
    """
    if images.boxes is None or not network.decoder.looks:
        return None
    count = min(len(images), POINTED)
    first = TextImages(images.stack(range(count)), images.texts[:count], boxes=images.boxes[:count])
    looks, boxes = [], []
    encodings = tokenizer.encode_batch(first.texts)
    for place, weights in enumerate(forced_looks(network, tokenizer, first)):
        assert first.boxes is not None
        wanted = token_boxes(first.texts[place], encodings[place], first.boxes[place])
        looks += [weights[token] for token in wanted]
        boxes += list(wanted.values())
    if not looks:
        return None
    down, across = _axes(network, *images.size)
    grids = np.stack(looks).reshape(-1, len(down.labels), len(across.labels))
    sides = [
        (axis.places or even_places(len(axis.labels), side))
        for axis, side in zip((down, across), images.size, strict=True)
    ]
    at_least = widened(np.stack(boxes), sides[1][0], sides[0][0], images.size)
    rows, columns = (spread(places, side) for places, side in zip(sides, images.size, strict=True))
    return pointing(grids, at_least, rows, columns)


@torch.no_grad()
def forced_looks(
    network: SequenceToSequence, tokenizer: Tokenizer, images: TextImages
) -> list[Float[np.ndarray, "target item"]]:
    """Where the network looks before each token of the right texts; heads count alike."""
    device = next(network.parameters()).device
    found = []
    for batch in text_batches_in_order(images, token_ids(images.texts, tokenizer), _AT_ONCE):
        moved = batch.to(device)
        remembered = network.remember(moved.source, None)
        decoded, _ = network.decoder(moved.target[:, :-1], remembered.start, remembered)
        assert decoded.weights is not None
        weights = decoded.weights.mean(dim=1) if decoded.weights.dim() == 4 else decoded.weights
        lengths = (moved.target_mask.sum(dim=1) - 1).tolist()
        found += [one[:length].float().cpu().numpy() for one, length in zip(weights, lengths, strict=True)]
    return found


def token_boxes(text: str, encoding: Encoding, boxes: CharacterBoxes) -> dict[int, Float32[np.ndarray, "4"]]:
    """The box around the characters of each token, by the token's place; tokens without ink have none.

    Example:
        >>> boxes = np.array([[0, 0, 2, 5], [2, 0, 3, 5], [3, 1, 6, 4]], np.float32)
        >>> tokenizer = Tokenizer.train(["a b"], kind="char")
        >>> {place: box.tolist() for place, box in token_boxes("a b", tokenizer.encode("a b"), boxes).items()}
        {0: [0.0, 0.0, 2.0, 5.0], 2: [3.0, 1.0, 6.0, 4.0]}
    """
    found = {}
    for place, (start, end) in enumerate(encoding.spans):
        inked = [boxes[at] for at in range(start, end) if not text[at].isspace()]
        if inked:
            edges = np.stack(inked)
            found[place] = np.concatenate([edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)])
    return found


def widened(
    boxes: Float32[np.ndarray, "box 4"], column: tuple[float, float], row: tuple[float, float], size: tuple[int, int]
) -> Float32[np.ndarray, "box 4"]:
    """Boxes that are at least as large as a cell, around the same middle, and in the image.

    Args:
        boxes: Left, top, right, bottom of each.
        column: From where to where a cell reaches, across.
        row: The same, down.
        size: Height and width of the image.

    Example:
        >>> widened(np.array([[5, 6, 6, 26]], np.float32), (0.0, 4.0), (0.0, 8.0), (32, 128)).tolist()
        [[3.5, 6.0, 7.5, 26.0]]
    """
    cell = np.array([column[1] - column[0], row[1] - row[0]], dtype=np.float32)
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], cell)
    room = np.array(size[::-1], dtype=np.float32) - sides
    corners = np.clip((boxes[:, :2] + boxes[:, 2:] - sides) / 2, 0, room)
    return np.concatenate([corners, corners + sides], axis=1)


def _axes(network: SequenceToSequence, height: int, width: int) -> tuple[Axis, Axis]:
    """The rows and the columns of what the network can look at."""
    return laid_out(np.zeros(len(boxes_of(network, height, width))), network, height, width, "look").axes  # pyright: ignore[reportReturnType]


def boxes_of(network: SequenceToSequence, height: int, width: int) -> tuple[tuple[float, float, float, float], ...]:
    """Where the items lie that the network can look at, in an image of this size."""
    assert isinstance(network.encoder, ImageReader)
    return network.encoder.boxes(height, width)


def laid_out(
    weights: Float[np.ndarray, " item"], network: SequenceToSequence, height: int, width: int, name: str
) -> AttentionMap:
    """One look as a map over the image."""
    axes = (numbered("query", 1), numbered("key", len(weights)))
    return placed(AttentionMap(weights[None], axes, name), height, width, boxes_of(network, height, width))
