"""What the folder of a run from image to text holds besides: its tokenizer, and how its images were."""

from pathlib import Path
from typing import Any, Final, NamedTuple, final

from saccade.data.tokenizers import Tokenizer
from saccade.run.saved import SavedAs

TEXTS: Final = "texts.json"
_FILE: Final = SavedAs(TEXTS, "saccade.texts", 1)


@final
class Texts(NamedTuple):
    """What must be known to read an image by a network's weights.

    Attributes:
        tokenizer: Of the texts.
        size: Height and width of the images in the training.
        channels: Of the images: 1 or 3.
        mean: Of each channel over the training images, from 0 to 1.
        std: The same.
    """

    tokenizer: Tokenizer
    size: tuple[int, int]
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def save(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            StorageError: It could not be written.
        """
        _FILE.write(path, {**self._asdict(), "tokenizer": self.tokenizer.to_json()})


def read_texts(run: Path) -> Texts:
    """Read what `Texts.save` wrote into a run folder.

    Raises:
        RunError: It is not there, damaged, or from a newer version.
    """
    return _FILE.read(run, _texts)


def _texts(saved: Any) -> Texts:
    height, width = saved["size"]
    return Texts(
        Tokenizer.from_json(saved["tokenizer"]),
        (int(height), int(width)),
        int(saved["channels"]),
        tuple(float(number) for number in saved["mean"]),
        tuple(float(number) for number in saved["std"]),
    )
