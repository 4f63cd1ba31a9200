"""The tables name every decoder and every output that there is."""

import importlib
import inspect
import pkgutil

import pytest

import saccade.decoders
from saccade.decoders import DECODERS, OUTPUTS, Decoder, OutputLayer


@pytest.mark.parametrize(("kind", "table"), [(Decoder, DECODERS), (OutputLayer, OUTPUTS)])
def test_every_part_is_in_its_table(kind: type, table: dict[str, type]) -> None:
    modules = [
        importlib.import_module(f"saccade.decoders.{found.name}")
        for found in pkgutil.iter_modules(saccade.decoders.__path__)
    ]
    classes = {part for module in modules for _, part in inspect.getmembers(module, inspect.isclass)}
    assert {part for part in classes if issubclass(part, kind) and not inspect.isabstract(part)} == set(table.values())
