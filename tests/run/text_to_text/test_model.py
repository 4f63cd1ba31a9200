"""A trained model answers in order, whatever the batch; shows where it looked; is measured; comes back as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tests.conftest import write_tiny

import saccade
from saccade.data.pairs import Pairs
from saccade.decoders import Copying
from saccade.errors import DataError, OptionError
from saccade.recipes.load import load_recipe
from saccade.run.comparison import compare
from saccade.run.tasks import load
from saccade.run.text_to_text.model import TextModel
from saccade.run.train import train

TEXTS = ["abc", "", "cab b", "a", "bbbbbbb", "  ", "c", "ab ab ab ab"]


@pytest.fixture(scope="module")
def model(tiny_run: Path) -> TextModel:
    loaded = load(tiny_run)
    assert isinstance(loaded, TextModel)
    return loaded


def test_the_front_door_leads_here(tiny_run: Path) -> None:
    assert isinstance(saccade.load(tiny_run), saccade.Model)
    assert "load" in dir(saccade)
    with pytest.raises(AttributeError, match=r"`saccade` has no `laod`\. It has: "):
        saccade.laod  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_answers_come_in_order_and_alone_as_in_a_batch(model: TextModel) -> None:
    together = model.predict(TEXTS)
    assert together == [model.predict([text])[0] for text in TEXTS]
    assert [output for text, output in zip(TEXTS, together, strict=True) if not text.strip()] == ["", ""]


@pytest.mark.parametrize("window", [1, 3, 1000])
def test_a_window_does_not_change_the_answers(model: TextModel, window: int) -> None:
    outputs = [answers[0].output for answers in model.answers(TEXTS, window=window)]
    assert outputs == model.predict(TEXTS)


def test_each_layers_map_is_that_of_the_answer(model: TextModel) -> None:
    [[answer]] = model.answers(["abc"])
    [(layer, seen)] = model.maps("abc").items()
    assert layer == "decoder.attention"
    assert seen.axes[0].labels == model.look("abc").map.axes[0].labels
    assert seen.axes[1].labels == model.look("abc").map.axes[1].labels
    assert answer.weights is not None
    torch.testing.assert_close(torch.tensor(seen.weights.copy()), torch.tensor(answer.weights))
    with pytest.raises(DataError, match="The text is empty"):
        model.maps(" ")


def test_answers_stream(model: TextModel) -> None:
    taken: list[str] = []

    def texts() -> Iterator[str]:
        for text in TEXTS:
            taken.append(text)
            yield text

    next(iter(model.answers(texts(), window=2)))
    assert taken == TEXTS[:2]


def test_n_best_answers_are_ranked_and_differ(model: TextModel) -> None:
    [answers] = model.answers(["abc"], n_best=3, beam=5)
    # Finished ones come first, then those that stopped at the maximum length.
    ranks = [(answer.finished, answer.score) for answer in answers]
    assert ranks == sorted(ranks, reverse=True)
    assert len({tuple(answer.tokens) for answer in answers}) == 3


def test_a_wider_beam_is_taken_where_more_answers_are_wanted(model: TextModel) -> None:
    [answers] = model.answers(["abc"], n_best=4, beam=2)
    assert len(answers) == 4


def test_weights_belong_to_the_text_alone(model: TextModel) -> None:
    for answers in model.answers(TEXTS):
        answer = answers[0]
        if answer.weights is not None:
            assert answer.weights.shape == (len(answer.tokens), len(answer.encoding.ids))
            torch.testing.assert_close(
                torch.from_numpy(answer.weights).sum(1), torch.ones(len(answer.tokens)), rtol=0, atol=1e-5
            )


def test_a_single_text_is_refused(model: TextModel) -> None:
    with pytest.raises(OptionError, match=r"`texts` must be several texts, but is one: 'abc'. Put it into a list"):
        model.predict("abc")


def test_a_long_text_is_refused_by_its_number(model: TextModel) -> None:
    with pytest.raises(DataError, match=r"Line 2 has 12 tokens \(11 characters\), and at most 7 are read at once"):
        list(model.answers(["ab", "a" * 11], longest=7))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beem": 3}, r"`search.beem` is not an option. Did you mean `beam`\?"),
        ({"beam": 0}, r"`search.beam` must be at least 1, but is 0"),
        ({"n_best": 0}, r"`n_best` is 0. Allowed: 1 and above"),
        ({"n_best": 2, "kind": "greedy"}, r"greedy search has one answer"),
    ],
)
def test_wrong_options_of_a_search_are_refused(model: TextModel, options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        list(model.answers(["a"], **options))  # pyright: ignore[reportArgumentType]


def test_a_look_shows_itself(model: TextModel, tmp_path: Path) -> None:
    look = model.look("cab b", alternatives=2)
    assert look.output == model.predict(["cab b"])[0]
    assert look.map.axes[1].labels[:2] == ("c", "a")
    # Where characters are read, they are what is shown.
    assert [label.strip() for label in look.words.axes[1].labels] == ["c", "a", "b", "", "b", "<end>"]
    assert look.pieces().words.weights.shape == look.map.weights.shape
    assert "<iframe" in look._repr_html_()
    assert str(look).startswith("cab b\n")
    assert len(look.look.alternatives) == 2
    assert look.save(tmp_path / "look.json") == []


def test_evaluation_has_figures_by_length(model: TextModel) -> None:
    found = model.evaluate()
    assert set(found.figures) == {"exact", "cer"}
    assert sum(bucket.sentences for bucket in found.by_length["cer"]) == len(found.outputs) == 7
    assert found.to_json()["length_unit"] == "characters"
    assert found.maps is not None
    assert found.to_json()["maps"] == found.maps.to_json()
    assert 0 < found.maps.entropy <= 1
    assert len(model.evaluate(Pairs.of([("ab", "ba")])).outputs) == 1


def test_a_model_compared_with_itself_is_no_better(model: TextModel) -> None:
    found = compare([model, model], metric="cer")
    assert found.to_first[0] is None
    assert found.to_first[1] is not None
    assert (found.to_first[1].difference, found.to_first[1].p_value) == (0.0, 1.0)


def test_a_split_that_there_is_not_is_refused(model: TextModel) -> None:
    with pytest.raises(OptionError, match=r"no split 'tset'. Did you mean `test`\?"):
        model.evaluate("tset")


def test_the_recipe_of_a_run_is_complete_and_the_same(tiny_run: Path, model: TextModel) -> None:
    again = load_recipe(tiny_run / "recipe.yaml").recipe
    assert again == model.recipe


def test_a_look_joins_parts_of_words(tmp_path: Path) -> None:
    parts = ["tokenizer.source.kind=bpe", "tokenizer.source.vocabulary_size=9"]
    look = train(write_tiny(tmp_path), tmp_path / "run", parts).look("cab b")
    assert len(look.map.axes[1].labels) > 3
    assert [label.strip() for label in look.words.axes[1].labels] == ["cab", "b", "<end>"]
    assert look.words.weights.sum(1) == pytest.approx(1.0, abs=1e-5)


def test_what_the_model_never_saw_is_copied_out(tmp_path: Path) -> None:
    model = train(write_tiny(tmp_path), tmp_path / "run", ["model.output=copying", "tokenizer.shared=true"])
    assert isinstance(model, TextModel)
    assert isinstance(model.network.output, Copying)
    with torch.no_grad():  # always copy
        model.network.output.writes.bias.fill_(-30.0)
    for kind in ("greedy", "beam"):
        look = model.look("xyz", kind=kind, min_length=3)
        assert look.output
        assert set(look.output) <= set("xyz")
        labels = look.map.axes[0].labels
        assert "".join(label for label in labels if label != "<end>") == look.output


def test_a_pair_of_the_recipes_data_is_looked_at(model: TextModel) -> None:
    example = model.example("validation:2")
    assert example is not None
    assert model.look(example).look.source == "ab"
    assert model.look("validation:2").look.source == "validation:2"
    with pytest.raises(OptionError, match=r"`validation:8` is no pair of .*: its validation pairs are 1 to 7"):
        model.example("validation:8")
