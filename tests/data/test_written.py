"""Files that are written whole or not at all."""

from pathlib import Path

import pytest

from saccade.data.pairs import SCHEMA
from saccade.data.store import opened, stored
from saccade.data.written import written_aside
from saccade.errors import DataError, StorageError


def test_it_is_there_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    with written_aside(path) as aside:
        aside.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("thrown", "told"),
    [
        (OSError(28, "No space left on device"), StorageError),
        (DataError("bad"), DataError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
    ids=["disk full", "bad data", "Ctrl-C"],
)
def test_what_stood_there_survives(tmp_path: Path, thrown: BaseException, told: type[BaseException]) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def write() -> None:
        with written_aside(path) as aside:
            aside.write_text("half")
            raise thrown

    with pytest.raises(told):
        write()
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    def write() -> None:
        with written_aside(tmp_path / "file"):
            raise OSError(28, "No space left on device")

    with pytest.raises(
        StorageError, match=r"file could not be written \(No space left on device\). Nothing was changed"
    ):
        write()


def test_a_full_temporary_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(StorageError, match=r"gone: a temporary file could not be written .* or set TMPDIR"):
        stored([], SCHEMA, {})


def test_facts_are_kept_with_the_table(tmp_path: Path) -> None:
    facts = {"skipped": 0}

    def batches():
        facts["skipped"] = 13
        yield from ()

    stored(batches(), SCHEMA, facts, tmp_path / "kept.arrow")
    assert opened(tmp_path / "kept.arrow") == ([], {"skipped": 13})
