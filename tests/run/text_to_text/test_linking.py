"""Words are linked by where a model looks, and the links held against known ones."""

from pathlib import Path

import numpy as np
import pytest
from tests.conftest import write_tiny

from saccade.data.tokenizers import BEGIN
from saccade.data.word_links import LinkedPairs, parsed_links
from saccade.errors import OptionError
from saccade.maps.word_links import SYMMETRISED
from saccade.recipes.load import load_recipe
from saccade.run.tasks import load
from saccade.run.text_to_text import linking
from saccade.run.text_to_text.forced import forced_looks
from saccade.run.text_to_text.linking import DIAGONAL, known_links, links, scores
from saccade.run.text_to_text.model import TextModel
from saccade.run.train import train

PAIRS = [("ab b ca", "b ac"), ("c", "c a b"), ("abc abc", "cba")]


@pytest.fixture(scope="module")
def model(tiny_run: Path) -> TextModel:
    loaded = load(tiny_run)
    assert isinstance(loaded, TextModel)
    return loaded


def test_maps_of_given_targets_have_the_words_of_each_pair(model: TextModel) -> None:
    maps = list(model.align(PAIRS))
    assert [one.shape for one in maps] == [(2, 3), (3, 1), (1, 2)]
    assert all((one >= 0).all() and (one.sum(axis=1) < 1).all() for one in maps)


def test_a_pair_alone_has_the_map_it_has_in_a_batch(model: TextModel) -> None:
    for pair, together in zip(PAIRS, model.align(PAIRS), strict=True):
        [alone] = model.align([pair])
        np.testing.assert_allclose(alone, together, atol=1e-6)


OUTPUTS = {
    "vocabulary": [],
    "mixture": ["model.decoder.query=current-state", "model.output=mixture"],
    "monotonic": ["model.decoder.query=current-state", "model.output=monotonic"],
}


@pytest.mark.parametrize("output", OUTPUTS)
def test_forced_to_its_own_output_a_model_looks_where_it_looked_in_the_search(output: str, tmp_path: Path) -> None:
    found = train(write_tiny(tmp_path), tmp_path / "run", options=OUTPUTS[output])
    assert isinstance(found, TextModel)
    [[answer]] = found.answers(["cab b"], kind="greedy")
    assert answer.weights is not None
    source = found.tokenizers.source.encode("cab b")
    [weights] = forced_looks(found.network, [(source.ids, [BEGIN, *answer.tokens])])
    np.testing.assert_allclose(weights, answer.weights, atol=1e-5)


def test_several_models_look_on_the_mean(model: TextModel) -> None:
    both = model.together([model])
    assert isinstance(both, TextModel)
    for one, other in zip(model.align(PAIRS), both.align(PAIRS), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_links_of_one_direction_and_of_both(model: TextModel) -> None:
    alone = links(model, PAIRS)
    assert all({target for _, target in one} == set(range(len(pair[1].split()))) for one, pair in zip(alone, PAIRS))  # noqa: B905
    back = links(model, [(target, source) for source, target in PAIRS])
    turned = [{(source, target) for target, source in one} for one in back]
    for how, make in SYMMETRISED.items():
        assert links(model, PAIRS, model, how=how) == [make(*both) for both in zip(alone, turned, strict=True)]
    # Backwards, each source word is linked.
    assert all({source for source, _ in one} == set(range(len(pair[0].split()))) for one, pair in zip(turned, PAIRS))  # noqa: B905
    assert all(not one for one in links(model, PAIRS, threshold=1.0))
    with pytest.raises(OptionError, match=r"`how` is `unoin`. Did you mean `union`\?"):
        links(model, PAIRS, model, how="unoin")


def test_each_way_is_scored_by_the_threshold_that_is_best_on_other_pairs(
    model: TextModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = (None, 0.2, 0.5)
    monkeypatch.setattr(linking, "THRESHOLDS", tried)
    gold = LinkedPairs(PAIRS, [parsed_links("0-0 2-1"), parsed_links("0-0 0p1 0p2"), parsed_links("0-0 1p0")])
    alone = {threshold: scores(model, gold, model, threshold=threshold) for threshold in tried}
    best = scores(model, gold, model, chosen_by=gold)
    assert [one.how for one in best] == ["forward", "backward", *SYMMETRISED, DIAGONAL]
    for place, one in enumerate(best[:-1]):
        assert one.error.score == min(found[place].error.score for found in alone.values())
        assert one == alone[one.threshold][place]
    assert [one.how for one in scores(model, gold)] == ["forward", DIAGONAL]


def test_the_diagonal_is_judged_beside_the_looks(model: TextModel) -> None:
    gold = LinkedPairs(PAIRS, [parsed_links("0-0 2-1"), parsed_links("0-0"), parsed_links("1-0")])
    diagonal = scores(model, gold)[-1]
    # It says 0-0 2-1 · 0-0 0-1 0-2 · 1-0: all that are sure, and two more.
    assert diagonal.error.score == pytest.approx(100 * (1 - 8 / 10))
    assert (diagonal.threshold, diagonal.precision, diagonal.recall) == (None, pytest.approx(400 / 6), 100.0)


def test_a_look_that_is_right_has_no_error(model: TextModel) -> None:
    found = links(model, PAIRS)
    gold = LinkedPairs(PAIRS, [parsed_links(" ".join(f"{a}-{b}" for a, b in one)) for one in found])
    score, _ = scores(model, gold)
    assert (score.error.score, score.precision, score.recall) == (0.0, 100.0, 100.0)


def test_two_runs_that_go_the_same_way_are_refused(tmp_path: Path) -> None:
    found = train(write_tiny(tmp_path), tmp_path / "run", options=["tokenizer.target.kind=word"])
    assert isinstance(found, TextModel)
    with pytest.raises(OptionError, match=r"run reads what .*run reads: both go the same way"):
        links(found, PAIRS, found)


def test_a_fixed_context_is_refused(tmp_path: Path) -> None:
    blind = train(write_tiny(tmp_path), tmp_path / "run", options=["model.decoder.context=initial"])
    assert isinstance(blind, TextModel)
    with pytest.raises(OptionError, match="does not look anywhere"):
        blind.align(PAIRS)


def test_the_links_of_a_set_go_with_its_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_run: Path) -> None:
    home = tmp_path / "hansards_fr_en"
    home.mkdir()
    (home / "test.tsv").write_text("yes\toui , oui\t0-0 0p2\n")
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    there = known_links(load_recipe("hansards-fr-en").recipe, "test")
    back = known_links(load_recipe("hansards-en-fr").recipe, "test")
    assert there is not None
    assert back is not None
    assert (there.pairs[0], sorted(there.links[0].possible)) == (("oui , oui", "yes"), [(0, 0), (2, 0)])
    assert (back.pairs[0], sorted(back.links[0].possible)) == (("yes", "oui , oui"), [(0, 0), (0, 2)])
    assert known_links(load(tiny_run).recipe, "test") is None
