"""How often the right label is among the best: figures of a classifier that add up over its images."""

from abc import ABC, abstractmethod
from typing import ClassVar, final

import numpy as np
from jaxtyping import Float, Int, Real

from saccade.errors import DataError, OptionError


class LabelMetric(ABC):
    """A figure of quality of labels that is computed from sums over images.

    The statistics are computed once; the score of any subset of the images, or of a resample of them, then costs a
    sum. Scores of shares are in per cent.

    Example:
        >>> Top(1).measure(np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([0, 0]))
        50.0
    """

    name: str
    higher_is_better: ClassVar[bool]

    @abstractmethod
    def signature(self) -> str:
        """All that must be known to compute the same figure again, in one line."""

    @abstractmethod
    def counts(
        self, logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " image"]
    ) -> Real[np.ndarray, "image statistic"]:
        """Statistics of each image; `logits` and `labels` are known to fit."""

    @abstractmethod
    def score(self, total: Real[np.ndarray, " statistic"]) -> float:
        """The score of images whose statistics sum to `total`."""

    def statistics(
        self, logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " other"]
    ) -> Real[np.ndarray, "image statistic"]:
        """Compare what a model made of each image with its label.

        Args:
            logits: A number for each label, a higher one for a likelier one: logits or log-probabilities.
            labels: The number of the right one.

        Returns:
            One row of additive statistics an image.

        Raises:
            DataError: The two don't fit, there are no images, a label is not among them, or a logit is not finite.
        """
        check_labels(logits, labels)
        return self.counts(logits, labels)

    def measure(self, logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " other"]) -> float:
        """The score of all images together."""
        return self.score(self.statistics(logits, labels).sum(axis=0))


@final
class Top(LabelMetric):
    """Per cent of the images whose right label is among the `best` likeliest.

    Where two labels are equally likely, the one with the smaller number counts as the likelier, so that a model that
    tells nothing apart does not look good. With no more labels than `best` this is 100 for any model.

    Args:
        best: How many labels are looked at.

    Raises:
        OptionError: Less than one.

    Example:
        >>> logits = np.array([[0.0, 2.0, 1.0], [0.0, 2.0, 1.0]])
        >>> Top(1).measure(logits, np.array([1, 2])), Top(2).measure(logits, np.array([1, 2]))
        (50.0, 100.0)
    """

    higher_is_better: ClassVar[bool] = True

    def __init__(self, best: int = 1) -> None:
        if best < 1:
            raise OptionError(f"`best` of top must be at least 1, but is {best}. 1 and 5 are usual.")
        self.best = best
        self.name = f"top{best}"

    def signature(self) -> str:
        return f"top|best:{self.best}|ties:smaller number first"

    def counts(
        self, logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " image"]
    ) -> Int[np.ndarray, "image 2"]:
        right = np.take_along_axis(logits, labels[:, None], axis=1)
        before = (logits > right) | ((logits == right) & (np.arange(logits.shape[1]) < labels[:, None]))
        found = before.sum(axis=1) < self.best
        return np.stack([found, np.ones_like(found)], axis=1).astype(np.int64)

    def score(self, total: Real[np.ndarray, " statistic"]) -> float:
        return 100.0 * float(total[0]) / float(total[1])


def log_probabilities(logits: Float[np.ndarray, "image label"]) -> Float[np.ndarray, "image label"]:
    """Logits made to log-probabilities, in double precision; those that are already stay as they are.

    Example:
        >>> np.exp(log_probabilities(np.array([[0.0, 0.0]]))).tolist()
        [[0.5, 0.5]]
    """
    wide = logits.astype(np.float64)
    wide = wide - wide.max(axis=1, keepdims=True)
    return wide - np.log(np.exp(wide).sum(axis=1, keepdims=True))


def check_labels(logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " other"]) -> None:
    """Refuse what does not fit together."""
    if len(logits) != len(labels):
        raise DataError(
            f"Each image needs logits and a label, but there are logits of {len(logits):,} images and "
            f"{len(labels):,} labels. Give as many of one as of the other."
        )
    if not len(labels):
        raise DataError("A figure of labels needs at least one image, but got none. Is the folder empty?")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        wrong = int(labels.min() if labels.min() < 0 else labels.max())
        raise DataError(
            f"A label must be 0 to {logits.shape[1] - 1}, one of those the model tells apart, but one is {wrong}. "
            "Evaluate on images of the classes that the model was trained with."
        )
    if not np.isfinite(logits).all():
        image = int(np.argwhere(~np.isfinite(logits).all(axis=1))[0, 0])
        raise DataError(
            f"The logits of image {image} are not all finite numbers. Look for NaN in the image or the loss."
        )
