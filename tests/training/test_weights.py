from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tests.training.example import ExampleModel
from torch import nn

from saccade.errors import MissingError, RunError
from saccade.training.weights import load_weights, mean_weights, save_weights


def noisy(model: nn.Module, seed: int) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return model


def test_tied_weights_are_stored_once_and_tied_again(tmp_path: Path) -> None:
    saved, loaded = noisy(ExampleModel(), 3), ExampleModel()
    save_weights(saved, tmp_path / "model.safetensors")
    assert set(load_file(tmp_path / "model.safetensors")) == {
        "embedding.weight",
        "hidden.weight",
        "hidden.bias",
        "readout.bias",
    }
    load_weights(loaded, tmp_path / "model.safetensors")
    assert loaded.readout.weight is loaded.embedding.weight
    for name, value in saved.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value)


def test_tied_weights_fill_a_model_that_does_not_tie_them(tmp_path: Path) -> None:
    saved, loaded = noisy(ExampleModel(), 3), ExampleModel()
    loaded.readout.weight = nn.Parameter(torch.zeros(17, 11))
    save_weights(saved, tmp_path / "model.safetensors")
    load_weights(loaded, tmp_path / "model.safetensors")
    assert torch.equal(loaded.readout.weight, saved.embedding.weight)


def test_views_of_one_buffer_are_saved_each_on_its_own(tmp_path: Path) -> None:
    buffer = torch.arange(30.0)
    model = nn.Module()
    model.first, model.second = nn.Parameter(buffer[:15].view(3, 5).T), nn.Parameter(buffer[15:])
    save_weights(model, tmp_path / "model.safetensors")
    torch.testing.assert_close(load_file(tmp_path / "model.safetensors")["first"], buffer[:15].view(3, 5).T)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (nn.Linear(5, 7), r"`bias` is \(3,\) in the file and \(7,\) in the model"),
        (nn.Linear(5, 3, bias=False), r"`bias` is \(3,\) in the file and missing in the model"),
        (nn.Sequential(nn.Linear(5, 3)), r"`0\.bias` is missing in the file and \(3,\) in the model"),
    ],
)
def test_weights_of_another_model_are_refused(tmp_path: Path, other: nn.Module, message: str) -> None:
    save_weights(nn.Linear(5, 3), tmp_path / "model.safetensors")
    with pytest.raises(RunError, match=rf"holds the weights of another model: {message}\. Use the run's own recipe"):
        load_weights(other, tmp_path / "model.safetensors")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"model\.safetensors` is not there: the run is incomplete"):
        load_weights(nn.Linear(5, 3), tmp_path / "model.safetensors")


@pytest.mark.parametrize("keep", [0, 5, 100, -10])
def test_a_damaged_file_is_told(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "model.safetensors"
    save_weights(nn.Linear(5, 3), path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(RunError, match=r"model\.safetensors` is damaged: .*Copy it again"):
        load_weights(nn.Linear(5, 3), path)


def test_the_mean_of_weights(tmp_path: Path) -> None:
    models = [noisy(ExampleModel(), seed) for seed in (2, 3, 5)]
    paths = [tmp_path / f"{number}.safetensors" for number in range(3)]
    for model, path in zip(models, paths, strict=True):
        save_weights(model, path)
    mean = ExampleModel()
    mean_weights(mean, paths)
    for name, value in mean.state_dict().items():
        torch.testing.assert_close(value, sum(model.state_dict()[name] for model in models) / 3)
    assert mean.readout.weight is mean.embedding.weight


def test_counts_are_not_averaged(tmp_path: Path) -> None:
    paths = [tmp_path / "1.safetensors", tmp_path / "2.safetensors"]
    for count, path in enumerate(paths, start=1):
        model = nn.BatchNorm1d(3)
        for _ in range(count):
            model(torch.randn(5, 3))
        save_weights(model, path)
    mean = nn.BatchNorm1d(3)
    mean_weights(mean, paths)
    assert int(mean.num_batches_tracked or 0) == 2
