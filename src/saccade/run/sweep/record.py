"""`sweep.json`: what came of each run of a sweep so far."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from saccade.errors import RunError
from saccade.storage import written_aside
from saccade.training.trained import Trained

FILE: Final = "sweep.json"
FORMAT: Final = "saccade.sweep"
VERSION: Final = 1


@final
class Outcome(NamedTuple):
    """What came of a training.

    Attributes:
        updates: How many were done; 0 where it failed.
        elapsed_s: Seconds of training, with validation, over interruptions.
        ended_by: The limit that ended it.
        failed: Why it failed; None where it did not.
    """

    updates: int = 0
    elapsed_s: float = 0.0
    ended_by: str | None = None
    failed: str | None = None

    @classmethod
    def of(cls, trained: Trained) -> "Outcome":
        """The outcome of a training that came to its end."""
        return cls(trained.updates, trained.elapsed_s, trained.ended_by)


def read(folder: Path) -> dict[str, Outcome]:
    """The outcomes by name of the run; none where nothing was trained yet.

    Raises:
        RunError: The file is damaged, from a newer version, or something else.
    """
    file = folder / FILE
    if not file.is_file():
        return {}
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        _check_format(saved, file)
        return {str(name): Outcome(**outcome) for name, outcome in saved["runs"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(
            f"{file} is damaged: {error}. Remove it: the runs stay, and the same command looks at each of them again."
        ) from None


def write(folder: Path, outcomes: dict[str, Outcome]) -> None:
    """Write the outcomes down.

    Raises:
        StorageError: No room, or no permission.
    """
    runs = {name: outcome._asdict() for name, outcome in outcomes.items()}
    saved = {"format": FORMAT, "version": VERSION, "runs": runs}
    with written_aside(folder / FILE) as aside:
        aside.write_text(json.dumps(saved, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _check_format(saved: Any, file: Path) -> None:
    if saved["format"] != FORMAT:
        raise RunError(f"{file} is of another kind: it says {saved['format']!r}, a sweep says {FORMAT!r}.")
    if saved["version"] > VERSION:
        raise RunError(
            f"{file} was made by a newer Saccade: its format is {saved['version']}, this one reads up to {VERSION}. "
            "Update Saccade."
        )
