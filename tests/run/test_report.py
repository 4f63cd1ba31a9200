"""A report tells of a run on one page: how it learnt, how good it is, examples with their maps, what made it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import write_tiny
from tests.run.image_to_text.tiny_texts import write_tiny_texts
from tests.run.masked_text.tiny_masked import write_tiny_masked

from saccade.errors import OptionError
from saccade.run.report import REPORT, report, write_report
from saccade.run.tasks import load
from saccade.run.train import train


def told(page: str) -> list[dict[str, Any]]:
    """The blocks of a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def titles(blocks: list[dict[str, Any]]) -> list[str]:
    return [block["title"] for block in blocks if block.get("title")]


def test_of_texts_it_tells_quality_by_length_outputs_and_trust(tiny_run: Path) -> None:
    blocks = told(report(load(tiny_run)))
    kinds = [block["kind"] for block in blocks]
    assert kinds[:4] == ["text", "courses", "table", "curves"]
    assert kinds.count("alignment") == 5
    assert titles(blocks) == [
        "How it learnt",
        "How good it is: the first 7 pairs of validation",
        "exact by length",
        "What it writes",
        "Can the maps be trusted?",
        "Do they move?",
        "What it was made with",
    ]
    [written] = [block for block in blocks if block.get("title") == "What it writes"]
    assert written["rows"][0][:2] == ["abc", "cba"]
    assert "seed: 1" in blocks[-1]["text"]


def test_runs_with_a_fixed_context_that_lie_beside_it_are_told_of(tmp_path: Path) -> None:
    recipe = write_tiny(tmp_path / "data")
    looking = train(recipe, tmp_path / "looking")
    train(recipe, tmp_path / "fixed", ["model.decoder.context=initial"])
    train(recipe, tmp_path / "other", ["model.decoder.context=initial", "data.max_tokens=5"])
    train(recipe, tmp_path / "measured", ["model.decoder.context=initial", "evaluation.metrics=[cer]"])
    (tmp_path / "no-run").mkdir()
    [curves] = [block for block in told(report(looking)) if block["kind"] == "curves"]
    assert [line["name"] for line in curves["lines"]] == ["looking", "fixed"]
    # Of one that does not look there is nothing to see or to trust, and none is held beside it.
    blocks = told(report(load(tmp_path / "fixed")))
    assert not {"alignment", "trust"} & {block["kind"] for block in blocks}
    [curves] = [block for block in blocks if block["kind"] == "curves"]
    assert [line["name"] for line in curves["lines"]] == ["fixed"]


def test_of_labels_it_tells_class_by_class_and_what_is_taken_for_what(image_run: Path, label_run: Path) -> None:
    for run, kind in ((image_run, "image"), (label_run, "label")):
        blocks = told(report(load(run)))
        assert {"How it learnt", "Class by class", "What is taken for what"} <= set(titles(blocks))
        assert sum(block["kind"] == kind for block in blocks) == 5


def test_every_task_has_a_report(tmp_path: Path) -> None:
    images = train(write_tiny_texts(tmp_path / "images"), tmp_path / "images" / "run")
    blocks = told(report(images))
    assert "What it reads" in titles(blocks)
    assert any(block["kind"] in ("image", "strip") for block in blocks)
    masked = train(write_tiny_masked(tmp_path / "masked"), tmp_path / "masked" / "run")
    assert any("hidden tokens" in title for title in titles(told(report(masked))))


def test_it_is_written_into_the_run_and_says_where_a_course_is_lost(tmp_path: Path) -> None:
    model = train(write_tiny(tmp_path), tmp_path / "run")
    (tmp_path / "run" / "metrics.jsonl").unlink()
    assert write_report(model) == tmp_path / "run" / REPORT
    assert "metrics.jsonl" in (tmp_path / "run" / REPORT).read_text(encoding="utf-8")
    with pytest.raises(OptionError, match="no split 'tset'"):
        write_report(model, "tset")
