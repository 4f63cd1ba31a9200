import pytest
import torch
from tests.training.example import ExampleBatches, ExampleModel
from torch import Tensor, nn

from saccade.training.optimiser import adamw, optimiser_tensors, restore_optimiser, scale_gradients


def stepped(model: nn.Module, *, steps: int = 3) -> torch.optim.AdamW:
    optimiser = adamw(model, weight_decay=0.1, betas=(0.8, 0.9))
    for step in range(steps):
        model(ExampleBatches().load((1, step))).total.backward()
        for group in optimiser.param_groups:
            group["lr"] = 0.01
        optimiser.step()
        optimiser.zero_grad()
    return optimiser


def decays(model: nn.Module) -> dict[str, float]:
    groups = adamw(model, weight_decay=0.1, betas=(0.8, 0.9)).param_groups
    by_id = {id(parameter): group["weight_decay"] for group in groups for parameter in group["params"]}
    return {name: by_id[id(parameter)] for name, parameter in model.named_parameters()}


def test_only_matrices_that_are_no_embeddings_decay() -> None:
    expected = {"embedding.weight": 0.0, "hidden.weight": 0.1, "hidden.bias": 0.0, "readout.bias": 0.0}
    assert decays(ExampleModel()) == expected


def test_frozen_parameters_are_left_out() -> None:
    model = nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5))
    model[0].requires_grad_(False)
    groups = adamw(model, weight_decay=0.1, betas=(0.8, 0.9)).param_groups
    assert [len(group["params"]) for group in groups] == [2]


def test_the_state_comes_back_by_name() -> None:
    model = ExampleModel(dropout=0.0)
    optimiser = stepped(model)
    tensors = {name: value.clone() for name, value in optimiser_tensors(model, optimiser).items()}
    assert "exp_avg/hidden.weight" in tensors
    twin = ExampleModel(dropout=0.0)
    twin.load_state_dict(model.state_dict())
    restored = adamw(twin, weight_decay=0.1, betas=(0.8, 0.9))
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
