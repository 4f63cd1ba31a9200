"""Train the runs of a sweep, one after the other, each into a run folder of its own."""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import final

from saccade.errors import OptionError, RunError, SaccadeError
from saccade.run import folder
from saccade.run.going_on import changes_of_end
from saccade.run.sweep import record
from saccade.run.sweep.plan import Plan, Planned
from saccade.run.sweep.record import Outcome
from saccade.run.train import Begun
from saccade.training.processes import ranks
from saccade.training.progress import Progress, clock

Say = Callable[[str], None]


@final
class Sweep:
    """A plan and the folder that it is carried out in.

    A run that has come to its end is not trained again; one that was cut off goes on as `--resume` does.

    Args:
        plan: What is trained.
        path: The folder; each run has a folder in it.

    Raises:
        OptionError: Several processes are joined.
        RunError: The folder is a file, or holds a run of another recipe under a name of the plan.
    """

    def __init__(self, plan: Plan, path: Path) -> None:
        self.plan, self.path = plan, path
        if ranks() > 1:
            raise OptionError(
                f"A sweep trains in one process, but {ranks()} are joined. Start it without `torchrun`, or train its "
                "runs one by one with `saccade train`."
            )
        if path.exists() and not path.is_dir():
            raise RunError(f"{path} is a file; a sweep is a folder. Name another one with `--out`.")
        self.outcomes = record.read(path)
        for run in plan.runs:
            if self._later_end(run):
                self.outcomes.pop(run.name, None)

    def is_finished(self, name: str) -> bool:
        """Whether a run has come to its end."""
        outcome = self.outcomes.get(name)
        return outcome is not None and outcome.failed is None and folder.is_run(self.path / name)

    def train(self, say: Say, progress: Progress | None = None) -> dict[str, Outcome]:
        """Train what is not finished; a run that fails does not keep the others from being trained.

        Args:
            say: Takes a line about what is being done.
            progress: Shows how each training goes; by default as in `saccade train`.

        Returns:
            What came of each run, by its name, in the order of the plan.

        Raises:
            RunError: None of them has come to its end.
            StoppedError: Ctrl-C; a checkpoint was saved.
        """
        count = len(self.plan.runs)
        # Before the first goes on to a later end: cut off, it must not be taken for finished.
        record.write(self.path, self.outcomes)
        for number, run in enumerate(self.plan.runs, start=1):
            head = f"[{number}/{count}] {run.name}"
            if self.is_finished(run.name):
                say(f"{head}: is finished")
                continue
            self.outcomes[run.name] = outcome = self._train(run, head, say, progress)
            record.write(self.path, self.outcomes)
            say(f"{head}: {_described(outcome)}")
        if not any(self.is_finished(run.name) for run in self.plan.runs):
            first = self.plan.runs[0].name
            raise RunError(f"All {count} runs failed. {first}: {self.outcomes[first].failed}")
        return {run.name: self.outcomes[run.name] for run in self.plan.runs}

    def _train(self, run: Planned, head: str, say: Say, progress: Progress | None) -> Outcome:
        try:
            say(f"{head}: reading data")
            begun = Begun(run.loaded, self.path / run.name, resume=True)
            say(f"{head}: {' · '.join(begun.facts)} → {begun.path}")
            return Outcome.of(begun.train(progress))
        except KeyboardInterrupt:
            raise
        except SaccadeError as error:
            return Outcome(failed=_one_line(error))
        except Exception as error:  # out of memory, or a mistake of ours: the others go on
            say(traceback.format_exc().rstrip())
            return Outcome(failed=f"{type(error).__name__}: {_one_line(error)}")

    def _later_end(self, run: Planned) -> bool:
        """Whether a run is there, and shall go on to a later end than it had."""
        path = self.path / run.name
        return folder.is_run(path) and bool(changes_of_end(folder.read(path).recipe, run.loaded.recipe, path))


def _described(outcome: Outcome) -> str:
    if outcome.failed is not None:
        return f"failed: {outcome.failed}"
    return f"ended by {outcome.ended_by} after {outcome.updates:,} updates, {clock(outcome.elapsed_s)}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
