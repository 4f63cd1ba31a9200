"""The verbs over runs of images, as a user types them; and bad input, each with one line."""

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Saccade, refused
from tests.run.image_to_label.tiny_images import write_picture, write_tiny_images


@pytest.fixture(scope="module")
def image_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-images")
    return train(write_tiny_images(folder), folder / "run").path


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return write_picture(tmp_path / "cat.png", (0, 250), 3, size=(17, 19))


def test_train_says_what_it_found(saccade: Saccade, tmp_path: Path) -> None:
    recipe = write_tiny_images(tmp_path)
    (tmp_path / "train" / "dark" / "broken.png").write_bytes(b"")
    assert "broken.png is empty" in refused(saccade("train", recipe, "--out", tmp_path / "run"))
    assert not (tmp_path / "run").exists()
    ended = saccade(
        "train", recipe, "--out", tmp_path / "run", "--on-bad-file", "skip", "--set", "training.log_every=1"
    )
    assert ended[:2] == (0, f"{tmp_path / 'run'}\n")
    (tmp_path / "validation" / "dark" / "broken.png").write_bytes(b"GIF89a")
    assert "validation: 6 images, 1 that can't be read skipped" in saccade("evaluate", tmp_path / "run").out
    assert "tiny-images: 14 images of 11×13 · 1 that can't be read skipped · 2 classes" in ended.err
    assert " images/s" in ended.err
    assert "padding" not in ended.err


def test_predict_writes_file_label_and_probability(saccade: Saccade, image_run: Path, picture: Path) -> None:
    ended = saccade("predict", image_run, picture)
    name, label, probability = ended.out.removesuffix("\n").split("\t")
    assert (name, label in ("dark", "light")) == (str(picture), True)
    assert 0.5 <= float(probability) <= 1
    assert saccade("predict", image_run, given=f"{picture}\n".encode()).out == ended.out
    ranked = saccade("predict", image_run, picture, "--n-best", "2").out.splitlines()
    assert [line.split("\t")[1] for line in ranked] == ["1", "2"]
    row = json.loads(saccade("predict", image_run, picture, "--format", "jsonl").out)
    assert (row["image"], row["label"], row["number"], row["rank"]) == (str(picture), label, 1, 1)


def test_evaluate_prints_figures_classes_and_draws_the_confusion(
    saccade: Saccade, image_run: Path, tmp_path: Path
) -> None:
    ended = saccade("evaluate", image_run, "--confusion", tmp_path / "c.png")
    assert ended.code == 0
    for word in (
        "top1",
        "calibration",
        "95 % interval",
        "By class:",
        "precision",
        "light",
        "kept, %",
        "pooling.attention",
    ):
        assert word in ended.out
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads(saccade("evaluate", image_run, "--json").out)
    assert found["images"] == 6
    assert [row["name"] for row in found["per_class"]] == ["dark", "light"]


def test_evaluate_takes_a_folder_of_ones_own(saccade: Saccade, image_run: Path, tmp_path: Path) -> None:
    write_picture(tmp_path / "own" / "light" / "a.png", (200, 250), 1)
    assert json.loads(saccade("evaluate", image_run, "--data", tmp_path / "own", "--json").out)["images"] == 1


def test_look_names_maps_and_writes_files(saccade: Saccade, image_run: Path, picture: Path, tmp_path: Path) -> None:
    assert "pooling.attention: 3 height × 4 width" in saccade("look", image_run, picture).out
    for name, start in (("page.html", b"<!doctype html>"), ("map.png", b"\x89PNG"), ("map.json", b'{"format"')):
        assert saccade("look", image_run, picture, "--out", tmp_path / name, "--layer", "attention").code == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    [look] = json.loads(saccade("look", image_run, picture, "--json").out)
    assert [seen["layer"] for seen in look["maps"]][-1] == "pooling.attention"


def test_compare_prints_a_table(saccade: Saccade, image_run: Path) -> None:
    ended = saccade("compare", image_run, image_run)
    assert ended.code == 0
    assert "parameters" in ended.out
    assert "+0.00 … +0.00" in ended.out
    assert "Images of each class that are found" in ended.out
    found = json.loads(saccade("compare", image_run, image_run, "--json").out)
    assert found["metric"] == "top1"
    assert [row["name"] for row in found["runs"][1]["per_class"]] == ["dark", "light"]


def test_compare_draws_how_the_runs_learnt(saccade: Saccade, image_run: Path, tmp_path: Path) -> None:
    files = tmp_path / "c.html", tmp_path / "c.png"
    other = shutil.copytree(image_run, tmp_path / "other")
    ended = saccade("compare", image_run, other, "--out", files[0], "--out", files[1])
    assert ended.code == 0
    # Validated after two updates and after four.
    told = re.search(r'id="data">(.*?)</script>', files[0].read_text(encoding="utf-8"))
    assert told is not None
    top1 = json.loads(told[1])[0]["panels"][1]
    assert top1["y"]["label"] == "top1"
    assert [[update for update, _ in line["points"]] for line in top1["lines"]] == [[2, 4], [2, 4]]
    assert files[1].read_bytes().startswith(b"\x89PNG")


