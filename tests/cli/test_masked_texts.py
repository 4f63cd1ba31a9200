"""The verbs over runs that guess hidden tokens; and bad input, each with one line."""

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Saccade, refused
from tests.run.masked_text.tiny_masked import write_tiny_masked


@pytest.fixture(scope="module")
def masked_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-masked")
    return train(write_tiny_masked(folder), folder / "run").path


def test_train_says_what_it_found(saccade: Saccade, tmp_path: Path) -> None:
    ended = saccade("train", write_tiny_masked(tmp_path), "--out", tmp_path / "run", "--set", "training.max_updates=1")
    assert ended[:2] == (0, f"{tmp_path / 'run'}\n")
    assert "tiny-masked: 21 texts · 1 empty skipped · vocabulary 13 · " in ended.err


def test_predict_fills_in_blanks(saccade: Saccade, masked_run: Path) -> None:
    ended = saccade("predict", masked_run, given=b"a <mask> sat\n\non the [MASK]\n")
    lines = ended.out.splitlines()
    assert (ended.code, len(lines), lines[1]) == (0, 3, "")
    assert lines[0].startswith("a ")
    assert lines[0].endswith(" sat")
    ranked = saccade("predict", masked_run, "a <mask> <mask>", "--n-best", "3").out.splitlines()
    assert [line.split("\t")[:3] for line in ranked] == [
        ["1", str(blank), str(n)] for blank in (1, 2) for n in (1, 2, 3)
    ]
    row = json.loads(saccade("predict", masked_run, "a <mask> sat", "--format", "jsonl", "--n-best", "2").out)
    assert row["output"] == lines[0]
    [[first, second]] = row["blanks"]
    assert row["output"] == f"a {first['text']} sat"
    assert first["probability"] >= second["probability"] > 0


def test_evaluate_prints_figures(saccade: Saccade, masked_run: Path, tmp_path: Path) -> None:
    ended = saccade("evaluate", masked_run)
    for word in ("accuracy", "nll", "perplexity", "95 % interval", "hidden tokens in 7 texts"):
        assert word in ended.out
    assert "chosen:0.15|masked:0.8|random:0.1|seed:1" in ended.err
    (tmp_path / "own.txt").write_text("a cat\nthe dog\n", encoding="utf-8")
    found = json.loads(saccade("evaluate", masked_run, "--data", tmp_path / "own.txt", "--json").out)
    assert (found["texts"], found["tokens"]) == (2, 2)


def test_look_draws_a_layer(saccade: Saccade, masked_run: Path, tmp_path: Path) -> None:
    ended = saccade("look", masked_run, "a <mask> sat")
    assert "<mask>" in ended.out
    assert "`--layer` shows another one: encoder.look.layers.0.look, encoder.look.layers.1.look" in ended.err
    for name, start in (("page.html", b"<!doctype html>"), ("map.png", b"\x89PNG"), ("map.json", b'{"format"')):
        assert saccade("look", masked_run, "a <mask> sat", "--out", tmp_path / name).code == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    options = ["--json", "--layer", "encoder.look.layers.0.look", "--channel", "1"]
    [look] = json.loads(saccade("look", masked_run, "a cat", *options).out)
    assert look["map"]["layer"] == "encoder.look.layers.0.look"


def test_compare_prints_a_table(saccade: Saccade, masked_run: Path) -> None:
    ended = saccade("compare", masked_run, masked_run)
    assert ended.code == 0
    assert "+0.00 … +0.00" in ended.out
    assert json.loads(saccade("compare", masked_run, masked_run, "--json").out)["metric"] == "accuracy"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "RUN", "a cat"], "Line 1 has no blank to fill in: 'a cat'. Write <mask> where"),
        (["predict", "RUN", "<mask>", "--beam", "3"], "`--beam` says nothing about"),
        (["predict", "RUN", "<mask>", "--seed", "3"], "`--seed` says nothing about"),
        (["evaluate", "RUN", "--split", "test"], "names no `data.test`"),
        (["evaluate", "RUN", "--confusion", "c.png"], "`--confusion` says nothing about"),
        (["evaluate", "RUN", "--data", "a", "--data", "b"], "`--data` is given 2 times."),
        (["look", "RUN", "a", "--alternatives", "2"], "`--alternatives` says nothing about"),
        (["look", "RUN", "a", "--layer", "look"], "`layer` is 'look', which"),
        (["look", "RUN", "a", "--channel", "7"], "has the heads 0 to 2"),
        (["compare", "RUN", "RUN", "--out", "c.png"], "`--out` says nothing about"),
        (["train", "multi30k-en-masked", "--set", "masking.chosn=0.2"], "Did you mean `chosen`?"),
        (["train", "multi30k-en-masked", "--set", "data.side=left"], "Allowed: source, target"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_wishes_are_refused_in_one_line(
    saccade: Saccade, masked_run: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    out = ["--out", str(tmp_path / "out")] if arguments[0] == "train" else []
    given = (str(masked_run) if word == "RUN" else word for word in arguments)
    assert message in refused(saccade(*given, *out))


def test_a_damaged_tokenizer_is_refused(saccade: Saccade, masked_run: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(masked_run, tmp_path / "copy"))
    (run / "tokenizer.json").write_text("{", encoding="utf-8")
    assert "tokenizer.json is" in refused(saccade("predict", run, "<mask>"))


@pytest.mark.parametrize("verb", [("evaluate",), ("look", "a <mask>")])
def test_its_maps_are_not_judged(saccade: Saccade, masked_run: Path, verb: tuple[str, ...]) -> None:
    ended = saccade(verb[0], masked_run, *verb[1:], "--trust")
    assert "`--trust` says nothing about" in refused(ended)
