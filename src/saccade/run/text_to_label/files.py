"""What the folder of a run from text to label holds besides: what its labels mean, and its tokenizer."""

from pathlib import Path
from typing import Any, Final, NamedTuple, final

from saccade.data.tokenizers import Tokenizer
from saccade.run.saved import SavedAs

LABELS: Final = "labels.json"
_FILE: Final = SavedAs(LABELS, "saccade.text-labels", 1)


@final
class TextLabels(NamedTuple):
    """What must be known to label a text by a network's weights.

    Attributes:
        classes: The name of each label.
        tokenizer: Cuts the texts.
    """

    classes: tuple[str, ...]
    tokenizer: Tokenizer

    def save(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            StorageError: It could not be written.
        """
        _FILE.write(path, {"classes": self.classes, "tokenizer": self.tokenizer.to_json()})


def read_labels(run: Path) -> TextLabels:
    """Read what `TextLabels.save` wrote into a run folder.

    Raises:
        RunError: It is not there, damaged, or from a newer version.
    """
    return _FILE.read(run, _labels)


def _labels(saved: Any) -> TextLabels:
    return TextLabels(tuple(str(name) for name in saved["classes"]), Tokenizer.from_json(saved["tokenizer"]))
