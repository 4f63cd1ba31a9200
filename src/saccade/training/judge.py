"""Validation: the figures of a model, and which of two sets of figures is better."""

import math
from dataclasses import dataclass
from typing import final

import torch
from torch import nn

from saccade.errors import OptionError, did_you_mean
from saccade.training.options import TrainingOptions
from saccade.training.processes import decided_by_main
from saccade.training.source import Validate


@final
@dataclass(frozen=True)
class Judge:
    """What says which weights are best.

    Args:
        validate: Gives the figures of a model; None where there is no validation.
        options: With the figure that is watched.
    """

    validate: Validate | None
    options: TrainingOptions

    def figures(self, model: nn.Module) -> dict[str, float]:
        """Validate on the main process, and let the others know; the model is left in training mode.

        Raises:
            OptionError: The figure that is watched is not among them.
        """
        model.eval()
        figures = decided_by_main(lambda: self._validated(model))
        model.train()
        watch = self.options.watch
        if watch not in figures:
            raise OptionError(
                f"`training.watch` is {watch!r}, which the validation does not give. {did_you_mean(watch, figures)}"
            )
        return figures

    def is_better(self, figures: dict[str, float], than: dict[str, float]) -> bool:
        """Tell whether figures are better than others; any are better than none.

        Example:
            >>> judge = Judge(None, TrainingOptions(max_epochs=1, watch="exact", better="higher"))
            >>> judge.is_better({"exact": 3.0}, than={}), judge.is_better({"exact": 3.0}, than={"exact": 3.0})
            (True, False)
        """
        if not than:
            return True
        new, old = figures[self.options.watch], than[self.options.watch]
        if math.isnan(old):
            return not math.isnan(new)
        return new > old if self.options.better == "higher" else new < old

    @torch.no_grad()
    def _validated(self, model: nn.Module) -> dict[str, float]:
        return self.validate(model) if self.validate is not None else {}
