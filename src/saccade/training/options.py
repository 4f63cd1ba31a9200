"""The options of a training, with their ranges. No torch: a recipe is checked before anything heavy is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, final

from saccade.errors import OptionError, did_you_mean
from saccade.training.schedule import NEEDS_END, SCHEDULES


@final
@dataclass(frozen=True)
class TrainingOptions:
    """Say how long, how fast and how carefully to train.

    At least one of `max_epochs`, `max_updates` and `max_minutes` is set; the first that is reached ends the training.

    Args:
        max_epochs: Passes over the data.
        max_updates: Changes of the weights.
        max_minutes: Wall-clock minutes, with validation, counted on over interruptions. Where it is the only limit, a
            falling schedule follows the clock, and the weights are then not the same from run to run.
        learning_rate: The full rate, reached at the end of the warm-up.
        schedule: constant, cosine, inverse-sqrt or linear (see `SCHEDULES`).
        warmup_steps: Updates in which the rate rises from 0.
        floor: The lowest rate of a schedule, as a share of `learning_rate`.
        optimiser: adamw, or sgd (gradient descent with momentum).
        weight_decay: Decay of matrices and kernels, decoupled in adamw; biases, norms and embeddings are left alone.
        betas: How much of the running mean of gradients, and of their squares, adamw keeps at each update.
        momentum: How much of the running sum of gradients sgd keeps at each update.
        nesterov: Whether sgd looks ahead along that sum.
        clip_norm: Largest norm of the gradient; longer ones are shortened to it. None: never.
        label_smoothing: Share of the target's probability that is spread over the vocabulary, or the classes.
        accumulate: Batches (on each process) that make one update.
        precision: Of the products in training; auto is bfloat16 where the device multiplies it natively, else float32.
        seed: Of dropout and whatever else draws numbers while training.
        watch: The figure of the validation that says which weights are best.
        better: Whether `watch` should be `higher` or `lower`.
        validate_every_epochs: Epochs, or a fraction of one, between validations.
        validate_every_updates: Updates between validations; where set, it counts instead of `validate_every_epochs`.
        patience: Stop after so many validations in a row without a new best. None: never.
        average_last: At the end, average the weights of so many last validations, and keep the average if it is better
            than the best. 0: don't.
        log_every: Updates between two rows of `metrics.jsonl`.
        save_every_minutes: A checkpoint at least so often, beside the one after each validation.
        trackers: Accelerate's trackers that also get the figures, such as tensorboard.

    Raises:
        OptionError: A value is out of its range.
    """

    max_epochs: int | None = None
    max_updates: int | None = None
    max_minutes: float | None = None
    learning_rate: float = 1e-3
    schedule: str = "linear"
    warmup_steps: int = 0
    floor: float = 0.0
    optimiser: str = "adamw"
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    momentum: float = 0.9
    nesterov: bool = False
    clip_norm: float | None = 1.0
    label_smoothing: float = 0.0
    accumulate: int = 1
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 1
    watch: str = "loss"
    better: Literal["higher", "lower"] = "lower"
    validate_every_epochs: float = 1.0
    validate_every_updates: int | None = None
    patience: int | None = None
    average_last: int = 0
    log_every: int = 50
    save_every_minutes: float = 10.0
    trackers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, (fits, allowed) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not fits(value):
                raise OptionError(f"`training.{name}` is {value!r}. Allowed: {allowed}.")
        for name, names in CHOICES.items():
            value = getattr(self, name)
            if value not in names:
                raise OptionError(
                    f"`training.{name}` is {value!r}, which does not exist. {did_you_mean(str(value), names)}"
                )
        self._check_optimiser()
        self._check_end()

    def _check_optimiser(self) -> None:
        for name, owner in OWNERS.items():
            if owner != self.optimiser and getattr(self, name) != getattr(TrainingOptions, name):
                own = ", ".join(f"`{other}`" for other, its in OWNERS.items() if its == self.optimiser)
                raise OptionError(
                    f"`training.{name}` is {getattr(self, name)!r}, but `training.optimiser` is {self.optimiser}, "
                    f"which has {own}. Leave it out, or take `optimiser: {owner}`."
                )
        if self.nesterov and self.momentum == 0:
            raise OptionError(
                "`training.nesterov` is true, but `training.momentum` is 0: there is nothing to look ahead along. "
                "Give a momentum, such as 0.9."
            )

    def _check_end(self) -> None:
        if self.max_epochs is None and self.max_updates is None and self.max_minutes is None:
            raise OptionError(
                "`training.max_epochs`, `max_updates` and `max_minutes` are all unset: the training has no end. "
                "Set one of them."
            )

    @property
    def follows_clock(self) -> bool:
        """Whether a falling schedule has nothing but the time limit to go by."""
        return self.schedule in NEEDS_END and self.max_epochs is None and self.max_updates is None


Range = tuple[Callable[[Any], bool], str]
POSITIVE: Range = (lambda value: value > 0, "numbers above 0")
NOT_NEGATIVE: Range = (lambda value: value >= 0, "0 and above")
COUNT: Range = (lambda value: value == int(value) and value >= 1, "whole numbers from 1")
COUNT_OR_NONE_AT_ALL: Range = (lambda value: value == int(value) and value >= 0, "whole numbers from 0")
SHARE: Range = (lambda value: 0 <= value <= 1, "numbers from 0 to 1")
BELOW_ONE: Range = (lambda value: 0 <= value < 1, "numbers from 0 to below 1")

RANGES: dict[str, Range] = {
    "max_epochs": COUNT,
    "max_updates": COUNT,
    "max_minutes": POSITIVE,
    "learning_rate": POSITIVE,
    "warmup_steps": COUNT_OR_NONE_AT_ALL,
    "floor": SHARE,
    "weight_decay": NOT_NEGATIVE,
    "betas": (lambda betas: len(betas) == 2 and all(0 <= b < 1 for b in betas), "two numbers from 0 to below 1"),
    "momentum": BELOW_ONE,
    "clip_norm": POSITIVE,
    "label_smoothing": BELOW_ONE,
    "accumulate": COUNT,
    "validate_every_epochs": POSITIVE,
    "validate_every_updates": COUNT,
    "patience": COUNT,
    "average_last": COUNT_OR_NONE_AT_ALL,
    "log_every": COUNT,
    "save_every_minutes": POSITIVE,
}
CHOICES: dict[str, tuple[str, ...]] = {
    "optimiser": ("adamw", "sgd"),
    "schedule": tuple(SCHEDULES),
    "precision": ("auto", "float32", "bfloat16"),
    "better": ("higher", "lower"),
}
# Which optimiser an option belongs to.
OWNERS: dict[str, str] = {"betas": "adamw", "momentum": "sgd", "nesterov": "sgd"}
