"""What a batch says about a model."""

from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor


class Loss(NamedTuple):
    """What a batch says about a model, summed over its outputs: target tokens, or labels of images.

    Attributes:
        total: What is made small: the smoothed negative log-probability, and the coverage loss where there is one.
        log_prob: Log-probability of the outputs, without smoothing.
        tokens: How many outputs there are; padding is not counted.
    """

    total: Float[Tensor, ""]
    log_prob: Float[Tensor, ""]
    tokens: Int[Tensor, ""]
