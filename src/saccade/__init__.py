"""A toolkit for attention: train small models, see where they look, know how far to trust it.

model = saccade.load("runs/dates")
model.predict(["jeudi 7 mars 1987"])
model.look("jeudi 7 mars 1987")
with saccade.record(any_torch_model) as recording: ...
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from saccade.maps.record import record as record
    from saccade.run.comparison import compare as compare
    from saccade.run.model import Model as Model
    from saccade.run.tasks import load as load
    from saccade.run.train import train as train

__version__ = "0.1.0"
# Where a name comes from: what needs torch is imported when it is asked for.
HOMES: Final = {
    "Model": "saccade.run.model",
    "compare": "saccade.run.comparison",
    "load": "saccade.run.tasks",
    "record": "saccade.maps.record",
    "train": "saccade.run.train",
}


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(importlib.import_module(HOMES[name]), name)
    raise AttributeError(f"`saccade` has no `{name}`. It has: {', '.join(HOMES)}.")


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
