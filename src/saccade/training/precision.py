"""In which precision the products of a training are computed."""

import os
from typing import Literal

import torch

PRODUCT_SHAPES = 32
"""Shapes of products whose code oneDNN keeps; its own default of 1,024 comes to gigabytes where lengths vary."""


def native_bfloat16(device: torch.device) -> bool:
    """Tell whether a device multiplies bfloat16 matrices natively, and so faster than float32."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return device.type == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def bound_product_code() -> None:
    """Keep little of the code that oneDNN makes for each shape of a bfloat16 product; a set variable is left alone.

    Read once, at the first such product of the process.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(PRODUCT_SHAPES))


def autocast(precision: Literal["auto", "float32", "bfloat16"], device: torch.device) -> torch.autocast:
    """Make the context in which a forward pass runs.

    The weights and the optimiser's state stay float32; bfloat16 has float32's range, so that the loss needs no scaling.

    Args:
        precision: auto is bfloat16 where `native_bfloat16`, else float32.
        device: Where the model is.

    Example:
        >>> with autocast("bfloat16", torch.device("cpu")):
        ...     print((torch.ones(2, 3) @ torch.ones(3, 5)).dtype)
        torch.bfloat16
    """
    low = precision == "bfloat16" or (precision == "auto" and native_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=low)
