"""Files that are either written whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from saccade.errors import SaccadeError, StorageError


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to, and rename it to `path` once all is written; folders are made.

    Raises:
        StorageError: The disk is full, or the folder may not be written to; what stood at `path` is untouched.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        aside.replace(path)
    except SaccadeError:
        raise
    except OSError as error:
        raise StorageError(f"{path} could not be written ({error.strerror or error}). Nothing was changed.") from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()