def test_compare_without_the_figures_of_a_training_says_so_after_the_table(
    saccade: Saccade, image_run: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(image_run, tmp_path / "copy"))
    (run / "metrics.jsonl").unlink()
    ended = saccade("compare", image_run, run, "--out", tmp_path / "c.png")
    assert "metrics.jsonl cannot be read: No such file" in ended.err
    assert (ended.code, "parameters" in ended.out, (tmp_path / "c.png").exists()) == (2, True, False)


def test_list_names_the_parts_of_images(saccade: Saccade) -> None:
    found = json.loads(saccade("list", "--json").out)
    assert {"channel", "spatial", "channel-then-spatial", "residual-mask"} <= set(found["gates"])
    assert set(found["image-encoders"]) == {"convnet", "patches", "residual-attention"}
    assert set(found["poolings"]) == {"mean", "attention", "class-token"}
    assert {"clutter", "mnist", "cifar10"} <= set(found["image-sets"])
    assert {"top1", "top5", "calibration"} <= set(found["label-metrics"])
    assert set(found["optimisers"]) == {"adamw", "sgd"}
    assert all(says for kind in ("gates", "poolings", "label-metrics") for says in found[kind].values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "RUN", "no.png"], "no.png: there is no such file."),
        (["predict", "RUN", "PICTURE", "--beam", "3"], "`--beam` says nothing about"),
        (["predict", "RUN", "PICTURE", "--search", "beam=3"], "`--search` says nothing about"),
        (["evaluate", "RUN", "--beam", "3"], "`--beam` says nothing about"),
        (["evaluate", "RUN", "--confusion", "c.pdf"], "Allowed: .png."),
        (["evaluate", "RUN", "--split", "tset"], "Did you mean `test`?"),
        (["evaluate", "RUN", "--split", "test"], "names no `data.test`"),
        (["evaluate", "RUN", "--data", "nowhere"], "nowhere: there is no such file or folder."),
        (["evaluate", "RUN", "--data", "a", "--data", "b"], "`--data` is given 2 times."),
        (["look", "RUN", "PICTURE", "--pieces"], "`--pieces` says nothing about"),
        (["look", "RUN", "PICTURE", "--layers"], "`--layers` says nothing about"),
        (["look", "RUN", "PICTURE", "--channel", "3"], "`--channel 3` needs `--layer`"),
        (["look", "RUN", "PICTURE", "--layer", "poling.attention"], "Did you mean `pooling.attention`?"),
        (["look", "RUN", "PICTURE", "--out", "map.pdf"], "Allowed: .html, .png, .json."),
        (["compare", "RUN", "TEXTS"], "Runs of different tasks can't be compared"),
        (["evaluate", "TEXTS", "--confusion", "c.png"], "`--confusion` says nothing about"),
        (["look", "TEXTS", "ab", "--layer", "x", "--channel", "0"], "`--layer` says nothing about"),
        (["look", "TEXTS", "ab", "--channel", "0"], "`--channel"),
        (["predict", "RUN", "PICTURE", "--seed", "0"], "`--seed` says nothing about"),
        (["look", "TEXTS", "ab", "--layer", "x"], "`--layer` says nothing about"),
        (["train", "clutter", "--set", "model.encoder.gate=chanel"], "Did you mean `channel`?"),
        (["train", "clutter", "--set", "task=image-to-lable"], "Did you mean `image-to-label`?"),
        (["train", "dates", "--on-bad-file", "skip"], "`data.on_bad_file` is not an option."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_wishes_are_refused_in_one_line(
    saccade: Saccade, image_run: Path, tiny_run: Path, picture: Path, arguments: list[str], message: str
) -> None:
    named = {"RUN": str(image_run), "TEXTS": str(tiny_run), "PICTURE": str(picture)}
    assert message in refused(saccade(*(named.get(word, word) for word in arguments)))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("labels.json", None, "is incomplete: it has no labels.json"),
        ("labels.json", "{", "labels.json is damaged"),
        ("labels.json", '{"format": "saccade.labels", "version": 7}', "Install a newer Saccade"),
        ("model.safetensors", "", "is damaged"),
    ],
)
def test_a_run_of_images_that_is_not_whole_is_refused(
    saccade: Saccade, image_run: Path, picture: Path, tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    run = Path(shutil.copytree(image_run, tmp_path / "copy"))
    (run / name).unlink()
    if content is not None:
        (run / name).write_text(content, encoding="utf-8")
    assert message in refused(saccade("predict", run, picture))


def test_a_missing_set_is_said_before_anything_is_read(
    saccade: Saccade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SACCADE_DATA", raising=False)
    ended = saccade("train", "cifar10-se", "--out", tmp_path / "run")
    assert "Get it from https://www.cs.toronto.edu" in refused(ended)
    assert "reading data" not in ended.err


def test_images_have_no_words_to_link(saccade: Saccade, image_run: Path) -> None:
    assert "has no words on both sides to link" in refused(saccade("align", image_run))


def test_maps_are_judged_and_gates_held(saccade: Saccade, image_run: Path, picture: Path) -> None:
    shown = saccade("evaluate", image_run, "--trust").out
    for text in ("Do they move?", "the probability of the label", "What are the gates worth?", "all gates, one"):
        assert text in shown
    assert "of those that were drawn" in saccade("look", image_run, picture, "--trust").out
