"""Writing that leaves what stood there before untouched until the new is whole and on the disk."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from safetensors import SafetensorError

from saccade.errors import StorageError


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write a file or a folder to; at the end it is forced to the disk and takes the name.

    Raises:
        StorageError: It could not be written (disk full, no permission); `path` is as it was.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, written_aside(Path(folder) / "a.txt") as aside:
        ...     aside.write_text("whole or not at all")
        19
    """
    aside = path.with_name(f".{path.name}.writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove(aside)
        yield aside
        _force_to_disk(aside)
        aside.replace(path)
        _force_to_disk(path.parent)
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            remove(aside)
        reason = getattr(error, "strerror", None) or str(error)
        raise StorageError(
            f"`{path}` could not be written: {reason}. What was saved before is untouched. "
            "Make room or mend the folder's permissions, then go on with `--resume`."
        ) from error


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _force_to_disk(path: Path) -> None:
    if path.is_dir():
        for child in path.iterdir():
            _force_to_disk(child)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
