"""The one table of a sweep: a row a run, in figures for programs and as text for people."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, final

from saccade.errors import OptionError
from saccade.run.sweep.measures import AGREED, Measured
from saccade.run.sweep.plan import Plan
from saccade.run.sweep.record import Outcome
from saccade.storage import written_aside

SUFFIXES: Final = (".csv", ".md")
_SCORE: Final = ".2f"
_COUNT: Final = ",.0f"


@final
class Table(NamedTuple):
    """What a sweep came to.

    Attributes:
        metric: Its name.
        unit: What lengths are counted in.
        rows: Of the runs that came to their end, in the order of the plan; the first is what the others agree with.
        failed: Why others did not, by name.
        left_out: Why others were not trained, by name.
    """

    metric: str
    unit: str
    rows: list[Measured]
    failed: dict[str, str]
    left_out: dict[str, str]

    @classmethod
    def of(cls, plan: Plan, outcomes: Mapping[str, Outcome], metric: str, rows: list[Measured]) -> "Table":
        """Put together what was planned, trained and measured."""
        failed = {name: outcome.failed for name, outcome in outcomes.items() if outcome.failed is not None}
        unit = plan.runs[0].loaded.recipe.evaluation.length_unit
        return cls(metric, unit, rows, failed, {run.name: run.why for run in plan.left_out})

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "metric": self.metric,
            "signature": self.rows[0].signature,
            "length_unit": self.unit,
            "agreement_with": self.rows[0].name,
            "runs": [row.to_json() for row in self.rows],
            "failed": [{"run": name, "why": why} for name, why in self.failed.items()],
            "left_out": [{"run": name, "why": why} for name, why in self.left_out.items()],
        }

    def head(self) -> list[str]:
        """The names of the columns."""
        of_length = [bucket.label for bucket in self.rows[0].by_length]
        cost, maps = ["parameters", "updates", "tokens/s"], ["entropy", "movement", "monotonic", "agreement"]
        return ["run", self.metric, "low", "high", *of_length, *cost, *maps, "remark"]

    def figures(self) -> list[list[Any]]:
        """A value for each column, None where there is none: of the runs that came to their end, then of the others."""
        others = [[name, *[None] * (len(self.head()) - 2), "failed"] for name in self.failed]
        return [_figures(row) for row in self.rows] + others

    def texts(self) -> list[list[str]]:
        """The same for people."""
        buckets = len(self.rows[0].by_length)
        formats = [*[_SCORE] * (3 + buckets), *[_COUNT] * 3, *[_SCORE] * 4]
        return [
            [
                name,
                *("" if value is None else format(value, how) for value, how in zip(values, formats, strict=True)),
                remark,
            ]
            for name, *values, remark in self.figures()
        ]

    def notes(self) -> list[str]:
        """What must be known to read it, and what is not in it."""
        return [
            f"{self.metric}: with its 95 % interval, then by length of the source in {self.unit}",
            f"agreement: how often the largest weight is where that of {self.rows[0].name} is, while both write the "
            f"given targets of the first {AGREED:,} pairs",
            *(f"{name} is dead: its map is almost the same at every step" for name in self._dead()),
            *(f"{name} failed: {why}" for name, why in self.failed.items()),
            *(f"{name} was left out: {why}" for name, why in self.left_out.items()),
        ]

    def save(self, path: Path) -> None:
        """Write it as Markdown or CSV, by the suffix.

        Raises:
            OptionError: It is another suffix.
            StorageError: The file can't be written.
        """
        check_suffix(path)
        text = self._markdown() if path.suffix == ".md" else self._csv()
        with written_aside(path) as aside:
            aside.write_text(text, encoding="utf-8", newline="")

    def _dead(self) -> list[str]:
        return [row.name for row in self.rows if row.maps is not None and row.maps.verdict is not None]

    def _markdown(self) -> str:
        head = self.head()
        lines = [head, ["---", *["---:"] * (len(head) - 2), "---"], *self.texts()]
        notes = "".join(f"\n- {note}" for note in self.notes())
        return "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"\n{notes}\n"

    def _csv(self) -> str:
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerows([self.head(), *self.figures()])
        return written.getvalue()


def check_suffix(path: Path) -> None:
    """Refuse a file that is neither Markdown nor CSV.

    Raises:
        OptionError: It is neither.
    """
    if path.suffix not in SUFFIXES:
        raise OptionError(f"`--table` is {path}, whose suffix is {path.suffix!r}. Allowed: {', '.join(SUFFIXES)}.")


def _figures(row: Measured) -> list[Any]:
    maps = [None] * 3 if row.maps is None else [row.maps.entropy, row.maps.movement, row.maps.monotonic]
    remark = "dead" if row.maps is not None and row.maps.verdict is not None else ""
    buckets = [bucket.score for bucket in row.by_length]
    cost = [row.parameters, row.outcome.updates, row.tokens_per_s]
    return [row.name, *row.score, *buckets, *cost, *maps, row.agreement, remark]
