"""A trained classifier of texts labels in order, whatever the batch; shows which words decided; is measured."""

from pathlib import Path

import numpy as np
import pytest

import saccade
from saccade.data.labelled_texts import LabelledTexts
from saccade.errors import DataError, OptionError
from saccade.recipes.load import load_recipe
from saccade.run.comparison import compare
from saccade.run.tasks import load
from saccade.run.text_to_label.model import TextLabelModel
from saccade.run.train import Begun

TEXTS = ["this is good", "so", "", "not bad, not bad, not bad", "unheard of"]
REQUESTS = """\
name: tiny-requests
task: text-to-label
data: {set: requests, train: {texts: 17}, validation: {texts: 13}}
tokenizer: {kind: bpe, vocabulary_size: 60}
model:
  encoder: {kind: self-attention, d_model: 6, heads: 2, layers: 2}
  embeddings: {d_embedding: 6}
batches: {max_texts: 5}
training: {max_updates: 2, precision: float32}
"""


@pytest.fixture(scope="module")
def model(label_run: Path) -> TextLabelModel:
    loaded = saccade.load(label_run)
    assert isinstance(loaded, TextLabelModel)
    return loaded


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> TextLabelModel:
    """A model of self-attention over a set whose deciding words are known."""
    folder = tmp_path_factory.mktemp("requests")
    (folder / "recipe.yaml").write_text(REQUESTS, encoding="utf-8")
    Begun(load_recipe(folder / "recipe.yaml"), folder / "run").train()
    loaded = load(folder / "run")
    assert isinstance(loaded, TextLabelModel)
    return loaded


@pytest.mark.parametrize("window", [1, 3, 1000])
def test_texts_alone_are_labelled_as_together(model: TextLabelModel, window: int) -> None:
    together = list(model.answers(TEXTS, n_best=2, window=window))
    assert [answer.name for answer in together] == TEXTS
    for answer in together:
        [alone] = model.answers([answer.name], n_best=2)
        assert alone.label == answer.label
        assert [share for _, share in alone.best] == pytest.approx([share for _, share in answer.best], abs=1e-6)
        assert sum(share for _, share in answer.best) == pytest.approx(1.0 if answer.name else 0.0)
    assert model.predict(TEXTS)[2] == ""


def test_what_can_not_be_labelled_is_refused_and_those_before_it_are(model: TextLabelModel) -> None:
    answers = model.answers(["so", "so so so"], longest=2)
    assert next(answers).label in model.labels.classes
    with pytest.raises(DataError, match=r"Text 2 has 3 tokens \(8 characters\), and at most 2 are read at once"):
        next(answers)
    with pytest.raises(OptionError, match=r"`texts` must be several texts, but is one: 'so'. Put it into a list"):
        model.predict("so")
    with pytest.raises(OptionError, match=r"`n_best` is 0. Allowed: 1 and above; there are 2 labels"):
        model.answers([], n_best=0)


def test_a_look_shows_each_words_weight_and_saves_itself(model: TextLabelModel, tmp_path: Path) -> None:
    looked = model.look("this  is good!")
    assert looked.label == model.predict(["this  is good!"])[0]
    assert looked.maps["pooling.attention"].axes[1].labels == ("this", "is", "good", "!")
    assert looked.maps["pooling.attention"].weights.sum() == pytest.approx(1.0, abs=1e-6)
    assert looked.save(tmp_path / "look.json") == []
    assert saccade_reads(tmp_path / "look.json") == "this  is good!"
    assert "<iframe" in looked._repr_html_()
    assert str(looked).startswith(f"{looked.label} ")
    with pytest.raises(DataError, match=r"The text is empty: there is nothing to look at"):
        model.look(" ")


def saccade_reads(path: Path) -> str:
    from saccade import viewer

    [look] = viewer.read_labels(path)
    return look.text


