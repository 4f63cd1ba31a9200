"""What other people's models look at, overheard: which calls an attention is made of, and in which module they fall."""

import inspect
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, Final, NamedTuple, final

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from saccade.maps.dot_products import dot_product_weights
from saccade.recording import ALL_REAL, Real

Hear = Callable[[nn.Module, Tensor, Real], None]
"""Is called with the innermost module in which there was a look, the weights (batch, …, query, key), what is real."""

_OURS: Final = __name__.partition(".")[0]
_SOFTMAXES: Final = {functional.softmax, torch.softmax, Tensor.softmax}
# What leaves weights what they are, but for their type, their shape, and what is dropped at random.
_KEEPING: Final = {
    functional.dropout,
    torch.dropout,
    torch.reshape,
    torch.squeeze,
    torch.unsqueeze,
    Tensor.bfloat16,
    Tensor.clone,
    Tensor.contiguous,
    Tensor.double,
    Tensor.float,
    Tensor.half,
    Tensor.reshape,
    Tensor.squeeze,
    Tensor.to,
    Tensor.type_as,
    Tensor.unsqueeze,
    Tensor.view,
}
_PRODUCTS: Final = {torch.matmul, Tensor.matmul, torch.bmm, Tensor.bmm}


class _Weights(NamedTuple):
    """What came of a softmax; the tensor is kept, so that its id stays its own."""

    tensor: Tensor
    weights: Tensor


def uncompiled() -> AbstractContextManager[Any]:
    """What was compiled runs as it was written, in which its looks can be heard."""
    # Where nothing imported the compiler, nothing is compiled; and to import it takes a second.
    return torch.compiler.set_stance("force_eager") if "torch._dynamo" in sys.modules else nullcontext()


