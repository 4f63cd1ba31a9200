"""Bad input: each with one clear line and exit code 2, and nothing lost or half-written."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.cli.conftest import Saccade, refused


@pytest.fixture
def run_copy(tiny_run: Path, tmp_path: Path) -> Path:
    """A run that may be damaged."""
    return Path(shutil.copytree(tiny_run, tmp_path / "copy"))


# ---- recipes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dats"], "There is no recipe `dats`. Did you mean `dates`?"),
        (["no/such.yaml"], "There is no recipe file no/such.yaml."),
        (["dates", "--set", "training.max_epoch=3"], "Did you mean `max_epochs`?"),
        (["dates", "--set", "model.attention.score=addtive"], "Did you mean `additive`?"),
        (
            ["dates", "--set", "model.decoder.cel=gru"],
            "is not an option of the recurrent decoder. Did you mean `cell`?",
        ),
        (["dates", "--set", "training.max_epochs=many"], "must be a whole number, but is 'many'"),
        (
            ["dates", "--set", "training.learning_rate=-1"],
            "`training.learning_rate` is -1.0. Allowed: numbers above 0.",
        ),
        (["dates", "--set", "search.beam=0"], "`search.beam` must be at least 1, but is 0."),
        (["dates", "--set", "training.max_epochs"], "must look like `--set training.max_epochs=3`"),
    ],
)
def test_a_wrong_recipe_or_option_trains_nothing(
    saccade: Saccade, tmp_path: Path, arguments: list[str], message: str
) -> None:
    out = tmp_path / "run"
    assert message in refused(saccade("train", *arguments, "--out", out))
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian"], "Did you mean 'train'?"),
        (["train"], "Missing argument 'RECIPE'"),
        (["train", "dates", "--ste", "x=3"], "No such option: --ste"),
        (["predict", "run", "--n-best", "0"], "'--n-best': Input should be greater than or equal to 1"),
        (["predict", "run", "--format", "xml"], "Invalid value for '--format'"),
        (["list", "scors"], "There are no `scors`. Did you mean `scores`?"),
    ],
)
def test_a_wrong_word_on_the_command_line_is_named(saccade: Saccade, arguments: list[str], message: str) -> None:
    assert message in refused(saccade(*arguments))


# ---- data ----------------------------------------------------------------------------------------------------------

Spoil = Callable[[Path], object]
LONG = "a" * 100_000


def _write(name: str, content: bytes) -> Spoil:
    return lambda folder: (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "train.tsv").unlink(), "train.tsv: there is no such file."),
        (lambda folder: (folder / "validation.tsv").unlink(), "validation.tsv: there is no such file."),
        (_write("train.tsv", b""), "train.tsv is empty."),
        (_write("train.tsv", b"\n\t\n\n"), "train.tsv"),
        (_write("train.tsv", b"a\tb\nonly one\nc\td\n"), "train.tsv, line 2"),
        (_write("train.tsv", b"a\tb\nc\t\xff\n"), "train.tsv, line 2: not UTF-8"),
    ],
    ids=["missing", "no-validation", "empty", "only-blank-lines", "too-few-columns", "not-utf-8"],
)
def test_bad_pairs_are_refused_before_a_run_is_begun(
    saccade: Saccade, tiny_recipe: Path, tmp_path: Path, spoil: Spoil, message: str
) -> None:
    spoil(tiny_recipe.parent)
    out = tmp_path / "run"
    assert message in refused(saccade("train", tiny_recipe, "--out", out))
    assert not out.exists()


def test_files_of_unequal_length_are_refused_with_both_counts(
    saccade: Saccade, tiny_recipe: Path, tmp_path: Path
) -> None:
    for name, count in (("long.txt", 7), ("short.txt", 5)):
        (tiny_recipe.parent / name).write_text("a\n" * count, encoding="utf-8")
    files = tiny_recipe.parent / "long.txt", tiny_recipe.parent / "short.txt"
    line = refused(
        saccade("train", tiny_recipe, "--set", f"data.train=[{files[0]}, {files[1]}]", "--out", tmp_path / "r")
    )
    assert "7" in line
    assert "5" in line


def test_a_packed_file_that_is_cut_off_is_refused(saccade: Saccade, tiny_recipe: Path, tmp_path: Path) -> None:
    packed = gzip.compress(b"abc\tcba\n" * 1000)
    (tiny_recipe.parent / "cut.tsv.gz").write_bytes(packed[: len(packed) // 2])
    change = f"data.train={tiny_recipe.parent / 'cut.tsv.gz'}"
    assert "cut.tsv.gz is not packed as its name says" in refused(
        saccade("train", tiny_recipe, "--set", change, "--out", tmp_path / "run")
    )


def test_a_missing_set_says_where_to_get_it(saccade: Saccade, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACCADE_DATA", raising=False)
    line = refused(saccade("train", "multi30k-en-de", "--out", tmp_path / "run"))
    assert "SACCADE_DATA" in line
    assert "https://" in line


def test_empty_and_overlong_pairs_are_left_out_and_counted(saccade: Saccade, tiny_recipe: Path, tmp_path: Path) -> None:
    with (tiny_recipe.parent / "train.tsv").open("a", encoding="utf-8") as file:
        file.write(f"\tx\ny\t\n{LONG}\tz\n")
    ended = saccade("train", tiny_recipe, "--set", "data.max_tokens=50", "--out", tmp_path / "run")
    assert ended.code == 0
    assert "2 with an empty side skipped" in ended.err
    assert "1 too long left out" in ended.err


# ---- texts ---------------------------------------------------------------------------------------------------------


def test_an_empty_line_gets_an_empty_answer(saccade: Saccade, tiny_run: Path) -> None:
    ended = saccade("predict", tiny_run, given=b"abc\n\n   \nab\n")
    lines = ended.out.split("\n")
    assert ended.code == 0
    assert len(lines) == 5
    assert lines[1:3] == ["", ""]


def test_no_line_at_all_gets_no_answer(saccade: Saccade, tiny_run: Path) -> None:
    assert saccade("predict", tiny_run)[:2] == (0, "")


def test_what_the_tokenizer_never_saw_is_answered_and_said(saccade: Saccade, tiny_run: Path) -> None:
    ended = saccade("predict", tiny_run, "a☃b", "ab", "爱")
    assert ended.code == 0
    assert len(ended.out.splitlines()) == 3
    assert "text 1 has what the model never saw: ☃" in ended.err
    assert "2 texts have" in ended.err


def test_an_overlong_line_is_refused_and_those_before_it_are_answered(saccade: Saccade, tiny_run: Path) -> None:
    ended = saccade("predict", tiny_run, given=b"abc\n\n" + LONG.encode() + b"\nab\n")
    assert "Line 3 has 100,001 tokens (100,000 characters), and at most 5,000 are read at once" in refused(ended)
    assert ended.out.count("\n") == 2


def test_invalid_utf_8_is_refused_by_its_line(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    assert "stdin, line 2: not UTF-8 (byte 0xff" in refused(saccade("predict", tiny_run, given=b"ab\n\xff\n"))
    (tmp_path / "bad.txt").write_bytes(b"ab\na\xff\n")
    assert "bad.txt, line 2: not UTF-8" in refused(saccade("predict", tiny_run, "--file", tmp_path / "bad.txt"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--file", "no.txt"], "no.txt: there is no such file."),
        (["a", "--file", "no.txt"], "Give one of them."),
        (["a", "--search", "bem=3"], "`search.bem` is not an option. Did you mean `beam`?"),
        (["a", "--search", "beam"], "must look like `--search length_penalty=0.6`"),
        (["a", "--beam", "1", "--n-best", "2"], "greedy search has one answer"),
    ],
)
def test_wrong_wishes_of_predict_are_refused(
    saccade: Saccade, tiny_run: Path, arguments: list[str], message: str
) -> None:
    assert message in refused(saccade("predict", tiny_run, *arguments))


# ---- runs ----------------------------------------------------------------------------------------------------------


def _change_json(name: str, **facts: object) -> Spoil:
    def spoil(run: Path) -> None:
        saved = json.loads((run / name).read_text(encoding="utf-8"))
        (run / name).write_text(json.dumps(saved | facts), encoding="utf-8")

    return spoil


def _cut(name: str) -> Spoil:
    return lambda run: (run / name).write_bytes((run / name).read_bytes()[: (run / name).stat().st_size // 2])


def _remove(name: str) -> Spoil:
    return lambda run: (run / name).unlink()


def _wider(run: Path) -> None:
    path = run / "recipe.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("d_state: 7", "d_state: 11"), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (shutil.rmtree, "does not exist"),
        (_remove("environment.json"), "is no run of Saccade: it has no environment.json"),
        (_remove("recipe.yaml"), "is incomplete: it has no recipe.yaml"),
        (_remove("tokenizer.json"), "is incomplete: it has no tokenizer.json"),
        (_remove("model.safetensors"), "is incomplete: it has no model.safetensors"),
        (_cut("environment.json"), "environment.json is damaged"),
        (_cut("recipe.yaml"), "a recipe that this Saccade can't read"),
        (_cut("tokenizer.json"), "tokenizer.json"),
        (_cut("model.safetensors"), "is damaged"),
        (_write("model.safetensors", b""), "is damaged"),
        (_write("environment.json", b"[]"), "of another kind"),
        (_change_json("environment.json", format="other.run"), "is of another kind: environment.json says 'other.run'"),
        (_change_json("environment.json", version=7), "made by a newer Saccade (0.1.0): its format is 7"),
        (_change_json("tokenizer.json", version=7), "Install a newer Saccade"),
        (_wider, "holds the weights of another model"),
    ],
    ids=[
        *(
            "gone",
            "foreign",
            "no-recipe",
            "no-tokenizer",
            "no-weights",
            "cut-environment",
            "cut-recipe",
            "cut-tokenizer",
        ),
        *("cut-weights", "no-bytes", "list", "other-kind", "newer", "newer-tokenizer", "other-shape"),
    ],
)
def test_a_run_that_is_not_whole_is_refused(saccade: Saccade, run_copy: Path, spoil: Spoil, message: str) -> None:
    spoil(run_copy)
    assert message in refused(saccade("predict", run_copy, "ab"))


def test_a_run_without_attention_does_not_look(saccade: Saccade, tiny_recipe: Path, tmp_path: Path) -> None:
    fixed = tmp_path / "fixed"
    assert saccade("train", tiny_recipe, "--set", "model.decoder.context=initial", "--out", fixed).code == 0
    assert "has a fixed context (`model.decoder.context: initial`)" in refused(saccade("look", fixed, "ab"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ab", "--out", "map.pdf"], "Allowed: .html, .png, .json."),
        ([""], "The text is empty"),
    ],
)
def test_wrong_wishes_of_look_are_refused(saccade: Saccade, tiny_run: Path, arguments: list[str], message: str) -> None:
    assert message in refused(saccade("look", tiny_run, *arguments))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to compare it to"),
        (["RUN", "--metric", "bleu"], "`metric` is 'bleu', which the recipe of"),
        (["RUN", "--out", "x.pdf"], "Allowed: .html, .png."),
        (["RUN", "--split", "tets"], "tets"),
    ],
)
def test_wrong_wishes_of_compare_are_refused(
    saccade: Saccade, tiny_run: Path, arguments: list[str], message: str
) -> None:
    named = [str(tiny_run) if argument == "RUN" else argument for argument in arguments]
    assert message in refused(saccade("compare", tiny_run, *named))


# ---- folders that are taken, disks that are full -------------------------------------------------------------------


def test_a_run_is_never_overwritten(saccade: Saccade, tiny_recipe: Path, run_copy: Path) -> None:
    weights = (run_copy / "model.safetensors").read_bytes()
    assert "holds a run already. Go on with it by `--resume`" in refused(
        saccade("train", tiny_recipe, "--out", run_copy)
    )
    assert (run_copy / "model.safetensors").read_bytes() == weights


def test_a_run_is_not_resumed_by_another_recipe(saccade: Saccade, tiny_recipe: Path, run_copy: Path) -> None:
    line = refused(saccade("train", tiny_recipe, "--set", "seed=2", "--out", run_copy, "--resume"))
    assert "holds a run of another recipe" in line


def test_a_folder_of_other_things_is_left_alone(saccade: Saccade, tiny_recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    assert "is not empty, and no run" in refused(saccade("train", tiny_recipe, "--out", tmp_path))
    assert "is a file; a run is a folder" in refused(saccade("train", tiny_recipe, "--out", tmp_path / "letter.txt"))


def test_a_full_disk_is_said_and_leaves_no_half_run(
    saccade: Saccade, tiny_recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    line = refused(saccade("train", tiny_recipe, "--out", tmp_path / "run"))
    assert "No space left on device" in line
    assert not list((tmp_path / "run").glob("*.json"))


def test_a_diverging_loss_stops_and_says_what_to_try(
    saccade: Saccade, tiny_recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from saccade.models.sequence_to_sequence import Loss, SequenceToSequence

    forward = SequenceToSequence.forward

    def broken(self: SequenceToSequence, *arguments: object, **named: object) -> Loss:
        loss = forward(self, *arguments, **named)  # pyright: ignore[reportArgumentType]
        return loss._replace(total=loss.total * torch.nan) if self.training else loss

    monkeypatch.setattr(SequenceToSequence, "forward", broken)
    assert "Try a lower `training.learning_rate`" in refused(saccade("train", tiny_recipe, "--out", tmp_path / "run"))


# ---- a sweep -------------------------------------------------------------------------------------------------------

SCORES = ("--over", "model.attention.score=additive,general")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["dats"], "There is no recipe `dats`. Did you mean `dates`?"),
        (["clutter"], "clutter is of image-to-label"),
        (["dates", "--minutes", "0"], "`training.max_minutes` is 0.0. Allowed: numbers above 0."),
        (["dates", "--minutes", "two"], "Invalid value for '--minutes'"),
        (["dates", "--over", "model.attention.score=addtive,dot"], "Did you mean `additive`?"),
        (["dates", "--over", "model.attention.score=dot"], "There is one run, dot"),
        (["dates-initial"], "`context: initial`"),
        (["dates", *SCORES, "--metric", "blue"], "`metric` is 'blue', which the recipe dates lacks."),
        (["dates", *SCORES, "--split", "tset"], "There is no split 'tset'. Did you mean `test`?"),
        (["dates", *SCORES, "--search", "bem=3"], "Did you mean `beam`?"),
        (["dates", *SCORES, "--table", "t.txt"], "whose suffix is '.txt'. Allowed: .csv, .md."),
        (["dates", "--over", "evaluation.separator=a,b"], "`evaluation` must be the same for all runs"),
    ],
)
def test_a_wrong_sweep_trains_nothing(saccade: Saccade, tmp_path: Path, arguments: list[str], message: str) -> None:
    out = tmp_path / "sweep"
    assert message in refused(saccade("sweep", *arguments, "--out", out))
    assert not out.exists()
