"""A mixture over positions: hard attention, learnt exactly, by the sum over all that it might have looked at."""

from typing import ClassVar, final

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.attention import State
from saccade.decoders.decoder import Decoded
from saccade.decoders.emissions import Emissions, log_shares, one_hot_of_best
from saccade.decoders.output import Output, OutputLayer, TargetLogProbs


@final
class Mixture(OutputLayer):
    r"""Look at one position, and sum over which: hard attention with its exact likelihood.

    $p(y_t \mid y_{<t}) = \sum_k \alpha_{tk}\, p(y_t \mid s_t, h_k)$

    Nothing is sampled, and the gradient is exact. It needs a state that does not know where the steps before it
    looked (`query: current-state`, no input feeding), one head, and soft weights $\alpha$, which are the shares of
    the mixture. The map shows the likeliest position, before the token was known.

    Source:
        Wu, Shapiro, Cotterell 2018, arXiv:1808.10024, section 3 and equation 7.

    Differs:
        The readout is that of every decoder here, with the last token in it.
    """

    apart: ClassVar[bool] = True

    def forward(
        self, decoded: Decoded, vocabulary: nn.Linear, written: Int[Tensor, "row query"], state: State = None
    ) -> Output:
        return MixtureOutput(decoded, vocabulary, self.dropout if self.training else 0.0)


@final
class MixtureOutput(Output):
    """A mixture over positions.

    Args:
        decoded: The shares of steps and positions in the readouts, and the weights that mix them.
        vocabulary: Turns a readout into a logit for each token.
        dropout: Share of the readouts that is dropped.
    """

    def __init__(self, decoded: Decoded, vocabulary: nn.Linear, dropout: float) -> None:
        assert decoded.positions is not None
        assert decoded.weights is not None
        self.features, self.positions = decoded.features, decoded.positions
        self.vocabulary, self.dropout = vocabulary, dropout
        self.shares = log_shares(decoded.weights, decoded.positions.mask)

    def log_probs(
        self, target: Int[Tensor, "batch query"], mask: Bool[Tensor, "batch query"], *, smoothed: bool = True
    ) -> TargetLogProbs:
        real = mask.flatten().nonzero().squeeze(1)
        emissions = self._emissions(slice(None))
        emissions = emissions._replace(steps=emissions.steps[real], sentence=emissions.sentence[real])
        shares, goal = self.shares.flatten(0, 1)[real], target.flatten()[real]
        if not smoothed:
            return TargetLogProbs((shares + emissions.of_tokens(goal)).logsumexp(-1), None)
        log_probs = emissions.mixed(shares)
        return TargetLogProbs(log_probs.gather(1, goal[:, None]).squeeze(1), log_probs.mean(1))

    def next_log_probs(self) -> Float[Tensor, "batch vocab"]:
        return self._emissions(slice(-1, None)).mixed(self.shares[:, -1])

    def looked(self) -> Float[Tensor, "batch key"]:
        """The likeliest position of the last step, one-hot."""
        return one_hot_of_best(self.shares[:, -1], self.positions.mask)

    def _emissions(self, steps: slice) -> Emissions:
        return Emissions.of(self.features[:, steps], self.positions, self.vocabulary, self.dropout)
