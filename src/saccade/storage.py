"""Writing that leaves what stood there before untouched until the new is whole and on the disk."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from safetensors import SafetensorError

from saccade.errors import SaccadeError, StorageError

ASIDE: Final = ".writing"
"""How the names of unfinished files end."""


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
    # Two processes may write the same file: the last one to be ready wins, whole.
    aside = path.with_name(f".{path.name}.{os.getpid()}{ASIDE}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_unfinished(path.parent, path.name)
        yield aside
        _force_to_disk(aside)
        aside.replace(path)
        _force_to_disk(path.parent, deep=False)
    except SaccadeError:
        raise
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StorageError(
            f"`{path}` could not be written: {reason}. What was saved before is untouched. "
            "Make room or mend the folder's permissions, and run the same again (a training with `--resume`)."
        ) from error
    finally:
        with suppress(OSError):
            remove(aside)


def remove_unfinished(folder: Path, name: str = "*") -> None:
    """Remove what killed processes left half-written in a folder, of one name or all."""
    for left in folder.glob(f".{name}.*{ASIDE}"):
        writer = left.name.removesuffix(ASIDE).rpartition(".")[2]
        if not (writer.isdigit() and _is_running(int(writer))):
            remove(left)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return process != os.getpid()


def _force_to_disk(path: Path, *, deep: bool = True) -> None:
    if deep and path.is_dir():
        for child in path.iterdir():
            _force_to_disk(child)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
