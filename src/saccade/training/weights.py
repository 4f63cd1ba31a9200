"""A model's weights as a safetensors file: tied weights are stored once, and tied again on loading."""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from saccade.errors import MissingError, RunError
from saccade.storage import written_aside


def save_weights(model: nn.Module, path: Path) -> None:
    """Write a model's weights to a file, whole or not at all.

    Raises:
        StorageError: It could not be written; a file that stood there is untouched.
    """
    with written_aside(path) as aside:
        write_tensors(own_tensors(model), aside, tied(model))


def load_weights(model: nn.Module, path: Path) -> None:
    """Read a model's weights from a file into the model, tensors that are tied in the model staying tied.

    Raises:
        MissingError: The file is not there.
        RunError: The file is damaged, or is of a model of another shape.
    """
    tensors = read_weights(path)
    try:
        fill(model, tensors)
    except ValueError as error:
        raise RunError(f"`{path}` holds the weights of another model: {error}. Use the run's own recipe.") from error


def read_weights(path: Path) -> dict[str, Tensor]:
    """Read a file of weights by name, to use some of them.

    Raises:
        MissingError: The file is not there.
        RunError: The file is damaged.
    """
    if not path.is_file():
        raise MissingError(f"`{path}` is not there: the run is incomplete. Train it anew, or copy its whole folder.")
    try:
        return read_tensors(path)
    except (OSError, SafetensorError, ValueError) as error:
        raise RunError(f"`{path}` is damaged: {error}. Copy it again, or train the run anew.") from error


def fill(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    """Put tensors into a model, by name.

    Raises:
        ValueError: They are not those of this model.
    """
    expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    got = {name: tuple(value.shape) for name, value in tensors.items()}
    for name in sorted(got.keys() | expected.keys()):
        if got.get(name) != expected.get(name):
            held, wanted = got.get(name, "missing"), expected.get(name, "missing")
            raise ValueError(f"`{name}` is {held} in the file and {wanted} in the model")
    model.load_state_dict(tensors)


def own_tensors(model: nn.Module) -> dict[str, Tensor]:
    """Give the tensors of a model by name, each one once."""
    aliases = tied(model)
    return {name: value.detach() for name, value in _tensors(model).items() if name not in aliases}


def tied(model: nn.Module) -> dict[str, str]:
    """Give the further names of tensors that have several, with the first name of each.

    Example:
        >>> model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
        >>> model[1].weight = model[0].weight
        >>> tied(model)
        {'1.weight': '0.weight'}
    """
    first: dict[int, str] = {}
    names = {name: first.setdefault(id(value), name) for name, value in _tensors(model).items()}
    return {name: owner for name, owner in names.items() if name != owner}


def mean_weights(model: nn.Module, paths: list[Path]) -> None:
    """Put the mean of the weights of several files into a model; what is no floating-point number comes from the last.

    Source:
        Junczys-Dowmunt et al. 2016, arXiv:1605.04809, section 3.2, "model averaging".
    """
    sums: dict[str, Tensor] = {}
    for path in paths:
        load_weights(model, path)
        for name, value in own_tensors(model).items():
            if value.is_floating_point():
                sums[name] = sums.get(name, torch.zeros((), dtype=torch.float64)) + value.cpu().double()
    for name, value in own_tensors(model).items():
        if name in sums:
            value.copy_(sums[name] / len(paths))


def write_tensors(tensors: dict[str, Tensor], path: Path, aliases: dict[str, str] | None = None) -> None:
    """Write tensors as they are, with the further names of tied ones."""
    # Contiguous and on its own: the weights of a recurrent layer may be views of one buffer.
    whole = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    save_file(whole, path, metadata={"format": "pt", "tied": json.dumps(aliases or {})})


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read tensors, tied ones under each of their names.

    Raises:
        OSError, SafetensorError, ValueError: The file is not there or is damaged.
    """
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in list(file.keys())}
        aliases = json.loads((file.metadata() or {}).get("tied", "{}"))
    return tensors | {alias: tensors[name] for alias, name in aliases.items() if name in tensors}


def _tensors(model: nn.Module) -> dict[str, Tensor]:
    return model.state_dict(keep_vars=True)
