"""What is said of how far looks can be trusted."""

from typing import TYPE_CHECKING

from saccade.cli.tables import table

if TYPE_CHECKING:
    from saccade.maps import Controlled
    from saccade.run.trust import Trust


def trust_table(found: "Trust", about: str) -> str:
    """Every figure with its interval, beside those of maps that know nothing, and a verdict where they part."""
    controls = list(next(iter(next(iter(found.erased.values())).figures.values())).controls)
    head = ["figure", "better", "the model's", "95 % interval", *controls, "verdict"]
    rows = []
    for how, erased in found.erased.items():
        rows += [_row(f"{name}, {how}", figure) for name, figure in erased.figures.items()]
    rows += [_row(f"agreement with {name}", figure) for name, figure in found.agreement.items()]
    return f"Can the looks be trusted? {about}\n\n{table(head, rows)}"


def _row(name: str, figure: "Controlled") -> list[str]:
    own = figure.own
    controls = [f"{control.score:.3f}" for control in figure.controls.values()]
    better = "higher" if figure.higher_is_better else "lower"
    interval = f"{own.low:.3f} … {own.high:.3f}"
    return [name, better, f"{own.score:.3f}", interval, *controls, figure.verdict or "not told apart from such maps"]
