"""What is said of how far looks can be trusted."""

from typing import TYPE_CHECKING, Final

from saccade.cli.tables import table

if TYPE_CHECKING:
    from saccade.maps import Clamped, Controlled, Liveliness, Trust

OVER_TOKENS: Final = "Intervals are over\nthe tokens of the answer; of fewer than ten nothing is said in words."
OVER_DRAWS: Final = "Intervals of\nmaps that know nothing hold 95 % of those that were drawn."
_NOTHING: Final = (
    "Can the looks be trusted? There is nothing to choose from: no map lies over the images, or texts are of one token."
)
_HELD: Final = (
    "What are the gates worth? Each is held, alone and then all together: to its mean map over the images, to one\n"
    "mean over channels and places, too, or to 1. Change of the loss in nats, of the right labels in\n"
    "percentage points."
)


def trust_table(found: "Trust | None", about: str) -> str:
    """Every figure with its interval, beside those of maps that know nothing, and a verdict where they part."""
    if found is None:
        return _NOTHING
    rows = [
        _row(f"{name}, {how}", figure)
        for how, erased in found.erased.items()
        for name, figure in erased.figures.items()
    ]
    rows += [_row(f"agreement with {name}", figure) for name, figure in found.agreement.items()]
    parts = [f"Can the looks be trusted? {about}"]
    if rows:
        controls = list(next(iter(next(iter(found.erased.values())).figures.values())).controls)
        parts.append(table(["figure", "better", "the model's", "95 % interval", *controls, "verdict"], rows))
    if found.clamped:
        held = [_held(f"{gate}, {to}", changed) for gate, ways in found.clamped.items() for to, changed in ways.items()]
        parts += [_HELD, table(["gate", "loss", "95 % interval", "right", "95 % interval", "verdict"], held)]
    return "\n\n".join(parts)


def with_trust(shown: str, found: "Trust | None", over: str, *, wished: bool) -> str:
    """A look as it is shown, and below it what erasing by it does, if that is wished for.

    Args:
        shown: The look.
        found: Its figures.
        over: What their intervals are over.
        wished: Whether they are.
    """
    if not wished:
        return shown
    about = f"What becomes of this very answer when that is erased which the look says matters. {over}"
    return f"{shown}\n\n{trust_table(found, about)}"


def liveliness_table(found: "Liveliness") -> str:
    """How lively maps were, beside constant ones; and what is wrong, if something is."""
    between = "–" if found.between is None else f"{found.between:.2f}"
    rows = [
        ["the model's", f"{found.entropy:.2f}", f"{found.movement:.2f}", between, f"{found.monotonic:.2f}"],
        ["constant", f"{found.constant_entropy:.2f}", "0.00", "0.00", "1.00"],
    ]
    verdict = f"\n{found.verdict}" if found.verdict else ""
    shown = table(["map", "entropy", "movement", "between inputs", "monotonic"], rows)
    return f"Where it looked, over {found.maps:,} maps:\n\n{shown}{verdict}"


def _row(name: str, figure: "Controlled") -> list[str]:
    own = figure.own
    controls = [f"{control.score:.3f}" for control in figure.controls.values()]
    better = "higher" if figure.higher_is_better else "lower"
    interval = f"{own.low:.3f} … {own.high:.3f}"
    return [name, better, f"{own.score:.3f}", interval, *controls, figure.verdict or "not told apart from such maps"]


def _held(name: str, changed: "Clamped") -> list[str]:
    loss, right = changed.loss, changed.accuracy
    return [
        name,
        f"{loss.score:+.3f}",
        f"{loss.low:+.3f} … {loss.high:+.3f}",
        f"{right.score:+.1f}",
        f"{right.low:+.1f} … {right.high:+.1f}",
        changed.verdict or "no difference told",
    ]