def test_layers_of_self_attention_are_rolled_out_and_a_text_of_the_data_is_known(asking: TextLabelModel) -> None:
    example = asking.example("validation:3")
    assert example is not None
    looked = asking.look(example)
    texts = asking.labelled("validation")
    assert texts.spans is not None
    look = looked.look
    assert (look.text, look.truth, look.deciding) == (
        texts.texts[2],
        texts.classes[texts.labels[2]],
        texts.spans[2],
    )
    layers = [seen.layer for seen in look.maps]
    assert (layers[-1], len(layers)) == ("rollout", 4)
    [(start, end)] = look.deciding
    assert f"(it is {look.truth})\nwhat decides: {look.text[start:end]}" in str(looked)
    assert list(looked.only("attention").maps) == ["pooling.attention"]
    assert looked.maps["rollout"].axes[1].labels[0] == look.text.split()[0]
    assert len(looked.pieces().maps["rollout"].axes[1].labels) > len(looked.maps["rollout"].axes[1].labels)
    with pytest.raises(OptionError, match=r"`validation:14` is no text of .*: its validation texts are 1 to 13"):
        asking.example("validation:14")
    # Only who asks for an example reads the data: a text is a text.
    assert asking.look("validation:3").look.truth is None
    with pytest.raises(OptionError, match=r"No map of `atention` was recorded"):
        looked.only("atention")


def test_looks_are_held_against_the_words_that_decide(asking: TextLabelModel) -> None:
    found = asking.evaluate()
    data = asking.split("validation")
    in_another_order = asking.evaluate(data.some(np.random.default_rng(7).permutation(len(data))))
    for name, pointing in found.pointing.items():
        assert pointing.mass.score.score == pytest.approx(in_another_order.pointing[name].mass.score.score)
    assert list(found.pointing) == list(found.maps)
    for pointing in found.pointing.values():
        assert pointing.images == 13
        assert 5 < pointing.game.chance < 40
        # Untrained looks are near to even ones.
        assert pointing.mass.score.score == pytest.approx(pointing.mass.chance, abs=10)
    told = found.to_json()
    assert (told["texts"], told["pointing"]["rollout"]["texts"]) == (13, 13)
    assert set(told["pointing"]["rollout"]["game"]) >= {"score", "low", "high", "chance", "random", "permuted"}


def test_a_network_without_attention_does_not_look(label_recipe: Path, tmp_path: Path) -> None:
    Begun(load_recipe(label_recipe, ["model.pooling=mean", "training.max_updates=1"]), tmp_path / "plain").train()
    plain = load(tmp_path / "plain")
    assert not plain.looks
    with pytest.raises(OptionError, match=r"plain has no attention: there is nothing to be seen. Take a run with"):
        plain.look("so")
    assert plain.evaluate().to_json()["maps"] == {}


def test_evaluation_has_figures_and_classes(model: TextLabelModel, tmp_path: Path) -> None:
    found = model.evaluate()
    assert list(found.figures) == ["top1", "calibration", "nll"]
    assert (found.examples, [score.support for score in found.per_class]) == (5, [2, 3])
    assert found.pointing == {}
    (tmp_path / "own.tsv").write_text("so good\tgood\n", encoding="utf-8")
    own = model.evaluate(tmp_path / "own.tsv")
    assert [score.support for score in own.per_class] == [0, 1]
    with pytest.raises(DataError, match=r"The texts have the classes x, but .* knows bad, good"):
        model.evaluate(LabelledTexts(["a"], np.array([0]), ["x"]))


def test_a_model_compared_with_itself_is_no_better(model: TextLabelModel, label_recipe: Path, tmp_path: Path) -> None:
    found = compare([model, model], metric="nll")
    assert (found.held.examples, found.held.unit, found.held.metric) == (5, "texts", "nll")
    assert found.to_first[1] is not None
    assert (found.to_first[1].difference, found.to_first[1].p_value) == (0.0, 1.0)
    assert found.scores[0] == found.scores[1]
    (label_recipe.parent / "validation.csv").write_text("text,label\nso,good\n", encoding="utf-8")
    Begun(load_recipe(label_recipe, ["training.max_updates=1"]), tmp_path / "other").train()
    with pytest.raises(DataError, match=r"other is measured on other texts than .*run: their recipes have other data"):
        compare([model, load(tmp_path / "other")])
