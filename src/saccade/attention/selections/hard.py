"""Hard selection: look at one thing."""

from typing import Final, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.attention.memory import Choice, State
from saccade.attention.selection import Selection
from saccade.attention.selections.soft import masked_softmax
from saccade.errors import OptionError, did_you_mean

ESTIMATORS: Final = ("gumbel", "reinforce", "straight-through")
ENTROPY_BONUS: Final = 0.01


@final
class Hard(Selection):
    r"""Look at one key only, the one with the best score; the estimator says how it is learnt.

    $\alpha_{qk} = [k = \arg\max_j \tilde e_{qj}], \quad
    \partial \alpha_{qk} / \partial \tilde e_{qj} := \partial\,\text{softmax}(\tilde e_q / \tau)_k / \partial \tilde
    e_{qj}$

    - `straight-through`: $\tilde e = e$, $\tau = 1$: the best is taken, and it learns as if the look had been soft;
    - `gumbel`: in training $\tilde e = e + g$ with Gumbel noise $g$, so that a key is drawn with the probability that
      the softmax of the scores gives it, and $\tau$ is the temperature;
    - `reinforce`: drawn like that too, and no gradient goes through the look: the loss makes looks likelier that were
      followed by likelier targets (see `saccade.models.Reinforce`).

    In evaluation the best key is taken, whatever the estimator. Of equal scores the first key wins.

    Args:
        estimator: `straight-through`, `gumbel` or `reinforce`.
        temperature: Of `gumbel`, above 0: a low one has a gradient near the truth that jumps, a high one is calm and
            far off.
        final_temperature: Where the temperature is led to, geometrically; None: it stays.
        annealing_batches: In how many batches of training it gets there.
        entropy_bonus: Of `reinforce`, at least 0: what a look is rewarded for each nat that its weights were undecided,
            so that it goes on trying; None: 0.01.

    Raises:
        OptionError: An estimator that there is not, a value out of its range, or an option of another estimator.

    Example:
        >>> scores, query = torch.tensor([[[1.0, 2.0, 9.0]]]), torch.zeros(1, 1, 2)
        >>> weights, _ = Hard()(scores, torch.tensor([[[True, True, False]]]), query, None)
        >>> weights
        tensor([[[0., 1., 0.]]])

    Source:
        Xu et al. 2015, arXiv:1502.03044, section 4.1, for the one-hot look; the straight-through gradient: Bengio,
        Léonard, Courville 2013, arXiv:1308.3432, section 4; Gumbel: Jang, Gu, Poole 2017, arXiv:1611.01144, sections
        2.1 and 2.2, and Maddison, Mnih, Teh 2017, arXiv:1611.00712.

    Differs:
        The first two gradients are biased, the third is noisy. Exact ones, without a sample, come from an output
        that sums over positions; see `saccade.decoders.OUTPUTS`. Jang anneals by $\max(0.5, \exp(-rt))$: the same
        curve, said by its ends.
    """

    def __init__(
        self,
        estimator: str = "straight-through",
        *,
        temperature: float = 1.0,
        final_temperature: float | None = None,
        annealing_batches: int | None = None,
        entropy_bonus: float | None = None,
    ) -> None:
        super().__init__()
        if estimator not in ESTIMATORS:
            raise OptionError(
                f"`estimator` is {estimator!r}, which is not known. {did_you_mean(estimator, ESTIMATORS)}"
            )
        _check_owner("temperature", "gumbel", estimator, temperature != 1.0 or final_temperature is not None)
        _check_owner("entropy_bonus", "reinforce", estimator, entropy_bonus is not None)
        _check_temperatures(temperature, final_temperature, annealing_batches)
        if entropy_bonus is not None and entropy_bonus < 0:
            raise OptionError(f"`entropy_bonus` must be at least 0, but is {entropy_bonus}. Take 0.01 to begin with.")
        self.estimator, self.temperature = estimator, temperature
        self.final_temperature, self.annealing_batches = final_temperature, annealing_batches
        self.entropy_bonus = ENTROPY_BONUS if entropy_bonus is None else entropy_bonus
        self.batches: Tensor | None
        self.register_buffer("batches", None if final_temperature is None else torch.zeros((), dtype=torch.long))

    def advance(self) -> None:
        """Go on to the next temperature."""
        if self.batches is not None:
            self.batches += 1

    def temperature_now(self) -> float | Tensor:
        """The temperature after the batches so far."""
        if self.batches is None or self.final_temperature is None or self.annealing_batches is None:
            return self.temperature
        done = (self.batches / self.annealing_batches).clamp(max=1.0)
        return self.temperature * (self.final_temperature / self.temperature) ** done

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Pick one key among those that the mask allows; keeps no state."""
        if not self.training or self.estimator == "straight-through":
            return _straight_through(masked_softmax(scores, mask), _picked(scores, mask)), None
        noisy = scores + gumbel_noise(scores)
        if self.estimator == "reinforce":
            return _picked(noisy, mask), None
        return _straight_through(masked_softmax(noisy / self.temperature_now(), mask), _picked(noisy, mask)), None

    @property
    def is_rewarded(self) -> bool:
        return self.estimator == "reinforce"

    def choice(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        weights: Float[Tensor, "batch query key"],
    ) -> Choice:
        """How likely each key was that was picked, and the bonus for having been undecided."""
        soft = masked_softmax(scores, mask)
        scores = scores.to(soft.dtype)
        log_soft = (scores if mask is None else torch.where(mask, scores, torch.finfo(soft.dtype).min)).log_softmax(-1)
        log_soft = log_soft if mask is None else torch.where(mask, log_soft, 0.0)
        return Choice((weights.detach() * log_soft).sum(-1), -self.entropy_bonus * (soft * log_soft).sum(-1))


def gumbel_noise(scores: Float[Tensor, "batch query key"]) -> Float[Tensor, "batch query key"]:
    """Noise that makes the best of the sum a draw from the softmax of the scores; float32 or better."""
    noise = torch.empty_like(scores, dtype=torch.promote_types(scores.dtype, torch.float32)).exponential_()
    return -noise.clamp_min(torch.finfo(noise.dtype).tiny).log()


def _picked(scores: Tensor, mask: Tensor | None) -> Tensor:
    """1 for the best key that the mask allows, 0 for the others."""
    # Of the scores, since the softmax rounds small differences away.
    allowed = scores if mask is None else torch.where(mask, scores, -torch.inf)
    zeros = torch.zeros_like(scores, dtype=torch.promote_types(scores.dtype, torch.float32))
    picked = zeros.scatter(-1, allowed.argmax(-1, keepdim=True), 1.0)
    return picked if mask is None else torch.where(mask, picked, 0.0)


def _straight_through(soft: Tensor, picked: Tensor) -> Tensor:
    # The bracket is exactly 0, so the weights stay exactly 0 and 1; its gradient is that of `soft`.
    return picked + (soft - soft.detach())


def _check_owner(name: str, owner: str, estimator: str, is_given: bool) -> None:
    if is_given and estimator != owner:
        raise OptionError(
            f"`{name}` is an option of the estimator `{owner}`, but `estimator` is {estimator!r}. Leave it out, or set "
            f"`estimator: {owner}`."
        )


def _check_temperatures(temperature: float, final: float | None, batches: int | None) -> None:
    for name, value in (("temperature", temperature), ("final_temperature", final)):
        if value is not None and not value > 0:
            raise OptionError(f"`{name}` must be above 0, but is {value}. Take 1.0 to begin with.")
    if (final is None) != (batches is None):
        raise OptionError(
            f"`final_temperature` and `annealing_batches` go together, but are {final} and {batches}. Set both, or "
            "neither for a temperature that stays."
        )
    if batches is not None and batches < 1:
        raise OptionError(f"`annealing_batches` must be at least 1, but is {batches}.")
