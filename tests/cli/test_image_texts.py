"""The verbs over runs that read images and write texts; and bad input, each with one line."""

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Saccade, refused
from tests.run.image_to_text.tiny_texts import write_stripes, write_table, write_tiny_texts


@pytest.fixture(scope="module")
def text_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-texts")
    return train(write_tiny_texts(folder), folder / "run").path


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return write_stripes(tmp_path / "stripes.png", "rgb")


def test_train_says_what_it_found(saccade: Saccade, tmp_path: Path) -> None:
    ended = saccade("train", write_tiny_texts(tmp_path), "--out", tmp_path / "run", "--set", "training.log_every=1")
    assert ended[:2] == (0, f"{tmp_path / 'run'}\n")
    assert "tiny-texts: 7 images of 11×23 · vocabulary 8 · " in ended.err
    assert " tokens/s" in ended.err


def test_predict_writes_file_and_text(saccade: Saccade, text_run: Path, picture: Path) -> None:
    ended = saccade("predict", text_run, picture, "--beam", "1")
    name, text = ended.out.removesuffix("\n").split("\t")
    assert (name, set(text) <= set("rgb ")) == (str(picture), True)
    ranked = saccade("predict", text_run, picture, "--n-best", "2").out.splitlines()
    assert [line.split("\t")[1] for line in ranked] == ["1", "2"]
    row = json.loads(saccade("predict", text_run, picture, "--beam", "1", "--format", "jsonl").out)
    assert (row["image"], row["output"], row["number"], row["rank"]) == (str(picture), text, 1, 1)


def test_evaluate_prints_figures(saccade: Saccade, text_run: Path, tmp_path: Path) -> None:
    ended = saccade("evaluate", text_run)
    for word in ("exact", "cer", "95 % interval", "3 images"):
        assert word in ended.out
    own = write_table(tmp_path / "own.csv", ("r", "gb"))
    assert json.loads(saccade("evaluate", text_run, "--data", own, "--json").out)["images"] == 2


def test_look_names_each_token_and_writes_files(
    saccade: Saccade, text_run: Path, picture: Path, tmp_path: Path
) -> None:
    assert "all tokens: 1 height × 6 width" in saccade("look", text_run, picture).out
    for name, start in (("page.html", b"<!doctype html>"), ("map.png", b"\x89PNG"), ("map.json", b'{"format"')):
        assert saccade("look", text_run, picture, "--out", tmp_path / name).code == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    [look] = json.loads(saccade("look", text_run, picture, "--json").out)
    assert look["maps"][0]["layer"] == "all tokens"


def test_compare_prints_a_table(saccade: Saccade, text_run: Path) -> None:
    ended = saccade("compare", text_run, text_run, "--beam", "1")
    assert ended.code == 0
    assert "+0.00 … +0.00" in ended.out
    assert json.loads(saccade("compare", text_run, text_run, "--json").out)["metric"] == "exact"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "RUN", "no.png"], "no.png: there is no such file."),
        (["predict", "RUN", "PICTURE", "--search", "beem=3"], "Did you mean `beam`?"),
        (["evaluate", "RUN", "--confusion", "c.png"], "`--confusion` says nothing about"),
        (["evaluate", "RUN", "--split", "test"], "names no `data.test`"),
        (["evaluate", "RUN", "--data", "a", "--data", "b"], "`--data` is given 2 times."),
        (["look", "RUN", "PICTURE", "--pieces"], "`--pieces` says nothing about"),
        (["look", "RUN", "PICTURE", "--layer", "x"], "`--layer` says nothing about"),
        (["compare", "RUN", "RUN", "--out", "c.png"], "`--out` says nothing about"),
        (["train", "printed-numbers", "--set", "model.columns=stak"], "Did you mean `stack`?"),
        (["train", "printed-numbers", "--set", "model.recurrent.layers=2"], "Give both the same number of layers"),
        (["train", "printed-numbers", "--set", "data.options.words=[漢]"], "no font here has '漢'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_wishes_are_refused_in_one_line(
    saccade: Saccade, text_run: Path, picture: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    named = {"RUN": str(text_run), "PICTURE": str(picture)}
    out = ["--out", str(tmp_path / "out")] if arguments[0] == "train" else []
    assert message in refused(saccade(*(named.get(word, word) for word in arguments), *out))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is incomplete: it has no texts.json"),
        ("{", "texts.json is damaged"),
        ('{"format": "saccade.texts", "version": 1}', "texts.json is damaged"),
        ('{"format": "saccade.texts", "version": 7}', "Install a newer Saccade"),
    ],
)
def test_a_run_that_is_not_whole_is_refused(
    saccade: Saccade, text_run: Path, picture: Path, tmp_path: Path, content: str | None, message: str
) -> None:
    run = Path(shutil.copytree(text_run, tmp_path / "copy"))
    (run / "texts.json").unlink()
    if content is not None:
        (run / "texts.json").write_text(content, encoding="utf-8")
    assert message in refused(saccade("predict", run, picture))


def test_looks_are_judged(saccade: Saccade, text_run: Path, picture: Path) -> None:
    ended = saccade("evaluate", text_run, "--trust", "--beam", "1", "--json")
    assert set(json.loads(ended.out)["trust"]["erased"]) == {"memory", "blur", "mean colour"}
    shown = saccade("look", text_run, picture, "--trust", "--beam", "1").out
    assert "comprehensiveness, blur" in shown
