"""How far a classifier's probabilities can be trusted."""

from typing import ClassVar, final

import numpy as np
from jaxtyping import Float, Int, Real

from saccade.errors import OptionError
from saccade.metrics.labels import LabelMetric, log_probabilities


@final
class CalibrationError(LabelMetric):
    r"""Expected calibration error: how far confidence is from accuracy, on average, in per cent.

    $\sum_m \frac{|B_m|}{n} \left|\text{accuracy}(B_m) - \text{confidence}(B_m)\right|$ over bins $B_m$ of images whose
    highest probability lies in $(\frac{m-1}{M}, \frac{m}{M}]$

    Few images in a bin make it too large by chance: compare only figures of as many images.

    Args:
        bins: How many ($M$).

    Raises:
        OptionError: Less than one.

    Example:
        >>> logits = np.log(np.array([[0.75, 0.25]] * 4))
        >>> measure = CalibrationError().measure
        >>> round(measure(logits, np.array([0, 0, 0, 1])), 6), round(measure(logits, np.array([0] * 4)), 6)
        (0.0, 25.0)

    Source:
        Guo, Pleiss, Sun, Weinberger 2017, arXiv:1706.04599, equations 2 and 3.
    """

    name: str = "calibration"
    higher_is_better: ClassVar[bool] = False

    def __init__(self, bins: int = 15) -> None:
        if bins < 1:
            raise OptionError(f"`bins` of calibration must be at least 1, but is {bins}. 15 is usual.")
        self.bins = bins

    def signature(self) -> str:
        return f"calibration|bins:{self.bins} of equal width|norm:1"

    def counts(
        self, logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " image"]
    ) -> Float[np.ndarray, "image statistic"]:
        """Images, right ones and summed confidence of each bin, one bin after the other."""
        probabilities = np.exp(log_probabilities(logits))
        confidence = probabilities.max(axis=1)
        right = probabilities.argmax(axis=1) == labels
        # Confidence 0.5 of two bins belongs to the first; rounding must not push it over the edge.
        bins = np.clip(np.ceil(confidence * self.bins - 1e-9).astype(int) - 1, 0, self.bins - 1)
        statistics = np.zeros((len(labels), self.bins, 3))
        statistics[np.arange(len(labels)), bins] = np.stack([np.ones_like(confidence), right, confidence], axis=1)
        return statistics.reshape(len(labels), -1)

    def score(self, total: Real[np.ndarray, " statistic"]) -> float:
        images, right, confidence = total.reshape(self.bins, 3).T
        return 100.0 * float(np.abs(right - confidence).sum() / images.sum())


@final
class NegativeLogLikelihood(LabelMetric):
    r"""Mean surprise at the right label, in nats: $-\frac1n \sum_i \log p(y_i \mid x_i)$.

    Example:
        >>> round(NegativeLogLikelihood().measure(np.log(np.array([[0.5, 0.5], [0.25, 0.75]])), np.array([0, 1])), 4)
        0.4904
    """

    name: str = "nll"
    higher_is_better: ClassVar[bool] = False

    def signature(self) -> str:
        return "nll|unit:nat"

    def counts(
        self, logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " image"]
    ) -> Float[np.ndarray, "image 2"]:
        likely = np.take_along_axis(log_probabilities(logits), labels[:, None], axis=1)
        return np.concatenate([-likely, np.ones_like(likely)], axis=1)

    def score(self, total: Real[np.ndarray, " statistic"]) -> float:
        return float(total[0]) / float(total[1])
