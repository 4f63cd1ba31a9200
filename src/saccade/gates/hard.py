"""Hard or soft: numbers become a map, by the sigmoid or by a threshold."""

from typing import Any, Final, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from saccade.errors import OptionError

PENALTY: Final = 2.0
"""How much a hard map's squared distance from its target counts beside an image's loss of the task."""


@final
class Choice(nn.Module):
    r"""Make a map of numbers: soft, the sigmoid of each; hard, 1 where it is positive and 0 elsewhere.

    soft: $m = \sigma(a)$; hard: $m = [a > 0], \quad \partial m / \partial a := \sigma'(a)$

    A hard map aims at a fraction of ones: while it learns, the gradient of $\lambda\,(\bar m - \text{keep})^2$, where
    $\bar m$ is the fraction over the whole batch, is added to that of the loss, once for each image, as losses here
    are sums over the images. It enters on the way back, so the loss that is reported is that of the task alone, and
    nothing is kept on the module.

    Args:
        hard: Whether the map is of zeros and ones.
        keep: The fraction of ones that a hard map aims at, in (0, 1); a soft map knows no such thing.

    Raises:
        OptionError: A `keep` that is no fraction.

    Example:
        >>> numbers = torch.tensor([[-1.0, 0.0, 3.0]])
        >>> Choice(hard=True, keep=0.3)(numbers)
        tensor([[0., 0., 1.]])
        >>> Choice(hard=False, keep=0.3)(numbers)
        tensor([[0.2689, 0.5000, 0.9526]])

    Source:
        The straight-through gradient: Bengio, Léonard, Courville 2013, arXiv:1308.3432, section 4; a target for the
        fraction, as a squared distance over the batch: Veit, Belongie 2018, arXiv:1711.11503, section 3.3.

    Differs:
        Veit and Belongie draw by Gumbel noise; here the threshold decides, in training as afterwards.
    """

    def __init__(self, hard: bool, keep: float) -> None:
        super().__init__()
        if not 0 < keep < 1:
            raise OptionError(f"`keep` must be a fraction between 0 and 1, both excluded, but is {keep}. Try 0.3.")
        self.hard = hard
        self.keep = keep

    def forward(self, numbers: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch *shape"]:
        """Make the map, of the numbers' own shape."""
        if not self.hard:
            return numbers.sigmoid()
        # Outside training a gradient is asked for by someone who wants to know what the map depends on.
        return _Threshold.apply(numbers, self.keep, PENALTY if self.training else 0.0)  # pyright: ignore[reportReturnType]


@final
class _Threshold(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, numbers: Tensor, keep: float, penalty: float) -> Tensor:
        ctx.save_for_backward(numbers)
        ctx.keep, ctx.penalty = keep, penalty
        return (numbers > 0).to(numbers.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        (numbers,) = ctx.saved_tensors
        kept = (numbers > 0).mean(dtype=torch.float32)
        pull = ctx.penalty * 2 * (kept - ctx.keep) * numbers.shape[0] / numbers.numel()
        share = numbers.sigmoid()
        return (grad + pull.to(grad.dtype)) * share * (1 - share), None, None
