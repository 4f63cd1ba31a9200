"""Looks that were drawn learn from what was written after them."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.attention import Choice


@final
class Reinforce(nn.Module):
    r"""Make looks likelier that were followed by likelier targets than usual (REINFORCE).

    $\sum_t (R_t - b_t) \log p(a_t) + \text{bonus}_t, \quad R_t = \sum_{i \ge t} \log p(y_i), \quad
    b_t = (T - t + 1)\, \bar r$

    The reward of a look is the log-probability of what it can change: of all that was written from its step on, or of
    its own token alone where no later state knows of the look (`query: current-state` without input feeding).
    $\bar r$ is the moving mean of the log-probability of a token over the batches before. The baseline is a part of
    the model's state, so that a training that is gone on with has it.

    Args:
        decay: How much of the moving mean stays at a batch.

    Source:
        Xu et al. 2015, arXiv:1502.03044, section 4.1; Williams 1992.

    Differs:
        Xu's reward is that of the whole caption for every look, and the baseline the mean over captions: the same in
        expectation, with more variance where lengths differ. Xu takes the soft context at every other sample; here
        every look of training is drawn.
    """

    reward: Tensor
    weight: Tensor

    def __init__(self, decay: float = 0.9) -> None:
        super().__init__()
        self.decay = decay
        self.register_buffer("reward", torch.zeros(()))
        self.register_buffer("weight", torch.zeros(()))

    def forward(
        self,
        chosen: Float[Tensor, " token"],
        mask: Bool[Tensor, "batch query"],
        choice: Choice,
    ) -> Float[Tensor, ""]:
        """What is to be made large, for its gradient; the baseline then takes in this batch.

        Args:
            chosen: Log-probability of each real token of the target, in row-major order.
            mask: True at real tokens.
            choice: Of the looks.
        """
        reward = torch.zeros_like(mask, dtype=chosen.dtype).masked_scatter(mask, chosen.detach())
        tokens = mask.to(reward.dtype)
        if choice.is_lasting:
            reward, tokens = _from_here_on(reward), _from_here_on(tokens)
        advantage = reward - self.baseline() * tokens
        gain = torch.where(mask, advantage * choice.log_prob + choice.bonus, 0.0).sum()
        self._take_in(chosen.detach().mean())
        return gain

    def baseline(self) -> Float[Tensor, ""]:
        """The usual log-probability of a token; 0 before the first batch."""
        return self.reward / self.weight.clamp_min(torch.finfo(self.weight.dtype).tiny)

    def _take_in(self, reward: Float[Tensor, ""]) -> None:
        self.reward.lerp_(reward.to(self.reward.dtype), 1 - self.decay)
        self.weight.lerp_(torch.ones_like(self.weight), 1 - self.decay)


def _from_here_on(each: Tensor) -> Tensor:
    """At each step, the sum from it to the end."""
    return each.flip(1).cumsum(1).flip(1)
