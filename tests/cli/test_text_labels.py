"""The verbs over runs that label texts, as a user types them; and wrong wishes, each with one line."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Saccade, refused
from tests.run.text_to_label.tiny_labels import write_tiny_labels

from saccade.metrics import ClassScore
from saccade.run import comparison
from saccade.run.tasks import load


@pytest.fixture(scope="module")
def label_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-labels")
    return train(write_tiny_labels(folder), folder / "run").path


def test_predict_writes_label_and_probability_in_order(saccade: Saccade, label_run: Path) -> None:
    ended = saccade("predict", label_run, given=b"this is good\n\nbad\n")
    lines = ended.out.split("\n")
    assert lines[1] == ""
    label, probability = lines[0].split("\t")
    assert label in ("good", "bad")
    assert 0.5 <= float(probability) <= 1
    ranked = saccade("predict", label_run, "so", "--n-best", "2").out.splitlines()
    assert [line.split("\t")[:2] for line in ranked] == [["1", "1"], ["1", "2"]]
    rows = [json.loads(line) for line in saccade("predict", label_run, "so", "", "--format", "jsonl").out.splitlines()]
    assert [(row["text"], row["number"], row["rank"]) for row in rows] == [("so", 1, 1), ("", 2, 1)]
    assert (rows[1]["label"], rows[1]["probability"]) == (None, None)


def test_evaluate_prints_figures_classes_and_draws_the_confusion(
    saccade: Saccade, label_run: Path, tmp_path: Path
) -> None:
    ended = saccade("evaluate", label_run, "--confusion", tmp_path / "c.png")
    for word in (": 5 texts", "top1", "calibration", "By class:", "class  texts  precision", "pooling.attention"):
        assert word in ended.out
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    (tmp_path / "own.csv").write_text('text,label\n"so, so",bad\n" ",bad\n', encoding="utf-8")
    assert "1 texts, 1 that are empty skipped" in saccade("evaluate", label_run, "--data", tmp_path / "own.csv").out


def test_look_shades_the_words_and_writes_files(saccade: Saccade, label_run: Path, tmp_path: Path) -> None:
    out = saccade("look", label_run, "this is good").out
    assert "pooling.attention:\nthis is good\n" in out
    for name, start in (("page.html", b"<!doctype html>"), ("map.png", b"\x89PNG"), ("map.json", b'{"format"')):
        assert saccade("look", label_run, "so bad", "--out", tmp_path / name, "--layer", "attention").code == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    [look] = json.loads(saccade("look", label_run, "validation:2", "--json").out)
    assert (look["text"], look["truth"]) == ("this is bad", "bad")


def test_compare_prints_a_table_and_draws_how_they_learnt(saccade: Saccade, label_run: Path, tmp_path: Path) -> None:
    ended = saccade("compare", label_run, label_run, "--out", tmp_path / "c.html")
    assert "5 texts" in ended.out
    assert "Texts of each class that are found" in ended.out
    assert (tmp_path / "c.html").is_file()


def test_compare_finds_a_class_by_its_name(saccade: Saccade, label_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another model may know other classes, in another order."""
    found = comparison.compare([load(label_run)] * 2)
    first, [*others] = found.per_class

    def shown(classes: list[ClassScore]) -> str:
        monkeypatch.setattr(comparison, "compare", lambda *_, **__: found._replace(per_class=[first, classes]))
        return saccade("compare", label_run, label_run).out

    one_more = others[0]._replace(name="ugly", recall=99.0)
    assert shown([one_more, *reversed(others)]) == shown(others)
    assert shown([one_more]).count("–") == len(first)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "RUN", "so", "--beam", "3"], "`--beam` says nothing about"),
        (["predict", "RUN", "so", "--seed", "3"], "`--seed` says nothing about"),
        (["evaluate", "RUN", "--search", "beam=3"], "`--search` says nothing about"),
        (["evaluate", "RUN", "--confusion", "c.pdf"], "Allowed: .png."),
        (["evaluate", "RUN", "--data", "nowhere.csv"], "nowhere.csv: there is no such file."),
        (["evaluate", "RUN", "--data", "a", "--data", "b"], "`--data` is given 2 times. Texts and their labels are in"),
        (["look", "RUN", ""], "The text is empty: there is nothing to look at."),
        (["look", "RUN", "so", "--channel", "3", "--layer", "x"], "`--channel` says nothing about"),
        (["look", "RUN", "so", "--alternatives", "2"], "`--alternatives` says nothing about"),
        (["look", "RUN", "so", "--layer", "atention"], "No map of `atention` was recorded."),
        (["train", "requests", "--set", "data.options.other=3"], "not an option of the set `requests`. Did you mean"),
        (["train", "requests", "--set", "model.pooling=class-token"], "an encoder of texts has none. Take `attention`"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_wishes_are_refused_in_one_line(
    saccade: Saccade, label_run: Path, arguments: list[str], message: str
) -> None:
    assert message in refused(saccade(*(str(label_run) if word == "RUN" else word for word in arguments)))


def test_looks_are_judged(saccade: Saccade, label_run: Path) -> None:
    shown = saccade("evaluate", label_run, "--trust").out
    for text in ("Do they move?", "the tokens that a layer", "comprehensiveness, pooling.attention, memory"):
        assert text in shown
    assert "deletion area, pooling.attention, unknown token" in saccade("look", label_run, "so bad", "--trust").out
