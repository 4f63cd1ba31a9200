"""Gates are held, and their channels erased; what that changes is known where a gate does nothing, or all."""

import json

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from saccade.data.images import LabelledImages
from saccade.gates import Gate, clamped
from saccade.models import assemble_classifier
from saccade.models.classifier import Classifier
from saccade.recording import listening
from saccade.run.image_to_label import channels, holding
from saccade.run.image_to_label.channels import _Shown, judged_channels
from saccade.run.image_to_label.holding import ALL, TO, hold_gates
from saccade.run.image_to_label.logits import logits_of

KINDS = ("spatial", "channel", "channel-then-spatial", "bottleneck", "scale")


def network(kind: str) -> Classifier:
    torch.manual_seed(3)
    made = assemble_classifier(3, encoder=("convnet", {"depth": 8, "width": 3}), gate=(kind, {}), size=(11, 13))
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.5)
    return made.eval()


def gates_of(network: Classifier) -> list[Gate]:
    return [module for module in network.modules() if isinstance(module, Gate)]


@pytest.fixture(scope="module")
def images() -> LabelledImages:
    random = np.random.default_rng(7)
    pixels = random.integers(0, 256, (7, 11, 13, 3), dtype=np.uint8)
    return LabelledImages(pixels, random.integers(0, 3, 7).tolist(), ["a", "b", "c"])


@pytest.mark.parametrize("kind", ["channel-then-spatial", "scale"])
def test_every_gate_is_held_in_every_way_and_all_together(kind: str, images: LabelledImages) -> None:
    made = network(kind)
    found = hold_gates(made, images)
    outer = [name for name, gate in made.named_modules() if isinstance(gate, Gate) and not name.endswith(".spatial")]
    assert list(found) == [*outer, ALL]
    assert all(tuple(ways) == TO for ways in found.values())
    json.dumps(
        {name: {how: one.to_json() for how, one in ways.items()} for name, ways in found.items()}, allow_nan=False
    )


def test_the_change_is_that_of_the_loss_with_the_mean_map_in_the_gates_place(images: LabelledImages) -> None:
    made = network("channel")
    name, gate = next((name, module) for name, module in made.named_modules() if isinstance(module, Gate))
    seen: list[torch.Tensor] = []
    with listening(lambda module, map_, _: seen.append(map_) if module is gate else None):
        free = torch.from_numpy(logits_of(made, images))
    mean = torch.cat(seen).mean(0, keepdim=True)
    with clamped({gate: mean}):
        held = torch.from_numpy(logits_of(made, images))
    labels = torch.tensor(images.labels)
    wanted = cross_entropy(held, labels) - cross_entropy(free, labels)
    found = hold_gates(made, images)[name]["mean map"]
    assert found.loss.score == pytest.approx(float(wanted), abs=1e-5)
    right = (held.argmax(1) == labels).float().mean() - (free.argmax(1) == labels).float().mean()
    assert found.accuracy.score == pytest.approx(100 * float(right), abs=1e-4)
    assert found.loss.low < found.loss.score < found.loss.high


def test_to_hold_a_gate_that_never_moves_changes_nothing(images: LabelledImages) -> None:
    made = network("spatial")
    for gate in gates_of(made):
        for parameter in gate.parameters():
            nn.init.zeros_(parameter)  # 0.5 everywhere
    found = hold_gates(made, images)
    for ways in found.values():
        for how in ("mean map", "mean"):
            assert ways[how].loss == pytest.approx((0, 0, 0), abs=1e-6)
            assert ways[how].accuracy == (0, 0, 0)
        assert abs(ways["one"].loss.score) > 1e-4


def test_without_gates_nothing_is_held(images: LabelledImages) -> None:
    made = assemble_classifier(3, encoder=("convnet", {"depth": 8, "width": 3}), size=(11, 13)).eval()
    assert hold_gates(made, images) == {}
    assert judged_channels(made, images) == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "spatial"])
def test_all_channels_seen_is_the_label_and_none_is_a_gate_that_is_shut(kind: str, images: LabelledImages) -> None:
    made = network(kind)
    shown = _Shown(made, torch.from_numpy(images.image(0)).permute(2, 0, 1)[None])
    with torch.no_grad():
        wanted = made.logits(shown._image).double().softmax(-1)[0]
    for gate, own in shown.maps.items():
        items = len(shown.weights(gate))
        assert items == own.shape[1:-2].numel()
        rows = np.stack([np.ones(items, dtype=bool), np.zeros(items, dtype=bool)])
        shut = torch.full_like(own, -1.0 if gate.residual else 0.0)
        found = shown.answer(gate, shut)(rows)
        assert found[0] == pytest.approx(float(wanted.max()), abs=1e-6)
        with torch.no_grad(), clamped({gate: shut}):
            without = made.logits(shown._image).double().softmax(-1)[0, shown._label]
        assert found[1] == pytest.approx(float(without), abs=1e-6)


def test_channels_are_judged_gate_by_gate(images: LabelledImages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "IMAGES", 2)
    monkeypatch.setattr(holding, "HELD", 3)
    made = network("scale")
    found = judged_channels(made, images)
    names = [name for name, module in made.named_modules() if isinstance(module, Gate)]
    ways = ("channels to zero", "channels to mean map")
    assert list(found) == [f"{name}, {how}" for name in names for how in ways]
    assert {one.examples for one in found.values()} == {2}
