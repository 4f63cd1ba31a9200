"""In which precision the products of a training are computed."""

import os
from typing import Final, Literal

import torch

Precision = Literal["float32", "bfloat16"]

PRODUCT_SHAPES: Final = 32
"""Shapes of products whose code oneDNN keeps; its own default of 1,024 comes to gigabytes where lengths vary."""


def native_bfloat16(device: torch.device) -> bool:
    """Tell whether a device multiplies bfloat16 matrices natively, and so faster than float32."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return device.type == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def training_device() -> torch.device:
    """The kind of device that a training of this process takes: an accelerator where there is one."""
    accelerator = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return accelerator or torch.device("cpu")


def taken(precision: Precision | Literal["auto"], device: torch.device) -> Precision:
    """The precision of the products on a device: auto is bfloat16 where `native_bfloat16`, else float32."""
    if precision != "auto":
        return precision
    return "bfloat16" if native_bfloat16(device) else "float32"


def bound_product_code() -> None:
    """Keep little of the code that oneDNN makes for each shape of a bfloat16 product; a set variable is left alone.

    Read once, at the first such product of the process.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(PRODUCT_SHAPES))


def autocast(precision: Precision | Literal["auto"], device: torch.device) -> torch.autocast:
    """Make the context in which a forward pass runs.

    The weights and the optimiser's state stay float32; bfloat16 has float32's range, so that the loss needs no scaling.

    Args:
        precision: Of the products; see `taken`.
        device: Where the model is.

    Example:
        >>> with autocast("bfloat16", torch.device("cpu")):
        ...     print((torch.ones(2, 3) @ torch.ones(3, 5)).dtype)
        torch.bfloat16
    """
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=taken(precision, device) == "bfloat16")
