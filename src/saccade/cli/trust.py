"""What is said of how far looks can be trusted."""

from typing import TYPE_CHECKING

from saccade.cli.tables import table

if TYPE_CHECKING:
    from saccade.maps import Controlled
    from saccade.run.text_to_text.trust import Trust


def trust_table(found: "Trust") -> str:
    """Every figure with its interval, beside those of maps that know nothing, and a verdict where they part."""
    examples = next(iter(found.erased.values())).examples
    controls = list(next(iter(found.agreement.values())).controls)
    head = ["figure", "better", "the model's", "95 % interval", *controls, "verdict"]
    rows = []
    for how, erased in found.erased.items():
        rows += [_row(f"{name}, {how}", figure) for name, figure in erased.figures.items()]
    rows += [_row(f"agreement with {name}", figure) for name, figure in found.agreement.items()]
    about = (
        f"Can the looks be trusted? One look of each of {examples:,} texts: what becomes of the probability of what\n"
        "was written when that which is looked at most is erased, out of the memory or by the unknown token; and\n"
        "how far the look agrees in rank with other ways to say what mattered."
    )
    return f"{about}\n\n{table(head, rows)}"


def _row(name: str, figure: "Controlled") -> list[str]:
    own = figure.own
    controls = [f"{control.score:.3f}" for control in figure.controls.values()]
    better = "higher" if figure.higher_is_better else "lower"
    interval = f"{own.low:.3f} … {own.high:.3f}"
    return [name, better, f"{own.score:.3f}", interval, *controls, figure.verdict or "no better than such maps"]
