"""A table that is written whole or not at all, and read from the disk."""

from pathlib import Path

import pytest

from saccade.data.pairs import SCHEMA
from saccade.data.store import opened, stored
from saccade.errors import StorageError


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
