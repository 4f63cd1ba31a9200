"""Recipes: found by name or path, changed option by option, and refused with file and line."""

from dataclasses import replace
from pathlib import Path

import pytest

from saccade.errors import MissingError, OptionError
from saccade.recipes.load import builtin_recipes, load_recipe
from saccade.recipes.yaml_lines import value

HEAD = "extends: dates\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", builtin_recipes())
def test_builtin_recipes_load_and_describe_themselves(name: str) -> None:
    recipe = load_recipe(name).recipe
    assert recipe.name == name
    assert recipe.description


@pytest.mark.parametrize("name", builtin_recipes())
def test_builtin_recipes_leave_the_precision_to_the_machine(name: str) -> None:
    """Where a processor has no bfloat16 of its own, a training in it takes ten times as long."""
    assert load_recipe(name).recipe.training.precision == "auto"


@pytest.mark.parametrize(
    "name",
    [
        *("dates", "dates-initial", "dates-every-step", "g2p-en", "g2p-en-history"),
        *("tatoeba-zh-en", "multi30k-en-de", "multi30k-en-de-initial", "multi30k-en-de-every-step", "multi30k-de-en"),
        *("bible-en-es", "bible-en-es-initial", "bible-en-es-every-step"),
        *("multi30k-en-de-transformer", "multi30k-en-de-transformer-recurrent", "multi30k-en-de-recurrent-transformer"),
    ],
)
def test_the_promised_recipes_are_there(name: str) -> None:
    assert name in builtin_recipes()


def test_a_recipe_that_extends_another_changes_only_what_it_says() -> None:
    base, variant = load_recipe("dates").recipe, load_recipe("dates-initial").recipe
    assert variant.model.decoder.options["context"] == "initial"
    assert variant.model.decoder.options["cell"] == base.model.decoder.options["cell"]
    assert replace(variant.training, learning_rate=base.training.learning_rate) == base.training


@pytest.mark.parametrize("name", ["dates", "dates-initial"])
def test_a_run_of_the_same_name_is_not_in_the_way(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dates").mkdir()
    (tmp_path / "dates-initial").write_text("not: a recipe", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_recipe(name).recipe.name == name


def test_single_options_are_laid_over_with_their_type() -> None:
    recipe = load_recipe(
        "dates", ["training.max_updates=3", "training.learning_rate=1e-2", "model.attention.score=dot", "seed=7"]
    ).recipe
    assert recipe.training.max_updates == 3
    assert recipe.training.learning_rate == 0.01
    assert recipe.model.attention.score.kind == "dot"
    assert recipe.seed == 7


@pytest.mark.parametrize("kind", ["recurrent", "self-attention"])
def test_only_another_kind_replaces_a_part(kind: str) -> None:
    """`dates` does not name the kind of its encoder: it is recurrent."""
    options = {"recurrent": load_recipe("dates").recipe.model.encoder.options, "self-attention": {}}
    encoder = load_recipe("dates", [f"model.encoder.kind={kind}"]).recipe.model.encoder
    assert (encoder.kind, encoder.options) == (kind, options[kind])


def test_a_short_form_below_is_opened(tmp_path: Path) -> None:
    base = (
        "extends: dates\nmodel: {attention: {score: location}, encoder: self-attention, decoder: {history: attention}}"
    )
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    above = "model: {attention: {score: {d_score: 64}}, encoder: {layers: 6}, decoder: {history: {score: dot}}}"
    model = load_recipe(written(tmp_path, f"extends: base.yaml\n{above}")).recipe.model
    assert (model.attention.score.kind, model.attention.score.options) == ("location", {"d_score": 64})
    assert (model.encoder.kind, model.encoder.options) == ("self-attention", {"layers": 6})
    assert model.decoder.history.score.kind == "dot"


def test_a_file_below_keeps_its_path(tmp_path: Path) -> None:
    base = "name: base\ndata: {train: a.tsv, validation: [b.en, b.de]}\ntraining: {max_epochs: 1}"
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    data = load_recipe(written(tmp_path, "extends: base.yaml\ndata: {train: {header: true}}")).recipe.data
    assert data.origin("train") == (str(tmp_path / "a.tsv"), {"header": True})
    assert data.origin("validation") == ((str(tmp_path / "b.en"), str(tmp_path / "b.de")), {})


def test_an_option_of_a_part_keeps_the_part() -> None:
    recipe = load_recipe("dates", ["model.attention.score.d_score=31"]).recipe
    assert (recipe.model.attention.score.kind, recipe.model.attention.score.options) == ("additive", {"d_score": 31})


def test_another_kind_replaces_a_part_with_its_options() -> None:
    options = ["model.attention.score.d_score=31", "model.attention.score=general"]
    assert load_recipe("dates", options).recipe.model.attention.score.options == {}


def test_files_are_named_from_where_the_recipe_lies(tiny_recipe: Path) -> None:
    assert load_recipe(tiny_recipe).recipe.data.origin("train")[0] == str(tiny_recipe.parent / "train.tsv")


def test_own_files_replace_a_set(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "name: own\ndata:\n  train: a.tsv\n  validation: b.tsv\n")
    assert load_recipe(path).recipe.data.set is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "modl: 3", r"my.yaml, line 2: `modl` is not an option. Did you mean `model`\? Allowed: batches, data"),
        (HEAD + "model:\n  encodr: gru", r"line 3: `model.encodr` is not an option. Did you mean `encoder`\?"),
        (HEAD + "training:\n  epochs: 3", r"line 3: `training.epochs` is not an option. Did you mean `max_epochs`\?"),
        (HEAD + "training:\n  max_epochs: abc", r"line 3: `training.max_epochs` must be a whole number, but is 'abc'"),
        (HEAD + "training:\n  max_epochs: 2.5", r"must be a whole number, but is 2.5"),
        (HEAD + "training:\n  max_epochs: 0", r"line 3: `training.max_epochs` is 0. Allowed: whole numbers from 1"),
        (
            HEAD + "training: {precision: float16}",
            r"line 2: `training.precision` is 'float16', which is not allowed. Did",
        ),
        (
            HEAD + "training: {schedule: linar}",
            r"`training.schedule` is 'linar', which does not exist. Did you mean `lin",
        ),
        (HEAD + "training: {seed: 3}", r"line 2: `training.seed` is not an option. The seed .* stands at its top"),
        (HEAD + "training: {betas: [0.9, 2]}", r"`training.betas` is \(0.9, 2.0\). Allowed: two numbers from 0 to"),
        (HEAD + "search: {beam: 0}", r"line 2: `search.beam` must be at least 1, but is 0"),
        (HEAD + "search: {kind: bem}", r"`search.kind` is 'bem', which is not allowed. Did you mean `beam`\?"),
        (HEAD + "tokenizer: 3", r"line 2: `tokenizer` must be a section of `name: value` lines, but is 3"),
        (
            HEAD + "tokenizer: {source: {lowercase: 1}}",
            r"`tokenizer.source.lowercase` must be `true` or `false`, but is 1",
        ),
        (
            HEAD + "tokenizer: {shared: true, source: {kind: bpe}}",
            r"`tokenizer` is `shared`, but `source` and `target`",
        ),
        (HEAD + "evaluation: {metrics: []}", r"`evaluation.metrics` must not be empty"),
        (HEAD + "batches: {max_pairs: null}", r"`batches` needs a limit"),
        (HEAD + "name: 3", r"line 2: `name` must be a word, but is 3"),
        ("name: x\ntraining: {max_epochs: 1}", r"`data` is missing"),
        ("name: x\ndata: {}\ntraining: {max_epochs: 1}", r"line 2: `data` needs either `set`"),
        (
            "name: x\ndata: {train: a.tsv}\ntraining: {max_epochs: 1}",
            r"needs either `set` .* and `validation` to choose by",
        ),
        ("name: x\ndata: {set: dates}\ntraining: {}", r"line 3: .*the training has no end"),
        ("name: x\ndata: {set: dates, train: a.tsv}\ntraining: {max_epochs: 1}", r"has the set `dates` and a file"),
        ("name: x\ndata: {train: [a, b, c], validation: d}\ntraining: {max_epochs: 1}", r"names 3"),
        ("", r"my.yaml is empty"),
        ("- 3", r"my.yaml, line 1: a recipe is made of `name: value` lines"),
        ("a: 1\nb: [", r"my.yaml, line 2: not valid YAML"),
        ("a: 1\na: 2", r"my.yaml, line 2: `a` is given twice"),
        ("extends: my.yaml", r"`extends: my.yaml` leads back"),
    ],
)
def test_a_wrong_recipe_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        load_recipe(written(tmp_path, text))


