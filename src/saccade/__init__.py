"""A toolkit for attention: train small models, see where they look, know how far to trust it.

model = saccade.load("runs/dates")
model.predict(["jeudi 7 mars 1987"])
model.look("jeudi 7 mars 1987")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saccade.run import Answer, Evaluation, Model, load, train

__version__ = "0.1.0"
__all__ = ["Answer", "Evaluation", "Model", "__version__", "load", "train"]


def __getattr__(name: str) -> Any:
    """What needs torch is imported when it is asked for."""
    if name in __all__:
        import saccade.run

        return getattr(saccade.run, name)
    raise AttributeError(f"module `saccade` has no attribute `{name}`. It has: {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
