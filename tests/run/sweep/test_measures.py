"""The figures of a sweep are those of each run on its own."""

import json
import re
import shutil
from pathlib import Path

import pytest
import torch
from tests.run.sweep.conftest import OPTIONS, OVER

from saccade.data.tokenizers import BEGIN
from saccade.errors import OptionError
from saccade.maps import agreement, looked_at
from saccade.run.sweep import record
from saccade.run.sweep.measures import Measured, measure, wish
from saccade.run.sweep.plan import plan
from saccade.run.sweep.record import Outcome
from saccade.run.sweep.table import Table
from saccade.run.sweep.training import Sweep
from saccade.run.tasks import load
from saccade.run.text_to_text.forced import forced_looks
from saccade.run.text_to_text.model import TextModel


def model_of(sweep: Sweep, name: str) -> TextModel:
    model = load(sweep.path / name)
    assert isinstance(model, TextModel)
    return model


def test_quality_and_maps_are_those_of_evaluate(swept: Sweep, measured: list[Measured]) -> None:
    assert [row.name for row in measured] == ["additive", "general"]
    for row in measured:
        model = model_of(swept, row.name)
        alone = model.evaluate("validation", beam=2)
        assert row.score == alone.figures["exact"].score
        assert row.by_length == alone.by_length["exact"]
        assert row.maps == alone.maps
        assert row.parameters == sum(parameter.numel() for parameter in model.network.parameters())
    assert measured[0].parameters != measured[1].parameters


def test_speed_and_updates_are_those_of_the_training(swept: Sweep, measured: list[Measured]) -> None:
    for row in measured:
        lines = (swept.path / row.name / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        rates = [figures["tokens_per_s"] for figures in map(json.loads, lines) if figures["kind"] == "training"]
        assert len(rates) == row.outcome.updates == 4
        assert row.tokens_per_s == pytest.approx(4 / sum(1 / rate for rate in rates))


def test_agreement_is_over_forced_looks_at_the_same_targets(swept: Sweep, measured: list[Measured]) -> None:
    one, other = (model_of(swept, row.name) for row in measured)
    texts = [("abc", "cba"), ("ab", "ba"), ("a", "a"), ("bca", "acb"), ("cab b", "b bac"), ("c", "c"), ("bb", "bb")]
    ids = [
        (one.tokenizers.source.encode(source).ids, [BEGIN, *one.tokenizers.target.encode(target).ids])
        for source, target in texts
    ]
    places = [[looked_at(weights) for weights in forced_looks(model.network, ids)] for model in (one, other)]
    assert measured[0].agreement == 1.0
    assert measured[1].agreement == agreement(zip(*places, strict=True))


def test_a_forced_look_at_what_was_written_is_that_of_the_search(swept: Sweep) -> None:
    model = model_of(swept, "general")
    for parameter in model.network.parameters():
        parameter.data.mul_(6)  # so that a look depends on what was written
    found = [answers[0] for answers in model.answers(["abc", "cab b", "bb"], beam=2)]
    looks = forced_looks(model.network, [(one.encoding.ids, [BEGIN, *one.tokens]) for one in found])
    for one, look in zip(found, looks, strict=True):
        assert one.weights is not None
        torch.testing.assert_close(torch.from_numpy(look), torch.from_numpy(one.weights), rtol=0, atol=1e-6)


def test_a_fixed_context_has_no_maps_and_agrees_with_nobody(tiny_recipe: Path, tmp_path: Path) -> None:
    sweep = Sweep(
        plan(tiny_recipe, ["training.max_updates=1"], over=["model.decoder.context=attention,initial"]), tmp_path
    )
    sweep.train(lambda line: None)
    looks, fixed = measure(sweep, wish(sweep.plan, beam=1), lambda line: None)
    assert looks.agreement == 1.0
    assert (fixed.maps, fixed.agreement, fixed.tokens_per_s) == (None, None, None)
    table = Table.of(sweep.plan, sweep.outcomes, "exact", [looks, fixed])
    assert table.texts()[1][-6:] == ["", "", "", "", "", ""]


def test_other_tokens_agree_with_nobody(swept: Sweep, tmp_path: Path) -> None:
    path = Path(shutil.copytree(swept.path, tmp_path / "sweep"))
    file = path / "general" / "tokenizer.json"
    text = file.read_text(encoding="utf-8")
    [a, b] = (re.findall(f'"{letter}": ?(\\d+)', text)[0] for letter in "ab")
    swapped = re.sub('"([ab])": ?\\d+', lambda found: f'"{found[1]}": {b if found[1] == "a" else a}', text)
    file.write_text(swapped, encoding="utf-8")
    rows = measure(Sweep(swept.plan, path), wish(swept.plan, beam=1), lambda line: None)
    assert [row.agreement for row in rows] == [1.0, None]


def test_a_run_that_failed_is_in_the_table_by_name_alone(swept: Sweep, tmp_path: Path) -> None:
    path = Path(shutil.copytree(swept.path, tmp_path / "sweep"))
    record.write(path, swept.outcomes | {"additive": Outcome(failed="It diverged.")})
    sweep = Sweep(swept.plan, path)
    rows = measure(sweep, wish(sweep.plan), lambda line: None)
    assert [(row.name, row.agreement) for row in rows] == [("general", 1.0)]
    table = Table.of(sweep.plan, sweep.outcomes, "exact", rows)
    remarks = {line[0]: line[-1] for line in table.texts()}
    assert (list(remarks), remarks["additive"]) == (["general", "additive"], "failed")
    assert "additive failed: It diverged." in table.notes()
    assert table.to_json()["failed"] == [{"run": "additive", "why": "It diverged."}]


@pytest.mark.parametrize(
    ("wished", "message"),
    [
        ({"split": "tset"}, "Did you mean `test`?"),
        ({"metric": "blue"}, "`metric` is 'blue', which the recipe tiny lacks. Allowed: cer, exact."),
        ({"bem": 3}, "`search.bem` is not an option. Did you mean `beam`?"),
    ],
)
def test_wrong_wishes_are_refused(swept: Sweep, wished: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        wish(swept.plan, **wished)


def test_other_measures_are_refused(swept: Sweep) -> None:
    recipe = swept.path.parent / "tiny.yaml"
    varied = plan(recipe, OPTIONS, over=[*OVER, "evaluation.length_unit=characters,words"])
    with pytest.raises(OptionError, match="but additive-words has another one"):
        wish(varied)
