from typing import Any

import pytest
import torch

from saccade.training import precision
from saccade.training.precision import autocast

PROCESSOR = torch.device("cpu")


def product_type() -> torch.dtype:
    return (torch.ones(2, 3) @ torch.ones(3, 5)).dtype


@pytest.mark.parametrize(("native", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_auto_goes_by_the_processor(monkeypatch: pytest.MonkeyPatch, native: bool, expected: torch.dtype) -> None:
    monkeypatch.setattr(precision, "native_bfloat16", lambda device: native)
    with autocast("auto", PROCESSOR):
        assert product_type() == expected


@pytest.mark.parametrize("native", [True, False])
def test_a_named_precision_is_taken_as_said(monkeypatch: pytest.MonkeyPatch, native: bool) -> None:
    monkeypatch.setattr(precision, "native_bfloat16", lambda device: native)
    with autocast("float32", PROCESSOR):
        assert product_type() == torch.float32
    with autocast("bfloat16", PROCESSOR):
        assert product_type() == torch.bfloat16


def test_native_means_one_of_the_two_instruction_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for avx, amx in [(True, False), (False, True), (False, False)]:
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda avx=avx: avx)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda amx=amx: amx)
        assert precision.native_bfloat16(PROCESSOR) is (avx or amx)
    assert precision.native_bfloat16(torch.device("meta")) is False


@pytest.mark.parametrize(
    ("asked", "native", "expected"),
    [
        ("auto", True, "bfloat16"),
        ("auto", False, "float32"),
        ("float32", True, "float32"),
        ("bfloat16", False, "bfloat16"),
    ],
)
def test_what_is_taken_has_a_name(monkeypatch: pytest.MonkeyPatch, asked: Any, native: bool, expected: str) -> None:
    monkeypatch.setattr(precision, "native_bfloat16", lambda device: native)
    assert precision.taken(asked, PROCESSOR) == expected


@pytest.mark.parametrize(("there", "expected"), [(False, "cpu"), (True, "meta")])
def test_training_takes_an_accelerator_that_is_there(
    monkeypatch: pytest.MonkeyPatch, there: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: there)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("meta"))
    assert precision.training_device() == torch.device(expected)