@final
class Inside:
    """In which module of a model the program is, in the thread that asks.

    Args:
        model: Its modules say when they are called, by hooks, while `following`.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._called: list[nn.Module] = []
        self._thread = threading.get_ident()

    @property
    def innermost(self) -> nn.Module | None:
        """The module whose `forward` runs; None outside of the model."""
        return self._called[-1] if self._called else None

    @contextmanager
    def following(self, gates: Iterable[nn.Module], gave: Callable[[nn.Module, Any], None]) -> Iterator[None]:
        """Follow the calls; what a gate gave back is handed on."""

        def enter(module: nn.Module, _: Any) -> None:
            if threading.get_ident() == self._thread:
                self._called.append(module)

        def leave(*_: Any) -> None:
            if threading.get_ident() == self._thread and self._called:
                self._called.pop()

        def hand_on(module: nn.Module, _: Any, output: Any) -> None:
            if threading.get_ident() == self._thread:
                gave(module, output)

        with ExitStack() as hooks:
            for module in self._model.modules():
                if isinstance(module, torch.jit.ScriptModule):  # takes no hooks, and is not overheard either
                    continue
                hooks.callback(module.register_forward_pre_hook(enter, prepend=True).remove)
                hooks.callback(module.register_forward_hook(leave, always_call=True).remove)
            for gate in gates:
                hooks.callback(gate.register_forward_hook(hand_on).remove)
            yield


@final
class Overhearing(TorchFunctionMode):
    """Hear every look that is made by torch's own functions, in modules that don't show theirs themselves.

    Three things are looks: a call of `scaled_dot_product_attention`; one of `nn.MultiheadAttention`; and a softmax over
    the last axis, whose outcome is then multiplied, as a matrix, with another result. What the functions give back is
    left as it is; weights that they don't give are made beside them, without a gradient.

    Args:
        inside: Says in which module a call falls.
        hear: Is told of each look.

    Attributes:
        outside: How many looks fell outside of the model's modules, and are not told of.
    """

    def __init__(self, inside: Inside, hear: Hear) -> None:
        super().__init__()
        self._inside, self._hear = inside, hear
        self._soft: dict[int, _Weights] = {}
        self.outside = 0

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if func is functional.scaled_dot_product_attention:
            self._tell(lambda module: _of_dot_products(module, args, kwargs))
        elif func is functional.multi_head_attention_forward:
            self._tell(lambda _: _of_several_heads(args, kwargs))
        elif func in _SOFTMAXES:
            dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
            if isinstance(result, Tensor) and dim in (-1, result.ndim - 1):
                self._soft[id(result)] = _Weights(result, result)
        elif self._soft:
            self._follow(func, args, result)
        return result

    def _follow(self, func: Callable[..., Any], args: tuple[Any, ...], result: Any) -> None:
        """Follow the outcome of a softmax up to the product that it weighs."""
        if func in _KEEPING:
            kept = self._soft.get(id(args[0])) if args else None
            if kept is not None and result.numel() == kept.weights.numel():
                self._soft[id(result)] = _Weights(result, kept.weights)
        elif (func in _PRODUCTS and len(args) > 1 and args[1].ndim > 2) or func is torch.einsum:
            operands = args[1:] if func is torch.einsum else args[:1]
            for operand in operands:
                kept = self._soft.get(id(operand))
                if kept is not None and operand.ndim > 2:
                    self._soft = {key: other for key, other in self._soft.items() if other.weights is not kept.weights}
                    shape = operand.shape
                    self._tell(lambda _, kept=kept, shape=shape: (kept.weights.reshape(shape), ALL_REAL))

    def _tell(self, look: Callable[[nn.Module], tuple[Tensor, Real]]) -> None:
        module = self._inside.innermost
        if module is None:
            self.outside += 1
        elif type(module).__module__.partition(".")[0] != _OURS:
            with torch.no_grad(), torch.autocast("cpu", enabled=False), torch.autocast("cuda", enabled=False):
                self._hear(module, *look(module))


def _of_dot_products(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Tensor, Real]:
    weights, real = dot_product_weights(*args, **kwargs)
    if weights.ndim == 2:
        return weights[None], ALL_REAL
    # For one step, Hugging Face lays the heads that share a key where the queries are.
    shared = getattr(module, "num_key_value_groups", 1)
    heads = getattr(getattr(module, "config", None), "num_attention_heads", None)
    packed = shared > 1 and weights.ndim == 4 and weights.shape[2] == shared and weights.shape[1] * shared == heads
    return (weights.flatten(1, 2).unsqueeze(2) if packed else weights), real


_SEVERAL_HEADS: Final = inspect.signature(functional.multi_head_attention_forward)


def _of_several_heads(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Tensor, Real]:
    """The same call once more, for its weights: (batch, head, query, key), nothing dropped."""
    call = _SEVERAL_HEADS.bind(*args, **kwargs)
    call.apply_defaults()
    given = call.arguments
    wanted = {"training": False, "need_weights": True, "average_attn_weights": False}
    weights = functional.multi_head_attention_forward(**{**given, **wanted})[1]
    assert weights is not None
    query, key = given["query"], given["key"]
    weights = weights if query.ndim == 3 else weights[None]
    padding = given["key_padding_mask"]
    if padding is None:
        return _seeing(weights, given["attn_mask"], None), ALL_REAL
    hidden = _hides(padding).reshape(len(weights), -1)
    weights = _seeing(weights, given["attn_mask"], hidden)
    real = ~hidden
    extra = weights.shape[-1] - real.shape[-1]  # a learnt key, and one of zeros, may come after those that were given
    keys = torch.cat([real, real.new_ones(len(real), extra)], -1)
    return weights, Real(real if query is key and not extra else None, keys)


def _seeing(weights: Tensor, mask: Tensor | None, hidden: Tensor | None) -> Tensor:
    """Weights with 0, where a query may look at nothing and torch gives NaN here, though not in its fused kernels."""
    barred = torch.zeros((), dtype=torch.bool, device=weights.device)
    if mask is not None:
        barred = _hides(mask)
        barred = barred if barred.ndim == 2 else barred.reshape(len(weights), -1, *barred.shape[-2:])
    if hidden is not None:
        barred = barred | hidden[:, None, None]
    if barred.ndim < 2 or barred.shape[-1] != weights.shape[-1]:
        return weights
    return weights.masked_fill(barred.all(-1, keepdim=True), 0.0)


def _hides(mask: Tensor) -> Tensor:
    return mask if mask.dtype == torch.bool else mask == -torch.inf
