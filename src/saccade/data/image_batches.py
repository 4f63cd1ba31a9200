"""Batches of images for training: shuffled, augmented, the same again for the same seed."""

from collections.abc import Iterator
from typing import Final, NamedTuple, final

import numpy as np
import torch
from jaxtyping import Float32, Int64, UInt8
from torch import Tensor

from saccade.data.augmentation import Augmentation
from saccade.data.images import LabelledImages
from saccade.errors import OptionError

# Of so many batches together, images are sorted by the length of what belongs to them.
_SORTED: Final = 8


class ImageBatch(NamedTuple):
    """Images with their labels; where they are mixed, also with which other image of the batch, and its own share.

    The model mixes, after it has normalised: share · image + (1 − share) · image[other], and so the losses. The images
    lie in memory with their channels last.
    """

    images: UInt8[Tensor, "batch channel height width"]
    labels: Int64[Tensor, " batch"]
    other: Int64[Tensor, " batch"] | None = None
    share: Float32[Tensor, " batch"] | None = None

    def to(self, device: torch.device | str) -> "ImageBatch":
        """The same batch on another device."""
        moved = (part if part is None else part.to(device, non_blocking=True) for part in (self.other, self.share))
        return ImageBatch(self.images.to(device, non_blocking=True), self.labels.to(device, non_blocking=True), *moved)


class BatchKey(NamedTuple):
    """A batch that has not been loaded: its epoch, its number in the epoch, and the places of its images."""

    epoch: int
    number: int
    indices: np.ndarray


@final
class ImageBatches:
    """Which images go together into a batch of training, anew for every epoch.

    A batch depends on the seed, the epoch and its number alone, whatever was loaded before it: a training that is
    resumed sees what it would have seen. All batches are of one size: the images left over in an epoch wait for the
    next.

    Args:
        images: The images.
        max_images: Images in a batch; fewer only where there are not so many for each rank.
        augmentation: What is done to the images by chance; without it, nothing.
        seed: Another seed, other batches.
        rank: Which of the processes this is, from 0.
        ranks: How many processes share an epoch. All get the same number of batches.

    Raises:
        OptionError: A limit below 1, or a rank that is not among the ranks.

    Example:
        >>> images = LabelledImages(np.zeros((11, 5, 7, 3), np.uint8), [0] * 11, ["cat"])
        >>> batches = ImageBatches(images, max_images=4, seed=1)
        >>> [batches.load(key).images.shape for key in batches.epoch(0)]
        [torch.Size([4, 3, 5, 7]), torch.Size([4, 3, 5, 7])]
    """

    def __init__(
        self,
        images: LabelledImages,
        *,
        max_images: int,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        check_shares(max_images, rank, ranks)
        self._images = images
        self._max_images = max_images
        self._augmentation = augmentation or Augmentation()
        self._seed = seed
        self._rank = rank
        self._ranks = ranks

    def epoch(self, number: int) -> list[BatchKey]:
        """The batches of one epoch for this rank. The same seed and number give the same batches, on any machine."""
        return shuffled(len(self._images), self._max_images, number, self._seed, self._rank, self._ranks)

    def load(self, key: BatchKey) -> ImageBatch:
        """A batch of an epoch, augmented; the same key gives the same batch."""
        random = np.random.default_rng([self._seed, key.epoch, key.number])
        images = self._augmentation(self._images.stack(key.indices), random)
        batch = _batch(images, self._images.labels[key.indices])
        mixture = self._augmentation.mixture(len(images), random)
        if mixture is None:
            return batch
        other, share = mixture
        return batch._replace(other=torch.from_numpy(other), share=torch.from_numpy(share))


def shuffled(
    images: int,
    max_images: int,
    epoch: int,
    seed: int,
    rank: int,
    ranks: int,
    lengths: Int64[np.ndarray, " image"] | None = None,
) -> list[BatchKey]:
    """Deal out images for one epoch and one rank: see `ImageBatches`; with lengths, those of like length together.

    Images are then sorted by length among those of a few batches, and the batches shuffled: so little is padding, and a
    batch is still another one in each epoch.
    """
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(images)
    # Fewer images than ranks: some are given twice, so that no rank waits for ever.
    order = np.resize(order, max(len(order), ranks))
    size = min(max_images, len(order) // ranks)
    count = len(order) // size // ranks * ranks
    order = order[: count * size]
    if lengths is None:
        cut = order.reshape(count, size)
    else:
        groups = [order[start : start + _SORTED * size] for start in range(0, len(order), _SORTED * size)]
        alike = np.concatenate([group[np.argsort(lengths[group], kind="stable")] for group in groups])
        cut = alike.reshape(count, size)[random.permutation(count)]
    return [BatchKey(epoch, place, cut[place]) for place in range(rank, count, ranks)]


def batches_in_order(images: LabelledImages, max_images: int) -> Iterator[ImageBatch]:
    """Every image once, in order and as it is: to validate and to test by.

    Raises:
        OptionError: A limit below 1.
    """
    check_shares(max_images)
    for start in range(0, len(images), max_images):
        indices = np.arange(start, min(start + max_images, len(images)))
        yield _batch(images.stack(indices), images.labels[indices])


def _batch(images: UInt8[np.ndarray, "batch height width channel"], labels: Int64[np.ndarray, " batch"]) -> ImageBatch:
    return ImageBatch(torch.from_numpy(images).permute(0, 3, 1, 2), torch.from_numpy(labels))


def check_shares(max_images: int, rank: int = 0, ranks: int = 1) -> None:
    """Refuse what images can't be dealt out by.

    Raises:
        OptionError: A limit below 1, or a rank that is not among the ranks.
    """
    if max_images < 1:
        raise OptionError(f"`max_images` must be 1 or more, but is {max_images}.")
    if not 0 <= rank < ranks:
        raise OptionError(f"`rank` must be from 0 to {ranks - 1}, since there are {ranks} ranks, but is {rank}.")
