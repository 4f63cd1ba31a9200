"""What does not fit is refused with a sentence that says what would."""

import pytest
import torch
from torch import Tensor

from saccade.attention import Memory, Prepared
from saccade.attention.memory import blank_masked, check_look, check_memory, joint_mask
from saccade.errors import DataError

KEYS, VALUES = torch.zeros(2, 7, 5), torch.zeros(2, 7, 3)


@pytest.mark.parametrize(
    ("memory", "message"),
    [
        (Memory(torch.zeros(7, 5), VALUES), r"`memory.keys` must have .* width = 5, but has \(7, 5\)"),
        (Memory(torch.zeros(2, 7, 4), VALUES), r"`memory.keys` must have .* width = 5, but has \(2, 7, 4\)"),
        (Memory(KEYS, torch.zeros(2, 7)), r"`memory.values` must have .* width = 3, but has \(2, 7\)"),
        (Memory(KEYS, torch.zeros(2, 6, 3)), r"must agree in \(batch, key\), but are \(2, 7\) and \(2, 6\)"),
        (Memory(KEYS.long(), VALUES), r"`memory.keys` must be of floating point, but is torch.int64"),
        (Memory(KEYS, VALUES, torch.ones(2, 7)), r"`memory.mask` must be torch.bool.*, but is torch.float32"),
        (Memory(KEYS, VALUES, torch.ones(7).bool()), r"\(batch, key\) = \(2, 7\), but has \(7,\)\. Give it one"),
        (Memory(KEYS, VALUES, torch.ones(7, 2).bool()), r"\(batch, key\) = \(2, 7\), but has \(7, 2\)\. Transpose it"),
        (Memory(KEYS, VALUES, torch.ones(2, 1, 7).bool()), r"= \(2, 7\), but has \(2, 1, 7\)\. Give it one entry"),
    ],
)
def test_memory_that_does_not_fit(memory: Memory, message: str):
    with pytest.raises(DataError, match=message):
        check_memory(memory, d_key=5, d_value=3)


def test_any_width_of_values_where_none_is_asked():
    check_memory(Memory(KEYS, VALUES), d_key=5)


@pytest.mark.parametrize(
    ("query", "mask", "message"),
    [
        (torch.zeros(2, 11), None, r"\(2, any, 11\), but has \(2, 11\)\. For one query a sequence, use"),
        (torch.zeros(3, 1, 11), None, r"= \(2, any, 11\), but has \(3, 1, 11\)"),
        (torch.zeros(2, 1, 13), None, r"= \(2, any, 11\), but has \(2, 1, 13\)"),
        (torch.zeros(2, 3, 11), torch.ones(2, 3, 7), r"`mask` must be torch.bool"),
        (torch.zeros(2, 3, 11), torch.ones(2, 7).bool(), r"\(batch, query, key\) = \(2, 3, 7\), but has \(2, 7\)"),
        (torch.zeros(2, 3, 11), torch.ones(2, 7, 3).bool(), r"= \(2, 3, 7\), but has \(2, 7, 3\)\. Transpose it"),
    ],
)
def test_look_that_does_not_fit(query: Tensor, mask: Tensor | None, message: str):
    with pytest.raises(DataError, match=message):
        check_look(query, Prepared(KEYS, VALUES), mask, d_query=11)


def test_blanks_only_what_is_masked():
    mask = torch.rand(2, 7) < 0.5
    keys = torch.where(mask.unsqueeze(-1), 1.0, torch.nan).expand(2, 7, 5)
    blanked = blank_masked(Memory(keys, VALUES + 1, mask))
    torch.testing.assert_close(blanked.keys, mask.float().unsqueeze(-1).expand(2, 7, 5))
    torch.testing.assert_close(blanked.values, mask.float().unsqueeze(-1).expand(2, 7, 3))


def test_keys_that_are_values_are_blanked_once():
    blanked = blank_masked(Memory(KEYS, KEYS, torch.ones(2, 7).bool()))
    assert blanked.values is blanked.keys


def test_joint_mask_of_none():
    assert joint_mask(None, None) is None
