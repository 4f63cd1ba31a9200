"""A trained model fills in blanks in order, whatever the batch; shows where it looked; is measured."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.run.masked_text.tiny_masked import TEXTS, write_tiny_masked

from saccade.data.blanks import blanked
from saccade.data.masking import chosen_by
from saccade.data.read_texts import texts_of
from saccade.errors import DataError, OptionError
from saccade.recipes.masked_text.build import make_masking
from saccade.run.comparison import compare
from saccade.run.masked_text.model import MaskedTextModel
from saccade.run.tasks import load
from saccade.run.train import train

BLANKS = ["a <mask> sat", "", "the [MASK] ran to <mask> dog", "<mask>", "on the <mask>", "a cat <mask> on a mat  "]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MaskedTextModel:
    folder = tmp_path_factory.mktemp("tiny-masked")
    found = train(write_tiny_masked(folder), folder / "run")
    assert isinstance(found, MaskedTextModel)
    return found


def test_blanks_are_filled_in_order_and_alone_as_in_a_batch(model: MaskedTextModel) -> None:
    together = model.predict(BLANKS)
    assert together == [model.predict([text])[0] for text in BLANKS]
    assert together == [answer.output for answer in model.answers(BLANKS, window=2)]
    assert together[1] == ""
    assert together[5].startswith("a cat ")
    assert together[5].endswith(" on a mat  ")
    assert "mask" not in "".join(together).lower()
    assert load(model.path).predict(BLANKS) == together


def test_guesses_are_the_likeliest_that_fit_and_padding_changes_nothing(model: MaskedTextModel) -> None:
    network = model.network.double()
    try:
        answers = list(model.answers(BLANKS, n_best=3))
        for answer in answers:
            if answer.blanks:
                source = torch.tensor([blanked([answer.source], model.tokenizer)[0].encoding.ids])
                with torch.no_grad():
                    alone = network.logits(source, source > 0, torch.tensor(answer.read.places)).softmax(-1)
                for guesses, probabilities in zip(answer.blanks, alone, strict=True):
                    # All words begin a word; the four special pieces and the mask, the last, are none.
                    best = probabilities[4:-1].topk(3)
                    assert [guess.probability for guess in guesses] == pytest.approx(best.values.tolist(), abs=1e-10)
                    words = [model.tokenizer.piece(4 + token)[1:] for token in best.indices.tolist()]
                    assert [guess.text for guess in guesses] == words
    finally:
        network.float()


def test_evaluation_is_the_same_each_time_and_its_figures_agree(model: MaskedTextModel) -> None:
    found, again = model.evaluate(), model.evaluate(texts_of(TEXTS))
    assert found.to_json() == again.to_json()
    scores = {name: figure.score.score for name, figure in found.figures.items()}
    assert list(scores) == ["accuracy", "nll", "perplexity"]
    assert scores["perplexity"] == pytest.approx(math.exp(scores["nll"]))
    assert found.texts == 7
    assert 7 <= found.tokens <= 11
    assert json.dumps(found.to_json())


def test_guesses_are_counted_text_by_text(model: MaskedTextModel) -> None:
    """As one that asks about one text after the other would count them."""
    found, masking = model.guesses(texts_of(TEXTS)), make_masking(model.recipe, model.tokenizer.vocabulary_size)
    for number, ids in enumerate(model.tokenizer.ids(TEXTS)):
        shown, places, goals = masking(np.array(ids), chosen_by(model.recipe.seed, 0, number))
        source = torch.from_numpy(shown)[None]
        with torch.no_grad():
            logits = model.network.logits(source, torch.ones_like(source, dtype=torch.bool), torch.from_numpy(places))
        log_probs = logits.log_softmax(-1)
        log_prob = sum(float(log_probs[n, goal]) for n, goal in enumerate(goals))
        right = sum(int(log_probs[n].argmax()) == goal for n, goal in enumerate(goals))
        assert (found.log_prob[number], found.right[number]) == (pytest.approx(log_prob, abs=1e-5), right)
        assert found.tokens[number] == len(goals)


def test_a_text_of_what_the_tokenizer_never_saw_has_nothing_to_guess(model: MaskedTextModel) -> None:
    whole, strange = model.guesses(texts_of(TEXTS)), model.guesses(texts_of([*TEXTS, "xyz"]))
    np.testing.assert_allclose(strange.log_prob[:-1], whole.log_prob, rtol=1e-5)
    assert (strange.tokens[-1], strange.log_prob[-1]) == (0, 0.0)
    with pytest.raises(DataError, match=r"needs at least one token to be guessed, but the 1 texts have none"):
        model.evaluate(texts_of(["xyz"]))


def test_a_look_shows_each_token_of_the_filled_text(model: MaskedTextModel, tmp_path: Path) -> None:
    look = model.look("a <mask> sat")
    assert look.output == model.predict(["a <mask> sat"])[0]
    assert look.map.axes[1].labels == ("a", "<mask>", "sat", "<end>")
    assert look.map.axes[0].labels == (*look.output.split(), "<end>")
    assert look.words.axes[1].labels == look.map.axes[1].labels
    torch.testing.assert_close(torch.from_numpy(look.map.weights.sum(1)), torch.ones(4))
    assert str(look).startswith("a <mask> sat\n")
    assert look.save(tmp_path / "look.json") == []
    maps = model.maps("a <mask> sat")
    assert [seen.weights.shape for seen in maps.values()] == [(3, 4, 4)] * 2
    first = model.look("a <mask> sat", layer=next(iter(maps)), head=2)
    np.testing.assert_array_equal(first.map.weights, next(iter(maps.values())).weights[2])
    assert model.look("a cat").output == "a cat"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: model.predict("a <mask>"), r"`texts` must be several texts, but is one"),
        (lambda model: list(model.answers(["<mask>"], n_best=0)), r"`n_best` is 0. Allowed: 1 and above"),
        (lambda model: model.predict(["<mask>", "a cat"]), r"Line 2 has no blank to fill in: 'a cat'. Write <mask>"),
        (lambda model: model.predict(["cat<mask>"]), r"Line 1 has a blank without a space before it, where no piece"),
        (lambda model: model.predict(["<mask> " * 5000]), r"Line 1 has 5,001 tokens .*, and at most 5,000"),
        (lambda model: model.look(" "), r"The text is empty"),
        (lambda model: model.look("a", layer="encoder.lok"), r"`layer` is 'encoder.lok', which .* lacks. .*Allowed: "),
        (lambda model: model.look("a", head=3), r"`head` is 3, but `encoder.look.layers.1.look` has the heads 0 to 2"),
        (lambda model: model.evaluate("tset"), r"no split 'tset'. Did you mean `test`"),
    ],
)
def test_what_is_asked_wrongly_is_refused(model: MaskedTextModel, call: object, message: str) -> None:
    with pytest.raises((OptionError, DataError), match=message):
        call(model)  # pyright: ignore[reportCallIssue]


def test_those_before_a_refused_text_are_answered(model: MaskedTextModel) -> None:
    answers = model.answers(["a <mask>", "the <mask>", "no blank"])
    assert [next(answers).source, next(answers).source] == ["a <mask>", "the <mask>"]
    with pytest.raises(DataError, match="Line 3"):
        next(answers)


def test_models_are_compared_by_the_same_tokens(model: MaskedTextModel, tmp_path: Path) -> None:
    other = train(write_tiny_masked(tmp_path), tmp_path / "other", ["seed=5", "training.max_updates=2"])
    found = compare([model, other], metric="nll")
    assert (found.examples, found.names, found.metric) == (7, ["run", "other"], "nll")
    same = compare([model, model])
    assert same.to_first[1] is not None
    assert (same.to_first[1].difference, same.to_first[1].p_value) == (0.0, 1.0)
    cut = train(write_tiny_masked(tmp_path), tmp_path / "cut", ["tokenizer.kind=char", "training.max_updates=2"])
    with pytest.raises(DataError, match=r"cuts texts into other tokens than"):
        compare([model, cut])


def test_a_text_of_the_recipes_data_is_looked_at(model: MaskedTextModel) -> None:
    example = model.example("validation:1")
    assert example is not None
    assert model.look(example).look.source == model.texts("validation").texts[0]
