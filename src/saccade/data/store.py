"""A table that grows on disk and is read from there: memory-mapped Arrow."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from saccade.errors import SaccadeError, StorageError
from saccade.storage import written_aside

_FACTS = b"facts"


def stored(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, facts: dict[str, Any], kept: Path | None = None
) -> tuple[list[pa.RecordBatch], dict[str, Any]]:
    """Write record batches as they come, and give them back as they lie on disk.

    Args:
        batches: What is written; never more than one is held in memory.
        schema: Their columns.
        facts: What is known about the table, read once the last batch was made: a generator may fill it as it goes.
        kept: The file to write, for `opened` to read another time. Without it the file goes with the process, and the
            system's folder for temporary files (`TMPDIR`) must have the room.

    Raises:
        StorageError: No room, or no permission.
    """
    if kept is None:
        return _stored_for_now(batches, schema, facts)
    with written_aside(kept) as aside:
        _write(batches, schema, facts, aside)
    return opened(kept)


def opened(path: Path) -> tuple[list[pa.RecordBatch], dict[str, Any]]:
    """The record batches in a file that `stored` wrote, left on disk, and what was known about them."""
    reader = pa.ipc.open_file(pa.memory_map(str(path)))
    last = reader.num_record_batches - 1
    _, metadata = reader.get_batch_with_custom_metadata(last)
    return [reader.get_batch(index) for index in range(last)], json.loads(metadata[_FACTS])


def _stored_for_now(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, facts: dict[str, Any]
) -> tuple[list[pa.RecordBatch], dict[str, Any]]:
    try:
        with _temporary() as path:
            _write(batches, schema, facts, path)
            # What is mapped stays readable when the name is gone.
            return opened(path)
    except SaccadeError:
        raise
    except OSError as error:
        raise StorageError(
            f"{tempfile.gettempdir()}: a temporary file could not be written ({error.strerror or error}). "
            "Make room, or set TMPDIR to a folder that has it."
        ) from error


@contextlib.contextmanager
def _temporary() -> Iterator[Path]:
    handle, name = tempfile.mkstemp(suffix=".arrow", prefix="saccade-")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink()


def _write(batches: Iterable[pa.RecordBatch], schema: pa.Schema, facts: dict[str, Any], path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
        # An Arrow file's own metadata is written before its rows; only a last, empty batch can speak of them all.
        writer.write_batch(pa.RecordBatch.from_pylist([], schema), custom_metadata={_FACTS: json.dumps(facts).encode()})
