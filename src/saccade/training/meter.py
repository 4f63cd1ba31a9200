"""Adding up figures between two rows: on the device until they are read, so that it need not wait for the processor."""

import time
from collections.abc import Iterable
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.training.checkpoint import Position
from saccade.training.progress import TrainingRow


@final
class Meter:
    """Add up the figures of the updates since the last row.

    Args:
        device: Where the updates happen.
        tokens_before: Target tokens, or images, that the training saw before.
        unit: What they are called.
    """

    def __init__(self, device: torch.device, tokens_before: int, unit: str) -> None:
        self._tokens, self._unit = tokens_before, unit
        # Sums of loss, log-probability and tokens. Apple's accelerators have no float64.
        self._sums = torch.zeros(3, dtype=torch.float32 if device.type == "mps" else torch.float64, device=device)
        self._last = torch.zeros(3, device=device)
        self._norm = torch.zeros((), device=device)
        self._rate = 0.0
        self._real = self._places = 0
        self._active_s = 0.0
        self._since_s = time.monotonic()

    def count_padding(self, batch: Iterable[Any]) -> None:
        """Count a batch's places, and those that are no padding."""
        for part in batch:
            if isinstance(part, Tensor) and part.dtype == torch.bool:
                self._real += int(part.sum())
                self._places += part.numel()

    def add(self, sums: Float[Tensor, "3"], norm: Float[Tensor, ""], rate: float) -> None:
        """Add an update's loss, log-probability and tokens; take note of its gradient's norm and its learning rate."""
        self._sums += sums
        self._last, self._norm, self._rate = sums, norm, rate
        now_s = time.monotonic()
        self._active_s += now_s - self._since_s
        self._since_s = now_s

    def restart_clock(self) -> None:
        """Leave out the time since the last update, which went into a validation or a checkpoint."""
        self._since_s = time.monotonic()

    def tokens(self) -> int:
        """Count the target tokens, or images, since the beginning of the training."""
        return self._tokens + int(self._sums[2])

    def last(self) -> tuple[float, float, float]:
        """Give the last update's loss, norm of the gradient, and learning rate."""
        return float(self._last[0]), float(self._norm), self._rate

    def row(self, at: Position, left_s: float | None) -> TrainingRow:
        """Make a row of what was added up so far."""
        loss, log_prob, tokens = self._sums.tolist()
        return TrainingRow(
            update=at.update,
            epoch=at.epoch if at.batch else at.epoch - 1,
            elapsed_s=at.elapsed_s,
            unit=self._unit,
            seen=self.tokens(),
            learning_rate=self._rate,
            loss=loss / max(tokens, 1),
            log_prob=log_prob / max(tokens, 1),
            gradient_norm=float(self._norm),
            seen_per_s=tokens / max(self._active_s, 1e-9),
            padding=1 - self._real / self._places if self._places else None,
            left_s=left_s,
        )

    def restart(self) -> None:
        """Begin a new row."""
        self._tokens = self.tokens()
        self._sums.zero_()
        self._real = self._places = 0
        self._active_s = 0.0
