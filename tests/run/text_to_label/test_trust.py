"""The looks of a classifier of texts are judged by erasing tokens."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from saccade.data.labelled_texts import LabelledTexts
from saccade.data.pieces import UNKNOWN
from saccade.models.text_classifier import TextClassifier
from saccade.run.tasks import load
from saccade.run.text_to_label import trust as module
from saccade.run.text_to_label.model import TextLabelModel
from saccade.run.text_to_label.trust import LabelledText, trust

IDS = [5, 7, 4, 6, 7]


@pytest.fixture(scope="module")
def model(label_run: Path) -> TextLabelModel:
    loaded = load(label_run)
    assert isinstance(loaded, TextLabelModel)
    return loaded


def probability(network: TextClassifier, ids: list[int], label: int) -> float:
    with torch.no_grad():
        logits = network.logits(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.bool))
    return float(logits.softmax(-1)[0, label])


def test_what_is_erased_is_read_as_unknown(model: TextLabelModel) -> None:
    text = LabelledText(model.network, IDS, 1)
    seen = np.array([[True] * 5, [True, False, True, True, False], [False] * 5])
    found = text.answers("any")["unknown token"](seen)
    for row, one in zip(seen, found, strict=True):
        ids = [token if kept else UNKNOWN for token, kept in zip(IDS, row, strict=True)]
        assert one == pytest.approx(probability(model.network, ids, 1), abs=1e-6)


def test_what_is_erased_from_the_memory_is_not_pooled(model: TextLabelModel) -> None:
    network, seen = model.network, np.array([[True, False, True, True, False], [True] * 5])
    found = LabelledText(network, IDS, 0).answers("any")["memory"](seen)
    with torch.no_grad():
        encoded = network.encoder(torch.tensor([IDS]), torch.ones(1, 5, dtype=torch.bool))
        kept = torch.from_numpy(seen[0])
        values = encoded.memory.values[:, kept]
        keys = encoded.memory.keys[:, kept]
        fewer = encoded._replace(memory=encoded.memory._replace(keys=keys, values=values, mask=None))
        wanted = network.vocabulary(network.pooling(fewer)).softmax(-1)[0, 0]
    assert found == pytest.approx([float(wanted), probability(network, IDS, 0)], abs=1e-6)


def test_every_layer_is_judged(model: TextLabelModel, monkeypatch: pytest.MonkeyPatch) -> None:
    found = model.trust()
    assert found is not None
    assert list(found.erased) == ["pooling.attention, memory", "pooling.attention, unknown token"]
    assert {one.examples for one in found.erased.values()} == {5}
    assert {name.split(", ")[1] for name in found.agreement} == {"pooling.attention"}
    json.dumps(found.to_json(), allow_nan=False)
    monkeypatch.setattr(module, "TEXTS", 2)
    limited = model.trust()
    assert limited is not None
    assert {one.examples for one in limited.erased.values()} == {2}


def test_one_text_is_judged_beside_many_drawn_maps(model: TextLabelModel) -> None:
    look = model.look("not so good, not bad", trust=True).look
    assert look.trust is not None
    figure = look.trust.erased["pooling.attention, memory"].figures["comprehensiveness"]
    assert figure.own.low == figure.own.high
    assert figure.controls["random"].low <= figure.controls["random"].score <= figure.controls["random"].high
    assert type(look).from_json(json.loads(json.dumps(look.to_json()))).to_json() == look.to_json()
    assert "trust" not in model.look("not so good").to_json()


def test_of_single_tokens_there_is_nothing_to_judge(model: TextLabelModel) -> None:
    assert trust(model.network, [[5], [7]]) is None
    classes = list(model.labels.classes)
    assert model.trust(LabelledTexts(["good", "bad"], [0, 1], classes)) is None
