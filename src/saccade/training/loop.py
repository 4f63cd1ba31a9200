"""The training loop: all that happens between the first batch and the last checkpoint, to be read from top to bottom.

Accelerate finds the device, joins processes that `torchrun` or `accelerate launch` started, and reaches the trackers;
everything else is here or in the small files beside.
"""

import math
import shutil
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast, final

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, gather_object
from torch import Tensor, nn

from saccade.errors import DataError, DivergedError, OptionError, RunError, did_you_mean
from saccade.storage import written_aside
from saccade.training.checkpoint import Checkpoints, Position
from saccade.training.generators import generator_states, restore_generators, seeded
from saccade.training.interrupt import Interrupts, StoppedError
from saccade.training.limits import Ending, Limits, steps_between
from saccade.training.meter import Meter
from saccade.training.metrics_file import MetricsFile
from saccade.training.optimiser import adamw, scale_gradients
from saccade.training.options import TrainingOptions
from saccade.training.precision import autocast, bound_product_code
from saccade.training.progress import Progress, Silent, progress_for_terminal
from saccade.training.source import BatchSource, Validate
from saccade.training.trackers import check_trackers
from saccade.training.weights import load_weights, mean_weights, save_weights

Kept = Literal["best", "averaged", "last"]
# The live line is brought up to date about so often.
SHOW_EVERY_S = 1.0


@final
@dataclass(frozen=True)
class Trained:
    """What a training came to. The model holds the kept weights, and so does `model.safetensors` in the run folder.

    Args:
        kept: Which weights: of the best validation, the average of the last ones, or, without validation, the last.
        figures: Their validation; empty without one.
        best_update: The update of the best validation; 0 without one.
        updates: Updates done.
        tokens: Target tokens seen.
        elapsed_s: Seconds it took, over interruptions.
        ended_by: The limit that ended it.
    """

    kept: Kept
    figures: dict[str, float]
    best_update: int
    updates: int
    tokens: int
    elapsed_s: float
    ended_by: Ending


