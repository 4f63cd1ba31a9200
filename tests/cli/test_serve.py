"""What `saccade serve` refuses before it listens."""

import socket
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Saccade, refused


def test_another_address_needs_a_token(saccade: Saccade, tiny_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACCADE_TOKEN", raising=False)
    assert "a token is needed" in refused(saccade("serve", tiny_run, "--host", "0.0.0.0"))
    monkeypatch.setenv("SACCADE_TOKEN", "short")
    assert "The token in SACCADE_TOKEN has 5 characters" in refused(saccade("serve", tiny_run))
    monkeypatch.setenv("SACCADE_TOKEN", "s3cret-s3cret-s3cret")
    assert "`--allow-host NAME`" in refused(saccade("serve", tiny_run, "--host", "0.0.0.0"))


def test_a_file_of_a_token(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    assert "there is no such file" in refused(saccade("serve", tiny_run, "--token-file", tmp_path / "none"))
    (tmp_path / "token").write_text("two words and more\n", encoding="utf-8")
    assert "signs without blanks" in refused(saccade("serve", tiny_run, "--token-file", tmp_path / "token"))
    (tmp_path / "token").write_bytes(b"\xff" * 20)
    assert "is not text" in refused(saccade("serve", tiny_run, "--token-file", tmp_path / "token"))


def test_an_address_that_is_taken(saccade: Saccade, tiny_run: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"127.0.0.1, port {port}: Address already in use" in refused(saccade("serve", tiny_run, "--port", port))


def test_runs_that_are_none_or_twice(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    assert "does not exist" in refused(saccade("serve", tmp_path / "none"))
    assert "is named 2 times" in refused(saccade("serve", tiny_run, tiny_run))


def test_without_the_extra(saccade: Saccade, tiny_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert "pip install 'saccade[serve]'" in refused(saccade("serve", tiny_run))
