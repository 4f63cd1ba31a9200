"""One update of the weights, on one process or several."""

import math
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, cast, final

import torch
from accelerate import Accelerator
from jaxtyping import Float
from torch import Tensor, nn

from saccade.errors import DivergedError
from saccade.training.meter import Meter
from saccade.training.optimiser import OPTIMISERS, scale_gradients
from saccade.training.options import TrainingOptions
from saccade.training.precision import autocast
from saccade.training.source import BatchSource


@final
class Updates:
    """Gradients of batches, and the steps that they lead to.

    Args:
        model: What is trained.
        batches: What it learns from.
        options: How.
        accelerator: Knows the device and the other processes.
    """

    def __init__(
        self, model: nn.Module, batches: BatchSource, options: TrainingOptions, accelerator: Accelerator
    ) -> None:
        self.model, self.batches, self.options, self.accelerator = model, batches, options, accelerator
        self.device, self.ranks = accelerator.device, accelerator.num_processes
        # What is called in training: the model, or what joins the model's copies in several processes.
        self.network = accelerator.prepare(model) if self.ranks > 1 else model.to(self.device)
        self.optimiser = OPTIMISERS[options.optimiser](model, options)
        self.autocast = autocast(options.precision, self.device)

    def gradients(self, keys: Sequence[Any], meter: Meter) -> tuple[Float[Tensor, "3"], Float[Tensor, ""]]:
        """Set the gradients to those of the batches of these keys, on all processes.

        Returns:
            The sums of their losses, log-probabilities and tokens, and the norm of the gradient before clipping.
        """
        sums = self._add_up(keys, meter)
        if self.ranks > 1:
            sums = cast(Tensor, self.accelerator.reduce(sums))
        # Several processes' gradients come averaged: `ranks` makes a sum of them again.
        return sums, scale_gradients(self.model, self.ranks / sums[2], clip_norm=self.options.clip_norm)

    def step(self, rate: float) -> None:
        """Change the weights by the gradients, at a learning rate."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)

    def _add_up(self, keys: Sequence[Any], meter: Meter) -> Float[Tensor, "3"]:
        """Run forward and backward over the batches; give the sums of their losses, log-probabilities and tokens."""
        sums = torch.zeros(3, device=self.device)
        for number, key in enumerate(keys, start=1):
            batch = self.batches.load(key)
            meter.count_padding(batch)
            # Processes exchange their gradients once, at the last batch of the update.
            with nullcontext() if number == len(keys) else self.accelerator.no_sync(self.network):
                with self.autocast:
                    loss = self.network(batch.to(self.device), self.options.label_smoothing)
                loss.total.backward()
            sums += torch.stack([part.detach().float() for part in (loss.total, loss.log_prob, loss.tokens)])
        return sums


def check_finite(last: tuple[float, float, float], update: int, kept: str) -> None:
    """Refuse to go on with a loss or a gradient that is no number.

    Args:
        last: Loss, norm of the gradient, and learning rate of an update.
        update: Its number.
        kept: What is left, for the message.

    Raises:
        DivergedError: One of them is not finite.
    """
    loss, norm, rate = last
    if math.isfinite(loss) and math.isfinite(norm):
        return
    raise DivergedError(
        f"The training diverged at update {update}, at learning rate {rate:.3g}: loss {loss:.4g}, norm of the "
        f"gradient {norm:.4g}, both of which must be finite. {kept}. Try a lower `training.learning_rate`, more "
        "`training.warmup_steps`, `training.clip_norm: 1.0` or `training.precision: float32`."
    )
