"""The table says what was measured, in every form the same."""

import csv
from pathlib import Path

import pytest

from saccade.errors import OptionError
from saccade.maps import Liveliness
from saccade.metrics import BucketScore, Interval
from saccade.run.sweep.measures import Measured
from saccade.run.sweep.record import Outcome
from saccade.run.sweep.table import Table, check_suffix

ALIVE, DEAD = Liveliness(0.25, 0.5, 0.75, 1.0, 7), Liveliness(0.9, 0.01, 0.9, 0.5, 7)


def measured(name: str, maps: Liveliness, agreement: float) -> Measured:
    buckets = [BucketScore("1–2", 3, 1.5, 60.0, 50.0, 70.0), BucketScore("3+", 4, 5.0, 20.126, 10.0, 30.0)]
    outcome = Outcome(1300, 60.0, "minutes")
    return Measured(name, Interval(31.25, 29.0, 33.0), buckets, "exact|v", 11_000, outcome, 1234.5, maps, agreement)


@pytest.fixture
def table() -> Table:
    rows = [measured("additive-soft", ALIVE, 1.0), measured("cosine-soft", DEAD, 0.125)]
    return Table("exact", "words", rows, {"dot-soft": "It diverged."}, {"concat-soft": "It does not fit."})


def test_a_row_has_quality_cost_and_looks(table: Table) -> None:
    first, second, third = (dict(zip(table.head(), line, strict=True)) for line in table.texts())
    assert first == {
        "run": "additive-soft",
        "exact": "31.25",
        "low": "29.00",
        "high": "33.00",
        "1–2": "60.00",
        "3+": "20.13",
        "parameters": "11,000",
        "updates": "1,300",
        "tokens/s": "1,234",
        "entropy": "0.25",
        "movement": "0.50",
        "monotonic": "1.00",
        "agreement": "1.00",
        "remark": "",
    }
    assert (second["agreement"], second["remark"]) == ("0.12", "dead")
    assert {name for name, text in third.items() if text} == {"run", "remark"}
    assert (third["run"], third["remark"]) == ("dot-soft", "failed")


def test_notes_name_what_is_dead_failed_or_left_out(table: Table) -> None:
    notes = "\n".join(table.notes())
    for said in (
        "where that of additive-soft is",
        "cosine-soft is dead",
        "dot-soft failed: It diverged.",
        "concat-soft was left out",
    ):
        assert said in notes
    assert "additive-soft is dead" not in notes


def test_csv_has_the_figures_as_they_are(table: Table, tmp_path: Path) -> None:
    table.save(tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == table.head()
    assert [float(cell) for cell in rows[0][1:-1]] == table.figures()[0][1:-1]
    assert rows[2] == ["dot-soft", *[""] * (len(head) - 2), "failed"]


def test_markdown_has_a_line_a_run_and_the_notes(table: Table, tmp_path: Path) -> None:
    table.save(tmp_path / "t.md")
    lines = (tmp_path / "t.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"| {' | '.join(table.head())} |"
    assert {line.count("|") for line in lines[:5]} == {len(table.head()) + 1}
    assert lines[2].startswith("| additive-soft | 31.25 |")
    assert [line.removeprefix("- ") for line in lines[6:]] == table.notes()


def test_json_has_all_of_it(table: Table) -> None:
    found = table.to_json()
    assert (found["metric"], found["length_unit"], found["agreement_with"]) == ("exact", "words", "additive-soft")
    assert found["runs"][1]["maps"]["verdict"] == DEAD.verdict
    assert found["runs"][1]["by_length"][1]["score"] == 20.126
    assert found["left_out"] == [{"run": "concat-soft", "why": "It does not fit."}]


def test_another_suffix_is_refused(table: Table) -> None:
    with pytest.raises(OptionError, match=r"`--table` is t.xlsx, whose suffix is '.xlsx'. Allowed: .csv, .md."):
        check_suffix(Path("t.xlsx"))
