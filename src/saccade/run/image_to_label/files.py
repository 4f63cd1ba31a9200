"""What the folder of a run from image to label holds besides: what its labels mean, and how its images were."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from saccade.errors import RunError
from saccade.run.folder import check_there
from saccade.storage import written_aside

LABELS: Final = "labels.json"
FORMAT: Final = "saccade.labels"
VERSION: Final = 1


@final
class Labels(NamedTuple):
    """What must be known to label an image by a network's weights.

    Attributes:
        classes: The name of each label.
        size: Height and width of the images in the training.
        channels: Of the images: 1 or 3.
        mean: Of each channel over the training images, from 0 to 1.
        std: The same.
    """

    classes: tuple[str, ...]
    size: tuple[int, int]
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def save(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            StorageError: It could not be written.
        """
        saved = {"format": FORMAT, "version": VERSION, **self._asdict()}
        with written_aside(path) as aside:
            aside.write_text(json.dumps(saved, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_labels(run: Path) -> Labels:
    """Read what `Labels.save` wrote into a run folder.

    Raises:
        RunError: It is not there, damaged, or from a newer version.
    """
    check_there(run, LABELS)
    path = run / LABELS
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        kind, version = saved["format"], int(saved["version"])
        if kind == FORMAT and version <= VERSION:
            return _labels(saved)
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} is damaged: {error!r}. Copy the run again, or train it anew.") from error
    raise RunError(
        f"{path} is `{kind}` of version {version}; this Saccade reads `{FORMAT}` up to version {VERSION}. "
        "Install a newer Saccade, or give the run's own labels.json."
    )


def _labels(saved: Any) -> Labels:
    height, width = saved["size"]
    return Labels(
        tuple(str(name) for name in saved["classes"]),
        (int(height), int(width)),
        int(saved["channels"]),
        tuple(float(number) for number in saved["mean"]),
        tuple(float(number) for number in saved["std"]),
    )