def test_the_first_complaint_is_the_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"`nam` is not an option.*\(2 more after it\)"):
        load_recipe(written(tmp_path, "nam: x\ndata: {set: dates}"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("date", r"no recipe `date`. Did you mean `dates`\?"),
        ("multi30k-de-em", r"Did you mean `multi30k-de-en`\?"),
        ("no/such.yaml", r"no recipe file no/such.yaml"),
    ],
)
def test_a_recipe_that_is_not_there_is_named_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(MissingError, match=message):
        load_recipe(name)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("training.max_epochs", r"must look like `--set training.max_epochs=3`"),
        ("=3", r"must look like"),
        ("training.max_epoch=3", r"--set training.max_epoch=3: `training.max_epoch` is not an option. Did you mean"),
        ("trainin.max_epochs=3", r"`trainin` is not an option. Did you mean `training`\?"),
        ("evaluation.edges=[3, 2]", r"edges=\[3, 2\]: `evaluation.edges` must rise, .* but is \[3, 2\]"),
        ("training.max_epochs=many", r"--set training.max_epochs=many: .* whole number, but is 'many'"),
    ],
)
def test_a_wrong_single_option_is_refused_by_its_own_words(option: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        load_recipe("dates", [option])


def test_a_folder_and_bytes_are_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="is a folder"):
        load_recipe(str(tmp_path))
    (tmp_path / "latin.yaml").write_bytes(b"name: x\ndescription: caf\xe9\n")
    with pytest.raises(OptionError, match=r"latin.yaml, line 2: not UTF-8"):
        load_recipe(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        *[("3", 3), ("1e-3", 0.001), ("no", "no"), ("true", True), ("", None), ("null", None), ("'3'", "3")],
        *[("12:30", "12:30"), ("[a, 1]", ["a", 1]), ("{a: 1}", {"a": 1}), (".inf", ".inf"), ("[", "[")],
    ],
)
def test_a_word_is_read_as_yaml_1_2_reads_it(text: str, read: object) -> None:
    assert value(text) == read
