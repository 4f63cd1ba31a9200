"""How far looks can be trusted, as a block: curves of deletion and insertion and every figure, beside the controls."""

from collections.abc import Mapping
from typing import Any, Final

from saccade.maps.faithfulness import FIGURES

OVERLAP: Final = "no better and no worse than maps that know nothing"
_SIDES: Final = {"deletion": "share of the items erased, %", "insertion": "share of the items shown, %"}
_AGREEMENT: Final = "Agreement in rank with other ways to say what mattered"


def trust_block(trust: Mapping[str, Any], *, title: str = "How far the look can be trusted") -> dict[str, Any]:
    """What a page shows of figures of trust: of each way to erase, and of the agreement with other ways.

    Args:
        trust: What `Trust.to_json` gave.
        title: Heading of the block.

    Example:
        >>> interval = {"score": 0.5, "low": 0.25, "high": 0.75}
        >>> figure = {**interval, "controls": {"random": interval}, "verdict": None}
        >>> block = trust_block({"erased": {}, "agreement": {"occlusion": figure}})
        >>> block["sections"][0]["rows"][0]["own"], block["sections"][0]["rows"][0]["verdict"]
        ([0.5, 0.25, 0.75], 'no better and no worse than maps that know nothing')
    """
    sections = [_erased(way, found) for way, found in trust.get("erased", {}).items()]
    if agreement := trust.get("agreement"):
        sections.append({"name": _AGREEMENT, "panels": [], "rows": [_row(*each) for each in agreement.items()]})
    for gate, ways in trust.get("clamped", {}).items():
        rows = [_held(way, found) for way, found in ways.items()]
        sections.append({"name": f"{gate} is held", "panels": [], "rows": rows, "of": "change in the loss, nats"})
    return {"kind": "trust", "title": title, "sections": sections}


def _erased(way: str, found: Mapping[str, Any]) -> dict[str, Any]:
    examples = found.get("examples")
    return {
        "name": f"Erased: {way}",
        "examples": examples,
        "panels": [_panel(side, x, found["curves"]) for side, x in _SIDES.items() if found.get("curves")],
        "rows": [_row(*each) for each in found["figures"].items()],
    }


def _panel(side: str, x_label: str, curves: Mapping[str, Any]) -> dict[str, Any]:
    lines = [{"name": _line(name), "points": _points(both[side])} for name, both in curves.items() if side in both]
    return {
        "x": {"label": x_label, "ends": [0, 100]},
        "y": {"label": f"{side}: probability left" if side == "deletion" else f"{side}: probability reached"},
        "lines": lines,
    }


def _points(line: list[list[float]]) -> list[list[float]]:
    """Each at its share in per cent, with the ends of its interval."""
    last = max(1, len(line) - 1)
    return [[round(100 * at / last, 1), *(round(value, 4) for value in point)] for at, point in enumerate(line)]


def _line(name: str) -> str:
    return "this map" if name == "own" else name


def _row(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    higher = found.get("higher_is_better", FIGURES[name][1] if name in FIGURES else True)
    return {
        "name": name,
        "better": "higher is better" if higher else "lower is better",
        "own": _interval(found),
        "controls": {control: _interval(one) for control, one in found["controls"].items()},
        "verdict": found.get("verdict") or OVERLAP,
    }


def _held(way: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """A gate that is held has no control but itself: no change."""
    verdict = found.get("verdict") or "no change that can be told from chance"
    return {"name": f"to {way}", "better": "", "own": _interval(found["loss"]), "controls": {}, "verdict": verdict}


def _interval(found: Mapping[str, Any]) -> list[float]:
    return [float(found["score"]), float(found["low"]), float(found["high"])]
