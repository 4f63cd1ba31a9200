"""`model.safetensors` of a run folder: the weights that one gets when one asks for the run's model."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from torch import nn

from saccade.storage import written_aside
from saccade.training.weights import save_weights

MODEL: Final = "model.safetensors"


@final
@dataclass(frozen=True)
class Published:
    """The weights that a run shows to the world.

    Args:
        folder: The run folder.
        is_main: Whether this process writes; the others write nothing.
    """

    folder: Path
    is_main: bool

    def checkpoint(self, path: Path) -> None:
        """Publish the weights of a checkpoint, the folder `path`.

        Raises:
            StorageError: It could not be done; what was published before is untouched.
        """
        if self.is_main:
            with written_aside(self.folder / MODEL) as aside:
                shutil.copyfile(path / MODEL, aside)

    def weights(self, model: nn.Module) -> None:
        """Publish the weights that a model has now.

        Raises:
            StorageError: It could not be done; what was published before is untouched.
        """
        if self.is_main:
            save_weights(model, self.folder / MODEL)
