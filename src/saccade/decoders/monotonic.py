"""Hard attention that never goes back, learnt exactly, by the sum over all ways through the source."""

from functools import cached_property
from typing import ClassVar, NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.attention import State
from saccade.decoders.decoder import Decoded
from saccade.decoders.emissions import Emissions, log_shares
from saccade.decoders.moves import FreeMoves, Moves, ShortMoves, first_position
from saccade.decoders.output import Output, OutputLayer, TargetLogProbs
from saccade.errors import OptionError

REACH = 4


@final
class Monotonic(OutputLayer):
    r"""Look at one position, never before the last one, and sum over all ways: exact hard monotonic attention.

    $p(y) = \sum_a \prod_t p(a_t \mid a_{t-1}, y_{<t})\, p(y_t \mid s_t, h_{a_t}), \quad a_t \ge a_{t-1}$

    by the forward algorithm, in log space. Several steps may look at one position, so that a target may be longer than
    its source. It starts at the first position.

    - `order: 0`: a look goes to the positions ahead by their shares $\alpha$ (the weights of soft attention) alone;
    - `order: 1`: how far it goes depends on where it is, too, and it goes at most `reach` ahead.

    It needs what `Mixture` needs: `query: current-state`, no input feeding, one head, a soft selection. The map shows
    the likeliest position before the token was known, among those not before the one shown last: it never goes back.

    Args:
        d_readout: Width of a readout.
        dropout: Share of the readout that is dropped in training.
        order: 0 or 1.
        reach: With order 1, how many positions ahead a step may go, at least 1; None: 4.

    Raises:
        OptionError: An order that there is not, a reach below 1, or one with order 0.

    Source:
        Wu & Cotterell 2019, arXiv:1905.06319, sections 3 and 4.

    Differs:
        With order 1, the paper's moves are a layer of state and position alone; here the share of the position that
        is gone to counts as well, and the layer reads the readout at the position that is left.
    """

    apart: ClassVar[bool] = True

    def __init__(self, d_readout: int, dropout: float = 0.0, *, order: int = 0, reach: int | None = None) -> None:
        super().__init__(d_readout, dropout)
        if order not in (0, 1):
            raise OptionError(f"`order` must be 0 or 1, but is {order}.")
        if reach is not None and (order == 0 or reach < 1):
            why = "is an option of order 1 alone" if order == 0 else "must be at least 1"
            raise OptionError(f"`reach` {why}, but is {reach} with `order: {order}`. Leave it out, or change it.")
        self.readiness = None if order == 0 else nn.Linear(d_readout, 1 + (reach or REACH))

    def forward(
        self, decoded: Decoded, vocabulary: nn.Linear, written: Int[Tensor, "row query"], state: State = None
    ) -> Output:
        assert decoded.positions is not None
        assert decoded.weights is not None
        dropout = self.dropout if self.training else 0.0
        shares = log_shares(decoded.weights, decoded.positions.mask)
        moves = FreeMoves(shares) if self.readiness is None else self._short_moves(decoded, shares, dropout)
        before, shown = first_position(shares), torch.zeros_like(written[:, 0])
        if state is not None:
            last = _Last(*state)
            emissions = Emissions.of(last.features[:, None], decoded.positions, vocabulary, dropout)
            before = _posterior(last.prior, emissions.of_tokens(written[:, 0]))[1]
            shown = last.shown
        return MonotonicOutput(decoded, vocabulary, dropout, moves, before, shown, written)

    def _short_moves(self, decoded: Decoded, shares: Float[Tensor, "row query key"], dropout: float) -> Moves:
        assert self.readiness is not None
        assert decoded.positions is not None
        readiness = Emissions.of(decoded.features, decoded.positions, self.readiness, dropout).all()
        return ShortMoves(shares, readiness.unflatten(0, shares.shape[:2]))


@final
class _Last(NamedTuple):
    """What the next step must know of the last: its positions before its token was known, and how it emits."""

    prior: Float[Tensor, "row key"]
    features: Float[Tensor, "row d_readout"]
    shown: Int[Tensor, " row"]


