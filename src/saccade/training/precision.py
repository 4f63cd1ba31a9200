"""In which precision the products of a training are computed."""

from typing import Literal

import torch


def native_bfloat16(device: torch.device) -> bool:
    """Tell whether a device multiplies bfloat16 matrices natively, and so faster than float32."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    return device.type == "cpu" and (torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


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
