"""Batches of images with their texts, as token ids."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, final

import numpy as np
import torch
from jaxtyping import Bool, Int, UInt8
from torch import Tensor

from saccade.data.batches import Ids, padded
from saccade.data.image_batches import BatchKey, check_shares, shuffled
from saccade.data.pieces import BEGIN
from saccade.data.text_images import TextImages
from saccade.data.tokenizers import Tokenizer
from saccade.errors import OptionError


class TextImageBatch(NamedTuple):
    """Images, and what is written on them, padded to the longest; the mask is True where a token is.

    The images lie in memory with their channels last. Each target begins with `begin` and ends with `end`.
    """

    images: UInt8[Tensor, "batch channel height width"]
    target: Int[Tensor, "batch target"]
    target_mask: Bool[Tensor, "batch target"]

    @property
    def source(self) -> UInt8[Tensor, "batch channel height width"]:
        """What is read."""
        return self.images

    @property
    def source_mask(self) -> None:
        """All of an image may be looked at."""
        return

    def to(self, device: torch.device | str) -> "TextImageBatch":
        """The same batch on another device."""
        return TextImageBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


@final
class TextImageBatches:
    """Which images go together into a batch of training, anew for every epoch; see `ImageBatches`.

    Texts of like length are together, so that little is padding.

    Args:
        images: The images.
        ids: The tokens of each one's text, from `token_ids`.
        max_images: Images in a batch; fewer only where there are not so many for each rank.
        seed: Another seed, other batches.
        rank: Which of the processes this is, from 0.
        ranks: How many processes share an epoch. All get the same number of batches.

    Raises:
        OptionError: A limit below 1, a rank that is not among the ranks, or ids of another count.

    Example:
        >>> images = TextImages(np.zeros((3, 5, 7, 1), np.uint8), ["a", "ab", "b"])
        >>> ids = token_ids(images.texts, Tokenizer.train(images.texts, kind="char"))
        >>> batches = TextImageBatches(images, ids, max_images=3)
        >>> batches.load(batches.epoch(0)[0]).target.shape
        torch.Size([3, 4])
    """

    def __init__(
        self,
        images: TextImages,
        ids: Sequence[Ids],
        *,
        max_images: int,
        seed: int = 0,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        check_shares(max_images, rank, ranks)
        if len(ids) != len(images):
            raise OptionError(f"There are {len(images):,} images, but {len(ids):,} `ids`. Each image needs its own.")
        self._images, self._ids, self._max_images = images, ids, max_images
        self._lengths = np.fromiter((len(one) for one in ids), dtype=np.int64, count=len(ids))
        self._seed, self._rank, self._ranks = seed, rank, ranks

    def epoch(self, number: int) -> list[BatchKey]:
        """The batches of one epoch for this rank. The same seed and number give the same batches, on any machine."""
        shares = self._rank, self._ranks
        return shuffled(len(self._images), self._max_images, number, self._seed, *shares, self._lengths)

    def load(self, key: BatchKey) -> TextImageBatch:
        """A batch of an epoch; the same key gives the same batch."""
        return _batch(self._images, self._ids, key.indices)


def token_ids(texts: Sequence[str], tokenizer: Tokenizer) -> list[list[int]]:
    """The tokens of each text, from `begin` to `end`."""
    return [[BEGIN, *ids] for ids in tokenizer.ids(texts)]


def text_batches_in_order(images: TextImages, ids: Sequence[Ids], max_images: int) -> Iterator[TextImageBatch]:
    """Every image once, in order: to validate and to test by.

    Raises:
        OptionError: A limit below 1.
    """
    check_shares(max_images)
    for start in range(0, len(images), max_images):
        yield _batch(images, ids, np.arange(start, min(start + max_images, len(images))))


def _batch(images: TextImages, ids: Sequence[Ids], indices: np.ndarray) -> TextImageBatch:
    pixels = torch.from_numpy(images.stack(indices)).permute(0, 3, 1, 2)
    return TextImageBatch(pixels, *padded([ids[index] for index in indices.tolist()]))
