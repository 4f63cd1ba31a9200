"""What the folder of a run from image to text holds besides: its tokenizer, and how its images were."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from saccade.data.tokenizers import Tokenizer
from saccade.errors import RunError
from saccade.run.folder import check_there
from saccade.storage import written_aside

TEXTS: Final = "texts.json"
FORMAT: Final = "saccade.texts"
VERSION: Final = 1


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
        saved = {"format": FORMAT, "version": VERSION, **self._asdict(), "tokenizer": self.tokenizer.to_json()}
        with written_aside(path) as aside:
            aside.write_text(json.dumps(saved, ensure_ascii=False) + "\n", encoding="utf-8")


def read_texts(run: Path) -> Texts:
    """Read what `Texts.save` wrote into a run folder.

    Raises:
        RunError: It is not there, damaged, or from a newer version.
    """
    check_there(run, TEXTS)
    path = run / TEXTS
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        kind, version = saved["format"], int(saved["version"])
        if kind == FORMAT and version <= VERSION:
            return _texts(saved)
    except Exception as error:  # the tokenizers library raises bare exceptions
        raise RunError(f"{path} is damaged: {error!r}. Copy the run again, or train it anew.") from error
    raise RunError(
        f"{path} is `{kind}` of version {version}; this Saccade reads `{FORMAT}` up to version {VERSION}. "
        "Install a newer Saccade, or give the run's own texts.json."
    )


def _texts(saved: Any) -> Texts:
    height, width = saved["size"]
    return Texts(
        Tokenizer.from_json(saved["tokenizer"]),
        (int(height), int(width)),
        int(saved["channels"]),
        tuple(float(number) for number in saved["mean"]),
        tuple(float(number) for number in saved["std"]),
    )
