"""What the folder of a run from image to label holds besides: what its labels mean, and how its images were."""

from pathlib import Path
from typing import Any, Final, NamedTuple, final

from saccade.run.saved import SavedAs

LABELS: Final = "labels.json"
_FILE: Final = SavedAs(LABELS, "saccade.labels", 1)


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
        _FILE.write(path, self._asdict())


def read_labels(run: Path) -> Labels:
    """Read what `Labels.save` wrote into a run folder.

    Raises:
        RunError: It is not there, damaged, or from a newer version.
    """
    return _FILE.read(run, _labels)


def _labels(saved: Any) -> Labels:
    height, width = saved["size"]
    return Labels(
        tuple(str(name) for name in saved["classes"]),
        (int(height), int(width)),
        int(saved["channels"]),
        tuple(float(number) for number in saved["mean"]),
        tuple(float(number) for number in saved["std"]),
    )
