"""The parts of a recipe of texts with labels are held against their constructors before any text is read."""

from pathlib import Path

import pytest
import torch

from saccade.errors import OptionError
from saccade.recipes.build import check_parts
from saccade.recipes.label_metrics import make_metrics
from saccade.recipes.load import builtin_recipes, load_recipe
from saccade.recipes.text_to_label.build import make_model, read_split
from saccade.recipes.text_to_label.schema import TextLabelRecipe

LABELS = [name for name in builtin_recipes() if load_recipe(name).recipe.task == "text-to-label"]


def test_the_promised_recipes_are_there() -> None:
    assert set(LABELS) == {"requests", "word-languages"}


@pytest.mark.parametrize("name", LABELS)
def test_builtin_recipes_make_networks(name: str) -> None:
    loaded = load_recipe(name)
    check_parts(loaded)
    assert isinstance(loaded.recipe, TextLabelRecipe)
    with torch.device("meta"):
        network = make_model(loaded.recipe, 100, 7)
    assert sum(parameter.numel() for parameter in network.parameters()) > 10_000
    assert loaded.recipe.training.watch in make_metrics(loaded.recipe)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("model.encoder.kind=recurent", r"`model.encoder.kind` is 'recurent', .* Did you mean `recurrent`\?"),
        (
            "model.encoder.cel=gru",
            r"`model.encoder.cel` is not an option of the recurrent encoder. Did you mean `cell`",
        ),
        ("model.encoder.history=attention", r"`model.encoder.history` is not an option of the recurrent encoder"),
        ("model.encoder.layers=0", r"--set model.encoder.layers=0: `encoder.layers` must be at least 1, but is 0"),
        ("model.encoder.cell=gruu", r"--set model.encoder.cell=gruu: `encoder.cell` is 'gruu', .* mean `gru`"),
        ("model.encoder={kind: self-attention, d_model: 30}", r"`encoder.d_model` must be as wide as `embeddings"),
        ("model.pooling.score=dit", r"`pooling.score` is 'dit', .* Did you mean `dot`\?"),
        ("model.pooling=class-token", r"`pooling.kind` is 'class-token', but an encoder of texts has none"),
        (
            "model.pooling={kind: attention, selection: monotonic}",
            r"depends on earlier looks, but a pooling looks once",
        ),
        ("data.set=request", r"`data.set` is 'request', .* Did you mean `requests`\?"),
        ("data.options.text=3", r"not an option of the set `requests`. Did you mean `texts`"),
        ("evaluation.metrics=[top3]", r"`evaluation.metrics.0` is 'top3', .* Did you mean `top5`"),
    ],
)
def test_a_part_that_does_not_exist_or_fit_is_refused(option: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe("requests", [option]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: {train: [a, b], validation: b}", r"has a `train` that must be one file of texts and labels"),
        ("data: {train: a, validation: b}\nbatches: {max_texts: null}", r"`max_texts` and `max_tokens` are both unset"),
        ("data: {train: a, validation: b}\nbatches: {max_pairs: 3}", r"`batches.max_pairs` is not an option"),
        (
            "data: {train: a, validation: b, options: {lable: x}}",
            r"not an option of files of texts with labels. Did you",
        ),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(f"name: x\ntask: text-to-label\n{text}\ntraining: {{max_epochs: 1}}\n", encoding="utf-8")
    with pytest.raises(OptionError, match=message):
        check_parts(load_recipe(path))


def test_a_set_gives_its_splits() -> None:
    recipe = load_recipe("requests", ["data.test.texts=3"]).recipe
    assert len(read_split(recipe, "test")) == 3
    with pytest.raises(OptionError, match=r"no split 'tset'. Did you mean `test`"):
        read_split(recipe, "tset")
