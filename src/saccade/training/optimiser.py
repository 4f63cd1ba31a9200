"""Optimisers over a model's parameters, their state by parameter name, and the scaling of gradients.

Matrices and kernels decay. Biases, norms and embeddings don't: an embedding's row is seldom updated, yet would decay at
each update. A matrix that is tied to an embedding counts as one. The learning rate is set before each update.
"""

from collections.abc import Callable
from typing import Any, Final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.training.options import TrainingOptions


def adamw(model: nn.Module, *, weight_decay: float, betas: tuple[float, float]) -> torch.optim.AdamW:
    """Make AdamW: steps by the running mean of gradients over the root of that of their squares; decoupled decay.

    Source:
        Loshchilov & Hutter 2019, arXiv:1711.05101.
    """
    return torch.optim.AdamW(_groups(model, weight_decay), lr=0.0, betas=betas, fused=True)


def sgd(model: nn.Module, *, weight_decay: float, momentum: float, nesterov: bool) -> torch.optim.SGD:
    r"""Make gradient descent with momentum.

    $v \leftarrow \mu v + g + \lambda w$, then $w \leftarrow w - \eta v$, at learning rate $\eta$, momentum $\mu$, decay
    $\lambda$; with Nesterov's look ahead $w \leftarrow w - \eta (g + \lambda w + \mu v)$

    Source:
        Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", section 2.

    Differs:
        The paper has the learning rate inside the running sum, here it is outside: the two differ while it changes.
    """
    return torch.optim.SGD(_groups(model, weight_decay), lr=0.0, momentum=momentum, nesterov=nesterov, fused=True)


def _adamw(model: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """Steps by the running mean of gradients over the root of that of their squares."""
    return adamw(model, weight_decay=options.weight_decay, betas=options.betas)


def _sgd(model: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """Gradient descent with momentum."""
    return sgd(model, weight_decay=options.weight_decay, momentum=options.momentum, nesterov=options.nesterov)


OPTIMISERS: Final[dict[str, Callable[[nn.Module, TrainingOptions], torch.optim.Optimizer]]] = {
    "adamw": _adamw,
    "sgd": _sgd,
}
"""What a recipe's `training.optimiser` names, made of its options."""


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    embeddings = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    learnt = [parameter for parameter in model.parameters() if parameter.requires_grad]
    decayed = [parameter for parameter in learnt if parameter.ndim >= 2 and id(parameter) not in embeddings]
    left_alone = [parameter for parameter in learnt if parameter.ndim < 2 or id(parameter) in embeddings]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": left_alone, "weight_decay": 0.0}]
    return [group for group in groups if group["params"]]


def optimiser_tensors(model: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Lay the optimiser's state out as tensors named `kind/parameter`."""
    return {
        f"{kind}/{name}": value
        for name, parameter in model.named_parameters()
        for kind, value in optimiser.state.get(parameter, {}).items()
        if value is not None  # of gradient descent without momentum
    }


def restore_optimiser(model: nn.Module, optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put back what `optimiser_tensors` laid out.

    Raises:
        ValueError: The tensors are not those of this model.
    """
    parameters = dict(model.named_parameters())
    for full_name, value in tensors.items():
        kind, _, name = full_name.partition("/")
        parameter = parameters.get(name)
        if parameter is None or (value.ndim > 0 and value.shape != parameter.shape):
            raise ValueError(
                f"the optimiser's state `{full_name}`, of shape {tuple(value.shape)}, is not of this model"
            )
        like = parameter.detach() if value.ndim > 0 else value.to(parameter.device)
        optimiser.state[parameter][kind] = torch.empty_like(like).copy_(value)


@torch.no_grad()
def scale_gradients(model: nn.Module, scale: Float[Tensor, ""], *, clip_norm: float | None) -> Float[Tensor, ""]:
    """Multiply all gradients by `scale`, shorten them to `clip_norm`; give their norm between the two."""
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    norm = torch.nn.utils.get_total_norm(gradients) * scale
    factor = scale if clip_norm is None else scale * (clip_norm / (norm + 1e-6)).clamp(max=1.0)
    for gradient in gradients:
        gradient.mul_(factor)
    return norm
