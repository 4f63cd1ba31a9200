import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from saccade.errors import DataError, StorageError
from saccade.storage import written_aside


@contextmanager
def no_file_over(bytes_: int) -> Iterator[None]:
    """Let the system refuse longer files, as a full disk does: a real failure in the middle of writing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with written_aside(path) as aside:
        aside.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert [child.name for child in path.parent.iterdir()] == ["a.txt"]


def test_a_folder_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    with written_aside(tmp_path / "a") as aside:
        aside.mkdir()
        (aside / "b.txt").write_text("whole")
    assert (tmp_path / "a" / "b.txt").read_text() == "whole"


def test_what_stood_there_survives_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    message = rf"`{path}` could not be written: File too large\. What was saved before is untouched\. Make room"
    with no_file_over(1000), pytest.raises(StorageError, match=message), written_aside(path) as aside:
        aside.write_text("new" * 1000)
    assert path.read_text() == "old"
    assert [child.name for child in tmp_path.iterdir()] == ["a.txt"]


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with (
        pytest.raises(StorageError, match=r"could not be written: (File exists|Not a directory)"),
        written_aside(tmp_path / "a" / "b.txt"),
    ):
        pass


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".a.txt.4194304.writing").mkdir()  # above the highest process number there can be
    with written_aside(tmp_path / "a.txt") as aside:
        aside.write_text("whole")
    assert [child.name for child in tmp_path.iterdir()] == ["a.txt"]


def test_what_another_process_writes_is_left_to_it(tmp_path: Path) -> None:
    other = tmp_path / f".a.txt.{os.getppid()}.writing"
    other.write_text("half")
    with written_aside(tmp_path / "a.txt") as aside:
        aside.write_text("whole")
    assert other.read_text() == "half"


@pytest.mark.parametrize("thrown", [DataError("bad"), KeyboardInterrupt()], ids=["bad data", "Ctrl-C"])
def test_what_stood_there_survives_other_errors(tmp_path: Path, thrown: BaseException) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def write() -> None:
        with written_aside(path) as aside:
            aside.write_text("half")
            raise thrown

    with pytest.raises(type(thrown)):
        write()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
