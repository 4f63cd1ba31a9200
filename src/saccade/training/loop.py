"""The training loop: all that happens between the first batch and the last checkpoint, to be read from top to bottom.

Accelerate finds the device, joins processes that `torchrun` or `accelerate launch` started, and reaches the trackers; everything
else is here or in the small files beside. A model is anything that is called as `model(batch, smoothing)` and gives the summed loss.
"""

import math
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, final

import torch
from torch import Tensor, nn

from saccade.errors import DataError, DivergedError, OptionError, RunError, did_you_mean
from saccade.training.checkpoint import Checkpoints, Position
from saccade.training.generators import generator_states, restore_generators, seeded
from saccade.training.interrupt import Interrupted, Interrupts
from saccade.training.optimiser import adamw, scale_gradients
from saccade.training.options import TrainingOptions
from saccade.training.precision import autocast
from saccade.training.progress import Metrics, Progress, Silent, TrainingRow, progress_for_terminal
from saccade.training.schedule import share
from saccade.training.storage import written_aside
from saccade.training.trackers import check_trackers
from saccade.training.weights import load_weights, mean_weights, save_weights

if TYPE_CHECKING:
    from accelerate import Accelerator

Validate = Callable[[nn.Module], dict[str, float]]
Ending = Literal["epochs", "updates", "minutes", "patience"]


class TrainingBatch(Protocol):
    """A named tuple of tensors; padding is what its boolean masks leave out."""

    def to(self, device: torch.device, /) -> Self:
        """Give the same batch on a device."""
        ...

    def __iter__(self) -> Any:
        """Give the tensors."""
        ...


class BatchSource(Protocol):
    """What a training learns from: batches that can be named without being loaded."""

    def epoch(self, number: int, /) -> Sequence[Any]:
        """List the keys of an epoch's batches for this process, always the same for the same number, as many on each process."""
        ...

    def load(self, key: Any, /) -> TrainingBatch:
        """Make the batch of a key, on the processor."""
        ...


