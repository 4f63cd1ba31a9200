"""Checkpoints: all that a killed training needs to go on as if nothing had happened; safetensors and JSON, no pickle.

    checkpoints/00000120/model.safetensors       weights, tied ones once
                         optimiser.safetensors   the optimiser's state by parameter name
                         state.json              format, position, random generators of each process

A checkpoint is a folder that is written aside, forced to the disk and renamed; after that the older ones are thinned
out: two stay whole, and of the best and of those that will be averaged the weights stay.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, final

import torch
from safetensors import SafetensorError
from torch import nn

from saccade import __version__
from saccade.errors import RunError
from saccade.storage import remove, remove_unfinished, written_aside
from saccade.training.optimiser import optimiser_tensors, restore_optimiser
from saccade.training.weights import fill, own_tensors, read_tensors, tied, write_tensors

FORMAT = 1
# The one before the newest stays whole, so that damage to the newest costs little.
WHOLE = 2


@final
@dataclass
class Position:
    """Say how far a training has come.

    Args:
        epoch: The epoch it is in, from 1.
        batch: How many of this process's batches of that epoch are done.
        update: Updates done.
        tokens: Target tokens, or images, seen over all processes.
        elapsed_s: Seconds of training, over interruptions.
        validated: The updates of the last validations, as many as averaging needs, and at least one.
        waited: Validations since the best.
        best_update: The update of the best validation; 0 before any.
        best: The figures of that validation.
        metrics_bytes: Length of `metrics.jsonl` at this point.
    """

    epoch: int = 1
    batch: int = 0
    update: int = 0
    tokens: int = 0
    elapsed_s: float = 0.0
    validated: list[int] = field(default_factory=list)
    waited: int = 0
    best_update: int = 0
    best: dict[str, float] = field(default_factory=dict)
    metrics_bytes: int = 0


@final
@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints in a run folder.

    Args:
        folder: The folder `checkpoints` of a run.
    """

    folder: Path

    def path(self, update: int) -> Path:
        """Give the folder of the checkpoint of an update."""
        return self.folder / f"{update:08d}"

    def updates(self) -> list[int]:
        """List the updates of the checkpoints, oldest first."""
        return sorted(int(path.name) for path in self.folder.glob("[0-9]*") if path.name.isdecimal() and path.is_dir())

    def latest(self) -> int | None:
        """Give the update of the newest checkpoint that a training can go on from."""
        return max(filter(self._whole, self.updates()), default=None)

    def save(
        self, model: nn.Module, optimiser: torch.optim.Optimizer, position: Position, generators: list[dict[str, Any]]
    ) -> None:
        """Write a checkpoint, whole or not at all, then thin out the older ones.

        Raises:
            StorageError: It could not be written; the earlier checkpoints are untouched.
        """
        path = self.path(position.update)
        if not self._whole(position.update):
            remove(path)
            state = {"format": FORMAT, "saccade": __version__, "position": asdict(position), "generators": generators}
            with written_aside(path) as aside:
                aside.mkdir()
                write_tensors(own_tensors(model), aside / "model.safetensors", tied(model))
                write_tensors(optimiser_tensors(model, optimiser), aside / "optimiser.safetensors")
                (aside / "state.json").write_text(json.dumps(state), encoding="utf-8")
        self._thin_out(position)

    def load(
        self, update: int, model: nn.Module, optimiser: torch.optim.Optimizer
    ) -> tuple[Position, list[dict[str, Any]]]:
        """Put a checkpoint into a model and its optimiser; give the position and each process's random generators.

        Raises:
            RunError: It is damaged, from a newer version, or of another model.
        """
        path = self.path(update)
        try:
            state = json.loads((path / "state.json").read_text(encoding="utf-8"))
            if state["format"] <= FORMAT:
                fill(model, read_tensors(path / "model.safetensors"))
                restore_optimiser(model, optimiser, read_tensors(path / "optimiser.safetensors"))
                return Position(**state["position"]), state["generators"]
        except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"`{path}` is damaged: {error}. {self._way_out(update)}") from error
        raise RunError(
            f"`{path}` has checkpoint format {state['format']}, of a newer Saccade ({state.get('saccade')}). "
            f"This one reads up to {FORMAT}. Update Saccade."
        )

    def clean_up(self) -> None:
        """Remove what a killed process left half-written."""
        remove_unfinished(self.folder)

    def _way_out(self, update: int) -> str:
        earlier = [other for other in self.updates() if other < update and self._whole(other)]
        if not earlier:
            return "Train the run anew, into another folder."
        return f"Remove this folder to go on from the checkpoint before it, {self.path(earlier[-1]).name}."

    def _whole(self, update: int) -> bool:
        return (self.path(update) / "state.json").exists()

    def _wanted_by(self, update: int) -> set[int]:
        """The checkpoints whose weights a training wants that goes on from this one."""
        try:
            position = json.loads((self.path(update) / "state.json").read_text(encoding="utf-8"))["position"]
            return {*position["validated"], position["best_update"]}
        except (OSError, ValueError, KeyError, TypeError):
            return set()  # damaged: no training goes on from it

    def _thin_out(self, position: Position) -> None:
        updates = [update for update in self.updates() if update <= position.update]
        wanted = {*position.validated, position.best_update}.union(*map(self._wanted_by, updates[-WHOLE:]))
        for update in updates[:-WHOLE]:
            if update not in wanted:
                remove(self.path(update))
            else:
                remove(self.path(update) / "state.json")
                remove(self.path(update) / "optimiser.safetensors")