def train(
    model: nn.Module,
    batches: BatchSource,
    options: TrainingOptions,
    folder: Path,
    *,
    validate: Validate | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Trained:
    """Train a model, writing `checkpoints/`, `metrics.jsonl` and `model.safetensors` into a run folder.

    The gradient of an update is that of the summed loss over the target tokens of all its batches, on all processes.
    Killed at any moment and resumed, a training goes on with the same batches and ends with the same weights: on the
    processor, in float32, bit for bit.

    Args:
        model: Called as `model(batch, smoothing)`; gives `total` (the smoothed loss, summed over target tokens),
            `log_prob` (the log-probability, summed) and `tokens` (their number), tensors without axes.
        batches: What it learns from.
        options: How.
        folder: The run folder.
        validate: Gives the figures of a model, which is in evaluation mode and without gradients; called on the main
            process only, in float32.
        resume: Go on from the newest checkpoint in the folder, or from the beginning where there is none yet.
        progress: What shows how it goes; by default a live line in a terminal and plain lines elsewhere.

    Returns:
        Trained: What it came to; the model is in evaluation mode.

    Raises:
        OptionError: `options.watch` is no figure of the validation, or a tracker is not there.
        DataError: There are no batches.
        RunError: The folder holds another training, or its checkpoint is damaged.
        DivergedError: The loss or the gradient is no longer finite; the checkpoints stay.
        StorageError: A checkpoint could not be written; the earlier ones stay.
        StoppedError: Ctrl-C; a checkpoint was saved.
    """
    check_trackers(options.trackers)
    bound_product_code()
    if options.average_last and validate is None:
        raise OptionError("`training.average_last` needs a validation, but there is none. Set it to 0.")
    # Mixed precision is our own: accelerate's is a setting of the whole process, in which two trainings can't differ.
    # It joins processes on processors only when it is told to use them.
    accelerator = Accelerator(
        cpu=not torch.accelerator.is_available(),
        mixed_precision="no",
        log_with=list(options.trackers) or None,
        project_dir=folder,
    )
    shown = (progress or progress_for_terminal()) if accelerator.is_main_process else Silent()
    try:
        with seeded(options.seed + accelerator.process_index), Interrupts() as interrupts:
            return _Training(model, batches, options, folder, validate, accelerator, shown, interrupts).run(
                resume=resume
            )
    finally:
        shown.close()
        for tracker in accelerator.trackers:
            tracker.finish()


@final
class _Training:
    """One training while it runs."""

    def __init__(
        self,
        model: nn.Module,
        batches: BatchSource,
        options: TrainingOptions,
        folder: Path,
        validate: Validate | None,
        accelerator: Accelerator,
        progress: Progress,
        interrupts: Interrupts,
    ) -> None:
        self.model, self.batches, self.options, self.folder, self.validate = model, batches, options, folder, validate
        self.accelerator, self.progress, self.interrupts = accelerator, progress, interrupts
        self.device, self.ranks = accelerator.device, accelerator.num_processes
        self.is_main = accelerator.is_main_process
        # What is called in training: the model, or what joins the model's copies in several processes.
        self.network = accelerator.prepare(model) if self.ranks > 1 else model.to(self.device)
        self.optimiser = adamw(model, weight_decay=options.weight_decay, betas=options.betas)
        self.autocast = autocast(options.precision, self.device)
        self.checkpoints = Checkpoints(folder / "checkpoints")
        self.at = Position()
        self.asked_to_stop = False

    def run(self, *, resume: bool) -> Trained:
        """Train to the end."""
        self._begin(resume=resume)
        try:
            self.model.train()
            while (ended_by := self.limits.ended_by(self.at)) is None:
                epochs_before = self._epochs_done()
                self._update(self._keys()[self.at.batch : self.at.batch + self.options.accumulate])
                self._advance()
                self._look_at_clock()
                self._show()
                if self._validation_is_due(epochs_before):
                    self._validate_and_save()
                elif self.at.elapsed_s - self.saved_s >= self.options.save_every_minutes * 60:
                    self._save()
                if self.asked_to_stop:
                    self._stop()
            return self._finish(ended_by)
        finally:
            self.metrics.close()

    # ---- one update --------------------------------------------------------------------------------------------------

    def _update(self, keys: Sequence[Any]) -> None:
        """Change the weights once, by the batches of these keys."""
        rate = self.limits.learning_rate(self.at)
        sums = self._add_up_gradients(keys)
        if self.ranks > 1:
            sums = cast(Tensor, self.accelerator.reduce(sums))
        # Several processes' gradients come averaged: `ranks` makes a sum of them again.
        norm = scale_gradients(self.model, self.ranks / sums[2], clip_norm=self.options.clip_norm)
        self.meter.add(sums, norm, rate)
        if self._may_read(self.at.update + 1):
            self._check_finite(self.at.update + 1)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)

    def _add_up_gradients(self, keys: Sequence[Any]) -> Tensor:
        """Run forward and backward over the batches; give the sums of their losses, log-probabilities and tokens."""
        sums = torch.zeros(3, device=self.device)
        for number, key in enumerate(keys, start=1):
            batch = self.batches.load(key)
            self.meter.count_padding(batch)
            # Processes exchange their gradients once, at the last batch of the update.
            with nullcontext() if number == len(keys) else self.accelerator.no_sync(self.network):
                with self.autocast:
                    loss = self.network(batch.to(self.device), self.options.label_smoothing)
                loss.total.backward()
            sums += torch.stack([part.detach().float() for part in (loss.total, loss.log_prob, loss.tokens)])
        return sums

    def _may_read(self, update: int) -> bool:
        """Tell whether to ask the device for figures now: the processor always, an accelerator only now and then."""
        return self.device.type == "cpu" or update % self.options.log_every == 0

    def _check_finite(self, update: int) -> None:
        loss, norm, rate = self.meter.last()
        if math.isfinite(loss) and math.isfinite(norm):
            return
        latest = self.checkpoints.latest()
        kept = "No checkpoint was saved before" if latest is None else f"`{self.checkpoints.path(latest)}` is kept"
        raise DivergedError(
            f"The training diverged at update {update}, at learning rate {rate:.3g}: loss {loss:.4g}, norm of the "
            f"gradient {norm:.4g}, both of which must be finite. {kept}. Try a lower `training.learning_rate`, more "
            "`training.warmup_steps`, `training.clip_norm: 1.0` or `training.precision: float32`."
        )

    def _advance(self) -> None:
        """Move the position past the update."""
        at = self.at
        at.update += 1
        at.batch += self.options.accumulate
        if at.batch >= len(self._keys()):
            at.epoch, at.batch = at.epoch + 1, 0

    # ---- where it stands ---------------------------------------------------------------------------------------------

    def _keys(self) -> Sequence[Any]:
        """Give the keys of all batches of the epoch that it is in."""
        number, keys = self.epoch
        if number != self.at.epoch:
            keys = self.batches.epoch(self.at.epoch)
            self.epoch = (self.at.epoch, keys)
        if len(keys) == 0:
            raise DataError(f"Epoch {self.at.epoch} has no batches; at least one is needed. Check the training data.")
        return keys

    def _epochs_done(self) -> float:
        return self.at.epoch - 1 + (self.at.batch / len(self._keys()) if self.at.batch else 0.0)

    def _validation_is_due(self, epochs_before: float) -> bool:
        if self.validate is None:
            return False
        if self.options.validate_every_updates is not None:
            return self.at.update % self.options.validate_every_updates == 0
        return steps_between(epochs_before, self._epochs_done(), every=self.options.validate_every_epochs) > 0

    def _look_at_clock(self) -> None:
        """Read the clock, and whether Ctrl-C was pressed; several processes all go by the main one's clock."""
        if self.ranks == 1:
            self.at.elapsed_s, self.asked_to_stop = self._elapsed_s(), self.interrupts.asked
        elif self._may_read(self.at.update):
            mine = [self._elapsed_s() if self.is_main else 0.0, float(self.interrupts.asked)]
            elapsed_s, asked = cast(Tensor, self.accelerator.reduce(torch.tensor(mine, device=self.device))).tolist()
            self.at.elapsed_s, self.asked_to_stop = elapsed_s, asked > 0

    def _elapsed_s(self) -> float:
        return self.began_at.elapsed_s + time.monotonic() - self.began_s

    def _show(self) -> None:
        """Bring the live line up to date, and write a row now and then."""
        at = self.at
        logs = at.update % self.options.log_every == 0
        if not self.is_main or not (
            logs or (self._may_read(at.update) and at.elapsed_s - self.shown_s >= SHOW_EVERY_S)
        ):
            return
        self.shown_s = at.elapsed_s
        row = self.meter.row(at, self.limits.left_s(at, since=self.began_at))
        self.progress.training(row, self.limits.done(at))
        if logs:
            self.metrics.training(row)
            self._track(asdict(row))
            self.meter.restart()

    def _track(self, figures: dict[str, Any]) -> None:
        if self.options.trackers:
            numbers = {name: value for name, value in figures.items() if value is not None}
            self.accelerator.log(numbers, step=self.at.update)

    # ---- beginning, validation, saving, the end ----------------------------------------------------------------------

    def _begin(self, *, resume: bool) -> None:
        """Find out where to begin, and open the books."""
        latest = self.checkpoints.latest()
        if latest is not None and not resume:
            raise RunError(
                f"`{self.folder}` already holds a training, of {latest} updates; a new one needs a folder without. "
                "Go on with it by `--resume`, or choose another folder."
            )
        if latest is not None:
            self._restore(latest)
        self.epoch = (1, self.batches.epoch(1))
        self.limits = Limits(self.options, len(self.epoch[1]))
        self.began_at, self.began_s = replace(self.at), time.monotonic()
        self.saved_s = self.shown_s = self.at.elapsed_s
        self.meter = Meter(self.device, self.at.tokens)
        self.metrics = MetricsFile(self.folder / "metrics.jsonl" if self.is_main else None, self.at.metrics_bytes)
        if self.is_main:
            self.checkpoints.clean_up()
        if self.options.trackers:
            self.accelerator.init_trackers("saccade", config={k: str(v) for k, v in asdict(self.options).items()})

    def _restore(self, update: int) -> None:
        position, generators = self.checkpoints.load(update, self.model, self.optimiser)
        if len(generators) != self.ranks:
            raise RunError(
                f"`{self.folder}` was trained by {len(generators)} processes, and these are {self.ranks}: the batches "
                f"would not be the same. Resume it with {len(generators)}, or begin anew in another folder."
            )
        restore_generators(generators[self.accelerator.process_index])
        self.at = position
        # The process may have been killed between a checkpoint and its publication.
        if position.best_update:
            self._publish(position.best_update)

    def _validate_and_save(self) -> None:
        at = self.at
        self._check_finite(at.update)
        figures = self._figures()
        is_best = not at.best or self._is_better(figures, at.best)
        if is_best:
            at.best, at.best_update, at.waited = figures, at.update, 0
        else:
            at.waited += 1
        at.validated = [*at.validated, at.update][-max(self.options.average_last, 1) :]
        self._report(figures, weights="current", is_best=is_best)
        self._save()
        if is_best:
            self._publish(at.update)

    def _figures(self) -> dict[str, float]:
        """Validate on the main process, and let the others know."""
        figures: list[dict[str, float]] = [{}]
        self.model.eval()
        if self.is_main and self.validate is not None:
            with torch.no_grad():
                figures = [self.validate(self.model)]
        self.model.train()
        if self.ranks > 1:
            broadcast_object_list(figures)
        if self.options.watch not in figures[0]:
            raise OptionError(
                f"`training.watch` is {self.options.watch!r}, which the validation does not give. "
                f"{did_you_mean(self.options.watch, figures[0])}"
            )
        return figures[0]

    def _is_better(self, figures: dict[str, float], than: dict[str, float]) -> bool:
        new, old = figures[self.options.watch], than[self.options.watch]
        if math.isnan(old):
            return not math.isnan(new)
        return new > old if self.options.better == "higher" else new < old

    def _report(self, figures: dict[str, float], *, weights: str, is_best: bool) -> None:
        self.progress.validation(self.at.update, figures, is_best=is_best)
        self.metrics.validation(self.at.update, self._elapsed_s(), figures, weights)
        self._track({f"validation/{name}": value for name, value in figures.items()})

    def _save(self) -> None:
        """Write a checkpoint."""
        at = self.at
        self._check_finite(at.update)
        generators = [generator_states()]
        if self.ranks > 1:
            generators = gather_object(generators)
        if self.is_main:
            at.tokens, at.elapsed_s, at.metrics_bytes = self.meter.tokens(), self._elapsed_s(), self.metrics.to_disk()
            self.checkpoints.save(self.model, self.optimiser, at, generators)
        self.accelerator.wait_for_everyone()
        self.saved_s = at.elapsed_s
        self.meter.restart_clock()

    def _stop(self) -> None:
        self._save()
        raise StoppedError(
            f"Stopped by Ctrl-C after update {self.at.update}, saved in `{self.checkpoints.path(self.at.update)}`. "
            "The same command with `--resume` goes on from there."
        )

    def _publish(self, update: int) -> None:
        """Make the weights of a checkpoint those of the run."""
        if self.is_main:
            with written_aside(self.folder / "model.safetensors") as aside:
                shutil.copyfile(self.checkpoints.path(update) / "model.safetensors", aside)

    def _finish(self, ended_by: Ending) -> Trained:
        """Validate a last time, choose the weights to keep, and put them into the model and the run folder."""
        at = self.at
        if self.validate is not None and at.validated[-1:] != [at.update]:
            self._validate_and_save()
        self._save()
        kept, figures = self._keep()
        self.model.eval()
        return Trained(kept, figures, at.best_update, at.update, at.tokens, at.elapsed_s, ended_by)

    def _keep(self) -> tuple[Kept, dict[str, float]]:
        at = self.at
        if self.validate is None:
            self._publish(at.update)
            return "last", {}
        if self.options.average_last > 1 and len(at.validated) > 1:
            mean_weights(self.model, [self.checkpoints.path(update) / "model.safetensors" for update in at.validated])
            figures = self._figures()
            is_better = self._is_better(figures, at.best)
            self._report(figures, weights="averaged", is_best=is_better)
            if is_better:
                self._publish_averaged()
                return "averaged", figures
        load_weights(self.model, self.checkpoints.path(at.best_update) / "model.safetensors")
        self._publish(at.best_update)
        return "best", at.best

    def _publish_averaged(self) -> None:
        if self.is_main:
            save_weights(self.model, self.folder / "model.safetensors")