@final
@dataclass(frozen=True)
class Trained:
    """What a training came to. The model holds the kept weights, and so does `model.safetensors` in the run folder.

    Args:
        kept: Which weights were kept: of the best validation, the average of the last ones, or, without validation, the last.
        figures: Their validation; empty without one.
        best_update: The update of the best validation; 0 without one.
        updates: Updates done.
        tokens: Target tokens seen.
        elapsed_s: Seconds it took, over interruptions.
        ended_by: The limit that ended it.
    """

    kept: Literal["best", "averaged", "last"]
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

    The gradient of an update is that of the summed loss over the target tokens of all its batches, on all processes. Killed at any
    moment and resumed, a training goes on with the same batches and ends with the same weights, on the processor bit for bit.

    Args:
        model: Called as `model(batch, smoothing)`; gives `total` (the smoothed loss, summed over target tokens), `log_prob` (the
            log-probability, summed) and `tokens` (the number of target tokens), as tensors without axes.
        batches: What it learns from.
        options: How.
        folder: The run folder.
        validate: Gives the figures of a model, in evaluation mode and without gradients; called on the main process only.
        resume: Go on from the newest checkpoint in the folder, or from the beginning where there is none yet.
        progress: What shows how it goes; by default a live line in a terminal and plain lines elsewhere.

    Returns:
        Trained: What it came to; the model holds the kept weights, in evaluation mode.

    Raises:
        OptionError: `options.watch` is no figure of the validation, or a tracker is not there.
        DataError: There are no batches.
        RunError: The folder holds another training, or its checkpoint is damaged.
        DivergedError: The loss or the gradient is no longer finite; the checkpoints stay.
        StorageError: A checkpoint could not be written; the earlier ones stay.
        Interrupted: Ctrl-C; a checkpoint was saved.
    """
    check_trackers(options.trackers)
    if options.average_last and validate is None:
        raise OptionError(
            "`training.average_last` averages validated weights, but there is no validation. Set it to 0."
        )
    from accelerate import Accelerator

    # Mixed precision is our own: accelerate's is a setting of the whole process, which two trainings may not differ in.
    accelerator = Accelerator(mixed_precision="no", log_with=list(options.trackers) or None, project_dir=folder)
    is_main = accelerator.is_main_process
    shown = (progress or progress_for_terminal()) if is_main else Silent()
    try:
        with seeded(options.seed + accelerator.process_index), Interrupts() as interrupts:
            training = _Training(model, batches, options, folder, validate, accelerator, shown, interrupts)
            try:
                return training.run(resume=resume)
            finally:
                training.close()
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
        accelerator: "Accelerator",
        progress: Progress,
        interrupts: Interrupts,
    ) -> None:
        self.model, self.batches, self.options, self.folder, self.validate = model, batches, options, folder, validate
        self.accelerator, self.progress, self.interrupts = accelerator, progress, interrupts
        self.device, self.ranks, self.is_main = (
            accelerator.device,
            accelerator.num_processes,
            accelerator.is_main_process,
        )
        self.network = accelerator.prepare(model)
        self.optimiser = adamw(model, weight_decay=options.weight_decay, betas=options.betas)
        self.autocast = autocast(options.precision, self.device)
        self.checkpoints = Checkpoints(folder / "checkpoints")
        self.metrics: Metrics | None = None
        self.at = Position()
        self.keys = self._keys_of_epoch()
        self.total = self._total_updates(len(self.keys))

    def run(self, *, resume: bool) -> Trained:
        self._begin(resume=resume)
        at = self.at
        self.model.train()
        while (ended_by := self._ended_by()) is None:
            epochs_before = self._epochs_done()
            self._update(self.keys[at.batch : at.batch + self.options.accumulate])
            self._advance()
            self._agree_on_time()
            if self._validation_due(epochs_before):
                self._validate_and_save()
            elif at.elapsed_s - self.saved_s >= self.options.save_every_minutes * 60:
                self._save()
            if self.asked:
                self._save()
                raise Interrupted(
                    f"Stopped by Ctrl-C after update {at.update}; the checkpoint is in `{self.checkpoints.path(at.update)}`. "
                    "The same command with `--resume` goes on from there."
                )
        return self._finish(ended_by)

    def close(self) -> None:
        """Close the books, also after an error."""
        if self.metrics is not None:
            self.metrics.close()

    # ---- one update ----------------------------------------------------------------------------------------------------------

    def _update(self, keys: Sequence[Any]) -> None:
        """Change the weights once, by the batches of these keys."""
        options, update = self.options, self.at.update + 1
        sums = torch.zeros(3, device=self.device)
        for number, key in enumerate(keys, start=1):
            batch = self.batches.load(key)
            self.meter.count_padding(batch)
            # The processes add up their gradients once, at the last batch of the update.
            with nullcontext() if number == len(keys) else self.accelerator.no_sync(self.network):
                with self.autocast:
                    loss = self.network(batch.to(self.device), options.label_smoothing)
                loss.total.backward()
            sums += torch.stack([part.detach().float() for part in (loss.total, loss.log_prob, loss.tokens)])
        if self.ranks > 1:
            sums = self.accelerator.reduce(sums)
        # Several processes' gradients come averaged, so that `ranks` makes them a sum again.
        norm = scale_gradients(self.model, self.ranks / sums[2], clip_norm=options.clip_norm)
        rate = self._learning_rate(update)
        if self._reads(update):
            self._check_finite(update, rate, float(sums[0]), float(norm))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.meter.add(sums, norm, rate)

    def _advance(self) -> None:
        """Move the position past the update, log, and get the next epoch's batches where this one is over."""
        at = self.at
        at.update += 1
        at.batch = min(at.batch + self.options.accumulate, len(self.keys))
        if at.update % self.options.log_every == 0:
            self._log()
        if at.batch == len(self.keys):
            at.epoch, at.batch = at.epoch + 1, 0
            self.keys = self._keys_of_epoch()

    def _reads(self, update: int) -> bool:
        """Tell whether the processor may ask the device for figures now: always its own, an accelerator's only now and then."""
        return self.device.type == "cpu" or update % self.options.log_every == 0

    def _learning_rate(self, update: int) -> float:
        options = self.options
        if options.follows_clock:
            progress = self.at.elapsed_s / _seconds(options.max_minutes)
        else:
            progress = (update - 1 - options.warmup_steps) / max((self.total or math.inf) - options.warmup_steps, 1)
        return options.learning_rate * share(
            options.schedule, update, warmup_steps=options.warmup_steps, progress=progress, floor=options.floor
        )

    def _check_finite(self, update: int, rate: float, loss: float, norm: float) -> None:
        if math.isfinite(loss) and math.isfinite(norm):
            return
        latest = self.checkpoints.latest()
        kept = (
            "None was saved before"
            if latest is None
            else f"The last good weights are in `{self.checkpoints.path(latest)}`"
        )
        raise DivergedError(
            f"The training diverged at update {update}, at learning rate {rate:.3g}: the loss is {loss}, the norm of its gradient "
            f"{norm}; both must be finite. {kept}. Try a lower `training.learning_rate`, more `training.warmup_steps`, "
            "`training.clip_norm: 1.0` or `training.precision: float32`."
        )

    # ---- where it stands -----------------------------------------------------------------------------------------------------

    def _keys_of_epoch(self) -> Sequence[Any]:
        keys = self.batches.epoch(self.at.epoch)
        if len(keys) == 0:
            raise DataError(
                f"Epoch {self.at.epoch} has no batches: there is nothing to train on. Check the training data."
            )
        return keys

    def _total_updates(self, batches: int) -> int | None:
        """How many updates the limits allow, as far as they say."""
        epochs, updates = self.options.max_epochs, self.options.max_updates
        by_epochs = epochs and epochs * math.ceil(batches / self.options.accumulate)
        return min((limit for limit in (by_epochs, updates) if limit is not None), default=None)

    def _ended_by(self) -> Ending | None:
        at, options = self.at, self.options
        reached: dict[Ending, bool] = {
            "epochs": options.max_epochs is not None and at.epoch > options.max_epochs,
            "updates": options.max_updates is not None and at.update >= options.max_updates,
            "minutes": options.max_minutes is not None and at.elapsed_s >= _seconds(options.max_minutes),
            "patience": options.patience is not None and at.waited >= options.patience,
        }
        return next((limit for limit, is_reached in reached.items() if is_reached), None)

    def _epochs_done(self) -> float:
        return self.at.epoch - 1 + self.at.batch / len(self.keys)

    def _validation_due(self, epochs_before: float) -> bool:
        if self.validate is None:
            return False
        if self.options.validate_every_updates is not None:
            return self.at.update % self.options.validate_every_updates == 0
        every = self.options.validate_every_epochs
        return _whole_steps(self._epochs_done(), every) > _whole_steps(epochs_before, every)

    def _agree_on_time(self) -> None:
        """Read the clock, and whether Ctrl-C was pressed; on several processes all go by the main one's clock."""
        if self.ranks == 1:
            self.at.elapsed_s, self.asked = self._elapsed_s(), self.interrupts.asked
        elif self._reads(self.at.update):
            mine = [self._elapsed_s() if self.is_main else 0.0, float(self.interrupts.asked)]
            elapsed_s, asked = self.accelerator.reduce(torch.tensor(mine, device=self.device)).tolist()
            self.at.elapsed_s, self.asked = elapsed_s, asked > 0

    def _elapsed_s(self) -> float:
        return self.elapsed_before_s + time.monotonic() - self.began_s

    def _log(self) -> None:
        """Write a row about the updates since the last one."""
        at = self.at
        at.elapsed_s = self._elapsed_s() if self.ranks == 1 else at.elapsed_s
        shares = self._shares_done()
        left_s = [(1 - done) * spent / gained for done, gained, spent in shares if gained > 0]
        row = self.meter.row(at, min(left_s, default=None))
        at.tokens = row.tokens
        self.progress.training(row, max((done for done, _, _ in shares), default=0.0))
        if self.metrics is not None:
            self.metrics.training(row)
            if self.options.trackers:
                self.accelerator.log(
                    {name: value for name, value in asdict(row).items() if value is not None}, step=at.update
                )

    def _shares_done(self) -> list[tuple[float, float, float]]:
        """For each limit the share that is done, the share of it that this process did, and the seconds this took."""
        at, spent = self.at, self.at.elapsed_s - self.elapsed_before_s
        shares = []
        if self.total is not None:
            shares.append((at.update / self.total, (at.update - self.updates_before) / self.total, spent))
        if self.options.max_minutes is not None:
            limit = _seconds(self.options.max_minutes)
            shares.append((min(at.elapsed_s / limit, 1.0), spent / limit, spent))
        return shares

    # ---- validation, saving, the end -----------------------------------------------------------------------------------------

    def _begin(self, *, resume: bool) -> None:
        """Find out where to begin, and open the books."""
        latest = self.checkpoints.latest()
        if latest is not None and not resume:
            raise RunError(
                f"`{self.folder}` holds a training already, of {latest} updates. Go on with it by `--resume`, or choose another folder."
            )
        if latest is not None:
            self._restore(latest)
        if self.is_main:
            self.checkpoints.clean_up()
            self.metrics = Metrics(self.folder / "metrics.jsonl", self.at.metrics_bytes)
            if self.options.trackers:
                self.accelerator.init_trackers("saccade", config={k: str(v) for k, v in asdict(self.options).items()})
        self.elapsed_before_s = self.saved_s = self.at.elapsed_s
        self.updates_before = self.at.update
        self.began_s = time.monotonic()
        self.asked = False
        self.meter = _Meter(self.device, self.at.tokens)

    def _restore(self, update: int) -> None:
        position, generators = self.checkpoints.load(update, self.model, self.optimiser)
        if len(generators) != self.ranks:
            raise RunError(
                f"`{self.folder}` was trained on {len(generators)} processes, and this is a training on {self.ranks}. "
                f"Resume it on {len(generators)}, or begin anew in another folder."
            )
        restore_generators(generators[self.accelerator.process_index])
        self.at = position
        self.keys = self._keys_of_epoch()
        if position.best_update and self.is_main:
            self._publish(position.best_update)

    def _validate_and_save(self) -> None:
        at, options = self.at, self.options
        figures = self._figures()
        is_best = not at.best or self._is_better(figures, at.best)
        if is_best:
            at.best, at.best_update, at.waited = figures, at.update, 0
        else:
            at.waited += 1
        at.validated = [*at.validated, at.update][-max(options.average_last, 1) :]
        self._report(figures, is_best=is_best)
        self._save()
        if is_best and self.is_main:
            self._publish(at.update)

    def _figures(self) -> dict[str, float]:
        """Validate on the main process, and let the others know."""
        figures: list[Any] = [None]
        self.model.eval()
        if self.is_main and self.validate is not None:
            with torch.no_grad():
                figures = [self.validate(self.model)]
        self.model.train()
        if self.ranks > 1:
            from accelerate.utils import broadcast_object_list

            broadcast_object_list(figures)
        if self.options.watch not in figures[0]:
            raise OptionError(
                f"`training.watch` is {self.options.watch!r}, which the validation does not give. "
                f"{did_you_mean(self.options.watch, figures[0])}"
            )
        self.meter.restart_clock()
        return figures[0]

    def _is_better(self, figures: dict[str, float], than: dict[str, float]) -> bool:
        new, old = figures[self.options.watch], than[self.options.watch]
        if math.isnan(old):
            return not math.isnan(new)
        return new > old if self.options.better == "higher" else new < old

    def _report(self, figures: dict[str, float], *, is_best: bool, weights: str = "current") -> None:
        self.progress.validation(self.at.update, figures, is_best=is_best)
        if self.metrics is not None:
            self.metrics.validation(self.at.update, self._elapsed_s(), figures, weights)
            if self.options.trackers:
                self.accelerator.log(
                    {f"validation/{name}": value for name, value in figures.items()}, step=self.at.update
                )

    def _save(self) -> None:
        """Write a checkpoint."""
        at = self.at
        at.tokens = self.meter.tokens()
        generators = [generator_states()]
        if self.ranks > 1:
            from accelerate.utils import gather_object

            generators = gather_object(generators)
        if self.metrics is not None:
            at.elapsed_s = self._elapsed_s()
            at.metrics_bytes = self.metrics.force_to_disk()
            self.checkpoints.save(self.model, self.optimiser, at, generators)
        self.accelerator.wait_for_everyone()
        self.saved_s = at.elapsed_s
        self.meter.restart_clock()

    def _publish(self, update: int) -> None:
        """Make the weights of a checkpoint those of the run."""
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

    def _keep(self) -> tuple[Literal["best", "averaged", "last"], dict[str, float]]:
        at, published = self.at, self.folder / "model.safetensors"
        if self.validate is None:
            if self.is_main:
                self._publish(at.update)
            return "last", {}
        paths = [self.checkpoints.path(update) / "model.safetensors" for update in at.validated]
        if self.options.average_last > 1 and len(paths) > 1:
            mean_weights(self.model, paths)
            figures = self._figures()
            is_better = self._is_better(figures, at.best)
            self._report(figures, is_best=is_better, weights="averaged")
            if is_better:
                if self.is_main:
                    save_weights(self.model, published)
                return "averaged", figures
        load_weights(self.model, self.checkpoints.path(at.best_update) / "model.safetensors")
        if self.is_main:
            self._publish(at.best_update)
        return "best", at.best


