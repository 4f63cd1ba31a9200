"""An encoder that reads an image, a pooling, and a layer that says what it is."""

from collections.abc import Mapping, Sequence
from typing import final

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from saccade.checks import check_positive
from saccade.data.image_batches import ImageBatch
from saccade.encoders import ImageEncoder
from saccade.errors import DataError
from saccade.models.labelling import label_layer, labelling_loss, log_probabilities
from saccade.models.loss import Loss
from saccade.models.normalised import check_channels, normalised
from saccade.models.pooling import Pooling

ENCODER = "encoder."
"""What the names of an encoder's weights begin with among those of a classifier."""


@final
class Classifier(nn.Module):
    """Say what is on an image.

    Args:
        encoder: Reads the images.
        pooling: Makes one vector of what was read.
        labels: How many labels there are.
        mean: Of each channel over the training images, from 0 to 1: what normalising subtracts.
        std: Of each channel over the training images, from 0 to 1: what normalising divides by.
        dropout: Share of the vector's entries that is dropped in training.

    Raises:
        OptionError: No labels, or not a mean and a positive std for each channel.
    """

    def __init__(
        self,
        encoder: ImageEncoder,
        pooling: Pooling,
        labels: int,
        *,
        mean: Sequence[float],
        std: Sequence[float],
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_positive(labels=labels)
        check_channels(encoder.channels, mean, std)
        self.encoder, self.pooling = encoder, pooling
        self.dropout = nn.Dropout(dropout)
        self.vocabulary = label_layer(encoder.d_memory, labels)
        self.mean, self.std = nn.Buffer(torch.tensor(mean)), nn.Buffer(torch.tensor(std))

    def forward(self, batch: ImageBatch, smoothing: float = 0.0) -> Loss:
        r"""The loss of labelling images; mixed ones are labelled as both, by their shares.

        Mixed images: $λ x_i + (1 - λ) x_j$, and so the target distribution (Zhang 2018, arXiv:1710.09412); smoothing:
        see `labelling_loss`.
        """
        log_probs = log_probabilities(self._scores(_mixed(self._normalised(batch.images), batch)))
        return labelling_loss(_chosen(log_probs, batch), log_probs, smoothing)

    def logits(
        self, images: UInt8[Tensor, "batch channel height width"] | Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch label"]:
        """Score each label for each image.

        Args:
            images: From 0 to 255, or, of floating point, from 0 to 1.

        Raises:
            DataError: They have other channels, or are too small.
        """
        return self._scores(self._normalised(images))

    def load_encoder(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with what another classifier's encoder has learnt, whatever its labels were.

        Args:
            weights: Of the whole other classifier, by name.

        Raises:
            DataError: There is no encoder among them, or one of another shape.
        """
        own = {name.removeprefix(ENCODER): value for name, value in weights.items() if name.startswith(ENCODER)}
        expected, got = _shapes(self.encoder.state_dict()), _shapes(own)
        for name in sorted(expected.keys() | got.keys()):
            if expected.get(name) != got.get(name):
                there, here = got.get(name, "missing"), expected.get(name, "missing")
                raise DataError(
                    f"These weights are of another encoder: `{ENCODER}{name}` is {there} there and {here} here. Take "
                    "a classifier with the same `encoder` and `gate`, or give this one those of that."
                )
        self.encoder.load_state_dict(own)

    def _scores(self, normalised: Tensor) -> Float[Tensor, "batch label"]:
        return self.vocabulary(self.dropout(self.pooling(self.encoder(normalised))))

    def _normalised(self, images: Tensor) -> Float[Tensor, "batch channel height width"]:
        """Bring each channel to mean 0 and deviation 1."""
        self.encoder.check(images)
        return normalised(images, self.mean, self.std)


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in tensors.items()}


def _mixed(images: Tensor, batch: ImageBatch) -> Tensor:
    if batch.other is None or batch.share is None:
        return images
    return torch.lerp(images[batch.other], images, batch.share.to(images.dtype)[:, None, None, None])


def _chosen(log_probs: Float[Tensor, "batch label"], batch: ImageBatch) -> Float[Tensor, " batch"]:
    """The log-probability of each image's label, or of both its labels by their shares."""
    own = log_probs.gather(1, batch.labels[:, None])[:, 0]
    if batch.other is None or batch.share is None:
        return own
    others = log_probs.gather(1, batch.labels[batch.other, None])[:, 0]
    return torch.lerp(others, own, batch.share.to(own.dtype))
