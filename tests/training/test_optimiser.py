import pytest
import torch
from tests.training.example import ExampleBatches, ExampleModel
from torch import Tensor, nn

from saccade.training import TrainingOptions
from saccade.training.optimiser import OPTIMISERS, adamw, optimiser_tensors, restore_optimiser, scale_gradients, sgd
from saccade.training.options import CHOICES

KINDS = {
    "adamw": TrainingOptions(max_epochs=1, weight_decay=0.1, betas=(0.8, 0.9)),
    "sgd": TrainingOptions(max_epochs=1, optimiser="sgd", weight_decay=0.1, momentum=0.8),
    "sgd without momentum": TrainingOptions(max_epochs=1, optimiser="sgd", weight_decay=0.1, momentum=0.0),
}
kinds = pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)


def made(model: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    return OPTIMISERS[options.optimiser](model, options)


def stepped(model: nn.Module, options: TrainingOptions = KINDS["adamw"], *, steps: int = 3) -> torch.optim.Optimizer:
    optimiser = made(model, options)
    for step in range(steps):
        model(ExampleBatches().load((1, step))).total.backward()
        for group in optimiser.param_groups:
            group["lr"] = 0.01
        optimiser.step()
        optimiser.zero_grad()
    return optimiser


def decays(model: nn.Module, options: TrainingOptions) -> dict[str, float]:
    groups = made(model, options).param_groups
    by_id = {id(parameter): group["weight_decay"] for group in groups for parameter in group["params"]}
    return {name: by_id[id(parameter)] for name, parameter in model.named_parameters()}


def test_the_options_name_every_optimiser() -> None:
    assert set(CHOICES["optimiser"]) == set(OPTIMISERS)


@kinds
def test_only_matrices_that_are_no_embeddings_decay(options: TrainingOptions) -> None:
    expected = {"embedding.weight": 0.0, "hidden.weight": 0.1, "hidden.bias": 0.0, "readout.bias": 0.0}
    assert decays(ExampleModel(), options) == expected


@kinds
def test_kernels_decay_and_norms_of_images_do_not(options: TrainingOptions) -> None:
    model = nn.Sequential(nn.Conv2d(3, 5, 2), nn.BatchNorm2d(5))
    assert decays(model, options) == {"0.weight": 0.1, "0.bias": 0.0, "1.weight": 0.0, "1.bias": 0.0}


@pytest.mark.parametrize("nesterov", [False, True])
def test_gradient_descent_is_as_its_formula_says(nesterov: bool) -> None:
    model = nn.Linear(3, 2, bias=False)
    weight = model.weight.detach().clone()
    optimiser = sgd(model, weight_decay=0.3, momentum=0.7, nesterov=nesterov)
    running = torch.zeros(2, 3)
    for step, rate in enumerate((0.5, 0.2, 0.1), start=1):
        gradient = torch.full((2, 3), float(step))
        model.weight.grad = gradient.clone()
        optimiser.param_groups[0]["lr"] = rate
        optimiser.step()
        decayed = gradient + 0.3 * weight
        running = 0.7 * running + decayed
        weight = weight - rate * (decayed + 0.7 * running if nesterov else running)
    torch.testing.assert_close(model.weight.detach(), weight)


def test_frozen_parameters_are_left_out() -> None:
    model = nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5))
    model[0].requires_grad_(False)
    groups = adamw(model, weight_decay=0.1, betas=(0.8, 0.9)).param_groups
    assert [len(group["params"]) for group in groups] == [2]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("adamw", {"exp_avg", "exp_avg_sq", "step"}),
        ("sgd", {"momentum_buffer"}),
        ("sgd without momentum", set()),
    ],
)
def test_the_state_comes_back_by_name(kind: str, kept: set[str]) -> None:
    model, options = ExampleModel(dropout=0.0), KINDS[kind]
    optimiser = stepped(model, options)
    tensors = {name: value.clone() for name, value in optimiser_tensors(model, optimiser).items()}
    assert {name for name in tensors if name.endswith("/hidden.weight")} == {f"{kind}/hidden.weight" for kind in kept}
    twin = ExampleModel(dropout=0.0)
    twin.load_state_dict(model.state_dict())
    restored = made(twin, options)
    restore_optimiser(twin, restored, tensors)
    for trained, its_optimiser in ((model, optimiser), (twin, restored)):
        trained(ExampleBatches().load((2, 0))).total.backward()
        for group in its_optimiser.param_groups:
            group["lr"] = 0.01
        its_optimiser.step()
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("tensors", [{"exp_avg/nothing": torch.zeros(3)}, {"exp_avg/hidden.bias": torch.zeros(3)}])
def test_the_state_of_another_model_is_refused(tensors: dict[str, Tensor]) -> None:
    model = ExampleModel()
    with pytest.raises(ValueError, match=r"exp_avg/.*of shape \(3,\), is not of this model"):
        restore_optimiser(model, adamw(model, weight_decay=0.0, betas=(0.8, 0.9)), tensors)


@pytest.mark.parametrize(
    ("clip_norm", "expected"), [(None, [1.5, 2.0]), (5.0, [1.5, 2.0]), (1.25, [0.75, 1.0]), (2.5, [1.5, 2.0])]
)
def test_gradients_are_scaled_then_shortened(clip_norm: float | None, expected: list[float]) -> None:
    model = nn.Linear(2, 1, bias=False)
    model.weight.grad = torch.tensor([[3.0, 4.0]])
    norm = scale_gradients(model, torch.tensor(0.5), clip_norm=clip_norm)
    torch.testing.assert_close(norm, torch.tensor(2.5))
    torch.testing.assert_close(model.weight.grad, torch.tensor([expected]))


def test_a_gradient_that_is_not_finite_is_told_by_its_norm() -> None:
    model = nn.Linear(2, 1, bias=False)
    model.weight.grad = torch.tensor([[3.0, float("nan")]])
    assert scale_gradients(model, torch.tensor(0.5), clip_norm=1.0).isnan()