@final
class _Meter:
    """Add up the figures of the updates since the last row, on the device until they are read."""

    def __init__(self, device: torch.device, tokens_before: int) -> None:
        self._tokens = tokens_before
        self._sums = torch.zeros(3, dtype=torch.float64, device=device if device.type != "mps" else "cpu")
        self._norm = torch.zeros(())
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

    def add(self, sums: Tensor, norm: Tensor, rate: float) -> None:
        """Add an update's loss, log-probability and tokens."""
        self._sums += sums.to(self._sums.device)
        self._norm, self._rate = norm, rate
        now_s = time.monotonic()
        self._active_s += now_s - self._since_s
        self._since_s = now_s

    def restart_clock(self) -> None:
        """Leave out the time since the last update, which went into a validation or a checkpoint."""
        self._since_s = time.monotonic()

    def tokens(self) -> int:
        """Count the target tokens since the beginning of the training."""
        return self._tokens + int(self._sums[2])

    def row(self, at: Position, left_s: float | None) -> TrainingRow:
        """Make a row of what was added up, and begin anew."""
        loss, log_prob, tokens = self._sums.tolist()
        row = TrainingRow(
            update=at.update,
            epoch=at.epoch,
            elapsed_s=at.elapsed_s,
            tokens=self._tokens + int(tokens),
            learning_rate=self._rate,
            loss=loss / max(tokens, 1),
            log_prob=log_prob / max(tokens, 1),
            gradient_norm=float(self._norm),
            tokens_per_s=tokens / max(self._active_s, 1e-9),
            padding=1 - self._real / self._places if self._places else 0.0,
            left_s=left_s,
        )
        self._tokens = row.tokens
        self._sums.zero_()
        self._real = self._places = 0
        self._active_s = 0.0
        return row


def _seconds(minutes: float | None) -> float:
    return math.inf if minutes is None else minutes * 60


def _whole_steps(epochs: float, every: float) -> int:
    """How often `every` fits into `epochs`; a hair's breadth of rounding does not make one less."""
    return math.floor(epochs / every + 1e-9)
