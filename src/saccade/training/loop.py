"""The training loop: all that happens between the first batch and the last checkpoint, to be read from top to bottom.

Accelerate finds the device, joins processes that `torchrun` or `accelerate launch` started, and reaches the trackers;
everything else is here or in the small files beside.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast, final

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object
from torch import Tensor, nn

from saccade.errors import DataError, OptionError, RunError
from saccade.training.checkpoint import Checkpoints, Position
from saccade.training.generators import generator_states, restore_generators, seeded
from saccade.training.interrupt import Interrupts, StoppedError
from saccade.training.judge import Judge
from saccade.training.limits import Ending, Limits, steps_between
from saccade.training.memory import keep_freed_memory
from saccade.training.meter import Meter
from saccade.training.metrics_file import METRICS, MetricsFile
from saccade.training.options import TrainingOptions
from saccade.training.precision import bound_product_code
from saccade.training.progress import Progress, Silent, progress_for_terminal
from saccade.training.published import Published
from saccade.training.source import BatchSource, Validate
from saccade.training.trackers import check_trackers
from saccade.training.trained import Kept, Trained
from saccade.training.update import Updates, check_finite
from saccade.training.weights import load_weights, mean_weights

# The live line is brought up to date about so often.
SHOW_EVERY_S = 1.0


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
            `log_prob` (the log-probability, summed) and `tokens` (their number, or that of the images), tensors
            without axes.
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
    keep_freed_memory()
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
        self.updates = Updates(model, batches, options, accelerator)
        self.checkpoints = Checkpoints(folder / "checkpoints")
        self.published = Published(folder, self.is_main)
        self.judge = Judge(validate, options)
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
        sums, norm = self.updates.gradients(keys, self.meter)
        self.meter.add(sums, norm, rate)
        if self._may_read(self.at.update + 1):
            self._check_finite(self.at.update + 1)
        self.updates.step(rate)

    def _may_read(self, update: int) -> bool:
        """Tell whether to ask the device for figures now: the processor always, an accelerator only now and then."""
        return self.device.type == "cpu" or update % self.options.log_every == 0

    def _check_finite(self, update: int) -> None:
        latest = self.checkpoints.latest()
        kept = "No checkpoint was saved before" if latest is None else f"`{self.checkpoints.path(latest)}` is kept"
        check_finite(self.meter.last(), update, kept)

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
        """Read the clock, and whether Ctrl-C was pressed; several processes do so now and then, all of them at once."""
        if self.ranks == 1 or self._may_read(self.at.update):
            self.at.elapsed_s, self.asked_to_stop = self._clock()

    def _clock(self) -> tuple[float, bool]:
        """The main process's clock, and whether Ctrl-C was pressed in any: the same in all of them."""
        if self.ranks == 1:
            return self._elapsed_s(), self.interrupts.asked
        mine = [self._elapsed_s() if self.is_main else 0.0, float(self.interrupts.asked)]
        elapsed_s, asked = cast(Tensor, self.accelerator.reduce(torch.tensor(mine, device=self.device))).tolist()
        return elapsed_s, asked > 0

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
            self._track(row.figures())
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
        self.meter = Meter(self.device, self.at.tokens, self.batches.unit)
        self.metrics = MetricsFile(self.folder / METRICS if self.is_main else None, self.at.metrics_bytes)
        if self.is_main:
            self.checkpoints.clean_up()
        if self.options.trackers:
            self.accelerator.init_trackers("saccade", config={k: str(v) for k, v in asdict(self.options).items()})

    def _restore(self, update: int) -> None:
        position, generators = self.checkpoints.load(update, self.model, self.updates.optimiser)
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
        figures = self.judge.figures(self.model)
        is_best = self.judge.is_better(figures, at.best)
        if is_best:
            at.best, at.best_update, at.waited = figures, at.update, 0
        else:
            at.waited += 1
        at.validated = [*at.validated, at.update][-max(self.options.average_last, 1) :]
        self._report(figures, weights="current", is_best=is_best)
        self._save()
        if is_best:
            self._publish(at.update)

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
        at.elapsed_s, _ = self._clock()
        if self.is_main:
            at.tokens, at.metrics_bytes = self.meter.tokens(), self.metrics.to_disk()
            self.checkpoints.save(self.model, self.updates.optimiser, at, generators)
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
        self.published.checkpoint(self.checkpoints.path(update))

    def _finish(self, ended_by: Ending) -> Trained:
        """Validate a last time, choose the weights to keep, and put them into the model and the run folder."""
        at = self.at
        if self.validate is not None and at.validated[-1:] != [at.update]:
            self._validate_and_save()
        self._save()
        kept, figures = self._keep()
        self.model.eval()
        # The run is there for every process when this one returns.
        self.accelerator.wait_for_everyone()
        return Trained(kept, figures, at.best_update, at.update, at.tokens, at.elapsed_s, ended_by)

    def _keep(self) -> tuple[Kept, dict[str, float]]:
        at = self.at
        if self.validate is None:
            self._publish(at.update)
            return "last", {}
        if self.options.average_last > 1 and len(at.validated) > 1:
            mean_weights(self.model, [self.checkpoints.path(update) / "model.safetensors" for update in at.validated])
            figures = self.judge.figures(self.model)
            is_better = self.judge.is_better(figures, at.best)
            self._report(figures, weights="averaged", is_best=is_better)
            if is_better:
                self.published.weights(self.model)
                return "averaged", figures
        load_weights(self.model, self.checkpoints.path(at.best_update) / "model.safetensors")
        self._publish(at.best_update)
        return "best", at.best
