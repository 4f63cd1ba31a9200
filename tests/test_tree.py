from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from saccade.errors import OptionError
from saccade.tree import count_rows, device_of, reorder


class Pair(NamedTuple):
    left: Tensor
    right: tuple[Tensor, None]


def test_reorder_selects_rows_of_every_tensor() -> None:
    rows = torch.tensor([4, 0, 0])
    left, right = torch.arange(5), torch.randn(5, 3, 2)
    found = reorder((Pair(left, (right, None)), None), rows)
    assert isinstance(found[0], Pair)
    assert found[1] is None
    assert found[0].right[1] is None
    torch.testing.assert_close(found[0].left, left[rows])
    torch.testing.assert_close(found[0].right[0], right[rows])


def test_reorder_refuses_what_it_does_not_know() -> None:
    with pytest.raises(OptionError, match="`state` holds a dict, which cannot be reordered"):
        reorder(({"hidden": torch.zeros(3)},), torch.tensor([0]))  # pyright: ignore[reportArgumentType]


def test_device_is_that_of_the_first_tensor() -> None:
    assert device_of((None, (Pair(torch.zeros(2, device="meta"), (torch.zeros(2), None)),))) == torch.device("meta")
    assert device_of(None) == torch.device("cpu")


def test_rows_are_those_of_the_first_tensor_though_it_be_empty() -> None:
    assert count_rows((None, ((), torch.zeros(7, 2, 0)), torch.zeros(3))) == 7
    assert count_rows(None) == 0
