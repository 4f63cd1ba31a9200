"""A weight for each channel: the plain formula, in every layout."""

import pytest
import torch

from saccade.gates.fused.weighed_channels import weighed_channels

LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("channels", [1, 7])
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
@pytest.mark.parametrize("summand", ["none", "channels", "all", "all, laid out otherwise"])
def test_it_is_the_plain_formula(layout: torch.memory_format, channels: int, dtype: torch.dtype, summand: str) -> None:
    torch.manual_seed(0)
    features = torch.randn(2, channels, 5, 3, dtype=dtype).contiguous(memory_format=layout)
    factor, number = torch.rand(2, channels, dtype=dtype), torch.randn(2, channels, dtype=dtype)
    whole = torch.randn(2, channels, 5, 3, dtype=dtype).contiguous(
        memory_format=layout if summand == "all" else torch.contiguous_format
    )
    given = {"none": None, "channels": number}.get(summand, whole)
    expected = features.double() * factor.double()[:, :, None, None]
    if given is not None:
        expected = expected + (given[:, :, None, None] if given.dim() == 2 else given)
    weighed = weighed_channels(features, factor, given)
    # In bfloat16 what is left of a sum is as exact as its terms, which are below 4.
    torch.testing.assert_close(weighed.double(), expected, rtol=0, atol=1e-12 if dtype == torch.float64 else 4 * 2**-8)
    assert weighed.is_contiguous(memory_format=layout)
