"""A distribution over a plain vocabulary: a linear layer and a softmax."""

from typing import Any, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional

from saccade.attention import State
from saccade.decoders.decoder import Decoded
from saccade.decoders.output import Output, OutputLayer, TargetLogProbs

ROWS = 32
"""Rows of logits that are normalised together: few enough to stay in the cache."""


@final
class VocabularyOutput(Output):
    """A softmax over the vocabulary.

    Args:
        features: What the decoder read out at each step.
        vocabulary: The layer that turns features into a logit for each token.
        weights: Where each step looked.
    """

    def __init__(
        self,
        features: Float[Tensor, "batch query d_readout"],
        vocabulary: nn.Linear,
        weights: Float[Tensor, "batch *head query key"] | None = None,
    ) -> None:
        self.features = features
        self.vocabulary = vocabulary
        self.weights = weights

    def log_probs(
        self, target: Int[Tensor, "batch query"], mask: Bool[Tensor, "batch query"], *, smoothed: bool = True
    ) -> TargetLogProbs:
        real = mask.flatten().nonzero().squeeze(1)
        features = self.features.flatten(0, 1).index_select(0, real)
        chosen = target.flatten().index_select(0, real)
        logits_layer = self.vocabulary
        inputs = _in_autocast(features, logits_layer.weight, logits_layer.bias)
        of_goal, of_all = _LogProbs.apply(*inputs, chosen)  # pyright: ignore[reportGeneralTypeIssues]
        return TargetLogProbs(of_goal, of_all if smoothed else None)

    def next_log_probs(self) -> Float[Tensor, "batch vocab"]:
        return functional.log_softmax(self.vocabulary(self.features[:, -1]), dim=-1)

    def looked(self) -> Float[Tensor, "batch key"] | None:
        """The weights of the last step; heads count alike."""
        if self.weights is None:
            return None
        last = self.weights[..., -1, :]
        return last.mean(dim=1) if last.dim() == 3 else last


@final
class Vocabulary(OutputLayer):
    """A softmax over the vocabulary, of one readout a step."""

    def forward(
        self, decoded: Decoded, vocabulary: nn.Linear, written: Int[Tensor, "row query"], state: State = None
    ) -> Output:
        return VocabularyOutput(decoded.features, vocabulary, decoded.weights)


def _in_autocast(*tensors: Tensor) -> list[Tensor]:
    """Convert to the number format of the surrounding autocast, as a linear layer would."""
    device = tensors[0].device.type
    if not torch.is_autocast_enabled(device):
        return list(tensors)
    dtype = torch.get_autocast_dtype(device)
    return [tensor if tensor.dtype == torch.float64 else tensor.to(dtype) for tensor in tensors]


@final
class _LogProbs(Function):
    """Linear layer, log-softmax and the choice of the target in one: the logits are walked over once, in the cache."""

    @staticmethod
    def forward(
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, target: Int[Tensor, " token"]
    ) -> tuple[Float[Tensor, " token"], Float[Tensor, " token"]]:
        ctx.set_materialize_grads(False)
        probabilities = functional.linear(features, weight, bias)
        exact = torch.promote_types(probabilities.dtype, torch.float32)
        chosen, mean = (torch.empty(len(target), dtype=exact, device=features.device) for _ in range(2))
        for rows in zip(*(tensor.split(ROWS) for tensor in (probabilities, target, chosen, mean)), strict=True):
            logits, goal, of_goal, of_all = rows
            log_probs = functional.log_softmax(logits, dim=-1, dtype=exact)
            of_goal.copy_(log_probs.gather(1, goal[:, None]).squeeze(1))
            of_all.copy_(log_probs.mean(dim=1))
            logits.copy_(log_probs.exp_())
        ctx.save_for_backward(features, weight, probabilities, target)
        return chosen, mean

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, to_chosen: Tensor | None, to_mean: Tensor | None) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        features, weight, probabilities, target = ctx.saved_tensors
        if to_chosen is None:
            to_chosen = torch.zeros(len(target), device=target.device)
        factor = to_chosen if to_mean is None else to_chosen + to_mean
        # In place, to touch no new memory; autograd's own check refuses a second backward over the same graph.
        to_logits = probabilities
        for rows, of_row in zip(to_logits.split(ROWS), factor.split(ROWS), strict=True):
            rows.mul_(of_row[:, None].neg().to(rows.dtype))
        if to_mean is not None:
            to_logits += (to_mean / to_logits.shape[1])[:, None].to(to_logits.dtype)
        to_logits[torch.arange(len(target), device=target.device), target] += to_chosen.to(to_logits.dtype)
        return to_logits @ weight, to_logits.T @ features, to_logits.sum(0), None