@final
class MonotonicOutput(Output):
    """A sum over all monotonic alignments.

    Args:
        decoded: The shares of steps and positions in the readouts.
        vocabulary: Turns a readout into a logit for each token.
        dropout: Share of the readouts that is dropped.
        moves: How a look moves on.
        before: Log-probability of each position at the step before the first.
        shown: The position that the map showed then.
        written: The tokens before each step.
    """

    def __init__(
        self,
        decoded: Decoded,
        vocabulary: nn.Linear,
        dropout: float,
        moves: Moves,
        before: Float[Tensor, "row key"],
        shown: Int[Tensor, " row"],
        written: Int[Tensor, "row query"],
    ) -> None:
        assert decoded.positions is not None
        self.features, self.positions = decoded.features, decoded.positions
        self.vocabulary, self.dropout, self.moves = vocabulary, dropout, moves
        self.before, self.shown, self.written = before, shown, written

    def log_probs(
        self, target: Int[Tensor, "batch query"], mask: Bool[Tensor, "batch query"], *, smoothed: bool = True
    ) -> TargetLogProbs:
        real = mask.flatten().nonzero().squeeze(1)
        emissions = self._emissions(slice(None))
        emissions = emissions._replace(steps=emissions.steps[real], sentence=emissions.sentence[real])
        of_real = emissions.of_tokens(target.flatten()[real])
        # After the end of a target there is nothing to emit, and nothing to learn.
        emitted = of_real.new_zeros(target.numel(), of_real.shape[1]).index_copy(0, real, of_real)
        priors, chosen = self._forward(emitted.unflatten(0, target.shape))
        mean = emissions.mixed(priors.flatten(0, 1)[real]).mean(1) if smoothed else None
        return TargetLogProbs(chosen.flatten()[real], mean)

    def next_log_probs(self) -> Float[Tensor, "batch vocab"]:
        return self._emissions(slice(-1, None)).mixed(self._priors[:, -1])

    def looked(self) -> Float[Tensor, "batch key"]:
        """The likeliest position of the last step that is not before the one of the step before, one-hot."""
        mask = self.positions.mask
        best = nn.functional.one_hot(self._shown, self._priors.shape[-1]).to(self._priors.dtype)
        return best if mask is None else torch.where(mask.repeat_interleave(len(best) // len(mask), 0), best, 0.0)

    def carried(self) -> State:
        return _Last(self._priors[:, -1], self.features[:, -1], self._shown)

    @cached_property
    def _priors(self) -> Float[Tensor, "batch query key"]:
        """Log-probability of each position at each step, where the tokens before it are known."""
        emitted = self._emissions(slice(-1)).of_tokens(self.written[:, 1:].flatten())
        emitted = emitted.unflatten(0, (len(self.features), -1))
        return self._forward(torch.cat([emitted, torch.zeros_like(self.before)[:, None]], 1))[0]

    @cached_property
    def _shown(self) -> Int[Tensor, " batch"]:
        shown, places = self.shown, torch.arange(self._priors.shape[-1], device=self.shown.device)
        for prior in self._priors.unbind(1):
            shown = torch.where(places >= shown[:, None], prior, -torch.inf).argmax(-1)
        return shown

    def _forward(
        self, emitted: Float[Tensor, "batch query key"]
    ) -> tuple[Float[Tensor, "batch query key"], Float[Tensor, "batch query"]]:
        """The forward algorithm: positions before each token was known, and the token's log-probability."""
        before, priors, chosen = self.before, [], []
        for step in range(emitted.shape[1]):
            priors.append(self.moves.after(before, step))
            log_prob, before = _posterior(priors[-1], emitted[:, step])
            chosen.append(log_prob)
        return torch.stack(priors, 1), torch.stack(chosen, 1)

    def _emissions(self, steps: slice) -> Emissions:
        return Emissions.of(self.features[:, steps], self.positions, self.vocabulary, self.dropout)


def _posterior(
    prior: Float[Tensor, "row key"], emitted: Float[Tensor, "row key"]
) -> tuple[Float[Tensor, " row"], Float[Tensor, "row key"]]:
    """A token's log-probability, and the positions now that it is known."""
    joint = prior + emitted
    log_prob = joint.logsumexp(-1)
    return log_prob, joint - log_prob[:, None]
