"""Lines of files, and what is said of files that are not right."""

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saccade.data.lines import lines_of
from saccade.errors import DataError, MissingError

PACKERS: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}


def written(folder: Path, content: bytes, suffix: str = "") -> Path:
    path = folder / f"lines.txt{suffix}"
    path.write_bytes(PACKERS[suffix](content))
    return path


@pytest.mark.parametrize("suffix", PACKERS)
def test_lines_with_their_numbers(tmp_path: Path, suffix: str) -> None:
    content = "我爱\r\n\n a\tb \nthe end".encode()
    assert list(lines_of(written(tmp_path, content, suffix))) == [(1, "我爱"), (2, ""), (3, " a\tb "), (4, "the end")]


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    text = "a\u2028b\x85c\x0bd\x1ce\rf"
    assert list(lines_of(written(tmp_path, f"{text}\n".encode()))) == [(1, text)]


def test_a_mark_of_byte_order_is_no_text(tmp_path: Path) -> None:
    assert list(lines_of(written(tmp_path, b"\xef\xbb\xbfa\nb\n"))) == [(1, "a"), (2, "b")]


def test_a_line_of_100_000_characters(tmp_path: Path) -> None:
    assert list(lines_of(written(tmp_path, "我".encode() * 100_000))) == [(1, "我" * 100_000)]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\ufeff")), min_size=1, max_size=11))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_lines_come_back(tmp_path: Path, lines: list[str]) -> None:
    path = written(tmp_path, "".join(f"{line}\n" for line in lines).encode())
    assert [line for _, line in lines_of(path)] == lines


@pytest.mark.parametrize("suffix", PACKERS)
def test_not_utf_8(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, b"good\nM\xe4nner\n", suffix)
    lines = lines_of(path)
    assert next(lines) == (1, "good")
    message = rf"{path.name}, line 2: not UTF-8 \(byte 0xe4 at place 2\). Convert the file to UTF-8"
    with pytest.raises(DataError, match=message):
        next(lines)


@pytest.mark.parametrize("suffix", PACKERS)
def test_an_empty_file(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(DataError, match=r"is empty. Give a file with at least one line"):
        list(lines_of(written(tmp_path, b"", suffix)))


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_a_missing_file(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(MissingError, match=f"gone{suffix}: there is no such file"):
        list(lines_of(tmp_path / f"gone{suffix}"))


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be read .Is a directory"):
        list(lines_of(tmp_path))


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_not_packed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plain{suffix}"
    path.write_bytes(b"plain text\n")
    with pytest.raises(DataError, match="is not packed as its name says, or is cut off"):
        list(lines_of(path))


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_packed_and_cut_off(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, bytes(range(97, 120)) * 997 + b"\n", suffix)
    path.write_bytes(path.read_bytes()[:-13])
    with pytest.raises(DataError, match="is not packed as its name says, or is cut off"):
        list(lines_of(path))
