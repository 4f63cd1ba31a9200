"""The lines of a text file, plain or packed, with what is wrong said by file and line."""

import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from saccade.errors import DataError, MissingError

PACKED: Final[dict[str, Callable[..., Any]]] = {".gz": gzip.open, ".xz": lzma.open}
_MARK = b"\xef\xbb\xbf"


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Each line of a UTF-8 file with its number, from 1, and without its end; .gz and .xz are unpacked.

    Only a line feed ends a line (a carriage return before it goes too), so that two aligned files stay aligned whatever
    characters they hold.

    Raises:
        MissingError: No such file.
        DataError: A folder, a file that may not be read, is empty, is not packed as its name says, or is not UTF-8.
    """
    number = 0
    for number, line in enumerate(_raw_lines(path), start=1):
        if number == 1:
            line = line.removeprefix(_MARK)
        try:
            yield number, line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(
                f"{path}, line {number}: not UTF-8 (byte {line[error.start]:#04x} at place {error.start + 1}). "
                "Convert the file to UTF-8."
            ) from error
    if number == 0:
        raise DataError(f"{path} is empty. Give a file with at least one line.")


def _raw_lines(path: Path) -> Iterator[bytes]:
    try:
        with _opened(path) as file:
            yield from file
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file.") from error
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is not packed as its name says, or is cut off ({error}).") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}).") from error


def _opened(path: Path) -> Any:
    return PACKED.get(path.suffix, open)(path, "rb")
